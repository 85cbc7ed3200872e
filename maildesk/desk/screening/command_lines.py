"""The lines of commands at the top of a mail, as people and their mail programs write them."""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.commands import BY_WORD, COMMANDS, FIND, NEW, Command
from maildesk.desk.screening.blanks import BLANK
from maildesk.mail.message import RichWords


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
class AgentMessage:
    """The words of a person of the desk: commands from the top, then words.

    `stray` are lines among the words that read as commands, and are none there: nobody means a customer to
    read them. `more` is how many lines of commands there were past `MOST_LINES`, which are not read. `rich`
    are the words once more, as HTML.
    """

    lines: tuple[CommandLine, ...]
    words: str
    stray: tuple[CommandLine, ...] = ()
    more: int = 0
    rich: RichWords = ()

    @property
    def unknown(self) -> tuple[CommandLine, ...]:
        return tuple(line for line in self.lines if line.command is None)

    @property
    def entering(self) -> CommandLine | None:
        """The line that opens a case for a customer, if there is one."""
        return next((line for line in self.lines if line.command and line.command.word == NEW), None)


MOST_LINES: Final = 50
"""Nobody gives more commands in one mail; a pasted file of comments is not to be answered line by line."""


def read_commands(own_text: str) -> AgentMessage:
    """The commands at the very top of somebody's own words, one a line, and the words below them.

    The cost grows with the text and no faster: an agent's name on a mail is no proof that an agent wrote it.
    """
    found: list[CommandLine] = []
    more = 0
    lines = own_text.splitlines()
    at = 0
    for at, line in enumerate(lines):  # noqa: B007 - where it stopped is what counts
        text = line.strip(BLANK)
        if not text:
            continue
        if not _bare(text):
            break
        pieces = _pieces(_bare(text))
        found += map(_command_line, itertools.islice(pieces, MOST_LINES - len(found)))
        more += sum(1 for _ in pieces)
    else:
        at = len(lines)
    words = lines[at:]
    said = "\n".join(words).strip("\n").rstrip()
    return AgentMessage(tuple(found), said, _strays(words), more)


_HASHES: Final = "#\uff03\ufe5f"
"""The number sign, and its full-width and small forms from CJK keyboards."""

_EMPHASIS: Final = "*_"
"""The signs that mail programs put around bold and italic words when they make plain text of HTML."""

_DRESSED: Final = re.compile(rf"(?:\d{{1,2}}[.)])?[^\w{_HASHES}>]{{0,4}}(?=[{_HASHES}])")
"""Marks of lists, quotations, escapes before the sign: `- #note`, `1. #note`, `"#note"`, `\\#note`."""

_COMMAND: Final = re.compile(r"[ \t\u00a0\u3000]?([^\W\d_]+(?:[-_][^\W\d_]+)*|\?)?", re.UNICODE)
"""The word after the sign. Phone keyboards put a space between, so one is allowed."""

_LONGEST: Final = 20
"""Nobody mistypes a command into something longer."""

_SIGN: Final = re.compile(rf"[{_HASHES}]([^\W\d_]{{1,{_LONGEST + 1}}})?", re.UNICODE)
_SEPARATORS: Final = ":=,;.!-\u2013\u2014\uff1a\uff1d" + BLANK


def _bare(text: str) -> str:
    """A line without the emphasis around it if it is one of commands, else nothing."""
    if text[:1] in tuple(_EMPHASIS) and text.lstrip(_EMPHASIS)[:1] in tuple(_HASHES):
        text = text.strip(_EMPHASIS)
    return text if text[:1] in tuple(_HASHES) else ""


def _pieces(text: str) -> Iterator[str]:
    """The commands of a line of commands as they are written. `#take #close` are two.

    No pattern looks for the blanks before a sign: from each of many it would run through all that follow.
    """
    start = 0
    for sign in _SIGN.finditer(text, 1):
        if text[sign.start() - 1].isspace() and sign[1] and _known(sign[1]):
            yield text[start : sign.start()].rstrip()
            start = sign.start()
    yield text[start:]


_MOST_GUESSES: Final = 4 * MOST_LINES
"""So many lines among the words are compared with what commands look like; the others, if they are none."""


def _strays(words: Sequence[str]) -> tuple[CommandLine, ...]:
    """Find what among the words was meant as a command, dressed up or mistyped as it may be."""
    guesses, found = 0, list[CommandLine]()
    for line in words:
        if len(found) >= MOST_LINES:
            break
        for piece in _stray_pieces(line):
            word = _word_of(piece)
            known, guesses = _known(word), guesses + 1
            if known or (guesses <= _MOST_GUESSES and _nearest(word, _SURELY)):
                found.append(_command_line(piece))
    return tuple(found[:MOST_LINES])


def _stray_pieces(line: str) -> Iterator[str]:
    if not any(sign in line for sign in _HASHES):
        return iter(())
    text = line.strip(BLANK)
    dressed = _DRESSED.match(text)
    bare = _bare(text) or (_bare(text[dressed.end() :]) if dressed else "")
    return itertools.islice(_pieces(bare), MOST_LINES) if bare else iter(())


def _word_of(text: str) -> str:
    match = _COMMAND.match(text, 1)
    return (match.group(1) or "") if match else ""


def _command_line(text: str) -> CommandLine:
    match = _COMMAND.match(text, 1)
    word = _word_of(text)
    known = _known(word)
    if not known:
        return CommandLine(text, None, nearest=_nearest(word))
    value = text[match.end() :] if match else ""
    if value[:1].isalnum():  # `#wait3d` ends in no word of ours, `#note2` neither
        value = " " + value
    if known.word == FIND:  # where a hyphen says what is left out
        return CommandLine(text, known, value.strip(f":={BLANK}"))
    return CommandLine(text, known, _without_separators(value).rstrip(BLANK))


def _without_separators(value: str) -> str:
    """The value of a command without the signs before it; an address may begin with a dot of its own."""
    first, at, _ = value.lstrip(BLANK).partition("@")
    dotted = value[:1] in tuple(BLANK) and at and first.startswith(".") and len(first.split()) == 1
    return value.lstrip(BLANK if dotted else _SEPARATORS)


def _plain(word: str) -> str:
    """Letter case, width and hyphens aside: `#Re-Open`, `＃ｃｌｏｓｅ`."""
    return unicodedata.normalize("NFKC", word).casefold().replace("-", "").replace("_", "")


def _known(word: str) -> Command | None:
    return BY_WORD.get(_plain(word)) if len(word) <= _LONGEST else None


_OWN_WORDS: Final = tuple(each.word for each in COMMANDS)
_ALIKE: Final = 0.6
_SURELY: Final = 0.75


def _nearest(word: str, alike_by: float = _ALIKE) -> str:
    plain = _plain(word[:_LONGEST])
    for words in (_OWN_WORDS, BY_WORD):
        for alike in difflib.get_close_matches(plain, words, n=3, cutoff=alike_by) if plain else ():
            if _mistakes(plain, alike) <= (1 if len(alike) < _LONG else 2):
                return BY_WORD[alike].word
    return ""


_LONG: Final = 6
"""A word of so many letters may have two mistakes in it: `#lang` is no `#plan`."""


def _mistakes(typed: str, word: str) -> int:
    """The letters that are wrong, missing, too many or in each other's place."""
    before, row = list[int](), list(range(len(word) + 1))
    for i, letter in enumerate(typed):
        last, before, row = before, row, [i + 1]
        for j, other in enumerate(word):
            least = min(before[j + 1] + 1, row[j] + 1, before[j] + (letter != other))
            if i and j and letter == word[j - 1] and typed[i - 1] == other:
                least = min(least, last[j - 1] + 1)
            row.append(least)
    return row[-1]
