"""Our reader in the shapes that the scorer of the mail corpora asks for; only public functions are called.

The scorer loads this module by name and takes PARSERS, REPLY, BOUNCE and THREAD.
"""

from __future__ import annotations

import html
from typing import Any

from maildesk.desk.case import threads as known
from maildesk.mail import reading
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import Address, IncomingMail
from maildesk.mail.mime import headers
from maildesk.mail.mime.charsets import clean
from maildesk.mail.reply.html_replies import text_of_reply
from maildesk.mail.reply.reply_text import reply_parts

TRUST = Trust()
OWN = "maildesk"
QUOTES_ONLY = "maildesk, quotes only"
WITHOUT_FLUFL = "maildesk, without flufl.bounce"
_FROM_BYTES = 8192


def read(raw: bytes) -> IncomingMail:
    return reading.read_mail(raw, trust=TRUST)


def _pairs(addresses: tuple[Address, ...]) -> list[tuple[str, str]]:
    return [(each.name, each.address) for each in addresses]


class Parser:
    """A mail as headers, bodies and files. From is read as To is: whom to trust is another question."""

    name = OWN

    def parse(self, raw: bytes) -> dict[str, Any]:
        mail, contents = read(raw), reading.contents_of(raw)
        sender = headers.first(headers.cut_header(raw).fields, "from") or b""
        return {
            "subject": mail.subject,
            "from": _pairs(headers.addresses_in(sender, _FROM_BYTES)),
            "to": _pairs(mail.addressing.to),
            "cc": _pairs(mail.addressing.cc),
            "reply_to": _pairs(mail.addressing.reply_to),
            "date": mail.date,
            "message_id": mail.ids.message_id or "",
            "text": "\n".join(contents.texts) if contents.texts else None,
            "html": "\n".join(contents.htmls) if contents.htmls else None,
            # A file's name as it was declared; the desk shows a cleaned one.
            "attachments": [
                {
                    "name": each.declared_name,
                    "type": each.attachment.content_type,
                    "data": each.data,
                }
                for each in contents.files
            ],
            "errors": [],
        }


class Reply:
    """The new words: as the desk shows them, or with the signature where it stood."""

    def __init__(self, name: str, *, signed: bool) -> None:
        self.name = name
        self._signed = signed

    def reply(self, text: str) -> str:
        parts = reply_parts(clean(text))
        return parts.signed if self._signed else parts.new

    def reply_html(self, source: str) -> str:
        return f"<pre>{html.escape(self.reply(text_of_reply(source)[0]))}</pre>"


class Bounces:
    """What came back, with flufl.bounce asked or by our own rules alone."""

    def __init__(self, name: str, *, flufl: bool) -> None:
        self.name = name
        self._flufl = flufl

    def bounce(self, raw: bytes) -> dict[str, Any]:
        found = reading.bounce_of(raw, flufl=self._flufl)
        return {
            "is_bounce": found is not None,
            "addresses": {each.lower() for each in found.failed} if found else set(),
            "delayed": {each.lower() for each in found.delayed} if found else set(),
        }


class Threads:
    """Threads by the Message-IDs that mails bear and name."""

    name = OWN

    def thread(self, raws: list[bytes]) -> list[int]:
        told = known.Threads()
        for mail in map(read, raws):
            told.add(mail.ids.message_id, mail.ids.thread)
        return told.numbers()


PARSERS = [Parser()]
REPLY = [Reply(OWN, signed=False), Reply(QUOTES_ONLY, signed=True)]
BOUNCE = [Bounces(OWN, flufl=True), Bounces(WITHOUT_FLUFL, flufl=False)]
THREAD = [Threads()]
