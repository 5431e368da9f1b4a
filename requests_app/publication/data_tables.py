"""The tables of the open data: their columns in words, and their lines.

Lists stand in one cell, joined with " | "; what is not known is an empty cell. Words are English and Spanish.
"""

import csv
import functools
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.publication.data_measures import Claim, Unit, lines
from requests_app.publication.data_shape import Attended, Breakdown, shaped
from requests_app.statistics import definitions
from requests_app.vocabulary import (
    Action,
    CallRecorded,
    Channel,
    Choice,
    Component,
    CorrectionReason,
    DeviationKind,
    Direction,
    DiscoveredBy,
    DispatchMode,
    Division,
    DocumentClass,
    FieldAction,
    Ground,
    Outcome,
    PlaceKind,
    ReasonCode,
    RequestType,
    ReviewFinding,
    Status,
)

JOINED = " | "
# A spreadsheet would take such a text for a formula; an apostrophe in front makes it a text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | None
CLOSED_LISTS: dict[str, type[Choice]] = {
    "action": Action,
    "attended": Attended,
    "call_recorded": CallRecorded,
    "channel": Channel,
    "claim": Claim,
    "component": Component,
    "correction_reason": CorrectionReason,
    "deviation": DeviationKind,
    "direction": Direction,
    "discovered_by": DiscoveredBy,
    "dispatch_mode": DispatchMode,
    "division": Division,
    "document_class": DocumentClass,
    "field_action": FieldAction,
    "ground": Ground,
    "outcome": Outcome,
    "place_kind": PlaceKind,
    "reason": ReasonCode,
    "request_type": RequestType,
    "review_finding": ReviewFinding,
    "status": Status,
    "unit": Unit,
}
LIST_NAMES = {closed_list: name for name, closed_list in CLOSED_LISTS.items()}


@dataclass(frozen=True)
class Column:
    """`words` is a message: what stands in the column. `codes` where one code of a closed list does."""

    name: str
    words: str
    type: str = "string"
    required: bool = True
    codes: tuple[str, ...] = ()
    closed_list: str = ""


@dataclass(frozen=True)
class Table:
    """`title` and `words` are messages. Rows are made when they are asked for."""

    name: str
    title: str
    words: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[], Iterable[Sequence[Cell]]] = field(compare=False)


@functools.cache
def in_both(message: str) -> tuple[str, str]:
    """A message in English and in Spanish. An empty one has no Spanish: gettext would give its header."""
    if not message:
        return "", ""
    with translation.override("es"):
        return message, gettext(message)


# --- columns ----------------------------------------------------------------------------------

QUARTER = Column("quarter", gettext_noop("Quarter of the calendar, written 2026-Q1"))
RELEASE = Column("release", gettext_noop("Number of the release of this quarter"), "integer")
VALUE = Column(
    "value", gettext_noop("The number; empty where nobody has counted yet"), "integer", required=False
)


def _code(name: str, words: str, closed_list: type[Choice], *, required: bool = True) -> Column:
    return Column(
        name,
        words,
        required=required,
        codes=tuple(closed_list.codes()),
        closed_list=LIST_NAMES[closed_list],
    )


def _codes(name: str, words: str, closed_list: type[Choice], *, required: bool = True) -> Column:
    """Several codes in one cell: no list of values can be given for it."""
    return Column(name, words, required=required, closed_list=LIST_NAMES[closed_list])


ROW_COLUMNS = (
    QUARTER,
    RELEASE,
    Column("number", gettext_noop("Number of the row in its release; it tells nothing of time"), "integer"),
    _code("component", gettext_noop("The agency, or the part of it, that asked"), Component),
    _codes(
        "types", gettext_noop("What was asked for, as it was last classified"), RequestType, required=False
    ),
    _code(
        "outcome", gettext_noop("The decision in force; empty while there is none"), Outcome, required=False
    ),
    _codes("grounds", gettext_noop("The grounds that held for assisting"), Ground, required=False),
    _code("reason", gettext_noop("Why the request was declined"), ReasonCode, required=False),
    _code(
        "recorded",
        gettext_noop("Whether all calls of commanding officers were recorded; empty without a call"),
        CallRecorded,
        required=False,
    ),
    _code(
        "attended",
        gettext_noop("Whether the commanding officer came to the scene; empty when nobody was sent"),
        Attended,
        required=False,
    ),
    _codes(
        "deviations",
        gettext_noop("What the policy requires and did not happen"),
        DeviationKind,
        required=False,
    ),
    Column("policy_version", gettext_noop("The version of the policy that was applied"), required=False),
)
FIGURE_COLUMNS = (
    QUARTER,
    RELEASE,
    Column("figure", gettext_noop("Name of the figure; its definition stands in definitions.csv")),
    Column("path", gettext_noop("Where the number stands in the release document")),
    Column("what_en", gettext_noop("What is counted, in English")),
    Column("what_es", gettext_noop("What is counted, in Spanish")),
    Column("code", gettext_noop("Code of a closed list; empty for a number of its own"), required=False),
    Column("label_en", gettext_noop("The code in English words"), required=False),
    Column("label_es", gettext_noop("The code in Spanish words"), required=False),
    VALUE,
    _code("unit", gettext_noop("What the number counts"), Unit),
    Column(
        "whole",
        gettext_noop("The number of which this one is a part; empty where no share is meant"),
        "integer",
        required=False,
    ),
)
BREAKDOWN_COLUMNS = (
    QUARTER,
    RELEASE,
    Column("year", gettext_noop("Calendar year that the table is about"), "integer"),
    Column("table", gettext_noop("Name of the table")),
    Column("row", gettext_noop("Code of the table's row; total for the sum of all rows")),
    Column("column", gettext_noop("Code of the decision; total for the sum of all decisions")),
    VALUE,
    Column(
        "shown",
        gettext_noop("shown; hidden, because it could point at people; or withheld with its whole table"),
        codes=("shown", "hidden", "withheld"),
    ),
)
DEFINITION_COLUMNS = tuple(
    Column(name, words)
    for name, words in (
        ("figure", gettext_noop("Name of the figure")),
        ("language", gettext_noop("Language of the words: en or es")),
        ("heading", gettext_noop("Its heading")),
        ("counts", gettext_noop("What is counted")),
        ("unit", gettext_noop("In what unit")),
        ("whole", gettext_noop("Of which whole")),
        ("leaves_out", gettext_noop("What is not in it")),
    )
)
CODE_COLUMNS = (
    Column("list", gettext_noop("Name of the closed list")),
    Column("code", gettext_noop("The code")),
    Column("label_en", gettext_noop("Its words in English")),
    Column("label_es", gettext_noop("Its words in Spanish")),
    Column("meaning_en", gettext_noop("What it means, in English"), required=False),
    Column("meaning_es", gettext_noop("What it means, in Spanish"), required=False),
)
TABLES_OF_RELEASE = ("rows", "figures", "breakdowns")


# --- tables -----------------------------------------------------------------------------------


def rows_of(releases: Sequence[PublishedRelease]) -> Table:
    return Table(
        "rows",
        gettext_noop("Requests, one row each"),
        gettext_noop(
            "One row for each request: who asked for what, what was decided and why, and whether the rules"
            " were kept. No person, place, time of day or free text."
        ),
        ROW_COLUMNS,
        ("quarter", "release", "number"),
        lambda: (row for release in releases for row in _rows(release)),
    )


def figures_of(releases: Sequence[PublishedRelease]) -> Table:
    return Table(
        "figures",
        gettext_noop("All figures, one number in each row"),
        gettext_noop(
            "Every figure of the public pages in long form: what is counted, the number, its unit, and the"
            " whole of which it is a part. A code that did not occur has no row."
        ),
        FIGURE_COLUMNS,
        ("quarter", "release", "path"),
        lambda: (row for release in releases for row in _figures(release)),
    )


def breakdowns_of(releases: Sequence[PublishedRelease]) -> Table:
    return Table(
        "breakdowns",
        gettext_noop("Yearly tables with place or month"),
        gettext_noop(
            "Decisions of a whole year by police division, kind of place, and month. Numbers that could point"
            " at people are hidden; where nothing can be shown safely, the whole table is withheld."
        ),
        BREAKDOWN_COLUMNS,
        ("quarter", "release", "table", "row", "column"),
        lambda: (row for release in releases for row in _breakdowns(release)),
    )


def has_breakdowns(release: PublishedRelease) -> bool:
    year = release.document["year"]
    return bool(year and year["breakdowns"])


def definitions_of() -> Table:
    return Table(
        "definitions",
        gettext_noop("Definitions of the figures"),
        gettext_noop(
            "What each figure counts, in what unit, of which whole, and what is not in it. In English and"
            " Spanish."
        ),
        DEFINITION_COLUMNS,
        ("figure", "language"),
        _definitions,
    )


def codes_of() -> Table:
    return Table(
        "codes",
        gettext_noop("Closed lists of codes"),
        gettext_noop("Every code that the data use, with its words in English and Spanish."),
        CODE_COLUMNS,
        ("list", "code"),
        _codes_of_lists,
    )


def tables_of(release: PublishedRelease) -> list[Table]:
    """The tables of one release; the yearly ones where it has any."""
    found = [rows_of([release]), figures_of([release])]
    return [*found, breakdowns_of([release])] if has_breakdowns(release) else found


def tables_of_all(publication: Publication) -> list[Table]:
    """Rows and figures of the latest release of each quarter, and what they mean."""
    latest = [publication.latest(quarter) for quarter in reversed(publication.quarters)]
    return [rows_of(latest), figures_of(latest), definitions_of(), codes_of()]


# --- lines ------------------------------------------------------------------------------------


def _rows(release: PublishedRelease) -> Iterator[Sequence[Cell]]:
    document = shaped(release)
    names = [column.name for column in ROW_COLUMNS[2:]]
    for row in document.rows:
        cells = (getattr(row, name) for name in names)
        yield (
            document.quarter,
            document.number,
            *(JOINED.join(cell) if isinstance(cell, list) else cell for cell in cells),
        )


def _figures(release: PublishedRelease) -> Iterator[Sequence[Cell]]:
    document = shaped(release)
    for line in lines(release):
        yield (
            document.quarter,
            document.number,
            line.figure,
            line.path,
            *in_both(line.what),
            line.code,
            *in_both(line.label),
            line.value,
            line.unit,
            line.whole,
        )


def _breakdowns(release: PublishedRelease) -> Iterator[Sequence[Cell]]:
    document = shaped(release)
    if document.year is None:
        return
    for table in document.year.breakdowns:
        for cells in _cells(table):
            yield document.quarter, document.number, document.year.year, table.name, *cells


def _cells(table: Breakdown) -> Iterator[Sequence[Cell]]:
    """Row by row with the sum of each, then the sums of the columns, which are exact and public anyway."""
    columns = (*table.columns, "total")
    for place, row in enumerate(table.rows):
        shown: list[int | None] = [None] * len(columns)
        if not table.withheld:
            shown = [*table.cells[place], table.row_totals[place]]
        for column, value in zip(columns, shown, strict=True):
            hidden = "withheld" if table.withheld else "hidden"
            yield row, column, value, hidden if value is None else "shown"
    for column, value in zip(table.columns, table.column_totals, strict=True):
        yield "total", column, value, "shown"


def _definitions() -> Iterator[Sequence[Cell]]:
    for name in definitions.NAMES:
        for language in ("en", "es"):
            with translation.override(language):
                found = definitions.definition(name)
            yield name, language, *(getattr(found, column.name) for column in DEFINITION_COLUMNS[2:])


def _codes_of_lists() -> Iterator[Sequence[Cell]]:
    for name, closed_list in CLOSED_LISTS.items():
        for code in closed_list:
            yield name, code.value, *in_both(code.label), *in_both(code.meaning)


# --- CSV --------------------------------------------------------------------------------------


def csv_of(table: Table) -> bytes:
    """RFC 4180: UTF-8, a header, lines that end with CR LF."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows([safe(cell) for cell in row] for row in table.rows())
    return written.getvalue().encode()


def safe(cell: Cell) -> Cell:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
