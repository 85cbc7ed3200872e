"""What a sender may make large in a mail; the tables of it are in the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

TOP = b"From: ana@client.example\r\nTo: support@acme.example\r\nMessage-ID: <1@client.example>\r\n"
HEADER_MOST = 240 * 2**10  # below the limit of a header
BODY_MOST = 4 * 2**20
RAW = b"\xe4\xff\xc3"


@dataclass(frozen=True, slots=True)
class Structure:
    """One thing to enlarge: `build` makes a mail in which it takes about so many bytes."""

    name: str
    build: Callable[[int], bytes]
    most: int

    def sizes(self, least: int = 2**9) -> Iterator[int]:
        size = least
        while size <= self.most:
            yield size
            size *= 2


def filled(head: bytes, filling: bytes) -> Callable[[int], bytes]:
    """A mail with so many bytes of a filling behind its header's end, or in a field that is still open."""
    return lambda size: TOP + head + filling * (size // len(filling))


def numbered(pattern: bytes, size: int) -> bytes:
    """About so many bytes of a pattern with one number in it, the number another one each time."""
    return b"".join(pattern % number for number in range(size // len(pattern % 100)))
