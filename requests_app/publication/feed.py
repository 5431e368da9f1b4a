"""The Atom feed of releases and corrections, the newest first; one in each language."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from html import escape

from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext, ngettext

from requests_app.publication._about_data import BEFORE_ALL, PUBLISHER
from requests_app.publication._address import LANGUAGES, Address
from requests_app.publication._differences import Difference, differences
from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.vocabulary import CorrectionReason

ATOM = "application/atom+xml; charset=utf-8"


class Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """Of the last entry, and of no clock."""
        return super().latest_post_date() if self.items else BEFORE_ALL


def addresses(publication: Publication) -> Iterator[Address]:
    for language in LANGUAGES:
        yield Address(f"{language}/feed.atom", ATOM, partial(feed, publication, language))


def feed(publication: Publication, language: str) -> bytes:
    with translation.override(language):
        written = Feed(
            title=gettext("ICE-assistance register of Louisville: releases and corrections"),
            link=f"{publication.site_url}/{language}/",
            description=gettext("Each release of a quarter, and each correction with its reason."),
            language=language,
            author_name=PUBLISHER,
            feed_url=f"{publication.site_url}/{language}/feed.atom",
            feed_guid=f"{publication.site_url}/{language}/feed.atom",
            feed_copyright="CC0 1.0",
        )
        newest_first = sorted(publication.releases, key=_moment, reverse=True)
        for release in newest_first:
            link = f"{publication.site_url}/{language}/{release.page}"
            written.add_item(
                title=_title(release),
                link=link,
                description=escape(_description(release)),  # the library calls it HTML
                unique_id=link,
                pubdate=release.published_at,
                updateddate=release.published_at,
                categories=["correction" if release.is_correction else "release"],
            )
        return written.writeString("utf-8").encode()


def _moment(release: PublishedRelease) -> tuple[datetime, str, int]:
    return release.published_at, str(release.quarter), release.number


def _title(release: PublishedRelease) -> str:
    words = {"quarter": str(release.quarter), "number": release.number}
    if release.is_correction:
        return gettext("%(quarter)s, release %(number)s: a correction") % words
    return gettext("%(quarter)s: released") % words


def _description(release: PublishedRelease) -> str:
    document = release.document
    total = document["figures"]["requests"]["total"]
    counted = ngettext(
        "%(number)s request was logged in the quarter.",
        "%(number)s requests were logged in the quarter.",
        total,
    ) % {"number": f"{total:,}"}
    said = [gettext("Demonstration: nothing here is a real case.")] if document["demonstration"] else []
    if not release.is_correction:
        return " ".join([*said, counted])
    reason = gettext(CorrectionReason(document["reason"]).label)
    said.append(gettext("Why the quarter was published again: %(reason)s.") % {"reason": reason})
    return " ".join([*said, *_changes(differences(document)), counted])


def _changes(found: list[Difference]) -> Iterator[str]:
    if not found:
        yield gettext("No figure changed.")
    for difference in found:
        words = {"before": difference.before, "after": difference.after}
        if difference.name == "rows":
            yield gettext("Rows taken away or changed: %(before)s; rows as they are now: %(after)s.") % words
            continue
        part = f" ({difference.part})" if difference.part else ""
        words["figure"] = f"{difference.heading}{part}"
        yield gettext("%(figure)s: before %(before)s, now %(after)s.") % words
