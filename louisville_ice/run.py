"""`make run`: database, mail server, job worker, web server, and the signer and a witness of the log.

All on this machine, until Ctrl-C or SIGTERM.

Every child dies with this process, and this process ends with the first child that dies.
"""

import contextlib
import errno
import fcntl
import http.client
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess  # nosec B404 # starting the processes of a run is what this module is for
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import psycopg

from louisville_ice.postgres import SUPERUSER, Cluster, PostgresError, die_with_parent
from louisville_ice.roles import (
    NOT_FOR_SERVERS,
    SUPERUSER_VARIABLE,
    VARIABLES,
    RolesError,
    create_roles_and_database,
    urls_from,
)
from requests_app.merkle import COSIGNATURE, ED25519, Invalid, Policy, VerifierKey
from requests_app.state_folder import KEY, StateFolder, Unusable

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
# Stands from the making of the embedded database to the end of its first preparation.
UNFINISHED = VAR / "unfinished"
SIGNER, WITNESS = VAR / "signer", VAR / "witness"
LOG_POLICY = VAR / "log-policy"
# Honest names: nobody outside has looked at a demonstration.
LOG_NAME, WITNESS_NAME = "localhost/demonstration-log", "demonstration-witness"
LOOPBACKS = ("127.0.0.1", "::1")
DATABASE = "register"
ROLES = {
    "owner": "register_owner",
    "ledger": "register_ledger",
    "application": "register_app",
    "auditor": "register_auditor",
    "public": "register_public",
    "signer": "register_signer",
}
READY_SECONDS = 60
STOP_SECONDS = 10
PORT_SECONDS = 10  # after kill -9, the old server needs a moment to see that its parent is gone
# gunicorn reads these too, and they could bind it to more than this machine.
NOT_OURS = ("GUNICORN_CMD_ARGS", "WEB_CONCURRENCY")


class CannotRun(Exception):
    """Why the register cannot run here, in words for the person at the terminal."""


class Stopped(BaseException):
    """Ctrl-C or SIGTERM. Not an Exception, so that no handler of errors takes it for one."""


@dataclass
class Child:
    name: str
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Database(Child):
    cluster: Cluster

    def stop(self) -> None:
        self.cluster.stop(self.process)


@dataclass
class Run:
    """The processes of this run, in the order they were started."""

    children: list[Child] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: list[str],
        environment: Mapping[str, str],
        *,
        if_we_are_killed: int = signal.SIGTERM,
    ) -> Child:
        process = subprocess.Popen(  # nosec B603 # noqa: S603  our own Python and words, no shell
            [sys.executable, *command],
            cwd=BASE_DIR,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # the terminal's Ctrl-C reaches only us: we stop them in order
            preexec_fn=die_with_parent(if_we_are_killed),
        )
        child = Child(name, process)
        self.children.append(child)
        return child

    def check(self) -> None:
        for child in self.children:
            if child.process.poll() is not None:
                raise CannotRun(f"{child.name} ended with status {child.process.returncode}.")

    def finish(self, child: Child) -> None:
        """Wait for a child that is meant to end."""
        status = child.process.wait()
        self.children.remove(child)
        if status:
            raise CannotRun(f"{child.name} failed with status {status}.")

    def stop(self) -> None:
        """Last started, first stopped: the database goes last, when nobody uses it."""
        for child in reversed(self.children):
            child.stop()


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise_stopped)
    run = Run()
    try:
        with one_run_at_a_time(port_wanted()) as port:
            try:
                serve(run, port)
            finally:
                _ignore_signals()
                run.stop()
    except Stopped:
        say("Stopped.")
        return 0
    except (CannotRun, PostgresError) as reason:
        print(f"\n{reason}", file=sys.stderr, flush=True)
        return 1
    return 0


def serve(run: Run, port: int) -> None:
    environment = {**defaults(), "SITE_URL": f"http://localhost:{port}", **os.environ}
    is_ours = not environment.get("DATABASE_URL")
    if is_ours:
        environment |= start_database(run, environment)
    else:
        use_database(environment)
    if not environment.get("EMAIL_URL"):
        environment["EMAIL_URL"] = start_mail_server(run, environment)
    sign_in = prepare(run, environment)
    UNFINISHED.unlink(missing_ok=True)
    # Whoever brings a database signs its log with a signer of their own: see docs/witness.md.
    for_signer = signer_environment(environment) if is_ours else {}
    for name in (*NOT_FOR_SERVERS, *NOT_OURS):  # what serves pages must not hold the key to the walls
        environment.pop(name, None)
    start_servers(run, environment, port)
    wait_until_ready(run, port)
    if is_ours:
        start_signer_and_witness(run, for_signer)
    with manage_environment({**environment, **for_signer}):
        say(f"\nThe register is at http://localhost:{port}   (Ctrl-C stops it)\n\n{sign_in}")
        while True:
            run.check()
            time.sleep(0.2)


# --- the database ------------------------------------------------------------------------------


def start_database(run: Run, environment: Mapping[str, str]) -> dict[str, str]:
    """Start the embedded PostgreSQL, and answer with the URLs of its roles and its superuser."""
    passwords = credentials()
    cluster = Cluster.for_checkout(VAR, mark=passwords["mark"])
    if cluster.exists and UNFINISHED.exists():
        say("The first run was interrupted before anybody could use it: starting anew.")
        cluster.remove()
    if not cluster.exists:
        say(f"Making the database in {cluster.data}.")
        UNFINISHED.touch()
        cluster.create(superuser_password=passwords["superuser"])
    say(f"Starting PostgreSQL on {cluster.data}.")
    superuser = cluster.url(user=SUPERUSER, password=passwords["superuser"], database="postgres")
    run.children.append(Database("PostgreSQL", cluster.start(superuser_url=superuser), cluster))
    urls = {
        # Nobody signs in as the ledger's owner: it has no password.
        kind: cluster.url(user=role, password=passwords.get(kind, ""), database=DATABASE)
        for kind, role in ROLES.items()
    }
    create_roles_and_database(superuser, urls)
    return {SUPERUSER_VARIABLE: superuser, **{VARIABLES[kind]: url for kind, url in urls.items()}}


def use_database(environment: Mapping[str, str]) -> None:
    """Use the PostgreSQL that DATABASE_URL names; make and migrate it only where a superuser is given."""
    superuser = environment.get(SUPERUSER_VARIABLE)
    try:
        if superuser:
            create_roles_and_database(superuser, urls_from(environment))
        psycopg.connect(environment["DATABASE_URL"], connect_timeout=5).close()
    except RolesError as reason:
        raise CannotRun(str(reason)) from reason
    except psycopg.Error as error:
        raise CannotRun(f"The database of DATABASE_URL cannot be used: {error}") from error
    say("Using the database of DATABASE_URL.")


def credentials() -> dict[str, str]:
    """Passwords and keys of this checkout: made once, at random, for the eyes of this user."""
    stored = VAR / "credentials.json"
    known = dict(json.loads(stored.read_text())) if stored.exists() else {}
    roles = ("superuser", "owner", "application", "auditor", "public", "signer")
    names = (*roles, "secret_key", "factor_key", "mark")
    if missing := [name for name in names if name not in known]:
        known |= {name: secrets.token_hex(32) for name in missing}
        _write_private(stored, json.dumps(known))
    return known


# --- the other processes -----------------------------------------------------------------------


def defaults() -> dict[str, str]:
    """What the settings need to serve this machine alone; whoever sets one of them decides otherwise."""
    kept = credentials()
    return {
        "SECRET_KEY": kept["secret_key"],
        "FACTOR_KEYS": urlsafe_b64encode(bytes.fromhex(kept["factor_key"])).decode(),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "PLAIN_HTTP_ON_LOOPBACK": "true",
    }


def start_mail_server(run: Run, environment: Mapping[str, str]) -> str:
    """A mail server that delivers to nobody: what the register sends can be read in var/mail."""
    mailbox = VAR / "mail"  # made by the mail server, for this user's eyes alone
    port = _free_port()
    command = ["-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Mailbox"]
    run.start("The mail server", [*command, str(mailbox)], environment)
    say(f"Mail that the register sends is kept in {mailbox}.")
    return f"smtp://127.0.0.1:{port}"


def prepare(run: Run, environment: Mapping[str, str]) -> str:
    """Migrate, grant, make the demonstration; answers with the words that tell how to sign in."""
    words = VAR / "sign-in.txt"
    _write_private(words, "")
    # A demonstration is refused where DEBUG is off, so that none is ever made in production by mistake.
    for_demonstration = {**environment, "DEBUG": "true", "DATABASE_POOL_SIZE": "0"}
    command = ["-m", "louisville_ice.prepare", str(words)]
    run.finish(run.start("Preparing the database", command, for_demonstration))
    return words.read_text()


def start_servers(run: Run, environment: Mapping[str, str], port: int) -> None:
    say("Starting the web server and the job worker.")
    web = ["-m", "gunicorn", "louisville_ice.wsgi", "--worker-class", "gthread", "--workers", "2"]
    web += ["--threads", "4", "--no-control-socket", "--preload", "--graceful-timeout", "5"]
    web += ["--log-level", "warning"]
    for host in loopbacks():
        web += ["--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    run.start("The web server", web, environment)
    worker = [
        "manage.py",
        "procrastinate",
        "worker",
        "--concurrency",
        "2",
        "--shutdown-graceful-timeout",
        "5",
    ]
    # Asked politely while the database goes away, a worker waits for it for ever; a job that it had begun
    # is found by the next one.
    run.start("The job worker", worker, environment, if_we_are_killed=signal.SIGKILL)


def signer_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """All that the signer gets, and nothing that it does not need."""
    return {
        "PATH": os.defpath,
        VARIABLES["signer"]: environment[VARIABLES["signer"]],
        "SIGNER_STATE": str(SIGNER),
        "TLOG_DIR": environment.get("TLOG_DIR") or str(VAR / "tlog"),
        "LOG_POLICY": str(LOG_POLICY),
    }


def start_signer_and_witness(run: Run, environment: Mapping[str, str]) -> None:
    """The signer signs at once when the last checkpoint is a day old, or none was signed yet."""
    log = _key_in(SIGNER, LOG_NAME, ED25519)
    witness = _key_in(WITNESS, WITNESS_NAME, COSIGNATURE)
    bind = f"127.0.0.1:{_witness_port()}"
    _write_private(
        LOG_POLICY,
        "# A demonstration: its only witness runs beside it.\n"
        f"log {log}\nwitness {WITNESS_NAME} {witness} http://{bind}\nquorum {WITNESS_NAME}\n",
    )
    words = ["serve", "--state", str(WITNESS), "--log", str(log), "--bind", bind]
    run.start("The witness", ["-m", "requests_app.witness", *words], {"PATH": os.defpath})
    run.start("The signer", ["-m", "requests_app.signer", "serve"], environment)


def _key_in(path: Path, name: str, type_of_key: int) -> VerifierKey:
    folder = StateFolder(path)
    try:
        folder.make()
        if (path / KEY).exists():
            return folder.key(type_of_key).verifier
        return folder.keep_key(name, type_of_key)
    except Unusable as reason:
        raise CannotRun(str(reason)) from reason


def _witness_port() -> int:
    """As in the last run where that is free, so that what is published stays as it is."""
    with contextlib.suppress(OSError, Invalid, ValueError):
        (witness,) = Policy.parse(LOG_POLICY.read_bytes()).witnesses
        if port := urlsplit(witness.url).port:
            _listen("127.0.0.1", port).close()
            return port
    return _free_port()


def wait_until_ready(run: Run, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(port):
        run.check()
        if time.monotonic() > deadline:
            raise CannotRun(f"The web server does not answer after {READY_SECONDS} s.")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


# --- this machine ------------------------------------------------------------------------------


def port_wanted() -> int:
    word = os.environ.get("PORT") or "8000"
    if not (word.isascii() and word.isdigit() and 0 < int(word) < 65536):
        raise CannotRun(f"PORT must be a number from 1 to 65535, not {word!r}.")
    return int(word)


@contextlib.contextmanager
def one_run_at_a_time(port: int) -> Iterator[int]:
    """Hold the checkout's lock, whose text says who runs where; a text left behind tells of a kill -9."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("a+") as lock:
        lock.seek(0)
        text = lock.read()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(f"The register of this checkout runs already: {text.strip()}.") from None
        check_port(port, patience=PORT_SECONDS if text else 0)
        lock.truncate(0)
        lock.write(f"http://localhost:{port}, process {os.getpid()}\n")
        lock.flush()
        try:
            yield port
        finally:
            lock.truncate(0)


def check_port(port: int, *, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            for host in loopbacks():
                _listen(host, port).close()
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotRun(f"Port {port} is for root alone. Try: make run PORT=8001") from error
            if time.monotonic() > deadline:
                raise CannotRun(f"Port {port} is taken. Try: make run PORT={port + 1}") from error
            time.sleep(0.2)
        else:
            return


def loopbacks() -> list[str]:
    """The addresses that `localhost` may mean here; browsers try IPv6 first where there is one."""
    found = []
    for host in LOOPBACKS:
        with contextlib.suppress(OSError):
            _listen(host, 0).close()
            found.append(host)
    return found


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _free_port() -> int:
    with _listen("127.0.0.1", 0) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def manage_environment(environment: Mapping[str, str]) -> Iterator[None]:
    """While the register runs, `make manage` finds here what manage.py needs."""
    path = VAR / "environment"
    names = (*defaults(), "DATABASE_URL", "DATABASE_PUBLIC_URL", "EMAIL_URL")
    names += (VARIABLES["signer"], "SIGNER_STATE", "TLOG_DIR", "LOG_POLICY")  # for sign_checkpoint
    given = [name for name in names if name in environment]
    _write_private(path, "".join(f"export {name}={shlex.quote(environment[name])}\n" for name in given))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def _raise_stopped(number: int, frame: FrameType | None) -> Any:
    raise Stopped


def _ignore_signals() -> None:
    """A second Ctrl-C must not leave children behind; each stop has its own time limit."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
