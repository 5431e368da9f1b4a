"""The signer as a process, with real witnesses and a real database in which a superuser may do anything."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connections

from louisville_ice.roles import close_database
from requests_app import signer as signer_module
from requests_app.merkle import Checkpoint, Note, VerifierKey, root, tile_path, tiles_of
from requests_app.models import LedgerEntry, LedgerPosition
from requests_app.state_folder import Unusable
from tests import cluster, factories
from tests.signers import ORIGIN, SignerProcess, names_of, tree_of
from tests.witnesses import ROOT, WitnessProcess, environment

SIGNED = 64


# Of the entry at this place, with its leaf computed anew, so that nothing in the database contradicts itself.
REWRITE = """
    WITH rewritten AS (
        UPDATE requests_app_ledgerprivate p
        SET private_bytes = convert_to(replace(convert_from(private_bytes, 'UTF8'), 'Z', 'z'), 'UTF8')
        FROM requests_app_ledgerposition l WHERE l.entry_id = p.entry_id AND l.index = %s RETURNING p.*)
    UPDATE requests_app_ledgerentry e
    SET leaf = sha256(p.public_salt || public_bytes) || sha256(p.private_salt || p.private_bytes)
    FROM rewritten p WHERE p.entry_id = e.id RETURNING e.id
"""


@pytest.fixture
def signer(tmp_path, committed_db, cluster_urls):
    """With a key and a policy that asks nobody."""
    one = SignerProcess(tmp_path, cluster.in_database(cluster_urls["signer"], committed_db))
    signer_module.new_key(one.state, ORIGIN)
    one.write_policy()
    return one


@pytest.fixture
def case(committed_db, dispatcher):
    return factories.make_request(dispatcher)


@pytest.fixture
def signed(signer, case):
    """A log of 64 entries, signed and published."""
    assert signer.sign().size == SIGNED
    return signer


@pytest.fixture
def make_witness(tmp_path, signer):
    """Witnesses of this test's log, stopped afterwards."""
    made = []

    def make(name, *, serving=True):
        witness = WitnessProcess.make(tmp_path, name)
        made.append(witness)
        if serving:
            witness.serve(signer.vkey)
        return witness

    yield make
    for witness in made:
        witness.stop()


@pytest.fixture
def superuser(superuser_connection):
    """With every wall taken down, as only a superuser can."""
    superuser_connection.execute("SET event_triggers = off")
    for table in ("ledgerentry", "ledgerposition", "ledgerprivate", "ledgerhead"):
        superuser_connection.execute(f"ALTER TABLE requests_app_{table} DISABLE TRIGGER ALL")
    return superuser_connection


def put_walls_back(superuser):
    for table in ("ledgerentry", "ledgerposition", "ledgerprivate", "ledgerhead"):
        superuser.execute(f"ALTER TABLE requests_app_{table} ENABLE TRIGGER ALL")


# --- signing -----------------------------------------------------------------------------------


def test_it_signs_and_publishes_the_leaves_of_the_ledger(signed, superuser_connection):
    tree = tree_of(superuser_connection)

    assert signed.checkpoint() == Checkpoint(ORIGIN, 64, root(64, tree.hash_at))
    assert signed.verify().startswith("YES")
    assert names_of(signed.public) == {"checkpoint", "policy", "tile/0/000.p/64"}
    assert (signed.public / "policy").read_bytes() == signed.policy.read_bytes()


def test_what_it_publishes_is_readable_and_what_it_keeps_is_not(signed):
    public = [signed.public, *signed.public.rglob("*")]

    assert {path.stat().st_mode & 0o777 for path in public} == {0o755, 0o644}
    assert {path.stat().st_mode & 0o077 for path in (signed.state, *signed.state.rglob("*"))} == {0}


def test_the_log_grows_by_64_when_nothing_happened(signed):
    assert [signed.sign().size for _ in range(4)] == [128, 192, 256, 320]
    assert signed.verify().startswith("YES")


def test_it_extends_what_it_signed_by_what_came(signed, dispatcher, superuser_connection):
    for _ in range(3):
        factories.make_request(dispatcher)
    came = LedgerPosition.objects.count() - SIGNED

    assert 0 < came < 64
    assert signed.sign().size == 128
    assert signed.checkpoint().root == root(128, tree_of(superuser_connection).hash_at)


def test_entries_that_come_while_it_signs_wait_for_the_next_time(signed, dispatcher):
    """The log is filled up under a lock, and what comes behind is more than was asked for."""
    with psycopg.connect(signed.database_url, autocommit=True) as connection:
        connection.execute("SELECT register_pad_ledger(%s)", [SIGNED])
    factories.make_request(dispatcher)

    assert LedgerPosition.objects.count() % 64
    assert signed.sign().size == 192


def test_the_tiles_are_those_of_all_leaves(signed, superuser_connection):
    while signed.checkpoint().size < 576:
        signed.sign()
    tree = tree_of(superuser_connection)

    for level, index, width in tiles_of(576):
        expected = b"".join(tree.hash_at(8 * level, 256 * index + place) for place in range(width))
        assert (signed.public / tile_path(level, index, width)).read_bytes() == expected
    assert signed.verify().startswith("YES")


def test_only_new_tiles_are_written(signed):
    for _ in range(3):
        signed.sign()
    full = signed.public / "tile/0/000"
    before = full.stat().st_ino

    signed.sign()

    assert full.stat().st_ino == before


def test_a_public_folder_that_was_emptied_is_filled_again(signed):
    for _ in range(4):
        signed.sign()
    shutil.rmtree(signed.public)

    signed.sign()

    assert signed.verify().startswith("YES")


def test_two_at_once_sign_one_after_the_other(signed):
    both = [signed.start("sign") for _ in range(2)]
    told = [one.communicate()[0] for one in both]

    assert sorted(int(words.split()[0]) for words in told) == [128, 192]


# --- a past that was rewritten -----------------------------------------------------------------


def test_it_names_the_entry_that_a_superuser_rewrote(signed, superuser):
    (entry,) = superuser.execute(REWRITE, [3]).fetchone()

    assert signed.refuse() == f"Refused. Entry {entry} is not what was signed (place 3).\n"


def test_it_signs_again_when_the_entry_is_what_it_was(signed, superuser):
    change = "UPDATE requests_app_ledgerentry SET leaf = %s WHERE id = %s"
    entry, leaf = superuser.execute("SELECT id, leaf FROM requests_app_ledgerentry LIMIT 1").fetchone()
    superuser.execute(change, [bytes(64), entry])
    signed.refuse()

    superuser.execute(change, [leaf, entry])
    put_walls_back(superuser)

    assert signed.sign().size == 128


def test_it_says_so_when_the_end_was_cut_off(signed, superuser):
    superuser.execute("DELETE FROM requests_app_ledgerposition WHERE index >= 50")
    superuser.execute("UPDATE requests_app_ledgerhead SET size = 50")

    assert "The log has 50 entries, and 64 were signed: it was set back" in signed.refuse()


def test_it_says_so_when_the_whole_log_is_gone(signed, superuser):
    superuser.execute("DELETE FROM requests_app_ledgerposition")
    superuser.execute("UPDATE requests_app_ledgerhead SET size = 0")

    assert "The log has 0 entries, and 64 were signed" in signed.refuse()


def test_it_says_so_when_two_places_are_exchanged(signed, superuser):
    superuser.execute(
        "UPDATE requests_app_ledgerposition SET index = 64 + 25 - index WHERE index IN (12, 13)"
    )
    superuser.execute("UPDATE requests_app_ledgerposition SET index = index - 64 WHERE index >= 64")

    assert signed.refuse() == "Refused. Places 12 and 13 are exchanged.\n"


def test_it_names_the_place_from_which_an_entry_was_taken_out(signed, superuser):
    superuser.execute("DELETE FROM requests_app_ledgerposition WHERE index = 20")
    superuser.execute("UPDATE requests_app_ledgerposition SET index = index - 1000 WHERE index > 20")
    superuser.execute("UPDATE requests_app_ledgerposition SET index = index + 999 WHERE index < 0")
    superuser.execute("UPDATE requests_app_ledgerhead SET size = 63")

    assert "The entry of place 20 was taken out, and what follows was moved up." in signed.refuse()


def test_it_names_the_place_at_which_an_entry_was_put_in(signed, superuser):
    superuser.execute("UPDATE requests_app_ledgerposition SET index = index - 1000 WHERE index >= 20")
    superuser.execute("UPDATE requests_app_ledgerposition SET index = index + 1001 WHERE index < 0")
    superuser.execute(
        """WITH new AS (
             INSERT INTO requests_app_ledgerentry
               (actor_id, action, refusal, occurred_at, entered_at, public_bytes, leaf)
             SELECT actor_id, action, refusal, occurred_at, entered_at, public_bytes,
                    sha256('a') || sha256('b')
             FROM requests_app_ledgerentry LIMIT 1 RETURNING id)
           INSERT INTO requests_app_ledgerposition (index, entry_id) SELECT 20, id FROM new"""
    )

    assert "An entry was put in at place 20, and what follows was moved down." in signed.refuse()


def test_it_names_what_is_gone(signed, superuser):
    superuser.execute("DELETE FROM requests_app_ledgerposition WHERE index = 9")
    assert signed.refuse() == "Refused. Place 9 is empty.\n"

    superuser.execute("DELETE FROM requests_app_ledgerposition WHERE index = 63")
    superuser.execute("UPDATE requests_app_ledgerhead SET size = 64")
    superuser.execute(
        "DELETE FROM requests_app_ledgerentry e USING requests_app_ledgerposition p"
        " WHERE e.id = p.entry_id AND p.index = 30"
    )
    told = signed.refuse()
    assert re.search(r"Entry \d+ is gone or damaged \(place 30\)\.", told)
    assert "The log has 63 entries, and 64 were signed" in told


def test_it_tells_ten_differences_and_how_many_there_are(signed, superuser):
    superuser.execute(
        "UPDATE requests_app_ledgerentry e SET leaf = sha256(leaf) || sha256(leaf)"
        " FROM requests_app_ledgerposition p WHERE p.entry_id = e.id AND index % 2 = 0"
    )

    told = signed.refuse()
    assert told.count("is not what was signed") == 10
    assert "32 of 64 places differ in all." in told


def test_it_does_not_sign_a_leaf_that_is_none(signed, superuser, dispatcher):
    put_walls_back(superuser)
    entry = LedgerEntry.objects.filter(case=factories.make_request(dispatcher)).latest("id").pk
    superuser.execute("ALTER TABLE requests_app_ledgerentry DISABLE TRIGGER wall_append_only")
    superuser.execute("UPDATE requests_app_ledgerentry SET leaf = 'short' WHERE id = %s", [entry])

    assert signed.refuse() == f"Refused. Entry {entry} is gone or damaged.\n"


@pytest.fixture
def backup(signed, committed_db, cluster_urls):
    """The database as it was after 64 entries were signed, under another name, on the same server."""
    name = f"{committed_db}_backup"
    connections["default"].close()
    with psycopg.connect(cluster_urls["postgres"], autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name} TEMPLATE {committed_db}")
        close_database(postgres, name, roles=cluster.ROLES.values())
    yield name
    cluster.drop(cluster_urls["postgres"], name)


def test_it_refuses_a_backup_from_before_the_last_checkpoint(signed, backup, committed_db):
    signed.sign()
    signed.database_url = signed.database_url.replace(committed_db, backup)

    assert (
        "The log has 64 entries, and 128 were signed: it was set back to an earlier state" in signed.refuse()
    )


def test_it_refuses_a_backup_that_was_worked_with(signed, backup, committed_db):
    """Until the log is longer again than what was signed."""
    signed.sign()
    signed.database_url = signed.database_url.replace(committed_db, backup)
    with psycopg.connect(signed.database_url, autocommit=True) as connection:
        for size in (64, 128):
            connection.execute("SELECT register_pad_ledger(%s)", [size])

    told = signed.refuse()
    assert "From place 64 on everything differs: was the log set back" in told
    assert "64 of 128 places differ in all." in told


def test_it_adds_nothing_to_a_log_that_it_refuses(signed, superuser):
    superuser.execute("UPDATE requests_app_ledgerentry SET leaf = sha256(leaf) || sha256(leaf)")

    signed.refuse()

    assert LedgerPosition.objects.count() == SIGNED


# --- its own state -----------------------------------------------------------------------------


def test_a_tail_that_was_never_signed_is_cut_off(signed):
    with (signed.state / "leaves").open("ab") as file:
        file.write(b"torn" * 9)

    assert signed.sign().size == 128
    assert (signed.state / "leaves").stat().st_size == 128 * 32
    assert signed.verify().startswith("YES")


def test_leaves_that_are_too_few_are_refused(signed):
    os.truncate(signed.state / "leaves", 63 * 32)

    assert "holds 63 leaves, and 64 were signed" in signed.refuse()


def test_leaves_that_were_changed_are_refused(signed):
    path = signed.state / "leaves"
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])

    assert "does not lead to the root of the checkpoint beside it" in signed.refuse()


@pytest.mark.parametrize("place", [0, 40, 70, 120])
def test_a_checkpoint_that_was_changed_is_refused(signed, place):
    path = signed.state / "checkpoint"
    content = path.read_bytes()
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])

    assert "The checkpoint in" in signed.refuse()


def test_a_state_that_was_lost_is_not_begun_anew(signed):
    """The key is there again, from its sealed copy; what was signed with it is not."""
    for name in ("checkpoint", "leaves"):
        (signed.state / name).unlink()

    assert "64 entries were published with this key, and the state here knows of 0" in signed.refuse()


def test_a_state_that_was_set_back_is_refused(signed):
    signed.back_up("before")
    signed.sign()
    signed.restore("before")

    told = signed.refuse()
    assert "128 entries were published with this key, and the state here knows of 64" in told
    assert "`adopt` takes over what was published" in told


@pytest.mark.parametrize("left", [(), ("checkpoint", "leaves")])
def test_what_was_published_can_be_taken_over(signed, left):
    signed.back_up("before")
    for _ in range(5):
        signed.sign()
    signed.restore("before")
    for name in {"checkpoint", "leaves"} - set(left):
        (signed.state / name).unlink()

    assert signed.run("adopt").stdout == f"Taken over: 384 entries of {ORIGIN}.\n"
    assert signed.sign().size == 448
    assert signed.verify().startswith("YES")


def test_tiles_that_were_changed_are_not_taken_over(signed):
    (signed.state / "checkpoint").unlink()
    tile = signed.public / "tile/0/000.p/64"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])

    assert "do not lead to the root" in signed.refuse("adopt")


def test_another_history_under_the_same_key_is_not_taken_over(signed, twin):
    twin.sign()
    shutil.rmtree(signed.public)
    shutil.copytree(twin.public, signed.public)

    assert "contradicts what was signed here" in signed.refuse("adopt")


def test_a_folder_of_another_log_is_left_alone(signed, tmp_path):
    other = SignerProcess(tmp_path / "other", signed.database_url)
    other.folder.mkdir()
    other.run("new-key")
    other.write_policy()
    shutil.copytree(signed.public, other.public)

    assert "which is not the one that is kept here" in other.refuse()


def test_a_published_checkpoint_of_the_same_key_that_contradicts_is_evidence(signed, twin):
    shutil.rmtree(signed.public)
    shutil.copytree(twin.public, signed.public)

    assert "Somebody signed two histories with one key" in signed.refuse()


# --- killed ------------------------------------------------------------------------------------


def test_it_may_be_killed_at_any_step_and_never_signs_two_logs(signed, make_witness):
    witness = make_witness("w1")
    signed.write_policy([witness], "w1")
    killed = 0
    while signed.run_until(killed, "sign").returncode == -signal.SIGKILL:
        killed += 1
        signed.sign()
        assert signed.verify().startswith("YES")

    by_size = {}
    for text in signed.seen:
        by_size.setdefault(Checkpoint.parse(text).size, set()).add(text)
    assert killed > 10
    assert max(map(len, by_size.values())) == 1
    assert list(witness.state.glob("split-view-*")) == []


def test_killed_in_its_first_signing_it_begins_anew(signer, case):
    killed = 0
    while signer.run_until(killed, "sign").returncode == -signal.SIGKILL:
        killed += 1
        if (signer.state / "checkpoint").exists():
            break
    assert signer.sign().size <= 128
    assert signer.verify().startswith("YES")


def test_what_was_signed_and_not_published_is_published_by_cosign(signed):
    steps = 0
    while signed.run_until(steps, "sign").returncode and signed.signed() == signed.checkpoint():
        steps += 1
    assert (signed.signed().size, signed.checkpoint().size) == (128, 64)

    assert signed.run("cosign").returncode == 0
    assert signed.checkpoint() == signed.signed()
    assert signed.verify().startswith("YES")


# --- witnesses ---------------------------------------------------------------------------------


def test_two_of_three_witnesses_are_enough(signer, case, make_witness):
    witnesses = [make_witness("w1"), make_witness("w2"), make_witness("w3", serving=False)]
    signer.write_policy(witnesses, "2")

    done = signer.run("sign")

    assert done.returncode == 0
    assert done.stdout == "64 entries are signed and published, witnessed by w1, w2.\n"
    assert "The witness w3 did not sign: it cannot be reached" in done.stderr
    assert signer.verify().startswith("YES")


def test_without_witnesses_it_is_published_and_said_to_be_too_little(signer, case, make_witness):
    witnesses = [make_witness(name, serving=False) for name in ("w1", "w2", "w3")]
    signer.write_policy(witnesses, "2")

    done = signer.run("sign")

    assert done.returncode == 3
    assert "witnessed by nobody. Not enough: 2 of 3 must sign." in done.stdout
    assert signer.checkpoint().size == 64
    assert len(signer.note().signatures) == 1


def test_a_witness_that_was_away_is_asked_again(signed, make_witness):
    first, second = make_witness("w1"), make_witness("w2", serving=False)
    signed.write_policy([first, second], "2")
    signed.sign()
    before = {signature.name: signature for signature in signed.note().signatures}
    second.serve(signed.vkey)

    done = signed.run("cosign")

    assert done.stdout == "128 entries are signed and published, witnessed by w1, w2.\n"
    after = {signature.name: signature for signature in signed.note().signatures}
    assert after["w1"] == before["w1"]
    assert after.keys() == {ORIGIN, "w1", "w2"}


def test_a_witness_that_missed_several_checkpoints_gets_the_proof_that_it_needs(signed, make_witness):
    witness = make_witness("w1")
    signed.write_policy([witness], "w1")
    signed.sign()
    witness.stop()
    for _ in range(3):
        signed.sign()
    witness.serve(signed.vkey)

    signed.sign()

    assert [signature.name for signature in signed.note().signatures] == [ORIGIN, "w1"]
    assert Checkpoint.parse(Note.parse(kept_by(witness)).text) == signed.checkpoint()


def kept_by(witness):
    (path,) = witness.state.glob("*.checkpoint")
    return path.read_bytes()


def test_cosignatures_of_an_earlier_checkpoint_are_not_taken_along(signed, make_witness):
    witness = make_witness("w1")
    signed.write_policy([witness], "w1")
    signed.sign()
    witness.stop()

    signed.sign()

    assert [signature.name for signature in signed.note().signatures] == [ORIGIN]


def test_a_witness_with_another_key_than_the_policy_says_does_not_count(signed, make_witness, tmp_path):
    witness, other = make_witness("w1"), make_witness("w2", serving=False)
    signed.write_policy([witness], "w1")
    signed.policy.write_text(signed.policy.read_text().replace(witness.vkey, other.vkey))

    done = signed.run("sign")

    assert done.returncode == 3
    assert "none of its signatures was made with its key in the policy" in done.stderr


def test_a_witness_that_does_not_watch_the_log_says_so(signed, make_witness):
    witness = make_witness("w1", serving=False)
    witness.serve(VerifierKey("other.example", 1, bytes(range(32))))
    signed.write_policy([witness], "w1")

    done = signed.run("sign")

    assert done.returncode == 3
    assert "it answered 404. This witness does not watch such a log." in done.stderr


def test_where_all_but_a_witness_was_set_back_it_refuses(signed, backup, committed_db, make_witness):
    """State, public folder and database: the whole machine restored. Only the witness still knows."""
    witness = make_witness("w1")
    signed.write_policy([witness], "w1")
    signed.back_up("before")
    for _ in range(3):
        signed.sign()
    signed.restore("before")
    shutil.rmtree(signed.public)
    signed.database_url = signed.database_url.replace(committed_db, backup)

    told = signed.refuse()
    assert "The witness w1 holds 256 entries that were signed with this key" in told
    assert "the log of 128 that would be signed now has not grown out of them" in told


def test_where_the_database_still_has_all_that_a_witness_saw_it_goes_on(signed, make_witness):
    witness = make_witness("w1")
    signed.write_policy([witness], "w1")
    signed.back_up("before")
    for _ in range(3):
        signed.sign()
    signed.restore("before")
    shutil.rmtree(signed.public)

    assert signed.run("sign").returncode == 0
    assert signed.checkpoint().size == 256
    assert Checkpoint.parse(Note.parse(kept_by(witness)).text) == signed.checkpoint()


def test_a_witness_that_has_seen_more_is_heard(signed, make_witness):
    witness = make_witness("w1")
    signed.write_policy([witness], "w1")
    signed.back_up("before")
    signed.sign()
    signed.restore("before")
    shutil.rmtree(signed.public)

    done = signed.run("cosign")

    assert done.returncode == 3
    assert "it has already signed 128 entries of this log, and here are 64" in done.stderr


@pytest.fixture
def twin(signed, backup, committed_db, tmp_path):
    """The signer's whole machine was copied, and the copy signs another history for other eyes."""
    one = SignerProcess(tmp_path / "twin", signed.database_url.replace(committed_db, backup))
    shutil.copytree(signed.state, one.state)
    shutil.copytree(signed.public, one.public)
    one.write_policy()
    signed.sign()
    one.sign()
    assert signed.checkpoint().size == one.checkpoint().size == 128
    assert signed.checkpoint().root != one.checkpoint().root
    return one


def test_of_a_split_view_a_witness_signs_one_side_and_keeps_both(signed, twin, make_witness):
    witness = make_witness("w1")
    for one in (signed, twin):
        one.write_policy([witness], "w1")

    assert signed.run("cosign").returncode == 0
    second = twin.run("cosign")

    assert second.returncode == 3
    assert "The witness w1 did not sign: it answered 422" in second.stderr
    assert [each.name for each in twin.note().signatures] == [ORIGIN]
    (submitted,) = witness.state.glob("split-view-128-*.submitted")
    assert twin.note().text in submitted.read_text()
    assert signed.note().text in submitted.with_suffix(".cosigned").read_text()
    assert "two different logs of 128 entries are signed" in witness.printed


def test_a_signer_whose_key_another_history_was_signed_with_refuses(signed, twin, make_witness):
    witness = make_witness("w1")
    for one in (signed, twin):
        one.write_policy([witness], "w1")
    twin.run("cosign")

    assert "The witness w1 holds 128 entries that were signed with this key" in signed.refuse()


# --- keys, policy, words -----------------------------------------------------------------------


def test_a_key_is_made_once(signer):
    vkey = signer.vkey

    assert "has a key already" in signer.refuse("new-key")
    assert signer.vkey == vkey
    assert VerifierKey.parse(vkey).name == ORIGIN


@pytest.mark.parametrize(("name", "mode"), [("key", 0o640), ("key", 0o604), ("", 0o750), ("", 0o701)])
def test_a_key_that_others_can_reach_is_not_used(signer, case, name, mode):
    (signer.state / name).chmod(mode)

    assert "is open to others" in signer.refuse()


def test_a_key_of_another_user_is_not_used(signer, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 12345)

    with pytest.raises(Unusable, match=r"belongs to another user \(number \d+\)"):
        signer_module.sign(signer.places)


def test_a_key_behind_a_link_is_not_used(signer, case, tmp_path):
    (signer.state / "key").rename(tmp_path / "key")
    (signer.state / "key").symlink_to(tmp_path / "key")

    assert "key cannot be read" in signer.refuse()


def test_a_damaged_key_is_said_to_be_so_and_not_shown(signer, case):
    path = signer.state / "key"
    secret = path.read_text()
    path.write_text(secret[:-12] + "\n")

    told = signer.refuse()
    assert "The key is damaged" in told
    assert secret.split("+")[-1][:20] not in told


def test_it_does_not_sign_under_a_policy_that_does_not_name_it(signer, case):
    vkey = signer.vkey
    signer.policy.write_text(signer.policy.read_text().replace("log ", "# log "))

    assert f"It needs the line: log {vkey}" in signer.refuse()


def test_it_does_not_sign_under_a_policy_that_nobody_can_read(signer, case):
    signer.policy.write_text(signer.policy.read_text() + "quorum none\n")

    assert "This is a second quorum" in signer.refuse()


def test_the_key_can_be_changed_and_the_log_goes_on(signed, make_witness):
    old = signed.vkey
    witness = make_witness("w1")
    signed.write_policy([witness], "w1")
    signed.sign()

    new = signed.run("rotate-key").stdout.strip()

    assert (signed.vkey, new != old) == (new, True)
    assert f"It needs the line: log {new}" in signed.refuse()
    signed.write_policy([witness], "w1")
    signed.policy.write_text(f"log {old}\n" + signed.policy.read_text())
    witness.stop()
    witness.serve(old, new)
    assert signed.run("sign").returncode == 0
    assert signed.checkpoint().size == 192
    assert signed.verify().startswith("YES")
    assert Path(signed.state / "key").read_text().count(old.split("+")[1]) == 0


def test_a_log_whose_key_was_lost_goes_on_under_a_new_one(signed):
    old = signed.vkey
    shutil.rmtree(signed.state)
    signed.run("new-key")
    signed.write_policy()

    assert "--signed-with VKEY" in signed.refuse("adopt")
    assert signed.run("adopt", "--signed-with", old).returncode == 0
    assert signed.sign().size == 128
    assert signed.verify().startswith("YES")


def test_it_says_so_when_the_database_does_not_answer(signed):
    url, signed.database_url = signed.database_url, "postgresql://register_signer:word@127.0.0.1:1/register"

    told = signed.refuse()
    assert "onnection" in told
    assert "word" not in told
    signed.database_url = ""
    assert "DATABASE_SIGNER_URL is not set" in signed.refuse()
    signed.database_url = url
    signed.sign()


def test_it_needs_no_django():
    words = "import json, sys, requests_app.signer.__main__; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=ROOT, env=environment(), capture_output=True, check=True
    )

    assert "django" not in json.loads(done.stdout)


# --- every day ---------------------------------------------------------------------------------

TWO = time(2)
LOUISVILLE = ZoneInfo("America/Kentucky/Louisville")


@pytest.mark.parametrize("at", [time(0), time(1, 30), time(2), time(2, 30), time(23, 59)])
@pytest.mark.parametrize("change", [datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)])
def test_it_signs_once_a_day_across_the_clock_change(at, change):
    moment, found = change - timedelta(days=2), []
    while moment < change + timedelta(days=3):
        moment = signer_module.next_time(at, moment)
        found.append(moment)

    hours = [(later - earlier).total_seconds() / 3600 for earlier, later in pairwise(found)]
    assert set(hours) <= {23, 23.5, 24, 24.5, 25}
    days = [each.astimezone(LOUISVILLE).date() for each in found]
    assert [later - earlier for earlier, later in pairwise(days)] == [timedelta(days=1)] * (len(days) - 1)


def test_the_time_is_that_of_louisville():
    found = signer_module.next_time(TWO, datetime(2026, 7, 1, 12, tzinfo=UTC))

    assert found == datetime(2026, 7, 2, 6, tzinfo=UTC)


@pytest.fixture
def hour():
    """The time of day at which `serve` signs, far from the one at which this test runs."""
    return (datetime.now(LOUISVILLE) + timedelta(hours=10)).time()


@pytest.fixture
def serving(signer, case, hour):
    """Makes what `serve` runs, at a moment of the test's choice."""
    places = signer_module.Places(signer.state, signer.public, signer.policy, signer.database_url)
    complaints = []

    def make(now):
        one = signer_module.Serving(places, hour, now, complain=complaints.append)
        one.complaints = complaints
        return one

    return make


def test_it_signs_at_once_when_nothing_was_signed_yet_and_then_at_its_hour(serving, signer, hour):
    now = datetime.now(UTC)
    one = serving(now)

    one.look(now)
    assert signer.checkpoint().size == 64
    one.look(now + timedelta(seconds=30))
    assert signer.checkpoint().size == 64
    one.look(signer_module.next_time(hour, now))
    assert signer.checkpoint().size == 128


def test_after_a_start_it_waits_for_its_hour_where_a_day_has_not_passed(serving, signed):
    now = datetime.now(UTC)
    one = serving(now)

    one.look(now)
    assert signed.checkpoint().size == 64
    one = serving(now + timedelta(hours=25))
    one.look(now + timedelta(hours=25))
    assert signed.checkpoint().size == 128


def test_after_a_refusal_it_tries_again_in_an_hour_and_says_so_again(serving, signed, superuser):
    superuser.execute("UPDATE requests_app_ledgerentry SET leaf = sha256(leaf) || sha256(leaf)")
    now = datetime.now(UTC) + timedelta(hours=25)
    one = serving(now)

    for minutes in (0, 1, 59, 60):
        one.look(now + timedelta(minutes=minutes))

    assert len(one.complaints) == 2
    assert "is not what was signed" in one.complaints[0]


def test_it_asks_missing_witnesses_each_hour_until_there_are_enough(serving, signer, make_witness):
    witness = make_witness("w1", serving=False)
    signer.write_policy([witness], "w1")
    now = datetime.now(UTC)
    one = serving(now)
    one.look(now)
    one.look(now + timedelta(minutes=59))
    assert len(one.complaints) == 1

    witness.serve(signer.vkey)
    one.look(now + timedelta(minutes=60))

    assert [signature.name for signature in signer.note().signatures] == [ORIGIN, "w1"]
    assert signer.checkpoint().size == 64
    one.look(now + timedelta(minutes=120))
    assert len(one.complaints) == 1


def test_a_clock_that_was_far_ahead_does_not_stop_it(serving, signed, hour):
    now = datetime.now(UTC)
    ahead = serving(now + timedelta(days=400))
    ahead.look(now + timedelta(days=400))
    size = signed.checkpoint().size

    ahead.look(now)
    ahead.look(signer_module.next_time(hour, now))

    assert signed.checkpoint().size == size + 64


def test_it_ends_at_once_when_it_is_told_to(signer, case):
    process = signer.start("serve")
    try:
        assert process.stdout.readline() == "64 entries are signed and published, witnessed by nobody.\n"
    finally:
        process.terminate()
    process.communicate(timeout=2)
    assert process.returncode == -signal.SIGTERM


def test_it_does_not_begin_to_serve_without_a_key(signer):
    (signer.state / "key").unlink()

    assert "cannot be read" in signer.refuse("serve")
