"""Where the policy was not kept, who looked at it, and how whole the record is."""

from requests_app.statistics._tables import Figure, counts_of, plain_table, table
from requests_app.statistics._words import capital, number_word, part_of, several
from requests_app.statistics.conduct import Conduct
from requests_app.vocabulary import DeviationKind, Status

UNDECIDED = (Status.WAITING, Status.UNDER_REVIEW, Status.INFORMATION_NEEDED)


def deviations(now: Conduct, before: Conduct | None) -> Figure:
    oversight, total = now.oversight, now.requests.total
    whole = sum(oversight.deviations.values())
    explained = sum(oversight.explained.values())
    then = counts_of(before, lambda one: one.oversight.deviations)
    found = (
        f"The register found {several(whole, 'deviation')} in"
        f" {part_of(oversight.requests_deviating, total, 'request')}. Officers have explained"
        f" {number_word(explained)} of them."
        if whole
        else "The register found no deviation in a request."
    )
    released_late = oversight.of_the_quarter.get(DeviationKind.RELEASED_LATE, 0)
    return Figure(
        "deviations",
        "Deviations",
        f"{found} The quarter itself was released late." if released_late else found,
        *table("What was not kept", oversight.deviations, then, whole=total),
        note="A deviation is something that the policy or its rules require and that did not happen. The"
        " register finds deviations by itself, and nobody can remove one; only a correction of the facts may."
        " The share is that of all requests.",
    )


def blocked(now: Conduct) -> Figure:
    attempts = sum(now.oversight.blocked.values())
    return Figure(
        "blocked",
        "Attempts that the policy blocked",
        f"The register refused {several(attempts, 'attempt')} that the policy does not allow, in"
        f" {part_of(now.oversight.requests_blocked, now.requests.total, 'request')}."
        if attempts
        else "Nobody attempted what the policy does not allow.",
        *table("What was tried", now.oversight.blocked, whole=attempts, counted="Attempts"),
        note="A decision to assist without a ground is refused, and the attempt is kept." if attempts else "",
    )


def reviews(now: Conduct) -> Figure:
    oversight = now.oversight
    reviewed = part_of(oversight.requests_reviewed, oversight.review_wanted, "request")
    asked = (
        f" It asked the department {several(oversight.questions, 'question')}; answered:"
        f" {number_word(oversight.answers)}."
        if oversight.questions
        else ""
    )
    return Figure(
        "reviews",
        "Reviews by oversight",
        f"Oversight has reviewed {reviewed} that came to a decision or were withdrawn.{asked}"
        if oversight.review_wanted
        else "No request has come to a decision that oversight could review.",
        *table("Finding", oversight.findings, whole=sum(oversight.findings.values()), counted="Reviews"),
    )


def late(now: Conduct) -> Figure:
    requests, earlier = now.requests, now.beside.of_earlier_quarters
    lines = {code.label: count for code, count in requests.found_later.items()}
    if requests.entered_after_quarter:
        lines["Logged as live, but after the quarter had ended"] = requests.entered_after_quarter
    return Figure(
        "late",
        "Requests found later",
        f"{capital(part_of(requests.late, requests.total, 'request'))} of this quarter came into the register"
        f" later. During the quarter, {several(earlier, 'request')} of earlier quarters came in.",
        *plain_table(("How it was found", "Requests"), lines),
        note="A request that is found later counts in the quarter it belongs to.",
    )


def corrections(now: Conduct) -> Figure:
    oversight = now.oversight
    lines = {
        "Facts corrected": oversight.corrections,
        "Requests with a correction": oversight.requests_corrected,
    }
    return Figure(
        "corrections",
        "Corrections",
        f"{capital(several(oversight.corrections, 'recorded fact'))}"
        f" {'was' if oversight.corrections == 1 else 'were'} corrected later, in"
        f" {part_of(oversight.requests_corrected, now.requests.total, 'request')}.",
        *plain_table(("Corrections", "Number"), lines),
        note="A correction never erases: the old value, the reason and who corrected it stay in the record.",
    )


def statuses(now: Conduct) -> Figure:
    found, total = now.requests.statuses, now.requests.total
    undecided = sum(found.get(code, 0) for code in UNDECIDED)
    out = found.get(Status.IN_FIELD, 0)
    return Figure(
        "statuses",
        "Where the records stand today",
        f"Still open: {part_of(undecided + out, total, 'request')}. Without a decision:"
        f" {number_word(undecided)}; with officers still recorded as in the field: {number_word(out)}.",
        *table("Status", found, whole=total),
    )


def left_out(now: Conduct) -> Figure:
    beside = now.beside
    lines = {
        "Exercises": beside.exercises,
        "Abandoned intakes": beside.abandoned,
        "Intakes that are still being written": beside.unlogged,
    }
    counts = sum(lines.values())
    return Figure(
        "left_out",
        "What is not counted",
        f"{capital(several(counts, 'record'))} of this quarter {'is' if counts == 1 else 'are'} in no other"
        " figure of this page: exercises, and calls that became no request.",
        *plain_table(("Not counted", "Records"), lines),
    )
