"""What everybody may read."""

from django.http import Http404, HttpRequest, HttpResponse


def statistics(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def policy(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def about(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404
