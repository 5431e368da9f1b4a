"""Judges every stored decision again: under its own policy version no verdict may differ."""

from argparse import ArgumentParser
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from requests_app.models import Decision
from requests_app.policy import FactsError, evaluate, parse_facts, versions

AT_A_TIME = 500
# What a change of version always changes.
OF_THE_VERSION = ("policy_version", "policy_sha256")


class Command(BaseCommand):
    help = (
        "Evaluate the facts of every decision again, under the policy version it was made under, and report"
        " any difference (exit status 1); with --policy-version, report what that version would change."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--policy-version", choices=versions(), metavar="ID", help=", ".join(versions()))

    def handle(self, *, policy_version: str | None, **options: object) -> None:
        judged = different = 0
        for decision in _decisions():
            judged += 1
            lines = list(_differences(decision, policy_version))
            different += bool(lines)
            for line in lines:
                self.stdout.write(f"{decision.case.number}, decision {decision.sequence}: {line}")
        if policy_version:
            self.stdout.write(f"{different} of {judged} verdicts would differ under {policy_version}.")
            return
        if different:
            raise CommandError(f"{different} of {judged} decisions do not replay.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"{judged} decisions replay exactly."))


def _decisions() -> Iterator[Decision]:
    rows = Decision.objects.select_related("case").order_by("case__number", "sequence")
    return rows.iterator(chunk_size=AT_A_TIME)


def _differences(decision: Decision, policy_version: str | None) -> Iterator[str]:
    """One line for each part of the verdict that is not as stored."""
    try:
        verdict = evaluate(parse_facts(decision.facts), policy_version or decision.policy_version).as_dict()
    except LookupError:
        yield f"the version {decision.policy_version} is not there any more"
        return
    except FactsError as error:
        yield f"the stored facts cannot be read: {error}"
        return
    if not policy_version and decision.policy_sha256 != verdict["policy_sha256"]:
        yield f"the text of {decision.policy_version} was changed: it has another hash"
    for part, now in verdict.items():
        then = decision.verdict.get(part)
        if now == then or part in OF_THE_VERSION:
            continue
        # Findings are sentences; their codes are enough to say what is new and what is gone.
        yield f"{part}: {_shown(then)} -> {_shown(now)}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value) or "none"
    if isinstance(value, dict):
        return str(value.get("code", value))
    return "none" if value is None else str(value)
