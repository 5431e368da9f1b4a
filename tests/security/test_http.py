"""The protocol: where a message ends, where plain HTTP leads, and the little that is said without sign-in."""

import contextlib
import socket

import pytest
from django.test import Client

from tests.security import production


@pytest.fixture
def https(settings, db):
    """This process as production sets it, without a proxy in front."""
    settings.SECURE_SSL_REDIRECT = True
    return Client()


@pytest.mark.parametrize(
    "url", ["/", "/statistics/", "/account/login/", "/requests/", "/admin/", "/nowhere/"]
)
def test_pages_lead_to_https_and_health_does_not(https, url):
    answer = https.get(url)

    assert answer.status_code == 301
    assert answer["Location"] == f"https://testserver{url}"
    for health in ("/healthz", "/readyz"):
        assert https.get(health).status_code == 200


@pytest.mark.django_db
def test_health_tells_nothing_but_one_word():
    client = Client()

    assert client.get("/healthz").content == b"alive\n"
    assert client.get("/readyz").content == b"ready\n"
    others = ("/metrics", "/status", "/docs/", "/api/", "/swagger/", "/__debug__/", "/.well-known/")
    for url in others:
        assert client.get(url).status_code == 404


# --- where a message ends ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def port(module_db, tmp_path_factory):
    """The server of production itself, without the proxy in front."""
    with production.serving(tmp_path_factory.mktemp("http") / "gunicorn.log") as site:
        yield site.proxy.behind


def told(port, message):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionResetError):  # it was refused before it was read to its end
            while more := connection.recv(65536):
                answer += more
    return answer


HIDDEN = b"0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
HEAD = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\n"
AMBIGUOUS = {
    "length and chunks": HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + HIDDEN,
    "two lengths": HEAD + b"Content-Length: 4\r\nContent-Length: 40\r\n\r\n" + HIDDEN,
    "a length with a sign": HEAD + b"Content-Length: +4\r\n\r\n" + HIDDEN,
    "chunks twice": HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + HIDDEN,
    "chunks in disguise": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + HIDDEN,
    "a blank before the colon": HEAD + b"Content-Length : 4\r\n\r\n" + HIDDEN,
    "a folded line": HEAD + b"X-A: b\r\n Content-Length: 4\r\n\r\n" + HIDDEN,
    "a bare line feed in a name": HEAD + b"X\nContent-Length: 4\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_a_message_with_two_lengths_is_refused(port, name):
    answer = told(port, AMBIGUOUS[name])

    assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 501", b"HTTP/1.1 403"), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1
