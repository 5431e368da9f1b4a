"""Every address, for everyone: who gets in, who is refused, and who is told that nothing is there."""

from datetime import timedelta

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from requests_app import ledger, workflow
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest
from requests_app.vocabulary import Status
from tests import factories

pytestmark = pytest.mark.django_db

# What the columns below mean. "ok" is a page; an act that the case's state does not have is 409.
ANSWERS = {
    "ok": {200},
    "go": {302},  # leads on, but not to sign-in
    "mv": {301},  # has moved for good
    "act": {200, 409},
    "out": {401},  # a script asked: it is told in place that nobody is signed in
    "in": {"login"},
    "no": {403},
    "--": {404},
}
#                                      visitor outsider dispatcher commander oversight administrator
MATRIX = {
    "home":                            "go     ok       go         go        go        go",
    "statistics":                      "mv     mv       mv         mv        mv        mv",
    "statistics_quarter":              "mv     mv       mv         mv        mv        mv",
    "policy":                          "mv     mv       mv         mv        mv        mv",
    "about":                           "mv     mv       mv         mv        mv        mv",
    "log":                             "mv     mv       mv         mv        mv        mv",
    "log_verifier":                    "ok     ok       ok         ok        ok        ok",
    "tlog":                            "--     --       --         --        --        --",
    "published":                       "ok     ok       ok         ok        ok        ok",
    "framed":                          "--     --       --         --        --        --",
    "explorer":                        "ok     ok       ok         ok        ok        ok",
    "rows_search":                     "--     --       --         --        --        --",
    "api":                             "ok     ok       ok         ok        ok        ok",
    "receipt_check":                   "mv     mv       mv         mv        mv        mv",
    "queue":                           "in     no       no         ok        no        no",
    "queue_rows":                      "out    no       no         ok        no        no",
    "wall":                            "in     no       ok         ok        no        no",
    "wall_counts":                     "out    no       ok         ok        no        no",
    "oversight":                       "in     no       no         no        ok        no",
    "oversight_blocked":               "in     no       no         no        ok        no",
    "oversight_deviations":            "in     no       no         no        ok        no",
    "oversight_looks":                 "in     no       no         no        ok        no",
    "oversight_permissions":           "in     no       no         no        ok        no",
    "oversight_periods":               "in     no       no         no        ok        no",
    "oversight_calls":                 "in     no       no         no        ok        no",
    "oversight_release":               "in     no       no         no        ok        no",
    "oversight_bundle":                "in     no       no         no        ok        no",
    "people":                          "in     no       no         no        no        ok",
    "people_locked":                   "in     no       ok         ok        no        ok",
    "person":                          "in     no       no         no        no        ok",
    "person_create":                   "in     no       no         no        no        ok",
    "person_unlock":                   "in     no       act        act       no        act",
    "person_propose_activation":       "in     no       no         no        no        act",
    "person_propose_reset":            "in     no       no         no        no        act",
    "person_confirm_step":             "in     no       no         no        no        act",
    "person_withdraw_step":            "in     no       no         no        no        act",
    "person_deactivate":               "in     no       no         no        no        act",
    "person_new_enrolment_link":       "in     no       no         no        no        act",
    "person_propose_role":             "in     no       no         no        no        act",
    "person_confirm_role":             "in     no       no         no        no        act",
    "person_end_role":                 "in     no       no         no        no        act",
    "person_review_roles":             "in     no       no         no        no        act",
    "person_record_training":          "in     no       no         no        no        act",
    "request_list":                    "in     no       ok         ok        ok        no",
    "request_new":                     "in     no       ok         ok        ok        no",
    "request_new_autosave":            "out    no       ok         ok        ok        no",
    "request_detail":                  "in     --       ok         ok        ok        --",
    "request_revisions":               "in     --       ok         ok        ok        --",
    "request_as_of":                   "in     --       no         no        ok        --",
    "request_bundle":                  "in     --       no         no        ok        --",
    "request_receipt":                 "in     --       ok         ok        ok        --",
    "request_receipt_file":            "in     --       go         go        go        --",
    "request_save_intake":             "in     --       act        act       act       --",
    "request_autosave":                "out    --       ok         ok        ok        --",
    "request_abandon":                 "in     --       act        act       act       --",
    "request_log":                     "in     --       act        act       act       --",
    "request_page":                    "in     --       act        act       no        --",
    "request_radio_decision":          "in     --       act        no        no        --",
    "request_acknowledge":             "in     --       no         act       no        --",
    "request_claim":                   "in     --       no         act       no        --",
    "request_release":                 "in     --       no         act       no        --",
    "request_verify_caller":           "in     --       no         act       no        --",
    "request_record_call":             "in     --       no         act       no        --",
    "request_set_evidence":            "in     --       no         act       no        --",
    "request_reclassify":              "in     --       no         act       no        --",
    "request_request_information":     "in     --       no         act       no        --",
    "request_decide":                  "in     --       no         act       no        --",
    "request_confirm":                 "in     --       no         act       no        --",
    "request_agree":                   "in     --       no         act       no        --",
    "request_disagree":                "in     --       no         act       no        --",
    "request_dispatch":                "in     --       act        act       no        --",
    "request_officer_arrives":         "in     --       act        act       no        --",
    "request_commander_arrives":       "in     --       act        act       no        --",
    "request_commander_absent":        "in     --       act        act       no        --",
    "request_stand_down":              "in     --       act        act       no        --",
    "request_report_outcome":          "in     --       no         act       no        --",
    "request_withdraw":                "in     --       act        act       no        --",
    "request_correct":                 "in     --       act        act       no        --",
    "request_reopen":                  "in     --       no         act       no        --",
    "request_reveal":                  "in     --       act        act       act       --",
    "request_explain":                 "in     --       no         act       no        --",
    "request_answer":                  "in     --       no         act       no        --",
    "request_review":                  "in     --       no         no        act       --",
    "request_follow_up":               "in     --       no         no        act       --",
    "request_hold":                    "in     --       no         no        act       --",
    "request_propose_erasure":         "in     --       no         no        act       --",
    "request_erase":                   "in     --       no         no        act       --",
}  # fmt: skip
READ_ONLY = {
    "request_list",
    "request_detail",
    "request_revisions",
    "request_as_of",
    "request_receipt",
    "request_receipt_file",
}
# The words of public addresses. Nothing is published here, so there is no figure and no row.
PUBLIC = {
    "published": {"path": "en/"},
    "framed": {"path": "en/embed/2024-Q1/requests/"},
    "explorer": {"language": "en"},
    "rows_search": {"language": "en", "quarter": "2024-Q1"},
    "api": {"path": "releases"},
}
PEOPLE = ("visitor", "outsider", "dispatcher", "commander", "oversight", "administrator")
CELLS = [
    (name, who, answer)
    for name, row in MATRIX.items()
    for who, answer in zip(PEOPLE, row.split(), strict=True)
]


def names_of(patterns: list[URLPattern | URLResolver]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        found |= names_of(pattern.url_patterns) if isinstance(pattern, URLResolver) else {pattern.name}
    return found


def address(name: str, case: AssistanceRequest, quarter: str) -> str:
    if name in ("statistics_quarter", "oversight_bundle", "oversight_release"):
        return reverse(f"requests_app:{name}", args=[quarter])
    if name in PUBLIC:
        return reverse(f"requests_app:{name}", kwargs=PUBLIC[name])
    try:
        return reverse(f"requests_app:{name}")
    except NoReverseMatch:  # an address of a case takes its public id, one of a person the badge number
        word = case.taken_by.badge_number if name.startswith("person") else case.public_id
        return reverse(f"requests_app:{name}", args=[word])


def answer_of(response) -> set:
    if response.status_code == 302 and "/account/login/" in response.headers["Location"]:
        return {"login"}
    return {response.status_code}


def test_every_address_has_a_row():
    assert names_of(get_resolver("requests_app.urls").url_patterns) == set(MATRIX)


@pytest.fixture
def people(dispatcher, commander, oversight, administrator, outsider):
    return {
        "visitor": None,
        "outsider": outsider,
        "dispatcher": dispatcher,
        "commander": commander,
        "oversight": oversight,
        "administrator": administrator,
    }


@pytest.fixture
def ended_quarter(people, demonstration):
    """A quarter with a request in it, long enough ago to be public."""
    long_ago = timezone.now() - timedelta(days=200)
    with clock(long_ago):
        case = factories.make_request(people["dispatcher"], received_at=long_ago - timedelta(minutes=1))
        workflow.log(case.pk, actor=people["dispatcher"])
    return ledger.quarter_of(long_ago)


@pytest.mark.parametrize("who", PEOPLE)
def test_everyone_gets_the_answer_of_the_matrix(who, people, ended_quarter, client):
    case = factories.make_decidable(people["dispatcher"], people["commander"])
    if people[who]:
        client.force_login(people[who])
    wrong = {}
    for name, person, answer in CELLS:
        if person != who:
            continue
        response = client.get(address(name, case, ended_quarter))
        if not answer_of(response) <= ANSWERS[answer]:
            wrong[name] = f"{answer_of(response)} instead of {answer}"

    assert wrong == {}


@pytest.mark.parametrize("who", PEOPLE)
def test_a_post_gets_no_further_than_a_look(who, people, ended_quarter, client):
    """And an empty form does nothing, whoever sends it."""
    case = factories.make_decidable(people["dispatcher"], people["commander"])
    before = AssistanceRequest.objects.get(pk=case.pk).revision
    if people[who]:
        client.force_login(people[who])
    wrong = {}
    for name, person, answer in CELLS:
        is_act = name.startswith(("request_", "person_")) and name not in READ_ONLY and answer != "ok"
        if person != who or not is_act:
            continue
        response = client.post(address(name, case, ended_quarter))
        expected = {409, 422} if answer == "act" else ANSWERS[answer]
        if not answer_of(response) <= expected:
            wrong[name] = f"{answer_of(response)} instead of {expected}"

    assert wrong == {}
    assert AssistanceRequest.objects.get(pk=case.pk).revision == before


def test_list_and_detail_agree_for_every_request_and_person(people, client):
    makers = [
        factories.make_case_in(status, dispatcher=people["dispatcher"], commander=people["commander"])
        for status in Status
    ]
    second = factories.make_user("D-102", "dispatcher")
    everyone = {**people, "second_dispatcher": second}
    for who, person in everyone.items():
        if person is None:
            continue
        client.force_login(person)
        page = client.get(reverse("requests_app:request_list"), {"show": "all"}).content.decode()
        for case in makers:
            answer = client.get(reverse("requests_app:request_detail", args=[case.public_id])).status_code
            assert answer == (200 if case.public_id in page else 404), (who, case.status)


def test_every_act_has_its_row():
    verbs = {action.value.partition(":")[2] for action in workflow.MOVES} - {"find_deviations"}

    assert {f"request_{verb}" for verb in verbs} <= set(MATRIX)
