"""Our own letter below an empty answer, without quote marks: its words are not the answer's."""

from __future__ import annotations

import pytest

from maildesk.desk.screening.echoes import may_echo, without_echo
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import IncomingMail
from maildesk.mail.reading import read_mail

LETTER = "Try water, and write again\nif it still burns.\n\nAna Agent\n"
DATED = "On Mon, 24 Nov 2025 at 10:00, Acme Support <support@acme.example> wrote:"


def mail(text: str) -> IncomingMail:
    return read_mail(f"From: bo@client.example\n\n{text}\n".encode(), trust=Trust())


@pytest.mark.parametrize(
    "quotation",
    [
        LETTER,
        "Try water,\nand write again if it\n still burns.",
        "Try water, and write again",
    ],
    ids=["whole", "wrapped otherwise", "cut short"],
)
def test_what_we_wrote_is_no_word_of_the_answer(quotation: str) -> None:
    bare = without_echo(mail(f"{DATED}\n\n{quotation}"), LETTER)
    assert (bare.body.new_text, bare.body.signature) == ("", "")
    assert quotation.split("\n")[0] in bare.body.text


@pytest.mark.parametrize(
    "words",
    ["I tried water. It still burns.", f"{LETTER}\nI did. It still burns.", "Yes.\n\n-- \nBo"],
    ids=["others", "more than ours", "few"],
)
def test_the_authors_words_stay(words: str) -> None:
    answer = mail(f"{DATED}\n\n{words}")
    assert may_echo(answer)
    assert without_echo(answer, LETTER) is answer


ASKED = (
    "Hello Bo,\n\nthank you for your message. Do you want us to send a new one now, red or blue?\n"
    "Write yes, no or OK and the number 4711, or escalate.\nJa oder nein? はい、またはいいえ。\n\nAna Agent\n"
)


@pytest.mark.parametrize(
    "words",
    [
        "no", "yes", "OK", "red", "4711", "escalate", "Hello Bo,", "or", "Write yes, no", "a new one now",
        "Ja", "nein", "はい", "Thank you for your message", "thank you for your message.",
        "send a new one now", "number 4711, or escalate.", "Ana Agent",
    ],
)  # fmt: skip
def test_a_short_answer_in_words_that_we_wrote_is_an_answer(words: str) -> None:
    answer = mail(f"{DATED}\n\n{words}")
    assert without_echo(answer, ASKED) is answer


def test_a_word_that_begins_like_ours_is_another() -> None:
    answer = mail(f"{DATED}\n\nTry water, and write again if it still burn")
    assert without_echo(answer, LETTER) is answer


def test_a_program_may_leave_out_how_a_letter_began() -> None:
    quotation = ASKED.partition("\n\n")[2]
    assert without_echo(mail(f"{DATED}\n\n{quotation}"), ASKED).body.new_text == ""


def test_a_greeting_above_our_letter_stays() -> None:
    bare = without_echo(mail(f"Hi,\n\n{DATED}\n\n{LETTER}"), LETTER)
    assert bare.body.new_text == "Hi,"


def test_only_words_below_an_introduction_are_compared() -> None:
    assert not may_echo(mail(LETTER))
    assert not may_echo(mail(f"No.\n\n{DATED}\n\n{LETTER}"))


def test_an_authors_signature_above_it_stays() -> None:
    bare = without_echo(mail(f"-- \nBo Lund\n\n{DATED}\n\n{LETTER}"), LETTER)
    assert (bare.body.new_text, bare.body.signature) == ("", "-- \nBo Lund")
