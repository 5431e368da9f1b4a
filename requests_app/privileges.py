"""What the application's database role may do with each table, and the SQL that makes it so.

The walls in the migrations hold against everybody; this takes the application the means to try.
"""

from collections.abc import Iterator

import psycopg
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from requests_app.models import APPEND_ONLY_TABLES, LedgerHead, LedgerPosition

SCHEMA = "public"
# Every privilege that PostgreSQL knows for a table, and those that it also knows for a single column.
TABLE_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
COLUMN_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "REFERENCES")

READ = frozenset({"SELECT"})
ADD = READ | {"INSERT"}
CHANGE = ADD | {"UPDATE"}
REMOVE = CHANGE | {"DELETE"}

# Written by migrations, or by the database itself when an entry gets its place in the log.
READ_ONLY_TABLES = frozenset(
    {
        MigrationRecorder.Migration._meta.db_table,
        ContentType._meta.db_table,
        Permission._meta.db_table,
        LedgerPosition._meta.db_table,
        LedgerHead._meta.db_table,
    }
)
# Nothing in them was recorded by a person: sessions end, jobs are done.
REMOVABLE_TABLES = frozenset({Session._meta.db_table})
JOB_TABLE_PREFIX = "procrastinate_"


def expected_privileges(table: str) -> frozenset[str]:
    if table in READ_ONLY_TABLES:
        return READ
    if table in APPEND_ONLY_TABLES or table == LogEntry._meta.db_table:
        return ADD
    if table in REMOVABLE_TABLES or table.startswith(JOB_TABLE_PREFIX):
        return REMOVE
    return CHANGE


def grant(connection: "psycopg.Connection", *, application: str) -> list[str]:
    """Grant all of it in one transaction, and answer with the statements; run again, it changes nothing."""
    statements = [statement.as_string(connection) for statement in _statements(connection, application)]
    with connection.transaction():
        for statement in statements:
            connection.execute(statement.encode())
    return statements


def planned(connection: "psycopg.Connection", *, application: str) -> list[str]:
    """The statements that `grant` would run."""
    return [statement.as_string(connection) for statement in _statements(connection, application)]


def _statements(connection: "psycopg.Connection", application: str) -> Iterator[sql.Composed]:
    role, schema = sql.Identifier(application), sql.Identifier(SCHEMA)
    owner = sql.Identifier(connection.info.user)
    yield sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(schema)
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, role)
    for table in table_names(connection):
        name = sql.Identifier(SCHEMA, table)
        privileges = sql.SQL(", ").join(map(sql.SQL, sorted(expected_privileges(table))))
        yield sql.SQL("REVOKE ALL ON TABLE {} FROM PUBLIC, {}").format(name, role)
        yield sql.SQL("GRANT {} ON TABLE {} TO {}").format(privileges, name, role)
    for what, privilege in (("SEQUENCES", "USAGE"), ("FUNCTIONS", "EXECUTE")):
        words = {"what": sql.SQL(what), "privilege": sql.SQL(privilege), "schema": schema, "role": role}
        yield sql.SQL("GRANT {privilege} ON ALL {what} IN SCHEMA {schema} TO {role}").format(**words)
    # A table of a later migration starts without UPDATE: it may turn out to be append-only.
    default = "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA {} GRANT {} TO {}"
    for privileges_on in ("SELECT, INSERT ON TABLES", "USAGE ON SEQUENCES", "EXECUTE ON FUNCTIONS"):
        yield sql.SQL(default).format(owner, schema, sql.SQL(privileges_on), role)


def table_names(connection: "psycopg.Connection") -> list[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname",
        [SCHEMA],
    )
    return [row[0] for row in rows]
