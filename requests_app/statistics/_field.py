"""Officers in the field: who was sent, who came, what they did."""

from requests_app.statistics._tables import NO_TABLE, SHARE, Figure, counts_of, plain_table, row, table
from requests_app.statistics._words import hours, number_word, part_of, people, several
from requests_app.statistics.conduct import Conduct, Harm
from requests_app.vocabulary import DispatchMode

NO_REPORT = "No report from a scene was made."


def dispatches(now: Conduct, before: Conduct | None) -> Figure:
    sent = now.field.dispatches
    then = counts_of(before, lambda one: one.field.modes)
    always = tuple(DispatchMode) if sent else ()
    return Figure(
        "dispatches",
        "Officers sent",
        _sent(now) if sent else "No officers were sent.",
        *table("When they went", now.field.modes, then, whole=sent, always=always, counted="Dispatches"),
        note="Under clear public danger, officers may go before the decision." if sent else "",
    )


def _sent(now: Conduct) -> str:
    field = now.field
    breaches = field.modes.get(DispatchMode.BEFORE_DECISION_IN_BREACH, 0)
    return (
        f"Officers were sent for {part_of(field.dispatches, now.requests.total, 'request')}:"
        f" {several(field.officers, 'officer')} in all. Their reports count {hours(field.officer_minutes)} of"
        f" officers' time. Sent before the decision, in breach of the policy: {number_word(breaches)}."
    )


def attendance(now: Conduct) -> Figure:
    field = now.field
    needed = field.commander_attended + field.commander_did_not
    joined = part_of(field.commander_attended, needed, "dispatch", "dispatches")
    lines = {
        "Commanding officer came": field.commander_attended,
        "Commanding officer did not come": field.commander_did_not,
        "Ordinary service: no commanding officer needed": field.ordinary_service,
    }
    rows = tuple(row(label, number, whole=field.dispatches) for label, number in lines.items())
    return Figure(
        "attendance",
        "Commanding officer at the scene",
        f"Where the policy requires it, the commanding officer joined the officers: {joined}."
        if needed
        else "No officers were sent to a scene that a commanding officer has to join.",
        *((("At the scene", "Dispatches", SHARE), rows) if field.dispatches else NO_TABLE),
    )


def actions(now: Conduct) -> Figure:
    field = now.field
    return Figure(
        "actions",
        "What officers did",
        f"Officers reported from {several(field.reported, 'scene')}." if field.reported else NO_REPORT,
        *table("What was done", field.actions, whole=field.reported, counted="Reports"),
        note="Officers may do several things at one scene." if field.actions else "",
    )


def scene(now: Conduct) -> Figure:
    field = now.field
    arrested = people(field.local_arrests)
    handed_over = people(field.handed_to_federal)
    lines = {
        "Arrests by Metro Police": field.local_arrests,
        "Citations by Metro Police": field.citations,
        "People handed over to federal custody": field.handed_to_federal,
        "Federal arrests seen by officers": field.federal_arrests_seen,
    }
    return Figure(
        "scene",
        "Arrests and citations",
        f"Metro Police arrested {arrested} and handed {handed_over} over to federal custody."
        if field.reported
        else NO_REPORT,
        *plain_table(("At the scene", "Number"), lines),
    )


def harm(year: int, found: Harm | None, *, public_from: str) -> Figure:
    name, heading = "harm", "Force and injuries"
    why = (
        "They are shown for whole years, because a quarter has so few that a number could point at one event."
    )
    if found is None:
        return Figure(
            name, heading, f"The figures of the whole year {year} appear on {public_from}.", note=why
        )
    if not found.reported:
        return Figure(name, heading, f"In the whole year {year}, no report from a scene was made.", note=why)
    lines = {
        "Reports from a scene": found.reported,
        "Reports of force by officers": found.force_used,
        "People injured": found.injuries,
    }
    return Figure(
        name,
        heading,
        f"In the whole year {year}, officers reported force from"
        f" {part_of(found.force_used, found.reported, 'scene')}, and"
        f" {several(found.injuries, 'injured person', 'injured people')}.",
        *plain_table((f"Whole year {year}", "Number"), lines),
        note=why,
    )
