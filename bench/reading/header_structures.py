"""Header fields of any length, and headers of any number of fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.reading.structures import HEADER_MOST, RAW, TOP, Structure, numbered

FIELDS = (
    "From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Return-Path", "Delivered-To", "Subject", "Date",
    "Message-ID", "In-Reply-To", "References", "Received", "Authentication-Results", "Content-Type",
    "Content-Disposition", "Content-Transfer-Encoding", "Content-ID", "Auto-Submitted", "Precedence",
    "List-Id", "X-Loop", "X-Auto-Response-Suppress", "X-Failed-Recipients", "X-Other",
)  # fmt: skip

# What stands again and again within one field.
FILLINGS: dict[str, bytes] = {
    "letters": b"a",
    "words": b"a ",
    "spaces": b" ",
    "folds": b"a\r\n ",
    "empty folds": b"\r\n ",
    "addresses": b"a@b.example,",
    "addresses in brackets": b'"A" <a@b.example>, ',
    "groups": b"a:b@c.example;",
    "opening brackets": b"<",
    "ids": b"<a@b.example> ",
    "ids without an end": b"<a@b.example ",
    "comments": b"(a)",
    "opening parentheses": b"(",
    "closing parentheses": b")",
    "quotes": b'"',
    "open quotes": b'a "b ',
    "backslashes": b"\\",
    "quoted backslashes": b'"\\',
    "at signs": b"@",
    "dots": b"a.",
    "commas": b",",
    "colons": b":",
    "semicolons": b";",
    "equal signs": b"=",
    "parameters": b";a=b",
    "open parameters": b';a="',
    "sections": b";a*0*=",
    "results": b";spf=pass a.b=c ",
    "digits": b"1 ",
    "times": b"1:",
    "encoded words": b"=?utf-8?q?a?= ",
    "encoded words in base64": b"=?utf-8?b?YQ==?=",
    "encoded words without an end": b"=?utf-8?q?a ",
    "unknown charsets": b"=?x?q?=E4?= ",
    "8-bit": RAW,
    "8-bit and encoded words": RAW + b" =?x?q?a?= ",
    "nul": b"\0",
}


def _field(name: str, filling: bytes) -> Callable[[int], bytes]:
    start = TOP if name not in ("From", "To", "Message-ID") else b""
    return lambda size: start + name.encode() + b": " + filling * (size // len(filling)) + b"\r\n\r\nhi"


def fields() -> Iterator[tuple[str, list[Structure]]]:
    """Each field with each filling in it."""
    for name in FIELDS:
        yield (
            name,
            [Structure(said, _field(name, filling), HEADER_MOST) for said, filling in FILLINGS.items()],
        )


_LINES: dict[str, bytes] = {
    "fields without a value": b"a:\r\n",
    "fields of one name": b"X-Other: a\r\n",
    "fields with 8-bit": b"X-Loop:" + RAW + b"\r\n",
    "From fields": b"From: a@b.example\r\n",
    "To fields": b"To: a@b.example\r\n",
    "Bcc fields with 8-bit": b"Bcc:" + RAW + b" a@b.example\r\n",
    "Received fields": b"Received: from a by b with SMTP id c; Mon, 23 Nov 2026 10:00:00 +0000\r\n",
    "Authentication-Results fields": b"Authentication-Results: mx.acme.example; spf=pass a.b=c\r\n",
    "References fields": b"References: <a@b.example>\r\n",
    "Content-Type fields": b"Content-Type: text/plain; charset=utf-8\r\n",
    "List-Id fields": b"List-Id: <a.b.example>\r\n",
    "Auto-Submitted fields": b"Auto-Submitted: no (a)\r\n",
    "Subject fields": b"Subject: =?utf-8?q?a?=\r\n",
}


def repeated_fields() -> Iterator[tuple[str, list[Structure]]]:
    """Headers of very many fields."""
    several = [Structure(said, _several(line), HEADER_MOST) for said, line in _LINES.items()]
    several.append(
        Structure(
            "fields of many names", lambda size: TOP + numbered(b"X-%d: a\r\n", size) + b"\r\nhi", HEADER_MOST
        )
    )
    yield "many fields", several


def _several(line: bytes) -> Callable[[int], bytes]:
    return lambda size: TOP + line * (size // len(line)) + b"\r\nhi"
