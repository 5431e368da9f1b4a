"""Attacks on the database as each of its roles: what was recorded stays, and what is secret stays secret."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from louisville_ice.postgres import wheel_programs
from requests_app.models import APPEND_ONLY_TABLES
from requests_app.privileges import PUBLIC_TABLES, SECRET_COLUMNS, SECRET_TABLES
from tests import cluster

# Roles belong to the whole server: tests that change one, or look at all, run one after the other.
pytestmark = pytest.mark.xdist_group("roles")

BASE_DIR = Path(__file__).resolve().parent.parent
DENIED = psycopg.errors.InsufficientPrivilege
LEDGER = ("requests_app_ledgerentry", "requests_app_ledgerprivate", "requests_app_ledgerposition")


def tables(connection):
    rows = connection.execute(
        "SELECT relname FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
    )
    return [name for (name,) in rows]


def columns(connection, table):
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attidentity = '' ORDER BY attnum",
        [table],
    )
    return [name for (name,) in rows]


def allowed(connection, statements):
    """Those of the statements that the database did not deny for want of a privilege."""
    passed = []
    for statement in statements:
        try:
            with connection.transaction():
                connection.execute(statement)
        except DENIED:
            continue
        except psycopg.Error as error:  # refused for another reason is not refused for the right one
            passed.append(f"{statement.as_string(connection)}: {error}")
        else:
            passed.append(statement.as_string(connection))
    return passed


def on(table, words, *names):
    identifiers = (sql.Identifier(name) for name in (table, *names))
    return sql.SQL(words).format(*identifiers)


def writes(connection, table):
    column = columns(connection, table)[0]
    return [
        on(table, "INSERT INTO {} DEFAULT VALUES"),
        on(table, "UPDATE {} SET {} = {}", column, column),
        on(table, "DELETE FROM {}"),
        on(table, "TRUNCATE {} CASCADE"),
        on(table, "SELECT * FROM {} FOR UPDATE"),
        on(table, "LOCK TABLE {} IN EXCLUSIVE MODE"),
    ]


@pytest.fixture
def assert_walls_stand(superuser_connection):
    """Everything about the guarded tables is as it was when the roles were granted."""
    yield
    assert superuser_connection.execute("SELECT * FROM register_guard.breaches()").fetchall() == []


@pytest.fixture
def command(committed_db, cluster_urls):
    """Runs a command of manage.py on the test's clone, with all that an administrator has."""

    def run(*words):
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=BASE_DIR,
            env={**os.environ, **cluster.environment(cluster_urls, committed_db)},
            capture_output=True,
            text=True,
        )

    return run


# --- the owner of the tables -------------------------------------------------------------------

SWALLOW = "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
OWNER_ATTACKS = {
    "rename it away": ["ALTER TABLE {t} RENAME TO aside"],
    "rename it away and make another": [
        "ALTER TABLE {t} RENAME TO aside; CREATE TABLE {t} (LIKE aside INCLUDING ALL)"
    ],
    "rename it away inside a block": ["DO 'BEGIN ALTER TABLE {t} RENAME TO aside; END'"],
    "switch the wall off": ["ALTER TABLE {t} DISABLE TRIGGER wall_append_only"],
    "switch all user walls off": ["ALTER TABLE {t} DISABLE TRIGGER USER"],
    "let the wall sleep for replicas": ["ALTER TABLE {t} ENABLE TRIGGER wall_append_only"],
    "let the wall sleep for all but replicas": ["ALTER TABLE {t} ENABLE REPLICA TRIGGER wall_append_only"],
    "drop the wall": ["DROP TRIGGER wall_append_only ON {t}"],
    "rename the wall": ["ALTER TRIGGER wall_append_only ON {t} RENAME TO aside"],
    "give the wall a condition that never holds": [
        "CREATE OR REPLACE TRIGGER wall_append_only BEFORE UPDATE OR DELETE ON {t}"
        " FOR EACH ROW WHEN (false) EXECUTE FUNCTION register_refuse()"
    ],
    "swallow what is added": [
        SWALLOW,
        "CREATE TRIGGER a BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION swallow()",
    ],
    "swallow what is added by a rule": ["CREATE RULE a AS ON INSERT TO {t} DO INSTEAD NOTHING"],
    "change rows by a rule": ["CREATE RULE a AS ON UPDATE TO {t} DO INSTEAD NOTHING"],
    "drop the table": ["DROP TABLE {t} CASCADE"],
    "drop all that it owns": ["DROP OWNED BY register_owner CASCADE"],
    "give the table away": ["ALTER TABLE {t} OWNER TO register_app"],
    "hide rows": ["ALTER TABLE {t} ENABLE ROW LEVEL SECURITY"],
    "prepare to hide rows": ["CREATE POLICY a ON {t} USING (false)"],
    "put rows into a child": ["CREATE TABLE child () INHERITS ({t})"],
    "make the table a child": ["CREATE TABLE parent ()", "ALTER TABLE {t} INHERIT parent"],
    "make the table a partition": [
        "CREATE TABLE whole (LIKE requests_app_installation) PARTITION BY LIST (id)",
        "ALTER TABLE whole ATTACH PARTITION requests_app_installation DEFAULT",
    ],
    "write every row anew": ["ALTER TABLE {t} ALTER COLUMN {c} TYPE text USING 'forged'"],
    "take a column away": ["ALTER TABLE {t} DROP COLUMN {c}"],
    "put a column in the place of another": [
        "ALTER TABLE {t} DROP COLUMN {c}, ADD COLUMN {c} text DEFAULT 'forged'"
    ],
    "rename a column": ["ALTER TABLE {t} RENAME COLUMN {c} TO aside"],
    "let a column be empty": ["ALTER TABLE {t} ALTER COLUMN {c} DROP NOT NULL"],
    "lose it all in a power cut": ["ALTER TABLE requests_app_installation SET UNLOGGED"],
    "drop the key": ["ALTER TABLE {t} DROP CONSTRAINT {t}_pkey CASCADE"],
    "move it out of sight": ["CREATE SCHEMA aside", "ALTER TABLE {t} SET SCHEMA aside"],
    "replace the function of the wall": [
        "CREATE OR REPLACE FUNCTION register_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'"
    ],
    "replace the function of the ledger": [
        "CREATE OR REPLACE FUNCTION register_place_entry() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'"
    ],
    "drop the function of the wall": ["DROP FUNCTION register_refuse() CASCADE"],
    "change where the function looks": ["ALTER FUNCTION register_refuse() SET search_path = aside"],
    "make another function of that name": [
        "CREATE FUNCTION register_actor(VARIADIC text[]) RETURNS bigint LANGUAGE sql AS 'SELECT 1'"
    ],
    "call itself a replica": ["SET session_replication_role = replica"],
    "switch the guard off": ["SET event_triggers = off"],
    "drop the guard": ["DROP EVENT TRIGGER register_guard_ddl"],
    "disable the guard": ["ALTER EVENT TRIGGER register_guard_ddl DISABLE"],
    "make the guard forget": ["DELETE FROM register_guard.pin"],
    "drop what the guard knows": ["DROP SCHEMA register_guard CASCADE"],
    "replace the guard": [
        "CREATE OR REPLACE FUNCTION register_guard.breaches() RETURNS SETOF text"
        " LANGUAGE sql AS 'SELECT NULL::text WHERE false'"
    ],
    "rename the schema": ["ALTER SCHEMA public RENAME TO aside"],
    "drop the schema": ["DROP SCHEMA public CASCADE"],
    "become the ledger's owner": ["SET ROLE register_ledger"],
    "become the superuser": ["SET SESSION AUTHORIZATION postgres"],
    "make itself a superuser": ["ALTER ROLE register_owner SUPERUSER"],
    "send the application elsewhere": ["ALTER ROLE register_app SET search_path = aside"],
    "send everybody elsewhere": [
        "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET search_path = a'', current_database()); END'"
    ],
    "empty the table": ["TRUNCATE {t} CASCADE"],
}


@pytest.fixture
def strong_owner(superuser_connection, owner_connection):
    """The owner with the right to make things, as in a migration: so that the guard alone is tried."""
    superuser_connection.execute("GRANT CREATE ON SCHEMA public TO register_owner")
    return owner_connection


def attack(connection, statements):
    """All of it in one transaction, so that what is broken could be mended before anybody looks."""
    with pytest.raises(DENIED), connection.transaction():
        _execute(connection, statements)


def _execute(connection, statements):
    for statement in statements:
        connection.execute(statement)


@pytest.mark.usefixtures("assert_walls_stand")
@pytest.mark.parametrize("statements", OWNER_ATTACKS.values(), ids=OWNER_ATTACKS)
def test_the_owner_of_a_table_cannot(strong_owner, statements):
    words = {"t": "requests_app_decision", "c": "reason_text"}

    attack(strong_owner, [statement.format(**words) for statement in statements])


@pytest.mark.usefixtures("assert_walls_stand")
@pytest.mark.parametrize("table", sorted({*APPEND_ONLY_TABLES} - {*LEDGER}))
def test_the_owner_cannot_switch_off_the_wall_of(strong_owner, table):
    attack(strong_owner, [f"ALTER TABLE {table} DISABLE TRIGGER USER"])


@pytest.mark.usefixtures("assert_walls_stand")
@pytest.mark.parametrize("table", ["requests_app_assistancerequest", "requests_app_user"])
@pytest.mark.parametrize("trigger", ["guard_change", "require_history", "wall_no_delete"])
def test_the_owner_cannot_switch_off_the_guards_of_a_living_table(strong_owner, table, trigger):
    attack(strong_owner, [f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"])


def test_the_owner_may_add_a_column_that_takes_nothing_away(strong_owner, superuser_connection):
    strong_owner.execute("ALTER TABLE requests_app_decision ADD COLUMN later text NOT NULL DEFAULT ''")

    assert superuser_connection.execute("SELECT * FROM register_guard.breaches()").fetchall() == []


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine ()", "CREATE VIEW mine AS SELECT 1", "CREATE INDEX ON requests_app_decision (id)"],
)
def test_the_owner_makes_nothing_between_two_migrations(owner_connection, statement):
    attack(owner_connection, [statement])


@pytest.mark.usefixtures("assert_walls_stand")
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE {t} ADD COLUMN later text",
        "ALTER TABLE {t} DISABLE TRIGGER USER",
        "ALTER TABLE {t} RENAME TO aside",
        "ALTER TABLE {t} OWNER TO register_owner",
        "DROP TABLE {t} CASCADE",
        "TRUNCATE {t} CASCADE",
        "DELETE FROM {t}",
        "INSERT INTO {t} SELECT * FROM {t}",
        "GRANT ALL ON {t} TO register_owner",
        "COPY {t} FROM STDIN",
    ],
)
@pytest.mark.parametrize("table", [*LEDGER, "requests_app_ledgerhead"])
def test_the_owner_of_the_other_tables_has_no_power_over_the_ledger(owner_connection, table, statement):
    words = statement.format(t=table)
    if words.startswith("GRANT"):
        owner_connection.execute(words)  # PostgreSQL only warns: nothing was granted
        words = f"LOCK TABLE {table} IN EXCLUSIVE MODE"

    attack(owner_connection, [words])


# --- the owner of the ledger -------------------------------------------------------------------

LEDGER_OWNER_ATTACKS = {
    **{
        name: OWNER_ATTACKS[name]
        for name in (
            "rename it away inside a block",
            "switch the wall off",
            "let the wall sleep for replicas",
            "drop the wall",
            "give the wall a condition that never holds",
            "swallow what is added by a rule",
            "drop the table",
            "hide rows",
            "take a column away",
            "write every row anew",
            "replace the function of the wall",
            "replace the function of the ledger",
            "drop the function of the wall",
            "change where the function looks",
            "call itself a replica",
            "drop the guard",
            "make the guard forget",
            "empty the table",
        )
    },
    "give it to the owner": ["ALTER TABLE {t} OWNER TO register_owner"],
    "change what was recorded": ["UPDATE {t} SET action = 'forged'"],
    "set the head back": [
        "UPDATE requests_app_ledgerhead SET size = 0",
        "DELETE FROM requests_app_ledgerhead",
    ],
}


@pytest.mark.usefixtures("assert_walls_stand", "administrator")
@pytest.mark.parametrize("statements", LEDGER_OWNER_ATTACKS.values(), ids=LEDGER_OWNER_ATTACKS)
def test_the_owner_of_the_ledger_cannot(ledger_owner_connection, superuser_connection, statements):
    superuser_connection.execute("GRANT CREATE ON SCHEMA public TO register_ledger")
    superuser_connection.execute(A_LEDGER_ENTRY)
    words = {"t": "requests_app_ledgerentry", "c": "action"}

    attack(ledger_owner_connection, [statement.format(**words) for statement in statements])


A_LEDGER_ENTRY = """
    WITH act AS (
        INSERT INTO requests_app_ledgerentry
            (actor_id, action, refusal, occurred_at, entered_at, public_bytes, leaf)
        SELECT id, 'try', '', now(), clock_timestamp(), '', sha256('01234567890123456789012345678901')
            || sha256('01234567890123456789012345678901')
        FROM requests_app_user, set_config('app.actor', id::text, true) WHERE is_system RETURNING id
    )
    INSERT INTO requests_app_ledgerprivate (entry_id, private_bytes, public_salt, private_salt, row_salt)
    SELECT id, '', '01234567890123456789012345678901', '01234567890123456789012345678901', '' FROM act
"""


def test_the_ledger_owner_reads_no_other_table(ledger_owner_connection):
    others = [
        table for table in tables(ledger_owner_connection) if not table.startswith("requests_app_ledger")
    ]

    assert allowed(ledger_owner_connection, [on(table, "SELECT * FROM {}") for table in others]) == []


# --- the application ---------------------------------------------------------------------------

APPLICATION_ATTACKS = (
    "ALTER TABLE requests_app_decision DISABLE TRIGGER USER",
    "ALTER TABLE requests_app_page ADD COLUMN later text",
    "ALTER TABLE requests_app_decision RENAME TO aside",
    "DROP TABLE requests_app_page CASCADE",
    "DROP TRIGGER wall_append_only ON requests_app_decision",
    "CREATE TRIGGER a BEFORE INSERT ON requests_app_page FOR EACH ROW EXECUTE FUNCTION register_refuse()",
    "CREATE RULE a AS ON INSERT TO requests_app_page DO INSTEAD NOTHING",
    "CREATE TABLE mine ()",
    "CREATE TEMPORARY TABLE requests_app_user ()",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION register_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "SET session_replication_role = replica",
    "SET event_triggers = off",
    "SET ROLE register_owner",
    "SET ROLE register_ledger",
    "SET SESSION AUTHORIZATION register_owner",
    "ALTER ROLE register_app SUPERUSER",
    "DROP EVENT TRIGGER register_guard_ddl",
    "DELETE FROM register_guard.pin",
    "INSERT INTO register_guard.role VALUES ('a', 'a')",
    "UPDATE requests_app_ledgerhead SET size = 0",
    "INSERT INTO requests_app_ledgerposition (index, entry_id) VALUES (0, 1)",
    "SELECT setval('requests_app_decision_id_seq', 1)",
    "SELECT lo_create(0)",
    "SELECT pg_read_file('PG_VERSION')",
    "COPY requests_app_user TO PROGRAM 'cat'",
    "COPY requests_app_user TO '/tmp/users'",
    "CREATE EXTENSION vector",
)


@pytest.mark.usefixtures("assert_walls_stand")
@pytest.mark.parametrize("statement", APPLICATION_ATTACKS)
def test_the_application_cannot(application_connection, statement):
    attack(application_connection, [statement])


def test_the_application_changes_no_row_of_history_or_ledger(application_connection):
    for table in [*APPEND_ONLY_TABLES, "requests_app_ledgerhead"]:
        _, *changes = writes(application_connection, table)
        assert allowed(application_connection, changes) == []


def test_the_application_empties_no_table(application_connection):
    statements = [on(table, "TRUNCATE {} CASCADE") for table in tables(application_connection)]

    assert allowed(application_connection, statements) == []


# --- the auditor -------------------------------------------------------------------------------


def test_the_auditor_writes_nothing(auditor_connection):
    auditor_connection.execute("SET default_transaction_read_only = off")
    for table in tables(auditor_connection):
        assert allowed(auditor_connection, writes(auditor_connection, table)) == []


@pytest.mark.parametrize("statement", APPLICATION_ATTACKS)
def test_the_auditor_cannot(auditor_connection, statement):
    auditor_connection.execute("SET default_transaction_read_only = off")

    attack(auditor_connection, [statement])


def test_the_auditor_reads_every_table_but_the_secret_ones(auditor_connection):
    denied = set()
    for table in tables(auditor_connection):
        shown = [c for c in _all(auditor_connection, table) if c not in SECRET_COLUMNS.get(table, ())]
        names = sql.SQL(", ").join(map(sql.Identifier, shown))
        try:
            auditor_connection.execute(sql.SQL("SELECT {} FROM {}").format(names, sql.Identifier(table)))
        except DENIED:
            denied.add(table)

    assert denied == SECRET_TABLES & set(tables(auditor_connection))
    assert denied >= {"mfa_authenticator", "requests_app_session"}


@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column) for table, names in SECRET_COLUMNS.items() for column in sorted(names)],
)
def test_the_auditor_does_not_read_the_column(auditor_connection, table, column):
    assert allowed(auditor_connection, [on(table, "SELECT {1} FROM {0}", column)]) == []
    assert allowed(auditor_connection, [on(table, "SELECT * FROM {}")]) == []


def test_the_auditor_recomputes_every_commitment(superuser_connection, auditor_connection):
    superuser_connection.execute(A_LEDGER_ENTRY)

    rows = auditor_connection.execute(
        "SELECT e.leaf = sha256(p.public_salt || e.public_bytes) || sha256(p.private_salt || p.private_bytes)"
        " FROM requests_app_ledgerentry e JOIN requests_app_ledgerprivate p ON p.entry_id = e.id"
    )
    assert rows.fetchall() == [(True,)]


def test_the_auditor_reads_no_statistics_of_what_it_may_not_read(auditor_connection):
    rows = auditor_connection.execute(
        "SELECT count(*) FROM pg_stats WHERE tablename = 'requests_app_user' AND attname = 'password'"
    )
    assert rows.fetchone() == (0,)


def _all(connection, table):
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    return [name for (name,) in rows]


# --- the public --------------------------------------------------------------------------------


def test_the_public_reads_what_was_released_and_nothing_else(public_connection):
    statements = [on(table, "SELECT count(*) FROM {}") for table in tables(public_connection)]

    passed = allowed(public_connection, statements)
    assert [words.rpartition(" ")[2].strip('"') for words in passed] == sorted(PUBLIC_TABLES)


def test_the_public_writes_nothing(public_connection):
    public_connection.execute("SET default_transaction_read_only = off")
    for table in tables(public_connection):
        assert allowed(public_connection, writes(public_connection, table)) == []


@pytest.mark.parametrize("statement", [*APPLICATION_ATTACKS, "SELECT register_now()"])
def test_the_public_cannot(public_connection, statement):
    public_connection.execute("SET default_transaction_read_only = off")

    attack(public_connection, [statement])


# --- migrations, and a dump --------------------------------------------------------------------


def test_a_migration_changes_the_ledger_between_opening_and_granting(command, owner_connection):
    assert command("grant_database_roles", "--open-ledger").returncode == 0
    owner_connection.execute("ALTER TABLE requests_app_ledgerentry ADD COLUMN later text")
    owner_connection.execute("ALTER TABLE requests_app_ledgerentry DROP COLUMN refusal CASCADE")

    done = command("grant_database_roles")

    assert done.returncode == 0, done.stderr
    assert "Since the last time: column requests_app_ledgerentry" in done.stdout
    assert "requests_app_ledgerentry.3 is gone" in done.stdout
    attack(owner_connection, ["ALTER TABLE requests_app_ledgerentry DROP COLUMN later"])


def test_what_lost_its_wall_in_a_migration_is_not_granted(command, owner_connection, superuser_connection):
    assert command("grant_database_roles", "--open-ledger").returncode == 0
    owner_connection.execute("DROP TRIGGER wall_append_only ON requests_app_decision")

    done = command("grant_database_roles")

    assert done.returncode == 1
    assert "No wall refuses: requests_app_decision (DELETE), requests_app_decision (UPDATE)" in done.stderr
    assert superuser_connection.execute("SELECT count(*) FROM pg_event_trigger").fetchone() == (0,)


def test_what_only_changed_hands_in_a_migration_is_no_change(command):
    command("grant_database_roles", "--open-ledger")

    assert "Since the last time" not in command("grant_database_roles").stdout


def test_migrations_go_down_and_up_again_while_the_ledger_is_open(command):
    assert command("grant_database_roles", "--open-ledger").returncode == 0

    for words in (["requests_app", "0004"], []):
        done = command("migrate", "--database", "owner", "--verbosity", "0", *words)
        assert done.returncode == 0, done.stderr
    done = command("grant_database_roles")

    assert done.returncode == 0, done.stderr


def test_a_dump_by_the_owner_is_restored_and_granted(
    command, committed_db, cluster_urls, superuser_connection, tmp_path, administrator
):
    """The words of docs/operating.md, with the wheel's own programs."""
    superuser_connection.execute(A_LEDGER_ENTRY)
    dump, name = tmp_path / "register.dump", f"restored_{committed_db}"
    restored = cluster.environment(cluster_urls, name)
    owner_url = cluster.in_database(cluster_urls["owner"], committed_db)
    try:
        _run("pg_dump", "--format=custom", f"--file={dump}", owner_url)
        _manage(restored, "grant_database_roles", "--create")
        _run(
            "pg_restore",
            *("--no-owner", "--no-acl", "--schema=public", "--exit-on-error"),
            f"--dbname={restored['DATABASE_OWNER_URL']}",
            str(dump),
        )
        _manage(restored, "grant_database_roles")
        _manage(restored, "check", "--database", "default", allowed_complaint="register.E007")
        with psycopg.connect(restored["DATABASE_AUDITOR_URL"]) as connection:
            assert connection.execute("SELECT count(*) FROM requests_app_ledgerposition").fetchone() == (1,)
    finally:
        superuser_connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _run(program, *words):
    done = subprocess.run(
        [str(wheel_programs() / "bin" / program), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _manage(environment, *words, allowed_complaint=""):
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    complaints = [line for line in done.stderr.splitlines() if "(register." in line]
    assert all(allowed_complaint and allowed_complaint in line for line in complaints), done.stderr
    assert done.returncode == 0 or complaints, done.stderr
