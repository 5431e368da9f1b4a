"""What was decided, on which grounds, after which call, and how long it took."""

from django.utils.translation import gettext, ngettext

from requests_app.statistics._asked import no_request
from requests_app.statistics._counts import Minutes
from requests_app.statistics._tables import (
    NO_TABLE,
    Figure,
    Row,
    Table,
    counts_of,
    figure,
    percent,
    row,
    table,
)
from requests_app.statistics._words import counted, number, shared, together
from requests_app.statistics.conduct import Claimed, Conduct
from requests_app.vocabulary import CallRecorded, DocumentClass, Outcome

WARRANTS = (DocumentClass.CRIMINAL_WARRANT, DocumentClass.CRIMINAL_SEARCH_WARRANT)


def outcomes(now: Conduct, before: Conduct | None) -> Figure:
    total = now.requests.total
    assisted = now.decisions.outcomes.get(Outcome.ASSIST, 0)
    declined = now.decisions.outcomes.get(Outcome.DECLINE, 0)
    return figure(
        "outcomes",
        together(_assisted(assisted, total), _declined(declined)) if total else no_request(),
        _outcomes_table(now, before),
        note=gettext("Where a decision was replaced by a later one, the later one counts."),
    )


def _assisted(assisted: int, total: int) -> str:
    return shared(
        assisted,
        total,
        none=ngettext(
            "The one request did not end with a decision to assist.",
            "None of %(whole)s requests ended with a decision to assist.",
            total,
        ),
        some=ngettext(
            "%(part)s of %(whole)s requests ended with a decision to assist, which is always limited in"
            " scope.",
            "%(part)s of %(whole)s requests ended with a decision to assist, which is always limited in"
            " scope.",
            assisted,
        ),
        every=ngettext(
            "The one request ended with a decision to assist, which is always limited in scope.",
            "All %(whole)s requests ended with a decision to assist, which is always limited in scope.",
            total,
        ),
    )


def _declined(declined: int) -> str:
    return counted(
        declined,
        none=gettext("No request was declined."),
        some=ngettext("%(number)s request was declined.", "%(number)s requests were declined.", declined),
    )


def _outcomes_table(now: Conduct, before: Conduct | None) -> Table:
    """The decisions, and below them the requests that have none."""
    total, decisions = now.requests.total, now.decisions
    then = before.decisions if before else None
    columns, rows = table(
        gettext("Decision"),
        decisions.outcomes,
        counts_of(before, lambda one: one.decisions.outcomes),
        whole=total,
        always=(Outcome.ASSIST, Outcome.DECLINE),
    )
    withdrawn = then.withdrawn_undecided if then else None
    undecided = then.undecided if then else None
    if decisions.withdrawn_undecided or withdrawn:
        label = gettext("Withdrawn before a decision")
        rows += (row(label, decisions.withdrawn_undecided, withdrawn, whole=total),)
    if decisions.undecided or undecided:
        rows += (row(gettext("No decision yet"), decisions.undecided, undecided, whole=total),)
    return columns, rows


def grounds(now: Conduct) -> Figure:
    assisted = now.decisions.outcomes.get(Outcome.ASSIST, 0)
    if not assisted:
        return figure("grounds", gettext("No request was assisted, so no ground was used."))
    text = ngettext(
        "%(number)s decision to assist was made, on at least one ground that the policy accepts.",
        "%(number)s decisions to assist were made, each on at least one ground that the policy accepts.",
        assisted,
    )
    return figure(
        "grounds",
        text % {"number": number(assisted)},
        _grounds_table(now, assisted),
        note=gettext("Several grounds may hold for one request. The main one is the most urgent of them."),
    )


def _grounds_table(now: Conduct, assisted: int) -> Table:
    held, main = now.decisions.grounds, now.decisions.main_grounds
    columns = (
        gettext("Ground"),
        gettext("Held"),
        gettext("Was the main ground"),
        gettext("Share as main ground"),
    )
    return columns, tuple(
        Row(
            gettext(code.label),
            (number(count), number(main.get(code, 0))),
            percent(main.get(code, 0), assisted),
        )
        for code, count in held.items()
    )


def reasons(now: Conduct, before: Conduct | None) -> Figure:
    declined = now.decisions.outcomes.get(Outcome.DECLINE, 0)
    then = counts_of(before, lambda one: one.decisions.reasons)
    each = ngettext("It has one of these reasons.", "Each has one of these reasons.", declined)
    return figure(
        "reasons",
        together(_declined(declined), each if declined else ""),
        table(gettext("Reason"), now.decisions.reasons, then, whole=declined),
    )


# --- warrants ---------------------------------------------------------------------------------


def papers(now: Conduct) -> Figure:
    claims = now.decisions.papers
    named = sum(claims[code].named for code in WARRANTS if code in claims)
    confirmed = sum(claims[code].as_claimed for code in WARRANTS if code in claims)
    columns = (
        gettext("Named by the requester as"),
        gettext("Named"),
        gettext("Confirmed as named"),
        gettext("Was another paper"),
        gettext("Recalled, out of reach or no match"),
        gettext("Not confirmed"),
    )
    reach = gettext("“Out of reach” means that the place that issued the warrant will not extradite.")
    return figure(
        "papers",
        together(_named(named), _confirmed(confirmed, named)),
        (columns, tuple(_claim_row(code, claim) for code, claim in claims.items())) if claims else NO_TABLE,
        note=reach if claims else "",
    )


def _named(named: int) -> str:
    return counted(
        named,
        none=gettext("Requesters named no criminal warrant or search warrant."),
        some=ngettext(
            "Requesters named %(number)s criminal warrant or search warrant.",
            "Requesters named %(number)s criminal warrants or search warrants.",
            named,
        ),
    )


def _confirmed(confirmed: int, named: int) -> str:
    if not named:
        return ""
    return shared(
        confirmed,
        named,
        none=ngettext(
            "It was not confirmed as active and matching.",
            "None of them was confirmed as active and matching.",
            named,
        ),
        some=ngettext(
            "%(part)s of them was confirmed as active and matching.",
            "%(part)s of them were confirmed as active and matching.",
            confirmed,
        ),
        every=ngettext(
            "It was confirmed as active and matching.",
            "All of them were confirmed as active and matching.",
            named,
        ),
    )


def _claim_row(code: DocumentClass, claim: Claimed) -> Row:
    ends = (claim.named, claim.as_claimed, claim.of_another_class, claim.not_valid, claim.unconfirmed)
    return Row(gettext(code.label), tuple(number(end) for end in ends))


# --- the call, and the time -------------------------------------------------------------------


def calls(now: Conduct, before: Conduct | None) -> Figure:
    made, without = now.decisions.calls, now.decisions.decided_without_call
    whole = sum(made.values())
    any_call = _recorded(made.get(CallRecorded.YES, 0), whole) if whole else no_call()
    return figure(
        "calls",
        together(any_call, _without_call(without)),
        table(
            gettext("The call was"),
            made,
            counts_of(before, lambda one: one.decisions.calls),
            whole=whole,
            always=(CallRecorded.YES,) if whole else (),
            counted=gettext("Calls"),
        ),
        note=gettext("The policy wants these calls recorded, for transparency."),
    )


def no_call() -> str:
    return gettext("No call between a commanding officer and a requester was logged.")


def _recorded(recorded: int, whole: int) -> str:
    return shared(
        recorded,
        whole,
        none=ngettext(
            "The one call between a commanding officer and a requester was not recorded.",
            "None of %(whole)s calls between commanding officers and requesters was recorded.",
            whole,
        ),
        some=ngettext(
            "%(part)s of %(whole)s calls between commanding officers and requesters was recorded.",
            "%(part)s of %(whole)s calls between commanding officers and requesters were recorded.",
            recorded,
        ),
        every=ngettext(
            "The one call between a commanding officer and a requester was recorded.",
            "All %(whole)s calls between commanding officers and requesters were recorded.",
            whole,
        ),
    )


def _without_call(without: int) -> str:
    return counted(
        without,
        none=gettext("No request was decided without such a call."),
        some=ngettext(
            "%(number)s request was decided without any such call.",
            "%(number)s requests were decided without any such call.",
            without,
        ),
    )


def minutes(now: Conduct, before: Conduct | None) -> Figure:
    contact, decision = now.decisions.to_contact, now.decisions.to_decision
    return figure(
        "minutes",
        together(_until_contact(contact.median), _until_decision(decision.median)),
        _minutes_table(now, before) if contact.counted + decision.counted else NO_TABLE,
        note=gettext(
            "The median is the time that half of the requests took, or less. Nine in ten (the 90th"
            " percentile)"
            " took the next value or less. Both are times that occurred, not averages; a minute that has"
            " begun"
            " counts as a whole one. Timed are requests that were logged live, without contacts that"
            " police made."
        ),
    )


def _until_contact(median: int | None) -> str:
    if median is None:
        return gettext(
            "No request shows how long it took until a commanding officer spoke with the requester."
        )
    text = ngettext(
        "In half of the timed requests, a commanding officer spoke with the requester within %(number)s"
        " minute.",
        "In half of the timed requests, a commanding officer spoke with the requester within %(number)s"
        " minutes.",
        median,
    )
    return text % {"number": number(median)}


def _until_decision(median: int | None) -> str:
    if median is None:
        return gettext("No request shows how long it took until the first decision was made.")
    text = ngettext(
        "In half of the timed requests, the first decision was made within %(number)s minute.",
        "In half of the timed requests, the first decision was made within %(number)s minutes.",
        median,
    )
    return text % {"number": number(median)}


def _minutes_table(now: Conduct, before: Conduct | None) -> Table:
    columns = (
        gettext("From the request"),
        gettext("Requests"),
        gettext("Median, in minutes"),
        gettext("Nine in ten within, in minutes"),
    )
    then = (gettext("Median, quarter before"),) if before else ()
    rows = (
        _minutes_row(
            gettext("Until a commanding officer spoke with the requester"),
            now.decisions.to_contact,
            before.decisions.to_contact if before else None,
        ),
        _minutes_row(
            gettext("Until the first decision"),
            now.decisions.to_decision,
            before.decisions.to_decision if before else None,
        ),
    )
    return (*columns, *then), rows


def _minutes_row(label: str, timed: Minutes, before: Minutes | None) -> Row:
    then = (_minutes(before.median),) if before else ()
    return Row(label, (number(timed.counted), _minutes(timed.median), _minutes(timed.nine_in_ten), *then))


def _minutes(value: int | None) -> str:
    return gettext("not known") if value is None else number(value)
