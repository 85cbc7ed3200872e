"""The files inside winmail.dat (MS-OXTNEF): read by tnefparse, once the counts in it are proven.

tnefparse believes every count that a stream names and copies the rest of the stream for each object. So the
stream is walked here first: a stream that says more than it holds is not given to it, and each file is given
on its own, which keeps the cost in proportion to the size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from maildesk.mail.mime import charsets

_SIGNATURE: Final = 0x223E9F78
_HEAD: Final = struct.Struct("<BHHI")  # level, name, type and size of an object (MS-OXTNEF §2.1.3)
_CHECKSUM: Final = 2
_UINT16: Final = struct.Struct("<H")
_TWO: Final = struct.Struct("<HH")
_UINT32: Final = struct.Struct("<I")

_ATTACHMENT_LEVEL: Final = 2
_CODEPAGE: Final = 0x9007  # attOemCodepage
_BEGINS_FILE: Final = 0x9002  # attAttachRendData, the first object of each file
_PROPERTIES: Final = 0x9005  # attAttachment: the properties of the file
_TITLE: Final = 0x8010  # attAttachTitle: its short name
_DATA: Final = 0x800F  # attAttachData
_WANTED: Final = frozenset({_BEGINS_FILE, _PROPERTIES, _TITLE, _DATA})
_MIME_TYPE: Final = 0x370E  # PidTagAttachMimeTag
_DATA_OBJECT: Final = 0x3701  # PidTagAttachDataObject
_NAMES: Final = frozenset({0x3001, 0x3704, 0x3707, _MIME_TYPE})  # shown name, short and long name of the file
_BINARY: Final = 0x0102
_TEXTS: Final = {0x001E: "", 0x001F: "utf-16"}  # in the code page of the sender, in Unicode
_ONE_BYTE: Final = struct.pack("<II4s", 1, 1, b"x")
_ENCLOSED_MAIL: Final = bytes.fromhex("0703020000000000c000000000000046")

_MOST_OBJECTS: Final = 5_000
_MOST_FILES: Final = 200
_MOST_VALUES: Final = 1_000  # in the properties of one file
_MOST_BYTES: Final = 32 * 2**20
_WESTERN: Final = 1252
_LAST_NUMBERED: Final = 1258  # beyond it tnefparse knows these only
_OTHER_CODEPAGES: Final = frozenset({20866, 28591, 65001})
_NAMELESS: Final = "unknown.dat"
_NAMED: Final = 0x8000  # from here on a property has a name instead of a fixed number (MS-OXTNEF §2.1.3.4)
_MANY: Final = 0x1000
_FIXED_SIZES: Final = {
    0x0002: 2, 0x000B: 2, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8,
    0x0040: 8, 0x0048: 16,
}  # fmt: skip
_SIZED: Final = frozenset({0x0000, 0x000D, 0x001E, 0x001F, 0x0102})
_SHORT: Final = frozenset({0x0002, 0x000B})


class NotTnef(ValueError):
    """A stream that is no TNEF, or one that says more than it holds; it stays a file like any other."""


@dataclass(frozen=True, slots=True)
class TnefFile:
    """One file of a winmail.dat; `content_type` is empty when it names none."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Object:
    level: int
    name: int
    start: int  # of its head
    end: int


class _Property(NamedTuple):
    kind: int
    name: int
    whole: int
    start: int  # of its value
    end: int
    after: int


def files_in(stream: bytes) -> tuple[list[TnefFile], bool]:
    """The files of a TNEF stream, and whether it could be read to its end. Raises NotTnef."""
    if len(stream) > _MOST_BYTES:
        raise NotTnef("larger than we read")
    groups, codepage, whole = _files(stream)
    files = []
    for group in groups:
        try:
            files.append(_opened(stream, group, codepage))
        except NotTnef:
            whole = False
    return files, whole


def _files(stream: bytes) -> tuple[list[list[_Object]], int, bool]:
    """The objects of each file, the code page of short names, and whether the stream was whole."""
    groups: list[list[_Object]] = []
    codepage, whole = _WESTERN, True
    objects = _objects(stream)
    try:
        for one in objects:
            if one.name == _CODEPAGE and one.end - one.start >= _HEAD.size + 4:
                codepage = _UINT32.unpack_from(stream, one.start + _HEAD.size)[0]
            elif one.name == _BEGINS_FILE:
                groups.append([one])
            elif groups and one.level == _ATTACHMENT_LEVEL and one.name in _WANTED:
                if any(one.name == each.name for each in groups[-1]):
                    raise NotTnef("a file with two contents")
                groups[-1].append(one)
            if len(groups) > _MOST_FILES:
                raise NotTnef("more files than we read")
    except struct.error:
        whole = False
    return groups, codepage, whole


def _objects(stream: bytes) -> Iterator[_Object]:
    if len(stream) < 6 or _UINT32.unpack_from(stream)[0] != _SIGNATURE:
        raise NotTnef("no TNEF signature")
    position = 6  # after the signature and a key
    for _ in range(_MOST_OBJECTS):
        if position + _HEAD.size >= len(stream):
            return
        level, name, _, size = _HEAD.unpack_from(stream, position)
        if level not in (1, _ATTACHMENT_LEVEL):
            return  # what some programs leave after the last object
        end = min(position + _HEAD.size + size + _CHECKSUM, len(stream))
        yield _Object(level, name, position, end)
        position = end
    raise NotTnef("more objects than we read")


def _opened(stream: bytes, group: Sequence[_Object], codepage: int) -> TnefFile:
    """One file: its bytes from where they stand, its name and type by tnefparse from what little it needs."""
    codec = charsets.codec_of(f"cp{codepage}")
    if codec is None or (codepage > _LAST_NUMBERED and codepage not in _OTHER_CODEPAGES):
        codepage, codec = _WESTERN, f"cp{_WESTERN}"
    pieces = [_UINT32.pack(_SIGNATURE) + b"\1\0", _object(1, _CODEPAGE, _UINT32.pack(codepage))]
    data = b""
    for one in group:
        value = stream[one.start + _HEAD.size : one.end - _CHECKSUM]
        if one.name == _DATA:
            data, value = value, value[:1]
        elif one.name == _TITLE:  # in the code page of the sender, where tnefparse expects UTF-8
            value = value.decode(codec, "replace").encode()
        elif one.name == _PROPERTIES:
            value, enclosed = _needed(value, codec)
            data = enclosed or data
        pieces.append(_object(_ATTACHMENT_LEVEL, one.name, value))
    [file] = _parsed(b"".join(pieces) + bytes(_HEAD.size)).attachments
    types = [each.data for each in file.mapi_attrs if each.name == _MIME_TYPE]
    kind = types[0] if types and isinstance(types[0], str) else ""
    return TnefFile(str(file.long_filename()) or _NAMELESS, kind.strip().lower(), data)


def _object(level: int, name: int, value: bytes) -> bytes:
    return _HEAD.pack(level, name, 0, len(value)) + value + _UINT16.pack(sum(value) & 0xFFFF)


def _needed(block: bytes, codec: str) -> tuple[bytes, bytes]:
    """The properties with names and types that can be read, and the object among them. Raises NotTnef.

    Of the object tnefparse is shown only that there is one: it would cut the zeros at its end, and open one
    that is a mail again, to any depth.
    """
    enclosed, kept = b"", []
    try:
        for each in _properties(block):
            value = block[each.start : each.end]
            if each.name == _DATA_OBJECT:
                enclosed = value.removeprefix(_ENCLOSED_MAIL)
                kept.append(_TWO.pack(_BINARY, _DATA_OBJECT) + _ONE_BYTE)
            elif each.name in _NAMES and each.kind in _TEXTS and _decodes(value, _TEXTS[each.kind] or codec):
                kept.append(block[each.whole : each.after])
    except struct.error as problem:
        raise NotTnef("properties cut off") from problem
    return _UINT32.pack(len(kept)) + b"".join(kept), enclosed


def _decodes(value: bytes, codec: str) -> bool:
    try:
        value.decode(codec)
    except UnicodeError:
        return False
    return True


def _properties(block: bytes) -> Iterator[_Property]:
    """Each property with where its (last) value stands, all within the block."""
    position, told = 4, 0
    for _ in range(min(_UINT32.unpack_from(block)[0], _MOST_VALUES + 1)):
        whole = position
        kind, name = _TWO.unpack_from(block, position)
        position += 4
        if name >= _NAMED:
            position = _after_name(block, position)
        many = kind & _MANY
        kind &= ~_MANY
        values = 1
        if many or kind in _SIZED:
            values = _UINT32.unpack_from(block, position)[0]
            position += 4
        told += max(values, 1)
        if told > _MOST_VALUES or not (kind in _SIZED or kind in _FIXED_SIZES):
            raise NotTnef("more properties than we read, or one we do not know")
        start = end = position
        for _ in range(values):
            size = _FIXED_SIZES.get(kind)
            if size is None:
                size = _UINT32.unpack_from(block, position)[0]
                position += 4
            start, end = position, position + size
            position = end + -size % 4 if kind in _SIZED else end
        if kind in _SHORT and values % 2:
            position += 2
        if end > len(block):
            raise NotTnef("a property larger than its block")
        yield _Property(kind if not many else _MANY, name, whole, start, end, position)


def _after_name(block: bytes, position: int) -> int:
    """Behind the name of a named property: a GUID, then a number or a text."""
    position += 16
    if not _UINT32.unpack_from(block, position)[0]:
        return position + 8
    size = _UINT32.unpack_from(block, position + 4)[0]
    return int(position + 8 + size + -size % 4)


def _parsed(stream: bytes) -> Any:
    import tnefparse  # loaded only for the few mails that need it

    try:
        return tnefparse.TNEF(stream)
    except Exception as problem:  # whatever it stumbles over, the file stays closed
        raise NotTnef(type(problem).__name__) from problem
