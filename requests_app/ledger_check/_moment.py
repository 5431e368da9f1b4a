"""Connections that all see the register as it stood at one moment, whatever is written meanwhile."""

import psycopg
from psycopg import sql

# It reads everything, and may take its time.
UNHURRIED = """
SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
SET TimeZone = 'UTC'
"""


def connect(conninfo: str, moment: str = "") -> "psycopg.Connection":
    """Reads alone, at the moment that another connection has named, or now."""
    connection = psycopg.connect(conninfo)
    connection.execute(UNHURRIED)
    connection.commit()
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    if moment:
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(moment)))
    return connection


def name_moment(connection: "psycopg.Connection") -> str:
    """Good for as long as the connection stays in its transaction."""
    row = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
    return str(row[0])
