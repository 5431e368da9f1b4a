"""The site: health, sign-in, the admin site, and everything of the register."""

from django.contrib.auth import views as auth_views
from django.urls import include, path

from louisville_ice.health import healthz, readyz
from requests_app.admin import site as admin_site
from requests_app.forms.account import SignInForm

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    # /account/
    path(
        "account/login/",
        auth_views.LoginView.as_view(template_name="account/login.html", authentication_form=SignInForm),
        name="login",
    ),
    path("account/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path(
        "account/password/",
        auth_views.PasswordChangeView.as_view(template_name="account/password_change_form.html"),
        name="password_change",
    ),
    path(
        "account/password/done/",
        auth_views.PasswordChangeDoneView.as_view(template_name="account/password_change_done.html"),
        name="password_change_done",
    ),
    path("admin/", admin_site.urls),
    path("", include("requests_app.urls")),
]

handler500 = "louisville_ice.errors.server_error"
