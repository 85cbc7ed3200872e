"""The files that a mail carries beside its text: each part with a name, and those that winmail.dat holds."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from maildesk.mail.message import Attachment
from maildesk.mail.mime import headers, structure
from maildesk.mail.mime.attachment_names import safe_name
from maildesk.mail.mime.structure import Part
from maildesk.mail.mime.tnef import TnefFile, files_in
from maildesk.mail.mime.tnef_stream import NotTnef
from maildesk.mail.our_marks import LETTER_BEGIN, NOTICE_END, REPLY_MARK
from maildesk.mail.seals import Seal


@dataclass(frozen=True, slots=True)
class FilesFound:
    """An attachment with its bytes. `declared_name` is what the mail called it: not safe to save under."""

    attachment: Attachment
    data: bytes
    declared_name: str


TNEF: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
TNEF_UNREADABLE: Final = "winmail-unreadable"
_SUBJECT: Final = re.compile(
    rb"(?:\A|\n)subject:([^\n]{0,998}+(?:\n[ \t][^\n]{0,998}+){0,9}+)", re.IGNORECASE
)
_SLASHES: Final = re.compile(r"[/\\]")
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_SUBJECT_WITHIN: Final = 16 * 2**10
_SUBJECT_CHARS: Final = 100
_OCTETS: Final = "application/octet-stream"
# The head and the foot of our letters, as text, as some programs on Windows save it, and as they go out.
_OUR_MARKS: Final = (
    *(
        mark.strip("- ").encode(charset)
        for mark in (LETTER_BEGIN, REPLY_MARK, NOTICE_END)
        for charset in ("utf-8", "utf-16-le")
    ),
    binascii.b2a_qp(LETTER_BEGIN.encode()),
)


def files_of(raw: bytes, part: Part, number: int, defects: dict[str, None]) -> Iterator[FilesFound]:
    """A part as a file; after a winmail.dat come the files in it. What was repaired goes to `defects`."""
    data, repair = structure.content(raw, part)
    if repair:
        defects[repair] = None
    content_id = part.content_id
    inline = part.disposition != "attachment" and (
        part.disposition == "inline" or bool(content_id and part.within == "multipart/related")
    )
    name = safe_name(part.file_name or _other_name(part, data), part.content_type, number)
    yield _enclosed(name, part.content_type, data, part.file_name, inline, content_id, _seal(part))
    if is_winmail(part):
        yield from _winmail(data, number, defects)


def is_winmail(part: Part) -> bool:
    """Tell whether a part holds what Outlook writes for other Outlooks."""
    return part.content_type in TNEF or part.file_name.lower() == "winmail.dat"


def _seal(part: Part) -> Seal:
    encrypted = part.within == structure.ENCRYPTED and part.content_type != "application/pgp-encrypted"
    return Seal.ENCRYPTED if encrypted else part.seal


def _winmail(data: bytes, number: int, defects: dict[str, None]) -> Iterator[FilesFound]:
    files: list[TnefFile] = []
    try:
        files, whole = files_in(data)
    except NotTnef:
        whole = False
    if not whole:
        defects[TNEF_UNREADABLE] = None
    for file in files:
        content_type = file.content_type if structure.is_type(file.content_type) else _OCTETS
        name = headers.one_line(file.name)
        yield _enclosed(safe_name(name, content_type, number), content_type, file.data, name)


def _enclosed(
    name: str,
    content_type: str,
    data: bytes,
    declared: str,
    inline: bool = False,
    content_id: str | None = None,
    seal: Seal = Seal.NONE,
) -> FilesFound:
    digest = hashlib.sha256(data).hexdigest()
    ours = any(mark in data for mark in _OUR_MARKS)
    attachment = Attachment(name, content_type, len(data), digest, inline, content_id, ours, seal)
    return FilesFound(attachment, data, declared)


def _other_name(part: Part, data: bytes) -> str:
    """Find a name for a part that has none, in the fields and words where programs put it instead."""
    if part.within == structure.ENCRYPTED and part.content_type != "application/pgp-encrypted":  # RFC 3156 §4
        return "encrypted.asc" if part.content_type == _OCTETS else "encrypted.bin"
    if part.content_type == "message/rfc822":
        blank = _BLANK_LINE.search(data, 0, _SUBJECT_WITHIN)
        found = _SUBJECT.search(data, 0, blank.start() if blank else _SUBJECT_WITHIN)
        subject = headers.decode_words(found[1], "utf_8") if found else ""
        return f"{_SLASHES.sub('-', subject[:_SUBJECT_CHARS]).strip(' .')}.eml" if subject else ""
    described = headers.decode_words(headers.first(part.fields, "content-description") or b"", "utf_8")
    if _looks_like_a_file(described):  # Outlook and Exchange repeat the name of the file there
        return described
    place = headers.decode_words(headers.first(part.fields, "content-location") or b"", "utf_8")
    return place if _looks_like_a_file(place.rpartition("/")[2]) and not place.startswith("cid:") else ""


def _looks_like_a_file(name: str) -> bool:
    stem, dot, extension = name.rpartition(".")
    return bool(stem and dot) and 2 <= len(extension) <= 5 and extension.isalnum() and "?" not in name
