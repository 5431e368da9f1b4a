"""What two people let go: which entries have no private part any more, and by which act."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import psycopg

from requests_app.ledger_check._history import Noted
from requests_app.ledger_check._wrong import Wrong

ERASURES = """
SELECT a.id, a.case_id, c.number, a.last_entry, a.entered_at,
    a.confirmed_by_id, p.proposed_by_id, p.case_id
FROM requests_app_ledgererasure a
JOIN requests_app_assistancerequest c ON c.id = a.case_id
LEFT JOIN requests_app_ledgererasureproposal p ON p.id = a.proposal_id
ORDER BY a.id
"""


@dataclass(frozen=True)
class _Erasure:
    id: int
    case_id: int
    number: str
    last_entry: int
    moment: datetime
    confirmed_by: int
    proposed_by: int | None
    proposed_case: int | None


class Erasures:
    def __init__(self, connection: "psycopg.Connection") -> None:
        self._acts = [_Erasure(*row) for row in connection.execute(ERASURES)]
        self._recorded: dict[int, int] = {}
        for act in self._acts:
            if act.proposed_by in (None, act.confirmed_by) or act.proposed_case != act.case_id:
                raise Wrong(f"The erasure of request {act.number} is not the act of two people.")

    @property
    def last_entries(self) -> dict[int, int]:
        """The last entry that was erased, by case."""
        return {act.case_id: act.last_entry for act in sorted(self._acts, key=lambda act: act.last_entry)}

    @property
    def moments(self) -> dict[int, datetime]:
        """The moment of the last erasure, by case."""
        return {act.case_id: act.moment for act in sorted(self._acts, key=lambda act: act.moment)}

    def record(self, noted: Iterable[Noted]) -> None:
        """The rows that an entry of the act of erasing notes."""
        for one in noted:
            if one.table == "ledgererasure":
                self._recorded[int(one.id)] = one.actor_id

    def check_entries(self) -> None:
        """Each has its entry, by the second person; unless a later one of the same case let that go too."""
        for act in self._acts:
            is_later_erased = act.moment < self.moments[act.case_id]
            if self._recorded.get(act.id) != act.confirmed_by and not is_later_erased:
                raise Wrong(f"The erasure of request {act.number} has no entry by who confirmed it.")
