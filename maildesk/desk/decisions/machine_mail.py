"""Machines' mail: never answered, never reopening; the team hears where a person's words may stand in it."""

from __future__ import annotations

from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.threads import Hold
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.case.transitions import apply, apply_all
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import CaseEntry, Decision
from maildesk.desk.decisions.opening import new_case, opened_team, unpromised
from maildesk.desk.decisions.refusing import is_vouched
from maildesk.desk.decisions.undelivered import bounced_event, notices_of
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.rights import may_act
from maildesk.desk.screening.origin import doubt
from maildesk.desk.screening.outcomes import Outcome, ScreeningResult
from maildesk.desk.screening.situation import Situation, Who
from maildesk.mail.message import Standing

UNTRUSTED = Phrase("the sender's address could not be trusted")
MARKED_SPAM = Phrase("a server on its way called it spam")

# --- a case of its own ------------------------------------------------------------------------------


def open_silently(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """Nobody is behind it: kept where people see it, with no promise, and nobody is written to."""
    bounced = screened.outcome is Outcome.OPEN_BOUNCE
    new = unpromised(new_case(s, desk))
    case, event = new.case, bounced_event(s) if bounced else automatic_event(s)
    change = Change(apply(case, event), (new.opened, event))
    verdict = Verdict.BOUNCE if bounced else Verdict.AUTOMATIC
    rule = rule_of(s, screened)
    return Decision(verdict, rule, f"opened {case.ref}, answered by nobody: {rule}", change)


def open_heard(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A person may be behind it: the team hears of it as of any new case, and nobody outside is answered."""
    new, rule = new_case(s, desk), rule_of(s, screened)
    case, event = new.case, automatic_event(s)
    sent = Phrase("a list or a program sent it ({rule}), so its sender was sent no receipt", rule=rule)
    order = opened_team(new.case, new.ruled, desk, warning=Joined("; ", (sent, *_doubts(s))))
    change = Change(apply(case, event), (new.opened, event), (order,))
    return Decision(Verdict.AUTOMATIC, rule, f"opened {case.ref}, answered by nobody: {rule}", change)


def set_aside(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A newsletter asks for nothing: closed as it comes, with no promise, and nobody is disturbed."""
    new = unpromised(new_case(s, desk))
    closed = Event(s.now, EventKind.CLOSED, DESK, {"outcome": "a newsletter"})
    events = (automatic_event(s), closed)
    change = Change(apply_all(new.case, events), (new.opened, *events))
    note = f"opened {change.case.ref} and closed it: a newsletter"
    return Decision(Verdict.AUTOMATIC, screened.reason, note, change)


def _doubts(s: Situation) -> list[str]:
    """Say what the team is to know of who wrote it."""
    untrusted = UNTRUSTED if s.mail.author.standing is Standing.FAILED else ""
    spam = MARKED_SPAM if s.mail.automation.marked_spam else ""
    return list(filter(None, (doubt(s.mail, s.found) or untrusted, spam)))


# --- an existing case -------------------------------------------------------------------------------


def attach(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """It is about a case, and never reopens it, escalates it or is answered. A bounce has its own notices."""
    assert s.found is not None  # every row that attaches asks for it
    bounced = screened.outcome is Outcome.ATTACH_BOUNCE
    event = bounced_event(s) if bounced else automatic_event(s)
    letters: tuple[LetterOrder, ...] = notices_of(s, desk) if bounced else ()
    if screened.outcome is Outcome.ATTACH_HEARD:
        letters = (wrote(s, screened),)
    told, apart = told_of_click(s, desk) if screened.who is Who.DESK else ((), ())
    change = Change(apply(s.found.case, event), (event,), (*letters, *told))
    verdict = Verdict.BOUNCE if bounced else Verdict.AUTOMATIC
    note = f"kept on {change.case.ref}: {rule_of(s, screened)}"
    # A party's absence note shows by which id their provider knows our letter.
    trusted = s.mail.author.standing is not Standing.FAILED
    learns = Hold.ALIAS if screened.who is Who.PARTY and trusted and not bounced else None
    rule, entry = rule_of(s, screened), entry_of(screened)
    return Decision(verdict, rule, note, change, apart=apart, entry=entry, learns=learns)


def told_of_click(s: Situation, desk: Desk) -> tuple[tuple[LetterOrder, ...], tuple[LetterOrder, ...]]:
    """Tell a desk person that the words beside their click went to nobody: on the case, or apart from any.

    They think that they answered. Who has no right to the case hears nothing of it.
    """
    automatic = s.mail.automation.automatic
    if automatic is None or not automatic.worded:
        return (), ()
    why = Phrase("{rule}, which a calendar or a mail program sends", rule=automatic.rule)
    extra = {"why": why, "worded": "yes"}
    if s.found is not None and may_act(desk.people, s.author, s.found.case):
        return (LetterOrder(LetterKind.NOTE_KEPT, author=s.author, extra=extra, sure=is_vouched(s)),), ()
    extra |= {"subject": s.mail.subject, "elsewhere": "yes" if s.found else "", "question": ""}
    return (), (LetterOrder(LetterKind.REFUSED, author=s.author, extra=extra, sure=is_vouched(s)),)


def wrote(s: Situation, screened: ScreeningResult) -> LetterOrder:
    """The notice that a list's or a program's mail was added, with what speaks against its author."""
    doubts = _doubts(s)
    if screened.who is Who.STRANGER and not doubts:
        doubts = [Phrase("its author takes no part in the case")]
    ended = s.found is not None and s.found.case.phase.ended
    extra = {
        "rule": rule_of(s, screened),
        "doubt": Joined("; ", doubts),
        "ended": "yes" if ended else "",
    }
    return LetterOrder(LetterKind.MACHINE_WROTE, extra=extra)


# --- small pieces -----------------------------------------------------------------------------------


def automatic_event(s: Situation) -> Event:
    """Make what the history says of a machine's mail."""
    until = s.mail.automation.away_until
    data: dict[str, Plain] = {"rule": s.mail.automation.named}
    if until:
        data["away_until"] = until.isoformat()
    return Event(s.now, EventKind.AUTOMATIC_MAIL, s.author or "unknown", data)


def entry_of(screened: ScreeningResult) -> CaseEntry:
    """Tell whether it is for the desk only: from its people, or those they asked; an absence note too."""
    return CaseEntry(internal=screened.who in (Who.DESK, Who.CONSULTED))


def rule_of(s: Situation, screened: ScreeningResult) -> str:
    """Name the rule that made it a machine's mail, else the reason of its row."""
    automatic = s.mail.automation.automatic
    return automatic.rule if automatic else screened.reason
