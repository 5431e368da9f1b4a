"""Releases for tests of the public pages: realistic rows by chance, with figures derived from them.

The documents have the very shape that `releases` freezes; `tests/test_release_documents.py` holds the two
together.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from requests_app import figures
from requests_app.policy import IN_FORCE
from requests_app.publication import Publication, PublishedRelease
from requests_app.published_log import PublishedLog, published
from requests_app.statistics.canonical import canonical
from requests_app.statistics.public_rows import public_rows
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import (
    CallRecorded,
    Channel,
    Component,
    DeviationKind,
    DocumentClass,
    FieldAction,
    Ground,
    Outcome,
    ReasonCode,
    RequestType,
    ReviewFinding,
)

Json = dict[str, Any]

SITE_URL = "https://register.example.org"
SOURCE = "https://data.louisvilleky.gov/datasets/louisville-metro-police-calls-for-service"
OUTCOMES = (
    [Outcome.DECLINE] * 9
    + [Outcome.ASSIST] * 4
    + [Outcome.REFER, Outcome.RECORD_ONLY, Outcome.ORDINARY_SERVICE, None]
)


def make_case(place: int, chance: random.Random) -> Json:
    """One request as `statistics.counted` would give it."""
    outcome = chance.choice(OUTCOMES)
    assisted = outcome == Outcome.ASSIST
    minutes = chance.randint(4, 90)
    types = sorted({chance.choice(list(RequestType)).value for _ in range(chance.randint(1, 2))})
    grounds = sorted({chance.choice(list(Ground)[:3]).value for _ in range(2)}) if assisted else []
    decision = {
        "outcome": str(outcome),
        "grounds": grounds,
        "main_ground": grounds[0] if grounds else "",
        "reason": chance.choice(list(ReasonCode)).value if outcome == Outcome.DECLINE else "",
        "minutes": minutes,
        "officers_may_go_first": "public_danger" in grounds,
        "before_officers_went": True,
        "policy_version": IN_FORCE,
    }
    recorded = chance.choice([CallRecorded.YES.value] * 5 + CallRecorded.codes())
    return {
        "number": f"2025-{place:04}",
        "status": "closed" if outcome else "waiting",
        "direction": "outbound" if place % 17 == 0 else "inbound",
        "component": chance.choice(list(Component)).value,
        "channel": chance.choice(list(Channel)).value,
        "discovered_by": "audit" if place % 19 == 0 else "live",
        "entered_after_quarter": False,
        "types_at_intake": types,
        "types_by_commander": [],
        "types_by_review": [],
        "review_wanted": outcome is not None,
        "decisions": [decision] if outcome else [],
        "calls": [{"recorded": recorded, "minutes": 3}] if outcome else [],
        "papers": [
            {
                "claimed": chance.choice(list(DocumentClass)).value,
                "confirmed": "",
                "confirmation": "unconfirmed",
                "matches": True,
            }
        ],
        "dispatch": {"officers": 2, "commander_came": place % 5 != 0} if assisted else None,
        "report": {
            "actions": [chance.choice(list(FieldAction)).value],
            "local_arrests": 1,
            "citations": 0,
            "handed_to_federal": 0,
            "federal_arrests_seen": 0,
            "officer_minutes": 95,
        }
        if assisted
        else None,
        "deviations": [{"kind": chance.choice(list(DeviationKind)[:12]).value, "explained": False}]
        if place % 3 == 0
        else [],
        "reviews": [{"finding": chance.choice(list(ReviewFinding)).value, "asked": False, "answered": False}]
        if outcome and place % 4 == 0
        else [],
        "corrections": int(place % 11 == 0),
        "blocked": ["request:decide"] if place % 7 == 0 else [],
    }


def make_document(
    quarter: str, number: int = 1, *, cases: int = 14, replaces: str = "", **given: Any
) -> Json:
    """A release document; the same words give the same document. `given` replaces parts of it."""
    chance = random.Random(f"{quarter} {number} {cases}")  # noqa: S311  it keeps no secret
    rows = [make_case(place, chance) for place in range(1, cases + 1)]
    counted = {"quarter": quarter, "releases": 0, "late": [], "cases": rows, "beside": []}
    stated = figures.derive(counted)
    del stated["releases"]
    when = Quarter.of(quarter).public_from + timedelta(days=number, hours=9)
    year = {
        "year": int(quarter[:4]),
        "harm": {"reported": 9, "force_used": 1, "injuries": 0},
        "breakdowns": [],
    }
    return {
        "format": 1,
        "demonstration": False,
        "quarter": quarter,
        "number": number,
        "frozen_at": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reason": "facts_corrected" if number > 1 else "",
        "replaces": replaces,
        "in_use_since": "2024-Q4",
        "policy_in_force": IN_FORCE,
        "figures": stated,
        "rows": public_rows(rows),
        "year": year if quarter.endswith("Q4") else None,
        "calls_for_service": {
            "calls": 137_500,
            "source": "Calls for service, open data of Louisville Metro",
            "url": SOURCE,
        },
        "missing": {
            "recordings_without_reference": 1,
            "calls_not_recorded": 2,
            "dispatch_records_unmatched": None,
            "months_without_attestation": None,
        },
        "differences": [
            {"figure": "requests.total", "before": cases - 1, "after": cases},
            {"figure": "calls_for_service.url", "before": 0, "after": SOURCE},
        ]
        if number > 1
        else [],
        **given,
    }


def make_release(document: Json) -> PublishedRelease:
    frozen_at = datetime.fromisoformat(document["frozen_at"])
    return PublishedRelease(canonical(document), frozen_at + timedelta(hours=20))


def make_publication(*quarters: str, log: PublishedLog | None = None, **given: Any) -> Publication:
    """Quarters in a row, by default five of them, the second published again with a correction."""
    wanted = quarters or ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1")
    releases = [make_release(make_document(quarter, cases=9 + place)) for place, quarter in enumerate(wanted)]
    if len(wanted) > 1:
        corrected = releases[1]
        again = make_document(wanted[1], 2, cases=11, replaces=corrected.sha256)
        releases.append(make_release(json.loads(canonical(again))))
    releases.sort(key=lambda one: one.published_at)
    words: dict[str, Any] = {
        "releases": tuple(releases),
        "log": log or published(),
        "policy_in_force": IN_FORCE,
        "demonstration": False,
        "site_url": SITE_URL,
        **given,
    }
    return Publication(**words)
