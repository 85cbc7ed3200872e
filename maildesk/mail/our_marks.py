"""The lines that frame what we write to people who answer, so that it is known as ours when it comes back."""

from __future__ import annotations

import re
from typing import Final

REPLY_MARK: Final = "--- reply above this line ---"
"""Stands on top of the letters that are answered."""

NOTICE_END: Final = "--- end of this notice ---"
"""Stands below all that a notice to colleagues says, as `REPLY_MARK` stands above it."""

END_LINE: Final = re.compile(r"\W*end\W{1,4}of\W{1,4}this\W{1,4}notice\W*", re.IGNORECASE)
"""What may be left of `NOTICE_END` when it comes back: programs that quote change dashes and wrap lines."""


def hide_end(text: str) -> str:
    """Somebody's words for a notice: what would pass for its foot is written otherwise."""
    if "notice" not in text.lower():
        return text
    return END_LINE.sub(lambda found: re.sub("this", "the", found[0], flags=re.IGNORECASE), text)
