"""Facts in, verdicts out, one JSON object a line: the policy engine for scripts, without any database."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandError

from requests_app.policy import IN_FORCE, Facts, FactsError, evaluate, parse_line, versions

# Far beyond any real facts; it only keeps an endless line from filling the memory.
LONGEST_LINE_BYTES = 64 * 1024 * 1024


class Command(BaseCommand):
    help = "Read facts from standard input as JSON lines and write one verdict, or one error, for each line."
    requires_system_checks = []  # it must work before any database exists

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--policy-version",
            default=IN_FORCE,
            choices=versions(),
            metavar="ID",
            help=f"one of {', '.join(versions())} (default: {IN_FORCE})",
        )

    def handle(self, *, policy_version: str, **options: object) -> None:
        if sys.stdin is None or sys.stdout is None:
            raise CommandError("Standard input or output is closed.")
        try:
            lines, wrong = self._answer_all(policy_version)
        except OSError as error:
            # Python flushes once more when it ends, and would complain about a closed pipe a second time.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise CommandError(f"Standard input or output failed: {error.strerror}.") from error
        if wrong:
            raise CommandError(f"{wrong} of {lines} lines are not valid facts.", returncode=1)

    def _answer_all(self, policy_version: str) -> tuple[int, int]:
        """How many lines there were, and how many were wrong. Each is flushed, so that a caller may wait."""
        lines = wrong = 0
        for line in _lines(sys.stdin.buffer):
            try:
                answer = evaluate(_facts(line), policy_version).as_dict()
            except FactsError as error:
                answer = error.as_dict()
                wrong += 1
            lines += 1
            self.stdout.write(json.dumps(answer))
            self.stdout.flush()
        return lines, wrong


def _facts(line: bytes | None) -> Facts:
    if line is None:
        raise FactsError("", "is too long")
    return parse_line(line)


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Each line, or None in place of one that is too long to be kept."""
    while line := stream.readline(LONGEST_LINE_BYTES):
        if len(line) < LONGEST_LINE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE_BYTES)
        yield None
