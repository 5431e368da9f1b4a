"""The site: health, sign-in, the admin site, and everything of the register."""

from allauth.account import views as allauth_views
from django.urls import include, path
from django.views.generic import RedirectView

from louisville_ice.health import healthz, readyz
from requests_app.admin import site as admin_site
from requests_app.views import account, identity

# Of django-allauth only what we use: nobody signs up, and no password is reset by mail. Its own names.
account_urls = [
    path("notice/", account.notice, name="notice"),
    path("login/", allauth_views.login, name="account_login"),
    path("logout/", account.sign_out, name="account_logout"),
    path("inactive/", RedirectView.as_view(pattern_name="account_login"), name="account_inactive"),
    path(
        "reauthenticate/",
        RedirectView.as_view(pattern_name="mfa_reauthenticate", query_string=True),
        name="account_reauthenticate",
    ),
    path("enrol/<str:name>/<str:token>/", account.enrol, name="enrol"),
    path("password/", account.password_change, name="password_change"),
    path("password/done/", account.password_change_done, name="password_change_done"),
    path("sessions/", account.sessions, name="sessions"),
    path("sessions/end/", account.session_end, name="session_end"),
    path("2fa/webauthn/keys/<int:pk>/remove/", account.passkey_remove, name="mfa_remove_webauthn"),
    path("2fa/", include("allauth.mfa.urls")),
    path("oidc/<str:provider_id>/login/", identity.sign_in, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", identity.returned, name="openid_connect_callback"),
]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("account/", include(account_urls)),
    path("admin/", admin_site.urls),
    path("", include("requests_app.urls")),
]

handler400 = "louisville_ice.errors.bad_request"
handler404 = "louisville_ice.errors.not_found"
handler500 = "louisville_ice.errors.server_error"
