"""Pages of quarters and of their releases: the latest, each one for ever, and what corrections changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext

from requests_app import statistics
from requests_app.publication._about_data import dataset
from requests_app.publication._address import HtmlPage
from requests_app.publication._differences import Difference, differences
from requests_app.publication._over_time import groups_of
from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.statistics import Quarter
from requests_app.vocabulary import CorrectionReason


def pages(publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage("quarters/", "publication/quarters.html", partial(_quarters, publication))
    yield HtmlPage("corrections/", "publication/corrections.html", partial(_corrections, publication))
    for quarter in publication.quarters:
        path = f"quarters/{quarter}/"
        latest = partial(_latest, publication, quarter, path)
        yield HtmlPage(path, "publication/quarter.html", latest)
    for release in publication.releases:
        yield HtmlPage(release.page, "publication/release.html", partial(_release, publication, release))


@dataclass(frozen=True)
class Correction:
    """A release that replaced another: why, and every number that changed."""

    release: PublishedRelease
    reason: str
    differences: list[Difference]

    @classmethod
    def of(cls, release: PublishedRelease) -> "Correction":
        reason = release.document["reason"]
        words = gettext(CorrectionReason(reason).label) if reason else ""
        return cls(release, words, differences(release.document))


@dataclass(frozen=True)
class QuarterLine:
    quarter: Quarter
    latest: PublishedRelease
    first: PublishedRelease
    headline: str

    @property
    def corrections(self) -> int:
        return self.latest.number - 1


def _quarters(publication: Publication) -> dict[str, Any]:
    lines = []
    for quarter in publication.quarters:
        releases = publication.releases_of(quarter)
        before = publication.before(releases[-1])
        words = statistics.headline(releases[-1].document, before.document if before else None)
        lines.append(QuarterLine(quarter, releases[-1], releases[0], words))
    return {"lines": lines, "years": years_of(publication)}


def years_of(publication: Publication) -> list[int]:
    """Years that are closed, the newest first."""
    return [quarter.year for quarter in publication.quarters if publication.latest(quarter).document["year"]]


def _corrections(publication: Publication) -> dict[str, Any]:
    found = [one for one in reversed(publication.releases) if one.is_correction]
    return {"corrections": [Correction.of(one) for one in found]}


def _latest(publication: Publication, quarter: Quarter, path: str) -> dict[str, Any]:
    release = publication.latest(quarter)
    older = [one for one in publication.quarters if one < quarter]
    newer = [one for one in publication.quarters if one > quarter]
    months = statistics.months_of(quarter)
    name = gettext("Requests by immigration officials, %(months)s") % {"months": months}
    return {
        **figures_of_release(publication, release),
        "older": older[0] if older else None,
        "newer": newer[-1] if newer else None,
        "data": dataset(publication, path, name=name, releases=[release]),
    }


def _release(publication: Publication, release: PublishedRelease) -> dict[str, Any]:
    latest = publication.latest(release.quarter)
    return {
        **figures_of_release(publication, release),
        "later": latest if latest.number > release.number else None,
    }


def figures_of_release(publication: Publication, release: PublishedRelease) -> dict[str, Any]:
    before = publication.before(release)
    earlier = before.document if before else None
    in_use_since = Quarter.of(release.document["in_use_since"])
    return {
        "release": release,
        "quarter": release.quarter,
        "releases": publication.releases_of(release.quarter),
        "headline": statistics.headline(release.document, earlier),
        "cards": statistics.cards(release.document, earlier),
        "groups": groups_of(publication, release),
        "correction": Correction.of(release) if release.is_correction else None,
        "came_into_use": release.quarter == in_use_since,
        "not_in_use": release.quarter < in_use_since,
        "year": release.document["year"]["year"] if release.document["year"] else None,
    }
