"""What can be checked without asking a person: the table of powers, the settings, the database's walls.

`check` runs the first, `check --deploy` the settings too, `check --database default` the database.
"""

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connection

from requests_app import privileges
from requests_app.permissions import GRANTS, SYSTEM_ACTIONS
from requests_app.vocabulary import Action, Role

GRANT_HINT = "Run `manage.py grant_database_roles`."
POWERS = """
    SELECT rolname, rolsuper, rolcreaterole, rolbypassrls,
           EXISTS (SELECT 1 FROM pg_class
                   WHERE relowner = r.oid AND relnamespace = 'public'::regnamespace),
           EXISTS (SELECT 1 FROM pg_auth_members WHERE member = r.oid)
    FROM pg_roles r WHERE rolname = current_user
"""
POWER_WORDS = (
    "is a superuser",
    "may make roles",
    "passes row security by",
    "owns tables",
    "is a member of another role",
)
# What the connected role really may do, by whatever way it came by it.
HELD_PRIVILEGES = """
    SELECT c.relname, array_agg(p.name) FILTER (
        WHERE has_table_privilege(c.oid, p.name)
           OR p.name = ANY(%s) AND has_any_column_privilege(c.oid, p.name)
    )
    FROM pg_class c CROSS JOIN unnest(%s::text[]) AS p(name)
    WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
    GROUP BY c.relname ORDER BY c.relname
"""
DURABILITY_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")


@checks.register
def check_grants(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    granted = SYSTEM_ACTIONS.union(*GRANTS.values())
    found = [
        checks.Error(f"Nobody may {action.value}: no role has it.", id="register.E001")
        for action in Action
        if action not in granted
    ]
    found += [
        checks.Error(f"The role {role.value} is not in GRANTS.", id="register.E002")
        for role in Role
        if role not in GRANTS
    ]
    return list(found)


@checks.register(checks.Tags.security, deploy=True)
def check_deployment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    found = []
    if settings.PLAIN_HTTP_ON_LOOPBACK:
        hint = "Unset PLAIN_HTTP_ON_LOOPBACK."
        found.append(checks.Warning("The register answers without HTTPS.", hint=hint, id="register.W001"))
    if not settings.STATIC_COLLECTED:
        hint = "Set STATIC_COLLECTED=true and run `manage.py collectstatic`."
        found.append(checks.Warning("Static files are not collected.", hint=hint, id="register.W002"))
    if "owner" in settings.DATABASES:
        hint = "Set DATABASE_OWNER_URL for migrate and grant_database_roles alone."
        words = "A process that serves pages holds the password of the tables' owner."
        found.append(checks.Warning(words, hint=hint, id="register.W003"))
    return list(found)


@checks.register(checks.Tags.database)
def check_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []  # migrate asks for the owner's connection, before there are tables
    return [*_role_errors(), *_privilege_errors(), *_authentication_errors(), *_durability_errors()]


def _role_errors() -> Iterator[checks.CheckMessage]:
    """Whoever owns a table can take its walls away."""
    with connection.cursor() as cursor:
        cursor.execute(POWERS)
        role, *powers = cursor.fetchone()
    for power, what in zip(powers, POWER_WORDS, strict=True):
        if power:
            hint = "DATABASE_URL must name a role of its own, without powers."
            yield checks.Error(f"The application's role {role} {what}.", hint=hint, id="register.E003")


def _privilege_errors() -> Iterator[checks.CheckMessage]:
    for table, held in _held_privileges().items():
        expected = privileges.expected_privileges(table)
        if missing := expected - held:
            words = f"The application may not {' or '.join(sorted(missing))} in {table}, and must."
            yield checks.Error(words, hint=GRANT_HINT, id="register.E004")
        if extra := held - expected:
            words = f"The application may {' and '.join(sorted(extra))} in {table}, and must not."
            yield checks.Error(words, hint=GRANT_HINT, id="register.E005")


def _held_privileges() -> dict[str, set[str]]:
    words: list[Any] = [
        list(privileges.COLUMN_PRIVILEGES),
        list(privileges.TABLE_PRIVILEGES),
        privileges.SCHEMA,
    ]
    with connection.cursor() as cursor:
        cursor.execute(HELD_PRIVILEGES, words)
        return {table: set(held or ()) for table, held in cursor.fetchall()}


def _authentication_errors() -> Iterator[checks.CheckMessage]:
    """The server's own list of rules is for superusers; a wrong password tells as much."""
    parameters = connection.get_connection_params()
    words = {name: parameters[name] for name in ("dbname", "user", "host", "port") if name in parameters}
    try:
        psycopg.connect(**words, password=secrets.token_hex(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return
    hint = "Set scram-sha-256 in pg_hba.conf."
    message = "The database lets the application in without a true password."
    yield (checks.Warning if settings.DEBUG else checks.Error)(message, hint=hint, id="register.E006")


def _durability_errors() -> Iterator[checks.CheckMessage]:
    for name in DURABILITY_SETTINGS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s)", [name])
            (value,) = cursor.fetchone()
        if value == "off":
            message = f"{name} is off: what was recorded may be lost when the power fails."
            yield checks.Error(message, hint=f"Set {name} = on.", id="register.E007")
