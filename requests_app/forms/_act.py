"""The base of the forms that carry out one act on one case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from requests_app.forms._base import RegisterForm
from requests_app.models import AssistanceRequest, User
from requests_app.vocabulary import Action
from requests_app.workflow import Refused


class ActForm(RegisterForm):
    """A form named for its action. It cleans and lays out; the transition does the rest.

    `notice` is a sentence above the form: what the act does, for a person who does it rarely.
    """

    act: ClassVar[Action]
    notice: ClassVar[str] = ""

    def __init__(self, *args: Any, case: AssistanceRequest, user: User, now: datetime, **kwargs: Any) -> None:
        self.case, self.user, self.now = case, user, now
        kwargs["initial"] = {
            "revision": case.revision,
            **self.initial_for(case),
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)

    def initial_for(self, case: AssistanceRequest) -> Mapping[str, object]:
        """What the fields hold before anybody types."""
        return {}

    def given(self) -> dict[str, Any]:
        """The arguments of the transition, from the cleaned answers."""
        return self.entered()

    def refuse(self, refusal: Refused) -> None:
        """Put each reason beside its field, or above the form when there is no such field."""
        for reason in refusal.reasons:
            self.add_error(
                reason.field if reason.field in self.fields else None, forms.ValidationError(reason.message)
            )
