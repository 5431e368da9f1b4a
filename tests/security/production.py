"""The site as production serves it, for tests: gunicorn behind a proxy that speaks TLS, with HTTPS settings.

The proxy is the smallest that can be. It answers HTTP and HTTPS on one port, so that the redirect from one to
the other leads somewhere, and it says in `X-Forwarded-Proto` which of them it was.
"""

import contextlib
import http.client
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from django.conf import settings

from tests.conftest import free_port

BASE_DIR = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 60
TLS_HANDSHAKE = b"\x16"  # the first byte of whoever wants TLS
BETWEEN_NEIGHBOURS = {"connection", "keep-alive", "transfer-encoding", "upgrade"}
SESSION_COOKIE, CSRF_COOKIE = "__Host-sessionid", "__Host-csrftoken"


class Proxy(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *, behind: int, certificate: trustme.LeafCert) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = behind
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self.tls)
        # A client that cannot keep a cookie gets this session on every request.
        self.session_key = ""
        # The scanner reads no page of an error: it gets 200 with the headers and the words of that page.
        self.shows_200 = False
        self.statuses: dict[str, int] = {}

    @property
    def host(self) -> str:
        return f"localhost:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        self.scheme = "https" if self.request.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE else "http"
        if self.scheme == "https":
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def log_message(self, *words: object) -> None:
        """The tests say what went wrong."""

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=30)
        with contextlib.closing(upstream):
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self._headers_for_upstream():
                upstream.putheader(name, value)
            upstream.endheaders(body)
            answer = upstream.getresponse()
            self._answer(answer, answer.read())

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_TRACE = pass_on  # noqa: N815  its names

    def _headers_for_upstream(self) -> list[tuple[str, str]]:
        dropped = BETWEEN_NEIGHBOURS | {"x-forwarded-proto"}
        kept = [(name, value) for name, value in self.headers.items() if name.lower() not in dropped]
        if self.server.session_key and self.scheme == "https":
            kept.append(("Cookie", f"{SESSION_COOKIE}={self.server.session_key}"))
        return [*kept, ("X-Forwarded-Proto", self.scheme)]

    def _answer(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        if self.scheme == "https" and self.command == "GET":
            self.server.statuses[self.path] = answer.status
        shown = 200 if self.server.shows_200 and answer.status >= 400 else answer.status
        self.send_response_only(shown)
        for name, value in answer.getheaders():
            if name.lower() not in BETWEEN_NEIGHBOURS:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


class Site:
    """What a test asks: the proxy, and answers through it."""

    def __init__(self, proxy: Proxy, authority: trustme.CA) -> None:
        self.proxy = proxy
        self.authority = authority
        self.tls = ssl.create_default_context()
        authority.configure_trust(self.tls)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        session_key: str = "",
        scheme: str = "https",
        body: str = "",
        headers: dict[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        """The answer, with its body read into `text`."""
        port = self.proxy.server_port
        connection: http.client.HTTPConnection
        if scheme == "https":
            connection = http.client.HTTPSConnection("localhost", port, context=self.tls, timeout=30)
        else:
            connection = http.client.HTTPConnection("localhost", port, timeout=30)
        sent = dict(headers or {})
        if session_key:
            given = [sent["Cookie"]] if "Cookie" in sent else []
            sent["Cookie"] = "; ".join([f"{SESSION_COOKIE}={session_key}", *given])
        with contextlib.closing(connection):
            connection.request(method, path, body=body or None, headers=sent)
            answer = connection.getresponse()
            answer.text = answer.read().decode(errors="replace")  # type: ignore[attr-defined]
            return answer


@contextlib.contextmanager
def serving(log: Path) -> Iterator[Site]:
    """The site over the database that the tests use now."""
    port = free_port()
    authority = trustme.CA()
    with _gunicorn(port, log), Proxy(behind=port, certificate=authority.issue_cert("localhost")) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        yield Site(proxy, authority)
        proxy.shutdown()
        thread.join()


@contextlib.contextmanager
def _gunicorn(port: int, log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()"]
    command += ["--worker-class", "gthread", "--threads", "8", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as words:
        process = subprocess.Popen(command, cwd=BASE_DIR, env=_environment(), stdout=words, stderr=words)
        try:
            _wait_until_it_answers(process, port, log)
            yield
        finally:
            process.terminate()
            process.wait(15)


def _environment() -> dict[str, str]:
    """What production sets, on the test's database. Nothing of the test run's loopback settings is in it."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tests.security.production_settings",
        "SECRET_KEY": settings.SECRET_KEY,  # the test makes sessions that this server reads
        "FACTOR_KEYS": os.environ["FACTOR_KEYS"],
        "ALLOWED_HOSTS": "localhost",
        "BEHIND_HTTPS_PROXY": "true",
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "EMAIL_URL": "smtp://127.0.0.1:1",
    }


def _wait_until_it_answers(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)


def cookies_of(answer: Any) -> dict[str, str]:
    """What the answer sets: name to the whole line."""
    lines = answer.headers.get_all("Set-Cookie") or []
    return {line.partition("=")[0]: line for line in lines}
