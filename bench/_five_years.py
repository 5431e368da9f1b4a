"""Fills a register with requests of five years: copies of one real life, in shares as they might be.

The columns that are counted vary from copy to copy; all others are as the register wrote them. One quarter,
the lull, has as few requests as those of a register of 1,000: the others came a quarter later.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from requests_app.models import AssistanceRequest
from requests_app.statistics import Quarter

FIRST, QUARTERS, LULL = Quarter(2021, 1), 20, Quarter(2023, 2)
FEW = 1000  # requests of five years

# `share`, a number below 100, says what became of the request. Abandoned at intake: below 3. Exercises: below
# 5. Withdrawn before a decision: below 10. Declined: below 65. Assisted: below 90. Else: ordinary service.
COPIES = """
CREATE TEMP TABLE copies AS
SELECT n, mod(mod(n * 7919, 10007), 100) AS share, 1000 * n AS more, at
    + CASE WHEN mod(n, greatest(%(count)s / %(few)s, 1)) <> 0 AND at >= %(lull)s AND at < %(after)s
        THEN %(after)s - %(lull)s ELSE '0' END
    - %(received_at)s AS later
FROM (
    SELECT n, %(starts_at)s + (n - 0.5) / %(count)s * (%(ends_at)s - %(starts_at)s) AS at
    FROM generate_series(1, %(count)s) n
) spread
"""

REQUEST = {
    "number": "'2001-' || lpad(n::text, 7, '0')",
    "public_id": "lpad(n::text, 16, '0')",
    "status": "CASE WHEN share < 3 THEN 'abandoned' WHEN share BETWEEN 5 AND 9 THEN 'withdrawn'"
    " ELSE 'closed' END",
    "status_reason": "CASE WHEN share < 3 THEN 'A wrong number.' ELSE '' END",
    "is_exercise": "share IN (3, 4)",
    "logged_at": "CASE WHEN share >= 3 THEN one.logged_at + later END",
    "withdrawn_at": "CASE WHEN share BETWEEN 5 AND 9 THEN one.closed_at + later END",
    "discovered_by": "CASE WHEN mod(n, 50) = 7 THEN 'media' ELSE 'live' END",
    "entered_at": "one.entered_at + later + CASE WHEN mod(n, 50) = 7 THEN interval '100 days' ELSE '0' END",
    "direction": "CASE WHEN mod(n, 40) = 9 THEN 'outbound' ELSE 'inbound' END",
    "component": "(ARRAY['ero', 'ero', 'ero', 'hsi', 'cbp', 'unknown'])[mod(n, 6) + 1]",
    "channel": "(ARRAY['non_emergency_line', '911', 'radio', 'personal_phone'])[mod(n, 4) + 1]",
    "types_at_intake": "ARRAY[(ARRAY['serve_warrant', 'perimeter', 'knock_and_talk'])[mod(n, 3) + 1]]",
    "types_by_commander": "CASE WHEN mod(n, 5) = 0 THEN ARRAY['perimeter', 'crowd_control'] ELSE '{}' END",
}
ASSISTED = "share BETWEEN 65 AND 89"
DECISION = {
    "outcome": f"CASE WHEN share < 65 THEN 'decline' WHEN {ASSISTED} THEN 'assist'"
    " ELSE 'ordinary_service' END",
    "grounds": f"CASE WHEN {ASSISTED} THEN one.grounds ELSE '{{}}' END",
    "primary_ground": f"CASE WHEN {ASSISTED} THEN one.primary_ground ELSE '' END",
    "scope_allowed": f"CASE WHEN {ASSISTED} THEN one.scope_allowed ELSE '{{}}' END",
    "reason_code": "CASE WHEN share >= 65 THEN '' WHEN mod(n, 3) = 0 THEN 'no_ground'"
    " ELSE 'administrative_document_only' END",
}
CHANGED = {
    **DECISION,
    "id": "one.id + more + 500",
    "sequence": "2",
    "supersedes_id": "one.id + more",
    "decided_at": "one.decided_at + later + interval '10 minutes'",
    "entered_at": "one.entered_at + later + interval '10 minutes'",
}
CALL = {"recorded": "(ARRAY['yes', 'yes', 'yes', 'yes', 'failed', 'no'])[mod(n, 6) + 1]"}
PAPER = {
    "claimed_class": "(ARRAY['criminal_warrant', 'administrative_warrant', 'detainer'])[mod(n, 3) + 1]",
    "struck": "mod(n, 30) = 0",
}
DISPATCH = {
    "officers": "mod(n, 5) + 1",
    "commander_arrived_at": "CASE WHEN mod(n, 10) > 0 THEN one.commander_arrived_at + later END",
    "commander_left_at": "NULL",
}
BLOCKED = {
    "id": "one.id + more + 500",
    "refusal": "'policy'",
    "case_revision": "NULL",
    "action": "'request:decide'",
}

# What is copied of the life, with which columns changed, and for which requests.
OTHER = {"id": "one.id + more + 500"}
PARTS: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("decision", DECISION, "share >= 10"),
    ("decision", CHANGED, "share >= 10 AND mod(n, 25) = 0"),
    ("commandercall", CALL, "share >= 5"),
    ("commandercall", {**CALL, **OTHER}, "share >= 5 AND mod(n, 5) = 0"),
    ("document", PAPER, "share >= 5 AND mod(n, 5) < 3"),
    ("dispatch", DISPATCH, "share >= 65"),
    ("fieldoutcome", {"officer_minutes": "mod(n, 90)"}, "share >= 65"),
    ("ledgerentry", {}, "share >= 5"),
    ("ledgerentry", BLOCKED, "mod(n, 100) = 50 AND one.case_revision = 1"),
)

# What did not happen in the life.
EVENTS = (
    """
    INSERT INTO requests_app_deviation (case_id, quarter, kind, found_at, stands, explanation, revision)
    SELECT %(life)s + more, '', kind, %(received_at)s + later, true, '', 1
    FROM copies, (VALUES ('late_commander_contact', 6), ('not_recorded', 20)) AS kinds (kind, every)
    WHERE share >= 5 AND mod(n, every) = 0
    """,
    """
    INSERT INTO requests_app_review (
        case_id, reviewer_id, finding, note, occurred_at, follow_up, follow_up_by_id, follow_up_at, answer,
        revision
    )
    SELECT %(life)s + more, %(person)s, (ARRAY['in_policy', 'not_in_policy', 'cannot_tell'])[mod(n, 3) + 1],
        'As recorded.', %(received_at)s + later, asked.text, asked.by, asked.at, '', 1
    FROM copies, LATERAL (
        SELECT CASE WHEN mod(n, 10) = 0 THEN 'Why?' ELSE '' END AS text,
            CASE WHEN mod(n, 10) = 0 THEN %(person)s END AS by,
            CASE WHEN mod(n, 10) = 0 THEN %(received_at)s + later END AS at
    ) asked
    WHERE share >= 5 AND mod(n, 5) = 0
    """,
    """
    INSERT INTO requests_app_correction (
        case_id, field, is_restricted, old, new, reason, corrected_by_id, occurred_at
    )
    SELECT %(life)s + more, 'cad_event_number', false, '', '', 'As dispatch says.', %(person)s,
        %(received_at)s + later
    FROM copies WHERE share >= 5 AND mod(n, 20) = 3
    """,
)


def fill(superuser_url: str, life: AssistanceRequest, count: int) -> None:
    """As the superuser, with every wall switched off."""
    words = {
        "count": count,
        "few": FEW,
        "lull": LULL.starts_at,
        "after": LULL.ends_at,
        "starts_at": FIRST.starts_at,
        "ends_at": quarters()[-1].ends_at,
        "received_at": life.received_at,
        "life": life.pk,
        "person": life.taken_by_id,
    }
    with psycopg.connect(superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET event_triggers = off; SET synchronous_commit = off")
        connection.execute(COPIES, words)
        for table in (
            "assistancerequest",
            "deviation",
            "review",
            "correction",
            *(part for part, _, _ in PARTS),
        ):
            name = sql.Identifier(f"requests_app_{table}")
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(name))
        _copy(connection, "assistancerequest", REQUEST, "true", life=life.pk)
        for table, changed, chosen in PARTS:
            _copy(connection, table, changed, chosen, life=life.pk)
        for event in EVENTS:
            connection.execute(event, words)
        _move_counters(connection)
        connection.execute("VACUUM ANALYZE")


def _move_counters(connection: "psycopg.Connection") -> None:
    """Past the ids of the copies, which were put in with their own."""
    counted = connection.execute(
        "SELECT attrelid::regclass::text, attname FROM pg_attribute"
        " WHERE attidentity <> '' AND attrelid::regclass::text LIKE 'requests_app_%'"
    ).fetchall()
    for table, column in counted:
        statement = sql.SQL(
            "SELECT setval(pg_get_serial_sequence({name}, {word}), max({column})) FROM {table}"
        )
        named = {"name": sql.Literal(table), "word": sql.Literal(column)}
        connection.execute(
            statement.format(**named, column=sql.Identifier(column), table=sql.Identifier(table))
        )


def quarters() -> list[Quarter]:
    found = [FIRST]
    while len(found) < QUARTERS:
        found.append(found[-1].next)
    return found


def _copy(
    connection: "psycopg.Connection", table: str, changed: Mapping[str, str], chosen: str, *, life: int
) -> None:
    """Ids are moved by a thousand for each copy, and moments to its own time."""
    name = f"requests_app_{table}"
    own = "id" if table == "assistancerequest" else "case_id"
    listed = connection.execute(
        "SELECT attname, atttypid = 'timestamptz'::regtype, format_type(atttypid, atttypmod)"
        " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [name],
    ).fetchall()
    moved = {column: f"one.{column} + later" for column, is_moment, _ in listed if is_moment}
    words = {**moved, "id": "one.id + more", own: f"one.{own} + more", **changed}
    values = ", ".join(
        f"({words[column]})::{kind}" if column in words else f"one.{column}" for column, _, kind in listed
    )
    connection.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} one, copies WHERE {chosen}"
        ).format(
            table=sql.Identifier(name),
            columns=sql.SQL(", ").join(sql.Identifier(column) for column, _, _ in listed),
            values=sql.SQL(values),
            chosen=sql.SQL(f"one.{own} = {life} AND {chosen}"),
        )
    )
