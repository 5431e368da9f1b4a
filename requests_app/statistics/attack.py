"""What somebody can work out who holds every number ever published, by integer programming.

The attacker knows statements about cells: whole numbers of requests, none below zero, that were not shown.
A statement is a sum, a rounded share, a median or another rank, or the bounds of a cell. For each hidden cell
two integer programs give the least and the greatest number that no statement contradicts. What lies between
is all that anybody can claim to know, however clever, from these statements alone.

No Django, and nothing about our tables: `suppression` and `breakdowns` say which statements there are.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

Cell = Hashable

OPTIMAL, INFEASIBLE, UNBOUNDED, UNBOUNDED_OR_INFEASIBLE = 0, 2, 3, 4
WHOLE_ENOUGH = 1e-6  # as the solver itself takes it


class Contradiction(Exception):
    """No numbers at all fit the statements: two of them speak of different moments, or one is wrong."""


@dataclass(frozen=True)
class Linear:
    """low <= the sum of weight times cell <= high."""

    weights: Mapping[Cell, int]
    low: float
    high: float


# --- what an attacker may know ----------------------------------------------------------------


@dataclass(frozen=True)
class Bound:
    """What is known of one cell by itself; a shown cell has low and high alike."""

    cell: Cell
    low: int = 0
    high: int | None = None

    def rows(self) -> Iterator[Linear]:
        yield Linear({self.cell: 1}, self.low, inf if self.high is None else self.high)


@dataclass(frozen=True)
class Total:
    """The sum of some cells. Without `high` the total is exactly `low`."""

    cells: Sequence[Cell]
    low: int
    high: int | None = None

    def rows(self) -> Iterator[Linear]:
        yield Linear(_sum(self.cells), self.low, self.low if self.high is None else self.high)


@dataclass(frozen=True)
class Sum:
    """A cell that is the sum of others, itself not shown."""

    total: Cell
    cells: Sequence[Cell]

    def rows(self) -> Iterator[Linear]:
        yield Linear(_add(_sum(self.cells), {self.total: -1}), 0, 0)


@dataclass(frozen=True)
class Share:
    """A part of a whole in whole percent, rounded as the pages round: a half goes to the even number."""

    part: Sequence[Cell]
    whole: Sequence[Cell]
    percent: int

    def rows(self) -> Iterator[Linear]:
        # A share of exactly half a percent more or less becomes an even number, never an odd one.
        strict = self.percent % 2
        part, whole = _sum(self.part, 200), _sum(self.whole)
        yield Linear(_add(part, whole, -(2 * self.percent - 1)), strict, inf)
        yield Linear(_add(part, whole, -(2 * self.percent + 1)), -inf, -strict)


@dataclass(frozen=True)
class Ranked:
    """The value that `percent` of all stay within, by nearest rank: 50 is the median.

    `bins` are the cells with the value that each of them counts; the value found is one that occurred.
    """

    bins: Sequence[tuple[int, Cell]]
    percent: int
    value: int

    def rows(self) -> Iterator[Linear]:
        everything = _sum([cell for _, cell in self.bins])
        within = _sum([cell for value, cell in self.bins if value <= self.value], 100)
        below = _sum([cell for value, cell in self.bins if value < self.value], 100)
        yield Linear(everything, 1, inf)
        yield Linear(_add(within, everything, -self.percent), 0, inf)
        yield Linear(_add(below, everything, -self.percent), -inf, -1)


@dataclass(frozen=True)
class Moved:
    """Two states of one cell that lie no more than `by` apart."""

    before: Cell
    after: Cell
    by: int

    def rows(self) -> Iterator[Linear]:
        yield Linear({self.before: -1, self.after: 1}, -self.by, self.by)


Statement = Bound | Total | Sum | Share | Ranked | Moved


def _sum(cells: Iterable[Cell], weight: int = 1) -> dict[Cell, int]:
    weights: dict[Cell, int] = {}
    for cell in cells:
        weights[cell] = weights.get(cell, 0) + weight
    return weights


def _add(one: Mapping[Cell, int], other: Mapping[Cell, int], times: int = 1) -> dict[Cell, int]:
    weights = dict(one)
    for cell, weight in other.items():
        weights[cell] = weights.get(cell, 0) + times * weight
    return {cell: weight for cell, weight in weights.items() if weight}


# --- what follows from it ---------------------------------------------------------------------


@dataclass(frozen=True)
class Range:
    """All that can be said of a cell; `high` is None where nothing bounds it."""

    low: int
    high: int | None

    @property
    def width(self) -> float:
        return inf if self.high is None else self.high - self.low

    def __str__(self) -> str:
        if self.high is None:
            return f"is {self.low} or more"
        return f"is exactly {self.low}" if self.low == self.high else f"is {self.low} to {self.high}"


@dataclass(frozen=True)
class Finding:
    """Something that stops a publication: the place of it in words, and what an attacker finds there."""

    where: str
    found: str
    range: Range | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.found}"


def ranges(statements: Iterable[Statement], targets: Iterable[Cell]) -> dict[Cell, Range]:
    """The least and the greatest number of each target. Raises Contradiction."""
    wanted = list(dict.fromkeys(targets))
    found: dict[Cell, Range] = {}
    for part in _parts(statements, wanted):
        found |= part.ranges()
    return {cell: found[cell] for cell in wanted}


def known_within(statements: Iterable[Statement], targets: Iterable[Cell], k: int) -> dict[Cell, Range]:
    """The ranges of those targets that are known to less than k. Raises Contradiction."""
    wanted = list(dict.fromkeys(targets))
    found: dict[Cell, Range] = {}
    for part in _parts(statements, wanted):
        found |= part.narrower_than(k)
    return {cell: found[cell] for cell in wanted if cell in found}


def recovered(statements: Iterable[Statement], targets: Mapping[Cell, str], k: int) -> list[Finding]:
    """The targets that are known to less than k, by the words they are named with. Raises Contradiction."""
    return [
        Finding(targets[cell], f"the hidden number {found}", found)
        for cell, found in known_within(statements, targets, k).items()
    ]


@dataclass(frozen=True)
class _Part:
    """Cells that statements tie together, directly or through others, with the statements about them."""

    bounds: Mapping[Cell, tuple[float, float]]
    rows: Sequence[Linear]
    targets: Sequence[Cell]

    def ranges(self) -> dict[Cell, Range]:
        if not self.rows:
            return {cell: _range(*self.bounds[cell]) for cell in self.targets}
        solve = self._solver()
        if not self.targets:
            _least(solve, None)
        return {cell: Range(_least(solve, cell), _greatest(solve, cell)) for cell in self.targets}

    def narrower_than(self, k: int) -> dict[Cell, Range]:
        """The ranges below k alone. Each solution shows numbers of all cells, so that few need their own."""
        if not self.rows:
            return {cell: found for cell, found in self.ranges().items() if found.width < k}
        solve, seen = self._solver(), dict.fromkeys(self.targets, (inf, -inf))

        def witness(sign: int, cell: Cell | None) -> OptimizeResult:
            found = solve(sign, cell)
            if found.status == OPTIMAL:
                for one, number in zip(self.bounds, found.x, strict=True):
                    if one in seen:
                        seen[one] = (min(seen[one][0], round(number)), max(seen[one][1], round(number)))
            return found

        if not self.targets:
            _least(witness, None)
        narrow = {}
        for cell in self.targets:
            if seen[cell][1] - seen[cell][0] >= k:
                continue
            found = Range(_least(witness, cell), _greatest(witness, cell))
            if found.width < k:
                narrow[cell] = found
        return narrow

    def _solver(self) -> "_Solve":
        place = {cell: number for number, cell in enumerate(self.bounds)}
        matrix = np.zeros((len(self.rows), len(place)))
        for number, row in enumerate(self.rows):
            for cell, weight in row.weights.items():
                matrix[number, place[cell]] = weight
        lows, highs = zip(*self.bounds.values(), strict=True)
        known = [LinearConstraint(matrix, [row.low for row in self.rows], [row.high for row in self.rows])]

        limits, whole = Bounds(np.array(lows), np.array(highs)), np.ones(len(place))

        def solve(sign: int, cell: Cell | None) -> OptimizeResult:
            wish = np.zeros(len(place))
            if cell is not None:
                wish[place[cell]] = sign
            # Without asking for whole numbers it is faster, and for plain tables they come out whole.
            quick = milp(wish, constraints=known, bounds=limits)
            if quick.status == INFEASIBLE or (quick.status == OPTIMAL and _is_whole(quick.x)):
                return quick
            return milp(wish, constraints=known, bounds=limits, integrality=whole, options={"mip_rel_gap": 0})

        return solve


def _is_whole(numbers: np.ndarray) -> bool:
    return bool(np.abs(numbers - np.round(numbers)).max() < WHOLE_ENOUGH)


def _range(low: float, high: float) -> Range:
    return Range(int(low), None if high == inf else int(high))


_Solve = Callable[[int, Cell | None], OptimizeResult]


def _least(solve: _Solve, cell: Cell | None) -> int:
    found = solve(1, cell)
    if found.status == INFEASIBLE:
        raise Contradiction("No numbers fit these statements: some of them contradict each other.")
    if found.status != OPTIMAL:
        raise RuntimeError(f"The solver gave up: {found.message}")
    return round(found.fun)


def _greatest(solve: _Solve, cell: Cell) -> int | None:
    """Only after `_least`, which shows that there is a solution at all."""
    found = solve(-1, cell)
    if found.status in (UNBOUNDED, UNBOUNDED_OR_INFEASIBLE):
        return None
    if found.status != OPTIMAL:
        raise RuntimeError(f"The solver gave up: {found.message}")
    return round(-found.fun)


# --- statements that have nothing to do with each other ---------------------------------------


def _parts(statements: Iterable[Statement], targets: Sequence[Cell]) -> Iterator[_Part]:
    """Small programs in place of a large one: what is known for certain ties nothing together."""
    rows = [row for statement in statements for row in statement.rows()]
    bounds = _bounds(rows, targets)
    known = {cell for cell, (low, high) in bounds.items() if low == high}
    several = [row for row in rows if len(row.weights) != 1]
    for cells, tied in _tied([_without(row, known, bounds) for row in several], bounds):
        yield _Part({cell: bounds[cell] for cell in cells}, tied, [cell for cell in targets if cell in cells])


def _bounds(rows: Iterable[Linear], targets: Iterable[Cell]) -> dict[Cell, tuple[float, float]]:
    """What the statements about single cells say of them. Raises Contradiction."""
    bounds: dict[Cell, tuple[float, float]] = dict.fromkeys(targets, (0, inf))
    for row in rows:
        for cell in row.weights:
            bounds.setdefault(cell, (0, inf))
        if len(row.weights) == 1:
            ((cell, weight),) = row.weights.items()
            low, high = sorted((row.low / weight, row.high / weight))
            bounds[cell] = (max(bounds[cell][0], np.ceil(low)), min(bounds[cell][1], np.floor(high)))
    for cell, (low, high) in bounds.items():
        if low > high:
            raise Contradiction(f"The statements about {cell} contradict each other.")
    return bounds


def _without(row: Linear, known: set[Cell], bounds: Mapping[Cell, tuple[float, float]]) -> Linear:
    """The statement about what is left when the known cells are taken off. Raises Contradiction."""
    taken = sum(weight * bounds[cell][0] for cell, weight in row.weights.items() if cell in known)
    left = {cell: weight for cell, weight in row.weights.items() if cell not in known}
    if not left and not row.low <= taken <= row.high:
        raise Contradiction("The numbers shown do not add up to the total that is shown with them.")
    return Linear(left, row.low - taken, row.high - taken)


def _tied(
    rows: Sequence[Linear], bounds: Mapping[Cell, object]
) -> Iterator[tuple[dict[Cell, None], list[Linear]]]:
    """Groups of cells, in the order in which they were first named, with their rows."""
    above: dict[Cell, Cell] = {cell: cell for cell in bounds}

    def top(cell: Cell) -> Cell:
        while above[cell] != cell:
            above[cell] = above[above[cell]]
            cell = above[cell]
        return cell

    for row in rows:
        first, *others = row.weights or [None]
        for cell in others:
            above[top(cell)] = top(first)
    groups: dict[Cell, tuple[dict[Cell, None], list[Linear]]] = {}
    for cell in bounds:
        groups.setdefault(top(cell), ({}, []))[0][cell] = None
    for row in rows:
        if row.weights:
            groups[top(next(iter(row.weights)))][1].append(row)
    yield from groups.values()
