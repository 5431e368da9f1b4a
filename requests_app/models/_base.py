"""What every table of the register shares: the database clock, revisions, and checks on codes."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, transaction
from simple_history.models import HistoricalRecords

from requests_app.querysets import REGISTER_NOW
from requests_app.vocabulary import Choice


class Revised(models.Model):
    """A row whose every save is one revision, counted."""

    revision = models.PositiveIntegerField(default=1, editable=False)

    # Every concrete model has its own; named here for who handles them all alike.
    history: ClassVar[Any]

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        if not self._state.adding:
            self.revision += 1
            if update_fields is not None:
                update_fields = {*update_fields, "revision"}
        # Row and history row are one: outside a transaction the row would be refused without its history.
        with transaction.atomic(savepoint=False):
            super().save(update_fields=update_fields, **options)


class Tracked(Revised):
    """A row that a person can change: every revision is kept, with its actor and reason.

    The database refuses a change without an actor set for the transaction, and a revision without
    its history row (migration `walls`). Use `workflow` for cases: a bare `save()` is refused there.
    """

    history = HistoricalRecords(
        inherit=True,
        history_id_field=models.BigAutoField(),
        history_change_reason_field=models.TextField(null=True),
    )

    class Meta:
        abstract = True


def known_code(
    model: str, field: str, choice: type[Choice], *, blank: bool = False
) -> models.CheckConstraint:
    """The column holds a code of the closed list (or nothing, where `blank`)."""
    codes = [*choice.codes(), ""] if blank else choice.codes()
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": codes}),
        name=f"{model}_{field}_is_known",
        violation_error_message=f"Choose one of the listed values for {field.replace('_', ' ')}.",
    )


def known_codes(model: str, field: str, allowed: Iterable[str]) -> models.CheckConstraint:
    """Every element of the array column is a code of the closed list."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__contained_by": [str(code) for code in allowed]}),
        name=f"{model}_{field}_are_known",
        violation_error_message=f"Choose only listed values for {field.replace('_', ' ')}.",
    )


def holds(name: str, condition: models.Q, message: str) -> models.CheckConstraint:
    """A fact that must be true of every row, with the sentence shown when it is not."""
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


__all__ = ["REGISTER_NOW", "Revised", "Tracked", "holds", "known_code", "known_codes"]
