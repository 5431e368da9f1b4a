"""Pages of single figures: in a quarter, over all quarters, in somebody else's page; and what they mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext

from requests_app import statistics
from requests_app.publication._about_data import LICENCE, PUBLISHER
from requests_app.publication._address import HtmlPage
from requests_app.publication._over_time import figures_of, over_time
from requests_app.publication._publication import Publication, PublishedRelease
from requests_app.publication.charts import bars, columns
from requests_app.statistics import BASELINE_2017, Quarter
from requests_app.statistics.definitions import NAMES, definition
from requests_app.statistics.figures import Figure

# Of 2017 alone: no quarter has it.
OF_NO_QUARTER = "baseline"


def pages(publication: Publication) -> Iterator[HtmlPage]:
    yield HtmlPage("figures/", "publication/figures.html", _index)
    yield HtmlPage("definitions/", "publication/definitions.html", _definitions)
    for name in NAMES:
        development = partial(_development, publication, name)
        yield HtmlPage(f"figures/{name}/", "publication/figure_over_time.html", development)
    for quarter in publication.quarters:
        for name in figures_of(publication, publication.latest(quarter)):
            context = partial(_figure, publication, quarter, name)
            yield HtmlPage(f"quarters/{quarter}/figures/{name}/", "publication/figure.html", context)
            yield HtmlPage(f"embed/{quarter}/{name}/", "publication/embed.html", context, is_listed=False)


def _index() -> dict[str, Any]:
    return {"definitions": [definition(name) for name in NAMES]}


def _definitions() -> dict[str, Any]:
    codes = {name: definition(name).closed_list for name in NAMES}
    return {
        "definitions": [
            (definition(name), [(code.value, gettext(code.label)) for code in choice] if choice else [])
            for name, choice in codes.items()
        ]
    }


def _development(publication: Publication, name: str) -> dict[str, Any]:
    defined = definition(name)
    if name == OF_NO_QUARTER:
        return {
            "definition": defined,
            "figure": statistics.baseline(BASELINE_2017),
            "sources": BASELINE_2017.sources,
        }
    shown = over_time(publication, name, heading=defined.heading, unit=defined.unit)
    return {"definition": defined, "over_time": shown, "chart": columns(shown)}


# --- one figure of one quarter ----------------------------------------------------------------


def _figure(publication: Publication, quarter: Quarter, name: str) -> dict[str, Any]:
    release = publication.latest(quarter)
    figure = figures_of(publication, release)[name]
    defined = definition(name)
    shown = over_time(publication, name, heading=defined.heading, unit=defined.unit)
    address = f"{publication.site_url}/{get_language()}"
    return {
        "quarter": quarter,
        "release": release,
        "figure": figure,
        "definition": defined,
        "chart": bars(figure),
        "over_time": shown,
        "over_time_chart": columns(shown),
        "history": _history(publication, quarter, name),
        "permalink": f"{address}/{release.page}#{name}",
        "latest_link": f"{address}/quarters/{quarter}/figures/{name}/",
        "embed_link": f"{address}/embed/{quarter}/{name}/",
        "citation": _citation(release, figure, address),
        "bibtex": _bibtex(release, figure, address),
        "licence": LICENCE["path"],
        "contact": settings.PUBLIC_CONTACT,
    }


@dataclass(frozen=True)
class Said:
    """The figure as one release had it, and the numbers in which it differed from the release before."""

    release: PublishedRelease
    sentence: str
    changed: tuple[tuple[str, str, str], ...]


def _history(publication: Publication, quarter: Quarter, name: str) -> list[Said]:
    """The oldest release first; one that did not have the figure is not among them."""
    found: list[Said] = []
    before: Figure | None = None
    for release in publication.releases_of(quarter):
        figure = figures_of(publication, release).get(name)
        if figure is not None:
            found.append(Said(release, figure.sentence, _changed(before, figure) if before else ()))
            before = figure
    return found


def _changed(before: Figure, after: Figure) -> tuple[tuple[str, str, str], ...]:
    then = {row.label: row.cells for row in before.rows}
    now = {row.label: row.cells for row in after.rows}
    return tuple(
        (label, _together(then.get(label, ())), _together(now.get(label, ())))
        for label in dict.fromkeys((*then, *now))
        if then.get(label) != now.get(label)
    )


def _together(cells: Sequence[str]) -> str:
    return " · ".join(cells) or "0"


def _citation(release: PublishedRelease, figure: Figure, address: str) -> str:
    return gettext(
        "%(publisher)s. ICE-assistance register: %(heading)s, %(months)s. Release %(number)s of"
        " %(day)s, SHA-256 %(sha256)s. %(url)s"
    ) % {
        "publisher": PUBLISHER,
        "heading": figure.heading,
        "months": statistics.months_of(release.quarter),
        "number": release.number,
        "day": statistics.day(_published(release)),
        "sha256": release.sha256[:16],
        "url": _of_release(release, figure, address),
    }


def _bibtex(release: PublishedRelease, figure: Figure, address: str) -> str:
    key = f"louisville_{release.quarter}_{release.number}_{figure.name}".lower().replace("-", "_")
    published = _published(release)
    lines = {
        "author": f"{{{PUBLISHER}}}",
        "title": f"{{{figure.heading}, {statistics.months_of(release.quarter)}}}",
        "year": str(published.year),
        "month": f"{published:%b}".lower(),
        "note": gettext("ICE-assistance register, release %(number)s, SHA-256 %(sha256)s")
        % {"number": release.number, "sha256": release.sha256[:16]},
        "url": _of_release(release, figure, address),
    }
    return "\n".join([f"@misc{{{key},", *(f"  {name} = {{{value}}}," for name, value in lines.items()), "}"])


def _of_release(release: PublishedRelease, figure: Figure, address: str) -> str:
    return f"{address}/{release.page}#{figure.name}"


def _published(release: PublishedRelease) -> Any:
    return timezone.localtime(release.published_at).date()
