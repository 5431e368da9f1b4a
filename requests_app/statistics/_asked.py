"""What was asked of the police, by whom and how."""

from requests_app.statistics._tables import NO_TABLE, SHARE, Figure, Row, counts_of, percent, table
from requests_app.statistics._words import capital, compared, number_word, part_of, several
from requests_app.statistics.conduct import Conduct
from requests_app.vocabulary import Component, Direction, RequestType

ICE = (Component.ERO, Component.HSI)
NAMED_IN_POLICY = (RequestType.KNOCK_AND_TALK, RequestType.CLEAR_BUILDING)
CONTACTS = {
    Direction.INBOUND: "Immigration officials",
    Direction.OUTBOUND: "Metro Police",
}
TIMES = {0: "never", 1: "once", 2: "twice"}


def received(now: Conduct, before: Conduct | None) -> Figure:
    total, was = now.requests.total, before.requests.total if before else None
    directions = counts_of(before, lambda one: one.requests.directions)
    outbound = now.requests.directions.get(Direction.OUTBOUND, 0)
    made = f" In {part_of(outbound, total, 'request')}, police made the contact." if outbound else ""
    return Figure(
        "requests",
        "Requests",
        f"{capital(several(total, 'request'))} from {now.quarter.label}{compared(total, was)}.{made}",
        *table("Who made the contact", now.requests.directions, directions, whole=total, labels=CONTACTS),
        note="Contacts that police make with immigration officials are recorded in the same register.",
    )


def types(now: Conduct) -> Figure:
    first, last, total = now.requests.types_at_intake, now.requests.types_in_force, now.requests.total
    named = sum(last.get(code, 0) for code in NAMED_IN_POLICY)
    rows = tuple(
        Row(
            code.label,
            (number_word(last.get(code, 0)),),
            percent(last.get(code, 0), total),
            number_word(first.get(code, 0)),
        )
        for code in RequestType
        if code in first or code in last
    )
    columns = ("What was asked", "As last classified", SHARE, "As first logged")
    return Figure(
        "types",
        "What kind of help was asked for",
        "What the policy names as help that is not given, to knock on doors or to clear a house or"
        f" apartment, was asked for {TIMES.get(named, f'{named:,} times')}.",
        *((columns, rows) if rows else NO_TABLE),
        note="A request may ask for several things, so these add up to more than the requests. The first"
        " classification is often wrong, so both are shown. The share is that of all requests.",
    )


def components(now: Conduct, before: Conduct | None) -> Figure:
    total = now.requests.total
    ice = sum(now.requests.components.get(code, 0) for code in ICE)
    then = counts_of(before, lambda one: one.requests.components)
    return Figure(
        "components",
        "Who asked",
        f"{capital(part_of(ice, total, 'request'))} came from Immigration and Customs Enforcement (ICE)"
        " itself.",
        *table("Agency or part of it", now.requests.components, then, whole=total),
    )


def channels(now: Conduct, before: Conduct | None) -> Figure:
    total = now.requests.total
    then = counts_of(before, lambda one: one.requests.channels)
    ways = len(now.requests.channels)
    return Figure(
        "channels",
        "How the request reached the police",
        f"The requests came in by {several(ways, 'way')}." if total else "No request came in.",
        *table("Channel", now.requests.channels, then, whole=total),
        note="Informal contacts, such as by a personal phone or a chat, belong in the same register.",
    )
