"""Yes is one word and nothing else; no is a first word; whatever else somebody answers says neither."""

from __future__ import annotations

import pytest

from maildesk.desk.screening.yes_or_no import NO, YES, Answer, answer_in

SAID_YES = [
    "yes", "Yes", "YES", "Yes.", "Yes!", "yes…", "\n\n  yes  \n", "*Yes*", "_yes_", "**Yes**",
    '"yes"', "“Yes”",
    "‘yes’", "(yes)", "- yes", "Yes,", "Yes:", "\u00a0Yes\u00a0", "\u200bYes\u200b", "\u200eYes\u200e",
    "Yes\r\n",
    "Yes.\n\nAna Souza\nAcme", "Yes\n-- \nAna", "Yes\n\nNo virus found in this message.", "ＹＥＳ！",
    "<yes>",
    "ja", "„Ja“", "»ja«", "Ja!", "oui", "Oui.", "« Oui »", "sí", "¡Sí!", "SI\u0301", "sì", "sim", "Sim!",
    "ano", "да",
    "Да.", "ναι", "Ναι.", "evet", "はい", "はい。", "「はい」", "ﾊｲ", "是", "是。", "是的！", "네",
    "예.", "نعم", "نعم،",
    "\u200fنعم\u200f", "\u2067نعم۔\u2069", "כן", "\u05f4כן\u05f4",
]  # fmt: skip

SAID_NO = [
    "no", "No.", "NO!", "no, that was not me", "Not mine", "*No*", "“No”", "Nope", "Never heard of it",
    "nein",
    "Non sono stato io", "No estoy de acuerdo", "Not from my office", "Nicht von mir", "Não estou certo",
    "Nein, wer war das?", "Não fui eu", "nee", "nej", "нет", "Нет, это не я", "όχι", "Hayır", "HAYIR",
    "いいえ",
    "いいえ、違います", "不是", "不是我写的", "لا", "לא", "\n\n> \n\nNein", "No\n\nYes", "Spam!",
]  # fmt: skip

SAID_NEITHER = [
    # what made a forged mail go out in the agent's name
    "Let me check with a colleague first", "Who sent me this", "OK so somebody forged this, do not do it",
    "Contact me on my mobile", "Sure, who wrote this", "This is not mine", "Ask me later",
    "That was not me",
    "Ok", "ok.", "Okay", "Sure", "Mine", "me", "That was me", "I confirm", "Confirmed", "correct", "y",
    "Y.", "k",
    # a yes and something else
    "Yes, it was me", "Yes please", "Ja, gerne", "yes and no", "yes/no", "Yes - no",
    "Yes but do not send it",
    "Yes\nbut do not send it", "Ja\naber nicht so", "yes\u2028but no", "yes yes", "Oui, merci",
    "はい、私です",
    "是我写的", "Yes 👍", "👍", "+1", "1", "yes1", "yes" + " " * 300 + "not", "yes" + "." * 300,
    # somebody asks
    "yes?", "Yes?!", "yes？", "¿Sí?", "ναι;", "نعم؟", "はい?", "Yes, why?", "No?", "Was this me?", "‽ yes",
    # words that mean something else elsewhere
    "si", "da", "tak", "on", "ya", "hai",
    # others' words, other signs, nothing
    "> yes", "＞ yes", ">yes\nyes", "#yes", "yes@acme.example", "/yes", "~~yes~~", "", " \n\u00a0\n",
    ">", "…", "\0",
    "yesyes", "yes-yes", "yes.no", "Nobody", "Nothing", "Yesterday", "Note: mine", "I never wrote that",
    # absence notes that begin as a no does
    "Not in the office this week. Contact me on my mobile.", "Not currently at my desk", "Not available.",
    "No longer with Acme, write to info@acme.example", "No access to mail until 3 December",
    "Nicht erreichbar bis Montag", "Ne suis pas au bureau", "No estoy en la oficina hasta el lunes",
    "Não estou no escritório", "Non sono in ufficio", "Niet op kantoor", "Nie ma mnie w biurze",
    "Ei paikalla",
    "Nem vagyok az irodában", "Нет на месте",
    "It wasn't me", "Thank you for your mail.", "I am out of the office.", "Hello,\nyes",
]  # fmt: skip


@pytest.mark.parametrize("text", SAID_YES, ids=[ascii(each)[:30] for each in SAID_YES])
def test_one_word_alone_on_the_first_line_is_a_yes(text: str) -> None:
    assert answer_in(text) is Answer.YES


@pytest.mark.parametrize("text", SAID_NO, ids=[ascii(each)[:30] for each in SAID_NO])
def test_a_first_word_is_a_no(text: str) -> None:
    assert answer_in(text) is Answer.NO


@pytest.mark.parametrize("text", SAID_NEITHER, ids=[ascii(each)[:30] for each in SAID_NEITHER])
def test_whatever_else_is_neither(text: str) -> None:
    assert answer_in(text) is Answer.UNCLEAR


def test_no_word_is_both() -> None:
    assert not YES & NO
    assert all(answer_in(word) is Answer.YES for word in YES)
    assert all(answer_in(word) is Answer.NO for word in NO)
