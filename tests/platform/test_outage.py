"""The database goes away while pages are served, and comes back: the real server, and a way that breaks."""

import contextlib
import http.client
import time

import pytest

from tests.platform.test_startup import production, serving  # noqa: F401  a fixture

pytestmark = pytest.mark.timeout(120)


class Way:
    """The folder of the server's socket under another name, which can be taken away and put back."""

    def __init__(self, link, sockets, superuser):
        self.link, self.sockets, self.superuser = link, sockets, superuser
        self.open()

    def open(self):
        self.link.symlink_to(self.sockets)

    def break_(self):
        self.link.unlink()
        self.superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'register_app'"
        )


@pytest.fixture
def way(tmp_path, superuser_connection):
    return Way(tmp_path / "way", superuser_connection.info.host, superuser_connection)


@pytest.fixture
def port(production, way):  # noqa: F811
    environment = {
        **production,
        "BEHIND_HTTPS_PROXY": "true",
        "DATABASE_URL": production["DATABASE_URL"].replace(str(way.sockets), str(way.link)),
    }
    with serving(environment) as one:
        yield one


def get(port, path="/account/notice/"):
    """Status, body and seconds."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        headers = {"Host": "register.louisville.test", "X-Forwarded-Proto": "https"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), time.monotonic() - began


def wait_for(port, status, *, seconds):
    began = time.monotonic()
    while (found := get(port)[0]) != status:
        assert time.monotonic() - began < seconds, found
        time.sleep(0.1)
    return time.monotonic() - began


def test_a_lost_database_is_said_soon_and_then_at_once(port, way):
    assert get(port)[0] == 200
    way.break_()

    status, body, seconds = get(port)
    assert status == 503
    assert "not available right now" in body
    assert seconds < 4

    waits = [get(port) for _ in range(5)]
    assert {status for status, *_ in waits} == {503}
    assert max(seconds for *_, seconds in waits) < 0.5
    assert get(port, "/healthz")[0] == 200
    assert get(port, "/readyz")[0] == 503


@pytest.mark.parametrize("seconds_away", [0, 12])
def test_a_database_that_is_back_is_found_soon(port, way, seconds_away):
    way.break_()
    wait_for(port, 503, seconds=10)
    end = time.monotonic() + seconds_away
    while time.monotonic() < end:  # people go on asking
        get(port)
        time.sleep(0.2)
    way.open()

    assert wait_for(port, 200, seconds=6) < 6


def test_connections_that_died_in_the_pool_are_not_handed_out(port, way):
    """A restart of the database between two requests is not noticed by the second."""
    assert get(port)[0] == 200
    way.break_()
    way.open()

    assert [get(port)[0] for _ in range(6)] == [200] * 6
