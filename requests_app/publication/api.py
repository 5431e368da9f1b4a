"""The operations of the public API, version 1, and its description.

Each operation answers from the publication that its request carries: nothing here asks a database or a clock.
How a request comes in, and what headers go out, is `requests_app.api`.
"""

import functools
from typing import Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import NinjaAPI, Path, Query, Schema
from ninja.errors import ValidationError
from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from requests_app.publication import api_answers as answers
from requests_app.publication._about_data import LICENCE
from requests_app.publication._publication import Publication
from requests_app.publication.api_answers import NotThere, Problem
from requests_app.publication.data_shape import Attended
from requests_app.vocabulary import (
    CallRecorded,
    Component,
    DeviationKind,
    Ground,
    Outcome,
    ReasonCode,
    RequestType,
)

PREFIX = "/api/v1/"
MOST_ROWS = 500

Json = dict[str, Any]

api = NinjaAPI(
    title="ICE-assistance register of Louisville",
    version="1",
    description="Releases of the register: figures, rows and their definitions. Read-only, for everybody.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    openapi_extra={"info": {"license": {"name": "CC0 1.0", "url": LICENCE["path"]}}},
)


class Asked(HttpRequest):
    """A request with the publication from which all of its answer comes."""

    publication: Publication


def _answers(model: type) -> dict[int, Any]:
    """What an operation may answer; 304 has no content."""
    return {200: model, 304: None, 400: Problem, 404: Problem, 422: Problem, 429: Problem}


def _without_default(schema: Json) -> None:
    """What is left out is left out: there is no word for it."""
    schema.pop("default", None)


def _filter(words: str) -> Any:
    return Field(None, description=words, json_schema_extra=_without_default)


Quarter = Annotated[
    str,
    Path(
        pattern="^[0-9]{4}-Q[1-4]$",
        description=gettext_noop("Quarter of the calendar, written 2026-Q1"),
        example="2026-Q1",
    ),
]
Number = Annotated[
    int,
    Path(ge=1, le=9999, description=gettext_noop("Number of the release of this quarter"), example=1),
]
FigureName = Annotated[
    str,
    Path(pattern="^[a-z0-9_]{1,40}$", description=gettext_noop("Name of the figure"), example="outcomes"),
]


class RowQuery(Schema):
    """Codes that a row must have, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    component: Component | SkipJsonSchema[None] = _filter(
        gettext_noop("The agency, or the part of it, that asked")
    )
    types: RequestType | SkipJsonSchema[None] = _filter(gettext_noop("A type among those asked for"))
    outcome: Outcome | SkipJsonSchema[None] = _filter(gettext_noop("The decision in force"))
    grounds: Ground | SkipJsonSchema[None] = _filter(gettext_noop("A ground among those that held"))
    reason: ReasonCode | SkipJsonSchema[None] = _filter(gettext_noop("Why the request was declined"))
    recorded: CallRecorded | SkipJsonSchema[None] = _filter(gettext_noop("Whether all calls were recorded"))
    attended: Attended | SkipJsonSchema[None] = _filter(
        gettext_noop("Whether the commanding officer came to the scene")
    )
    deviations: DeviationKind | SkipJsonSchema[None] = _filter(gettext_noop("A deviation among those found"))
    page: int = Field(1, ge=1, le=9999, description=gettext_noop("Number of the page, from 1"))
    page_size: int = Field(
        100, ge=1, le=MOST_ROWS, description=gettext_noop("How many rows a page has, at most 500")
    )

    @property
    def codes(self) -> dict[str, str]:
        found = self.model_dump(exclude_none=True, exclude={"page", "page_size"})
        return {name: str(code) for name, code in found.items()}


# --- operations -------------------------------------------------------------------------------


@api.get("", response=_answers(answers.Index), summary=gettext_noop("Where to begin"), operation_id="index")
def index(request: HttpRequest) -> answers.Index:
    return answers.index(_publication(request))


@api.get(
    "releases",
    response=_answers(answers.Releases),
    summary=gettext_noop("All releases, the oldest first"),
    operation_id="releases",
)
def releases(request: HttpRequest) -> answers.Releases:
    return answers.releases(_publication(request))


@api.get(
    "releases/{quarter}",
    response=_answers(answers.Releases),
    summary=gettext_noop("The releases of one quarter"),
    operation_id="releases_of_quarter",
)
def releases_of_quarter(request: HttpRequest, quarter: Quarter) -> answers.Releases:
    return answers.releases_of_quarter(_publication(request), quarter)


@api.get(
    "releases/{quarter}/{number}",
    response=_answers(answers.Release),
    summary=gettext_noop("One release with its whole document"),
    operation_id="release",
)
def release(request: HttpRequest, quarter: Quarter, number: Number) -> answers.Release:
    return answers.release(_publication(request), quarter, number)


@api.get(
    "figures/{quarter}",
    response=_answers(answers.FiguresOfQuarter),
    summary=gettext_noop("All figures of the latest release of a quarter"),
    operation_id="figures",
)
def figures(request: HttpRequest, quarter: Quarter) -> answers.FiguresOfQuarter:
    return answers.figures(_publication(request), quarter)


@api.get(
    "figures/{quarter}/{name}",
    response=_answers(answers.Figure),
    summary=gettext_noop("One figure with its definition"),
    operation_id="figure",
)
def figure(request: HttpRequest, quarter: Quarter, name: FigureName) -> answers.Figure:
    return answers.figure(_publication(request), quarter, name)


@api.get(
    "rows/{quarter}",
    response=_answers(answers.Rows),
    summary=gettext_noop("Requests of the latest release of a quarter, one row each"),
    operation_id="rows",
)
def rows(request: HttpRequest, quarter: Quarter, query: Query[RowQuery]) -> answers.Rows:
    return answers.rows(
        _publication(request), quarter, codes=query.codes, page=query.page, page_size=query.page_size
    )


@api.get(
    "definitions",
    response=_answers(answers.Definitions),
    summary=gettext_noop("What each figure means"),
    operation_id="definitions",
)
def definitions(request: HttpRequest) -> answers.Definitions:
    return answers.all_definitions()


@api.get(
    "codes",
    response=_answers(answers.Codes),
    summary=gettext_noop("The closed lists of codes, with their words"),
    operation_id="codes",
)
def codes(request: HttpRequest) -> answers.Codes:
    return answers.codes()


@api.get(
    "policy_versions",
    response=_answers(answers.PolicyVersions),
    summary=gettext_noop("The versions of the policy"),
    operation_id="policy_versions",
)
def policy_versions(request: HttpRequest) -> answers.PolicyVersions:
    return answers.policy_versions(_publication(request))


@api.get("openapi.json", response={200: Json}, include_in_schema=False)
def openapi(request: HttpRequest) -> Json:
    return {**description(), "servers": [{"url": _publication(request).site_url}]}


def _publication(request: HttpRequest) -> Publication:
    return cast(Asked, request).publication


# --- what went wrong --------------------------------------------------------------------------


@api.exception_handler(NotThere)
def not_there(request: HttpRequest, problem: NotThere) -> HttpResponse:
    return api.create_response(request, {"detail": str(problem)}, status=404)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    said = [f"{error['loc'][-1]}: {error['msg']}." for error in problem.errors]
    return api.create_response(request, {"detail": " ".join(said)}, status=422)


# --- the description --------------------------------------------------------------------------


@functools.cache
def description() -> Json:
    """OpenAPI 3.1, as plain JSON."""
    return dict(api.get_openapi_schema(path_prefix=PREFIX))
