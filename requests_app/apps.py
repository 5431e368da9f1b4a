"""The register as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class RequestsAppConfig(AppConfig):
    name = "requests_app"
    verbose_name = "Requests for assistance"

    def ready(self) -> None:
        # The checks look at the models, which are there only now.
        import_module("requests_app.checks")
        # What listens to the signals of sign-in.
        import_module("requests_app.signin.locks")
        import_module("requests_app.signin.receivers")
