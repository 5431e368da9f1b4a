"""What machines read about a page: the releases as a dataset in the words of schema.org."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language, gettext

from requests_app.publication._publication import Publication, PublishedRelease

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
PUBLISHER = "Louisville Metro Police Department, MetroSafe"


def data_path(release: PublishedRelease) -> str:
    """Where the bytes of a release lie."""
    return f"/data/{release.quarter}/{release.number}/release.json"


def every_release(publication: Publication) -> list[PublishedRelease]:
    """The latest of each quarter, the newest first."""
    return [publication.latest(quarter) for quarter in publication.quarters]


def dataset(
    publication: Publication, path: str, *, name: str, releases: Sequence[PublishedRelease]
) -> dict[str, Any]:
    quarters = sorted(release.quarter for release in releases)
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": name,
        "description": gettext(
            "Every request by immigration officials for help from Metro Police, how it was decided and"
            " what followed: exact figures for the whole city by quarter, without anything about persons."
        ),
        "url": f"{publication.site_url}/{get_language()}/{path}",
        "inLanguage": get_language(),
        "license": LICENCE,
        "isAccessibleForFree": True,
        "creator": {"@type": "GovernmentOrganization", "name": PUBLISHER},
        "spatialCoverage": "Louisville, Kentucky, United States",
        "temporalCoverage": f"{quarters[0].starts_at:%Y-%m-%d}/{quarters[-1].next.starts_at:%Y-%m-%d}",
        "dateModified": f"{max(release.published_at for release in releases):%Y-%m-%d}",
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/json",
                "contentUrl": f"{publication.site_url}{data_path(release)}",
                "sha256": release.sha256,
            }
            for release in releases
        ],
    }
