"""How facts are read: every error at its path, no value repeated, and never anything but one error."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app.policy import FactsError, evaluate, parse_facts, parse_line
from tests.policy.examples import PLAIN, SCENARIOS, asked, paper, papers, plain
from tests.policy.random_facts import CODES

some_facts = settings(max_examples=300, deadline=None)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_facts_that_were_read_can_be_written_as_they_were(scenario):
    assert parse_facts(scenario["facts"]).as_dict() == scenario["facts"]


def test_facts_keep_what_was_given_twice():
    facts = plain(asked("other", "other"), papers(paper(), paper()))

    assert parse_facts(facts).as_dict() == facts


def paths_of(facts, prefix=""):
    for key, value in facts.items():
        yield f"{prefix}{key}"
        if isinstance(value, dict):
            yield from paths_of(value, f"{prefix}{key}.")


def error_of(facts):
    with pytest.raises(FactsError) as caught:
        parse_line(json.dumps(facts).encode())
    return caught.value


def line_error(line):
    with pytest.raises(FactsError) as caught:
        parse_line(line)
    return caught.value


def error_if_any(line):
    try:
        parse_line(line)
    except FactsError as error:
        return error
    return None


OBJECTS = ["requester", "crime", "danger", "commander"]
BOOLEANS = [path for path, codes in CODES.items() if codes[0] in (True, False)]
STRINGS = ["received_at", *(path for path in CODES if path not in BOOLEANS)]


@pytest.mark.parametrize("path", list(paths_of(PLAIN)))
def test_a_missing_key_is_an_error_at_its_own_path(path):
    facts = plain()
    *parents, key = path.split(".")
    place = facts[parents[0]] if parents else facts
    del place[key]

    assert error_of(facts).path == path


def test_a_missing_key_of_a_document_is_an_error_at_its_own_path():
    facts = plain(papers(paper(), {"document_class": "detainer", "matches_subject": True}))

    assert error_of(facts).path == "documents[1].confirmation"


@pytest.mark.parametrize("container", ["", *OBJECTS])
def test_an_unknown_key_is_an_error_at_the_object_that_contains_it(container):
    facts = plain({f"{container}.nationality" if container else "nationality": "secret"})

    error = error_of(facts)

    assert error.path == container
    assert "nationality" not in error.message


def test_an_unknown_key_of_a_document_is_an_error_at_the_document():
    facts = plain(papers(paper(), paper() | {"number": "26-F-1"}))

    assert error_of(facts).path == "documents[1]"


@pytest.mark.parametrize("path", STRINGS)
@pytest.mark.parametrize(
    "value", [None, 911, 1.5, True, ["911"], {"code": "911"}, "", "LMPD", "no such code", "\ud800"]
)
def test_anything_but_a_known_code_is_an_error_at_its_path(path, value):
    assert error_of(plain({path: value})).path == path


@pytest.mark.parametrize("path", BOOLEANS)
@pytest.mark.parametrize("value", [None, 0, 1, "true", "false", "", [], {}])
def test_anything_but_a_boolean_is_an_error_at_its_path(path, value):
    assert error_of(plain({path: value})).path == path


@pytest.mark.parametrize("path", OBJECTS)
@pytest.mark.parametrize("value", [None, True, "none", 1, [], [{}]])
def test_anything_but_an_object_is_an_error_at_its_path(path, value):
    assert error_of(plain({path: value})).path == path


@pytest.mark.parametrize("path", ["request_types", "documents"])
@pytest.mark.parametrize("value", [None, True, "standby", 1, {}, {"0": "standby"}])
def test_anything_but_a_list_is_an_error_at_its_path(path, value):
    assert error_of(plain({path: value})).path == path


@pytest.mark.parametrize("value", [None, 1, True, [], ["standby"], {}, "Standby", "standby "])
def test_a_wrong_request_type_is_an_error_at_its_number(value):
    assert error_of(plain(asked("standby", value, "nonsense"))).path == "request_types[1]"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (None, "documents[1]"),
        ("detainer", "documents[1]"),
        ([], "documents[1]"),
        (paper("passport"), "documents[1].document_class"),
        (paper(confirmation="active"), "documents[1].confirmation"),
        (paper(confirmation=None), "documents[1].confirmation"),
        (paper(matches="true"), "documents[1].matches_subject"),
        (paper(matches=1), "documents[1].matches_subject"),
    ],
)
def test_a_wrong_document_is_an_error_at_its_path(document, path):
    assert error_of(plain(papers(paper(), document))).path == path


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-03T10:00:00-05:00",
        "2026-03-03T10:00:00Z",
        "2026-03-03t10:00:00.123456789z",
        "2024-02-29T23:59:59+14:00",
        "2000-02-29T00:00:00-00:00",
        "0000-02-29T00:00:00Z",
        "9999-12-31T23:59:59+23:59",
        "2016-12-31T23:59:60Z",
        "2016-12-31T18:59:60-05:00",
        "2017-01-01T08:59:60+09:00",
    ],
)
def test_it_takes_a_date_time_with_an_offset(moment):
    assert parse_facts(plain({"received_at": moment})).received_at == moment


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "2026-03-03",
        "10:00:00-05:00",
        "2026-03-03T10:00:00",
        "2026-03-03 10:00:00-05:00",
        "2026-03-03T10:00-05:00",
        "2026-03-03T10:00:00-0500",
        "2026-03-03T10:00:00-05",
        "2026-03-03T10:00:00 -05:00",
        "2026-03-03T10:00:00-05:00\n",
        " 2026-03-03T10:00:00-05:00",
        "2026-02-29T10:00:00Z",
        "2100-02-29T10:00:00Z",
        "2026-04-31T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-00-01T10:00:00Z",
        "2026-01-00T10:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T10:60:00Z",
        "2026-01-01T10:00:61Z",
        "2026-01-01T10:00:60Z",
        "2016-12-30T23:59:60Z",
        "2016-12-31T23:59:60-05:00",
        "2026-01-01T10:00:00.Z",
        "2026-01-01T10:00:00,5Z",
        "2026-01-01T10:00:00+24:00",
        "2026-01-01T10:00:00+05:60",
        "26-01-01T10:00:00Z",
        "+2026-01-01T10:00:00Z",
        "2026-1-1T10:00:00Z",
        "20260101T100000Z",
        "2026-W01-1T10:00:00Z",
        "\u0662026-01-01T10:00:00Z",
        "now",
    ],
)
def test_it_refuses_a_date_time_that_is_written_otherwise_or_does_not_exist(moment):
    assert error_of(plain({"received_at": moment})).path == "received_at"


PLAIN_LINE = json.dumps(PLAIN).encode()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b" \t\r\n",
        b"{",
        b"facts",
        b"'{}'",
        b"NaN",
        b"[Infinity, -Infinity]",
        PLAIN_LINE + b"}",
        PLAIN_LINE + PLAIN_LINE,
        PLAIN_LINE.replace(b'"timed_out": false', b'"timed_out": NaN'),
        PLAIN_LINE.replace(b'"timed_out": false', b'"timed_out": False'),
        PLAIN_LINE.replace(b"lmpd", b"lm\x00pd"),
        PLAIN_LINE.replace(b"lmpd", b"lm\xffpd"),
        PLAIN_LINE.replace(b"lmpd", b"\xed\xa0\x80"),
        b"\xef\xbb\xbf" + PLAIN_LINE,
        PLAIN_LINE.decode().encode("utf-16"),
        b"[" * 100_000,
        b'{"crime":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"null",
        b"true",
        b'"facts"',
        b"[]",
        b"9" * 10_000,
        b"-1e999999",
        b"[" + PLAIN_LINE + b"]",
    ],
)
def test_a_line_that_is_no_object_is_an_error_of_the_whole_line(line):
    error = line_error(line)

    assert error.path == ""
    assert error.message


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"  \t"])
def test_a_line_may_end_in_any_way(end):
    assert parse_line(b" " + PLAIN_LINE + end).as_dict() == PLAIN


def test_a_number_of_any_length_is_only_a_wrong_type():
    error = line_error(PLAIN_LINE.replace(b'"lmpd"', b"9" * 10_000))

    assert error.path == "jurisdiction"


@pytest.mark.parametrize(
    ("once", "twice", "path"),
    [
        (b'"timed_out": false', b'"timed_out": false, "timed_out": false', ""),
        (b'"timed_out": false', b'"timed_out": false, "timed\\u005fout": false', ""),
        (b'"status": "none"', b'"status": "none", "status": "none"', "crime"),
        (b'"component": "ero"', b'"component": "ero", "component": "hsi"', "requester"),
        (b'"ended": false', b'"ended": true, "ended": false', "danger"),
        (b'"contacted": true', b'"contacted": true, "contacted": true', "commander"),
        (
            b'"documents": []',
            b'"documents": [{"document_class": "detainer", "confirmation": "recalled",'
            b' "matches_subject": true, "confirmation": "recalled"}]',
            "documents[0]",
        ),
        (b'"lmpd"', b'{"a": 1, "a": 2}', "jurisdiction"),
        (b'["standby"]', b'[{"a": 1, "a": 2}]', "request_types[0]"),
    ],
)
def test_the_same_key_twice_is_an_error_at_the_object_that_contains_it(once, twice, path):
    assert once in PLAIN_LINE

    assert line_error(PLAIN_LINE.replace(once, twice)).path == path


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(min_size=1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ALL_PATHS = [*paths_of(PLAIN)]


@some_facts
@given(path=st.sampled_from(ALL_PATHS), key=st.text(min_size=1), value=json_values)
def test_whatever_is_put_anywhere_gives_facts_or_one_error_at_a_known_path(path, key, value):
    known = {"", *ALL_PATHS, *(f"documents[{n}]{key}" for n in range(3) for key in ("", ".document_class"))}
    for change in ({path: value}, {path.split(".")[0]: {key: value}}, {key.replace(".", ""): value}):
        error = error_if_any(json.dumps(plain(change)).encode())
        assert error is None or error.path in known or error.path.startswith("request_types[")


@some_facts
@given(secret=st.uuids().map(str), path=st.sampled_from(ALL_PATHS), shape=st.integers(0, 5))
def test_no_error_ever_repeats_what_was_given(secret, path, shape):
    shapes = [secret, [secret], {secret: secret}, [{secret: [secret]}], {"a": {secret: 1}}, secret * 100]
    facts = plain({path: shapes[shape]})

    error = error_of(facts)

    assert secret not in json.dumps(error.as_dict())
    assert secret not in str(error)


@settings(max_examples=500, deadline=None)
@given(line=st.binary(max_size=200))
def test_any_bytes_give_facts_or_one_error(line):
    with pytest.raises(FactsError):
        parse_line(line)


@some_facts
@given(cut=st.integers(0, len(PLAIN_LINE) - 1), put=st.binary(max_size=3), skip=st.integers(0, 3))
def test_a_damaged_line_gives_facts_or_one_error(cut, put, skip):
    error = error_if_any(PLAIN_LINE[:cut] + put + PLAIN_LINE[cut + skip :])

    assert error is None or set(error.as_dict()["error"]) == {"path", "message"}


def test_very_long_lists_are_read_and_count_once():
    few = plain(papers(paper()), asked("serve_warrant"))
    many = plain(papers(*[paper()] * 20_000), asked(*["serve_warrant"] * 100_000))

    assert evaluate(parse_line(json.dumps(many).encode())) == evaluate(parse_facts(few))
