"""The texts of the public pages: how they are gathered, kept and compiled, and that none lacks Spanish."""

import gettext
import io

import pytest
from babel.messages.catalog import Message

from louisville_ice import messages
from requests_app.vocabulary import Outcome, ThresholdKey


def extracted(source, *, template=False):
    return list(messages.extracted(source, template=template))


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A folder in the project's place, with one source of the catalogue of the figures."""
    monkeypatch.setattr(messages, "BASE_DIR", tmp_path)
    source = tmp_path / "requests_app" / "statistics" / "figures.py"
    source.parent.mkdir(parents=True)
    source.write_text('gettext("No request")\nngettext("%(number)s request", "%(number)s requests", n)\n')
    return source


def translate(old, new):
    path = messages.po_path("figures")
    path.write_text(path.read_text().replace(old, new))


@pytest.fixture
def translated(sources):
    messages.write("figures")
    translate('msgid "No request"\nmsgstr ""', 'msgid "No request"\nmsgstr "Ninguna solicitud"')
    translate(
        'msgstr[0] ""\nmsgstr[1] ""',
        'msgstr[0] "%(number)s solicitud"\nmsgstr[1] "%(number)s solicitudes"',
    )
    messages.write("figures")
    return sources


# --- what is gathered -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('gettext("One")', ("One", None)),
        ('gettext_lazy("One")', ("One", None)),
        ('gettext_noop("One")', ("One", None)),
        ('_("One")', ("One", None)),
        ('gettext("One " "sentence")', ("One sentence", None)),
        ('ngettext("One", "Many", n)', (("One", "Many"), None)),
        ('ngettext_lazy("One", "Many", "n")', (("One", "Many"), None)),
        ('pgettext("verb", "May")', ("May", "verb")),
        ('pgettext_lazy("verb", "May")', ("May", "verb")),
        ('npgettext("verb", "One", "Many", n)', (("One", "Many"), "verb")),
    ],
)
def test_python_says_messages_by_these_functions(source, found):
    assert extracted(source) == [found]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% translate "One" %}', ("One", None)),
        ('{% translate "May" context "verb" %}', ("May", "verb")),
        ('{% translate "One" as words %}', ("One", None)),
        ('{{ _("One") }}', ("One", None)),
        ("{% blocktranslate %}Of {{ whole }}{% endblocktranslate %}", ("Of %(whole)s", None)),
        ("{% blocktranslate trimmed %}\n  One\n  line\n{% endblocktranslate %}", ("One line", None)),
        (
            "{% blocktranslate count n=n %}One{% plural %}{{ n }} of them{% endblocktranslate %}",
            (("One", "%(n)s of them"), None),
        ),
    ],
)
def test_templates_say_messages_by_these_tags(source, found):
    assert extracted(f"{{% load i18n %}}\n  <p>It's\n      {source}</p>\n", template=True) == [found]


def test_labels_and_meanings_of_closed_lists_are_messages_but_not_those_of_lists_for_staff():
    words = set(messages.words_of_lists())

    assert {Outcome.ASSIST.label, Outcome.ASSIST.meaning} <= words
    assert ThresholdKey.OWN_INTAKE.label not in words


def test_the_texts_of_a_policy_file_are_messages():
    texts = set(messages.texts_of_policy())

    assert "Metro Police policy on requests by immigration officials" in texts
    assert "Ask counsel" in texts
    assert "2017-09-22" not in texts


def test_a_file_belongs_to_one_catalogue(sources, tmp_path):
    for path in ("pages.py", "data.py", "_parts/rows.py", "story.py"):
        file = tmp_path / "requests_app" / "publication" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")

    found = {name: [path.name for path in messages.files_of(name)] for name in messages.CATALOGUES}

    assert found == {
        "figures": ["figures.py"],
        "words": [],
        "policy": ["story.py"],
        "data": ["data.py"],
        "texts": [],
        "pages": ["rows.py", "pages.py"],
    }


# --- what is kept -----------------------------------------------------------------------------


def test_spanish_stays_when_messages_are_gathered_again(translated):
    translated.write_text(translated.read_text() + 'gettext("New")\n')

    messages.write("figures")

    assert messages.stored("figures").get("No request").string == "Ninguna solicitud"
    assert messages.wrong_with("figures") == ["figures: no Spanish: “New”"]


def test_a_message_takes_over_the_spanish_that_another_catalogue_has(translated, tmp_path):
    page = tmp_path / "requests_app" / "publication" / "pages.py"
    page.parent.mkdir()
    page.write_text('gettext("No request")\nngettext("%(number)s request", "%(number)s cases", n)\n')

    messages.write("pages")

    assert messages.stored("pages").get("No request").string == "Ninguna solicitud"
    assert messages.wrong_with("pages") == ["pages: no Spanish: “%(number)s request”"]


def test_a_message_that_is_said_no_more_is_dropped_and_named(translated, capsys):
    translated.write_text('gettext("No request")\n')

    messages.write("figures")

    assert messages.stored("figures").get("%(number)s request") is None
    assert "said no more: “%(number)s request”" in capsys.readouterr().out


def test_a_message_whose_plural_changed_needs_spanish_again(translated):
    translated.write_text(translated.read_text().replace("%(number)s requests", "%(number)s cases"))

    messages.write("figures")

    assert messages.wrong_with("figures") == ["figures: no Spanish: “%(number)s request”"]


def test_the_same_messages_give_the_same_bytes(translated):
    path = messages.po_path("figures")
    files = [path, path.with_suffix(".mo")]
    before = [file.read_bytes() for file in files]

    messages.write("figures")

    assert [file.read_bytes() for file in files] == before


def test_what_is_compiled_says_the_spanish(translated):
    compiled = messages.po_path("figures").with_suffix(".mo").read_bytes()

    spanish = gettext.GNUTranslations(io.BytesIO(compiled))

    assert spanish.gettext("No request") == "Ninguna solicitud"
    assert spanish.ngettext("%(number)s request", "%(number)s requests", 2) == "%(number)s solicitudes"
    assert spanish.ngettext("%(number)s request", "%(number)s requests", 1) == "%(number)s solicitud"


# --- what is wrong ----------------------------------------------------------------------------


def test_nothing_is_wrong_with_a_catalogue_that_is_whole(translated):
    assert messages.wrong_with("figures") == []


def test_it_names_a_message_that_was_not_gathered(translated):
    translated.write_text(translated.read_text() + 'pgettext("verb", "May")\n')

    assert messages.wrong_with("figures") == ["figures: not in the catalogue: “May” (verb)"]


def test_it_names_a_message_that_is_said_no_more(translated):
    translated.write_text('ngettext("%(number)s request", "%(number)s requests", n)\n')

    assert messages.wrong_with("figures") == ["figures: said no more: “No request”"]


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('"Ninguna solicitud"', '""', "no Spanish: “No request”"),
        ('"%(number)s solicitudes"', '""', "no Spanish: “%(number)s request”"),
        ('msgid "No request"', '#, fuzzy\nmsgid "No request"', "fuzzy: “No request”"),
        (
            '"Ninguna solicitud"',
            '"Ninguna de %(whole)s"',
            "other placeholders than the English: “No request”",
        ),
        (
            '"%(number)s solicitudes"',
            '"%(numero)s solicitudes"',
            "other placeholders than the English: “%(number)s request”",
        ),
        (
            '"%(number)s solicitudes"',
            '"%(number)s solicitudes, 5 % más"',
            "a percent sign that stands alone is written %%: “%(number)s request”",
        ),
    ],
)
def test_it_names_a_message_that_is_not_rightly_translated(translated, old, new, wrong):
    translate(old, new)

    assert messages.wrong_with("figures") == [f"figures: {wrong}"]


def test_it_sees_that_the_compiled_file_is_another(translated):
    translate("Ninguna solicitud", "No hay solicitudes")

    assert messages.wrong_with("figures") == [
        "figures: locale/figures/es/LC_MESSAGES/django.mo is not what `make messages` writes"
    ]


def test_a_message_in_two_catalogues_has_one_spanish():
    one, other = messages.quiet("figures"), messages.quiet("words")
    one.add("Decline", "Denegar")
    other.add("Decline", "Rechazar")

    assert messages.in_two_ways({"figures": one, "words": other}) == [
        "figures and words: in two ways: “Decline”"
    ]
    assert messages.in_two_ways({"figures": one, "pages": one}) == []


def test_one_may_do_without_the_number_where_the_english_does():
    english = ("The one request of %(month)s", "%(number)s requests of %(month)s")

    whole = Message(english, ("La única de %(month)s", "%(number)s de %(month)s"))
    without_month = Message(english, ("La única", "%(number)s de %(month)s"))

    assert messages.wrong_with_message(whole) == []
    assert messages.wrong_with_message(without_month) == ["other placeholders than the English"]


@pytest.mark.parametrize("name", ["figures", "words"])
def test_every_message_has_spanish(name):
    assert messages.wrong_with(name) == []


def test_the_command_fails_and_says_why(sources, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["messages", "--check", "figures"])

    assert messages.main() == 1
    assert "figures: not in the catalogue: “No request”" in capsys.readouterr().err
    assert not messages.po_path("figures").exists()


def test_the_command_refuses_a_catalogue_that_is_none(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["messages", "figuras"])

    with pytest.raises(SystemExit):
        messages.main()

    assert "no such catalogue: figuras" in capsys.readouterr().err
