"""The six roles of the register's database, and the database itself. Names and passwords come from URLs.

The owner has the tables and migrates them. The ledger owner has the ledger and the functions of the walls;
nobody needs to sign in as it, so its URL may go without a password. The application writes, the auditor
reads, the public sees what was released, the signer sees the leaves of the log and fills it up. What each
may do is written in `requests_app.privileges`.
"""

import secrets
from collections.abc import Collection, Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

SUPERUSER_VARIABLE = "DATABASE_SUPERUSER_URL"
VARIABLES = {
    "owner": "DATABASE_OWNER_URL",
    "ledger": "DATABASE_LEDGER_URL",
    "application": "DATABASE_URL",
    "auditor": "DATABASE_AUDITOR_URL",
    "public": "DATABASE_PUBLIC_URL",
    "signer": "DATABASE_SIGNER_URL",
}
# What a process that serves pages or does jobs must not hold.
NOT_FOR_SERVERS = (
    SUPERUSER_VARIABLE,
    *(VARIABLES[kind] for kind in ("owner", "ledger", "auditor", "signer")),
)
ROLES_LOCK = 20170922  # any number, the same for all
POWERLESS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
# Only a belt: a session may set it anew. What holds is that nothing is granted.
READING_ROLES = ("auditor", "public")


class RolesError(Exception):
    """The roles cannot be made as asked; the message tells a person why and what to do."""


def urls_from(environment: Mapping[str, str]) -> dict[str, str]:
    """The URLs of the six roles: all of them, for six roles, of one database."""
    missing = [variable for variable in VARIABLES.values() if not environment.get(variable)]
    if missing:
        raise RolesError(f"Set {', '.join(missing)}: each role of the database has a URL.")
    urls = {kind: environment[variable] for kind, variable in VARIABLES.items()}
    if len(set(names_of(urls).values())) < len(urls):
        raise RolesError("Two of the database's URLs name the same role: there must be six roles.")
    if len({database_of(url) for url in urls.values()}) > 1:
        raise RolesError("The URLs of the roles name different databases: they must name one.")
    return urls


def names_of(urls: Mapping[str, str]) -> dict[str, str]:
    return {kind: role_of(url) for kind, url in urls.items()}


def create_roles(superuser_url: str, urls: Mapping[str, str]) -> None:
    """Make what is missing and set the passwords; run again, it changes nothing else."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        # Roles belong to the whole server: two at once would trip over the same rows.
        connection.execute("SELECT pg_advisory_lock(%s)", [ROLES_LOCK])
        for kind, url in urls.items():
            _create_role(connection, kind, url)


def create_roles_and_database(superuser_url: str, urls: Mapping[str, str]) -> None:
    """As `create_roles`, and the empty database. Its owner would have its schema: the superuser."""
    create_roles(superuser_url, urls)
    database, owner = database_of(urls["owner"]), role_of(urls["owner"])
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            return
        create = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
        connection.execute(create.format(sql.Identifier(database)))
        close_database(connection, database, roles=names_of(urls).values())
    with connect_to_database(superuser_url, database) as connection:
        # For the first migration. `grant_database_roles` takes it back when there is something to guard.
        grant = sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}")
        connection.execute(grant.format(sql.Identifier(owner)))


def connect_to_database(superuser_url: str, database: str) -> "psycopg.Connection":
    """The superuser, who comes through another database, in ours. A stuck lock is an error after seconds."""
    options = "-c lock_timeout=4s"
    return psycopg.connect(superuser_url, dbname=database, options=options, connect_timeout=5)


def close_database(connection: "psycopg.Connection", database: str, *, roles: Collection[str]) -> None:
    """Only these roles may connect, and nobody makes temporary tables that could stand in for ours."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in roles:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(role)))


def conninfo_of(parameters: Mapping[str, Any]) -> str:
    """The parameters of Django's connection as PostgreSQL's own library takes them, without Django's."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    return make_conninfo(**{word: value for word, value in parameters.items() if word in known})


def role_of(url: str) -> str:
    return str(conninfo_to_dict(url)["user"])


def database_of(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


def enters_without_password(parameters: Mapping[str, Any], role: str) -> bool:
    """Whether the server lets the role in with a wrong password. Its own rules only a superuser reads."""
    words = {name: parameters[name] for name in ("dbname", "host", "port") if name in parameters}
    try:
        psycopg.connect(**words, user=role, password=secrets.token_hex(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_role(connection: "psycopg.Connection", kind: str, url: str) -> None:
    name, password = role_of(url), str(conninfo_to_dict(url).get("password") or "")
    role = sql.Identifier(name)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
    login = "NOLOGIN" if kind == "ledger" and not password else "LOGIN"
    connection.execute(sql.SQL("ALTER ROLE {} {} {}").format(role, sql.SQL(login), sql.SQL(POWERLESS)))
    if password:
        # The server gets the verifier, so that the password itself cannot reach its log.
        verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
        alter = sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(verifier.decode()))
        connection.execute(alter)
    if kind in READING_ROLES:
        connection.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(role))
