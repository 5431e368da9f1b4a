"""`serve`: signs once a day at a fixed local time, and asks missing witnesses again each hour."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

import psycopg

from requests_app.merkle import Invalid, Witnessed
from requests_app.signer._acts import Complain, Places, cosign, sign, to_stderr, told
from requests_app.signer._state import Refused, State
from requests_app.state_folder import Unusable

LOCAL = ZoneInfo("America/Kentucky/Louisville")
DAY = timedelta(hours=24)
AGAIN = timedelta(hours=1)
LOOK_SECONDS = 30  # a clock that is set, or a machine that slept, is noticed after so long
TROUBLES = (Refused, Unusable, Invalid, psycopg.Error, OSError)


def next_time(at: time_of_day, after: datetime) -> datetime:
    """The first moment after `after` at which clocks in Louisville show `at`, once for each day.

    In the night in which the clock goes ahead a time that it leaves out comes an hour later; in the one in
    which it goes back a time that comes twice counts the first time.
    """
    day = after.astimezone(LOCAL).date()
    while (moment := datetime.combine(day, at, LOCAL).astimezone(UTC)) <= after:
        day += timedelta(days=1)
    return moment


class Serving:
    """What is to be done, and when. `look` does it when its time has come."""

    def __init__(
        self, places: Places, at: time_of_day, now: datetime, *, complain: Complain = to_stderr
    ) -> None:
        self._places, self._at, self._complain = places, at, complain
        with State.opened(places.state) as state:  # without a key that can be used, nothing begins
            signed_at = datetime.fromtimestamp(state.signed_at, UTC)
        self.sign_at = now if now - signed_at >= DAY else next_time(at, now)
        # What an earlier process had signed and not yet published is published at once.
        self.cosign_at: datetime | None = now

    def look(self, now: datetime) -> None:
        self.sign_at = min(self.sign_at, next_time(self._at, now))  # the clock may have been set back
        if now >= self.sign_at:
            self.sign_at = next_time(self._at, now) if self._try(sign, now) else now + AGAIN
        elif self.cosign_at and now >= self.cosign_at:
            self._try(cosign, now)

    def _try(self, act: Callable[..., Witnessed], now: datetime) -> bool:
        """Whatever goes wrong is said and tried again: this process is to be there when it is mended."""
        self.cosign_at = now + AGAIN
        try:
            witnessed = act(self._places, complain=self._complain)
        except TROUBLES as trouble:
            self._complain(str(trouble))
            return False
        print(told(witnessed), flush=True)
        if witnessed.quorum_met:
            self.cosign_at = None
        return True


def serve(places: Places, at: time_of_day) -> None:
    """Until the process is ended. It may be killed at any moment."""
    serving = Serving(places, at, datetime.now(UTC))
    while True:
        serving.look(datetime.now(UTC))
        time.sleep(LOOK_SECONDS)
