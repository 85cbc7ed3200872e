"""Authentication-Results: the grammar of RFC 8601, and which fields are our border's by their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.identity.authentication_results import AuthenticationResults, Result, border_results, parse
from maildesk.mail.mime.headers import Field
from tests.cost import at_most


def results(value: str) -> tuple[Result, ...]:
    read = parse(value.encode())
    assert read is not None
    return read.results


WELL_FORMED = {
    "none": ("mx.example; none", ()),
    "none-with-version": ("mx.example 1; none", ()),
    "no-statement": ("mx.example", ()),
    "one": ("mx.example; spf=pass", (Result("spf", "pass"),)),
    "property": (
        "mx.example; spf=pass smtp.mailfrom=example.org",
        (Result("spf", "pass", (("smtp.mailfrom", "example.org"),)),),
    ),
    "several": (
        "mx.example 1;\r\n\tspf=Pass smtp.mailfrom=a@b.example;\r\n dkim = fail (bad) header.d = b.example ;",
        (
            Result("spf", "pass", (("smtp.mailfrom", "a@b.example"),)),
            Result("dkim", "fail", (("header.d", "b.example"),)),
        ),
    ),
    "comments-everywhere": (
        "(a) mx.example (b (c \\) d) e) 1 (f); (g) dkim (h) / (i) 1 (j) = (k) pass"
        " (l) header (m) . (n) d (o) = (p) x (q)",
        (Result("dkim", "pass", (("header.d", "x"),)),),
    ),
    "reason": (
        'mx.example; dkim=fail reason="no; key (here)" header.i=@b.example',
        (Result("dkim", "fail", (("reason", "no; key (here)"), ("header.i", "@b.example"))),),
    ),
    "quoted-local-part": (
        'mx.example; spf=fail smtp.mailfrom="x; dmarc=pass header.from=corp.example"@evil.com',
        (Result("spf", "fail", (("smtp.mailfrom", "x; dmarc=pass header.from=corp.example@evil.com"),)),),
    ),
    "result-in-comment": (
        "mx.example; spf=none (; dmarc=pass header.from=corp.example)",
        (Result("spf", "none"),),
    ),
    "loose-values": (
        "mx.example; dkim=pass header.b=Ab/c+d= header.i=@b.example; dmarc=pass action=none",
        (
            Result("dkim", "pass", (("header.b", "Ab/c+d="), ("header.i", "@b.example"))),
            Result("dmarc", "pass", (("action", "none"),)),
        ),
    ),
    "twice-the-property": ("mx.example; spf=pass smtp.mailfrom=a smtp.mailfrom=b", (Result("spf", "pass"),)),
    "escaped-quote": (
        'mx.example; x=pass policy.y="a\\"b"',
        (Result("x", "pass", (("policy.y", 'a"b'),)),),
    ),
}


@pytest.mark.parametrize(("value", "expected"), WELL_FORMED.values(), ids=WELL_FORMED.keys())
def test_statements_are_read_with_their_properties(value: str, expected: tuple[Result, ...]) -> None:
    assert results(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "mx.example 2; dmarc=pass",
        "mx.example dmarc=pass",
        "mx.example; dmarc",
        "mx.example; =pass",
        "mx.example; dmarc=",
        "mx.example; dmarc=pass header.from=(x",
        'mx.example; dmarc=pass header.from="x',
        'mx.example; dmarc=pass header.from="x"header.d=y',
        "mx.example; dmarc=pass header.from=x)",
        "mx.example; dmarc=pass\x00",
        "mx.example; dmarc=pass (",
        "mx.example; dmarc=pass (()",
        "mx.example; dmarc=pass \\",
        'mx.example; dmarc=pass; "',
        "mx.example 1 1; dmarc=pass",
        "mx.example; nonesuch",
        "mx.example; dmarc=pass x",
        "mx.example; dmarc=pass header.from",
        "mx.example; dmarc=pass header.from x; dkim=fail",
        "mx.example; dma\u017fc=paſs x",
        "spf=pass smtp.mailfrom=x",
        "mx.example; none; nonsense",
    ],
)
def test_a_field_that_breaks_the_grammar_says_nothing(value: str) -> None:
    assert parse(value.encode()) is None


MICROSOFT = (
    " spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=client.example;"
    " dkim=pass (signature was verified)\r\n header.d=client.example;"
    "dmarc=pass action=none\r\n header.from=client.example;compauth=pass reason=100"
)
"""As Microsoft 365 writes it: the grammar of RFC 8601 but for the authserv-id, which is not there."""


def test_a_field_without_a_name_is_read_where_that_is_asked_for() -> None:
    assert parse(MICROSOFT.encode()) is None
    read = parse(MICROSOFT.encode(), nameless=True)
    assert read is not None
    assert read.authserv_id == ""
    assert [(each.method, each.result) for each in read.results] == [
        ("spf", "pass"), ("dkim", "pass"), ("dmarc", "pass"), ("compauth", "pass"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value", ["mx.evil.example; dmarc=pass", "dmarc=pass x", "dmarc", "", "dmarc=pass ("]
)
def test_asking_for_fields_without_a_name_makes_no_other_field_one(value: str) -> None:
    read = parse(value.encode(), nameless=True)
    assert read is None or read.authserv_id or not read.results


@pytest.mark.parametrize(("nameless", "counted"), [(False, 0), (True, 4)])
def test_fields_without_a_name_are_the_borders_only_when_switched_on(nameless: bool, counted: int) -> None:
    microsofts = Field("authentication-results", MICROSOFT.encode())
    fields = [LINES["o"], microsofts, LINES["R"], microsofts, LINES["F"]]
    heard = border_results(fields, None, 1, border_strips=False, nameless=nameless)
    assert (len(heard.results), heard.misplaced) == (counted, int(nameless))


def test_the_server_s_name_may_be_quoted() -> None:
    assert parse(b'"mx.example"; none') == AuthenticationResults("mx.example", ())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_exception(value: bytes) -> None:
    parse(value)
    parse(b"mx.example; " + value)


@pytest.mark.parametrize(
    "value",
    [
        b"(" * 65000,
        b"()" * 32000,
        b"mx;" * 20000,
        b"mx; a=b" + b" c.d=e" * 10000,
        b'mx; a=b c="' + b"\\" * 60000,
        b"mx; a=" + b"b" * 60000,
        b" " * 65000,
        b"mx; " + b"a=b;" * 16000,
        b"(\\" * 32000,
    ],
    ids=lambda value: repr(value[:12]),
)
def test_no_field_takes_long(value: bytes) -> None:
    with at_most(80):
        parse(value)


# --- position -------------------------------------------------------------------------------------

LINES = {
    "R": Field("received", b" from x by y"),
    "A": Field("authentication-results", b" mx.acme.example; dmarc=pass"),
    "B": Field("authentication-results", b" MX.Acme.Example; dmarc=fail"),
    "o": Field("authentication-results", b" mx.other.example; dmarc=fail"),
    "x": Field("x-spam-score", b" 0"),
    "d": Field("dkim-filter", b" OpenDKIM"),
    "D": Field("dkim-signature", b" v=1"),
    "F": Field("from", b" a@b.example"),
    "n": Field("authentication-results ", b" mx.acme.example; dmarc=fail"),
}


@pytest.mark.parametrize(
    ("header", "hops", "strips", "counted", "misplaced"),
    [
        ("ARF", 1, False, "pass", 0),
        ("oARF", 1, False, "pass", 0),
        ("ABRF", 1, False, "pass fail", 0),
        ("RAF", 1, False, "", 1),
        ("ARBF", 1, False, "pass", 1),
        ("ARRBF", 1, False, "pass", 1),
        ("FAR", 1, False, "pass", 0),
        ("RARF", 1, False, "", 1),
        ("RARF", 2, False, "pass", 0),
        ("ARBRBF", 2, False, "pass fail", 1),
        ("RAFA", 2, False, "", 2),
        ("AF", 1, False, "", 1),
        ("AF", 0, False, "", 1),
        ("RAF", 1, True, "pass", 0),
        ("RdAxBDF", 1, True, "pass fail", 0),
        ("RDAF", 1, True, "", 1),
        ("RARBF", 1, True, "pass", 1),
        ("RRAF", 1, True, "", 1),
        ("RRAF", 2, True, "pass", 0),
        ("RFA", 1, True, "", 1),
        ("AF", 1, True, "", 1),
        ("AFB", 0, True, "pass", 1),
        ("nRF", 1, False, "", 0),
    ],
)
def test_only_fields_where_the_border_writes_count(
    header: str, hops: int, strips: bool, counted: str, misplaced: int
) -> None:
    heard = border_results([LINES[letter] for letter in header], "mx.acme.example", hops, strips)
    assert [each.result for each in heard.results] == counted.split()
    assert heard.misplaced == misplaced
