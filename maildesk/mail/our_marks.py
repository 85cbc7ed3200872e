"""The lines that frame what we write to people who answer, so that it is known as ours when it comes back."""

from __future__ import annotations

import re
from typing import Final

REPLY_MARK: Final = "--- reply above this line ---"
"""Begins a letter of ours in a text that is read, and in letters of earlier versions."""

LETTER_BEGIN: Final = "\u200b\u200c\u200c\u200d\u200b"
"""Stands unseen before the first word of the letters that are answered: mail programs show in their lists how
a letter begins. Characters of no width come back with whatever is quoted, as text and as HTML, and these
stand together in no language.
"""

NOTICE_END: Final = "--- end of this notice ---"
"""Stands below all that a notice to agents says, as `LETTER_BEGIN` stands above it."""

_END: Final = re.compile(r"end\W{1,4}of\W{1,4}this\W{1,4}notice", re.IGNORECASE)
"""The remains of `NOTICE_END` when it comes back: programs that quote change dashes and wrap lines.

The dashes around it are no part of the pattern: from each of many it would run through all that follow.
"""
_WORD: Final = re.compile(r"\w")
# What quotes a line of a letter stands before its sign, nothing else: what else does is a line of its own.
_QUOTING: Final = re.compile(r"[\s>＞]*")
_MOST_BEGINNINGS: Final = 100
_MOST_QUOTING: Final = 100
"""Characters that quote a line; more are somebody's drawing, and each beginning would repeat them."""


def beginning(text: str) -> str:
    """A letter of ours whose sign stands right before its first word, wherever the template has it."""
    before, sign, after = text.partition(LETTER_BEGIN)
    return f"{before}{sign}{after.lstrip()}" if sign else text


def with_marks(text: str) -> str:
    """A text in which a letter of ours begins with a line that says so, quoted like the line below it.

    So many of them are known at most: the text grows by each.
    """
    first, *others = text.split(LETTER_BEGIN, _MOST_BEGINNINGS)
    written = [first]
    for other in others:
        line = written[-1][-_MOST_QUOTING - 1 :].rpartition("\n")[2]
        quotes = len(line) <= _MOST_QUOTING and _QUOTING.fullmatch(line)
        quoting, above = (line, "") if quotes else ("", "\n")
        written.append(f"{above}{REPLY_MARK}\n{quoting}\n{quoting}{other}")
    return "".join(written)


def holds_end(text: str) -> bool:
    """Tell whether the foot of a notice may stand in a text."""
    return _END.search(text) is not None


def is_end(line: str) -> bool:
    """Tell whether a line is what may be left of the foot of a notice, and nothing else."""
    found = _END.search(line)
    return found is not None and not _WORD.search(line[: found.start()] + line[found.end() :])


def hide_end(text: str) -> str:
    """Somebody's words for a notice: what would pass for its foot is written otherwise."""
    if "notice" not in text.lower():
        return text
    return _END.sub(lambda found: re.sub("this", "the", found[0], flags=re.IGNORECASE), text)
