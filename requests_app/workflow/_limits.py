"""The department's time limits, read once for each transition."""

from dataclasses import dataclass
from datetime import timedelta

from requests_app.models import Threshold
from requests_app.vocabulary import ThresholdKey


@dataclass(frozen=True)
class Limits:
    """Minutes by key: the ordinary limit and the one for emergencies."""

    minutes: dict[str, tuple[int, int]]

    def get(self, key: ThresholdKey, *, emergency: bool = False) -> timedelta:
        return timedelta(minutes=self.minutes[key][1 if emergency else 0])


def read_limits() -> Limits:
    rows = Threshold.objects.values_list("key", "minutes", "emergency_minutes")
    return Limits({key: (minutes, emergency) for key, minutes, emergency in rows})
