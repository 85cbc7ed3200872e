"""Text that somebody else wrote, made fit to be printed: nothing in it steers a terminal or breaks a line."""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\\\|\x9c)"  # OSC, DCS, …
    "|\x1b[ -/]*[0-~]"  # two-letter sequences
)
"""ECMA-48 control sequences. Each alternative stops where another could begin: linear for any text."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ud800-\udfff]")
"""What is left of controls, the marks that turn the direction of text, and halves of characters."""

_BREAKS = re.compile("[\t\n\u2028\u2029]+")


def safe(text: str) -> str:
    """Text of several lines without controls and escape sequences."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


def one_line(text: str) -> str:
    """The same on one line."""
    return _BREAKS.sub(" ", safe(text))


def plain(text: str) -> str:
    """What a person at the keyboard wrote, as the desk keeps text: no CR, no NUL, no halves of characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8").strip("\n")
