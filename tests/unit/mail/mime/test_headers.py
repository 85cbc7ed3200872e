"""Header blocks cut into fields, and what fields say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.mime.headers import (
    Field,
    addresses_in,
    cut_header,
    decode_words,
    split_header,
)
from maildesk.mail.mime.message_ids import message_ids_in


def test_a_field_keeps_its_raw_value_and_unfolds_on_demand() -> None:
    (field,) = split_header(b"Subject: one\r\n two\r\n\tthree\r\n")
    assert field == Field("subject", b" one\r\n two\r\n\tthree")
    assert field.unfolded() == b"one two\tthree"


def test_a_space_before_the_colon_makes_another_field() -> None:
    names = [field.name for field in split_header(b"From: a@b.example\nFrom : c@d.example\n")]
    assert names == ["from", "from "]


def test_fields_stay_in_order_and_twice_is_twice() -> None:
    fields = split_header(b"A: 1\nB: 2\na: 3\n")
    assert [(field.name, field.value) for field in fields] == [("a", b" 1"), ("b", b" 2"), ("a", b" 3")]


@pytest.mark.parametrize(
    ("raw", "names", "body", "blank_line"),
    [
        pytest.param(b"A: 1\r\n\r\nbody", ["a"], b"body", True, id="crlf"),
        pytest.param(b"A: 1\n\nbody", ["a"], b"body", True, id="lf"),
        pytest.param(b"From someone Mon Jan 3\nA: 1\n\nbody", ["a"], b"body", True, id="mbox-envelope"),
        pytest.param(b"A: 1\nHello there\nB: 2\n", ["a"], b"Hello there\nB: 2\n", False, id="no-blank-line"),
        pytest.param(b"\nbody", [], b"body", True, id="no-fields"),
        pytest.param(b"A: 1", ["a"], b"", True, id="ends-in-header"),
        pytest.param(b"A: 1\n \n x\n\nbody", ["a"], b"body", True, id="blank-fold"),
        pytest.param(b"", [], b"", True, id="empty"),
    ],
)
def test_where_the_header_ends(raw: bytes, names: list[str], body: bytes, blank_line: bool) -> None:
    header = cut_header(raw)
    assert [field.name for field in header.fields] == names
    assert (raw[header.body :], header.blank_line) == (body, blank_line)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"=?utf-8?q?caf=C3=A9?=", "café"),
        (b"=?UTF-8?B?Y2Fmw6k=?=", "café"),
        (b"=?utf-8?b?Y2Fmw6k?=", "café"),
        (b"=?iso-8859-1?Q?a_=96_b?=", "a – b"),
        (b"=?utf-8*en?q?hi?= there", "hi there"),
        (b"=?utf-8?q?one?=\r\n =?utf-8?q?_two?=", "one two"),
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        (b"=?utf-8?b?Y2Fmww==?= =?utf-8?b?qQ==?=", "café"),
        (b"one =?utf-8?q?two?= three", "one two three"),
        (b"=?nonsense?q?caf=C3=A9?=", "café"),
        (b"=?utf-8?q?Really??=", "Really?"),
        (b"=?utf-8?q?cut_o=66", "cut of"),
        (b"=?utf-8?q?cut_o=66 more", "cut of more"),
        (b"\x1b$B%F%9%H\x1b(B ok", "テスト ok"),
        (b"=?iso-8859-1?q?=C3=A9?=", "é"),
        ("raw café".encode(), "raw café"),
        ("raw café".encode("latin-1"), "raw café"),
        (b"=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        (b"=?utf-7?q?+2AA-x?=", "x"),
        (b"a\x00b\x1b[31m", "ab[31m"),
    ],
)
def test_encoded_words_become_display_text(value: bytes, text: str) -> None:
    assert decode_words(value) == text


@given(st.binary(max_size=300))
def test_display_text_is_always_one_clean_line(value: bytes) -> None:
    text = decode_words(value)
    assert not set(text) & set("\r\n\x00")
    text.encode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"ana@client.example", [("ana@client.example", "")]),
        (b"Ana <ana@Client.Example>", [("ana@client.example", "Ana")]),
        (
            b'"Souza, Ana" <ana@client.example>, b@c.example',
            [("ana@client.example", "Souza, Ana"), ("b@c.example", "")],
        ),
        (b"ana@client.example (Ana (the) Fox)", [("ana@client.example", "Ana (the) Fox")]),
        (b"team: a@b.example, c@b.example;", [("a@b.example", ""), ("c@b.example", "")]),
        (b"undisclosed-recipients:;", []),
        (b"a@b.example; c@b.example", [("a@b.example", ""), ("c@b.example", "")]),
        (b"=?utf-8?q?Jos=C3=A9?= <j@b.example>", [("j@b.example", "José")]),
        ("j@bücher.example".encode(), [("j@xn--bcher-kva.example", "")]),
        ("j@straße.example, b@c.example".encode(), [("b@c.example", "")]),
        (b'"never closed <a@b.example>', [("a@b.example", "never closed")]),
        (b"<@relay.example:a@b.example>", [("a@b.example", "")]),
        (b"Doe, John <a@b.example>, c@b.example", [("a@b.example", "Doe, John"), ("c@b.example", "")]),
        (b"A, B, C, D, E <a@b.example>", [("a@b.example", "E")]),
        ("Müller, Bernd <a@b.example>".encode(), [("a@b.example", "Müller, Bernd")]),
        (b"root, a@b.example", [("a@b.example", "")]),
        (b"undisclosed-recipients:;, Ana <a@b.example>", [("a@b.example", "Ana")]),
        (b"<<a@b.example>>", [("a@b.example", "")]),
        (b"<mailto:a@b.example>", [("a@b.example", "")]),
        (b"Ana <SMTP:a@b.example>", [("a@b.example", "Ana")]),
        (b"a @ b.example", [("a@b.example", "")]),
        (b"a@b.example c@b.example", [("a@b.example", ""), ("c@b.example", "")]),
        (b'"a.b"@b.example', [("a.b@b.example", "")]),
        (b"a..b.@docomo.example", [('"a..b."@docomo.example', "")]),
        (b'Ana <"a..b."@docomo.example>', [('"a..b."@docomo.example', "Ana")]),
        (b'"a..b."@docomo.example', [('"a..b."@docomo.example', "")]),
        (b'"a b"@b.example, c@b.example', [("c@b.example", "")]),
        (b'Ana <"a b"@b.example>', []),
        (b"=?gb2312?B?1ObN?= <a@b.example>", [("a@b.example", "枣\ufffd")]),
        (b"nobody", []),
        (b"", []),
    ],
)
def test_addresses_are_read_with_tolerance(value: bytes, expected: list[tuple[str, str]]) -> None:
    assert [(each.address, each.name) for each in addresses_in(value, 8192)] == expected


def test_no_more_than_the_limit_of_an_address_field_is_read() -> None:
    assert len(addresses_in(b"a@b.example, " + b" " * 100 + b"c@d.example", 50)) == 1


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (b"<a@b.example>", ("a@b.example",)),
        (b"<a@b.example>\r\n\t<c@d.example>", ("a@b.example", "c@d.example")),
        (b"<a@b.ex\r\n ample>", ("a@b.example",)),
        (b"Your message of Monday <a@b.example>", ("a@b.example",)),
        (b"a@b.example", ("a@b.example",)),
        (b"<a@b.example> <a@b.example>", ("a@b.example",)),
        (b"<a@b.example>,<c@d.example>", ("a@b.example", "c@d.example")),
        (b"<a@b.example><c@d.example>", ("a@b.example", "c@d.example")),
        (b"a@b.example, c@d.example", ("a@b.example", "c@d.example")),
        (b"a@b.example;c@d.example (Bo)", ("a@b.example", "c@d.example")),
        (b"<a@b.example", ("a@b.example",)),
        (b"a@b.example>", ("a@b.example",)),
        (b"<<a@b.example>>", ("a@b.example",)),
        (b'"<a@b.example>"', ("a@b.example",)),
        (b'"a@b.example"', ("a@b.example",)),
        (b'<"a b"@c.example>', ('"ab"@c.example',)),
        (b"<a@b.example> <c@d.exa", ("a@b.example",)),
        (b"&lt;a@b.example&gt;", ("a@b.example",)),
        (b"=?utf-8?q?=3Ca=40b=2Eexample=3E?=", ("a@b.example",)),
        (b'Message from Bo <bo@client.example> of "Monday" <a@b.example>', ("a@b.example",)),
        (b"<a@b.example> from Bo Lund <bo@client.example>", ("a@b.example",)),
        (b'<a@b.example> (Bo\'s message of "Monday")', ("a@b.example",)),
        (b"Bo <bo@client.example> of Monday <a@b.example>", ("a@b.example",)),
        (b"Message from bo@client.example of Monday", ()),
        (b"", ()),
        (b"<<<", ()),
    ],
)
def test_message_ids_lose_their_brackets(value: bytes, ids: tuple[str, ...]) -> None:
    assert message_ids_in(value) == ids


def test_of_very_many_message_ids_the_first_and_last_twenty_stay() -> None:
    ids = message_ids_in(b" ".join(b"<%d@b.example>" % n for n in range(1000)))
    assert (len(ids), ids[0], ids[19], ids[20], ids[-1]) == (
        40,
        "0@b.example",
        "19@b.example",
        "980@b.example",
        "999@b.example",
    )


@given(st.binary(max_size=400))
def test_no_bytes_make_a_reader_of_fields_raise(value: bytes) -> None:
    addresses_in(value, 200)
    message_ids_in(value)
    split_header(value)


@pytest.mark.parametrize(
    ("raw", "names", "body", "above"),
    [
        pytest.param(b"A: 1\nno field\nTo: x\n\nbody", ["a", "to"], b"body", 1, id="one-line"),
        pytest.param(b"A: 1\r\nno\r\nno\r\nX-Y: x\r\n\r\nbody", ["a", "x-y"], b"body", 1, id="two-lines"),
        pytest.param(b"no field\nSubject: x\n\nbody", ["subject"], b"body", 0, id="first-line"),
        pytest.param(b"A: 1\n>From x\nDate: y\n\nbody", ["a", "date"], b"body", 1, id="quoted-envelope"),
        pytest.param(b"A: 1\nHi Bo,\nNote: hot\n\nBye", ["a"], b"Hi Bo,\nNote: hot\n\nBye", 1, id="words"),
        pytest.param(
            b"A: 1\nHi Bo,\n\nTo: x\n\n", ["a"], b"Hi Bo,\n\nTo: x\n\n", 1, id="below-the-blank-line"
        ),
        pytest.param(b"A: 1\nHi Bo,\nTo: x\n", ["a"], b"Hi Bo,\nTo: x\n", 1, id="no-blank-line"),
    ],
)
def test_a_mails_header_is_read_on_below_a_line_that_is_no_field(
    raw: bytes, names: list[str], body: bytes, above: int
) -> None:
    header = cut_header(raw, read_on=True)
    assert [field.name for field in header.fields] == names
    assert (raw[header.body :], header.above) == (body, above)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        pytest.param(b"A: 1\nno field\nTo: x@y\n\nbody", b"", id="damage"),
        pytest.param(b"A: 1\nb=Ab3+/x==\nTo: x@y\n\nbody", b"", id="broken-signature"),
        pytest.param(b"A: 1\n>From bo Mon Nov 24 10:00:00 2025\nDate: y\n\nbody", b"", id="envelope"),
        pytest.param(
            b"To: x@y\r\nThe key breaks\r\nNote: hot\r\nSubject: Tap\r\nHelp\r\n\r\nBye",
            b"The key breaks\r\nNote: hot\r\nHelp\r\n",
            id="words-around-a-field",
        ),
        pytest.param(b"A: 1\nHello\nFrom: dusk to dawn\n\nBye", b"Hello\nFrom: dusk to dawn\n", id="from"),
        pytest.param(b"A: 1\nHello\nFrom: Bo <bo@x>\n\nBye", b"", id="an-author"),
        pytest.param(
            "A: 1\nドアが 開かない です\nTo: x@y\n\nBye".encode(),
            "ドアが 開かない です\n".encode(),
            id="utf-8",
        ),
        pytest.param(b"A: 1\nHi Bo,\nHow are you?\nTo: x@y\n", b"", id="no-blank-line"),
    ],
)
def test_words_among_the_fields_of_a_header_are_kept(raw: bytes, words: bytes) -> None:
    assert cut_header(raw, read_on=True).words == words


def test_words_among_fields_cost_no_more_than_their_length() -> None:
    cut_header(b"no field\nA: 1\n" * 200_000 + b"To: x@y\n\n", read_on=True)
