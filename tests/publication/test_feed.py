"""The feed: every release and correction, the newest first, in words of both languages."""

from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree

import pytest

from requests_app.publication import feed
from tests.published import make_document, make_publication, make_release

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(publication, language):
    root = ElementTree.fromstring(feed.feed(publication, language))  # noqa: S314  it is ours
    return root, root.findall(f"{ATOM}entry")


def text(element, name):
    return element.findtext(f"{ATOM}{name}")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_release_is_there_once_and_the_newest_first(language):
    publication = make_publication()
    root, found = entries(publication, language)
    assert root.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == language
    assert len({text(entry, "id") for entry in found}) == len(found) == len(publication.releases)
    updated = [datetime.fromisoformat(text(entry, "updated")) for entry in found]
    assert updated == sorted((one.published_at for one in publication.releases), reverse=True)
    assert datetime.fromisoformat(text(root, "updated")) == updated[0]


@pytest.mark.parametrize(
    ("language", "reason", "change"),
    [
        ("en", "Recorded facts were corrected", "Requests (all): before 10, now 11."),
        ("es", "Se corrigieron datos", "Solicitudes (todas): antes 10, ahora 11."),
    ],
)
def test_a_correction_says_why_and_what_changed(language, reason, change):
    _, found = entries(make_publication(), language)
    (correction,) = [entry for entry in found if entry.find(f"{ATOM}category").attrib["term"] == "correction"]
    assert reason in text(correction, "summary")
    assert change in text(correction, "summary")


def test_an_entry_leads_to_its_release_for_good():
    _, found = entries(make_publication(), "es")
    assert text(found[0], "id").endswith("/es/quarters/2026-Q1/releases/1/")
    assert found[0].find(f"{ATOM}link").attrib["href"] == text(found[0], "id")


def test_an_entry_keeps_its_name_and_time_when_others_come():
    before = make_publication("2025-Q1")
    _, old = entries(before, "en")
    _, new = entries(make_publication("2025-Q1", "2025-Q2"), "en")
    assert ElementTree.tostring(old[0]) == ElementTree.tostring(new[-1])


def test_what_somebody_typed_cannot_be_markup():
    document = make_document("2025-Q1", 2)
    change = {"figure": "calls_for_service.source", "before": "<b>A</b>", "after": "B & C"}
    release = make_release({**document, "differences": [change]})
    publication = make_publication("2025-Q1")
    both = replace(publication, releases=(*publication.releases, release))
    _, found = entries(both, "en")
    assert "before &lt;b&gt;A&lt;/b&gt;, now B &amp; C." in text(found[0], "summary")


def test_calls_for_service_that_came_later_were_not_known_before():
    document = make_document("2025-Q1", 2)
    change = {"figure": "calls_for_service.calls", "before": 0, "after": 131_000}
    release = make_release({**document, "differences": [change]})

    _, found = entries(replace(make_publication("2025-Q1"), releases=(release,)), "en")

    assert "(calls for service): before not known, now 131,000." in text(found[0], "summary")


def test_a_feed_without_entries_reads_no_clock():
    root, found = entries(replace(make_publication("2025-Q1"), releases=()), "en")
    assert found == []
    assert text(root, "updated") == "2017-09-22T00:00:00+00:00"
