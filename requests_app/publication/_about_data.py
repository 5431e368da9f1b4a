"""What machines read about a page: the releases as a dataset in the words of schema.org."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import get_language, gettext

from requests_app.publication._publication import Publication, PublishedRelease

LICENCE = {
    "name": "CC0-1.0",
    "title": "Creative Commons CC0 1.0 Universal",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
}
PUBLISHER = "Louisville Metro Police Department"
# The day of the policy: of what holds no release yet, because no file may read the clock.
BEFORE_ALL = datetime(2017, 9, 22, tzinfo=UTC)


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
        "license": LICENCE["path"],
        "isAccessibleForFree": True,
        "creator": {"@type": "GovernmentOrganization", "name": PUBLISHER},
        "spatialCoverage": "Louisville, Kentucky, United States",
        "temporalCoverage": f"{quarters[0].starts_at:%Y-%m-%d}/{quarters[-1].next.starts_at:%Y-%m-%d}",
        "dateModified": f"{max(release.published_at for release in releases):%Y-%m-%d}",
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/json",
                "contentUrl": f"{publication.site_url}/{release.document_file}",
                "sha256": release.sha256,
            }
            for release in releases
        ],
    }
