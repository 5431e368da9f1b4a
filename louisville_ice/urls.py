"""The site: health, sign-in, the admin site, and everything of the register."""

from django.contrib.auth import views as auth_views
from django.urls import include, path

from louisville_ice.health import healthz, readyz
from requests_app.admin import site as admin_site

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    # /account/
    path("account/login/", auth_views.LoginView.as_view(template_name="account/login.html"), name="login"),
    path("account/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("admin/", admin_site.urls),
    path("", include("requests_app.urls")),
]
