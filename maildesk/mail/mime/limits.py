"""The amount of a mail that is read: the bounds that keep any mail cheap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StructureLimits:
    """Beyond these a mail is refused, because a reading of a part of it would be a wrong reading."""

    header_bytes: int
    parts: int
    depth: int


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """The bounds of a mail that is read. Beyond the first five it is refused; text is cut and said to be."""

    parse_size: int = 32 * 2**20
    header_bytes: int = 256 * 2**10
    address_header: int = 8 * 2**10
    parts: int = 500
    depth: int = 50
    text_chars: int = 2**20

    @property
    def structure(self) -> StructureLimits:
        return StructureLimits(self.header_bytes, self.parts, self.depth)
