"""The second factor before a weighty act: a hint on the way in, and no loss on the way back."""

from typing import Any

from django.http import HttpRequest

from requests_app.forms._base import GuardedForm
from requests_app.signin import step_up

REFUSED = "Confirm that it is you, then send this again. Nothing was done yet, and nothing you typed is lost."


def hint(request: HttpRequest) -> dict[str, Any]:
    """For a page with a weighty act: `step_up` is where to confirm, or empty while the factor is fresh."""
    if step_up.is_fresh(request):
        return {"step_up": ""}
    return {
        "step_up": step_up.address(request, back_to=request.path),
        "step_up_sent": request.method == "POST",
    }


def refuse_unless_fresh(request: HttpRequest, form: GuardedForm) -> bool:
    """True when the act must wait for a fresh factor; the form then says so, with everything typed."""
    if step_up.is_fresh(request):
        return False
    form.add_error(None, REFUSED)
    return True
