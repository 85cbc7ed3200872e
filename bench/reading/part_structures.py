"""Parts, parts within parts, their parameters, and reports, in any size."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.reading.structures import BODY_MOST, HEADER_MOST, RAW, TOP, Structure, filled, numbered

_PARTS_MOST = 490  # below the limit of parts
_DEEPEST = 48  # below the limit of levels
_MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def _multipart(kind: bytes, part: bytes, end: bytes = b"--b--\r\n") -> Callable[[int], bytes]:
    """As many of one part as may be; beyond that each grows."""

    def build(size: int) -> bytes:
        count = min(size // (len(part) + 5), _PARTS_MOST)
        more = b"x" * (size // count - len(part) - 5)
        start = TOP + b"Content-Type: multipart/" + kind + b"; boundary=b\r\n\r\n"
        return start + (b"--b\r\n" + part + more + b"\r\n") * count + end

    return build


def _nested(head: bytes) -> Callable[[int], bytes]:
    """As many levels as may be, and the size in the innermost."""

    def build(size: int) -> bytes:
        levels = b"".join(b"--a%d\r\n" % n + head % (n + 1) for n in range(_DEEPEST))
        return TOP + head % 0 + levels + b"\r\n" + b"x" * size

    return build


def _nested_mails(size: int) -> bytes:
    return TOP + b"Content-Type: message/rfc822\r\n\r\n" * (size // 32) + b"hi"


def _report(group: bytes, kind: bytes = b"message/delivery-status") -> Callable[[int], bytes]:
    def build(size: int) -> bytes:
        start = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        groups = b"Reporting-MTA: dns; a.example\r\n\r\n" + group * (size // len(group))
        return TOP + start + b"--b\r\nContent-Type: " + kind + b"\r\n\r\n" + groups + b"\r\n--b--\r\n"

    return build


_RETURNED = b"From: MAILER-DAEMON@mx.example\r\nTo: support@acme.example\r\nSubject: Undelivered mail\r\n"


def _letter(filling: bytes) -> Callable[[int], bytes]:
    """A bounce from before RFC 3464: a text of addresses and reasons."""
    return lambda size: _RETURNED + b"\r\n" + filling * (size // len(filling))


def _named(pattern: bytes, more: bytes = b"") -> Callable[[int], bytes]:
    return lambda size: (
        TOP + b"Content-Type: application/pdf" + numbered(pattern, size) + more + b"\r\n\r\nhi"
    )


def _file(start: bytes, filling: bytes) -> Callable[[int], bytes]:
    return filled(b"Content-Disposition: attachment; filename" + start, filling)


_GROUP = b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
_PART = b"Content-Type: text/plain\r\n\r\na"
_HTML_PART = b"Content-Type: text/html\r\n\r\n<p>a</p>"
_FILE_PART = b'Content-Type: application/pdf; name="a.pdf"\r\n\r\na'

_PARTS: dict[str, Callable[[int], bytes]] = {
    "text parts": _multipart(b"mixed", _PART),
    "HTML parts": _multipart(b"mixed", _HTML_PART),
    "files": _multipart(b"mixed", _FILE_PART),
    "alternatives": _multipart(b"alternative", _PART),
    "HTML alternatives": _multipart(b"alternative", _HTML_PART),
    "related parts": _multipart(b"related", b"Content-ID: <a@b>\r\n" + _FILE_PART),
    "mails in a digest": _multipart(b"digest", b"\r\nSubject: a\r\n\r\na"),
    "8-bit parts": _multipart(b"mixed", b"Content-Type: text/plain\r\n\r\n" + RAW * 5),
    "parts without an end": _multipart(b"mixed", _PART, b""),
    "parts with a wrong border": lambda size: (
        TOP
        + _MIXED
        + (b"--other\r\nContent-Type: text/plain\r\n\r\na\r\n" * 490)[:size]
        + b"x" * max(0, size - 22_000)
    ),
    "levels": _nested(b"Content-Type: multipart/mixed; boundary=a%d\r\n\r\n"),
    "levels of alternatives": _nested(b"Content-Type: multipart/alternative; boundary=a%d\r\n\r\n"),
    "mails in mails": _nested_mails,
    "lines like a border": filled(_MIXED + b"--b\r\n\r\n", b"--bb\n"),
    "lines that begin like any border": filled(_MIXED + b"--b\r\n\r\n", b"--\n"),
    "lines like an undeclared border": filled(
        b"Content-Type: multipart/mixed\r\n\r\n", b"--" + b"a" * 69 + b"\n"
    ),
    "borders with spaces": filled(_MIXED + b"--b\r\n\r\n", b"--b" + b" " * 9_000 + b"x\n"),
    "one border with spaces": filled(_MIXED + b"--b", b" "),
}
_NAMES: dict[str, Callable[[int], bytes]] = {
    "parameters": _named(b"; a%d=b"),
    "8-bit parameters": _named(b"; a%d=" + RAW),
    "encoded parameters": _named(b";a%d*=utf-8''%%e4"),
    "encoded words in parameters": _named(b";a%d==?utf-8?q?a?="),
    "sections": _named(b";name*%d=a"),
    "encoded sections": _named(b";name*%d*=%%C3%%A4"),
    "long names": _file(b'="', b"a"),
    "names of dots": _file(b'="', b"."),
    "names of slashes": _file(b'="', b"a/"),
    "names of marks that turn the text": _file(b'="', "\u202e".encode()),
    "names of devices": _file(b'="', b"con."),
    "names of combining marks": _file(b'="', "a\u0301".encode()),
    "names of percents": _file(b"*=utf-8''", b"%41"),
}
_REPORTS: dict[str, Callable[[int], bytes]] = {
    "groups": _report(_GROUP),
    "groups of nothing": _report(b"a:b\r\n\r\n"),
    "fields of a group": _report(b"Final-Recipient: rfc822; a@b.example\r\n"),
    "blank lines": _report(b"\r\n"),
    "blank lines with spaces": _report(b" \r\n \n"),
    "8-bit fields": _report(b"Diagnostic-Code: smtp; " + RAW + b"\r\n"),
    "statuses": _report(b"Status: 5.1.1 5.1.1\r\n"),
    "returned headers": _report(b"Received: a\r\n", b"text/rfc822-headers"),
    "returned mails": _report(b"Message-ID: <a@b.example>\r\n", b"message/rfc822"),
    "letters of addresses": _letter(b"<a@b.example>\n"),
    "letters of addresses on one line": _letter(b"<a@b.example> "),
    "letters of bare addresses": _letter(b"a@b.example: failed\n"),
    "letters of reasons": _letter(b"550 5.1.1 User unknown\n"),
    "letters of at signs": _letter(b"@"),
    "letters of lines": _letter(b"a\n"),
    "letters of blank lines": _letter(b"\n"),
    "letters of spaces": _letter(b" "),
    "letters of colons": _letter(b": "),
    "letters of dashes": _letter(b"-"),
    "letters of opening brackets": _letter(b"<"),
}


def parts() -> Iterator[tuple[str, list[Structure]]]:
    """Parts, parameters and names, reports of mail systems."""
    yield "parts", [Structure(name, build, BODY_MOST) for name, build in _PARTS.items()]
    yield "parameters and names", [Structure(name, build, HEADER_MOST) for name, build in _NAMES.items()]
    yield "delivery reports", [Structure(name, build, BODY_MOST) for name, build in _REPORTS.items()]
