"""What can be checked without asking a person: the table of powers, the settings, the database's walls.

`check` runs the first, `check --deploy` the settings too, `check --database default` the database.
"""

import os
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connection

from louisville_ice.roles import NOT_FOR_SERVERS, enters_without_password
from requests_app import guard, privileges, publishing
from requests_app.permissions import GRANTS, OWN_ACTIONS, SYSTEM_ACTIONS
from requests_app.vocabulary import Action, Role

GRANT_HINT = "Run `manage.py grant_database_roles`."
# The names of the six roles, as they were granted.
ROLES = "SELECT kind, name FROM register_guard.role ORDER BY kind"
# What each role is that it must not be.
POWERS = """
    SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
           EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid),
           EXISTS (SELECT FROM pg_database WHERE datdba = r.oid),
           has_schema_privilege(r.oid, 'public', 'CREATE')
    FROM pg_roles r WHERE rolname = %s
"""
POWER_WORDS = (
    "is a superuser",
    "may make databases",
    "may make roles",
    "may replicate",
    "passes row security by",
    "is a member of another role",
    "owns a database",
    "may make tables",
)
OWNERS = """
    SELECT c.relname, pg_get_userbyid(c.relowner) FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY c.relname
"""
# What a role really may do, by whatever way it came by it, and which columns it reads.
HELD_PRIVILEGES = """
    SELECT c.relname,
           ARRAY(SELECT p FROM unnest(%(of_tables)s::text[]) AS p
                 WHERE has_table_privilege(%(role)s, c.oid, p)
                    OR p = ANY(%(of_columns)s) AND has_any_column_privilege(%(role)s, c.oid, p)),
           ARRAY(SELECT attname::text FROM pg_attribute
                 WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                   AND has_column_privilege(%(role)s, c.oid, attnum, 'SELECT')),
           ARRAY(SELECT attname::text FROM pg_attribute
                 WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY c.relname
"""
SEQUENCES = """
    SELECT c.relname, has_sequence_privilege(%(role)s, c.oid, 'USAGE'),
           has_sequence_privilege(%(role)s, c.oid, 'UPDATE')
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' ORDER BY c.relname
"""
EVENT_TRIGGERS = """
    SELECT t.evtname, t.evtevent, f.proname, f.prosrc
    FROM pg_event_trigger t JOIN pg_proc f ON f.oid = t.evtfoid
    JOIN pg_roles o ON o.oid = t.evtowner AND o.rolsuper JOIN pg_roles m ON m.oid = f.proowner AND m.rolsuper
    WHERE t.evtenabled = 'A' AND t.evttags IS NULL
      AND f.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'register_guard')
"""
DURABILITY_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")


@checks.register
def check_grants(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    granted = SYSTEM_ACTIONS.union(OWN_ACTIONS, *GRANTS.values())
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
    if held := [variable for variable in NOT_FOR_SERVERS if os.environ.get(variable)]:
        hint = "Set them for migrate and grant_database_roles alone."
        words = f"A process that serves pages holds {' and '.join(held)}."
        found.append(checks.Warning(words, hint=hint, id="register.W003"))
    if publishing.PUBLIC not in settings.DATABASES:
        hint = "Set DATABASE_PUBLIC_URL, so that what is published is read by a role that sees nothing else."
        words = "The public pages would be written through the application's role."
        found.append(checks.Warning(words, hint=hint, id="register.W004"))
    return list(found)


@checks.register(checks.Tags.database)
def check_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []  # migrate asks for the owner's connection, before there are tables
    roles = _roles()
    found = [*_role_errors(roles), *_authentication_errors(roles), *_durability_errors()]
    if not roles:
        words = "The roles of this database were never granted."
        return [*found, checks.Error(words, hint=GRANT_HINT, id="register.E008")]
    return [*found, *_ownership_errors(roles), *_privilege_errors(roles), *_guard_errors()]


def _rows(statement: str, words: Sequence[Any] | dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, words)
        return cursor.fetchall()


def _roles() -> dict[str, str]:
    ((known,),) = _rows("SELECT to_regclass('register_guard.role') IS NOT NULL")
    return dict(_rows(ROLES)) if known else {}


def _role_errors(roles: dict[str, str]) -> Iterator[checks.CheckMessage]:
    """Whoever owns a table can take its walls away; whoever has powers can take any."""
    ((current,),) = _rows("SELECT current_user::text")
    for role in dict.fromkeys([current, *roles.values()]):
        rows = _rows(POWERS, [role])
        powers = rows[0] if rows else ()
        for power in compress(POWER_WORDS, powers):
            hint = f"{GRANT_HINT} Each URL must name a role of its own, without powers."
            yield checks.Error(f"The role {role} {power}.", hint=hint, id="register.E003")
        if not rows:
            yield checks.Error(f"The role {role} is missing.", hint=GRANT_HINT, id="register.E003")
    if roles and current != roles["application"]:
        words = f"DATABASE_URL names {current}; the application's role is {roles['application']}."
        yield checks.Error(words, hint=GRANT_HINT, id="register.E003")


def _ownership_errors(roles: dict[str, str]) -> Iterator[checks.CheckMessage]:
    for table, owner in _rows(OWNERS):
        expected = roles["ledger" if table.startswith(privileges.LEDGER_PREFIX) else "owner"]
        if owner != expected:
            words = f"{table} belongs to {owner}, and must to {expected}."
            yield checks.Error(words, hint=GRANT_HINT, id="register.E009")


def _privilege_errors(roles: dict[str, str]) -> Iterator[checks.CheckMessage]:
    for kind, role in roles.items():
        if not _rows("SELECT FROM pg_roles WHERE rolname = %s", [role]):
            continue  # reported already
        words = {
            "role": role,
            "of_tables": list(privileges.TABLE_PRIVILEGES),
            "of_columns": list(privileges.COLUMN_PRIVILEGES),
        }
        for name, held, read, columns in _rows(HELD_PRIVILEGES, words):
            yield from _table_errors(kind, role, name, set(held))
            table = privileges.Table(name, "", tuple(columns))
            if kind in ("auditor", "signer") or (kind == "ledger" and not table.in_ledger):
                yield from _column_errors(kind, role, table, set(read))
        if kind not in ("owner", "ledger"):
            yield from _sequence_errors(kind, role)


def _table_errors(kind: str, role: str, table: str, held: set[str]) -> Iterator[checks.CheckMessage]:
    expected = privileges.expected_of(kind, table)
    if expected is None:
        return  # the owner; E009 tells where it is another
    if missing := expected - held:
        words = f"The role {role} may not {' or '.join(sorted(missing))} in {table}, and must."
        yield checks.Error(words, hint=GRANT_HINT, id="register.E004")
    if extra := held - expected:
        words = f"The role {role} may {' and '.join(sorted(extra))} in {table}, and must not."
        yield checks.Error(words, hint=GRANT_HINT, id="register.E005")


def _column_errors(
    kind: str, role: str, table: privileges.Table, read: set[str]
) -> Iterator[checks.CheckMessage]:
    expected = set(privileges.columns_read(kind, table))
    if missing := expected - read:
        words = f"The role {role} may not read {', '.join(sorted(missing))} of {table.name}, and must."
        yield checks.Error(words, hint=GRANT_HINT, id="register.E004")
    if secret := read - expected:
        words = f"The role {role} may read {', '.join(sorted(secret))} of {table.name}, and must not."
        yield checks.Error(words, hint=GRANT_HINT, id="register.E005")


def _sequence_errors(kind: str, role: str) -> Iterator[checks.CheckMessage]:
    for sequence, takes, sets in _rows(SEQUENCES, {"role": role}):
        if sets or (takes and kind != "application"):
            words = f"The role {role} may move {sequence}, and must not."
            yield checks.Error(words, hint=GRANT_HINT, id="register.E005")
        if not takes and kind == "application":
            words = f"The role {role} takes no number from {sequence}, and must."
            yield checks.Error(words, hint=GRANT_HINT, id="register.E004")


def _guard_errors() -> Iterator[checks.CheckMessage]:
    standing = {name: rest for name, *rest in _rows(EVENT_TRIGGERS)}
    for name, (event, function) in guard.EVENTS.items():
        if standing.get(name) != [event, function, guard.FUNCTIONS[function][2]]:
            words = f"The event trigger {name} is missing, off, or not that of this version."
            hint = f"{GRANT_HINT} It is missing between --open-ledger and the end of a migration."
            yield checks.Error(words, hint=hint, id="register.E008")
    for (breach,) in _rows("SELECT * FROM register_guard.breaches()"):
        words = f"A wall is not as it was when the roles were granted: {breach}."
        yield checks.Error(words, hint="Find out who changed it and why.", id="register.E010")


def _authentication_errors(roles: dict[str, str]) -> Iterator[checks.CheckMessage]:
    parameters = connection.get_connection_params()
    for role in dict.fromkeys([parameters["user"], *roles.values()]):
        if not enters_without_password(parameters, role):
            continue
        hint = "Set scram-sha-256 in pg_hba.conf."
        message = f"The database lets {role} in without a true password."
        yield (checks.Warning if settings.DEBUG else checks.Error)(message, hint=hint, id="register.E006")


def _durability_errors() -> Iterator[checks.CheckMessage]:
    for name in DURABILITY_SETTINGS:
        ((value,),) = _rows("SELECT current_setting(%s)", [name])
        if value == "off":
            message = f"{name} is off: what was recorded may be lost when the power fails."
            yield checks.Error(message, hint=f"Set {name} = on.", id="register.E007")
