"""Laws of reading, writing and sanitising, each tried on whatever Hypothesis thinks of."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from maildesk.mail.composing import compose
from maildesk.mail.html.rich_words import rich_words
from maildesk.mail.html.sanitizing import safe_html
from maildesk.mail.html.text import html_to_text
from maildesk.mail.html_page import page_of
from maildesk.mail.message import Address, IncomingMail, OutgoingMail
from maildesk.mail.mime.attachment_names import safe_name
from maildesk.mail.mime.charsets import clean
from maildesk.mail.mime.header_lines import NAME_CHARS, SUBJECT_CHARS, one_line
from maildesk.mail.mime.headers import cut_header
from maildesk.mail.reading import read_mail
from maildesk.mail.reply.reply_text import new_words
from tests.unit.mail import mail_strategies as drawn
from tests.unit.mail.html.safe_grammar import check as check_safe
from tests.unit.mail.invariants import TRUST, check_new_words, read

EXAMPLES = 150
LONG_EXAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Law:
    drawn: st.SearchStrategy[Any]
    holds: Callable[[Any], None]


# --- reading --------------------------------------------------------------------------------------


def any_bytes_are_a_mail(raw: bytes) -> None:
    read(raw)


def reading_twice_gives_the_same(raw: bytes) -> None:
    assert read(raw) == read(raw)


def any_mail_is_a_safe_page(raw: bytes) -> None:
    body = page_of(raw).partition("<body>\n")[2].removesuffix("\n</body></html>\n")
    for piece in body.split("\n<hr>\n"):
        check_safe(piece)


def new_words_are_lines_of_the_text(text: str) -> None:
    text = clean(text)
    check_new_words(text, new_words(text))


def an_author_stands_on_the_wire(field: str) -> None:
    """Outside quoted strings there is one @; the domain behind it, which DMARC looks at, is the author's."""
    raw = b"From: " + field.encode("utf-8", "replace") + b"\r\nTo: support@acme.example\r\n\r\nHello\r\n"
    mail = read(raw)
    if mail is None or mail.author.address is None:
        return
    [value] = [each.value for each in cut_header(raw).fields if each.name == "from"]
    outside = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", value, flags=re.DOTALL)
    _, at, domain = outside.partition(b"@")
    assert at
    assert b"@" not in domain
    assert domain.lower().startswith(mail.author.address.domain.encode())
    assert not re.match(rb"[\w.-]", domain[len(mail.author.address.domain) :].removeprefix(b"."))


# --- writing --------------------------------------------------------------------------------------

_FIELDS = {
    "date", "from", "to", "reply-to", "subject", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "content-language", "mime-version", "content-type",
    "content-transfer-encoding",
}  # fmt: skip


def composed_and_read_again(letter: OutgoingMail) -> tuple[bytes, IncomingMail]:
    raw = compose(letter)
    return raw, read_mail(raw, trust=TRUST)


def a_letter_has_the_intended_fields_and_lines(letter: OutgoingMail) -> None:
    raw, mail = composed_and_read_again(letter)
    names = [each.name for each in cut_header(raw).fields]
    assert len(names) == len(set(names))
    assert set(names) <= _FIELDS
    assert raw.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert set(mail.defects) <= {"uuencoded-in-text"}  # our text may quote a file in a text


def a_letter_keeps_who_and_when_and_after_what(letter: OutgoingMail) -> None:
    _, mail = composed_and_read_again(letter)
    assert mail.author.address is not None
    assert mail.author.address.address == letter.sender.address
    [to] = mail.addressing.to
    assert to.address == letter.to.address
    assert _bare(to.name) == _bare(one_line(letter.to.name, NAME_CHARS))
    assert [each.address for each in mail.addressing.reply_to] == [
        each.address for each in (letter.reply_to,) if each
    ]
    assert mail.ids.message_id == letter.message_id
    assert mail.ids.in_reply_to == ((letter.in_reply_to,) if letter.in_reply_to else ())
    assert set(mail.ids.references) <= {*letter.references, letter.in_reply_to}
    assert mail.date == letter.date
    assert (mail.automation.automatic is None) == (letter.automatic is None)


def _bare(name: str) -> str:
    """A name without the quotes and brackets that some programs put around it, which the reader takes off."""
    return in_letters(name).strip(" \"'<>")


def in_letters(text: str) -> str:
    """Text by what a person sees of it: invisible characters and the kinds of white space say nothing."""
    return " ".join("".join(c for c in clean(text) if unicodedata.category(c) not in ("Cf", "Cc")).split())


def a_letter_keeps_its_subject(letter: OutgoingMail) -> None:
    _, mail = composed_and_read_again(letter)
    assert in_letters(mail.subject) == in_letters(one_line(letter.subject, SUBJECT_CHARS))


def a_letter_keeps_its_text(letter: OutgoingMail) -> None:
    _, mail = composed_and_read_again(letter)
    text = clean(letter.text)
    assume("begin" not in text)  # a file in the text would be taken out of it
    if letter.html is not None:  # a text that says nothing lets the HTML speak
        assume(text.strip() and not re.search("html|view|mail|message", text, re.IGNORECASE))
    assert mail.body.text == text.strip("\n")


def a_letter_keeps_its_files(letter: OutgoingMail) -> None:
    assume("begin" not in letter.text)
    _, mail = composed_and_read_again(letter)
    files = [(hashlib.sha256(each.content).hexdigest(), len(each.content)) for each in letter.enclosed]
    assert [(each.sha256, each.size) for each in mail.attachments] == files
    for each, file in zip(mail.attachments, letter.enclosed, strict=True):
        assert each.name == safe_name(each.name, each.content_type, 1)
        assert each.content_type in (file.content_type.lower(), "application/octet-stream")
        if re.fullmatch(r"[a-z][a-z ]{0,20}[a-z]\.pdf", file.name):
            assert each.name == file.name


# --- sanitising -----------------------------------------------------------------------------------


def safe_html_is_safe_and_stays_as_it_is(source: str) -> None:
    html, cut = safe_html(source)
    assert not cut
    check_safe(html)
    assert safe_html(html) == (html, False)


def safe_html_keeps_the_words(pieces: list[str]) -> None:
    html, _ = safe_html("".join(pieces))
    words = re.sub(r"<[^>]*>|\[x\]", "", html).split()
    assert "".join(words) == "".join(each for each in pieces if not each.startswith("<"))


def rich_words_say_what_the_text_says(source: str) -> None:
    words = html_to_text(source)[0]
    for html in rich_words(words, source, {}):
        assert isinstance(html, str)  # there are no pictures
        check_safe(html)
        said = "".join(html_to_text(re.sub("</?a[^>]*>", "", html))[0].split())
        letters = iter("".join(words.split()))
        assert all(letter in letters for letter in said if letter not in "-_>")


LAWS = {
    law.holds.__name__: law
    for law in (
        Law(drawn.any_mails, any_bytes_are_a_mail),
        Law(drawn.damaged_mails, reading_twice_gives_the_same),
        Law(drawn.any_mails, any_mail_is_a_safe_page),
        Law(drawn.reply_texts, new_words_are_lines_of_the_text),
        Law(drawn.from_fields, an_author_stands_on_the_wire),
        Law(drawn.letters, a_letter_has_the_intended_fields_and_lines),
        Law(drawn.letters, a_letter_keeps_who_and_when_and_after_what),
        Law(drawn.letters, a_letter_keeps_its_subject),
        Law(drawn.letters, a_letter_keeps_its_text),
        Law(drawn.letters, a_letter_keeps_its_files),
        Law(drawn.html_sources, safe_html_is_safe_and_stays_as_it_is),
        Law(drawn.html_sources, rich_words_say_what_the_text_says),
        Law(st.lists(st.sampled_from([*drawn.TAGS, "one", "two"]), max_size=40), safe_html_keeps_the_words),
    )
}


def try_out(name: str, examples: int) -> None:
    law = LAWS[name]

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(law.drawn)
    def tried(value: Any) -> None:
        law.holds(value)

    tried()


@pytest.mark.parametrize("name", LAWS)
def test_the_law_holds(name: str) -> None:
    try_out(name, EXAMPLES)


@pytest.mark.long
@pytest.mark.parametrize("name", LAWS)
def test_the_law_holds_for_many_more(name: str) -> None:
    try_out(name, LONG_EXAMPLES)


def test_the_laws_notice_an_author_who_is_not_on_the_wire() -> None:
    """The checks themselves can fail."""
    raw = b"From: =?utf-8?q?ana=40acme.example?= <x@evil.example>\r\n\r\nHello\r\n"
    mail = read(raw)
    assert mail is not None
    assert mail.author.address == Address("x@evil.example", "ana@acme.example")
