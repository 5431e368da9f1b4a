"""Only `workflow` and the few modules beside it write cases; nothing but them holds a writing verb."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "requests_app"
WRITING = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "delete",
    "update",
    "raw",
    "execute",
    "select_for_update",
}
# Who may write, and what: the rooms of the workflow, and those that keep something that is no case.
WRITERS = {
    "workflow": WRITING,
    "accounts": WRITING,  # people, their roles, locks and sessions: never a case
    "signin": {"create", "save", "select_for_update"},  # the used periods of second factors
    "guard.py": {"execute"},  # what the superuser keeps about the walls
    "ledger.py": {"execute"},
    "ledger_check": {"execute"},  # reads, as the auditor
    "signer": {"execute"},  # reads leaves, and has the log filled up
    "releases": WRITING,
    "statistics": {"execute"},  # reads a whole quarter in two statements
    "notifications.py": {"create", "select_for_update"},  # attempts of a page; a job that waits
    "demonstration": WRITING,
    "demonstration.py": WRITING,
    "management": WRITING,
    "models": {"save"},  # accounts are made by their manager; a revision is counted in save()
    "admin.py": {"save"},  # accounts, roster and reference lists: never a case
    "admin": {"save"},
    "checks.py": {"execute"},
    "privileges.py": {"execute"},
    "migrations": WRITING,
}
# `update` of a dictionary or a set, `create` of nothing that is stored.
HARMLESS_RECEIVERS = {
    "context",
    "headers",
    "initial",
    "attrs",
    "digest",
    "hasher",
    "data",
    "words",
    "columns",
}


def modules() -> list[Path]:
    return sorted(path for path in HOUSE.rglob("*.py") if "__pycache__" not in path.parts)


def writing_calls(path: Path) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        receiver = node.func.value
        name = receiver.id if isinstance(receiver, ast.Name) else getattr(receiver, "attr", "")
        if node.func.attr in WRITING and name not in HARMLESS_RECEIVERS:
            found.append((node.lineno, node.func.attr))
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_module_writes_only_what_it_may(path):
    room = path.relative_to(HOUSE).parts[0]

    forbidden = [call for call in writing_calls(path) if call[1] not in WRITERS.get(room, set())]

    assert forbidden == []


def test_the_search_finds_a_write():
    """The test above would be green if it found nothing at all."""
    assert writing_calls(HOUSE / "workflow" / "_transition.py")
