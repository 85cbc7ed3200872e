"""The receipt for a new matter: what it tells whom, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, in_words
from maildesk.desk.decisions.answering import AnswerWording, hears, why_no_answer
from maildesk.desk.decisions.thin_mail import lacking
from maildesk.desk.policy.channels import channels_instead
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.situation import Situation


def receipt(s: Situation, desk: Desk, case: Case, escalated: Change) -> tuple[list[LetterOrder], list[Event]]:
    """The letter to the requester, or the event that says why there is none."""
    why_not = why_no_answer(s, desk, case)
    if why_not:
        data = {"letter": LetterKind.ACKNOWLEDGEMENT, "why": why_not}
        return [], [Event(s.now, EventKind.LETTER_WITHHELD, s.author or "unknown", data)]
    words = hears(s, desk, case) is AnswerWording.WORDS
    kind = LetterKind.ACKNOWLEDGEMENT if words else LetterKind.ACKNOWLEDGEMENT_FIXED
    asks = Joined("\n", lacking(s.mail, desk.policy)) if words else ""
    extra = _escalation_told(escalated) | ({"asks": asks} if asks else {})
    extra |= channels_told(case, desk.channel_of(s.mailbox), desk)
    return [LetterOrder(kind, extra=extra)], []


def heard_by(letters: Iterable[LetterOrder]) -> AnswerWording:
    """Tell what whoever is sent these hears by a receipt: nothing where there is none."""
    kinds = {each.kind for each in letters}
    if LetterKind.ACKNOWLEDGEMENT in kinds:
        return AnswerWording.WORDS
    return AnswerWording.FIXED if LetterKind.ACKNOWLEDGEMENT_FIXED in kinds else AnswerWording.NOTHING


def _escalation_told(escalated: Change) -> dict[str, str]:
    """Say in a receipt which level was told of it, or that it is to be approved."""
    kinds = {each.kind: each.extra for each in escalated.letters}
    reviewed = {"reviewed": "yes"} if LetterKind.ESCALATION_ASKED in kinds else {}
    return {"escalated": kinds.get(LetterKind.ESCALATED, {}).get("level", "")} | reviewed


def channels_told(case: Case, channel: str, desk: Desk) -> dict[str, str]:
    """Say in a receipt by which channels its reader has support, where the case came by none of them."""
    plan = desk.people.plan_of(case.requester, case.account)
    instead = channels_instead(desk.policy, plan, channel)
    return {"channels": in_words(instead)} if instead else {}
