"""What the public may know: the conduct of the police by quarter, exact and city-wide.

`conduct` counts, `figures` puts the counts into words. Nothing finer than a quarter, no place, no person and
no free text is read here, so nothing of the kind can be shown.
"""

from requests_app.statistics._words import day, months_of, number
from requests_app.statistics.baseline import BASELINE_2017, Baseline
from requests_app.statistics.conduct import Conduct, Harm, conduct, dispatch_mode, harm
from requests_app.statistics.figures import Card, Group, baseline, cards, groups, headline
from requests_app.statistics.quarters import Quarter

__all__ = [
    "BASELINE_2017",
    "Baseline",
    "Card",
    "Conduct",
    "Group",
    "Harm",
    "Quarter",
    "baseline",
    "cards",
    "conduct",
    "day",
    "dispatch_mode",
    "groups",
    "harm",
    "headline",
    "months_of",
    "number",
]
