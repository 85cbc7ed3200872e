"""A question as a letter shows it: each answer a link that makes a mail ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.letter_kinds import holds_fixed_words
from maildesk.desk.policy.desk import Desk, Mailbox
from maildesk.desk.policy.questions import Question
from maildesk.mail.identity.question_tokens import AnswerToken, answer_code, answer_link
from maildesk.mail.identity.references import KeyRing, Separator, subject_tag

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


def shown_question(order: LetterOrder, case: Case, desk: Desk, keys: KeyRing) -> ShownQuestion | None:
    """The question that a letter asks, by itself or beside what else it says; None where it asks none."""
    asking = next((each for each in (order, *order.also) if each.kind is LetterKind.QUESTION), None)
    question = desk.policy.questions.get(asking.extra.get("question", "")) if asking else None
    if asking is None or question is None:
        return None
    subject = "" if holds_fixed_words(order) else f" {case.subject[:_MOST_SUBJECT].strip()}"
    behind = f":{subject} {subject_tag(desk.tag, case.ref)}"
    number = int(asking.extra.get("number") or 1)
    return ShownQuestion(
        question.text,
        tuple(_links(question, case.ref, number, behind, desk.mailbox(case.mailbox), keys)),
        " or ".join(each.name for each in question.answers),
        question.scale,
        question.comment,
    )


def _links(
    question: Question, ref: str, number: int, behind: str, mailbox: Mailbox, keys: KeyRing
) -> list[AnswerLink]:
    separator: Separator | None = {"+": "+", "-": "-"}.get(mailbox.subaddress)  # type: ignore[assignment]  # its two
    links = []
    for each in question.answers:
        name = each.name[:1].upper() + each.name[1:]
        token = AnswerToken(ref, number, answer_code(question.name, each.name))
        links.append(AnswerLink(name, answer_link(keys, token, mailbox.address, separator, name + behind)))
    return links
