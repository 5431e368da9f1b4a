"""The workbook of a release: the numbers of its tables, texts that are no formulas, the same bytes again."""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
import time_machine
from xlsxwriter import Workbook

from requests_app.publication.data_tables import Column, Table, figures_of, rows_of
from requests_app.publication.data_workbook import OPTIONS, workbook, write_table
from tests.published import make_publication

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEETS = ("About", "Figures", "Rows", "Breakdowns", "Definitions")


@pytest.fixture(scope="module")
def publication():
    return make_publication()


def parts(content: bytes) -> zipfile.ZipFile:
    book = zipfile.ZipFile(io.BytesIO(content))
    assert book.testzip() is None
    return book


def sheet(content: bytes, name: str) -> list[list[str | int]]:
    """The cells of a sheet as they stand in the file, line by line."""
    book = parts(content)
    root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{SHEETS.index(name) + 1}.xml"))  # noqa: S314
    lines = []
    for row in root.iter(f"{MAIN}row"):
        cells = {}
        for cell in row.iter(f"{MAIN}c"):
            column = re.sub("[0-9]", "", cell.attrib["r"])
            inline = cell.find(f"{MAIN}is/{MAIN}t")
            cells[column] = int(cell.findtext(f"{MAIN}v")) if inline is None else inline.text
        lines.append(cells)
    return lines


def letters(count: int) -> list[str]:
    return [chr(ord("A") + place) for place in range(count)]


def test_it_has_its_sheets_in_order(publication):
    listed = parts(workbook(publication, publication.newest)).read("xl/workbook.xml").decode()
    assert tuple(re.findall(r'<sheet name="([^"]+)"', listed)) == SHEETS


@pytest.mark.parametrize(("name", "table_of"), [("Rows", rows_of), ("Figures", figures_of)])
def test_a_sheet_holds_what_the_table_holds(publication, name, table_of):
    for release in publication.releases:
        table = table_of([release])
        expected = [
            {letter: cell for letter, cell in zip(letters(len(row)), row, strict=True) if cell or cell == 0}
            for row in [[column.name for column in table.columns], *table.rows()]
        ]
        assert sheet(workbook(publication, release), name) == expected


def test_it_says_what_release_it_is_and_its_fingerprint(publication):
    newest = publication.newest
    said = [cell for line in sheet(workbook(publication, newest), "About") for cell in line.values()]
    assert {str(newest.quarter), newest.sha256, "CC0 1.0"} <= set(said)


def test_the_same_release_gives_the_same_bytes_at_another_time(publication):
    found = []
    for moment in ("2026-06-01T10:00:00Z", "2027-01-31T23:59:59Z"):
        with time_machine.travel(moment):
            found.append(workbook(publication, publication.newest))
    assert found[0] == found[1]


def test_no_cell_is_a_formula(publication):
    book = parts(workbook(publication, publication.newest))
    assert not any(b"<f>" in book.read(name) for name in book.namelist())


def test_a_text_that_looks_like_a_formula_is_written_as_a_text():
    columns = (Column("text", "Text"),)
    table = Table(
        "any", "Any", "Any", columns, ("text",), lambda: [["=1+1"], ["{=2}"], ["https://a.example"]]
    )
    written = io.BytesIO()
    with Workbook(written, OPTIONS) as book:
        write_table(book.add_worksheet("About"), table, book.add_format())
    content = written.getvalue()
    assert [line["A"] for line in sheet(content, "About")] == ["text", "=1+1", "{=2}", "https://a.example"]
    assert b"<f>" not in parts(content).read("xl/worksheets/sheet1.xml")
