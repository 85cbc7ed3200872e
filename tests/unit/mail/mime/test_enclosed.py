"""What a mail carries beside its text: names, kinds and bytes, and what is never opened."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import struct
import zipfile

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import IncomingMail
from maildesk.mail.our_marks import LETTER_BEGIN, NOTICE_END, REPLY_MARK
from maildesk.mail.reading import attachments_of, contents_of, read_mail
from tests.cost import at_most

TOP = "From: ana@client.example\nTo: support@acme.example\nSubject: Files\n"


def mail_of(*parts: str, kind: str = "mixed", border: str = "m") -> str:
    body = "".join(f"--{border}\n{each}\n" for each in parts)
    return f'Content-Type: multipart/{kind}; boundary="{border}"\n\n{body}--{border}--\n'


def read(raw: str | bytes) -> IncomingMail:
    return read_mail(raw if isinstance(raw, bytes) else (TOP + raw).encode(), trust=Trust())


def base64_part(header: str, data: bytes) -> str:
    return f"{header}\nContent-Transfer-Encoding: base64\n\n{base64.encodebytes(data).decode()}"


TEXT = "Content-Type: text/plain\n\nPlease see below."


@pytest.mark.parametrize(
    ("header", "name"),
    [
        pytest.param("Content-Type: text/calendar; method=REQUEST", "invite.ics", id="invitation"),
        pytest.param("Content-Type: application/pkcs7-signature", "smime.p7s", id="smime-signature"),
        pytest.param("Content-Type: application/pkcs7-mime", "smime.p7m", id="smime"),
        pytest.param("Content-Type: application/pgp-signature", "signature.asc", id="pgp-signature"),
        pytest.param(
            "Content-Type: application/pdf\nContent-Description: Offer.pdf", "Offer.pdf", id="described"
        ),
        pytest.param(
            "Content-Type: application/pdf\nContent-Description: the offer", "attachment-2.pdf", id="words"
        ),
        pytest.param(
            "Content-Type: image/png\nContent-Location: https://client.example/a/logo.png",
            "logo.png",
            id="location",
        ),
        pytest.param("Content-Type: message/rfc822", "message-2.eml", id="mail-without-a-subject"),
        pytest.param("Content-Disposition: filename=a.bin", "a.bin", id="disposition-without-a-kind"),
        pytest.param("Content-Type: application/pdf name=a.pdf", "a.pdf", id="no-semicolon"),
    ],
)
def test_a_part_is_named_as_what_it_is(header: str, name: str) -> None:
    assert [each.name for each in read(mail_of(TEXT, f"{header}\n\nx")).attachments] == [name]


def test_an_enclosed_mail_is_named_by_its_subject_and_keeps_its_bytes() -> None:
    inner = "From: bo@client.example\nSubject: =?utf-8?q?caf=C3=A9?=\n machine: bill/2\n\nSubject: not this\n"
    mail = read(mail_of(TEXT, f"Content-Type: message/rfc822\n\n{inner}"))
    assert mail.body.text == "Please see below."
    assert [(each.name, each.sha256) for each in mail.attachments] == [
        ("café machine_bill-2.eml", hashlib.sha256(inner.encode()).hexdigest())
    ]


def test_a_text_of_old_outlook_gives_its_files_and_its_words() -> None:
    raw = f"{TOP}\nhello\n\nbegin 644 caf\u00e9.txt\n%:&5L;&\\\n`\nend\n\nbye\n".encode()
    mail = read(raw)
    assert mail.body.text == "hello\n\nbye"
    [(attachment, data)] = attachments_of(raw)
    assert (attachment.name, data) == ("café.txt", b"hello")


@pytest.mark.parametrize(
    "text",
    [
        "begin 644 notes.txt\nand so on\nend\n",
        "begin 644 a\n%:&5L;&\\\n",
        "begin to end\n",
        "begin 644 \n\nend\n",
    ],
)
def test_a_text_that_speaks_of_uuencode_stays_whole(text: str) -> None:
    mail = read(f"\n{text}")
    assert (mail.body.text.strip(), mail.attachments) == (text.strip(), ())


# --- winmail.dat ----------------------------------------------------------------------------------


def winmail(*files: tuple[bytes, bytes]) -> bytes:
    def one(name: int, value: bytes) -> bytes:
        return struct.pack("<BHHI", 2, name, 0, len(value)) + value + bytes(2)

    stream = struct.pack("<IH", 0x223E9F78, 1)
    for title, data in files:
        stream += one(0x9002, bytes(14)) + one(0x8010, title + b"\0") + one(0x800F, data)
    return stream


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: application/ms-tnef; name=winmail.dat",
        "Content-Type: application/vnd.ms-tnef",
        "Content-Type: application/octet-stream; name=WINMAIL.DAT",
    ],
)
def test_the_files_in_winmail_dat_follow_it(header: str) -> None:
    raw = mail_of(TEXT, base64_part(header, winmail((b"..\\plan.pdf", b"pdf"), (b"a.txt", b"text"))))
    mail = read(raw)
    assert [each.name.lower() for each in mail.attachments] == ["winmail.dat", "plan.pdf", "a.txt"]
    assert [data for _, data in attachments_of((TOP + raw).encode())][1:] == [b"pdf", b"text"]
    assert mail.defects == ()


def test_a_winmail_dat_that_cannot_be_opened_stays_a_file() -> None:
    mail = read(mail_of(TEXT, base64_part("Content-Type: application/ms-tnef; name=winmail.dat", b"\0" * 50)))
    assert [(each.name, each.size) for each in mail.attachments] == [("winmail.dat", 50)]
    assert mail.defects == ("winmail-unreadable",)


# --- what is encrypted stays apart ----------------------------------------------------------------

SECRET = "the secret words"
SEALED = mail_of(
    "Content-Type: application/pgp-encrypted\n\nVersion: 1",
    f"Content-Type: application/octet-stream\n\n{SECRET}",
    kind="encrypted",
    border="e",
)
POSING = mail_of(f"Content-Type: text/html\n\n{SECRET}", kind="encrypted", border="e")
DEEPER = mail_of(mail_of(f"\n{SECRET}", border="d"), kind="encrypted", border="e")
SMIME = f"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\n{SECRET}"


@pytest.mark.parametrize("sealed", [SEALED, POSING, DEEPER, SMIME], ids=["pgp", "html", "nested", "smime"])
def test_an_encrypted_part_between_two_of_html_is_never_in_the_text(sealed: str) -> None:
    """The part before leaves a tag open to carry what follows away."""
    before = 'Content-Type: text/html\n\n<img src="http://evil.example/'
    mail = read(mail_of(before, sealed, 'Content-Type: text/html\n\n">after'))
    assert SECRET not in mail.body.text
    assert "after" in mail.body.text
    assert mail.attachments[-1].sha256 == hashlib.sha256(SECRET.encode()).hexdigest()


def test_a_mail_that_is_only_encrypted_has_no_text() -> None:
    mail = read(SEALED)
    assert (mail.body.text, [each.name for each in mail.attachments]) == (
        "",
        ["pgp-version.asc", "encrypted.asc"],
    )


# --- nothing is unpacked --------------------------------------------------------------------------


def zip_in_zip() -> bytes:
    data = bytes(2**20)
    for _ in range(5):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(8):
                archive.writestr(f"{number}.zip", data)
        data = packed.getvalue()
    return data


@pytest.mark.parametrize(
    ("name", "data"),
    [("bomb.zip", zip_in_zip()), ("bomb.gz", gzip.compress(bytes(2**24)))],
    ids=["zip", "gzip"],
)
def test_an_archive_is_bytes_and_nothing_else(name: str, data: bytes) -> None:
    with at_most(200):
        mail = read(mail_of(TEXT, base64_part(f"Content-Type: application/zip; name={name}", data)))
    assert [(each.name, each.size) for each in mail.attachments] == [(name, len(data))]


def test_a_mail_in_a_mail_a_hundred_times_is_one_attachment() -> None:
    inner = "Subject: innermost\n\nx"
    for number in range(100):
        inner = f"Subject: level {number}\nContent-Type: message/rfc822\n\n{inner}"
    mail = read(mail_of(TEXT, f"Content-Type: message/rfc822\n\n{inner}"))
    assert [(each.name, each.size) for each in mail.attachments] == [("level 99.eml", len(inner))]


def test_no_encoding_makes_a_part_larger_than_it_came() -> None:
    for encoding in ("base64", "quoted-printable", "x-uuencode", "7bit"):
        body = "=41=\n" * 20_000
        [(attachment, data)] = attachments_of(
            f"{TOP}Content-Type: a/b\nContent-Transfer-Encoding: {encoding}\n\n{body}".encode()
        )
        assert attachment.size == len(data) <= len(body)


# --- all of it ------------------------------------------------------------------------------------


def test_contents_are_given_as_they_were_sent() -> None:
    both = mail_of("\nplain", "Content-Type: text/html\n\n<p>rich</p>", kind="alternative", border="a")
    found = contents_of(
        (TOP + mail_of(both, "Content-Type: image/png; name=../a.png\n\npng", "\ntwo")).encode()
    )
    assert (found.texts, found.htmls) == (("plain", "two"), ("<p>rich</p>",))
    assert [(each.attachment.name, each.declared_name, each.data) for each in found.files] == [
        ("a.png", "../a.png", b"png")
    ]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Content-Type: text/plain; name=body.txt\n\nhello", "hello"),
        (
            mail_of("Content-Type: text/html; name=body.html\n\n<p>hi</p>", "Content-Type: a/b; name=x\n\nx"),
            "hi",
        ),
        ("Content-Type: text/markdown\n\n# hi", "# hi"),
        ("Content-Disposition: attachment; filename=log.txt\n\nhello", ""),
    ],
)
def test_a_body_with_a_name_is_read_where_there_is_no_other(raw: str, text: str) -> None:
    assert read(raw).body.text == text


def test_the_parts_of_an_apple_mail_are_read_in_their_order() -> None:
    mail = read(
        mail_of("\none", "Content-Type: image/png; name=a.png\nContent-Disposition: inline\n\nx", "\ntwo")
    )
    assert mail.body.text == "one\n\ntwo"
    assert [(each.name, each.inline) for each in mail.attachments] == [("a.png", True)]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("mark", [LETTER_BEGIN, REPLY_MARK, NOTICE_END])
def test_a_saved_letter_of_ours_is_known_as_such(mark: str, charset: str) -> None:
    data = b"<p>" + f"Hello\n{mark}\n".encode(charset)
    (file,) = read_mail(mail_with(data), trust=Trust()).attachments
    assert file.ours
    (file,) = read_mail(mail_with(b"nothing of ours"), trust=Trust()).attachments
    assert not file.ours


def mail_with(data: bytes) -> bytes:
    """A mail that is nothing but this file."""
    head = b"From: a@b.example\r\nContent-Type: text/html\r\nContent-Disposition: attachment\r\n"
    return head + b"Content-Transfer-Encoding: binary\r\n\r\n" + data
