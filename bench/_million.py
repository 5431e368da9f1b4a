"""Fills a register with a ledger of any length: copies of one real life of a request, rows and history too,
and the signer's filling entries between. Nothing is invented: every byte is one that the register wrote, with
other numbers, and committed to anew.
"""

import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import psycopg
from django.apps import apps
from django.db import models
from psycopg import sql

from requests_app import ledger
from requests_app.models import TRACKED_MODELS, AssistanceRequest, LedgerEntry

STRIDE = 1000  # more than the ids of one life
LEDGER = "requests_app_ledger"


@dataclass
class Source:
    """The rows of one table that a life consists of."""

    model: type[models.Model]  # as stored: history, or the model itself
    columns: list[str]
    shifted: set[str]  # columns with ids of copied rows
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Written:
    """What an act wrote: its private part, and the content of the rows that it noted."""

    entry: LedgerEntry
    private: dict[str, Any]
    noted: list[tuple[dict[str, Any], dict[str, Any], set[str]]]


class Life:
    def __init__(self, case: AssistanceRequest) -> None:
        self.case = case
        entries = LedgerEntry.objects.filter(case=case).order_by("position__index")
        self.models = {
            str(model._meta.model_name): model
            for model in apps.get_app_config("requests_app").get_models()
            if not hasattr(model, "history_id")
        }
        self._copied = {row["table"] for entry in entries for row in entry.details["rows"]}
        self.acts = [self._written(entry) for entry in entries]
        self.sources = [source for name in sorted(self._copied) for source in self._sources(name)]

    def _shifted(self, model: type[models.Model]) -> set[str]:
        ids = {"id"}
        for one in model._meta.concrete_fields:
            if isinstance(one, models.ForeignKey) and one.related_model._meta.model_name in self._copied:
                ids.add(one.attname)
        return ids

    def _written(self, entry: LedgerEntry) -> Written:
        private = json.loads(bytes(entry.private.private_bytes))
        noted = []
        for row in private["rows"]:
            model = self.models[row["table"]]
            stored = (
                model.history.get(id=row["id"], revision=row["revision"])
                if model in TRACKED_MODELS
                else model.objects.get(pk=row["id"])
            )
            content = ledger.row_content(stored)
            content = {name: value for name, value in content.items() if not name.startswith("history_")}
            noted.append((row, content, self._shifted(model)))
        return Written(entry, private, noted)

    def _sources(self, name: str) -> Iterator[Source]:
        model = self.models[name]
        stored = [model, model.history.model] if model in TRACKED_MODELS else [model]
        for one in stored:
            columns = [field.attname for field in one._meta.concrete_fields]
            own = {"pk" if model is AssistanceRequest else "case_id": self.case.pk}
            if one is not model and model is AssistanceRequest:
                own = {"id": self.case.pk}
            rows = list(one.objects.filter(**own).order_by("pk").values(*columns))
            yield Source(one, columns, self._shifted(model), rows)


def fill(superuser_url: str, life: Life, pad: LedgerEntry, *, lives: int, entries: int) -> None:
    """Copies of the life behind what is there, filling entries in equal parts between, `entries` in all."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SET event_triggers = off; SET synchronous_commit = off")
        for source in life.sources:
            _copy_rows(connection, source, lives)
        _copy_entries(connection, life, pad, lives, entries)
        connection.execute("VACUUM ANALYZE")


def _copy_rows(connection: "psycopg.Connection", source: Source, lives: int) -> None:
    names = source.columns
    shifted = [at for at, name in enumerate(names) if name in source.shifted]
    own_key = names.index("history_id") if "history_id" in names else None
    rows = [[_plain(row[name]) for name in names] for row in source.rows]
    with _copying(connection, source.model._meta.db_table, names) as copy:
        for life in range(1, lives + 1):
            for row in rows:
                for at in shifted:
                    row[at] = None if row[at] is None else row[at] + STRIDE
                if own_key is not None:
                    row[own_key] += STRIDE
                if "public_id" in names:
                    row[names.index("number")], row[names.index("public_id")] = _number(life), f"{life:016}"
                copy.write_row(row)


@contextlib.contextmanager
def _copying(connection: "psycopg.Connection", table: str, columns: list[str]) -> Iterator["psycopg.Copy"]:
    """As the superuser, with every wall of the table switched off."""
    name, listed = sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(name))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(name, listed)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy
    connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER ALL").format(name))


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else value


def _number(life: int) -> str:
    return f"2001-{life:07}"


def _canonical(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _copy_entries(
    connection: "psycopg.Connection", life: Life, pad: LedgerEntry, lives: int, entries: int
) -> None:
    """Three tables, each in its own pass over the same salts and bytes."""
    first = LedgerEntry.objects.count()
    last_id = LedgerEntry.objects.latest("id").pk
    salts = secrets.token_bytes(96)  # the same for all: what is hashed is as long with any other
    tables = {
        "entry": (
            ["id", "actor_id", "action", "refusal", "case_id", "case_revision"],
            ["occurred_at", "entered_at", "public_bytes", "leaf"],
        ),
        "private": (["entry_id", "private_bytes", "public_salt", "private_salt", "row_salt"], []),
        "position": (["index", "entry_id"], []),
    }
    for name, (columns, more) in tables.items():
        with _copying(connection, LEDGER + name, columns + more) as copy:
            for place, (entry, case_id, private) in enumerate(
                _acts(life, pad, lives, entries - first, salts[64:]), start=first
            ):
                number = last_id + 1 + place - first
                public = bytes(entry.public_bytes)
                if name == "position":
                    copy.write_row((place, number))
                elif name == "private":
                    copy.write_row((number, private, salts[:32], salts[32:64], salts[64:]))
                else:
                    leaf = ledger.commitment(salts[:32], public) + ledger.commitment(salts[32:64], private)
                    row = (number, entry.actor_id, entry.action, entry.refusal, case_id, entry.case_revision)
                    copy.write_row((*row, entry.occurred_at, entry.entered_at, public, leaf))
    connection.execute("UPDATE requests_app_ledgerhead SET size = %s", [entries])


def _acts(
    life: Life, pad: LedgerEntry, lives: int, entries: int, row_salt: bytes
) -> Iterator[tuple[LedgerEntry, int | None, bytes]]:
    """Entry, case and private bytes."""
    filling = entries - lives * len(life.acts)
    pad_bytes = bytes(pad.private.private_bytes)
    filled = 0
    for number in range(1, lives + 1):
        for act in life.acts:
            yield act.entry, life.case.pk + STRIDE * number, _shifted_private(act, number, row_salt)
        while filled * lives < filling * number:
            filled += 1
            yield pad, None, pad_bytes


def _shifted_private(act: Written, life: int, row_salt: bytes) -> bytes:
    rows = []
    for noted, content, shifted in act.noted:
        for name in shifted:
            if content[name] is not None:
                content[name] += STRIDE * life
        if "public_id" in content:
            content |= {"number": _number(life), "public_id": f"{life:016}"}
        digest = sha256(row_salt + _canonical(content)).hexdigest()
        rows.append({**noted, "id": content["id"], "sha256": digest})
        for name in shifted:
            if content[name] is not None:
                content[name] -= STRIDE * life
    return _canonical({**act.private, "case": _number(life), "rows": rows})
