"""Every field of every act is sent what is no answer: it is refused in words, and nothing is saved."""

import pytest

from requests_app.models import AssistanceRequest
from tests.security.surface import ACTS, act_url, answers_for, fresh, picture

pytestmark = pytest.mark.django_db

# What a browser of ours would never send.
JUNK = ["no such choice", "-1", "99999999999999999999", "2026-13-45T99:99", "\x00", "NaN"]
# Text takes nearly anything; these it must not take.
NO_TEXT = {"\x00", "\ufffd", "x" * 90_000, "\u202etxet"}
TABLE = "requests_app_assistancerequest"


@pytest.mark.parametrize("verb", ACTS)
def test_every_field_of_every_act_refuses_what_is_no_answer(verb, cast, client_of):
    """Or leaves it out of account; never an error of the server, never a row."""
    act = ACTS[verb]
    case, client = act.case(cast), client_of(act.who)
    form, answers = answers_for(client, case, verb)
    shown = client.get(act_url(case, verb)).context["form"]
    before = picture()[TABLE]

    for name, field in shown.fields.items():
        is_text = type(field).__name__ in {"TextField", "UnitsField"}
        if type(field).__name__ == "BooleanField":
            continue  # anything that is sent is a tick
        for junk in NO_TEXT if is_text else JUNK:
            parts = {name, f"{name}_0"} & (form.names | {name})
            answer = client.post(act_url(case, verb), {**fresh(answers), **dict.fromkeys(parts, junk)})
            assert answer.status_code in {409, 422}, (name, junk[:20], answer.status_code)
            assert junk[:40] == "[]" or len(junk) < 3 or f"&quot;{junk[:40]}" not in answer.content.decode()

    assert picture()[TABLE] == before


@pytest.mark.parametrize("verb", ["withdraw", "decide", "save_intake"])
def test_the_address_never_fills_a_form(verb, cast, client_of):
    """The same names in the address and in the body; and the same name twice in the body."""
    act = ACTS[verb]
    case, client = act.case(cast), client_of(act.who)
    _, answers = answers_for(client, case, verb)
    query = "?reason=planted&outcome=assist&what_was_said=planted&reason_text=planted&revision=999"
    without_answers = {name: value for name, value in answers.items() if name not in act.answers}

    empty = client.post(act_url(case, verb) + query, fresh(without_answers))
    filled = client.post(act_url(case, verb) + query, fresh(answers))

    assert empty.status_code in ({302} if verb == "save_intake" else {422})
    assert filled.status_code in ({409} if verb == "save_intake" else {302})
    stored = AssistanceRequest.objects.get(pk=case.pk)
    assert "planted" not in str(list(AssistanceRequest.objects.filter(pk=case.pk).values()))
    assert not stored.decisions.filter(outcome="assist").exists()


def test_a_field_sent_twice_is_one_field(cast, client_of):
    """The last one counts, for the check and for the record alike."""
    case, client = ACTS["withdraw"].case(cast), client_of("dispatcher")
    _, answers = answers_for(client, case, "withdraw")

    client.post(act_url(case, "withdraw"), {**answers, "reason": ["first", "second"]})

    assert AssistanceRequest.objects.get(pk=case.pk).status_reason == "second"
