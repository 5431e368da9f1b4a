"""The files of the policy versions: their hash, their words for the public, and no word misspelt."""

import hashlib
from pathlib import Path

import pytest

from requests_app import policy
from requests_app.policy import evaluate, load_version, parse_facts
from requests_app.policy.conditions import PolicyFileError
from requests_app.policy.loading import read_policy
from tests.policy.examples import PLAIN

POLICY, ORDINANCE = "2017-09-22", "2017-10-26-ordinance"
BOTH = pytest.mark.parametrize("version", [POLICY, ORDINANCE])
VERSION_FILES = Path(policy.__file__).parent / "versions"


def test_the_verdict_carries_the_hash_of_the_bytes_of_its_policy_file():
    for version in policy.versions():
        content = (VERSION_FILES / f"{version}.toml").read_bytes()
        assert evaluate(parse_facts(PLAIN), version).policy_sha256 == hashlib.sha256(content).hexdigest()


def test_it_knows_both_versions_and_no_other():
    assert policy.versions() == (POLICY, ORDINANCE)
    with pytest.raises(LookupError):
        load_version("../2017-09-22")


@BOTH
def test_a_version_has_words_for_the_public_page(version):
    shown = load_version(version)

    assert shown.title
    assert shown.status
    assert [paragraph.number for paragraph in shown.paragraphs] == list(range(1, len(shown.paragraphs) + 1))
    assert all(paragraph.text and paragraph.source for paragraph in shown.paragraphs)
    assert all(ground.evidence and ground.citation for ground in shown.grounds)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('when.fact.direction = ["outbound"]', 'wen.fact.direction = ["outbound"]'),
        ('when.fact.direction = ["outbound"]', 'when.fakt.direction = ["outbound"]'),
        ('when.fact.direction = ["outbound"]', 'when.fact.directions = ["outbound"]'),
        ('when.fact.direction = ["outbound"]', 'when.fact.direction = ["outbount"]'),
        ('when.fact.direction = ["outbound"]', 'when.fact.direction = "outbound"'),
        ('when.fact.direction = ["outbound"]', "when = {}"),
        ('when.asked = ["court_order"]', 'when.asked = ["court_orders"]'),
        ("takes = [true]", 'takes = ["true"]'),
        ("may_still_be_shown = true", 'may_still_be_shown = "yes"'),
        ('outcome = "refer"', 'outcome = "referral"'),
        ('waits = "unless_urgent"', 'waits = "sometimes"'),
        ('citation = "register"', 'citation = "elsewhere"'),
        ('field = "danger.ended"', 'field = "danger.end"'),
        ('code = "crime"', 'code = "misdemeanour"'),
        ('unconfirmed = "The', 'unconfirmd = "The'),
        ('IMPOSTOR = "Verification failed"', ""),
        ('primary_ground = ["public_danger", ', "primary_ground = ["),
        ("effective_from = 2017-09-22", 'effective_from = "2017-09-22"'),
        ("number = 1", 'number = "1"'),
        ('reads = "facts"', 'reads = "documents"'),
    ],
)
def test_a_policy_file_with_a_word_it_does_not_know_is_refused(right, wrong):
    content = (VERSION_FILES / f"{POLICY}.toml").read_text()
    assert right in content

    with pytest.raises(PolicyFileError):
        read_policy(content.replace(right, wrong).encode())
