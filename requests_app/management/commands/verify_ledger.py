"""Reads the whole ledger again, history and published log beside it, and names the first thing wrong."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from tqdm import tqdm

from louisville_ice.roles import VARIABLES, conninfo_of
from requests_app import ledger_check


class Command(BaseCommand):
    help = (
        "Read every entry of the ledger again, the history beside it and the published log, and name the"
        " first thing wrong (exit status 1). Reads as the auditor of DATABASE_AUDITOR_URL where that is set."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--tlog",
            type=Path,
            default=settings.TLOG_DIR,
            metavar="DIR",
            help="the folder of the published log, or a copy that was kept of it (default: %(default)s)",
        )
        parser.add_argument("--quiet", action="store_true", help="say only what is wrong")

    def handle(self, *, tlog: Path, quiet: bool, **options: Any) -> None:
        bars = _Bars(hidden=quiet or not sys.stderr.isatty())
        try:
            report = ledger_check.verify(_conninfo(), tlog=tlog, progress=bars.advance)
        except ledger_check.Wrong as wrong:
            raise CommandError(f"NO: {wrong}", returncode=1) from wrong
        finally:
            bars.close()
        if not quiet:
            self.stdout.write("\n".join(_told(report, tlog)))


class _Bars:
    """One progress bar after the other, on the terminal."""

    def __init__(self, *, hidden: bool) -> None:
        self._hidden, self._what = hidden, ""
        self._bar: tqdm | None = None

    def advance(self, what: str, count: int, total: int) -> None:
        if what != self._what:
            self.close()
            self._what = what
            self._bar = tqdm(total=total or None, unit=f" {what}", disable=self._hidden, file=sys.stderr)
        if self._bar is not None:
            self._bar.update(count)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _conninfo() -> str:
    return os.environ.get(VARIABLES["auditor"]) or conninfo_of(connection.get_connection_params())


def _told(report: ledger_check.Report, tlog: Path) -> list[str]:
    checkpoint = report.checkpoint
    lines = [
        "YES: the ledger is whole.",
        f"{report.entries} entries: places, bytes, commitments, columns and order."
        f" Of {report.erased} the private part was erased by two people.",
        f"{report.noted} rows that entries note are as they were noted;"
        f" none of {report.rows} rows of cases is without an entry.",
        f"In {report.tables} tables every row is the last revision of its history.",
    ]
    if not report.is_real:
        lines.append("This is a demonstration, whose clock was set: the order of moments was not looked at.")
    if checkpoint is None:
        lines.append(f"Nothing is published in {tlog}: the entries were compared with no signature.")
    else:
        lines.append(
            f"The first {checkpoint.size} entries are those of the published checkpoint, {checkpoint.signed}."
        )
    return lines
