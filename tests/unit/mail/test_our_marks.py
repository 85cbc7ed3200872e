"""The unseen sign before the first word of a letter, and the line that a reply is cut at."""

from __future__ import annotations

import email
from email.policy import default

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.our_marks import LETTER_BEGIN, REPLY_MARK, beginning, with_marks
from maildesk.mail.reading import read_mail
from tests.cost import millions

MARKED = {
    "no letter of ours": ("Hello.\n\nIt burns.", "Hello.\n\nIt burns."),
    "a letter": (f"{LETTER_BEGIN}Hello Bo,\n\nx", f"{REPLY_MARK}\n\nHello Bo,\n\nx"),
    "below words": (f"Still broken.\n\n{LETTER_BEGIN}Hello", f"Still broken.\n\n{REPLY_MARK}\n\nHello"),
    "quoted": (f"> {LETTER_BEGIN}Hello\n> x", f"> {REPLY_MARK}\n> \n> Hello\n> x"),
    "quoted twice": (f">> {LETTER_BEGIN}Hello", f">> {REPLY_MARK}\n>> \n>> Hello"),
    "behind words": (f"Ana wrote: {LETTER_BEGIN}Hello", f"Ana wrote: \n{REPLY_MARK}\n\nHello"),
    "two letters": (
        f"x\n{LETTER_BEGIN}One\n> {LETTER_BEGIN}Two",
        f"x\n{REPLY_MARK}\n\nOne\n> {REPLY_MARK}\n> \n> Two",
    ),
    "characters of no width in a text": ("a\u200bb\u200c\u200d", "a\u200bb\u200c\u200d"),
}


@pytest.mark.parametrize(("text", "read"), MARKED.values(), ids=MARKED)
def test_a_letter_of_ours_begins_with_a_line_that_says_so(text: str, read: str) -> None:
    assert with_marks(text) == read


@pytest.mark.parametrize(
    ("rendered", "letter"),
    [
        (f"{LETTER_BEGIN}\n\nHello,\n\nx", f"{LETTER_BEGIN}Hello,\n\nx"),
        (f"{LETTER_BEGIN}\n\n\n  Hello", f"{LETTER_BEGIN}Hello"),
        (f"Bom dia.\n\n{LETTER_BEGIN}\n\nx", f"Bom dia.\n\n{LETTER_BEGIN}x"),
        ("A person's words", "A person's words"),
    ],
)
def test_the_sign_takes_no_line(rendered: str, letter: str) -> None:
    assert beginning(rendered) == letter


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("plain", f"Still broken.\n\n{LETTER_BEGIN}Hello Bo,\n\nto escalate, say so."),
        ("html", f"<p>Still broken.</p><p>{LETTER_BEGIN}Hello Bo,</p><p>to escalate, say so.</p>"),
        ("html", "<p>Still broken.</p><p>&#8203;&zwnj;&zwnj;&zwj;&#8203;Hello Bo,</p><p>say escalate</p>"),
        ("plain", f"Still broken.\n\n{REPLY_MARK}\n\nHello Bo,\n\nan older letter."),
    ],
    ids=["text", "html", "entities", "an older letter"],
)
def test_a_mail_that_quotes_a_letter_with_nothing_is_cut_where_the_letter_begins(
    kind: str, text: str
) -> None:
    mail = email.message.EmailMessage(policy=default)
    mail["From"] = "bo@client.example"
    mail.set_content(text, subtype=kind)
    body = read_mail(mail.as_bytes(), trust=Trust()).body
    assert (body.new_text, body.own_text) == ("Still broken.", "Still broken.")


@pytest.mark.parametrize("quoting", [">", "> ", " ", "\u00a0", "＞"])
def test_a_long_line_of_quote_marks_is_not_written_again_for_each_sign_behind_it(quoting: str) -> None:
    text = quoting * 20_000 + LETTER_BEGIN * 1000
    assert len(with_marks(text)) < len(text) + 50_000


@pytest.mark.parametrize("unit", [LETTER_BEGIN, f"> {LETTER_BEGIN}\n", f"x {LETTER_BEGIN}", " " * 50 + "\n"])
def test_very_many_signs_cost_and_grow_no_more_than_the_length_of_the_text(unit: str) -> None:
    small, large = unit * (20_000 // len(unit)), unit * (320_000 // len(unit))
    assert len(with_marks(large)) < len(large) + 5_000
    millions(lambda: with_marks(small))
    least = min(millions(lambda: with_marks(small)) for _ in range(3))
    assert min(millions(lambda: with_marks(large)) for _ in range(2)) < 16 * least * 4 + 2
