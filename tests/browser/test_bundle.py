"""The page of an evidence bundle in a real browser, and the zip that it saves."""

import zipfile

import pytest
from django.urls import reverse

from requests_app import merkle
from requests_app.statistics import Quarter
from tests.factories import make_closed
from tests.signed_log import SignedLog

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


@pytest.fixture
def log(committed_db, tmp_path, settings):
    settings.TLOG_DIR = tmp_path
    return SignedLog(tmp_path)


@pytest.fixture
def addresses(log, dispatcher, commander):
    case = make_closed(dispatcher, commander)
    quarter = str(Quarter.containing(case.received_at))
    return [
        reverse("requests_app:request_bundle", args=[case.public_id]),
        reverse("requests_app:oversight_bundle", args=[quarter]),
        reverse("requests_app:oversight_periods"),
    ]


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "not_sealed"])
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_it_is_accessible_and_does_not_scroll_sideways(
    page, sign_in, oversight, log, addresses, assert_accessible, colours, size, sealed
):
    if sealed:
        log.publish()
    page.emulate_media(color_scheme=colours)
    page.set_viewport_size(size)
    sign_in(page, oversight)

    for address in addresses:
        page.goto(address)

        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


@pytest.mark.parametrize("label", ["Public parts only", "With private parts"])
def test_the_browser_saves_a_bundle_that_the_verifier_accepts(
    page, sign_in, oversight, log, addresses, label
):
    log.publish()
    sign_in(page, oversight)
    page.goto(addresses[1])

    page.get_by_text(label).click()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Take out the bundle").click()

    path = saving.value.path()
    assert saving.value.suggested_filename.startswith("evidence-20")
    assert zipfile.is_zipfile(path)
    assert merkle.check_bundle(merkle.read_bundle(path))
