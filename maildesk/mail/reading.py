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

from maildesk.errors import Unreadable
from maildesk.mail.automatic import machines
from maildesk.mail.automatic.calendar_replies import with_comment
from maildesk.mail.automatic.reactions import REACTION_TYPE
from maildesk.mail.html.text import Allowance, html_to_text
from maildesk.mail.identity.authenticity import Trust, author_of
from maildesk.mail.identity.content_digest import DIGESTED, digests
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
)
from maildesk.mail.mime import headers, structure
from maildesk.mail.mime.charsets import Guesser
from maildesk.mail.mime.dates import date_in, is_usual
from maildesk.mail.mime.eight_bit import EightBit
from maildesk.mail.mime.enclosed import FilesFound, files_of
from maildesk.mail.mime.headers import Field, Header
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.mime.structure import Part
from maildesk.mail.reply.own_words import own_words
from maildesk.mail.reply.reply_text import reply_parts

_LIMITS: Final = ReadingLimits()


@dataclass(frozen=True, slots=True)
class Contents:
    """The bodies of a mail by kind, each as its author's program wrote it, and its files."""

    texts: tuple[str, ...]
    htmls: tuple[str, ...]
    files: tuple[FilesFound, ...]


@dataclass(slots=True)
class _Opened:
    """A mail with its header and parts cut, before anything is decoded."""

    raw: bytes
    header: Header
    fields: tuple[Field, ...]
    readable: tuple[Field, ...]  # the fields with raw 8-bit as UTF-8: to show, never for identity or digests
    parts: tuple[Part, ...]
    eight_bit: EightBit
    defects: dict[str, None]


@dataclass(slots=True)
class _Budget:
    """The cost still allowed to the texts of one mail together, so that many parts cost no more than one."""

    size: int
    guesser: Guesser
    html: Allowance


_OUR_FIELDS: Final = "x-maildesk-"  # only ours to write: in a mail from outside they are somebody's forgery
_ONCE: Final = frozenset({*DIGESTED, "auto-submitted", "precedence"})
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
    mail = _open(raw, limits)
    fields, defects = mail.fields, mail.defects
    codec = mail.eight_bit.codec
    text = _body_text(mail, limits)
    subject = _subject(mail)
    author = spoken_for(author_of(fields, trust, codec), fields, own_names, codec)
    machine, signs = _machine(mail, subject, author, own_names)
    date = _date(mail)
    to, cc = _addresses(mail, "to"), _addresses(mail, "cc")
    body = _body(text)
    words, content = digests(mail.fields, memoryview(mail.raw)[mail.header.body :], signs)
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
        automation=machines.heard(machine, raw, fields, mail.parts, subject, body, date),
        attachments=tuple(each.attachment for each in _enclosed(mail)),
        defects=tuple(defects),
    )


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
    mail: _Opened, subject: str, author: Author, own: OwnNames
) -> tuple[Automation, tuple[str, ...]]:
    """Judge the header's signs of machines. A group's own signs of a list say nothing of its mails."""
    fields: Sequence[Field] = mail.readable
    writer = author.behind or (author.address if author.via else None)
    if writer is not None:
        rewritten = (each for each in fields if each.name != "from")
        fields = [Field("from", writer.address.encode()), *rewritten]
    through_group = writer is not None
    return machines.judge(mail.raw, fields, mail.parts, subject, own, through_group=through_group)


def attachments_of(raw: bytes, limits: ReadingLimits = _LIMITS) -> list[tuple[Attachment, bytes]]:
    """The attachments of a mail with their bytes, in the order of `IncomingMail.attachments`."""
    return [(each.attachment, each.data) for each in _enclosed(_open(raw, limits))]


def bounce_of(raw: bytes, limits: ReadingLimits = _LIMITS, *, flufl: bool = True) -> Bounce | None:
    """Read what came back, if the mail says so; `flufl` False leaves flufl.bounce unasked."""
    mail = _open(raw, limits)
    return machines.judge(mail.raw, mail.readable, mail.parts, _subject(mail), flufl=flufl)[0].bounce


def contents_of(raw: bytes, limits: ReadingLimits = _LIMITS) -> Contents:
    """All that a mail holds, as it was sent: nothing chosen among alternatives, no HTML turned into text."""
    mail = _open(raw, limits)
    guesser = Guesser(mail.eight_bit.guess)
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in body_parts(mail.parts):
        kind = "text/html" if part.content_type == "text/html" else "text/plain"
        texts[kind].append(structure.text_of(mail.raw, part, limits.parse_size, guesser)[0])
    return Contents(tuple(texts["text/plain"]), tuple(texts["text/html"]), tuple(_enclosed(mail)))


def bodies_of(raw: bytes, limits: ReadingLimits = _LIMITS) -> Iterator[tuple[str, str]]:
    """The bodies with their types, each for itself and as it was written; of alternatives the HTML.

    They may be hostile: `html_page` makes them fit to be shown. What stands in a multipart/encrypted is given
    as nothing: a part around it must never get hold of it.
    """
    mail = _open(raw, limits)
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
            text = structure.text_of(mail.raw, part, left, guesser)[0]
            left -= max(len(text), 1)
            yield part.content_type, text


def _open(raw: bytes, limits: ReadingLimits) -> _Opened:
    if len(raw) > limits.parse_size:
        raise Unreadable(
            f"the mail is larger than {limits.parse_size / 2**20:g} MiB",
            remedy="read it in the mailbox, or raise limits.parse_size",
        )
    defects: dict[str, None] = {}
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
        defects["bare-cr"] = None
    header = headers.cut_header(raw)
    if header.body > limits.header_bytes:
        raise structure.too_much_header(limits.header_bytes)
    fields = tuple(each for each in header.fields if not each.name.startswith(_OUR_FIELDS))
    defects.update(dict.fromkeys(_header_defects(header, fields)))
    eight_bit = EightBit(raw)
    readable = eight_bit.readable(fields)
    parts, more = structure.cut_parts(raw, replace(header, fields=readable), limits.structure, eight_bit)
    defects.update(dict.fromkeys(more))
    if eight_bit.guessed:
        defects["header-charset"] = None
    return _Opened(raw, header, fields, readable, parts, eight_bit, defects)


def _header_defects(header: Header, fields: Sequence[Field]) -> Iterator[str]:
    if not header.fields:
        yield "header-missing"
    elif not header.blank_line:
        yield "blank-line-missing"
    if len(fields) < len(header.fields):
        yield "our-fields-ignored"
    seen = set()
    for field in fields:
        if field.name in seen and field.name in _ONCE:
            yield f"two-{field.name}-fields"
        seen.add(field.name)


# --- header fields --------------------------------------------------------------------------------


def _message_id(mail: _Opened) -> str | None:
    value = headers.first(mail.fields, "message-id")
    if not value:
        return None
    found = headers.message_id_in(value)
    if found is None:
        mail.defects["message-id"] = None
    return found


def _date(mail: _Opened) -> datetime | None:
    """The first Date field that can be read."""
    claimed = None
    for field in mail.fields:
        if field.name == "date" and claimed is None:
            claimed = date_in(field.value)
            if claimed is None or not is_usual(field.value):
                mail.defects["date"] = None
    return claimed


def _ids(fields: Sequence[Field], name: str) -> tuple[str, ...]:
    return headers.message_ids_in(headers.first(fields, name) or b"")


def _addresses(mail: _Opened, name: str, limit: int = _RECIPIENT_FIELD_BYTES) -> tuple[Address, ...]:
    """The addresses of all fields of that name."""
    found: dict[Address, None] = {}
    for field in mail.readable:
        if field.name == name:
            if len(field.value) > limit:
                mail.defects[f"{name}-cut"] = None
            found.update(dict.fromkeys(headers.addresses_in(field.value, limit)))
    return tuple(found)


def _recipients(mail: _Opened, directed: Sequence[Address]) -> tuple[str, ...]:
    present = {field.name for field in mail.fields}
    more = (each for name in _DELIVERY_FIELDS if name in present for each in _addresses(mail, name))
    return tuple(dict.fromkeys(each.address.lower() for each in (*directed, *more)))


def _subject(mail: _Opened) -> str:
    return headers.decode_words(headers.first(mail.readable, "subject") or b"")[:_SUBJECT_CHARS]


# --- text -----------------------------------------------------------------------------------------

# A plain part that only says that there is HTML.
_STUB: Final = re.compile(
    r"(?:mail|message|browser|program|client|viewer|reader)\b.{0,120}\b(?:html|view this)|^\W*(?:html|view) ",
    re.IGNORECASE,
)
_READ_AS_PLAIN: Final = frozenset({"text/enriched", "text/markdown", "text/richtext", "text/x-markdown"})
_STUB_CHARS: Final = 400
_MOST_LINES: Final = 100_000
_BYTES_PER_CHAR: Final = 4  # so much of a part is decoded for each character of text that may be kept


def is_body(part: Part) -> bool:
    """Tell whether a part is meant to be read as the mail's text."""
    if part.content_type not in ("text/plain", "text/html") or part.disposition == "attachment":
        return False
    if part.within == structure.ENCRYPTED:  # not for us to read, and no text around it must be joined to it
        return False
    return not part.file_name or not part.within


def body_parts(parts: Sequence[Part]) -> list[Part]:
    """The parts to be read as the mail's text; where none is meant, the first if it can be."""
    bodies = [part for part in parts if is_body(part)]
    if bodies or not parts:
        return bodies
    first = parts[0]
    readable = first.content_type in ("text/plain", "text/html") or (len(parts) == 1 and _is_text(first))
    attached = first.disposition == "attachment" or first.within == structure.ENCRYPTED
    return [first] if readable and not attached else []


def _is_text(part: Part) -> bool:
    """Tell whether a mail of this one part is text that reads well as it stands (RFC 2046 §4.1.4)."""
    return not part.within and not part.file_name and part.content_type in _READ_AS_PLAIN


def _body_text(mail: _Opened, limits: ReadingLimits) -> str:
    pieces, left = [], limits.text_chars
    for text in _shown_texts(mail, limits):
        if len(text) > left:
            mail.defects["text-cut"] = None
            text = text[:left]
        left -= len(text)
        if text:
            pieces.append(text)
        if not left:
            break
    return _few_lines(mail, with_comment("\n\n".join(pieces), mail.raw, mail.parts))


def _few_lines(mail: _Opened, text: str) -> str:
    """A text of lines of no length at all costs far more to read than its size says."""
    if text.count("\n") < _MOST_LINES:
        return text
    mail.defects["text-cut"] = None
    return "\n".join(text.split("\n", _MOST_LINES)[:_MOST_LINES])


def _shown_texts(mail: _Opened, limits: ReadingLimits) -> Iterator[str]:
    """The text of the body parts; of alternatives the plain one, unless it is empty or only a stub."""
    bodies = body_parts(mail.parts)
    budget = _Budget(_BYTES_PER_CHAR * limits.text_chars, Guesser(mail.eight_bit.guess), Allowance())
    rich = {part.choice[0] for part in bodies if part.choice and part.content_type == "text/html"}
    plain: dict[int, str] = {}
    told = set()  # the alternatives that are read from their plain text
    for number, part in enumerate(bodies):
        if part.choice and part.content_type == "text/plain":
            plain[number] = _text(mail, part, limits, budget)
            if part.choice[0] not in rich or not _says_nothing(plain[number]):
                told.add(part.choice[0])
    for number, part in enumerate(bodies):
        if part.choice is None or (part.content_type == "text/plain") == (part.choice[0] in told):
            yield (plain[number] if number in plain else _text(mail, part, limits, budget)).strip("\n")


def _says_nothing(text: str) -> bool:
    return not text.strip() or (len(text) < _STUB_CHARS and _STUB.search(text) is not None)


def _text(mail: _Opened, part: Part, limits: ReadingLimits, budget: _Budget) -> str:
    if budget.size <= 0 or budget.html.steps < 0:
        mail.defects["text-cut"] = None
        return ""
    text, repairs = structure.text_of(mail.raw, part, budget.size, budget.guesser)
    budget.size -= max(len(text), (part.end - part.start) // _BYTES_PER_CHAR)
    mail.defects.update(dict.fromkeys(repairs))
    if part.content_type == "text/html":
        text, cut = html_to_text(text, limits.text_chars, budget.html)
        if cut:
            mail.defects["text-cut"] = None
    return text


# --- attachments ----------------------------------------------------------------------------------

# Other forms of a text that is shown already.
_TEXT_RIVALS: Final = frozenset({"text/x-amp-html", "text/watch-html", REACTION_TYPE})


def _enclosed(mail: _Opened) -> Iterator[FilesFound]:
    bodies = set(map(id, body_parts(mail.parts)))
    for number, part in enumerate(mail.parts, 1):
        if id(part) in bodies or (part.choice and part.content_type in _TEXT_RIVALS and not part.file_name):
            continue
        yield from files_of(mail.raw, part, number, mail.defects)
