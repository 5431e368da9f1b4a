"""One request on its way, and the people around it: each method is one act, at the moment the clock stands.

Every act is a transition of the workflow, refused like anybody's when it is not possible.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from requests_app import notifications, workflow
from requests_app.demonstration._accounts import Cast
from requests_app.models import AssistanceRequest, Page, User
from requests_app.vocabulary import (
    CallRecorded,
    Component,
    Confirmation,
    DocumentClass,
    FieldAction,
    Outcome,
    PageResult,
    ReasonCode,
    RequestType,
    ReviewFinding,
    Verification,
)

# A script does some acts and then says after how many minutes it goes on.
Script = Iterator[float]
HOUR, DAY = 60.0, 60.0 * 24


class Play:
    """The request, the cast, and what is remembered from one act to the next."""

    def __init__(self, cast: Cast, numbers: Iterator[int]) -> None:
        self.cast = cast
        # The recorder's and the dispatch system's own numbers, one series for the whole demonstration.
        self.numbers = numbers
        self.now = datetime.max.replace(tzinfo=UTC)  # the clock is set before each act
        self.case_id = 0
        # The officer who was paged first handles the request, unless a script says otherwise.
        self.officer = cast.commander

    @property
    def case(self) -> AssistanceRequest:
        return AssistanceRequest.objects.get(pk=self.case_id)

    @property
    def other_officer(self) -> User:
        return self.cast.other_than(self.officer)

    def ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def does(self, act: Callable[..., AssistanceRequest], *, by: User | None = None, **given: object) -> None:
        """Any act; by the officer who handles the request, unless somebody else is named."""
        self.case_id = act(self.case_id, actor=by or self.officer, **given).pk

    def is_refused(
        self, act: Callable[..., AssistanceRequest], *, by: User | None = None, **given: object
    ) -> None:
        """An attempt that must fail; it is put into the ledger."""
        try:
            workflow.attempt(act, self.case_id, actor=by or self.officer, **given)
        except workflow.Refused:
            return
        raise AssertionError(f"{act.__name__} was possible, and is meant to be refused.")

    # --- the call, and reaching an officer ---

    def comes_in(
        self, said: Mapping[str, object], *, by: User | None = None, minutes_ago: float = 1, source: str = ""
    ) -> None:
        """The first save. `source` makes it an exercise after an event that was reported."""
        words: dict[str, object] = {
            "received_at": self.ago(minutes_ago),
            "cad_event_number": f"CAD-{next(self.numbers):06d}",
            "requester_name": "Agent on duty",
            "requester_badge": f"B-{next(self.numbers):04d}",
            "callback_number": f"502-555-01{next(self.numbers) % 100:02d}",
            "location": "100 block, Example Street",
            **said,
        }
        self.case_id = workflow.save_intake(
            None,
            actor=by or self.cast.dispatcher,
            intake=workflow.Intake(**words),  # type: ignore[arg-type]
            is_exercise=bool(source),
            exercise_source=source,
        ).pk

    def is_logged(
        self, *, by: User | None = None, attempts: Sequence[PageResult] = (PageResult.SENT,)
    ) -> None:
        """Log and page. With no attempts the real worker sends the page."""
        self.does(workflow.log, by=by or self.cast.dispatcher)
        page = self._last_page()
        self.officer = page.officer
        self._attempt(page, attempts)

    def pages_next(
        self, *, by: User | None = None, attempts: Sequence[PageResult] = (PageResult.SENT,)
    ) -> None:
        """Nobody answered, or a dispatcher does not want to wait for that."""
        self.does(workflow.page, by=by or self.cast.system)
        self._attempt(self._last_page(), attempts)

    def _last_page(self) -> Page:
        return Page.objects.filter(case=self.case_id).latest("order")

    def _attempt(self, page: Page, attempts: Sequence[PageResult]) -> None:
        for result in attempts:
            failed = result == PageResult.FAILED
            notifications.record_attempt(page, result, detail="Connection refused" if failed else "")

    # --- the officer at work ---

    def calls(
        self, recorded: CallRecorded = CallRecorded.YES, *, reference: bool = True, lasted: float = 3
    ) -> None:
        """The call is over, and is entered at once."""
        given = f"REC-{next(self.numbers):06d}" if recorded == CallRecorded.YES and reference else ""
        self.does(
            workflow.record_call,
            recorded=recorded,
            started_at=self.ago(lasted),
            ended_at=self.now,
            recorder_reference=given,
        )

    def verifies(self, verification: Verification = Verification.VERIFIED_CALLBACK) -> None:
        methods = {
            Verification.VERIFIED_CALLBACK: "Called back on the number of the directory",
            Verification.VERIFIED_AT_SCENE: "Badge seen by officers at the scene",
            Verification.FAILED: "The office does not know this agent",
        }
        self.does(workflow.verify_caller, verification=verification, method=methods[verification])

    def finds(
        self, assessment: workflow.Assessment | None = None, *, paper: Mapping[str, object] | None = None
    ) -> None:
        """What is shown of crime and danger, and of the paper that was named."""
        self.does(
            workflow.set_evidence,
            assessment=assessment or workflow.Assessment(),
            documents=[self._document(paper)] if paper else [],
        )

    def _document(self, found: Mapping[str, object]) -> workflow.DocumentFinding:
        named = self.case.documents.get()
        words: dict[str, object] = {
            "document_id": named.pk,
            "document_number": named.document_number,
            "confirmed_class": named.claimed_class,
            "court": "Jefferson Circuit Court",
            **found,
        }
        return workflow.DocumentFinding(**words)  # type: ignore[arg-type]

    def decides(self, choice: workflow.Choice) -> None:
        self.does(workflow.decide, choice=choice)

    # --- in the field, and after ---

    def sends(self, *units: str) -> None:
        self.does(workflow.dispatch, by=self.cast.dispatcher, units=list(units), officers=2 * len(units))

    def reports(self, *done: FieldAction, **figures: object) -> None:
        report = workflow.Report(actions_taken=done, **figures)  # type: ignore[arg-type]
        self.does(workflow.report_outcome, report=report)

    def is_reviewed(self, finding: ReviewFinding = ReviewFinding.IN_POLICY, note: str = "") -> None:
        self.does(
            workflow.review,
            by=self.cast.oversight,
            finding=finding,
            note=note or "The recording was heard; record and recording agree.",
        )

    @property
    def review_due_at(self) -> datetime | None:
        due = AssistanceRequest.objects.filter(pk=self.case_id, reviews__isnull=True)
        return due.values_list("review_due_at", flat=True).first()

    def register_looks(self) -> None:
        """What the register's own job does: write down what is late by now."""
        for case_id in workflow.deviating_by_now(limit=100):
            workflow.find_deviations(case_id, actor=self.cast.system)


# --- scenes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """A script, and the local time of day at which it begins."""

    at: str
    script: Callable[[Play], Script]


def scene(at: str, life: Callable[..., Script], *given: object, **more: object) -> Scene:
    def script(play: Play) -> Script:
        return life(play, *given, **more)

    return Scene(at, script)


# --- words that the scripts share --------------------------------------------------------------


def call(component: Component, said: str, *types: RequestType, **more: object) -> dict[str, object]:
    """What the dispatcher writes down."""
    return {"component": component, "what_was_said": said, "types_at_intake": types, **more}


def declines(code: ReasonCode, text: str = "") -> workflow.Choice:
    return workflow.Choice(outcome=Outcome.DECLINE, reason_code=code, reason_text=text)


def assists(*scope: FieldAction, text: str = "") -> workflow.Choice:
    forbidden = (FieldAction.KNOCK_OR_CLEAR_FOR_FEDERAL, FieldAction.TRANSPORT_FOR_FEDERAL)
    return workflow.Choice(
        outcome=Outcome.ASSIST, scope_allowed=scope, scope_forbidden=forbidden, reason_text=text
    )


def refers(custodian: str) -> workflow.Choice:
    return workflow.Choice(outcome=Outcome.REFER, referred_to=custodian)


RECORDS_ONLY = workflow.Choice(outcome=Outcome.RECORD_ONLY)
ORDINARY_SERVICE = workflow.Choice(outcome=Outcome.ORDINARY_SERVICE)


def warrant(number: str, document_class: DocumentClass = DocumentClass.CRIMINAL_WARRANT) -> dict[str, object]:
    """A paper that the caller names."""
    return {"document_class": document_class, "document_number": number}


CONFIRMED: Mapping[str, object] = {"confirmation": Confirmation.CONFIRMED_ACTIVE}
RECALLED: Mapping[str, object] = {"confirmation": Confirmation.RECALLED}
NOT_EXTRADITABLE: Mapping[str, object] = {"confirmation": Confirmation.NOT_EXTRADITABLE}
