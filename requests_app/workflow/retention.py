"""When a request's time is over, two people let go what the ledger keeps of it privately."""

from requests_app import ledger
from requests_app.models import (
    AssistanceRequest,
    LedgerErasure,
    LedgerErasureProposal,
    LedgerPrivate,
    User,
)
from requests_app.vocabulary import Action
from requests_app.workflow._conditions import open_proposal
from requests_app.workflow._submissions import Submission
from requests_app.workflow._transition import begin, finish, transition


@transition
def propose_erasure(
    case_id: int, *, actor: User, reason: str, submission: Submission | None = None
) -> AssistanceRequest:
    """Ask a second person to erase. Nothing is erased yet."""
    turn = begin(Action.PROPOSE_ERASURE, case_id, actor=actor, submission=submission)
    turn.add(LedgerErasureProposal(case=turn.case, proposed_by=actor, reason=reason, entered_at=turn.now))
    return finish(turn, reason=reason, touch=False)


@transition
def erase(
    case_id: int, *, actor: User, reason: str, submission: Submission | None = None
) -> AssistanceRequest:
    """Erase the private bytes and the salts of this request's entries, but for those of the last year.

    The entries' leaves stay, so the log does; nobody can open them any more. The database looks at the same
    conditions again, and carries it out.
    """
    turn = begin(Action.ERASE, case_id, actor=actor, submission=submission)
    proposal = open_proposal(turn.case)
    if proposal is None:
        raise AssertionError("The conditions of this act ask for a proposal.")
    kept = LedgerPrivate.objects.filter(entry__case=turn.case)
    before = kept.count()
    erasure = LedgerErasure(proposal=proposal, case=turn.case, confirmed_by=actor, entered_at=turn.now)
    erasure.save(force_insert=True)
    erasure.refresh_from_db()  # the database said which entry was the last
    erased = before - kept.count()
    ledger.note_row(erasure)
    told = {"entries": erased}
    details = {**told, "proposed_by": proposal.proposed_by.badge_number}
    return finish(turn, reason=reason, details=details, public=told, touch=False)
