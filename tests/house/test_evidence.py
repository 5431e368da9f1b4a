"""The tables of ASVS and CJIS: every row judged once, every named test there, none that passes for nothing.

The requirements are those of levels 1 and 2 of the OWASP Application Security Verification Standard 5.0.0
(CC BY-SA 4.0); the controls those of the FBI's CJIS Security Policy 5.9.5.
"""

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests import evidence, taken_away
from tests.evidence import MET, NOT_APPLICABLE, OPEN

BASE = Path(__file__).resolve().parents[2]
ASVS_ROWS = 253
# SHA-256 of the sorted ids, one a line.
ASVS_IDS = "86cf170f2d735bbea6709489730fedbcd1b6a5611b6b13040d534dd93346e2eb"
ASVS_AT_LEAST, CJIS_AT_LEAST = 120, 45


@pytest.fixture(params=["asvs", "cjis"])
def table(request):
    return evidence.rows(request.param)


def test_every_requirement_of_levels_1_and_2_is_a_row():
    ids = sorted(row.id for row in evidence.rows("asvs"))

    assert len(ids) == ASVS_ROWS
    assert hashlib.sha256("\n".join(ids).encode()).hexdigest() == ASVS_IDS


def test_no_row_is_unjudged_and_none_is_there_twice(table):
    assert [id for id, count in Counter(row.id for row in table).items() if count > 1] == []
    for row in table:
        assert row.status in {MET, NOT_APPLICABLE, OPEN}, row
        assert row.words.strip().endswith("."), row
        assert bool(row.test) is (row.status == MET), row


def test_enough_is_met():
    met = {name: sum(row.status == MET for row in evidence.rows(name)) for name in ("asvs", "cjis")}

    assert met["asvs"] >= ASVS_AT_LEAST
    assert met["cjis"] >= CJIS_AT_LEAST


def collected(files):
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *sorted(files)]
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False, env=quiet())
    return {line.strip() for line in done.stdout.splitlines() if "::" in line}


def quiet():
    """Without what belongs to this run: the process makes a ground of its own."""
    ours = ("PYTEST_", "DATABASE_", "REGISTER_TEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def test_every_named_test_is_there(request):
    """Among the tests of this run where their file is in it, else by asking pytest for the file."""
    names = evidence.named()
    here = {item.nodeid for item in request.session.items}
    whole = not any("::" in one for one in request.config.args) and not request.config.option.keyword
    ran = {evidence.file_of(node) for node in here} if whole else set()
    others = {evidence.file_of(name) for name in names} - ran
    nodes = here | (collected(others) if others else set())

    missing = [name for name in sorted(names) if not any(evidence.covers(name, node) for node in nodes)]

    assert missing == []


@pytest.mark.parametrize(
    ("ended", "lacks"),
    [
        ({"a.py::one": "passed", "a.py::two[x]": "passed", "a.py::two[y]": "passed"}, []),
        ({"a.py::one": "passed", "a.py::two[x]": "passed", "a.py::two[y]": "skipped"}, ["a.py::two"]),
        ({"a.py::one": "failed", "a.py::two[x]": "passed"}, ["a.py::one"]),
        ({"a.py::two[x]": "passed"}, ["a.py::one"]),
        ({"a.py::one_more": "passed", "a.py::two[x]": "passed"}, ["a.py::one"]),
        ({"c.py::else": "passed"}, []),
    ],
)
def test_a_run_is_not_green_when_a_named_test_is_not(ended, lacks):
    found = list(evidence.lacking({"a.py::one", "a.py::two", "b.py::three"}, ended))

    assert [line.rpartition(": ")[0] for line in found] == lacks


@pytest.mark.timeout(600)
def test_ten_named_tests_fail_when_their_protection_is_taken_away():
    """And each of them passes where nothing is taken away: that is the rest of this run."""
    nodes = sorted(taken_away.PROTECTIONS)
    assert len(nodes) >= 10
    for node in nodes:
        assert any(evidence.covers(name, node) for name in evidence.named()), node
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "tests.taken_away", *nodes]

    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False, env=quiet())

    failed = set(re.findall(r"^FAILED (.+?)(?: - .*)?$", done.stdout, re.MULTILINE))
    assert failed == set(nodes), done.stdout[-3000:]
    # By what they assert, not because taking away broke something else.
    assert f"{len(nodes)} failed" in done.stdout
