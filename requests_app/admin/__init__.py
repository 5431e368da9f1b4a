"""The admin site: accounts, roles, roster and reference lists for administrators; for oversight the registers
of cases, to read.

What a person may do here is `permissions.GRANTS` and nothing else: Django's permission table is empty and
`has_perm` says no. A case cannot be written here, and nothing can be deleted.
"""

from requests_app.admin._site import site
from requests_app.admin.accounts import AccountAdmin, RoleGrantAdmin
from requests_app.admin.cases import REGISTERS
from requests_app.admin.reference import (
    DirectoryNumberAdmin,
    PolicyInForceAdmin,
    RosterEntryAdmin,
    ThresholdAdmin,
)
from requests_app.models import DirectoryNumber, PolicyInForce, RoleGrant, RosterEntry, Threshold, User

site.register(User, AccountAdmin)
site.register(RoleGrant, RoleGrantAdmin)
site.register(RosterEntry, RosterEntryAdmin)
site.register(Threshold, ThresholdAdmin)
site.register(DirectoryNumber, DirectoryNumberAdmin)
site.register(PolicyInForce, PolicyInForceAdmin)
for model, register in REGISTERS.items():
    site.register(model, register)

__all__ = ["site"]
