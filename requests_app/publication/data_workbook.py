"""A release as a workbook. The same release gives the same bytes.

Texts are written as texts: no cell is a formula, whatever it begins with.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.publication.data_tables import (
    Cell,
    Table,
    breakdowns_of,
    definitions_of,
    figures_of,
    in_both,
    rows_of,
)

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
WIDEST = 60
TITLE = gettext_noop("Requests by immigration officials for help from Metro Police, and what was decided.")
ABOUT = (
    gettext_noop("Quarter"),
    gettext_noop("Release"),
    gettext_noop("Published"),
    gettext_noop("SHA-256 of the release document"),
    gettext_noop("Replaces the release with the SHA-256"),
    gettext_noop("Licence"),
    gettext_noop("Address"),
)
DEMONSTRATION = gettext_noop("Demonstration: nothing here is a real case.")


def workbook(publication: Publication, release: PublishedRelease) -> bytes:
    written = io.BytesIO()
    book = Workbook(written, OPTIONS)
    document = release.document
    book.set_properties(
        {
            "title": f"{in_both(TITLE)[0]} {release.quarter}, {release.number}",
            "author": "Louisville Metro Police Department",
            # The library would take the clock.
            "created": datetime.fromisoformat(document["frozen_at"]).replace(tzinfo=None),
        }
    )
    heading = book.add_format({"bold": True, "bottom": 1})
    _write(book.add_worksheet("About"), ("", "English", "Español"), _about(publication, release), heading)
    for name, table in (
        ("Figures", figures_of([release])),
        ("Rows", rows_of([release])),
        ("Breakdowns", breakdowns_of([release])),
        ("Definitions", definitions_of()),
    ):
        write_table(book.add_worksheet(name), table, heading)
    book.close()
    return written.getvalue()


def _about(publication: Publication, release: PublishedRelease) -> Iterable[Sequence[Cell]]:
    yield "", *in_both(TITLE)
    if release.document["demonstration"]:
        yield "", *in_both(DEMONSTRATION)
    values = (
        str(release.quarter),
        str(release.number),
        release.published_at.strftime("%Y-%m-%d %H:%M UTC"),
        release.sha256,
        release.document["replaces"],
        "CC0 1.0",
        f"{publication.site_url}/data/{release.quarter}/{release.number}/",
    )
    for message, value in zip(ABOUT, values, strict=True):
        yield value, *in_both(message)


def write_table(sheet: Worksheet, table: Table, heading: Format) -> None:
    _write(sheet, [column.name for column in table.columns], table.rows(), heading)


def _write(
    sheet: Worksheet, headings: Sequence[str], rows: Iterable[Sequence[Cell]], heading: Format
) -> None:
    """Line after line: what was written is kept no longer in memory."""
    found = [headings, *rows]
    for place, cells in enumerate(zip(*found, strict=True)):
        sheet.set_column(place, place, min(WIDEST, max(len(str(cell or "")) for cell in cells) + 2))
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(found):
        for place, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(line, place, cell)
            elif cell:
                sheet.write_string(line, place, str(cell), heading if line == 0 else None)
