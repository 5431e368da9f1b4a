"""Which numbers of a table are hidden: enough against the attacker, and not more."""

from functools import cache
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app.statistics.attack import Range, known_within, ranges
from requests_app.statistics.definitions import K
from requests_app.statistics.suppression import TOTAL, Table, exposed, suppress

DIVISIONS = (22, 18, 15, 12, 10, 8, 6, 4, 2, 3)
OUTCOMES = (35, 40, 25)
QUARTERS = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11))


def random_counts(requests, *, rows=DIVISIONS, seed=1):
    random = Random(seed)  # noqa: S311 - a table for a test
    grid = [[0] * len(OUTCOMES) for _ in rows]
    for _ in range(requests):
        row = random.choices(range(len(rows)), rows)[0]
        grid[row][random.choices(range(len(OUTCOMES)), OUTCOMES)[0]] += 1
    return grid


def random_table(requests, *, rows=DIVISIONS, blocks=(), seed=1):
    return Table.of(random_counts(requests, rows=rows, seed=seed), blocks)


@cache
def protected(seed):
    """A year of 400 requests, and its table."""
    truth = random_table(400, seed=seed)
    return truth, suppress(truth)


def naive(truth):
    """What a threshold alone hides."""
    return truth.without({place for place, number in truth.numbers.items() if 0 < number < K})


def exactly_known(table):
    found = ranges(table.statements(), table.hidden)
    return [place for place, known in found.items() if known.low == known.high]


# --- the planted weakness, and what helps ------------------------------------------------------


def test_a_threshold_alone_is_broken_by_subtraction():
    truth = Table.of([[20, 30, 4], [25, 15, 12], [18, 22, 14]])

    assert exactly_known(naive(truth)) == [(0, 2)]
    assert known_within(naive(truth).statements(), [(0, 2)], K) == {(0, 2): Range(4, 4)}


@pytest.mark.parametrize("seed", range(4))
def test_at_400_requests_a_threshold_alone_is_recovered_and_our_table_is_not(seed):
    truth, table = protected(seed)

    assert exposed(naive(truth))
    assert table is not None
    assert all(known.width >= K for known in ranges(table.statements(), table.hidden).values())


def test_a_threshold_alone_gives_some_numbers_away_exactly():
    assert [bool(exactly_known(naive(random_table(400, seed=seed)))) for seed in range(4)].count(True) >= 2


@pytest.mark.parametrize("seed", [1, 2])
def test_months_are_safe_from_the_figures_of_their_quarter(seed):
    truth = random_table(400, rows=(1,) * 12, blocks=QUARTERS, seed=seed)
    table = suppress(truth)

    assert table is not None
    assert exposed(table) == []


def test_months_that_are_hidden_as_if_there_were_no_quarters_are_found_out():
    """The same table, protected against its yearly totals alone, falls to the figures of a quarter."""
    grid = random_counts(400, rows=(1,) * 12, seed=1)
    hidden = suppress(Table.of(grid)).hidden

    assert exposed(Table.of(grid, QUARTERS).without(hidden))


# --- by trying every table --------------------------------------------------------------------

SMALL_K = 3


def columns_that_fit(table, column):
    """Every way to fill one column so that it has its public total."""
    line = [cells[column] for cells in table.cells]
    gaps = [row for row, number in enumerate(line) if number is None]
    missing = table.blocks[0].totals[column] - sum(number or 0 for number in line)
    for parts in product(range(1, missing + 1), repeat=len(gaps)):
        if sum(parts) == missing:
            filled = dict(zip(gaps, parts, strict=True))
            yield [filled.get(row, number) for row, number in enumerate(line)]


def tables_that_fit(table):
    width = len(table.cells[0])
    for columns in product(*(list(columns_that_fit(table, column)) for column in range(width))):
        totals = [sum(line) for line in zip(*columns, strict=True)]
        if all(known in (None, total) for known, total in zip(table.row_totals, totals, strict=True)):
            cells = {(row, place): n for place, line in enumerate(columns) for row, n in enumerate(line)}
            yield cells | {(row, TOTAL): total for row, total in enumerate(totals)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=3))
def test_no_hidden_number_is_bounded_within_k_by_the_tables_that_fit(counts):
    table = suppress(Table.of(counts), k=SMALL_K)
    if table is None:
        return
    fitting = list(tables_that_fit(table))
    for place in table.hidden:
        possible = {one[place] for one in fitting}
        assert max(possible) - min(possible) >= SMALL_K


# --- what is shown ----------------------------------------------------------------------------


def test_what_is_shown_is_zero_or_at_least_k_and_true():
    truth, table = protected(2)
    shown = {place: number for place, number in table.numbers.items() if number is not None}

    assert all(number == 0 or number >= K for number in shown.values())
    assert shown == {place: truth.numbers[place] for place in shown}


def test_no_zero_is_hidden():
    truth, table = protected(3)

    assert all(truth.numbers[place] for place in table.hidden)


def test_a_table_of_large_numbers_is_shown_whole():
    truth = Table.of([[20, 30, 14], [25, 15, 0], [18, 22, 14]])

    assert suppress(truth) == truth


def test_every_number_that_is_hidden_beside_the_small_ones_is_needed():
    truth, table = protected(1)
    more = {place for place in table.hidden if truth.numbers[place] >= K}

    assert more
    assert all(exposed(truth.without(table.hidden - {place})) for place in more)


def test_what_a_later_choice_made_needless_is_shown_again():
    """On the way to this table a first complement was hidden that the later ones do without."""
    truth = Table.of([[2, 1, 4], [1, 8, 8], [8, 6, 3]])

    hidden = suppress(truth, k=SMALL_K).hidden

    more = {place for place in hidden if truth.numbers[place] >= SMALL_K}
    assert more
    assert all(exposed(truth.without(hidden - {place}), k=SMALL_K) for place in more)


def test_one_small_number_costs_a_square_of_the_smallest():
    truth = Table.of([[20, 30, 4], [25, 15, 12], [18, 22, 14], [40, 41, 42]])

    # The cheapest square through the small number that lets it move by eleven.
    assert suppress(truth).hidden == {(0, 0), (0, 2), (2, 0), (2, 2)}


def test_the_same_numbers_give_the_same_table():
    assert suppress(random_table(400, seed=1)) == protected(1)[1]


def test_a_small_total_of_a_row_is_hidden_too():
    table = suppress(Table.of([[3, 4, 0], [30, 40, 20], [25, 31, 22], [26, 33, 21]]))

    assert (0, TOTAL) in table.hidden


# --- what is not published --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_at_46_requests_a_year_there_is_no_table(seed):
    assert suppress(random_table(46, seed=seed)) is None
    assert suppress(random_table(46, rows=(1,) * 12, blocks=QUARTERS, seed=seed)) is None


def test_there_is_no_table_where_a_public_total_alone_bounds_its_cells():
    assert suppress(Table.of([[20, 30, 3], [25, 15, 2], [18, 22, 0]])) is None


def test_a_number_that_cannot_be_protected_is_no_reason_if_it_may_be_shown():
    """The third column has one number, at least k: shown, it needs no protection and gives none."""
    truth = Table.of([[20, 30, 12], [25, 4, 0], [18, 22, 0], [40, 41, 0]])
    table = suppress(truth)

    assert table is not None
    assert (0, 2) not in table.hidden
    assert (1, 1) in table.hidden


def test_a_table_of_gaps_alone_is_not_published():
    gaps = Table.of([[5, 5], [5, 5], [5, 5], [5, 5], [0, 0]])

    assert exposed(naive(gaps)) == []
    assert suppress(gaps) is None


def test_a_year_without_requests_has_a_table_of_nothing():
    assert suppress(Table.of([[0, 0], [0, 0]])) is None
