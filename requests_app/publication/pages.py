"""The pages about figures: what stands now, the quarters, their releases, rows and single figures."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext

from requests_app import statistics
from requests_app.publication import pages_figures, pages_quarters, pages_rows, pages_years
from requests_app.publication._about_data import dataset
from requests_app.publication._address import HtmlPage
from requests_app.publication._over_time import figures_of, over_time
from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.publication.charts import columns
from requests_app.published_log import LATE_AFTER
from requests_app.statistics import BASELINE_2017, Quarter
from requests_app.statistics.definitions import definition

# After this long without a release, the register itself counts the quarter as released late.
RELEASED_WITHIN = timedelta(days=45)


def pages(publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage("", "publication/home.html", partial(_home, publication))
    yield from pages_quarters.pages(publication)
    yield from pages_rows.pages(publication)
    yield from pages_figures.pages(publication)
    yield from pages_years.pages(publication)


def _home(publication: Publication) -> dict[str, Any]:
    newest = publication.newest
    context = {
        "newest": newest,
        "baseline": statistics.baseline(BASELINE_2017),
        "baseline_sources": BASELINE_2017.sources,
        "seal_late_at": publication.log.signed_at + LATE_AFTER if publication.log.signed_at else None,
        **_next_quarter(publication),
    }
    return context | _of_newest(publication, newest) if newest else context


def _next_quarter(publication: Publication) -> dict[str, Any]:
    """When the figures of the next quarter come at the earliest, and from when on they are late."""
    if not publication.quarters:
        return {}
    coming: Quarter = publication.quarters[0].next
    return {
        "coming": coming,
        "coming_from": coming.public_from,
        "coming_late": coming.ends_at + RELEASED_WITHIN,
    }


def _of_newest(publication: Publication, newest: PublishedRelease) -> dict[str, Any]:
    before = publication.before(newest)
    earlier = before.document if before else None
    figures = figures_of(publication, newest)
    outcomes = definition("outcomes")
    moved = over_time(publication, "outcomes", heading=outcomes.heading, unit=outcomes.unit)
    return {
        "headline": statistics.headline(newest.document, earlier),
        "cards": statistics.cards(newest.document, earlier),
        "moved": moved,
        "chart": columns(moved),
        "per_100k": figures["per_100k"],
        "missing": figures["missing"],
        "calls_for_service": newest.document["calls_for_service"],
        "never_compared": newest.document["missing"]["dispatch_records_unmatched"] is None,
        "never_attested": newest.document["missing"]["months_without_attestation"] is None,
        "corrections": [one for one in reversed(publication.releases) if one.is_correction][:3],
        "data": dataset(
            publication,
            "",
            name=gettext("Requests by immigration officials for help from Louisville Metro Police"),
            releases=publication.newest_first,
        ),
    }
