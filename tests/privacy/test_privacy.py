"""No byte for a customer holds a note, a private address, a Bcc, another's token or a command."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.privacy.desk import PrivateDesk
from tests.privacy.leaks import leaks_in, said_in_html_alone
from tests.privacy.stories import tell

ROUND = 50
"""Cases told at once."""


async def check(rounds: int, first: int) -> None:
    pairs = answers = files = rich = 0
    async with PrivateDesk.start() as desk:
        for seed in range(first, first + rounds):
            told = await tell(desk, seed, ROUND)
            assert told.leaks == []
            pairs, answers, files = pairs + told.pairs, answers + told.answers, files + told.files
            rich += told.rich
    assert pairs >= rounds * ROUND * 3
    assert answers > pairs  # what customers may read did reach them
    assert files > pairs / 100
    assert rich > pairs / 100


async def test_nothing_that_was_meant_for_colleagues_reaches_a_customer() -> None:
    await check(rounds=2, first=1)


@pytest.mark.long
async def test_nothing_reaches_a_customer_in_ten_thousand_pairs_either() -> None:
    await check(rounds=67, first=100)


SEEDS = {
    "the mail with its commands and notes": "Subject: Re: {{ tag }}\n\n{{ text }}\n\n{{ said.text }}\n",
    "what a notice says": 'Subject: Re: {{ tag }}\n\n{{ text }}\n{% include "en/how.txt" %}\n',
    "who owns the case": "Subject: Re: {{ tag }} Owner: {{ case.owner }}\n\n{{ text }}\n",
}


@pytest.mark.parametrize("template", [pytest.param(text, id=name) for name, text in SEEDS.items()])
async def test_a_leak_that_was_put_into_an_answer_is_found(template: str) -> None:
    async with PrivateDesk.start({"en/answer.txt": template}) as desk:
        assert (await tell(desk, 7, 15)).leaks


def _letter(**fields: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in {"From": "support@acme.example", "To": "bo@client.example", **fields}.items():
        mail[name] = value
    mail.set_content("Hello\n")
    return mail


def _base64() -> EmailMessage:
    mail = _letter()
    mail.set_content("a zqnote é\n", cte="base64")
    return mail


def _quoted_printable() -> EmailMessage:
    mail = _letter()
    mail.set_content("é" * 20 + " zqnote " + "é" * 40 + "\n", cte="quoted-printable")
    return mail


def _entities() -> EmailMessage:
    mail = _letter()
    mail.add_alternative("<p>&#122;qn<!-- -->ote &#122;qnote</p>", subtype="html")
    return mail


def _within() -> EmailMessage:
    mail = _letter()
    mail.add_attachment(_base64())
    return mail


def _as_octets() -> EmailMessage:
    mail = _letter()
    raw = _base64().as_bytes(policy=SMTP)
    mail.add_attachment(raw, maintype="application", subtype="octet-stream", filename="a.bin")
    return mail


PACKED = {
    "base64": _base64(),
    "quoted-printable": _quoted_printable(),
    "entities": _entities(),
    "a mail in the mail": _within(),
    "a mail as a file": _as_octets(),
    "an encoded subject": _letter(Subject=f"=?utf-8?b?{base64.b64encode('é zqnote'.encode()).decode()}?="),
    "a folded field": _letter(References="<" + "a" * 70 + "@acme.example> <zqnote@acme.example>"),
    "a name of a file": _letter(**{"X-Name": "zqnote.png"}),
}


def test_words_that_stand_in_the_html_alone_are_found() -> None:
    mail = _letter()
    mail.add_alternative('<p>He<b>llo</b> <a href="https://never.example/">you</a></p>', subtype="html")
    assert said_in_html_alone(mail) == {"you", "https", "never", "example"}


@pytest.mark.parametrize("mail", [pytest.param(mail, id=name) for name, mail in PACKED.items()])
def test_a_leak_is_found_however_it_is_packed(mail: EmailMessage) -> None:
    assert leaks_in(mail.as_bytes(policy=SMTP), ["zqnote"]) == ["zqnote"]
    assert leaks_in(mail.as_bytes(policy=SMTP), ["zqother"]) == []
