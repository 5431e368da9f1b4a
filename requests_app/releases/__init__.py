"""Publishing quarters: one person freezes the figures, another one publishes the very same bytes.

Figures of a quarter appear at the earliest thirty days after its end. A quarter with requests that is
published later than the department's limit, or not at all, is a deviation of that quarter.
"""

from requests_app.releases._acts import enter_calls, freeze_period, release_period
from requests_app.releases._document import leaves
from requests_app.releases._late import find_late_releases
from requests_app.releases._periods import Period, period_of, periods, releases_of

__all__ = [
    "Period",
    "enter_calls",
    "find_late_releases",
    "freeze_period",
    "leaves",
    "period_of",
    "periods",
    "release_period",
    "releases_of",
]
