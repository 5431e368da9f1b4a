"""Which numbers of a table with place or finer time are not shown, so that nobody can work them out.

First every number from 1 to k - 1 is hidden; then others, until an attacker who knows all that stays visible
cannot bound any hidden number within k. Where nothing achieves that, there is no table.

What the attacker is given, always: the totals of the columns, because they follow from the exact figures of
the city, also those of each block of rows (three months make a quarter); which numbers are hidden; and that
none of them is zero, because a zero is always shown. What hides a cell is thus always another that counts
somebody. The attacker is not told by which rule a hidden number was chosen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from requests_app.statistics.attack import (
    INFEASIBLE,
    OPTIMAL,
    Bound,
    Cell,
    Statement,
    Sum,
    Total,
    known_within,
)
from requests_app.statistics.definitions import K

HALF = 0.5
TOTAL = -1  # the place of a row's total, where a column is asked for

Line = tuple[int | None, ...]
Place = tuple[int, int]


@dataclass(frozen=True)
class Block:
    """Rows of which the city's exact figures give the totals by column."""

    rows: tuple[int, ...]
    totals: tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """A table as the public sees it: None is hidden. With nothing hidden it is the truth."""

    cells: tuple[Line, ...]
    row_totals: Line
    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, counts: Sequence[Sequence[int]], blocks: Sequence[Sequence[int]] = ()) -> "Table":
        """The whole truth. Without `blocks`, the column totals are those of all rows together."""
        groups = blocks or [range(len(counts))]
        return cls(
            cells=tuple(tuple(line) for line in counts),
            row_totals=tuple(sum(line) for line in counts),
            blocks=tuple(
                Block(
                    tuple(rows),
                    tuple(sum(column) for column in zip(*(counts[row] for row in rows), strict=True)),
                )
                for rows in groups
            ),
        )

    @property
    def numbers(self) -> dict[Place, int | None]:
        """Every number that tells of a place or a finer time: the cells, and the totals of the rows."""
        cells = {(row, place): n for row, line in enumerate(self.cells) for place, n in enumerate(line)}
        return cells | {(row, TOTAL): n for row, n in enumerate(self.row_totals)}

    @property
    def hidden(self) -> set[Place]:
        return {place for place, number in self.numbers.items() if number is None}

    def without(self, hidden: set[Place]) -> "Table":
        return Table(
            tuple(
                tuple(None if (row, place) in hidden else number for place, number in enumerate(line))
                for row, line in enumerate(self.cells)
            ),
            tuple(None if (row, TOTAL) in hidden else number for row, number in enumerate(self.row_totals)),
            self.blocks,
        )

    def statements(self, *name: Cell) -> Iterator[Statement]:
        """All that this table tells; `name` sets its cells apart from those of other tables."""
        for place, number in self.numbers.items():
            yield Bound((*name, *place), 1 if number is None else number, number)
        for row, line in enumerate(self.cells):
            yield Sum((*name, row, TOTAL), [(*name, row, column) for column in range(len(line))])
        for block in self.blocks:
            for column, total in enumerate(block.totals):
                yield Total([(*name, row, column) for row in block.rows], total)


def suppress(truth: Table, *, k: int = K) -> Table | None:
    """The table with as little hidden as need be, the same for the same numbers; None: do not publish."""
    numbers = {place: number for place, number in truth.numbers.items() if number}
    primary = {place for place, number in numbers.items() if number < k}
    hidden = _protected(truth, primary, k=k)
    if hidden is None:
        return None
    for place in sorted(hidden - primary, key=lambda place: (-numbers[place], place)):
        if not exposed(truth.without(hidden - {place}), k=k):
            hidden = hidden - {place}
    # A table of nothing but zeros and gaps would tell where nobody was, and nothing about conduct.
    return truth.without(hidden) if numbers.keys() - hidden else None


def exposed(table: Table, *, k: int = K) -> list[Place]:
    """The hidden numbers that somebody can bound within k, the best known first."""
    found = known_within(table.statements(), table.hidden, k)
    return sorted(table.hidden & found.keys(), key=lambda place: (found[place].width, place))


def _protected(truth: Table, primary: set[Place], *, k: int) -> set[Place] | None:
    """Those and others, so that none is exposed. None where that cannot be, or no way to it was found."""
    numbers = {place for place, number in truth.numbers.items() if number}
    # What is exposed even with everything hidden always is.
    if primary & set(exposed(truth.without(numbers), k=k)):
        return None
    hidden = primary
    while open_to_attack := exposed(truth.without(hidden), k=k):
        more = _complement(truth, hidden, open_to_attack[0], k=k)
        if more is None or more <= hidden:
            return None
        hidden = hidden | more
    return hidden


def _complement(truth: Table, hidden: set[Place], target: Place, *, k: int) -> set[Place] | None:
    """The cheapest numbers to hide, so that two tables fit what is left which differ by k at the target.

    One integer program: the two tables, and for each number whether it is hidden. A number that stays visible
    is in both tables what it is. None where even hiding everything does not protect the target.
    """
    numbers = {place: number for place, number in truth.numbers.items() if number}
    places, whole = list(numbers), sum(sum(block.totals) for block in truth.blocks)
    count, one = len(places), np.eye(len(places))
    none, actual = np.zeros((count, count)), np.array(list(numbers.values()))
    sums, totals = _sums(truth, places)
    apart = one[places.index(target)]
    constraints = [
        LinearConstraint(np.hstack([sums, 0 * sums, 0 * sums]), totals, totals),
        LinearConstraint(np.hstack([0 * sums, sums, 0 * sums]), totals, totals),
        LinearConstraint(np.hstack([one, none, -whole * one]), ub=actual),
        LinearConstraint(np.hstack([one, none, whole * one]), lb=actual),
        LinearConstraint(np.hstack([none, one, -whole * one]), ub=actual),
        LinearConstraint(np.hstack([none, one, whole * one]), lb=actual),
        LinearConstraint(np.hstack([apart, -apart, 0 * apart]), lb=k),
    ]
    # Few first, then small ones, then the first of them: no tie is left to the solver.
    price = (whole + actual) * count + np.arange(count)
    already = np.array([place in hidden for place in places])
    found = milp(
        np.concatenate([np.zeros(2 * count), np.where(already, 0, price)]),
        constraints=constraints,
        integrality=np.ones(3 * count),
        bounds=Bounds(
            np.concatenate([np.ones(2 * count), already]),
            np.concatenate([np.full(2 * count, whole), np.ones(count)]),
        ),
        options={"mip_rel_gap": 0},
    )
    if found.status == INFEASIBLE:
        return None
    if found.status != OPTIMAL:
        raise RuntimeError(f"The solver gave up: {found.message}")
    return {place for place, chosen in zip(places, found.x[2 * count :], strict=True) if chosen > HALF}


def _sums(truth: Table, places: Sequence[Place]) -> tuple[np.ndarray, np.ndarray]:
    """What is known when every number but the zeros is hidden: a matrix, and its right side."""
    open_sums = [
        row
        for statement in truth.without(set(places)).statements()
        if not isinstance(statement, Bound)
        for row in statement.rows()
    ]
    matrix = [[row.weights.get(place, 0) for place in places] for row in open_sums]
    return np.array(matrix), np.array([row.low for row in open_sums])
