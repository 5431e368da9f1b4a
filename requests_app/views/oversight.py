"""What oversight sees and does."""

from django.http import Http404, HttpRequest, HttpResponse


def oversight(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def oversight_blocked(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def oversight_deviations(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def oversight_permissions(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def oversight_periods(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_as_of(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_review(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_follow_up(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_hold(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404
