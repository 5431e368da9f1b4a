"""What a server process refuses to start with. `wsgi.py` and the job worker ask before they do anything.

A warning in a log is read by nobody; a process that does not start is seen at once.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, OperationalError, connection

from louisville_ice.roles import NOT_FOR_SERVERS, enters_without_password

# gunicorn ends for good with this status, where it would start another worker again and again.
DOES_NOT_BOOT = 3
DATABASE_SECONDS = 20  # both may be starting after a power cut; gunicorn gives a worker thirty
SHORTEST_KEY = 50
FEWEST_DIFFERENT_CHARACTERS = 10
# Words of keys that stand in code and manuals.
KNOWN_KEYS = ("insecure", "only-for-tests", "changeme", "change-me", "secret", "example")
NOT_SHARED = ("locmem.LocMemCache", "dummy.DummyCache")
DEMONSTRATION = "SELECT EXISTS (SELECT FROM requests_app_installation WHERE kind = 'demonstration')"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def refuse_what_is_unsafe() -> None:
    """End the process, with words that say what to do, unless it may serve what it is set to serve."""
    try:
        django.setup()
        reasons = list(_reasons())
    except ImproperlyConfigured as error:  # a setting without which nothing can be asked
        reasons = [str(error)]
    if not reasons:
        return
    print("The register does not start:", *reasons, sep="\n- ", file=sys.stderr, flush=True)
    raise SystemExit(DOES_NOT_BOOT)


def _reasons() -> Iterator[str]:
    if settings.PLAIN_HTTP_ON_LOOPBACK:
        return  # this machine alone: see loopback_only
    if settings.DEBUG:
        yield "DEBUG is on, and shows passwords and people to whoever causes an error. Unset DEBUG."
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield from _key_reasons(key)
    if not settings.FACTOR_KEYS:
        yield "FACTOR_KEYS is not set: no second factor can be read. Set the keys of this register."
    backend = str(settings.CACHES["default"]["BACKEND"])
    if backend.endswith(NOT_SHARED):
        yield f"The cache {backend} is not shared by processes, so limits do not hold. Set a cache that is."
    for variable in NOT_FOR_SERVERS:
        if os.environ.get(variable):
            yield f"{variable} is set. It is for migrate and grant_database_roles alone. Unset it here."
    yield from _database_reasons()


def _key_reasons(key: str) -> Iterator[str]:
    make = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_DIFFERENT_CHARACTERS:
        yield f"A key in SECRET_KEY or SECRET_KEY_FALLBACKS is too short or too plain. {make}"
    elif any(word in key.lower() for word in KNOWN_KEYS):
        yield f"A key in SECRET_KEY or SECRET_KEY_FALLBACKS is known to everybody. {make}"


def _database_reasons() -> Iterator[str]:
    if not settings.DATABASES.get("default", {}).get("NAME"):
        yield "DATABASE_URL is not set."
        return
    try:
        _wait_for_the_database()
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM register_guard.role")
            roles = [name for (name,) in cursor.fetchall()]
            cursor.execute(DEMONSTRATION)
            (is_demonstration,) = cursor.fetchone()
        parameters = connection.get_connection_params()
    except Error as error:
        words = str(error).strip()
        yield f"The database cannot be used: {words}. Is it up, migrated, and are the roles granted?"
        return
    finally:
        connection.close()  # a server forks after this: its children make their own
        connection.close_pool()  # type: ignore[attr-defined]
    if is_demonstration:
        yield "The database holds a demonstration, whose accounts everybody knows. Use a real register."
    for role in dict.fromkeys([parameters["user"], *roles]):
        if enters_without_password(parameters, role):
            yield f"The database lets {role} in without a true password. Set scram-sha-256 in pg_hba.conf."


def _wait_for_the_database() -> None:
    deadline = time.monotonic() + DATABASE_SECONDS
    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return


def loopback_only(application: Application) -> Application:
    """Without HTTPS, only this machine is answered, whatever address the server was bound to."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not settings.PLAIN_HTTP_ON_LOOPBACK or _is_here(environ.get("REMOTE_ADDR", "")):
            return application(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"Without HTTPS the register answers only the machine that it runs on.\n"]

    return guarded


def _is_here(address: str) -> bool:
    if not address:  # a Unix socket has no address
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
