"""Bytes to text: supersets, repairs and guesses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.mime.charsets import UNDECODABLE, UNKNOWN, clean, codec_of, decode, decode_word


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("“quoted” – €".encode("cp1252"), "iso-8859-1", "“quoted” – €"),
        ("朱镕基".encode("gb18030"), "gb2312", "朱镕基"),
        ("①髙".encode("cp932"), "Shift_JIS", "①髙"),
        ("똠방".encode("cp949"), "ks_c_5601-1987", "똠방"),
        ("Привет".encode("koi8-r"), "KOI8-R", "Привет"),
        ("ğış".encode("cp1254"), "iso-8859-9", "ğış"),
        ("日本語".encode("iso2022_jp"), "iso-2022-jp", "日本語"),
        ("é".encode(), "utf8", "é"),
        ("é".encode(), "UTF-8", "é"),
        ("é".encode("utf-16"), "utf-16", "é"),
        (b"\xef\xbb\xbfhi", "utf-8", "hi"),
        (b"caf\xe9", "iso-8859-1", "café"),
        (b"plain", "us-ascii", "plain"),
        ("ěščř".encode("cp1250"), "windows1250", "ěščř"),
        ("ěščř".encode("cp1250"), "x-win-1250", "ěščř"),
        ("ěščř".encode("iso8859_2"), "iso-88592", "ěščř"),
        ("café".encode("latin_1"), "ISO-8859-1-Windows-3.1-Latin-1", "café"),
        ("Привет".encode("koi8-r"), "cp20866", "Привет"),
        ("é".encode(), "cp65001", "é"),
        (b"\x1b$B-!|b\x1b(B", "iso-2022-jp", "①髙"),
    ],
)
def test_the_superset_of_a_declared_charset_decodes(data: bytes, declared: str, text: str) -> None:
    assert decode(data, declared) == (text, None)


@pytest.mark.parametrize(
    ("data", "declared", "text", "repair"),
    [
        pytest.param("é".encode(), "x-nonsense", "é", UNKNOWN, id="unknown-name"),
        pytest.param(
            b"caf\xe9 au lait, tr\xe8s bien", "utf-8", "café au lait, très bien", UNDECODABLE, id="lie"
        ),
        pytest.param("é".encode(), None, "é", None, id="undeclared-utf-8"),
        pytest.param(
            ("é" * 50).encode() + b"\xc3", "utf-8", "é" * 50 + "\ufffd", UNDECODABLE, id="cut-character"
        ),
        pytest.param(b"plain", "x-nonsense", "plain", UNKNOWN, id="unknown-but-ascii"),
        pytest.param("café".encode(), "iso-8859-1", "café", UNDECODABLE, id="utf-8-declared-latin"),
        pytest.param("café".encode(), "us-ascii", "café", UNDECODABLE, id="utf-8-declared-ascii"),
        pytest.param(b"caf\xe9 cr\xe8me", "us-ascii", "café crème", UNDECODABLE, id="latin-declared-ascii"),
        pytest.param(
            "Не работает сервер, помогите".encode("koi8-r"),
            "us-ascii",
            "Не работает сервер, помогите",
            UNDECODABLE,
            id="russian-declared-ascii",
        ),
        pytest.param("日本語".encode("iso2022_jp"), None, "日本語", UNDECODABLE, id="seven-bit-japanese"),
        pytest.param("한국어".encode("iso2022_kr"), "us-ascii", "한국어", UNDECODABLE, id="seven-bit-korean"),
        pytest.param(
            "päivää".encode() + b"\x8a\xe8", "utf-8", "päivää\ufffd\ufffd", UNDECODABLE, id="mostly-utf-8"
        ),
        pytest.param(
            "Не работает сервер, помогите пожалуйста".encode("cp1251"),
            None,
            "Не работает сервер, помогите пожалуйста",
            UNDECODABLE,
            id="guessed",
        ),
    ],
)
def test_what_the_declared_charset_cannot_read_is_repaired(
    data: bytes, declared: str | None, text: str, repair: str | None
) -> None:
    assert decode(data, declared) == (text, repair)


@pytest.mark.parametrize(
    "name",
    [
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "zip",
        "rot13",
        "x" * 100_000,
        "",
    ],
)
def test_codecs_that_are_no_charsets_cannot_be_named(name: str) -> None:
    assert codec_of(name) is None


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (b"caf\xe9", "utf-8", "café"),
        ("café".encode(), "iso-8859-1", "café"),
        (b"\xd4\xe6\xcd", "gb2312", "枣\ufffd"),
        ("é".encode() + b"\xff", "utf-8", "é\ufffd"),
        (b"\xe9t\xe9", "unknown-8bit", "été"),
    ],
)
def test_a_few_bytes_of_a_header_are_read_without_a_guess(data: bytes, declared: str, text: str) -> None:
    assert decode_word(data, declared) == text


def test_clean_text_has_only_newlines_and_tabs_of_the_controls() -> None:
    assert clean("a\r\nb\rc\u2028d\x00\x1b\t\ud800\ufeff") == "a\nb\nc\nd\t"


@given(
    st.binary(max_size=200),
    st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["utf-7", "utf-16", "hz"])),
)
def test_any_bytes_become_text_that_can_be_written_again(data: bytes, declared: str | None) -> None:
    text = clean(decode(data, declared)[0])
    text.encode()
    assert not set(text) & set("\r\x00")
