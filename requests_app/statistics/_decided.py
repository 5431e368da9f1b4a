"""What was decided, on which grounds, after which call, and how long it took."""

from requests_app.statistics._counts import Minutes
from requests_app.statistics._tables import (
    NO_TABLE,
    Figure,
    Row,
    Table,
    counts_of,
    percent,
    row,
    table,
)
from requests_app.statistics._words import capital, number_word, part_of, several
from requests_app.statistics.conduct import Claimed, Conduct
from requests_app.vocabulary import CallRecorded, DocumentClass, Outcome

WARRANTS = (DocumentClass.CRIMINAL_WARRANT, DocumentClass.CRIMINAL_SEARCH_WARRANT)


def outcomes(now: Conduct, before: Conduct | None) -> Figure:
    total = now.requests.total
    assisted = now.decisions.outcomes.get(Outcome.ASSIST, 0)
    declined = now.decisions.outcomes.get(Outcome.DECLINE, 0)
    return Figure(
        "outcomes",
        "Decisions",
        f"{capital(part_of(assisted, total, 'request'))} ended with a decision to assist, which is always"
        f" limited in scope; {number_word(declined)} {'was' if declined == 1 else 'were'} declined.",
        *_outcomes_table(now, before),
        note="Where a decision was replaced by a later one, the later one counts.",
    )


def _outcomes_table(now: Conduct, before: Conduct | None) -> Table:
    """The decisions, and below them the requests that have none."""
    total, decisions = now.requests.total, now.decisions
    then = before.decisions if before else None
    columns, rows = table(
        "Decision",
        decisions.outcomes,
        counts_of(before, lambda one: one.decisions.outcomes),
        whole=total,
        always=(Outcome.ASSIST, Outcome.DECLINE),
    )
    withdrawn = then.withdrawn_undecided if then else None
    undecided = then.undecided if then else None
    if decisions.withdrawn_undecided or withdrawn:
        rows += (row("Withdrawn before a decision", decisions.withdrawn_undecided, withdrawn, whole=total),)
    if decisions.undecided or undecided:
        rows += (row("No decision yet", decisions.undecided, undecided, whole=total),)
    return columns, rows


def grounds(now: Conduct) -> Figure:
    held, main = now.decisions.grounds, now.decisions.main_grounds
    assisted = now.decisions.outcomes.get(Outcome.ASSIST, 0)
    if not assisted:
        return Figure("grounds", "Grounds for assisting", "No request was assisted, so no ground was used.")
    rows = tuple(
        Row(
            code.label,
            (number_word(count), number_word(main.get(code, 0))),
            percent(main.get(code, 0), assisted),
        )
        for code, count in held.items()
    )
    return Figure(
        "grounds",
        "Grounds for assisting",
        f"{capital(several(assisted, 'decision'))} to assist {_was(assisted)} made, each on at least one"
        " ground that the policy accepts.",
        ("Ground", "Held", "Was the main ground", "Share as main ground"),
        rows,
        note="Several grounds may hold for one request. The main one is the most urgent of them.",
    )


def reasons(now: Conduct, before: Conduct | None) -> Figure:
    declined = now.decisions.outcomes.get(Outcome.DECLINE, 0)
    given = " Each has one of these reasons." if declined else ""
    then = counts_of(before, lambda one: one.decisions.reasons)
    return Figure(
        "reasons",
        "Why requests were declined",
        f"{capital(several(declined, 'request'))} {_was(declined)} declined.{given}",
        *table("Reason", now.decisions.reasons, then, whole=declined),
    )


def papers(now: Conduct) -> Figure:
    claims = now.decisions.papers
    named = sum(claims[code].named for code in WARRANTS if code in claims)
    confirmed = sum(claims[code].as_claimed for code in WARRANTS if code in claims)
    warrants = several(named, "criminal warrant or search warrant", "criminal warrants or search warrants")
    columns = (
        "Named by the requester as",
        "Named",
        "Confirmed as named",
        "Was another paper",
        "Recalled, out of reach or no match",
        "Not confirmed",
    )
    return Figure(
        "papers",
        "Warrants claimed and confirmed",
        f"Requesters named {warrants}; {number_word(confirmed)} {_was(confirmed)} confirmed as active and"
        " matching.",
        *(
            (columns, tuple(_claim_row(code, claim) for code, claim in claims.items()))
            if claims
            else NO_TABLE
        ),
        note="“Out of reach” means that the place that issued the warrant will not extradite."
        if claims
        else "",
    )


def _claim_row(code: DocumentClass, claim: Claimed) -> Row:
    ends = (claim.named, claim.as_claimed, claim.of_another_class, claim.not_valid, claim.unconfirmed)
    return Row(code.label, tuple(number_word(end) for end in ends))


def calls(now: Conduct, before: Conduct | None) -> Figure:
    made, without = now.decisions.calls, now.decisions.decided_without_call
    whole = sum(made.values())
    recorded = part_of(made.get(CallRecorded.YES, 0), whole, "call")
    first = (
        f"Recorded: {recorded} between a commanding officer and a requester."
        if whole
        else ("No call between a commanding officer and a requester was logged.")
    )
    return Figure(
        "calls",
        "Calls recorded",
        f"{first} Decided without any such call: {several(without, 'request')}.",
        *table(
            "The call was",
            made,
            counts_of(before, lambda one: one.decisions.calls),
            whole=whole,
            always=(CallRecorded.YES,) if whole else (),
            counted="Calls",
        ),
        note="The policy wants these calls recorded, for transparency.",
    )


def minutes(now: Conduct, before: Conduct | None) -> Figure:
    contact, decision = now.decisions.to_contact, now.decisions.to_decision
    events = (
        _half(contact, "a commanding officer spoke with the requester"),
        _half(decision, "the first decision was made"),
    )
    return Figure(
        "minutes",
        "Minutes to the call and to the decision",
        " ".join(events),
        *(_minutes_table(now, before) if contact.counted + decision.counted else NO_TABLE),
        note="The median is the time that half of the requests took, or less. Nine in ten (the 90th"
        " percentile) took the next value or less. Both are times that occurred, not averages; a minute that"
        " has begun counts as a whole one. Timed are requests that were logged live, without contacts that"
        " police made.",
    )


def _minutes_table(now: Conduct, before: Conduct | None) -> Table:
    columns = ("From the request", "Requests", "Median, in minutes", "Nine in ten within, in minutes")
    then = ("Median, quarter before",) if before else ()
    rows = (
        _minutes_row(
            "Until a commanding officer spoke with the requester",
            now.decisions.to_contact,
            before.decisions.to_contact if before else None,
        ),
        _minutes_row(
            "Until the first decision",
            now.decisions.to_decision,
            before.decisions.to_decision if before else None,
        ),
    )
    return (*columns, *then), rows


def _half(counted: Minutes, event: str) -> str:
    if counted.median is None:
        return f"No request shows how long it took until {event}."
    return (
        f"In half of {several(counted.counted, 'timed request')}, {event} within"
        f" {several(counted.median, 'minute')}."
    )


def _minutes_row(label: str, counted: Minutes, before: Minutes | None) -> Row:
    then = (_minutes(before.median),) if before else ()
    return Row(
        label,
        (number_word(counted.counted), _minutes(counted.median), _minutes(counted.nine_in_ten), *then),
    )


def _minutes(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
