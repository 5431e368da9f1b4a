"""Attacks on what was recorded, by who makes them: the database refuses, or somebody sees it.

docs/attacks.md is the table of them all, here and in the other files; a test holds the two together.
"""

import os
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from requests_app import ledger, ledger_check, merkle, signer, workflow
from requests_app.demonstration._clock import clock
from requests_app.models import AssistanceRequest, LedgerEntry
from requests_app.state_folder import StateFolder
from requests_app.vocabulary import Component
from tests import cluster, factories, tampering
from tests.signers import ORIGIN, SignerProcess, tree_of
from tests.witnesses import WitnessProcess, submission

ROOT = Path(__file__).resolve().parent.parent
DENIED = psycopg.errors.InsufficientPrivilege
ENTRY, PRIVATE, POSITION, HEAD = (
    f"requests_app_ledger{name}" for name in ("entry", "private", "position", "head")
)
CASE = "requests_app_assistancerequest"


@pytest.fixture(scope="module")
def prepared(module_db, cluster_urls, tmp_path_factory):
    url = cluster.in_database(cluster_urls["signer"], module_db)
    return tampering.prepare(tmp_path_factory.mktemp("log"), url)


@pytest.fixture
def register(prepared, module_db, cluster_urls, tmp_path):
    with tampering.tampered(prepared, module_db, cluster_urls, tmp_path / "log") as copy:
        yield copy


# --- what each role cannot: refused by the database ---------------------------------------------

REFUSED = {
    # As the application, whoever has it: a mistake of ours, or words injected into a statement.
    "application: change an entry": ("application", f"UPDATE {ENTRY} SET action = 'request:agree'"),
    "application: delete an entry": ("application", f"DELETE FROM {ENTRY}"),
    "application: empty the ledger": ("application", f"TRUNCATE {ENTRY} CASCADE"),
    "application: backdate an entry": (
        "application",
        f"INSERT INTO {ENTRY} (actor_id, action, refusal, occurred_at, entered_at, public_bytes, leaf)"
        " SELECT id, 'x', '', now(), '2020-01-01', '', ''"
        " FROM requests_app_user, set_config('app.actor', id::text, true) LIMIT 1",
    ),
    "application: write a salt anew": ("application", f"UPDATE {PRIVATE} SET private_salt = ''"),
    "application: erase a private part": ("application", f"DELETE FROM {PRIVATE}"),
    "application: erase by one's own hand alone": (
        "application",
        "INSERT INTO requests_app_ledgererasure (proposal_id, case_id, confirmed_by_id, last_entry)"
        " SELECT 1, 1, id, 0 FROM requests_app_user, set_config('app.actor', id::text, true) LIMIT 1",
    ),
    "application: write a leaf": ("application", f"UPDATE {ENTRY} SET leaf = ''"),
    "application: give a place": ("application", f"INSERT INTO {POSITION} VALUES (9999, 1)"),
    "application: exchange places": ("application", f"UPDATE {POSITION} SET index = index + 1000"),
    "application: set the head back": ("application", f"UPDATE {HEAD} SET size = 0"),
    "application: fill the log up": ("application", "SELECT register_pad_ledger(0)"),
    "application: switch a wall off": ("application", f"ALTER TABLE {ENTRY} DISABLE TRIGGER ALL"),
    "application: call itself a replica": ("application", "SET session_replication_role = replica"),
    "application: become the owner": ("application", "SET ROLE register_owner"),
    "application: become the ledger's owner": ("application", "SET ROLE register_ledger"),
    "application: put a table of its own before the ledger": (
        "application",
        f"CREATE TEMPORARY TABLE {ENTRY} ()",
    ),
    "application: rewrite history": (
        "application",
        "UPDATE requests_app_historicalassistancerequest SET component = 'cbp'",
    ),
    "application: rewrite a decision": ("application", "UPDATE requests_app_decision SET reason_text = 'x'"),
    "application: change a request without an actor": (
        "application",
        f"UPDATE {CASE} SET component = 'cbp', revision = revision + 1",
    ),
    # As the owner of the tables, who migrates.
    "owner: change an entry": ("owner", f"UPDATE {ENTRY} SET action = 'request:agree'"),
    "owner: switch a wall off": ("owner", "ALTER TABLE requests_app_decision DISABLE TRIGGER ALL"),
    "owner: let a wall sleep for replicas": (
        "owner",
        "ALTER TABLE requests_app_decision ENABLE REPLICA TRIGGER wall_append_only",
    ),
    "owner: rename the history away": (
        "owner",
        "ALTER TABLE requests_app_historicalassistancerequest RENAME TO aside",
    ),
    "owner: replace the function of the ledger": (
        "owner",
        "CREATE OR REPLACE FUNCTION register_place_entry() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
    ),
    "owner: rewrite history": (
        "owner",
        "UPDATE requests_app_historicalassistancerequest SET component = 'cbp'",
    ),
    "owner: rewrite a decision": ("owner", "UPDATE requests_app_decision SET reason_text = 'x'"),
    # As the owner of the ledger, in whose name no program runs.
    "ledger owner: change an entry": ("ledger", f"UPDATE {ENTRY} SET action = 'request:agree'"),
    "ledger owner: erase a private part": ("ledger", f"DELETE FROM {PRIVATE}"),
    "ledger owner: switch a wall off": ("ledger", f"ALTER TABLE {ENTRY} DISABLE TRIGGER ALL"),
    # As who only reads.
    "auditor: change an entry": ("auditor", f"UPDATE {ENTRY} SET action = 'request:agree'"),
    "auditor: add an entry": ("auditor", f"INSERT INTO {ENTRY} DEFAULT VALUES"),
    "auditor: read passwords": ("auditor", "SELECT password FROM requests_app_user"),
    "public: read the ledger": ("public", f"SELECT * FROM {ENTRY}"),
    "public: read requests": ("public", f"SELECT * FROM {CASE}"),
    "signer: read what an entry says": ("signer", f"SELECT public_bytes FROM {ENTRY}"),
    "signer: read a private part": ("signer", f"SELECT * FROM {PRIVATE}"),
    "signer: change a leaf": ("signer", f"UPDATE {ENTRY} SET leaf = ''"),
    "signer: add an entry of somebody": ("signer", f"INSERT INTO {ENTRY} DEFAULT VALUES"),
    "signer: give a place": ("signer", f"INSERT INTO {POSITION} VALUES (9999, 1)"),
}


@pytest.fixture(scope="module")
def standing(prepared, module_db, cluster_urls):
    """The walls as they stand; who is refused changes nothing, so one database does for all."""
    return lambda role: psycopg.connect(cluster.in_database(cluster_urls[role], module_db), autocommit=True)


@pytest.mark.parametrize(("role", "statement"), REFUSED.values(), ids=REFUSED)
def test_the_database_refuses(standing, role, statement):
    with standing(role) as connection:
        if role in ("auditor", "public"):  # whose sessions only read, unless they say otherwise
            connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(DENIED), connection.transaction():
            connection.execute(statement)


def test_all_that_was_refused_left_the_ledger_whole(prepared, module_db, cluster_urls):
    url = cluster.in_database(cluster_urls["auditor"], module_db)
    ledger_check.verify(url, tlog=prepared.public, progress=lambda *_: None)


def test_a_superuser_that_calls_itself_a_replica_is_refused_too(prepared, standing):
    with standing("superuser") as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(DENIED, match="what was recorded stays"):
            connection.execute(f"UPDATE {ENTRY} SET action = 'request:agree'")


# --- past the ORM's history ---------------------------------------------------------------------


@pytest.fixture
def case(committed_db, dispatcher, commander):
    return factories.make_decided(dispatcher, commander)


def changed(case):
    row = AssistanceRequest.objects.get(pk=case.pk)
    row.component = Component.CBP
    return row


# Ways around django-simple-history; others are in tests/test_walls.py.
PAST_THE_ORM = {
    "save_base": lambda case: changed(case).save_base(raw=True),
    "delete": lambda case: case.delete(),
    "raw delete": lambda case: AssistanceRequest.objects.filter(pk=case.pk)._raw_delete("default"),
    "update of the history": lambda case: case.history.update(component=Component.CBP),
    "delete of the history": lambda case: case.history.all().delete(),
    "update_or_create": lambda case: AssistanceRequest.objects.update_or_create(
        pk=case.pk, defaults={"component": Component.CBP}
    ),
    "clean_old_history": lambda case: call_command("clean_old_history", "--auto", "--days", "0", verbosity=0),
    "update of the ledger": lambda case: LedgerEntry.objects.update(action="request:agree"),
    "an actor's name alone": lambda case: LedgerEntry.objects.create(
        actor=case.taken_by, action="request:view", occurred_at=case.entered_at, public_bytes=b"", leaf=b""
    ),
}


@transaction.atomic
def as_somebody(actor, way, case):
    ledger.set_actor(actor)
    way(case)


@pytest.mark.parametrize("way", PAST_THE_ORM.values(), ids=PAST_THE_ORM)
def test_a_way_past_the_orm_is_refused(case, commander, way):
    """With an actor set, so that the walls alone are tried."""
    before = case.history.count()

    with pytest.raises(DatabaseError):
        as_somebody(commander, way, case)

    assert AssistanceRequest.objects.get(pk=case.pk).component == case.component
    assert case.history.count() == before


# --- what a superuser can do, and who sees it ---------------------------------------------------


def edit(register):
    """Only the bytes: whoever does not know the format."""
    register.execute(
        f"UPDATE {PRIVATE} SET private_bytes = convert_to(replace(convert_from(private_bytes, 'UTF8'),"
        f" 'D-101', 'C-201'), 'UTF8') WHERE entry_id = (SELECT entry_id FROM {POSITION} WHERE index = 7)"
    )


def edit_public(register):
    register.execute(f"UPDATE {ENTRY} SET public_bytes = public_bytes || ' '::bytea WHERE id = 8")


def edit_consistently(register):
    """Bytes, salts, commitments, leaf, and the column beside them."""
    register.rewrite(7, lambda told: told.update(actor="D-101"))
    register.execute(
        f"UPDATE {ENTRY} SET actor_id = (SELECT id FROM requests_app_user WHERE badge_number = 'D-101')"
        f" WHERE id = (SELECT entry_id FROM {POSITION} WHERE index = 7)"
    )


def cut_off_the_end(register, *, size=100):
    """Entries, private parts, places, and the head."""
    numbers = f"(SELECT entry_id FROM {POSITION} WHERE index >= {size})"
    register.execute(f"DELETE FROM {PRIVATE} WHERE entry_id IN {numbers}")
    register.execute(f"CREATE TEMPORARY TABLE gone AS SELECT * FROM {POSITION} WHERE index >= {size}")
    register.execute(f"DELETE FROM {POSITION} WHERE index >= {size}")
    register.execute(f"DELETE FROM {ENTRY} WHERE id IN (SELECT entry_id FROM gone)")
    register.execute(f"UPDATE {HEAD} SET size = {size}")


def cut_off_what_is_not_signed(register):
    cut_off_the_end(register, size=128)


def put_one_in(register):
    """A forged entry at place 100; all later ones move on."""
    place = register.forge(30)
    number = register.one(f"DELETE FROM {POSITION} WHERE index = %s RETURNING entry_id", place)
    register.execute(f"UPDATE {POSITION} SET index = -index - 2 WHERE index >= 100")
    register.execute(f"UPDATE {POSITION} SET index = -index - 1 WHERE index < 0")
    register.execute(f"INSERT INTO {POSITION} VALUES (100, %s)", number)


def exchange_two(register):
    """Two filling entries, so that no request's revisions are out of order."""
    first, second = (
        row[0]
        for row in register.execute(
            f"SELECT index FROM {POSITION} p JOIN {ENTRY} e ON e.id = p.entry_id"
            " WHERE action = 'ledger:pad' ORDER BY 1 LIMIT 2"
        )
    )
    register.execute(f"UPDATE {POSITION} SET index = -1 WHERE index = %s", first)
    register.execute(f"UPDATE {POSITION} SET index = %s WHERE index = %s", first, second)
    register.execute(f"UPDATE {POSITION} SET index = %s WHERE index = -1", second)


def exchange_two_of_a_request(register):
    first = register.one(f"SELECT max(index) FROM {POSITION}") - 1
    register.execute(f"UPDATE {POSITION} SET index = -1 WHERE index = %s", first)
    register.execute(f"UPDATE {POSITION} SET index = %s WHERE index = %s", first, first + 1)
    register.execute(f"UPDATE {POSITION} SET index = %s WHERE index = -1", first + 1)


def rewrite_a_decision(register):
    register.execute("UPDATE requests_app_decision SET reason_text = 'Another reason.' WHERE id = 2")


def rewrite_a_row_and_its_history(register):
    for table in (CASE, "requests_app_historicalassistancerequest"):
        register.execute(f"UPDATE {table} SET what_was_said = 'Something else.' WHERE id = 1")


def rewrite_the_living_row(register):
    register.execute(f"UPDATE {CASE} SET what_was_said = 'Something else.' WHERE id = 1")


def take_a_revision_out(register):
    register.execute("DELETE FROM requests_app_historicalassistancerequest WHERE id = 1 AND revision = 3")


def take_a_request_out(register):
    """Every row of it outside the ledger."""
    for table in ("restricteddetails", "evidence", "document", "page", "correction", "decision", "dispatch"):
        register.execute(f"DELETE FROM requests_app_{table} WHERE case_id = 1")
        register.execute(
            f"DO $$ BEGIN DELETE FROM requests_app_historical{table} WHERE case_id = 1;"
            " EXCEPTION WHEN undefined_table THEN NULL; END $$"
        )
    for table in (CASE, "requests_app_historicalassistancerequest"):
        register.execute(f"DELETE FROM {table} WHERE id = 1")


def put_a_revision_in(register):
    """A change of a request, with its history, and no entry."""
    columns = [field.column for field in AssistanceRequest.history.model._meta.concrete_fields]
    names = ", ".join(name for name in columns if name != "history_id")
    changed_names = names.replace("revision", "revision + 1", 1).replace("history_type", "'~'")
    register.execute(
        f"INSERT INTO requests_app_historicalassistancerequest ({names}) SELECT {changed_names}"
        f" FROM requests_app_historicalassistancerequest WHERE id = 1 ORDER BY revision DESC LIMIT 1"
    )
    register.execute(f"UPDATE {CASE} SET revision = revision + 1 WHERE id = 1")


def sign_the_history_as_another(register):
    register.execute(
        "UPDATE requests_app_historicalassistancerequest SET history_user_id = history_user_id + 1"
        " WHERE id = 1 AND revision = 2"
    )


def backdate_the_history(register):
    register.execute(
        "UPDATE requests_app_historicalassistancerequest SET history_date = history_date - interval '1 day'"
        " WHERE id = 1 AND revision = 2"
    )


def backdate_an_entry(register):
    register.execute(f"UPDATE {ENTRY} SET entered_at = entered_at - interval '1 day' WHERE id = 8")


def backdate_an_entry_consistently(register):
    """Within its quarter, bytes and leaf too."""
    place = register.one(f"SELECT max(index) FROM {POSITION}")
    earlier = register.one(
        f"UPDATE {ENTRY} SET entered_at = entered_at - interval '11 minutes' WHERE id ="
        f" (SELECT entry_id FROM {POSITION} WHERE index = %s) RETURNING entered_at",
        place,
    )
    text = earlier.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    register.rewrite(place, lambda told: told.update(entered_at=text))


def name_another_actor(register):
    register.execute(f"UPDATE {ENTRY} SET actor_id = actor_id + 1 WHERE id = 8")


def forge_a_revision(register):
    """An entry behind the last that says a request was changed, and no change."""
    place = register.forge(7)
    revision = register.one(f"SELECT revision + 1 FROM {CASE} WHERE id = 1")
    register.execute(
        f"UPDATE {ENTRY} SET case_id = 1, case_revision = %s"
        f" WHERE id = (SELECT entry_id FROM {POSITION} WHERE index = %s)",
        revision,
        place,
    )
    register.rewrite(place, lambda told: told.update(case_revision=revision))


def copy_an_act(register):
    """The same act twice: the rows that it notes are noted already."""
    place = register.forge(register.entry_of("request:reveal"))
    assert place


def erase_alone(register):
    register.execute(
        f"DELETE FROM {PRIVATE} WHERE entry_id = (SELECT entry_id FROM {POSITION} WHERE index = 7)"
    )


def erase_under_a_forged_act(register):
    """With rows of a proposal and an erasure, and no entry of it."""
    erase_alone(register)
    register.execute(
        "INSERT INTO requests_app_ledgererasureproposal (case_id, proposed_by_id, reason, entered_at)"
        f" SELECT case_id, 2, 'x', now() FROM {ENTRY} WHERE id = 8"
    )
    names = "proposal_id, case_id, confirmed_by_id, last_entry, entered_at"
    register.execute(
        f"INSERT INTO requests_app_ledgererasure ({names}) SELECT id, case_id, 3, 8, now()"
        " FROM requests_app_ledgererasureproposal ORDER BY id DESC LIMIT 1"
    )


def give_oneself_a_role(register):
    """A grant with its history, and no entry: by an administrator, it says."""
    register.execute(
        "INSERT INTO requests_app_rolegrant (user_id, role, starts_at, granted_by_id, approved_by_id, reason,"
        " revision) VALUES (2, 'oversight', now(), 3, 4, 'x', 1)"
    )
    names = "id, user_id, role, starts_at, ends_at, granted_by_id, approved_by_id, reason, revision"
    register.execute(
        f"INSERT INTO requests_app_historicalrolegrant ({names}, history_date, history_type, history_user_id)"
        f" SELECT {names}, now(), '+', 3 FROM requests_app_rolegrant ORDER BY id DESC LIMIT 1"
    )


# The attack; what `verify_ledger` names; what the signer names (nothing: it sees leaves alone).
SEEN = {
    "edit an entry": (edit, "Entry 7 does not commit to its bytes: .* private part", ""),
    "edit what an entry says publicly": (
        edit_public,
        "Entry 7 does not commit to its bytes: .* public part",
        "",
    ),
    "edit an entry, its salts and its leaf": (edit_consistently, "Entry 7: its leaf is not the one", "7"),
    "cut the end off": (cut_off_the_end, ".* signed over 128 entries, and the register has 100", "100"),
    "cut off what is not signed yet": (
        cut_off_what_is_not_signed,
        r"Request \d{4}-0002 is at revision \d+; its entries end with 0",
        "",
    ),
    "put an entry in": (put_one_in, "Entry 100: its leaf is not the one that was published", "100"),
    "exchange two places": (
        exchange_two,
        "Entry \\d+: its leaf is not the one that was published",
        "are exchanged",
    ),
    "exchange two acts of a request": (exchange_two_of_a_request, "Entry \\d+ makes revision", ""),
    "rewrite a decision": (
        rewrite_a_decision,
        "Entry \\d+ notes decision 2; that row says something else",
        "",
    ),
    "rewrite a request and its history": (
        rewrite_a_row_and_its_history,
        "Entry 0 notes assistancerequest 1, revision 1; that row says something else now",
        "",
    ),
    "rewrite a request alone": (rewrite_the_living_row, "assistancerequest 1 says something else than", ""),
    "take a revision out": (
        take_a_revision_out,
        "Entry \\d+ notes assistancerequest 1, revision 3; .* gone",
        "",
    ),
    "take a request out": (take_a_request_out, "Entry 0: its column case_id says None", ""),
    "put a revision in": (
        put_a_revision_in,
        r"Request \d{4}-0001 is at revision \d+; its entries end with \d+",
        "",
    ),
    "sign the history as another": (
        sign_the_history_as_another,
        "Entry \\d+ notes assistancerequest 1, revision 2; the history of that row has another person",
        "",
    ),
    "backdate the history": (
        backdate_the_history,
        "Entry \\d+ notes assistancerequest 1, revision 2; the history of that row has another",
        "",
    ),
    "backdate an entry": (
        backdate_an_entry,
        "Entry 7 was entered at .* before an entry with an earlier place",
        "",
    ),
    "backdate an entry, its bytes and its leaf": (
        backdate_an_entry_consistently,
        "Entry \\d+ was entered at .* before an entry with an earlier place",
        "",
    ),
    "name another actor": (name_another_actor, "Entry 7: its column actor_id", ""),
    "forge the entry of a revision": (
        forge_a_revision,
        "Entry \\d+ makes revision 14 of request .* not among those",
        "",
    ),
    "copy an act": (copy_an_act, "Two entries note reveal 1", ""),
    "erase a private part alone": (erase_alone, "Entry 7: its private part is gone", ""),
    "erase under a forged act": (erase_under_a_forged_act, "The erasure of request .* has no entry", ""),
    "give oneself a role": (give_oneself_a_role, "No entry notes rolegrant", ""),
}


@pytest.mark.parametrize(("attack", "verified", "signed"), SEEN.values(), ids=SEEN)
def test_verify_ledger_sees(register, attack, verified, signed):
    attack(register)

    found = register.verify()
    refused = register.sign()

    assert re.match(verified, found), found
    assert re.search(signed, refused) if signed else refused == "", refused


# --- the past as a whole ------------------------------------------------------------------------


@pytest.fixture
def backup(prepared, module_db, cluster_urls, tmp_path):
    """Another copy, of the same moment."""
    with tampering.tampered(prepared, module_db, cluster_urls, tmp_path / "backup") as copy:
        yield copy


def test_a_restored_backup_is_seen_by_who_has_the_published_log(register, backup):
    assert register.sign() == ""

    found = backup.verify(tlog=register.log.public)
    assert re.match(r".* signed over 192 entries, and the register has 134: the last 58 are gone", found)


def test_a_restored_backup_that_was_worked_with_is_seen_too(register, backup):
    assert register.sign() == ""
    for _ in range(64):
        backup.forge(30)

    assert backup.verify(tlog=register.log.public).startswith("Entry 134: its leaf is not the one")


def test_the_signer_refuses_a_restored_backup(register, backup):
    assert register.sign() == ""
    shutil.rmtree(backup.log.state)
    shutil.copytree(register.log.state, backup.log.state)

    assert "134" in backup.sign()


@pytest.fixture
def rewritten(register):
    """Another actor in entry 7, all that follows computed anew, published anew with a key of their own."""
    edit_consistently(register)
    other = SignerProcess(register.log.folder / "other", register.log.database_url)
    other.folder.mkdir()
    signer.new_key(other.state, ORIGIN)
    other.write_policy()
    with register.walls():
        other.sign()
    return other


def test_who_rewrites_and_publishes_everything_agrees_with_themselves_alone(register, rewritten):
    """What a check of the register cannot see: so outsiders keep a checkpoint."""
    assert register.verify(tlog=rewritten.public) == ""
    assert register.verify(tlog=register.kept).startswith("Entry 7: its leaf is not the one")


def test_the_policy_that_people_have_does_not_know_another_key(register, rewritten):
    policy = merkle.Policy.parse((register.kept / "policy").read_bytes())

    with pytest.raises(merkle.Invalid, match="No log of the policy signed"):
        policy.check(rewritten.note())


def tree_now(register):
    return tree_of(register.superuser)


def signed_with_the_stolen_key(register, tree, size):
    key = StateFolder(register.log.state).key(merkle.ED25519)
    text = merkle.Checkpoint(ORIGIN, size, merkle.root(size, tree.hash_at)).text()
    return merkle.Note(text, (key.sign(text),))


def test_with_the_stolen_key_a_witness_refuses_and_keeps_both_sides(register, tmp_path):
    witness = WitnessProcess.make(tmp_path, "newsroom")
    witness.serve(register.log.vkey)
    try:
        true = tree_now(register)
        first = witness.submit(submission(0, [], signed_with_the_stolen_key(register, true, 64)))
        edit_consistently(register)
        false = tree_now(register)
        proof = merkle.consistency_proof(64, 128, false.hash_at)
        answer = witness.submit(submission(64, proof, signed_with_the_stolen_key(register, false, 128)))
    finally:
        witness.stop()

    assert first.status == 200
    assert answer.status == 422
    assert list(witness.state.glob("split-view-*"))


def receipt_of(register, place):
    """As it was handed out, with the checkpoint of that day."""
    row = register.execute(
        "SELECT public_bytes, public_salt, private_bytes, private_salt FROM requests_app_ledgerposition p"
        " JOIN requests_app_ledgerentry e ON e.id = p.entry_id"
        " JOIN requests_app_ledgerprivate v ON v.entry_id = e.id WHERE index = %s",
        place,
    )[0]
    public, public_salt, private, private_salt = row
    opening = {
        "public": public.decode(),
        "public_salt": b64encode(public_salt).decode(),
        "private": private.decode(),
        "private_salt": b64encode(private_salt).decode(),
    }
    hashes = merkle.inclusion_proof(place, 64, tree_now(register).hash_at)
    note = merkle.Note.parse((register.kept / "checkpoint").read_bytes())
    return merkle.Proof(place, tuple(hashes), note, merkle.canonical_json(opening))


def test_a_receipt_contradicts_a_rewritten_past(register):
    receipt = receipt_of(register, 7)
    policy = merkle.Policy.parse((register.kept / "policy").read_bytes())
    edit_consistently(register)
    false = tree_now(register)

    held = merkle.check_receipt(receipt, policy).witnessed.checkpoint
    proof = merkle.consistency_proof(64, 128, false.hash_at)
    with pytest.raises(merkle.Invalid, match="does not lead to the root"):
        merkle.verify_consistency(64, held.root, 128, merkle.root(128, false.hash_at), proof)


# --- clocks and zones ---------------------------------------------------------------------------

# Louisville, 1 November 2026: 01:30 comes twice. 14 March 2027: after 01:59 comes 03:00. And a quarter's end.
MOMENTS = {
    "01:30 the first time": ("2026-11-01T05:30:00Z", {"2026-Q4"}),
    "01:30 the second time": ("2026-11-01T06:30:00Z", {"2026-Q4"}),
    "the last second before spring": ("2027-03-14T06:59:59.9Z", {"2027-Q1"}),
    "the last second of a quarter": ("2026-10-01T03:59:59.9Z", {"2026-Q3", "2026-Q4"}),
}


@pytest.fixture(params=["UTC", "America/Kentucky/Louisville"])
def zone(request, committed_db, monkeypatch):
    """Of the sessions in which the acts are recorded."""

    def begin_anew():
        connection.close()
        for name in ("timezone", "timezone_name"):
            connection.__dict__.pop(name, None)

    monkeypatch.setitem(connection.settings_dict, "TIME_ZONE", request.param)
    begin_anew()
    yield request.param
    monkeypatch.undo()
    begin_anew()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(("moment", "quarters"), MOMENTS.values(), ids=MOMENTS)
def test_acts_around_a_clock_change_verify(
    committed_db, demonstration, dispatcher, commander, cluster_urls, tmp_path, moment, quarters
):
    at = datetime.fromisoformat(moment)
    with clock(at):
        case = factories.make_request(dispatcher, received_at=at - timedelta(hours=1))
    for later, (act, actor) in enumerate([(workflow.log, dispatcher), (workflow.claim, commander)], start=1):
        with clock(at + timedelta(seconds=later)):
            act(case.pk, actor=actor)

    url = cluster.in_database(cluster_urls["auditor"], committed_db)
    report = ledger_check.verify(url, tlog=tmp_path, progress=lambda *_: None)
    assert report.entries == LedgerEntry.objects.count() == 3
    assert {entry.public["quarter"] for entry in LedgerEntry.objects.all()} == quarters


# --- the table ----------------------------------------------------------------------------------

TABLE = ROOT / "docs" / "attacks.md"
NAMED_TEST = re.compile(r"`((?:tests/)[\w/]+\.py::[^`]+)`")


def test_the_table_names_every_attack_and_no_test_that_is_not_there():
    named = NAMED_TEST.findall(TABLE.read_text())
    files = sorted({one.partition("::")[0] for one in named} | {"tests/test_attacks.py"})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
    )
    collected = {line for line in done.stdout.splitlines() if "::" in line}
    without_parameters = {one.partition("[")[0] for one in collected}

    assert sorted(set(named) - collected - without_parameters) == []
    own = {one for one in collected if one.startswith("tests/test_attacks.py")}
    covered = {one for one in own if one in named or one.partition("[")[0] in named}
    assert sorted(own - covered - {OF_THE_TABLE}) == []
    assert len(named) == len(set(named)) >= 33


OF_THE_TABLE = "tests/test_attacks.py::test_the_table_names_every_attack_and_no_test_that_is_not_there"
