"""The register talks to its database and its mail server alone: no address that is typed is asked for."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from requests_app.models import AssistanceRequest
from requests_app.signin.oidc import IdentityRefused, OwnAddressesOnly
from tests.security.surface import ACTS, PEOPLE, act_url, addresses, answers_for, example_words, fresh

pytestmark = pytest.mark.django_db

URL = "http://169.254.169.254/latest/meta-data/ https://evil.example/canary file:///etc/passwd gopher://x:1/"


@pytest.fixture
def asked(monkeypatch):
    """Every address that this process was to be connected to. The database driver goes its own way."""
    seen = []

    def guard(name, plain):
        def run(*words, **more):
            seen.append((name, words[1:] if name == "connect" else words))
            return plain(*words, **more)

        return run

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guard("connect", getattr(socket.socket, name)))
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, guard(name, getattr(socket, name)))
    return seen


def test_no_page_opens_a_connection_to_the_outside(cast, client_of, asked):
    """Addresses typed into every text field of every act; then every page, for everybody."""
    for verb, act in ACTS.items():
        case, client = act.case(cast), client_of(act.who)
        form, answers = answers_for(client, case, verb)
        typed = {name: URL[:limit] for name, limit in form.texts.items() if name in act.answers}
        client.post(act_url(case, verb), {**fresh(answers), **typed})
    assert AssistanceRequest.objects.filter(status_reason=URL).exists()

    found = addresses(example_words(case, "2026-Q1"))
    for who in PEOPLE:
        client = client_of(who)
        for one in found:
            client.get(one.url, {"next": "https://evil.example/", "url": URL})

    assert asked == []


def test_the_guard_sees_a_connection(asked):
    """Or the test above would show nothing."""
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", 1), timeout=1)

    assert asked


# --- the one call there is: to an identity provider ---------------------------------------------


class _Redirects(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.paths.append(self.path)
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def redirecting():
    server = HTTPServer(("127.0.0.1", 0), _Redirects)
    server.paths = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_no_redirect_is_followed(redirecting, settings):
    """Not even on the issuer's own host; and another host is not spoken with at all."""
    settings.OIDC_ISSUER = f"http://127.0.0.1:{redirecting.server_port}"

    with OwnAddressesOnly() as provider:
        answer = provider.get(f"{settings.OIDC_ISSUER}/first", allow_redirects=True)
        with pytest.raises(IdentityRefused):
            provider.get(f"http://localhost:{redirecting.server_port}/other")

    assert answer.status_code == 302
    assert redirecting.paths == ["/first"]
