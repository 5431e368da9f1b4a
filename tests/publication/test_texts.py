"""Policy, about, sealed log and receipt check as public pages: whole, in both languages, without a clock."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.html import escape

from requests_app import merkle
from requests_app.permissions import GRANTS
from requests_app.policy import load_version, versions
from requests_app.publication import about, html, log_pages, policy_pages
from requests_app.publication.receipt_words import RECEIPT_WORDS
from requests_app.published_log import published
from requests_app.vocabulary import Action, Outcome, Role, Status
from requests_app.workflow import MOVES
from tests.published import SITE_URL, make_publication
from tests.witnessed_log import WITNESSES, WitnessedLog

ADOPTED, ORDINANCE = "2017-09-22", "2017-10-26-ordinance"
HOUR = 60 * 60
SCRIPT = Path(__file__).parents[2] / "static" / "js" / "receipt_check.js"


def rendered(part, path, language="en", **given):
    shown = make_publication("2026-Q1", **given)
    page = next(one for one in part.pages(shown) if one.path == path)
    return " ".join(html(shown, page, language).decode().split())


# --- policy -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def policy():
    return rendered(policy_pages, "policy/")


def test_it_compares_the_two_versions_there_are():
    """A third version needs another table of differences."""
    assert versions() == (ADOPTED, ORDINANCE)


@pytest.mark.parametrize("version", [ADOPTED, ORDINANCE])
def test_every_word_of_a_version_is_there(policy, version):
    one = load_version(version)
    words = [one.title, one.status, one.notice, one.sha256]
    for paragraph in one.paragraphs:
        words += [paragraph.heading, paragraph.text, paragraph.source]
    for ground in one.grounds:
        words += [ground.code.label, *(ground.evidence if ground.not_counted is None else ())]
    words += [step.name for step in one.steps] + list(one.titles.values())[2:-1]
    words += [row.words.warning.message for row in one.flags]
    words += [row.words.warning.citation for row in one.flags]

    assert [word for word in words if escape(word) not in policy] == []


def test_the_policy_of_2017_is_in_force(policy):
    adopted, ordinance = policy.index(f"version-{ADOPTED}"), policy.index(f"version-{ORDINANCE}")

    assert policy.count(">In force<") == policy.count(">Not in force<") == 1
    assert adopted < policy.index(">In force<") < policy.index(">Not in force<")
    assert adopted < ordinance
    assert "Since September 22, 2017." in policy


def test_the_ordinance_is_marked_as_not_confirmed(policy):
    assert policy.count("Reading not confirmed by counsel") >= 2


def test_a_version_that_was_put_in_force_comes_first():
    page = rendered(policy_pages, "policy/", policy_in_force=ORDINANCE)

    assert page.index(f'id="version-{ORDINANCE}"') < page.index(">In force<") < page.index(">Not in force<")
    assert "three instances only, and a commanding officer decides each time" not in page


def test_every_move_that_a_person_makes_is_there(policy):
    lines = [policy_pages._move_line(action) for action in MOVES if action not in policy_pages.SYSTEM_ONLY]

    for line in lines:
        said = f'<th scope="row">{escape(line.label)}</th> <td data-label="Possible when">{line.sources}</td>'
        assert said in policy
    decide = next(line for line in lines if line.action == Action.DECIDE)
    assert (decide.sources, decide.targets) == ("Under review", "Decided, In the field")


def test_the_powers_are_those_of_the_table_of_permissions():
    for role in Role:
        labels = [label for label, _ in policy_pages._powers(role).actions]
        assert labels == [action.label for action in Action if action in GRANTS[role]]


def test_the_translation_is_marked_and_stands_beside_the_english_text():
    page = rendered(policy_pages, "policy/", "es")
    paragraphs = [one for version in versions() for one in load_version(version).paragraphs]

    assert page.count("Traducción; vale el texto en inglés.") == len(paragraphs)
    for paragraph in paragraphs:
        assert f'<span lang="en">{escape(paragraph.text)}</span>' in page
    assert "Desde el 22 de septiembre de 2017." in page
    assert "Un oficial al mando atiende la llamada" in page


def test_the_english_page_is_no_translation(policy):
    assert "Translation" not in policy


# --- about ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "their name",
        "their nationality",
        "their immigration status",
        "their A-number",
        "A request that nobody logged.",
        "records custodian",
        "no number below 11",
        "30 days",
        "CC0 1.0",
        "a screen reader",
        "in English and in Spanish",
    ],
)
def test_about_says_plainly(words):
    assert words in rendered(about, "about/")


@pytest.mark.parametrize("choice", [Role, Status, Outcome])
def test_the_glossary_is_that_of_the_closed_lists(choice):
    page = rendered(about, "about/")

    assert [word for word in choice if escape(word.meaning) not in page] == []


# --- the sealed log ---------------------------------------------------------------------------


@pytest.fixture
def signed_log(settings, tmp_path):
    settings.TLOG_DIR = tmp_path / "tlog"
    one = WitnessedLog(settings.TLOG_DIR)
    one.publish([bytes([index]) * 64 for index in range(70)])
    return one


def log_page(language="en"):
    return rendered(log_pages, "log/", language, log=published())


def test_it_says_who_signed_how_much_and_that_it_is_in_order(signed_log):
    page = log_page()

    assert "The seal is in order" in page
    assert "3 signed; needed: 2 of 3." in page
    assert all(name in page for name in WITNESSES)
    assert "has not signed" not in page
    assert '<dd class="summary-list__value"> 128' in page


def test_it_shows_the_key_the_verifiers_digest_and_three_commands(signed_log):
    page = log_page()

    # In HTML the plus signs of a key are written as they are.
    assert signed_log.log_key.vkey in page
    assert "python3 -I verifier.py checkpoint checkpoint --policy policy" in page
    assert f"curl --remote-name-all {SITE_URL}/log/verifier.py" in page


def test_it_says_when_it_was_signed_and_when_the_next_is_due_and_knows_no_clock(signed_log):
    signed_log.publish([bytes(64)], at=int(time.time()) - 400 * 24 * HOUR)
    log = published()

    page = log_page()

    for at in (log.signed_at, log.signed_at + timedelta(days=1)):
        assert f'datetime="{timezone.localtime(at).isoformat(timespec="seconds")}"' in page
    assert "If you read this more than two hours later, the log is late." in page
    assert "The seal is in order" in page


def test_its_times_are_those_of_louisville_in_either_language(signed_log):
    signed_log.publish([bytes(64)], at=1_790_000_000)

    assert "September 21, 2026, 10:13 EDT" in log_page()
    assert "21 de septiembre de 2026, 10:13 EDT" in log_page("es")


def test_one_witness_with_a_wrong_clock_does_not_change_the_time(signed_log):
    """The middle of the times counts."""
    signed_log.publish([bytes(64)], at=1_790_000_000)
    path = signed_log.folder / "checkpoint"
    note = merkle.Note.parse(path.read_bytes())
    fresh = signed_log.witness_keys[WITNESSES[0]].line(note.text, at=1_890_000_000)
    path.write_text(str(note.with_signatures(merkle.Signature.parse(fresh.rstrip("\n")))))

    assert re.search(
        r'Signed</dt> <dd class="summary-list__value"> <time [^>]*>September 21, 2026', log_page()
    )


def test_too_few_witnesses_are_said_and_named(signed_log):
    signed_log.publish([bytes(64)], signed_by=["newsroom"])

    page = log_page()

    assert "Too few witnesses signed" in page
    assert "1 signed; needed: 2 of 3." in page
    assert page.count("has not signed") == 2
    assert "The seal is in order" not in page
    assert "1 firmaron; se necesitan: 2 de 3." in log_page("es")


def test_without_any_witness_the_time_is_called_the_files(signed_log):
    signed_log.publish([bytes(64)], signed_by=[])

    assert "The time of the file on our server: no witness has signed." in log_page()


def test_a_time_beyond_the_calendar_is_no_error(signed_log):
    signed_log.publish([bytes(64)], at=2**63 - 1)

    assert "9999" in log_page()


def test_before_the_first_seal_it_says_so():
    assert "The log has not been signed yet." in log_page()
    assert "La bitácora todavía no se ha firmado." in log_page("es")


def torn(folder, damage):
    checkpoint, policy = folder / "checkpoint", folder / "policy"
    content = checkpoint.read_bytes()
    if damage == "no checkpoint":
        checkpoint.unlink()
    elif damage == "no policy":
        policy.unlink()
    elif damage == "half a checkpoint":
        checkpoint.write_bytes(content[: len(content) // 2])
    elif damage == "empty":
        checkpoint.write_bytes(b"")
        policy.write_bytes(b"")
    elif damage == "no text":
        checkpoint.write_bytes(b"\xff\x00" * 50)
    elif damage == "a folder":
        checkpoint.unlink()
        checkpoint.mkdir()
    elif damage == "a circle":
        checkpoint.unlink()
        checkpoint.symlink_to("checkpoint")
    elif damage == "flipped":
        checkpoint.write_bytes(content.replace(b"128", b"129"))


@pytest.mark.parametrize(
    "damage",
    [
        *("no checkpoint", "no policy", "half a checkpoint", "empty"),
        *("no text", "a folder", "a circle", "flipped"),
    ],
)
def test_a_torn_folder_is_said_and_no_error(signed_log, damage):
    torn(signed_log.folder, damage)

    assert "There is no seal" in log_page()
    assert "No hay ningún sello" in log_page("es")
    assert rendered(log_pages, "receipt/", log=published())


# --- the receipt check ------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_carries_every_sentence_of_its_script_in_its_language(signed_log, language):
    page = rendered(log_pages, "receipt/", language, log=published())

    said = dict(re.findall(r'<li data-word="([a-z0-9_]+)">(.*?)</li>', page))
    assert set(said) == set(RECEIPT_WORDS)
    assert (said["genuine"] == "This receipt is genuine") == (language == "en")


def test_every_sentence_that_the_script_asks_for_has_words_and_every_word_is_asked_for():
    script = SCRIPT.read_text()
    named = set(re.findall(r'"([a-z][a-z0-9]*(?:_[a-z0-9]+)+|nobody|genuine|logged|signatures)"', script))

    asked = named & set(RECEIPT_WORDS) | {"the_public_part", "the_private_part"}
    assert set(RECEIPT_WORDS) == asked
    called = set(re.findall(r'(?:sentence|refuse|unable)\("([a-z0-9_]+)"', script))
    called |= set(re.findall(r'demand\([^;]*?, "([a-z0-9_]+)"', script))
    assert called <= set(RECEIPT_WORDS)


def test_the_keys_that_count_stand_on_the_page(signed_log):
    assert signed_log.log_key.vkey in rendered(log_pages, "receipt/", log=published())


# --- all of them ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "path"),
    [(policy_pages, "policy/"), (about, "about/"), (log_pages, "log/"), (log_pages, "receipt/")],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_links_of_a_page_stay_in_its_language(part, path, language):
    page = rendered(part, path, language)
    main = page[page.index("<main") : page.index("</main>")]

    other = {"en": "es", "es": "en"}[language]
    assert f'href="/{other}/' not in main
    assert f'lang="{language}"' in page
