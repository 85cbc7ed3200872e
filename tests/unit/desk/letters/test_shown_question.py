"""A question in a letter: its links, as text and as buttons, by itself and beside other news."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.language import Language
from maildesk.desk.letters.letter_html import html_of
from maildesk.desk.letters.shown_question import AnswerLink, shown_question
from maildesk.desk.policy.desk import Mailbox, Subaddressing
from maildesk.desk.policy.questions import Answer, Question
from maildesk.desk.policy.usual_questions import USUAL_QUESTIONS
from maildesk.mail.identity.question_tokens import AnswerToken, answer_code, read_answer_tokens
from tests.unit.desk.letter_matters import HELD, KEYS, TO_BO, occasion, read, text_of, writer
from tests.unit.desk.matters import AGENT, CY, DESK, DESK_ADDRESS

K = LetterKind
SURVEY = replace(USUAL_QUESTIONS["survey"], comment="What could we do better?")
QUESTIONS = {**USUAL_QUESTIONS, "survey": SURVEY}
ASKING = replace(DESK, policy=replace(DESK.policy, questions=QUESTIONS))
WRITER = writer(ASKING)


def question(name: str = "solved", number: int = 3) -> LetterOrder:
    return LetterOrder(K.QUESTION, extra={"question": name, "number": str(number)})


def texts(order: LetterOrder, *to: Addressee) -> list[str]:
    written = WRITER.write(order, occasion(), list(to) or [TO_BO])
    return [text_of(read(letter)).replace("\r\n", "\n") for letter in written]


def test_a_question_alone_shows_each_answer_on_a_line_of_its_own() -> None:
    (text,) = texts(question())
    assert "we have a question about your case 7K2Q-9F3M.\n\nIs it solved?\n\nYes: <mailto:" in text
    assert re.search(
        r">\nNo: <mailto:\S+>\n\nClick one and send the mail that it makes, or answer with yes", text
    )
    assert "\n\n\n" not in text


def test_a_scale_has_a_link_for_each_number_and_asks_for_words() -> None:
    (text,) = texts(question("survey"))
    assert [line[:2] for line in text.split("\n") if "<mailto:" in line] == ["1:", "2:", "3:", "4:", "5:"]
    assert "where 5 is the best; or answer with the number and a few words. What could we do better?" in text


@pytest.mark.parametrize("kind", [K.ANSWER, K.CLOSED])
def test_a_question_beside_other_news_is_the_requesters_alone(kind: LetterKind) -> None:
    extra = {"outcome": "", "means": ""}
    order = LetterOrder(kind, author=AGENT, text="Try again.", extra=extra, also=(question(),))
    cy, bo = texts(order, Addressee(CY, "Cy", None), TO_BO)
    assert "Is it solved?" in bo
    assert "Is it solved?" not in cy
    assert "mailto:" not in cy
    assert "\n\n\n" not in bo


def test_a_letter_that_asks_nothing_has_no_question() -> None:
    assert shown_question(LetterOrder(K.CLOSED), HELD, ASKING, KEYS) is None
    assert shown_question(question("weather"), HELD, ASKING, KEYS) is None


@pytest.mark.parametrize(("subaddress", "detailed"), [("+", True), ("-", True), ("", False)])
def test_a_link_leads_to_the_mailbox_of_the_case(subaddress: Subaddressing, detailed: bool) -> None:
    box = Mailbox("support", DESK_ADDRESS, subaddress)
    shown = shown_question(question(), HELD, replace(ASKING, mailboxes={"support": box}), KEYS)
    assert shown
    assert [("%2B" in each.href or "support-" in each.href) for each in shown.links] == [detailed] * 2
    assert [each.name for each in shown.links] == ["Yes", "No"]


def test_a_link_repeats_the_beginning_of_a_long_subject_and_nothing_in_fixed_words() -> None:
    held = replace(HELD, subject="S" * 300)
    shown = shown_question(question(), held, ASKING, KEYS)
    assert shown
    assert "S" * 60 in shown.links[0].href
    assert "S" * 61 not in shown.links[0].href
    fixed = shown_question(replace(question(), fixed=True), held, ASKING, KEYS)
    assert fixed
    assert "SS" not in fixed.links[0].href


def test_what_the_link_holds_is_the_asking_and_the_answer() -> None:
    shown = shown_question(question(number=7), HELD, ASKING, KEYS)
    assert shown
    details = [each.href.partition(":")[2].partition("?")[0].replace("%2B", "+") for each in shown.links]
    read_back = [read_answer_tokens(KEYS, [each], "", DESK_ADDRESS) for each in details]
    codes = [answer_code("solved", each) for each in ("yes", "no")]
    assert read_back == [(AnswerToken("7K2Q-9F3M", 7, each),) for each in codes]


YES, NO = (
    AnswerLink("Yes", "mailto:a@b.example?subject=Yes"),
    AnswerLink("<No>", "mailto:a@b.example?subject=No"),
)


@pytest.mark.parametrize(
    ("text", "buttons"),
    [
        (f"Is it?\n\n{YES.line}\n{NO.line}\n\nThanks", 2),
        (f"Is it?\n{YES.line}\n{NO.line}", 0),
        (f"> {YES.line}", 0),
        ("Maybe: <mailto:a@b.example>", 0),
    ],
    ids=["alone", "among words", "quoted", "another link"],
)
def test_lines_of_links_become_buttons(text: str, buttons: int) -> None:
    page = html_of(text, links=(YES, NO))
    assert page.count("<a href=") == page.count("</a>") == buttons
    assert "<No>" not in page


def test_no_address_of_the_desks_people_hides_in_a_link() -> None:
    more: dict[str, Any] = {"author": AGENT, "text": "Try again.", "also": (question(),)}
    (text,) = texts(LetterOrder(K.ANSWER, **more))
    assert AGENT not in text


def test_an_answer_of_the_policy_is_shown_as_it_is_written_and_yes_in_the_language_of_the_letter() -> None:
    """Who reads the word of an answer may write it: of ours the translations count, of the policy's none."""
    words = {"open": "offen", "yes": "ja"}
    answers = (Answer("open"), Answer("yes"))
    own = replace(DESK, policy=replace(DESK.policy, questions={"door": Question("door", "?", answers)}))
    for kind, names in ((K.QUESTION, ["Open", "Ja"]), (K.QUESTION_TEAM, ["Open", "Yes"])):
        order = LetterOrder(kind, extra={"question": "door"})
        shown = shown_question(order, HELD, own, KEYS, Language("de", words), "support+x@acme.example")
        assert shown
        assert [each.name for each in shown.links] == names
        assert shown.words == "open oder ja"
