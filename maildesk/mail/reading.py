"""The front door for incoming mail: raw bytes to one IncomingMail, whatever the bytes are.

Only a mail beyond a limit is refused (Unreadable). Everything else is repaired and named in `defects`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from maildesk.errors import Unreadable
from maildesk.mail import automatic, bounce, headers, structure
from maildesk.mail.attachment_names import safe_name
from maildesk.mail.authenticity import Trust, author_of
from maildesk.mail.charsets import Guesser
from maildesk.mail.eight_bit import EightBit
from maildesk.mail.headers import Field, Header
from maildesk.mail.html_text import Allowance, html_to_text
from maildesk.mail.message import Address, Attachment, Automatic, AutomaticKind, Bounce, IncomingMail
from maildesk.mail.reply_text import new_words
from maildesk.mail.structure import Part, StructureLimits


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How large a mail may be to be read. Beyond the first five it is refused; text is cut and said to be."""

    parse_size: int = 32 * 2**20
    header_bytes: int = 256 * 2**10
    address_header: int = 8 * 2**10
    parts: int = 500
    depth: int = 50
    text_chars: int = 2**20

    @property
    def structure(self) -> StructureLimits:
        return StructureLimits(self.header_bytes, self.parts, self.depth)


@dataclass(slots=True)
class _Opened:
    """A mail with its header and parts cut, before anything is decoded."""

    raw: bytes
    header: Header
    fields: tuple[Field, ...]
    readable: tuple[Field, ...]  # the fields with raw 8-bit as UTF-8: to show, never for identity or digests
    parts: tuple[Part, ...]
    defects: dict[str, None]


@dataclass(slots=True)
class _Budget:
    """What the texts of one mail may still cost together, so that many parts cost no more than one."""

    size: int
    guesser: Guesser
    html: Allowance


_OUR_FIELDS: Final = "x-maildesk-"  # only ours to write: in a mail from outside they are somebody's forgery
_DIGESTED: Final = (
    "from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references",
    # What changes how the rest is read or judged: a copy with other values is not the same mail.
    "reply-to", "content-type", "content-transfer-encoding", "auto-submitted", "precedence",
)  # fmt: skip
_ONCE: Final = frozenset({*_DIGESTED, "reply-to", "content-type"})
_DELIVERY_FIELDS: Final = (
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to",
    "resent-to", "resent-cc", "apparently-to", "bcc",
)  # fmt: skip
_RECIPIENT_FIELD_BYTES: Final = 64 * 2**10
_SUBJECT_CHARS: Final = 998


def read_mail(
    raw: bytes, *, trust: Trust, limits: ReadingLimits = ReadingLimits(), own_names: Collection[str] = ()
) -> IncomingMail:
    """The value of one incoming mail. `own_names` are the addresses of our mailboxes."""
    mail = _open(raw, limits)
    fields, defects = mail.fields, mail.defects
    text = _body_text(mail, limits)
    machine, returned, reply_allowed = _machine(mail, own_names)
    to, cc = _addresses(mail, "to"), _addresses(mail, "cc")
    return IncomingMail(
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        content_digest=_content_digest(mail),
        size=len(raw),
        message_id=_message_id(mail),
        in_reply_to=_ids(fields, "in-reply-to"),
        references=_ids(fields, "references"),
        author=author_of(fields, trust),
        reply_to=_addresses(mail, "reply-to", limits.address_header),
        to=to,
        cc=cc,
        recipients=_recipients(mail, (*to, *cc)),
        subject=headers.decode_words(headers.first(mail.readable, "subject") or b"")[:_SUBJECT_CHARS],
        date=headers.date_in(headers.first(fields, "date") or b""),
        text=text,
        new_text=new_words(text),
        attachments=tuple(each for each, _ in _attachments(mail)),
        automatic=machine,
        bounce=returned,
        reply_allowed=reply_allowed,
        defects=tuple(defects),
    )


def attachments_of(raw: bytes, limits: ReadingLimits = ReadingLimits()) -> list[tuple[Attachment, bytes]]:
    """The attachments of a mail with their bytes, in the order of `IncomingMail.attachments`."""
    return list(_attachments(_open(raw, limits)))


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
    eight_bit = EightBit()
    readable = eight_bit.readable(fields)
    parts, more = structure.cut_parts(raw, replace(header, fields=readable), limits.structure, eight_bit)
    defects.update(dict.fromkeys(more))
    return _Opened(raw, header, fields, readable, parts, defects)


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


def _content_digest(mail: _Opened) -> str:
    """What makes two deliveries the same mail: what the author wrote, not the trace of the way."""
    digest = hashlib.sha256()
    for name in _DIGESTED:
        for field in mail.fields:
            if field.name == name:
                digest.update(b"%s:%s\n" % (name.encode(), field.unfolded()))
    digest.update(b"\n")
    digest.update(memoryview(mail.raw)[mail.header.body :])
    return digest.hexdigest()


def _message_id(mail: _Opened) -> str | None:
    value = headers.first(mail.fields, "message-id")
    if not value:
        return None
    found = headers.message_ids_in(value)
    if found:
        return found[0]
    bare = "".join(headers.decode_words(value).split()).strip("<>")
    if bare and len(bare) <= headers.MESSAGE_ID_CHARS:
        return bare
    mail.defects["message-id"] = None
    return None


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


def _machine(mail: _Opened, own_names: Collection[str]) -> tuple[Automatic | None, Bounce | None, bool]:
    """Whether a machine wrote it, what came back if it is a bounce, and whether a machine may answer."""
    judged = automatic.judge(mail.readable, own_names)
    machine = judged.automatic
    suspected = machine is not None and (
        machine.kind is AutomaticKind.BOUNCE or machine.rule.startswith("Return-Path")
    )
    if judged.withheld == "From: postmaster":  # a person or a server; a server says so in the subject
        subject = headers.decode_words(headers.first(mail.readable, "subject") or b"")
        suspected = bounce.says_undelivered(subject)
    returned = bounce.read_bounce(mail.raw, mail.readable, mail.parts, suspected=suspected)
    if returned is not None and (machine is None or machine.kind is not AutomaticKind.BOUNCE):
        machine = Automatic(AutomaticKind.BOUNCE, machine.rule if machine else "message/delivery-status")
    return machine, returned, machine is None and judged.withheld is None


# --- text -----------------------------------------------------------------------------------------

# A plain part that only says that there is HTML.
_STUB: Final = re.compile(
    r"(?:mail|message|browser|program|client|viewer|reader)\b.{0,120}\b(?:html|view this)|^\W*(?:html|view) ",
    re.IGNORECASE,
)
_STUB_CHARS: Final = 400
_MOST_LINES: Final = 100_000
_BYTES_PER_CHAR: Final = 4  # so much of a part is decoded for each character of text that may be kept


def is_body(part: Part) -> bool:
    """Whether a part is meant to be read as the mail's text."""
    if part.content_type not in ("text/plain", "text/html") or part.disposition == "attachment":
        return False
    return not part.file_name or not part.within


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
    return _few_lines(mail, "\n\n".join(pieces))


def _few_lines(mail: _Opened, text: str) -> str:
    """A text of lines of no length at all costs far more to read than its size says."""
    if text.count("\n") < _MOST_LINES:
        return text
    mail.defects["text-cut"] = None
    return "\n".join(text.split("\n", _MOST_LINES)[:_MOST_LINES])


def _shown_texts(mail: _Opened, limits: ReadingLimits) -> Iterator[str]:
    """The text of the body parts; of alternatives the plain one, unless it is empty or only a stub."""
    bodies = [part for part in mail.parts if is_body(part)]
    budget = _Budget(_BYTES_PER_CHAR * limits.text_chars, Guesser(), Allowance())
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
_TEXT_RIVALS: Final = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext"})


def _attachments(mail: _Opened) -> Iterator[tuple[Attachment, bytes]]:
    for number, part in enumerate(mail.parts, 1):
        if is_body(part) or (part.choice and part.content_type in _TEXT_RIVALS and not part.file_name):
            continue
        data, repair = structure.content(mail.raw, part)
        if repair:
            mail.defects[repair] = None
        content_id = part.content_id
        inline = part.disposition != "attachment" and (
            part.disposition == "inline" or bool(content_id and part.within == "multipart/related")
        )
        name = safe_name(part.file_name, part.content_type, number)
        digest = hashlib.sha256(data).hexdigest()
        yield Attachment(name, part.content_type, len(data), digest, inline, content_id), data
