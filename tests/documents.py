"""Release documents for tests, made by hand: a small quarter in which every figure has something to say."""

from copy import deepcopy

_QUARTER = {
    "format": 1,
    "demonstration": True,
    "quarter": "2025-Q4",
    "number": 1,
    "frozen_at": "2026-02-02T15:00:00Z",
    "reason": "",
    "replaces": "",
    "in_use_since": "2025-Q1",
    "policy_in_force": "2017-09-22",
    "figures": {
        "quarter": "2025-Q4",
        "requests": {
            "total": 14,
            "directions": {"inbound": 13, "outbound": 1},
            "components": {"ero": 3, "cbp": 6, "unknown": 5},
            "channels": {"911": 4, "non_emergency_line": 10},
            "types_at_intake": {"knock_and_talk": 3, "perimeter": 11},
            "types_in_force": {"knock_and_talk": 2, "perimeter": 12},
            "found_later": {"audit": 1},
            "entered_after_quarter": 1,
            "statuses": {"closed": 11, "waiting": 1, "in_field": 2},
        },
        "beside": {"exercises": 2, "abandoned": 1, "unlogged": 1, "of_earlier_quarters": 3},
        "decisions": {
            "outcomes": {"assist": 3, "decline": 8},
            "withdrawn_undecided": 1,
            "undecided": 2,
            "grounds": {"criminal_warrant": 2, "public_danger": 2},
            "main_grounds": {"criminal_warrant": 1, "public_danger": 2},
            "reasons": {"no_ground": 7, "impostor": 1},
            "papers": {
                "criminal_warrant": {
                    "named": 4,
                    "as_claimed": 2,
                    "of_another_class": 1,
                    "not_valid": 1,
                    "unconfirmed": 0,
                }
            },
            "to_contact": {"counted": 12, "median": 4, "nine_in_ten": 11},
            "to_decision": {"counted": 11, "median": 21, "nine_in_ten": 40},
            "calls": {"yes": 9, "no": 2, "failed": 1},
            "decided_without_call": 2,
        },
        "field": {
            "modes": {"after_decision": 2, "emergency_before_decision": 1, "before_decision_in_breach": 2},
            "officers": 9,
            "ordinary_service": 1,
            "commander_attended": 3,
            "commander_did_not": 1,
            "reported": 4,
            "officer_minutes": 750,
            "actions": {"serve_criminal_warrant": 2, "protect_life": 3},
            "local_arrests": 2,
            "citations": 1,
            "handed_to_federal": 2,
            "federal_arrests_seen": 3,
        },
        "oversight": {
            "deviations": {"not_recorded": 3, "entered_late": 4},
            "explained": {"entered_late": 2},
            "requests_deviating": 5,
            "of_the_quarter": {"released_late": 1},
            "blocked": {"request:decide": 2, "request:dispatch": 1},
            "requests_blocked": 2,
            "findings": {"in_policy": 6, "not_in_policy": 2},
            "requests_reviewed": 8,
            "review_wanted": 11,
            "questions": 3,
            "answers": 2,
            "corrections": 4,
            "requests_corrected": 3,
        },
    },
    "rows": [],
    "year": {"year": 2025, "harm": {"reported": 12, "force_used": 2, "injuries": 3}, "breakdowns": []},
    "calls_for_service": {
        "calls": 137500,
        "source": "MetroSafe, report of 2 February 2026",
        "url": "https://example.org/",
    },
    "missing": {
        "recordings_without_reference": 2,
        "calls_not_recorded": 3,
        "dispatch_records_unmatched": 4,
        "months_without_attestation": 2,
    },
    "differences": [],
}


def changed(document, **values):
    """A copy with other values: `figures__requests__total=0` changes that one."""
    copy = deepcopy(document)
    for path, value in values.items():
        *parts, last = path.split("__")
        table = copy
        for part in parts:
            table = table[part]
        table[last] = value
    return copy


def make_document(**values):
    return changed(_QUARTER, **values)


# Counts by code: what never occurs is not in them.
BY_CODE = {
    *("directions", "components", "channels", "types_at_intake", "types_in_force", "found_later", "statuses"),
    *("outcomes", "grounds", "main_grounds", "reasons", "papers", "calls", "modes", "actions"),
    *("deviations", "explained", "of_the_quarter", "blocked", "findings"),
}
COUNTED = ("figures", "missing", "year")


def of_none():
    """A quarter in which nothing happened: no code occurs, and no time was taken."""

    def emptied(part, name=""):
        if name in BY_CODE:
            return {}
        if isinstance(part, dict):
            return {key: emptied(value, key) for key, value in part.items()}
        return None if name in ("median", "nine_in_ten") else 0 if isinstance(part, int) else part

    return _made_of(emptied)


def of_one():
    """A quarter with one of everything: one request, of which everything that may be counted is so."""

    def one(part, name=""):
        if name in BY_CODE:
            first = next(iter(part))
            return {first: one(part[first])}
        if isinstance(part, dict):
            return {key: one(value, key) for key, value in part.items()}
        return 1 if isinstance(part, int) else part

    document = _made_of(one)
    in_time_and_attended = {
        "figures__requests__entered_after_quarter": 0,
        "figures__field__commander_did_not": 0,
        "figures__field__ordinary_service": 0,
    }
    return changed(document, **in_time_and_attended)


def _made_of(count):
    document = make_document()
    for name in COUNTED:
        document[name] = count(document[name])
    document["year"]["year"] = 2025
    return document
