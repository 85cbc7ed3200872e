"""A yes or a no to a letter about a question is no word for a customer; to any other letter it may be."""

from __future__ import annotations

import pytest

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.late_words import ABOUT_QUESTIONS, answers_too_late
from maildesk.desk.letters.letter_kinds import FORMS


@pytest.mark.parametrize("kind", sorted(ABOUT_QUESTIONS))
@pytest.mark.parametrize("words", ["yes", "Yes.", "ja", "yes\n\nBen Reis", "no", "No, do not send it."])
def test_a_yes_or_a_no_to_a_letter_about_a_question_is_too_late(kind: LetterKind, words: str) -> None:
    assert answers_too_late(kind, words)


@pytest.mark.parametrize("kind", sorted(ABOUT_QUESTIONS))
@pytest.mark.parametrize("words", ["It is mended.", "Yes, please do.", "Yes?", "Nothing is left to do."])
def test_other_words_are_an_answer(kind: LetterKind, words: str) -> None:
    assert not answers_too_late(kind, words)


@pytest.mark.parametrize(
    "kind", ["", LetterKind.REPLIED_TEAM, LetterKind.OPENED_TEAM, LetterKind.REOPENED_TEAM]
)
def test_what_a_customer_asked_is_answered_by_yes_or_no(kind: str) -> None:
    assert not answers_too_late(kind, "yes")
    assert not answers_too_late(kind, "No.")


def test_every_letter_that_asks_for_a_word_is_among_them() -> None:
    assert {kind for kind, form in FORMS.items() if form.confirms} <= ABOUT_QUESTIONS
