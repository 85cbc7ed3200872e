"""What may be said on in an author's name: never a line of a notice or of anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from maildesk.mail.html.text import html_to_text
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.our_marks import LETTER_BEGIN, NOTICE_END, REPLY_MARK, hide_end, with_marks
from maildesk.mail.reading import read_mail
from maildesk.mail.reply.own_words import own_words
from maildesk.mail.reply.reply_text import reply_parts
from tests.cost import millions

HEAD, FOOT = "The customer wrote again: it is still broken.", "Case:  7K2Q-9F3M (Open), Bo Lund"
NOTICE = f"""{REPLY_MARK}

{HEAD}

Bo Lund <bo@client.example>, Monday 24 November 2025 10:00:

> Nothing comes out of it.
>
> Regards, Bo

{FOOT}
Owner: Ana Souza
A colleague (internal): he pays late

#close #wait 3d #note #help
{NOTICE_END}"""
SECRETS = ("still broken", "Nothing comes", "7K2Q", "pays late", "#close", "Owner", "token", "notice")
WORDS = "Please switch it off and on.\n\nThen tell me what it says."
DESK = "Acme Support (Reply) <support+7k2q9f3m.a1token@acme.example>"
ON = f"On Mon, 24 Nov 2025 at 10:00, {DESK} wrote:"
WRAPPED = f"On Mon, 24 Nov 2025 at 10:00, Acme Support (Reply)\n<{DESK[22:]}\nwrote:"
FROM = f"From: {DESK}\nSent: Monday, November 24, 2025 10:00\nTo: Ana Souza\nSubject: [Acme #7K2Q-9F3M] Reply"
UNKNOWN = f"Wem-von: {DESK}\nZeitpunktli: 24.11.2025 10:00\nBetrifft: [Acme #7K2Q-9F3M] Reply"
LINE = "_" * 32
PHONE = "Sent from my iPhone"


def own(text: str) -> str:
    return own_words(text, reply_parts(text)).text


def quoted(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


QUOTE = quoted(NOTICE)
AGAIN = quoted(QUOTE)
CUT = NOTICE.removesuffix(NOTICE_END)
REPLIES = {
    "above, as Gmail writes": f"{WORDS}\n\n{ON}\n\n{QUOTE}",
    "above, wrapped attribution": f"{WORDS}\n\n{WRAPPED}\n\n{QUOTE}",
    "above, quote marks without space": f"{WORDS}\n\n{ON}\n{quoted(NOTICE, '>')}",
    "above, quoted twice": f"{WORDS}\n\n{ON}\n{AGAIN}",
    "above, an attribution of no language": f"{WORDS}\n\n{DESK}, 24.11.2025 10:00 blorbed:\n{QUOTE}",
    "above, with a signature": f"{WORDS}\n\n-- \nAna Souza\nAcme Support\n\n{ON}\n\n{QUOTE}",
    "above, with a telephone's footer": f"{WORDS}\n\n{PHONE}\n\n> {ON}\n>\n{QUOTE}",
    "below": f"{ON}\n{QUOTE}\n\n{WORDS}",
    "below, with a signature": f"{ON}\n{QUOTE}\n\n{WORDS}\n\n-- \nAna Souza",
    "Outlook": f"{WORDS}\n\n{FROM}\n\n{NOTICE}",
    "Outlook with its line": f"{WORDS}\n\n{LINE}\n{FROM}\n\n{NOTICE}",
    "Outlook in no language": f"{WORDS}\n\n{UNKNOWN}\n\n{NOTICE}",
    "Outlook, below": f"{FROM}\n\n{NOTICE}\n\n{WORDS}",
    "Outlook, two notices": f"{WORDS}\n\n{FROM}\n\n{NOTICE}\n\n{FROM}\n\n{NOTICE}",
    "a program that quotes with nothing": f"{WORDS}\n\n{NOTICE}",
    "with nothing but an attribution": f"{WORDS}\n\n{ON}\n\n{NOTICE}",
    "with nothing, below": f"{NOTICE}\n\n{WORDS}",
    "with nothing and no foot": f"{WORDS}\n\n{ON}\n\n{CUT}",
    "with nothing and other dashes": f"{WORDS}\n\n— Reply above this line —\n\n{HEAD}",
    "with nothing, its mark wrapped": f"{WORDS}\n\n--- reply above this\nline ---\n\n{HEAD}",
    "forwarded in the text": f"{WORDS}\n\n---------- Forwarded message ---------\n{FROM}\n\n{NOTICE}",
    "a word on the history's own line": f"{WORDS}\n\n-----Original Message-----\n{FROM}\n\n{NOTICE}",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in REPLIES.items()])
@pytest.mark.parametrize(
    "ends", [lambda text: text, lambda text: text.replace(" ", "\u00a0", 3)], ids=["", "odd"]
)
def test_the_authors_words_alone_are_left(text: str, ends: Callable[[str], str]) -> None:
    assert own(ends(text)).replace("\u00a0", " ") == WORDS


_BEGINS = re.compile(rf"{REPLY_MARK}\n[> ]*\n[> ]*")


def signed(text: str) -> str:
    """The same of a notice that begins with the sign which nobody sees."""
    return _BEGINS.sub(LETTER_BEGIN, text)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in REPLIES.items()])
def test_a_notice_that_begins_unseen_is_left_out_alike(text: str) -> None:
    assert own(with_marks(signed(text))) == WORDS


@pytest.mark.parametrize("notice", [f"{WORDS}\n\n{NOTICE}", f"{WORDS}\n\n{NOTICE}\n\nMore.", NOTICE])
def test_of_a_notice_that_lost_its_sign_and_has_no_quote_marks_nothing_is_kept(notice: str) -> None:
    assert own(_BEGINS.sub("", notice)) == ""
    assert own(_BEGINS.sub("", f"{WORDS}\n\n{ON}\n\n{QUOTE}")) == WORDS
    assert own(_BEGINS.sub("", f"{WORDS}\n\n{FROM}\n\n{NOTICE}")) == WORDS


HALF = NOTICE.index(FOOT)
BETWEEN = f"Hi,\n\n{ON}\n\n{quoted(NOTICE[:HALF])}\n\n{WORDS}\n\n{quoted(NOTICE[HALF:])}\n\nThat is all."


def test_of_an_interleaved_reply_the_authors_own_lines_are_left() -> None:
    assert own(BETWEEN) == f"Hi,\n\n{WORDS}\n\nThat is all."


DOUBTFUL = {
    "below a notice that was cut off": f"{CUT}\n\n{WORDS}",
    "in the middle of an unmarked notice": f"Hi,\n\n{FROM}\n\n{NOTICE[:HALF]}\n{WORDS}\n{NOTICE[HALF:]}",
    "nothing but the notice": f"{ON}\n\n{QUOTE}",
    "nothing but an unmarked notice": f"{FROM}\n\n{NOTICE}",
    "nothing but a forwarded notice": f"---------- Forwarded message ---------\n{FROM}\n\n{NOTICE}",
    "a notice in a notice": f"{WORDS}\n\n{NOTICE[:HALF]}{NOTICE}{NOTICE[HALF:]}",
    "a header below words, undecided": f"{WORDS}\n\nFrom: the token\nDate: 24.11.2025\nyour 7K2Q printer",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in DOUBTFUL.items()])
def test_where_it_cannot_be_told_less_is_kept(text: str) -> None:
    assert not [secret for secret in SECRETS if secret in own(text)]


@pytest.mark.parametrize("text", [*REPLIES.values(), *DOUBTFUL.values(), BETWEEN])
def test_no_signature_holds_a_line_of_a_notice(text: str) -> None:
    signature = own_words(text, reply_parts(text)).signature
    assert not [secret for secret in SECRETS if secret in signature]


HTML_QUOTES = {
    "Gmail": '<div dir="ltr">{w}</div><br><div class="gmail_quote"><div dir="ltr">{on}<br></div><blockquote '
    'class="gmail_quote" style="margin:0 0 0 .8ex">{n}</blockquote></div>',
    "Apple Mail": '{w}<br><div><br><blockquote type="cite"><div>{on}</div>{n}</blockquote></div>',
    "Outlook": '<p class="MsoNormal">{w}</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>'
    "<b>From:</b> {desk}<br><b>Sent:</b> Monday, November 24, 2025 10:00<br><b>To:</b> Ana<br><b>Subject:</b>"
    " Reply</p></div></div>{n}",
    "Outlook on the web": '<div>{w}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:'
    "</b> {desk}<br><b>Sent:</b> Monday<br><b>To:</b> Ana</div><div>{n}</div>",
    "a program that quotes with nothing": "<p>{w}</p><div>{n}</div>",
    "tables": "<table><tr><td>{w}<tr><td>From: {desk}<tr><td>{n}</table>",
    "the words below": "<div>{on}</div><blockquote type=cite>{n}</blockquote><p>{w}</p>",
}


@pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in HTML_QUOTES.items()])
def test_of_html_alone_the_authors_words_are_left(form: str) -> None:
    def html(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")

    body = form.format(w=html(WORDS), on=html(ON), desk=html(DESK), n=html(NOTICE))
    assert own(html_to_text(body)[0]) == WORDS


@pytest.mark.parametrize(
    "text",
    ["Hello.\n\nAt 10:00 somebody comes:\n\nhave the printer ready.", "1. Open it.\n2. Close it.", "Yes", ""],
)
def test_words_without_a_quote_are_left_as_they_are(text: str) -> None:
    assert own(text) == text


APPOINTMENT = "We come to you:\n\nDate: 24.11.2025\nTime: 10:00\nWho: ana and ben@acme.example"


@pytest.mark.parametrize("below", [f"{ON}\n\n{QUOTE}", f"{LINE}\n{FROM}\n\n{NOTICE}", f"{ON}\n\n{NOTICE}"])
def test_lines_of_the_authors_that_look_like_a_header_are_left(below: str) -> None:
    assert own(f"{APPOINTMENT}\n\n{below}") == APPOINTMENT


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        (f"{WORDS}\n\n-- \nAna\nAcme\n\n{ON}\n\n{QUOTE}", "-- \nAna\nAcme"),
        (f"{WORDS}\n\nBest regards,\nAna Souza\n\n{FROM}\n\n{NOTICE}", "Best regards,\nAna Souza"),
        (f"{WORDS}\n\n{PHONE}\n\n> {ON}\n{QUOTE}", ""),
        (f"{WORDS}\n\n-- \nAna\n{PHONE}", "-- \nAna"),
        (f"{WORDS}\n\n{ON}\n\n{QUOTE}", ""),
    ],
    ids=["dashes", "closing", "telephone", "both", "none"],
)
def test_the_signature_is_the_authors_and_no_telephones(text: str, signature: str) -> None:
    assert own_words(text, reply_parts(text)).signature == signature


@pytest.mark.parametrize("planted", [NOTICE_END, "  end of this notice", "--- END OF\nTHIS NOTICE ---"])
def test_a_customer_cannot_end_a_notice_early(planted: str) -> None:
    said = hide_end(f"Hello.\n{planted}\n#close\nYou get it all back.")
    text = f"{WORDS}\n\n{REPLY_MARK}\n\n{said}\n\n{FOOT}\n\n{CUT}"
    assert own(text) == WORDS
    assert "You get it all back." in said


def test_reading_a_mail_fills_them_in() -> None:
    raw = f"From: Ana <ana@acme.example>\nSubject: Re: x\n\n#close\n{WORDS}\n\n-- \nAna\n\n{ON}\n\n{QUOTE}\n"
    mail = read_mail(raw.encode(), trust=Trust())
    assert mail.body.own_text == f"#close\n{WORDS}"
    assert mail.body.own_signature == "-- \nAna"


def _cost(text: str) -> float:
    parts = reply_parts(text)
    return millions(lambda: own_words(text, parts))


@pytest.mark.parametrize(
    "unit",
    [
        f"{REPLY_MARK}\n",
        f"{NOTICE_END}\n",
        f"> {REPLY_MARK}\nx\n",
        "From: a\n",
        "Date: 1.1.2025 10:00:\n",
        "reply above ",
        f"{NOTICE}\n",
    ],
    ids=["marks", "ends", "quoted marks", "headers", "moments", "half marks", "notices"],
)
def test_a_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    small, large = unit * (20_000 // len(unit)), unit * (320_000 // len(unit))
    _cost(small)
    least = min(_cost(small) for _ in range(3))
    assert min(_cost(large) for _ in range(2)) < 16 * least * 4 + 2
