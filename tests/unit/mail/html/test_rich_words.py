"""An author's words as HTML: what their text says in the form that they gave it, or nothing."""

from __future__ import annotations

import re

import pytest

from maildesk.mail.html.rich_words import rich_words
from maildesk.mail.html.text import html_to_text
from maildesk.mail.message import Attachment, FileKey
from tests.cost import at_most

CABLE = Attachment("cable.png", "image/png", 5, "a" * 64, inline=True, content_id="img1")
PLUG = Attachment("plug.png", "image/png", 5, "b" * 64, inline=True, content_id="ii_m2@acme.example")
PICTURES = {"img1": CABLE, "ii_m2@acme.example": PLUG}
REL = 'rel="noopener noreferrer nofollow"'


def shown(words: str, source: str) -> str:
    """The pieces in a row, a picture as its name in braces."""
    pieces = rich_words(words, source, PICTURES)
    return "".join(f"{{{each.name}}}" if isinstance(each, FileKey) else each for each in pieces)


SAID = {
    # name: words of the text, HTML of the mail, HTML that goes out
    "Gmail's bold": (
        "Please *do not* pull it.",
        '<div dir="ltr">Please <b>do not</b> pull it.</div>',
        "Please <b>do not</b> pull it.",
    ),
    "no sign of emphasis in the text": ("Do not pull it.", "<p>Do <b>not</b> pull it.</p>",
        "<p>Do <b>not</b> pull it.</p>"),
    "Thunderbird's signs": ("/Now/ *pull* _it_.", "<p><i>Now</i> <b>pull</b> <u>it</u>.</p>",
        "<p><i>Now</i> <b>pull</b> it.</p>"),
    "a sign that is a word": ("2 * 3 is 6", "<p>2 * 3 is <b>6</b></p>", "<p>2 * 3 is <b>6</b></p>"),
    "wrapped lines": ("One long line\nthat was wrapped.", "<p>One long line that was wrapped.</p>",
        "<p>One long line that was wrapped.</p>"),
    "a numbered list": (
        "Do this:\n\n   1. Stop it.\n   2. Start it.",
        "<div>Do this:</div><ol><li>Stop it.</li><li><b>Start</b> it.</li></ol>",
        "Do this:<ol><li>Stop it.</li><li><b>Start</b> it.</li></ol>",
    ),
    "bullets": ("- one\n- two", "<ul><li>one</li><li>two</li></ul>", "<ul><li>one</li><li>two</li></ul>"),
    "Word's bullets": (
        "  *   one\n  *   two",
        "<p class=MsoListParagraph><span>·<span>&nbsp; </span></span>one</p>"
        "<p class=MsoListParagraph><span>·<span>&nbsp; </span></span>two</p>",
        "<p>·&nbsp; one</p><p>·&nbsp; two</p>",
    ),
    "a link that the text tells": (
        "See the guide <https://acme.example/guide>.",
        '<p>See <a href="https://acme.example/guide">the guide</a>.</p>',
        f'<p>See <a href="https://acme.example/guide" {REL}>the guide</a>.</p>',
    ),
    "a bare link": (
        "See https://acme.example/guide.",
        '<p>See <a href="https://acme.example/guide">https://acme.example/guide</a>.</p>',
        f'<p>See <a href="https://acme.example/guide" {REL}>https://acme.example/guide</a>.</p>',
    ),
    "a link that the text does not tell": (
        "See the guide.",
        '<p>See <a href="https://track.example/?to=bo@client.example">the guide</a>.</p>',
        "<p>See the guide.</p>",
    ),
    "a link that seems to lead elsewhere": (
        "See https://acme.example/.",
        '<p>See <a href="https://evil.example/">https://acme.example/</a>.</p>',
        "<p>See https://acme.example/.</p>",
    ),
    "Outlook's picture": (
        "It looks like this: [cable.png] Pull it.",
        '<p>It looks like this: <img src="cid:img1" alt="A cable"> Pull it.</p>',
        "<p>It looks like this: {cable.png} Pull it.</p>",
    ),
    "Gmail's picture": (
        "Like this:\n[image: plug.png]\nPull it.",
        '<div>Like this:</div><div><img src="cid:ii_m2@acme.example" alt="plug.png"></div>'
        "<div>Pull it.</div>",
        "Like this:<br>{plug.png}<br>Pull it.",
    ),
    "a picture that the text leaves out": (
        "Like this:",
        '<p>Like this:</p><p><img src="cid:img1"></p><p>-- </p><p>Ana</p><img src="cid:ii_m2@acme.example">',
        "<p>Like this:<br>{cable.png}</p>",
    ),
    "a picture above the words": ("[cable.png]\nThis one.", '<img src="cid:img1"><br>This one.',
        "{cable.png}<br>This one."),
    "a picture in bold": ("*[image: cable.png]* This one.", '<b><img src="cid:img1"></b> This one.',
        "<b>{cable.png}</b> This one."),
    "a picture that is a link": (
        "[cable.png]<https://acme.example/> This one.",
        '<a href="https://acme.example/"><img src="cid:img1"></a> This one.',
        f'<a href="https://acme.example/" {REL}>{{cable.png}}</a> This one.',
    ),
    "a picture behind a link": (
        "The guide <https://acme.example/>[cable.png]: pull.",
        '<a href="https://acme.example/">The guide</a><img src="cid:img1">: pull.',
        f'<a href="https://acme.example/" {REL}>The guide</a>{{cable.png}}: pull.',
    ),
    "a picture from elsewhere": ("See:\nDone.", '<p>See:<img src="https://track.example/1.gif"><br>Done.</p>',
        "<p>See:<br>Done.</p>"),
    "a picture's words": ("[Acme] says hello", '<img src="https://acme.example/1.png" alt="Acme"> says hello',
        "[Acme] says hello"),
    "a smiley": ("Thanks 🙂",
        '<div>Thanks <img alt="🙂" src="https://img.example/x.png"></div>', "Thanks 🙂"),
    "commands above": ("Bye.", "<div>#close</div><div><br></div><div><b>Bye</b>.</div>", "<b>Bye</b>."),
    "commands above in one block": ("Bye.", "<pre>#close\nBye.\n</pre>", "<pre>Bye.\n</pre>"),
    "history below": (
        "Yes.",
        "<p><b>Yes</b>.</p><p>On Monday Bo wrote:</p><blockquote>Is it secret?</blockquote>",
        "<p><b>Yes</b>.</p>",
    ),
    "history above": ("Yes.", "<blockquote>Is it?</blockquote><p><i>Yes.</i></p>", "<p><i>Yes.</i></p>"),
    "source text": ("if a < b && c",
        "<pre>if a &lt; b &amp;&amp; c</pre>", "<pre>if a &lt; b &amp;&amp; c</pre>"),
    "an indent that quotes nobody": (
        "So:\npull",
        '<div>So:</div><blockquote style="margin:0 0 0 40px;border:none">pull</blockquote>',
        "So:<blockquote>pull</blockquote>",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "source", "html"), [pytest.param(*each, id=at) for at, each in SAID.items()]
)
def test_words_keep_the_form_that_their_author_gave_them(words: str, source: str, html: str) -> None:
    assert shown(words, source) == html


def _plain(text: str) -> str:
    text = re.sub(r"[<(]https?:[^<>()]+[>)]", "", text)
    return re.sub(r"[\s*_/·>-]|\[(?:image: )?(?:cable|plug)\.png\]|\d\.", "", text)


@pytest.mark.parametrize(("words", "source"), [pytest.param(*each[:2], id=at) for at, each in SAID.items()])
def test_the_html_says_what_the_text_says(words: str, source: str) -> None:
    html = "".join(each for each in rich_words(words, source, PICTURES) if isinstance(each, str))
    assert _plain(html_to_text(html)[0]) == _plain(words)


UNSAID = {
    "other words": ("Yes.", "<p>No.</p>"),
    "a word more": ("Yes, do.", "<p>Yes, never do.</p>"),
    "a word less": ("Yes, do it.", "<p>Yes, do.</p>"),
    "a word that only the HTML says": ("One.\nTwo.", "<p>One.</p><p>#note he never pays</p><p>Two.</p>"),
    "hidden words": ("One.\nTwo.", '<p>One.</p><p style="display:none">he never pays</p><p>Two.</p>'),
    "hidden words that are the same": ("One.\nTwo.", '<p>One.</p><p style="display:none">Two.</p>'),
    "words around a quotation": ("One.\nTwo.", "<p>One.</p><blockquote>a secret</blockquote><p>Two.</p>"),
    "words of a quotation": ("One.", "<blockquote><p>One.</p></blockquote>"),
    "words in a signature": ("One.\nAna", '<p>One.</p><div class="gmail_signature">Ana</div>'),
    "another number": ("2. Stop it.", "<ol><li>Stop it.</li></ol>"),
    "a number that the text leaves out": ("Stop it.", "<ol><li>Stop it.</li></ol>"),
    "an address that the HTML leaves out": ("See <https://a.example/x>.", "<p>See.</p>"),
    "a sign within a word": ("2*3", "<p>23</p>"),
    "no HTML": ("Yes.", ""),
    "no words": ("", "<p>Yes.</p>"),
    "a mark of ours": ("Yes \uf8ff", "<p>Yes \uf8ff</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "source"), [pytest.param(*each, id=at) for at, each in UNSAID.items()])
def test_html_that_says_anything_else_is_left_out(words: str, source: str) -> None:
    assert shown(words, source) == ""


HOSTILE = {
    "one beginning many times": ("a " * 20_000 + "b", "<p>a</p>" * 20_000),
    "signs": ("*" * 100_000, "<p>*" * 20_000),
    "opened addresses": ("<http:" * 20_000, "<p>&lt;http:" * 20_000),
    "numbers": ("1." * 20_000, "<ol><li>" * 20_000),
    "names before the words": ("[a]" * 40_000, "<p>a" * 20_000),
    "pictures": ("[cable.png]" * 5_000, '<img src="cid:img1">' * 5_000),
    "links": ("https://a.example/ " * 5_000, '<a href="https://a.example/">https://a.example/</a> ' * 5_000),
    "pictures beside signs": (
        f"Hello\n{'*' * 40_000}\nend", f"<p>Hello</p>{'<img alt=q>' * 4_000}<p>end</p>"
    ),
    "pictures beside signs, in three places": (
        f"Hello\n{'*' * 40_000}\nend",
        f"<p>Hello</p>{'<img alt=q>' * 4_000}<p>no</p>" * 3,
    ),
    "pictures beside addresses": (
        f"Hello\n{'<https://a.example/>' * 2_000}",
        f'<p>Hello<a href="https://a.example/">{"<img alt=q>" * 4_000}</a>',
    ),
    "pictures beside an address without end": (
        f"Hello\n[https://{'z' * 5_000}\nend", f"<p>Hello</p>{'<img alt=q>' * 20_000}"
    ),
    "list items beside signs": (f"Hello\n{'*' * 400_000}", f"<p>Hello</p><ol>{'<li>' * 40_000}"),
    "a long name beside signs": (
        "Hello\n" + "*" * 500_000, f"<p>Hello</p><img alt='{'*' * 200_000}x{'*' * 200_000}'>"
    ),
    "a long line beside signs": ("Hello\n" + "*" * 500_000, f"<p>Hello</p>{'*' * 200_000}x{'*' * 200_000}"),
    "a long link in many paragraphs": (
        f"https://a.example/{'z' * 3_900}\n" + "x\n" * 24_000,
        f'<a href="https://a.example/{"z" * 3_900}">https://a.example/{"z" * 3_900}' + "<p>x" * 24_000,
    ),
    "an indent of blanks": ("Hello", f'<p>Hello<blockquote style="margin:0{" " * 200_000}">x'),
    "open tags": (
        "Hello\n" + "x " * 40_000,
        "<b><ul><a href='https://a.example/'>" * 8_000 + "<p>Hello" + "x " * 40_000,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("words", "source"), [pytest.param(*each, id=at) for at, each in HOSTILE.items()])
def test_hostile_html_costs_little(words: str, source: str) -> None:
    with at_most(40):
        rich_words(words, source, PICTURES)


def test_a_row_of_signs_beside_many_pictures_keeps_its_form() -> None:
    pictures = '<img src="https://acme.example/1.png" alt="Acme">' * 100
    html = shown(f"Yes.\n{'*' * 60}\nend", f"<p><b>Yes.</b>{pictures}</p><p>end</p>")
    assert html == "<p><b>Yes.</b></p><p>end</p>"
