"""HTML written anew from tags and text: flat, well nested, plain tags only, links that say where they lead.

What is written here is small in every direction, so that a browser's parser may look at it (`sanitizing`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html import escape
from typing import Final
from urllib.parse import quote

from maildesk.mail.html.tags import Tag, unescape
from maildesk.mail.mime.charsets import clean

# --- what the tags of mails become -----------------------------------------------------------------

_INLINE: Final = {
    "b": "b", "strong": "b", "i": "i", "em": "i", "cite": "i", "code": "code", "tt": "code", "kbd": "code",
    "samp": "code",
}  # fmt: skip
_INLINE_ORDER: Final = ("b", "i", "code")
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = frozenset({"p", "ul", "ol", "pre", "blockquote"})
_LINES: Final = frozenset(
    {"div", "tr", "table", "center", "hr", "dl", "dt", "dd", "section", "article", "header", "footer", "main",
     "nav", "aside", "address", "figure", "figcaption", "caption", "form", "fieldset", "legend", "option",
     "body", "dir", "menu", "details", "summary"}
)  # fmt: skip
_ITEM_WALLS: Final = frozenset({"ul", "ol", "blockquote", "pre"})
_MOST_DEEP: Final = 40  # a parser needs quadratic time on open tags; a thread of 40 answers is long
_MOST_WORDS: Final = 2**14  # nh3 needs quadratic time on `&` and no-break spaces in one run of text
_MOST_ALT: Final = 200
_SPACE: Final = re.compile(r"[ \t\n\r\f]+")


class HtmlWriter:
    """The HTML written anew. Blocks nest; what is bold or linked is opened only where there are words."""

    def __init__(self, limit: int) -> None:
        self.out: list[str] = []
        self.room = limit
        self.blocks: list[str] = []
        self.ignored: Counter[str] = Counter()  # opened beyond the depth; their end tags end nothing
        self.inline: Counter[str] = Counter()
        self.link: str | None = None
        self._opened: list[str] = []  # the inline tags that are open in the output
        self._fresh = True  # nothing stands on this line yet
        self._break = False  # the next words begin a new line
        self._space = False
        self._pre_begins = False
        self._run = 0  # characters since the last tag

    def text(self, text: str) -> None:
        text = clean(unescape(text))
        if "pre" in self.blocks:
            if self._pre_begins:  # parsers drop a line end there: dropped here, nothing changes later
                text = text.lstrip("\n")
            if text:
                self._words(text)
            return
        text = _SPACE.sub(" ", text)
        self._space = self._space or text.startswith(" ")
        words = text.strip(" ")
        if words:
            self._words(words)
            self._space = text.endswith(" ")

    def space(self) -> None:
        self._space = True

    def new_line(self) -> None:
        self._break = True

    def line_break(self) -> None:
        if self._break and not self._fresh:
            self._end_line()
        self._end_line()

    def _end_line(self) -> None:
        self._close_inline(self._wanted())
        self._put("<br>")
        self._at_line_start()

    def start_block(self, name: str) -> None:
        if name == "li":
            self._end_item()
            if not self.blocks or self.blocks[-1] not in ("ul", "ol"):
                self.new_line()
                return
        elif self.blocks and self.blocks[-1] == "p":
            self._pop()
        if len(self.blocks) >= _MOST_DEEP:
            if name not in ("li", "p"):
                self.ignored[name] += 1
            self.new_line()
            return
        self._close_inline([])
        self._put(f"<{name}>")
        self.blocks.append(name)
        self._at_line_start()
        self._pre_begins = name == "pre"

    def end_block(self, name: str) -> None:
        if self.ignored[name]:
            self.ignored[name] -= 1
            self.new_line()
        elif name == "li":
            self._end_item()
        elif name == "p" and self.blocks[-1:] != ["p"]:
            self.new_line()
        elif name in self.blocks:
            while self._pop() != name:
                pass

    def begin_anew(self) -> None:
        """Forget what was written, and go on within the blocks that are open."""
        self.out = [f"<{name}>" for name in self.blocks]
        self._at_line_start()

    def finish(self) -> str:
        while self.blocks:
            self._pop()
        self._close_inline([])
        return "".join(self.out)

    def _end_item(self) -> None:
        for each in reversed(self.blocks):
            if each in _ITEM_WALLS:
                self.new_line()
                return
            if each == "li":
                while self._pop() != "li":
                    pass
                return

    def _pop(self) -> str:
        self._close_inline([])
        name = self.blocks.pop()
        self._put(f"</{name}>")
        self._at_line_start()
        return name

    def _at_line_start(self) -> None:
        self._fresh, self._break, self._space, self._pre_begins = True, False, False, False

    def _words(self, words: str) -> None:
        if self._break and not self._fresh:
            self._end_line()
        wanted = self._wanted()
        self._close_inline(wanted)
        more = wanted[len(self._opened) :]
        if self._space and not self._fresh:
            if more:  # outside the link that follows
                self._put(" ")
            else:
                words = f" {words}"
        for tag in more:
            self._put(tag)
            self._opened.append(tag)
        self._run_on(words)
        self._fresh, self._break, self._space, self._pre_begins = False, False, False, False

    def _run_on(self, words: str) -> None:
        """Words as they are, but for a new line where no tag has stood among them for too long."""
        while len(words) > (left := _MOST_WORDS - self._run) and self.room >= 0:
            at = max(words.rfind(" ", 0, left + 1), words.rfind("\n", 0, left + 1))
            self._put(escape(words[: at if at >= 0 else left], quote=False))
            self._put("<br>")
            words = words[at + 1 if at >= 0 else left :]
        if self.room >= 0:
            self._put(escape(words, quote=False))
            self._run += len(words)

    def _wanted(self) -> list[str]:
        link = [f'<a href="{self.link}">'] if self.link else []
        return link + [f"<{name}>" for name in _INLINE_ORDER if self.inline[name]]

    def _close_inline(self, wanted: list[str]) -> None:
        """Close what is open until the rest is how `wanted` begins."""
        while self._opened != wanted[: len(self._opened)]:
            tag = self._opened.pop()
            self._put("</a>" if tag.startswith("<a") else f"</{tag[1:]}")

    def _put(self, html: str) -> None:
        self.room -= len(html)
        self.out.append(html)
        if html.startswith("<"):  # words are escaped
            self._run = 0


# --- tags and what they do ---------------------------------------------------------------------------


def start_tag(out: HtmlWriter, tag: Tag) -> None:
    name = tag.name
    if name == "br":
        out.line_break()
    elif name in _INLINE:
        out.inline[_INLINE[name]] += 1
    elif name == "a":
        out.link = _link(_attributes(tag).get("href", ""))
    elif name in _HEADINGS:
        out.start_block("p")
        out.inline["b"] += 1
    elif name in _BLOCKS or name == "li":
        out.start_block(name)
    elif name in ("td", "th"):
        out.space()
    elif name == "img":
        alternative = _attributes(tag).get("alt", "").strip()
        if alternative and len(alternative) <= _MOST_ALT:
            out.text(escape(f"[{alternative}]"))
    elif name in _LINES:
        out.new_line()


def end_tag(out: HtmlWriter, name: str) -> None:
    if name in _INLINE:
        out.inline[_INLINE[name]] -= out.inline[_INLINE[name]] > 0
    elif name == "a":
        out.link = None
    elif name in _HEADINGS:
        out.inline["b"] -= out.inline["b"] > 0
        out.end_block("p")
    elif name in _BLOCKS or name == "li":
        out.end_block(name)
    elif name in _LINES:
        out.new_line()


# --- links -----------------------------------------------------------------------------------------

# In an address `&copy=1` is no character reference (HTML standard, named character reference state).
_BARE_AMPERSAND: Final = re.compile(r"&(?!#|[A-Za-z0-9]{1,32};)")
_EDGE: Final = "".join(map(chr, range(33)))
_IGNORED_IN_LINKS: Final = re.compile("[\t\n\r]")
_UNWRITTEN: Final = re.compile(
    "[\x00-\x20\x7f-\xa0\"'<>`\\\\^{|}\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff\ufff0-\uffff]"
)
_LINK: Final = re.compile(r"https?://[^/?#]|mailto:[^?]", re.IGNORECASE)
_MOST_LINK: Final = 4000


def _attributes(tag: Tag) -> dict[str, str]:
    return replace(tag, raw_attributes=_BARE_AMPERSAND.sub("&amp;", tag.raw_attributes)).attributes()


def _link(address: str) -> str | None:
    """An address as it stands in href, or None. A mailto: keeps no header fields: a stranger chose them."""
    if len(address) > _MOST_LINK:
        return None
    address = _IGNORED_IN_LINKS.sub("", address.strip(_EDGE))
    if not _LINK.match(address):
        return None
    if address[0] in "mM":
        address = address.partition("?")[0]
    address = _UNWRITTEN.sub(lambda found: quote(found[0], errors="replace"), address)
    return escape(address) if len(address) <= _MOST_LINK else None
