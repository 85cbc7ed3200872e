"""HTML cut into tags and text in one pass, with no tree and no second look at any byte."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Quotes count only after an equals sign, as in browsers. Possessive throughout: no byte is looked at again.
_TAG: Final = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|[="'])*+)>""")
_SIMPLE_TAG: Final = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)([^>]*+)>")
_ATTRIBUTE: Final = re.compile(
    r"""(?<![^\s"'/])([^\s=>"'/]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))"""
)
_RAW_TEXT: Final = ("script", "style", "title", "xmp", "noembed", "noframes", "textarea", "template")
_RAW_ENDS: Final = {tag: re.compile(rf"</{tag}[\s/>]", re.IGNORECASE) for tag in _RAW_TEXT}
# In an address `&copy=1` is a parameter: what has no semicolon is no entity there.
_NO_ENTITY: Final = re.compile(r"&(?!#|[A-Za-z0-9]{1,32};)")
_LONG_NUMBER: Final = re.compile(r"&#(?:[xX][0-9a-fA-F]{7,}|[0-9]{8,});?")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its name in lower case, whether it closes, and where the text goes on."""

    name: str
    closing: bool
    raw_attributes: str
    end: int

    def attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in _ATTRIBUTE.finditer(self.raw_attributes):
            value = each[2] or each[3] or each[4] or ""
            found.setdefault(each[1].lower(), unescape(_NO_ENTITY.sub("&amp;", value)))
        return found


class _Source:
    """The HTML with a memory of what it has no more of, so that nothing is looked for twice in vain."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._absent: set[str] = set()
        self._tag = _TAG

    def after(self, needle: str, position: int) -> int | None:
        """Find where the text goes on after the next `needle`, or None when there is none any more."""
        if needle in self._absent:
            return None
        found = self.text.find(needle, position)
        if found < 0:
            self._absent.add(needle)
            return None
        return found + len(needle)

    def after_raw_text(self, tag: str, position: int) -> int:
        """Find where the end tag of a script or its like begins; an unclosed one reaches to the end."""
        found = _RAW_ENDS[tag].search(self.text, position)
        return found.start() if found else len(self.text)

    def tag_at(self, position: int) -> Tag | None:
        found = self._tag.match(self.text, position)
        if found is None and self._tag is _TAG and self.after(">", position) is not None:
            self._tag = _SIMPLE_TAG  # a quote is never closed: from here on every `>` ends a tag
            found = _SIMPLE_TAG.match(self.text, position)
        if found is None:
            return None
        return Tag(found[2].lower(), bool(found[1]), found[3], found.end())


def tags_and_text(text: str) -> Iterator[str | Tag]:
    """Text and tags in order, without comments, declarations and scripts."""
    source, position = _Source(text), 0
    while position < len(text):
        less = text.find("<", position)
        if less < 0:
            yield text[position:]
            return
        if less > position:
            yield text[position:less]
        tag = source.tag_at(less) if source.after(">", less) is not None else None
        if tag is not None:
            yield tag
            position = tag.end
            if not tag.closing and tag.name in _RAW_ENDS:
                position = source.after_raw_text(tag.name, position)
        else:
            after = _after_declaration(source, less)
            if after is None:
                yield "<"
            position = after or less + 1


def _after_declaration(source: _Source, position: int) -> int | None:
    """Find where a comment or `<!…>` ends; None when this `<` is only a character."""
    following = source.text[position + 1 : position + 4]
    if following == "!--":
        return source.after("-->", position + 2) or source.after(">", position)
    if following[:1] in ("!", "?") or (following[:1] == "/" and not following[1:2].isalpha()):
        return source.after(">", position)
    return None


def unescape(text: str) -> str:
    """Character references resolved; a number too long to be a character is none."""
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text
