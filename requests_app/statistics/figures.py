"""The figures of a quarter as people read them: each a sentence in plain words and a plain table.

Made from the counts of `conduct` and the words of the closed lists alone; nothing is looked up here.
"""

from dataclasses import dataclass

from requests_app.statistics import _asked, _decided, _field, _record
from requests_app.statistics._tables import Figure, plain_table
from requests_app.statistics._words import capital, compared, number_word, part_of, several
from requests_app.statistics.baseline import Baseline
from requests_app.statistics.conduct import Conduct, Harm, harm_public_from
from requests_app.vocabulary import CallRecorded, Outcome


@dataclass(frozen=True)
class Group:
    """Figures under one heading of the page; `name` is its anchor."""

    name: str
    heading: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Card:
    """One of the few numbers at the top of the page, with the sentence that explains it."""

    label: str
    value: str
    sentence: str


def cards(now: Conduct, before: Conduct | None) -> tuple[Card, ...]:
    total, calls = now.requests.total, now.decisions.calls
    was = before.requests.total if before else None
    assisted = now.decisions.outcomes.get(Outcome.ASSIST, 0)
    deviations = sum(now.oversight.deviations.values())
    made, recorded = sum(calls.values()), calls.get(CallRecorded.YES, 0)
    return (
        Card(
            "Requests",
            number_word(total),
            capital(compared(total, was).removeprefix(", ")) + "." if was is not None else "Logged requests.",
        ),
        Card("Decided to assist", number_word(assisted), f"Of {several(total, 'request')}."),
        Card("Calls recorded", number_word(recorded), f"Of {several(made, 'call')} by commanding officers."),
        Card(
            "Deviations",
            number_word(deviations),
            f"In {part_of(now.oversight.requests_deviating, total, 'request')}.",
        ),
    )


def groups(now: Conduct, before: Conduct | None, harm: Harm | None) -> tuple[Group, ...]:
    """Every figure of the quarter, in the order of the page; `before` where a comparison is fair."""
    year = now.quarter.year
    day = harm_public_from(year)
    harm_from = f"{day:%B} {day.day}, {day.year}"
    return (
        Group(
            "asked",
            "What was asked",
            (
                _asked.received(now, before),
                _asked.types(now),
                _asked.components(now, before),
                _asked.channels(now, before),
            ),
        ),
        Group(
            "decided",
            "What was decided",
            (
                _decided.outcomes(now, before),
                _decided.grounds(now),
                _decided.reasons(now, before),
                _decided.papers(now),
            ),
        ),
        Group(
            "call",
            "The commander's call, and how long it took",
            (_decided.calls(now, before), _decided.minutes(now, before)),
        ),
        Group(
            "field",
            "Officers in the field",
            (
                _field.dispatches(now, before),
                _field.attendance(now),
                _field.actions(now),
                _field.scene(now),
                _field.harm(year, harm, public_from=harm_from),
            ),
        ),
        Group(
            "breaches",
            "Where the policy was not kept",
            (_record.deviations(now, before), _record.blocked(now)),
        ),
        Group(
            "record",
            "Review, and how whole the record is",
            (
                _record.reviews(now),
                _record.late(now),
                _record.corrections(now),
                _record.statuses(now),
                _record.left_out(now),
            ),
        ),
    )


def headline(now: Conduct, before: Conduct | None) -> str:
    """The quarter in one or two sentences."""
    total = now.requests.total
    if not total:
        return f"From {now.quarter.label}, no request by immigration officials was logged."
    was = before.requests.total if before else None
    assisted = now.decisions.outcomes.get(Outcome.ASSIST, 0)
    declined = now.decisions.outcomes.get(Outcome.DECLINE, 0)
    return (
        f"From {now.quarter.label}, {several(total, 'request')} by immigration officials"
        f" {'was' if total == 1 else 'were'} logged{compared(total, was)}. Police decided to assist in"
        f" {number_word(assisted)} of them and declined {number_word(declined)}."
    )


def baseline(found: Baseline) -> Figure:
    """What others counted in 2017, in the shape of the other figures."""
    lines = {
        "Help given to immigration officials": found.assists,
        "of these, on local warrants or a crime, as the chief said": found.on_local_warrant_or_crime,
        "of these, others": found.assists - found.on_local_warrant_or_crime,
        "Calls for service of any kind, about": found.calls_for_service,
    }
    return Figure(
        "baseline",
        "Before there was a register: 2017",
        f"From {found.months}, Metro Police helped immigration officials {found.assists} times, among about"
        f" {found.calls_for_service:,} calls for service: about {found.per_100_000_calls} in every 100,000."
        f" The chief of police said that {found.on_local_warrant_or_crime} of the {found.assists} involved"
        " local warrants or a crime.",
        *plain_table((found.months, "Number"), lines),
        note="Reporters found these in dispatch records, because no log of requests was kept. What police"
        " refused is not among them: compare them with the requests that were assisted, not with all.",
    )
