"""For every way a case row could change: it leaves a revision with its actor, or it is refused."""

import json
import uuid

import pgtrigger
import psycopg
import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import RequestFactory
from simple_history.admin import SimpleHistoryAdmin
from simple_history.utils import bulk_update_with_history

from requests_app import ledger, workflow
from requests_app.models import (
    APPEND_ONLY_TABLES,
    TRACKED_MODELS,
    AssistanceRequest,
    Decision,
    LedgerEntry,
    LedgerPosition,
    LedgerPrivate,
    Review,
    User,
)
from requests_app.vocabulary import Component, ReviewFinding
from tests import factories

CASE_TABLE = "requests_app_assistancerequest"


@pytest.fixture
def case(committed_db, dispatcher, commander):
    case = factories.make_decidable(dispatcher, commander)
    form = workflow.Submission(key=uuid.uuid4(), digest=b"d" * 32)
    workflow.decide(case.pk, actor=commander, choice=factories.ASSIST, submission=form)
    return AssistanceRequest.objects.get(pk=case.pk)


def stored(case: AssistanceRequest) -> AssistanceRequest:
    return AssistanceRequest.objects.get(pk=case.pk)


def assert_untouched(case: AssistanceRequest) -> None:
    after = stored(case)
    assert (after.revision, after.component) == (case.revision, case.component)
    assert case.history.count() == case.revision


# --- the ways of Django ------------------------------------------------------------------------


def test_a_transition_leaves_a_revision_with_its_actor(case, dispatcher):
    workflow.correct(case.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard.")

    newest = case.history.latest("revision")
    assert (newest.component, newest.history_user) == (Component.CBP, dispatcher)


def test_save_without_an_actor_is_refused(case):
    case_as_read = stored(case)
    case_as_read.component = Component.CBP

    with pytest.raises(DatabaseError, match="without an actor"):
        case_as_read.save()

    assert_untouched(case)


def test_save_with_an_actor_but_no_ledger_entry_is_refused_at_commit(case, dispatcher):
    row = stored(case)
    row.component, row._history_user = Component.CBP, dispatcher

    with pytest.raises(DatabaseError, match="no entry in the ledger"), transaction.atomic():
        ledger.set_actor(dispatcher)
        row.save()

    assert_untouched(case)


def test_save_without_history_is_refused_at_commit(case, dispatcher):
    row = stored(case)
    row.component, row.skip_history_when_saving = Component.CBP, True

    with pytest.raises(DatabaseError, match="no true history row"), transaction.atomic():
        ledger.set_actor(dispatcher)
        row.save()

    assert_untouched(case)


def test_queryset_update_is_refused(case, dispatcher):
    with pytest.raises(DatabaseError, match="one revision"), transaction.atomic():
        ledger.set_actor(dispatcher)
        AssistanceRequest.objects.filter(pk=case.pk).update(component=Component.CBP)

    assert_untouched(case)


def test_queryset_update_that_counts_the_revision_is_refused_at_commit(case, dispatcher):
    with pytest.raises(DatabaseError, match="no true history row"), transaction.atomic():
        ledger.set_actor(dispatcher)
        AssistanceRequest.objects.filter(pk=case.pk).update(
            component=Component.CBP, revision=models.F("revision") + 1
        )

    assert_untouched(case)


def test_bulk_update_is_refused(case, dispatcher):
    row = stored(case)
    row.component = Component.CBP

    with pytest.raises(DatabaseError), transaction.atomic():
        ledger.set_actor(dispatcher)
        AssistanceRequest.objects.bulk_update([row], ["component"])

    assert_untouched(case)


def test_bulk_update_with_history_is_refused(case, dispatcher):
    row = stored(case)
    row.component = Component.CBP

    with pytest.raises(DatabaseError), transaction.atomic():
        ledger.set_actor(dispatcher)
        bulk_update_with_history([row], AssistanceRequest, ["component"], default_user=dispatcher)

    assert_untouched(case)


def test_bulk_create_is_refused(case, dispatcher):
    row = stored(case)
    row.pk, row.number, row.public_id, row.revision = None, "2030-0001", "another", 1

    with pytest.raises(DatabaseError), transaction.atomic():
        ledger.set_actor(dispatcher)
        AssistanceRequest.objects.bulk_create([row])

    assert AssistanceRequest.objects.count() == 1


def test_a_history_row_that_differs_from_the_row_is_refused(case, dispatcher):
    row = stored(case)
    row.component = Component.CBP
    false_copy = stored(case)
    false_copy.revision += 1

    with pytest.raises(DatabaseError, match="no true history row"), transaction.atomic():
        ledger.set_actor(dispatcher)
        row.skip_history_when_saving = True
        row.save()
        case.history.model.objects.create(**history_columns(false_copy, dispatcher))

    assert_untouched(case)


def history_columns(row: AssistanceRequest, actor: User) -> dict[str, object]:
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {**columns, "history_user": actor, "history_type": "~", "history_date": row.entered_at}


def test_a_history_row_in_another_persons_name_is_refused(case, dispatcher, commander):
    row = stored(case)
    row.component, row._history_user = Component.CBP, commander

    with pytest.raises(DatabaseError, match="names the actor"), transaction.atomic():
        ledger.set_actor(dispatcher)
        row.save()

    assert_untouched(case)


def test_history_written_ahead_of_the_row_is_refused(case, dispatcher):
    ahead = stored(case)
    ahead.revision += 5

    with pytest.raises(DatabaseError, match="ahead of the row"), transaction.atomic():
        ledger.set_actor(dispatcher)
        case.history.model.objects.create(**history_columns(ahead, dispatcher))


def test_switching_off_django_pgtrigger_opens_nothing(case):
    some_trigger = pgtrigger.Protect(name="some_trigger", operation=pgtrigger.Update)
    some_trigger.register(AssistanceRequest)  # so that there is something to ignore

    with pytest.raises(DatabaseError, match="without an actor"), pgtrigger.ignore():
        AssistanceRequest.objects.filter(pk=case.pk).update(component=Component.CBP)
    some_trigger.unregister(AssistanceRequest)

    assert_untouched(case)


def test_a_session_that_calls_itself_a_replica_opens_nothing(case, superuser_connection):
    superuser_connection.execute("SET session_replication_role = replica")

    with pytest.raises(psycopg.Error, match="without an actor"):
        superuser_connection.execute(f"UPDATE {CASE_TABLE} SET component = 'cbp', revision = revision + 1")

    assert_untouched(case)


def test_loading_a_fixture_is_refused(case, tmp_path):
    fields = {
        "component": "cbp",
        "number": case.number,
        "public_id": case.public_id,
        "revision": case.revision + 1,
    }
    fields |= {"received_at": case.received_at.isoformat(), "taken_by": case.taken_by_id}
    fixture = tmp_path / "case.json"
    fixture.write_text(
        json.dumps([{"model": "requests_app.assistancerequest", "pk": case.pk, "fields": fields}])
    )

    with pytest.raises(DatabaseError):
        call_command("loaddata", str(fixture), verbosity=0)

    assert_untouched(case)


def test_an_admin_form_is_refused(case, oversight):
    """Whatever an admin class permits, and although ours permits nothing."""

    class Permissive(admin.ModelAdmin):
        def has_change_permission(self, request, obj=None):
            return True

    page = Permissive(AssistanceRequest, admin.AdminSite())
    row = stored(case)
    row.component = Component.CBP

    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        page.save_model(post_by(oversight), row, form=None, change=True)

    assert_untouched(case)


def test_the_history_admins_post_is_refused(case, dispatcher, oversight):
    """simple-history's admin writes an old row back for anyone who may look at it."""
    workflow.correct(case.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard.")
    now = stored(case)
    site = admin.AdminSite()

    class Trusting(SimpleHistoryAdmin):
        fields = ("component",)

        def has_view_permission(self, request, obj=None):
            return True

        has_change_permission = has_view_permission

        def response_change(self, request, obj):
            raise AssertionError("The record was overwritten.")

    page = Trusting(AssistanceRequest, site)
    oldest = case.history.earliest("revision")

    with pytest.raises(DatabaseError):
        page.history_form_view(post_by(oversight, component="ero"), str(case.pk), str(oldest.pk))

    assert stored(case).revision == now.revision
    assert stored(case).component == Component.CBP


def post_by(user: User, **data: str):
    request = RequestFactory().post("/", data)
    request.user = user
    request._dont_enforce_csrf_checks = True
    return request


# --- raw SQL as the application, the owner and the superuser -----------------------------------

REFUSED_STATEMENTS = [
    f"UPDATE {CASE_TABLE} SET component = 'cbp'",
    f"UPDATE {CASE_TABLE} SET component = 'cbp', revision = revision + 1",
    f"DELETE FROM {CASE_TABLE}",
    f"TRUNCATE {CASE_TABLE} CASCADE",
    "UPDATE requests_app_decision SET outcome = 'decline'",
    "DELETE FROM requests_app_decision",
    "UPDATE requests_app_historicalassistancerequest SET component = 'cbp'",
    "DELETE FROM requests_app_historicalassistancerequest",
    "TRUNCATE requests_app_historicalassistancerequest",
    "UPDATE requests_app_ledgerentry SET action = 'request:agree'",
    "DELETE FROM requests_app_ledgerentry",
    "TRUNCATE requests_app_ledgerentry CASCADE",
    "UPDATE requests_app_ledgerprivate SET private_bytes = ''",
    "DELETE FROM requests_app_ledgerprivate",
    "UPDATE requests_app_ledgerposition SET index = index + 100",
    "DELETE FROM requests_app_ledgerposition",
    "DELETE FROM requests_app_ledgerhead",
    "DELETE FROM requests_app_user",
    "DELETE FROM requests_app_rolegrant",
    "DELETE FROM requests_app_numbercounter",
    "UPDATE requests_app_idempotencykey SET action = ''",
]


@pytest.mark.parametrize("statement", REFUSED_STATEMENTS)
def test_raw_sql_is_refused(case, application_connection, owner_connection, superuser_connection, statement):
    for someone in (application_connection, owner_connection, superuser_connection):
        with pytest.raises(psycopg.Error):
            someone.execute(statement)

    assert_untouched(case)


def test_raw_sql_that_names_an_actor_still_owes_history(case, application_connection, dispatcher):
    with pytest.raises(psycopg.Error, match="no true history row"), application_connection.transaction():
        application_connection.execute("SELECT set_config('app.actor', %s, true)", [str(dispatcher.pk)])
        application_connection.execute(f"UPDATE {CASE_TABLE} SET component = 'cbp', revision = revision + 1")

    assert_untouched(case)


@pytest.mark.parametrize("column", ["number", "public_id", "entered_at"])
def test_identity_and_moment_of_entry_are_never_changed(case, application_connection, dispatcher, column):
    value = {"number": "2030-0001", "public_id": "x", "entered_at": "2020-01-01"}[column]

    with pytest.raises(psycopg.Error, match="never changed"), application_connection.transaction():
        application_connection.execute("SELECT set_config('app.actor', %s, true)", [str(dispatcher.pk)])
        application_connection.execute(
            f"UPDATE {CASE_TABLE} SET {column} = %s, revision = revision + 1", [value]
        )


def test_every_append_only_table_has_its_walls_always_on(committed_db, superuser_connection):
    rows = superuser_connection.execute(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND t.tgenabled = 'A'"
    ).fetchall()

    for table in APPEND_ONLY_TABLES:
        assert {(table, "wall_append_only"), (table, "wall_no_truncate")} <= set(rows), table
    for model in TRACKED_MODELS:
        table = model._meta.db_table
        guards = {"guard_change", "require_history", "wall_no_delete", "wall_no_truncate"}
        assert {(table, name) for name in guards} <= set(rows), table


def test_every_model_with_history_is_tracked():
    """A new table with history has its walls, or this fails."""
    with_history = {
        model for model in apps.get_app_config("requests_app").get_models() if hasattr(model, "history")
    }

    assert with_history == set(TRACKED_MODELS)


# --- the ledger --------------------------------------------------------------------------------


def test_places_are_dense_and_in_the_order_of_commits(case, dispatcher):
    for count in range(5):
        workflow.correct(
            case.pk, actor=dispatcher, changes={"cad_event_number": f"CAD-{count}x"}, reason="Again."
        )

    places = list(LedgerPosition.objects.order_by("index").values_list("index", "entry_id"))
    assert [index for index, _ in places] == list(range(LedgerEntry.objects.count()))
    assert [entry for _, entry in places] == sorted(entry for _, entry in places)


FORGED_ENTRY = """
INSERT INTO requests_app_ledgerentry (actor_id, action, refusal, occurred_at, entered_at, public_bytes, leaf)
VALUES (%s, 'request:view', '', register_now(), register_now(), '{}', %s) RETURNING id
"""


def test_a_forged_commitment_is_refused_at_commit(case, application_connection, dispatcher):
    with pytest.raises(psycopg.Error, match="does not commit"), application_connection.transaction():
        application_connection.execute("SELECT set_config('app.actor', %s, true)", [str(dispatcher.pk)])
        (entry,) = application_connection.execute(FORGED_ENTRY, [dispatcher.pk, b"x" * 64]).fetchone()
        application_connection.execute(
            "INSERT INTO requests_app_ledgerprivate"
            " (entry_id, private_bytes, public_salt, private_salt, row_salt) VALUES (%s, '{}', %s, %s, %s)",
            [entry, b"s" * 32, b"s" * 32, b"s" * 32],
        )


def test_an_entry_in_another_persons_name_is_refused(case, application_connection, dispatcher, commander):
    with pytest.raises(psycopg.Error, match="names the actor"), application_connection.transaction():
        application_connection.execute("SELECT set_config('app.actor', %s, true)", [str(dispatcher.pk)])
        application_connection.execute(FORGED_ENTRY, [commander.pk, b"x" * 64])


def test_the_application_cannot_give_places_itself(case, application_connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application_connection.execute(
            "INSERT INTO requests_app_ledgerposition (index, entry_id) VALUES (999, 1)"
        )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application_connection.execute("UPDATE requests_app_ledgerhead SET size = 0")


def test_commitments_hold_under_any_time_zone_of_the_session(case):
    for zone in ("UTC", "America/Kentucky/Louisville"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        for private in LedgerPrivate.objects.select_related("entry"):
            entry = private.entry
            public = ledger.commitment(bytes(private.public_salt), bytes(entry.public_bytes))
            rest = ledger.commitment(bytes(private.private_salt), bytes(private.private_bytes))
            assert bytes(entry.leaf) == public + rest


def test_an_act_is_undone_when_its_entry_cannot_be_written(case, superuser_connection, dispatcher):
    superuser_connection.execute("REVOKE INSERT ON requests_app_ledgerentry FROM register_app")

    with pytest.raises(DatabaseError):
        workflow.correct(case.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard.")

    assert_untouched(case)


# --- the clock and the constraints -------------------------------------------------------------


def test_a_real_register_refuses_to_set_its_clock(committed_db, application_connection):
    application_connection.execute("SET app.demonstration_clock = '2020-01-01T00:00:00Z'")

    with pytest.raises(psycopg.Error, match="Only a demonstration"):
        application_connection.execute("SELECT register_now()")


def test_the_kind_of_an_installation_is_never_changed(committed_db, superuser_connection):
    superuser_connection.execute(
        "INSERT INTO requests_app_installation (id, kind, created_at) VALUES (1, 'real', now())"
    )

    for statement in (
        "UPDATE requests_app_installation SET kind = 'demonstration'",
        "DELETE FROM requests_app_installation",
        "INSERT INTO requests_app_installation (id, kind, created_at) VALUES (2, 'demonstration', now())",
    ):
        with pytest.raises(psycopg.Error):
            superuser_connection.execute(statement)


def test_a_backdated_entry_is_refused(case, dispatcher, commander):
    decision = case.decisions.get()

    with pytest.raises(DatabaseError, match="database clock"), transaction.atomic():
        Decision.objects.create(
            case=case,
            sequence=2,
            supersedes=decision,
            outcome="decline",
            reason_code="no_ground",
            decided_by=commander,
            decided_at=decision.decided_at,
            entered_by=commander,
            entered_at=decision.entered_at,
            logged_by=dispatcher,
            policy_version=decision.policy_version,
            policy_sha256=decision.policy_sha256,
            facts={},
            verdict={},
        )


def test_the_database_refuses_to_assist_without_a_ground_in_the_verdict(case, commander, dispatcher):
    with pytest.raises(DatabaseError, match="decision_assist_has_ground"):
        Decision.objects.create(
            case=case,
            sequence=2,
            supersedes=case.decisions.get(),
            outcome="assist",
            grounds=["crime"],
            primary_ground="crime",
            scope_allowed=["protect_life"],
            decided_by=commander,
            decided_at=case.entered_at,
            entered_by=commander,
            logged_by=dispatcher,
            policy_version="x",
            policy_sha256="x",
            facts={},
            verdict={"outcome": "decline", "grounds": []},
        )


def test_the_database_refuses_a_review_by_who_decided(case, commander):
    with pytest.raises(DatabaseError, match="does not review"), transaction.atomic():
        ledger.set_actor(commander)
        review = Review(
            case=case,
            reviewer=commander,
            finding=ReviewFinding.IN_POLICY,
            note="x",
            occurred_at=case.entered_at,
        )
        review._history_user = commander
        review.save()
