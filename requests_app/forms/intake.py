"""The dispatcher's forms: writing down the call while it is going on, and reaching an officer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from requests_app.forms._act import ActForm
from requests_app.forms._base import (
    Buttons,
    Columns,
    Folded,
    Layout,
    LinkBack,
    LocalDateTimeField,
    Section,
    Send,
    TextField,
    choice_field,
    choices_field,
    count_field,
    reason_field,
)
from requests_app.forms._fields import DIGIT_KEYS
from requests_app.models import AssistanceRequest, RestrictedDetails, RoleGrant
from requests_app.models.request import CLAIMABLE_GROUNDS
from requests_app.vocabulary import (
    DECIDABLE_OUTCOMES,
    SCOPE_ACTIONS,
    Action,
    CadAbsence,
    Channel,
    Component,
    CrimeStatus,
    Direction,
    DiscoveredBy,
    Division,
    DocumentClass,
    Ground,
    Outcome,
    PlaceKind,
    ReasonCode,
    RequestType,
    Role,
)
from requests_app.workflow import (
    CASE_COLUMNS,
    RESTRICTED_COLUMNS,
    Choice,
    Intake,
    Refused,
    may_read_restricted,
)

# The digits, and below them on the keyboard the upper row of letters.
MANY_KEYS = f"{DIGIT_KEYS}qwertyuiop"
# Whoever enters a record later says when the request came in: not the minute in which they write.
ENTERED_AT_ONCE = timedelta(minutes=2)

# The likely callers first: the first key is preset, the next ones are one key away.
COMPONENTS = {
    Component.ERO: "ICE ERO",
    Component.HSI: "ICE HSI",
    Component.CBP: "CBP",
    Component.DHS_CONTRACTOR: "Contractor",
    Component.OTHER_DHS: "Other DHS",
    Component.OTHER_FEDERAL: "Other federal",
    Component.STATE_LOCAL_DELEGATE: "State or local",
    Component.FPS: "FPS",
    Component.USCIS: "USCIS",
    Component.UNKNOWN: "Unknown",
    Component.FOREIGN: "Foreign",
    Component.MEMBER_OF_PUBLIC: "Public",
}
GROUNDS = {
    Ground.CRIMINAL_WARRANT: "A warrant or other paper",
    Ground.CRIME: "A crime",
    Ground.PUBLIC_DANGER: "Danger to the public now",
}
TYPES = {
    RequestType.CLEAR_BUILDING: "Clear a home",
    RequestType.PERIMETER: "Perimeter",
    RequestType.SEARCH_WARRANT_SUPPORT: "Search warrant",
    RequestType.EMERGENCY_ASSISTANCE: "Emergency help",
    RequestType.CROWD_CONTROL: "Crowd",
    RequestType.DECONFLICTION_NOTICE: "Notice of operation",
    RequestType.RECORDS_LOOKUP: "Records",
    RequestType.STATUS_EXCHANGE: "Status information",
    RequestType.EQUIPMENT_OR_STAFF: "Equipment, staff",
    RequestType.TASK_FORCE: "Task force",
    RequestType.IDENTITY_CHECK: "Who the agents are",
    RequestType.ORDINARY_SERVICE: "Ordinary service",
}
DOCUMENTS = {DocumentClass.ADMINISTRATIVE_WARRANT: "Administrative (I-200, I-205, IVF, immigration judge)"}
DIVISIONS = {
    division: division.label.removesuffix(" Division")
    for division in Division
    if division not in (Division.OTHER_JURISDICTION, Division.UNKNOWN)
}
# Only these are what the policy calls a criminal warrant; another paper is named, and claims no ground.
CRIMINAL_PAPERS = (DocumentClass.CRIMINAL_WARRANT, DocumentClass.CRIMINAL_SEARCH_WARRANT)

_INCLUDED = '{{% include "requests_app/_{}.html" %}}'

# What callers often say. A key puts the sentence under "What was said", where it can be changed.
PHRASES = (
    "Agents are at the scene now.",
    "Wants officers before agents go to the door.",
    "Wants marked cars in sight.",
    "Wants officers to wait nearby.",
    "Says the person may be armed.",
    "Says the person may run.",
    "Says others are in the building.",
    "Says a crowd is gathering.",
    "Gave no reason.",
    "Asks for a call back.",
)
NEVER_WRITE = "Never write a sought person's name, nationality, immigration status or A-number."


def _in_short(field: forms.Field, words: Mapping[Any, str]) -> forms.Field:
    """The same choices in fewer words, where a row of them has to fit."""
    field.choices = [(code, words.get(code, label)) for code, label in field.choices]  # type: ignore[attr-defined]
    return field


class Question(Div):
    """One question of the call: Enter goes from one to the next. `only_for` names the answer that asks it."""

    css_class = "question"

    def __init__(self, *fields: Any, only_for: str = "") -> None:
        super().__init__(*fields, css_class=f"question--{only_for}" if only_for else "")


class NamedQuestion(Section):
    """A question of several fields, under a name."""

    def __init__(self, legend: str, *fields: Any) -> None:
        super().__init__(legend, *fields, css_class="question question--fields")


class LessUsed(Folded):
    """Folded as long as nothing in it differs from what is usual."""

    USUAL: Mapping[str, tuple[object, ...]] = {
        "direction": ("", None, Direction.INBOUND),
        "discovered_by": ("", None, DiscoveredBy.LIVE),
        "requested_for": (("", ""),),
        "persons_sought": ("", None),
    }

    def render(
        self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        parts = {
            "summary": self.summary,
            "fields": self.get_rendered_fields(form, context, template_pack),
            "open": any(
                form[name].value() not in usual or form[name].errors or form.fields[name].required
                for name, usual in self.USUAL.items()
            ),
        }
        return render_to_string(f"{template_pack}/layout/folded.html", parts)


class SaveIntakeForm(ActForm):
    """The whole call on one page. Nothing is required to save; what is hidden from the reader is kept.

    A new call is a form whose case was never saved.
    """

    act = Action.SAVE_INTAKE
    mark_required = False
    is_wide = True

    component = _in_short(
        choice_field(COMPONENTS, label="Who asks", required=False, keys=f"{DIGIT_KEYS}qw"), COMPONENTS
    )
    requester_name = TextField(label="Name", max_length=120, required=False)
    callback_number = TextField(
        label="Call-back number",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    requester_badge = TextField(label="Badge", max_length=40, required=False)
    identity_refused = forms.BooleanField(label="Refused to say", required=False)
    types_at_intake = _in_short(
        choices_field(RequestType, label="What they want", required=False, keys=MANY_KEYS), TYPES
    )
    grounds_claimed = _in_short(
        choices_field(CLAIMABLE_GROUNDS, label="They say there is", required=False, keys=True), GROUNDS
    )
    danger_articulated = TextField(label="What danger", max_length=1000, required=False)
    document_class = _in_short(
        choice_field(DocumentClass, label="What paper", required=False, keys=True), DOCUMENTS
    )
    document_number = TextField(label="Its number", max_length=60, required=False)
    crime_status = choice_field(
        (CrimeStatus.IN_PROGRESS, CrimeStatus.PAST), label="The crime", required=False, keys=True
    )
    crime_offence = TextField(label="What offence", max_length=200, required=False)
    location = TextField(label="Address or place", max_length=300, required=False)
    place_kind = choice_field(PlaceKind, label="Kind of place", required=False, look="select", blank_label="")
    division = _in_short(
        choice_field(Division, label="Division", required=False, keys="1234567890"), DIVISIONS
    )
    what_was_said = TextField(
        label="What was said",
        max_length=4000,
        required=False,
        help_text=NEVER_WRITE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    channel = choice_field(Channel, label="Came in by", required=False, look="select", blank_label="")
    cad_event_number = TextField(label="CAD number", max_length=32, required=False)
    cad_absence = choice_field(
        CadAbsence, label="or why none", required=False, look="select", blank_label="Not said"
    )
    received_at = LocalDateTimeField(label="Received at", required=False)

    discovered_by = choice_field(
        DiscoveredBy, label="How we know of it", required=False, look="select", blank_label=""
    )
    direction = choice_field(Direction, label="Direction", required=False, look="select", blank_label="")
    requested_for = LocalDateTimeField(label="Asked for a later time", required=False)
    persons_sought = count_field(
        label="How many people are sought", max_value=999, help_text="The number alone."
    )

    def __init__(self, *args: Any, autosave_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.autosave_url = autosave_url
        self.refused_for: list[str] = []
        # Without the revision that the person saw, a save could undo somebody else's.
        self.fields["revision"].required = self.case.pk is not None
        self.fields["revision"].error_messages["required"] = self.fields["revision"].error_messages["invalid"]
        # Every one of these has an answer that stands when nothing is chosen.
        for name in ("place_kind", "channel", "direction", "discovered_by"):
            _drop_choice(self.fields[name], "")
        for field in self.fields.values():
            # A browser would cut what is pasted, and say nothing; the message beside the field says it.
            field.widget.attrs.pop("maxlength", None)
        if not self.user.roles & {Role.DISPATCHER, Role.COMMANDING_OFFICER}:
            self._ask_how_it_was_found()
        self.shows_restricted = self.may_read_restricted or self._typed_after_a_reveal()
        if not self.shows_restricted:
            for name in RESTRICTED_COLUMNS:
                del self.fields[name]

    def _typed_after_a_reveal(self) -> bool:
        """What a person typed while the fields were shown is kept when the ten minutes run out meanwhile.

        Whoever never was shown them did not type them on our page, and cannot write over them.
        """
        typed_here = self.is_bound and "requester_name" in self.data
        return typed_here and self.case.reveals.filter(user=self.user).exists()

    def _ask_how_it_was_found(self) -> None:
        """Oversight enters what was found later, and takes no live call."""
        found = self.fields["discovered_by"]
        _drop_choice(found, DiscoveredBy.LIVE)
        found.choices = [("", "Choose…"), *found.choices]  # type: ignore[attr-defined]
        for name in ("discovered_by", "received_at"):
            self.fields[name].required = True
        if self.case.pk is None:
            self.initial |= {"received_at": None, "discovered_by": ""}

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        self.may_read_restricted = case.pk is None or may_read_restricted(self.user, case, now=self.now)
        if case.pk is None:
            return {"revision": None, "received_at": self.now.replace(microsecond=0), **PRESET}
        evidence = case.evidence
        document = next(iter(case.documents.all()), None)
        document = None if document is None or document.struck else document
        grounds = set(case.grounds_claimed) | ({Ground.CRIMINAL_WARRANT} if document else set())
        return {
            **{name: getattr(case, name) for name in (*CASE_COLUMNS, "types_at_intake")},
            **(self._restricted_of(case) if self.may_read_restricted else {}),
            "grounds_claimed": sorted(grounds),
            "danger_articulated": evidence.danger_articulated,
            "crime_status": evidence.crime_status,
            "crime_offence": evidence.crime_offence,
            "document_class": document.claimed_class if document else "",
            "document_number": document.document_number if document else "",
        }

    def _restricted_of(self, case: AssistanceRequest) -> dict[str, Any]:
        details = RestrictedDetails.objects.get(case=case)
        return {name: getattr(details, name) for name in RESTRICTED_COLUMNS}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        found_later = said.get("discovered_by") not in (None, "", DiscoveredBy.LIVE)
        received_at = said.get("received_at")
        written_at = self.case.entered_at if self.case.pk else self.now
        if found_later and received_at and written_at - received_at < ENTERED_AT_ONCE:
            self.add_error(
                "received_at",
                "Say when the request came in. When it is written down is kept beside it by itself.",
            )
        return said

    def refuse(self, refusal: Refused) -> None:
        """The time of this act is the time the request came in."""
        self.refused_for = [reason.code for reason in refusal.reasons]
        reasons = [
            replace(reason, field="received_at") if reason.field == "occurred_at" else reason
            for reason in refusal.reasons
        ]
        super().refuse(Refused(refusal.kind, *reasons))

    def given(self) -> dict[str, Any]:
        return {"intake": self.intake()}

    def intake(self) -> Intake:
        said = {**self.entered(), **({} if self.shows_restricted else self._restricted_of(self.case))}
        claimed = said["grounds_claimed"]
        said |= {
            "received_at": said["received_at"] or (self.case.received_at if self.case.pk else self.now),
            "cad_absence": "" if said["cad_event_number"] else said["cad_absence"],
            **_paper(said),
        }
        if Ground.CRIME not in claimed:
            said |= {"crime_status": CrimeStatus.NONE, "crime_offence": ""}
        if Ground.PUBLIC_DANGER not in claimed:
            said["danger_articulated"] = ""
        # A question that has no answer is left to what the register takes when nothing is said.
        unanswered = {name for name in UNSAID if said[name] == ""}
        return Intake(**{name: value for name, value in said.items() if name not in unanswered})

    @property
    def phrases(self) -> list[tuple[str, str]]:
        return list(zip(DIGIT_KEYS, PHRASES, strict=True))

    @cached_property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.form_class = "register-form register-form--wide intake"
        helper.attrs |= {"data-autosave": self.autosave_url, "data-badge": self.user.badge_number}
        return helper

    def build_layout(self) -> Layout:
        return Layout(
            Question("component"),
            *self._about_the_caller(),
            Question("types_at_intake"),
            Question("grounds_claimed"),
            Question(HTML(_INCLUDED.format("danger_now")), "danger_articulated", only_for="danger"),
            Question("document_class", "document_number", only_for="paper"),
            Question("crime_status", "crime_offence", only_for="crime"),
            NamedQuestion("Where", *(["location"] if self.shows_restricted else []), "place_kind"),
            Question("division"),
            Question(HTML(_INCLUDED.format("phrases")), "what_was_said"),
            NamedQuestion("The call", "channel", "cad_event_number", "cad_absence", "received_at"),
            LessUsed(
                "Less used: found later, we contacted them, for a later time, how many people",
                Columns("discovered_by", "direction"),
                Columns("requested_for", "persons_sought"),
            ),
            HTML(_INCLUDED.format("save_bar")),
        )

    def _about_the_caller(self) -> list[Any]:
        if not self.shows_restricted:
            return [HTML(_INCLUDED.format("restricted_kept"))]
        return [
            NamedQuestion(
                "Caller", "requester_name", "callback_number", "requester_badge", "identity_refused"
            )
        ]


PRESET = {
    "component": Component.ERO,
    "division": Division.UNKNOWN,
    "place_kind": PlaceKind.UNKNOWN,
    "channel": Channel.NON_EMERGENCY_LINE,
    "direction": Direction.INBOUND,
    "discovered_by": DiscoveredBy.LIVE,
}
UNSAID = ("component", "division", "place_kind", "channel", "direction", "discovered_by", "crime_status")


def _drop_choice(field: forms.Field, code: str) -> None:
    field.choices = [pair for pair in field.choices if pair[0] != code]  # type: ignore[attr-defined]


def _paper(said: Mapping[str, Any]) -> dict[str, Any]:
    """The paper that was named, and the grounds without the warrant when the paper is none.

    A number alone goes with what was claimed: a criminal warrant.
    """
    grounds, paper = list(said["grounds_claimed"]), said["document_class"]
    if Ground.CRIMINAL_WARRANT not in grounds:
        return {"grounds_claimed": grounds, "document_class": "", "document_number": ""}
    if not paper and said["document_number"]:
        paper = DocumentClass.CRIMINAL_WARRANT
    if paper and paper not in CRIMINAL_PAPERS:
        grounds.remove(Ground.CRIMINAL_WARRANT)
    return {"grounds_claimed": grounds, "document_class": paper, "document_number": said["document_number"]}


class AbandonForm(ActForm):
    act = Action.ABANDON
    notice = "For a call that turned out to be no request. The number stays, with your reason."
    submit_label = "Abandon intake"

    reason = reason_field(label="Why this became no request", max_length=1000)


class LogForm(ActForm):
    act = Action.LOG
    notice = "The intake is complete as it stands, and the commanding officer on duty is paged at once."
    submit_label = "Page the commanding officer"


class PageForm(ActForm):
    act = Action.PAGE
    notice = "The next commanding officer on duty who was not asked yet is paged at once."
    submit_label = "Page the next officer"


class RadioDecisionForm(ActForm):
    """What an officer decided and said by radio. The officer chose it: nothing is preset here."""

    act = Action.RADIO_DECISION
    notice = (
        "Enter exactly what the officer said. Both names are recorded, and the officer has an hour to confirm"
        " it; until then it is marked as not confirmed."
    )
    submit_label = "Enter this decision"

    # Badge numbers, not keys: a page shows no primary key.
    officer = forms.ChoiceField(label="Which officer decided")
    occurred_at = LocalDateTimeField(label="When the officer said it", help_text="Louisville time.")
    outcome = choice_field(DECIDABLE_OUTCOMES, label="What the officer decided", meanings=True)
    scope_allowed = choices_field(
        SCOPE_ACTIONS,
        label="What officers may do",
        required=False,
        help_text="Only when the decision is to assist: help is always limited.",
    )
    reason_code = choice_field(
        ReasonCode, label="Reason", required=False, look="select", help_text="Needed when it is declined."
    )
    reason_text = reason_field(label="In the officer's words", required=False)
    referred_to = TextField(
        label="Referred to", max_length=120, required=False, help_text="Needed when it is referred."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grants = RoleGrant.objects.held().filter(role=Role.COMMANDING_OFFICER, user__is_system=False)
        officers = {grant.user.badge_number: grant.user for grant in grants.select_related("user")}
        officers.pop(self.user.badge_number, None)
        self.officers = dict(sorted(officers.items(), key=lambda pair: pair[1].display_name))
        self.fields["officer"].choices = [  # type: ignore[attr-defined]
            ("", "Choose…"),
            *((badge, str(officer)) for badge, officer in self.officers.items()),
        ]

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        return {"officer": case.claimed_by.badge_number if case.claimed_by else ""}

    def given(self) -> dict[str, Any]:
        said = self.entered()
        officer, occurred_at = said.pop("officer"), said.pop("occurred_at")
        if said["outcome"] != Outcome.REFER:
            said["referred_to"] = ""
        return {
            "officer_id": self.officers[officer].pk,
            "occurred_at": occurred_at,
            "choice": Choice(**said),
        }

    def build_layout(self) -> Layout:
        return Layout(
            Columns("officer", "occurred_at"),
            "outcome",
            Section("If it is to assist", "scope_allowed", css_class="only-for-assist"),
            Columns("reason_code", "referred_to"),
            "reason_text",
            Buttons(
                Send(self.submit_label),
                LinkBack("Cancel", reverse("requests_app:request_detail", args=[self.case.public_id])),
            ),
        )
