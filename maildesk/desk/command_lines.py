"""The lines of commands at the top of a mail, as people and their mail programs write them."""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from maildesk.desk.commands import BY_WORD, COMMANDS, Command


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One line that begins with #, as it was written. `command` is None for a word we do not know.

    `nearest` is the command that such a word looks most like, if any.
    """

    written: str
    command: Command | None
    value: str = ""
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person of the desk wrote: commands from the top, then words.

    `stray` are lines among the words that read as commands, and are none there: nobody means a customer to
    read them. `more` is how many lines of commands there were past `MOST_LINES`, which are not read.
    """

    lines: tuple[CommandLine, ...]
    words: str
    stray: tuple[CommandLine, ...] = ()
    more: int = 0

    @property
    def unknown(self) -> tuple[CommandLine, ...]:
        return tuple(line for line in self.lines if line.command is None)


MOST_LINES: Final = 50
"""Nobody gives more commands in one mail; a pasted file of comments is not to be answered line by line."""


def read_commands(own_text: str) -> Said:
    """The commands at the very top of somebody's own words, one a line, and the words below them."""
    found: list[CommandLine] = []
    lines = own_text.splitlines()
    at = 0
    for at, line in enumerate(lines):  # noqa: B007 - where it stopped is what counts
        if not line.strip(_BLANK):
            continue
        read = list(_commands_in(line))
        if not read:
            break
        found += read
    else:
        at = len(lines)
    words = lines[at:]
    stray = itertools.islice((each for line in words for each in _strays_in(line)), MOST_LINES)
    said = "\n".join(words).strip("\n").rstrip()
    return Said(tuple(found[:MOST_LINES]), said, tuple(stray), max(0, len(found) - MOST_LINES))


_BLANK: Final = (
    " \t\r\n\f\v\u00a0\u2007\u202f\u3000\u200b\u200c\u200d\u2060\ufeff"
    "\u00ad\u061c\u180e\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""White space as mail programs write it: HTML's no-break space, CJK's wide one, marks of no width, and those
that programs for Arabic and Hebrew put where the direction changes."""

_HASHES: Final = "#\uff03\ufe5f"
"""The number sign, and its full-width and small forms from CJK keyboards."""

_EMPHASIS: Final = "*_"
"""What mail programs put around bold and italic words when they make plain text of HTML."""

_DRESSED: Final = re.compile(rf"(?:\d{{1,2}}[.)])?[^\w{_HASHES}>]{{0,4}}(?=[{_HASHES}])")
"""What lists, quotation marks, escapes put before the sign: `- #note`, `1. #note`, `"#note"`, `\\#note`."""

_COMMAND: Final = re.compile(r"[ \t\u00a0\u3000]?([^\W\d_]+(?:[-_][^\W\d_]+)*|\?)?", re.UNICODE)
"""The word after the sign. Phone keyboards put a space between, so one is allowed."""

_NEXT: Final = re.compile(rf"[\s\u00a0]+(?=[{_HASHES}]([^\W\d_]+))", re.UNICODE)
_SEPARATORS: Final = ":=,;.!-\u2013\u2014\uff1a\uff1d" + _BLANK


def _commands_in(line: str) -> Iterator[CommandLine]:
    """The commands of one line, none if it is no line of commands. `#take #close` are two."""
    text = line.strip(_BLANK)
    if text[:1] in tuple(_EMPHASIS) and text.lstrip(_EMPHASIS)[:1] in tuple(_HASHES):
        text = text.strip(_EMPHASIS)
    if text[:1] not in tuple(_HASHES):
        return
    start = 0
    for each in _NEXT.finditer(text):
        if _known(each.group(1)):
            yield _command_line(text[start : each.start()])
            start = each.end()
    yield _command_line(text[start:])


def _strays_in(line: str) -> Iterator[CommandLine]:
    """What of a line among the words was meant as a command, dressed up or mistyped as it may be."""
    text = line.strip(_BLANK)
    dressed = _DRESSED.match(text)
    read = [*_commands_in(text)] or [*_commands_in(text[dressed.end() :] if dressed else "")]
    for each in read:
        word = _COMMAND.match(each.written, 1)
        if each.command or (word and _nearest(word.group(1) or "", _SURELY)):
            yield each


def _command_line(text: str) -> CommandLine:
    match = _COMMAND.match(text, 1)
    word = (match.group(1) or "") if match else ""
    known = _known(word)
    if not known:
        return CommandLine(text, None, nearest=_nearest(word))
    value = text[match.end() :] if match else ""
    if value[:1].isalnum():  # `#wait3d` ends in no word of ours, `#note2` neither
        value = " " + value
    return CommandLine(text, known, value.lstrip(_SEPARATORS).rstrip(_BLANK))


def _plain(word: str) -> str:
    """Letter case, width and hyphens aside: `#Re-Open`, `＃ｃｌｏｓｅ`."""
    return unicodedata.normalize("NFKC", word).casefold().replace("-", "").replace("_", "")


def _known(word: str) -> Command | None:
    return BY_WORD.get(_plain(word))


_OWN_WORDS: Final = tuple(each.word for each in COMMANDS)
_LONGEST: Final = 20
"""Nobody mistypes a command into something longer."""


_ALIKE: Final = 0.6
_SURELY: Final = 0.75


def _nearest(word: str, alike_by: float = _ALIKE) -> str:
    plain = _plain(word[:_LONGEST])
    alike = difflib.get_close_matches(plain, _OWN_WORDS, n=1, cutoff=alike_by) if plain else []
    alike = alike or (difflib.get_close_matches(plain, BY_WORD, n=1, cutoff=alike_by) if plain else [])
    return BY_WORD[alike[0]].word if alike else ""
