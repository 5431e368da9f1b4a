"""The site, and a page whose making fails in the middle, as a mistake of ours would."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from louisville_ice.urls import handler500, urlpatterns

__all__ = ["handler500", "urlpatterns"]

BROKEN_PAGE = """{% extends "base.html" %}{% block title %}Broken{% endblock title %}
{% block content %}{{ mistake }}{% endblock content %}"""


def mistake() -> str:
    raise RuntimeError("broken on purpose")


def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(BROKEN_PAGE).render({"mistake": mistake}, request))


urlpatterns = [path("broken/", broken, name="broken"), *urlpatterns]
