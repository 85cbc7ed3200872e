"""A question as a letter shows it: each answer a link that makes a mail ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from maildesk.desk.case.case import Case
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import said
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.desk.letters.letter_kinds import holds_fixed_words
from maildesk.desk.policy.desk import Desk, Mailbox
from maildesk.desk.policy.questions import Answer, Question
from maildesk.desk.policy.usual_questions import answer_named
from maildesk.mail.identity.question_tokens import AnswerToken, answer_code, answer_link
from maildesk.mail.identity.references import KeyRing, subject_tag

_MOST_SUBJECT: Final = 60
"""Characters of the case's subject that a link repeats: mail programs cut long links."""


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """One answer to be clicked: the name that a reader sees, and its `mailto:`."""

    name: str
    href: str

    @property
    def line(self) -> str:
        """The answer as a text shows it, on a line of its own."""
        return f"{self.name}: <{self.href}>"


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question with its links; `words` names the answers in a sentence, `scale` is the best number."""

    text: str
    links: tuple[AnswerLink, ...]
    words: str
    scale: int = 0
    comment: str = ""


REVIEWS: Final = {"Approve": "#approve", "Decline": "#decline "}
"""The links of who reviews an escalation: what each is called, and the command that its mail gives."""


def review_links(back: str, case: Case, desk: Desk, language: Language) -> tuple[AnswerLink, ...]:
    """Links that approve or decline an escalation: each a mail of its reader to their own reply address."""
    if not back:
        return ()
    behind = f"{case.subject[:_MOST_SUBJECT].strip()} {subject_tag(desk.tag, case.ref)}"
    to = quote(back, safe="@")
    return tuple(
        AnswerLink(name, f"mailto:{to}?subject={quote(f'{name}: {behind}', safe='')}&body={quote(command)}")
        for name, command in ((language.word(each), command) for each, command in REVIEWS.items())
    )


def shown_question(
    order: LetterOrder,
    case: Case,
    desk: Desk,
    keys: KeyRing,
    language: Language = ENGLISH,
    back: str = "",
) -> ShownQuestion | None:
    """The question that a letter asks, by itself or beside what else it says; None where it asks none.

    `back` is where a person of the desk answers what they are asked.
    """
    asking = next((each for each in (order, *order.also) if each.kind in _ASKING), None)
    question = desk.policy.questions.get(asking.extra.get("question", "")) if asking else None
    if asking is None or question is None:
        return None
    subject = "" if holds_fixed_words(order) else f" {case.subject[:_MOST_SUBJECT].strip()}"
    behind = f":{subject} {subject_tag(desk.tag, case.ref)}"
    number = int(asking.extra.get("number") or 1)
    inside = asking.kind is not LetterKind.QUESTION
    return ShownQuestion(
        language.word(question.text),
        tuple(
            _own_links(question, behind, back)
            if inside
            else _links(question, case.ref, number, behind, desk.mailbox(case.mailbox), keys, language)
        ),
        language.listed([_told(each, language) for each in question.answers], any_one=True),
        question.scale,
        language.word(question.comment),
    )


_ASKING: Final = (LetterKind.QUESTION, LetterKind.QUESTION_TEAM, LetterKind.AFTERWARDS)


def _own_links(question: Question, behind: str, back: str) -> list[AnswerLink]:
    """The links of a person of the desk: each makes a mail that gives a command, to their own address."""
    step = f"{question.step.name}: " if question.step else ""
    to, links = quote(back, safe="@"), []
    for each in question.answers if back else ():
        subject = quote(_shown(each.name) + behind, safe="")
        body = quote(f"#answer {step}{each.name}", safe="")
        links.append(AnswerLink(_shown(each.name), f"mailto:{to}?subject={subject}&body={body}"))
    return links


def _told(answer: Answer, language: Language) -> str:
    return said(answer.says or answer_named(answer.name), language)


def _shown(name: str) -> str:
    return name[:1].upper() + name[1:]


def _links(
    question: Question,
    ref: str,
    number: int,
    behind: str,
    mailbox: Mailbox,
    keys: KeyRing,
    language: Language,
) -> list[AnswerLink]:
    links, separator = [], mailbox.subaddress or None
    for each in question.answers:
        name = _shown(_told(each, language))
        token = AnswerToken(ref, number, answer_code(question.name, each.name))
        links.append(AnswerLink(name, answer_link(keys, token, mailbox.address, separator, name + behind)))
    return links
