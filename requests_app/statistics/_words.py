"""Numbers, days and quarters in words of the active language."""

from datetime import date

from django.utils.translation import gettext, ngettext

from requests_app.statistics.quarters import Quarter


def number(value: int) -> str:
    return f"{value:,}"


def day(value: date) -> str:
    """ "November 22, 2026", or "22 de noviembre de 2026"."""
    months = (
        gettext("January %(day)s, %(year)s"),
        gettext("February %(day)s, %(year)s"),
        gettext("March %(day)s, %(year)s"),
        gettext("April %(day)s, %(year)s"),
        gettext("May %(day)s, %(year)s"),
        gettext("June %(day)s, %(year)s"),
        gettext("July %(day)s, %(year)s"),
        gettext("August %(day)s, %(year)s"),
        gettext("September %(day)s, %(year)s"),
        gettext("October %(day)s, %(year)s"),
        gettext("November %(day)s, %(year)s"),
        gettext("December %(day)s, %(year)s"),
    )
    return months[value.month - 1] % {"day": value.day, "year": value.year}


def months_of(quarter: Quarter) -> str:
    """ "January to March 2026", or "enero a marzo de 2026": what follows "From" and "De"."""
    months = (
        gettext("January to March %(year)s"),
        gettext("April to June %(year)s"),
        gettext("July to September %(year)s"),
        gettext("October to December %(year)s"),
    )
    return months[quarter.number - 1] % {"year": quarter.year}


def hours(minutes: int) -> str:
    """Minutes as hours: "12 h 30 min"."""
    whole, rest = divmod(minutes, 60)
    return f"{whole:,} h {rest:02d} min" if whole else f"{rest} min"


def together(*sentences: str) -> str:
    """Sentences, each whole, one after the other; an empty one says nothing."""
    return " ".join(sentence for sentence in sentences if sentence)


def counted(value: int, *, none: str, some: str) -> str:
    """A sentence about a number; `some`, in the form that the number takes, holds %(number)s."""
    return (some if value else none) % {"number": number(value)}


def shared(part: int, whole: int, *, none: str, some: str, every: str, **more: object) -> str:
    """A sentence about a part of a whole that is not none.

    `none` and `every` are in the form that the whole takes: of one, "the one request", not "all 1 requests".
    `some` is in the form of the part; its whole is never one.
    """
    text = none if not part else every if part == whole else some
    return text % {"part": number(part), "whole": number(whole), **more}


def compared(now: int, before: int | None) -> str:
    """A sentence that follows a count when the quarter before is known; else nothing."""
    if before is None:
        return ""
    if now == before:
        return gettext("That is as many as in the quarter before.")
    apart = abs(now - before)
    text = (
        ngettext(
            "That is %(number)s more than in the quarter before.",
            "That is %(number)s more than in the quarter before.",
            apart,
        )
        if now > before
        else ngettext(
            "That is %(number)s fewer than in the quarter before.",
            "That is %(number)s fewer than in the quarter before.",
            apart,
        )
    )
    return text % {"number": number(apart)}
