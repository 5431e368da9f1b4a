"""The site itself: our name, our sign-in, and nothing that an installed package registers by itself."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class RegisterAdminSite(admin.AdminSite):
    """Its own site, not `django.contrib.admin.site`: what packages register there is not shown."""

    site_header = "ICE-assistance register: administration"
    site_title = "ICE-assistance register"
    index_title = "Administration"
    site_url = "/"
    enable_nav_sidebar = False

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way to sign in, with one lock; who is signed in and may not see this is told so."""
        if request.user.is_authenticated:
            raise PermissionDenied("Your role does not allow this.")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(  # type: ignore[override]  # Django's draws a page, ours leads to one
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one page for it, which ends the other sessions and writes the ledger."""
        return redirect("password_change")


site = RegisterAdminSite()
