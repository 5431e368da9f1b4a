"""The form base: what may be typed, what is kept, what is said beside a field."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.http import QueryDict

from requests_app.forms._base import (
    FilterForm,
    Folded,
    Layout,
    LocalDateTimeField,
    RegisterForm,
    Section,
    Send,
    TextField,
    choice_field,
    choices_field,
    count_field,
    reason_field,
)
from requests_app.vocabulary import Channel, DangerLevel, RequestType, Severity


class SampleForm(RegisterForm):
    caller = TextField(label="Caller", max_length=20, help_text="As they say it.")
    channel = choice_field(Channel, label="Channel", keys=True)
    types = choices_field(RequestType, label="Asked for", keys="abc")
    danger = choice_field(DangerLevel, label="Danger", look="select", required=False)
    officers = count_field(label="Officers", max_value=50)
    received_at = LocalDateTimeField(label="Received at")
    reason = reason_field(required=False)


GOOD = {
    "caller": "Agent",
    "channel": "911",
    "types": ["perimeter", "knock_and_talk"],
    "danger": "",
    "officers": "",
    "received_at": "2026-11-22T17:45",
    "reason": "",
}


def sample(**over):
    entered = QueryDict(mutable=True)
    for name, value in {**GOOD, "idempotency_key": str(uuid4()), **over}.items():
        entered.setlist(name, value if isinstance(value, list) else [value])
    return SampleForm(entered)


def errors_of(name, value):
    return sample(**{name: value}).errors.get(name, [])


def cleaned(form, name):
    assert form.is_valid(), form.errors
    return form.cleaned_data[name]


def html(form):
    return render_crispy_form(form)


def control(page, control_id):
    return re.search(rf'<(?:input|textarea|select)[^>]*id="{control_id}"[^>]*>', page)[0]


# --- text -------------------------------------------------------------------------------------


def test_it_accepts_a_good_form():
    form = sample()

    assert form.is_valid(), form.errors
    assert form.entered() == {
        "caller": "Agent",
        "channel": Channel.CALL_911,
        "types": [RequestType.KNOCK_AND_TALK, RequestType.PERIMETER],
        "danger": "",
        "officers": None,
        "received_at": datetime(2026, 11, 22, 22, 45, tzinfo=UTC),
        "reason": "",
    }


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\u202e", "\u2066"])
def test_it_refuses_control_characters(character):
    assert errors_of("caller", f"Ag{character}ent") == [
        "Contains control characters, which cannot be kept; please type it again."
    ]


@pytest.mark.parametrize("character", ["\ufffd", chr(0xD800), chr(0xDFFF)])
def test_it_refuses_what_could_not_be_decoded(character):
    assert errors_of("reason", f"be{character}cause") == [
        "Contains characters that could not be read; please type it again."
    ]


def test_it_refuses_bytes_that_are_not_utf8():
    form = SampleForm(QueryDict(b"caller=%ff%fe"))

    assert form.errors["caller"] == ["Contains characters that could not be read; please type it again."]


def test_it_keeps_newlines_and_tabs_in_long_text():
    assert cleaned(sample(reason="one\r\ntwo\rthree\tfour"), "reason") == "one\ntwo\nthree\tfour"


def test_it_refuses_a_second_line_where_there_is_one():
    assert errors_of("caller", "Agent\nOne") == ["Must be on one line."]


def test_it_trims_blanks():
    assert cleaned(sample(caller="  Agent  "), "caller") == "Agent"


@pytest.mark.parametrize("nothing", ["", "   ", "\u200b", " \u200b\ufeff "])
def test_it_takes_invisible_text_for_empty(nothing):
    assert errors_of("caller", nothing) == ["Fill this in."]


def test_it_refuses_text_that_is_too_long():
    assert errors_of("caller", "x" * 21) == ["Too long: use at most 20 characters; this has 21."]


def test_it_counts_a_line_end_as_one_character():
    assert errors_of("reason", "x" * 1999 + "\r\n" + "y") == [
        "Too long: use at most 2000 characters; this has 2001."
    ]
    assert errors_of("reason", "x" * 1998 + "\r\n" + "y") == []


def test_it_refuses_to_be_made_with_plain_text_fields():
    class Careless(RegisterForm):
        name = forms.CharField()

    with pytest.raises(TypeError, match="name: use TextField"):
        Careless()


def test_it_refuses_to_be_made_with_numbers_without_an_end():
    class Careless(RegisterForm):
        officers = forms.IntegerField()

    with pytest.raises(TypeError, match="max_value"):
        Careless()


@pytest.mark.parametrize(
    ("typed", "message"),
    [("-1", "Enter 0 or more."), ("51", "Enter 50 or less."), ("two", "Enter a whole number.")],
)
def test_it_refuses_impossible_counts(typed, message):
    assert errors_of("officers", typed) == [message]


# --- choices ----------------------------------------------------------------------------------


def test_it_does_not_repeat_an_unknown_choice():
    assert errors_of("channel", "<b>carrier pigeon\x00") == ["Choose one of the answers shown."]
    assert errors_of("types", ["perimeter", "\ud800"]) == ["Choose one of the answers shown."]


def test_it_asks_for_an_answer_where_one_is_needed():
    assert errors_of("channel", "") == ["Choose an answer."]


def test_it_counts_a_repeated_choice_once():
    assert cleaned(sample(types=["perimeter", "perimeter"]), "types") == [RequestType.PERIMETER]


def test_it_puts_keys_on_the_options():
    page = html(SampleForm())

    assert 'data-key="1"' in control(page, "id_channel_0")
    assert 'data-key="0"' in control(page, "id_channel_9")
    assert "data-key" not in control(page, "id_channel_10")
    assert 'data-key="c"' in control(page, "id_types_2")
    assert '<kbd class="option-key" aria-hidden="true">1</kbd>' in page


def test_it_offers_only_the_members_it_was_given():
    field = choice_field([DangerLevel.NONE, DangerLevel.CLEAR], label="Danger", blank_label="Not asked yet")

    assert [code for code, _ in field.choices] == ["", "none", "clear"]
    with pytest.raises(forms.ValidationError):
        field.clean("claimed")


def test_it_sees_a_changed_choice_even_when_it_is_unknown():
    entered = {**GOOD, "idempotency_key": str(uuid4()), "channel": "pigeon"}
    form = SampleForm(entered, initial={"channel": Channel.RADIO})

    assert "channel" in form.changed_data


# --- local times ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-01-15T08:00", datetime(2026, 1, 15, 13, 0, tzinfo=UTC)),
        ("2026-07-15T08:00", datetime(2026, 7, 15, 12, 0, tzinfo=UTC)),
        ("2026-07-15 08:00:59", datetime(2026, 7, 15, 12, 0, 59, tzinfo=UTC)),
        ("2028-02-29T23:59", datetime(2028, 3, 1, 4, 59, tzinfo=UTC)),
        ("2026-11-01T00:59", datetime(2026, 11, 1, 4, 59, tzinfo=UTC)),
        ("2026-11-01T02:00", datetime(2026, 11, 1, 7, 0, tzinfo=UTC)),
    ],
)
def test_it_reads_louisville_time(typed, utc):
    assert LocalDateTimeField().clean((typed, "")) == utc


@pytest.mark.parametrize(
    "typed",
    [
        "yesterday",
        "2026-02-29T10:00",
        "2026-13-01T10:00",
        "2026-01-01T24:00",
        "2026-01-01",
        "2026-W01-1T10:00",
        "2026-01-01T10:00Z",
        "2026-01-01T10:00+05:00",
        "٢٠٢٦-01-01T10:00",
        "2026-01-01T10:00\x00",
        "9" * 5000,
    ],
)
def test_it_refuses_what_is_no_time(typed):
    assert errors_of("received_at", typed) == ["Enter a date and time that exist, like 2026-11-22 17:45."]


@pytest.mark.parametrize(
    "typed", ["1999-12-31T10:00", "2101-01-01T00:00", "0001-01-01T00:00", "20260-01-01T10:00"]
)
def test_it_refuses_years_out_of_reach(typed):
    assert errors_of("received_at", typed) == ["Enter a year from 2000 to 2100."]


def test_it_refuses_an_hour_that_did_not_exist():
    assert errors_of("received_at", "2027-03-14T02:30") == [
        "02:30 did not exist on March 14, 2027: the clocks went forward over it. Check the time."
    ]


def test_it_asks_which_hour_is_meant_when_it_came_twice():
    form = sample(received_at="2026-11-01T01:30")

    assert form.errors["received_at"] == [
        "01:30 came twice on November 1, 2026, when the clocks went back. Choose which one is meant."
    ]
    page = html(form)
    assert 'value="2026-11-01T01:30"' in control(page, "id_received_at")
    assert "First 01:30 (daylight time)" in page
    assert "Second 01:30 (standard time)" in page


@pytest.mark.parametrize(("answer", "utc_hour"), [("0", 5), ("1", 6)])
def test_it_takes_the_answer_to_which_hour_is_meant(answer, utc_hour):
    form = sample(received_at="2026-11-01T01:30", received_at_fold=answer)

    assert cleaned(form, "received_at") == datetime(2026, 11, 1, utc_hour, 30, tzinfo=UTC)


def test_it_asks_again_when_the_answer_is_none():
    assert sample(received_at="2026-11-01T01:30", received_at_fold="2").errors["received_at"]


def test_it_does_not_ask_about_ordinary_hours():
    assert "_fold" not in html(sample())


@pytest.mark.parametrize("utc_hour", [5, 6])
def test_it_shows_a_kept_time_so_that_it_comes_back_the_same(utc_hour):
    kept = datetime(2026, 11, 1, utc_hour, 30, 15, 123456, tzinfo=UTC)
    text, fold = LocalDateTimeField().prepare_value(kept)

    assert text == "2026-11-01T01:30:15"
    assert LocalDateTimeField().clean((text, fold)) == kept.replace(microsecond=0)


def test_it_does_not_take_an_untouched_time_for_a_change():
    kept = datetime(2026, 11, 22, 22, 45, 0, 123456, tzinfo=UTC)
    form = SampleForm({**GOOD, "idempotency_key": str(uuid4())}, initial={"received_at": kept})

    assert "received_at" not in form.changed_data


# --- what a form carries unseen ---------------------------------------------------------------


def key_in(page):
    return UUID(re.search(r'name="idempotency_key" value="([^"]+)"', page)[1])


def test_it_gives_every_fresh_form_a_key_of_its_own():
    assert key_in(html(SampleForm())) != key_in(html(SampleForm()))


def test_it_keeps_the_key_when_the_form_comes_back():
    key = uuid4()

    assert key_in(html(sample(idempotency_key=str(key), caller=""))) == key


@pytest.mark.parametrize("broken", ["", "1", "x" * 5000, "\x00"])
def test_it_refuses_a_broken_key_and_offers_a_new_one(broken):
    form = sample(idempotency_key=broken)

    assert form.errors["idempotency_key"] == [
        "This page was not sent whole. Nothing was saved; please send it again."
    ]
    assert key_in(html(form)).version == 4


def test_it_carries_the_revision():
    form = SampleForm(initial={"revision": 7})

    assert re.search(r'type="hidden" name="revision" value="7"', html(form))
    assert cleaned(sample(revision="7"), "revision") == 7


@pytest.mark.parametrize("broken", ["x", "-1", "9" * 30])
def test_it_refuses_a_broken_revision(broken):
    assert errors_of("revision", broken)


def test_it_shows_a_stale_form_again_with_what_was_typed():
    form = sample(revision="7", types=["perimeter", "standby"])

    form.renew_revision(9)

    page = html(form)
    assert re.search(r'name="revision" value="9"', page)
    assert "checked" in control(page, "id_types_2")
    assert "checked" in control(page, "id_types_8")


# --- what is shown ----------------------------------------------------------------------------


def test_it_lists_errors_at_the_top_with_links_to_their_fields():
    page = html(sample(caller="", channel=""))

    assert "There are 2 problems" in page
    assert '<a class="usa-link" href="#id_caller">Caller</a>: Fill this in.' in page
    assert '<a class="usa-link" href="#id_channel_0">Channel</a>: Choose an answer.' in page
    assert re.search(r'class="usa-alert usa-alert--error error-summary"[^>]*role="alert" tabindex="-1"', page)


def test_it_has_no_summary_when_nothing_is_wrong():
    assert "error-summary" not in html(SampleForm())


def test_it_ties_hint_error_and_note_to_the_control():
    form = sample(caller="")
    form.add_note("caller", "Ask for the badge too.")

    page = html(form)

    described_by = 'aria-describedby="id_caller_helptext id_caller_error id_caller_notes"'
    assert described_by in control(page, "id_caller")
    for described in ("id_caller_helptext", "id_caller_error", "id_caller_notes"):
        assert f'id="{described}"' in page


def test_it_ties_a_note_to_a_group_of_options():
    form = SampleForm()
    form.add_note("types", "Police do not knock on doors.", Severity.BLOCKS, citation="Policy, point 3")

    page = html(form)

    assert '<fieldset class="usa-fieldset" aria-describedby="id_types_notes">' in page
    assert "Keeps help from being given:" in page
    assert "Policy, point 3" in page


def test_a_note_does_not_keep_a_form_from_being_sent():
    form = sample()
    form.add_note("types", "Police do not knock on doors.", Severity.BLOCKS)

    assert form.is_valid()


def test_it_shows_a_note_on_an_unknown_field_above_the_form():
    form = SampleForm()
    form.add_note("documents[0].confirmation", "Confirm the warrant.")

    assert [note.message for note in form.form_notes] == ["Confirm the warrant."]
    assert "Confirm the warrant." in html(form)


def test_it_marks_required_fields_in_words():
    page = html(SampleForm())

    assert re.search(r'for="id_caller">Caller <span class="field-mark[^"]*">required</span>', page)
    assert re.search(r'for="id_reason">Reason\s*</label>', page)


def test_it_escapes_what_was_typed():
    page = html(sample(caller="<script>x</script>" * 2))

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


class FoldedForm(SampleForm):
    def build_layout(self):
        return Layout(
            Section("The call", "caller", "channel", "types", "received_at", hint="Who is on the line."),
            Folded("More", "danger", "officers", "reason"),
            Send("Save and page", name="page", value="1", data_hotkey="ctrl+enter"),
        )


def test_folded_fields_stay_folded_while_they_are_empty():
    assert '<details class="folded">' in html(FoldedForm())


def test_folded_fields_open_when_one_of_them_is_wrong():
    form = FoldedForm({**GOOD, "officers": "99"})

    assert '<details class="folded" open>' in html(form)


def test_a_button_says_which_one_was_pressed():
    page = html(FoldedForm())

    button = re.search(r"<button[^>]*>", page)[0]
    assert 'name="page"' in button
    assert 'data-hotkey="ctrl+enter"' in button
    assert 'type="submit"' in button


def test_a_layout_that_forgets_the_key_still_sends_it():
    assert key_in(html(FoldedForm()))


def test_a_filter_is_sent_in_the_address_without_a_key():
    class Narrow(FilterForm):
        channel = choice_field(Channel, label="Channel", look="select", required=False, blank_label="Any")

    page = html(Narrow({"channel": "radio"}))

    assert '<form method="get"' in page
    assert "idempotency_key" not in page
    assert '<option value="radio" selected>' in page
