"""Mails that the desk has already: deliveries seen again, duplicates, and copies by lists and programs."""

from __future__ import annotations

from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.decisions.machine_mail import automatic_event, entry_of, rule_of
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation


def keep_copy(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """Keep a list's or another program's copy beside the mail that we have; nobody is written to."""
    assert s.repeat.earlier is not None  # the row that leads here asks for it
    event = automatic_event(s) if s.mail.by_machine else _arrived_again(s)
    change = Change(apply(s.repeat.earlier, event), (event,))
    verdict = Verdict.AUTOMATIC if s.mail.by_machine else Verdict.DUPLICATE
    note = f"kept on {change.case.ref}, which has the mail that it is a copy of: {rule_of(s, screened)}"
    return Decision(verdict, rule_of(s, screened), note, change, entry=entry_of(screened))


def seen(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """Nothing new: the row that the mailbox shows once more."""
    return Decision(Verdict.SEEN, screened.reason, "the same delivery was filed before")


def duplicate(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """Note on the case that the mail came once more; nobody hears of it."""
    change = None
    if s.repeat.earlier:
        event = _arrived_again(s)
        change = Change(apply(s.repeat.earlier, event), (event,))
    note = "the same mail was delivered before"
    return Decision(Verdict.DUPLICATE, screened.reason, note, change, entry=entry_of(screened))


def _arrived_again(s: Situation) -> Event:
    return Event(s.now, EventKind.DUPLICATE_ARRIVED, s.author or "unknown", {"mailbox": s.mailbox})
