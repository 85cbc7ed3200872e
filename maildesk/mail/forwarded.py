"""The writer and the words of a forwarded mail: from the header lines that mail programs repeat.

Whoever passes it on could have written these lines as well: they name somebody, and prove nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from maildesk.errors import BadInput, Unreadable
from maildesk.mail import header_blocks
from maildesk.mail.addr_spec import deliverable
from maildesk.mail.header_blocks import LabelRole, role_of
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import Address, IncomingMail, PassedOn
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.reading import attachments_of, read_mail
from maildesk.mail.reply.reply_text import reply_parts

# Before the subject of a forwarded mail, as programs of many languages write it; an answer's "Re:" is none.
_FORWARD_PREFIX: Final = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|vs|vb|pd|i|doorst|továbbítás|fwd\.|πρθ|转发|轉寄|転送|전달)\s?[:\uff1a]",
    re.IGNORECASE,
)
_IN_BRACKETS: Final = re.compile(r"[<\[](?:mailto:)?([^\s<>\[\]]+@[^\s<>\[\]]+)[>\]]")
_BARE: Final = re.compile(r"(?:mailto:)?([^\s<>\[\](),;\"']+@[^\s<>\[\](),;\"']+)")
_MARKED: Final = re.compile(r"^>\s?")
_MOST_LINES: Final = 400
"""So far down the header of a forwarded mail is looked for."""
_MOST_LINE: Final = 1000
_MOST_BYTES: Final = 2**20
"""A larger mail that is attached is not read for its author."""


def with_passed_on(mail: IncomingMail, raw: bytes, limits: ReadingLimits) -> IncomingMail:
    """The mail with the one that it passes on, in its text or attached, if it does."""
    if mail.by_machine:
        return mail
    forwarded = reply_parts(mail.body.text).forwarded if mail.body.forwarded else ""
    found = _attached(mail, raw, limits) or passed_on(mail.body.text, forwarded, mail.subject)
    return replace(mail, body=replace(mail.body, passed_on=found)) if found else mail


def _attached(mail: IncomingMail, raw: bytes, limits: ReadingLimits) -> PassedOn | None:
    """The one mail that is attached as a file. Of several nobody can say whose matter it is."""
    mails = [each for each in mail.attachments if each.content_type == "message/rfc822"]
    if len(mails) != 1 or mails[0].ours or mails[0].size > _MOST_BYTES:
        return None
    data = next(data for each, data in attachments_of(raw, limits) if each.sha256 == mails[0].sha256)
    try:
        inner = read_mail(data, trust=Trust(), limits=limits)  # whatever it says of itself, nobody saw it
    except Unreadable:
        return None
    author = inner.author.address
    return PassedOn(author, inner.subject, inner.body.new_text) if author else None


def passed_on(text: str, forwarded: str, subject: str) -> PassedOn | None:
    """The mail that a text passes on; `forwarded` is what of it surely is one, empty where unsure."""
    if not forwarded and not _FORWARD_PREFIX.match(subject):
        return None
    raw = _unmarked((forwarded or text).split("\n"))
    lines = [line.replace("\u00a0", " ").strip().replace("\uff1a", ":") for line in raw]
    for number, line in enumerate(lines[:_MOST_LINES]):
        role = role_of(line) if ":" in line[:40] else None
        if role is None or role is LabelRole.OTHER:
            continue
        block = header_blocks.block_at(lines, number)
        if block.likely and LabelRole.FROM in block.roles:
            return _read(raw, lines, number, block.end)
    return None


def _unmarked(lines: list[str]) -> list[str]:
    """Apple Mail passes on with quote marks."""
    marked = sum(line.startswith(">") for line in lines)
    return [_MARKED.sub("", line) for line in lines] if marked * 2 > len(lines) else lines


def _read(raw: list[str], lines: list[str], start: int, end: int) -> PassedOn | None:
    author, subject = None, ""
    for line in lines[start:end]:
        role, value = role_of(line), line.partition(":")[2].strip(" *_\t")
        if role is LabelRole.FROM and author is None:
            author = address_in(value)
        elif role is LabelRole.SUBJECT and not subject:
            subject = value
    if author is None:
        return None
    words = reply_parts("\n".join(raw[end:]).strip("\n"))
    return PassedOn(author, subject, words.new or "\n".join(raw[end:]).strip("\n"))


def address_in(value: str) -> Address | None:
    """The one address in what a header line says, if a letter can be sent there."""
    found = _IN_BRACKETS.search(value[:_MOST_LINE]) or _BARE.search(value[:_MOST_LINE])
    if found is None:
        return None
    try:
        address = deliverable(found.group(1).rstrip("."))
    except BadInput:
        return None
    name = value[: found.start()].strip(" \"'<[(")
    return Address(address, "" if "@" in name else name)
