"""A mail cut into its parts without copying or recursion; hostile nesting is refused, all else repaired."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from maildesk.errors import Unreadable
from maildesk.mail.mime.eight_bit import EightBit
from maildesk.mail.mime.headers import Field, Header, cut_header, decode_words, first, unfold
from maildesk.mail.mime.limits import StructureLimits
from maildesk.mail.mime.parameters import read_value
from maildesk.mail.mime.transfer import is_plain, without_encoding
from maildesk.mail.mime.uuencoded import FileInText, files_in_text
from maildesk.mail.seals import Seal

ENCRYPTED: Final = "multipart/encrypted"


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a mail: where its bytes stand and what its header says about them.

    `choice` is (multipart/alternative, branch of it) of the outermost alternative around it, `within` the
    type of the multipart directly around it, or ENCRYPTED anywhere inside one.
    """

    fields: tuple[Field, ...]
    content_type: str
    parameters: Mapping[str, str]
    disposition: str
    file_name: str
    encoding: str
    start: int
    end: int
    within: str = ""
    choice: tuple[int, int] | None = None
    seal: Seal = Seal.NONE

    @property
    def content_id(self) -> str | None:
        value = first(self.fields, "content-id")
        return decode_words(value[:_ID_BYTES])[:_ID_CHARS].strip("<> ") or None if value else None


@dataclass(slots=True)
class _Node:
    """A stretch of the mail still to be looked at."""

    header: Header
    end: int
    depth: int = 0
    default_type: str = "text/plain"
    within: str = ""
    choice: tuple[int, int] | None = None
    several_types: bool = False


@dataclass(slots=True)
class _Cutting:
    raw: bytes
    limits: StructureLimits
    eight_bit: EightBit
    parts: list[Part] = field(default_factory=list)
    defects: dict[str, None] = field(default_factory=dict)
    entities: int = 0
    borders: int = 0
    searched: int = 0  # bytes looked through for borders: each level looks through its own again


_ID_CHARS: Final = 500
_ID_BYTES: Final = 8 * _ID_CHARS
_MOST_BORDERS: Final = 20  # for each part allowed
_MOST_SEARCHES: Final = 20
_SEARCHED_FREELY: Final = 2**26
_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_MULTIPART: Final = re.compile(
    r"\W*multipart(?![a-z0-9])\W*(alternative|related|signed|encrypted|report|digest|mixed)?"
)
_TAIL_BYTES: Final = 100
_CONTENT: Final = b"content-"
_MOST_TYPES: Final = 5  # each may cost a look through the body
_ABOUT_TEXT: Final = frozenset({"content-transfer-encoding", "content-disposition", "content-id"})
_TEXT_TYPE: Final = re.compile(rb"\s*+text/", re.IGNORECASE)
_NOTE: Final = re.compile(rb"mime|multi-?part", re.IGNORECASE)  # "a multi-part message in MIME format"
_NOTE_BYTES: Final = 400
_NEAR: Final = 2000  # within so many the fields of a multipart inside say what its border is
_BORDER_END: Final = re.compile(rb"(--)?[ \t]*+(?:\r*\n|\Z)")
_LIKELY_BORDER: Final = re.compile(rb"\n--([^\s]{1,70})[ \t]*+\r?\n(?=content-)", re.IGNORECASE)


def cut_parts(
    raw: bytes, header: Header, limits: StructureLimits, eight_bit: EightBit | None = None
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The leaves of a mail in order, and the repairs that were made. Raises Unreadable beyond a limit."""
    work = _Cutting(raw, limits, eight_bit or EightBit(raw))
    todo = [_Node(_readable(work, header), len(raw))]
    while todo:
        todo.extend(reversed(_opened(work, todo.pop())))
    return tuple(work.parts), tuple(work.defects)


def _readable(work: _Cutting, header: Header) -> Header:
    fields = work.eight_bit.readable(header.fields)
    return header if fields is header.fields else replace(header, fields=fields)


def _opened(work: _Cutting, node: _Node) -> list[_Node]:
    """The children of a multipart; a leaf is noted as a part and has none."""
    raw_type = _declared_type(work, node)
    content_type, parameters = read_value(raw_type) if raw_type else (node.default_type, {})
    known = is_type(content_type)
    multipart = None if known else _meant_multipart(work, node, content_type, parameters)
    if multipart:
        work.defects["content-type"] = None
        content_type, known = multipart, True
    if not known:
        if content_type not in ("text", ""):
            work.defects["content-type"] = None
        content_type = "text/plain"  # RFC 2045 §5.2
    if content_type.startswith("multipart/"):
        border = _border(work, node, parameters)
        children = _children(work, node, content_type, border) if border else []
        if children:
            return children
        work.defects["boundary-missing"] = None
        content_type = "text/plain"
    part = _part(node, content_type, parameters)
    if not known and raw_type and part.file_name:
        part = replace(part, content_type="application/octet-stream")
    if content_type == "text/plain" and work.raw.find(b"begin ", part.start, part.end) >= 0:
        work.parts.extend(_without_files(work, part))
    else:
        work.parts.append(part)
    return []


def _meant_multipart(
    work: _Cutting, node: _Node, content_type: str, parameters: Mapping[str, str]
) -> str | None:
    """The multipart that a type that is none is meant for: `multipart/*`, or its border is there."""
    named = _MULTIPART.match(content_type)
    if not named and not (parameters.get("boundary") and _declared_border(work, node, parameters)):
        return None
    return f"multipart/{(named and named[1]) or 'mixed'}"


def _declared_type(work: _Cutting, node: _Node) -> bytes | None:
    """The Content-Type: of several the first, but for a later multipart whose border stands in the body.

    PHP scripts that set a type for their page and one for the mail write such headers.
    """
    types = [value for name, value in node.header.fields if name == "content-type"]
    if len(types) < 2:
        return unfold(types[0]) if types else None
    node.several_types = True
    if b"multipart/" in types[0].lower():
        return unfold(types[0])
    for each in map(unfold, types[1:_MOST_TYPES]):
        content_type, parameters = read_value(each)
        if content_type.startswith("multipart/") and _declared_border(work, node, parameters):
            return each
    return unfold(types[0])


def _without_files(work: _Cutting, part: Part) -> list[Part]:
    """A plain text cut where whole files stand in it uuencoded, as Outlook sends them with plain text."""
    if part.disposition == "attachment" or part.file_name or not is_plain(part.encoding):
        return [part]
    pieces, position = [], part.start
    for found in files_in_text(work.raw, part.start, part.end):
        pieces.append(replace(part, start=position, end=found.start))
        pieces.append(_uuencoded(part, found))
        position = found.end
    if pieces:
        work.defects["uuencoded-in-text"] = None
        work.entities += len(pieces)
        if work.entities > work.limits.parts:
            raise too_many_parts(work.limits.parts)
    pieces.append(replace(part, start=position))
    return [pieces[0], *(each for each in pieces[1:] if work.raw[each.start : each.end].strip())]


def _uuencoded(part: Part, found: FileInText) -> Part:
    name = decode_words(found.name, "utf_8")
    return Part(
        (),
        "application/octet-stream",
        {},
        "attachment",
        name,
        "x-uuencode",
        found.start,
        found.end,
        part.within,
    )


def _part(node: _Node, content_type: str, parameters: dict[str, str]) -> Part:
    fields = node.header.fields
    raw_disposition = first(fields, "content-disposition")
    disposition, more = read_value(raw_disposition) if raw_disposition else ("", {})
    encoding = read_value(first(fields, "content-transfer-encoding") or b"")[0]
    name = more.get("filename") or parameters.get("name") or more.get("name") or ""
    return Part(
        fields,
        content_type,
        parameters,
        disposition,
        name,
        encoding,
        node.header.body,
        node.end,
        node.within,
        node.choice,
    )


def _border(work: _Cutting, node: _Node, parameters: dict[str, str]) -> bytes:
    """The line that parts the children: the declared one, else the one that seems to be meant."""
    declared = _declared_border(work, node, parameters)
    if declared:
        return declared
    found = _LIKELY_BORDER.search(
        work.raw, max(node.header.body - 1, 0), min(node.end, node.header.body + 65536)
    )
    if not found:
        return b""
    work.defects["boundary-wrong"] = None
    return b"--" + found[1]


def _declared_border(work: _Cutting, node: _Node, parameters: Mapping[str, str]) -> bytes:
    declared = parameters.get("boundary", "").encode("utf-8", "replace").strip()
    start, border = node.header.body, b"--" + declared
    if declared and (
        work.raw.startswith(border, start) or work.raw.find(b"\n" + border, start, node.end) >= 0
    ):
        return border
    return b""


def _children(work: _Cutting, node: _Node, content_type: str, border: bytes) -> list[_Node]:
    if node.depth >= work.limits.depth:
        raise Unreadable(
            f"the mail has more than {work.limits.depth} levels of parts inside parts",
            remedy="look at the raw mail; mail programs do not write such mails",
        )
    work.searched += node.end - node.header.body
    if work.searched > max(_MOST_SEARCHES * len(work.raw), _SEARCHED_FREELY):
        raise Unreadable(
            "the mail has large parts too deep inside other parts",
            remedy="look at the raw mail; mail programs do not write such mails",
        )
    number = len(work.parts) + work.entities  # grows with each multipart: a name for this one
    children = []
    stretches = _stretches(work, node, border)
    bare = _without_border(work, node, border, stretches)
    for branch, (start, end) in enumerate(stretches):
        work.entities += 1
        if work.entities > work.limits.parts:
            raise too_many_parts(work.limits.parts)
        header = bare if bare and not branch else cut_header(work.raw, start, end)
        if header.body - start > work.limits.header_bytes:
            raise too_much_header(work.limits.header_bytes)
        header = _readable(work, header)
        choice = node.choice or ((number, branch) if content_type == "multipart/alternative" else None)
        default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
        within = ENCRYPTED if node.within == ENCRYPTED else content_type
        children.append(_Node(header, end, node.depth + 1, default, within, choice))
    return children


def _without_border(
    work: _Cutting, node: _Node, border: bytes, stretches: list[tuple[int, int]]
) -> Header | None:
    """The header of a first part above the first border, and its stretch put before the others.

    Scripts forget the border above its fields, or write them into the header of the multipart itself. What
    else stands there is a note for programs that know no MIME (RFC 2046 §5.1.1).
    """
    start = node.header.body
    if not stretches or stretches[0][0] <= start + len(border) + 2:
        return None
    bare = work.raw[start : start + len(_CONTENT)].lower() == _CONTENT
    if not bare and not node.several_types:
        return None
    end = work.raw.rfind(b"\n" + border, start, stretches[0][0])
    if bare:
        header = cut_header(work.raw, start, end)
        found = header.blank_line and first(header.fields, "content-type") is not None
    else:
        types = [each for each in node.header.fields if each[0] == "content-type"]
        texts = [each for each in types if _TEXT_TYPE.match(each.value)]
        note = work.raw[start : min(end, start + _NOTE_BYTES)]
        found = len(texts) == len(types) - 1 and bool(note.strip()) and not _NOTE.search(note)
        about = (each for each in node.header.fields if each.name in _ABOUT_TEXT)
        header = Header((*texts, *about), start, True, len(texts))
    if not found or end <= start:
        return None
    work.defects["border-missing"] = None
    stretches.insert(0, (start, end))
    return header


def is_type(content_type: str) -> bool:
    return _TYPE.fullmatch(content_type) is not None


def too_many_parts(limit: int) -> Unreadable:
    return Unreadable(
        f"the mail has more than {limit} parts",
        remedy="look at the raw mail, or ask the sender to send the files in an archive",
    )


def too_much_header(limit: int) -> Unreadable:
    return Unreadable(
        f"the header of the mail is larger than {limit // 1024} KiB",
        remedy="look at the raw mail; mail programs do not write such mails",
    )


def _stretches(work: _Cutting, node: _Node, border: bytes) -> list[tuple[int, int]]:
    """Find where the children stand (RFC 2046 §5.1.1); the line end before a border belongs to the border."""
    raw, line = work.raw, b"\n" + border
    stretches: list[tuple[int, int]] = []
    opened: int | None = None
    closed = False
    inner = border[2:] + b"--"  # if a multipart inside has this for its border, what closes us is its own
    at = (
        node.header.body - 1
        if raw.startswith(border, node.header.body)
        else raw.find(line, node.header.body, node.end)
    )
    while at >= 0:
        work.borders += 1
        if work.borders > work.limits.parts * _MOST_BORDERS:
            raise Unreadable("the mail has too many lines that look like the border of a part")
        ending = _BORDER_END.match(raw, at + len(line), node.end)
        if (
            ending
            and ending[1]
            and inner
            and opened
            and raw.find(inner, opened, min(at, opened + _NEAR)) >= 0
        ):
            close = raw.find(b"\n--" + inner + b"--", ending.end() - 1, node.end)
            if close >= 0:
                at = raw.find(line, close + 1, node.end)
                continue
            inner = b""  # nor is there one further down
        if ending:
            if opened is not None:
                stretches.append((opened, max(opened, at - 1 if raw[at - 1 : at] == b"\r" else at)))
            closed = ending[1] is not None
            opened = None if closed else ending.end()
            if len(stretches) > work.limits.parts:
                break
        at = raw.find(line, max(at + 1, ending.end() - 1 if ending else 0), node.end)
    if opened is not None:
        end = node.end
        tail = raw[max(opened, end - len(border) - _TAIL_BYTES) : end].rstrip()
        if tail.endswith(border + b"--"):  # a script that forgot the line end before its last border
            end -= len(raw[max(opened, end - len(border) - _TAIL_BYTES) : end]) - len(tail) + len(border) + 2
        stretches.append((opened, end))
    if not closed:
        work.defects["multipart-not-closed"] = None
    return stretches


# --- content --------------------------------------------------------------------------------------


def content(raw: bytes, part: Part) -> tuple[bytes, str | None]:
    """The bytes of a part without their transfer encoding (RFC 2045 §6), and the repair that was needed."""
    return without_encoding(part.encoding, raw[part.start : part.end])
