"""Mails that are kept on a case and change nothing there; people are told of each."""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.decisions.look_alikes import known_of, look_alike, taken_for
from maildesk.desk.decisions.machine_mail import entry_of
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation


def unverified(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """The From names a party but failed authentication: kept, changes nothing, the owner is told."""
    why = Phrase("it claims to come from a party of the case, but the sender's address could not be trusted")
    return _attach(s, screened, Verdict.UNVERIFIED, EventKind.UNVERIFIED_MAIL, why)


def third_party(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A stranger holds a token or follows the thread: kept, discloses nothing, the owner is asked."""
    why = Phrase("its author does not take part in the case")
    name = s.mail.author.address.name if s.mail.author.address else ""
    other = look_alike(s.author, name, known_of(case_found(s), desk.people))
    alike = taken_for(s.author, other) if other else ""
    return _attach(s, screened, Verdict.THIRD_PARTY, EventKind.THIRD_PARTY_WROTE, why, s.author, alike)


def answer(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """An answer by a click from another address than the one that was asked: a link may go to anybody."""
    why = Phrase("it answers a question that another address was asked")
    asks = "" if case_found(s).party(s.author) else s.author
    return _attach(s, screened, Verdict.THIRD_PARTY, EventKind.THIRD_PARTY_WROTE, why, asks)


def _attach(
    s: Situation,
    screened: ScreeningResult,
    verdict: Verdict,
    kind: EventKind,
    why: str,
    asks: str = "",
    alike: str = "",
) -> Decision:
    """Kept and told of; `asks` is the address of whom the notice asks whether they take part.

    `alike` warns of one that may be taken for another, and stands first.
    """
    said: dict[str, Plain] = {"sender": s.author or s.mail.author.shown, "why": why}
    event = Event(s.now, kind, s.author or "unknown", said)
    order = LetterOrder(LetterKind.SUSPICIOUS, extra={"why": why, "asks": asks, "alike": alike})
    change = Change(apply(case_found(s), event), (event,), (order,))
    note = f"kept on {change.case.ref}: {why}"
    return Decision(verdict, screened.reason, note, change, entry=entry_of(screened))


def case_found(s: Situation) -> Case:
    """The case that the mail points at."""
    assert s.found is not None  # every outcome that joins or attaches has a found case in its row
    return s.found.case
