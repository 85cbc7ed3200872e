"""HTML bodies to text, and how the history is marked in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.html.text import html_to_text
from tests.cost import at_most


def text(html: str) -> str:
    return html_to_text(html)[0]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>one</p><p>two</p>", "one\n\ntwo", id="paragraphs"),
        pytest.param("<div>one</div><div>two</div>", "one\ntwo", id="divs"),
        pytest.param("one<br>two<br/><br>three", "one\ntwo\n\nthree", id="breaks"),
        pytest.param("a\n  b\t c", "a b c", id="white-space"),
        pytest.param("<b>bo</b>ld <i>word</i>", "bold word", id="inline"),
        pytest.param("&lt;b&gt; &amp; &eacute; &#233; &nbsp;x", "<b> & é é  x", id="references"),
        pytest.param("&#99999999999999999999;", "\ufffd", id="impossible-reference"),
        pytest.param("a<script>alert('<p>no</p>')</script>b", "ab", id="script"),
        pytest.param("<style>p{}</style><title>t</title>a", "a", id="style-and-title"),
        pytest.param("a<!-- <p>no</p> -->b", "ab", id="comment"),
        pytest.param("a<![if !mso]>b<![endif]>c<?xml x?>", "abc", id="declarations"),
        pytest.param(
            "<ul><li>a<li>b<ol><li>c</li><li>d</li></ol></ul>", "- a\n- b\n  1. c\n  2. d", id="lists"
        ),
        pytest.param("<pre>a\n  b</pre>", "a\n  b", id="pre"),
        pytest.param(
            '<p>a</p><pre class="moz-signature">-- \nAna</pre>', "a\n\n--\nAna", id="dashes-of-the-program"
        ),
        pytest.param("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc", id="table"),
        pytest.param('<a href="https://x.example/a">here</a>', "here (https://x.example/a)", id="link"),
        pytest.param('<a href="https://x.example/">x.example</a>', "x.example", id="link-says-the-same"),
        pytest.param('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example", id="mailto"),
        pytest.param('<a href="javascript:x()">here</a>', "here", id="no-script-link"),
        pytest.param('<img src="x" alt="Logo"><img src="y">', "[Logo]", id="image"),
        pytest.param('<div style="display: none">hidden</div>shown', "shown", id="hidden"),
        pytest.param("1 < 2 and 3 > 2", "1 < 2 and 3 > 2", id="bare-signs"),
        pytest.param('<p title="a > b">x</p>', "x", id="sign-in-attribute"),
        pytest.param('<p title="open>x</p>', "x", id="open-attribute"),
        pytest.param("a<p don't>b</p>", "a\n\nb", id="apostrophe-in-tag"),
        pytest.param(
            "<table><tr><td><p>Name:</p></td><td><p>Bo</p></td></tr>"
            "<tr><td><div>Age:</div></td><td> <div>7</div> </td></tr></table><p>Bye",
            "Name: Bo\nAge: 7\n\nBye",
            id="table-of-paragraphs",
        ),
        pytest.param(
            "<table><tr><td><p>one</p><p>two</p><div>three</div><div><br></div><div>four</div>"
            "<ul><li>five</li></ul><p>six</p></td></tr></table>",
            "one\n\ntwo\n\nthree\n\nfour\n\n- five\n\nsix",
            id="paragraphs-of-one-cell",
        ),
        pytest.param(
            "<table><tr><td><p>a</p><table><tr><td><p>b</p></td><td>c</td></tr></table><p>d</p></td>"
            "<td>e</td></tr></table>",
            "a\n\nb c\n\nd e",
            id="table-in-a-cell",
        ),
        pytest.param("<td><blockquote>q</td>after", "> q\nafter", id="quote-ends-with-its-cell"),
        pytest.param("", "", id="empty"),
    ],
)
def test_html_reads_as_text(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("new<blockquote>old</blockquote>", id="blockquote"),
        pytest.param('new<div class="yahoo_quoted"><div>old</div></div>', id="yahoo"),
        pytest.param('new<div class="protonmail_quote">old</div>', id="proton"),
        pytest.param('new<div id="divRplyFwdMsg"></div><div>old</div>', id="outlook-web"),
        pytest.param('new<div id="x_divRplyFwdMsg"></div><div>old</div>', id="outlook-web-nested"),
        pytest.param('new<div id="appendonsend"></div><div>old</div>', id="outlook-append"),
        pytest.param('new<hr id="zwchr"><div>old</div>', id="zimbra"),
        pytest.param(
            "new<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'>"
            "<p>old</p></div></div>"
            "<p>older</p>",
            id="outlook-windows",
        ),
        pytest.param(
            'new<div class="moz-cite-prefix">old</div><blockquote type="cite">old</blockquote>', id="mozilla"
        ),
    ],
)
def test_history_of_known_mail_programs_is_quoted(html: str) -> None:
    lines = text(html).split("\n")
    assert [line for line in lines if line and not line.startswith(">")] == ["new"]
    assert any("old" in line for line in lines)


def test_a_parameter_of_a_link_is_no_entity() -> None:
    text, _ = html_to_text('<a href="https://acme.example/?a=1&copy=2&amp;reg=3">here</a>')
    assert "https://acme.example/?a=1&copy=2&reg=3" in text


def test_words_between_two_quotes_are_not_quoted() -> None:
    assert text("<blockquote>a</blockquote>mine<blockquote>b</blockquote>") == "> a\n\nmine\n\n> b"


def test_quotes_within_quotes_are_counted() -> None:
    assert text("<blockquote>a<blockquote>b</blockquote>c</blockquote>") == "> a\n>\n>> b\n>\n> c"


def test_an_indent_made_in_gmail_is_no_quote() -> None:
    html = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">mine</blockquote>'
    assert text(html) == "mine"


def test_text_beyond_the_limit_is_cut_and_said_to_be() -> None:
    words, cut = html_to_text("<p>word</p>" * 1000, 100)
    assert cut
    assert len(words) < 200


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 200_000, id="open-divs"),
        pytest.param("<blockquote>x" * 100_000, id="open-quotes"),
        pytest.param("<span>" * 100_000 + "</a>" * 100_000, id="open-spans"),
        pytest.param("<a " * 200_000, id="open-tags"),
        pytest.param('<a href="' * 200_000, id="open-attributes"),
        pytest.param("<p " + "a" * 500_000 + ">", id="long-attribute"),
        pytest.param("<!--" * 200_000, id="open-comments"),
        pytest.param("<" * 500_000, id="less-signs"),
        pytest.param("</" * 200_000, id="open-end-tags"),
        pytest.param("&#x" * 200_000, id="open-references"),
        pytest.param("<script>" * 200_000, id="open-scripts"),
    ],
)
def test_hostile_html_costs_no_more_than_its_length(html: str) -> None:
    with at_most(800):  # quadratic work on any of these takes many minutes
        text(html)


@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<blockquote>",
                "</blockquote>",
                "<a href='http://x'>",
                "</a>",
                "<pre>",
                "</pre>",
                "<ol>",
                "<li>",
                "</ol>",
                "<br>",
                "x",
                " ",
                "<",
                "<!--",
                "-->",
                "<span style='display:none'>",
                "</span>",
                "<td>",
                "</td>",
                "&amp",
                "\u00a0",
            ]
        )
    )
)
def test_any_nesting_of_tags_becomes_text(tags: list[str]) -> None:
    assert "\r" not in text("".join(tags))
