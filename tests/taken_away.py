"""A plugin that takes a protection away under the test of it: `python -m pytest -p tests.taken_away NODES`.

Each of these tests must fail then, or it would show nothing. Only tests/house/test_evidence.py loads this.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import psycopg
import pytest

from tests import cluster

# Everything of the register is named by words: this module is there before the settings are.
TakeAway = Callable[[pytest.MonkeyPatch, dict[str, Any]], None]


def csrf(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    patch.setattr("django.middleware.csrf.CsrfViewMiddleware.process_view", lambda *words: None)


def visibility(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    patch.setattr(
        "requests_app.querysets.AssistanceRequestQuerySet.visible_to", lambda cases, user: cases.all()
    )


def escaping(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    patch.setattr(import_module("django.template").engines["django"].engine, "autoescape", False)


def powers(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    patch.setattr("requests_app.permissions.allows", lambda roles, action: True)


def second_factor(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    patch.setattr("requests_app.signin.step_up.has_second_factor", lambda request: True)


def idle_lock(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    patch.setattr("requests_app.idle.IdleLockMiddleware.process_view", lambda *words: None)


def step_ups(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    patch.setattr("requests_app.signin.step_up.is_fresh", lambda request: True)


def lock(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    patch.setattr("requests_app.accounts.find_lock", lambda account: None)


def codes_once(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    totp, decrypt = import_module("requests_app.signin.totp"), "requests_app.signin.encryption"

    def any_right_code(factor: Any, code: str) -> bool:
        secret = import_module(decrypt).decrypt(factor.data["secret"])
        return code == totp.code_at(secret, totp.current_counter())

    patch.setattr(totp, "use_code", any_right_code)


def wall(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    """As nobody but a superuser can: in the clone of this test, which is dropped afterwards."""
    url = cluster.in_database(given["cluster_urls"]["superuser"], given["committed_db"])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET event_triggers = off")
        connection.execute("ALTER TABLE requests_app_ledgerentry DISABLE TRIGGER ALL")


def addresses_of_proxies(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    def believed(request: Any) -> str:
        return str(request.headers.get("X-Forwarded-For", "127.0.0.1")).split(",")[0]

    patch.setattr("requests_app.signin.networks.get_client_ip", believed)


def posted_fields(patch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    """As it once was: what was sent under the name of a hidden field was taken for typed."""
    name = "requests_app.forms.intake.SaveIntakeForm._typed_after_a_reveal"
    patch.setattr(name, lambda form: form.is_bound)


ELSEWHERE = "tests/security/test_requests_from_elsewhere.py"
ENCODING = "tests/security/test_encoding.py"
PLANTED = "tests/security/test_mass_assignment.py"
SIGN_IN, SESSIONS = "tests/security/test_sign_in.py", "tests/security/test_sessions.py"
LOCKS, STEP_UP = "tests/security/test_locks.py", "tests/security/test_step_up.py"
PROTECTIONS: dict[str, TakeAway] = {
    f"{ELSEWHERE}::test_no_address_takes_a_post_without_a_token[commander]": csrf,
    f"{ELSEWHERE}::test_a_case_that_a_dispatcher_may_no_longer_see_is_gone_for_every_address": visibility,
    f"{ENCODING}::test_text_is_stored_as_typed_and_encoded_when_it_is_shown": escaping,
    f"{PLANTED}::test_a_form_is_worth_nothing_in_the_hands_of_who_may_not_act[decide]": powers,
    f"{PLANTED}::test_columns_planted_in_a_form_change_nothing[save_intake-commander]": posted_fields,
    f"{SIGN_IN}::test_a_code_works_once": codes_once,
    f"{SIGN_IN}::test_a_password_alone_opens_nothing_but_enrolment": second_factor,
    f"{SESSIONS}::test_behind_one_trusted_proxy_its_word_counts_and_no_more": addresses_of_proxies,
    f"{LOCKS}::test_the_fifth_locks_and_the_right_password_does_not_open": lock,
    f"{STEP_UP}::test_after_ten_minutes_deciding_to_assist_waits_and_nothing_typed_is_lost": step_ups,
    "tests/test_idle.py::test_it_leads_an_idle_session_to_sign_in_and_back": idle_lock,
    "tests/test_walls.py::test_every_append_only_table_has_its_walls_always_on": wall,
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Between the making of the test's ground and the test itself."""
    take_away = PROTECTIONS[item.nodeid]
    with pytest.MonkeyPatch.context() as patch:
        take_away(patch, item.funcargs)  # type: ignore[attr-defined]
        return (yield)
