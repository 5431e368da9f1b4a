"""What an attacker finds in statements about hidden numbers: known answers, and answers by trying all."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app.statistics._counts import minutes_of
from requests_app.statistics.attack import (
    Bound,
    Contradiction,
    Finding,
    Moved,
    Range,
    Ranked,
    Share,
    Sum,
    Total,
    known_within,
    ranges,
    recovered,
)

K = 11

# --- known answers ----------------------------------------------------------------------------


def test_nothing_is_known_of_a_cell_without_statements():
    assert ranges([], ["a"]) == {"a": Range(0, None)}


def test_a_total_beside_one_hidden_cell_gives_it_away():
    shown = [Bound("b", 17, 17), Bound("c", 12, 12)]

    assert ranges([*shown, Total(["a", "b", "c"], 33)], ["a"]) == {"a": Range(4, 4)}


def test_a_total_of_two_hidden_cells_bounds_both():
    found = ranges([Total(["a", "b"], 20), Bound("a", 1), Bound("b", 1, 8)], ["a", "b"])

    assert found == {"a": Range(12, 19), "b": Range(1, 8)}


def test_a_total_within_limits_is_used_at_both_ends():
    assert ranges([Total(["a", "b"], 5, 9), Bound("b", 2, 3)], ["a"]) == {"a": Range(2, 7)}


def test_rows_and_columns_together_give_what_neither_does_alone():
    # Four hidden cells in a square, and a fifth that only row and column together leave nothing to.
    rows = [Total(["a", "b", "e"], 15), Total(["c", "d"], 12)]
    columns = [Total(["a", "c"], 14), Total(["b", "d"], 9)]

    assert ranges(rows + columns, ["e"]) == {"e": Range(4, 4)}


def test_a_hidden_sum_is_bounded_by_its_parts():
    known = [Sum("total", ["a", "b"]), Bound("a", 3, 5), Bound("b", 1, 2)]

    assert ranges(known, ["total"]) == {"total": Range(4, 7)}


def test_a_percentage_beside_a_hidden_cell_gives_it_away():
    """Seven of twenty: the whole is public, and no other number of them is thirty-five percent."""
    known = [Total(["assisted", "others"], 20), Share(["assisted"], ["assisted", "others"], 35)]

    assert ranges(known, ["assisted"]) == {"assisted": Range(7, 7)}
    assert recovered(known, {"assisted": "assisted in the third division"}, K)


def test_a_half_percent_goes_to_the_even_number_as_on_the_pages():
    def of_200(share):
        found = ranges([Total(["part", "rest"], 200), Share(["part"], ["part", "rest"], share)], ["part"])
        return found["part"]

    # One of 200 is half a percent, shown as 0; three are one and a half, shown as 2; five are shown as 2.
    assert [of_200(share) for share in (0, 1, 2, 3)] == [Range(0, 1), Range(2, 2), Range(3, 5), Range(6, 6)]


def test_a_median_beside_hidden_cells_gives_one_away():
    """Of 21 the eleventh took 30 minutes, and ten that took less are shown: at least one took thirty."""
    bins = [(10, "quick"), (30, "middling"), (60, "slow")]
    known = [Bound("quick", 10, 10), Total(["middling", "slow"], 11)]

    without = ranges(known, ["middling"])
    with_median = ranges([*known, Ranked(bins, 50, 30), Ranked(bins, 90, 30)], ["middling"])

    assert without == {"middling": Range(0, 11)}
    assert with_median == {"middling": Range(9, 11)}


def test_a_median_of_none_is_not_among_hidden_cells():
    with pytest.raises(Contradiction):
        ranges([Ranked([(10, "a"), (20, "b")], 50, 15)], ["a"])


def test_a_cell_that_hardly_moved_is_bounded_by_what_it_was():
    known = [Bound("before", 4, 6), Moved("before", "after", 2)]

    assert ranges(known, ["after"]) == {"after": Range(2, 8)}


@pytest.mark.parametrize(
    "known",
    [
        [Total(["a", "b"], 10), Bound("a", 6), Bound("b", 6)],
        [Bound("a", 3, 3), Bound("b", 4, 4), Total(["a", "b"], 8)],
        [Bound("a", 5), Bound("a", 0, 4)],
        [Total([], 1)],
        [Share(["a"], ["a"], 99), Bound("a", 1)],
    ],
)
def test_statements_that_contradict_each_other_are_refused(known):
    with pytest.raises(Contradiction):
        ranges(known, ["a"])


def test_a_contradiction_far_from_the_cells_asked_for_is_refused_too():
    with pytest.raises(Contradiction):
        ranges([Bound("a", 1, 3), Total(["x", "y"], 5), Total(["y", "x"], 6)], ["a"])


# --- what is reported -------------------------------------------------------------------------


def test_a_finding_names_the_cell_and_what_is_known_of_it():
    known = [Total(["a", "b"], 12), Bound("a", 1), Bound("b", 1), Bound("c", 7, 7)]
    words = {"a": "row 1, column assist", "c": "row 2, column assist"}

    assert [str(finding) for finding in recovered(known, words, K)] == [
        "row 1, column assist: the hidden number is 1 to 11",
        "row 2, column assist: the hidden number is exactly 7",
    ]


def test_a_range_of_exactly_k_is_no_finding_and_one_less_is():
    def known(total):
        return [Total(["a", "b"], total), Bound("a", 1), Bound("b", 1)]

    assert recovered(known(13), {"a": "a"}, K) == []
    assert recovered(known(12), {"a": "a"}, K) == [Finding("a", "the hidden number is 1 to 11", Range(1, 11))]


def test_a_cell_without_an_upper_bound_is_no_finding():
    assert recovered([Bound("a", 5)], {"a": "a"}, K) == []


# --- every answer, by trying all --------------------------------------------------------------

CELLS = ("a", "b", "c", "d")
MOST = 4
VALUES = (10, 20, 20, 45)


def ranked(numbers, percent):
    """Nearest rank, written down once more."""
    ordered = sorted(value for number, value in zip(numbers, VALUES, strict=True) for _ in range(number))
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None


def percent(numbers, part, whole):
    counted = sum(numbers[place] for place in whole)
    return round(100 * sum(numbers[place] for place in part) / counted) if counted else 0


def named(places):
    return [CELLS[place] for place in places]


PLACES = st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True)


@st.composite
def facts(draw, truth):
    """A statement that is true of these numbers, and the same in plain Python."""
    kind = draw(st.sampled_from(["total", "share", "ranked", "bound"]))
    if kind == "total":
        places, slack = draw(PLACES), draw(st.integers(0, 2))
        total = sum(truth[place] for place in places)
        return Total(
            named(places), total, total + slack
        ), lambda numbers: total <= sum(numbers[place] for place in places) <= total + slack
    if kind == "share":
        whole = draw(PLACES)
        part = draw(st.lists(st.sampled_from(whole), min_size=1, unique=True))
        share = percent(truth, part, whole)
        # Of nothing a page shows no share.
        if not sum(truth[place] for place in whole):
            return Total(named(whole), 0), lambda numbers: not sum(numbers[place] for place in whole)
        return (
            Share(named(part), named(whole), share),
            lambda numbers: (
                (not sum(numbers[place] for place in whole) and not share % 2)
                or (bool(sum(numbers[place] for place in whole)) and percent(numbers, part, whole) == share)
            ),
        )
    if kind == "ranked" and sum(truth):
        which = draw(st.sampled_from([50, 90]))
        value = ranked(truth, which)
        bins = tuple(zip(VALUES, CELLS, strict=True))
        return Ranked(bins, which, value), lambda numbers: ranked(numbers, which) == value
    place, below = draw(st.integers(0, 3)), draw(st.integers(0, 2))
    low = max(0, truth[place] - below)
    return Bound(CELLS[place], low, truth[place]), lambda numbers: low <= numbers[place] <= truth[place]


@st.composite
def known_tables(draw):
    truth = draw(st.tuples(*[st.integers(0, MOST)] * len(CELLS)))
    return truth, draw(st.lists(facts(truth), max_size=5))


@settings(max_examples=60, deadline=None)
@given(known_tables())
def test_the_ranges_are_those_found_by_trying_every_table(known):
    truth, told = known
    possible = [
        numbers
        for numbers in product(range(MOST + 1), repeat=len(CELLS))
        if all(holds(numbers) for _, holds in told)
    ]
    statements = [statement for statement, _ in told] + [Bound(cell, 0, MOST) for cell in CELLS]
    tried = {
        cell: Range(min(n[place] for n in possible), max(n[place] for n in possible))
        for place, cell in enumerate(CELLS)
    }

    assert truth in possible
    assert ranges(statements, CELLS) == tried
    # The shorter way, which asks only until a cell is known to be safe, finds the same.
    for k in (1, 2, 4):
        assert known_within(statements, CELLS, k) == {
            cell: found for cell, found in tried.items() if found.width < k
        }


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_the_rank_is_that_of_the_figures(minutes):
    found = minutes_of(timedelta(minutes=each) for each in minutes)
    values = sorted(set(minutes))
    shown = [Bound(value, minutes.count(value), minutes.count(value)) for value in values]
    bins = [(value, value) for value in values]

    ranges([*shown, Ranked(bins, 50, found.median), Ranked(bins, 90, found.nine_in_ten)], values)
    for other in set(values) - {found.median}:
        with pytest.raises(Contradiction):
            ranges([*shown, Ranked(bins, 50, other)], values)
