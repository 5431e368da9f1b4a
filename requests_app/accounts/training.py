"""Who was trained to contact a commanding officer: a record, never a condition to take a call."""

from datetime import date

from requests_app import ledger
from requests_app.accounts._act import NotPossible, act, begin, record, save
from requests_app.models import Training, User
from requests_app.vocabulary import Action, TrainingSubject


@act
def record_training(account: User, *, actor: User, trained_on: date, trained_by: str) -> Training:
    account = begin(Action.RECORD_TRAINING, actor=actor, account=account)
    if trained_on > ledger.now().astimezone(ledger.LOUISVILLE).date():
        raise NotPossible("This day is in the future. Record the training when it has happened.")
    training = Training(account=account, trained_on=trained_on, trained_by=trained_by, recorded_by=actor)
    save(training, actor=actor, reason=TrainingSubject.CONTACT_COMMANDER.label)
    record(Action.RECORD_TRAINING, actor=actor, account=account, trained_on=trained_on.isoformat())
    return training


def was_trained(account: User, *, on: date) -> bool:
    """True when a training on or before the local day is on record."""
    return account.trainings.filter(trained_on__lte=on).exists()
