"""The receipt of a request, as a page and as a file. Anybody checks one on a page of the publication."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from requests_app import receipts
from requests_app.access import get_case, person

PLAIN = "text/plain; charset=utf-8"


@login_required
@require_safe
def request_receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    case = get_case(person(request), public_id)
    receipt = receipts.receipt_of(case)
    context = {
        "case": case,
        "receipt": receipt,
        "log": receipt.log,
        "is_overdue": receipt.due_at is not None and receipt.due_at < timezone.now(),
        "qr_code": receipts.qr_code_of(receipt.proof) if receipt.proof else None,
    }
    return render(request, "requests_app/request_receipt.html", context)


@login_required
@require_safe
def request_receipt_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt as a file; where there is none yet, the page that says why."""
    case = get_case(person(request), public_id)
    proof = receipts.receipt_of(case).proof
    if proof is None:
        return redirect("requests_app:request_receipt", public_id)
    response = HttpResponse(str(proof), content_type=PLAIN)
    response["Content-Disposition"] = f'attachment; filename="{case.number}.tlog-proof"'
    return response
