"""The lines that frame what we write to people who answer, so that it is known as ours when it comes back."""

from __future__ import annotations

import re
from typing import Final

REPLY_MARK: Final = "--- reply above this line ---"
"""Stands on top of the letters that are answered."""

NOTICE_END: Final = "--- end of this notice ---"
"""Stands below all that a notice to agents says, as `REPLY_MARK` stands above it."""


_END: Final = re.compile(r"end\W{1,4}of\W{1,4}this\W{1,4}notice", re.IGNORECASE)
"""The remains of `NOTICE_END` when it comes back: programs that quote change dashes and wrap lines.

The dashes around it are no part of the pattern: from each of many it would run through all that follow.
"""
_WORD: Final = re.compile(r"\w")


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
