"""What was known before there was a register: the help given in the first half of 2017, and who counted it.

These are the counts of others, out of dispatch records. They are shown beside our figures and never added.
"""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop


@dataclass(frozen=True)
class Source:
    message: str
    url: str

    @property
    def words(self) -> str:
        return gettext(self.message)


@dataclass(frozen=True)
class Baseline:
    message: str
    assists: int
    calls_for_service: int
    on_local_warrant_or_crime: int
    sources: tuple[Source, ...]

    @property
    def months(self) -> str:
        return gettext(self.message)

    @property
    def per_100_000_calls(self) -> int:
        return round(100_000 * self.assists / self.calls_for_service)


BASELINE_2017 = Baseline(
    message=gettext_noop("January to June 2017"),
    assists=23,
    calls_for_service=275_000,
    on_local_warrant_or_crime=19,
    sources=(
        Source(
            gettext_noop(
                "Kentucky Center for Investigative Reporting, Louisville Public Media, 7 September 2017"
            ),
            "https://lpm.org/investigate/2017-09-07/"
            "louisville-police-dont-enforce-immigration-but-help-the-feds-do-it",
        ),
        Source(gettext_noop("WDRB, 22 September 2017"), "https://wdrb.com/story/36314185"),
        Source(
            gettext_noop("Louisville Metro Government, news release of 22 September 2017"),
            "https://louisvilleky.gov/news/lmpd-adopts-new-policy-working-ice",
        ),
    ),
)
