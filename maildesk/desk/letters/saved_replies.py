"""Saved replies as templates: `say/NAME.txt` in the folder of each language, in the sandbox of letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.letter_context import LetterContext
from maildesk.desk.letters.letter_values import LetterValues, language_wanted
from maildesk.desk.letters.template_problem import TemplateProblem
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.desk import Desk

_STORY: Final = 0
"""Bytes of the case's story that a saved reply may show: none of it."""


class TemplateReplies:
    """The saved replies of the operator's templates."""

    def __init__(self, templates: LetterTemplates, desk: Desk) -> None:
        self._templates = templates
        self._desk = desk

    @property
    def names(self) -> Sequence[str]:
        """The names of all, in any language."""
        return self._templates.saved_replies

    def said(self, name: str, case: Case, author: str, now: datetime) -> str:
        """Say the reply of that name to the customer of this case, in their language where it is there."""
        order = LetterOrder(LetterKind.ANSWER, author=author)
        wanted = language_wanted(order, case, self._desk)
        language = self._templates.language_of_reply(name, wanted)
        occasion = LetterContext(case, now, "saved reply")
        values = LetterValues(order, occasion, self._desk, _STORY, language)
        return self._templates.saved_reply(name, values, wanted)


def reply_problems(
    replies: TemplateReplies, cases: Sequence[Case], author: str, now: datetime
) -> Iterator[TemplateProblem]:
    """Find the saved replies that fail on made-up cases, each with its first mistake."""
    for name in replies.names:
        for case in cases:
            try:
                replies.said(name, case, author, now)
            except TemplateProblem as problem:
                yield problem
                break
