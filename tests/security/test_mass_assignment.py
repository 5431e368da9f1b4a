"""Nobody sets what is not theirs: every act of everybody who may do it, with every column there is added."""

from collections import Counter
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, models
from psycopg import sql

from requests_app.models import LedgerEntry, LedgerPrivate, RestrictedDetails, User
from requests_app.permissions import GRANTS
from requests_app.vocabulary import Role
from tests.security.surface import ACTS, act_url, action_of, answers_for, fresh, picture, tables, verbs

pytestmark = pytest.mark.django_db

# Who of the cast holds each role.
MEMBERS = {
    Role.DISPATCHER: "dispatcher",
    Role.COMMANDING_OFFICER: "commander",
    Role.OVERSIGHT: "oversight",
    Role.ADMINISTRATOR: "administrator",
}
EVERYONE = ("visitor", "outsider", "dispatcher", "commander", "oversight", "administrator")
SENTINEL_YEAR = 2001
SENTINEL_NUMBER = 777
SENTINEL_TEXT = "planted"


def test_every_act_is_attacked():
    assert set(ACTS) == verbs()


# --- what could be planted ---------------------------------------------------------------------


def planted(column: models.Field, stranger: User) -> list[str]:
    """Values that a column would take, and that nobody entered."""
    if column.choices and not isinstance(column, models.BooleanField):
        return [str(column.flatchoices[-1][0])]
    if isinstance(column, models.ForeignKey):
        return [str(stranger.pk)]
    if isinstance(column, models.BooleanField):
        return ["on"]
    if isinstance(column, models.DateTimeField):
        return [f"{SENTINEL_YEAR}-01-01T00:00:00"]
    if isinstance(column, models.DateField):
        return [f"{SENTINEL_YEAR}-01-01"]
    if isinstance(column, models.IntegerField):
        return [str(SENTINEL_NUMBER)]
    return [SENTINEL_TEXT]


def every_column(stranger: User) -> dict[str, list[str]]:
    """Under the names of columns and of their attributes: `decided_by` and `decided_by_id`."""
    found: dict[str, list[str]] = {"pk": ["1"], "_history_user": [str(stranger.pk)]}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            value = planted(column, stranger)
            found[column.name] = found[column.attname] = value
    return found


# --- what came of it ---------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A stored value without what differs from one time to the next."""
    if isinstance(value, (datetime, date)):
        return "then" if value.year == SENTINEL_YEAR else "a time"
    if isinstance(value, (UUID, bytes, memoryview)):
        return "random"
    if isinstance(value, (time, Decimal)):
        return str(value)
    return str(value)


def running_numbers() -> set[tuple[str, str]]:
    """Columns that count up: keys, and references to rows that the act made."""
    found = set()
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            refers = isinstance(column, models.ForeignKey) and column.related_model is not User
            # A history table has the key of its row as a plain number.
            if column.primary_key or column.name == "id" or refers:
                found.add((model._meta.db_table, column.column))
    return found


def stored() -> Counter:
    """Every row of every table, as far as it does not count up."""
    left_out, rows = running_numbers(), Counter()
    with connection.cursor() as cursor:
        for table in tables():
            if table.startswith("procrastinate_"):
                continue  # jobs: their arguments are keys
            cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                kept = [
                    (name, plain(value))
                    for name, value in zip(names, row, strict=True)
                    if (table, name) not in left_out
                ]
                rows[table, *kept] += 1
    return rows


def outcome_of(client, case, verb, sent) -> Counter:
    """What sending this leaves behind; afterwards it is as if it had not been sent."""
    point = connection.savepoint()
    before = stored()
    answer = client.post(act_url(case, verb), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    after = stored()
    connection.savepoint_rollback(point)
    changed = after - before
    changed.update({("gone", *row): count for row, count in (before - after).items()})
    return changed


def doers() -> list[tuple[str, str]]:
    """Every act with everybody who holds it; the person who can do it on the example stands for the role."""
    found = []
    for verb, act in ACTS.items():
        for role, granted in GRANTS.items():
            if action_of(verb) in granted:
                usual = act.who if act.who.endswith("commander") else ""
                member = usual if role == Role.COMMANDING_OFFICER and usual else MEMBERS[role]
                found.append((verb, member))
    return found


# Oversight takes no live call; who took the call has nothing to reveal.
REFUSED_AS_A_WHOLE = {("save_intake", "oversight"), ("log", "oversight"), ("reveal", "dispatcher")}


@pytest.mark.parametrize(("verb", "who"), [pair for pair in doers() if pair not in REFUSED_AS_A_WHOLE])
def test_columns_planted_in_a_form_change_nothing(verb, who, cast, client_of):
    case = ACTS[verb].case(cast)
    client = client_of(who)
    form, answers = answers_for(client, case, verb)
    extra = {name: value for name, value in every_column(cast.outsider).items() if name not in form.names}

    honest = outcome_of(client, case, verb, fresh(answers))
    with_planted = outcome_of(client, case, verb, {**extra, **fresh(answers)})

    assert honest, "the act leaves something behind"
    assert with_planted == honest


@pytest.mark.parametrize("verb", ACTS)
def test_a_form_is_worth_nothing_in_the_hands_of_who_may_not_act(verb, cast, client_of):
    """The very form that the right person would send, sent by everybody else."""
    act = ACTS[verb]
    case = act.case(cast)
    _, answers = answers_for(client_of(act.who), case, verb)
    may = {member for one, member in doers() if one == verb}
    may |= {"commander"} if "second_commander" in may else set()
    before = picture()
    entries = LedgerEntry.objects.count()

    wrong = {}
    for who in EVERYONE:
        if who not in may:
            status = client_of(who).post(act_url(case, verb), fresh(answers)).status_code
            if status not in ({302} if who == "visitor" else {403, 404}):
                wrong[who] = status

    assert wrong == {}
    after = picture()
    changed = {name for name, content in after.items() if content != before[name]}
    assert changed <= {LedgerEntry._meta.db_table, LedgerPrivate._meta.db_table}
    # All that is left of it: that it was tried.
    assert all(entry.refusal == "forbidden" for entry in LedgerEntry.objects.order_by("id")[entries:])


def test_who_was_not_shown_the_restricted_fields_cannot_write_over_them(cast, client_of):
    case = ACTS["save_intake"].case(cast)
    client = client_of("commander")
    form, answers = answers_for(client, case, "save_intake")
    assert "requester_name" not in form.names

    blind = {"requester_name": "Somebody Else", "location": "Elsewhere", "callback_number": "1"}
    client.post(act_url(case, "save_intake"), {**fresh(answers), **blind})

    kept = RestrictedDetails.objects.get(case=case)
    assert (kept.requester_name, kept.location) == ("Canary Requester", "1 Canary Street")
