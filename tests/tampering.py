"""A register with a signed log, and copies of it in which a superuser may do anything."""

import contextlib
import itertools
import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import rfc8785
import time_machine
from django.db import connection, connections
from django.utils import timezone
from psycopg import sql

from louisville_ice.roles import close_database
from requests_app import ledger, ledger_check, signer, workflow
from requests_app.vocabulary import Component, RetentionClass, Role
from tests import cluster, factories
from tests.signers import ORIGIN, SignerProcess

numbers = itertools.count(1)


@contextlib.contextmanager
def two_years_ago() -> Iterator[None]:
    """Both clocks go on from then: the database's follows ours with each act."""

    def follow(execute: Any, statement: Any, *rest: Any) -> Any:
        if "app.actor" in str(statement):
            now = f"SELECT set_config('app.demonstration_clock', '{timezone.now().isoformat()}', false)"
            execute(now, None, *rest[1:])
        return execute(statement, *rest)

    with (
        factories.long_ago() as moment,
        time_machine.travel(moment, tick=True),
        connection.execute_wrapper(follow),
    ):
        yield


def prepare(folder: Path, signer_url: str) -> SignerProcess:
    """Five requests: closed, declined, erased, decided; 128 entries signed, and some that are not yet.

    It began two years ago: nothing younger than one is ever erased.
    """
    with two_years_ago():
        dispatcher = factories.make_user("D-101", Role.DISPATCHER)
        commander = factories.make_user("C-201", Role.COMMANDING_OFFICER)
        first, second = (factories.make_user(badge, Role.OVERSIGHT) for badge in ("O-301", "O-302"))
        closed = factories.make_closed(dispatcher, commander)
        workflow.correct(
            closed.pk, actor=dispatcher, changes={"component": Component.CBP}, reason="Misheard “ICE”."
        )
        declined = factories.make_decided(dispatcher, commander, factories.DECLINE)
        workflow.reveal(declined.pk, actor=first, reason="Looked at for the review.")
        with contextlib.suppress(workflow.Refused):
            workflow.attempt(workflow.claim, declined.pk, actor=commander)
        over = workflow.save_intake(None, actor=dispatcher, intake=factories.make_intake())
        workflow.abandon(over.pk, actor=dispatcher, reason="A wrong number.")
    log = SignerProcess(folder, signer_url)
    signer.new_key(log.state, ORIGIN)
    log.write_policy()
    log.sign()
    shutil.copytree(log.public, folder / "kept")  # what somebody outside took away
    workflow.hold(
        over.pk,
        actor=first,
        legal_hold=False,
        retention_class=RetentionClass.STANDARD,
        retain_until=date(2020, 1, 1),
        reason="The schedule.",
    )
    workflow.propose_erasure(over.pk, actor=first, reason="The schedule says so.")
    workflow.erase(over.pk, actor=second, reason="Looked at, and agreed.")
    factories.make_decided(dispatcher, commander)
    log.sign()
    factories.make_decidable(dispatcher, commander)
    connections["default"].close()
    return log


class Tampered:
    """One copy. `superuser` has taken every wall down."""

    def __init__(
        self, name: str, urls: dict[str, str], folder: Path, superuser: "psycopg.Connection"
    ) -> None:
        self.name, self.urls, self.superuser = name, urls, superuser
        self.log = SignerProcess(folder, cluster.in_database(urls["signer"], name))

    @property
    def kept(self) -> Path:
        """What somebody outside took away after the first 64 entries."""
        return self.log.folder / "kept"

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = self.superuser.execute(statement, list(values) or None)
        return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *values: object) -> Any:
        return self.execute(statement, *values)[0][0]

    def verify(self, *, tlog: Path | None = None) -> str:
        """What is wrong, as the auditor finds it; nothing where nothing is."""
        url = cluster.in_database(self.urls["auditor"], self.name)
        try:
            ledger_check.verify(url, tlog=tlog or self.log.public, progress=lambda *_: None)
        except ledger_check.Wrong as wrong:
            return str(wrong)
        return ""

    def verify_unpublished(self) -> str:
        """As if nothing had ever been published."""
        return self.verify(tlog=self.log.folder / "nothing")

    @contextlib.contextmanager
    def walls(self) -> Iterator[None]:
        """Standing again: they give the signer's filling entries their places."""
        self.superuser.execute(WALLS.format("ENABLE"))
        try:
            yield
        finally:
            self.superuser.execute(WALLS.format("DISABLE"))

    def sign(self) -> str:
        """What the signer refuses."""
        try:
            with self.walls():
                signer.sign(self.log.places)
        except signer.Refused as refused:
            return str(refused)
        return ""

    # --- what a superuser does who knows the formats ---

    def entry_of(self, action: str) -> int:
        """The place of the first entry of this act that still has its private part."""
        return int(
            self.one(
                "SELECT min(index) FROM requests_app_ledgerposition p"
                " JOIN requests_app_ledgerentry e ON e.id = p.entry_id"
                " JOIN requests_app_ledgerprivate v ON v.entry_id = e.id WHERE action = %s",
                action,
            )
        )

    def rewrite(self, place: int, change: Callable[[dict[str, Any]], None]) -> None:
        """The private bytes of an entry, with a new salt, and the leaf that commits to them."""
        entry, public, public_salt, private = self.execute(
            "SELECT e.id, public_bytes, public_salt, private_bytes FROM requests_app_ledgerposition p"
            " JOIN requests_app_ledgerentry e ON e.id = p.entry_id"
            " JOIN requests_app_ledgerprivate v ON v.entry_id = e.id WHERE index = %s",
            place,
        )[0]
        told = json.loads(private)
        change(told)
        private, salt = rfc8785.dumps(told), secrets.token_bytes(32)
        leaf = ledger.commitment(public_salt, public) + ledger.commitment(salt, private)
        self.execute(
            "UPDATE requests_app_ledgerprivate SET private_bytes = %s, private_salt = %s WHERE entry_id = %s",
            private,
            salt,
            entry,
        )
        self.execute("UPDATE requests_app_ledgerentry SET leaf = %s WHERE id = %s", leaf, entry)

    def forge(self, place: int) -> int:
        """Another entry like the one at this place, as of now, as whole as any, behind the last."""
        last = int(self.one("SELECT size FROM requests_app_ledgerhead"))
        public, private, *salts = self.execute(
            "SELECT public_bytes, private_bytes, public_salt, private_salt, row_salt"
            " FROM requests_app_ledgerentry e JOIN requests_app_ledgerposition p ON p.entry_id = e.id"
            " JOIN requests_app_ledgerprivate v ON v.entry_id = e.id WHERE index = %s",
            place,
        )[0]
        now = datetime.now(UTC)
        moment = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        told = rfc8785.dumps({**json.loads(public), "quarter": ledger.quarter_of(now)})
        kept = rfc8785.dumps({**json.loads(private), "entered_at": moment, "occurred_at": moment})
        columns = "actor_id, action, refusal, case_id"
        copied = (
            f"INSERT INTO requests_app_ledgerentry ({columns}, occurred_at, entered_at, public_bytes, leaf)"
            f" SELECT {columns}, %s, %s, %s, %s FROM requests_app_ledgerentry e"
            " JOIN requests_app_ledgerposition p ON p.entry_id = e.id WHERE index = %s RETURNING id"
        )
        leaf = ledger.commitment(salts[0], told) + ledger.commitment(salts[1], kept)
        number = int(self.one(copied, now, now, told, leaf, place))
        self.execute(
            "INSERT INTO requests_app_ledgerprivate (entry_id, private_bytes, public_salt, private_salt,"
            " row_salt) VALUES (%s, %s, %s, %s, %s)",
            number,
            kept,
            *salts,
        )
        self.execute("INSERT INTO requests_app_ledgerposition VALUES (%s, %s)", last, number)
        self.execute("UPDATE requests_app_ledgerhead SET size = size + 1")
        return last


@contextlib.contextmanager
def tampered(
    prepared: SignerProcess, database: str, urls: dict[str, str], folder: Path
) -> Iterator[Tampered]:
    name = f"{database}_copy_{next(numbers)}"
    shutil.copytree(prepared.folder, folder, dirs_exist_ok=True, copy_function=shutil.copy2)
    with psycopg.connect(urls["postgres"], autocommit=True) as server:
        words = map(sql.Identifier, (name, database))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*words))
        close_database(server, name, roles=cluster.ROLES.values())
        try:
            url = cluster.in_database(urls["superuser"], name)
            with psycopg.connect(url, autocommit=True) as superuser:
                superuser.execute(WALLS.format("DISABLE"))
                # From here on it is a real register: no clock of it was ever set.
                superuser.execute("DELETE FROM requests_app_installation")
                yield Tampered(name, urls, folder, superuser)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


WALLS = """
SET event_triggers = off;
DO $$
DECLARE
    tab text;
BEGIN
    FOR tab IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^requests_app_' LOOP
        EXECUTE format('ALTER TABLE %I {} TRIGGER ALL', tab);
    END LOOP;
END
$$
"""
