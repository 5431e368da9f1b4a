"""The life of a request as data: from which statuses an act is possible, and to which it leads."""

from dataclasses import dataclass

from requests_app.vocabulary import Action, Status


@dataclass(frozen=True)
class Move:
    """`targets` empty means the act leaves the status as it is."""

    sources: frozenset[Status]
    targets: frozenset[Status] = frozenset()


def _from(*sources: Status) -> frozenset[Status]:
    return frozenset(sources)


ANY = frozenset(Status)
# What happened in the field can always be recorded, whatever the state of the papers.
LOGGED = ANY - {Status.INTAKE, Status.ABANDONED}
REVIEWED = _from(Status.UNDER_REVIEW, Status.DECIDED, Status.IN_FIELD, Status.CLOSED)
ENDED = _from(Status.ABANDONED, Status.CLOSED, Status.WITHDRAWN)
UNDECIDED = _from(Status.WAITING, Status.UNDER_REVIEW, Status.INFORMATION_NEEDED)

MOVES: dict[Action, Move] = {
    Action.SAVE_INTAKE: Move(_from(Status.INTAKE), _from(Status.INTAKE)),
    Action.ABANDON: Move(_from(Status.INTAKE), _from(Status.ABANDONED)),
    Action.LOG: Move(_from(Status.INTAKE), _from(Status.WAITING)),
    Action.PAGE: Move(_from(Status.WAITING)),
    Action.ACKNOWLEDGE: Move(_from(Status.WAITING)),
    Action.CLAIM: Move(_from(Status.WAITING, Status.INFORMATION_NEEDED), _from(Status.UNDER_REVIEW)),
    Action.RELEASE: Move(_from(Status.UNDER_REVIEW), _from(Status.WAITING, Status.INFORMATION_NEEDED)),
    Action.VERIFY_CALLER: Move(REVIEWED),
    Action.RECORD_CALL: Move(REVIEWED),
    Action.SET_EVIDENCE: Move(REVIEWED),
    Action.RECLASSIFY: Move(REVIEWED),
    Action.REQUEST_INFORMATION: Move(_from(Status.UNDER_REVIEW), _from(Status.INFORMATION_NEEDED)),
    Action.DECIDE: Move(_from(Status.UNDER_REVIEW), _from(Status.DECIDED, Status.IN_FIELD)),
    Action.RADIO_DECISION: Move(UNDECIDED, _from(Status.DECIDED, Status.IN_FIELD)),
    Action.CONFIRM: Move(_from(Status.DECIDED, Status.IN_FIELD, Status.CLOSED)),
    Action.AGREE: Move(_from(Status.DECIDED, Status.IN_FIELD, Status.CLOSED)),
    Action.DISAGREE: Move(_from(Status.DECIDED, Status.IN_FIELD, Status.CLOSED), _from(Status.UNDER_REVIEW)),
    Action.DISPATCH: Move(LOGGED, _from(Status.IN_FIELD)),
    Action.OFFICER_ARRIVES: Move(LOGGED, _from(Status.IN_FIELD)),
    Action.COMMANDER_ARRIVES: Move(LOGGED, _from(Status.IN_FIELD)),
    Action.COMMANDER_ABSENT: Move(LOGGED),
    Action.STAND_DOWN: Move(LOGGED),
    Action.REPORT_OUTCOME: Move(_from(Status.DECIDED, Status.IN_FIELD), _from(Status.CLOSED)),
    Action.WITHDRAW: Move(
        UNDECIDED | _from(Status.DECIDED, Status.IN_FIELD, Status.CLOSED), _from(Status.WITHDRAWN)
    ),
    Action.CORRECT: Move(ANY),
    Action.REOPEN: Move(_from(Status.DECIDED, Status.CLOSED, Status.WITHDRAWN), _from(Status.UNDER_REVIEW)),
    Action.REVEAL: Move(ANY),
    Action.EXPLAIN: Move(LOGGED),
    Action.REVIEW: Move(_from(Status.DECIDED, Status.IN_FIELD, Status.CLOSED, Status.WITHDRAWN)),
    Action.FOLLOW_UP: Move(_from(Status.DECIDED, Status.IN_FIELD, Status.CLOSED, Status.WITHDRAWN)),
    Action.ANSWER: Move(_from(Status.DECIDED, Status.IN_FIELD, Status.CLOSED, Status.WITHDRAWN)),
    Action.HOLD: Move(ANY),
    Action.PROPOSE_ERASURE: Move(ENDED),
    Action.ERASE: Move(ENDED),
    Action.SYNC_DEVIATIONS: Move(LOGGED),
}
