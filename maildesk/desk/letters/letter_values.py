"""Values that the template of a letter may show: of the desk, of the case, and of what made it necessary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.commands import COMMANDS, foot_line
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import said
from maildesk.desk.letters.answer_readers import answer_readers, named_others, named_readers
from maildesk.desk.letters.answer_text import signature_of
from maildesk.desk.letters.case_history import in_short
from maildesk.desk.letters.customer_card import CustomerCard
from maildesk.desk.letters.greeting import greeted
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail, shortened, story
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES, Audience, holds_fixed_words
from maildesk.desk.letters.shown_form import shown_form
from maildesk.desk.letters.shown_question import ShownQuestion
from maildesk.desk.policy.absences import deputy_of
from maildesk.desk.policy.case_fields import FieldKind, shown_values
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.escalation_path import Start
from maildesk.desk.policy.named_people import level_after
from maildesk.desk.policy.people import Account, People
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.requirements import wants_requirement
from maildesk.mail.identity.references import subject_tag
from maildesk.mail.our_marks import LETTER_BEGIN


def values_of(
    order: LetterOrder,
    occasion: LetterContext,
    desk: Desk,
    thread_size: int,
    question: ShownQuestion | None = None,
    language: Language = ENGLISH,
) -> Mapping[str, Any]:
    """Give the values of a letter about a case; the story is cut at `thread_size` bytes."""
    case, fixed = occasion.case, holds_fixed_words(order)
    requester = case.party(case.requester)
    author = desk.people.person(order.author) if order.author else None
    readers = answer_readers(case, desk.people)
    inside, active = FORMS[order.kind].audience.of_desk, case.escalation
    return {
        "desk": desk,
        "case": case,
        "now": occasion.now,
        "tag": subject_tag(desk.tag, case.ref),
        "subject": case.subject,
        "status": desk.policy.statuses.of_case(case).name,
        "priority": desk.policy.remembered(case.priority),
        "meaning": said(desk.policy.meaning(case.priority, case.type), language),
        "labels": _labels(desk.policy, language),
        "fields": _fields(case, desk.policy, language),
        "resolution_waits": bool((clock := case.clock(ClockKind.RESOLUTION)) and clock.left),
        "silence_ends": silence.due if (silence := case.clock(ClockKind.AFTER)) else None,
        "tells": {each: each in desk.policy.first_letter.tells for each in _TOLD},
        "requester": greeted(requester.name) if requester and not fixed and _is_theirs(order, case) else "",
        "fixed": fixed,
        "said": shortened(occasion.said, thread_size, language) if occasion.said else None,
        "thread": story(occasion.thread, thread_size, language),
        "text": order.text.strip("\n"),
        "author": author.name if author else "",
        "signature": signature_of(author, order.text, occasion.signature) if author else "",
        "extra": _told(order.extra, language),
        "question": question,
        "clicks": (),
        "open_step": _open_step(case, desk.policy, language) if inside else None,
        "form": shown_form(order, desk.policy, language),
        "news": {each.kind.value: _told(each.extra, language) for each in order.also},
        **_owner(case, desk.people, inside=inside),
        "requirement": case.requirement if inside else "",
        "wants_requirement": inside and wants_requirement(case, desk.policy.requirements),
        "linked": ", ".join(case.linked) if inside else "",
        "earlier": _card(order, occasion),
        "plan": desk.people.plan_of(case.requester, case.account),
        "escalation": active if inside else None,
        "open_days": (occasion.now - case.opened_at).days,
        **_escalation(case, desk),
        "history": in_short(occasion.history, desk.people, language, inside=inside),
        "also": _also(order.kind, occasion, language),
        "readers": said(named_readers(readers), language),
        "other_readers": said(named_others(readers), language),
        "several_readers": len(readers) > 1,
        "enclosed": bool(order.enclosed),
        "reply_mark": LETTER_BEGIN,
        "commands": COMMANDS,
        "foot_line": foot_line(_of_escalation(case, desk)),
    }


def values_of_no_case(
    order: LetterOrder, mail: QuotedMail | None, desk: Desk, thread_size: int, language: Language = ENGLISH
) -> Mapping[str, Any]:
    """Give the values of a letter about an agent's own mail."""
    return {
        "desk": desk,
        "case": None,
        "tag": f"[{desk.tag}]",
        "subject": order.extra.get("subject", ""),
        "said": shortened(mail, thread_size, language) if mail else None,
        "extra": _told(order.extra, language),
        "reply_mark": LETTER_BEGIN,
        "commands": COMMANDS,
    }


def _card(order: LetterOrder, occasion: LetterContext) -> CustomerCard | None:
    """The customer's card, in notices alone: other letters may have readers from outside."""
    return occasion.card if order.kind in NOTICES else None


def _also(kind: LetterKind, occasion: LetterContext, language: Language) -> list[str]:
    """The rest that a notice has to tell, but for what it says itself or shows in the customer's words."""
    form = NOTICES.get(kind)
    said = (*form.says, *([LetterKind.REPLIED_TEAM] if occasion.said else ())) if form else ()
    told = (NOTICES[each].also for each in occasion.also if each not in said)
    return [language.word(each) for each in told if each]


def _escalation(case: Case, desk: Desk) -> dict[str, Any]:
    """The ones who act next on an escalation, and by when; no next level is named after the last."""
    path, active = desk.policy.escalation_path, case.escalation
    following = level_after(active.level, path.levels, case, desk.people) if active else None
    due = {each.kind: each.due for each in case.clocks}
    return {
        "reviewers": path.reviewers,
        "acknowledged_by": due.get(ClockKind.ACKNOWLEDGE),
        "level_until": due.get(ClockKind.NEXT_LEVEL),
        "next_level": following[1].name if following else "",
    }


def _of_escalation(case: Case, desk: Desk) -> tuple[str, ...]:
    """The commands that an escalation at a level asks for."""
    if case.escalation is None or case.escalation.asked:
        return ()
    return ("escalate", "plan") if Start.AGENT in desk.policy.escalation_path.starts else ("plan",)


def _is_theirs(order: LetterOrder, case: Case) -> bool:
    """Tell whether the requester alone reads it: a form is answered to whoever filled it in."""
    own = FORMS[order.kind].audience in (Audience.SENDER, Audience.REQUESTER)
    return not own or all(map(case.is_requester, order.to))


def values_of_form(order: LetterOrder, desk: Desk, language: Language) -> Mapping[str, Any]:
    """Give the values of a letter of no case that sends a form back."""
    return {
        "desk": desk,
        "case": None,
        "example_tag": subject_tag(desk.tag, "7K2Q-9F3M"),
        "extra": order.extra,
        "form": shown_form(order, desk.policy, language),
        "reply_mark": LETTER_BEGIN,
    }


_TOLD: Final = ("priority", "meaning", "first_response", "next_response", "resolution", "reference")
"""The things that the policy may want its first letter to tell."""


def _told(extra: Mapping[str, str], language: Language) -> dict[str, str]:
    return {name: said(words, language) for name, words in extra.items()}


def language_wanted(order: LetterOrder, case: Case, desk: Desk) -> str:
    """Find the language of the policy for a letter: of customers their account's, else that of their mail."""
    if not FORMS[order.kind].audience.of_customers:
        return desk.policy.languages[0]
    account = desk.people.account_named(case.account)
    return customers_language(account, case.language, desk.policy) or desk.policy.languages[0]


def customers_language(account: Account | None, spoken: str, policy: Policy) -> str:
    """Find the policy's language of a customer whose mail speaks so; empty where it has none of theirs."""
    return policy.language(account.language if account else None) or policy.language(spoken)


def _labels(policy: Policy, language: Language) -> dict[str, str]:
    """The words for priority and type, and for the moment of the solution where the policy has one."""
    own = {
        thing: said(policy.labels.get(thing, ""), language) for thing in ("priority", "type", "resolution")
    }
    return {**own, "priority": own["priority"] or language.word(policy.label("priority"))}


def _fields(case: Case, policy: Policy, language: Language) -> list[tuple[str, str]]:
    """The fields that were given a value, by the names that people read."""
    values = shown_values(policy.fields, case.fields)
    given = ((name, value) for name, value in values.items() if value and name in case.fields)
    ours = {name for name, field in policy.fields.items() if field.kind is FieldKind.YES_OR_NO}
    return [
        (said(policy.label(name), language), language.word(value) if name in ours else value)
        for name, value in given
    ]


def _open_step(case: Case, policy: Policy, language: Language) -> tuple[str, str] | None:
    """The name and the words of the step that the customer is asked, until they wrote a second time."""
    asked = case.asked
    question = policy.questions.get(asked.question) if asked and not asked.inside else None
    again = asked is None or asked.replies > 1
    if again or question is None or question.step is None or case.phase.ended:
        return None
    return question.name, said(question.text, language)


def _owner(case: Case, people: People, *, inside: bool) -> dict[str, Any]:
    """The owner by name; inside, whether they are away too."""
    person = people.person(case.owner) if case.owner else None
    away = _owner_away(case, people) if inside else None
    return {"owner": person.name if person else case.owner or "", "owner_away": away}


def _owner_away(case: Case, people: People) -> dict[str, Any] | None:
    """Say until when the owner of the case is away, and who stands in for them; None where they are there."""
    owner = people.agent(case.owner) if case.owner else None
    if owner is None or not owner.away:
        return None
    deputy = deputy_of(people, owner)
    return {"until": owner.until, "deputy": deputy.name if deputy else ""}
