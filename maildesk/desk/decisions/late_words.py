"""A yes or a no to a letter about a question of ours that asks none any more: no words for a customer."""

from __future__ import annotations

from typing import Final

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.told import Phrase
from maildesk.desk.screening.yes_or_no import Answer, answer_in

ABOUT_QUESTIONS: Final = frozenset({
    LetterKind.CONFIRM,
    LetterKind.CONFIRM_MORE,
    LetterKind.ANSWERED_MEANWHILE,
    LetterKind.NOT_SENT,
    LetterKind.REFUSED,
    LetterKind.LET_IN,
    LetterKind.SUSPICIOUS,
    LetterKind.TRANSCRIPT,
})  # fmt: skip
"""The letters that ask for a yes or a no, or tell what became of one. A customer's question is in none."""

TOO_LATE: Final = Phrase(
    "your words were not sent: they begin as the answer to a question of ours does, which is open no more "
    "(to write to the customer, begin with another word, or answer another notice)"
)


def answers_too_late(letter: str, words: str) -> bool:
    """Tell whether words say yes or no to a letter of that kind."""
    return letter in ABOUT_QUESTIONS and answer_in(words) is not Answer.UNCLEAR
