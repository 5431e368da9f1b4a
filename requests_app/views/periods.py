"""Quarters on their way to the public: the list, calls for service, and what one of two people publishes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from requests_app import releases, workflow
from requests_app.access import person, require
from requests_app.forms._base import RegisterForm
from requests_app.forms.oversight import CallsForServiceForm, FreezePeriodForm, PublishForm
from requests_app.models import FrozenQuarter
from requests_app.views._acts import STATUS_CODES, submission_of
from requests_app.views._release import shown
from requests_app.views._rooms import rooms
from requests_app.views._step_up import hint, refuse_unless_fresh
from requests_app.vocabulary import Action, CorrectionReason

# --- the list ---------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def oversight_periods(request: HttpRequest) -> HttpResponse:
    """Where each quarter stands, and the form that freezes one."""
    require(request.user, Action.SEE_OVERSIGHT)
    if request.method != "POST":
        return _list(request)
    require(request.user, Action.FREEZE_PERIOD)
    form = _freeze_form(request, releases.periods(timezone.now()))
    status = _carry_out(request, form, lambda given: releases.freeze_period(**given))
    if status == 302:
        quarter = form.cleaned_data["quarter"]
        messages.success(request, f"{quarter} is frozen. Another person looks at it and publishes it.")
        return redirect("requests_app:oversight_release", quarter)
    return _list(request, freeze=form, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def oversight_calls(request: HttpRequest) -> HttpResponse:
    """The same list, and the form that writes down the calls for service of a quarter."""
    require(request.user, Action.SEE_OVERSIGHT)
    if request.method != "POST":
        return _list(request)
    require(request.user, Action.ENTER_CALLS)
    form = _calls_form(request, releases.periods(timezone.now()))
    status = _carry_out(request, form, lambda given: releases.enter_calls(**given))
    if status == 302:
        messages.success(request, f"{form.cleaned_data['quarter']}: calls for service are written down.")
        return redirect("requests_app:oversight_periods")
    return _list(request, calls=form, status=status)


def _list(
    request: HttpRequest,
    *,
    freeze: FreezePeriodForm | None = None,
    calls: CallsForServiceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    listed = releases.periods(now)
    context = {
        "freeze_form": freeze or _freeze_form(None, listed),
        "calls_form": calls or _calls_form(None, listed),
        "periods": [_row(period, now) for period in listed],
        "can_freeze": any(period.may_be_frozen(now) for period in listed),
        "can_enter_calls": any(period.is_over(now) for period in listed),
        "tabs": rooms(person(request), "oversight_periods"),
    }
    return render(request, "requests_app/oversight_periods.html", context, status=status)


def _row(period: releases.Period, now: datetime) -> dict[str, Any]:
    state, colour = _state(period, now)
    return {
        "period": period,
        "state": state,
        "colour": colour,
        "releases": [
            (release, _reason_of(release.published.frozen.reason) if hasattr(release, "published") else "")
            for release in period.releases
        ],
        "calls": f"{period.calls.calls:,}" if period.calls else "",
        "has_document": bool(period.documents),
        "is_old": bool(period.releases) and not period.documents,
    }


def _reason_of(code: str) -> str:
    return CorrectionReason(code).label if code else ""


def _state(period: releases.Period, now: datetime) -> tuple[str, str]:
    """Where a quarter stands, as a word and the colour of its tag."""
    if period.frozen is not None:
        return "Frozen: waits for a second person", "waiting"
    if period.release is not None:
        return ("Released late", "decline") if period.deviation else ("Released", "assist")
    if not period.is_over(now):
        return "Not over", "closed"
    if period.is_overdue(now):
        return "Overdue", "decline"
    return ("May be frozen", "waiting") if period.may_be_frozen(now) else ("Too early", "closed")


def _freeze_form(request: HttpRequest | None, listed: list[releases.Period]) -> FreezePeriodForm:
    now = timezone.now()
    first = [period for period in listed if period.may_be_frozen(now) and not period.releases]
    again = [period for period in listed if period.may_be_frozen(now) and period.releases]
    # What has waited longest comes first; what is released already comes last.
    offered = [(str(one.quarter), _named(one)) for one in [*reversed(first), *again]]
    return FreezePeriodForm(
        request.POST if request else None,
        known=[(str(period.quarter), _named(period)) for period in listed],
        offered=offered,
        action=reverse("requests_app:oversight_periods"),
    )


def _calls_form(request: HttpRequest | None, listed: list[releases.Period]) -> CallsForServiceForm:
    now = timezone.now()
    named = [(str(period.quarter), f"{period.quarter}, {period.quarter.label}") for period in listed]
    over = {str(period.quarter) for period in listed if period.is_over(now)}
    return CallsForServiceForm(
        request.POST if request else None,
        known=named,
        offered=[pair for pair in named if pair[0] in over],
        auto_id="calls_%s",
        action=reverse("requests_app:oversight_calls"),
    )


def _named(period: releases.Period) -> str:
    name = f"{period.quarter}, {period.quarter.label}"
    return f"{name}: once more, as release {period.next_number}" if period.release else name


# --- one quarter ------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def oversight_release(request: HttpRequest, quarter: str) -> HttpResponse:
    """What a second person looks at before it is published, and what was published before."""
    require(request.user, Action.SEE_OVERSIGHT)
    period = releases.period_of(quarter, timezone.now())
    if period is None:
        raise Http404("The register was not kept in this quarter.")
    if request.method != "POST":
        return _look(request, period)
    require(request.user, Action.RELEASE_PERIOD)
    form = PublishForm(request.POST)
    status = _carry_out(
        request, form, lambda given: releases.release_period(quarter, **given), is_weighty=True
    )
    if status == 302:
        messages.success(request, f"{quarter} is published.")
        return redirect("requests_app:oversight_periods")
    # What stands there now, which may be why it was refused.
    return _look(request, releases.period_of(quarter, timezone.now()) or period, form, status=status)


def _look(
    request: HttpRequest, period: releases.Period, sent: PublishForm | None = None, *, status: int = 200
) -> HttpResponse:
    frozen = _asked_for(request, period)
    sha256 = frozen.sha256 if frozen else ""
    form = sent or PublishForm(initial={"sha256": sha256})
    if sent is not None:
        sent.renew_sha256(sha256)
    context = {
        "period": period,
        "frozen": frozen,
        "shown": shown(request, frozen) if frozen else None,
        "reason": _reason_of(frozen.reason) if frozen else "",
        "is_open": frozen is not None and frozen == period.frozen,
        "is_own": frozen is not None and frozen.frozen_by_id == person(request).pk,
        "others": [one.number for one in period.documents if one != frozen],
        "form": form,
        **hint(request),
        "tabs": rooms(person(request), "oversight_periods"),
    }
    return render(request, "requests_app/oversight_release.html", context, status=status)


def _asked_for(request: HttpRequest, period: releases.Period) -> FrozenQuarter | None:
    """What waits to be published, or the last release; another one where the address has its number."""
    asked = request.GET.get("number", "")
    documents = period.documents
    found = [one for one in documents if str(one.number) == asked] if asked else documents[-1:]
    if asked and not found:
        raise Http404("There is no such release.")
    return found[0] if found else None


# --- every act of this page -------------------------------------------------------------------


def _carry_out(
    request: HttpRequest,
    form: RegisterForm,
    act: Callable[[dict[str, Any]], object],
    *,
    is_weighty: bool = False,
) -> int:
    """Do it: 302 when it is done (now, or by the same form before), else the status of the answer."""
    if not form.is_valid():
        return 422
    if is_weighty and refuse_unless_fresh(request, form):
        return 403
    given = {**form.entered(), "actor": person(request), "submission": submission_of(request, form)}
    try:
        act(given)
    except workflow.AlreadyDone:
        return 302
    except workflow.Refused as refusal:
        for reason in refusal.reasons:
            form.add_error(reason.field if reason.field in form.fields else None, reason.message)
        return STATUS_CODES[refusal.kind]
    return 302
