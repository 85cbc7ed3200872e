"""The files inside winmail.dat (MS-OXTNEF): read by tnefparse, once the counts in it are proven.

tnefparse believes every count that a stream names and copies the rest of the stream for each object. So the
stream is walked here first: a stream that says more than it holds is not given to it, and each file is given
on its own, which keeps the cost in proportion to the size.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from maildesk.mail.mime import charsets
from maildesk.mail.mime.tnef_stream import (
    ATTACHMENT_LEVEL,
    BINARY,
    CHECKSUM,
    CODEPAGE,
    HEAD,
    SIGNATURE,
    TWO,
    UINT32,
    WESTERN,
    NotTnef,
    TnefObject,
    objects,
    properties,
)

_UINT16: Final = struct.Struct("<H")

_BEGINS_FILE: Final = 0x9002  # attAttachRendData, the first object of each file
_PROPERTIES: Final = 0x9005  # attAttachment: the properties of the file
_TITLE: Final = 0x8010  # attAttachTitle: its short name
_DATA: Final = 0x800F  # attAttachData
_WANTED: Final = frozenset({_BEGINS_FILE, _PROPERTIES, _TITLE, _DATA})
_MIME_TYPE: Final = 0x370E  # PidTagAttachMimeTag
_DATA_OBJECT: Final = 0x3701  # PidTagAttachDataObject
_NAMES: Final = frozenset({0x3001, 0x3704, 0x3707, _MIME_TYPE})  # shown name, short and long name of the file
_TEXTS: Final = {0x001E: "", 0x001F: "utf-16"}  # in the code page of the sender, in Unicode
_ONE_BYTE: Final = struct.pack("<II4s", 1, 1, b"x")
_ENCLOSED_MAIL: Final = bytes.fromhex("0703020000000000c000000000000046")

_LAST_NUMBERED: Final = 1258  # beyond it tnefparse knows these only
_OTHER_CODEPAGES: Final = frozenset({20866, 28591, 65001})
_MOST_FILES: Final = 200
_NAMELESS: Final = "unknown.dat"


@dataclass(frozen=True, slots=True)
class TnefFile:
    """One file of a winmail.dat; `content_type` is empty when it names none."""

    name: str
    content_type: str
    data: bytes


def files_in(stream: bytes) -> tuple[list[TnefFile], bool]:
    """The files of a TNEF stream, and whether it could be read to its end. Raises NotTnef."""
    groups, codepage, whole = _files(stream)
    files = []
    for group in groups:
        try:
            files.append(_opened(stream, group, codepage))
        except NotTnef:
            whole = False
    return files, whole


def _files(stream: bytes) -> tuple[list[list[TnefObject]], int, bool]:
    """The objects of each file, the code page of short names, and whether the stream was whole."""
    groups: list[list[TnefObject]] = []
    codepage, whole = WESTERN, True
    try:
        for one in objects(stream):
            if one.name == CODEPAGE and one.end - one.start >= HEAD.size + 4:
                codepage = UINT32.unpack_from(stream, one.start + HEAD.size)[0]
            elif one.name == _BEGINS_FILE:
                groups.append([one])
            elif groups and one.level == ATTACHMENT_LEVEL and one.name in _WANTED:
                if any(one.name == each.name for each in groups[-1]):
                    raise NotTnef("a file with two contents")
                groups[-1].append(one)
            if len(groups) > _MOST_FILES:
                raise NotTnef("more files than we read")
    except struct.error:
        whole = False
    return groups, codepage, whole


def _opened(stream: bytes, group: Sequence[TnefObject], codepage: int) -> TnefFile:
    """One file: its bytes from where they stand, its name and type by tnefparse from what little it needs."""
    codec = charsets.codec_of(f"cp{codepage}")
    if codec is None or (codepage > _LAST_NUMBERED and codepage not in _OTHER_CODEPAGES):
        codepage, codec = WESTERN, f"cp{WESTERN}"
    pieces = [UINT32.pack(SIGNATURE) + b"\1\0", _object(1, CODEPAGE, UINT32.pack(codepage))]
    data = b""
    for one in group:
        value = stream[one.start + HEAD.size : one.end - CHECKSUM]
        if one.name == _DATA:
            data, value = value, value[:1]
        elif one.name == _TITLE:  # in the code page of the sender, where tnefparse expects UTF-8
            value = value.decode(codec, "replace").encode()
        elif one.name == _PROPERTIES:
            value, enclosed = _needed(value, codec)
            data = enclosed or data
        pieces.append(_object(ATTACHMENT_LEVEL, one.name, value))
    [file] = _parsed(b"".join(pieces) + bytes(HEAD.size)).attachments
    types = [each.data for each in file.mapi_attrs if each.name == _MIME_TYPE]
    kind = types[0] if types and isinstance(types[0], str) else ""
    return TnefFile(str(file.long_filename()) or _NAMELESS, kind.strip().lower(), data)


def _object(level: int, name: int, value: bytes) -> bytes:
    return HEAD.pack(level, name, 0, len(value)) + value + _UINT16.pack(sum(value) & 0xFFFF)


def _needed(block: bytes, codec: str) -> tuple[bytes, bytes]:
    """The properties with names and types that can be read, and the object among them. Raises NotTnef.

    Of the object tnefparse is shown only that there is one: it would cut the zeros at its end, and open one
    that is a mail again, to any depth.
    """
    enclosed, kept = b"", []
    try:
        for each in properties(block):
            value = block[each.start : each.end]
            if each.name == _DATA_OBJECT:
                enclosed = value.removeprefix(_ENCLOSED_MAIL)
                kept.append(TWO.pack(BINARY, _DATA_OBJECT) + _ONE_BYTE)
            elif each.name in _NAMES and each.kind in _TEXTS and _decodes(value, _TEXTS[each.kind] or codec):
                kept.append(block[each.whole : each.after])
    except struct.error as problem:
        raise NotTnef("properties cut off") from problem
    return UINT32.pack(len(kept)) + b"".join(kept), enclosed


def _decodes(value: bytes, codec: str) -> bool:
    try:
        value.decode(codec)
    except UnicodeError:
        return False
    return True


def _parsed(stream: bytes) -> Any:
    import tnefparse  # loaded only for the few mails that need it

    try:
        return tnefparse.TNEF(stream)
    except Exception as problem:  # whatever it stumbles over, the file stays closed
        raise NotTnef(type(problem).__name__) from problem
