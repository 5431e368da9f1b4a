"""The embedded PostgreSQL: made once, started again after anything, never somebody else's."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from louisville_ice.postgres import (
    LONGEST_SOCKET_PATH,
    SOCKET_NAME,
    SUPERUSER,
    Account,
    Cluster,
    PostgresError,
    prepare_socket_folder,
    programs_for,
)


@contextlib.contextmanager
def checkout():
    """A folder that the server's account may enter, with a space in its name."""
    folder = Path(tempfile.mkdtemp(prefix="a checkout ", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def var():
    with checkout() as folder:
        yield folder


@pytest.fixture(scope="module")
def made():
    with checkout() as folder:
        cluster = Cluster.for_checkout(folder, mark=secrets.token_hex())
        cluster.create(superuser_password="secret")
        yield cluster


@pytest.fixture
def cluster(made, var):
    """A server of its own for each test; its data are copied, because making them takes a second."""
    copy = Cluster.for_checkout(var, mark=secrets.token_hex())
    subprocess.run(["cp", "--archive", str(made.data), str(copy.data)], check=True)
    return copy


@pytest.fixture
def url(cluster):
    return cluster.url(user=SUPERUSER, password="secret", database="postgres")


@pytest.fixture
def running(cluster, url):
    server = cluster.start(superuser_url=url)
    yield server
    cluster.stop(server)


def setting(url, name):
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT current_setting(%s)", [name]).fetchone()[0]


def test_it_listens_on_its_socket_alone(url, running):
    assert setting(url, "listen_addresses") == ""


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes"])
def test_it_keeps_what_was_committed(url, running, name):
    assert setting(url, name) == "on"


def test_it_refuses_a_wrong_password(cluster, running):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.url(user=SUPERUSER, password="guessed", database="postgres"))


def test_its_log_never_repeats_what_was_said(cluster, url, running):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE said (word text UNIQUE)")
        connection.execute("INSERT INTO said VALUES ('whispered')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO said VALUES (%s)", ["whispered"])
        with pytest.raises(psycopg.errors.SyntaxError):
            connection.execute("SELEKT 'whispered'")

    assert "duplicate key" in cluster.log.read_text()
    assert "whispered" not in cluster.log.read_text()


def test_its_folders_are_closed_to_others(cluster, running):
    for folder in (cluster.data, cluster.sockets):
        assert folder.stat().st_mode & 0o077 == 0


def test_it_never_runs_as_root(running):
    assert Path(f"/proc/{running.pid}").stat().st_uid != 0


def test_stopping_leaves_no_process_and_no_socket(cluster, url):
    server = cluster.start(superuser_url=url)

    cluster.stop(server)

    assert server.returncode == 0
    assert not cluster.sockets.exists()


def test_it_starts_again_after_its_server_was_killed(cluster, url):
    first = cluster.start(superuser_url=url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")
    first.kill()
    first.wait()

    second = cluster.start(superuser_url=url)

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('kept') IS NOT NULL").fetchone() == (True,)
    cluster.stop(second)


def test_it_starts_again_over_the_lock_of_an_unrelated_process(cluster, url):
    """After a crash another program may have got the old server's process id: here, our own."""
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    cluster.sockets.mkdir(mode=0o700)
    if cluster.account:
        os.chown(cluster.sockets, cluster.account.uid, cluster.account.gid)
    (cluster.sockets / f"{SOCKET_NAME}.lock").write_text(f"{os.getpid()}\n")

    server = cluster.start(superuser_url=url)

    cluster.stop(server)


def test_it_ends_a_server_that_was_left_running(cluster, url):
    left = cluster.start(superuser_url=url)

    second = cluster.start(superuser_url=url)

    assert left.wait(10) == 0
    cluster.stop(second)


def test_it_says_so_when_the_stored_passwords_are_others(cluster):
    wrong = cluster.url(user=SUPERUSER, password="guessed", database="postgres")

    with pytest.raises(PostgresError, match="stored passwords do not open"):
        cluster.start(superuser_url=wrong)


def test_it_refuses_data_of_another_version(cluster, url):
    (cluster.data / "PG_VERSION").write_text("15\n")

    with pytest.raises(PostgresError, match=r"belong to PostgreSQL 15; .* version 18"):
        cluster.start(superuser_url=url)


def test_it_shows_the_end_of_the_log_when_the_server_does_not_start(cluster, url):
    (cluster.data / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(PostgresError, match="no_such_setting"):
        cluster.start(superuser_url=url)


def test_an_interrupted_making_is_made_again(var):
    cluster = Cluster.for_checkout(var, mark=secrets.token_hex())
    half_made = cluster.data.with_name("postgres.new")
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")

    assert not cluster.exists
    cluster.create(superuser_password="secret")
    assert cluster.exists


def test_it_refuses_a_socket_folder_that_others_may_enter(cluster, url):
    cluster.sockets.mkdir()
    cluster.sockets.chmod(0o755)
    try:
        with pytest.raises(PostgresError, match="only its owner"):
            cluster.start(superuser_url=url)
    finally:
        cluster.sockets.rmdir()


def test_it_refuses_a_link_in_place_of_the_socket_folder(tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(PostgresError, match="only its owner"):
        prepare_socket_folder(tmp_path / "sockets", None)


def test_a_deep_checkout_still_gets_a_short_socket(var):
    deep = var.parent / ("deep" * 20) / ("deeper" * 20)
    deep.mkdir(parents=True)

    cluster = Cluster.for_checkout(deep / "var", mark=secrets.token_hex())

    assert len(os.fsencode(cluster.sockets / SOCKET_NAME)) <= LONGEST_SOCKET_PATH


def test_two_checkouts_have_two_servers(var):
    one = Cluster.for_checkout(var, mark="same")
    other_var = var.with_name("other")

    other = Cluster.for_checkout(other_var, mark="same")

    assert one.data != other.data
    assert one.sockets != other.sockets


def test_a_closed_home_stays_closed(var):
    """As root the server has an account of its own: its data lie where that account comes in."""
    closed = var.parent / "closed"
    closed.mkdir(mode=0o700)
    inside = closed / "var"

    cluster = Cluster.for_checkout(inside, mark=secrets.token_hex())
    try:
        assert closed.stat().st_mode & 0o777 == 0o700
        assert (cluster.data.parent == inside) is (os.geteuid() != 0)
        cluster.create(superuser_password="secret")
        assert cluster.exists
    finally:
        if cluster.data.parent != inside:
            shutil.rmtree(cluster.data.parent)


def test_the_programs_are_found_where_the_account_can_run_them():
    programs = programs_for(Account.needed())

    assert (programs / "bin" / "initdb").is_file()


def test_the_server_dies_with_the_process_that_started_it(cluster, url):
    starter = os.fork()
    if starter == 0:
        cluster.start(superuser_url=url)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(starter, 0)

    deadline = time.monotonic() + 10
    while (cluster.data / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (cluster.data / "postmaster.pid").exists()
