"""A change to a case: the case as it will be, its events, the letters owed, the mails it takes over."""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.case.requirement import Requirement


@dataclass(frozen=True, slots=True)
class TakenMails:
    """Mails that another case showed until now: those of these ledger rows, or all it has."""

    ref: str
    ledger_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class CitedMail:
    """A mail that stays on the case that shows it, and whose words another case repeats.

    `ledger_id` is None for what somebody said in another way than by mail.
    """

    ref: str
    ledger_id: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """A case as it becomes, the events that made it so, the letters owed, the mails it takes or cites.

    `creates` are new requirements, which are written down with it.
    """

    case: Case
    events: tuple[Event, ...] = ()
    letters: tuple[LetterOrder, ...] = ()
    takes: tuple[TakenMails, ...] = ()
    cites: tuple[CitedMail, ...] = ()
    creates: tuple[Requirement, ...] = ()

    def then(self, later: Change) -> Change:
        """Both, of which the later one begins with the case that this one left."""
        letters, takes = self.letters + later.letters, self.takes + later.takes
        cites, creates = self.cites + later.cites, self.creates + later.creates
        return Change(later.case, self.events + later.events, letters, takes, cites, creates)
