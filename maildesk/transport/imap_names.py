"""Words we send to an IMAP server: quoted strings, folder names in modified UTF-7, sets of UIDs."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable

_PLAIN_RUN = re.compile(r"[ -~]+|[^ -~]+")
_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")
_KEYWORD = re.compile(r"[A-Za-z0-9$_.-]{1,64}")

UID_MAX = 2**32 - 1


def quotable(text: str) -> bool:
    """Tell whether `text` fits into a quoted string (RFC 3501 §9 QUOTED-CHAR): ASCII without NUL, CR, LF."""
    return text.isascii() and not any(sign in text for sign in "\0\r\n")


def quoted(text: str) -> str:
    if not quotable(text):
        raise ValueError("only ASCII without line ends can be quoted")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folder_to_wire(name: str) -> str:
    """A folder's name as a quoted string of modified UTF-7 (RFC 3501 §5.1.3)."""
    return quoted("".join(_encoded(run) for run in _PLAIN_RUN.findall(name)))


def _encoded(run: str) -> str:
    if " " <= run[0] <= "~":
        return run.replace("&", "&-")
    shifted = base64.b64encode(run.encode("utf-16-be", "surrogatepass")).decode("ascii")
    return "&" + shifted.rstrip("=").replace("/", ",") + "-"


def folder_from_wire(name: bytes) -> str:
    """The name people see. A server that sends UTF-8 or broken UTF-7 gets its bytes shown as they are."""
    try:
        text = _SHIFTED.sub(_decoded, name)
    except (ValueError, binascii.Error):
        text = name
    return text.decode("utf-8", "replace")


def _decoded(found: re.Match[bytes]) -> bytes:
    shifted = found[1]
    if not shifted:
        return b"&"
    padded = shifted.replace(b",", b"/") + b"=" * (-len(shifted) % 4)
    return base64.b64decode(padded, validate=True).decode("utf-16-be").encode("utf-8")


def keyword_to_wire(keyword: str) -> str:
    """A keyword as a list of one flag; a keyword is an atom (RFC 3501 §9 flag-keyword)."""
    if not _KEYWORD.fullmatch(keyword):
        raise ValueError(f"{keyword!r} cannot be an IMAP keyword: use letters, digits, $ _ . -")
    return f"({keyword})"


def uid_set(uids: Iterable[int]) -> str:
    """`1:3,7` for 3, 1, 2, 7."""
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if not 1 <= uid <= UID_MAX:
            raise ValueError(f"{uid} is not a UID")
        if runs and runs[-1][1] == uid - 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(f"{first}:{last}" if last > first else str(first) for first, last in runs)
