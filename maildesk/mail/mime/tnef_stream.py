"""A TNEF stream walked (MS-OXTNEF): its objects and their properties, within the bytes that are there."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

SIGNATURE: Final = 0x223E9F78
HEAD: Final = struct.Struct("<BHHI")  # level, name, type and size of an object (MS-OXTNEF §2.1.3)
CHECKSUM: Final = 2
UINT32: Final = struct.Struct("<I")
TWO: Final = struct.Struct("<HH")
ATTACHMENT_LEVEL: Final = 2
CODEPAGE: Final = 0x9007  # attOemCodepage
BINARY: Final = 0x0102
_MOST_OBJECTS: Final = 5_000
_MOST_VALUES: Final = 1_000  # in the properties of one file
_MOST_BYTES: Final = 32 * 2**20
WESTERN: Final = 1252
_NAMED: Final = 0x8000  # from here on a property has a name instead of a fixed number (MS-OXTNEF §2.1.3.4)
_MANY: Final = 0x1000
_SIZED: Final = frozenset({0x0000, 0x000D, 0x001E, 0x001F, 0x0102})
_SHORT: Final = frozenset({0x0002, 0x000B})
_FIXED_SIZES: Final = {
    0x0002: 2, 0x000B: 2, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8,
    0x0040: 8, 0x0048: 16,
}  # fmt: skip


class NotTnef(ValueError):
    """A stream that is no TNEF, or one that says more than it holds; it stays a file like any other."""


@dataclass(frozen=True, slots=True)
class TnefObject:
    """One object of a stream: its level, its name, and where it stands."""

    level: int
    name: int
    start: int  # of its head
    end: int


class TnefProperty(NamedTuple):
    """One property of an object, and where its (last) value stands."""

    kind: int
    name: int
    whole: int
    start: int  # of its value
    end: int
    after: int


def objects(stream: bytes) -> Iterator[TnefObject]:
    """The objects of a stream in order. Raises NotTnef."""
    if len(stream) > _MOST_BYTES:
        raise NotTnef("larger than we read")
    if len(stream) < 6 or UINT32.unpack_from(stream)[0] != SIGNATURE:
        raise NotTnef("no TNEF signature")
    position = 6  # after the signature and a key
    for _ in range(_MOST_OBJECTS):
        if position + HEAD.size >= len(stream):
            return
        level, name, _, size = HEAD.unpack_from(stream, position)
        if level not in (1, ATTACHMENT_LEVEL):
            return  # what some programs leave after the last object
        end = min(position + HEAD.size + size + CHECKSUM, len(stream))
        yield TnefObject(level, name, position, end)
        position = end
    raise NotTnef("more objects than we read")


def properties(block: bytes) -> Iterator[TnefProperty]:
    """Each property with where its (last) value stands, all within the block."""
    position, told = 4, 0
    for _ in range(min(UINT32.unpack_from(block)[0], _MOST_VALUES + 1)):
        whole = position
        kind, name = TWO.unpack_from(block, position)
        position += 4
        if name >= _NAMED:
            position = _after_name(block, position)
        many = kind & _MANY
        kind &= ~_MANY
        values = 1
        if many or kind in _SIZED:
            values = UINT32.unpack_from(block, position)[0]
            position += 4
        told += max(values, 1)
        if told > _MOST_VALUES or not (kind in _SIZED or kind in _FIXED_SIZES):
            raise NotTnef("more properties than we read, or one we do not know")
        start = end = position
        for _ in range(values):
            size = _FIXED_SIZES.get(kind)
            if size is None:
                size = UINT32.unpack_from(block, position)[0]
                position += 4
            start, end = position, position + size
            position = end + -size % 4 if kind in _SIZED else end
        if kind in _SHORT and values % 2:
            position += 2
        if end > len(block):
            raise NotTnef("a property larger than its block")
        yield TnefProperty(kind if not many else _MANY, name, whole, start, end, position)


def _after_name(block: bytes, position: int) -> int:
    """Behind the name of a named property: a GUID, then a number or a text."""
    position += 16
    if not UINT32.unpack_from(block, position)[0]:
        return position + 8
    size = UINT32.unpack_from(block, position + 4)[0]
    return int(position + 8 + size + -size % 4)
