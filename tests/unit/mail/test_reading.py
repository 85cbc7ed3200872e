"""The front door: any bytes become one value, or are refused in a sentence."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.errors import Unreadable
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.message import Attachment, Automation, IncomingMail, Standing
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.reading import attachments_of, read_mail
from tests.cost import at_most

MAIL = """Return-Path: <ana@client.example>
Delivered-To: support+7K2Q@acme.example
Received: from client.example by mx.acme.example; Mon, 3 Jan 2022 10:00:00 +0000
From: Ana Souza <ana@client.example>
To: Acme Support <support@acme.example>, bob@client.example
Cc: Carl <carl@Client.example>
Reply-To: ana.private@client.example
Subject: =?utf-8?q?Re=3A_caf=C3=A9?= machine
Date: Mon, 3 Jan 2022 10:00:00 +0100
Message-ID: <abc@client.example>
In-Reply-To: <def@acme.example>
References: <first@acme.example> <def@acme.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

Still broken.

On Mon, 3 Jan 2022, Acme Support <support@acme.example> wrote:
> Try again.

--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8

<p>Still broken.</p>
--r
Content-Type: image/png
Content-ID: <logo@client.example>

png
--r--
--a--
--m
Content-Type: application/pdf; name="../plan.pdf"
Content-Disposition: attachment
Content-Transfer-Encoding: base64

cGRm
--m--
"""


def read(raw: str | bytes, **more: Any) -> IncomingMail:
    return read_mail(raw.encode() if isinstance(raw, str) else raw, trust=Trust(), **more)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class TestOneOrdinaryMail:
    mail = read(MAIL)

    def test_its_header_is_read(self) -> None:
        mail = self.mail
        assert mail.author.address is not None
        assert (mail.author.address.address, mail.author.standing) == ("ana@client.example", Standing.UNKNOWN)
        assert mail.subject == "Re: café machine"
        assert mail.ids.message_id == "abc@client.example"
        assert mail.ids.thread == ("def@acme.example", "first@acme.example")
        assert mail.date == datetime(2022, 1, 3, 9, tzinfo=UTC)
        assert [each.address for each in mail.addressing.reply_to] == ["ana.private@client.example"]

    def test_recipients_hold_every_address_it_was_directed_at(self) -> None:
        assert [each.address for each in self.mail.addressing.to] == [
            "support@acme.example",
            "bob@client.example",
        ]
        assert [(each.address, each.name) for each in self.mail.addressing.cc] == [
            ("carl@client.example", "Carl")
        ]
        assert self.mail.addressing.recipients == (
            "support@acme.example",
            "bob@client.example",
            "carl@client.example",
            "support+7k2q@acme.example",
        )

    def test_its_text_is_the_plain_one_and_its_new_words_are_found(self) -> None:
        assert self.mail.body.text.startswith("Still broken.\n\nOn Mon")
        assert self.mail.body.new_text == "Still broken."

    def test_its_attachments_are_named_and_hashed(self) -> None:
        assert self.mail.attachments == (
            Attachment("image-3.png", "image/png", 3, sha256(b"png"), True, "logo@client.example"),
            Attachment("plan.pdf", "application/pdf", 3, sha256(b"pdf"), False, None),
        )

    def test_the_bytes_of_attachments_are_cut_from_the_raw_mail(self) -> None:
        found = attachments_of(MAIL.encode())
        assert [data for _, data in found] == [b"png", b"pdf"]
        assert tuple(each for each, _ in found) == self.mail.attachments

    def test_a_person_wrote_it(self) -> None:
        mail = self.mail
        assert (mail.automation, mail.defects) == (Automation(), ())

    def test_the_value_can_be_sent_to_another_process(self) -> None:
        assert pickle.loads(pickle.dumps(self.mail)) == self.mail

    def test_line_ends_do_not_change_what_is_read(self) -> None:
        other = read(MAIL.replace("\n", "\r\n"))
        assert (other.body.text, other.body.new_text, other.attachments) == (
            self.mail.body.text,
            self.mail.body.new_text,
            self.mail.attachments,
        )


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        pytest.param([("text/plain", "plain"), ("text/html", "<p>rich</p>")], "plain", id="plain-wins"),
        pytest.param(
            [("text/html", "<p>rich</p>"), ("text/plain", "plain")], "plain", id="whatever-the-order"
        ),
        pytest.param([("text/plain", " \n"), ("text/html", "<p>rich</p>")], "rich", id="empty-plain"),
        pytest.param(
            [("text/plain", "Your mail program cannot show HTML."), ("text/html", "<p>rich</p>")],
            "rich",
            id="stub",
        ),
        pytest.param([("text/html", "<p>rich</p>")], "rich", id="rich-only"),
        pytest.param([("text/plain", "plain"), ("text/x-amp-html", "<p>amp</p>")], "plain", id="amp"),
    ],
)
def test_which_alternative_is_read(parts: list[tuple[str, str]], text: str) -> None:
    body = "".join(f"--a\nContent-Type: {kind}\n\n{words}\n" for kind, words in parts)
    mail = read(f"Content-Type: multipart/alternative; boundary=a\n\n{body}--a--\n")
    assert (mail.body.text.strip(), mail.attachments) == (text, ())


def test_several_texts_are_joined_and_named_ones_are_files() -> None:
    mail = read(
        "Content-Type: multipart/mixed; boundary=m\n\n--m\n\none\n--m\n"
        "Content-Type: text/plain; name=log.txt\n\nlog\n"
        "--m\nContent-Disposition: attachment\n\nnameless\n--m\nContent-Type: text/html\n\n<p>two</p>\n"
        "--m--\n"
    )
    assert mail.body.text == "one\n\ntwo"
    assert [each.name for each in mail.attachments] == ["log.txt", "text-3.txt"]


def test_an_attachment_inside_an_alternative_is_kept() -> None:
    mail = read(
        "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nplain\n--a\n"
        "Content-Type: text/calendar\n\nBEGIN\n"
        "--a\nContent-Type: text/plain\nContent-Disposition: attachment; filename=x.txt\n\nx\n--a--\n"
    )
    assert [each.name for each in mail.attachments] == ["invite.ics", "x.txt"]


@pytest.mark.parametrize(
    ("date", "read_as"),
    [
        ("Date: soon\nDate: Mon, 3 Jan 2022 10:00:00 +0100\n", datetime(2022, 1, 3, 9, tzinfo=UTC)),
        (
            "Date: 3 Jan 2022 10:00:00 +0100\nDate: 4 Jan 2022 10:00:00 +0100\n",
            datetime(2022, 1, 3, 9, tzinfo=UTC),
        ),
    ],
)
def test_the_first_date_that_can_be_read_counts(date: str, read_as: datetime) -> None:
    assert read(f"{date}From: a@b.example\n\nx").date == read_as


def test_html_only_mails_lose_their_quotes_in_the_new_words() -> None:
    mail = read("Content-Type: text/html\n\n<p>new</p><blockquote><p>old</p></blockquote>")
    assert (mail.body.text, mail.body.new_text) == ("new\n\n> old", "new")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Thu, 1 Jan 1970 00:00:00 +0000",
        "1 Jan 2099 00:00:00 +0000",
        "Mon, 3 Jan 2022 10:00:00 -0000",
        "garbage",
    ],
)
def test_any_date_is_only_a_claim(value: str) -> None:
    mail = read(f"Date: {value}\nFrom: a@b.example\n\nx")
    assert mail.date is None or mail.date.tzinfo is UTC


def test_fields_of_our_own_name_are_ignored() -> None:
    mail = read("X-Maildesk-Case: 7K2Q\nContent-Type: text/plain\n\nx")
    assert mail.defects == ("our-fields-ignored",)
    assert mail.body.text == "x"


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        ("Subject: a\nSubject: b\n\nx", "two-subject-fields"),
        ("Message-ID: <a@b.example>\nMessage-ID: <c@d.example>\n\nx", "two-message-id-fields"),
        ("Message-ID: <" + "a" * 2000 + ">\n\nx", "message-id"),
        ("no header at all", "header-missing"),
        ("Subject: x\nbody at once", "blank-line-missing"),
        ("Subject: x\r\rbody\r", "bare-cr"),
        ("Content-Type: text/plain; charset=x-none\n\né", "unknown-charset"),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx", "multipart-not-closed"),
        ("Content-Transfer-Encoding: base64\n\naGVsbG8", "base64"),
        ("To: " + "a@b.example, " * 9000 + "\n\nx", "to-cut"),
        ("Subject: x\n\n" + "word " * 300_000, "text-cut"),
        ("Date: Mon Jan  3 10:00:00 2022\n\nx", "date"),
        ("Date: soon\n\nx", "date"),
        (b"Subject: caf\xe9 au lait\n\nx", "header-charset"),
        ("Content-Type: text/plain; charset=us-ascii\n\né", "charset-repaired"),
        ("Content-Type: pdf; name=x.pdf\n\nx", "content-type"),
        ("Content-Transfer-Encoding: x-unheard-of\n\nx", "transfer-encoding"),
        ("\nbegin 644 x\n%:&5L;&\\\n`\nend\n", "uuencoded-in-text"),
        ("Content-Type: application/ms-tnef; name=winmail.dat\n\nx", "winmail-unreadable"),
    ],
)
def test_repairs_are_named(raw: str | bytes, defect: str) -> None:
    assert defect in read(raw).defects


@pytest.mark.parametrize(
    ("header", "message_id"),
    [
        ("Message-ID: <a@b.example>", "a@b.example"),
        ("Message-ID: a@b.example", "a@b.example"),
        ("Message-ID: <no-at-sign>", "no-at-sign"),
        ("Message-ID: bare", "bare"),
        ("Message-ID:\n <a@b\n .example>", "a@b.example"),
        ("Message-ID: <a@b.example>\nMessage-ID: <c@d.example>", "a@b.example"),
        ("Message-ID:", None),
        ("Subject: none", None),
    ],
)
def test_the_message_id_is_the_first_without_brackets(header: str, message_id: str | None) -> None:
    assert read(f"{header}\n\nx").ids.message_id == message_id


class TestSameOrNot:
    base = "Received: one\nFrom: a@b.example\nSubject: x\nMessage-ID: <i@b.example>\n\nbody\n"

    def test_trace_fields_change_the_bytes_but_not_the_content(self) -> None:
        first, second = read(self.base), read(self.base.replace("one", "two"))
        assert first.digests.content == second.digests.content
        assert first.digests.raw == sha256(self.base.encode()) != second.digests.raw

    def test_folding_does_not_change_the_content(self) -> None:
        folded = self.base.replace("From: a", "From:\n a")
        assert read(self.base).digests.content == read(folded).digests.content

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("body", "other"),
            ("Subject: x", "Subject: y"),
            ("a@b", "c@b"),
            ("i@b", "j@b"),
            ("Subject: x", "Subject: x\nTo: x"),
            ("Subject: x", "Subject: x\nSubject: x"),
        ],
    )
    def test_what_the_author_wrote_changes_it(self, old: str, new: str) -> None:
        assert read(self.base).digests.content != read(self.base.replace(old, new)).digests.content

    def test_a_value_cannot_pose_as_another_field(self) -> None:
        first = "From: a@b.example\nSubject: x\n date:y\n\nbody"
        second = "From: a@b.example\nSubject: x\nDate: y\n\nbody"
        assert read(first).digests.content != read(second).digests.content


@pytest.mark.parametrize(
    ("raw", "limits", "message"),
    [
        pytest.param(b"x" * 2000, ReadingLimits(parse_size=1000), "the mail is larger than", id="size"),
        pytest.param(
            b"A: b\n" * 100_000 + b"\nx", ReadingLimits(), "header of the mail is larger", id="header-fields"
        ),
        pytest.param(
            b"A: " + b"b" * 300_000 + b"\n\nx",
            ReadingLimits(),
            "header of the mail is larger",
            id="one-field",
        ),
        pytest.param(MAIL.encode(), ReadingLimits(parts=5), "more than 5 parts", id="parts"),
        pytest.param(MAIL.encode(), ReadingLimits(depth=2), "more than 2 levels", id="depth"),
    ],
)
def test_a_mail_beyond_a_limit_is_refused_in_a_sentence(
    raw: bytes, limits: ReadingLimits, message: str
) -> None:
    with pytest.raises(Unreadable, match=message):
        read(raw, limits=limits)


def test_a_mail_exactly_at_its_limits_is_read() -> None:
    assert len(read(MAIL, limits=ReadingLimits(parts=6, depth=3)).attachments) == 2


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"Content-Type: text/plain" + b";" * 200_000 + b"\n\nx", id="semicolons"),
        pytest.param(b"Content-Type: text/plain; " + b'x="' * 60_000 + b"\n\nx", id="open-quotes"),
        pytest.param(b"Reply-To: " + b"(" * 200_000 + b"\n\nx", id="comments"),
        pytest.param(b"To: " + b"a " * 100_000 + b"\n\nx", id="words"),
        pytest.param(b"From: " + b"a " * 100_000 + b"\n\nx", id="from-words"),
        pytest.param(b"Subject: " + b"=?x?q?a?=\xff" * 20_000 + b"\n\nx", id="encoded-words"),
        pytest.param(b"References: " + b"<" * 250_000 + b"\n\nx", id="brackets"),
        pytest.param(b"From: MAILER-DAEMON@x.example\n\n" + b"---- " * 500_000, id="dashes-in-a-bounce"),
        pytest.param(b"Content-Transfer-Encoding: base64\n\n" + b"a=b=" * 500_000, id="padding"),
        pytest.param(b"Content-Type: text/html\n\n" + b"<div>" * 500_000, id="tags"),
        pytest.param(b"\n" + b"\xff\xfe\x80" * 1_000_000, id="8-bit"),
        pytest.param(b"\n" + b"lorem ipsum:\n" * 300_000, id="text"),
    ],
)
def test_hostile_mails_cost_no_more_than_their_length(raw: bytes) -> None:
    with at_most(800):  # the worst of these once took a minute, quadratic ones take longer
        read(raw)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from strings(each)
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from strings(getattr(value, each.name))


NAMES = [
    b"From",
    b"To",
    b"Cc",
    b"Reply-To",
    b"Subject",
    b"Date",
    b"Message-ID",
    b"In-Reply-To",
    b"References",
    b"Content-Type",
    b"Content-Transfer-Encoding",
    b"Content-Disposition",
    b"Content-ID",
    b"Auto-Submitted",
    b"List-Id",
    b"Return-Path",
    b"Authentication-Results",
    b"Received",
    b"X-Failed-Recipients",
    b"Delivered-To",
    b"From ",
    b"",
]
VALUES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"multipart/mixed; boundary=b",
            b"multipart/alternative; boundary=b",
            b"multipart/report; boundary=b",
            b"message/delivery-status",
            b"text/html; charset=utf-7",
            b"text/plain; charset=utf-16; format=flowed",
            b"text/plain; charset=iso-2022-kr",
            b"base64",
            b"quoted-printable",
            b"x-uuencode",
            b"message/rfc822",
            b"attachment; filename*0*=utf-16''%D8%00",
            b"MAILER-DAEMON@x.example",
            b"=?utf-7?q?+2AA-?=",
            b"auto-replied",
        ]
    ),
)
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6).map(
    lambda pairs: b"".join(b"%s: %s\n" % pair for pair in pairs)
)
ENTITIES = st.tuples(HEADERS, st.binary(max_size=120)).map(lambda pair: pair[0] + b"\n" + pair[1])
MAILS = st.one_of(
    st.binary(max_size=300),
    ENTITIES,
    st.tuples(HEADERS, st.lists(ENTITIES, max_size=4)).map(
        lambda pair: pair[0] + b"\n" + b"".join(b"\n--b\n" + entity for entity in pair[1]) + b"\n--b--\n"
    ),
)


@given(MAILS)
def test_any_bytes_become_clean_text(raw: bytes) -> None:
    mail = read(raw, own_names=OwnNames.of(["support@acme.example"]))
    for text in strings(mail):
        text.encode()  # no lone surrogates
        assert not set(text) & {"\r", "\0"}
    assert [each for each, _ in attachments_of(raw)] == list(mail.attachments)
    assert mail == read(raw, own_names=OwnNames.of(["support@acme.example"]))


@pytest.mark.parametrize(
    "other",
    [
        b"Auto-Submitted: auto-replied\r\n",
        b"Precedence: bulk\r\n",
        b"Reply-To: eve@evil.example\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Disposition: attachment\r\n",
        b"Content-Disposition: inline; filename=mail.txt\r\n",
        b"Content-Type: text/html\r\n",
        b"List-Id: <all.client.example>\r\n",
        b"List-Post: <mailto:all@client.example>\r\n",
        b"List-Unsubscribe: <mailto:off@client.example>\r\n",
        b"X-BeenThere: all@client.example\r\n",
        b"Return-Path: <>\r\n",
        b"Precedence: list\r\nPrecedence: bulk\r\n",
        b"Precedence: list\r\nX-Autoreply: yes\r\n",
        b"X-Auto-Response-Suppress: All\r\n",
        b"X-Failed-Recipients: dan@client.example\r\n",
        b"X-Loop: support@acme.example\r\n",
        b"Sender: postmaster@client.example\r\n",
    ],
    ids=lambda field: field.split(b":")[0].decode(),
)
def test_a_copy_that_would_be_judged_otherwise_has_another_digest(other: bytes) -> None:
    """Somebody who sends such a copy first must not turn the real mail into a repeat."""
    real = b"From: bo@client.example\r\nMessage-ID: <1@client.example>\r\n\r\nIt burns.\r\n"
    copy = b"From: bo@client.example\r\n" + other + b"Message-ID: <1@client.example>\r\n\r\nIt burns.\r\n"
    ours = OwnNames.of(["support@acme.example"])
    digest = read_mail(real, trust=Trust(), own_names=ours).digests.content
    assert read_mail(copy, trust=Trust(), own_names=ours).digests.content != digest


@pytest.mark.parametrize(
    "trace",
    [
        b"Received: from a by b\r\n",
        b"Precedence: list\r\n",
        b"Return-Path: <bo@client.example>\r\n",
        b"Delivered-To: support@acme.example\r\n",
        b"Content-Disposition: inline\r\n",
        b"Auto-Submitted: no\r\n",
        b"List-Id: <support.acme.example>\r\nList-Post: <mailto:support@acme.example>\r\n",
    ],
    ids=lambda field: field.split(b":")[0].decode(),
)
def test_what_judges_nothing_and_shows_nothing_is_no_other_content(trace: bytes) -> None:
    """The last is our own mailbox behind a group: it is no list."""
    real = b"From: bo@client.example\r\nMessage-ID: <1@client.example>\r\n\r\nIt burns.\r\n"
    ours = OwnNames.of(["support@acme.example"])
    mails = [read_mail(raw, trust=Trust(), own_names=ours) for raw in (real, trace + real)]
    assert mails[0].digests.content == mails[1].digests.content == mails[0].digests.words


def test_two_readers_copies_of_a_list_are_one_content() -> None:
    raw = (
        "Return-Path: <all+{0}@client.example>\r\nList-Id: <all.client.example>\r\n"
        "List-Unsubscribe: <https://client.example/{0}>\r\nFrom: bo@client.example\r\n\r\nNews.\r\n"
    )
    one, other = (read_mail(raw.format(n).encode(), trust=Trust()) for n in ("support", "sales"))
    assert one.digests.content == other.digests.content
    assert one.digests.words != one.digests.content


RESULTS = "Authentication-Results: mx.acme.example; dmarc=pass header.from=client.example\n"


@pytest.mark.parametrize(
    ("header", "address"),
    [
        pytest.param("From: bo@client.example\nno field\n", "bo@client.example", id="below-from"),
        pytest.param("no field\nFrom: bo@client.example\n", "bo@client.example", id="above-from"),
        pytest.param("From: bo@client.example\nno field\nFrom: x@client.example\n", "", id="from-twice"),
    ],
)
def test_a_header_is_read_on_below_a_line_that_is_no_field_and_its_author_failed(
    header: str, address: str
) -> None:
    top = f"{RESULTS}Received: by mx.acme.example\n"
    raw = f"{top}{header}Subject: Tap\nMessage-ID: <1@client.example>\n\nDrips."
    mail = read_mail(raw.encode(), trust=Trust("mx.acme.example"))
    assert (mail.author.addr_spec, mail.author.standing) == (address, Standing.FAILED)
    assert (mail.subject, mail.ids.message_id, mail.body.text) == ("Tap", "1@client.example", "Drips.")
    assert "header-line" in mail.defects
    whole = read_mail(raw.replace("no field\n", "").encode(), trust=Trust("mx.acme.example"))
    assert whole.author.standing is (Standing.VOUCHED if address else Standing.FAILED)


def test_words_that_stand_among_the_fields_are_the_mails() -> None:
    raw = (
        b"From: carla@client.example\r\nTo: support@acme.example\r\nHello, I need help with the door\r\n"
        b"The key breaks\r\nFrom: morning to night it is shut\r\n\r\nBye"
    )
    mail = read_mail(raw, trust=Trust())
    assert mail.body.text == (
        "Hello, I need help with the door\nThe key breaks\nFrom: morning to night it is shut\n\nBye"
    )
    assert (mail.author.standing, mail.attachments) == (Standing.FAILED, ())
    other = read_mail(raw.replace(b"door", b"gate"), trust=Trust())
    assert other.digests.content != mail.digests.content


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("de", "de"),
        (" pt-BR, en", "pt-BR"),
        ("en-GB\n", "en-GB"),
        ("", ""),
        ("x", ""),
        ("klingon-", ""),
        ("d\u00e9", ""),
        ("a" * 9, ""),
        ("-" * 100_000, ""),
    ],
    ids=ascii,
)
def test_the_language_of_a_mail_is_the_first_that_its_header_names(written: str, language: str) -> None:
    header = f"From: ana@client.example\nContent-Language: {written.strip(chr(10))}\n\nHi."
    assert read(header).language == language
