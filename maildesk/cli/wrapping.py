"""Lines of a terminal: they break between words, never inside one; in a pipe they stay as they are."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator

import click

HANG = 2
"""Blanks by which the rest of a line stands below its beginning."""

# A no-break space is none: what stands on both sides of it is one word.
_WORD = re.compile(r"[ \t]*[^ \t]+")


def echo(text: str = "", *, err: bool = False, hang: int = HANG) -> None:
    """Print lines that people read, as wide as their terminal; `hang` is where the rest of each begins."""
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        text = "\n".join(wrapped(text, shutil.get_terminal_size().columns, hang))
    click.echo(text, err=err)


def wrapped(text: str, width: int, hang: int = HANG) -> Iterator[str]:
    """The lines of a text, none wider than `width` but for a word that is wider alone.

    The rest of a line is indented as its beginning, and by `hang`. Colours take no room.
    """
    for line in text.split("\n"):
        yield from [line] if _width(line) <= width else _broken(line, width, hang)


def _broken(line: str, width: int, hang: int) -> Iterator[str]:
    indent = len(line) - len(line.lstrip(" "))
    rest = " " * min(indent + hang, width // 2)
    current, taken = "", 0
    for word in _WORD.findall(line):
        room = _width(word)
        if current and taken + room > width:
            yield current
            word = rest + word.lstrip(" \t")
            current, taken = word, _width(word)
        else:
            current, taken = current + word, taken + room
    if current:
        yield current


def _width(text: str) -> int:
    """The columns that a terminal needs: Chinese signs take two, accents put on a letter none."""
    shown = click.unstyle(text)
    if shown.isascii():
        return len(shown)
    return sum(map(_columns, shown))


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


class WholeWordsFormatter(click.HelpFormatter):
    """Help texts whose lines end between words: click breaks at hyphens and within long words."""

    def write_text(self, text: str) -> None:
        """Write paragraphs; one that begins with the mark `\\b` keeps its lines."""
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write_paragraph()
            self._write_paragraph(paragraph)

    def _write_paragraph(self, paragraph: str) -> None:
        indent = " " * self.current_indent
        kept = paragraph.lstrip("\n").startswith("\b")
        lines = paragraph.strip("\b\n").split("\n") if kept else [" ".join(paragraph.split())]
        for line in lines:
            shown = [line] if kept else wrapped(line, self.width - self.current_indent, 0)
            self.write("".join(f"{indent}{each}\n" for each in shown))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms beside what they mean; a long term has a line of its own."""
        told = list(rows)
        terms = max((_width(term) for term, _ in told), default=0)
        column = min(terms, col_max) + col_spacing
        indent = " " * self.current_indent
        room = max(self.width - self.current_indent - column, 10)
        for term, meaning in told:
            first, *more = wrapped(" ".join(meaning.split()), room, 0)
            beside = _width(term) <= column - col_spacing
            begin = f"{term:<{column}}" if beside else f"{term}\n{indent}{' ' * column}"
            self.write(f"{indent}{begin}{first}".rstrip() + "\n")
            self.write("".join(f"{indent}{' ' * column}{each}\n" for each in more))
