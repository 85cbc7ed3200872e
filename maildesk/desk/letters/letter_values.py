"""Values that the template of a letter may show: of the desk, of the case, and of what made it necessary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.commands import COMMANDS, foot_line
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.letters.answer_readers import answer_readers, named_others, named_readers
from maildesk.desk.letters.answer_text import signature_of
from maildesk.desk.letters.case_history import in_short
from maildesk.desk.letters.greeting import greeted
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail, shortened, story
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES, holds_fixed_words
from maildesk.desk.letters.shown_question import ShownQuestion
from maildesk.desk.policy.case_fields import shown_values
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.desk.policy.policy import Policy
from maildesk.mail.identity.references import subject_tag
from maildesk.mail.our_marks import REPLY_MARK


def values_of(
    order: LetterOrder,
    occasion: LetterContext,
    desk: Desk,
    thread_size: int,
    question: ShownQuestion | None = None,
) -> Mapping[str, Any]:
    """Give the values of a letter about a case; the story is cut at `thread_size` bytes."""
    case, fixed = occasion.case, holds_fixed_words(order)
    requester = case.party(case.requester)
    author = desk.people.person(order.author) if order.author else None
    readers = answer_readers(case, desk.people)
    return {
        "desk": desk,
        "case": case,
        "now": occasion.now,
        "tag": subject_tag(desk.tag, case.ref),
        "subject": case.subject,
        "status": desk.policy.statuses.of_case(case).name,
        "priority": desk.policy.remembered(case.priority),
        "meaning": desk.policy.meaning(case.priority, case.type),
        "labels": _labels(desk.policy),
        "fields": _fields(case, desk.policy),
        "silence_ends": silence.due if (silence := case.clock(ClockKind.AFTER)) else None,
        "tells": {each: each in desk.policy.first_letter.tells for each in _TOLD},
        "requester": greeted(requester.name) if requester and not fixed else "",
        "fixed": fixed,
        "said": shortened(occasion.said, thread_size) if occasion.said else None,
        "thread": story(occasion.thread, thread_size),
        "text": order.text.strip("\n"),
        "author": author.name if author else "",
        "signature": signature_of(author, order.text, occasion.signature) if author else "",
        "extra": order.extra,
        "question": question,
        "news": {each.kind.value: each.extra for each in order.also},
        "owner": _owner(case, desk.people),
        "plan": desk.people.plan_of(case.requester, case.account),
        "history": in_short(occasion.history, desk.people, inside=FORMS[order.kind].audience.of_desk),
        "also": [said for kind in occasion.also if (said := NOTICES[kind].also)],
        "readers": named_readers(readers),
        "other_readers": named_others(readers),
        "several_readers": len(readers) > 1,
        "enclosed": bool(order.enclosed),
        "reply_mark": REPLY_MARK,
        "commands": COMMANDS,
        "foot_line": foot_line(),
    }


def values_of_no_case(
    order: LetterOrder, said: QuotedMail | None, desk: Desk, thread_size: int
) -> Mapping[str, Any]:
    """Give the values of a letter about an agent's own mail."""
    return {
        "desk": desk,
        "case": None,
        "tag": f"[{desk.tag}]",
        "subject": order.extra.get("subject", ""),
        "said": shortened(said, thread_size) if said else None,
        "extra": order.extra,
        "reply_mark": REPLY_MARK,
    }


_TOLD: Final = ("priority", "meaning", "first_response", "next_response", "resolution", "reference")
"""The things that the policy may want its first letter to tell."""


def _labels(policy: Policy) -> dict[str, str]:
    """The words for priority and type, and for the moment of the solution where the policy has one."""
    return {
        "priority": policy.label("priority"),
        "type": policy.labels.get("type", ""),
        "resolution": policy.labels.get("resolution", ""),
    }


def _fields(case: Case, policy: Policy) -> list[tuple[str, str]]:
    """The fields that were given a value, by the names that people read."""
    values = shown_values(policy.fields, case.fields)
    return [(policy.label(name), value) for name, value in values.items() if value and name in case.fields]


def _owner(case: Case, people: People) -> str:
    person = people.person(case.owner) if case.owner else None
    return person.name if person else case.owner or ""
