"""The two roles of the register's database: the owner of the tables, and the application.

The application's role can neither change a table nor switch off a wall; what it may do with each table
is written in `requests_app.privileges`. Names and passwords come from the two URLs.
"""

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict


def create_roles_and_database(superuser_url: str, *, owner_url: str, application_url: str) -> None:
    """Make what is missing and set the passwords; run again, it changes nothing else."""
    database = str(conninfo_to_dict(owner_url)["dbname"])
    owner, application = role_of(owner_url), role_of(application_url)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for url in (owner_url, application_url):
            _create_role(connection, url)
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if known is None:
            create = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
            connection.execute(create.format(sql.Identifier(database), sql.Identifier(owner)))
        close_database(connection, database, roles=(owner, application))


def close_database(connection: "psycopg.Connection", database: str, *, roles: tuple[str, ...]) -> None:
    """Only these roles may connect, and nobody makes temporary tables that could stand in for ours."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in roles:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(role)))


def role_of(url: str) -> str:
    return str(conninfo_to_dict(url)["user"])


def _create_role(connection: "psycopg.Connection", url: str) -> None:
    role, password = role_of(url), str(conninfo_to_dict(url).get("password", ""))
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
    # The server gets the verifier, so that the password itself cannot reach its log.
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    alter = sql.SQL(
        "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
    )
    connection.execute(alter.format(sql.Identifier(role), sql.Literal(verifier.decode())))
