"""A change to a case: the case as it will be, its events, the letters owed, the mails it takes over."""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event
from maildesk.desk.case.letter_order import LetterOrder


@dataclass(frozen=True, slots=True)
class TakenMails:
    """Mails that another case showed until now: those of these ledger rows, or all it has."""

    ref: str
    ledger_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A case as it becomes, the events that made it so, the letters owed, and the mails it takes over."""

    case: Case
    events: tuple[Event, ...] = ()
    letters: tuple[LetterOrder, ...] = ()
    takes: tuple[TakenMails, ...] = ()

    def then(self, later: Change) -> Change:
        """Both, of which the later one begins with the case that this one left."""
        letters, takes = self.letters + later.letters, self.takes + later.takes
        return Change(later.case, self.events + later.events, letters, takes)
