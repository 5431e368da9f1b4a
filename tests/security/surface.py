"""What an attacker meets: every address, every form, and a picture of everything that is stored.

Addresses come from the resolver and forms from the pages themselves, so that what is added later is attacked
without anybody thinking of it.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from psycopg import sql

from requests_app import workflow
from requests_app.admin import site
from requests_app.demonstration import clock
from requests_app.models import AssistanceRequest, User
from requests_app.signin import enrolment
from requests_app.vocabulary import Action, Outcome, RetentionClass, ReviewFinding, Role, Status
from tests import factories

BASE = Path(__file__).resolve().parents[2]
PEOPLE = ("visitor", "outsider", "dispatcher", "commander", "oversight", "administrator")

# --- addresses ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver with arguments put in."""

    name: str
    url: str
    takes: tuple[str, ...]  # the names of what stands in the address


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its full name; `(nameless)` for one that cannot be reversed."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(found: list[URLPattern | URLResolver], spaces: str) -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, f"{spaces}{one.namespace}:" if one.namespace else spaces)
        elif one.name:
            yield f"{spaces}{one.name}", one


def addresses(given: Mapping[str, str]) -> list[Address]:
    """Every address there is. `given` has a value for each word that may stand in one.

    A word without a value fails the test that asks: a new kind of id is attacked on purpose, or not at all.
    """
    found = []
    for name in {name for name, _pattern in patterns()}:
        for takes in _ways(name):
            words = {word: given.get(f"{name}.{word}") or given[word] for word in takes}
            with contextlib.suppress(NoReverseMatch):
                found.append(Address(name, reverse(name, kwargs=words), takes))
    missing = {name for name, _pattern in patterns()} - {one.name for one in found}
    assert not missing, missing
    return sorted(found, key=lambda one: one.url)


@functools.cache
def _ways(name: str) -> list[tuple[str, ...]]:
    """The words of each pattern that has this name."""
    *spaces, last = name.split(":")
    resolver = get_resolver()
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    return [tuple(words) for possible, *_ in resolver.reverse_dict.getlist(last) for _, words in possible]


def example_words(case: AssistanceRequest, quarter: str) -> dict[str, str]:
    """A true value for every word, and for each model of the admin site the key of a row that is there."""
    _, _, name, token, _ = enrolment.link_for(invited()).rsplit("/", 4)
    words = {
        "name": name,
        "token": token,
        "pk": str(passkey_of(User.objects.system()).pk),
        "provider_id": "nobody",
        "public_id": case.public_id,
        "badge_number": case.taken_by.badge_number,
        "quarter": quarter,
        "requests_app:tlog.path": "checkpoint",
        "requests_app:published.path": "en/",
        "requests_app:framed.path": "en/embed/2024-Q1/requests/",
        "requests_app:api.path": "releases",
        "language": "en",
        "app_label": "requests_app",
        "content_type_id": "1",
        "object_id": "1",
        "id": str(case.taken_by_id),
        "url": "nowhere",
    }
    for model in site._registry:
        row = model._default_manager.order_by("pk").first()
        for page in ("change", "history", "delete"):
            words[f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}.object_id"] = str(
                row.pk if row else 1
            )
    return words


def invited() -> User:
    """An account that is to enrol: a link leads it to its first password."""
    found = User.objects.filter(badge_number="N-901").first()
    return found or User.objects.create_user("N-901", "Newcomer One")


def passkey_of(user: User) -> Authenticator:
    """The row of a passkey; what it holds is no key."""
    kind = Authenticator.Type.WEBAUTHN
    data = {"name": "Key", "credential": {}}
    return Authenticator.objects.get_or_create(user_id=user.pk, type=kind, defaults={"data": data})[0]


# --- what is stored ----------------------------------------------------------------------------


# Counts of requests for the limits on sign-in; that it holds nothing else has a test of its own.
COUNTERS = {"register_cache"}


def tables() -> list[str]:
    """Every table but those of sessions: a look may write when a person acted last, and nothing else."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    sessions = {model._meta.db_table for model in _session_models()}
    return sorted(set(names) - sessions - COUNTERS)


def _session_models() -> list[type[AbstractBaseSession]]:
    return [model for model in AbstractBaseSession.__subclasses__() if not model._meta.abstract]


def picture() -> dict[str, tuple[int, str]]:
    """Rows and a hash of the content of every table."""
    one_table = sql.SQL(
        "SELECT {name}, count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
    )
    parts = [one_table.format(name=sql.Literal(name), table=sql.Identifier(name)) for name in tables()]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


# --- forms as a browser would send them ---------------------------------------------------------


@dataclass
class PageForm:
    action: str = ""
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)  # fields that a person types into, and their limit
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[PageForm] = []
        self.form: PageForm | None = None
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = PageForm(words.get("action", ""), words.get("method", "get").lower())
            self.forms.append(self.form)
        if self.form is None:
            return
        name = words.get("name", "")
        if tag == "button" and name:
            self.form.names.add(name)
        elif tag == "input" and name:
            self._input(self.form, name, words, {one for one, _ in attrs})
        elif tag == "textarea":
            self.textarea = name
            self.form.names.add(name)
            self.form.values[name] = [""]
            self.form.texts[name] = int(words.get("maxlength", 10_000))
        elif tag == "select":
            self.select = name
            self.form.names.add(name)
        elif tag == "option" and self.select and "selected" in {one for one, _ in attrs}:
            self.form.values.setdefault(self.select, []).append(words.get("value", ""))

    def _input(self, form: PageForm, name: str, words: dict[str, str], present: set[str]) -> None:
        kind = words.get("type", "text")
        form.names.add(name)
        if kind in ("checkbox", "radio"):
            if "checked" in present:
                form.values.setdefault(name, []).append(words.get("value", "on"))
        elif kind not in ("submit", "button", "image", "file"):
            form.values.setdefault(name, []).append(words.get("value", ""))
            if kind in ("text", "search"):
                form.texts[name] = int(words.get("maxlength", 10_000))

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.textarea:
            self.form.values[self.textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.textarea = ""
        elif tag == "select":
            self.select = ""


def forms_of(html: str) -> list[PageForm]:
    reader = _Forms()
    reader.feed(html)
    return reader.forms


def act_form(html: str) -> PageForm:
    """The form of the page that acts on a case: the one that carries a key."""
    found = [one for one in forms_of(html) if "idempotency_key" in one.names]
    assert found, "the page has no form that acts"
    return found[0]


# --- the acts ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cast:
    dispatcher: User
    commander: User
    second_commander: User
    oversight: User
    administrator: User
    outsider: User

    def __getitem__(self, who: str) -> User | None:
        return None if who == "visitor" else getattr(self, who)


@dataclass(frozen=True)
class Act:
    """How an act is brought about: a case on which it is possible, who does it, and enough answers."""

    who: str
    case: Callable[[Cast], AssistanceRequest]
    answers: Mapping[str, object] = field(default_factory=dict)


def _in(status: Status) -> Callable[[Cast], AssistanceRequest]:
    return lambda cast: factories.make_case_in(status, dispatcher=cast.dispatcher, commander=cast.commander)


def _by_radio(cast: Cast) -> AssistanceRequest:
    case = workflow.log(factories.make_request(cast.dispatcher).pk, actor=cast.dispatcher)
    return workflow.radio_decision(
        case.pk,
        actor=cast.dispatcher,
        officer_id=cast.commander.pk,
        occurred_at=timezone.now(),
        choice=factories.DECLINE,
    )


def _declined_under_danger(cast: Cast) -> AssistanceRequest:
    case = factories.make_decidable(cast.dispatcher, cast.commander)
    danger = workflow.Assessment(danger_level="clear", danger_corroboration="camera")
    workflow.set_evidence(case.pk, actor=cast.commander, assessment=danger)
    return workflow.decide(case.pk, actor=cast.commander, choice=factories.DECLINE)


def _with_a_deviation(cast: Cast) -> AssistanceRequest:
    case = factories.make_request(cast.dispatcher, cad_event_number="")
    workflow.log(case.pk, actor=cast.dispatcher)
    return workflow.radio_decision(
        case.pk,
        actor=cast.dispatcher,
        officer_id=cast.commander.pk,
        occurred_at=timezone.now(),
        choice=factories.DECLINE,
    )


def _reviewed(cast: Cast) -> AssistanceRequest:
    case = factories.make_decided(cast.dispatcher, cast.commander)
    return workflow.review(case.pk, actor=cast.oversight, finding=ReviewFinding.IN_POLICY, note="Fine.")


def _asked(cast: Cast) -> AssistanceRequest:
    return workflow.follow_up(_reviewed(cast).pk, actor=cast.oversight, question="Why did nobody call?")


def _in_field_with_arrival(cast: Cast) -> AssistanceRequest:
    case = _in(Status.IN_FIELD)(cast)
    return workflow.officer_arrives(case.pk, actor=cast.dispatcher)


def _past_its_day(cast: Cast) -> AssistanceRequest:
    case = factories.make_old(cast.dispatcher)
    return workflow.hold(
        case.pk,
        actor=cast.oversight,
        legal_hold=False,
        retention_class=RetentionClass.STANDARD,
        retain_until=date(2017, 9, 22),
        reason="The schedule.",
    )


def _with_a_proposal(cast: Cast) -> AssistanceRequest:
    other = factories.make_user("O-302", Role.OVERSIGHT, display_name="Oversight Two")
    case = workflow.propose_erasure(_past_its_day(cast).pk, actor=other, reason="Its time is over.")
    # What is erased was committed long ago: let the checks of a commit run now.
    connection.check_constraints()
    return case


ACTS: dict[str, Act] = {
    "save_intake": Act("dispatcher", _in(Status.INTAKE), {"what_was_said": "Wants two officers."}),
    "abandon": Act("dispatcher", _in(Status.INTAKE), {"reason": "Wrong number."}),
    "log": Act("dispatcher", _in(Status.INTAKE)),
    "page": Act("dispatcher", _in(Status.WAITING)),
    "radio_decision": Act(
        "dispatcher",
        _in(Status.WAITING),
        {
            "officer": "C-202",
            "occurred_at": "now",
            "outcome": Outcome.DECLINE.value,
            "reason_code": "named_in_policy",
            "reason_text": "Not for a door knock.",
        },
    ),
    "acknowledge": Act("commander", _in(Status.WAITING)),
    "claim": Act("commander", _in(Status.WAITING)),
    "release": Act("commander", _in(Status.UNDER_REVIEW)),
    "verify_caller": Act("commander", _in(Status.UNDER_REVIEW), {"verification": "failed"}),
    "record_call": Act("commander", _in(Status.UNDER_REVIEW), {"recorded": "failed", "started_at": "now"}),
    "set_evidence": Act("commander", _in(Status.UNDER_REVIEW), {"crime_offence": "Assault"}),
    "reclassify": Act("commander", _in(Status.UNDER_REVIEW), {"request_types": ["other"]}),
    "request_information": Act("commander", _in(Status.UNDER_REVIEW), {"needed": "The court's name."}),
    "decide": Act(
        "commander",
        _in(Status.UNDER_REVIEW),
        {"outcome": "decline", "reason_code": "officers_assessment", "reason_text": "Can wait till day."},
    ),
    "confirm": Act("commander", _by_radio),
    "agree": Act("second_commander", _declined_under_danger),
    "disagree": Act("second_commander", _declined_under_danger, {"reason": "The danger is clear."}),
    "dispatch": Act("dispatcher", _in(Status.DECIDED), {"units": "412", "officers": "2"}),
    "officer_arrives": Act("dispatcher", _in(Status.IN_FIELD)),
    "commander_arrives": Act("commander", _in(Status.IN_FIELD)),
    "commander_absent": Act("commander", _in(Status.IN_FIELD), {"reason": "Two scenes at once."}),
    "stand_down": Act("dispatcher", _in_field_with_arrival),
    "report_outcome": Act("commander", _in(Status.IN_FIELD), {"narrative": "Nobody was at home."}),
    "withdraw": Act("dispatcher", _in(Status.UNDER_REVIEW), {"reason": "The caller rang back."}),
    "correct": Act("commander", _in(Status.DECIDED), {"persons_sought": "3", "reason": "Misheard."}),
    "reopen": Act("commander", _in(Status.DECIDED), {"reason": "A new witness."}),
    "reveal": Act("second_commander", _in(Status.UNDER_REVIEW), {"reason": "To ring back."}),
    "explain": Act(
        "commander", _with_a_deviation, {"kind": "first", "explanation": "The recorder was down."}
    ),
    "answer": Act("commander", _asked, {"text": "We did, at four."}),
    "review": Act("oversight", _in(Status.DECIDED), {"finding": "in_policy", "note": "Read it all."}),
    "follow_up": Act("oversight", _reviewed, {"question": "Why did nobody call?"}),
    "hold": Act("oversight", _in(Status.DECIDED), {"retention_class": "litigation", "reason": "A claim."}),
    "propose_erasure": Act("oversight", _past_its_day, {"reason": "Its time is over."}),
    "erase": Act("oversight", _with_a_proposal, {"reason": "Looked at, and agreed."}),
}


def verbs() -> set[str]:
    """Every act that has a page: the table of moves without what the register does by itself."""
    return {action.value.partition(":")[2] for action in workflow.MOVES} - {"find_deviations"}


def action_of(verb: str) -> Action:
    return Action(f"request:{verb}")


def act_url(case: AssistanceRequest, verb: str) -> str:
    return reverse(f"requests_app:request_{verb}", args=[case.public_id])


def answers_for(client: Client, case: AssistanceRequest, verb: str) -> tuple[PageForm, dict[str, Any]]:
    """The form of the act as this person gets it, and what they would send."""
    page = client.get(act_url(case, verb))
    assert page.status_code == 200, (verb, page.status_code)
    form = act_form(page.content.decode())
    return form, {**form.values, **spoken(form, page, ACTS[verb].answers)}


def spoken(form: PageForm, page: Any, answers: Mapping[str, object]) -> dict[str, object]:
    said: dict[str, object] = {}
    for name, answer in answers.items():
        if answer == "now":
            said[name] = f"{timezone.localtime():%Y-%m-%dT%H:%M:%S}"
        elif answer == "first":
            said[name] = page.context["form"].fields[name].choices[-1][0]
        else:
            said[name] = answer
    return said


def fresh(answers: Mapping[str, object]) -> dict[str, object]:
    """The same answers from a page opened anew."""
    return {**answers, "idempotency_key": str(uuid4())}


def ended_quarter(dispatcher: User) -> str:
    """A quarter with a request in it, long enough ago to be public. Wants a demonstration."""
    long_ago = timezone.now() - timedelta(days=200)
    with clock(long_ago):
        case = factories.make_request(dispatcher, received_at=long_ago - timedelta(minutes=1))
        workflow.log(case.pk, actor=dispatcher)
    local = timezone.localtime(long_ago)
    return f"{local.year}-Q{(local.month + 2) // 3}"
