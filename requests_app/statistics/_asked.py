"""What was asked of the police, by whom and how, and how much that is beside other times."""

from django.utils.translation import gettext, ngettext

from requests_app.statistics._tables import NO_TABLE, Figure, Row, counts_of, figure, percent, table
from requests_app.statistics._words import compared, counted, months_of, number, shared, together
from requests_app.statistics.baseline import Baseline
from requests_app.statistics.conduct import Conduct
from requests_app.statistics.stated import CallsForService
from requests_app.vocabulary import Component, Direction, Outcome, RequestType

ICE = (Component.ERO, Component.HSI)
NAMED_IN_POLICY = (RequestType.KNOCK_AND_TALK, RequestType.CLEAR_BUILDING)


def received(now: Conduct, before: Conduct | None) -> Figure:
    total, was = now.requests.total, before.requests.total if before else None
    directions = counts_of(before, lambda one: one.requests.directions)
    contacts = {
        Direction.INBOUND: gettext("Immigration officials"),
        Direction.OUTBOUND: gettext("Metro Police"),
    }
    return figure(
        "requests",
        together(_received(now), compared(total, was), _made_by_police(now)),
        table(
            gettext("Who made the contact"), now.requests.directions, directions, whole=total, labels=contacts
        ),
        note=gettext(
            "Contacts that police make with immigration officials are recorded in the same register."
        ),
    )


def _received(now: Conduct) -> str:
    total, quarter = now.requests.total, months_of(now.quarter)
    if not total:
        return gettext("No request was received from %(quarter)s.") % {"quarter": quarter}
    text = ngettext(
        "%(number)s request was received from %(quarter)s.",
        "%(number)s requests were received from %(quarter)s.",
        total,
    )
    return text % {"number": number(total), "quarter": quarter}


def _made_by_police(now: Conduct) -> str:
    total, made = now.requests.total, now.requests.directions.get(Direction.OUTBOUND, 0)
    return shared(
        made,
        total,
        none="",
        some=gettext("In %(part)s of %(whole)s requests, police made the contact."),
        every=ngettext(
            "Police made the contact themselves.",
            "In all %(whole)s requests, police made the contact themselves.",
            total,
        ),
    )


def types(now: Conduct) -> Figure:
    first, last, total = now.requests.types_at_intake, now.requests.types_in_force, now.requests.total
    named = sum(last.get(code, 0) for code in NAMED_IN_POLICY)
    rows = tuple(
        Row(
            gettext(code.label),
            (number(last.get(code, 0)),),
            percent(last.get(code, 0), total),
            number(first.get(code, 0)),
        )
        for code in RequestType
        if code in first or code in last
    )
    columns = (
        gettext("What was asked"),
        gettext("As last classified"),
        gettext("Share"),
        gettext("As first logged"),
    )
    return figure(
        "types",
        _named_in_policy(named),
        (columns, rows) if rows else NO_TABLE,
        note=gettext(
            "A request may ask for several things, so these add up to more than the requests. The first"
            " classification is often wrong, so both are shown. The share is that of all requests."
        ),
    )


def _named_in_policy(named: int) -> str:
    return counted(
        named,
        none=gettext(
            "Nobody asked for what the policy names as help that is not given: to knock on doors or to"
            " clear a"
            " house or apartment."
        ),
        some=ngettext(
            "What the policy names as help that is not given, to knock on doors or to clear a house or"
            " apartment, was asked for %(number)s time.",
            "What the policy names as help that is not given, to knock on doors or to clear a house or"
            " apartment, was asked for %(number)s times.",
            named,
        ),
    )


def components(now: Conduct, before: Conduct | None) -> Figure:
    total = now.requests.total
    ice = sum(now.requests.components.get(code, 0) for code in ICE)
    then = counts_of(before, lambda one: one.requests.components)
    return figure(
        "components",
        _from_ice(ice, total) if total else no_request(),
        table(gettext("Agency or part of it"), now.requests.components, then, whole=total),
    )


def _from_ice(ice: int, total: int) -> str:
    return shared(
        ice,
        total,
        none=ngettext(
            "The one request did not come from Immigration and Customs Enforcement (ICE) itself.",
            "None of %(whole)s requests came from Immigration and Customs Enforcement (ICE) itself.",
            total,
        ),
        some=ngettext(
            "%(part)s of %(whole)s requests came from Immigration and Customs Enforcement (ICE) itself.",
            "%(part)s of %(whole)s requests came from Immigration and Customs Enforcement (ICE) itself.",
            ice,
        ),
        every=ngettext(
            "The one request came from Immigration and Customs Enforcement (ICE) itself.",
            "All %(whole)s requests came from Immigration and Customs Enforcement (ICE) itself.",
            total,
        ),
    )


def no_request() -> str:
    return gettext("No request came in.")


def channels(now: Conduct, before: Conduct | None) -> Figure:
    then = counts_of(before, lambda one: one.requests.channels)
    ways = len(now.requests.channels)
    some = ngettext(
        "Requests came in through %(number)s channel.", "Requests came in through %(number)s channels.", ways
    )
    return figure(
        "channels",
        counted(ways, none=no_request(), some=some),
        table(gettext("Channel"), now.requests.channels, then, whole=now.requests.total),
        note=gettext(
            "Informal contacts, such as by a personal phone or a chat, belong in the same register."
        ),
    )


# --- beside all calls for service -------------------------------------------------------------


def per_100k(now: Conduct, calls: CallsForService | None, baseline: Baseline) -> Figure:
    if calls is None:
        return figure(
            "per_100k",
            gettext(
                "When the quarter was frozen, oversight had not entered its number of calls for service yet."
            ),
        )
    requests, assisted = now.requests.total, now.decisions.outcomes.get(Outcome.ASSIST, 0)
    each = {
        "requests": _each_100k(requests, calls.calls),
        "assisted": _each_100k(assisted, calls.calls),
        "then": _each_100k(baseline.assists, baseline.calls_for_service),
    }
    counts = {"requests": requests, "assisted": assisted, "then": baseline.assists}
    labels = {
        "requests": gettext("Requests"),
        "assisted": gettext("Decisions to assist"),
        "then": gettext("Help given from %(months)s, about") % {"months": baseline.months},
    }
    columns = (gettext("Compared"), gettext("Number"), gettext("Per 100,000 calls for service"))
    return figure(
        "per_100k",
        gettext(
            "For every 100,000 calls for service, police received %(requests)s requests by immigration"
            " officials and decided to assist in %(assisted)s. From %(months)s, they gave help about %(then)s"
            " times for every 100,000 calls."
        )
        % {**each, "months": baseline.months},
        (columns, tuple(Row(labels[name], (number(counts[name]), each[name])) for name in labels)),
        note=gettext(
            "Calls for service of any kind in this quarter: %(calls)s. Source: %(source)s. What police"
            " refused in"
            " 2017 is not known, so only decisions to assist compare with the help given then."
        )
        % {"calls": number(calls.calls), "source": calls.source.rstrip(".")},
    )


def _each_100k(part: int, calls: int) -> str:
    """With one decimal, rounded half up; whole numbers all the way, so that every machine rounds alike."""
    tenths = (2 * part * 1_000_000 + calls) // (2 * calls)
    return f"{tenths // 10:,}.{tenths % 10}"
