"""Japanese under the name ISO-2022-JP: with letters of Windows, or in another charset altogether."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

_SHIFTS: Final = re.compile(rb"(\x1b(?:\$[@B]|\([BJ]))")
_HALF_WIDTH: Final = re.compile("[\uff61-\uff9f]")
_OTHERS: Final = ("utf_8", "cp932", "euc_jp")


def read_japanese(data: bytes) -> str:
    """The text of bytes that are no ISO-2022-JP but declared so. Raises UnicodeError for no Japanese."""
    return _in_eight_bits(data) if not data.isascii() else "".join(_with_windows_letters(data))


def _in_eight_bits(data: bytes) -> str:
    """Shift JIS or EUC under a name that has seven bits: in the one, the other is half-width letters."""
    read: dict[str, str] = {}
    for codec in _OTHERS:
        try:
            read[codec] = data.decode(codec)
        except UnicodeError:
            continue
    if not read:
        raise UnicodeError("no Japanese")
    return min(read.values(), key=lambda text: len(_HALF_WIDTH.findall(text)))


def _with_windows_letters(data: bytes) -> Iterator[str]:
    """ISO-2022-JP as Windows writes it (code page 50220), with the letters that only cp932 has.

    `①` and the `髙` of many family names are among them.
    """
    double = False
    for piece in _SHIFTS.split(data):
        if piece.startswith(b"\x1b"):
            double = piece.startswith(b"\x1b$")
        elif not double:
            yield piece.decode("ascii")
        else:
            pairs = zip(piece[::2], piece[1::2], strict=False)
            yield bytes(itertools.chain.from_iterable(itertools.starmap(_shifted, pairs))).decode("cp932")


def _shifted(one: int, two: int) -> tuple[int, int]:
    """Two bytes of JIS as two of Shift JIS."""
    row, cell = one - 0x20, two - 0x20
    lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
    trail = cell + 0x9E if row % 2 == 0 else cell + (0x3F if cell <= 63 else 0x40)
    return lead & 0xFF, trail & 0xFF
