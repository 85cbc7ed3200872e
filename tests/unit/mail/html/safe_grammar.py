"""What safe HTML may consist of, checked twice: by its letters, and as another parser reads it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_TOKEN = re.compile(
    r"[^<>&\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]+"
    r"|&(?:amp|lt|gt|nbsp|quot);"
    r"|<br>|</?(?:p|b|i|ul|ol|li|pre|blockquote|code)>|</a>"
    r"|<a href=\"(?P<href>[^\"<>\s]+)\" rel=\"noopener noreferrer nofollow\">"
)
_HREF = re.compile(r"(?:https?://[^/?#]|mailto:[^?]+\Z)", re.IGNORECASE)
_DEPTH = 45


class _Reader(HTMLParser):
    """Tags must nest, hold nothing but an address, and there is nothing beside tags and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert names == (["href", "rel"] if tag == "a" else []), (tag, attrs)
        if tag == "a":
            assert "a" not in self.open
            assert _HREF.match(attrs[0][1] or ""), attrs
        if tag != "br":
            self.open.append(tag)
        assert len(self.open) < _DEPTH

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def check(html: str) -> None:
    """Fails unless every character of `html` belongs to something that safe HTML may hold."""
    position = 0
    while position < len(html):
        token = _TOKEN.match(html, position)
        assert token, html[max(0, position - 40) : position + 80]
        assert token["href"] is None or _HREF.match(token["href"]), token["href"]
        position = token.end()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
