"""Charts as SVG that a server draws: shapes in shares of the width, so that text keeps its size on a phone.

A chart repeats numbers that stand in a table beside it, and its description says so much; what it shows by
colour it shows by order too. Colours are classes of `public.css`, one for each series.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from requests_app.publication._over_time import OverTime
from requests_app.statistics.figures import Figure

# Counts of unlike things, which no common scale compares.
NOT_DRAWN = frozenset({"missing", "harm", "corrections", "baseline"})
FIRST = (0,)
# Where it is not the first number of a row that is drawn.
DRAWN = {"papers": (1, 2, 3, 4), "minutes": (1,), "per_100k": (1,)}
REST = 3  # the series of all that has no colour of its own
LETTERS = 38  # of a label's line, at 320 pixels


@dataclass(frozen=True)
class Rect:
    series: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Words:
    text: str
    x: str
    y: int
    anchor: str = "start"
    kind: str = "label"
    dx: int = 0


@dataclass(frozen=True)
class Chart:
    """`legend` names the series by their numbers, where there are several."""

    name: str
    title: str
    description: str
    height: int
    rects: tuple[Rect, ...]
    words: tuple[Words, ...]
    legend: tuple[tuple[int, str], ...] = ()
    baseline: int = 0  # the height at which columns stand; 0 where there are none


# --- bars for the rows of a figure ------------------------------------------------------------

BAR, LINE, GAP = 16, 20, 12
WIDEST = 78  # in percent; the number stands beside


def bars(figure: Figure) -> Chart | None:
    """The numbers of a figure's table, a bar for each row; None where there is nothing to compare."""
    if figure.name in NOT_DRAWN or len(figure.rows) < 2:
        return None
    drawn = DRAWN.get(figure.name, FIRST)
    parts = [[_value(row.cells[place]) for place in drawn] for row in figure.rows]
    longest = max(sum(values) for values in parts)
    if not longest:
        return None
    rects: list[Rect] = []
    words: list[Words] = []
    y = 0
    for row, values in zip(figure.rows, parts, strict=True):
        for line in textwrap.wrap(row.label, LETTERS):
            y += LINE
            words.append(Words(line, "0", y - 5))
        scaled = [WIDEST * value / longest for value in values]
        rects += _stacked(scaled, y)
        text = row.cells[drawn[0]] if len(drawn) == 1 else row.cells[0]
        words.append(Words(text, _percent(sum(scaled)), y + BAR - 3, kind="value", dx=6))
        y += BAR + GAP
    legend = tuple((series, figure.columns[1 + place]) for series, place in enumerate(drawn))
    return Chart(
        f"bars-{figure.name}",
        figure.heading,
        figure.sentence,
        y,
        tuple(rects),
        tuple(words),
        legend if drawn != FIRST else (),
    )


def _stacked(widths: Sequence[float], y: int) -> list[Rect]:
    found, x = [], 0.0
    for series, width in enumerate(widths):
        if width:
            found.append(Rect(series, _percent(x), str(y), _percent(width), str(BAR)))
        x += width
    return found


def _value(cell: str) -> float:
    """A number as it is written in a table; what is not known has no length."""
    plain = cell.replace(",", "")
    return float(plain) if plain.replace(".", "", 1).isdigit() else 0.0


# --- columns over the quarters ----------------------------------------------------------------

TOP, COLUMN_HEIGHT, FOOT = 24, 160, 48
ROOM_FOR_NUMBERS = 14  # so many columns still have their number above them on a phone


def columns(shown: OverTime) -> Chart | None:
    """A column for each quarter, its parts above or, where they do not add up, beside each other."""
    values = [[_value(cell) for cell in line.cells] for line in shown.lines]
    sums = [sum(parts) if shown.adds_up else max(parts, default=0.0) for parts in values]
    tallest = max(sums, default=0.0)
    if not tallest:
        return None
    step, ground = 100 / len(values), TOP + COLUMN_HEIGHT
    series = [*range(len(shown.series) - shown.has_rest), *([REST] if shown.has_rest else [])]
    rects: list[Rect] = []
    words: list[Words] = []
    for place, (line, parts) in enumerate(zip(shown.lines, values, strict=True)):
        heights = [COLUMN_HEIGHT * value / tallest for value in parts]
        left, width = place * step + step * 0.12, step * 0.76
        draw = _piled if shown.adds_up else _beside
        rects += draw(list(zip(series, heights, strict=True)), left, width, ground)
        middle, top = _percent(left + width / 2), int(ground - COLUMN_HEIGHT * sums[place] / tallest)
        if shown.adds_up and len(values) <= ROOM_FOR_NUMBERS:
            words.append(Words(f"{sums[place]:,.0f}", middle, top - 6, "middle", "value"))
        words.append(Words(str(line.quarter.number), middle, ground + 18, "middle"))
        if place == 0 or line.quarter.number == 1:
            words.append(Words(str(line.quarter.year), _percent(left), ground + 38))
    legend = tuple(zip(series, shown.series, strict=True)) if len(series) > 1 else ()
    name, height = f"columns-{shown.name}", ground + FOOT
    return Chart(name, shown.title, shown.description, height, tuple(rects), tuple(words), legend, ground)


def _piled(heights: Sequence[tuple[int, float]], left: float, width: float, ground: int) -> list[Rect]:
    found, y = [], float(ground)
    for series, height in heights:
        y -= height
        if height:
            found.append(Rect(series, _percent(left), f"{y:.1f}", _percent(width), f"{height:.1f}"))
    return found


def _beside(heights: Sequence[tuple[int, float]], left: float, width: float, ground: int) -> list[Rect]:
    each = width / len(heights)
    found = []
    for place, (series, height) in enumerate(heights):
        x, top = _percent(left + place * each), f"{ground - height:.1f}"
        if height:
            found.append(Rect(series, x, top, _percent(each * 0.92), f"{height:.1f}"))
    return found


def _percent(value: float) -> str:
    return f"{value:.2f}%"
