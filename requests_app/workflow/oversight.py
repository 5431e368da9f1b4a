"""What oversight does with a request, and what the department answers."""

from collections.abc import Sequence

from requests_app.models import AssistanceRequest, Deviation, Review, User
from requests_app.vocabulary import Action, DeviationKind, RefusalKind, RequestType, ReviewFinding
from requests_app.workflow._conditions import Reason
from requests_app.workflow._submissions import Refused, Submission
from requests_app.workflow._transition import begin, finish, transition


@transition
def review(
    case_id: int,
    *,
    actor: User,
    finding: ReviewFinding,
    note: str,
    request_types: Sequence[RequestType] = (),
    submission: Submission | None = None,
) -> AssistanceRequest:
    """Record the finding, and the classification as oversight sees it."""
    turn = begin(Action.REVIEW, case_id, actor=actor, submission=submission)
    turn.save(
        Review(
            case=turn.case,
            reviewer=actor,
            finding=str(finding),
            note=note,
            occurred_at=turn.occurred_at,
            entered_at=turn.now,
        )
    )
    if request_types:
        turn.case.types_by_review = [str(code) for code in request_types]
    return finish(turn, reason=note, details={"finding": str(finding)}, public={"finding": str(finding)})


@transition
def follow_up(
    case_id: int, *, actor: User, question: str, submission: Submission | None = None
) -> AssistanceRequest:
    """Ask the department to answer the last finding."""
    turn = begin(Action.FOLLOW_UP, case_id, actor=actor, submission=submission)
    row = Review.objects.filter(case=turn.case, follow_up="").order_by("-id")[0]
    row.follow_up, row.follow_up_by, row.follow_up_at = question, actor, turn.now
    turn.save(row)
    return finish(turn, reason=question)


@transition
def answer(
    case_id: int, *, actor: User, text: str, submission: Submission | None = None
) -> AssistanceRequest:
    """Answer oversight's oldest open question."""
    turn = begin(Action.ANSWER, case_id, actor=actor, submission=submission)
    row = Review.objects.filter(case=turn.case, answer="").exclude(follow_up="").order_by("id")[0]
    row.answer, row.answered_by, row.answered_at = text, actor, turn.now
    turn.save(row)
    return finish(turn, reason=text)


@transition
def explain(
    case_id: int,
    *,
    actor: User,
    kind: DeviationKind,
    explanation: str,
    submission: Submission | None = None,
) -> AssistanceRequest:
    """An officer explains a deviation. It stands all the same."""
    turn = begin(Action.EXPLAIN, case_id, actor=actor, submission=submission)
    row = Deviation.objects.filter(case=turn.case, kind=kind, stands=True).first()
    if row is None:
        raise Refused(
            RefusalKind.INPUT, Reason("no_such_deviation", "Choose a deviation of this request.", "kind")
        )
    row.explanation, row.explained_by, row.explained_at = explanation, actor, turn.now
    turn.save(row)
    return finish(turn, reason=explanation, details={"kind": str(kind)})


@transition
def find_deviations(case_id: int, *, actor: User) -> AssistanceRequest:
    """The register looks again: some deviations are brought about by time alone."""
    turn = begin(Action.SYNC_DEVIATIONS, case_id, actor=actor)
    return finish(turn, touch=False)
