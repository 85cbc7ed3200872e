"""Text that somebody else wrote, made fit to be printed: nothing in it steers a terminal or breaks a line."""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\\\|\x9c)"  # OSC, DCS, …
    "|\x1b[ -/]*[0-~]"  # two-letter sequences
)
"""ECMA-48 control sequences. Each alternative stops where another could begin: linear for any text."""

TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Characters that turn the direction of text (UAX 9), to stand in a character class."""

UNSEEN = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
"""Characters that show nothing (Default_Ignorable_Code_Point, but for the selectors of emoji)."""

_CONTROL = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{TURNING}]")
"""The remaining controls, the marks that turn the direction of text, and halves of characters."""

_PICTURE = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_JOINING = "\u0600-\u0dff"
"""The scripts from Arabic to Sinhala, whose spelling needs joiners."""

_HIDDEN = re.compile(
    f"(?<=[{_PICTURE}\ufe0f])(\u200d)(?=[{_PICTURE}])"
    f"|(?<=[{_JOINING}])([\u200c\u200d])(?=[{_JOINING}])"
    f"|[{UNSEEN}]"
)
"""Characters that hide in a line. The joiners of emoji and of spelling are groups: they are kept."""

_BREAKS = re.compile("[\t\n\u2028\u2029]+")


def safe(text: str) -> str:
    """Text of several lines without controls and escape sequences."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


def one_line(text: str) -> str:
    """The same on one line, in which nothing is hidden: a name or an address is what it looks like."""
    return _HIDDEN.sub(lambda found: found[1] or found[2] or "", _BREAKS.sub(" ", safe(text)))


def plain(text: str) -> str:
    """Return a person's typed words as the desk keeps text: no CR, no NUL, no halves of characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8").strip("\n")
