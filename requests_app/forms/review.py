"""The commanding officer's forms: taking a request, assessing it, deciding, and the second officer's word."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from requests_app import checklist, workflow
from requests_app.forms._act import ActForm
from requests_app.forms._base import (
    Buttons,
    Columns,
    Folded,
    Layout,
    LocalDateTimeField,
    Section,
    Send,
    TextField,
    choice_field,
    choices_field,
    reason_field,
)
from requests_app.models import AssistanceRequest, DirectoryNumber, Document
from requests_app.policy import Facts, Verdict, evaluate, parse_facts
from requests_app.vocabulary import (
    DECIDABLE_OUTCOMES,
    NEVER_IN_SCOPE,
    SCOPE_ACTIONS,
    Action,
    CallRecorded,
    Component,
    Confirmation,
    Corroboration,
    CrimeBasis,
    CrimeStatus,
    DangerLevel,
    DocumentClass,
    Ground,
    Outcome,
    ReasonCode,
    RequestType,
    Severity,
    Status,
    Verification,
)

REASON_LENGTH = 1000
# An officer who was called directly may have spoken before the request was written down, but not days before.
EARLIEST_BEFORE_RECEIPT = timedelta(days=1)


def refuse_too_early(value: datetime | None, case: AssistanceRequest) -> datetime | None:
    """Times may not run backwards: a date typed wrong is noticed here, not in a review."""
    if value is not None and value < case.received_at - EARLIEST_BEFORE_RECEIPT:
        received = timezone.localtime(case.received_at)
        raise ValidationError(
            f"This is long before the request came in ({received:%b} {received.day}, {received:%Y, %H:%M})."
            " Check the date."
        )
    return value


def verdict_now(case: AssistanceRequest, now: datetime) -> Verdict:
    _facts, verdict = workflow.verdict_on(case, at=now)
    return verdict


def refuse_future(value: datetime | None, now: datetime) -> datetime | None:
    if value is not None and value > now:
        raise ValidationError("This time is in the future. Check the date and time.")
    return value


# --- taking a request, and giving it back -------------------------------------------------------


class AcknowledgeForm(ActForm):
    """Says that the page arrived."""

    act = Action.ACKNOWLEDGE
    notice = "You confirm that the page reached you. Nobody else is paged. Take the request to handle it."
    submit_label = "Acknowledge"


class ClaimForm(ActForm):
    act = Action.CLAIM
    notice = "You handle this request from here: the recorded call, the evidence, the decision."
    submit_label = "Take this request"


class ReleaseForm(ActForm):
    """Gives a request back; one that another officer has only with a reason."""

    act = Action.RELEASE
    submit_label = "Give back"

    reason = reason_field(required=False, max_length=REASON_LENGTH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holder = self.case.claimed_by
        if holder is None or holder.pk == self.user.pk:
            self.fields["reason"].label = "Note for the next officer"
            return
        field = self.fields["reason"]
        field.required = True
        field.error_messages["required"] = "Say why you give back another officer's request."
        field.help_text = f"{holder.display_name} has this request. Say why you give it back for them."


class RequestInformationForm(ActForm):
    act = Action.REQUEST_INFORMATION
    notice = (
        "The request waits for what is missing. When the time runs out, the policy declines."
        " It never approves."
    )
    submit_label = "Ask and wait"

    needed = TextField(
        label="What is missing, and who was asked for it?", max_length=REASON_LENGTH, multiline=True
    )


# --- facts: an assessment under review, a correction afterwards -----------------------------------


class FactForm(ActForm):
    """Changes recorded facts. After the review that is a correction, and asks why."""

    reason = reason_field(
        label="Why is this corrected?",
        help_text="The request is no longer under review. The old value stays in the history.",
        max_length=REASON_LENGTH,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.status not in workflow.MOVES[self.act].sources - {Status.UNDER_REVIEW}:
            del self.fields["reason"]

    def reason_part(self) -> list[str]:
        return ["reason"] if "reason" in self.fields else []

    def show_findings(self, verdict: Verdict, places: Mapping[str, str]) -> None:
        """Put what the policy says beside the field that sets the fact it speaks of."""
        for finding in verdict.findings:
            if finding.field in places:
                self.add_note(
                    places[finding.field], finding.message, finding.severity, citation=finding.citation
                )


class VerifyCallerForm(FactForm):
    """Whether the caller is who they say. The number to call comes from the directory."""

    act = Action.VERIFY_CALLER
    submit_label = "Save verification"

    verification = choice_field(Verification, label="Is the caller who they say they are?")
    directory_number = forms.ModelChoiceField(
        DirectoryNumber.objects.none(),
        label="Number you called back",
        required=False,
        empty_label="None of these",
        blank=True,
        widget=forms.RadioSelect,
        help_text="Call a number of the department's directory, never one that the caller gave.",
    )
    method = TextField(
        label="How was it checked?",
        required=False,
        max_length=120,
        help_text="For example: credentials seen at the scene, or the switchboard put me through.",
    )
    occurred_at = LocalDateTimeField(label="When, if not just now", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["directory_number"])
        field.queryset = DirectoryNumber.objects.filter(component=self.case.component, in_use=True)
        if not field.queryset.exists():
            field.help_text = (
                f"The directory has no number for: {Component(self.case.component).label}. Find the agency's"
                " published number yourself, never use one that the caller gave, and say below how."
            )
        self.show_findings(verdict_now(self.case, self.now), {"requester.verification": "verification"})

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        known = case.evidence.verification
        return {"verification": "" if known == Verification.UNVERIFIED else known}

    def build_layout(self) -> Layout:
        return Layout(
            "verification",
            "directory_number",
            "method",
            Folded("It was some time ago", "occurred_at"),
            *self.reason_part(),
            Buttons(Send(self.submit_label)),
        )

    def clean_occurred_at(self) -> datetime | None:
        when = refuse_future(self.cleaned_data["occurred_at"], self.now)
        return refuse_too_early(when, self.case)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        by_call_back = answers.get("verification") == Verification.VERIFIED_CALLBACK
        if by_call_back and not answers.get("directory_number") and not answers.get("method"):
            self.add_error("directory_number", "Choose the number you called, or say below how you found it.")
        return answers

    def given(self) -> dict[str, Any]:
        answers = self.entered()
        number = answers.pop("directory_number")
        called = f"Called {number.office}, {number.number}" if number else ""
        answers["method"] = ". ".join(part for part in (called, answers["method"]) if part)[:200]
        return answers


class RecordCallForm(FactForm):
    """A call with the requester: a new one, or the rest of one that was entered before."""

    act = Action.RECORD_CALL
    submit_label = "Save the call"
    notice = "The policy wants the calls between commanding officer and immigration officials recorded."

    # Chosen by a link that fills in what is known of the call: an empty field would wipe it out.
    call_id = forms.TypedChoiceField(
        label="Which call", coerce=int, empty_value=None, required=False, widget=forms.HiddenInput
    )
    recorded = choice_field(CallRecorded, label="Was it recorded?")
    started_at = LocalDateTimeField(label="Call began")
    ended_at = LocalDateTimeField(label="Call ended", required=False)
    recorder_reference = TextField(
        label="Recorder's reference",
        required=False,
        max_length=60,
        help_text="What the recorder calls it. It may be added later.",
    )
    note = TextField(label="What was said", required=False, max_length=REASON_LENGTH, multiline=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.TypedChoiceField, self.fields["call_id"])
        field.choices = [("", "A new call"), *((call.pk, str(call)) for call in self.case.calls.all())]
        if "reason" in self.fields:
            # Adding what was empty is no correction; the transition tells the two apart.
            self.fields["reason"].required = False
            self.fields["reason"].help_text = "Not needed to fill in what was empty."
        places = {"commander.contacted": "recorded", "commander.call_recorded": "recorded"}
        self.show_findings(verdict_now(self.case, self.now), places)

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        return {"started_at": self.now.replace(second=0, microsecond=0)}

    def build_layout(self) -> Layout:
        return Layout(
            "recorded",
            Columns("started_at", "ended_at"),
            "recorder_reference",
            "note",
            *self.reason_part(),
            Buttons(Send(self.submit_label)),
        )

    def clean_started_at(self) -> datetime | None:
        return refuse_too_early(refuse_future(self.cleaned_data["started_at"], self.now), self.case)

    def clean_ended_at(self) -> datetime | None:
        return refuse_future(self.cleaned_data["ended_at"], self.now)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        start, end = answers.get("started_at"), answers.get("ended_at")
        if start and end and end < start:
            self.add_error("ended_at", "A call cannot end before it begins.")
        return answers

    def given(self) -> dict[str, Any]:
        """A time that was shown to the second and not touched is no change of what was kept more finely."""
        answers = self.entered()
        for call in self.case.calls.all():
            if call.pk != answers["call_id"]:
                continue
            for name in ("started_at", "ended_at"):
                kept = getattr(call, name)
                if kept and answers[name] == kept.replace(microsecond=0):
                    answers[name] = kept
        return answers


class ReclassifyForm(FactForm):
    act = Action.RECLASSIFY
    notice = "Say what was really asked for. What was written down first is kept."
    submit_label = "Save"
    is_wide = True

    request_types = choices_field(RequestType, label="What is asked for")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_findings(verdict_now(self.case, self.now), {"request_types": "request_types"})

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        return {"request_types": case.request_types}

    def build_layout(self) -> Layout:
        return Layout("request_types", *self.reason_part(), Buttons(Send(self.submit_label)))


# --- evidence -----------------------------------------------------------------------------------

# Where a finding of the policy stands in the form.
EVIDENCE_PLACES = {
    "crime.status": "crime_status",
    "crime.immigration_offence_only": "immigration_offence_only",
    "crime.basis": "crime_basis",
    "crime.open_lmpd_case": "lmpd_case_number",
    "danger.level": "danger_level",
    "danger.corroboration": "danger_corroboration",
    "danger.ended": "danger_ended",
}
NEW_DOCUMENT = "new"
DOCUMENT_PARTS = (
    "confirmed_class",
    "confirmation",
    "matches_subject",
    "court",
    "document_number",
    "issued_on",
    "struck",
)
MATCHES = (("yes", "Yes, this person or place"), ("no", "No, another person or place"))


class SetEvidenceForm(FactForm):
    """Warrants, crime and danger, as far as they are shown. Claims stay beside it, as they were made.

    The fields of a document are named after its id, so that only documents of this request have any.
    """

    act = Action.SET_EVIDENCE
    submit_label = "Save evidence"

    crime_status = choice_field(CrimeStatus, label="Has a crime occurred?")
    crime_offence = TextField(label="Offence", required=False, max_length=200)
    immigration_offence_only = forms.BooleanField(label="It is only an immigration offence", required=False)
    crime_basis = choice_field(CrimeBasis, label="What shows the crime")
    lmpd_case_number = TextField(
        label="Open LMPD case number",
        required=False,
        max_length=32,
        help_text="Empty if there is none.",
    )
    danger_level = choice_field(DangerLevel, label="Is there danger to the public?")
    danger_corroboration = choice_field(Corroboration, label="What shows the danger")
    danger_assessment = TextField(
        label="Your assessment of the danger", required=False, max_length=1000, multiline=True
    )
    danger_ended = forms.BooleanField(label="The danger has ended", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django copies a form's fields from here. Their order is that of the error summary.
        fields = {**_fields_of_documents(kwargs["case"]), **self.base_fields}
        self.base_fields = fields  # type: ignore[misc]
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self._show_verdict(verdict_now(self.case, self.now))

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        columns = (*workflow.Assessment.__dataclass_fields__,)
        initial: dict[str, object] = {name: getattr(case.evidence, name) for name in columns}
        for document in case.documents.all():
            for part in DOCUMENT_PARTS:
                initial[_name(document.pk, part)] = getattr(document, part)
            initial[_name(document.pk, "confirmed_class")] = document.document_class
            initial[_name(document.pk, "matches_subject")] = "yes" if document.matches_subject else "no"
        return initial

    def build_layout(self) -> Layout:
        documents = [self._section(document) for document in self.case.documents.all()]
        return Layout(
            *documents,
            Folded(
                "Another document" if documents else "A document that was not named before",
                *_rows_of(NEW_DOCUMENT),
            ),
            Section(
                "Crime",
                "crime_status",
                Columns("crime_offence", "lmpd_case_number"),
                "crime_basis",
                "immigration_offence_only",
            ),
            Section(
                "Danger",
                "danger_level",
                "danger_corroboration",
                "danger_assessment",
                "danger_ended",
                hint=self._said_of_danger(),
            ),
            *self.reason_part(),
            Buttons(Send(self.submit_label)),
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if not answers.get(_name(NEW_DOCUMENT, "confirmed_class")) and self._touches_new_document(answers):
            self.add_error(_name(NEW_DOCUMENT, "confirmed_class"), "Choose what kind of document this is.")
        if not self.errors:
            self._show_verdict(evaluate(self._facts_entered(), workflow.policy_in_force()))
        return answers

    def given(self) -> dict[str, Any]:
        assessment = workflow.Assessment(
            **{name: self.cleaned_data[name] for name in workflow.Assessment.__dataclass_fields__}
        )
        answers = {"assessment": assessment, "documents": list(self._findings_of_documents())}
        return answers | {name: self.cleaned_data[name] for name in self.reason_part()}

    def _section(self, document: Document) -> Section:
        claimed = DocumentClass(document.claimed_class).label
        return Section(f"Document: {claimed}", *_rows_of(document.pk), hint=f"Claimed as: {claimed}.")

    def _said_of_danger(self) -> str:
        said = self.case.evidence.danger_articulated
        return f"In the caller's words: {said}" if said else ""

    def _show_verdict(self, verdict: Verdict) -> None:
        first = next(iter(self.case.documents.all()), None)
        of_documents = _name(first.pk if first else NEW_DOCUMENT, "confirmation")
        self.show_findings(verdict, {**EVIDENCE_PLACES, "documents": of_documents})

    def _touches_new_document(self, answers: Mapping[str, Any]) -> bool:
        return any(answers.get(_name(NEW_DOCUMENT, part)) for part in DOCUMENT_PARTS)

    def _findings_of_documents(self) -> Iterator[workflow.DocumentFinding]:
        for document in self.case.documents.all():
            yield workflow.DocumentFinding(document_id=document.pk, **self._parts(document.pk))
        if self.cleaned_data[_name(NEW_DOCUMENT, "confirmed_class")]:
            yield workflow.DocumentFinding(document_id=None, **self._parts(NEW_DOCUMENT))

    def _parts(self, key: int | str) -> dict[str, Any]:
        parts = {part: self.cleaned_data.get(_name(key, part), False) for part in DOCUMENT_PARTS}
        # A new document is taken as not confirmed and as matching, until something else is said.
        return {
            **parts,
            "confirmation": parts["confirmation"] or Confirmation.UNCONFIRMED,
            "matches_subject": parts["matches_subject"] != "no",
        }

    def _facts_entered(self) -> Facts:
        """The facts as they would stand if this form were saved."""
        answers = self.cleaned_data
        return parse_facts(
            {
                **workflow.facts_of(self.case, at=self.now).as_dict(),
                "documents": [
                    {
                        "document_class": str(finding.confirmed_class),
                        "confirmation": str(finding.confirmation),
                        "matches_subject": finding.matches_subject,
                    }
                    for finding in self._findings_of_documents()
                    if not finding.struck
                ],
                "crime": {
                    "status": str(answers["crime_status"]),
                    "immigration_offence_only": answers["immigration_offence_only"],
                    "basis": str(answers["crime_basis"]),
                    "open_lmpd_case": bool(answers["lmpd_case_number"]),
                },
                "danger": {
                    "level": str(answers["danger_level"]),
                    "corroboration": str(answers["danger_corroboration"]),
                    "ended": answers["danger_ended"],
                },
            }
        )


def _name(key: int | str, part: str) -> str:
    return f"document_{key}_{part}"


def _rows_of(key: int | str) -> list[Any]:
    named = {part: _name(key, part) for part in DOCUMENT_PARTS}
    rows: list[Any] = [
        named["confirmed_class"],
        named["confirmation"],
        named["matches_subject"],
        Columns(named["court"], named["document_number"], named["issued_on"]),
    ]
    return rows if key == NEW_DOCUMENT else [*rows, named["struck"]]


def _fields_of_documents(case: AssistanceRequest) -> dict[str, forms.Field]:
    """The fields of every document of the case, and of one more."""
    fields: dict[str, forms.Field] = {}
    for document in case.documents.all():
        fields |= _fields_of_document(document.pk)
        fields[_name(document.pk, "struck")] = forms.BooleanField(
            label="Entered by mistake: leave it out of the facts", required=False
        )
    return fields | _fields_of_document(NEW_DOCUMENT)


def _fields_of_document(key: int | str) -> dict[str, forms.Field]:
    is_new = key == NEW_DOCUMENT
    fields = {
        "confirmed_class": choice_field(
            DocumentClass,
            label="What it really is",
            look="select",
            required=not is_new,
            blank_label="No other document" if is_new else None,
        ),
        "confirmation": choice_field(
            Confirmation, label="Confirmed with the agency or court that issued it?", required=not is_new
        ),
        "matches_subject": forms.ChoiceField(
            label="Is it for this person or place?",
            choices=MATCHES,
            widget=forms.RadioSelect,
            required=not is_new,
        ),
        "court": TextField(label="Court or agency", required=False, max_length=120),
        "document_number": TextField(label="Number", required=False, max_length=60),
        "issued_on": forms.DateField(
            label="Issued on",
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": "Enter a date that exists, like 2026-11-22."},
            validators=[_refuse_odd_date],
        ),
    }
    return {_name(key, part): field for part, field in fields.items()}


def _refuse_odd_date(value: date) -> None:
    if value > timezone.localdate():
        raise ValidationError("This date is in the future. Check the date.")
    if value.year < 1900:
        raise ValidationError("This date is long past. Check the year.")


# --- the decision -------------------------------------------------------------------------------

# What belongs to which outcome; with script only the chosen one's part is shown.
OUTCOME_PARTS = {
    Outcome.ASSIST: ("scope_allowed", "scope_forbidden"),
    Outcome.DECLINE: ("reason_code",),
    Outcome.REFER: ("referred_to",),
}


class DecideForm(ActForm):
    """What help, if any, is given. No outcome is chosen beforehand."""

    act = Action.DECIDE
    submit_label = "Save decision"

    outcome = choice_field(DECIDABLE_OUTCOMES, label="What do you decide?", meanings=True)
    scope_allowed = choices_field(
        SCOPE_ACTIONS, label="What officers may do", required=False, help_text="Nothing beyond this."
    )
    scope_forbidden = choices_field(
        NEVER_IN_SCOPE[:-1], label="Say expressly that officers do not", required=False, look="list"
    )
    reason_code = choice_field(ReasonCode, label="Why the request is declined", required=False, look="select")
    referred_to = TextField(
        label="Referred to",
        required=False,
        max_length=120,
        help_text="For example: jail, records custodian, counsel, other police.",
    )
    reason_text = TextField(label="Reason in your words", required=False, max_length=2000, multiline=True)
    occurred_at = LocalDateTimeField(label="When it was decided", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _facts, self.verdict = workflow.verdict_on(self.case, at=self.now)
        if self.verdict.outcome != Outcome.MORE_INFORMATION:
            said = self.verdict.outcome.label
            self.fields[
                "reason_text"
            ].help_text = f"Needed when you decide otherwise than the policy: “{said}”."
        self._say_what_assisting_takes()
        self._say_what_declining_takes()

    def _say_what_assisting_takes(self) -> None:
        if self.verdict.outcome == Outcome.ASSIST:
            grounds = checklist.in_short(self.verdict.grounds)
            self.fields[
                "scope_allowed"
            ].help_text = (
                f"Help is limited to the ground that holds: {grounds}. Nothing beyond what is chosen here."
            )
            return
        self.add_note(
            "outcome",
            "The policy does not allow help on the facts recorded. If you choose to assist, the decision is"
            " refused, and the attempt is kept for oversight.",
            Severity.BLOCKS,
        )

    def _say_what_declining_takes(self) -> None:
        if Ground.PUBLIC_DANGER in self.verdict.grounds:
            self.add_note(
                "outcome",
                "Clear public danger holds. To decline needs a written reason, and a second officer's word.",
            )

    def build_layout(self) -> Layout:
        return Layout(
            "outcome",
            Section(
                "If you assist",
                "scope_allowed",
                Folded("Say expressly what officers do not do", "scope_forbidden"),
                css_class="decide-part decide-part--assist",
            ),
            Section("If you decline", "reason_code", css_class="decide-part decide-part--decline"),
            Section("If you refer", "referred_to", css_class="decide-part decide-part--refer"),
            "reason_text",
            Folded("It was decided some time ago", "occurred_at"),
            Buttons(Send(self.submit_label)),
        )

    def clean_occurred_at(self) -> datetime | None:
        return refuse_too_early(refuse_future(self.cleaned_data["occurred_at"], self.now), self.case)

    def given(self) -> dict[str, Any]:
        """What belongs to another outcome than the chosen one is left out."""
        answers = self.entered()
        occurred_at = answers.pop("occurred_at")
        kept = OUTCOME_PARTS.get(answers["outcome"], ())
        parts = {name: answers[name] for names in OUTCOME_PARTS.values() for name in names if name in kept}
        choice = workflow.Choice(outcome=answers["outcome"], reason_text=answers["reason_text"], **parts)
        return {"choice": choice, "occurred_at": occurred_at}


# --- the second officer, and the officer of a radio decision ------------------------------------


class ConfirmForm(ActForm):
    act = Action.CONFIRM
    notice = "This decision was entered in your name. You confirm that you gave it."
    submit_label = "Confirm this decision"

    reason = reason_field(label="Remark", required=False, max_length=REASON_LENGTH)


class AgreeForm(ActForm):
    act = Action.AGREE
    notice = "Clear public danger held, and help was declined. You say as second officer that you agree."
    submit_label = "Agree"

    reason = reason_field(label="Remark", required=False, max_length=REASON_LENGTH)


class DisagreeForm(ActForm):
    act = Action.DISAGREE
    notice = "The request is open again, and you have it. The decision stays in the record."
    submit_label = "Disagree"

    reason = reason_field(label="Why you disagree", max_length=REASON_LENGTH)
