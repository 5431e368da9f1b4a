"""Charts: the numbers of the table beside them, to scale, in words, and readable at any width."""

import re

import pytest
from django.utils import translation

from requests_app.publication._over_time import figures_of, over_time
from requests_app.publication._site import Site
from requests_app.publication.charts import COLUMN_HEIGHT, WIDEST, bars, columns
from requests_app.statistics._tables import Row
from requests_app.statistics.definitions import NAMES, definition
from requests_app.statistics.figures import Figure
from tests.published import make_publication


def figure(*rows, name="outcomes", headings=("Decision", "Requests")):
    lines = tuple(Row(label, cells) for label, *cells in rows)
    return Figure(name, "Decisions", "Something was decided.", headings, lines)


def width(rect):
    return float(rect.width.removesuffix("%"))


def test_a_bar_is_as_long_as_its_number_says():
    chart = bars(figure(("Assist", "1,000"), ("Decline", "500"), ("Refer", "0")))

    assert [width(rect) for rect in chart.rects] == [WIDEST, WIDEST / 2]
    assert [words.text for words in chart.words if words.kind == "value"] == ["1,000", "500", "0"]


def test_what_is_not_known_has_no_bar_and_keeps_its_word():
    chart = bars(figure(("Assist", "3"), ("Decline", "not known")))

    assert len(chart.rects) == 1
    assert "not known" in [words.text for words in chart.words]


def test_the_parts_of_a_bar_add_up_to_the_whole():
    headings = ("Named as", "Named", "Confirmed", "Another", "Recalled", "Not confirmed")
    rows = (("Warrant", "4", "1", "1", "0", "2"), ("Detainer", "2", "0", "0", "0", "2"))

    chart = bars(figure(*rows, name="papers", headings=headings))

    assert [rect.series for rect in chart.rects] == [0, 1, 3, 3]
    assert sum(width(rect) for rect in chart.rects[:3]) == pytest.approx(WIDEST)
    assert [label for _, label in chart.legend] == list(headings[2:])


def test_a_long_label_goes_on_in_the_next_line():
    long = "Until a commanding officer spoke with the requester at last"

    chart = bars(figure((long, "1"), ("Short", "2")))

    lines = [words.text for words in chart.words if words.kind == "label"]
    assert " ".join(lines[:2]) == long
    assert all(len(line) <= 38 for line in lines)


@pytest.mark.parametrize("rows", [(), (("Assist", "1"),), (("Assist", "0"), ("Decline", "0"))])
def test_where_there_is_nothing_to_compare_there_is_no_chart(rows):
    assert bars(figure(*rows)) is None


def test_unlike_things_are_not_compared():
    assert bars(figure(("Recordings", "1"), ("Months", "2"), name="missing")) is None


def shown(name, publication=None):
    with translation.override("en"):
        defined = definition(name)
        return over_time(publication or make_publication(), name, heading=defined.heading, unit=defined.unit)


def test_columns_pile_up_to_the_requests_of_each_quarter():
    moved = shown("outcomes")
    totals = [one.document["figures"]["requests"]["total"] for one in latest_of_each(make_publication())]

    chart = columns(moved)

    assert [int(words.text) for words in chart.words if words.kind == "value"] == totals
    by_place = {}
    for rect in chart.rects:
        by_place[rect.x] = by_place.get(rect.x, 0) + float(rect.height)
    tallest = max(totals)
    assert list(by_place.values()) == pytest.approx(
        [COLUMN_HEIGHT * total / tallest for total in totals], abs=0.3
    )


def latest_of_each(publication):
    return [publication.latest(quarter) for quarter in sorted(publication.quarters)]


def test_assisted_and_declined_are_those_of_the_documents():
    moved = shown("outcomes")

    found = [one.document["figures"]["decisions"]["outcomes"] for one in latest_of_each(make_publication())]
    assert [line.cells[:2] for line in moved.lines] == [
        (str(one.get("assist", 0)), str(one.get("decline", 0))) for one in found
    ]


def test_a_rate_that_a_quarter_has_not_is_not_known_and_no_zero():
    publication = make_publication("2025-Q1")
    release = publication.newest
    release.document["calls_for_service"] = None
    try:
        moved = shown("per_100k", publication)
    finally:
        del release.__dict__["document"]

    assert moved.series == ()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "baseline"])
def test_every_line_has_a_cell_for_each_series(name):
    moved = shown(name)

    assert all(len(line.cells) == len(moved.series) <= 4 for line in moved.lines)


def test_the_numbers_over_time_are_those_of_each_quarter():
    publication = make_publication()
    moved = shown("deviations", publication)
    with translation.override("en"):
        for line in moved.lines:
            table = figures_of(publication, publication.latest(line.quarter))["deviations"].rows
            assert sum(map(int, line.cells)) == sum(int(row.cells[0]) for row in table)


def test_a_chart_has_a_title_a_description_and_a_table_and_no_style_of_its_own():
    site = Site(make_publication("2025-Q1", "2025-Q2"))
    page = site.addresses["en/quarters/2025-Q2/figures/outcomes/"].render().decode()
    charts = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)

    assert len(charts) == 2
    for chart in charts:
        named = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', chart)
        assert f'<title id="{named[1]}">' in chart
        assert f'<desc id="{named[2]}">' in chart
        assert re.search(r'width="100%" height="[0-9]+"', chart)
        assert "style" not in chart
    assert page.count("<table") >= 2
