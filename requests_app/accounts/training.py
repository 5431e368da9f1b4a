"""Who was trained to contact a commanding officer: a record, never a condition to take a call."""

from datetime import date

from django.db.models import DateField, Exists, Func, OuterRef, Q, Value

from requests_app import ledger
from requests_app.accounts._act import NotPossible, act, begin, record, save
from requests_app.models import RoleGrant, Training, User
from requests_app.vocabulary import LOUISVILLE, Action, Role, TrainingSubject

LOCAL_DAY = "(%(expressions)s)::date"


@act
def record_training(account: User, *, actor: User, trained_on: date, trained_by: str) -> Training:
    account = begin(Action.RECORD_TRAINING, actor=actor, account=account)
    if trained_on > ledger.now().astimezone(LOUISVILLE).date():
        raise NotPossible("This day is in the future. Record the training when it has happened.")
    training = Training(account=account, trained_on=trained_on, trained_by=trained_by, recorded_by=actor)
    save(training, actor=actor, reason=TrainingSubject.CONTACT_COMMANDER.label)
    record(Action.RECORD_TRAINING, actor=actor, account=account, trained_on=trained_on.isoformat())
    return training


def was_trained(account: User, *, on: date) -> bool:
    """True when a training on or before the local day is on record."""
    return account.trainings.filter(trained_on__lte=on).exists()


def logged_untrained() -> Q:
    """For a query of requests: logged by a dispatcher without a training by the local day of entry.

    Officers who log a call that reached them directly need no training to contact themselves.
    """
    entered_at = OuterRef("entered_at")
    held = RoleGrant.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=entered_at),
        user=OuterRef("logged_by"),
        role=Role.DISPATCHER,
        approved_by__isnull=False,
        starts_at__lte=entered_at,
    )
    # TruncDate does not take an outer column.
    local_day = Func(
        entered_at,
        Value(str(LOUISVILLE)),
        template=LOCAL_DAY,
        arg_joiner=" AT TIME ZONE ",
        output_field=DateField(),
    )
    trained = Training.objects.filter(account=OuterRef("logged_by"), trained_on__lte=local_day)
    return Exists(held) & ~Exists(trained)
