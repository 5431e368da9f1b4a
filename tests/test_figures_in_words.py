"""The figures in words: read from a release document, right in number and gender in both languages."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from requests_app import statistics
from requests_app.demonstration import clock
from requests_app.statistics import BASELINE_2017, Quarter, baseline, cards, groups, headline
from requests_app.statistics._words import day, months_of
from requests_app.statistics.definitions import NAMES, definition
from requests_app.statistics.rows import figures_of
from requests_app.statistics.stated import NotStated, conduct_of, harm_of
from requests_app.vocabulary import Component, Outcome
from tests.documents import changed, make_document, of_none, of_one
from tests.factories import make_closed

SOME, NONE, ONE = make_document(), of_none(), of_one()


def figure(name, document, language="en", before=None):
    with translation.override(language):
        found = {one.name: one for group in groups(document, before) for one in group.figures}
    return found.get(name)


def in_both(name, document, before=None):
    return [figure(name, document, language, before).sentence for language in ("en", "es")]


def of(total, **values):
    """The small quarter with so many requests, and other values below its figures."""
    return make_document(
        figures__requests__total=total, **{f"figures__{path}": value for path, value in values.items()}
    )


# --- none, one, some, all ---------------------------------------------------------------------

ICE = "Immigration and Customs Enforcement (ICE) itself."
DEL_ICE = "del propio Servicio de Inmigración y Control de Aduanas (ICE)."


@pytest.mark.parametrize(
    ("total", "ice", "english", "spanish"),
    [
        (0, 0, "No request came in.", "No llegó ninguna solicitud."),
        (1, 0, f"The one request did not come from {ICE}", f"La única solicitud no provino {DEL_ICE}"),
        (1, 1, f"The one request came from {ICE}", f"La única solicitud provino {DEL_ICE}"),
        (14, 0, f"None of 14 requests came from {ICE}", f"Ninguna de 14 solicitudes provino {DEL_ICE}"),
        (14, 1, f"1 of 14 requests came from {ICE}", f"1 de 14 solicitudes provino {DEL_ICE}"),
        (14, 3, f"3 of 14 requests came from {ICE}", f"3 de 14 solicitudes provinieron {DEL_ICE}"),
        (14, 14, f"All 14 requests came from {ICE}", f"Las 14 solicitudes provinieron {DEL_ICE}"),
        (1400, 2, f"2 of 1,400 requests came from {ICE}", f"2 de 1,400 solicitudes provinieron {DEL_ICE}"),
    ],
)
def test_a_part_of_the_requests_reads_right(total, ice, english, spanish):
    document = of(total, requests__components={"hsi": ice} if ice else {})

    assert in_both("components", document) == [english, spanish]


@pytest.mark.parametrize(
    ("now", "was", "english", "spanish"),
    [
        (14, 12, "That is 2 more than in the quarter before.", "Son 2 más que en el trimestre anterior."),
        (14, 13, "That is 1 more than in the quarter before.", "Es 1 más que en el trimestre anterior."),
        (
            14,
            14,
            "That is as many as in the quarter before.",
            "El número es igual al del trimestre anterior.",
        ),
        (14, 15, "That is 1 fewer than in the quarter before.", "Es 1 menos que en el trimestre anterior."),
        (
            0,
            1200,
            "That is 1,200 fewer than in the quarter before.",
            "Son 1,200 menos que en el trimestre anterior.",
        ),
    ],
)
def test_a_comparison_reads_right(now, was, english, spanish):
    first = []
    for language in ("en", "es"):
        with translation.override(language):
            first.append(cards(of(now), of(was))[0].sentence)

    assert first == [english, spanish]


@pytest.mark.parametrize(
    ("total", "outcomes", "english", "spanish"),
    [
        (
            0,
            {},
            "From October to December 2025, no request by immigration officials was logged.",
            "De octubre a diciembre de 2025 no se registró ninguna solicitud de funcionarios de inmigración.",
        ),
        (
            1,
            {"decline": 1},
            "From October to December 2025, 1 request by immigration officials was logged."
            " Police did not decide to assist. It was declined.",
            "De octubre a diciembre de 2025 se registró 1 solicitud de funcionarios de inmigración."
            " La policía no decidió asistir. Fue denegada.",
        ),
        (
            1,
            {"assist": 1},
            "From October to December 2025, 1 request by immigration officials was logged."
            " Police decided to assist. It was not declined.",
            "De octubre a diciembre de 2025 se registró 1 solicitud de funcionarios de inmigración."
            " La policía decidió asistir. No fue denegada.",
        ),
        (
            14,
            {"decline": 1},
            "From October to December 2025, 14 requests by immigration officials were logged."
            " Police decided to assist in none of them. 1 of them was declined.",
            "De octubre a diciembre de 2025 se registraron 14 solicitudes de funcionarios de inmigración."
            " La policía no decidió asistir en ninguna de ellas. 1 de ellas fue denegada.",
        ),
        (
            14,
            {"decline": 14},
            "From October to December 2025, 14 requests by immigration officials were logged."
            " Police decided to assist in none of them. All of them were declined.",
            "De octubre a diciembre de 2025 se registraron 14 solicitudes de funcionarios de inmigración."
            " La policía no decidió asistir en ninguna de ellas. Todas fueron denegadas.",
        ),
        (
            14,
            {"assist": 14},
            "From October to December 2025, 14 requests by immigration officials were logged."
            " Police decided to assist in all of them. None of them was declined.",
            "De octubre a diciembre de 2025 se registraron 14 solicitudes de funcionarios de inmigración."
            " La policía decidió asistir en todas ellas. Ninguna fue denegada.",
        ),
    ],
)
def test_the_first_sentences_read_right(total, outcomes, english, spanish):
    document = of(total, decisions__outcomes=outcomes)

    found = []
    for language in ("en", "es"):
        with translation.override(language):
            found.append(headline(document, None))

    assert found == [english, spanish]


@pytest.mark.parametrize(
    ("name", "document", "english", "spanish"),
    [
        (
            "calls",
            of(14, decisions__calls={"yes": 12}, decisions__decided_without_call=0),
            "All 12 calls between commanding officers and requesters were recorded."
            " No request was decided without such a call.",
            "Las 12 llamadas entre oficiales al mando y solicitantes fueron grabadas."
            " Ninguna solicitud se decidió sin una llamada de ese tipo.",
        ),
        (
            "calls",
            of(14, decisions__calls={"no": 1}, decisions__decided_without_call=1),
            "The one call between a commanding officer and a requester was not recorded."
            " 1 request was decided without any such call.",
            "La única llamada entre un oficial al mando y un solicitante no fue grabada."
            " 1 solicitud se decidió sin ninguna llamada de ese tipo.",
        ),
        (
            "papers",
            ONE,
            "Requesters named 1 criminal warrant or search warrant. It was confirmed as active and matching.",
            "Los solicitantes mencionaron 1 orden judicial penal o de allanamiento."
            " Fue confirmada como vigente y coincidente.",
        ),
        (
            "deviations",
            of(
                14,
                oversight__deviations={"entered_late": 1},
                oversight__explained={},
                oversight__requests_deviating=1,
                oversight__of_the_quarter={},
            ),
            "The register found 1 deviation. 1 of 14 requests has at least one. Officers did not explain it.",
            "El registro halló 1 incumplimiento. 1 de 14 solicitudes tiene al menos uno."
            " Los oficiales no lo explicaron.",
        ),
        (
            "scene",
            of(14, field__local_arrests=1, field__handed_to_federal=0),
            "Metro Police arrested 1 person. They handed nobody over to federal custody.",
            "La Policía Metropolitana arrestó a 1 persona. No entregó a nadie a custodia federal.",
        ),
        (
            "attendance",
            of(14, field__commander_attended=0, field__commander_did_not=3),
            "At none of 3 scenes where the policy requires it did the commanding officer join the officers.",
            "En ninguno de los 3 lugares en que la política lo exige se unió el oficial al mando a los"
            " oficiales.",
        ),
        (
            "reviews",
            of(14, oversight__requests_reviewed=11, oversight__questions=1, oversight__answers=0),
            "Oversight reviewed all 11 requests that came to a decision or were withdrawn."
            " It asked the department 1 question. It was not answered.",
            "Supervisión revisó las 11 solicitudes que llegaron a una decisión o fueron retiradas."
            " Hizo 1 pregunta al departamento. No fue respondida.",
        ),
        (
            "statuses",
            of(14, requests__statuses={"closed": 14}),
            "None of 14 requests was still open.",
            "Ninguna de 14 solicitudes seguía abierta.",
        ),
    ],
)
def test_a_sentence_reads_right(name, document, english, spanish):
    assert in_both(name, document) == [english, spanish]


# --- all of it in Spanish ---------------------------------------------------------------------

# What is written alike in both languages.
ALIKE = re.compile(r"[\d.,% ]*|911|LMPD|Impostor|\d+ h \d+ min")


def said(language, document, before):
    """Every piece of text that the figures of a document show."""
    with translation.override(language):
        found = [headline(document, before)]
        found += [text for card in cards(document, before) for text in (card.label, card.sentence)]
        for group in groups(document, before):
            found.append(group.heading)
            for one in group.figures:
                found += _texts_of(one)
        return found + _texts_of(baseline(BASELINE_2017))


def _texts_of(one):
    rows = [text for row in one.rows for text in (row.label, *row.cells)]
    return [one.heading, *re.split(r"(?<=\.) ", one.sentence), *one.columns, *rows, one.note]


@pytest.mark.parametrize("before", [None, make_document()])
@pytest.mark.parametrize("document", [SOME, NONE, ONE])
def test_nothing_in_the_spanish_figures_is_english(document, before):
    english, spanish = said("en", document, before), said("es", document, before)

    alike = {text for text in spanish if text in english and not ALIKE.fullmatch(text)}

    assert len(english) == len(spanish)
    assert alike == set()


def test_nothing_in_the_spanish_definitions_is_english():
    def texts(language):
        with translation.override(language):
            return {
                text
                for name in NAMES
                for text in vars(definition(name)).values()
                if isinstance(text, str) and text != name
            }

    assert texts("en") & texts("es") == set()


def test_no_placeholder_is_left():
    texts = [text for language in ("en", "es") for text in said(language, SOME, make_document())]

    assert [text for text in texts if "%(" in text or "%%" in text] == []


# --- days and quarters ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (date(2026, 11, 22), "November 22, 2026", "22 de noviembre de 2026"),
        (date(2017, 5, 1), "May 1, 2017", "1 de mayo de 2017"),
    ],
)
def test_a_day_in_words(value, english, spanish):
    with translation.override("es"):
        assert day(value) == spanish
    with translation.override("en"):
        assert day(value) == english


def test_the_months_of_a_quarter_in_words():
    with translation.override("es"):
        assert months_of(Quarter(2026, 1)) == "enero a marzo de 2026"
    with translation.override("en"):
        assert months_of(Quarter(2026, 4)) == "October to December 2026"


# --- what a figure means ----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_figure_has_a_definition_under_its_own_heading(language):
    with translation.override(language):
        figures = [one for group in groups(SOME, None) for one in group.figures]
        figures.append(baseline(BASELINE_2017))

        assert [one.name for one in figures] == list(NAMES)
        assert [one.heading for one in figures] == [definition(name).heading for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_definition_is_whole(name):
    found = definition(name)

    assert found.name == name
    assert all((found.heading, found.counts, found.unit, found.whole, found.leaves_out))


# --- the year, the calls for service, what is missing -----------------------------------------


def test_force_and_injuries_are_shown_only_where_a_year_is_closed():
    assert figure("harm", make_document(year=None)) is None
    assert figure("harm", make_document(year__harm=None)) is None
    assert figure("harm", SOME).sentence == (
        "In the whole year 2025, officers reported force from 2 of 12 scenes. 3 people were injured."
    )


def test_requests_stand_beside_all_calls_for_service_and_beside_2017():
    rows = figure("per_100k", SOME).rows

    assert [(row.label, row.cells) for row in rows] == [
        ("Requests", ("14", "10.2")),
        ("Decisions to assist", ("3", "2.2")),
        ("Help given from January to June 2017, about", ("23", "8.4")),
    ]


@pytest.mark.parametrize(
    ("requests", "calls", "each"),
    [(0, 137500, "0.0"), (1, 200000, "0.5"), (1, 2000000, "0.1"), (3, 1, "300,000.0")],
)
def test_requests_per_100_000_calls_are_rounded_half_up(requests, calls, each):
    document = changed(of(requests), calls_for_service__calls=calls)

    assert figure("per_100k", document).rows[0].cells == (f"{requests}", each)


def test_it_says_that_calls_for_service_were_not_entered():
    assert in_both("per_100k", make_document(calls_for_service=None)) == [
        "When the quarter was frozen, oversight had not entered its number of calls for service yet.",
        "Cuando se congeló el trimestre, supervisión aún no había anotado su número de llamadas de servicio.",
    ]


def test_what_nobody_compared_or_attested_is_not_counted_as_none():
    document = make_document(
        missing__dispatch_records_unmatched=None, missing__months_without_attestation=None
    )

    found = figure("missing", document)

    assert "The register was not compared with dispatch records yet." in found.sentence
    assert "The months of the quarter were not attested yet." in found.sentence
    assert [row.cells for row in found.rows] == [("2",), ("3",), ("not known yet",), ("not known yet",)]


def test_nothing_of_a_frozen_quarter_is_said_to_be_so_today():
    texts = [text.lower() for text in said("en", SOME, make_document())]

    assert [text for text in texts if re.search(r"\b(today|now|currently|still being written)\b", text)] == [
        "intakes that were still being written"
    ]


# --- reading a document -----------------------------------------------------------------------


def test_the_figures_of_a_document_are_read_back_whole():
    conduct = conduct_of(SOME)

    stated = figures_of(conduct)
    assert (conduct.quarter, stated.pop("releases")) == (Quarter(2025, 4), 1)
    assert stated == SOME["figures"]


def test_codes_come_back_as_members_in_the_order_of_their_list():
    document = of(14, requests__components={"unknown": 5, "cbp": 6, "ero": 3})

    assert list(conduct_of(document).requests.components) == [Component.ERO, Component.CBP, Component.UNKNOWN]
    assert conduct_of(SOME).decisions.outcomes[Outcome.ASSIST] == 3


@pytest.mark.django_db
def test_what_was_counted_is_what_is_read(demonstration, dispatcher, commander):
    moment = datetime(2024, 2, 10, 15, tzinfo=UTC)
    with clock(moment):
        make_closed(dispatcher, commander, received_at=moment - timedelta(minutes=1))
    counted = statistics.conduct([Quarter(2024, 1)])[0]
    figures = figures_of(counted)
    number = figures.pop("releases")

    document = json.loads(json.dumps({"number": number, "figures": figures}, sort_keys=True))

    assert conduct_of(document) == counted
    assert counted.requests.total == 1


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"figures__requests__total": -1}, "figures.requests.total"),
        ({"figures__requests__total": True}, "figures.requests.total"),
        ({"figures__requests__total": "14"}, "figures.requests.total"),
        ({"figures__requests__total": 14.0}, "figures.requests.total"),
        ({"figures__requests__raids": 1}, "figures.requests.raids: is not known here"),
        ({"figures__requests__components": {"kgb": 1}}, "figures.requests.components.kgb: no such code"),
        ({"figures__requests__components": [1]}, "figures.requests.components: a table"),
        ({"figures__requests": None}, "figures.requests: a table"),
        ({"figures__quarter": "2025-Q5"}, "figures.quarter"),
        ({"figures__quarter": 2025}, "figures.quarter"),
        ({"figures__releases": 1}, "figures"),
        ({"figures": None}, "figures"),
        ({"number": "1"}, "figures.releases"),
        ({"figures__decisions__to_contact__median": "4"}, "figures.decisions.to_contact.median"),
        ({"figures__decisions__papers__detainer": {"named": 1}}, "figures.decisions.papers.detainer"),
        ({"calls_for_service__calls": 0}, "calls_for_service.calls"),
        ({"calls_for_service__source": None}, "calls_for_service.source"),
        ({"missing__tapes": 1}, "missing.tapes: is not known here"),
        ({"missing__calls_not_recorded": None}, "missing.calls_not_recorded"),
        ({"year__harm__deaths": 0}, "year.harm.deaths: is not known here"),
    ],
)
def test_a_document_that_says_what_no_figure_knows_is_refused(changes, where):
    with pytest.raises(NotStated, match=re.escape(where)):
        groups(make_document(**changes), None)


@pytest.mark.parametrize("name", ["figures", "number", "year", "calls_for_service", "missing"])
def test_a_document_without_a_part_is_refused(name):
    document = {part: value for part, value in SOME.items() if part != name}

    with pytest.raises(NotStated, match=f"no {name}"):
        groups(document, None)


def test_a_figure_that_is_missing_is_refused():
    document = make_document()
    del document["figures"]["oversight"]["answers"]

    with pytest.raises(NotStated, match=re.escape("figures.oversight.answers: is missing")):
        conduct_of(document)


def test_the_year_is_read_with_its_number():
    harm = harm_of(SOME)

    assert (harm.year, harm.reported, harm.force_used, harm.injuries) == (2025, 12, 2, 3)
