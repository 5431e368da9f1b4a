"""A bundle is as of the last checkpoint; and whoever takes one out stands in the ledger."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from requests_app import bundles, workflow
from requests_app.demonstration import clock
from requests_app.models import LedgerEntry
from requests_app.statistics import Quarter
from requests_app.vocabulary import Action, ReviewFinding
from tests import factories
from tests.signed_log import ORIGIN, SignedLog

FEBRUARY = datetime(2026, 2, 10, 15, tzinfo=UTC)


@pytest.fixture
def log(committed_db, tmp_path, settings):
    settings.TLOG_DIR = tmp_path / "log"
    settings.TLOG_DIR.mkdir()
    return SignedLog(settings.TLOG_DIR)


def read(bundle, name):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return json.loads(archive.read(name))


# --- as of the checkpoint ---------------------------------------------------------------------


@pytest.fixture
def case(log, dispatcher, commander):
    return factories.make_closed(dispatcher, commander)


def test_there_is_no_bundle_before_the_first_checkpoint(case):
    with pytest.raises(bundles.NotYet, match="has not been signed yet"):
        bundles.case_bundle(case, opened="all")


def test_there_is_no_bundle_while_an_act_waits_for_its_checkpoint(case, log, oversight):
    log.publish()
    bundles.case_bundle(case, opened="all")
    workflow.review(case.pk, actor=oversight, finding=ReviewFinding.IN_POLICY, note="Fine.")
    with pytest.raises(bundles.NotYet, match="1 act that no checkpoint covers yet"):
        bundles.case_bundle(case, opened="all")
    with pytest.raises(bundles.NotYet, match="next checkpoint"):
        bundles.quarter_bundle(Quarter.containing(case.received_at), opened="public")

    log.publish()
    rows = read(bundles.case_bundle(case, opened="all"), "rows.json")
    assert [review["finding"] for review in rows["cases"][0]["reviews"]] == ["in_policy"]


def test_looking_at_a_request_makes_no_bundle_wait_and_changes_no_byte(case, log, oversight):
    log.publish()
    before = bundles.case_bundle(case, opened="all")
    workflow.reveal(case.pk, actor=oversight, reason="To read it.")
    assert bundles.export(case, opened="all", actor=oversight) == before
    assert bundles.case_bundle(case, opened="all") == before


def test_acts_on_other_requests_make_no_bundle_wait_and_change_no_byte(case, log, dispatcher, commander):
    log.publish()
    before = bundles.case_bundle(case, opened="all")
    factories.make_decided(dispatcher, commander)
    assert bundles.case_bundle(case, opened="all") == before


@pytest.fixture
def of_february(log, dispatcher):
    factories.make_demonstration()
    with clock(FEBRUARY):
        case = factories.make_request(dispatcher, received_at=FEBRUARY - timedelta(minutes=1))
        case = workflow.log(case.pk, actor=dispatcher)
    log.publish()
    return case


def test_a_request_that_moved_to_another_quarter_makes_the_bundle_of_the_first_wait(of_february, dispatcher):
    first = Quarter(2026, 1)
    bundles.quarter_bundle(first, opened="all")
    with clock(FEBRUARY + timedelta(days=1)):
        workflow.correct(
            of_february.pk,
            actor=dispatcher,
            changes={"received_at": datetime(2025, 12, 1, 15, tzinfo=UTC)},
            reason="It was in December.",
        )
    with pytest.raises(bundles.NotYet):
        bundles.quarter_bundle(first, opened="all")


def test_a_release_after_the_checkpoint_makes_the_bundle_of_its_quarter_wait(of_february, log, oversight):
    first = Quarter(2026, 1)
    bundles.quarter_bundle(first, opened="all")
    with clock(datetime(2026, 6, 10, 15, tzinfo=UTC)):
        factories.make_release(str(first), oversight)
    with pytest.raises(bundles.NotYet, match=str(first)):
        bundles.quarter_bundle(first, opened="all")

    log.publish()
    assert read(bundles.quarter_bundle(first, opened="all"), "figures.json")["releases"] == 1


def test_a_log_that_lacks_a_tile_gives_no_bundle(case, log):
    log.publish()
    for tile in (log.folder / "tile" / "0").rglob("*"):
        if tile.is_file():
            tile.unlink()
    with pytest.raises(bundles.NotYet, match="tile/0"):
        bundles.case_bundle(case, opened="all")


def test_a_checkpoint_that_the_log_did_not_sign_gives_no_bundle(case, log):
    log.publish()
    checkpoint = log.folder / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace(ORIGIN, "other.example/log", 1))
    with pytest.raises(bundles.NotYet, match="is not in order"):
        bundles.case_bundle(case, opened="all")


# --- the act ----------------------------------------------------------------------------------


def test_who_took_a_bundle_stands_in_the_ledger_with_the_digest_of_its_bytes(case, log, oversight):
    log.publish()
    bundle = bundles.export(case, opened="all", actor=oversight)

    entry = LedgerEntry.objects.get(action=Action.EXPORT_BUNDLE)
    assert (entry.actor, entry.case, entry.refusal) == (oversight, case, "")
    assert entry.details["bundle_sha256"] == hashlib.sha256(bundle).hexdigest()
    assert entry.details["opened"] == "all"
    assert case.number not in json.dumps(entry.public)


def test_who_took_a_bundle_of_a_quarter_stands_in_the_ledger(case, log, oversight):
    log.publish()
    quarter = Quarter.containing(case.received_at)
    bundles.export(quarter, opened="public", actor=oversight)

    entry = LedgerEntry.objects.get(action=Action.EXPORT_BUNDLE)
    assert (entry.case, entry.public["period"], entry.public["opened"]) == (None, str(quarter), "public")


def test_the_export_itself_is_in_the_bundle_of_the_next_checkpoint(case, log, oversight):
    log.publish()
    bundles.export(case, opened="all", actor=oversight)
    log.publish()
    acts = [
        json.loads(entry["public"]) for entry in read(bundles.case_bundle(case, opened="all"), "entries.json")
    ]
    assert acts[-1]["action"] == Action.EXPORT_BUNDLE


def test_nobody_else_takes_a_bundle_and_the_attempt_is_recorded(case, log, commander):
    log.publish()
    with pytest.raises(workflow.Refused):
        bundles.export(case, opened="public", actor=commander)

    entry = LedgerEntry.objects.get(action=Action.EXPORT_BUNDLE)
    assert (entry.actor, entry.refusal) == (commander, "forbidden")


def test_no_entry_is_written_for_a_bundle_that_is_not_made(case, oversight):
    with pytest.raises(bundles.NotYet):
        bundles.export(case, opened="all", actor=oversight)
    assert not LedgerEntry.objects.filter(action=Action.EXPORT_BUNDLE).exists()


@pytest.mark.parametrize(
    ("opened", "expected"), [("all", "evidence-{number}-all.zip"), ("public", "evidence-request-public.zip")]
)
def test_the_name_of_a_public_bundle_holds_no_number(case, opened, expected):
    assert bundles.file_name(case, opened=opened) == expected.format(number=case.number)
