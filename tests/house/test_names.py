"""One verb, one name, all the way: convention, made executable."""

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import get_resolver, reverse

from requests_app import forms, permissions, timeline, views, workflow
from requests_app.forms._act import ActForm
from requests_app.vocabulary import Action

ROOT = Path(__file__).parents[2]
# The system's own act has no form; the intake is more than one form.
WITHOUT_FORM = {Action.SYNC_DEVIATIONS, Action.SAVE_INTAKE}


def verb(action: Action) -> str:
    return action.value.partition(":")[2]


def form_classes() -> dict[Action, type[ActForm]]:
    found = {}
    for module in pkgutil.iter_modules(forms.__path__, "requests_app.forms."):
        for thing in vars(import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, ActForm) and hasattr(thing, "act"):
                found[thing.act] = thing
    return found


def view_names() -> set[str]:
    return {
        name
        for module in pkgutil.iter_modules(views.__path__, "requests_app.views.")
        for name in vars(import_module(module.name))
    }


@pytest.mark.parametrize("action", list(workflow.MOVES), ids=verb)
def test_a_verb_is_one_name_from_vocabulary_to_ledger(action):
    name = verb(action)

    assert action.name.lower() == name or action == Action.SYNC_DEVIATIONS
    assert workflow.TRANSITIONS[action].__name__ == name
    assert action in timeline.SENTENCES
    assert action in set().union(*permissions.GRANTS.values()) | permissions.SYSTEM_ACTIONS
    if action == Action.SYNC_DEVIATIONS:
        return
    assert f"request_{name}" in view_names()
    assert reverse(f"requests_app:request_{name}", args=["x"]).endswith(f"/{name}/")


@pytest.mark.parametrize("action", sorted(set(workflow.MOVES) - WITHOUT_FORM), ids=verb)
def test_a_verb_has_the_form_of_its_name(action):
    camel = "".join(word.title() for word in verb(action).split("_"))

    assert form_classes()[action].__name__ == f"{camel}Form"


@pytest.mark.parametrize("action", sorted(set(workflow.MOVES) - {Action.SYNC_DEVIATIONS}), ids=verb)
def test_a_verb_is_tested_by_its_name(action):
    text = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))

    assert re.search(rf"workflow\.{verb(action)}\b", text)
    assert re.search(rf"request_{verb(action)}\b", text)


def test_a_url_name_is_the_name_of_its_view():
    """So that one search finds both. Two addresses of one view share its name as a beginning."""
    for pattern in get_resolver("requests_app.urls").url_patterns:
        for route in getattr(pattern, "url_patterns", [pattern]):
            assert route.name.startswith(route.callback.__name__), route.name


def test_no_word_that_says_nothing():
    """No handlers, managers, helpers, utils: a name says what a thing is."""
    idle = re.compile(r"^(?:.*_)?(?:utils?|helpers?|misc|common|handlers?|services?|mixins?)$")

    for path in (ROOT / "requests_app").rglob("*.py"):
        assert not idle.match(path.stem), path
