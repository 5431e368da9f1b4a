"""Random facts, in two ways: `facts_objects` for hypothesis, which shrinks; `random_facts`, which is fast."""

import itertools

from hypothesis import strategies as st

CODES = {
    "direction": ["inbound", "outbound"],
    "jurisdiction": ["lmpd", "other"],
    "channel": [
        *("911", "non_emergency_line", "commander_direct", "personal_phone", "chat", "email", "fax", "radio"),
        *("in_person", "on_view", "task_force"),
    ],
    "requester.component": [
        *("ero", "hsi", "cbp", "uscis", "fps", "other_dhs", "dhs_contractor", "other_federal"),
        *("state_local_delegate", "foreign", "member_of_public", "unknown"),
    ],
    "requester.verification": ["verified_callback", "verified_at_scene", "unverified", "failed"],
    "crime.status": ["none", "past", "in_progress"],
    "crime.immigration_offence_only": [False, True],
    "crime.basis": [
        *("none", "own_report", "witnessed", "camera", "other_caller", "agent_detailed", "agent_assertion"),
    ],
    "crime.open_lmpd_case": [False, True],
    "danger.level": ["none", "claimed", "clear"],
    "danger.corroboration": ["none", "own_eyes", "camera", "other_callers", "requester_only"],
    "danger.ended": [False, True],
    "commander.contacted": [True, False],
    "commander.call_recorded": ["yes", "failed", "refused_by_caller", "no"],
    "timed_out": [False, True],
}
REQUEST_TYPES = [
    *(
        "knock_and_talk",
        "clear_building",
        "perimeter",
        "traffic_stop",
        "serve_warrant",
        "search_warrant_support",
    ),
    *(
        "emergency_assistance",
        "crowd_control",
        "standby",
        "deconfliction_notice",
        "detainer",
        "records_lookup",
    ),
    *("status_exchange", "equipment_or_staff", "task_force", "identity_check", "ordinary_service"),
    *("welfare_check", "court_order", "other"),
]
DOCUMENTS = [
    {"document_class": document_class, "confirmation": confirmation, "matches_subject": matches}
    for document_class, confirmation, matches in itertools.product(
        [
            *("criminal_warrant", "criminal_search_warrant", "immigration_crime_warrant"),
            *("administrative_warrant", "detainer", "judicial_civil_warrant"),
        ],
        ["confirmed_active", "unconfirmed", "recalled", "not_extraditable"],
        [True, False],
    )
]


def set_path(facts, path, value):
    """`crime.basis` in the JSON object of the facts."""
    *parents, key = path.split(".")
    for parent in parents:
        facts = facts.setdefault(parent, {})
    facts[key] = value


def assemble(values, request_types, documents):
    facts = {"received_at": "2026-03-03T10:00:00-05:00"}
    for path, value in values.items():
        set_path(facts, path, value)
    facts["request_types"] = request_types
    facts["documents"] = documents
    return facts


def random_facts(random):
    """Mostly inbound and ours, because nothing else is looked at in the others."""
    values = {path: random.choice(codes) for path, codes in CODES.items()}
    if random.random() < 0.95:
        values |= {"direction": "inbound", "jurisdiction": "lmpd"}
    for path, quiet in (("crime.status", "none"), ("danger.level", "none")):
        if random.random() < 0.4:
            values[path] = quiet
    request_types = random.choices(REQUEST_TYPES, k=random.choice([0, 1, 1, 1, 2, 3]))
    if random.random() < 0.3:
        few = ["court_order", "records_lookup", "detainer", "deconfliction_notice", "identity_check", "other"]
        request_types = random.choices(few, k=random.choice([1, 2, 3]))
    documents = random.choices(DOCUMENTS, k=random.choice([0, 0, 1, 1, 2, 3]))
    return assemble(values, request_types, documents)


facts_objects = st.builds(
    assemble,
    st.fixed_dictionaries({path: st.sampled_from(codes) for path, codes in CODES.items()}),
    st.lists(st.sampled_from(REQUEST_TYPES), max_size=4),
    st.lists(st.sampled_from(DOCUMENTS), max_size=3),
)
