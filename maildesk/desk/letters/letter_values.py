"""Values that the template of a letter may show: of the desk, of the case, and of what made it necessary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, KeysView, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.commands import COMMANDS, foot_line
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import said
from maildesk.desk.letters.answer_readers import AnswerReader, answer_readers, named_others, named_readers
from maildesk.desk.letters.answer_text import signature_of
from maildesk.desk.letters.case_history import in_short
from maildesk.desk.letters.customer_card import CustomerCard
from maildesk.desk.letters.greeting import greeted
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail, shortened, story
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES, Audience, holds_fixed_words
from maildesk.desk.letters.shown_form import shown_form
from maildesk.desk.letters.shown_question import AnswerLink, ShownQuestion
from maildesk.desk.policy.absences import deputy_of
from maildesk.desk.policy.case_fields import FieldKind, shown_values
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.escalation_path import Start
from maildesk.desk.policy.named_people import level_after
from maildesk.desk.policy.people import Account, People, Person
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.requirements import wants_requirement
from maildesk.mail.identity.references import subject_tag
from maildesk.mail.our_marks import LETTER_BEGIN


class LetterValues(Mapping[str, Any]):
    """The values of a letter about a case, each made when it is asked for: a template asks for a few.

    The story is cut at `size` bytes. `question` is what the letter asks, `clicks` are its reader's own links.
    """

    def __init__(
        self,
        order: LetterOrder,
        occasion: LetterContext,
        desk: Desk,
        size: int,
        language: Language = ENGLISH,
        question: ShownQuestion | None = None,
        clicks: Sequence[AnswerLink] = (),
    ) -> None:
        self.order, self.occasion, self.case = order, occasion, occasion.case
        self.desk, self.policy, self.people = desk, desk.policy, desk.people
        self.size, self.language, self.question, self.clicks = size, language, question, clicks
        self.fixed = holds_fixed_words(order)
        self.inside = FORMS[order.kind].audience.of_desk

    def __getitem__(self, name: str) -> Any:
        return _VALUES[name](self)

    def keys(self) -> KeysView[str]:
        """The names of all of them."""
        return _VALUES.keys()

    def __iter__(self) -> Iterator[str]:
        return iter(_VALUES)

    def __len__(self) -> int:
        return len(_VALUES)

    @cached_property
    def readers(self) -> Sequence[AnswerReader]:
        """The readers of an answer on the case."""
        return answer_readers(self.case, self.people)

    @cached_property
    def author(self) -> Person | None:
        """The person whose words the letter says."""
        return self.people.person(self.order.author) if self.order.author else None

    def due(self, kind: ClockKind) -> datetime | None:
        """The moment by which a thing of the case is due; None where it is not timed."""
        clock = self.case.clock(kind)
        return clock.due if clock else None


_TOLD: Final = ("priority", "meaning", "first_response", "next_response", "resolution", "reference")
"""The things that the policy may want its first letter to tell."""

_VALUES: Final[Mapping[str, Callable[[LetterValues], Any]]] = {
    "desk": lambda it: it.desk,
    "case": lambda it: it.case,
    "now": lambda it: it.occasion.now,
    "tag": lambda it: subject_tag(it.desk.tag, it.case.ref),
    "subject": lambda it: it.case.subject,
    "status": lambda it: it.policy.statuses.of_case(it.case).name,
    "priority": lambda it: it.policy.remembered(it.case.priority),
    "meaning": lambda it: said(it.policy.meaning(it.case.priority, it.case.type), it.language),
    "labels": lambda it: _labels(it.policy, it.language),
    "fields": lambda it: _fields(it.case, it.policy, it.language),
    "resolution_waits": lambda it: bool((clock := it.case.clock(ClockKind.RESOLUTION)) and clock.left),
    "silence_ends": lambda it: it.due(ClockKind.AFTER),
    "tells": lambda it: {each: each in it.policy.first_letter.tells for each in _TOLD},
    "requester": lambda it: _requester(it),
    "fixed": lambda it: it.fixed,
    "said": lambda it: shortened(it.occasion.said, it.size, it.language) if it.occasion.said else None,
    "thread": lambda it: story(it.occasion.thread, it.size, it.language),
    "text": lambda it: it.order.text.strip("\n"),
    "author": lambda it: it.author.name if it.author else "",
    "signature": lambda it: (
        signature_of(it.author, it.order.text, it.occasion.signature) if it.author else ""
    ),
    "extra": lambda it: _told(it.order.extra, it.language),
    "question": lambda it: it.question,
    "clicks": lambda it: it.clicks,
    "open_step": lambda it: _open_step(it.case, it.policy, it.language) if it.inside else None,
    "form": lambda it: shown_form(it.order, it.policy, it.language),
    "news": lambda it: {each.kind.value: _told(each.extra, it.language) for each in it.order.also},
    "owner": lambda it: _owner(it.case, it.people),
    "owner_away": lambda it: _owner_away(it.case, it.people) if it.inside else None,
    "requirement": lambda it: it.case.requirement if it.inside else "",
    "wants_requirement": lambda it: it.inside and wants_requirement(it.case, it.policy.requirements),
    "linked": lambda it: ", ".join(it.case.linked) if it.inside else "",
    "earlier": lambda it: _card(it.order, it.occasion),
    "plan": lambda it: it.people.plan_of(it.case.requester, it.case.account),
    "escalation": lambda it: it.case.escalation if it.inside else None,
    "open_days": lambda it: (it.occasion.now - it.case.opened_at).days,
    "reviewers": lambda it: it.policy.escalation_path.reviewers,
    "acknowledged_by": lambda it: it.due(ClockKind.ACKNOWLEDGE),
    "level_until": lambda it: it.due(ClockKind.NEXT_LEVEL),
    "next_level": lambda it: _next_level(it.case, it.policy, it.people),
    "history": lambda it: in_short(it.occasion.history, it.people, it.language, inside=it.inside),
    "also": lambda it: _also(it.order.kind, it.occasion, it.language),
    "readers": lambda it: said(named_readers(it.readers), it.language),
    "other_readers": lambda it: said(named_others(it.readers), it.language),
    "several_readers": lambda it: len(it.readers) > 1,
    "enclosed": lambda it: bool(it.order.enclosed),
    "reply_mark": lambda it: LETTER_BEGIN,
    "commands": lambda it: COMMANDS,
    "foot_line": lambda it: foot_line(_of_escalation(it.case, it.policy)),
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


def _next_level(case: Case, policy: Policy, people: People) -> str:
    """The level that an escalation goes to next; empty after the last."""
    active = case.escalation
    following = level_after(active.level, policy.escalation_path.levels, case, people) if active else None
    return following[1].name if following else ""


def _of_escalation(case: Case, policy: Policy) -> tuple[str, ...]:
    """The commands that an escalation at a level asks for."""
    if case.escalation is None or case.escalation.asked:
        return ()
    return ("escalate", "plan") if Start.AGENT in policy.escalation_path.starts else ("plan",)


def _requester(it: LetterValues) -> str:
    """The requester by the name that a letter may greet them with; a form greets whoever filled it in."""
    requester = None if it.fixed else it.case.party(it.case.requester)
    own = FORMS[it.order.kind].audience in (Audience.SENDER, Audience.REQUESTER)
    theirs = not own or all(map(it.case.is_requester, it.order.to))
    return greeted(requester.name) if requester and theirs else ""


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


def _owner(case: Case, people: People) -> str:
    """The owner by name."""
    person = people.person(case.owner) if case.owner else None
    return person.name if person else case.owner or ""


def _owner_away(case: Case, people: People) -> dict[str, Any] | None:
    """Say until when the owner of the case is away, and who stands in for them; None where they are there."""
    owner = people.agent(case.owner) if case.owner else None
    if owner is None or not owner.away:
        return None
    deputy = deputy_of(people, owner)
    return {"until": owner.until, "deputy": deputy.name if deputy else ""}
