"""What a correction changed, in words: each dotted name of a number as the figure that shows it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from requests_app.publication._breakdown_words import column_in_words, row_in_words, table_in_words
from requests_app.statistics.definitions import definition, heading

# By the beginning of a number's name: the figure that shows it, and which of its numbers this is.
SHOWN_BY: tuple[tuple[str, str, str], ...] = (
    ("requests.total", "requests", gettext_noop("all")),
    ("requests.directions", "requests", ""),
    ("requests.components", "components", ""),
    ("requests.channels", "channels", ""),
    ("requests.types_at_intake", "types", gettext_noop("as first logged")),
    ("requests.types_in_force", "types", gettext_noop("as last classified")),
    ("requests.found_later", "late", ""),
    ("requests.entered_after_quarter", "late", gettext_noop("logged as live after the quarter had ended")),
    ("requests.statuses", "statuses", ""),
    ("beside.of_earlier_quarters", "late", gettext_noop("of earlier quarters")),
    ("beside.exercises", "left_out", gettext_noop("exercises")),
    ("beside.abandoned", "left_out", gettext_noop("abandoned intakes")),
    ("beside.unlogged", "left_out", gettext_noop("intakes still being written")),
    ("decisions.outcomes", "outcomes", ""),
    ("decisions.withdrawn_undecided", "outcomes", gettext_noop("withdrawn before a decision")),
    ("decisions.undecided", "outcomes", gettext_noop("no decision yet")),
    ("decisions.grounds", "grounds", gettext_noop("held")),
    ("decisions.main_grounds", "grounds", gettext_noop("was the main ground")),
    ("decisions.reasons", "reasons", ""),
    ("decisions.papers", "papers", ""),
    ("decisions.to_contact.counted", "minutes", gettext_noop("calls that were timed")),
    ("decisions.to_contact.median", "minutes", gettext_noop("until the call, median")),
    ("decisions.to_contact.nine_in_ten", "minutes", gettext_noop("until the call, nine in ten")),
    ("decisions.to_decision.counted", "minutes", gettext_noop("decisions that were timed")),
    ("decisions.to_decision.median", "minutes", gettext_noop("until the decision, median")),
    ("decisions.to_decision.nine_in_ten", "minutes", gettext_noop("until the decision, nine in ten")),
    ("decisions.calls", "calls", ""),
    ("decisions.decided_without_call", "calls", gettext_noop("decided without a call")),
    ("field.modes", "dispatches", ""),
    ("field.officers", "dispatches", gettext_noop("officers")),
    ("field.officer_minutes", "dispatches", gettext_noop("minutes of officers")),
    ("field.ordinary_service", "attendance", gettext_noop("not needed")),
    ("field.commander_attended", "attendance", gettext_noop("the commander came")),
    ("field.commander_did_not", "attendance", gettext_noop("the commander did not come")),
    ("field.reported", "actions", gettext_noop("reports")),
    ("field.actions", "actions", ""),
    ("field.local_arrests", "scene", gettext_noop("local arrests")),
    ("field.citations", "scene", gettext_noop("citations")),
    ("field.handed_to_federal", "scene", gettext_noop("handed to federal custody")),
    ("field.federal_arrests_seen", "scene", gettext_noop("federal arrests seen")),
    ("oversight.deviations", "deviations", ""),
    ("oversight.explained", "deviations", gettext_noop("explained")),
    ("oversight.requests_deviating", "deviations", gettext_noop("requests with at least one")),
    ("oversight.of_the_quarter", "deviations", gettext_noop("of the quarter itself")),
    ("oversight.blocked", "blocked", ""),
    ("oversight.requests_blocked", "blocked", gettext_noop("requests with at least one")),
    ("oversight.findings", "reviews", ""),
    ("oversight.requests_reviewed", "reviews", gettext_noop("requests reviewed")),
    ("oversight.review_wanted", "reviews", gettext_noop("requests to be reviewed")),
    ("oversight.questions", "reviews", gettext_noop("questions")),
    ("oversight.answers", "reviews", gettext_noop("answers")),
    ("oversight.corrections", "corrections", gettext_noop("facts corrected")),
    ("oversight.requests_corrected", "corrections", gettext_noop("requests with a correction")),
    ("missing.recordings_without_reference", "missing", gettext_noop("recordings without a reference")),
    ("missing.calls_not_recorded", "missing", gettext_noop("calls not recorded")),
    ("missing.dispatch_records_unmatched", "missing", gettext_noop("dispatch records not matched")),
    ("missing.months_without_attestation", "missing", gettext_noop("months not attested")),
    ("calls_for_service.calls", "per_100k", gettext_noop("calls for service")),
    ("calls_for_service.source", "per_100k", gettext_noop("source of the calls for service")),
    ("calls_for_service.url", "per_100k", gettext_noop("address of the source")),
    ("year.harm.reported", "harm", gettext_noop("reports")),
    ("year.harm.force_used", "harm", gettext_noop("reports of force")),
    ("year.harm.injuries", "harm", gettext_noop("people injured")),
    ("rows", "", gettext_noop("rows, those that went and those that came")),
)
# A release says 0 where it has no such number; these are never 0, so it was not there.
NEVER_NOTHING = "calls_for_service."
# year.breakdowns.TABLE.ROW.COLUMN
BREAKDOWNS, ALL = "year.breakdowns.", "all"
CLAIM = {
    "named": gettext_noop("named"),
    "as_claimed": gettext_noop("confirmed as named"),
    "of_another_class": gettext_noop("was another paper"),
    "not_valid": gettext_noop("recalled, out of reach or no match"),
    "unconfirmed": gettext_noop("not confirmed"),
}


@dataclass(frozen=True)
class Difference:
    """A number by its dotted name, before and after; `figure` is what shows it, or empty."""

    name: str
    figure: str
    heading: str
    part: str
    before: str
    after: str


def differences(document: dict[str, Any]) -> list[Difference]:
    """In the active language, in the order of the document."""
    return [
        _difference(one["figure"], *(_shown(one["figure"], one[when]) for when in ("before", "after")))
        for one in document["differences"]
    ]


def _difference(name: str, before: str, after: str) -> Difference:
    if name.startswith(BREAKDOWNS):
        heading_of_table, part = _in_breakdown(*name.removeprefix(BREAKDOWNS).split("."))
        return Difference(name, "", heading_of_table, part, before, after)
    beginning, figure, part = _place_of(name)
    codes = name.removeprefix(beginning).strip(".").split(".") if name != beginning else []
    words = [_code(figure, code) for code in codes] + ([gettext(part)] if part else [])
    if not figure:
        return Difference(name, "", gettext("Rows"), ", ".join(words), before, after)
    return Difference(name, figure, heading(figure), ", ".join(words), before, after)


def _in_breakdown(table: str, row: str, column: str) -> tuple[str, str]:
    row_words = gettext("Whole city") if row == ALL else row_in_words(table, row)
    column_words = gettext("All") if column == ALL else column_in_words(column)
    return table_in_words(table), f"{row_words}, {column_words}"


def _place_of(name: str) -> tuple[str, str, str]:
    for beginning, figure, part in SHOWN_BY:
        if name == beginning or name.startswith(f"{beginning}."):
            return beginning, figure, part
    raise LookupError(f"No figure shows {name}.")


def _code(figure: str, code: str) -> str:
    if figure == "papers" and code in CLAIM:
        return gettext(CLAIM[code])
    choice = definition(figure).closed_list
    return gettext(choice(code).label) if choice is not None else code


def _shown(name: str, value: Any) -> str:
    if value is None and name.startswith(BREAKDOWNS):
        return gettext("hidden")
    if value is None or (value == 0 and name.startswith(NEVER_NOTHING)):
        return gettext("not known")
    return f"{value:,}" if isinstance(value, int) else str(value)
