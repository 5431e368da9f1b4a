"""The pages about figures: whole in both languages, true to the documents, and every link leads somewhere."""

import html
import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.utils import translation

from requests_app import statistics
from requests_app.publication import Publication
from requests_app.publication import pages as figure_pages
from requests_app.publication._site import Site
from requests_app.statistics import breakdowns
from requests_app.statistics.definitions import NAMES
from requests_app.statistics.suppression import suppress
from requests_app.templatetags.publication import data_block
from requests_app.vocabulary import DiscoveredBy, Outcome, RequestType
from tests.published import SITE_URL, make_document, make_publication, make_release

# What no file of the site answers: pages at work, files of the style, and answers made on the fly.
ELSEWHERE = re.compile(
    r"/(static/.+|account/login/|log/verifier\.py|tlog/.*|api/v1/.*|(en|es)/policy/explorer/"
    r"|(en|es)/quarters/[0-9]{4}-Q[1-4]/rows/search/)"
)
ALONE = ("meta", "link", "br", "img", "input", "hr", "rect", "line")


class Read(HTMLParser):
    """What a page says of itself, its links and anchors, and how it is built."""

    def __init__(self):
        super().__init__()
        self.language, self.title, self.description = "", "", ""
        self.links, self.ids, self.built, self.path = [], [], [], []

    def handle_starttag(self, tag, attrs):
        words = dict(attrs)
        self.path.append(tag)
        self.built.append((tag, words.get("class"), words.get("id")))
        if tag == "html":
            self.language = words["lang"]
        if tag == "meta" and words.get("name") == "description":
            self.description = words["content"]
        self.ids += [words["id"]] if "id" in words else []
        self.links += [words[name] for name in ("href", "src", "action") if words.get(name)]
        if tag in ALONE:
            self.path.pop()

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        if self.path and self.path[-1] == tag:
            self.path.pop()

    def handle_data(self, data):
        if self.path[-2:] == ["head", "title"]:
            self.title += data


@cache
def site():
    """Two quarters, the second the last of a year and corrected once."""
    return Site(make_publication("2025-Q3", "2025-Q4"))


@cache
def page(path):
    read = Read()
    read.feed(site().addresses[path].render().decode())
    return read


def pages():
    return [
        path for path, address in site().addresses.items() if address.content_type.startswith("text/html")
    ]


def text(path, found=None):
    return html.unescape((found or site()).addresses[path].render().decode())


# --- all pages --------------------------------------------------------------------------------


def test_every_link_leads_to_an_address_and_an_anchor_that_are_there():
    broken = []
    for path in pages():
        for link in page(path).links:
            target = urlsplit(urljoin(f"{SITE_URL}/{path}", link))
            if target.scheme == "https" and f"https://{target.netloc}" != SITE_URL:
                continue
            if ELSEWHERE.fullmatch(target.path):
                continue
            known = site().addresses.get(target.path.removeprefix("/"))
            if known is None or (target.fragment and target.fragment not in page(known.path).ids):
                broken.append((path, link))

    assert broken == []


def test_every_page_says_its_language_and_has_one_heading_and_a_description():
    for path in pages():
        read = page(path)
        assert read.language == path[:2]
        assert [tag for tag, *_ in read.built].count("h1") == 1, path
        assert read.description.strip(), path
        assert len(read.ids) == len(set(read.ids)), path


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_two_pages_have_the_same_title(language):
    titles = [page(path).title.strip() for path in pages() if path.startswith(f"{language}/")]

    assert sorted(titles) == sorted(set(titles))


def of_figures():
    return [one.path for one in figure_pages.pages(make_publication("2025-Q3", "2025-Q4"))]


def test_both_languages_are_built_alike():
    for path in of_figures():
        assert below_the_header(page(f"en/{path}")) == below_the_header(page(f"es/{path}")), path


def below_the_header(read):
    """Without the lines of a chart's labels, which are as many as the words need."""
    start = next(place for place, (tag, *_) in enumerate(read.built) if tag == "main")
    return [one for one in read.built[start:] if one[0] != "text"]


def test_no_page_of_figures_is_the_same_in_spanish():
    """Else a text was forgotten."""
    for path in of_figures():
        english, spanish = page(f"en/{path}"), page(f"es/{path}")
        assert english.title != spanish.title, path
        assert english.description != spanish.description, path


def test_an_empty_publication_has_an_overview_that_says_so():
    empty = make_publication()
    found = Site(Publication((), empty.log, empty.policy_in_force, demonstration=False, site_url=SITE_URL))

    assert "No quarter is public yet." in text("en/", found)
    assert "23 times, among about 275,000 calls for service" in text("en/", found)
    assert "Todavía no hay ningún trimestre público." in text("es/quarters/", found)


# --- figures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_figures_of_a_page_are_those_of_the_document(language):
    publication = make_publication("2025-Q3", "2025-Q4")
    latest = publication.latest(publication.quarters[0])
    before = publication.before(latest)
    with translation.override(language):
        groups = statistics.groups(latest.document, before.document if before else None)
    shown = text(f"{language}/quarters/2025-Q4/")

    for figure in (one for group in groups for one in group.figures):
        assert figure.sentence in shown
        alone = text(f"{language}/quarters/2025-Q4/figures/{figure.name}/")
        assert figure.sentence in alone
        for row in figure.rows:
            cells = [f'<th scope="row">{row.label}</th>', *(f">{cell}</td>" for cell in row.cells)]
            assert_in_order(cells, shown)
            assert_in_order(cells, alone)


def assert_in_order(parts, whole):
    place = 0
    for part in parts:
        found = whole.find(part, place)
        assert found >= 0, parts
        place = found


def test_every_number_of_a_quarter_is_that_of_its_release():
    document = make_document("2025-Q4", cases=12)
    figures = document["figures"]
    assisted = figures["decisions"]["outcomes"].get(Outcome.ASSIST, 0)
    found = Site(publication_of(document))

    assert f'<p class="figure-card__value">{figures["requests"]["total"]}</p>' in text("en/", found)
    assert f'<p class="figure-card__value">{assisted}</p>' in text("en/quarters/2025-Q4/", found)


def publication_of(*documents):
    releases = tuple(make_release(document) for document in documents)
    return replace(make_publication("2025-Q3"), releases=releases)


def test_every_figure_has_a_page_a_frame_and_a_development():
    paths = set(pages())
    with translation.override("en"):
        release = make_publication("2025-Q4").newest
        names = [one.name for group in statistics.groups(release.document, None) for one in group.figures]

    for name in names:
        assert {f"es/quarters/2025-Q4/figures/{name}/", f"en/embed/2025-Q4/{name}/"} <= paths
    assert {f"en/figures/{name}/" for name in NAMES} <= paths


def test_a_figure_has_its_source_its_citation_and_its_licence():
    release = make_publication("2025-Q3", "2025-Q4").newest
    shown = text("en/quarters/2025-Q4/figures/outcomes/")

    assert release.sha256[:16] in shown
    assert f'href="/data/2025-Q4/{release.number}/release.json"' in shown
    assert f'href="/data/2025-Q4/{release.number}/figures.csv"' in shown
    assert 'href="/api/v1/figures/2025-Q4/outcomes"' in shown
    assert f"{SITE_URL}/en/quarters/2025-Q4/releases/{release.number}/#outcomes" in shown
    assert "@misc{louisville_2025_q4_2_outcomes," in shown
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in shown
    assert "through the department's records office" in shown
    assert f'<iframe src="{SITE_URL}/en/embed/2025-Q4/outcomes/"' in shown


def test_who_is_to_be_written_to_stands_beside_a_figure(settings):
    settings.PUBLIC_CONTACT = "records@register.example.org"

    assert "write to records@register.example.org." in text("en/quarters/2025-Q4/figures/outcomes/")


def test_a_quarter_is_compared_with_the_one_before_as_it_then_stood():
    shown = text("en/quarters/2025-Q4/releases/1/")

    assert ">Quarter before</th>" in shown
    assert "That is 1 more than in the quarter before." in shown


def test_a_quarter_that_the_register_saw_in_part_says_so_and_the_next_is_not_compared():
    first, second = (make_document(quarter, in_use_since="2025-Q3") for quarter in ("2025-Q3", "2025-Q4"))
    found = Site(publication_of(first, second))

    assert "came into use during this quarter" in text("en/quarters/2025-Q3/", found)
    assert "Quarter before" not in text("en/quarters/2025-Q4/", found)


def test_a_quarter_leads_to_those_beside_it():
    links = dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', text("es/quarters/2025-Q3/")))

    assert links == {"next": "/es/quarters/2025-Q4/"}


# --- releases and corrections -----------------------------------------------------------------


def test_the_page_of_a_release_changes_by_a_notice_alone_when_a_correction_comes():
    corrected = make_publication("2025-Q3", "2025-Q4")
    before = replace(corrected, releases=tuple(one for one in corrected.releases if not one.is_correction))
    path = "en/quarters/2025-Q4/releases/1/"
    notice = re.compile(r'\s*<p class="later-release".*?</p>', re.DOTALL)

    earlier, later = text(path, Site(before)), text(path, Site(corrected))

    assert "A later release exists." not in earlier
    assert "Release 2 of" in notice.search(later)[0]
    assert re.sub(r"\s+", " ", notice.sub("", later)) == re.sub(r"\s+", " ", earlier)


def changed(before, after):
    """The cells that follow what a number is called."""
    return (
        f'</th> <td data-label="Before"><span>{before}</span></td>'
        f' <td data-label="After"><span>{after}</span></td>'
    )


def test_a_correction_says_why_and_every_number_before_and_after():
    for path in ("en/corrections/", "en/quarters/2025-Q4/releases/2/", "en/quarters/2025-Q4/"):
        shown = re.sub(r"\s+", " ", text(path))
        assert "Reason: Recorded facts were corrected." in shown
        assert f">Requests</a>: all {changed('10', '11')}" in shown, path


def test_every_number_that_a_correction_may_change_has_words():
    """Each leaf of a document's figures, as `releases` names what differs."""
    document = make_document("2025-Q4", 2, cases=40)
    document["figures"]["requests"]["found_later"] = {DiscoveredBy.AUDIT.value: 1}
    names = [*leaves(document["figures"]), *(f"missing.{name}" for name in document["missing"])]
    names += [f"calls_for_service.{name}" for name in document["calls_for_service"]]
    names += [f"year.harm.{name}" for name in document["year"]["harm"]] + ["rows"]
    names = [name for name in names if name != "quarter"]
    document["differences"] = [{"figure": name, "before": 1, "after": None} for name in names]

    shown = text("en/corrections/", Site(publication_of(document)))

    assert len(names) > 80
    assert shown.count("<span>not known</span></td>") == len(names)
    code = next(iter(document["figures"]["requests"]["types_in_force"]))
    assert f"What kind of help was asked for</a>: {RequestType(code).label}, as last classified" in re.sub(
        r"\s+", " ", shown
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "division_outcome.1.assist",
            "Police divisions and decisions: First Division, Assist, within limits",
        ),
        ("month_outcome.03.all", "Months and decisions: March, All"),
        (
            "place_kind_outcome.all.other",
            "Kinds of place and decisions: Whole city, Other decision, or none yet",
        ),
    ],
)
def test_a_number_of_a_yearly_table_that_changed_has_words(name, words):
    change = {"figure": f"year.breakdowns.{name}", "before": None, "after": 12}
    document = {**make_document("2025-Q4", 2), "differences": [change]}

    shown = re.sub(r"\s+", " ", text("en/corrections/", Site(publication_of(document))))

    assert f"{words} {changed('hidden', '12')}" in shown


def leaves(part, name=""):
    if not isinstance(part, dict):
        return [name]
    return [leaf for key in part for leaf in leaves(part[key], f"{name}.{key}" if name else key)]


def test_the_history_of_a_figure_has_every_release():
    shown = re.sub(r"\s+", " ", text("en/quarters/2025-Q4/figures/requests/"))

    assert "Immigration officials: before 10, after 11" in shown
    assert "Release 1, published on" in shown
    assert "Release 2, published on" in shown


# --- what is said of the data -----------------------------------------------------------------


def test_the_overview_says_how_fresh_everything_is():
    shown = re.sub(r"\s+", " ", text("en/"))

    assert "The newest figures are from October to December 2025." in shown
    assert "Those from January to March 2026 can come on May 1, 2026 at the earliest." in shown
    assert "If you read this after May 16, 2026, they are late." in shown
    assert "The newest quarter was not compared with them yet." in shown
    assert "The log was not sealed when this page was made." in shown


def test_a_dataset_is_described_for_machines_and_nothing_can_leave_its_element():
    document = make_document("2025-Q4")
    found = Site(publication_of(document))
    blocks = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>',
        found.addresses["en/quarters/2025-Q4/"].render().decode(),
    )

    described = json.loads(blocks[0])
    assert described["@type"] == "Dataset"
    assert described["temporalCoverage"] == "2025-10-01/2026-01-01"
    assert described["distribution"][0]["contentUrl"] == f"{SITE_URL}/data/2025-Q4/1/release.json"
    assert "<" not in data_block({"name": "</script><script>x()"}).removesuffix("</script>")[1:]


# --- the year ---------------------------------------------------------------------------------


def year_with(*tables):
    return {
        "year": 2025,
        "harm": {"reported": 9, "force_used": 1, "injuries": 0},
        "breakdowns": list(tables),
    }


def test_a_withheld_table_says_why_and_shows_the_whole_city_alone():
    breakdown = breakdowns.BREAKDOWNS[0]
    truth = breakdowns.truth_of(breakdown, [[1, 2, 0] for _ in breakdown.rows])
    year = year_with(breakdowns.written(breakdown, truth, None))

    shown = text("en/years/2025/", Site(publication_of(make_document("2025-Q4", year=year))))

    assert "This table is withheld." in shown
    assert "First Division" not in shown
    assert f">{len(breakdown.rows)}</td>" in shown
    assert "officers reported force from 1 of 9 scenes" in shown


def test_a_table_says_what_is_hidden_and_what_is_none():
    breakdown = breakdowns.BREAKDOWNS[1]
    grid = [[40 + row, 30 + 2 * row, 20] for row, _ in enumerate(breakdown.rows)]
    grid[0], grid[1] = [3, 30, 20], [0, 31, 22]
    truth = breakdowns.truth_of(breakdown, grid)
    table = breakdowns.written(breakdown, truth, suppress(truth))
    assert not table["withheld"]

    document = make_document("2025-Q4", year=year_with(table))
    english = text("en/years/2025/", Site(publication_of(document)))
    spanish = text("es/years/2025/", Site(publication_of(document)))

    assert english.count(">hidden</td>") == sum(line.count(None) for line in table["cells"]) + table[
        "row_totals"
    ].count(None)
    assert ">none</td>" in english
    assert ">oculto</td>" in spanish


def test_a_year_without_its_last_quarter_has_no_page():
    assert "en/years/2026/" not in Site(make_publication("2026-Q1")).addresses
