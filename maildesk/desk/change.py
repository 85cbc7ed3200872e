"""What a decision comes to: a case as it becomes, its events, the letters owed, and the verdict on a mail."""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.desk.case import Case
from maildesk.desk.events import Event
from maildesk.desk.notices import LetterOrder
from maildesk.desk.threads import Hold
from maildesk.desk.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A case as it becomes, the events that made it so, and the letters owed because of them."""

    case: Case
    events: tuple[Event, ...] = ()
    letters: tuple[LetterOrder, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one mail: `reason` for machines, `note` for people, and what follows.

    `change` is None where no case is touched. `internal` keeps the mail from customers' eyes for
    ever. `proves` says the author's address returned a token of ours. `learns` is what the case may take
    the Message-IDs for that the mail names; None where its word is not taken.
    """

    verdict: Verdict
    reason: str
    note: str
    change: Change | None = None
    internal: bool = False
    proves: bool = False
    learns: Hold | None = None
