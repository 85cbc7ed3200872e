"""The meaning of a relay's reply for one mail, and what may be said to a relay at all."""

from __future__ import annotations

import re

from maildesk.errors import BadInput
from maildesk.transport.relay import Accepted, Answer, Refused, Unknown

LONGEST_TEXT = 300
LONGEST_PATH = 254  # RFC 5321 §4.5.3.1.3: 256 octets with the angle brackets

_LIMITS = re.compile(
    r"too many (?:\S+ ){0,3}(?:connections|sessions)|concurrent connection|connection limit"
    r"|sending (?:limit|quota|rate)|sender thread limit",
    re.IGNORECASE,
)
_NEVER_IN_A_PATH = re.compile("[\x00-\x20\x7f-\x9f<>\u2028\u2029\ud800-\udfff]")


def one_line(text: str) -> str:
    """The text of a reply as one printable line of at most 300 characters."""
    if not (text.isascii() and text.isprintable()):
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def asks_to_slow_down(code: int, text: str) -> bool:
    """Tell whether a refusal is about how much we send and not about this mail."""
    if code == 432 or (code == 421 and text.startswith("4.7.0")):
        return True
    return 400 <= code <= 599 and _LIMITS.search(text) is not None


def answer(code: int, text: str) -> Answer:
    """The meaning of a reply: its first digit decides (RFC 5321 §4.2.1)."""
    shown = one_line(text)
    if 200 <= code <= 299:
        return Accepted(code, shown)
    if 400 <= code <= 599:
        return Refused(code, shown, permanent=code >= 500 and not asks_to_slow_down(code, text))
    return Unknown(f"the relay answered what is no reply to a mail: {code} {shown}")


def path(address: str, *, may_be_empty: bool = False) -> bytes:
    """An envelope address as it goes between `<` and `>`, unable to end the command or to begin another."""
    if not address and not may_be_empty:
        raise BadInput("a mail without a recipient cannot be sent")
    if _NEVER_IN_A_PATH.search(address):
        raise BadInput(f"{one_line(address)!r} is no envelope address: it has a space, bracket or control")
    written = address.encode()
    if len(written) > LONGEST_PATH:
        raise BadInput(f"an envelope address has at most {LONGEST_PATH} octets, this one {len(written)}")
    return written


def wire_form(message: bytes) -> bytes:
    """The message with its dots doubled and the final dot (RFC 5321 §4.5.2).

    A lone CR or LF is never repaired here: a relay that reads it as a line end sees another mail than
    we wrote (CVE-2023-51764). Ours are written with CRLF, so one that is not is a fault of ours.
    """
    pairs = message.count(b"\r\n")
    if message.count(b"\n") != pairs or message.count(b"\r") != pairs or not message.endswith(b"\r\n"):
        raise BadInput("a message goes out with CRLF line ends only, and this one has others")
    if b"\0" in message:
        raise BadInput("a message cannot hold a NUL byte")
    stuffed = message.replace(b"\r\n.", b"\r\n..")
    return (b"." if message.startswith(b".") else b"") + stuffed + b".\r\n"
