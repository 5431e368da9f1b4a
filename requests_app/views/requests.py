"""The list, the case page, and the acts anyone involved may do."""

from django.http import Http404, HttpRequest, HttpResponse


def home(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_list(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_detail(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_revisions(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_dispatch(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_officer_arrives(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_commander_arrives(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_commander_absent(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_stand_down(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_report_outcome(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_withdraw(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_correct(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_reopen(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_reveal(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_explain(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404


def request_answer(request: HttpRequest, **words: str) -> HttpResponse:
    raise Http404
