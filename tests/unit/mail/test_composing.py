"""Letters as bytes: whatever the values hold, exactly the intended fields and text come out."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maildesk.errors import BadInput
from maildesk.mail.composing import compose
from maildesk.mail.identity.authenticity import strict_from
from maildesk.mail.message import Address, EnclosedFile, OutgoingMail
from maildesk.mail.mime.header_lines import NAME_CHARS, SUBJECT_CHARS, encoded_words, one_line
from maildesk.mail.mime.headers import Field

LETTER = OutgoingMail(
    message_id="7k2q9f3m.a.nonce.mac@acme.example",
    sender=Address("support@acme.example", "Acme Support"),
    to=Address("jane@client.example", "Jane"),
    subject="[Acme #7K2Q-9F3M] Printer",
    text="Hello Jane,\n\nwe are on it.\n-- \nAcme Support\n",
    date=datetime(2026, 3, 1, 9, 5, 7, tzinfo=UTC),
    envelope_from="support@acme.example",
)
NAMES = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]
EVERY_NAME = [
    *["Date", "From", "To", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References"],
    *["Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type"],
]


def read(data: bytes) -> Message[str, str]:
    """The letter read by the standard library, after the form of its bytes was looked at."""
    assert data.isascii()
    assert data.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data)
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    header = lines[: lines.index(b"")]
    assert all(line.strip() for line in header)
    return email.message_from_bytes(data)


def letter(**changes: Any) -> Message[str, str]:
    return read(compose(replace(LETTER, **changes)))


def shown(value: str) -> str:
    return str(make_header(decode_header(re.sub(r"\r\n(?=[ \t])", "", value))))


def text_of(part: Message[str, str]) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8")


def test_a_plain_letter_byte_for_byte() -> None:
    assert compose(LETTER).decode() == (
        "Date: Sun, 01 Mar 2026 09:05:07 +0000\r\n"
        "From: Acme Support <support@acme.example>\r\n"
        "To: Jane <jane@client.example>\r\n"
        "Subject: [Acme #7K2Q-9F3M] Printer\r\n"
        "Message-ID: <7k2q9f3m.a.nonce.mac@acme.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "Hello Jane,\r\n\r\nwe are on it.\r\n-- \r\nAcme Support\r\n"
    )


FULL = replace(
    LETTER,
    html="<p>Olá</p>",
    reply_to=Address("support+7k2q9f3m.a1mac@acme.example", "Acme Support"),
    in_reply_to="second@client.example",
    references=("first@client.example", "second@client.example"),
    automatic="auto-replied",
    language="pt-BR",
    enclosed=(
        EnclosedFile("log.txt", "text/plain", b"\x00\xff" * 500),
        EnclosedFile("é.eml", "message/rfc822", b""),
    ),
)


def test_a_full_letter_has_its_fields_and_parts_in_order() -> None:
    mail = read(compose(FULL))
    assert mail.keys() == EVERY_NAME
    assert mail["References"] == "<first@client.example> <second@client.example>"
    assert mail["In-Reply-To"] == "<second@client.example>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Content-Language"] == "pt-BR"
    parts = list(mail.walk())
    assert [part.get_content_type() for part in parts] == [
        *["multipart/mixed", "multipart/alternative", "text/plain", "text/html"],
        *["text/plain", "application/octet-stream"],
    ]
    assert text_of(parts[2]).replace("\r\n", "\n") == LETTER.text
    assert text_of(parts[3]) == "<p>Olá</p>\r\n"
    assert [part.get_filename() for part in parts[4:]] == ["log.txt", "é.eml"]
    assert parts[4].get_payload(decode=True) == b"\x00\xff" * 500
    assert not mail.defects


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert compose(FULL) == compose(replace(FULL))
    boundaries = re.findall(rb'boundary="(.*)"', compose(FULL) + compose(replace(FULL, text="x")))
    assert len(set(boundaries)) == 4


# --- hostile values -------------------------------------------------------------------------------

HOSTILE = {
    "crlf": "a\r\nBcc: x@evil.com\r\n\r\nbody",
    "feed": "a\nBcc: x@evil.com",
    "return": "a\rBcc: x@evil.com",
    "fold": "a\r\n\r\n b",
    "nul": "a\x00b",
    "encoded-crlf": "=?utf-8?q?a=0D=0ABcc:x@evil.com?=",
    "encoded-crlf-b": "=?utf-8?B?YQ0KQmNjOiB4QGV2aWwuY29t?=",
    "unfinished-word": "=?utf-8?q?",
    "word-across-space": "=? utf-8?q?x?=",
    "separators": "a\u2028Bcc: x\u2029b\x85c\x0bd\x0ce\x1cf",
    "surrogate": "a\ud800b\udcffc",
    "emoji": "😀" * 2000,
    "one-long-word": "x" * 3000,
    "long-word-inside": "see " + "x" * 200 + " there",
    "many-words": "word " * 900,
    "blank": " \t ",
    "empty": "",
    "quotes": '"a" <x@evil.com>, \\',
    "colon": ": x: y",
    "rtl": "\u202eevil\u202c",
    "bom": "\ufeffa",
    "combining": "e\u0301" * 300,
    "latin-emoji": ("aaaa" * 10 + "é") * 40,
}
hostile = pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
anything = st.text(st.characters(), max_size=200) | st.sampled_from(list(HOSTILE.values()))
pieces = st.lists(
    st.sampled_from(
        ["=?", "?=", "utf-8", "?q?", "=0D", "\r\n", " ", "é", "😀", "x" * 30, '"', "\\", ":", "\t"]
    )
    | st.text(st.characters(), max_size=3),
    max_size=30,
).map("".join)


@hostile
def test_no_subject_adds_a_field_or_loses_a_word(value: str) -> None:
    check_subject(value)


@given(anything | pieces)
@settings(max_examples=400)
def test_any_subject_comes_back(value: str) -> None:
    check_subject(value)


def check_subject(value: str) -> None:
    data = compose(replace(LETTER, subject=value))
    mail = read(data)
    assert mail.keys() == NAMES
    assert shown(mail["Subject"]) == one_line(value, SUBJECT_CHARS)
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert text_of(mail) == LETTER.text.replace("\n", "\r\n")


@hostile
def test_no_display_name_changes_who_is_addressed(value: str) -> None:
    check_name(value)


@given(anything | pieces)
@settings(max_examples=400)
def test_any_display_name_comes_back_beside_its_address(value: str) -> None:
    check_name(value)


def check_name(value: str) -> None:
    mail = letter(sender=Address("support@acme.example", value), to=Address("jane@client.example", value))
    assert mail.keys() == NAMES
    for field, address in (("From", "support@acme.example"), ("To", "jane@client.example")):
        found, reason = strict_from([Field("from", mail[field].encode())])
        assert found is not None, reason
        assert found.address == address
        name = mail[field].rpartition("<")[0].strip() if "<" in mail[field] else ""
        if name.startswith('"'):
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        assert shown(name) == one_line(value, NAME_CHARS)


@given(st.text(st.characters(), max_size=2000) | pieces)
@settings(max_examples=300)
@example("x" * 5000)
@example("From x\r.\n..\n--=_\n" * 30)
@example("é \n" * 300)
@example(" trailing \t\n" * 40 + "é")
@example("\r\n\r\r\n\n")
def test_any_text_comes_back(value: str) -> None:
    data = compose(replace(LETTER, text=value, html=value))
    mail = read(data)
    assert max(map(len, data.split(b"\r\n"))) <= 78
    parts = [part for part in mail.walk() if not part.is_multipart()]
    intended = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", value).encode("utf-8", "replace").decode()
    intended = re.sub("\r\n|\r|\n", "\n", intended).removesuffix("\n") + "\n"
    for part in parts:
        assert text_of(part).replace("\r\n", "\n") == intended
    assert [part.get_content_subtype() for part in parts] == ["plain", "html"]


@given(anything | pieces, st.binary(max_size=300), anything)
@settings(max_examples=300)
def test_any_file_name_is_a_name_only(name: str, content: bytes, content_type: str) -> None:
    mail = letter(enclosed=(EnclosedFile(name, content_type, content),))
    assert [part.get_content_maintype() for part in mail.walk()][:2] == ["multipart", "text"]
    part = list(mail.walk())[2]
    assert part.keys() == ["Content-Type", "Content-Disposition", "Content-Transfer-Encoding"]
    assert part.get_payload(decode=True) == content
    assert part.get_filename() == (
        one_line(re.sub(r"[/\\]", "_", name), NAME_CHARS).lstrip(".").strip() or "file"
    )


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("application/pdf", "application/pdf"),
        ("Image/PNG", "image/png"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("text/html; charset=x", "application/octet-stream"),
        ("text/html\r\nBcc: x", "application/octet-stream"),
        ("", "application/octet-stream"),
        # What a browser would run.
        *[
            (each, "application/octet-stream")
            for each in ("text/html", "image/svg+xml", "application/xhtml+xml")
        ],
        *[
            (each, "application/octet-stream")
            for each in ("text/xml", "Text/JavaScript", "multipart/related")
        ],
        *[(each, each) for each in ("application/pdf", "image/png", "text/csv")],
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",) * 2,
    ],
)
def test_a_file_is_of_a_simple_type(declared: str, written: str) -> None:
    mail = letter(enclosed=(EnclosedFile("x", declared, b"x"),))
    part = list(mail.walk())[2]
    assert part["Content-Type"] == written
    assert part.get_content_disposition() == "attachment"


PICTURES = (
    EnclosedFile("a.png", "image/png", b"a", "a.1@acme.example"),
    EnclosedFile("b.png", "image/png", b"b", "b.2@acme.example"),
)


def test_a_page_that_maildesk_made_is_a_page_and_nobody_elses_is() -> None:
    ours = EnclosedFile("week.html", "text/html", b"<p>1", made_here=True)
    sent = [list(letter(enclosed=(each,)).walk())[-1] for each in (ours, replace(ours, made_here=False))]
    assert [part.get_content_type() for part in sent] == ["text/html", "application/octet-stream"]
    assert [part.get_filename() for part in sent] == ["week.html", "week.html"]


def test_pictures_that_the_html_shows_belong_to_it_and_others_are_files() -> None:
    mail = letter(html='<p>Look: <img src="cid:a.1@acme.example"></p>', enclosed=PICTURES)
    parts = list(mail.walk())
    assert [part.get_content_type() for part in parts] == [
        *["multipart/mixed", "multipart/alternative", "text/plain"],
        *["multipart/related", "text/html", "image/png", "image/png"],
    ]
    assert parts[3].get_param("type") == "text/html"
    assert [(part["Content-ID"], part.get_content_disposition()) for part in parts[5:]] == [
        ("<a.1@acme.example>", "inline"),
        (None, "attachment"),
    ]
    assert [part.get_filename() for part in parts[5:]] == ["a.png", "b.png"]


def test_a_content_id_begins_no_field() -> None:
    ident = "a\r\nBcc: x@client.example"
    with pytest.raises(BadInput):
        letter(html=f'<img src="cid:{ident}">', enclosed=(EnclosedFile("a.png", "image/png", b"a", ident),))


def test_what_is_too_long_for_a_header_ends_in_dots() -> None:
    assert shown(letter(subject="ü" * 100_000)["Subject"]) == "ü" * (SUBJECT_CHARS - 1) + "…"
    assert len(letter(to=Address("jane@client.example", "😀" * 5000))["To"]) < 2000


def test_a_field_s_text_is_on_one_line() -> None:
    assert one_line(" a\r\n\t b\x00\u2028c\ud800 ", 80) == "a b c\ufffd"
    assert (
        one_line("invoice \u202efdp.exe\u202c \u05d7\u05e9\u05d1\u05d5\u05df\u200f", 80)
        == "invoice fdp.exe \u05d7\u05e9\u05d1\u05d5\u05df\u200f"
    )
    assert one_line("a\u00a0b\u3000c", 80) == "a\u00a0b\u3000c"
    assert one_line("abcdef", 5) == "abcd…"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(0, 40))
def test_encoded_words_are_short_and_hold_whole_characters(value: str, taken: int) -> None:
    words = list(encoded_words(value, taken))
    assert len(words[0]) <= 76 - taken or taken == 0
    assert all(len(word) <= 75 for word in words)
    assert "".join(str(make_header(decode_header(word))) for word in words) == value


# --- threads --------------------------------------------------------------------------------------


def ids(value: str | None) -> list[str]:
    return re.findall("<(.*?)>", value or "")


def test_a_long_thread_keeps_its_first_and_its_last_ids() -> None:
    thread = tuple(f"{n}.{'x' * 60}@client.example" for n in range(300))
    mail = letter(references=thread, in_reply_to="last@client.example")
    assert ids(mail["References"]) == [thread[0], *thread[-18:], "last@client.example"]
    assert all(len(line) <= 78 + 20 for line in mail["References"].split("\r\n"))


def test_odd_and_repeated_ids_are_left_out_of_the_thread() -> None:
    odd = ["a b@c", "a@b>\r\nBcc: <x", "é@b", "", "a(b)@c", '"a"@b', "a\x00b@c", "x" * 901, "a,b@c", "a@b<c"]
    good = ["a@[192.0.2.1]", "no-at-sign", "a=b+c/d$e@f", "x" * 900]
    mail = letter(references=(*odd, *good, *good))
    assert mail.keys() == [*NAMES[:5], "References", *NAMES[5:]]
    assert ids(mail["References"]) == good
    for each in odd:
        assert letter(in_reply_to=each).keys() == NAMES


@given(st.lists(anything, max_size=5), anything)
def test_no_thread_adds_a_field(references: list[str], answered: str) -> None:
    mail = letter(references=tuple(references), in_reply_to=answered)
    assert set(mail.keys()) <= {*NAMES, "In-Reply-To", "References"}
    assert len(mail.keys()) == len(set(mail.keys()))


# --- refusals and small print ---------------------------------------------------------------------

BAD_ADDRESS = Address("jane\r\nBcc: x@client.example")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"to": BAD_ADDRESS}, "does not write"),
        ({"sender": BAD_ADDRESS}, "does not write"),
        ({"reply_to": BAD_ADDRESS}, "does not write"),
        ({"to": Address("a@b.example, c@d.example")}, "does not write"),
        ({"to": Address("josé@client.example")}, "SMTPUTF8"),
        ({"message_id": "a@b>\r\nBcc: <x"}, "Message-ID"),
        ({"message_id": ""}, "Message-ID"),
        ({"automatic": "yes\r\nBcc: x"}, "Auto-Submitted"),
        ({"automatic": ""}, "Auto-Submitted"),
        ({"token": "a\r\nBcc: x"}, "token"),
        ({"token": "A b"}, "token"),
        ({"date": datetime(2026, 1, 1)}, "time zone"),  # noqa: DTZ001 (the case under test)
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_cannot_be_written_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        compose(replace(LETTER, **changes))


def test_an_international_domain_is_written_as_a_labels() -> None:
    assert letter(to=Address("jane@Bücher.example"))["To"] == "jane@xn--bcher-kva.example"


def test_a_letters_token_is_a_comment_in_a_field_that_no_answer_repeats() -> None:
    assert letter(token="7k2q9f3m.a1mac")["MIME-Version"] == "1.0 (7k2q9f3m.a1mac)"
    assert letter()["MIME-Version"] == "1.0"


def test_a_language_that_is_none_is_left_out() -> None:
    assert letter(language="en\r\nBcc: x").keys() == NAMES
    assert letter(language="").keys() == NAMES


def test_the_date_is_told_in_utc() -> None:
    lisbon_summer = timezone(timedelta(hours=1))
    assert (
        letter(date=datetime(2026, 7, 1, 0, 30, tzinfo=lisbon_summer))["Date"]
        == "Tue, 30 Jun 2026 23:30:00 +0000"
    )


def test_a_hand_written_letter_does_not_call_itself_automatic() -> None:
    assert "Auto-Submitted" not in letter()
    assert "X-Auto-Response-Suppress" not in letter()


def test_the_longest_addresses_stay_within_the_line() -> None:
    longest = "a" * 64 + "@" + ".".join(["b" * 63] * 3) + ".example"
    mail = letter(to=Address(longest, "Jane"), reply_to=Address(longest))
    assert mail["To"].split() == ["Jane", f"<{longest}>"]
    assert mail["Reply-To"] == longest


def test_a_quoted_name_reads_as_it_was() -> None:
    parsed = email.message_from_bytes(
        compose(replace(LETTER, to=Address("jane@client.example", 'Souza, "Ana" \\ A.'))),
        policy=email.policy.default,
    )
    assert parsed["To"].addresses[0].display_name == 'Souza, "Ana" \\ A.'


@pytest.mark.parametrize(
    "name",
    [
        "Cy\r\nBcc: eve@evil.example",
        "Cy <eve@evil.example>,",
        "=?utf-8?q?x?= , eve@evil.example",
        'Cy", <eve@evil.example>',
    ],
    ids=["a line end", "another address", "an encoded word", "a quotation mark"],
)
def test_who_else_reads_a_letter_stands_in_to_and_cc_and_nobody_else(name: str) -> None:
    others = (Address("cy@client.example", name), Address("di@client.example"))
    content = compose(replace(LETTER, shown_to=Address("asks@client.example", name), cc=others))
    said = email.message_from_bytes(content, policy=email.policy.default)
    assert read(content).keys() == [*NAMES[:3], "Cc", *NAMES[3:]]
    assert [each.addr_spec for each in said["To"].addresses] == ["asks@client.example"]
    assert [each.addr_spec for each in said["Cc"].addresses] == ["cy@client.example", "di@client.example"]


def test_many_readers_are_folded_into_short_lines() -> None:
    crowd = tuple(Address(f"reader-number-{number}@client.example") for number in range(49))
    content = compose(replace(LETTER, cc=crowd))
    assert max(map(len, content.split(b"\r\n"))) <= 78
    said = email.message_from_bytes(content, policy=email.policy.default)
    assert [each.addr_spec for each in said["Cc"].addresses] == [each.address for each in crowd]
