"""The rows of a quarter, as `rows.rows_of` gives them, put together by PostgreSQL.

A quarter is frozen while its table of releases is locked, so this must be quick: two statements, however many
requests there are. A test holds the two ways together, row by row.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice
from typing import Any

import orjson
from django.db import connection

from requests_app.policy import Dispatch as DispatchAllowed
from requests_app.statistics.quarters import Quarter
from requests_app.vocabulary import RefusalKind, Status

Json = dict[str, Any]

LINES = 250  # read at once

# One line of JSON for each request that enters totals.
#
# What belongs to a request is looked up request by request, by the index on its case: a join would read
# whole tables, and with them every quarter there ever was. Blocked attempts alone are few, and have an index
# of their own: they are read once. An aggregate of nothing is NULL, hence `coalesce`.
# The minutes are those of `rows`: one that has begun counts, and what came before the request is at none.
# The epoch of an interval is exact (numeric), so nothing is rounded on the way.
CASES = """
SELECT json_build_object(
    'number', c.number,
    'status', c.status,
    'direction', c.direction,
    'component', c.component,
    'channel', c.channel,
    'discovered_by', c.discovered_by,
    'entered_after_quarter', c.entered_at >= %(ends_at)s,
    'types_at_intake', c.types_at_intake,
    'types_by_commander', c.types_by_commander,
    'types_by_review', c.types_by_review,
    'review_wanted', c.review_due_at IS NOT NULL,
    'decisions', (
        SELECT coalesce(json_agg(json_build_object(
            'outcome', d.outcome,
            'grounds', d.grounds,
            'main_ground', d.primary_ground,
            'reason', d.reason_code,
            'minutes', ceil(greatest(extract(epoch FROM d.decided_at - c.received_at), 0) / 60)::bigint,
            'officers_may_go_first', d.verdict ->> 'dispatch' = %(may_go_first)s,
            'before_officers_went', coalesce(d.decided_at <= sent.dispatched_at, false),
            'policy_version', d.policy_version
        ) ORDER BY d.sequence), '[]')
        FROM requests_app_decision d LEFT JOIN requests_app_dispatch sent ON sent.case_id = d.case_id
        WHERE d.case_id = c.id
    ),
    'calls', (
        SELECT coalesce(json_agg(json_build_object(
            'recorded', call.recorded,
            'minutes', ceil(greatest(extract(epoch FROM call.started_at - c.received_at), 0) / 60)::bigint
        ) ORDER BY call.started_at, call.id), '[]')
        FROM requests_app_commandercall call WHERE call.case_id = c.id
    ),
    'papers', (
        SELECT coalesce(json_agg(json_build_object(
            'claimed', paper.claimed_class,
            'confirmed', paper.confirmed_class,
            'confirmation', paper.confirmation,
            'matches', paper.matches_subject
        ) ORDER BY paper.id), '[]')
        FROM requests_app_document paper WHERE paper.case_id = c.id AND NOT paper.struck
    ),
    'dispatch', (
        SELECT json_build_object(
            'officers', sent.officers,
            'commander_came', sent.commander_arrived_at IS NOT NULL
        )
        FROM requests_app_dispatch sent WHERE sent.case_id = c.id
    ),
    'report', (
        SELECT json_build_object(
            'actions', report.actions_taken,
            'local_arrests', report.local_arrests,
            'citations', report.citations,
            'handed_to_federal', report.handed_to_federal,
            'federal_arrests_seen', report.federal_arrests_seen,
            'officer_minutes', report.officer_minutes
        )
        FROM requests_app_fieldoutcome report WHERE report.case_id = c.id
    ),
    'deviations', (
        SELECT coalesce(json_agg(json_build_object(
            'kind', deviation.kind,
            'explained', deviation.explained_at IS NOT NULL
        ) ORDER BY deviation.found_at, deviation.id), '[]')
        FROM requests_app_deviation deviation WHERE deviation.case_id = c.id AND deviation.stands
    ),
    'reviews', (
        SELECT coalesce(json_agg(json_build_object(
            'finding', review.finding,
            'asked', review.follow_up_at IS NOT NULL,
            'answered', review.answered_at IS NOT NULL
        ) ORDER BY review.entered_at, review.id), '[]')
        FROM requests_app_review review WHERE review.case_id = c.id
    ),
    'corrections', (SELECT count(*) FROM requests_app_correction correction WHERE correction.case_id = c.id),
    'blocked', coalesce(blocked.found, '[]')
)::text
FROM requests_app_assistancerequest c
LEFT JOIN (
    SELECT entry.case_id, json_agg(entry.action ORDER BY entry.id) AS found
    FROM requests_app_ledgerentry entry WHERE entry.refusal = %(blocked)s GROUP BY entry.case_id
) blocked ON blocked.case_id = c.id
WHERE c.received_at >= %(starts_at)s AND c.received_at < %(ends_at)s
    AND NOT c.is_exercise AND c.logged_at IS NOT NULL
ORDER BY c.id
"""

# What the totals leave out, and what is known of the quarter as a whole. The two kinds of request that stand
# beside are found apart, each by an index; no request is of both, because only one kind came in before.
BESIDE = """
WITH beside AS (
    SELECT id, number, is_exercise, logged_at, status, false AS of_earlier_quarter
    FROM requests_app_assistancerequest
    WHERE received_at >= %(starts_at)s AND received_at < %(ends_at)s
        AND (is_exercise OR status IN (%(abandoned)s, %(intake)s))
    UNION ALL
    SELECT id, number, is_exercise, logged_at, status, true
    FROM requests_app_assistancerequest
    WHERE entered_at >= %(starts_at)s AND entered_at < %(ends_at)s AND received_at < %(starts_at)s
        AND NOT is_exercise AND logged_at IS NOT NULL
)
SELECT json_build_object(
    'quarter', %(quarter)s::text,
    'releases', (SELECT count(*) FROM requests_app_release WHERE quarter = %(quarter)s),
    'late', (
        SELECT coalesce(json_agg(kind ORDER BY kind COLLATE "C"), '[]')
        FROM requests_app_deviation WHERE quarter = %(quarter)s AND stands
    ),
    'beside', (
        SELECT coalesce(json_agg(json_build_object(
            'number', number,
            'exercise', is_exercise,
            'logged', logged_at IS NOT NULL,
            'status', status,
            'of_earlier_quarter', of_earlier_quarter
        ) ORDER BY id), '[]')
        FROM beside
    )
)::text
"""


def rows_counted(quarter: Quarter) -> Json:
    """What `rows_of` gives, and of each decision the version of the policy under which it was made.

    Reads within the caller's transaction; both statements see one moment only where that is repeatable read.
    """
    with undisturbed():
        rows = rest_of(quarter)
        rows["cases"] = list(chain.from_iterable(cases_of(quarter)))
    return rows


def rest_of(quarter: Quarter) -> Json:
    """The rows but for the requests that enter totals."""
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, words_of(quarter))
        rest: Json = orjson.loads(cursor.fetchone()[0])
    return rest


def cases_of(quarter: Quarter) -> Iterator[list[Json]]:
    """The requests that enter totals, some at a time: the database looks up more while these are counted.

    The connection is busy until the last has come.
    """
    with connection.cursor() as cursor:
        lines = cursor.stream(CASES, words_of(quarter), size=LINES)
        while cases := [orjson.loads(line) for (line,) in islice(lines, LINES)]:
            yield cases


@contextmanager
def undisturbed() -> Iterator[None]:
    """Collects no garbage meanwhile: of many thousand new rows all are in use, and Python would look at each,
    again and again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def words_of(quarter: Quarter) -> dict[str, str | datetime]:
    """The parameters of both statements."""
    return {
        "quarter": str(quarter),
        "starts_at": quarter.starts_at,
        "ends_at": quarter.ends_at,
        "abandoned": Status.ABANDONED.value,
        "intake": Status.INTAKE.value,
        "blocked": RefusalKind.POLICY.value,
        "may_go_first": DispatchAllowed.MAY_PRECEDE_DECISION.value,
    }
