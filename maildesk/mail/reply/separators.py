"""Lines between words and history: whether they are a program's, or a sentence that holds the same words."""

from __future__ import annotations

import re
from typing import Final

from maildesk.mail.reply.attribution import is_moment
from maildesk.mail.reply.reply_phrases import (
    AFTER_MARK,
    AFTER_TITLE,
    BEFORE_TITLE,
    FORWARD_WORDS,
    HISTORY_WORDS,
    MARK_HINTS,
)

DRAWN: Final = "-_=*~#+–— \t"
MOST_INNER: Final = 100
HISTORY: Final = re.compile(HISTORY_WORDS)
FORWARD: Final = re.compile(FORWARD_WORDS)
# What may stand behind a mark, and around a separator's words.
_AFTER_MARK: Final = re.compile(AFTER_MARK)
_FIRST_WORD: Final = re.compile(r"\w{0,3}\s*[^\W\d_]*")
_BEFORE_TITLE: Final = re.compile(BEFORE_TITLE, re.IGNORECASE)
_AFTER_TITLE: Final = re.compile(AFTER_TITLE)
_LITTLE: Final = 4


def ends_as_mark(bare: str) -> bool:
    """Tell whether a help desk's mark ends its line, or only says what it is for.

    "Write above the line what you need" is a person's sentence.
    """
    hint = next(each for each in MARK_HINTS if each in bare)
    rest = bare[bare.index(hint) + len(hint) :]
    return bool(_AFTER_MARK.fullmatch(rest if hint.endswith(" line") else _FIRST_WORD.sub("", rest, count=1)))


def is_title(inner: str, start: int, end: int) -> bool:
    """Tell whether around a separator's words stands what programs add: whose message it is, and when."""
    if len(inner) - (end - start) <= _LITTLE and not inner.isascii() and not inner[start:end].isascii():
        return True
    before, after = inner[:start].strip(" :\"'#>[("), inner[end:]
    return bool(_BEFORE_TITLE.fullmatch(before)) and (bool(_AFTER_TITLE.match(after)) or is_moment(after))


def told_within(inner: str) -> bool:
    """Tell whether the words of a separator stand among others."""
    small = inner[:MOST_INNER].lower()
    return bool(FORWARD.search(small) or HISTORY.search(small))


def like_separator(line: str) -> bool:
    """Tell whether a framed line may begin the history: a sentence that holds the words of a separator."""
    inner = line.strip(DRAWN)
    return line[:2].strip(DRAWN) == line[-2:].strip(DRAWN) == "" and bool(inner) and told_within(inner)
