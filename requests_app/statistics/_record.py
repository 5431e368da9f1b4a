"""Where the policy was not kept, who looked at it, and how whole the record is."""

from django.utils.translation import gettext, ngettext

from requests_app.statistics._asked import no_request
from requests_app.statistics._tables import Figure, Row, counts_of, figure, plain_table, table
from requests_app.statistics._words import counted, number, shared, together
from requests_app.statistics.conduct import Conduct, Oversight
from requests_app.statistics.stated import Missing
from requests_app.vocabulary import DeviationKind, Status

UNDECIDED = (Status.WAITING, Status.UNDER_REVIEW, Status.INFORMATION_NEEDED)


# --- where the policy was not kept ------------------------------------------------------------


def deviations(now: Conduct, before: Conduct | None) -> Figure:
    oversight, total = now.oversight, now.requests.total
    whole = sum(oversight.deviations.values())
    then = counts_of(before, lambda one: one.oversight.deviations)
    late = gettext("The quarter itself was released late.")
    return figure(
        "deviations",
        together(
            _found(whole),
            _having(oversight.requests_deviating, total) if whole else "",
            _explained(sum(oversight.explained.values()), whole) if whole else "",
            late if oversight.of_the_quarter.get(DeviationKind.RELEASED_LATE) else "",
        ),
        table(gettext("What was not kept"), oversight.deviations, then, whole=total),
        note=gettext(
            "A deviation is something that the policy or its rules require and that did not happen. The"
            " register finds deviations by itself, and nobody can remove one; only a correction of the facts"
            " may. The share is that of all requests."
        ),
    )


def _found(whole: int) -> str:
    return counted(
        whole,
        none=gettext("The register found no deviation in a request."),
        some=ngettext(
            "The register found %(number)s deviation.", "The register found %(number)s deviations.", whole
        ),
    )


def _having(part: int, total: int) -> str:
    """How many requests have what was counted just before."""
    return shared(
        part,
        total,
        none="",
        some=ngettext(
            "%(part)s of %(whole)s requests has at least one.",
            "%(part)s of %(whole)s requests have at least one.",
            part,
        ),
        every=ngettext(
            "The one request has at least one.", "All %(whole)s requests have at least one.", total
        ),
    )


def _explained(explained: int, whole: int) -> str:
    return shared(
        explained,
        whole,
        none=ngettext("Officers did not explain it.", "Officers explained none of them.", whole),
        some=gettext("Officers explained %(part)s of them."),
        every=ngettext("Officers explained it.", "Officers explained all of them.", whole),
    )


def blocked(now: Conduct) -> Figure:
    attempts = sum(now.oversight.blocked.values())
    text = ngettext(
        "The register refused %(number)s attempt that the policy does not allow.",
        "The register refused %(number)s attempts that the policy does not allow.",
        attempts,
    )
    kept = gettext("A decision to assist without a ground is refused, and the attempt is kept.")
    return figure(
        "blocked",
        together(
            counted(attempts, none=gettext("Nobody attempted what the policy does not allow."), some=text),
            _having(now.oversight.requests_blocked, now.requests.total) if attempts else "",
        ),
        table(gettext("What was tried"), now.oversight.blocked, whole=attempts, counted=gettext("Attempts")),
        note=kept if attempts else "",
    )


# --- review -----------------------------------------------------------------------------------


def reviews(now: Conduct) -> Figure:
    oversight = now.oversight
    return figure(
        "reviews",
        together(_reviewed(oversight), _asked(oversight))
        if oversight.review_wanted
        else gettext("No request came to a decision that oversight could review."),
        table(
            gettext("Finding"),
            oversight.findings,
            whole=sum(oversight.findings.values()),
            counted=gettext("Reviews"),
        ),
    )


def _reviewed(oversight: Oversight) -> str:
    wanted = oversight.review_wanted
    return shared(
        oversight.requests_reviewed,
        wanted,
        none=ngettext(
            "Oversight did not review the one request that came to a decision or was withdrawn.",
            "Oversight reviewed none of %(whole)s requests that came to a decision or were withdrawn.",
            wanted,
        ),
        some=gettext(
            "Oversight reviewed %(part)s of %(whole)s requests that came to a decision or were withdrawn."
        ),
        every=ngettext(
            "Oversight reviewed the one request that came to a decision or was withdrawn.",
            "Oversight reviewed all %(whole)s requests that came to a decision or were withdrawn.",
            wanted,
        ),
    )


def _asked(oversight: Oversight) -> str:
    questions = oversight.questions
    if not questions:
        return ""
    text = ngettext(
        "It asked the department %(number)s question.",
        "It asked the department %(number)s questions.",
        questions,
    )
    answered = shared(
        oversight.answers,
        questions,
        none=ngettext("It was not answered.", "None of them was answered.", questions),
        some=ngettext("%(part)s of them was answered.", "%(part)s of them were answered.", oversight.answers),
        every=ngettext("It was answered.", "All of them were answered.", questions),
    )
    return together(text % {"number": number(questions)}, answered)


# --- how whole the record is ------------------------------------------------------------------


def late(now: Conduct) -> Figure:
    requests, earlier = now.requests, now.beside.of_earlier_quarters
    lines = {gettext(code.label): count for code, count in requests.found_later.items()}
    if requests.entered_after_quarter:
        label = gettext("Logged as live, but after the quarter had ended")
        lines[label] = requests.entered_after_quarter
    of_earlier = counted(
        earlier,
        none=gettext("During the quarter, no request of an earlier quarter came in."),
        some=ngettext(
            "During the quarter, %(number)s request of an earlier quarter came in.",
            "During the quarter, %(number)s requests of earlier quarters came in.",
            earlier,
        ),
    )
    return figure(
        "late",
        together(_came_late(requests.late, requests.total) if requests.total else no_request(), of_earlier),
        plain_table((gettext("How it was found"), gettext("Requests")), lines),
        note=gettext("A request that is found later counts in the quarter it belongs to."),
    )


def _came_late(part: int, total: int) -> str:
    return shared(
        part,
        total,
        none=ngettext(
            "The one request of this quarter did not come into the register later.",
            "None of %(whole)s requests of this quarter came into the register later.",
            total,
        ),
        some=ngettext(
            "%(part)s of %(whole)s requests of this quarter came into the register later.",
            "%(part)s of %(whole)s requests of this quarter came into the register later.",
            part,
        ),
        every=ngettext(
            "The one request of this quarter came into the register later.",
            "All %(whole)s requests of this quarter came into the register later.",
            total,
        ),
    )


def corrections(now: Conduct) -> Figure:
    oversight = now.oversight
    lines = {
        gettext("Facts corrected"): oversight.corrections,
        gettext("Requests with a correction"): oversight.requests_corrected,
    }
    return figure(
        "corrections",
        together(
            counted(
                oversight.corrections,
                none=gettext("No recorded fact was corrected later."),
                some=ngettext(
                    "%(number)s recorded fact was corrected later.",
                    "%(number)s recorded facts were corrected later.",
                    oversight.corrections,
                ),
            ),
            _corrected(oversight.requests_corrected, now.requests.total),
        ),
        plain_table((gettext("Corrections"), gettext("Number")), lines),
        note=gettext(
            "A correction never erases: the old value, the reason and who corrected it stay in the record."
        ),
    )


def _corrected(part: int, total: int) -> str:
    return shared(
        part,
        total,
        none="",
        some=ngettext(
            "%(part)s of %(whole)s requests was concerned.",
            "%(part)s of %(whole)s requests were concerned.",
            part,
        ),
        every=ngettext("The one request was concerned.", "All %(whole)s requests were concerned.", total),
    )


def statuses(now: Conduct) -> Figure:
    found, total = now.requests.statuses, now.requests.total
    undecided = sum(found.get(code, 0) for code in UNDECIDED)
    out = found.get(Status.IN_FIELD, 0)
    of_these = gettext(
        "Without a decision: %(undecided)s. With officers still recorded as in the field: %(out)s."
    ) % {"undecided": number(undecided), "out": number(out)}
    return figure(
        "statuses",
        together(_still_open(undecided + out, total), of_these if undecided + out else "")
        if total
        else no_request(),
        table(gettext("Status"), found, whole=total),
    )


def _still_open(part: int, total: int) -> str:
    return shared(
        part,
        total,
        none=ngettext(
            "The one request was no longer open.", "None of %(whole)s requests was still open.", total
        ),
        some=ngettext(
            "%(part)s of %(whole)s requests was still open.",
            "%(part)s of %(whole)s requests were still open.",
            part,
        ),
        every=ngettext("The one request was still open.", "All %(whole)s requests were still open.", total),
    )


def left_out(now: Conduct) -> Figure:
    beside = now.beside
    lines = {
        gettext("Exercises"): beside.exercises,
        gettext("Abandoned intakes"): beside.abandoned,
        gettext("Intakes that were still being written"): beside.unlogged,
    }
    counts = sum(lines.values())
    text = ngettext(
        "%(number)s record of this quarter is in no other figure: exercises, and calls that became no"
        " request.",
        "%(number)s records of this quarter are in no other figure: exercises, and calls that became no"
        " request.",
        counts,
    )
    return figure(
        "left_out",
        counted(counts, none=gettext("Every record of this quarter is in the figures."), some=text),
        plain_table((gettext("Not counted"), gettext("Records")), lines),
    )


# --- what is missing --------------------------------------------------------------------------


def missing(found: Missing) -> Figure:
    lines = {
        gettext("Recordings without the recorder's reference"): found.recordings_without_reference,
        gettext("Calls that were not recorded"): found.calls_not_recorded,
        gettext("Dispatch records that nobody could match"): found.dispatch_records_unmatched,
        gettext("Months without an attestation"): found.months_without_attestation,
    }
    rows = tuple(
        Row(label, (gettext("not known yet") if value is None else number(value),))
        for label, value in lines.items()
    )
    return figure(
        "missing",
        together(
            _references(found.recordings_without_reference),
            _unmatched(found.dispatch_records_unmatched),
            _unattested(found.months_without_attestation),
        ),
        ((gettext("What was missing"), gettext("Number")), rows),
        note=gettext(
            "A recording that bears the recorder's reference can be found again. An attestation is"
            " oversight's"
            " word that a month is whole in the register, even where no request came in."
        ),
    )


def _references(count: int) -> str:
    return counted(
        count,
        none=gettext("No recording was without the recorder's reference."),
        some=ngettext(
            "%(number)s recording was without the recorder's reference.",
            "%(number)s recordings were without the recorder's reference.",
            count,
        ),
    )


def _unmatched(count: int | None) -> str:
    if count is None:
        return gettext("The register was not compared with dispatch records yet.")
    return counted(
        count,
        none=gettext("Every dispatch record that was compared matched a request or was explained."),
        some=ngettext(
            "%(number)s dispatch record could not be matched with a request.",
            "%(number)s dispatch records could not be matched with a request.",
            count,
        ),
    )


def _unattested(count: int | None) -> str:
    if count is None:
        return gettext("The months of the quarter were not attested yet.")
    return counted(
        count,
        none=gettext("Every month of the quarter was attested."),
        some=ngettext(
            "%(number)s month of the quarter was not attested.",
            "%(number)s months of the quarter were not attested.",
            count,
        ),
    )
