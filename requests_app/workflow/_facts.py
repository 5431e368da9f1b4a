"""From a case's rows to the facts that the policy judges, and the verdict on them."""

from datetime import datetime

from requests_app.models import AssistanceRequest, PolicyInForce
from requests_app.policy import IN_FORCE, Facts, Verdict, evaluate, parse_facts
from requests_app.querysets import NOW
from requests_app.vocabulary import CallRecorded, CrimeStatus, DangerLevel, Division, Ground, Jurisdiction


def facts_of(case: AssistanceRequest, *, at: datetime) -> Facts:
    """The case as the policy sees it at this moment: evidence, not claims, and no person."""
    evidence = case.evidence
    last_call = max(case.calls.all(), key=lambda call: call.started_at, default=None)
    return parse_facts(
        {
            "received_at": case.received_at.isoformat(),
            "direction": case.direction,
            "jurisdiction": Jurisdiction.OTHER.value
            if case.division == Division.OTHER_JURISDICTION
            else Jurisdiction.LMPD.value,
            "channel": case.channel,
            "requester": {"component": case.component, "verification": evidence.verification},
            "request_types": list(case.request_types),
            "documents": [
                {
                    "document_class": document.document_class,
                    "confirmation": document.confirmation,
                    "matches_subject": document.matches_subject,
                }
                for document in case.documents.all()
                if not document.struck
            ],
            "crime": {
                "status": evidence.crime_status,
                "immigration_offence_only": evidence.immigration_offence_only,
                "basis": evidence.crime_basis,
                "open_lmpd_case": bool(evidence.lmpd_case_number),
            },
            "danger": {
                "level": evidence.danger_level,
                "corroboration": evidence.danger_corroboration,
                "ended": evidence.danger_ended,
            },
            "commander": {
                "contacted": last_call is not None,
                "call_recorded": last_call.recorded if last_call else CallRecorded.NO.value,
            },
            "timed_out": case.information_due_at is not None and at >= case.information_due_at,
        }
    )


def policy_in_force() -> str:
    """The version an administrator put in force last, else the first one."""
    version = (
        PolicyInForce.objects.filter(in_force_from__lte=NOW)
        .order_by("-in_force_from")
        .values_list("version", flat=True)
        .first()
    )
    return version or IN_FORCE


def verdict_on(case: AssistanceRequest, *, at: datetime) -> tuple[Facts, Verdict]:
    """What the policy in force says of the case now, and the facts it says it on."""
    facts = facts_of(case, at=at)
    return facts, evaluate(facts, policy_in_force())


def is_emergency(case: AssistanceRequest) -> bool:
    """Danger is claimed or clear and has not ended: the short time limits apply."""
    evidence = case.evidence
    return evidence.danger_level != DangerLevel.NONE and not evidence.danger_ended


def is_urgent(case: AssistanceRequest, grounds: list[str]) -> bool:
    """Public danger holds, or a crime that is occurring."""
    return Ground.PUBLIC_DANGER in grounds or (
        Ground.CRIME in grounds and case.evidence.crime_status == CrimeStatus.IN_PROGRESS
    )
