"""One's own account: the notice before sign-in, the enrolment link, one's password, one's open sessions."""

from typing import Any

from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_app import accounts
from requests_app.access import person
from requests_app.forms.account import FirstPasswordForm, OwnPasswordForm
from requests_app.models import Session
from requests_app.signin import enrolment
from requests_app.signin.adapters import FactorAdapter
from requests_app.signin.sessions import NOTICE_SEEN

sign_out = LogoutView.as_view(template_name="account/logged_out.html", next_page=None)


@never_cache
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest) -> HttpResponse:
    """What the user agrees to, before they say who they are."""
    leads_to = _safe(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST":
        request.session[NOTICE_SEEN] = True
        return redirect(leads_to)
    return render(request, "account/notice.html", {"next": leads_to})


@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """The person's first password; the next page enrols the second factor."""
    account = enrolment.account_of(name, token)
    if account is None:
        return render(request, "account/enrol_link_used.html", status=410)
    form = FirstPasswordForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.set_password()
        login(request, account, backend="requests_app.signin.backends.PasswordBackend")
        return redirect("mfa_index")
    status = 422 if form.is_bound else 200
    return render(request, "account/enrol.html", {"form": form, "account": account}, status=status)


class RemovePasskey(RemoveWebAuthnView):
    """django-allauth's, which would remove even the only factor: then the password alone would let in."""

    def dispatch(self, request: HttpRequest, *args: Any, **words: Any) -> HttpResponse:
        passkey = get_object_or_404(self.get_queryset(), pk=words["pk"])
        if not FactorAdapter().can_delete_authenticator(passkey):
            return render(request, "mfa/only_factor.html", status=409)
        return super().dispatch(request, *args, **words)


passkey_remove = login_required(RemovePasskey.as_view())


@login_required
@require_http_methods(["GET", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.set_password())
        accounts.end_all_sessions(user, but=request.session.session_key, actor=user)
        return redirect("password_change_done")
    status = 422 if form.is_bound else 200
    return render(request, "account/password_change_form.html", {"form": form}, status=status)


@login_required
@require_GET
def password_change_done(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_change_done.html")


@login_required
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """Where this person is signed in, the present session first."""
    own = _open_sessions(request)
    here = request.session.session_key
    listed = sorted(own, key=lambda one: one.session_key != here)
    return render(request, "account/sessions.html", {"sessions": listed, "here": here})


@login_required
@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """End one session, or all the others. Keys of sessions never leave the server."""
    user = person(request)
    if "others" in request.POST:
        ended = accounts.end_all_sessions(user, but=request.session.session_key, actor=user)
        messages.success(
            request, f"{ended} other sessions are ended." if ended != 1 else "One session is ended."
        )
        return redirect("sessions")
    started_at = request.POST.get("started_at", "")
    chosen = [one for one in _open_sessions(request) if _mark(one) == started_at]
    if not chosen:
        raise Http404("No such session.")
    accounts.end_session(get_object_or_404(Session, pk=chosen[0].pk), actor=user)
    messages.success(request, "The session is ended.")
    return redirect("sessions")


def _open_sessions(request: HttpRequest) -> list[Session]:
    rows = Session.objects.filter(user=person(request), expire_date__gt=timezone.now()).order_by(
        "-started_at"
    )
    for row in rows:
        row.mark = _mark(row)  # type: ignore[attr-defined]
    return list(rows)


def _mark(session: Session) -> str:
    """What stands for a session in a form: when it began, to the microsecond."""
    return session.started_at.isoformat() if session.started_at else ""


def _safe(request: HttpRequest, address: str) -> str:
    """Only addresses of this site: nobody is sent elsewhere by a link of ours."""
    hosts = {request.get_host()}
    allowed = url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    if allowed and address.startswith("/"):
        return address
    return "/account/login/"
