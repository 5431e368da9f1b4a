"""The policy engine: its scenarios, its rules one by one, and what must always be so.

How facts are read and how a policy file is read stand in `tests/policy/`.
"""

import copy
import json
import random
import timeit
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app import policy
from requests_app.policy import evaluate, load_version, parse_facts, parse_line
from tests.policy.examples import PLAIN, SCENARIOS, asked, paper, papers, plain
from tests.policy.random_facts import CODES, DOCUMENTS, REQUEST_TYPES, facts_objects, random_facts
from tests.policy.second_reading import second_reading

POLICY, ORDINANCE = "2017-09-22", "2017-10-26-ordinance"
BOTH = pytest.mark.parametrize("version", [POLICY, ORDINANCE])
some_facts = settings(max_examples=300, deadline=None)


def verdict_of(facts, version=POLICY):
    return evaluate(parse_facts(facts), version).as_dict()


def findings_of(facts, code, version=POLICY):
    return [finding for finding in verdict_of(facts, version)["findings"] if finding["code"] == code]


# --- the scenarios ----------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_it_gives_the_expected_verdict_of_the_scenario(scenario):
    verdict = verdict_of(scenario["facts"])

    assert {name: verdict[name] for name in scenario["expected"]} == scenario["expected"]


def test_the_version_in_force_is_used_when_none_is_named():
    verdict = evaluate(parse_facts(PLAIN))

    assert verdict.policy_version == policy.IN_FORCE == POLICY


# --- the rules, one by one ---------------------------------------------------------------------

WARRANT = papers(paper())
DANGER = {"danger.level": "clear", "danger.corroboration": "other_callers"}
CRIME = {"crime.status": "in_progress", "crime.basis": "witnessed"}
PAST = {"crime.status": "past", "crime.basis": "own_report", "crime.open_lmpd_case": True}
FAILED = {"requester.verification": "failed"}
UNVERIFIED = {"requester.verification": "unverified"}
TO_CONFIRM = papers(paper(confirmation="unconfirmed"))


# Rule: facts that keep it (it applies), facts that break it (it does not).
RULES = {
    # grounds
    "criminal_warrant": (
        [
            plain(WARRANT),
            plain(papers(paper("criminal_search_warrant"))),
            plain(papers(paper("detainer"), paper())),
        ],
        [
            plain(),
            plain(papers(paper(confirmation="unconfirmed"))),
            plain(papers(paper(confirmation="recalled"))),
            plain(papers(paper(confirmation="not_extraditable"))),
            plain(papers(paper(matches=False))),
            plain(papers(paper("immigration_crime_warrant"))),
            plain(papers(paper("administrative_warrant"))),
            plain(papers(paper("detainer"))),
            plain(papers(paper("judicial_civil_warrant"))),
            plain(papers(paper(matches=False), paper("criminal_search_warrant", "unconfirmed"))),
        ],
    ),
    "crime": (
        [
            plain(CRIME),
            plain(PAST),
            *(plain(CRIME, {"crime.basis": basis}) for basis in ("own_report", "camera", "other_caller")),
            plain(CRIME, {"crime.basis": "agent_detailed"}),
            plain(CRIME, FAILED),
        ],
        [
            plain(CRIME, {"crime.status": "none"}),
            plain(CRIME, {"crime.basis": "none"}),
            plain(CRIME, {"crime.basis": "agent_assertion"}),
            plain(CRIME, {"crime.basis": "agent_detailed"}, FAILED),
            plain(CRIME, {"crime.immigration_offence_only": True}),
            plain(PAST, {"crime.open_lmpd_case": False}),
        ],
    ),
    "public_danger": (
        [
            plain(DANGER),
            plain(DANGER, {"danger.corroboration": "none"}),
            plain(DANGER, {"danger.corroboration": "requester_only"}, UNVERIFIED),
            plain(DANGER, FAILED),
        ],
        [
            plain(DANGER, {"danger.level": "claimed"}),
            plain(DANGER, {"danger.level": "none"}),
            plain(DANGER, {"danger.ended": True}),
            plain(DANGER, FAILED, {"danger.corroboration": "requester_only"}),
            plain(DANGER, FAILED, {"danger.corroboration": "none"}),
        ],
    ),
    # looked at first
    "OUTBOUND": ([plain(DANGER, {"direction": "outbound"})], [plain(DANGER)]),
    "OTHER_JURISDICTION": (
        [plain(DANGER, {"jurisdiction": "other"})],
        [plain(), plain({"jurisdiction": "other", "direction": "outbound"})],
    ),
    # flags from the facts
    "LEGAL_REVIEW": (
        [
            *(
                plain(papers(paper(name)))
                for name in ("criminal_search_warrant", "immigration_crime_warrant", "judicial_civil_warrant")
            ),
            plain(papers(paper("detainer", "not_extraditable"))),
        ],
        [plain(WARRANT), plain(papers(paper("administrative_warrant"), paper("detainer")))],
    ),
    "CLAIM_MISMATCH": (
        [
            plain(papers(paper("administrative_warrant", "recalled"))),
            plain(papers(paper("judicial_civil_warrant", "recalled"))),
            plain(papers(paper(confirmation="recalled"))),
            plain(papers(paper(matches=False))),
            plain(papers(paper("criminal_search_warrant", "unconfirmed", matches=False))),
        ],
        [plain(WARRANT), plain(papers(paper("administrative_warrant", matches=False)))],
    ),
    "CONFIRM_WARRANT": (
        [plain(TO_CONFIRM), plain(papers(paper("criminal_search_warrant", "unconfirmed")), FAILED)],
        [
            plain(WARRANT),
            plain(papers(paper("criminal_warrant", "unconfirmed", matches=False))),
            plain(papers(paper("immigration_crime_warrant", "unconfirmed"))),
        ],
    ),
    "MIXED_DOCUMENTS": (
        [plain(papers(paper(), paper("administrative_warrant", "recalled")))],
        [
            plain(papers(paper(confirmation="recalled"), paper("administrative_warrant"))),
            plain(papers(paper(), paper("detainer"))),
        ],
    ),
    "PRETEXT_REVIEW": (
        [plain(WARRANT, asked("knock_and_talk")), plain(WARRANT, asked("serve_warrant", "clear_building"))],
        [plain(WARRANT, asked("perimeter")), plain(DANGER, asked("knock_and_talk"))],
    ),
    "IMMIGRATION_OFFENCE_ONLY": (
        [
            plain(CRIME, {"crime.immigration_offence_only": True}),
            plain(PAST, {"crime.immigration_offence_only": True}, papers(paper("detainer"))),
        ],
        [
            plain({"crime.immigration_offence_only": True}),
            plain(
                CRIME, {"crime.immigration_offence_only": True}, papers(paper("immigration_crime_warrant"))
            ),
            plain(CRIME),
        ],
    ),
    "NO_OPEN_CASE": (
        [plain(PAST, {"crime.open_lmpd_case": False, "crime.basis": "none"})],
        [
            plain(PAST),
            plain(CRIME),
            plain(PAST, {"crime.open_lmpd_case": False, "crime.immigration_offence_only": True}),
        ],
    ),
    "DANGER_ENDED": (
        [plain(DANGER, {"danger.ended": True})],
        [plain(DANGER), plain(DANGER, {"danger.ended": True, "danger.level": "claimed"})],
    ),
    "REQUESTER_ONLY": (
        [
            plain(DANGER, {"danger.corroboration": "requester_only"}),
            plain(DANGER, {"danger.corroboration": "none"}),
        ],
        [
            plain(DANGER),
            plain(DANGER, {"danger.corroboration": "requester_only", "danger.level": "claimed"}),
            plain(DANGER, {"danger.corroboration": "none"}, FAILED),
        ],
    ),
    "COURT_ORDER": ([plain(asked("court_order")), plain(WARRANT, asked("court_order", "other"))], [plain()]),
    "DATA": ([plain(asked("records_lookup", "perimeter"))], [plain()]),
    "STATUS_EXCHANGE": (
        [plain(asked("status_exchange")), plain(FAILED, asked("status_exchange"))],
        [plain()],
    ),
    "DETAINER": ([plain(asked("detainer"))], [plain(papers(paper("detainer")))]),
    "IMPOSTOR": ([plain(FAILED), plain(FAILED, DANGER)], [plain(UNVERIFIED)]),
    "INFORMAL_CHANNEL": (
        [plain({"channel": "chat"}), plain({"channel": "personal_phone"}, DANGER)],
        [plain({"channel": "radio"})],
    ),
    "UNRECORDED_LINE": (
        [plain({"commander.call_recorded": "refused_by_caller"})],
        [plain({"commander.call_recorded": "no"}), plain({"commander.call_recorded": "failed"})],
    ),
    # gates before assisting
    "VERIFY_AT_SCENE": (
        [plain(UNVERIFIED, DANGER), plain(UNVERIFIED, CRIME)],
        [plain(UNVERIFIED, WARRANT), plain(UNVERIFIED, PAST), plain(DANGER), plain(UNVERIFIED)],
    ),
    "CALL_BACK": (
        [plain(UNVERIFIED, WARRANT), plain(UNVERIFIED, PAST), plain(UNVERIFIED, TO_CONFIRM)],
        [plain(UNVERIFIED, WARRANT, DANGER), plain(WARRANT), plain(UNVERIFIED), plain(TO_CONFIRM)],
    ),
    "COMMANDER_NOT_CONTACTED": (
        [plain(WARRANT, {"commander.contacted": False}), plain(DANGER, {"commander.contacted": False})],
        [plain({"commander.contacted": False}), plain(WARRANT)],
    ),
    "NOT_RECORDED": (
        [
            plain(WARRANT, {"commander.call_recorded": "failed"}),
            plain(WARRANT, {"commander.call_recorded": "no"}),
            plain(DANGER, {"commander.call_recorded": "no"}),
        ],
        [plain({"commander.call_recorded": "no"}), plain(WARRANT)],
    ),
    # gates before declining
    "STATE_FACTS": (
        [
            plain({"danger.level": "claimed"}),
            plain(CRIME, {"crime.basis": "agent_assertion"}),
            plain(PAST, {"crime.basis": "none"}),
        ],
        [
            plain(),
            plain({"danger.level": "claimed", "danger.ended": True}),
            plain(CRIME, {"crime.basis": "none", "crime.immigration_offence_only": True}),
            plain(PAST, {"crime.basis": "none", "crime.open_lmpd_case": False}),
            plain(WARRANT, {"danger.level": "claimed"}),
            plain({"danger.level": "claimed"}, asked("detainer")),
            plain({"danger.level": "claimed"}, asked("emergency_assistance"), FAILED),
        ],
    ),
    "CLASSIFY": (
        [plain(asked()), plain(asked("other", "other"))],
        [
            plain(asked("other", "perimeter")),
            plain(asked("other"), papers(paper("detainer"))),
            plain(asked("other"), {"crime.status": "past"}),
            plain(asked(), {"danger.level": "claimed", "danger.ended": True}),
        ],
    ),
    "TIMED_OUT": (
        [plain(asked(), {"timed_out": True}), plain(WARRANT, UNVERIFIED, {"timed_out": True})],
        [plain({"timed_out": True}), plain(WARRANT, {"timed_out": True}), plain(asked())],
    ),
    # remarks
    "NO_GROUND": ([plain(), plain(FAILED, TO_CONFIRM)], [plain(WARRANT), plain(WARRANT, UNVERIFIED)]),
    "NAMED_IN_POLICY": (
        [plain(asked("knock_and_talk")), plain(asked("clear_building", "standby"))],
        [plain(asked("perimeter")), plain(asked("knock_and_talk"), WARRANT)],
    ),
    "NOTICE_ONLY": (
        [plain(asked("identity_check")), plain(asked("deconfliction_notice", "identity_check"))],
        [
            plain(asked("identity_check", "standby")),
            plain(asked("identity_check"), {"danger.level": "claimed"}),
        ],
    ),
    "ORDINARY_SERVICE": (
        [plain(asked("ordinary_service", "ordinary_service"))],
        [plain(asked("ordinary_service", "standby")), plain(asked("ordinary_service"), DANGER)],
    ),
}
ROWS = [
    pytest.param(rule, facts, applies, id=f"{rule}-{'keeps' if applies else 'breaks'}-{number}")
    for rule, columns in RULES.items()
    for applies, column in zip((True, False), columns, strict=True)
    for number, facts in enumerate(column)
]


@pytest.mark.parametrize(("rule", "facts", "applies"), ROWS)
def test_a_rule_applies_to_the_facts_that_keep_it_and_to_no_others(rule, facts, applies):
    verdict = verdict_of(facts)

    said = {*verdict["grounds"], *verdict["flags"]}
    if rule in {remark.words.blocking.code for remark in load_version(POLICY).remarks}:
        said = {finding["code"] for finding in verdict["findings"]}
    assert (rule in said) == applies


def test_every_rule_of_the_file_is_kept_and_broken_in_the_table():
    version = load_version(POLICY)

    in_file = {*version.titles, *(ground.code for ground in version.grounds)}
    in_file |= {remark.words.blocking.code for remark in version.remarks}

    assert set(RULES) == in_file
    assert all(kept and broken for kept, broken in RULES.values())


# Step: facts that take it with their outcome, and facts that pass it by with theirs.
STEPS = {
    "The caller's verification failed, and nothing is urgent": (
        [(plain(FAILED, WARRANT), "decline"), (plain(FAILED, asked("court_order")), "decline")],
        [(plain(FAILED, WARRANT, DANGER), "assist"), (plain(WARRANT), "assist")],
    ),
    "A court order is asked, and no ground holds": (
        [
            (plain(asked("court_order", "perimeter")), "refer"),
            (plain(TO_CONFIRM, asked("court_order")), "refer"),
        ],
        [(plain(asked("court_order"), WARRANT), "assist"), (plain(asked("perimeter")), "decline")],
    ),
    "All that is asked belongs to a custodian or to counsel": (
        [
            (plain(asked("detainer", "identity_check")), "refer"),
            (plain(asked("records_lookup", "deconfliction_notice"), {"danger.level": "claimed"}), "refer"),
            (plain(asked("status_exchange"), {"channel": "chat"}), "refer"),
        ],
        [
            (plain(asked("detainer", "standby")), "decline"),
            (plain(asked("detainer"), DANGER), "assist"),
            (plain(asked("identity_check")), "record_only"),
        ],
    ),
    "A notice, and nothing is asked or alleged": (
        [
            (plain(asked("deconfliction_notice")), "record_only"),
            (plain(asked("identity_check", "deconfliction_notice"), TO_CONFIRM), "record_only"),
        ],
        [
            (plain(asked("identity_check"), {"crime.status": "past"}), "decline"),
            (plain(asked("identity_check"), {"danger.level": "claimed"}), "more_information"),
            (plain(asked("identity_check"), {"danger.level": "claimed", "danger.ended": True}), "decline"),
            (plain(asked()), "more_information"),
        ],
    ),
    "Ordinary service is all that is asked": (
        [(plain(asked("ordinary_service")), "ordinary_service")],
        [
            (plain(asked("ordinary_service", "other")), "decline"),
            (plain(asked("ordinary_service"), CRIME), "assist"),
        ],
    ),
    "Informal channel or unrecorded line, and not urgent": (
        [
            (plain(WARRANT, {"channel": "chat"}), "decline"),
            (plain(PAST, {"commander.call_recorded": "refused_by_caller"}), "decline"),
            (plain(TO_CONFIRM, {"channel": "personal_phone"}), "decline"),
        ],
        [
            (plain(CRIME, {"channel": "chat"}), "assist"),
            (plain(DANGER, {"commander.call_recorded": "refused_by_caller"}), "assist"),
        ],
    ),
    "A ground holds": (
        [
            (plain(WARRANT), "assist"),
            (plain(WARRANT, UNVERIFIED), "more_information"),
            (plain(PAST, {"commander.contacted": False}), "more_information"),
            (plain(PAST, {"commander.call_recorded": "no"}), "more_information"),
            (plain(PAST, {"commander.call_recorded": "failed"}), "assist"),
            (
                plain(CRIME, UNVERIFIED, {"commander.contacted": False, "commander.call_recorded": "no"}),
                "assist",
            ),
            (plain(WARRANT, UNVERIFIED, {"timed_out": True}), "decline"),
        ],
        [(plain(TO_CONFIRM), "more_information")],
    ),
    "No ground holds": (
        [
            (plain(), "decline"),
            (plain(TO_CONFIRM), "more_information"),
            (plain(TO_CONFIRM, {"timed_out": True}), "decline"),
            (plain({"commander.contacted": False, "commander.call_recorded": "no"}), "decline"),
        ],
        [(plain(CRIME), "assist")],
    ),
}


@pytest.mark.parametrize(
    ("facts", "outcome"), [row for columns in STEPS.values() for column in columns for row in column]
)
def test_a_step_is_taken_by_its_facts_and_passed_by_others(facts, outcome):
    assert verdict_of(facts)["outcome"] == outcome


def test_every_step_of_the_file_is_taken_and_passed_in_the_table():
    assert list(STEPS) == [step.name for step in load_version(POLICY).steps]
    assert all(taken and passed for taken, passed in STEPS.values())


@BOTH
@pytest.mark.parametrize("change", [{"direction": "outbound"}, {"jurisdiction": "other"}])
def test_nothing_else_is_looked_at_in_an_outbound_contact_or_another_jurisdiction(version, change):
    quiet, loud = plain(change), plain(change, DANGER, WARRANT, CRIME, FAILED, {"timed_out": True})

    assert verdict_of(quiet, version) == verdict_of(loud, version)
    assert len(verdict_of(quiet, version)["flags"]) == 1


@pytest.mark.parametrize(
    ("facts", "grounds", "primary"),
    [
        (plain(WARRANT, CRIME, DANGER), ["criminal_warrant", "crime", "public_danger"], "public_danger"),
        (plain(WARRANT, CRIME), ["criminal_warrant", "crime"], "crime"),
        (plain(WARRANT), ["criminal_warrant"], "criminal_warrant"),
        (plain(WARRANT, UNVERIFIED), [], None),
        (plain(), [], None),
    ],
)
def test_grounds_have_their_order_and_the_primary_its_rank(facts, grounds, primary):
    verdict = verdict_of(facts)

    assert (verdict["grounds"], verdict["primary_ground"]) == (grounds, primary)


def test_codes_given_twice_count_once():
    once = plain(WARRANT, asked("serve_warrant"))
    twice = plain(papers(paper(), paper()), asked("serve_warrant", "serve_warrant"))

    assert verdict_of(once) == verdict_of(twice)


# --- the ordinance as reported ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "outcome", "grounds", "primary", "dispatch"),
    [
        (
            plain(papers(paper("immigration_crime_warrant"))),
            *("assist", ["judicial_warrant"], "judicial_warrant", "after_decision"),
        ),
        (
            plain(papers(paper("judicial_civil_warrant"))),
            *("assist", ["judicial_warrant"], "judicial_warrant", "after_decision"),
        ),
        (plain(papers(paper("administrative_warrant"))), "decline", [], None, "none"),
        (plain(papers(paper("detainer"))), "decline", [], None, "none"),
        (
            plain({"danger.level": "claimed"}),
            *("assist", ["risk_of_violence"], "risk_of_violence", "after_decision"),
        ),
        (plain(DANGER), "assist", ["risk_of_violence"], "risk_of_violence", "may_precede_decision"),
        (plain(DANGER, {"danger.ended": True}), "decline", [], None, "none"),
        (
            plain(FAILED, {"danger.level": "claimed", "danger.corroboration": "camera"}),
            "decline",
            [],
            None,
            "none",
        ),
        (
            plain(FAILED, DANGER),
            *("assist", ["risk_of_violence"], "risk_of_violence", "may_precede_decision"),
        ),
        (plain(CRIME), "decline", [], None, "none"),
        (plain(CRIME, {"crime.basis": "none"}), "more_information", [], None, "none"),
        (
            plain(WARRANT, DANGER),
            *("assist", ["judicial_warrant", "risk_of_violence"], "risk_of_violence", "may_precede_decision"),
        ),
    ],
)
def test_the_ordinance_has_its_own_grounds(facts, outcome, grounds, primary, dispatch):
    verdict = verdict_of(facts, ORDINANCE)

    found = [verdict[name] for name in ("outcome", "grounds", "primary_ground", "dispatch")]
    assert found == [outcome, grounds, primary, dispatch]


@pytest.mark.parametrize(
    ("facts", "flag"),
    [
        (plain(papers(paper("judicial_civil_warrant"), paper("administrative_warrant"))), "MIXED_DOCUMENTS"),
        (plain(papers(paper("judicial_civil_warrant")), asked("clear_building")), "PRETEXT_REVIEW"),
        (plain({"danger.level": "claimed", "danger.corroboration": "requester_only"}), "REQUESTER_ONLY"),
    ],
)
def test_three_flags_of_the_ordinance_look_at_its_grounds(facts, flag):
    assert flag in verdict_of(facts, ORDINANCE)["flags"]
    assert flag not in verdict_of(facts, POLICY)["flags"]


def test_a_crime_in_progress_is_not_urgent_under_the_ordinance():
    facts = plain(CRIME, papers(paper("judicial_civil_warrant")), UNVERIFIED)

    assert verdict_of(facts, ORDINANCE)["outcome"] == "more_information"
    assert verdict_of(facts, ORDINANCE)["flags"] == ["CALL_BACK", "LEGAL_REVIEW"]


def test_the_other_flags_of_the_ordinance_keep_their_document_classes():
    facts = plain(papers(paper("judicial_civil_warrant", "unconfirmed"), paper("detainer", matches=False)))

    assert verdict_of(facts, ORDINANCE)["flags"] == ["LEGAL_REVIEW"]


def test_the_ordinance_says_wherever_it_is_named_that_its_reading_is_not_confirmed():
    ordinance = load_version(ORDINANCE)

    assert ordinance.status == "Reading not confirmed by counsel"
    assert "not confirmed" in ordinance.notice
    assert ordinance.effective_from is None


# --- the second reading, on thousands of random facts --------------------------------------------


@BOTH
def test_it_agrees_with_a_second_reading_of_the_rules(version):
    chance = random.Random(f"{version} 1")  # noqa: S311  the same facts in every run
    outcomes = Counter()

    for _ in range(8000):
        facts = random_facts(chance)
        expected, _holding = second_reading(facts, version)
        verdict = verdict_of(facts, version)
        assert {name: verdict[name] for name in expected} == expected, facts
        outcomes[verdict["outcome"]] += 1

    assert len(outcomes) == 6
    assert min(outcomes.values()) > 50


# --- what must always be so ----------------------------------------------------------------------


@BOTH
@some_facts
@given(facts=facts_objects)
def test_a_time_out_never_approves(version, facts):
    waiting = verdict_of(plain(facts, {"timed_out": False}), version)
    timed_out = verdict_of(plain(facts, {"timed_out": True}), version)

    if timed_out["outcome"] == "assist":
        assert waiting == timed_out
    assert ("TIMED_OUT" in timed_out["flags"]) == (waiting["outcome"] == "more_information")
    assert timed_out["outcome"] != "more_information"
    assert "TIMED_OUT" not in waiting["flags"]


@BOTH
@some_facts
@given(facts=facts_objects)
def test_there_is_no_assist_without_a_ground_and_no_ground_without_assist(version, facts):
    verdict = verdict_of(facts, version)
    assists = verdict["outcome"] == "assist"

    assert bool(verdict["grounds"]) == assists
    assert (verdict["primary_ground"] in verdict["grounds"]) == assists
    assert verdict["commander_must_attend"] is assists
    assert (verdict["dispatch"] != "none") == assists


@some_facts
@given(facts=facts_objects)
def test_officers_may_go_first_exactly_with_public_danger(facts):
    verdict = verdict_of(facts)

    assert (verdict["dispatch"] == "may_precede_decision") == ("public_danger" in verdict["grounds"])


@some_facts
@given(facts=facts_objects)
def test_officers_may_go_first_under_the_ordinance_exactly_when_danger_is_clear(facts):
    verdict = verdict_of(facts, ORDINANCE)

    is_urgent = "risk_of_violence" in verdict["grounds"] and facts["danger"]["level"] == "clear"
    assert (verdict["dispatch"] == "may_precede_decision") == is_urgent


@BOTH
@some_facts
@given(
    facts=facts_objects,
    more=st.lists(
        st.sampled_from([one for one in DOCUMENTS if "admin" in one["document_class"]]), max_size=2
    ),
    detainers=st.lists(st.sampled_from([one for one in DOCUMENTS if one["document_class"] == "detainer"])),
    types=st.lists(st.sampled_from(REQUEST_TYPES), max_size=3),
)
def test_more_papers_of_the_agency_or_more_asked_never_turns_a_decline_into_assist(
    version, facts, more, detainers, types
):
    before = verdict_of(facts, version)

    after = verdict_of(
        facts
        | {
            "documents": [*facts["documents"], *more, *detainers],
            "request_types": [*facts["request_types"], *types],
        },
        version,
    )

    assert (before["outcome"] == "assist") == (after["outcome"] == "assist")


@BOTH
@some_facts
@given(facts=facts_objects, chance=st.randoms())
def test_the_same_facts_give_the_same_verdict(version, facts, chance):
    shuffled = copy.deepcopy(facts)
    chance.shuffle(shuffled["request_types"])
    chance.shuffle(shuffled["documents"])
    before, after = verdict_of(facts, version), verdict_of(shuffled, version)

    assert before == verdict_of(facts, version)
    assert before | {"findings": []} == after | {"findings": []}


# --- findings ------------------------------------------------------------------------------------

CLAIMS = {
    "criminal_warrant": lambda facts: bool(facts["documents"]),
    "judicial_warrant": lambda facts: bool(facts["documents"]),
    "crime": lambda facts: facts["crime"]["status"] != "none",
    "public_danger": lambda facts: facts["danger"]["level"] != "none",
    "risk_of_violence": lambda facts: facts["danger"]["level"] != "none",
}


@BOTH
@some_facts
@given(facts=facts_objects)
def test_there_is_a_finding_for_each_flag_and_each_claim_that_does_not_hold(version, facts):
    _expected, holding = second_reading(facts, version)
    verdict = verdict_of(facts, version)
    codes = {finding["code"] for finding in verdict["findings"]}

    assert set(verdict["flags"]) <= codes
    if holding is not None:
        rules = {ground.code.value for ground in load_version(version).grounds}
        claimed = {ground for ground in rules if CLAIMS[ground](facts)}
        assert claimed - set(holding) <= codes
        assert codes.isdisjoint(holding)


@BOTH
@some_facts
@given(facts=facts_objects)
def test_something_blocks_exactly_when_the_outcome_is_not_assist(version, facts):
    verdict = verdict_of(facts, version)

    blocks = [finding for finding in verdict["findings"] if finding["severity"] == "blocks"]
    assert bool(blocks) == (verdict["outcome"] != "assist")
    assert verdict["findings"][: len(blocks)] == blocks


@BOTH
@some_facts
@given(facts=facts_objects)
def test_findings_carry_words_a_citation_and_the_path_of_a_fact(version, facts):
    paths = {*CODES, "request_types", "documents"}
    citations = {citation.words for citation in load_version(version).citations}

    for finding in verdict_of(facts, version)["findings"]:
        assert finding.keys() == {"code", "citation", "message", "field", "severity"}
        assert finding["field"] in paths
        assert finding["citation"] in citations
        assert finding["message"].endswith(".")


@pytest.mark.parametrize(
    ("facts", "ground", "words"),
    [
        (plain(papers(paper("administrative_warrant"))), "criminal_warrant", "administrative warrant"),
        (plain(papers(paper("detainer"))), "criminal_warrant", "detainer"),
        (
            plain(papers(paper("immigration_crime_warrant"))),
            "criminal_warrant",
            "related to immigration status",
        ),
        (plain(papers(paper(confirmation="recalled"))), "criminal_warrant", "recalled"),
        (plain(papers(paper(matches=False))), "criminal_warrant", "another person or place"),
        (plain(asked("serve_warrant")), "criminal_warrant", "no document is entered"),
        (plain(CRIME, {"crime.basis": "agent_assertion"}), "crime", "gives no details"),
        (plain(PAST, {"crime.open_lmpd_case": False}), "crime", "no open case"),
        (plain(DANGER, {"danger.level": "claimed"}), "public_danger", "not clear"),
        (plain(DANGER, {"danger.ended": True}), "public_danger", "has ended"),
        (plain(asked("emergency_assistance")), "public_danger", "no danger is stated"),
    ],
)
def test_a_claimed_ground_that_does_not_hold_says_why(facts, ground, words):
    assert any(words in finding["message"] for finding in findings_of(facts, ground))


def test_a_finding_of_a_gate_blocks_only_while_it_waits():
    waiting = plain(WARRANT, {"commander.contacted": False})
    urgent = plain(DANGER, {"commander.contacted": False})

    assert findings_of(waiting, "COMMANDER_NOT_CONTACTED")[0]["severity"] == "blocks"
    assert findings_of(urgent, "COMMANDER_NOT_CONTACTED")[0]["severity"] == "warns"


def test_a_ground_that_does_not_hold_only_warns_beside_one_that_does():
    facts = plain(WARRANT, {"danger.level": "claimed"})

    assert findings_of(facts, "public_danger")[0]["severity"] == "warns"


# --- cost ----------------------------------------------------------------------------------------


def test_reading_and_judging_takes_at_most_twenty_times_as_long_as_decoding():
    """The best of several rounds, taken in turn, so that a busy machine slows both alike."""
    lines = [json.dumps(scenario["facts"]).encode() for scenario in SCENARIOS]

    def seconds(judge):
        return timeit.timeit(lambda: [judge(line) for line in lines], number=5)

    rounds = [(seconds(json.loads), seconds(lambda line: evaluate(parse_line(line)))) for _ in range(7)]

    assert min(judged / decoded for decoded, judged in rounds) < 20
