"""Values that the template of a letter may show: of the desk, of the case, and of what made it necessary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maildesk.desk.case.case import Case
from maildesk.desk.case.commands import COMMANDS, foot_line
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.letters.answer_readers import answer_readers, named_others, named_readers
from maildesk.desk.letters.answer_text import signature_of
from maildesk.desk.letters.case_history import in_short
from maildesk.desk.letters.greeting import greeted
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail, shortened, story
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES, holds_fixed_words
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.mail.identity.references import subject_tag
from maildesk.mail.our_marks import REPLY_MARK


def values_of(order: LetterOrder, occasion: LetterContext, desk: Desk, thread_size: int) -> Mapping[str, Any]:
    """Give the values of a letter about a case; the story is cut at `thread_size` bytes."""
    case, fixed = occasion.case, holds_fixed_words(order)
    requester = case.party(case.requester)
    author = desk.people.person(order.author) if order.author else None
    readers = answer_readers(case, desk.people)
    return {
        "desk": desk,
        "case": case,
        "tag": subject_tag(desk.tag, case.ref),
        "subject": case.subject,
        "status": desk.policy.status(case.phase),
        "priority": desk.policy.remembered(case.priority),
        "requester": greeted(requester.name) if requester and not fixed else "",
        "fixed": fixed,
        "said": shortened(occasion.said, thread_size) if occasion.said else None,
        "thread": story(occasion.thread, thread_size),
        "text": order.text.strip("\n"),
        "author": author.name if author else "",
        "signature": signature_of(author, order.text, occasion.signature) if author else "",
        "extra": order.extra,
        "news": {each.kind.value: each.extra for each in order.also},
        "owner": _owner(case, desk.people),
        "plan": desk.people.plan_of(case.requester, case.account),
        "history": in_short(occasion.history, desk.people, inside=FORMS[order.kind].audience.of_desk),
        "also": [NOTICES[kind].also for kind in occasion.also],
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


def _owner(case: Case, people: People) -> str:
    person = people.person(case.owner) if case.owner else None
    return person.name if person else case.owner or ""
