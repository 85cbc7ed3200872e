"""Names of attachments that are safe to show and to save."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.mime.attachment_names import safe_name
from maildesk.mail.mime.parameters import read_value


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x.doc", "x.doc"),
        ("C:\\x", "x"),
        ("a\0.pdf", "a.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u200b.htaccess", "htaccess"),
        ("\u200b../\u200b.htaccess", "htaccess"),
        (".\u200b./x", "x"),
        ("CON.txt", "_CON.txt"),
        ("con", "_con"),
        ("x.pdf.exe", "x.pdf.exe"),
        ("caf\u0065\u0301.txt", "caf\u00e9.txt"),
        ('a<b>:"c|d?.txt', "a_b_c_d_.txt"),
        ("a\r\nBcc: x.txt", "aBcc_x.txt"),
        ("-rf.txt", "rf.txt"),
        (" spaced   out .txt ", "spaced out .txt"),
        ("trailing. . .", "trailing"),
        ("a.pdf\u200b", "a.pdf"),
        ("nul .txt", "_nul .txt"),
        ("a.txt/", "a.txt"),
    ],
)
def test_a_name_is_made_safe(given_name: str, safe: str) -> None:
    assert safe_name(given_name, "application/octet-stream", 1) == safe


@pytest.mark.parametrize("name", ["", ".", "..", "/", "\\", " . ", "\u202e", "___"])
@pytest.mark.parametrize(
    ("content_type", "invented"),
    [
        ("application/pdf", "attachment-3.pdf"),
        ("text/calendar", "invite.ics"),
        ("application/pkcs7-mime", "smime.p7m"),
        ("application/x-pkcs7-signature", "smime.p7s"),
        ("application/pgp-signature", "signature.asc"),
        ("application/ms-tnef", "winmail.dat"),
        ("message/delivery-status", "delivery-status.txt"),
        ("image/png", "image-3.png"),
        ("message/rfc822", "message-3.eml"),
        ("text/x-log", "text-3.txt"),
        ("application/x-unheard-of", "attachment-3.bin"),
    ],
)
def test_a_name_with_nothing_left_is_invented(name: str, content_type: str, invented: str) -> None:
    assert safe_name(name, content_type, 3) == invented


def test_a_long_name_is_cut_before_its_extension() -> None:
    name = safe_name("é" * 300 + ".pdf", "application/pdf", 1)
    assert len(name.encode()) <= 150
    assert name.endswith("é.pdf")


def test_an_extension_too_long_to_be_one_is_cut_too() -> None:
    assert len(safe_name("a." + "b" * 300, "application/pdf", 1).encode()) <= 150


@given(st.text(max_size=400))
def test_any_name_is_safe_and_stays_what_it_is_when_cleaned_again(name: str) -> None:
    safe = safe_name(name, "image/png", 1)
    assert 0 < len(safe.encode()) <= 150
    assert not set(safe) & set('/\\<>:"|?*\0\r\n')
    assert not safe.startswith((".", "-"))
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs") for c in safe)
    assert safe_name(safe, "image/png", 1) == safe


@pytest.mark.parametrize(
    ("value", "name"),
    [
        pytest.param(b'attachment; filename="a b.pdf"', "a b.pdf", id="quoted"),
        pytest.param(b"attachment; filename=a b.pdf; size=3", "a b.pdf", id="bare-with-space"),
        pytest.param(b'attachment; filename="=?utf-8?q?caf=C3=A9.txt?="', "café.txt", id="encoded-word"),
        pytest.param(b"attachment; filename*=utf-8''caf%C3%A9.txt", "café.txt", id="rfc2231"),
        pytest.param(b"attachment; filename=x; filename*=utf-8''y", "y", id="rfc2231-wins"),
        pytest.param(b"attachment; filename*1=b.txt; filename*0=a", "ab.txt", id="sections-out-of-order"),
        pytest.param(b"attachment; filename*0*=utf-8''a%20; filename*1=b%20", "a b%20", id="mixed-sections"),
        pytest.param(b"attachment; filename*0=a; filename*0=z; filename*1=b", "ab", id="section-twice"),
        pytest.param(b"attachment; filename=a; filename=b", "a", id="twice"),
        pytest.param(b'attachment; filename="never closed', "never closed", id="open-quote"),
        pytest.param('attachment; filename="naïve.txt"'.encode("latin-1"), "naïve.txt", id="raw-8-bit"),
        pytest.param(b"attachment;;;; ; filename = x ;", "x", id="empty-parameters"),
    ],
)
def test_file_names_are_read_from_every_spelling(value: bytes, name: str) -> None:
    assert read_value(value)[1]["filename"] == name


@given(st.binary(max_size=300))
def test_any_parameters_are_read_without_an_error(value: bytes) -> None:
    read_value(value)
