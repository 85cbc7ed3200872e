"""What Hypothesis draws: mails with mistakes, From fields with tricks, letters in every script."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from maildesk.mail.message import Address, EnclosedFile, OutgoingMail
from tests.unit.mail.damage import damaged
from tests.unit.mail.seed_mails import SEEDS

ALL_SEEDS = list(SEEDS.values())


def joined(fragments: list[str], most: int) -> SearchStrategy[str]:
    """Fragments in any order, now and then with free text among them."""
    return st.lists(
        st.one_of(st.sampled_from(fragments), st.sampled_from(fragments), st.text(max_size=4)), max_size=most
    ).map("".join)


# --- mails ----------------------------------------------------------------------------------------

_FIELDS = [
    "From: bo@client.example", "From: ana@acme.example", "from : Bo <bo@client.example>",
    "To: support@acme.example, ", "To: a:b;", "Cc: =?utf-8?q?J=C3=B6?= <jo@client.example>",
    "Subject: Re: x", "Subject: =?utf-8?b?4pyT?= =?utf-8?q?_a?=", "Subject: =?gb2312?b?/////w==?=",
    "Subject:", "Message-ID: <1@client.example>", "Message-ID: x y", "In-Reply-To: <a@b> <c@d",
    "References: <a@b>\r\n\t<c@d>(x)<e@f>", "Date: Mon, 30 Feb 2026 25:61:00 +9999",
    "Date: 1 Jan 70 00:00 GMT", "Date: Thu, 31 Dec 9999 23:59:59 -1200",
    "Date: Sat, 1 Jan 0001 00:00:00 +1200", "Reply-To: <>", "Auto-Submitted: no (x",
    "Auto-Submitted: auto-replied;x", "Precedence: bulk", "Return-Path: <>", "List-Id: <x>",
    "Received: from x by y; z",
    "Authentication-Results: mx.acme.example; dmarc=pass header.from=client.example", "X-Maildesk-Case: 1",
    "MIME-Version: 1.0", "\tfolded", "no colon", ": no name", "X-\xe9: \xe9\xff",
    "Resent-From: x@y.example", "Importance: high",
]  # fmt: skip
_TYPES = [
    "text/plain", "text/html", "text/plain; charset=utf-8", "text/html; charset=iso-2022-jp",
    "text/plain; charset=utf-16", "text/plain; format=flowed; delsp=yes", "TEXT/PLAIN; charset=\"koi8-r",
    "image/png; name=a.png", "message/rfc822", "text", "message/delivery-status",
    "message/partial; number=1", "text/calendar", "application/ms-tnef; name=winmail.dat", "a/b/c",
    "application/octet-stream; name*0*=utf-7''%2B; name*1=x", "multipart/mixed",
    "multipart/mixed; boundary=", "", "text/rtf", "application/pgp-encrypted", "text/rfc822-headers",
    "message/feedback-report", "application/applefile",
]  # fmt: skip
_ENCODINGS = [
    "7bit",
    "8bit",
    "base64",
    "quoted-printable",
    "x-uuencode",
    "binary",
    "base64 (x)",
    "nonsense",
    "",
]
_KINDS = [
    "mixed",
    "alternative",
    "related",
    "report; report-type=delivery-status",
    "signed",
    "encrypted",
    "digest",
    "x-y",
]
_DISPOSITIONS = [
    "attachment",
    "inline",
    "attachment; filename=../../x.exe",
    "inline; filename*=utf-8''%00%2F.txt",
    ";",
    "",
]
_WORDS = [
    "Hello", "\n", "\r\n", "> ", ">> ", "-- \n", "On Mon, Bo wrote:\n",
    "From: Bo\nSent: Monday\nTo: x\nSubject: y\n", "Grüße", "-----Original Message-----\n",
    "________________________________\n", "Am 1.2.2026 schrieb Bo <bo@client.example>:\n",
    "begin 644 a.txt\n#0V%T\n`\nend\n", "Sent from my phone", " ", "\t", "\0", "\xa0", "\u2028", "\x85",
    "\x0c", "✓", "\ufeff", "##- Reply above this line -##\n",
    "Final-Recipient: rfc822; eva@client.example\nAction: failed\nStatus: 5.1.1\n",
]  # fmt: skip
TAGS = [
    "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href='https://a.example/?x=1&copy=2'>",
    "<a href=mailto:a@b.example>", "<a href='http://[x'>", "<a href=javascript:x>", "</a>", "<ul>", "</ul>",
    "<ol>", "</ol>", "<li>", "</li>", "<pre>", "</pre>", "<blockquote>", "</blockquote>", "<br>", "<div>",
    "</div>", "<td>", "<h1>", "</h1>", "<code>", "</code>", "<hr>", "<img alt=x>",
]  # fmt: skip
_TRAPS = [
    "<script>", "</script>", "<style>", "</style>", "<!--", "-->", "<svg>", "</svg>", "<math>", "<mtext>",
    "<mglyph>", "<title>", "</title>", "<template>", "</template>", "<noscript>", "</noscript>", "<table>",
    "</table>", "<select>", "<form>", "<![CDATA[", "]]>", "<", ">", "&", "&lt", "&#60;", "&amp;lt;",
    "&nbsp;", "&#0;", "&#xd800;", "'", '"', "=", "/", " ", "\n", "\t", "\0", "\x0b", "\ud800", "\ufffe",
    "<p style='x", "<a href='", "href=\"", "onload=x", "<img src=x onerror=x>", "x",
]  # fmt: skip

html_sources = joined(TAGS + _TRAPS, 30)


def _encoded(text: str, encoding: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    if encoding.startswith("base64"):
        return base64.encodebytes(data)
    return binascii.b2a_qp(data) if encoding == "quoted-printable" else data


@st.composite
def _entities(draw: st.DrawFn, depth: int = 3) -> bytes:
    """A part with its header: a leaf, or others between borders that may be missing or wrong."""
    if depth and draw(st.integers(0, 2)) == 0:
        border = draw(st.sampled_from(["b", "b b", "b1", "=_x", "b" * 71]))
        children = draw(st.lists(_entities(depth - 1), max_size=3))
        used = border if draw(st.integers(0, 5)) else "other"
        kind = draw(st.sampled_from(_KINDS))
        parts = b"".join(b"--" + used.encode() + b"\r\n" + each + b"\r\n" for each in children)
        end = f"--{used}--\r\n" if draw(st.integers(0, 3)) else ""
        return f'Content-Type: multipart/{kind}; boundary="{border}"\r\n\r\n'.encode() + parts + end.encode()
    encoding = draw(st.sampled_from(_ENCODINGS))
    head = f"Content-Type: {draw(st.sampled_from(_TYPES))}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    if draw(st.booleans()):
        head += f"Content-Disposition: {draw(st.sampled_from(_DISPOSITIONS))}\r\nContent-ID: <x@y>\r\n"
    body = _encoded(draw(st.one_of(joined(_WORDS, 12), html_sources)), encoding)
    return head.encode() + draw(st.sampled_from([b"\r\n", b"\r\n", b"\n", b""])) + body


@st.composite
def _built_mails(draw: st.DrawFn) -> bytes:
    fields = draw(st.lists(st.sampled_from(_FIELDS), max_size=8))
    head = b"".join(field.encode("latin-1") + b"\r\n" for field in fields)
    return head + draw(_entities())


chances = st.randoms(use_true_random=False)
damaged_mails = st.builds(
    lambda chance, raw: damaged(chance, raw, ALL_SEEDS), chances, st.sampled_from(ALL_SEEDS)
)
any_mails = st.one_of(st.binary(max_size=600), _built_mails(), damaged_mails)
reply_texts = joined(_WORDS, 30)

# --- From -----------------------------------------------------------------------------------------

from_fields = joined(
    [
        "agent@corp.example", "x@evil.example", "<", ">", "<agent@corp.example>", "<x@evil.example>",
        '"agent@corp.example"', '"', "\\", "(", ")", "(x)", ",", ";", ":", "staff:", "@", "@corp.example",
        "agent", ".", " ", "\t", "\r\n ", "\r\n", "\0", "\xe9", "Bo Lind",
        "=?x?q?agent=40corp.example=3e=00?=", "=?utf-8?b?YWdlbnRAY29ycC5leGFtcGxl?=", "=?utf-8?q?Bo?=",
        "xn--bcher-kva.example", "[1.2.3.4]", "agent@xn--bcher-kva.example", "\r\nFrom: ", "\r\nfrom : ",
        "\r\nX: ", "corp.example", "\u202e", "＠", "agent%corp.example",
    ],
    8,
)  # fmt: skip

# --- letters --------------------------------------------------------------------------------------

_names = st.text(max_size=40)
_addresses = st.builds(
    Address, st.sampled_from(["bo@client.example", "o'x+y@a-b.example", "a@xn--bcher-kva.example"]), _names
)
_ids = st.from_regex(r"[a-z0-9.+$-]{1,30}@[a-z]{1,10}\.example", fullmatch=True)
_files = st.builds(
    EnclosedFile,
    st.text(max_size=80),
    st.one_of(
        st.sampled_from(["text/plain", "application/pdf", "text/html", "message/rfc822", "x"]),
        st.text(max_size=9),
    ),
    st.binary(max_size=300),
)
letters = st.builds(
    OutgoingMail,
    message_id=_ids,
    sender=_addresses,
    to=_addresses,
    subject=st.text(max_size=120),
    text=st.one_of(st.text(max_size=300), joined(_WORDS, 12)),
    date=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - bounds of a zone given beside them
        lambda date: date.replace(microsecond=0)
    ),
    envelope_from=st.just("support@acme.example"),
    html=st.one_of(st.none(), st.text(max_size=100).map(lambda text: f"<p>{text}</p>")),
    reply_to=st.one_of(st.none(), _addresses),
    in_reply_to=st.one_of(st.none(), _ids),
    references=st.lists(_ids, max_size=25, unique=True).map(tuple),
    automatic=st.sampled_from([None, "auto-replied", "auto-generated"]),
    language=st.sampled_from([None, "de", "pt-BR"]),
    enclosed=st.lists(_files, max_size=3).map(tuple),
)
