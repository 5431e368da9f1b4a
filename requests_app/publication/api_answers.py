"""What the API answers, with its types: functions of the publication. Words are English and Spanish."""

from collections.abc import Iterator
from itertools import groupby
from typing import Annotated, Any

from pydantic import Field

from requests_app.policy import load_version, versions
from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.publication.data_files import definition, summary
from requests_app.publication.data_measures import Line, Unit, lines
from requests_app.publication.data_shape import (
    NOTHING,
    Digest,
    Document,
    Moment,
    PolicyCode,
    QuarterCode,
    Row,
    Shape,
    shaped,
)
from requests_app.publication.data_tables import CLOSED_LISTS, in_both
from requests_app.statistics import definitions
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import CorrectionReason

Name = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
Url = Annotated[str, Field(pattern=r"^https?://")]


class NotThere(Exception):
    """Nothing public has this name; the message says what was looked for."""


class Words(Shape):
    en: str
    es: str

    @classmethod
    def of(cls, message: str) -> "Words":
        english, spanish = in_both(message)
        return cls(en=english, es=spanish)


class Problem(Shape):
    """Why there is no answer, in words."""

    detail: str


class Index(Shape):
    """Where to begin."""

    openapi: Url
    documentation: dict[str, Url]
    releases: Url


# --- releases ---------------------------------------------------------------------------------


class ReleaseSummary(Shape):
    """One release: its fingerprint, why it came, and where its files are."""

    quarter: QuarterCode
    number: Annotated[int, Field(ge=1)]
    published: Moment
    frozen: Moment
    sha256: Digest
    bytes: int
    reason: CorrectionReason | NOTHING
    replaces: Digest | NOTHING
    is_latest: bool
    document: Url
    package: Url
    workbook: Url
    tables: dict[str, Url]
    pages: dict[str, Url]


class Releases(Shape):
    demonstration: bool
    releases: list[ReleaseSummary]


class Release(Shape):
    """A release, and its document as it was frozen."""

    release: ReleaseSummary
    document: Document


class OfRelease(Shape):
    """Which release an answer comes from."""

    quarter: QuarterCode
    release: Annotated[int, Field(ge=1)]
    sha256: Digest


def index(publication: Publication) -> Index:
    site = publication.site_url
    return Index(
        openapi=f"{site}/api/v1/openapi.json",
        documentation={language: f"{site}/{language}/data/api/" for language in ("en", "es")},
        releases=f"{site}/api/v1/releases",
    )


def releases(publication: Publication) -> Releases:
    return _releases(publication, publication.releases)


def releases_of_quarter(publication: Publication, quarter: str) -> Releases:
    latest(publication, quarter)
    return _releases(publication, publication.releases_of(Quarter.of(quarter)))


def _releases(publication: Publication, found: Any) -> Releases:
    summaries = [summary(publication, release) for release in found]
    return Releases.model_validate({"demonstration": publication.demonstration, "releases": summaries})


def release(publication: Publication, quarter: str, number: int) -> Release:
    found = publication.find(Quarter.of(quarter), number)
    if found is None:
        raise NotThere(f"There is no release {number} of {quarter}.")
    return Release(release=ReleaseSummary.model_validate(summary(publication, found)), document=shaped(found))


def latest(publication: Publication, quarter: str) -> PublishedRelease:
    found = publication.releases_of(Quarter.of(quarter))
    if not found:
        raise NotThere(f"{quarter} is not public.")
    return found[-1]


# --- figures ----------------------------------------------------------------------------------


class Value(Shape):
    """One number. `value` is null where nobody has counted yet; `whole` is what it is a part of."""

    path: str
    what: Words
    code: str
    label: Words
    value: int | None
    unit: Unit
    whole: int | None


class FigureValues(Shape):
    name: Name
    heading: Words
    values: list[Value]


class FiguresOfQuarter(OfRelease):
    figures: list[FigureValues]


class InWords(Shape):
    """A definition in one language."""

    heading: str
    counts: str
    unit: str
    whole: str
    leaves_out: str


class Definition(Shape):
    """What a figure means; `codes` names the closed list by which it is counted, if any."""

    figure: Name
    codes: str
    en: InWords
    es: InWords


class Definitions(Shape):
    definitions: list[Definition]


class Figure(OfRelease):
    definition: Definition
    values: list[Value]


def figures(publication: Publication, quarter: str) -> FiguresOfQuarter:
    found = latest(publication, quarter)
    return FiguresOfQuarter(**_of(found), figures=list(_figures(found)))


def figure(publication: Publication, quarter: str, name: str) -> Figure:
    found = latest(publication, quarter)
    values = next((one.values for one in _figures(found) if one.name == name), None)
    if values is None:
        raise NotThere(f"{quarter} has no figure {name}.")
    return Figure(**_of(found), definition=Definition.model_validate(definition(name)), values=values)


def all_definitions() -> Definitions:
    return Definitions.model_validate({"definitions": [definition(name) for name in definitions.NAMES]})


def _figures(found: PublishedRelease) -> Iterator[FigureValues]:
    for name, group in groupby(lines(found), key=lambda line: line.figure):
        heading = Words.of(definitions.definition(name).heading)
        yield FigureValues(name=name, heading=heading, values=[_value(line) for line in group])


def _value(line: Line) -> Value:
    return Value(
        path=line.path,
        what=Words.of(line.what),
        code=line.code,
        label=Words.of(line.label),
        value=line.value,
        unit=line.unit,
        whole=line.whole,
    )


def _of(found: PublishedRelease) -> dict[str, Any]:
    return {"quarter": str(found.quarter), "release": found.number, "sha256": found.sha256}


# --- rows -------------------------------------------------------------------------------------


class Rows(OfRelease):
    """A page of rows; `total` is how many there are with these codes."""

    total: int
    page: int
    page_size: int
    rows: list[Row]


def rows(publication: Publication, quarter: str, *, codes: dict[str, str], page: int, page_size: int) -> Rows:
    """`codes` are columns with the code that each must have, or hold where it is a list."""
    found = latest(publication, quarter)
    wanted = [row for row in shaped(found).rows if all(_has(row, name, codes[name]) for name in codes)]
    start = (page - 1) * page_size
    return Rows(
        **_of(found),
        total=len(wanted),
        page=page,
        page_size=page_size,
        rows=wanted[start : start + page_size],
    )


def _has(row: Row, column: str, code: str) -> bool:
    cell = getattr(row, column)
    return code in cell if isinstance(cell, list) else code == cell


# --- what the words and codes mean ------------------------------------------------------------


class Code(Shape):
    code: str
    label: Words
    meaning: Words


class ClosedList(Shape):
    name: Name
    codes: list[Code]


class Codes(Shape):
    lists: list[ClosedList]


class PolicyVersion(Shape):
    id: PolicyCode
    title: Words
    status: Words
    notice: Words
    effective_from: str
    effective_to: str
    sha256: Digest
    is_in_force: bool


class PolicyVersions(Shape):
    versions: list[PolicyVersion]


def codes() -> Codes:
    return Codes(
        lists=[
            ClosedList(
                name=name,
                codes=[
                    Code(code=code.value, label=Words.of(code.label), meaning=Words.of(code.meaning))
                    for code in closed_list
                ],
            )
            for name, closed_list in CLOSED_LISTS.items()
        ]
    )


def policy_versions(publication: Publication) -> PolicyVersions:
    return PolicyVersions(versions=[_policy_version(publication, name) for name in versions()])


def _policy_version(publication: Publication, name: str) -> PolicyVersion:
    found = load_version(name)
    return PolicyVersion(
        id=found.id,
        title=Words.of(found.title),
        status=Words.of(found.status),
        notice=Words.of(found.notice),
        effective_from=found.effective_from.isoformat() if found.effective_from else "",
        effective_to=found.effective_to.isoformat() if found.effective_to else "",
        sha256=found.sha256,
        is_in_force=found.id == publication.policy_in_force,
    )
