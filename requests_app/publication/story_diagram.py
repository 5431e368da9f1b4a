"""The life of a request as lines of an SVG, laid out from the table of moves.

Statuses are boxes, side by side, each with a line down from it. A move is a row: dots on the lines of the
statuses from which it is possible, and an arrow to those to which it leads. So no arrow crosses a label, and
a new move is a new row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from requests_app.vocabulary import Action, Status
from requests_app.workflow import Move

LABELS = 280  # width of the column of labels, in units of the drawing, as everything here
COLUMN, BOX_WIDTH, BOX_HEIGHT = 106, 98, 44
ROW, HEADING_ROW, MARGIN = 30, 38, 10
LETTERS_IN_LINE, LINE = 13, 16
LOOP = 18


@dataclass(frozen=True)
class Line:
    text: str
    x: int
    y: int


@dataclass(frozen=True)
class Box:
    code: str
    x: int
    y: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Row:
    """A move. `heads` are paths of arrow heads, `loops` of arrows back to where they begin."""

    code: str
    label: str
    y: int
    start: int
    end: int
    dots: tuple[int, ...]
    heads: tuple[str, ...]
    loops: tuple[str, ...]
    is_line: bool


@dataclass(frozen=True)
class Diagram:
    width: int
    height: int
    boxes: tuple[Box, ...]
    lifelines: tuple[int, ...]
    lifelines_from: int
    lifelines_to: int
    box_width: int
    box_height: int
    headings: tuple[Line, ...]
    rows: tuple[Row, ...]


def diagram(groups: Iterable[tuple[str, Iterable[Action]]], moves: Mapping[Action, Move]) -> Diagram:
    """Groups of acts under their headings, from above to below."""
    y = MARGIN + BOX_HEIGHT
    headings, rows = [], []
    for heading, actions in groups:
        y += HEADING_ROW
        headings.append(Line(heading, MARGIN, y - 8))
        for action in actions:
            rows.append(_row(action, moves[action], y + ROW // 2))
            y += ROW
    bottom = y + MARGIN
    return Diagram(
        width=LABELS + COLUMN * len(Status) + MARGIN,
        height=bottom + BOX_HEIGHT + MARGIN,
        boxes=tuple(_box(status, top) for top in (MARGIN, bottom) for status in Status),
        box_width=BOX_WIDTH,
        box_height=BOX_HEIGHT,
        lifelines=tuple(_middle(status) for status in Status),
        lifelines_from=MARGIN + BOX_HEIGHT,
        lifelines_to=bottom,
        headings=tuple(headings),
        rows=tuple(rows),
    )


def _middle(status: Status) -> int:
    return LABELS + COLUMN * list(Status).index(status) + COLUMN // 2


def _box(status: Status, top: int) -> Box:
    x, lines = _middle(status), _lines(gettext(status.label))
    first = top + BOX_HEIGHT // 2 - LINE * (len(lines) - 1) // 2 + 5
    placed = tuple(Line(line, x, first + LINE * number) for number, line in enumerate(lines))
    return Box(status.value, x - BOX_WIDTH // 2, top, placed)


def _lines(label: str) -> list[str]:
    """The label in at most so many letters a line, as far as its words allow."""
    lines: list[str] = []
    for word in label.split():
        if lines and len(lines[-1]) + 1 + len(word) <= LETTERS_IN_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _row(action: Action, move: Move, y: int) -> Row:
    sources = sorted(_middle(status) for status in move.sources)
    targets = sorted(_middle(status) for status in move.targets)
    reached = [*sources, *targets] if targets else sources[:1]
    heads, loops = [], []
    for x in targets:
        others = [source for source in sources if source != x]
        room = 6 if x in sources else 1  # for its dot
        if any(source < x for source in others):
            heads.append(f"M{x - room} {y}l-9 -5v10z")
        if any(source > x for source in others):
            heads.append(f"M{x + room} {y}l9 -5v10z")
        if not others:
            loops.append(f"M{x + 5} {y - 4}h{LOOP}v8h-{LOOP - 9}")
            heads.append(f"M{x + 6} {y + 4}l9 -5v10z")
    return Row(
        code=action.value,
        label=gettext(action.label),
        y=y,
        start=min(reached),
        end=max(reached),
        dots=tuple(sources),
        heads=tuple(heads),
        loops=tuple(loops),
        is_line=min(reached) != max(reached),
    )
