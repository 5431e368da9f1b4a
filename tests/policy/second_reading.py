"""The rules read a second time, as plainly as they can be written, to compare the engine with.

It shares nothing with the engine: no file, no code, no order of work. It takes the facts as the JSON object
and gives what the verdict must say, without hash and findings, and which grounds hold (None: not looked at).
"""

ORDINANCE = "2017-10-26-ordinance"
CUSTODIANS = {"court_order", "records_lookup", "status_exchange", "detainer"}
NOTICES = {"deconfliction_notice", "identity_check"}
CRIMINAL = ("criminal_warrant", "criminal_search_warrant")
JUDICIAL = (*CRIMINAL, "immigration_crime_warrant", "judicial_civil_warrant")


def second_reading(facts, version):
    if facts["direction"] == "outbound":
        return answer("record_only", {"OUTBOUND"}), None
    if facts["jurisdiction"] == "other":
        return answer("refer", {"OTHER_JURISDICTION"}), None

    by_ordinance = version == ORDINANCE
    types = set(facts["request_types"])
    papers = [(d["document_class"], d["confirmation"], d["matches_subject"]) for d in facts["documents"]]
    crime, danger = facts["crime"], facts["danger"]
    caller = facts["requester"]["verification"]
    recorded = facts["commander"]["call_recorded"]

    # what holds
    good_classes = JUDICIAL if by_ordinance else CRIMINAL
    warrant = any((name, "confirmed_active", True) in papers for name in good_classes)
    believed = {"own_report", "witnessed", "camera", "other_caller"} | (
        {"agent_detailed"} if caller != "failed" else set()
    )
    crime_could_count = not crime["immigration_offence_only"] and (
        crime["status"] == "in_progress" or (crime["status"] == "past" and crime["open_lmpd_case"])
    )
    crime_shown = crime_could_count and crime["basis"] in believed
    own_word = danger["corroboration"] in ("requester_only", "none")
    levels = ("claimed", "clear") if by_ordinance else ("clear",)
    danger_holds = danger["level"] in levels and not danger["ended"] and not (caller == "failed" and own_word)
    if by_ordinance:
        grounds = warrant * ["judicial_warrant"] + danger_holds * ["risk_of_violence"]
        urgent = danger_holds and danger["level"] == "clear"
        first_to_go = urgent
    else:
        grounds = warrant * ["criminal_warrant"] + crime_shown * ["crime"] + danger_holds * ["public_danger"]
        urgent = danger_holds or (crime_shown and crime["status"] == "in_progress")
        first_to_go = danger_holds
    missing = (
        (crime_could_count and not crime_shown)
        or (danger["level"] == "claimed" and not danger["ended"])
        or (danger["level"] == "clear" and not danger["ended"] and not danger_holds)
    )
    alleged = crime["status"] != "none" or danger["level"] != "none"

    # flags whatever the outcome
    flags = set()
    for name, confirmation, matches in papers:
        if name in ("criminal_search_warrant", "immigration_crime_warrant", "judicial_civil_warrant"):
            flags.add("LEGAL_REVIEW")
        if confirmation == "not_extraditable":
            flags.add("LEGAL_REVIEW")
        if confirmation == "recalled" or (name in CRIMINAL and not matches):
            flags.add("CLAIM_MISMATCH")
        if name in CRIMINAL and confirmation == "unconfirmed" and matches:
            flags.add("CONFIRM_WARRANT")
        if name == "administrative_warrant" and warrant:
            flags.add("MIXED_DOCUMENTS")
    if warrant and ("knock_and_talk" in types or "clear_building" in types):
        flags.add("PRETEXT_REVIEW")
    named = {name for name, _, _ in papers}
    if (
        crime["status"] != "none"
        and crime["immigration_offence_only"]
        and "immigration_crime_warrant" not in named
    ):
        flags.add("IMMIGRATION_OFFENCE_ONLY")
    if crime["status"] == "past" and not crime["immigration_offence_only"] and not crime["open_lmpd_case"]:
        flags.add("NO_OPEN_CASE")
    if danger["level"] == "clear" and danger["ended"]:
        flags.add("DANGER_ENDED")
    if danger_holds and own_word:
        flags.add("REQUESTER_ONLY")
    for asked, flag in (
        ("court_order", "COURT_ORDER"),
        ("records_lookup", "DATA"),
        ("status_exchange", "STATUS_EXCHANGE"),
        ("detainer", "DETAINER"),
    ):
        if asked in types:
            flags.add(flag)
    if caller == "failed":
        flags.add("IMPOSTOR")
    if facts["channel"] in ("personal_phone", "chat"):
        flags.add("INFORMAL_CHANNEL")
    if recorded == "refused_by_caller":
        flags.add("UNRECORDED_LINE")

    # the ways out, in order
    if caller == "failed" and not urgent:
        return answer("decline", flags), grounds
    if not grounds:
        if "court_order" in types or (types <= CUSTODIANS | NOTICES and types & CUSTODIANS):
            return answer("refer", flags), grounds
        if types and types <= NOTICES and not alleged:
            return answer("record_only", flags), grounds
        if types == {"ordinary_service"}:
            return answer("ordinary_service", flags), grounds
    if not urgent and flags & {"INFORMAL_CHANNEL", "UNRECORDED_LINE"}:
        return answer("decline", flags), grounds

    waits = False
    if grounds:
        if caller == "unverified":
            flags.add("VERIFY_AT_SCENE" if urgent else "CALL_BACK")
            waits |= not urgent
        if not facts["commander"]["contacted"]:
            flags.add("COMMANDER_NOT_CONTACTED")
            waits |= not urgent
        if recorded in ("failed", "no"):
            flags.add("NOT_RECORDED")
            waits |= recorded == "no" and not urgent
    else:
        if "CONFIRM_WARRANT" in flags:
            waits = True
            if caller == "unverified":
                flags.add("CALL_BACK")
        if missing:
            waits = True
            flags.add("STATE_FACTS")
        if types <= {"other"} and not papers and not alleged:
            waits = True
            flags.add("CLASSIFY")
    if waits:
        if facts["timed_out"]:
            return answer("decline", flags | {"TIMED_OUT"}), grounds
        return answer("more_information", flags), grounds
    if not grounds:
        return answer("decline", flags), grounds
    return answer(
        "assist", flags, grounds, "may_precede_decision" if first_to_go else "after_decision"
    ), grounds


def answer(outcome, flags, grounds=(), dispatch="none"):
    by_rank = ("public_danger", "risk_of_violence", "crime", "criminal_warrant", "judicial_warrant")
    return {
        "outcome": outcome,
        "grounds": list(grounds),
        "primary_ground": next((ground for ground in by_rank if ground in grounds), None),
        "dispatch": dispatch,
        "commander_must_attend": outcome == "assist",
        "flags": sorted(flags),
    }
