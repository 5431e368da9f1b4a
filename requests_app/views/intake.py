"""From the call to the page."""

from django.http import Http404, HttpRequest, HttpResponse


def request_new(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_new_autosave(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_save_intake(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_autosave(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def wall(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def wall_counts(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_abandon(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_log(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_page(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_radio_decision(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404
