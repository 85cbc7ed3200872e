"""Bytes that no ISO charset has: the code page of Windows, or its quotation marks alone."""

from __future__ import annotations

import pytest

from maildesk.mail.mime.charsets import decode, decode_word


@pytest.mark.parametrize(
    ("declared", "written", "text"),
    [
        ("iso-8859-1", "cp1252", "“Prix” – 10 €"),
        ("iso-8859-2", "cp1250", "„Žluťoučký kůň“ – š"),
        ("iso-8859-2", "cp1250", "„Vidím są“ ľudí, »radosť«"),
        ("iso-8859-2", "cp1250", "„Acme®“ 20 µm ± 1"),
        ("iso-8859-4", "cp1257", "„Ačiū“ – ž"),
        ("iso-8859-5", "cp1251", "«Привет» – №5 “да”"),
        ("iso-8859-6", "cp1256", "“مرحبا پ” – گ هل"),
        ("iso-8859-7", "cp1253", "“Άλλα” – €"),
        ("iso-8859-8", "cp1255", "“שלום” – ₪"),
        ("iso-8859-9", "cp1254", "“ğış” – €"),
        ("iso-8859-11", "cp874", "“ไทย” – €"),
        ("iso-8859-13", "cp1257", "„Ačiū“ – ž"),
        ("iso-8859-15", "cp1252", "“10 €” – it’s ½, Šárka"),
        ("iso-8859-16", "cp1250", "„ţară“ – ş"),
    ],
)
def test_windows_is_read_under_an_iso_name(declared: str, written: str, text: str) -> None:
    assert decode(text.encode(written), declared) == (text, None)
    assert decode_word(text.encode(written), declared) == text


@pytest.mark.parametrize(
    ("declared", "before", "letters", "after"),
    [
        pytest.param("iso8859_2", b"\x84", "są śliczna", b"\x93 \x96", id="polish"),
        pytest.param("iso8859_2", b"\x84", "Žádná škoda", b"\x93 \x96", id="czech"),
        pytest.param("iso8859_4", b"\x84", "šķēle", b"\x93 \x96", id="latvian"),
        pytest.param("iso8859_5", b"\x84", "Привет всем", b"\x93 \x96", id="russian"),
        pytest.param("iso8859_6", b"\x84", "أهلا بكم", b"\x93 \x96", id="arabic"),
        pytest.param("iso8859_7", b"\x84", "Άλλα", b"\x93 \x96", id="greek"),
        pytest.param("iso8859_15", b"\x84", "10 € für Šárka", b"\x93 \x96", id="western"),
        pytest.param("iso8859_3", b"\x84", "ĉu ĝi", b"\x93 \x96", id="esperanto"),
        pytest.param("iso8859_10", b"\x84", "ŋáŧ", b"\x93 \x96", id="nordic"),
        pytest.param("iso8859_14", b"\x84", "ŵy", b"\x93 \x96", id="welsh"),
    ],
)
def test_the_letters_stay_iso_where_only_the_marks_are_windows(
    declared: str, before: bytes, letters: str, after: bytes
) -> None:
    data = before + letters.encode(declared) + after
    assert decode(data, declared.replace("iso", "iso-").replace("_", "-")) == (f"„{letters}“ –", None)


@pytest.mark.parametrize("number", [2, 3, 4, 5, 7, 8, 10, 13, 14, 15, 16])
def test_what_is_iso_is_read_as_it_stands(number: int) -> None:
    data = bytes(range(0xA0, 0x100))
    codec = f"iso8859_{number}"
    data = b"".join(bytes([each]) for each in data if bytes([each]).decode(codec, "ignore"))
    assert decode(data, f"ISO-8859-{number}") == (data.decode(codec), None)


def test_a_byte_that_not_even_windows_has_is_left_out() -> None:
    assert decode(b"a\x81b \x84\x9a\x93", "iso-8859-2")[0] == "a\x81b „š“"
