"""The rows of docs/asvs.csv and docs/cjis.csv, and a plugin: a run is not green when a named test is not.

A row names a test by its id, of one case (`file::test[case]`) or of all (`file::test`). When whole files ran,
every test that a row names in them must have run and passed.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
# pytest-xdist puts the group of a test behind its id.
GROUP = re.compile(r"@[\w-]+$")
MET, NOT_APPLICABLE, OPEN = "met", "not applicable", "open"


@dataclass(frozen=True)
class Row:
    table: str
    id: str
    status: str
    test: str
    words: str


def rows(table: str) -> list[Row]:
    with (DOCS / f"{table}.csv").open(newline="") as file:
        return [
            Row(table, one["requirement"] if table == "asvs" else one["control"], *_last(one))
            for one in csv.DictReader(file)
        ]


def _last(row: dict[str, str]) -> tuple[str, str, str]:
    return row["status"], row["test"], row["words"]


def named() -> set[str]:
    """Every test that a row of either table names."""
    return {row.test for table in ("asvs", "cjis") for row in rows(table) if row.test}


def file_of(node: str) -> str:
    return node.partition("::")[0]


def covers(name: str, node: str) -> bool:
    """Is this case what the row names, or one of the cases of the test that it names?"""
    return node == name or node.startswith(f"{name}[")


# --- the plugin --------------------------------------------------------------------------------


class Evidence:
    """Keeps how each test ended. With pytest-xdist the first process hears of all of them."""

    def __init__(self) -> None:
        self.ended: dict[str, str] = {}
        self.missing: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.ended[GROUP.sub("", report.nodeid)] = report.outcome

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not _is_whole(session.config):
            return
        self.missing = list(lacking(named(), self.ended))
        if self.missing and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.missing:
            terminalreporter.write_line(f"EVIDENCE {line}", red=True)


def lacking(names: set[str], ended: dict[str, str]) -> Iterator[str]:
    """What is wrong with the named tests of the files that ran."""
    files = {file_of(node) for node in ended}
    for name in sorted(names):
        if file_of(name) not in files:
            continue
        outcomes = {outcome for node, outcome in ended.items() if covers(name, node)}
        if outcomes != {"passed"}:
            yield f"{name}: {', '.join(sorted(outcomes)) or 'did not run'}"


def _is_whole(config: pytest.Config) -> bool:
    """Files were run as they are: nobody chose tests by name, mark or number of failures."""
    option = config.option
    chosen = option.keyword or option.markexpr or option.collectonly or option.maxfail
    chosen = chosen or getattr(option, "lf", False) or getattr(option, "failedfirst", False)
    return not chosen and not any("::" in one for one in config.args)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Evidence(), "evidence-of-the-tables")
