"""Cases that show what the policy says, each in words and as the query of the explorer."""

from django.utils.translation import gettext_noop as _

KNOCK = "asked=knock_and_talk"
WARRANT = "asked=serve_warrant&document1=criminal_warrant&confirmation1=confirmed_active"

EXAMPLES: tuple[tuple[str, str], ...] = (
    (_("ICE asks officers to knock on doors"), KNOCK),
    (
        _("Agents report a shooting that is going on"),
        "asked=emergency_assistance&verification=unverified&crime=in_progress&basis=agent_detailed"
        "&danger=clear&shown_by=requester_only&contacted=no&recorded=no",
    ),
    (_("Agents hold a criminal warrant that is confirmed"), WARRANT),
    (
        _("Agents hold only an administrative warrant"),
        "asked=serve_warrant&document1=administrative_warrant&confirmation1=confirmed_active",
    ),
    (
        _("Agents hold a warrant for an immigration crime"),
        "asked=serve_warrant&document1=immigration_crime_warrant&confirmation1=confirmed_active",
    ),
    (
        _("Agents say that a crowd might become violent"),
        "asked=crowd_control&danger=claimed&shown_by=requester_only",
    ),
    (
        _("Agents look for somebody in an LMPD burglary case"),
        "asked=standby&crime=past&basis=own_report&open_case=yes",
    ),
    (
        _("A caller turns out not to be an agent"),
        f"{KNOCK}&verification=failed",
    ),
    (_("Agents with a criminal warrant ring an officer’s own phone"), f"{WARRANT}&channel=personal_phone"),
    (_("Agents want records about a person"), "asked=records_lookup"),
)
