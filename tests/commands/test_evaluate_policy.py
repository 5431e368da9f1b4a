"""The command as a process of its own, in an environment that has no database and no settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.policy.examples import PLAIN, SCENARIOS, plain

ROOT = Path(__file__).parent.parent.parent
PLAIN_LINE = json.dumps(PLAIN).encode() + b"\n"
COMMAND = [sys.executable, "manage.py", "evaluate_policy"]


@pytest.fixture
def bare(tmp_path):
    return {"PATH": os.defpath, "HOME": str(tmp_path)}


@pytest.fixture
def run(bare):
    def run(given, *arguments):
        return subprocess.run(
            [*COMMAND, *arguments],
            input=given,
            capture_output=True,
            cwd=ROOT,
            env=bare,
            timeout=60,
            check=False,
        )

    return run


def answers(ended):
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_it_writes_one_verdict_a_line_in_order_without_any_database(run):
    ended = run(b"".join(json.dumps(scenario["facts"]).encode() + b"\n" for scenario in SCENARIOS))

    assert ended.returncode == 0
    assert ended.stderr == b""
    assert [answer["outcome"] for answer in answers(ended)] == [
        scenario["expected"]["outcome"] for scenario in SCENARIOS
    ]
    assert list(answers(ended)[0]) == [
        *("policy_version", "policy_sha256", "outcome", "grounds", "primary_ground", "dispatch"),
        *("commander_must_attend", "flags", "findings"),
    ]


def test_it_uses_the_version_in_force_unless_another_is_named(run):
    claimed = json.dumps(plain({"danger.level": "claimed"})).encode()

    in_force, ordinance = run(claimed), run(claimed, "--policy-version", "2017-10-26-ordinance")

    assert [answer["policy_version"] for answer in answers(in_force)] == ["2017-09-22"]
    assert [answer["policy_version"] for answer in answers(ordinance)] == ["2017-10-26-ordinance"]
    assert [one["outcome"] for one in answers(in_force) + answers(ordinance)] == [
        "more_information",
        "assist",
    ]


@pytest.mark.parametrize("version", ["2018-01-01", "", "../versions/2017-09-22", "2017-09-22.toml"])
def test_an_unknown_version_is_a_usage_error(run, version):
    ended = run(PLAIN_LINE, "--policy-version", version)

    assert ended.returncode == 2
    assert ended.stdout == b""
    assert b"usage:" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_wrong_lines_are_answered_in_their_place_and_the_status_is_one(run):
    wrong = plain({"crime.basis": "hearsay"})

    ended = run(PLAIN_LINE + b"\n" + json.dumps(wrong).encode() + b"\nnot json\n" + PLAIN_LINE)

    assert ended.returncode == 1
    assert [answer.get("error", {}).get("path") for answer in answers(ended)] == [
        None,
        "",
        "crime.basis",
        "",
        None,
    ]
    assert b"3 of 5 lines" in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b'"' + b"x" * 5_000_000 + b'"',
        b"9" * 1_000_000,
        b"\x00\xff\xfe",
        b"\xef\xbb\xbf" + PLAIN_LINE.strip(),
        PLAIN_LINE.replace(b"lmpd", b"\\ud800").strip(),
        PLAIN_LINE.replace(b"false", b"NaN").strip(),
    ],
    ids=[
        "deep lists",
        "deep objects",
        "long text",
        "long number",
        "no text",
        "mark",
        "surrogate",
        "constant",
    ],
)
def test_no_line_however_deep_or_long_gives_a_traceback(run, line):
    ended = run(line + b"\n" + PLAIN_LINE)

    assert ended.returncode == 1
    assert [set(answer) == {"error"} for answer in answers(ended)] == [True, False]
    assert b"Traceback" not in ended.stderr


def test_a_line_beyond_all_measure_is_one_error_and_the_next_line_is_read(run):
    ended = run(b" " * (130 * 1024 * 1024) + b"\n" + PLAIN_LINE)

    assert answers(ended)[0] == {"error": {"path": "", "message": "is too long"}}
    assert answers(ended)[1]["outcome"] == "decline"
    assert len(answers(ended)) == 2


def test_no_input_gives_no_output_and_no_error(run):
    ended = run(b"")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_the_last_line_needs_no_line_end_and_lines_may_end_as_on_windows(run):
    ended = run(PLAIN_LINE.strip() + b"\r\n" + PLAIN_LINE.strip())

    assert ended.returncode == 0
    assert len(answers(ended)) == 2


def test_each_line_is_answered_before_the_next_is_given(bare):
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=bare
    ) as process:
        for _ in range(3):
            process.stdin.write(PLAIN_LINE)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["outcome"] == "decline"


def test_a_reader_who_stops_reading_ends_it_without_a_traceback(bare):
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=bare
    ) as process:
        process.stdin.write(PLAIN_LINE)
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(PLAIN_LINE)
        process.stdin.close()
        said = process.stderr.read()

    assert process.returncode == 1
    assert b"Traceback" not in said
    assert b"Exception" not in said


def test_closed_streams_and_a_full_disk_are_said_plainly(bare):
    def closing(stream):
        command = ["/bin/sh", "-c", f'exec "$@" {stream}', "sh", *COMMAND]
        return subprocess.run(command, capture_output=True, cwd=ROOT, env=bare, check=False)

    with Path("/dev/full").open("wb") as full:
        unwritten = subprocess.run(
            COMMAND, input=PLAIN_LINE, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, env=bare, check=False
        )

    for ended in (closing("<&-"), closing(">&-"), unwritten):
        assert ended.returncode == 1
        assert ended.stderr.startswith(b"CommandError: ")
