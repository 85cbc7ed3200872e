"""The words of letters: whose they are, what they never hold, and how a reply to them is cut."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail
from maildesk.desk.letters.letter_html import html_of
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.mail.our_marks import LETTER_BEGIN, with_marks
from maildesk.mail.reply.reply_text import new_words
from maildesk.mail.seals import Seal
from tests.unit.desk.letter_matters import (
    EXTRA,
    HELD,
    KEYS,
    KINDS,
    NO_EXTRA,
    ODD,
    SOURCES,
    TO_BO,
    WRITER,
    addressee,
    occasion,
    order,
    read,
    text_of,
    written,
)
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, LEADER, NOW


@pytest.mark.parametrize("kind", KINDS)
def test_a_customers_words_are_never_a_template_nor_markup(kind: LetterKind) -> None:
    letter = written(kind, held=replace(HELD, subject=ODD))
    assert "49" not in f"{letter['Subject']}{text_of(letter)}"
    html = letter.get_body(("html",))
    assert html
    assert "<script" not in html.get_content()


def everything_in(letter: WrittenLetter) -> str:
    """Whatever stands in a letter, as sent and as read, in small letters."""
    mail = read(letter)
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    fields = [f"{name}: {value}" for name, value in mail.items()]
    return "\n".join([letter.content.decode("latin-1"), *fields, *parts]).casefold()


MARKS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=30).map("zqj".__add__), min_size=8, max_size=8
)
"""Words that stand in no template."""


@settings(deadline=None)  # a busy machine is no mistake of the letter
@given(marks=MARKS, escalated=st.booleans())
def test_fixed_words_hold_nothing_that_the_sender_chose(marks: list[str], escalated: bool) -> None:
    """A forger chooses the words for a victim to read."""
    subject, name, text, file, thread, account, owner, elsewhere = marks
    held = replace(CASE, subject=subject, account=account, owner=owner)
    held = held.joined("x@client.example", name, PartyRole.CC)
    said = QuotedMail(NOW, name, text, (file,))
    happened = LetterContext(
        held, NOW, "mail 1", said, ("1@c.example", f"{elsewhere}@c.example"), [said, said]
    )
    ordered = LetterOrder(
        LetterKind.ACKNOWLEDGEMENT_FIXED, text=thread, extra={"escalated": "yes" if escalated else ""}
    )
    (letter,) = WRITER.write(ordered, happened, [Addressee("x@client.example", name, PartyRole.REQUESTER)])
    everything = everything_in(letter)
    assert not [mark for mark in marks if mark in everything]
    assert held.ref.casefold() in everything


@pytest.mark.parametrize(
    ("said", "marks"),
    [
        (QuotedMail(NOW, BO, "Hi", seal=Seal.SIGNED), "signed, the signature not checked"),
        (
            QuotedMail(NOW, BO, "", internal=True, seal=Seal.ENCRYPTED),
            "internal, encrypted, not readable here",
        ),
        (QuotedMail(NOW, BO, "", seal=Seal.UNREAD), "packed, not readable here"),
        (QuotedMail(NOW, BO, "Hi"), ""),
    ],
)
def test_a_quoted_mail_is_marked_with_its_seal(said: QuotedMail, marks: str) -> None:
    assert said.marks == marks


CUSTOMERS = [kind for kind in KINDS if FORMS[kind].audience.of_customers]


@pytest.mark.parametrize("kind", CUSTOMERS)
def test_customers_read_no_word_that_was_meant_for_colleagues(kind: LetterKind) -> None:
    inside = QuotedMail(NOW, "innermost", "innermost", ("innermost",), internal=True)
    held = replace(HELD, owner="innermost@acme.example", account="innermost", team="innermost")
    happened = LetterContext(held, NOW, "mail 1", inside, (), [inside])
    (letter,) = WRITER.write(LetterOrder(kind, AGENT, "Try water.", NO_EXTRA), happened, [TO_BO])
    assert "innermost" not in everything_in(letter)


@pytest.mark.parametrize("kind", KINDS)
def test_no_value_begins_a_header_field_or_adds_a_recipient(kind: LetterKind) -> None:
    evil = "x\r\nBcc: eve@evil.example\r\n\r\nHello\0\u2028" + "\U0001f600" * 500
    to = addressee(kind)
    (letter,) = WRITER.write(
        LetterOrder(kind, AGENT, evil, dict.fromkeys(EXTRA, evil)),
        replace(occasion(replace(HELD, subject=evil)), said=QuotedMail(NOW, evil, evil, (evil,))),
        [replace(to, name=evil)],
    )
    plain = read(letter)
    assert set(plain.keys()) <= {
        "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References",
        "Auto-Submitted",
        "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert [each.addr_spec for each in plain["To"].addresses] == [to.address]
    assert max(map(len, letter.content.split(b"\r\n"))) <= 998
    assert letter.content.count(b"\n") == letter.content.count(b"\r\n") == letter.content.count(b"\r")


def test_an_answer_is_the_agents_words_under_the_agents_name() -> None:
    letter = written(LetterKind.ANSWER)
    assert letter["From"].addresses[0].display_name == "Ana Agent (Acme Support)"
    assert text_of(letter).replace("\r\n", "\n") == f"Dear Bo,\n\n{ODD}\n\nAna Agent\n"


def test_what_leadership_reads_is_cut_at_its_size_in_bytes() -> None:
    thread = [QuotedMail(NOW, BO, letter * 100, internal=False) for letter in string.ascii_lowercase + "é"]
    small = LetterWriter(DESK, LetterTemplates(SOURCES, DESK.zone), KEYS, thread_size=250)
    told = replace(occasion(), said=None, thread=thread)
    to = [Addressee(AGENT, "", PartyRole.LEADER)]
    (letter,) = small.write(order(LetterKind.ESCALATED_LEADERSHIP), told, to)
    assert "a" * 100 in letter.text
    assert "b" * 100 in letter.text
    assert "c" * 50 + "\n> [… cut here]" in letter.text
    assert "d" * 50 not in letter.text


def test_the_story_that_leadership_reads_is_cut_at_64_kibibytes() -> None:
    thread = [QuotedMail(NOW, BO, f"mail {number:04} " + "é" * 2000) for number in range(100)]
    to = [Addressee(LEADER, "", PartyRole.LEADER)]
    happened = replace(occasion(), said=None, thread=thread)
    (letter,) = WRITER.write(order(LetterKind.ESCALATED_LEADERSHIP), happened, to)
    shown = [number for number in range(100) if f"mail {number:04}" in letter.text]
    assert shown == [*range(17)]  # newest first; the last of them is cut
    assert letter.text.count("[… cut here]") == 1
    assert len(letter.text.encode()) < 2**16 + 4000


# --- the two sides of a letter ----------------------------------------------------------------------


def html_side(letter: WrittenLetter) -> str:
    html = read(letter).get_body(("html",))
    assert html
    return str(html.get_content())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not FORMS[kind].names_reader])
def test_the_html_side_is_the_text_escaped_and_nothing_more(kind: LetterKind) -> None:
    letter = WRITER.write(order(kind), occasion(replace(HELD, subject=ODD)), [TO_BO])[0]
    html = html_side(letter)
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= {
        "html",
        "head",
        "meta",
        "body",
        "p",
        "br",
        "blockquote",
    }
    assert set(re.findall(r"<(?:p|blockquote)[^>]*>", html)) <= {'<p dir="auto">', '<blockquote dir="auto">'}
    words = unescape(re.sub(r"<[^>]*>", " ", html)).split()
    assert words == [word for word in letter.text.split() if word != ">"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo\n\nthree\n", '<p dir="auto">one<br>\ntwo</p>\n<p dir="auto">three</p>\n'),
        ("> one\n>two", '<blockquote dir="auto">one<br>\ntwo</blockquote>\n'),
        ("> one\ntwo", '<p dir="auto">&gt; one<br>\ntwo</p>\n'),
        (
            "a:\n  - b\n\n\tc   d",
            '<p dir="auto">a:<br>\n&nbsp;&nbsp;- b</p>\n'
            '<p dir="auto">&nbsp;&nbsp;&nbsp;&nbsp;c&nbsp;&nbsp;&nbsp;d</p>\n',
        ),
        (">   one\n> two", '<blockquote dir="auto">&nbsp;&nbsp;one<br>\ntwo</blockquote>\n'),
        ("<b>&\"'", '<p dir="auto">&lt;b&gt;&amp;&quot;&#x27;</p>\n'),
        ("שלום\n\nhello", '<p dir="auto">שלום</p>\n<p dir="auto">hello</p>\n'),
    ],
    ids=[
        "paragraphs",
        "a quotation",
        "a quotation that goes on in plain",
        "indents",
        "indents in a quotation",
        "markup",
        "two directions",
    ],
)
def test_each_paragraph_runs_in_its_own_direction(text: str, html: str) -> None:
    assert f"<body>{html}</body>" in html_of(text)


RICH = '<div dir="auto">Do <b>so</b>.</div>\n'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Do so.", RICH),
        ("Hello,\n\nDo so.\n\n-- \nAna", f'<p dir="auto">Hello,</p>\n{RICH}<p dir="auto">-- <br>\nAna</p>\n'),
        ("Do so. Or not.", '<p dir="auto">Do so. Or not.</p>\n'),
        ("> Do so.", '<blockquote dir="auto">Do so.</blockquote>\n'),
        ("Do so.\n\nDo so.", '<p dir="auto">Do so.</p>\n<p dir="auto">Do so.</p>\n'),
        ("Do it.", '<p dir="auto">Do it.</p>\n'),
    ],
    ids=["alone", "framed", "within a line", "quoted", "twice", "other words"],
)
def test_words_keep_their_authors_form_where_they_surely_stand(text: str, html: str) -> None:
    assert f"<body>{html}</body>" in html_of(text, "Do so.", "Do <b>so</b>.")


# --- as a careful person would write it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("", "we have closed your case 7K2Q-9F3M."),
        ("a new cable", "we have closed your case 7K2Q-9F3M: a new cable."),
        ("a new cable was sent.", "we have closed your case 7K2Q-9F3M: a new cable was sent."),
        ("it works!", "we have closed your case 7K2Q-9F3M: it works!"),
        ("(a new cable.)", "we have closed your case 7K2Q-9F3M: (a new cable.)"),
        ("已解决。", "we have closed your case 7K2Q-9F3M: 已解决。"),
    ],
    ids=["nothing", "a word", "a sentence", "a shout", "in brackets", "in Chinese"],
)
def test_a_sentence_that_ends_in_an_agents_words_has_one_full_stop(outcome: str, said: str) -> None:
    closing = LetterOrder(LetterKind.CLOSED, extra={"outcome": outcome})
    (letter,) = WRITER.write(closing, occasion(replace(HELD, ref="7K2Q-9F3M")), [TO_BO])
    assert said in letter.text.splitlines()


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Bo Lund", "Hello Bo Lund,"),
        ("'Bo Lund'", "Hello Bo Lund,"),
        ("O'Brien", "Hello O'Brien,"),
        ("bo@client.example", "Hello,"),
        ("'bo@client.example'", "Hello,"),
        ("", "Hello,"),
        ("'", "Hello ',"),
    ],
)
def test_a_customer_is_greeted_by_their_name_alone(name: str, greeting: str) -> None:
    held = replace(
        CASE, parties=tuple(replace(one, name=name) if one.address == BO else one for one in CASE.parties)
    )
    assert greeting in text_of(written(LetterKind.CLOSED, held)).splitlines()


@pytest.mark.parametrize("kind", [LetterKind.CLOSED, LetterKind.REOPENED])
def test_a_letter_of_the_desk_that_several_read_names_none_of_them(kind: LetterKind) -> None:
    lines = text_of(written(kind)).splitlines()
    assert "Hello," in lines
    assert not any("Bo Lund" in line for line in lines)


def test_a_mail_without_words_is_said_to_be_one() -> None:
    notice = replace(occasion(), said=QuotedMail(NOW, f"Bo <{BO}>", " \n", ("photo.jpg",)))
    (letter,) = WRITER.write(order(LetterKind.OPENED_TEAM), notice, [addressee(LetterKind.OPENED_TEAM)])
    assert f"Bo <{BO}> wrote, without a word." in letter.text
    assert "photo.jpg" in letter.text
    assert "wrote:" not in letter.text


@pytest.mark.parametrize(
    ("owner", "told"), [(None, "our team"), (AGENT, "the person who looks after your case")]
)
def test_of_nobodys_case_the_customer_reads_that_the_team_was_told(owner: str | None, told: str) -> None:
    escalated = replace(order(LetterKind.ESCALATED), extra={"level": "owner", "approved": "yes"})
    [letter] = WRITER.write(escalated, occasion(replace(HELD, owner=owner)), [TO_BO])
    assert f"was approved: {told} has been told and will look at it." in " ".join(
        text_of(read(letter)).split()
    )


def test_leadership_reads_of_no_story_before_there_is_one() -> None:
    said = QuotedMail(NOW, f"Bo <{BO}>", "It burns.")
    leader = Addressee(LEADER, "Lea", PartyRole.LEADER)
    for thread, told in (((said,), False), ((said, QuotedMail(NOW.replace(year=2020), BO, "Hello.")), True)):
        matter = replace(occasion(), said=said, thread=thread)
        (letter,) = WRITER.write(order(LetterKind.ESCALATED_LEADERSHIP), matter, [leader])
        assert ("The story so far" in letter.text) is told
        assert letter.text.count("It burns.") == 1


# --- an answer to a letter --------------------------------------------------------------------------


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


ON = "On Mon, 2 Mar 2026 at 10:00, Acme Support <support@acme.example> wrote:"
ON_DATE = "On 02/03/2026 10:00, Acme Support wrote:"
HEADERS = "From: Acme Support\nSent: Monday, 2 March 2026 10:00\nTo: Bo\nSubject: Printer"
CLIENTS: dict[str, Callable[[str], str]] = {
    "Gmail": lambda letter: f"{WORDS}\n\n{ON}\n\n{quoted(letter)}\n",
    "Apple Mail": lambda letter: f"{WORDS}\n\n{quoted(ON)}\n{quoted('')}\n{quoted(letter)}\n",
    "Thunderbird": lambda letter: f"{WORDS}\n\n{ON_DATE}\n{quoted(letter)}\n",
    "Thunderbird, words below": lambda letter: f"{ON_DATE}\n{quoted(letter)}\n\n{WORDS}\n",
    "Outlook": lambda letter: f"{WORDS}\n\n{HEADERS}\n\n{letter}\n",
    "Outlook with its line": lambda letter: f"{WORDS}\n\n{'_' * 32}\n{HEADERS}\n\n{letter}\n",
    "a program that quotes with nothing": lambda letter: f"{WORDS}\n\n{letter}\n",
}
WORDS = "Thanks, it works.\n\nBest, Bo"
MARKED = [kind for kind in KINDS if kind is not LetterKind.ANSWER]


def test_every_letter_but_an_answer_begins_with_the_unseen_sign_that_replies_are_cut_at() -> None:
    for kind in MARKED:
        begins = shown(written(kind), "plain")
        assert begins.startswith(LETTER_BEGIN)
        assert begins[len(LETTER_BEGIN)] not in "-\r\n"
        assert shown(written(kind), "html").partition("<body>")[2].startswith(f'<p dir="auto">{LETTER_BEGIN}')
    assert LETTER_BEGIN.encode() not in written(LetterKind.ANSWER).as_bytes()


def shown(letter: EmailMessage, form: str) -> str:
    part = letter.get_body((form,))
    assert part
    return str(part.get_content())


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("kind", MARKED)
def test_of_a_reply_that_quotes_a_letter_only_the_new_words_count(kind: LetterKind, client: str) -> None:
    (letter,) = WRITER.write(LetterOrder(kind, AGENT, "Try water.", NO_EXTRA), occasion(), [TO_BO])
    assert new_words(with_marks(CLIENTS[client](letter.text))) == WORDS
