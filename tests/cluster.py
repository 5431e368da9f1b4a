"""One PostgreSQL for a whole test run, shared by its processes, gone when the run ends, however it ends.

The first process that needs a database starts the keeper: `python -m tests.cluster FOLDER`. The keeper
holds the server until the lock `alive`, which the test run's first process has, is free: the kernel frees
it even after kill -9.

Migrating takes many seconds, so the migrated data folder is kept in `var/test-cluster` under a hash of
everything that makes it, and copied by the next run.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from louisville_ice.postgres import SETTINGS, SUPERUSER, Account, Cluster, programs_for
from louisville_ice.roles import SUPERUSER_VARIABLE, VARIABLES, close_database

BASE_DIR = Path(__file__).resolve().parent.parent
TEMPLATE = "register_template"
DEMONSTRATION = "register_demonstration"  # made by the first test of a run that wants it
ROLES = {
    "owner": "register_owner",
    "ledger": "register_ledger",
    "application": "register_app",
    "auditor": "register_auditor",
    "public": "register_public",
    "signer": "register_signer",
}
# Losing the data in a power cut is no loss here; clones live for seconds, and nobody tidies them.
QUICK = {
    **SETTINGS,
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}
# Tests clone the database a thousand times: where there is room, in memory.
MEMORY, DISK = Path("/dev/shm"), Path("/tmp")  # noqa: S108  mkdtemp makes what is used of them
ENOUGH = 4 * 1024**3  # bytes
READY_SECONDS = 240  # on a very busy machine; ten are usual


def make_folder() -> tuple[Path, IO[str]]:
    """A folder for this run, and the open lock that says the run is alive. Short, for the socket's sake."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH
    folder = Path(tempfile.mkdtemp(prefix="register-tests-", dir=MEMORY if in_memory else DISK))
    folder.chmod(0o711)  # as root, the server's account must get through to its data
    alive = (folder / "alive").open("w")
    fcntl.flock(alive, fcntl.LOCK_EX)
    return folder, alive


def remove_folder(folder: Path, alive: IO[str]) -> None:
    """End the keeper, if there is one, and wait until nothing is left."""
    started = (folder / "started").exists()
    alive.close()
    deadline = time.monotonic() + READY_SECONDS
    while started and folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def turn(folder: Path) -> Iterator[None]:
    """One process at a time."""
    with (folder / "turn").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def urls(folder: Path) -> dict[str, str]:
    """URLs by role, naming the template; `postgres` is the superuser beside it. Starts the server once."""
    ready = folder / "urls.json"
    with turn(folder):
        if not ready.exists():
            (folder / "started").touch()
            command = [sys.executable, "-m", "tests.cluster", str(folder)]
            with (folder / "keeper.log").open("wb") as log:
                keeper = subprocess.Popen(
                    command,
                    cwd=BASE_DIR,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            deadline = time.monotonic() + READY_SECONDS
            while not ready.exists():
                if keeper.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((folder / "keeper.log").read_text())
                time.sleep(0.02)
            keeper.returncode = 0  # it outlives its starter on purpose; Popen would complain of that
    return dict(json.loads(ready.read_text()))


def clone(postgres_url: str, name: str, *, template: str = TEMPLATE) -> None:
    """A fresh copy of the migrated database, closed to everybody but the six roles, like the real one."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        words = map(sql.Identifier, (name, template))
        # The other strategy writes every page into the log as well.
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(*words))
        close_database(connection, name, roles=ROLES.values())


def drop(postgres_url: str, name: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def exists(postgres_url: str, name: str) -> bool:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


def in_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    return url.replace(f"@/{TEMPLATE}?", f"@/{name}?")


def environment(by_role: dict[str, str], name: str) -> dict[str, str]:
    """What a management command needs that works as the superuser or the owner in one database."""
    return {
        "DJANGO_SETTINGS_MODULE": "louisville_ice.settings",
        SUPERUSER_VARIABLE: by_role["postgres"],
        **{variable: in_database(by_role[kind], name) for kind, variable in VARIABLES.items()},
    }


def keep(folder: Path) -> None:
    """Start the server, say where it is, hold it while the run is alive, and leave nothing behind."""
    account = Account.needed()
    cluster = Cluster(
        programs=programs_for(account),
        data=folder / "data",
        sockets=folder / "sockets",
        log=folder / "postgres.log",
        account=account,
    )
    kept = BASE_DIR / "var" / "test-cluster" / _recipe()
    kept.parent.mkdir(parents=True, exist_ok=True)
    with turn(kept.parent):
        if not kept.exists():
            _make_data(cluster, kept)
        shutil.copytree(kept / "data", cluster.data, symlinks=True)
        passwords = json.loads((kept / "passwords.json").read_text())
    _give_to(account, cluster.data)
    server = cluster.start(superuser_url=_urls(cluster, passwords)["postgres"], settings=QUICK)
    draft = folder / "urls.draft"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(_urls(cluster, passwords)))
    draft.rename(folder / "urls.json")
    with (folder / "alive").open() as alive:
        fcntl.flock(alive, fcntl.LOCK_SH)
    cluster.stop(server)
    shutil.rmtree(folder)


def _urls(cluster: Cluster, passwords: dict[str, str]) -> dict[str, str]:
    by_role = {
        name: cluster.url(user=role, password=passwords[name], database=TEMPLATE)
        for name, role in {"superuser": SUPERUSER, **ROLES}.items()
    }
    first = cluster.url(user=SUPERUSER, password=passwords["superuser"], database="postgres")
    return {**by_role, "postgres": first}


def _recipe() -> str:
    """A hash of all that the migrated database is made from."""
    app = BASE_DIR / "requests_app"
    files = [BASE_DIR / "requirements-dev.txt", *BASE_DIR.glob("louisville_ice/*.py")]
    files += [app / name for name in ("guard.py", "privileges.py", "querysets.py", "vocabulary.py")]
    files += [path for name in ("migrations", "models", "policy") for path in (app / name).rglob("*")]
    digest = hashlib.sha256(str(os.geteuid()).encode())
    for path in sorted(path for path in files if path.is_file() and path.suffix != ".pyc"):
        digest.update(f"{path.relative_to(BASE_DIR)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _make_data(cluster: Cluster, kept: Path) -> None:
    """Migrate and grant with the commands that a real register uses; keep the stopped server's folder."""
    passwords = {name: secrets.token_hex(16) for name in ("superuser", *ROLES)}
    by_role = _urls(cluster, passwords)
    cluster.create(superuser_password=passwords["superuser"])
    server = cluster.start(superuser_url=by_role["postgres"], settings=QUICK)
    try:
        words_of_all = {**os.environ, "SECRET_KEY": secrets.token_hex(32), **environment(by_role, TEMPLATE)}
        for words in (
            ["grant_database_roles", "--create"],
            ["migrate", "--database", "owner", "--verbosity", "0"],
            ["createcachetable", "--database", "owner"],
            ["grant_database_roles"],
        ):
            subprocess.run([sys.executable, "manage.py", *words], cwd=BASE_DIR, env=words_of_all, check=True)
    finally:
        cluster.stop(server)
    for earlier in kept.parent.iterdir():
        if earlier.is_dir():  # what is kept is never more than one
            shutil.rmtree(earlier)
    draft = kept.with_name("draft")
    draft.mkdir(mode=0o700)
    shutil.move(cluster.data, draft / "data")
    (draft / "passwords.json").touch(mode=0o600)
    (draft / "passwords.json").write_text(json.dumps(passwords))
    draft.rename(kept)


def _give_to(account: Account | None, folder: Path) -> None:
    if account is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.uid, account.gid)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
