"""simple-history's own admin page would write an old row back on POST. The database does not let it."""

import pytest
from django.contrib import admin
from django.db import ProgrammingError, transaction
from django.test import override_settings
from django.urls import path
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from louisville_ice import urls
from requests_app import ledger
from requests_app.models import AssistanceRequest
from tests.factories import make_decided


class Everything:
    """What an unwary installation would allow."""

    def has_view_permission(self, request, obj=None):
        return True

    has_change_permission = has_add_permission = has_module_permission = has_view_permission


class UnwaryAdmin(Everything, SimpleHistoryAdmin):
    """simple-history's own, whose history form writes the old row back on POST."""


class ActingAdmin(UnwaryAdmin):
    """As above, and it names an actor, as our own admin pages do."""

    def save_model(self, request, obj, form, change):
        with transaction.atomic():
            ledger.set_actor(request.user)
            super().save_model(request, obj, form, change)


class CountingAdmin(ActingAdmin):
    """And it goes on counting revisions where the case stands."""

    def save_model(self, request, obj, form, change):
        obj.revision = AssistanceRequest.objects.get(pk=obj.pk).revision
        super().save_model(request, obj, form, change)


def private_urls(model_admin):
    """The site's addresses with a private admin site in the place of ours."""
    private = admin.AdminSite(name="admin")
    private.register(AssistanceRequest, model_admin)
    ours = [one for one in urls.urlpatterns if getattr(one, "namespace", "") != "admin"]
    return type("PrivateUrls", (), {"urlpatterns": [path("admin/", private.urls), *ours]})


def rewrite(client, case):
    """POST the first revision's form, as the history admin's button does."""
    first = case.history.order_by("revision").first()
    one = f"/admin/requests_app/assistancerequest/{case.pk}/history/{first.pk}/"
    form = {
        name: "" if value is None else value
        for name, value in AssistanceRequest.objects.filter(pk=case.pk).values()[0].items()
        if isinstance(value, str | int)
    }
    times = timezone.localtime(case.received_at)
    split = {"received_at_0": f"{times:%Y-%m-%d}", "received_at_1": f"{times:%H:%M:%S}"}
    people = {"taken_by": case.taken_by_id, "what_was_said": "Rewritten"}
    return client.post(one, {**form, **split, **people, "status": "intake"})


@pytest.mark.parametrize(
    ("model_admin", "said"),
    [
        (UnwaryAdmin, "without an actor is refused"),
        (ActingAdmin, "is one revision"),
        (CountingAdmin, "has no entry in the ledger"),
    ],
)
def test_the_history_forms_post_is_refused_by_the_database(
    committed_db, signed_in, oversight, dispatcher, commander, model_admin, said
):
    case = make_decided(dispatcher, commander)
    before = AssistanceRequest.objects.filter(pk=case.pk).values().get()

    refused = pytest.raises(ProgrammingError, match=said)
    with override_settings(ROOT_URLCONF=private_urls(model_admin)), refused:
        rewrite(signed_in(oversight), case)

    assert AssistanceRequest.objects.filter(pk=case.pk).values().get() == before
