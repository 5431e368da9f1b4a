"""What the yearly tables with places and months are called, in the active language."""

from django.utils.translation import gettext, gettext_noop

from requests_app.vocabulary import Division, Outcome, PlaceKind

HEADINGS = {
    "division_outcome": gettext_noop("Police divisions and decisions"),
    "place_kind_outcome": gettext_noop("Kinds of place and decisions"),
    "month_outcome": gettext_noop("Months and decisions"),
}
OTHER = gettext_noop("Other decision, or none yet")
MONTHS = (
    *(gettext_noop("January"), gettext_noop("February"), gettext_noop("March"), gettext_noop("April")),
    *(gettext_noop("May"), gettext_noop("June"), gettext_noop("July"), gettext_noop("August")),
    *(gettext_noop("September"), gettext_noop("October"), gettext_noop("November")),
    gettext_noop("December"),
)


def table_in_words(table: str) -> str:
    return gettext(HEADINGS[table])


def column_in_words(code: str) -> str:
    return gettext(Outcome(code).label) if code in Outcome.codes() else gettext(OTHER)


def row_in_words(table: str, code: str) -> str:
    if table == "month_outcome":
        return gettext(MONTHS[int(code) - 1])
    choice = Division if table == "division_outcome" else PlaceKind
    return gettext(choice(code).label)
