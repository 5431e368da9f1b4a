"""Counts a quarter to freeze it, in one reading: figures and public rows of the very same requests.

Requests are counted as they come from the database, while it looks up the next, and none is kept.
"""

from dataclasses import dataclass

from requests_app import figures
from requests_app.statistics.counted import Json, cases_of, rest_of, undisturbed
from requests_app.statistics.public_rows import Alike, gather, in_order
from requests_app.statistics.quarters import Quarter


@dataclass(frozen=True)
class Counted:
    """`numbers` are the requests' own, in the order of the rows: for staff only, never to be published."""

    figures: Json
    rows: list[Json]
    numbers: list[str]


def count_quarter(quarter: Quarter) -> Counted:
    """What `figures.derive`, `public_rows` and `numbers_in_order` make of `rows_counted`.

    Reads within the caller's transaction, as `rows_counted` does.
    """
    found, alike = figures.count([]), Alike()
    with undisturbed():
        rest = rest_of(quarter)
        for cases in cases_of(quarter):
            figures.add(found, figures.count(cases))
            gather(alike, cases)
        return Counted(figures.finish(rest, found), *in_order(alike))
