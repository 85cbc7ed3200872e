"""Two answers to one notice: the second is held, and its author says whether it is to go too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase, Told
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.decisions.decision import CaseEntry, ConfirmationStep, Decision
from maildesk.desk.letters.case_mail import HELD_ANSWER, CaseMail
from maildesk.desk.letters.letter_context import cut, quoted
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_context import SentWords
from maildesk.desk.screening.command_lines import AgentMessage
from maildesk.desk.screening.situation import Situation
from maildesk.mail.addr_spec import Addresses, same_address

_SPEAKS: Final = (
    LetterKind.ANSWER, LetterKind.CLOSED, LetterKind.OUTCOME, LetterKind.NEED, LetterKind.PLAN
)  # fmt: skip
"""The letters by which the desk's people say something to a customer."""

_SHOWN: Final = 4000
"""Bytes of the other's answer that the question shows."""


def answered_meanwhile(
    mails: Iterable[CaseMail], author: str, thread_ids: Sequence[str], written: datetime
) -> CaseMail | None:
    """Find the last answer of another that came after the letter of ours which this author answers.

    That letter is the nearest that the mail names (`thread_ids`); where it names none, the author's last one
    of before the mail was `written`. `mails` are the case's, newest first.
    """
    others: list[CaseMail] = []
    newer: dict[str, list[CaseMail]] = {}
    theirs: list[CaseMail] | None = None
    for one in mails:
        if one.direction != "out":
            continue
        if one.message_id:
            newer.setdefault(one.message_id, list(others))
        if theirs is None and one.at <= written and author in Addresses(one.recipients):
            theirs = list(others)
        ours = one.spoken_by == DESK  # by silence, or as the customer themselves said
        if one.verdict in _SPEAKS and not ours and not same_address(one.spoken_by, author):
            others.append(one)
    named = next((newer[each] for each in thread_ids if each in newer), None)
    unknown = [one for one in others if one.at > written] if theirs is None else theirs
    since = unknown if named is None else named
    return since[0] if since else None


def known_until(
    mails: Iterable[CaseMail], author: str, thread_ids: Sequence[str], written: datetime
) -> datetime:
    """Find when the letter of ours was written that this author answers; with none, when they wrote."""
    ours = [one for one in mails if one.direction == "out"]
    named = (one for each in thread_ids for one in ours if one.message_id == each)
    theirs = (one for one in ours if one.at <= written and author in Addresses(one.recipients))
    return next((one.at for one in (*named, *theirs)), written)


def held_back(s: Situation, desk: Desk, decided: Decision) -> Decision | None:
    """The decision on an answer that nobody should send unaware; None where `decided` says nothing to them.

    What its commands would do waits with it: they were given without knowing of the other answer.
    """
    found, said = s.found, s.heard.said
    orders = [each for each in (decided.change.letters if decided.change else ()) if _says(each)]
    if found is None or s.inquiry.sent_anyway or _asks_for_it(said) or not orders or not found.case.customers:
        return None
    plan = _planned_meanwhile(orders, found.case, s)
    other = s.at_hand.meanwhile or plan
    if other is None:
        return None
    words = _words(orders, said.words)
    who = name_of(other.author, desk.people)
    order = LetterOrder(
        LetterKind.ANSWERED_MEANWHILE,
        author=s.author,
        text=words,
        extra={
            "who": who,
            "at": moment(other.at, desk.zone),
            "theirs": cut(other.text, _SHOWN),
            "planned": "yes" if other is plan else "",
            "files": "\n".join(file.name for each in orders for file in each.enclosed),
        },
    )
    event = Event(s.now, EventKind.ANSWER_HELD, s.author, {"before": other.author or None})
    change = Change(apply(found.case, event), (event,), (order,))
    return Decision(
        Verdict.NOTE,
        HELD_ANSWER,
        f"an answer is held on {change.case.ref}: {who} answered meanwhile",
        change,
        entry=CaseEntry(internal=True, words=words),
        confirmation=ConfirmationStep.HELD,
    )


def _planned_meanwhile(orders: Iterable[LetterOrder], case: Case, s: Situation) -> SentWords | None:
    """The plan of another that this author would share, and cannot have read in the letter they answer."""
    active, until = case.escalation, s.at_hand.known_until
    if active is None or active.planned_at is None or until is None or active.planned_at <= until:
        return None
    shared = any(each.kind is LetterKind.PLAN and each.extra["plan"] == active.plan for each in orders)
    if not shared or same_address(active.planned_by, s.author):
        return None
    return SentWords(active.planned_at, active.planned_by, active.plan)


def told_of(other: SentWords, desk: Desk) -> Told:
    """Tell who said yes to an answer that was held of another that came after the question."""
    who, at = name_of(other.author, desk.people), moment(other.at, desk.zone)
    said = Phrase("After you were asked {who} answered too, on {at}:", who=who, at=at)
    return Joined("\n\n", (said, quoted(other.text, _SHOWN)))


def _asks_for_it(said: AgentMessage) -> bool:
    return any(line.command and line.command.word == "anyway" for line in said.lines)


def _says(order: LetterOrder) -> bool:
    """Tell whether a letter brings words of its author's to the customers of this very case."""
    return order.kind in _SPEAKS and bool(order.text or _said_in(order))


def _said_in(order: LetterOrder) -> str:
    """The words of one's own, or of the policy by its name, that a letter of ours says for somebody."""
    if order.kind is LetterKind.PLAN:
        return "#plan share"
    return next(filter(None, map(order.extra.get, ("outcome", "means", "pieces"))), "")


def _words(orders: Sequence[LetterOrder], below: str) -> str:
    """The words that these letters say: what a saved reply says stands above its author's own."""
    below = next((each.text for each in orders if each.kind is LetterKind.ANSWER and each.text), below)
    return "\n\n".join(filter(None, (*map(_said_in, orders), below)))


def held_by(mails: Iterable[CaseMail], author: str) -> tuple[CaseMail, ...]:
    """Find this author's answers among a case's mails that were held."""
    return tuple(
        each
        for each in mails
        if each.reason == HELD_ANSWER and each.ledger_id and same_address(each.sender, author)
    )


def settled_by(change: Change, below: str, held: Iterable[CaseMail]) -> tuple[int, ...]:
    """Find those held whose very words a change sends, by their rows in the ledger: nobody need say yes."""
    orders = [each for each in change.letters if _says(each)]
    sent = _words(orders, below).split()
    return tuple(
        each.ledger_id for each in held if orders and each.ledger_id and each.new_text.split() == sent
    )


def speaks(change: Change) -> bool:
    """Tell whether a change says words to the customers of its case."""
    return any(map(_says, change.letters))


def not_sent(
    case: Case,
    desk: Desk,
    author: str,
    text: str,
    at: datetime,
    now: datetime,
    files: Sequence[str] = (),
) -> Change:
    """Its author was silent: the answer is given up, and they and the owner read what was not said.

    Nothing of the case moves: whose turn it was, it is.
    """
    event = Event(now, EventKind.ANSWER_LAPSED, DESK, {"by": author})
    extra = {"who": name_of(author, desk.people), "at": moment(at, desk.zone), "files": "\n".join(files)}
    order = LetterOrder(LetterKind.NOT_SENT, author=author, text=text, extra=extra)
    return Change(apply(case, event), (event,), (order,))
