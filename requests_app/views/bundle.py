"""Evidence bundles: a page that says what is in one and as of when, and the zip."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from requests_app import bundles, releases, workflow
from requests_app.access import get_case, person, require
from requests_app.bundles import NotYet, Opened, Subject
from requests_app.forms.oversight import BundleForm
from requests_app.views._acts import STATUS_CODES
from requests_app.views._step_up import hint, refuse_unless_fresh
from requests_app.vocabulary import Action


@login_required
@require_http_methods(["GET", "POST"])
def request_bundle(request: HttpRequest, public_id: str) -> HttpResponse:
    """The evidence bundle of one request."""
    case = get_case(person(request), public_id, Action.EXPORT_BUNDLE)
    back = reverse("requests_app:request_detail", args=[case.public_id])
    return _answer(request, case, {"case": case, "of": f"request {case.number}", "back": back})


@login_required
@require_http_methods(["GET", "POST"])
def oversight_bundle(request: HttpRequest, quarter: str) -> HttpResponse:
    """The evidence bundle of one quarter, with its figures."""
    require(request.user, Action.EXPORT_BUNDLE)
    listed = (period.quarter for period in releases.periods(timezone.now()))
    found = next((one for one in listed if str(one) == quarter), None)
    if found is None:
        raise Http404("The register was not kept in this quarter, or it has not come yet.")
    back = reverse("requests_app:oversight_periods")
    return _answer(request, found, {"quarter": found, "of": f"quarter {found}", "back": back})


def _answer(request: HttpRequest, subject: Subject, context: dict[str, Any]) -> HttpResponse:
    form = BundleForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        sent = _send(request, subject, form)
        if isinstance(sent, HttpResponse):
            return sent
        status = sent
    try:
        context["log"] = bundles.require_ready(subject)
    except NotYet as reason:
        context["not_yet"] = str(reason)
    context |= {**hint(request), "form": form}
    return render(request, "requests_app/bundle.html", context, status=status)


def _send(request: HttpRequest, subject: Subject, form: BundleForm) -> HttpResponse | int:
    """The zip, or the status of the page that says why there is none."""
    if not form.is_valid():
        return 422
    opened = form.cleaned_data["opened"]
    if opened == Opened.ALL and refuse_unless_fresh(request, form):
        return 403
    try:
        bundle = bundles.export(subject, opened=opened, actor=person(request))
    except NotYet:
        return 409
    except workflow.Refused as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason.message)
        return max(STATUS_CODES[reason.kind] for reason in refusal.reasons)
    name = bundles.file_name(subject, opened=opened)
    return HttpResponse(
        bundle,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
