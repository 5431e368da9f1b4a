"""The site, a page whose making fails in the middle, and one whose database is gone."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from louisville_ice.urls import handler400, handler500, urlpatterns

__all__ = ["handler400", "handler500", "urlpatterns"]

BROKEN_PAGE = """{% extends "base.html" %}{% block title %}Broken{% endblock title %}
{% block content %}{{ mistake }}{% endblock content %}"""


def mistake() -> str:
    raise RuntimeError("broken on purpose")


def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(BROKEN_PAGE).render({"mistake": mistake}, request))


def outage(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the connection is lost on purpose")


urlpatterns = [path("broken/", broken), path("outage/", outage), *urlpatterns]
