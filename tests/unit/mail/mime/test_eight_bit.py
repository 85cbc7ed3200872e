"""Raw 8-bit bytes in subjects, names, file names and undeclared texts: read as the mail declares."""

from __future__ import annotations

import base64
from random import Random

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.message import IncomingMail
from maildesk.mail.reading import read_mail

WORDS = [
    ("iso-8859-1", "Größe"),
    ("iso-8859-1", "ÄÖÜ"),
    ("iso-8859-1", "Über"),
    ("iso-8859-1", "Año"),
    ("iso-8859-1", "Återbetalning"),
    ("iso-8859-1", "Não há"),
    ("windows-1252", "“Größe” – 10 €"),
    ("iso-8859-15", "10 €"),
    ("iso-8859-2", "Žluťoučký kůň"),
    ("iso-8859-2", "Łódź"),
    ("windows-1250", "„Žádost“"),
    ("iso-8859-9", "Şikâyet ığı"),
    ("windows-1254", "İade"),
    ("iso-8859-7", "Άδεια"),
    ("windows-1253", "Τιμολόγιο"),
    ("iso-8859-5", "Счёт"),
    ("koi8-r", "Счёт"),
    ("koi8-u", "Рахунок їх"),
    ("windows-1251", "Да"),
    ("iso-8859-13", "Sąskaita"),
    ("windows-1257", "Rēķins"),
    ("windows-1255", "חשבון"),
    ("windows-1256", "فاتورة"),
    ("tis-620", "ใบแจ้ง"),
    ("shift_jis", "請求書"),
    ("euc-jp", "請求"),
    ("gb2312", "发票"),
    ("gbk", "發票"),
    ("big5", "發票"),
    ("euc-kr", "송장"),
]


def read(raw: bytes) -> IncomingMail:
    return read_mail(raw, trust=Trust(), own_names=OwnNames.of(["support@acme.example"]))


def mail(
    word: str, codec: str, declared: str = "", encoding: str = "8bit", words: str | None = None
) -> bytes:
    raw = word.encode(codec)
    body = (words if words is not None else word).encode(codec)
    if encoding == "base64":
        body = base64.b64encode(body)
    kind = b"text/plain" + (f"; charset={declared}".encode() if declared else b"")
    return (
        b"From: " + raw + b" <bo@client.example>\nTo: " + raw + b" <support@acme.example>\nSubject: " + raw
        + b"\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: " + kind
        + b"\nContent-Transfer-Encoding: " + encoding.encode() + b"\n\n" + body
        + b'\n--b\nContent-Type: application/pdf; name="' + raw + b'.pdf"\n\nx\n--b--\n'
    )  # fmt: skip


def shown(raw: bytes) -> set[str]:
    """All places where the word is to be seen."""
    one = read(raw)
    assert one.author.address is not None
    assert one.author.shown == f"{one.author.address.name} <bo@client.example>"
    name = one.attachments[0].name.removesuffix(".pdf")
    return {one.subject, one.author.address.name, one.addressing.to[0].name, one.body.text.strip(), name}


@pytest.mark.parametrize("encoding", ["8bit", "base64"])
@pytest.mark.parametrize(("charset", "word"), WORDS)
def test_raw_bytes_of_the_header_are_read_as_the_text_is_declared(
    charset: str, word: str, encoding: str
) -> None:
    codec = "cp932" if charset == "shift_jis" else charset
    word = word.replace("“", "").replace("”", "") if "1252" in charset else word
    assert shown(mail(word, codec, charset, encoding)) == {word}


@pytest.mark.parametrize(("charset", "word"), WORDS)
def test_a_short_text_that_declares_nothing_is_read_as_the_subject_is(charset: str, word: str) -> None:
    subject = base64.b64encode(word.encode(charset))
    head = b"From: bo@client.example\nSubject: =?" + charset.encode() + b"?B?" + subject + b"?=\n"
    for kind in (b"", b"Content-Type: text/plain\n", b"Content-Type: text/plain; charset=us-ascii\n"):
        one = read(head + kind + b"\n" + word.encode(charset) + b"\n")
        assert (one.subject, one.body.text.strip()) == (word, word)


@pytest.mark.parametrize(
    "word",
    [
        "Größe", "Grüße", "für Größe", "Störung", "naïve café", "déjà vu", "Ação", "Señor", "Køb", "Blåbær",
        "Tilgængelig", "Ærlig", "Hääyö", "Tööaeg", "Façade", "Fußgänger", "Übergröße", "Süß", "Þjónusta",
    ],
)  # fmt: skip
def test_a_few_accents_that_nothing_declares_are_western(word: str) -> None:
    assert shown(mail(word, "latin-1")) == {word}
    assert read(mail(word, "latin-1", "utf-8", words="ok")).subject == word


@pytest.mark.parametrize(
    "rest",
    [
        "text/plain; charset=utf-8\n\nYour page declares charset=windows-1251, yet is none.\n",
        "text/plain; charset=us-ascii\n\n> Content-Type: text/plain; charset=koi8-r\n> it said\n",
        "text/plain\n\nYou wrote:\n\nContent-Type: text/plain; charset=koi8-r\n\n=?big5?Q?x?=\n",
        'text/html; charset=utf-8\n\n<meta content="text/html; charset=gb2312"><p>Hi</p>\n',
        "multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nHi\n"
        "--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=c\n\n"
        "--c\nContent-Type: text/plain; charset=koi8-r\n\nold\n--c--\n--b--\n",
        "multipart/mixed; boundary=b\n\n--b\n\nHi\n"
        "--b\nContent-Type: text/csv; charset=shift_jis\n\na;b\n--b--\n",
        "multipart/mixed; boundary=b\n\n--b\n\nHi\n"
        "--b\nContent-Type: text/plain; charset=big5\nContent-Disposition: attachment\n\na;b\n--b--\n",
    ],
)
def test_what_a_mail_says_of_other_charsets_is_not_how_it_is_written(rest: str) -> None:
    head = "From: bo@client.example\nSubject: Größe für Müller\nContent-Type: "
    assert read((head + rest).encode("latin-1")).subject == "Größe für Müller"


def test_a_subject_that_nothing_declares_is_guessed_with_the_text() -> None:
    text = "Здравствуйте! Не работает принтер, помогите пожалуйста."
    one = read(mail("Да", "koi8-r", words=text))
    assert (one.subject, one.body.text) == ("Да", text)


def test_a_short_text_is_guessed_with_a_longer_subject() -> None:
    subject = "Не работает принтер, помогите пожалуйста"
    one = read(mail(subject, "cp1251", words="Да"))
    assert (one.subject, one.body.text) == (subject, "Да")


def test_a_long_text_is_believed_more_than_what_another_part_declares() -> None:
    text = "Здравствуйте! Не работает принтер, помогите пожалуйста. " * 10
    head = b"From: bo@client.example\nSubject: =?iso-8859-1?Q?caf=E9?=\n\n"
    assert read(head + text.encode("koi8-r")).body.text.strip() == text.strip()


def test_words_that_a_server_made_of_raw_bytes_are_read_like_them() -> None:
    one = read(
        b"From: =?unknown-8bit?q?=BEluva?= <bo@client.example>\nSubject: =?UNKNOWN-8BIT?Q?=BEl?= x\n"
        b"Content-Type: text/plain; charset=iso-8859-2\n\nx"
    )
    assert (one.subject, one.author.address and one.author.address.name) == ("žl x", "žluva")


@pytest.mark.parametrize("codec", ["shift_jis", "cp932", "euc_jp", "utf-8", "iso2022_jp"])
def test_other_japanese_in_words_labelled_iso_2022_jp(codec: str) -> None:
    word = "プリンターの故障"
    encoded = base64.b64encode(word.encode(codec))
    one = read(
        b"From: =?ISO-2022-JP?B?" + encoded + b"?= <bo@client.example>\nSubject: =?iso-2022-jp?B?" + encoded
        + b"?=\nContent-Type: text/plain; charset=iso-2022-jp\n\n" + word.encode(codec) + b"\n"
    )  # fmt: skip
    assert (one.subject, one.body.text.strip()) == (word, word)
    assert one.author.address is not None
    assert one.author.address.name == word


def test_what_is_declared_decides_nothing_but_what_is_shown() -> None:
    chance = Random(1)
    for _ in range(200):
        noise = bytes(chance.randrange(1, 256) for _ in range(40))
        one = read(
            b"From: bo@client.example\nSubject: " + noise.replace(b"\n", b"") + b"\nX: charset=koi8-r\n\n"
        )
        assert one.author.addr_spec == "bo@client.example"
