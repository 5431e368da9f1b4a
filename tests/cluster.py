"""One PostgreSQL for a whole test run, shared by its processes, gone when the run ends, however it ends.

The first process that needs a database starts the keeper: `python -m tests.cluster FOLDER`. The keeper
holds the server until the lock `alive`, which the test run's first process has, is free: the kernel frees
it even after kill -9.
"""

import contextlib
import fcntl
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

from louisville_ice.postgres import SETTINGS, SUPERUSER, Account, Cluster, programs_for, stop
from louisville_ice.roles import close_database, create_roles_and_database

BASE_DIR = Path(__file__).resolve().parent.parent
OWNER, APPLICATION, TEMPLATE = "register_owner", "register_app", "register_template"
# Losing the data in a power cut is no loss here.
QUICK = {**SETTINGS, "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
READY_SECONDS = 60
# Kept so that Python does not complain of a process left running: it is meant to outlive its starter.
_keepers: list["subprocess.Popen[bytes]"] = []


def make_folder() -> tuple[Path, IO[str]]:
    """A folder for this run, and the open lock that says the run is alive. Short, for the socket's sake."""
    folder = Path(tempfile.mkdtemp(prefix="register-tests-", dir="/tmp"))
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
    """The URLs of superuser, owner and application, by role; the first caller starts the server for all."""
    ready = folder / "urls.json"
    with turn(folder):
        if not ready.exists():
            (folder / "started").touch()
            command = [sys.executable, "-m", "tests.cluster", str(folder)]
            with (folder / "keeper.log").open("wb") as log:
                keeper = subprocess.Popen(
                    command, cwd=BASE_DIR, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
            _keepers.append(keeper)
            deadline = time.monotonic() + READY_SECONDS
            while not ready.exists():
                if keeper.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((folder / "keeper.log").read_text())
                time.sleep(0.02)
            _make_template(json.loads(ready.read_text()))
    return dict(json.loads(ready.read_text()))


def clone(superuser_url: str, name: str) -> None:
    """A fresh copy of the migrated database, closed to everybody but the two roles, like the real one."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        words = map(sql.Identifier, (name, TEMPLATE, OWNER))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*words))
        close_database(connection, name, roles=(OWNER, APPLICATION))


def drop(superuser_url: str, name: str) -> None:
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def in_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    return url.replace(f"@/{TEMPLATE}?", f"@/{name}?")


def _make_template(by_role: dict[str, str]) -> None:
    create_roles_and_database(
        by_role["superuser"].replace(f"@/{TEMPLATE}?", "@/postgres?"),
        owner_url=by_role["owner"],
        application_url=by_role["application"],
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "louisville_ice.settings",
        "DATABASE_URL": by_role["application"],
        "DATABASE_OWNER_URL": by_role["owner"],
    }
    for command in (["migrate", "--database", "owner", "--verbosity", "0"], ["grant_database_roles"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=BASE_DIR, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(command)} failed:\n{done.stdout}{done.stderr}")


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
    passwords = {role: secrets.token_hex(16) for role in (SUPERUSER, OWNER, APPLICATION)}
    cluster.create(superuser_password=passwords[SUPERUSER])
    first_url = cluster.url(user=SUPERUSER, password=passwords[SUPERUSER], database="postgres")
    server = cluster.start(superuser_url=first_url, settings=QUICK)
    by_role = {
        name: cluster.url(user=role, password=passwords[role], database=TEMPLATE)
        for name, role in (("superuser", SUPERUSER), ("owner", OWNER), ("application", APPLICATION))
    }
    draft = folder / "urls.draft"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(by_role))
    draft.rename(folder / "urls.json")
    with (folder / "alive").open() as alive:
        fcntl.flock(alive, fcntl.LOCK_SH)
    stop(server)
    shutil.rmtree(folder)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
