"""Evidence bundles: what lies in one, what never does, and that anyone can check it on an empty machine."""

import base64
import csv
import hashlib
import io
import json
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.conf import settings

from requests_app import bundles, figures, merkle, published_log
from requests_app.bundles._words import cell
from requests_app.models import AssistanceRequest, LedgerEntry, RestrictedDetails, User
from requests_app.policy import load_version
from requests_app.statistics import Quarter
from requests_app.vocabulary import Action, Direction
from tests.signed_log import SignedLog

# Making the demonstration takes some twenty seconds of an idle machine, and every test waits for that.
pytestmark = pytest.mark.timeout(300)

OPENED = ["public", "all"]
FEBRUARY = datetime(2026, 2, 10, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(demonstration_db, tmp_path_factory):
    """A whole demonstration and its published log, with the bundles of one quarter and of one request."""
    before = settings.TLOG_DIR
    settings.TLOG_DIR = tmp_path_factory.mktemp("log")
    try:
        size = SignedLog(settings.TLOG_DIR).publish()
        moments = AssistanceRequest.objects.counted().values_list("received_at", flat=True)
        quarters = sorted({Quarter.containing(moment) for moment in moments})
        case = AssistanceRequest.objects.counted().filter(corrections__is_restricted=True).first()
        found = SimpleNamespace(size=size, quarter=quarters[1], quarters=quarters, case=case)
        found.bundles = {
            ("quarter", opened): bundles.quarter_bundle(found.quarter, opened=opened) for opened in OPENED
        } | {("case", opened): bundles.case_bundle(case, opened=opened) for opened in OPENED}
        yield found
    finally:
        settings.TLOG_DIR = before


KINDS = pytest.mark.parametrize("kind", [(kind, opened) for kind in ("case", "quarter") for opened in OPENED])


def members(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def unpacked(bundle, folder):
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        archive.extractall(folder)
    return folder


def read(bundle, name):
    return json.loads(members(bundle)[name])


def with_sums(found):
    """The same files with a true SHA256SUMS, as somebody who forges a bundle would make it."""
    found = {name: content for name, content in found.items() if name != "SHA256SUMS"}
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(found.items())]
    return {**found, "SHA256SUMS": "".join(lines).encode()}


# --- what lies in it --------------------------------------------------------------------------

ALWAYS = {
    *("README.txt", "SHA256SUMS", "checkpoint", "log-policy", "manifest.json", "entries.json", "rows.json"),
    *("cases.csv", "verify.py", "policy/2017-09-22.toml"),
}


@KINDS
def test_it_has_the_files_that_it_promises(made, kind):
    more = {"figures.json", "figures.py"} if kind[0] == "quarter" else set()
    assert set(members(made.bundles[kind])) - {"policy/2017-10-26-ordinance.toml"} == ALWAYS | more


@KINDS
def test_it_says_what_it_is_of(made, kind):
    manifest = read(made.bundles[kind], "manifest.json")
    assert (manifest["kind"], manifest["opened"], manifest["size"]) == (*kind, made.size)
    number = made.case.number
    expected = {
        ("quarter", "all"): str(made.quarter),
        ("quarter", "public"): str(made.quarter),
        ("case", "all"): number,
        ("case", "public"): f"a request of {Quarter.containing(made.case.received_at)}",
    }
    assert manifest["subject"] == expected[kind]


@KINDS
def test_its_policies_are_those_that_the_decisions_went_by(made, kind):
    found = members(made.bundles[kind])
    versions = json.loads(found["manifest.json"])["policy_versions"]
    assert [name for name in sorted(found) if name.startswith("policy/")] == [
        f"policy/{version}.toml" for version in versions
    ]
    for version in versions:
        digest = hashlib.sha256(found[f"policy/{version}.toml"]).hexdigest()
        assert digest == load_version(version).sha256


def test_every_entry_of_a_request_is_in_it_in_order(made):
    entries = read(made.bundles["case", "all"], "entries.json")
    of_case = LedgerEntry.objects.filter(case=made.case).order_by("position__index")
    assert [entry["index"] for entry in entries] == list(of_case.values_list("position__index", flat=True))


def test_a_quarter_has_the_entries_of_its_requests_and_of_its_release(made):
    entries = read(made.bundles["quarter", "public"], "entries.json")
    acts = [json.loads(entry["public"]) for entry in entries]
    assert {"action": "period:release", "period": str(made.quarter)}.items() <= next(
        act for act in acts if act["action"] == Action.RELEASE_PERIOD
    ).items()
    others = {act["period"] for act in acts if "period" in act} - {str(made.quarter)}
    assert others == set()
    cases = AssistanceRequest.objects.counted().filter(
        received_at__gte=made.quarter.starts_at, received_at__lt=made.quarter.ends_at
    )
    own = sum("period" in act for act in acts)
    assert len(entries) == LedgerEntry.objects.filter(case__in=cases).count() + own


def test_public_parts_alone_show_nothing_private(made):
    for kind in ("case", "quarter"):
        for entry in read(made.bundles[kind, "public"], "entries.json"):
            assert set(entry) == {"index", "proof", "public", "public_salt", "private_commitment"}
        assert "history" not in read(made.bundles[kind, "public"], "rows.json")


def test_public_parts_alone_name_no_request_no_person_and_no_day(made):
    words = set(AssistanceRequest.objects.values_list("number", flat=True))
    words |= set(AssistanceRequest.objects.values_list("public_id", flat=True))
    words |= set(User.objects.values_list("badge_number", flat=True))
    words |= set(User.objects.values_list("display_name", flat=True))
    words |= {
        f"{moment:%Y-%m-%d}" for moment in AssistanceRequest.objects.values_list("received_at", flat=True)
    }
    for kind in ("case", "quarter"):
        for name, content in members(made.bundles[kind, "public"]).items():
            # A policy is named for the day it came into force; the verifier has an example.
            if not name.startswith(("policy/", "verify.py")):
                found = [word for word in words if word in content.decode()]
                assert found == [], name


def test_the_history_is_that_of_the_rows_which_the_entries_state(made):
    bundle = made.bundles["case", "all"]
    stated = {
        (row["table"], row["id"], row["revision"]): (base64.b64decode(entry["row_salt"]), row["sha256"])
        for entry in read(bundle, "entries.json")
        for row in json.loads(entry.get("private", "{}")).get("rows", [])
    }
    history = {
        (row["table"], row["id"], row["revision"]): merkle.canonical_json(row["row"])
        for row in read(bundle, "rows.json")["history"]
    }
    assert set(history) == set(stated)
    for key, (salt, digest) in stated.items():
        assert hashlib.sha256(salt + history[key]).hexdigest() == digest
    assert {"assistancerequest", "evidence", "page"} <= {table for table, _id, _revision in history}


def test_the_table_has_a_line_for_each_request(made):
    found = members(made.bundles["quarter", "all"])
    lines = list(csv.DictReader(io.StringIO(found["cases.csv"].decode())))
    assert [line["number"] for line in lines] == [
        row["number"] for row in json.loads(found["rows.json"])["cases"]
    ]
    assert {line["outcome"] for line in lines} >= {"assist", "decline"}


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_is_never_a_formula(formula):
    assert cell(formula) == f"'{formula}"
    assert cell([formula, "other"]).startswith("'")


def test_the_files_of_json_are_in_canonical_form(made):
    for bundle in made.bundles.values():
        for name, content in members(bundle).items():
            if name.endswith(".json"):
                assert merkle.canonical_json(json.loads(content)) == content, name


# --- what never does --------------------------------------------------------------------------


def restricted_words():
    """Every restricted value that ever was, of every request."""
    rows = [*RestrictedDetails.objects.all(), *RestrictedDetails.history.all()]
    names = ("requester_name", "requester_badge", "callback_number", "callback_digits", "location")
    return {getattr(row, name) for row in rows for name in names} - {""}


def test_no_restricted_word_is_in_any_bundle(made):
    words = restricted_words()
    assert len(words) > 50
    for quarter in made.quarters:
        for opened in OPENED:
            for name, content in members(bundles.quarter_bundle(quarter, opened=opened)).items():
                if name not in ("verify.py", "figures.py"):
                    found = [word for word in words if word in content.decode()]
                    assert found == [], (quarter, opened, name)


def test_no_digest_of_a_restricted_row_is_in_any_bundle(made):
    """So few words could be guessed from their digest."""
    digests = set()
    for entry in LedgerEntry.objects.select_related("private"):
        noted = [row for row in entry.details.get("rows", ()) if row["table"] == "restricteddetails"]
        digests |= {row["sha256"] for row in noted}
        digests |= {base64.b64encode(entry.private.row_salt).decode()} if noted else set()
    assert len(digests) > 100
    for bundle in made.bundles.values():
        written = b"".join(members(bundle).values()).decode()
        assert [digest for digest in digests if digest in written] == []
        assert '"restricteddetails"' not in written


def test_only_entries_that_saved_restricted_rows_stay_closed(made):
    entries = read(made.bundles["quarter", "all"], "entries.json")
    closed = {json.loads(entry["public"])["action"] for entry in entries if "private" not in entry}
    assert Action.SAVE_INTAKE in closed
    assert closed <= {Action.SAVE_INTAKE, Action.CORRECT}


def test_the_readme_says_why_some_private_parts_stay_closed(made):
    assert "restricted" in members(made.bundles["case", "all"])["README.txt"].decode()


# --- the same bytes ---------------------------------------------------------------------------


@KINDS
def test_two_builds_are_the_same_bytes(made, kind):
    subject = {
        "case": lambda: AssistanceRequest.objects.get(pk=made.case.pk),
        "quarter": lambda: made.quarter,
    }
    build = {"case": bundles.case_bundle, "quarter": bundles.quarter_bundle}[kind[0]]
    assert build(subject[kind[0]](), opened=kind[1]) == made.bundles[kind]


@KINDS
def test_no_date_of_the_day_is_in_the_zip(made, kind):
    with zipfile.ZipFile(io.BytesIO(made.bundles[kind])) as archive:
        infos = archive.infolist()
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.external_attr >> 16 for info in infos} == {0o100644}
    assert [info.filename for info in infos] == sorted(info.filename for info in infos)


# --- checked by whoever has it ----------------------------------------------------------------


@KINDS
def test_an_empty_machine_says_yes(made, kind, tmp_path):
    """Python alone: no site packages, no environment, nothing but the unpacked files."""
    folder = unpacked(made.bundles[kind], tmp_path / "bundle")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "bundle", "."],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.startswith("YES: ")
    assert time.monotonic() - began < 30
    assert set(members(made.bundles[kind])) == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("opened", OPENED)
def test_an_empty_machine_derives_the_figures_and_compares_the_rows_with_the_entries(made, opened, tmp_path):
    folder = unpacked(made.bundles["quarter", opened], tmp_path / "bundle")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "figures.py", "rows.json", "figures.json", "entries.json"],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_common_tool_agrees_with_the_sums(made, tmp_path):
    folder = unpacked(made.bundles["quarter", "all"], tmp_path / "bundle")
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_a_flipped_bit_in_any_file_is_found_and_named(made):
    found = members(made.bundles["quarter", "all"])
    for name, content in found.items():
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        with pytest.raises(merkle.Invalid) as refused:
            merkle.check_bundle({**found, name: flipped})
        assert name in str(refused.value)


@pytest.mark.parametrize(
    "name", ["checkpoint", "log-policy", "manifest.json", "entries.json", "rows.json", "figures.json"]
)
def test_a_changed_file_is_found_though_its_sum_was_made_anew(made, name):
    found = members(made.bundles["quarter", "all"])
    changed = {
        "checkpoint": lambda text: text.replace(f"\n{made.size}\n", f"\n{made.size + 64}\n"),
        "log-policy": lambda text: text.replace("quorum one", "quorum two"),
        "manifest.json": lambda text: text.replace(f'"size":{made.size}', f'"size":{made.size + 64}'),
        "entries.json": lambda text: text.replace('request:decide\\"', 'request:declin\\"', 1),
        "rows.json": lambda text: text.replace('"outcome":"decline"', '"outcome":"assist"', 1),
        "figures.json": lambda text: text.replace('"decline":', '"declime":', 1),
    }
    forged = changed[name](found[name].decode()).encode()
    assert forged != found[name]
    with pytest.raises(merkle.Invalid) as refused:
        merkle.check_bundle(with_sums({**found, name: forged}))
    named = {"log-policy": "policy", "checkpoint": "checkpoint"}.get(name, name.removesuffix(".json"))
    if name == "rows.json":
        named = "decisions.outcomes"
    assert named in str(refused.value)


def test_a_changed_line_of_the_history_is_found(made):
    found = members(made.bundles["case", "all"])
    rows = json.loads(found["rows.json"])
    line = next(line for line in rows["history"] if line["table"] == "assistancerequest")
    line["row"]["direction"] = Direction.OUTBOUND.value
    with pytest.raises(merkle.Invalid, match="history"):
        merkle.check_bundle(with_sums({**found, "rows.json": merkle.canonical_json(rows)}))


def test_an_entry_of_another_request_is_not_taken_for_one_of_this(made):
    found = members(made.bundles["case", "all"])
    entries = json.loads(found["entries.json"])
    entries[1]["index"], entries[1]["proof"] = entries[0]["index"], entries[0]["proof"]
    with pytest.raises(merkle.Invalid, match="entries"):
        merkle.check_bundle(with_sums({**found, "entries.json": merkle.canonical_json(entries)}))


def test_rows_and_figures_that_were_forged_together_are_found_beside_the_entries(made):
    """Whoever changes what was decided, and the figures with it, still has the entries against them."""
    found = members(made.bundles["quarter", "public"])
    rows = json.loads(found["rows.json"])
    decision = next(case["decisions"][-1] for case in rows["cases"] if case["decisions"])
    decision["outcome"] = "refer" if decision["outcome"] == "decline" else "decline"
    forged = {
        "rows.json": merkle.canonical_json(rows),
        "figures.json": merkle.canonical_json(figures.derive(rows)),
    }
    with pytest.raises(merkle.Invalid, match="decisions"):
        merkle.check_bundle(with_sums({**found, **forged}))


def test_the_leaf_of_each_entry_is_that_of_the_log(made):
    """The proofs lead from what is opened to the published root; see also the verifier above."""
    head = published_log.published().witnessed.checkpoint
    for entry in read(made.bundles["quarter", "all"], "entries.json"):
        index, proof = entry.pop("index"), [base64.b64decode(each) for each in entry.pop("proof")]
        entry.pop("row_salt", None)  # no leaf commits to it
        leaf = merkle.leaf_hash(merkle.opened_leaf(entry))
        merkle.verify_inclusion(leaf, index, head.size, proof, head.root)
