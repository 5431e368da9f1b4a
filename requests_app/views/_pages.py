"""Long lists a page at a time, flat however long they get: no OFFSET, and no COUNT of everything."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50
# A list longer than this is only called long.
COUNTED_UP_TO = 1000
# A random id, or a key that the database's column can hold.
PLACE = re.compile("[0-9a-z]{1,18}")


@dataclass(frozen=True)
class ListPage:
    """One page of a list that is newest first. `found` says in words how many rows there are in all."""

    rows: list[Any]
    found: str
    newer_url: str
    older_url: str


def page_of(
    found: QuerySet,
    request: HttpRequest,
    *,
    by: Sequence[str],
    of: str,
    key: str = "pk",
) -> ListPage:
    """The page that the address asks for: `before` or `after` a row, which is named by `key`.

    `by` are the columns the list is sorted by, the newest first; the last of them is unique. `of` is what
    the list is of, in the singular.
    """
    before, after = (_place(found, request.GET.get(word), by, key) for word in ("before", "after"))
    if before is not None:
        rows = list(found.filter(_beyond(by, before, "lt"))[: PAGE_SIZE + 1])
    elif after is not None:
        rows = list(found.filter(_beyond(by, after, "gt")).reverse()[: PAGE_SIZE + 1])
    else:
        rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if before is None and after is not None:
        rows.reverse()
        has_newer, has_older = more, True
    else:
        has_newer, has_older = before is not None, more
    return ListPage(
        rows=rows,
        found=_in_words(found, rows, of=of, alone=not has_newer and not has_older),
        newer_url=_url(request, "after", rows[0], key) if rows and has_newer else "",
        older_url=_url(request, "before", rows[-1], key) if rows and has_older else "",
    )


def _place(found: QuerySet, name: str | None, by: Sequence[str], key: str) -> tuple[Any, ...] | None:
    """Where the named row stands, even when it has left this list meanwhile; None for no such row."""
    if (
        not name
        or "\0" in name
        or (key == "pk" and not (name.isascii() and name.isdigit() and len(name) < 19))
    ):
        return None
    return found.model._default_manager.filter(**{key: name}).values_list(*by).first()


def _beyond(by: Sequence[str], place: Sequence[Any], comparison: str) -> Q:
    """Rows after (or before) a place, compared column by column as the database sorts them."""
    first, rest = by[0], by[1:]
    beyond = Q(**{f"{first}__{comparison}": place[0]})
    if not rest:
        return beyond
    return beyond | (Q(**{first: place[0]}) & _beyond(rest, place[1:], comparison))


def _in_words(found: QuerySet, rows: Sequence[Any], *, of: str, alone: bool) -> str:
    count = len(rows) if alone else found.order_by()[: COUNTED_UP_TO + 1].count()
    if count > COUNTED_UP_TO:
        return f"More than {COUNTED_UP_TO:,} {of}s"
    return f"1 {of}" if count == 1 else f"{count:,} {of}s"


def _url(request: HttpRequest, word: str, row: Any, key: str) -> str:
    query = request.GET.copy()
    for old in ("before", "after"):
        query.pop(old, None)
    query[word] = str(getattr(row, key))
    return f"?{query.urlencode()}"
