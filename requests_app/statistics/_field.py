"""Officers in the field: who was sent, who came, what they did."""

from django.utils.translation import gettext, ngettext

from requests_app.statistics._tables import NO_TABLE, Figure, counts_of, figure, plain_table, row, table
from requests_app.statistics._words import counted, hours, shared, together
from requests_app.statistics.conduct import Conduct, Harm
from requests_app.vocabulary import DispatchMode


def dispatches(now: Conduct, before: Conduct | None) -> Figure:
    sent = now.field.dispatches
    then = counts_of(before, lambda one: one.field.modes)
    may_go_first = gettext("Under clear public danger, officers may go before the decision.")
    return figure(
        "dispatches",
        _sent(now) if sent else gettext("No officers were sent."),
        table(
            gettext("When they went"),
            now.field.modes,
            then,
            whole=sent,
            always=tuple(DispatchMode) if sent else (),
            counted=gettext("Dispatches"),
        ),
        note=may_go_first if sent else "",
    )


def _sent(now: Conduct) -> str:
    total, field = now.requests.total, now.field
    breaches = field.modes.get(DispatchMode.BEFORE_DECISION_IN_BREACH, 0)
    went = shared(
        field.dispatches,
        total,
        none="",
        some=gettext("Officers were sent for %(part)s of %(whole)s requests."),
        every=ngettext(
            "Officers were sent for the one request.", "Officers were sent for all %(whole)s requests.", total
        ),
    )
    in_breach = counted(
        breaches,
        none=gettext("None were sent before the decision in breach of the policy."),
        some=ngettext(
            "For %(number)s request, they went before the decision, in breach of the policy.",
            "For %(number)s requests, they went before the decision, in breach of the policy.",
            breaches,
        ),
    )
    return together(went, _officers(field.officers), _time(field.officer_minutes), in_breach)


def _officers(officers: int) -> str:
    text = ngettext("%(number)s officer was sent in all.", "%(number)s officers were sent in all.", officers)
    return counted(officers, none="", some=text)


def _time(minutes: int) -> str:
    if not minutes:
        return gettext("Their reports count no time.")
    return gettext("Their reports count %(time)s of officers' time.") % {"time": hours(minutes)}


def attendance(now: Conduct) -> Figure:
    field = now.field
    needed = field.commander_attended + field.commander_did_not
    lines = {
        gettext("Commanding officer came"): field.commander_attended,
        gettext("Commanding officer did not come"): field.commander_did_not,
        gettext("Ordinary service: no commanding officer needed"): field.ordinary_service,
    }
    columns = (gettext("At the scene"), gettext("Dispatches"), gettext("Share"))
    rows = tuple(row(label, value, whole=field.dispatches) for label, value in lines.items())
    return figure(
        "attendance",
        _joined(field.commander_attended, needed)
        if needed
        else gettext("No officers were sent to a scene that a commanding officer has to join."),
        (columns, rows) if field.dispatches else NO_TABLE,
    )


def _joined(attended: int, needed: int) -> str:
    return shared(
        attended,
        needed,
        none=ngettext(
            "At the one scene where the policy requires it, the commanding officer did not join the"
            " officers.",
            "At none of %(whole)s scenes where the policy requires it did the commanding officer join the"
            " officers.",
            needed,
        ),
        some=gettext(
            "At %(part)s of %(whole)s scenes where the policy requires it, the commanding officer joined the"
            " officers."
        ),
        every=ngettext(
            "At the one scene where the policy requires it, the commanding officer joined the officers.",
            "At all %(whole)s scenes where the policy requires it, the commanding officer joined the"
            " officers.",
            needed,
        ),
    )


def actions(now: Conduct) -> Figure:
    field = now.field
    several = gettext("Officers may do several things at one scene.")
    text = ngettext(
        "Officers reported from %(number)s scene.",
        "Officers reported from %(number)s scenes.",
        field.reported,
    )
    return figure(
        "actions",
        counted(field.reported, none=_no_report(), some=text),
        table(gettext("What was done"), field.actions, whole=field.reported, counted=gettext("Reports")),
        note=several if field.actions else "",
    )


def _no_report() -> str:
    return gettext("No report from a scene was made.")


def scene(now: Conduct) -> Figure:
    field = now.field
    lines = {
        gettext("Arrests by Metro Police"): field.local_arrests,
        gettext("Citations by Metro Police"): field.citations,
        gettext("People handed over to federal custody"): field.handed_to_federal,
        gettext("Federal arrests seen by officers"): field.federal_arrests_seen,
    }
    arrested = counted(
        field.local_arrests,
        none=gettext("Metro Police arrested nobody."),
        some=ngettext(
            "Metro Police arrested %(number)s person.",
            "Metro Police arrested %(number)s people.",
            field.local_arrests,
        ),
    )
    handed_over = counted(
        field.handed_to_federal,
        none=gettext("They handed nobody over to federal custody."),
        some=ngettext(
            "They handed %(number)s person over to federal custody.",
            "They handed %(number)s people over to federal custody.",
            field.handed_to_federal,
        ),
    )
    return figure(
        "scene",
        together(arrested, handed_over) if field.reported else _no_report(),
        plain_table((gettext("At the scene"), gettext("Number")), lines),
    )


# --- the year ---------------------------------------------------------------------------------


def harm(found: Harm) -> Figure:
    year = {"year": found.year}
    lines = {
        gettext("Reports from a scene"): found.reported,
        gettext("Reports of force by officers"): found.force_used,
        gettext("People injured"): found.injuries,
    }
    nothing = gettext("In the whole year %(year)s, no report from a scene was made.") % year
    return figure(
        "harm",
        together(_force(found), _injured(found.injuries)) if found.reported else nothing,
        plain_table((gettext("Whole year %(year)s") % year, gettext("Number")), lines)
        if found.reported
        else NO_TABLE,
        note=gettext(
            "They are shown for whole years, because a quarter has so few that a number could point at one"
            " event."
        ),
    )


def _force(found: Harm) -> str:
    return shared(
        found.force_used,
        found.reported,
        none=ngettext(
            "In the whole year %(year)s, officers reported from %(whole)s scene, and no force.",
            "In the whole year %(year)s, officers reported from %(whole)s scenes, and no force.",
            found.reported,
        ),
        some=gettext(
            "In the whole year %(year)s, officers reported force from %(part)s of %(whole)s scenes."
        ),
        every=ngettext(
            "In the whole year %(year)s, officers reported force from their one scene.",
            "In the whole year %(year)s, officers reported force from all %(whole)s scenes.",
            found.reported,
        ),
        year=found.year,
    )


def _injured(injuries: int) -> str:
    return counted(
        injuries,
        none=gettext("Nobody was injured."),
        some=ngettext("%(number)s person was injured.", "%(number)s people were injured.", injuries),
    )
