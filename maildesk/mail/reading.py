"""The front door for incoming mail: raw bytes to one IncomingMail, whatever the bytes are.

Only a mail beyond a limit is refused (Unreadable). Everything else is repaired and named in `defects`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from maildesk.mail.automatic import machines
from maildesk.mail.automatic.reactions import REACTION_TYPE
from maildesk.mail.bodies import body_parts
from maildesk.mail.body_text import body_text
from maildesk.mail.identity.authenticity import Trust, author_of
from maildesk.mail.identity.content_digest import digests
from maildesk.mail.identity.google_workspace import shows_google_workspace
from maildesk.mail.identity.own_names import NO_NAMES, OwnNames
from maildesk.mail.identity.rewritten import spoken_for
from maildesk.mail.message import (
    Address,
    Addressing,
    Attachment,
    Author,
    Automation,
    Body,
    Bounce,
    Digests,
    Identification,
    IncomingMail,
    Standing,
)
from maildesk.mail.mime import headers, message_ids, structure
from maildesk.mail.mime.charsets import Guesser
from maildesk.mail.mime.dates import date_in, is_usual
from maildesk.mail.mime.enclosed import FilesFound, files_of
from maildesk.mail.mime.headers import Field
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.mime.part_text import text_of
from maildesk.mail.opened import OpenedMail, open_mail
from maildesk.mail.picture_places import with_picture_names
from maildesk.mail.reply.history import Doubt
from maildesk.mail.reply.own_words import own_words
from maildesk.mail.reply.reply_text import reply_parts
from maildesk.mail.seals import seal_of

_LIMITS: Final = ReadingLimits()


@dataclass(frozen=True, slots=True)
class Contents:
    """The bodies of a mail by kind, each as its author's program wrote it, and its files."""

    texts: tuple[str, ...]
    htmls: tuple[str, ...]
    files: tuple[FilesFound, ...]


_DELIVERY_FIELDS: Final = (
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to",
    "resent-to", "resent-cc", "apparently-to", "bcc",
)  # fmt: skip
_RECIPIENT_FIELD_BYTES: Final = 64 * 2**10
_SUBJECT_CHARS: Final = 998


def read_mail(
    raw: bytes, *, trust: Trust, limits: ReadingLimits = _LIMITS, own_names: OwnNames = NO_NAMES
) -> IncomingMail:
    """The value of one incoming mail. `own_names` are the addresses that are ourselves."""
    mail = open_mail(raw, limits)
    fields, defects = mail.fields, mail.defects
    text = body_text(mail, limits)
    subject = _subject(mail)
    author = _author(mail, trust, own_names)
    machine, signs = _machine(mail, subject, author, own_names)
    date = _date(mail)
    to, cc = _addresses(mail, "to"), _addresses(mail, "cc")
    files = tuple(each.attachment for each in _enclosed(mail))
    body = _body(with_picture_names(text, files))
    if mail.beside:
        body = replace(body, doubt=str(Doubt.IN_A_FILE), own_text="", own_signature="")
    words, content = digests(mail.fields, _below_header(mail), signs)
    return IncomingMail(
        digests=Digests(hashlib.sha256(raw).hexdigest(), content, words),
        ids=Identification(_message_id(mail), _ids(fields, "in-reply-to"), _ids(fields, "references")),
        author=author,
        addressing=Addressing(
            to, cc, _addresses(mail, "reply-to", limits.address_header), _recipients(mail, (*to, *cc))
        ),
        subject=subject,
        date=date,
        body=body,
        automation=machines.heard(machine, mail.raw, fields, mail.parts, subject, body, date),
        attachments=files,
        defects=tuple(defects),
        seal=seal_of(body.told, (each.seal for each in files)),
        language=_language(mail),
        google=shows_google_workspace(mail.fields, author.addr_spec),
    )


def _author(mail: OpenedMail, trust: Trust, own_names: OwnNames) -> Author:
    """The author; failed where a line of the header is no field: below it others may read the text."""
    codec = mail.eight_bit.codec
    author = author_of(mail.fields, trust, codec)
    if mail.header.above < len(mail.header.fields):
        why = author.why if author.address is None else "header-line"
        author = replace(author, standing=Standing.FAILED, why=why)
    return spoken_for(author, mail.fields, own_names, codec)


def _below_header(mail: OpenedMail) -> memoryview:
    """The bytes of the body, and above them the words that stand among the fields."""
    body = memoryview(mail.raw)[mail.header.body : mail.size]
    return memoryview(mail.header.words + body) if mail.header.words else body


def _body(text: str) -> Body:
    """A text with what is the author's of it."""
    reply = reply_parts(text)
    own = own_words(text, reply)
    new, in_context = reply.new, reply.in_context
    return Body(
        text,
        new,
        in_context="" if in_context == new else in_context,
        doubt=str(reply.doubt or ""),
        signature=reply.signature,
        own_text=own.text,
        own_signature=own.signature,
        forwarded=bool(reply.forwarded),
        quotes=bool(reply.quoted),
    )


def _machine(
    mail: OpenedMail, subject: str, author: Author, own: OwnNames
) -> tuple[Automation, tuple[str, ...]]:
    """Judge the header's signs of machines. A group's own signs of a list say nothing of its mails."""
    fields: Sequence[Field] = mail.readable
    writer = author.behind or (author.address if author.via else None)
    if writer is not None:
        rewritten = (each for each in fields if each.name != "from")
        fields = [Field("from", writer.address.encode()), *rewritten]
    through_group = writer is not None
    return machines.judge(mail.raw, fields, mail.outer, subject, own, through_group=through_group)


def attachments_of(raw: bytes, limits: ReadingLimits = _LIMITS) -> list[tuple[Attachment, bytes]]:
    """The attachments of a mail with their bytes, in the order of `IncomingMail.attachments`."""
    return [(each.attachment, each.data) for each in _enclosed(open_mail(raw, limits))]


def bounce_of(raw: bytes, limits: ReadingLimits = _LIMITS, *, flufl: bool = True) -> Bounce | None:
    """Read what came back, if the mail says so; `flufl` False leaves flufl.bounce unasked."""
    mail = open_mail(raw, limits)
    return machines.judge(mail.raw, mail.readable, mail.outer, _subject(mail), flufl=flufl)[0].bounce


def contents_of(raw: bytes, limits: ReadingLimits = _LIMITS) -> Contents:
    """All that a mail holds, as it was sent: nothing chosen among alternatives, no HTML turned into text."""
    mail = open_mail(raw, limits)
    guesser = Guesser(mail.eight_bit.guess)
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in body_parts(mail.parts):
        kind = "text/html" if part.content_type == "text/html" else "text/plain"
        texts[kind].append(text_of(mail.raw, part, limits.parse_size, guesser)[0])
    return Contents(tuple(texts["text/plain"]), tuple(texts["text/html"]), tuple(_enclosed(mail)))


def bodies_of(raw: bytes, limits: ReadingLimits = _LIMITS) -> Iterator[tuple[str, str]]:
    """The bodies with their types, each for itself and as it was written; of alternatives the HTML.

    They may be hostile: `html_page` makes them fit to be shown. What stands in a multipart/encrypted is given
    as nothing: a part around it must never get hold of it.
    """
    mail = open_mail(raw, limits)
    bodies = body_parts(mail.parts)
    rich = {part.choice[0] for part in bodies if part.choice and part.content_type == "text/html"}
    left, guesser = limits.text_chars, Guesser(mail.eight_bit.guess)
    read = set(map(id, bodies))
    for part in mail.parts:
        if part.within == structure.ENCRYPTED and part.content_type != "application/pgp-encrypted":
            yield part.within, ""
        if id(part) not in read:
            continue
        if part.choice and part.choice[0] in rich and part.content_type == "text/plain":
            continue
        if left > 0:
            text = text_of(mail.raw, part, left, guesser)[0]
            left -= max(len(text), 1)
            yield part.content_type, text


# --- header fields --------------------------------------------------------------------------------


def _message_id(mail: OpenedMail) -> str | None:
    value = headers.first(mail.fields, "message-id")
    if not value:
        return None
    found = message_ids.message_id_in(value)
    if found is None:
        mail.defects["message-id"] = None
    return found


def _date(mail: OpenedMail) -> datetime | None:
    """The first Date field that can be read."""
    claimed = None
    for field in mail.fields:
        if field.name == "date" and claimed is None:
            claimed = date_in(field.value)
            if claimed is None or not is_usual(field.value):
                mail.defects["date"] = None
    return claimed


def _ids(fields: Sequence[Field], name: str) -> tuple[str, ...]:
    return message_ids.message_ids_in(headers.first(fields, name) or b"")


def _addresses(mail: OpenedMail, name: str, limit: int = _RECIPIENT_FIELD_BYTES) -> tuple[Address, ...]:
    """The addresses of all fields of that name."""
    found: dict[Address, None] = {}
    for field in mail.readable:
        if field.name == name:
            if len(field.value) > limit:
                mail.defects[f"{name}-cut"] = None
            found.update(dict.fromkeys(headers.addresses_in(field.value, limit)))
    return tuple(found)


def _recipients(mail: OpenedMail, directed: Sequence[Address]) -> tuple[str, ...]:
    present = {field.name for field in mail.fields}
    more = (each for name in _DELIVERY_FIELDS if name in present for each in _addresses(mail, name))
    return tuple(dict.fromkeys(each.address.lower() for each in (*directed, *more)))


def _subject(mail: OpenedMail) -> str:
    return headers.decode_words(headers.first(mail.readable, "subject") or b"")[:_SUBJECT_CHARS]


def _language(mail: OpenedMail) -> str:
    value = headers.first(mail.readable, "content-language") or b""
    found = _LANGUAGE.match(value)
    return found[1].decode("ascii") if found else ""


_LANGUAGE: Final = re.compile(
    rb"\s{0,9}([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4})(?![A-Za-z0-9-])"
)  # RFC 5646 §2.1


# --- attachments ----------------------------------------------------------------------------------

# Other forms of a text that is shown already.
_TEXT_RIVALS: Final = frozenset({"text/x-amp-html", "text/watch-html", REACTION_TYPE})


def _enclosed(mail: OpenedMail) -> Iterator[FilesFound]:
    bodies = set(map(id, body_parts(mail.parts)))
    for number, part in enumerate(mail.parts, 1):
        if id(part) in bodies or (part.choice and part.content_type in _TEXT_RIVALS and not part.file_name):
            continue
        yield from files_of(mail.raw, part, number, mail.defects)
