"""A mail that asks for what its sender may not do: kept where it points, nothing done, people told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import INTERNAL, Decision
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.rights import may_act
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation, Who
from maildesk.mail.identity.references import bare_subject, read_confirmations
from maildesk.mail.message import Standing


def _their_team(case: Case | None) -> str:
    team = Phrase("team {team}", team=case.team) if case and case.team else Phrase("another team")
    return Phrase("the case belongs to {team}, and its author neither owns it nor is one of them", team=team)


WHY: dict[str, Callable[[Case | None], str]] = {
    "sender-failed": lambda _: Phrase("the sender's address could not be trusted"),
    "ex-agent": lambda _: Phrase("its author works at this desk no more"),
    "not-your-team": _their_team,
    "no-agent": lambda _: Phrase("only agents enter cases with #new"),
    "no-case": lambda _: Phrase("it is about no case, so there is nothing that could be done"),
    "replayed": lambda _: Phrase("the same mail was done before, and nothing is done twice"),
    "confirmation-used": lambda _: Phrase(
        "it answers a question that was answered before, which counts once"
    ),
    "confirmation-expired": lambda _: Phrase("it answers a question that could be answered for 24 hours"),
    "confirmation-unclear": lambda _: Phrase(
        'it answers a question of ours, and begins neither with "yes" as the one word of its first line, an '
        'empty line between it and whatever stands below, nor with "no"; to have that mail done, answer the '
        "question again with the one word yes"
    ),
    "confirmation-shown": lambda _: Phrase(
        "it answers a question that a mail of theirs showed to people outside the desk, and any of them "
        "could have written this; write again what you want done, in answer to another notice"
    ),
    "confirmation-of-another": lambda _: Phrase("it answers a question that somebody else was asked"),
}
"""The words that people read of each reason for which screening refuses a mail."""


_ABOUT_KEPT = ("confirmation-used", "confirmation-expired", "confirmation-unclear", "confirmation-shown")
"""Reasons that are about the kept mail. Somebody else's is none of theirs, nor is the case it lies on."""


def refuse_line(s: Situation, desk: Desk, screened: ScreeningResult, why: str) -> Decision:
    """Refuse an agent's mail of its own for a line of it: they are told why, and send it again."""
    refused = refuse(s, desk, screened, why)
    if not refused.apart:
        return refused
    again = tuple(replace(each, extra=each.extra | {"again": "yes"}) for each in refused.apart)
    return replace(refused, apart=again, mends=True)


def refuse(s: Situation, desk: Desk, screened: ScreeningResult, why: str = "") -> Decision:
    """Kept as unverified, never shown to a customer. Its author is told; of an ex-agent the team is.

    `why` is what people read, that of the reason if left out.
    """
    case = _case(s, screened)
    why = why or WHY[screened.reason](case)
    if case is not None and _stranger_here(s, desk, case, screened):
        return _refuse_apart(s, screened, case, why)
    letters = _told(s, desk, screened, why)
    if case is None:
        note = f"from {s.author}, about no case: {why}"
        return Decision(
            Verdict.QUARANTINED, screened.reason, note, entry=INTERNAL, refused=True, apart=letters
        )
    event = Event(s.now, EventKind.REFUSED, s.author, {"reason": screened.reason, "why": why})
    change = Change(apply(case, event), (event,), letters)
    note = f"refused, and kept on {case.ref}: {why}"
    return Decision(Verdict.UNVERIFIED, screened.reason, note, change, entry=INTERNAL, refused=True)


def _stranger_here(s: Situation, desk: Desk, case: Case, screened: ScreeningResult) -> bool:
    """Tell whether the author, of the desk, may neither act on the case nor was asked about it."""
    party = case.party(s.author)
    asked = party is not None and party.role is PartyRole.CONSULTED
    return screened.who is Who.DESK and not asked and not may_act(desk.people, s.author, case)


def _refuse_apart(s: Situation, screened: ScreeningResult, case: Case, why: str) -> Decision:
    """The same without a word about the case to who has no right to it: a reference may be guessed or found.

    The letter is about their own mail, which it follows, and makes them no party.
    """
    event = Event(s.now, EventKind.REFUSED, s.author, {"reason": screened.reason, "why": why})
    change = Change(apply(case, event), (event,))
    extra = {"why": why, "subject": "", "elsewhere": "yes", "question": _asked_again(s, screened)}
    order = LetterOrder(LetterKind.REFUSED, author=s.author, extra=extra, sure=is_vouched(s))
    note = f"refused, and kept on {case.ref}: {why}"
    return Decision(
        Verdict.UNVERIFIED,
        screened.reason,
        note,
        change,
        entry=INTERNAL,
        refused=True,
        apart=(order,) if may_be_told(s) else (),
    )


def _case(s: Situation, screened: ScreeningResult) -> Case | None:
    """The case of the kept mail it answers for, else the one it names, else that of what it repeats."""
    if s.inquiry.confirmation and screened.reason in _ABOUT_KEPT:
        return s.inquiry.confirmation.case
    return s.found.case if s.found else s.repeat.earlier


def is_vouched(s: Situation) -> bool:
    """Tell whether our host says that the mail is its author's."""
    return s.mail.author.standing is Standing.VOUCHED


def may_be_told(s: Situation) -> bool:
    """Tell whether a desk person's mail is answered by a letter: an absence note would answer in turn."""
    return s.mail.automation.reply_allowed and not s.mail.by_machine and not s.heard.machine_like


def _told(s: Situation, desk: Desk, screened: ScreeningResult, why: str) -> tuple[LetterOrder, ...]:
    if screened.who is Who.EX_AGENT:
        return (LetterOrder(LetterKind.SUSPICIOUS, extra={"why": why}),)
    if not may_be_told(s):
        return ()
    subject = bare_subject(s.mail.subject, desk.tag).removeprefix(f"[{desk.tag}] ")
    extra = {"why": why, "subject": subject, "elsewhere": "", "question": _asked_again(s, screened)}
    return (LetterOrder(LetterKind.REFUSED, author=s.author, extra=extra, sure=is_vouched(s)),)


def _asked_again(s: Situation, screened: ScreeningResult) -> str:
    """The Message-ID of the question that was answered unclearly: whoever answers the refusal answers it."""
    if screened.reason != "confirmation-unclear":
        return ""
    return next((each for each in s.mail.ids.thread if read_confirmations((each,), (), "")), "")
