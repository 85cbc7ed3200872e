"""Texts, HTML and transfer encodings of any length."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.reading.structures import BODY_MOST, RAW, TOP, Structure, filled

_TEXT: dict[str, bytes] = {
    "letters on one line": b"a",
    "words on one line": b"a ",
    "spaces on one line": b" ",
    "lines": b"x\n",
    "ordinary lines": b"This is a line of an ordinary mail that somebody wrote.\n",
    "blank lines": b"\n",
    "blank lines with spaces": b"   \n",
    "bare carriage returns": b"x\r",
    "quoted lines": b"> a\n",
    "quote marks on one line": b">",
    "quote marks alone": b">\n",
    "quoted and new lines in turn": b"> a\nb\n",
    "quoted lines deeper and deeper": b"> a\n>> b\n>>> c\n",
    "attributions": b"On Mon, 23 Nov 2026 at 10:00, Ana <ana@client.example> wrote:\n",
    "attributions over quotes": b"On Mon, 23 Nov 2026 at 10:00, Ana wrote:\n> a\n",
    "attributions that never end": b"On Mon, 23 Nov 2026 at 10:00, Ana\n",
    "attributions on one line": b"On Mon, 23 Nov 2026 Ana wrote: ",
    "ends of attributions": b"wrote:\n",
    "verbs on one line": b"wrote schrieb ",
    "words before an attribution": b"a On 1 ",
    "lines that end in a colon": b"a:\n",
    "colons": b":",
    "header blocks": b"From: Ana\nSent: Monday\nTo: Bo\nSubject: Hi\n\n",
    "header labels": b"From: a\n",
    "header labels in bold": b"*From:* a\n",
    "labels of nothing": b"Abc: x\n",
    "separators": b"-----Original Message-----\n",
    "dashes": b"-",
    "lines of dashes": b"----\n",
    "underscores": b"_",
    "stars": b"* ",
    "marks to reply above": b"--- reply above this line ---\n",
    "signature dashes": b"-- \n",
    "closings": b"Best regards,\n",
    "footers": b"Sent from my iPhone\n",
    "disclaimers": b"This e-mail is confidential.\n",
    "addresses": b"<a@b.example> ",
    "numbers": b"12:34 2026 ",
    "8-bit": RAW,
    "8-bit lines": RAW + b"\n",
    "UTF-8": "ä€".encode(),
    "nul": b"\0",
    "escapes": b"\x1b$B",
    "forwards": b"---------- Forwarded message ----------\nFrom: a\n\n",
}
_HTML: dict[str, bytes] = {
    "paragraphs": b"<p>a</p>",
    "open paragraphs": b"<p>",
    "line breaks": b"<br>",
    "bold": b"<b>a</b>",
    "open bold": b"<b>a",
    "closing tags": b"</b>",
    "closing tags of open ones in turn": b"<i><b></i>",
    "cells": b"<td>",
    "rows": b"<tr><td>a</td></tr>",
    "tables in tables": b"<table><tr><td>",
    "lists in lists": b"<ul><li>a",
    "ordered lists": b"<ol><li>a",
    "blockquotes in blockquotes": b"<blockquote>a",
    "blockquotes": b"<blockquote>a</blockquote>",
    "quote classes": b'<div class="gmail_quote">a',
    "divisions": b"<div>a",
    "hidden divisions": b'<div style="display:none">a</div>',
    "preformatted": b"<pre>a</pre>",
    "links": b'<a href="https://client.example/">a</a>',
    "open links": b'<a href="https://client.example/">',
    "images": b'<img alt="a">',
    "rules": b"<hr>",
    "comments": b"<!-- a -->",
    "open comments": b"<!-- ",
    "declarations": b"<!>",
    "open declarations": b"<!a ",
    "instructions": b"<?a ",
    "cdata": b"<![CDATA[ ",
    "conditional comments": b"<!--[if a]><![endif]-->",
    "styles": b"<style>a</style>",
    "open styles": b"<style>",
    "open scripts": b"<script>",
    "open titles": b"<title>",
    "opening brackets": b"<",
    "opening brackets and letters": b"<a ",
    "closing brackets": b">",
    "open closing tags": b"</",
    "open closing tags and letters": b"</b ",
    "open quotes": b'<a b="',
    "open quotes in turn": b"<a b='\"",
    "entities": b"&amp;",
    "entities without an end": b"&amp",
    "ampersands": b"&",
    "numbered entities": b"&#65;",
    "large numbered entities": b"&#99999999;",
    "spaces": b" ",
    "no-break spaces": b"&nbsp;",
    "lines": b"a\n",
    "office paragraphs": b"<o:p></o:p>",
    "meta charsets": b"<meta charset=",
}
_ATTRIBUTES: dict[str, bytes] = {
    "attributes": b"a=b ",
    "attributes of one letter": b"a ",
    "attributes in quotes": b'a="b" ',
    "attributes with entities": b"a='&amp;' ",
    "equal signs in a tag": b"=",
    "spaces in a tag": b" ",
    "slashes in a tag": b"/",
    "letters in a tag": b"a",
    "styles in a tag": b"style=a:b; ",
    "classes in a tag": b"class=gmail_quote ",
}
_ENCODED: dict[str, tuple[bytes, bytes]] = {
    "base64": (b"base64", b"YWFh" * 19 + b"\r\n"),
    "base64 without lines": (b"base64", b"YWFh"),
    "base64 padding": (b"base64", b"A="),
    "base64 junk": (b"base64", b"!-*"),
    "base64 in pieces": (b"base64", b"YQ==\n"),
    "quoted-printable": (b"quoted-printable", b"=E4"),
    "quoted-printable equal signs": (b"quoted-printable", b"="),
    "quoted-printable soft breaks": (b"quoted-printable", b"a=\r\n"),
    "quoted-printable spaces": (b"quoted-printable", b"a  \n"),
    "quoted-printable soft breaks with spaces": (b"quoted-printable", b"= \n="),
    "uuencoded lines": (b"x-uue", b"a\n"),
    "uuencoded begins": (b"x-uue", b"begin 644 a\n"),
}
_CHARSETS = (
    *("utf-7", "utf-16", "iso-2022-jp", "iso-8859-2", "gb18030", "shift_jis", "hz-gb-2312", "koi8-r"),
    *("unknown", ""),
)


def _said(head: bytes, filling: bytes) -> Callable[[int], bytes]:
    return filled(head + b"\r\n", filling)


def _tagged(filling: bytes) -> Callable[[int], bytes]:
    return lambda size: (
        TOP + b"Content-Type: text/html\r\n\r\n<p " + filling * (size // len(filling)) + b">a</p>"
    )


def _encoded(kind: bytes, encoding: bytes, filling: bytes) -> Callable[[int], bytes]:
    return _said(b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n", filling)


def bodies() -> Iterator[tuple[str, list[Structure]]]:
    """Texts, HTML and encodings."""
    plain = b"Content-Type: text/plain; charset=%b\r\n"
    flowed = b"Content-Type: text/plain; format=flowed; delsp=yes\r\n"
    html = b"Content-Type: text/html; charset=utf-8\r\n"
    made: dict[str, dict[str, Callable[[int], bytes]]] = {
        "text": {name: _said(plain % b"utf-8", filling) for name, filling in _TEXT.items()},
        "format=flowed": {name: _said(flowed, filling) for name, filling in _TEXT.items()},
        "HTML": {name: _said(html, filling) for name, filling in _HTML.items()},
        "HTML attributes": {name: _tagged(filling) for name, filling in _ATTRIBUTES.items()},
        "transfer encodings of files": {
            name: _encoded(b"application/pdf", *each) for name, each in _ENCODED.items()
        },
        "transfer encodings of texts": {
            name: _encoded(b"text/plain", *each) for name, each in _ENCODED.items()
        },
        "charsets": {
            f"{charset or 'none declared'}, {said}": _said(plain % charset.encode(), filling)
            for charset in _CHARSETS
            for said, filling in (("8-bit", RAW), ("escapes", b"\x1b$B+AGE-"), ("tildes", b"~{!!~}"))
        },
    }
    for group, builds in made.items():
        yield group, [Structure(name, build, BODY_MOST) for name, build in builds.items()]
