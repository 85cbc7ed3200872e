"""HTML bodies to plain text in one pass over their tags; what was quoted gets `> ` before its lines.

No tree is built: a tree builder needs quadratic time on some hundred KiB of nested tags, and we need none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from maildesk.mail.html.marks import Mark, is_quote, mark_of
from maildesk.mail.html.tags import Tag, tags_and_text, unescape

# --- what tags mean -------------------------------------------------------------------------------

_PARAGRAPHS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote", "table", "hr"}
)
_LINES: Final = frozenset(
    {"div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "address", "form", "fieldset",
     "main", "nav", "aside", "figure", "figcaption", "caption", "body", "html", "tbody", "thead", "tfoot"}
)  # fmt: skip
# What ends a line or a paragraph between others of its cell only: Word puts one into each cell of a table,
# and a row is to be read as a line.
_SOFT_IN_CELLS: Final = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS: Final = frozenset({"td", "th"})
# Tags that we wait to see closed. Paragraphs are not among them: their end tag is optional.
_NESTING: Final = frozenset(
    {"div", "blockquote", "ul", "ol", "pre", "table", "tr", "td", "th", "section", "span"}
)
_INLINE: Final = frozenset({"span"})
_INLINE_REACH: Final = 8
_HIDDEN: Final = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_LINKS: Final = ("http://", "https://", "mailto:", "tel:", "ftp://")
_MOST_QUOTES: Final = 10
_MOST_INDENT: Final = 8
_MOST_ALT: Final = 200
_MOST_COLUMNS: Final = 40
_FEW_COLUMNS: Final = 3
RULE: Final = "_" * 32


def hides(attributes: Mapping[str, str]) -> bool:
    """Tell whether nobody sees what such a tag holds."""
    return "style" in attributes and bool(_HIDDEN.search(attributes["style"]))


@dataclass(slots=True)
class _Open:
    """An open tag and what ends with it."""

    name: str
    quotes: int = 0
    hidden: bool = False
    signs: bool = False
    numbered: int | None = None


class _Table:
    """The columns of a table that were filled so far: where one is empty further down, its place is kept."""

    def __init__(self) -> None:
        self.filled = 0  # a bit for each column
        self.column = self.next = 0
        self.empty = 0  # how many such places were left since the last words of the row
        self.said = True
        self.uneven = False  # a cell that reaches into the rows below moves the others

    def begin_row(self) -> None:
        self.column = self.next = self.empty = 0
        self.said = True

    def begin_cell(self, attributes: dict[str, str]) -> None:
        self.empty += not self.said and bool(self.filled >> self.column & 1)
        self.column, self.said = self.next, False
        self.next += max(_number(attributes.get("colspan", "")), 1)
        self.uneven = self.uneven or _number(attributes.get("rowspan", "")) > 1

    def say(self) -> int:
        """The cell holds words; how many places are empty before it."""
        empty, self.empty = self.empty, 0
        self.said = True
        if self.column < _MOST_COLUMNS:
            self.filled |= 1 << self.column
        return 0 if self.uneven else min(empty, _MOST_COLUMNS)


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 2 else 0


class _TextWriter:
    """Text as it grows, line by line."""

    def __init__(self, limit: int) -> None:
        self.lines: list[str] = []
        self.size = 0
        self.limit = limit
        self.cut = False
        self.quotes = 0
        self.hidden = 0
        self.preformatted = 0
        self.signs = False  # whether a signature begins with the next line
        self._line: list[str] = []
        self._blank: int | None = None  # how deep the quotes were where a paragraph ended
        self._held = ""  # p: a paragraph ends here, l: a line, if more words come in this cell
        self._cell_said = True
        self.table: _Table | None = None

    def write(self, text: str) -> None:
        if self.hidden or not text:
            return
        if self._held or not self._cell_said:
            self._in_cell(text)
        if self.preformatted:
            first_line, *more = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._line.append(first_line)
            for line in more:
                self.end_line(keep_empty=True)
                self._line.append(line)
            return
        text = _SPACE.sub(" ", text)
        if text.startswith(" ") and (not self._line or self._line[-1].endswith(" ")):
            text = text[1:]
        if text:
            self._line.append(text)

    def write_literally(self, text: str) -> None:
        """Text whose spaces are kept."""
        if not self.hidden:
            self._in_cell(text)
            self._line.append(text)

    def hold(self, *, paragraph: bool) -> None:
        """A line or a paragraph ends here if more words follow in this cell, and some came before."""
        if self._cell_said:
            self._held = "p" if paragraph or self._held == "p" else "l"

    def begin_cell(self, attributes: dict[str, str]) -> None:
        self._held, self._cell_said = "", False
        self.write(" ")
        if self.table is not None and not self.hidden:
            self.table.begin_cell(attributes)

    def _in_cell(self, text: str) -> None:
        if not text.strip():
            return
        self._cell_said = True
        self._release()
        if self.table is not None and not self.table.said:
            self._keep_places(self.table.say())

    def _keep_places(self, empty: int) -> None:
        """Bars for the empty cells before this one. A page that is laid out as a table has few columns."""
        if not empty or self.table is None:
            return
        if any(map(str.strip, self._line)):
            self._line.append("| " * (empty + 1))
        elif self.table.filled.bit_count() >= _FEW_COLUMNS:
            self._line = ["| " * empty]

    def _release(self) -> None:
        held, self._held = self._held, ""
        if held == "p":
            self.end_paragraph()
        elif held:
            self.end_line()

    def end_line(self, *, keep_empty: bool = False) -> None:
        if keep_empty:
            self._release()
        self._held = ""
        line = "".join(self._line).replace("\xa0", " ").rstrip()
        started = bool(self._line)
        self._line = []
        if not line.strip() and not (keep_empty or started):
            return
        prefix = ">" * min(self.quotes, _MOST_QUOTES) + " " if self.quotes else ""
        if self._blank is not None and self.lines and self.lines[-1].strip("> "):
            self.lines.append(">" * min(self.quotes, self._blank, _MOST_QUOTES))
        self._blank = None
        if self.signs and not self.quotes and line.strip():
            self._dashes(line)
        self.lines.append((prefix + line).rstrip())
        self.size += len(prefix) + len(line) + 1
        self.cut = self.cut or self.size > self.limit

    def begin_signature(self) -> None:
        self.end_line()
        self.signs = True

    def _dashes(self, first: str) -> None:
        """Sets a signature apart as in plain text (RFC 3676 §4.3), unless the program did."""
        self.signs = False
        above = next((line for line in reversed(self.lines[-3:]) if line.strip()), "")
        if above and "--" not in (above.strip(), first.strip()):
            self.lines.append("--")

    def end_paragraph(self) -> None:
        self.end_line()
        self._blank = self.quotes if self._blank is None else min(self.quotes, self._blank)

    def set_quotes(self, quotes: int) -> None:
        if quotes != self.quotes:
            self.end_line()
            self.quotes = quotes


@dataclass(slots=True)
class Allowance:
    """The tags and stretches of text that may still be looked at; all HTML of one mail shares it."""

    steps: int = 200_000


class _Walk:
    """One pass over the tags: what is open, and what that means for the text."""

    def __init__(self, text: str, limit: int, allowance: Allowance, *, marked: bool) -> None:
        self.text = text
        self.marked = marked
        self.allowance = allowance
        self.out = _TextWriter(limit)
        self.stack: list[_Open] = []
        self.open: Counter[str] = Counter()
        self.rest_quoted = 0
        self.tables: list[_Table] = []
        self.link: tuple[str, int] | None = None

    def run(self) -> str:
        for each in tags_and_text(self.text):
            self.allowance.steps -= 1
            if self.allowance.steps < 0:
                self.out.cut = True
                break
            if isinstance(each, str):
                self.out.write(unescape(each))
            elif each.closing:
                self._end(each.name)
            else:
                self._start(each)
            if self.out.cut:
                break
        self._end_link()
        self.out.end_line()
        return "\n".join(self.out.lines).strip("\n")

    def _start(self, tag: Tag) -> None:
        name = tag.name
        if name == "br":
            if self.out.table is None or self.out.table.said:  # many programs set one into an empty cell
                self.out.end_line(keep_empty=True)
            return
        attributes = tag.attributes() if tag.raw_attributes.strip(" /") else {}
        if name == "a":
            self._start_link(attributes.get("href", ""))
        elif name == "img":
            self._image(attributes)
        self._break(name)
        mark = mark_of(tag, attributes, self.text) if attributes else None
        if mark is not Mark.SIGNATURE and not self.marked:
            mark = None
        if name in _NESTING:
            self._push(tag, attributes, mark)
        if mark is Mark.DIVIDES and not self.rest_quoted:
            self.rest_quoted = 1
            self._requote()
        if name == "hr":
            self.out.write(RULE)
            self.out.end_paragraph()
        if name == "li":
            self.out.write_literally(self._bullet())
        elif name in _CELLS:
            self.out.begin_cell(attributes)

    def _end(self, name: str) -> None:
        if name == "a":
            self._end_link()
            return
        self._break(name)
        if name not in _NESTING or not self.open[name]:
            return
        if name in _INLINE and all(each.name != name for each in self.stack[-_INLINE_REACH:]):
            return
        while self.stack:
            each = self.stack.pop()
            self.open[each.name] -= 1
            self.out.hidden -= each.hidden
            self.out.preformatted -= each.name == "pre"
            self.out.signs = self.out.signs and not each.signs
            if each.name == "table":
                self._end_table()
            if each.name == name:
                break
        self._requote()

    def _end_table(self) -> None:
        ended = self.tables.pop()
        self.out.table = self.tables[-1] if self.tables else None
        if self.out.table is not None and ended.filled:
            self.out.table.say()

    def _break(self, name: str) -> None:
        if name in _SOFT_IN_CELLS and (self.open["td"] or self.open["th"]):
            self.out.hold(paragraph=name in _PARAGRAPHS)
        elif name in _PARAGRAPHS and not (name in ("ul", "ol") and self.open["ul"] + self.open["ol"]):
            self.out.end_paragraph()
        elif name in _LINES or name in _PARAGRAPHS:
            self.out.end_line()

    def _push(self, tag: Tag, attributes: dict[str, str], mark: Mark | None) -> None:
        above = self.stack[-1].quotes if self.stack else 0
        item = _Open(tag.name, above, hides(attributes))
        item.quotes += is_quote(attributes) if tag.name == "blockquote" else mark is Mark.QUOTED
        item.signs = mark is Mark.SIGNATURE
        item.numbered = 0 if tag.name == "ol" else None
        self.stack.append(item)
        self.open[tag.name] += 1
        self.out.hidden += item.hidden
        self.out.preformatted += tag.name == "pre"
        if tag.name == "table":
            self.out.table = _Table()
            self.tables.append(self.out.table)
        elif tag.name == "tr" and self.out.table is not None:
            self.out.table.begin_row()
        self._requote()
        if item.signs:
            self.out.begin_signature()

    def _requote(self) -> None:
        self.out.set_quotes((self.stack[-1].quotes if self.stack else 0) or self.rest_quoted)

    def _bullet(self) -> str:
        lists = [each for each in self.stack[-2 * _MOST_INDENT :] if each.name in ("ul", "ol")]
        indent = "  " * min(max(len(lists) - 1, 0), _MOST_INDENT)
        if lists and lists[-1].numbered is not None:
            lists[-1].numbered += 1
            return f"{indent}{lists[-1].numbered}. "
        return f"{indent}- "

    def _start_link(self, address: str) -> None:
        self._end_link()
        address = address.strip()
        if address.lower().startswith(_LINKS):
            self.link = (_SPACE.sub("%20", address), len(self.out._line))

    def _end_link(self) -> None:
        """Writes a link's address after its text, unless the text says the same."""
        if self.link is None:
            return
        address, start = self.link
        self.link = None
        text = "".join(self.out._line[start:]).strip()
        if text and bare_address(text) != bare_address(address):
            self.out.write(f" ({address})")

    def _image(self, attributes: dict[str, str]) -> None:
        alternative = attributes.get("alt", "").strip()
        if alternative and len(alternative) <= _MOST_ALT:
            self.out.write(f"[{alternative}]")


_SCHEME: Final = re.compile(r"^(?:https?://(?:www\.)?|mailto:|tel:|ftp://|www\.)", re.IGNORECASE)


def bare_address(address: str) -> str:
    """An address without what people leave out of it, to see if two are the same."""
    return _SCHEME.sub("", address[:2000].strip()).rstrip("/").lower()


def html_to_text(
    source: str, limit: int = 2**20, allowance: Allowance | None = None, *, marked: bool = True
) -> tuple[str, bool]:
    """The text of an HTML body, and whether it was cut at `limit` characters or by the allowance.

    Where not `marked`, nothing but a blockquote quotes.
    """
    walk = _Walk(source, limit, allowance or Allowance(), marked=marked)
    return walk.run(), walk.out.cut
