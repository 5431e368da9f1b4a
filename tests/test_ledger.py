"""What the ledger writes: bytes, commitments, rows; the filling entries; and the erasure by two people."""

import hashlib
import json
from datetime import date, timedelta

import psycopg
import pytest
import rfc8785
from django.apps import apps
from django.db import connection, connections
from django.utils import timezone

from requests_app import ledger, workflow
from requests_app.models import (
    TRACKED_MODELS,
    AssistanceRequest,
    LedgerEntry,
    LedgerErasure,
    LedgerErasureProposal,
    LedgerPosition,
    LedgerPrivate,
    User,
)
from requests_app.vocabulary import Action, Component, RetentionClass
from tests import factories


@pytest.fixture
def decided(committed_db, dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander)
    workflow.decide(case.pk, actor=commander, choice=factories.ASSIST)
    workflow.correct(case.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard.")
    return case


# --- rows --------------------------------------------------------------------------------------


def row_of(noted):
    model = apps.get_model("requests_app", noted["table"])
    if model in TRACKED_MODELS:
        return model.history.get(id=noted["id"], revision=noted["revision"])
    return model.objects.get(pk=noted["id"])


def test_an_entry_commits_to_every_row_that_its_act_saved(decided):
    entries = list(LedgerEntry.objects.filter(case=decided))
    noted = [(entry, one) for entry in entries for one in entry.details["rows"]]

    tables = {one["table"] for _, one in noted}
    assert {"assistancerequest", "restricteddetails", "evidence", "page", "decision", "correction"} <= tables
    for entry, one in noted:
        assert ledger.row_digest(row_of(one), bytes(entry.private.row_salt)) == one["sha256"]


def test_no_two_entries_hide_their_rows_with_one_salt(decided):
    salts = [bytes(salt) for salt in LedgerPrivate.objects.values_list("row_salt", flat=True)]

    assert len(set(salts)) == len(salts)
    assert {len(salt) for salt in salts} == {32}


@pytest.mark.parametrize("zone", ["UTC", "America/Kentucky/Louisville", "Asia/Kathmandu"])
def test_the_digest_of_a_row_does_not_depend_on_the_time_zone_of_the_session(decided, zone):
    before = ledger.row_content(AssistanceRequest.objects.get(pk=decided.pk))
    other = connection.copy(alias="elsewhere")
    other.settings_dict["TIME_ZONE"] = zone
    connections["elsewhere"] = other
    try:
        assert ledger.row_content(AssistanceRequest.objects.using("elsewhere").get(pk=decided.pk)) == before
    finally:
        other.close()
        del connections["elsewhere"]


def test_an_act_does_not_name_the_rows_of_the_act_before(decided, oversight):
    workflow.reveal(decided.pk, actor=oversight, reason="Looked at for the review.")

    entry = LedgerEntry.objects.filter(case=decided).latest("id")
    assert [one["table"] for one in entry.details["rows"]] == ["reveal"]


# --- filling entries ---------------------------------------------------------------------------


@pytest.fixture
def signer_connection(committed_db, cluster_urls):
    from_template = cluster_urls["signer"]
    url = from_template.replace("@/register_template?", f"@/{committed_db}?")
    with psycopg.connect(url, autocommit=True) as one:
        yield one


def pad(signer_connection, signed=0):
    return signer_connection.execute("SELECT register_pad_ledger(%s)", [signed]).fetchone()[0]


def test_the_log_is_filled_up_to_a_multiple_of_64(decided, signer_connection):
    before = LedgerPosition.objects.count()

    size = pad(signer_connection)

    assert size % 64 == 0
    assert size - before < 64
    assert LedgerPosition.objects.count() == size
    assert [one.index for one in LedgerPosition.objects.all()] == list(range(size))


def test_a_full_log_stays_as_it_is_until_it_was_signed(decided, signer_connection):
    size = pad(signer_connection)

    assert pad(signer_connection) == size
    assert pad(signer_connection, signed=size) == size + 64


def test_a_filling_entry_is_an_entry_like_any_other(decided, signer_connection):
    pad(signer_connection)

    entry = LedgerEntry.objects.filter(action=Action.PAD).first()
    private = LedgerPrivate.objects.get(entry=entry)
    assert bytes(entry.public_bytes) == rfc8785.dumps(entry.public)
    assert bytes(private.private_bytes) == rfc8785.dumps(json.loads(bytes(private.private_bytes)))
    assert entry.public == {
        "v": ledger.FORMAT,
        "action": "ledger:pad",
        "refusal": "",
        "quarter": ledger.quarter_of(entry.entered_at),
    }
    assert entry.details["actor"] == User.objects.system().badge_number
    parts = (
        (bytes(private.public_salt), bytes(entry.public_bytes)),
        (
            bytes(private.private_salt),
            bytes(private.private_bytes),
        ),
    )
    assert bytes(entry.leaf) == b"".join(hashlib.sha256(salt + told).digest() for salt, told in parts)
    # The same keys as an entry that the application writes.
    other = LedgerEntry.objects.exclude(action=Action.PAD).filter(case=None).first()
    assert other is None or entry.details.keys() <= other.details.keys()


def test_only_the_signer_fills_up(decided, application_connection, owner_connection, auditor_connection):
    for one in (application_connection, owner_connection, auditor_connection):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            pad(one)


def test_the_signer_sees_leaves_and_no_content(decided, signer_connection):
    leaves = signer_connection.execute("SELECT leaf FROM requests_app_ledgerentry").fetchall()
    assert len(leaves) == LedgerEntry.objects.count()
    for words in ("public_bytes FROM requests_app_ledgerentry", "* FROM requests_app_ledgerprivate"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            signer_connection.execute(f"SELECT {words}")


# --- erasure -----------------------------------------------------------------------------------


@pytest.fixture
def second_oversight(committed_db):
    return factories.make_user("O-302", factories.Role.OVERSIGHT, display_name="Oversight Two")


@pytest.fixture
def ended(committed_db, dispatcher, oversight):
    """An abandoned request whose day has passed."""
    case = factories.make_old(dispatcher)
    set_retention(case, oversight, date(2020, 1, 1))
    return case


def set_retention(case, oversight, until, *, hold=False):
    workflow.hold(
        case.pk,
        actor=oversight,
        legal_hold=hold,
        retention_class=RetentionClass.STANDARD,
        retain_until=until,
        reason="The schedule.",
    )


def test_two_people_erase_the_private_parts_and_the_log_stays_whole(ended, oversight, second_oversight):
    leaves = dict(LedgerEntry.objects.values_list("pk", "leaf"))
    a_year_ago = timezone.now() - timedelta(days=366)
    old = LedgerEntry.objects.filter(case=ended, entered_at__lt=a_year_ago)
    earlier = list(old.values_list("pk", flat=True))

    workflow.propose_erasure(ended.pk, actor=oversight, reason="The schedule says so.")
    workflow.erase(ended.pk, actor=second_oversight, reason="Looked at, and agreed.")

    assert not LedgerPrivate.objects.filter(entry__in=earlier).exists()
    young = LedgerEntry.objects.filter(case=ended).exclude(pk__in=earlier)
    assert LedgerPrivate.objects.filter(entry__in=young).count() == young.count() == 3
    assert {pk: bytes(leaf) for pk, leaf in leaves.items()} == {
        entry.pk: bytes(entry.leaf) for entry in LedgerEntry.objects.filter(pk__in=leaves)
    }
    erased = LedgerEntry.objects.get(action=Action.ERASE)
    assert erased.details["entries"] == len(earlier) == 2
    assert LedgerPrivate.objects.filter(entry=erased).exists()


@pytest.mark.parametrize(
    ("until", "hold"), [(None, False), (date(2999, 1, 1), False), (date(2020, 1, 1), True)]
)
def test_nothing_is_erased_before_its_day_or_under_a_hold(ended, oversight, until, hold):
    set_retention(ended, oversight, until, hold=hold)

    with pytest.raises(workflow.Refused):
        workflow.propose_erasure(ended.pk, actor=oversight, reason="The schedule says so.")


def test_nothing_is_erased_within_a_year_of_its_entry(
    committed_db, dispatcher, oversight, second_oversight, application_connection
):
    case = factories.make_request(dispatcher)
    workflow.abandon(case.pk, actor=dispatcher, reason="A wrong number.")
    set_retention(case, oversight, date(2020, 1, 1))

    with pytest.raises(workflow.Refused, match="for a year at least"):
        workflow.propose_erasure(case.pk, actor=oversight, reason="At once, please.")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="within a year"):
        attempt_erasure(application_connection, case, oversight, second_oversight)


def test_one_person_alone_erases_nothing(ended, oversight):
    workflow.propose_erasure(ended.pk, actor=oversight, reason="The schedule says so.")

    with pytest.raises(workflow.Refused, match="Another person"):
        workflow.erase(ended.pk, actor=oversight, reason="I agree with myself.")


def attempt_erasure(one, case, proposer, confirmer):
    """The application's role, past every check of Python."""
    with one.transaction():
        one.execute("SELECT set_config('app.actor', %s, true)", [str(confirmer.pk)])
        row = one.execute(
            "INSERT INTO requests_app_ledgererasureproposal (case_id, proposed_by_id, reason)"
            " VALUES (%s, %s, 'x') RETURNING id",
            [case.pk, proposer.pk],
        ).fetchone()
        one.execute(
            "INSERT INTO requests_app_ledgererasure (proposal_id, case_id, confirmed_by_id, last_entry)"
            " VALUES (%s, %s, %s, 0)",
            [row[0], case.pk, confirmer.pk],
        )


def test_the_database_refuses_an_erasure_by_one_person(ended, oversight, application_connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="Two people"):
        attempt_erasure(application_connection, ended, oversight, oversight)


def test_the_database_refuses_an_erasure_under_a_hold(
    ended, oversight, second_oversight, application_connection
):
    set_retention(ended, oversight, date(2020, 1, 1), hold=True)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="under a hold"):
        attempt_erasure(application_connection, ended, oversight, second_oversight)


def test_the_database_refuses_an_erasure_of_an_open_request(
    decided, oversight, second_oversight, application_connection
):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="open"):
        attempt_erasure(application_connection, decided, oversight, second_oversight)


def test_even_the_ledgers_owner_deletes_no_private_part(decided, ledger_owner_connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="what was recorded stays"):
        ledger_owner_connection.execute("DELETE FROM requests_app_ledgerprivate")


def test_what_came_after_an_erasure_is_not_erased_by_it(
    ended, oversight, second_oversight, ledger_owner_connection
):
    workflow.propose_erasure(ended.pk, actor=oversight, reason="The schedule says so.")
    workflow.erase(ended.pk, actor=second_oversight, reason="Looked at, and agreed.")

    last = LedgerEntry.objects.get(action=Action.ERASE).pk
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="what was recorded stays"):
        ledger_owner_connection.execute("DELETE FROM requests_app_ledgerprivate WHERE entry_id = %s", [last])
    assert LedgerErasure.objects.get().last_entry < last
    assert LedgerErasureProposal.objects.get().case_id == ended.pk
