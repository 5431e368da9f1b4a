"""What was known before there was a register: the help given in the first half of 2017, and who counted it.

These are the counts of others, out of dispatch records. They are shown beside our figures and never added.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    words: str
    url: str


@dataclass(frozen=True)
class Baseline:
    months: str
    assists: int
    calls_for_service: int
    on_local_warrant_or_crime: int
    sources: tuple[Source, ...]

    @property
    def per_100_000_calls(self) -> int:
        return round(100_000 * self.assists / self.calls_for_service)


BASELINE_2017 = Baseline(
    months="January to June 2017",
    assists=23,
    calls_for_service=275_000,
    on_local_warrant_or_crime=19,
    sources=(
        Source(
            "Kentucky Center for Investigative Reporting, Louisville Public Media, 7 September 2017",
            "https://lpm.org/investigate/2017-09-07/"
            "louisville-police-dont-enforce-immigration-but-help-the-feds-do-it",
        ),
        Source("WDRB, 22 September 2017", "https://wdrb.com/story/36314185"),
        Source(
            "Louisville Metro Government, news release of 22 September 2017",
            "https://louisvilleky.gov/news/lmpd-adopts-new-policy-working-ice",
        ),
    ),
)
