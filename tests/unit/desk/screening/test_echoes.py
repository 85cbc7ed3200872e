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


def test_only_words_below_an_introduction_are_compared() -> None:
    assert not may_echo(mail(LETTER))
    assert not may_echo(mail(f"No.\n\n{DATED}\n\n{LETTER}"))


def test_an_authors_signature_above_it_stays() -> None:
    bare = without_echo(mail(f"-- \nBo Lund\n\n{DATED}\n\n{LETTER}"), LETTER)
    assert (bare.body.new_text, bare.body.signature) == ("", "-- \nBo Lund")
