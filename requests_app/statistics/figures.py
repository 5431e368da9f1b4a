"""The figures of a quarter as people read them: each in plain words and as a plain table.

Made from the bytes of a release and the words of the closed lists alone; nothing is looked up here. All words
are in the language that is active when a function is called.
"""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from requests_app.statistics import _asked, _decided, _field, _record
from requests_app.statistics._tables import Figure, Row, figure, plain_table
from requests_app.statistics._words import compared, counted, months_of, number, shared, together
from requests_app.statistics.baseline import BASELINE_2017, Baseline
from requests_app.statistics.conduct import Conduct
from requests_app.statistics.stated import (
    Document,
    calls_for_service_of,
    conduct_of,
    harm_of,
    missing_of,
)
from requests_app.vocabulary import CallRecorded, Outcome

__all__ = ["Card", "Figure", "Group", "Row", "baseline", "cards", "groups", "headline"]


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


def cards(document: Document, before: Document | None) -> tuple[Card, ...]:
    """`before` is the release of the quarter before, where a comparison is fair."""
    now, then = _both(document, before)
    total, calls = now.requests.total, now.decisions.calls
    made, recorded = sum(calls.values()), calls.get(CallRecorded.YES, 0)
    change = compared(total, then.requests.total if then else None)
    return (
        Card(gettext("Requests"), number(total), change or gettext("Requests that were logged.")),
        Card(
            gettext("Decided to assist"),
            number(now.decisions.outcomes.get(Outcome.ASSIST, 0)),
            counted(
                total,
                none=_no_request(),
                some=ngettext("Of %(number)s request.", "Of %(number)s requests.", total),
            ),
        ),
        Card(
            gettext("Calls recorded"),
            number(recorded),
            counted(
                made,
                none=gettext("No such call was logged."),
                some=ngettext(
                    "Of %(number)s call by a commanding officer.",
                    "Of %(number)s calls by commanding officers.",
                    made,
                ),
            ),
        ),
        Card(
            gettext("Deviations"),
            number(sum(now.oversight.deviations.values())),
            _in_requests(now.oversight.requests_deviating, total) if total else _no_request(),
        ),
    )


def _both(document: Document, before: Document | None) -> tuple[Conduct, Conduct | None]:
    return conduct_of(document), conduct_of(before) if before is not None else None


def _no_request() -> str:
    return gettext("No request was logged.")


def _in_requests(part: int, total: int) -> str:
    return shared(
        part,
        total,
        none=ngettext("Not in the one request.", "In none of %(whole)s requests.", total),
        some=gettext("In %(part)s of %(whole)s requests."),
        every=ngettext("In the one request.", "In all %(whole)s requests.", total),
    )


def groups(document: Document, before: Document | None) -> tuple[Group, ...]:
    """Every figure of a release, in the order of the page, in the active language.

    `before` is the release of the quarter before, where a comparison is fair; else None. Force and injuries
    are there only where the document closes a year. `NotStated` if a document has not what a figure needs, or
    has what no figure knows.
    """
    now, then = _both(document, before)
    harm = harm_of(document)
    calls = calls_for_service_of(document)
    return (
        Group(
            "asked",
            gettext("What was asked"),
            (
                _asked.received(now, then),
                _asked.types(now),
                _asked.components(now, then),
                _asked.channels(now, then),
                _asked.per_100k(now, calls, BASELINE_2017),
            ),
        ),
        Group(
            "decided",
            gettext("What was decided"),
            (
                _decided.outcomes(now, then),
                _decided.grounds(now),
                _decided.reasons(now, then),
                _decided.papers(now),
            ),
        ),
        Group(
            "call",
            gettext("The commander's call, and how long it took"),
            (_decided.calls(now, then), _decided.minutes(now, then)),
        ),
        Group(
            "field",
            gettext("Officers in the field"),
            (
                _field.dispatches(now, then),
                _field.attendance(now),
                _field.actions(now),
                _field.scene(now),
                *([_field.harm(harm)] if harm else []),
            ),
        ),
        Group(
            "breaches",
            gettext("Where the policy was not kept"),
            (_record.deviations(now, then), _record.blocked(now)),
        ),
        Group(
            "record",
            gettext("Review, and how whole the record is"),
            (
                _record.reviews(now),
                _record.late(now),
                _record.corrections(now),
                _record.statuses(now),
                _record.left_out(now),
                _record.missing(missing_of(document)),
            ),
        ),
    )


# --- the first sentence -----------------------------------------------------------------------


def headline(document: Document, before: Document | None) -> str:
    """The quarter in a few sentences."""
    now, then = _both(document, before)
    total = now.requests.total
    text = (
        ngettext(
            "From %(quarter)s, %(number)s request by immigration officials was logged.",
            "From %(quarter)s, %(number)s requests by immigration officials were logged.",
            total,
        )
        if total
        else gettext("From %(quarter)s, no request by immigration officials was logged.")
    )
    return together(
        text % {"quarter": months_of(now.quarter), "number": number(total)},
        compared(total, then.requests.total if then else None),
        _decided_of_them(now) if total else "",
    )


def _decided_of_them(now: Conduct) -> str:
    total = now.requests.total
    assisted = now.decisions.outcomes.get(Outcome.ASSIST, 0)
    declined = now.decisions.outcomes.get(Outcome.DECLINE, 0)
    return together(
        shared(
            assisted,
            total,
            none=ngettext(
                "Police did not decide to assist.", "Police decided to assist in none of them.", total
            ),
            some=gettext("Police decided to assist in %(part)s of them."),
            every=ngettext("Police decided to assist.", "Police decided to assist in all of them.", total),
        ),
        shared(
            declined,
            total,
            none=ngettext("It was not declined.", "None of them was declined.", total),
            some=ngettext("%(part)s of them was declined.", "%(part)s of them were declined.", declined),
            every=ngettext("It was declined.", "All of them were declined.", total),
        ),
    )


# --- 2017 -------------------------------------------------------------------------------------


def baseline(found: Baseline) -> Figure:
    """What others counted in 2017, in the shape of the other figures."""
    values = {
        "months": found.months,
        "assists": number(found.assists),
        "calls": number(found.calls_for_service),
        "each": number(found.per_100_000_calls),
        "local": number(found.on_local_warrant_or_crime),
    }
    lines = {
        gettext("Help given to immigration officials"): found.assists,
        gettext("of these, on local warrants or a crime, as the chief said"): found.on_local_warrant_or_crime,
        gettext("of these, others"): found.assists - found.on_local_warrant_or_crime,
        gettext("Calls for service of any kind, about"): found.calls_for_service,
    }
    return figure(
        "baseline",
        together(
            gettext(
                "From %(months)s, Metro Police helped immigration officials %(assists)s times, among about"
                " %(calls)s calls for service: about %(each)s in every 100,000."
            )
            % values,
            gettext(
                "The chief of police said that %(local)s of the %(assists)s involved local warrants or a"
                " crime."
            )
            % values,
        ),
        plain_table((gettext("Counted from %(months)s") % values, gettext("Number")), lines),
        note=gettext(
            "Reporters found these in dispatch records, because no log of requests was kept. What police"
            " refused"
            " is not among them: compare them with the requests that were assisted, not with all."
        ),
    )
