"""The commanding officer's queue and the acts of review."""

from django.http import Http404, HttpRequest, HttpResponse


def queue(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def queue_rows(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_acknowledge(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_claim(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_release(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_verify_caller(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_record_call(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_set_evidence(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_reclassify(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_request_information(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_decide(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_confirm(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_agree(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_disagree(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404
