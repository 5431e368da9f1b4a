"""Puts a bundle together, and writes into the ledger who took it."""

import hashlib
import io
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import rfc8785
from django.db import transaction
from django.db.models import Q

from requests_app import figures, ledger, merkle, permissions
from requests_app.bundles._entries import entries_of, history_of
from requests_app.bundles._log import NotYet, Sealed, sealed
from requests_app.bundles._words import Opened, readme, table_of
from requests_app.models import AssistanceRequest, Decision, LedgerEntry, User
from requests_app.published_log import PublishedLog
from requests_app.statistics import conduct
from requests_app.statistics._records import received_in
from requests_app.statistics.quarters import Quarter
from requests_app.statistics.rows import counted_in, figures_of, row_of_case, rows_of, without_numbers
from requests_app.vocabulary import Action, RefusalKind
from requests_app.workflow import Reason, Refused, record_refusal

Json = dict[str, Any]
Subject = AssistanceRequest | Quarter

# Acts of a quarter itself, not of a request.
OF_A_PERIOD = (
    Action.FREEZE_PERIOD,
    Action.RELEASE_PERIOD,
    Action.ENTER_CALLS,
    Action.SYNC_DEVIATIONS,
)
# They change nothing that a bundle tells of, so that looking at a request makes no bundle of it wait.
LOOKS = (Action.REVEAL, Action.VIEW, Action.EXPORT_BUNDLE)

EARLIEST_DATE = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier one
READABLE = 0o100644 << 16
UNIX = 3
BEST = 9


def require_ready(subject: Subject) -> PublishedLog:
    """The log that a bundle would be made from now. Raises NotYet where none could be."""
    log = sealed()
    if isinstance(subject, AssistanceRequest):
        _require_covered(Q(case=subject), log, what=f"request {subject.number}")
    else:
        _require_covered(_of(subject), log, what=f"quarter {subject}")
    return log.log


# --- the two kinds of bundle ------------------------------------------------------------------


def case_bundle(case: AssistanceRequest, *, opened: str) -> bytes:
    """One request. Raises NotYet."""
    log, is_all = sealed(), opened == Opened.ALL
    entries = entries_of(Q(case=case), log, is_all=is_all)
    row = row_of_case(case.pk)
    rows: Json = {"cases": [row] if is_all else without_numbers([row])}
    if is_all:
        rows["history"] = history_of(entries)
    subject = case.number if is_all else f"a request of {Quarter.containing(case.received_at)}"
    found = _members("case", subject, opened, log, entries=entries, rows=rows, cases=Q(pk=case.pk))
    _require_covered(Q(case=case), log, what=f"request {case.number}")
    return _zipped(found)


def quarter_bundle(quarter: Quarter, *, opened: str) -> bytes:
    """All requests that were received in the quarter and count, with the figures. Raises NotYet."""
    log, is_all = sealed(), opened == Opened.ALL
    cases = Q(pk__in=counted_in(quarter))
    own = Q(pk__in=_own_acts(quarter))
    entries = entries_of(Q(case__in=counted_in(quarter)) | own, log, is_all=is_all)
    rows = rows_of(quarter, numbered=is_all)
    if is_all:
        rows["history"] = history_of(entries)
    found = _members("quarter", str(quarter), opened, log, entries=entries, rows=rows, cases=cases)
    found["figures.json"] = rfc8785.dumps(figures_of(conduct([quarter])[0]))
    found["figures.py"] = Path(figures.__file__).read_bytes()
    _require_covered(_of(quarter), log, what=f"quarter {quarter}")
    return _zipped(found)


def _members(
    kind: str, subject: str, opened: str, log: Sealed, *, entries: list[Json], rows: Json, cases: Q
) -> dict[str, bytes]:
    decisions = Decision.objects.filter(case__in=AssistanceRequest.objects.filter(cases))
    versions = sorted(set(decisions.values_list("policy_version", flat=True)))
    manifest: Json = {
        "kind": kind,
        "subject": subject,
        "opened": str(opened),
        "policy_versions": versions,
        "size": log.size,
    }
    return {
        "README.txt": readme(manifest, key=log.key).encode(),
        "checkpoint": log.checkpoint,
        "log-policy": log.policy,
        "manifest.json": rfc8785.dumps(manifest),
        "entries.json": rfc8785.dumps(entries),
        "rows.json": rfc8785.dumps(rows),
        "cases.csv": table_of(rows["cases"]),
        **{f"policy/{version}.toml": _policy_file(version) for version in versions},
        "verify.py": Path(merkle.__file__).read_bytes(),
    }


def _own_acts(quarter: Quarter) -> list[int]:
    """The entries of the quarter's own releases, of its calls for service, and of its lateness."""
    acts = LedgerEntry.objects.filter(case=None, action__in=OF_A_PERIOD, refusal="")
    return [entry.pk for entry in acts.only("public_bytes") if entry.public.get("period") == str(quarter)]


def _of(quarter: Quarter) -> Q:
    """Every entry on which a figure may rest: also those of a request that was moved to another quarter."""
    entered = Q(entered_at__gte=quarter.starts_at, entered_at__lt=quarter.ends_at)
    ever = AssistanceRequest.history.filter(received_in([quarter]) | entered)
    return Q(case__in=ever.values("id")) | Q(pk__in=_own_acts(quarter))


def _require_covered(entries: Q, log: Sealed, *, what: str) -> None:
    """Asked last: what was read before is as of the checkpoint, if nothing that matters came after it.

    An act that is refused counts for nothing, unless it was the policy that refused it.
    """
    matters = ~Q(action__in=LOOKS) & Q(refusal__in=["", RefusalKind.POLICY])
    later = Q(position__index__gte=log.size) | Q(position=None)
    waiting = LedgerEntry.objects.filter(entries & matters & later).count()
    if waiting:
        acts = "1 act" if waiting == 1 else f"{waiting:,} acts"
        raise NotYet(
            f"The record of {what} has {acts} that no checkpoint covers yet."
            " The next checkpoint makes the bundle possible."
        )


def _policy_file(version: str) -> bytes:
    return files("requests_app.policy").joinpath("versions", f"{version}.toml").read_bytes()


# --- the zip ----------------------------------------------------------------------------------


def _zipped(members: dict[str, bytes]) -> bytes:
    """The same bytes for the same members, on whatever day and machine."""
    sums = "".join(f"{hashlib.sha256(members[name]).hexdigest()}  {name}\n" for name in sorted(members))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in sorted({**members, "SHA256SUMS": sums.encode()}.items()):
            archive.writestr(_named(name), content, compresslevel=BEST)
    return written.getvalue()


def _named(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, EARLIEST_DATE)
    member.compress_type, member.create_system, member.external_attr = zipfile.ZIP_DEFLATED, UNIX, READABLE
    return member


# --- the act ----------------------------------------------------------------------------------


def export(subject: Subject, *, opened: str, actor: User) -> bytes:
    """Build the bundle and put into the ledger who took it, before a byte of it leaves.

    Raises NotYet, or Refused, which is put into the ledger in a transaction of its own.
    """
    try:
        return _export(subject, opened=opened, actor=actor)
    except Refused as refusal:
        case_id = subject.pk if isinstance(subject, AssistanceRequest) else None
        record_refusal(Action.EXPORT_BUNDLE, case_id, actor=actor, refusal=refusal)
        raise


@transaction.atomic(durable=True)
def _export(subject: Subject, *, opened: str, actor: User) -> bytes:
    ledger.set_actor(actor)
    roles = User.objects.get(pk=actor.pk).roles  # as they stand in this transaction
    if not permissions.allows(roles, Action.EXPORT_BUNDLE):
        sentence = f"Your role does not allow “{Action.EXPORT_BUNDLE.label}”."
        raise Refused(RefusalKind.FORBIDDEN, Reason("role", sentence))
    if isinstance(subject, AssistanceRequest):
        bundle = case_bundle(subject, opened=opened)
    else:
        bundle = quarter_bundle(subject, opened=opened)
    _record(subject, bundle, opened=opened, actor=actor)
    return bundle


def _record(subject: Subject, bundle: bytes, *, opened: str, actor: User) -> None:
    case = subject if isinstance(subject, AssistanceRequest) else None
    now = ledger.now()
    told = {"opened": str(opened)} if case else {"opened": str(opened), "period": str(subject)}
    ledger.record(
        ledger.Act(
            actor=actor,
            action=Action.EXPORT_BUNDLE,
            case=case,
            occurred_at=now,
            entered_at=now,
            details={**told, "bundle_sha256": hashlib.sha256(bundle).hexdigest()},
            public={} if case and case.is_exercise else told,
        )
    )


def file_name(subject: Subject, *, opened: str) -> str:
    """What the zip is called; without a request's number where nothing private is opened."""
    if isinstance(subject, AssistanceRequest):
        name = subject.number if opened == Opened.ALL else "request"
    else:
        name = str(subject)
    return f"evidence-{name}-{opened}.zip"
