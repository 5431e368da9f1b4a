"""The life of a request as a list and as a diagram: both are the table of moves, whole."""

import re
from xml.etree import ElementTree

import pytest
from django.utils import translation
from django.utils.html import escape

from requests_app.permissions import GRANTS
from requests_app.publication import html, story
from requests_app.publication.policy_pages import SYSTEM_ONLY
from requests_app.publication.story_diagram import diagram
from requests_app.vocabulary import Action, Status
from requests_app.workflow import MOVES, Move
from tests.published import make_publication

PUBLIC_MOVES = [action for action in MOVES if action not in SYSTEM_ONLY]
SVG = "{http://www.w3.org/2000/svg}"


def rendered(language="en"):
    shown = make_publication("2026-Q1")
    (page,) = story.pages(shown)
    return html(shown, page, language).decode()


@pytest.fixture(scope="module")
def page():
    return rendered()


def svg_of(page):
    return ElementTree.fromstring(re.search(r"<svg class=\"life\".*?</svg>", page, re.DOTALL)[0])  # noqa: S314  ours


def test_every_status_is_a_box_and_every_public_move_a_row(page):
    drawn = svg_of(page)

    assert {one.get("data-status") for one in drawn.iter() if one.get("data-status")} == set(Status)
    assert [one.get("data-act") for one in drawn.iter() if one.get("data-act")] == sorted(
        PUBLIC_MOVES, key=[action for stage in story.stages() for action in stage.actions].index
    )


def test_a_row_has_a_dot_for_each_source_and_a_head_for_each_target(page):
    for row in svg_of(page).iter("g"):
        if not row.get("data-act"):
            continue
        move = MOVES[Action(row.get("data-act"))]
        heads = [one for one in row.iter("path") if one.get("class") == "life__head"]
        assert len(list(row.iter("circle"))) == len(move.sources)
        assert len(heads) >= len(move.targets)
        assert bool(heads) == bool(move.targets)


def test_the_diagram_has_a_title_and_a_description(page):
    drawn = svg_of(page)

    assert drawn.get("role") == "img"
    ids = drawn.get("aria-labelledby").split()
    assert [drawn.find(name).get("id") for name in ("title", "desc")] == ids
    assert all(drawn.find(name).text for name in ("title", "desc"))


def test_nothing_of_the_diagram_lies_outside_of_it(page):
    drawn = svg_of(page)
    width, height = (float(number) for number in drawn.get("viewBox").split()[2:])

    for one in drawn.iter():
        for name, limit in (("x", width), ("x1", width), ("x2", width), ("cx", width), ("y", height)):
            assert 0 <= float(one.get(name, 0)) <= limit


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_label_of_an_act_reaches_the_first_column(language):
    with translation.override(language):
        drawn = story._diagram()

    first = min(box.x for box in drawn.boxes)
    assert [row.label for row in drawn.rows if 10 + len(row.label) * 6.6 > first] == []


def test_a_new_move_appears_by_itself(monkeypatch):
    monkeypatch.setitem(
        MOVES, Action.EXPORT_BUNDLE, Move(frozenset({Status.CLOSED}), frozenset({Status.INTAKE}))
    )

    page = rendered()

    assert page.index("Other acts") < page.index("Export evidence bundle")
    assert f'data-act="{Action.EXPORT_BUNDLE}"' in page


def test_an_act_that_leads_to_where_it_begins_is_a_loop():
    moves = {Action.SAVE_INTAKE: Move(frozenset({Status.INTAKE}), frozenset({Status.INTAKE}))}

    (row,) = diagram([("", [Action.SAVE_INTAKE])], moves).rows

    assert len(row.loops) == len(row.heads) == 1


def test_arrows_point_from_the_sources_to_the_target_from_both_sides():
    sources = frozenset({Status.INTAKE, Status.CLOSED})
    moves = {Action.LOG: Move(sources, frozenset({Status.DECIDED}))}

    (row,) = diagram([("", [Action.LOG])], moves).rows

    assert len(row.heads) == 2
    assert row.start < min(int(re.match(r"M(\d+)", head)[1]) for head in row.heads) < row.end


def test_the_list_says_for_every_act_who_does_it_and_what_it_leads_to(page):
    for stage in story.stages():
        for act in (story._act_line(action) for action in stage.actions):
            assert escape(f"{act.label}.") in page
            assert escape(act.meaning) in page
            assert f"Who: {act.who}." in page
            assert act.who, act.action
            assert not act.targets or f"Leads to: {act.targets}." in page


def test_nobody_is_named_who_may_not_do_it():
    line = story._act_line(Action.DECIDE)

    assert Action.DECIDE not in GRANTS["dispatcher"]
    assert line.who == "Commanding officer"


def test_every_stage_says_what_happens_what_is_recorded_and_what_the_public_sees(page):
    for stage in story.STAGES:
        for text in (stage.heading, stage.happens, stage.recorded, stage.public_sees):
            assert escape(text) in page


def test_no_stage_names_what_is_no_move():
    named = [action for stage in story.STAGES for action in stage.actions]

    assert sorted(named) == sorted(set(named))
    assert set(named) == set(PUBLIC_MOVES)


def test_it_says_the_same_in_spanish():
    page = rendered("es")

    assert "Alguien pide ayuda" in page
    assert "Anotación inicial" in re.sub(r"\s+", " ", page)
    assert "La vida de una solicitud" in page
