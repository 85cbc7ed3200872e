"""The kinds of a text's lines, and what was found of a history in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class LineKind(IntEnum):
    """The kind of a line; a number, for a text may have very many lines."""

    NEW = 0
    QUOTED = 1
    FORWARDED = 2
    SIGNATURE = 3


class Doubt(StrEnum):
    """The reason why the new words may hold more than the author's, or less than a person would see."""

    ONLY_HISTORY = "the whole text was read as history"
    LIKE_HISTORY = "a line reads like the beginning of history, but it may be the author's; all was kept"
    BY_SHAPE = "the history was told by its shape alone"
    UNINTRODUCED = "lines begin with a quote mark, but nothing says whom they quote"
    BELOW_FOOTER = "words stand below a footer of a telephone; all was kept"
    BELOW_CLOSING = "words stand below a closing and its name; all was kept"
    BELOW_DASHES = "dashes as above a signature stand above more words; all was kept"
    LIKE_NOTICE = "what reads like a legal notice may be what the mail is about; it was kept"
    ONLY_SIGNATURE = "nothing but a signature was found"
    BELOW_INTRODUCTION = "the words stand below lines that introduce another mail; they may be of that mail"
    IN_A_FILE = "the words stand in a file beside another text, and may be somebody else's"


@dataclass(slots=True)
class History:
    """The kind of each line, and how the history was found. `split` is how much of a line is new.

    `doubtful` are stretches of lines that were kept, though they may be a signature. `bare` says that nothing
    but its first lines tells the history: it bears no quote marks.
    """

    kinds: bytearray
    rule: str = ""
    bare: bool = False
    doubt: Doubt | None = None
    split: dict[int, int] = field(default_factory=dict)
    doubtful: list[tuple[int, int]] = field(default_factory=list)
