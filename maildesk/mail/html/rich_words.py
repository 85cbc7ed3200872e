"""An author's own words as HTML, cut out of the HTML of their mail: it says what their text says, no more.

The words are known from the text of the mail. Of the HTML a stretch is taken that reads exactly like them,
but for what programs add to text where HTML has a form: signs of emphasis, bullets, addresses of links, names
of pictures. Where no stretch does, there is no HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import unquote

from maildesk.mail.html.marks import is_quote, mark_of
from maildesk.mail.html.sanitizing import cleaned
from maildesk.mail.html.solid_text import (
    BULLETS,
    EMPHASIS,
    MARKED_ADDRESS,
    NUMBER,
    SolidText,
    plain_address,
    solid_of,
)
from maildesk.mail.html.tags import Tag, tags_and_text, unescape
from maildesk.mail.html.text import Allowance, hides
from maildesk.mail.html.writing import HtmlWriter, end_tag, start_tag
from maildesk.mail.message import Attachment, FileKey, RichWords
from maildesk.mail.mime.charsets import clean

_PLACE: Final = "\uf8ff"  # stands for a picture until the HTML is cut there; of private use, so in few texts
_MOST_TRIES: Final = 3
_MOST_CHARS: Final = 2**19
_MOST_STEPS: Final = 50_000
_MOST_SIGNS: Final = 20_000  # passed over, in all tries: each picture may look at the same ones again
_CHARS_A_SIGN: Final = 64  # compared in no longer than a sign is passed over


def rich_words(words: str, source: str, pictures: Mapping[str, Attachment]) -> RichWords:
    """The HTML of `source` that says `words`, or nothing. `pictures` are the mail's, by their Content-ID.

    Linear in both: only a few places that begin like the words are looked at to their end, and signs that
    stand for a form are counted.
    """
    text = SolidText.of(words)
    if not text.solid or len(source) > _MOST_CHARS or _PLACE in source or _PLACE in words:
        return ()
    items = list(_items(clean(source), Allowance(_MOST_STEPS)))
    begin, tries, pictured, signs = 0, 0, False, Allowance(_MOST_SIGNS)
    for number, item in enumerate(items):
        if isinstance(item, Tag):
            pictured = pictured or item.name == "img"
            begin = number + 1 if item.closing and not pictured else begin
            continue
        if item and not item.solid:
            continue
        if item and text.begins_with(item.solid):
            tries += 1
            found = _Stretch(text, pictures, signs).read(items, begin)
            if found or tries == _MOST_TRIES:
                return found
        begin, pictured = number + 1, False
    return ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text between tags, as it was written, and the characters of it that show."""

    raw: str
    solid: str


_Item = Tag | _Line | None
"""None is a wall: what follows is quoted, hidden or a signature, and no words reach across it."""


def _items(source: str, allowance: Allowance) -> Iterator[_Item]:
    for each in tags_and_text(source):
        allowance.steps -= 1
        if allowance.steps < 0:
            yield None
            return
        if isinstance(each, str):
            yield from (_Line(line, solid_of(unescape(line))) for line in each.splitlines(keepends=True))
            continue
        yield each
        if not each.closing and _is_wall(each, source):
            yield None


def _is_wall(tag: Tag, source: str) -> bool:
    attributes = tag.attributes() if tag.raw_attributes.strip(" /") else {}
    quote = tag.name == "blockquote" and is_quote(attributes)
    return quote or hides(attributes) or mark_of(tag, attributes, source) is not None


class _Stretch:
    """The HTML that is read beside the words, and written anew as far as it says them."""

    def __init__(self, text: SolidText, pictures: Mapping[str, Attachment], signs: Allowance) -> None:
        self.text = text
        self.pictures = pictures
        self.signs = signs
        self.out = HtmlWriter(_MOST_CHARS)
        self.at = 0  # so far the words are said
        self.said: list[str] = []
        self.shown: list[FileKey] = []
        self.links: set[str] = set()
        self.numbers: dict[int, int] = {}  # the last number of each list, by how deep it lies

    def read(self, items: Sequence[_Item], begin: int) -> RichWords:
        """The words in pieces of HTML with the pictures between them; nothing where the HTML says else."""
        for item in items[:begin]:
            if isinstance(item, Tag) and item.name != "img":
                _nest(self.out, item)
        if not {"ol", "blockquote"}.isdisjoint(self.out.blocks):
            return ()
        self.out.begin_anew()
        self.out.link = None  # nobody has looked where it leads
        for item in items[begin:]:
            if self.out.room < 0:
                return ()
            if self.at == len(self.text.solid):
                if not self._goes_on(item):
                    break
            elif item is None or not (self._tag(item) if isinstance(item, Tag) else self._say(item)):
                break
        while self.at < len(self.text.solid) and self._skip():
            pass
        return self._written() if self.at == len(self.text.solid) else ()

    def _written(self) -> RichWords:
        html = self.out.finish()
        if self.out.room < 0 or _shown(html := cleaned(html)) != "".join(self.said):
            return ()
        first, *more = html.split(_PLACE)
        return (first, *(piece for pair in zip(self.shown, more, strict=True) for piece in pair))

    def _goes_on(self, item: _Item) -> bool:
        """Take the pictures below the last words, up to whatever else is said."""
        if isinstance(item, Tag):
            if item.name == "img" and (picture := self._picture(item)):
                self.out.new_line()
                self._place(picture)
            return True
        return item is not None and not item.solid

    def _say(self, line: _Line) -> bool:
        if not line.solid:
            if self.said:
                self.out.text(line.raw)
            return True
        while not self.text.solid.startswith(line.solid, self.at):
            if self._is_bullet() and len(line.solid) == 1 and line.solid in BULLETS:
                break  # a bullet that was typed, in text another
            if not self._skip(len(line.solid)):
                return False
        self._write(line.raw, line.solid)
        return True

    def _write(self, raw: str, solid: str) -> None:
        self.at += len(solid)
        self.said.append(solid)
        self.out.text(raw)

    def _is_bullet(self) -> bool:
        at = self.at
        return at in self.text.line_starts and self.text.solid[at : at + 1] in tuple(BULLETS)

    def _skip(self, compared: int = 0) -> bool:
        """Pass over a sign that stands for a form, where so many characters did not come."""
        solid, at = self.text.solid, self.at
        self.signs.steps -= 1 + compared // _CHARS_A_SIGN
        if self.signs.steps < 0:
            return False
        if found := MARKED_ADDRESS.match(solid, at):
            if plain_address(found[1] or found[2] or found[3]) not in self.links:
                return False
            self.at = found.end()
        elif solid[at : at + 1] in tuple(EMPHASIS) or (self._is_bullet() and "ul" in self.out.blocks):
            self.at += 1
        else:
            return False
        return True

    def _tag(self, tag: Tag) -> bool:
        if tag.name == "img":
            self._image(tag)
            return True
        if tag.name == "br" and not self.said:
            return True
        _nest(self.out, tag)
        if tag.closing:
            return True
        if tag.name == "a":
            self._link()
        elif tag.name == "ol":
            self.numbers[len(self.out.blocks)] = 0
        elif tag.name == "li" and self.out.blocks[-2:] == ["ol", "li"]:
            return self._number()
        return True

    def _link(self) -> None:
        """A link leads only where the words say that it does."""
        address = plain_address(unescape(self.out.link or ""))
        if address in self.text.addresses:
            self.links.add(address)
        else:
            self.out.link = None

    def _number(self) -> bool:
        """The number of an item is said by the list; the words must say the same."""
        depth = len(self.out.blocks) - 1
        self.numbers[depth] = self.numbers.get(depth, 0) + 1
        while not (found := NUMBER.match(self.text.solid, self.at)):
            if not self._skip():
                return False
        self.at = found.end()
        return int(found[1]) == self.numbers[depth]

    def _image(self, tag: Tag) -> None:
        """A picture of the mail, or the words that stand for another one where the text says them."""
        picture, alternative = self._picture(tag), tag.attributes().get("alt", "").strip()
        names = [*([picture.name] if picture else []), *([alternative] if alternative else [])]
        marks = [form.format(name) for name in names for form in ("[image: {}]", "[{}]")]
        mark = self._next_of(marks if picture else (*marks, *names))
        if picture:
            self.at += len(solid_of(mark))
            self._place(picture)
        elif mark:
            self._write(escape(mark), solid_of(mark))

    def _next_of(self, marks: Iterable[str]) -> str:
        """The one of these that the text says next, signs before it aside; else nothing is passed over."""
        before = self.at
        solid = {solid_of(each): each for each in marks}
        size = sum(map(len, solid))
        while not (found := next((each for each in solid if self._comes(each)), "")) and self._skip(size):
            pass
        self.at = self.at if found else before
        return solid.get(found, "")

    def _comes(self, solid: str) -> bool:
        return bool(solid) and self.text.solid.startswith(solid, self.at)

    def _picture(self, tag: Tag) -> Attachment | None:
        scheme, _, content_id = tag.attributes().get("src", "").strip().partition(":")
        if scheme.lower() != "cid":
            return None
        return self.pictures.get(content_id) or self.pictures.get(unquote(content_id))

    def _place(self, picture: Attachment) -> None:
        self.said.append(_PLACE)
        self.shown.append(picture.key)
        self.out.text(_PLACE)


def _nest(out: HtmlWriter, tag: Tag) -> None:
    if tag.closing:
        end_tag(out, tag.name)
    else:
        start_tag(out, tag)


def _shown(html: str) -> str:
    return "".join(solid_of(unescape(each)) for each in tags_and_text(html) if isinstance(each, str))
