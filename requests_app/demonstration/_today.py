"""What goes on at the moment at which the demonstration is made, so that queue and wall are alive.

Each script begins so many minutes ago and is cut off at the present; the worker goes on from there.
"""

from collections.abc import Callable

from requests_app import workflow
from requests_app.demonstration import _lives as lives
from requests_app.demonstration import _programme as programme
from requests_app.demonstration._play import CONFIRMED, Play, Script, declines, refers
from requests_app.vocabulary import FieldAction, ReasonCode


def being_written_down(play: Play) -> Script:
    play.comes_in(programme.STAND_BY)
    yield 60


def waits(play: Play, said: lives.Words) -> Script:
    """Left to the real worker, which sends the page and pages the next when nobody answers."""
    play.comes_in(said)
    yield 1
    play.is_logged(attempts=())
    yield 60


def waits_acknowledged(play: Play) -> Script:
    play.comes_in(programme.CLEAR_A_HOUSE)
    yield 1
    play.is_logged()
    yield 2
    play.does(workflow.acknowledge)
    yield 60


def under_review(play: Play) -> Script:
    yield from lives.taken(play, programme.KNOCK)
    yield 60


def waits_for_the_court(play: Play) -> Script:
    yield from lives.taken(play, programme.SEARCH)
    play.does(workflow.request_information, needed="The clerk confirms whether the warrant is active.")


def officers_are_out(play: Play) -> Script:
    yield from lives.course(
        play,
        programme.HSI_WARRANT,
        programme.SERVE,
        paper=CONFIRMED,
        done=[FieldAction.SERVE_CRIMINAL_WARRANT],
    )


def declined(play: Play) -> Script:
    yield from lives.taken(play, programme.STREET)
    play.decides(declines(ReasonCode.NO_GROUND))


def referred(play: Play) -> Script:
    yield from lives.taken(play, programme.PLATE)
    play.decides(refers("Records custodian"))


def waits_in_danger(play: Play) -> Script:
    yield from waits(play, programme.CROWD_AT_OFFICE)


def waits_for_a_standby(play: Play) -> Script:
    yield from waits(play, programme.OLD_CASE)


# Minutes ago, and the script.
TODAY: tuple[tuple[float, Callable[[Play], Script]], ...] = (
    (340, declined),
    (200, referred),
    (95, waits_for_the_court),
    (42, officers_are_out),
    (21, under_review),
    (9, waits_acknowledged),
    (5, waits_for_a_standby),
    (2.5, waits_in_danger),
    (1.2, being_written_down),
)
