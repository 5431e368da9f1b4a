"""What each database role may do with each table, and the SQL that makes it so.

The walls in the migrations hold against everybody; this takes the application the means to try, and gives
the ledger an owner that no migration runs as.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from requests_app.models import (
    APPEND_ONLY_TABLES,
    LedgerEntry,
    LedgerHead,
    LedgerPosition,
    ReleaseDocument,
    User,
)

SCHEMA = "public"
# Every privilege that PostgreSQL knows for a table, and those that it also knows for a single column.
TABLE_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
COLUMN_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "REFERENCES")

NOTHING: frozenset[str] = frozenset()
READ = frozenset({"SELECT"})
ADD = READ | {"INSERT"}
CHANGE = ADD | {"UPDATE"}
REMOVE = CHANGE | {"DELETE"}

# The ledger has an owner of its own, and so have the functions that the walls are made of.
LEDGER_PREFIX = "requests_app_ledger"
WALL_FUNCTION_PREFIX = "register_"

# Written by migrations, or by the database itself when an entry gets its place in the log.
READ_ONLY_TABLES = frozenset(
    {
        MigrationRecorder.Migration._meta.db_table,
        ContentType._meta.db_table,
        Permission._meta.db_table,
        LedgerPosition._meta.db_table,
        LedgerHead._meta.db_table,
        # The register has no sign-up and no addresses to confirm, and its identity provider is a setting.
        "account_emailaddress",
        "account_emailconfirmation",
        "socialaccount_socialapp",
        "socialaccount_socialapp_sites",
        "socialaccount_socialtoken",
    }
)
# Nothing in them is a record: sessions end, jobs are done, wrong passwords are forgotten, a second factor is
# taken away. Who did it is in the ledger.
REMOVABLE_TABLES = frozenset(
    {
        "django_session",
        "axes_accessattempt",
        "axes_accessattemptexpiration",
        "axes_accessfailurelog",
        "axes_accesslog",
        "mfa_authenticator",
        "register_cache",
        "requests_app_session",
        "socialaccount_socialaccount",
    }
)
JOB_TABLE_PREFIX = "procrastinate_"

# With these somebody could sign in as another. The auditor reads everything else.
SECRET_TABLES = frozenset(
    {
        "django_session",
        "account_emailconfirmation",
        "mfa_authenticator",
        "register_cache",
        "requests_app_session",
        "socialaccount_socialapp",
        "socialaccount_socialtoken",
    }
)
SECRET_COLUMNS = {
    User._meta.db_table: frozenset({"password"}),
    # What was typed into a sign-in form may be a password in the wrong field.
    "axes_accessattempt": frozenset({"get_data", "post_data"}),
    # Numbers of rows; what became of a job stands in the register itself.
    "procrastinate_jobs": frozenset({"args"}),
}
PUBLIC_TABLES = frozenset({ReleaseDocument._meta.db_table})
# Columns that a role reads of a table, and no others. The ledger's owner signs filling entries as the system.
SIGNER_COLUMNS = {
    LedgerEntry._meta.db_table: ("id", "leaf"),
    LedgerPosition._meta.db_table: ("index", "entry_id"),
}
LEDGER_OWNER_COLUMNS = {User._meta.db_table: ("id", "badge_number", "is_system")}
# Grows the log: for the signer alone.
PAD_FUNCTION = "register_pad_ledger(bigint)"

# Everybody may make large objects, and so write into the database without a table. Nobody here does.
LARGE_OBJECT_FUNCTIONS = (
    "lo_create(oid)",
    "lo_creat(integer)",
    "lo_from_bytea(oid, bytea)",
    "lo_open(oid, integer)",
    "lo_put(oid, bigint, bytea)",
    "lo_truncate(integer, integer)",
    "lo_truncate64(integer, bigint)",
    "lo_unlink(oid)",
    "lowrite(integer, bytea)",
)


@dataclass(frozen=True)
class Table:
    name: str
    owner: str
    columns: tuple[str, ...]

    @property
    def in_ledger(self) -> bool:
        return self.name.startswith(LEDGER_PREFIX)

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(SCHEMA, self.name)


# --- who may do what ---------------------------------------------------------------------------


def expected_privileges(table: str) -> frozenset[str]:
    """What the application may do."""
    if table in READ_ONLY_TABLES:
        return READ
    if table in APPEND_ONLY_TABLES or table.startswith(LEDGER_PREFIX) or table == LogEntry._meta.db_table:
        return ADD
    if table in REMOVABLE_TABLES or table.startswith(JOB_TABLE_PREFIX):
        return REMOVE
    return CHANGE


def expected_of(kind: str, table: str) -> frozenset[str] | None:
    """What a role may do, in some column at least; None where it owns the table."""
    in_ledger = table.startswith(LEDGER_PREFIX)
    if kind == "application":
        return expected_privileges(table)
    if kind == "auditor":
        return NOTHING if table in SECRET_TABLES else READ
    if kind == "public":
        return READ if table in PUBLIC_TABLES else NOTHING
    if kind == "signer":
        return READ if table in SIGNER_COLUMNS else NOTHING
    if kind == "owner":
        return READ if in_ledger else None
    if in_ledger:
        return None
    return READ if table in LEDGER_OWNER_COLUMNS else NOTHING


def columns_read(kind: str, table: Table) -> tuple[str, ...]:
    """The columns that a role reads which does not read whole tables."""
    if kind == "signer":
        return SIGNER_COLUMNS.get(table.name, ())
    if kind == "ledger":
        return LEDGER_OWNER_COLUMNS.get(table.name, ())
    if table.name in SECRET_TABLES:
        return ()
    secret = SECRET_COLUMNS.get(table.name, NOTHING)
    return tuple(column for column in table.columns if column not in secret)


# --- the statements ----------------------------------------------------------------------------


def close(connection: "psycopg.Connection", roles: Mapping[str, str]) -> Iterator[sql.Composable]:
    """Give every table and function to its owner, grant exactly, and take the rest away."""
    tables = tables_of(connection)
    yield from _schema(connection, roles)
    yield from _owners(connection, tables, roles)
    others = [
        sql.SQL("PUBLIC"),
        *(sql.Identifier(roles[kind]) for kind in ("application", "auditor", "public", "signer")),
    ]
    for what in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield _on_all("REVOKE ALL ON ALL {} IN SCHEMA {} FROM {}", what, sql.SQL(", ").join(others))
    for table in tables:
        yield from _table(table, roles)
    yield _on_all(
        "GRANT USAGE ON ALL {} IN SCHEMA {} TO {}", "SEQUENCES", sql.Identifier(roles["application"])
    )
    # A dump reads the numbers' state too.
    yield _on_all("GRANT SELECT ON ALL {} IN SCHEMA {} TO {}", "SEQUENCES", sql.Identifier(roles["owner"]))
    for kind in ("owner", "application"):
        yield _on_all("GRANT EXECUTE ON ALL {} IN SCHEMA {} TO {}", "FUNCTIONS", sql.Identifier(roles[kind]))
    pad = sql.SQL(f"FUNCTION {SCHEMA}.{PAD_FUNCTION}")
    for kind in ("owner", "application"):
        yield sql.SQL("REVOKE EXECUTE ON {} FROM {}").format(pad, sql.Identifier(roles[kind]))
    yield sql.SQL("GRANT EXECUTE ON {} TO {}").format(pad, sql.Identifier(roles["signer"]))
    for function in LARGE_OBJECT_FUNCTIONS:
        yield sql.SQL("REVOKE EXECUTE ON FUNCTION pg_catalog.{} FROM PUBLIC").format(sql.SQL(function))


def open_ledger(connection: "psycopg.Connection", roles: Mapping[str, str]) -> Iterator[sql.Composable]:
    """Give the ledger and the functions of the walls to the owner, who migrates."""
    owner = sql.Identifier(roles["owner"])
    for table in tables_of(connection):
        if table.owner != roles["owner"]:
            yield sql.SQL("ALTER TABLE {} OWNER TO {}").format(table.identifier, owner)
    for function, now in _functions(connection):
        if now != roles["owner"]:
            yield sql.SQL("ALTER FUNCTION {} OWNER TO {}").format(sql.SQL(function), owner)
    yield sql.SQL("GRANT USAGE, CREATE ON SCHEMA {} TO {}").format(sql.Identifier(SCHEMA), owner)


def _schema(connection: "psycopg.Connection", roles: Mapping[str, str]) -> Iterator[sql.Composable]:
    """Nobody but the superuser makes or renames anything between two migrations."""
    schema, names = sql.Identifier(SCHEMA), [sql.Identifier(role) for role in roles.values()]
    database = sql.Identifier(connection.info.dbname)
    yield sql.SQL("ALTER DATABASE {} OWNER TO CURRENT_USER").format(database)
    yield sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database)
    yield sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(schema)
    for role in names:
        yield sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(database, role)
        yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role)
        yield sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(schema, role)
        yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, role)


def _owners(
    connection: "psycopg.Connection", tables: list[Table], roles: Mapping[str, str]
) -> Iterator[sql.Composable]:
    for table in tables:
        owner = roles["ledger" if table.in_ledger else "owner"]
        if table.owner != owner:
            words = (table.identifier, sql.Identifier(owner))
            yield sql.SQL("ALTER TABLE {} OWNER TO {}").format(*words)
    for function, now in _functions(connection):
        of_a_wall = function.startswith(f"{SCHEMA}.{WALL_FUNCTION_PREFIX}")
        owner = roles["ledger" if of_a_wall else "owner"]
        if now != owner:
            yield sql.SQL("ALTER FUNCTION {} OWNER TO {}").format(sql.SQL(function), sql.Identifier(owner))


def _table(table: Table, roles: Mapping[str, str]) -> Iterator[sql.Composable]:
    name, owner, ledger = table.identifier, sql.Identifier(roles["owner"]), sql.Identifier(roles["ledger"])
    if table.in_ledger:  # the owner reads it for a backup
        yield sql.SQL("REVOKE ALL ON TABLE {} FROM {}").format(name, owner)
        yield sql.SQL("GRANT SELECT ON TABLE {} TO {}").format(name, owner)
    else:
        yield sql.SQL("REVOKE ALL ON TABLE {} FROM {}").format(name, ledger)
    privileges = sql.SQL(", ").join(map(sql.SQL, sorted(expected_privileges(table.name))))
    application = sql.Identifier(roles["application"])
    yield sql.SQL("GRANT {} ON TABLE {} TO {}").format(privileges, name, application)
    if table.name in PUBLIC_TABLES:
        yield sql.SQL("GRANT SELECT ON TABLE {} TO {}").format(name, sql.Identifier(roles["public"]))
    for kind in ("auditor", "signer", "ledger"):
        if kind == "ledger" and table.in_ledger:
            continue  # its own
        if readable := columns_read(kind, table):
            columns: sql.Composable = sql.SQL("")
            if readable != table.columns:
                columns = sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, readable)))
            role = sql.Identifier(roles[kind])
            yield sql.SQL("GRANT SELECT{} ON TABLE {} TO {}").format(columns, name, role)


def _on_all(statement: str, what: str, to_whom: sql.Composable) -> sql.Composed:
    return sql.SQL(statement).format(sql.SQL(what), sql.Identifier(SCHEMA), to_whom)


# --- what is there -----------------------------------------------------------------------------


def tables_of(connection: "psycopg.Connection") -> list[Table]:
    rows = connection.execute(
        "SELECT c.relname, pg_get_userbyid(c.relowner),"
        " ARRAY(SELECT attname::text FROM pg_attribute a"
        "       WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)"
        " FROM pg_class c WHERE relnamespace = %s::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname",
        [SCHEMA],
    )
    return [Table(name, owner, tuple(columns)) for name, owner, columns in rows]


def _functions(connection: "psycopg.Connection") -> list[tuple[str, str]]:
    """Each function with its arguments, and its owner."""
    rows = connection.execute(
        "SELECT format('%%I.%%I(%%s)', %s::text, proname, pg_get_function_identity_arguments(oid)),"
        " pg_get_userbyid(proowner) FROM pg_proc WHERE pronamespace = %s::regnamespace ORDER BY 1",
        [SCHEMA, SCHEMA],
    )
    return [(str(function), str(owner)) for function, owner in rows]
