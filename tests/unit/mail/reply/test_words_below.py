"""Words below a line that only introduces another mail: where no others stand, they are the author's."""

from __future__ import annotations

from itertools import product

import pytest

from maildesk.mail.our_marks import REPLY_MARK
from maildesk.mail.reply.history import Doubt
from maildesk.mail.reply.html_replies import new_words_of_html
from maildesk.mail.reply.own_words import own_words
from maildesk.mail.reply.reply_text import new_words, reply_parts

SAID = "Yes, please send one.\nThe small model."
BLOCK = (
    "From: Ana Souza <support@acme.example>\nSent: Monday, January 5, 2026 10:00 AM\n"
    "To: Bo Lund <bo@client.example>\nSubject: RE: Printer"
)
INTRODUCTIONS = {
    "gmail": "On Mon, 5 Jan 2026 at 10:00, Ana Souza <support@acme.example> wrote:",
    "gmail, wrapped": "On Mon, 5 Jan 2026 at 10:00, Ana Souza (Acme Support)\n<support@acme.example> wrote:",
    "gmail, its day in German": "Am Mo., 5. Jan. 2026 um 10:00 Uhr schrieb Ana Souza <support@acme.example>:",
    "gmail, the name first": "Ana Souza <support@acme.example> schrieb am Mo., 5. Jan. 2026, 10:00:",
    "apple": "Le 5 janv. 2026 à 10:00, Ana Souza <support@acme.example> a écrit :",
    "thunderbird": "Am 05.01.26 um 10:00 schrieb Ana Souza:",
    "spanish": "El lun, 5 ene 2026 a las 10:00, Ana Souza (<support@acme.example>) escribió:",
    "japanese": "2026年1月5日(月) 10:00 Ana Souza <support@acme.example>:",
    "outlook": BLOCK,
    "outlook, its line above": f"________________________________\n{BLOCK}",
    "outlook, in German": (
        "Von: Ana Souza <support@acme.example>\nGesendet: Montag, 5. Januar 2026 10:00\n"
        "An: Bo Lund <bo@client.example>\nBetreff: AW: Drucker"
    ),
    "outlook express": f"-----Original Message-----\n{BLOCK}",
    "outlook, with what few mails have": f"{BLOCK}\nImportance: High",
    "zoho": "---- On Mon, 05 Jan 2026 10:00:00 +0100 Ana Souza <support@acme.example> wrote ----",
    "groupwise": ">>> Ana Souza <support@acme.example> 05.01.2026 10:00 >>>",
    "notes": "Ana Souza/Acme\n05.01.2026 10:00\nTo\nBo Lund/Client\ncc\n\nSubject\nRe: Printer",
}
ABOVE = {"nothing": "", "a telephone": "Sent from my iPhone\n\n", "a signature": "-- \nBo Lund\n\n"}
OLDER = "On Sun, 4 Jan 2026 at 09:00, Bo Lund <bo@client.example> wrote:"
BELOW = {
    "nothing": "",
    "a signature": "\n\n-- \nBo Lund\nClient Inc",
    "quoted lines": "\n\n> Do you need one?\n> Ana",
    "an older mail, quoted": f"\n\n{OLDER}\n> It burns.",
    "an older mail, unmarked": f"\n\n{OLDER}\n\nIt burns.",
    "an older mail of Outlook": f"\n\n{BLOCK.replace('January 5', 'January 4')}\n\nIt burns.",
    "a forwarded mail": f"\n\n---------- Forwarded message ---------\n{BLOCK}\n\nIt burns.",
}
CLOSE = {
    name: f"{each}\n{SAID}" for name, each in INTRODUCTIONS.items() if name not in ("groupwise", "notes")
}
APART = {
    f"{name}; above it {above}; below the words {below}": f"{ABOVE[above]}{each}\n\n{SAID}{BELOW[below]}"
    for above, (name, each), below in product(ABOVE, INTRODUCTIONS.items(), BELOW)
    if "nothing" in (above, below)
}
EVERY = CLOSE | APART


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_words_below_an_unmarked_introduction_are_the_words(text: str) -> None:
    parts = reply_parts(text)
    assert (parts.new, parts.doubt) == (SAID, Doubt.BELOW_INTRODUCTION)
    assert parts.in_context == SAID


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_such_words_are_said_on_in_nobodys_name(text: str) -> None:
    found = own_words(text, reply_parts(text))
    assert "Yes" not in found.text + found.signature


HTML = {
    "paragraphs": "<p>On Mon, 5 Jan 2026 at 10:00, Ana &lt;support@acme.example&gt; wrote:</p>"
    "<p>Yes, please send one.</p>",
    "lines": "On Mon, 5 Jan 2026 at 10:00, Ana &lt;support@acme.example&gt; wrote:<br>Yes, please send one.",
    "divs": "<div>Am 05.01.26 um 10:00 schrieb Ana:</div><div><br></div><div>Yes, please send one.</div>",
    "gmail's mark": '<div class="gmail_attr">On Mon, 5 Jan 2026 at 10:00, Ana wrote:</div>'
    "<div>Yes, please send one.</div>",
    "outlook": "<p><b>From:</b> Ana &lt;support@acme.example&gt;<br>"
    "<b>Sent:</b> Monday, January 5, 2026 10:00 AM<br><b>To:</b> Bo<br><b>Subject:</b> RE: Printer</p>"
    "<p>Yes, please send one.</p>",
}


LABELS = (
    "<b>From:</b> Ana &lt;support@acme.example&gt;<br><b>Sent:</b> Monday, January 5, 2026 10:00 AM<br>"
    "<b>To:</b> Bo<br><b>Subject:</b> RE: Printer"
)
GERMAN = (
    "<b>Von:</b> support@acme.example<br><b>Gesendet:</b> Montag, 5. Januar 2026 10:00<br>"
    "<b>An:</b> bo@client.example<br><b>Betreff:</b> AW: Drucker"
)
WROTE = "On Monday, January 5, 2026, 10:00 AM, Ana &lt;support@acme.example&gt; wrote:"
LINE = "border:none;border-top:solid"
IN_MARKS = {
    "outlook on the web": f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{LABELS}</div>{{said}}',
    "the same, answered again": f'<div id="x_divRplyFwdMsg" dir="ltr"><font>{LABELS}</font></div>{{said}}',
    "outlook on windows": f'<div style="{LINE} #E1E1E1 1.0pt"><p>{LABELS}</p></div>{{said}}',
    "outlook in German": f'<div style="{LINE} #B5C4DF 1.0pt"><p>{GERMAN}</p></div>{{said}}',
    "outlook on a telephone": f'<div id="mail-editor-reference-message-container">{LABELS}<br>{{said}}</div>',
    "outlook for mac": f'<span id="OLK_SRC_BODY_SECTION"><div>{LABELS}</div>{{said}}</span>',
    "yahoo": f'<div class="yahoo_quoted"><div>{WROTE}</div>{{said}}</div>',
    "gmx": f'<div name="quote" style="margin:10px"><div>{GERMAN}</div>{{said}}</div>',
    "proton": f'<div class="protonmail_quote">{WROTE}<br>{{said}}</div>',
}


@pytest.mark.parametrize("html", IN_MARKS.values(), ids=IN_MARKS)
class TestWithinAProgramsMarks:
    def test_words_below_an_introduction_are_the_words(self, html: str) -> None:
        said = html.format(said="<p>Yes, please send one.</p>")
        assert new_words_of_html(said) == "Yes, please send one."
        assert new_words_of_html(f"<div>Hi,</div>{said}") == "Hi,\n\nYes, please send one."

    def test_below_words_they_are_history(self, html: str) -> None:
        assert new_words_of_html(f"<p>No.</p>{html.format(said='<p>Do you want one?</p>')}") == "No."

    def test_quoted_lines_and_letters_of_ours_are_history(self, html: str) -> None:
        assert new_words_of_html(html.format(said="<blockquote>Do you want one?</blockquote>")) == ""
        assert new_words_of_html(html.format(said=f"<p>{REPLY_MARK}</p><p>It arrived.</p>")) == ""


def test_a_quote_that_nothing_introduces_stays_one() -> None:
    assert new_words_of_html('<div class="protonmail_quote">Do you want one?</div>') == ""


@pytest.mark.parametrize("greeting", ["Hi,", "Hello Ana", "Guten Tag!", "Bonjour Ana,", "Hola:"])
@pytest.mark.parametrize("introduction", ["gmail", "outlook", "japanese", "zoho"])
def test_a_greeting_above_them_is_no_answer(greeting: str, introduction: str) -> None:
    text = f"{greeting}\n\n{INTRODUCTIONS[introduction]}\n\n{SAID}"
    parts = reply_parts(text)
    assert (parts.new, parts.doubt) == (f"{greeting}\n\n{SAID}", Doubt.BELOW_INTRODUCTION)
    assert own_words(text, parts).text == ""


@pytest.mark.parametrize("html", HTML.values(), ids=HTML)
def test_so_they_are_in_html(html: str) -> None:
    assert new_words_of_html(html) == "Yes, please send one."


HISTORY = {
    "marked": f"{INTRODUCTIONS['gmail']}\n> It burns.",
    "marked, below header lines": f"{BLOCK}\n\n> It burns.",
    "a letter of ours": f"{INTRODUCTIONS['gmail']}\n\n{REPLY_MARK}\n\nYour mail arrived.",
    "a letter of ours, below Outlook's block": f"{BLOCK}\n\n{REPLY_MARK}\n\nYour mail arrived.",
    "nothing": BLOCK,
}


@pytest.mark.parametrize("text", HISTORY.values(), ids=HISTORY)
def test_what_is_marked_as_history_stays_history(text: str) -> None:
    assert (new_words(text), reply_parts(text).doubt) == ("", Doubt.ONLY_HISTORY)


@pytest.mark.parametrize("name", INTRODUCTIONS)
def test_below_words_the_same_introduction_leads_to_history(name: str) -> None:
    parts = reply_parts(f"Still broken.\n\n{INTRODUCTIONS[name]}\n\n{SAID}")
    assert (parts.new, parts.doubt) == ("Still broken.", None)


def test_words_that_begin_like_a_label_are_no_header_line() -> None:
    assert new_words(f"{BLOCK}\nNote: it burns again.") == "Note: it burns again."


def test_a_forwarded_mail_stays_a_forwarded_one() -> None:
    parts = reply_parts(f"---------- Forwarded message ---------\n{BLOCK}\n\n{SAID}")
    assert (parts.new, parts.doubt, SAID in parts.forwarded) == ("", Doubt.ONLY_HISTORY, True)
