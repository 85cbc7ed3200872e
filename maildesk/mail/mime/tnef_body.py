"""The words inside winmail.dat, which Outlook puts there when it takes the reader for another Outlook."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from maildesk.mail.mime import charsets
from maildesk.mail.mime.tnef_stream import (
    BINARY,
    CHECKSUM,
    CODEPAGE,
    HEAD,
    UINT32,
    WESTERN,
    NotTnef,
    objects,
    properties,
)

RTF: Final = "application/rtf"
_MESSAGE_LEVEL: Final = 1
_BODY_OBJECT: Final = 0x800C  # attBody (MS-OXTNEF §2.1.3.2)
_PROPERTIES: Final = 0x9003  # attMsgProps
_BODY: Final = 0x1000  # PidTagBody
_HTML: Final = 0x1013  # PidTagHtml, PidTagBodyHtml
_RTF: Final = 0x1009  # PidTagRtfCompressed
_HTML_CODEPAGE: Final = 0x3FDE  # PidTagInternetCodepage
_TEXT_CODEPAGE: Final = 0x3FFD  # PidTagMessageCodepage
_NAMES: Final = {_BODY: "text/plain", _HTML: "text/html", _RTF: RTF}
_TYPES: Final = tuple(_NAMES.values())  # the best first
_NUMBER: Final = 0x0003
_TEXT: Final = 0x001E
_UNICODE: Final = 0x001F


@dataclass(frozen=True, slots=True)
class TnefBody:
    """The text of a winmail.dat as it stands there; `charset` is empty where nothing tells it."""

    content_type: str
    charset: str
    data: bytes


def body_in(stream: bytes) -> TnefBody | None:
    """The plain text, else the HTML, else the RTF, compressed as it stands; None where it holds none."""
    found = {body.content_type: body for body in _bodies(stream) if body.data.strip(b"\0\r\n\t ")}
    return next((found[each] for each in _TYPES if each in found), None)


def _bodies(stream: bytes) -> Iterator[TnefBody]:
    codepage = WESTERN
    try:
        for one in objects(stream):
            value = stream[one.start + HEAD.size : one.end - CHECKSUM]
            if one.name == CODEPAGE and len(value) >= UINT32.size:
                codepage = UINT32.unpack_from(value)[0]
            elif one.level == _MESSAGE_LEVEL and one.name == _BODY_OBJECT:
                yield _body("text/plain", codepage, value)
            elif one.level == _MESSAGE_LEVEL and one.name == _PROPERTIES:
                yield from _among_properties(value, codepage)
    except (NotTnef, struct.error):  # what stood before the damage is read all the same
        return


def _among_properties(block: bytes, codepage: int) -> Iterator[TnefBody]:
    """The body properties of a message, whose code pages may stand below them."""
    pages: dict[int, int] = {}
    values: list[tuple[int, int, bytes]] = []
    try:
        for each in properties(block):
            value = block[each.start : each.end]
            if each.name in (_HTML_CODEPAGE, _TEXT_CODEPAGE) and each.kind == _NUMBER:
                pages[each.name] = UINT32.unpack_from(value)[0]
            elif each.name in _NAMES and each.kind in (_TEXT, _UNICODE, BINARY):
                values.append((each.name, each.kind, value))
    except (NotTnef, struct.error):
        pass  # the properties above it are whole
    for name, kind, value in values:
        page = pages.get(_HTML_CODEPAGE, 0) if kind == BINARY else pages.get(_TEXT_CODEPAGE, codepage)
        yield _body(_NAMES[name], page, value, unicode=kind == _UNICODE)


def _body(content_type: str, codepage: int, value: bytes, *, unicode: bool = False) -> TnefBody:
    if unicode:
        text = value[: len(value) & ~1].decode("utf-16-le", "replace")
        return TnefBody(content_type, "utf-8", text.rstrip("\0").encode("utf-8", "replace"))
    name = f"cp{codepage}"
    return TnefBody(content_type, name if charsets.codec_of(name) else "", value.rstrip(b"\0"))
