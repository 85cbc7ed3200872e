"""Mails cut into their parts, and what stands in them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.errors import Unreadable
from maildesk.mail.mime.flowed import unflowed
from maildesk.mail.mime.headers import cut_header
from maildesk.mail.mime.limits import StructureLimits
from maildesk.mail.mime.structure import content, cut_parts

LIMITS = StructureLimits(header_bytes=256 * 2**10, parts=500, depth=50)


def parts_of(raw: bytes) -> tuple[list[tuple[str, bytes]], tuple[str, ...]]:
    parts, defects = cut_parts(raw, cut_header(raw), LIMITS)
    return [(part.content_type, content(raw, part)[0]) for part in parts], defects


def multipart(body: str, kind: str = "mixed", boundary: str = "b") -> bytes:
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{body}".encode()


@pytest.mark.parametrize(
    ("raw", "parts", "defects"),
    [
        pytest.param(b"Subject: x\n\nhello\n", [("text/plain", b"hello\n")], (), id="no-type"),
        pytest.param(
            multipart("preamble\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\nepilogue"),
            [("text/plain", b"one"), ("text/html", b"two")],
            (),
            id="two-parts",
        ),
        pytest.param(
            multipart("--b\n\none\n--b\n\ntwo\n").replace(b"\n", b"\r\n"),
            [("text/plain", b"one"), ("text/plain", b"two\r\n")],
            ("multipart-not-closed",),
            id="not-closed",
        ),
        pytest.param(
            b"Content-Type: text/html\n" + multipart("--b\n\none\n--b\n\ntwo\n--b--\n"),
            [("text/plain", b"one"), ("text/plain", b"two")],
            (),
            id="the-second-of-two-types-is-the-multipart",
        ),
        pytest.param(
            b"Content-Type: text/html\n" + multipart("<p>no border</p>\n"),
            [("text/html", b"<p>no border</p>\n")],
            (),
            id="a-second-type-without-its-border",
        ),
        pytest.param(
            b"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n"
            + multipart("Gr=C3=BC=C3=9Fe\n--b\nContent-Type: image/png\n\ntwo\n--b--\n"),
            [("text/plain", "Grüße".encode()), ("image/png", b"two")],
            ("border-missing",),
            id="fields-of-the-first-part-in-the-header",
        ),
        pytest.param(
            b"Content-Type: text/plain\n"
            + multipart("This is a multi-part message in MIME format.\n\n--b\n\none\n--b--\n"),
            [("text/plain", b"one")],
            (),
            id="two-types-and-a-note-for-old-programs",
        ),
        pytest.param(
            multipart(
                "--b\nContent-Type: multipart/alternative; boundary=i\nContent-Type: text/plain\n\none\n"
                "--i\nContent-Type: text/html\n\ntwo\n--i--\n--b\nContent-Type: image/png\n\nthree\n--b--"
            ),
            [("text/plain", b"one"), ("text/html", b"two"), ("image/png", b"three")],
            ("border-missing",),
            id="fields-of-the-first-part-in-the-header-of-a-part",
        ),
        pytest.param(
            multipart("Content-Type: text/html\n\none\n--b\nContent-Type: image/png\n\ntwo\n--b--\n"),
            [("text/html", b"one"), ("image/png", b"two")],
            ("border-missing",),
            id="fields-without-a-border-above",
        ),
        pytest.param(
            multipart("Contents: see below\n\nfor old programs\n--b\n\none\n--b--\n"),
            [("text/plain", b"one")],
            (),
            id="a-preamble-is-not-shown",
        ),
        pytest.param(
            multipart(
                "--b\nContent-Type: multipart/mixed; boundary=b--\n\n--b--\n\none\n--b--\n\ntwo\n--b----\n"
                "--b\n\nthree\n--b--\n"
            ),
            [("text/plain", b"one"), ("text/plain", b"two"), ("text/plain", b"three")],
            (),
            id="a-border-that-looks-like-the-end-of-the-outer",
        ),
        pytest.param(
            multipart("--b\n\nwe write b-- here\n--b--\nafter\n"),
            [("text/plain", b"we write b-- here")],
            (),
            id="words-like-a-border-with-dashes",
        ),
        pytest.param(
            multipart("--b  \n\none\n--bb\n--b-\n--b--\n"),
            [("text/plain", b"one\n--bb\n--b-")],
            (),
            id="lines-like-borders",
        ),
        pytest.param(
            multipart(
                "--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bb--\n\n--b\n\ntwo\n--b--"
            ),
            [("text/plain", b"one"), ("text/plain", b"two")],
            (),
            id="nested",
        ),
        pytest.param(
            multipart("--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--b\n\ntwo\n--b--"),
            [("text/plain", b"one"), ("text/plain", b"two")],
            ("multipart-not-closed",),
            id="inner-one-not-closed",
        ),
        pytest.param(
            b"Content-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\none\n--x--\n",
            [("text/plain", b"one")],
            ("boundary-wrong",),
            id="boundary-not-told",
        ),
        pytest.param(
            multipart("just text"), [("text/plain", b"just text")], ("boundary-missing",), id="no-border"
        ),
        pytest.param(
            multipart("--b\n\nSubject: inner\n\nx\n--b--", kind="digest"),
            [("message/rfc822", b"Subject: inner\n\nx")],
            (),
            id="digest",
        ),
        pytest.param(
            multipart("--b\n--b\n\nx\n--b--"),
            [("text/plain", b""), ("text/plain", b"x")],
            (),
            id="empty-part",
        ),
        pytest.param(
            b"Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--",
            [("message/rfc822", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--")],
            (),
            id="an-enclosed-mail-is-not-opened",
        ),
        pytest.param(
            b"Content-Type: multipart/mixed\n\tboundary=b\n\n--b\n\nx\n--b--",
            [("text/plain", b"x")],
            (),
            id="no-semicolon-before-the-boundary",
        ),
        pytest.param(
            multipart("--b\n\none\n--b\n\ntwo--b--\n"),
            [("text/plain", b"one"), ("text/plain", b"two")],
            ("multipart-not-closed",),
            id="no-line-end-before-the-last-border",
        ),
        pytest.param(
            b"Content-Type: pdf; name=x.pdf\n\n%PDF",
            [("application/octet-stream", b"%PDF")],
            ("content-type",),
            id="a-file-of-a-broken-type",
        ),
        pytest.param(
            b"\nhello\n\nbegin 644 x\n%:&5L;&\\\n`\nend\nbye",
            [("text/plain", b"hello\n\n"), ("application/octet-stream", b"hello"), ("text/plain", b"bye")],
            ("uuencoded-in-text",),
            id="a-file-in-the-text",
        ),
        pytest.param(
            b"Content-Type: nonsense\n\nx", [("text/plain", b"x")], ("content-type",), id="broken-type"
        ),
    ],
)
def test_where_the_parts_are(raw: bytes, parts: list[tuple[str, bytes]], defects: tuple[str, ...]) -> None:
    assert parts_of(raw) == (parts, defects)


def nested(depth: int) -> bytes:
    levels = (f"Content-Type: multipart/mixed; boundary=l{n}x\n\n--l{n}x\n" for n in range(depth))
    return ("".join(levels) + "\ninnermost\n").encode()


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/*", "multipart", "multipart/", "Multipart / mixed", "multipart/mixed/x", "multipart mixed",
        "multipart\\mixed", '"multipart/mixed"', "*/*", "mixed", "", "multipart/*; charset=utf-8",
    ],
)  # fmt: skip
def test_what_is_meant_for_a_multipart_is_one(kind: str) -> None:
    body = "--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\n"
    parts, defects = parts_of(f"Content-Type: {kind}; boundary=b\n\n{body}".encode())
    assert parts == [("text/plain", b"one"), ("text/html", b"two")]
    assert set(defects) <= {"content-type"}


@pytest.mark.parametrize(
    "kind", ["multipart/alternative/x", "multipart / alternative", '"multipart/alternative"']
)
def test_a_badly_written_alternative_is_one(kind: str) -> None:
    raw = f"Content-Type: {kind}; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\n"
    header = cut_header(raw.encode())
    parts, _ = cut_parts(raw.encode(), header, LIMITS)
    assert [part.within for part in parts] == ["multipart/alternative"] * 2


@pytest.mark.parametrize("kind", ["multiparty/x y", "text", "nonsense; boundary=c", "text; boundary=c"])
def test_what_is_not_meant_for_a_multipart_stays_text(kind: str) -> None:
    parts, _ = parts_of(f"Content-Type: {kind}\n\n--b\n\none\n--b--\n".encode())
    assert [each[0] for each in parts] == ["text/plain"]


def test_parts_within_parts_are_read_down_to_the_limit() -> None:
    assert parts_of(nested(49))[0] == [("text/plain", b"innermost\n")]


@pytest.mark.parametrize("depth", [51, 1_000, 10_000])
def test_deeper_parts_are_refused(depth: int) -> None:
    with pytest.raises(Unreadable, match=r"levels of parts|too many lines"):
        parts_of(nested(depth))


def test_as_many_parts_as_allowed_are_read() -> None:
    assert len(parts_of(multipart("--b\n\nx\n" * 500 + "--b--"))[0]) == 500


@pytest.mark.parametrize("count", [501, 100_000])
def test_more_parts_are_refused(count: int) -> None:
    with pytest.raises(Unreadable, match="more than 500 parts"):
        parts_of(multipart("--b\n\nx\n" * count + "--b--"))


def test_very_many_lines_like_borders_are_refused() -> None:
    with pytest.raises(Unreadable, match="look like the border"):
        parts_of(multipart("--bx\n" * 100_000))


def test_a_part_with_too_much_header_is_refused() -> None:
    with pytest.raises(Unreadable, match="larger than 256 KiB"):
        parts_of(multipart("--b\n" + "A: b\n" * 60_000 + "\nx\n--b--"))


@pytest.mark.parametrize(
    ("encoding", "data", "decoded", "repair"),
    [
        ("base64", b"aGVs\r\nbG8=\r\n", b"hello", None),
        ("BASE64 (comment)", b"aGVsbG8=", b"hello", None),
        ("base64", b"aGVsbG8", b"hello", "base64"),
        ("base64", b"a!G-V_s*bG8=", b"hello", None),
        ("base64", b"aGVsbG8=\nIHlvdQ==\n", b"hello you", "base64"),
        ("base64", b"====", b"", None),
        ("base64", b"aGVsbG8=\n\n-- \nA line of the list\n", b"hello", "base64"),
        ("base64", b"aGVsbG8=\nfooter", b"hello", "base64"),
        (
            "base64",
            b"These are words, and nobody encoded them.",
            b"These are words, and nobody encoded them.",
            "base64",
        ),
        ("quoted-printable", b"caf=C3=A9=\r\n!", b"caf\xc3\xa9!", None),
        ("quoted-printable", b"soft=  \nbreak", b"softbreak", None),
        ("quoted-printable", b"=ZZ 100% =", b"=ZZ 100% ", None),
        ("x-uuencode", b"begin 644 x\n%:&5L;&\\\n`\nend\n", b"hello", None),
        ("7bit", b"as is", b"as is", None),
        ("x-unheard-of", b"as is", b"as is", "transfer-encoding"),
    ],
)
def test_transfer_encodings_are_undone(
    encoding: str, data: bytes, decoded: bytes, repair: str | None
) -> None:
    raw = f"Content-Transfer-Encoding: {encoding}\n\n".encode() + data
    parts, _ = cut_parts(raw, cut_header(raw), LIMITS)
    assert content(raw, parts[0]) == (decoded, repair)


@given(st.binary(max_size=300))
def test_base64_of_any_bytes_comes_back(data: bytes) -> None:
    raw = b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(data)
    parts, _ = cut_parts(raw, cut_header(raw), LIMITS)
    assert content(raw, parts[0])[0] == data


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("> one \n> two\nthree", "> one two\nthree"),
        ("> one \n>> two", "> one \n>> two"),
        ("text\n-- \nAna", "text\n-- \nAna"),
        (" >stuffed", ">stuffed"),
    ],
)
def test_flowed_text_gets_its_paragraphs_back(text: str, expected: str) -> None:
    assert unflowed(text) == expected


def test_flowed_text_may_lose_the_space_at_its_breaks() -> None:
    assert unflowed("日本 \n語", delete_space=True) == "日本語"


@given(
    st.lists(
        st.sampled_from(
            [
                b"--b",
                b"--b--",
                b"--bb",
                b"\n",
                b"\r\n",
                b"x",
                b"Content-Type: multipart/mixed; boundary=bb",
                b"Content-Type: multipart/alternative; boundary=b",
                b" ",
            ]
        )
    )
)
def test_any_mixture_of_borders_is_cut_without_an_error(pieces: list[bytes]) -> None:
    raw = multipart("") + b"".join(pieces)
    parts, _ = cut_parts(raw, cut_header(raw), LIMITS)
    assert all(part.start <= part.end for part in parts)
