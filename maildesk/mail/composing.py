"""Letters become bytes: the only code that writes headers. The same letter gives the same bytes, always.

Everything is 7-bit ASCII with CRLF, so no server on the way has a reason to change it. Values come from
customers and templates and are only ever text: none can begin a field, end the header or add a recipient.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from maildesk.errors import BadInput
from maildesk.mail.message import EnclosedFile, LetterBytes, OutgoingMail
from maildesk.mail.mime.header_lines import (
    address_field,
    file_name_parameters,
    ids_field,
    is_message_id,
    text_field,
)

_LINE: Final = 78
_MOST_REFERENCES: Final = 20
_AUTOMATIC: Final = frozenset({"auto-replied", "auto-generated"})  # RFC 3834 §5
_TOKEN: Final = re.compile(r"[a-z0-9.]{1,70}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")  # RFC 5646 §2.1, the shape
_CONTENT_TYPE: Final = re.compile(r"(?!multipart/|message/)[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")
# What a mail program shown in a browser would run as its own page. Nobody sends these to be read in place.
_ACTIVE_TYPE: Final = re.compile(
    r".*\b(?:html?|xhtml|xml|svg|(?:java|ecma|vb)script|mhtml|x-shockwave-flash)\b.*"
)
_OCTETS: Final = "application/octet-stream"
_CONTROLS: Final = bytes({*range(32), 127} - {9, 10, 13})
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def compose(mail: OutgoingMail) -> bytes:
    """The letter as it goes over the wire; BadInput if an address or its Message-ID cannot be written."""
    return LetterBytes(compose_head(mail), compose_body(mail)).content


def compose_head(mail: OutgoingMail) -> bytes:
    """The header lines that are this recipient's own; BadInput as in `compose`."""
    return "\r\n".join(_header(mail)).encode("ascii") + b"\r\n"


def compose_body(mail: OutgoingMail) -> bytes:
    """The words and files, from the Content-Type on: the same for all who get the same."""
    part = _text("plain", mail.text)
    page = mail.html or ""
    shown = [each for each in mail.enclosed if each.content_id and f'"cid:{each.content_id}"' in page]
    if mail.html is not None:
        rich = _text("html", mail.html)
        if shown:  # RFC 2387 §3.1 wants the type of the part that the others belong to
            rich = _multipart('related; type="text/html"', [rich, *map(_picture, shown)])
        part = _multipart("alternative", [part, rich])
    if files := [each for each in mail.enclosed if each not in shown]:
        part = _multipart("mixed", [part, *map(_file, files)])
    return part


def _header(mail: OutgoingMail) -> Iterator[str]:
    yield f"Date: {_date(mail.date)}"
    yield address_field("From", mail.sender)
    yield address_field("To", mail.shown_to or mail.to)
    if mail.cc:
        yield address_field("Cc", *mail.cc)
    if mail.reply_to:
        yield address_field("Reply-To", mail.reply_to)
    yield text_field("Subject", mail.subject)
    if not is_message_id(mail.message_id):
        raise BadInput("the letter's Message-ID holds characters that no mail can carry")
    yield ids_field("Message-ID", [mail.message_id])
    if thread := _thread(mail):
        if thread[-1] == mail.in_reply_to:
            yield ids_field("In-Reply-To", thread[-1:])
        yield ids_field("References", thread)
    if mail.automatic is not None:
        if mail.automatic not in _AUTOMATIC:
            raise BadInput(f"Auto-Submitted says {' or '.join(sorted(_AUTOMATIC))}, nothing else")
        yield f"Auto-Submitted: {mail.automatic}"
        yield "X-Auto-Response-Suppress: All"  # Exchange does not read Auto-Submitted
    if mail.language and _LANGUAGE.fullmatch(mail.language):
        yield f"Content-Language: {mail.language}"
    yield f"MIME-Version: 1.0{_remark(mail.token)}"


def _remark(token: str) -> str:
    """The letter's token, a comment as RFC 2045 §4 allows: it comes back, and no answer repeats it."""
    if not token:
        return ""
    if not _TOKEN.fullmatch(token):
        raise BadInput("the letter's token holds characters that no header can carry")
    return f" ({token})"


def _thread(mail: OutgoingMail) -> list[str]:
    """The ids of the thread, oldest first, ending with the mail we answer (RFC 5322 §3.6.4).

    An id with odd characters is left out; of a long thread the first is kept, as mail programs sort by it.
    """
    ids = dict.fromkeys(each for each in mail.references if each != mail.in_reply_to)
    if mail.in_reply_to:
        ids[mail.in_reply_to] = None
    thread = list(filter(is_message_id, ids))
    return thread if len(thread) <= _MOST_REFERENCES else [thread[0], *thread[1 - _MOST_REFERENCES :]]


def _date(date: datetime) -> str:
    """RFC 5322 §3.3, with English names whatever the locale."""
    if date.tzinfo is None:
        raise BadInput("the letter's date does not say its time zone")
    date = date.astimezone(UTC)
    return (
        f"{_DAYS[date.weekday()]}, {date.day:02} {_MONTHS[date.month - 1]} {date.year:04} "
        f"{date.hour:02}:{date.minute:02}:{date.second:02} +0000"
    )


def _text(kind: str, text: str) -> bytes:
    """A text part, ending in a line end: as it is where ASCII lines are short, else quoted-printable."""
    data = text.encode("utf-8", "replace").translate(None, _CONTROLS)
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n") + b"\n"
    data = data.replace(b"\n", b"\r\n")
    encoding = "7bit"
    if not data.isascii() or max(map(len, data.split(b"\r\n"))) > _LINE:
        encoding = "quoted-printable"
        data = binascii.b2a_qp(data)
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + data


def _picture(file: EnclosedFile) -> bytes:
    """A picture that the letter's HTML shows in place."""
    if not is_message_id(file.content_id):  # RFC 2045 §7: written as those are
        raise BadInput("the picture's Content-ID holds characters that no mail can carry")
    return f"Content-ID: <{file.content_id}>\r\n".encode("ascii") + _file(file, "inline")


def _file(file: EnclosedFile, place: str = "attachment") -> bytes:
    """An enclosed file, to be saved; it is shown in place where the letter's HTML does so alone.

    It goes as plain bytes where its type is one that a browser runs, and where it is a mail: RFC 2046 §5.2.1
    wants no base64 for that. Otherwise an agent's file keeps its type. Nothing that a customer sent goes
    out again; a file that ever does is given as application/octet-stream: its type is a stranger's word. A
    page that maildesk made keeps its type too: it opens where it is clicked, and runs nothing.
    """
    kind = file.content_type.lower()
    runs = _ACTIVE_TYPE.fullmatch(kind) and not file.made_here
    if runs or not _CONTENT_TYPE.fullmatch(kind):
        kind = _OCTETS
    elif file.made_here and kind.startswith("text/"):
        kind += "; charset=utf-8"
    disposition = ";\r\n ".join([place, *file_name_parameters(file.name)])
    head = f"Content-Type: {kind}\r\nContent-Disposition: {disposition}\r\n"
    head += "Content-Transfer-Encoding: base64\r\n\r\n"
    data = binascii.b2a_base64(file.content, newline=False)
    lines = [data[at : at + 76] for at in range(0, len(data), 76)]
    return head.encode("ascii") + b"\r\n".join(lines) + b"\r\n"


def _multipart(kind: str, parts: Sequence[bytes]) -> bytes:
    """The parts between boundaries. One made of what it separates cannot occur in it."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    boundary = f"=_{digest.hexdigest()[:40]}"
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'
    delimiter = f"--{boundary}\r\n".encode("ascii")
    body = b"\r\n".join(delimiter + part for part in parts)
    return head.encode("ascii") + body + f"\r\n--{boundary}--\r\n".encode("ascii")
