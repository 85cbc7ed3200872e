"""Mails that other desks were told they read wrongly, written anew, with the words that stand in them."""

from __future__ import annotations

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import IncomingMail
from maildesk.mail.reading import read_mail

HEAD = (
    b"From: Carla Nunes <carla@client.example>\r\nTo: support@acme.example\r\n"
    b"Message-ID: <r@client.example>\r\n"
)


def read(rest: bytes) -> IncomingMail:
    return read_mail(HEAD + rest, trust=Trust())


# Windows programs say ISO 8859 and write bytes that only their own code page has letters for.
NAMED_ISO = {
    "iso-8859-2": ("cp1250", "„Šílený“ příšerně – žluťoučký…"),
    "iso-8859-13": ("cp1257", "„Žuvis“ – šaltinis…"),
    "iso-8859-15": ("cp1252", "“It’s 12 €” – yes…"),
}


@pytest.mark.parametrize("charset", NAMED_ISO)
def test_windows_letters_under_an_iso_name_are_read(charset: str) -> None:
    page, said = NAMED_ISO[charset]
    coded = "".join(f"={byte:02X}" for byte in said.encode(page))
    mail = read(
        f"Subject: =?{charset}?Q?{coded}?=\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset={charset}\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n".encode()
        + said.encode(page)
        + b"\r\n"
    )
    assert (mail.subject, mail.body.text.strip()) == (said, said)
