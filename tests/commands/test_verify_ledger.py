"""The whole ledger, read again: what is right is said to be, and the first thing wrong is named."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from psycopg import sql

from requests_app import ledger_check
from requests_app.ledger import quarter_of
from requests_app.ledger_check import ALWAYS_NOTED, _behind, _canonical
from requests_app.models import (
    TRACKED_MODELS,
    AssistanceRequest,
    CommanderCall,
    Correction,
    Decision,
    Dispatch,
    Document,
    Evidence,
    FieldOutcome,
    IdempotencyKey,
    LedgerEntry,
    LedgerErasure,
    Page,
    RestrictedDetails,
    Reveal,
)
from tests import cluster, tampering

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def prepared(module_db, cluster_urls, tmp_path_factory):
    return tampering.prepare(
        tmp_path_factory.mktemp("log"), cluster.in_database(cluster_urls["signer"], module_db)
    )


@pytest.fixture
def register(prepared, module_db, cluster_urls, tmp_path):
    with tampering.tampered(prepared, module_db, cluster_urls, tmp_path / "log") as copy:
        yield copy


@pytest.fixture
def command(register, monkeypatch):
    """The words that it says."""

    def run(*words):
        url = cluster.in_database(register.urls["auditor"], register.name)
        monkeypatch.setenv("DATABASE_AUDITOR_URL", url)
        said = io.StringIO()
        call_command("verify_ledger", "--tlog", str(register.log.public), *words, stdout=said)
        return said.getvalue()

    return run


# --- the command -------------------------------------------------------------------------------


def test_it_says_what_it_found_whole_and_how_much(command, register):
    entries = register.one("SELECT size FROM requests_app_ledgerhead")

    said = command()

    assert said.startswith("YES: the ledger is whole.\n")
    assert (
        f"\n{entries} entries: places, bytes, commitments, columns and order. Of 2 the private part" in said
    )
    assert "\nThe first 128 entries are those of the published checkpoint, signed by the log" in said


def test_what_is_wrong_is_one_sentence_and_status_1(command, register):
    register.execute("UPDATE requests_app_ledgerentry SET actor_id = actor_id + 1 WHERE id = 3")

    with pytest.raises(CommandError, match=r"^NO: Entry 2: its column actor_id says .*\.$") as error:
        command()

    assert error.value.returncode == 1


def test_quiet_says_nothing_where_nothing_is_wrong(command):
    assert command("--quiet") == ""


def test_without_an_auditor_it_reads_as_the_application(register, monkeypatch):
    monkeypatch.delenv("DATABASE_AUDITOR_URL", raising=False)
    words = {**connections["default"].settings_dict, "NAME": register.name}
    monkeypatch.setitem(connections["default"].settings_dict, "NAME", words["NAME"])
    said = io.StringIO()

    call_command("verify_ledger", "--tlog", str(register.log.public), stdout=said)

    assert said.getvalue().startswith("YES")


def test_its_progress_is_for_a_terminal_alone(register, tmp_path):
    """As somebody runs it from a script: nothing on standard error."""
    words = cluster.environment(register.urls, register.name)
    command = [sys.executable, "manage.py", "verify_ledger", "--tlog", str(register.log.public)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **words}, capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("YES")
    assert done.stderr == ""


def test_it_says_so_where_nothing_was_ever_published(command, tmp_path):
    said = command("--tlog", str(tmp_path / "nowhere"))

    assert (
        f"Nothing is published in {tmp_path / 'nowhere'}: the entries were compared with no signature."
        in said
    )


def test_it_writes_nothing(register):
    url = cluster.in_database(register.urls["application"], register.name)
    before = register.execute("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables")

    ledger_check.verify(url, tlog=register.log.public, progress=lambda *_: None)

    after = register.execute("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables")
    assert sorted(after) == sorted(before)


@pytest.mark.parametrize("zone", ["America/Kentucky/Louisville", "Asia/Kathmandu"])
def test_the_time_zone_of_the_database_changes_nothing(register, zone):
    register.superuser.execute(
        sql.SQL("ALTER DATABASE {} SET TimeZone = {}").format(
            sql.Identifier(register.name), sql.Literal(zone)
        )
    )

    assert register.verify() == ""


def test_the_rows_of_many_entries_are_looked_up_by_a_second_process(register, monkeypatch):
    monkeypatch.setattr(_behind, "MANY_ENTRIES", 1)

    assert register.verify() == ""
    register.execute("UPDATE requests_app_historicalrestricteddetails SET location = 'x' WHERE id = 1")
    assert register.verify().startswith("Entry 0 notes restricteddetails 1, revision 1; that row says")


# --- one bit -----------------------------------------------------------------------------------

BYTES = "set_bit({c}, {bit}, 1 - get_bit({c}, {bit}))"
# The last bit of the last letter.
TEXT = "left({c}, -1) || chr(ascii(right({c}, 1)) # 1)"
NUMBER = "{c} # (1 << 20)"
MOMENT = "to_timestamp(0) + ({c} - to_timestamp(0)) + interval '1 microsecond'"
LEDGER = "requests_app_ledger"
ENTRY, PRIVATE, POSITION = (f"{LEDGER}{name}" for name in ("entry", "private", "position"))
PLACE = 5  # signed, and of a request
FLIPPED = {
    "entry.id": (ENTRY, "id", NUMBER, "Row {new} of the ledger has no place"),
    "entry.actor_id": (ENTRY, "actor_id", NUMBER, "Entry 5: its column actor_id says"),
    "entry.action": (ENTRY, "action", TEXT, "Entry 5: its column action says"),
    "entry.case_id": (ENTRY, "case_id", NUMBER, "Entry 5 makes revision|Entry 5: its column case_id says"),
    "entry.case_revision": (ENTRY, "case_revision", NUMBER, "Entry 5 makes revision"),
    "entry.occurred_at": (ENTRY, "occurred_at", MOMENT, "Entry 5: its column occurred_at says"),
    "entry.entered_at": (ENTRY, "entered_at", MOMENT, "Entry 5: its column entered_at says"),
    "private.entry_id": (PRIVATE, "entry_id", NUMBER, "Entry 5: its private part is gone"),
    "position.index": (POSITION, "index", NUMBER, "Place 5 of the log is empty"),
    "position.entry_id": (POSITION, "entry_id", NUMBER, "Row {id} of the ledger has no place"),
    **{
        f"{table}.{column} bit {bit}": (
            f"requests_app_ledger{table}",
            column,
            BYTES.replace("{bit}", bit),
            words,
        )
        for table, column, words in (
            ("entry", "public_bytes", "Entry 5 does not commit to its bytes.* public part"),
            ("entry", "leaf", "Entry 5 does not commit to its bytes"),
            ("private", "private_bytes", "Entry 5 does not commit to its bytes.* private part"),
            ("private", "public_salt", "Entry 5 does not commit to its bytes.* public part"),
            ("private", "private_salt", "Entry 5 does not commit to its bytes.* private part"),
            ("private", "row_salt", "Entry 5 notes .* says something else now"),
        )
        for bit in ("0", "100", "255")
    },
}


@pytest.mark.parametrize(("table", "column", "flip", "words"), FLIPPED.values(), ids=FLIPPED)
def test_one_flipped_bit_is_named(register, table, column, flip, words):
    number = register.one(f"SELECT entry_id FROM {POSITION} WHERE index = %s", PLACE)
    key = "id" if table == ENTRY else "entry_id"
    for one in ("ledgerentry", "ledgerposition"):
        for name in register.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
            f"requests_app_{one}",
        ):
            register.execute(f"ALTER TABLE requests_app_{one} DROP CONSTRAINT {name[0]}")

    new = register.one(
        f"UPDATE {table} SET {column} = {flip.format(c=column)} WHERE {key} = %s RETURNING {key}", number
    )

    found = register.verify()
    assert re.match(words.format(new=new, id=number), found), found


def test_one_flipped_bit_of_a_refusal_is_named(register):
    register.execute(f"ALTER TABLE {ENTRY} DROP CONSTRAINT ledgerentry_refusal_is_known")
    refused = register.one(f"SELECT min(id) FROM {ENTRY} WHERE refusal <> ''")
    flip = TEXT.format(c="refusal")
    register.execute(f"UPDATE {ENTRY} SET refusal = {flip} WHERE id = %s", refused)

    assert re.match(r"Entry \d+: its column refusal says illegam?", register.verify())


@pytest.mark.parametrize(
    ("column", "flip"),
    [("actor_id", NUMBER), ("case_id", "1"), ("case_revision", "1"), ("occurred_at", MOMENT)],
)
def test_a_filling_entry_that_says_more_is_named(register, column, flip):
    register.execute(
        f"UPDATE {ENTRY} SET {column} = {flip.format(c=column)}"
        f" WHERE id = (SELECT max(id) FROM {ENTRY} WHERE action = 'ledger:pad')"
    )

    assert re.match(rf"Entry \d+: its column {column}|Entry \d+ makes revision", register.verify())


def test_a_moment_that_nobody_can_read_is_named(register):
    register.execute(f"UPDATE {ENTRY} SET occurred_at = 'infinity' WHERE id = 6")

    assert "the database holds what nobody can read" in register.verify()


def test_a_head_that_counts_otherwise_is_named(register):
    register.execute("UPDATE requests_app_ledgerhead SET size = size # 1")

    assert register.verify().startswith("The ledger's head counts")


def test_one_flipped_bit_of_a_tile_is_named(register):
    tile = register.log.public / "tile/0/000.p/128"
    content = bytearray(tile.read_bytes())
    content[32 * 70] ^= 1
    tile.write_bytes(content)

    assert register.verify() == (
        "A published tile is damaged; the register agrees with the signed root."
        " Entry 70: its leaf is not the one that was published in tile/0/000.p/128."
    )


@pytest.mark.parametrize("at", range(0, 400, 23))
def test_one_flipped_bit_of_the_checkpoint_is_named(register, at):
    checkpoint = register.log.public / "checkpoint"
    content = bytearray(checkpoint.read_bytes())
    content[at % len(content)] ^= 1
    checkpoint.write_bytes(content)

    assert register.verify().startswith("The published checkpoint: ")


@pytest.mark.parametrize("name", ["checkpoint", "policy", "tile"])
def test_a_published_file_that_is_gone_is_named(register, name):
    path = register.log.public / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    assert re.search(r"gone|missing|no policy", register.verify())


# --- history -----------------------------------------------------------------------------------


# Of the kinds of rows that an act saves, those that the prepared register has.
NOTED = (
    AssistanceRequest,
    RestrictedDetails,
    Evidence,
    Document,
    Page,
    CommanderCall,
    Dispatch,
    FieldOutcome,
    Decision,
    Correction,
    Reveal,
    LedgerErasure,
)
# The moment of a history row is bound to its entry's by ten minutes.
NOT_COMMITTED = {"history_date", "history_change_reason", "history_id", "password"}
OTHERWISE = {
    "bool": "NOT coalesce({c}, false)",
    "text": "CASE WHEN {c} = 'x' THEN 'y' ELSE 'x' END",
    "varchar": "CASE WHEN {c} = 'x' THEN 'y' ELSE 'x' END",
    "timestamptz": "coalesce({c} + interval '1 microsecond', now())",
    "date": "coalesce({c} + 1, current_date)",
    "_varchar": "coalesce({c}, '{{}}') || 'x'::varchar",
    "jsonb": """'{{"x": 1}}'""",
    **dict.fromkeys(("int2", "int4", "int8"), "coalesce({c}, 0) + 1000"),
}


def other_values(register, table):
    """By column, an expression for another value than it has."""
    constraints = (
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u', 'f')"
    )
    for (name,) in register.execute(constraints, table):
        register.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
    kinds = register.execute(
        "SELECT attname, typname, attnotnull FROM pg_attribute a JOIN pg_type t ON t.oid = atttypid"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        table,
    )
    return {name: OTHERWISE[kind].format(c=f'"{name}"') for name, kind, _ in kinds}


@pytest.mark.parametrize("model", NOTED, ids=lambda model: model._meta.model_name)
def test_a_change_of_any_column_of_a_noted_row_is_named(register, model):
    """In the history where there is one; else in the table, whose rows are only added."""
    stored = model.history.model if model in TRACKED_MODELS else model
    table, key = stored._meta.db_table, stored._meta.pk.column
    first = register.one(f"SELECT min({key}) FROM {table}")
    values = other_values(register, table)
    register.execute(f"CREATE TABLE aside AS SELECT * FROM {table} WHERE {key} = {first}")
    unseen = set()
    for column in values.keys() - NOT_COMMITTED - {key}:
        register.execute(f'UPDATE {table} SET "{column}" = {values[column]} WHERE {key} = {first}')
        if not register.verify():
            unseen.add(column)
        register.execute(
            f'UPDATE {table} t SET "{column}" = aside."{column}" FROM aside WHERE t.{key} = {first}'
        )

    assert unseen == set()
    assert register.verify() == ""


def test_a_living_row_that_differs_from_its_history_is_named(register):
    register.execute("UPDATE requests_app_threshold SET minutes = 1000 WHERE id = 1")

    assert "threshold 1 says something else than its last revision, 1" in register.verify()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "DELETE FROM requests_app_rolegrant WHERE id = 1",
            "rolegrant 1 is gone; its history goes to revision 1",
        ),
        (
            "DELETE FROM requests_app_historicalrolegrant WHERE id = 1",
            "rolegrant 1 has no history: it was written past the register",
        ),
        (
            "UPDATE requests_app_assistancerequest SET revision = revision + 1 WHERE id = 1",
            "is at revision 14; its entries end with 13.",
        ),
    ],
)
def test_a_row_without_its_history_or_the_other_way_round_is_named(register, statement, words):
    register.execute(statement)

    assert words in register.verify()


def test_a_request_that_no_entry_notes_is_named(register):
    columns = ", ".join(f.column for f in AssistanceRequest._meta.concrete_fields if f.column != "id")
    copied = columns.replace("number", "'2020-0001'", 1).replace("public_id", "'another'", 1)
    register.execute(
        f"INSERT INTO requests_app_assistancerequest ({columns}) SELECT {copied}"
        " FROM requests_app_assistancerequest WHERE id = 1"
    )

    assert register.verify() == "Request 2020-0001 is at revision 13; its entries end with 0."


def test_an_erasure_of_one_person_is_named(register):
    register.execute(
        "UPDATE requests_app_ledgererasureproposal SET proposed_by_id = (SELECT confirmed_by_id"
        " FROM requests_app_ledgererasure)"
    )

    assert re.match(r"The erasure of request .* is not the act of two people", register.verify())


def test_an_erasure_without_its_entry_is_named(register):
    """Its rows are there, and the entry that would tell of it is one of something else."""
    place = register.entry_of("request:erase")
    register.rewrite(place, lambda told: told.update(rows=[]))

    assert "The erasure of request" in register.verify_unpublished()


def test_moments_in_the_wrong_order_are_named(register):
    """Bytes and leaf too: what nobody has signed yet could be made to agree."""
    last = register.one("SELECT max(index) FROM requests_app_ledgerposition")
    earlier = "2020-01-01T00:00:00.000000Z"
    register.execute("UPDATE requests_app_installation SET kind = 'real'")
    register.rewrite(last, lambda told: told.update(entered_at=earlier, occurred_at=earlier))
    register.execute(
        f"UPDATE {ENTRY} SET entered_at = %s, occurred_at = %s,"
        " public_bytes = convert_to(replace(convert_from(public_bytes, 'UTF8'), %s, '2019-Q4'), 'UTF8')"
        f" WHERE id = (SELECT entry_id FROM {POSITION} WHERE index = %s)",
        earlier,
        earlier,
        quarter_of(timezone.now()),
        last,
    )

    assert re.match(
        rf"Entry {last} was entered at 2020-01-01.* before an entry with an earlier place", register.verify()
    )


def test_the_first_of_several_wrong_things_is_named(register):
    register.execute(
        "UPDATE requests_app_historicalrestricteddetails SET location = 'x' WHERE history_id = 1"
    )
    register.execute(f"UPDATE {ENTRY} SET actor_id = actor_id + 1 WHERE id > 20")

    assert register.verify().startswith("Entry 0 notes restricteddetails 1, revision 1; that row says")


# --- what is checked at all --------------------------------------------------------------------


def test_every_kind_of_row_of_a_request_must_be_noted():
    """A new table of requests is on the list, or is named here with the reason."""
    own = {LedgerEntry: "is the ledger", IdempotencyKey: "a form's key is no act"}
    of_a_case = {
        model
        for model in apps.get_app_config("requests_app").get_models()
        if not hasattr(model, "history_id") and any(f.name == "case" for f in model._meta.concrete_fields)
    }

    assert of_a_case - set(own) <= set(ALWAYS_NOTED)


CANONICAL = [
    "{}",
    '{"a":1,"b":"\\u0001\\n"}',
    '{"ä":"ö€😀"}',
    '{"a":[null,true,{"b":9007199254740991}]}',
    '{"a":1.5}',
]
NOT_CANONICAL = [
    "{ }",
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":01}',
    '{"a":1.0}',
    '{"a":-0}',
    '{"a":1e2}',
    '{"a":9007199254740993}',
    '{"a":"\\u000A"}',
    '{"a":"\\u0041"}',
    '{"a":"\\/"}',
    '{"a":"\\ud800"}',
    '{"a":NaN}',
    '{"\ufb01":1,"\U0001f600":2}',
    "[]",
    "{}\n",
    "",
]


@pytest.mark.parametrize("text", CANONICAL)
def test_canonical_bytes_are_read(text):
    assert _canonical.decode(text.encode()) == json.loads(text)


@pytest.mark.parametrize("text", NOT_CANONICAL)
def test_bytes_that_are_not_canonical_are_refused(text):
    with pytest.raises(ValueError, match=r"canonical|JSON|Expecting"):
        _canonical.decode(text.encode())
