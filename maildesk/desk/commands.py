"""What a person of the desk can ask for in a mail: the one table of commands, and how they are read.

`#help`, the foot line of every notice and docs/agents.md are made from `COMMANDS`; a new command is a row
here, what it does in `by_mail`, and an event.
"""

from __future__ import annotations

import difflib
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maildesk.desk.events import EventKind


class May(StrEnum):
    """Who may give a command, among those who may act on the case at all."""

    EVERYBODY = "agents and leaders"
    AGENTS = "agents"


class Words(StrEnum):
    """What a command makes of the words that stand below it."""

    UNTOUCHED = "go to the customer"
    INTERNAL = "stay inside"


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table. `argument` is how help writes what follows the word, empty where nothing does.

    `event` is what the case's history then says; None for a command that only tells something. `at_foot`
    puts it into the one line at the end of a notice.
    """

    word: str
    argument: str
    may: May
    event: EventKind | None
    help: str
    example: str
    synonyms: tuple[str, ...] = ()
    words: Words = Words.UNTOUCHED
    at_foot: bool = False

    @property
    def usage(self) -> str:
        return f"#{self.word} {self.argument}".rstrip()

    @property
    def needs_argument(self) -> bool:
        return bool(self.argument) and not self.argument.startswith("[")


_A, _O = May.EVERYBODY, May.AGENTS

COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "close", "[outcome]", _A, EventKind.CLOSED,
        "The matter is over; the customer is told, and opens it again by a reply.",
        "#close a new cable was sent",
        ("closed", "solve", "solved", "resolve", "resolved", "done", "fixed", "finish", "finished"),
        at_foot=True,
    ),
    Command(
        "wait", "[3d]", _A, EventKind.WAITING,
        "The next word is the customer's. After that time the case opens again and its owner is told.",
        "#wait 3d",
        ("waiting", "pending", "hold", "onhold", "snooze"), at_foot=True,
    ),
    Command(
        "reopen", "", _A, EventKind.REOPENED,
        "A case that was closed goes on; the customer is told.", "#reopen", ("open", "reopened"),
    ),
    Command(
        "assign", "name|team|me|none", _A, EventKind.ASSIGNED,
        "Give the case to an agent, by name or address, or to a team; take it, or leave it to nobody.",
        "#assign ana", ("owner", "give"), at_foot=True,
    ),
    Command(
        "take", "", _O, EventKind.ASSIGNED, "The case is yours from now on: #assign me.", "#take", ("grab",),
    ),
    Command(
        "priority", "name", _A, EventKind.CHANGED, "Another priority, as the policy names them.",
        "#priority high",
        ("prio",), at_foot=True,
    ),
    Command(
        "type", "name", _A, EventKind.CHANGED, "Another type of case, as the policy names them.",
        "#type question",
        ("kind", "category"),
    ),
    Command(
        "set", "field=value", _A, EventKind.CHANGED, "Change priority, type, subject or account.",
        "#set subject=Printer on the second floor", ("change",),
    ),
    Command(
        "escalate", "[why]", _A, EventKind.ESCALATED,
        "Leadership gets the whole story, and the customer hears that they know.",
        "#escalate promised for Monday",
        ("escalation",),
    ),
    Command(
        "note", "", _A, EventKind.NOTED, "The words below are for colleagues only.", "#note",
        ("internal", "private", "comment"), Words.INTERNAL, at_foot=True,
    ),
    Command(
        "ask", "address, …", _A, EventKind.ASKED,
        "Send the words below and the whole story to colleagues; what they answer stays inside.",
        "#ask dev@acme.example", ("consult", "involve"), Words.INTERNAL, at_foot=True,
    ),
    Command(
        "add", "address", _A, EventKind.PARTY_JOINED,
        "Somebody takes part for the customer from now on; they see nothing earlier.",
        "#add cy@client.example",
        ("cc", "invite"),
    ),
    Command(
        "remove", "address", _A, EventKind.PARTY_REMOVED, "Somebody takes part no longer.",
        "#remove cy@client.example", ("uncc",),
    ),
    Command(
        "split", "[number]", _A, EventKind.SPLIT,
        "The mail you answer, or the one with that number, becomes a case of its own; your words go there.",
        "#split 3",
    ),
    Command(
        "merge", "reference", _A, EventKind.MERGED,
        "The mails and customers of the other case are shown here, and it ends.", "#merge 7K2Q-9F3M",
        ("mergewith", "duplicate"),
    ),
    Command(
        "spam", "", _A, EventKind.SPAM, "The case is closed, and nobody is written to.", "#spam", ("junk",),
        Words.INTERNAL,
    ),
    Command(
        "status", "", _A, None, "How the case stands, with its mails and history.", "#status",
        ("show", "info"),
    ),
    Command("mine", "", _O, None, "The open cases that are yours.", "#mine", ("my", "list")),
    Command("help", "", _A, None, "This table.", "#help", ("commands", "?"), at_foot=True),
)  # fmt: skip


def _by_word() -> dict[str, Command]:
    words: dict[str, Command] = {}
    for command in COMMANDS:
        for word in (command.word, *command.synonyms):
            words[word] = command
    return words


_WORDS: Final = _by_word()


def command(word: str) -> Command:
    """The command of that very name."""
    return next(each for each in COMMANDS if each.word == word)


# --- reading --------------------------------------------------------------------------------------


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
    return _WORDS.get(_plain(word))


_OWN_WORDS: Final = tuple(each.word for each in COMMANDS)
_LONGEST: Final = 20
"""Nobody mistypes a command into something longer."""


_ALIKE: Final = 0.6
_SURELY: Final = 0.75


def _nearest(word: str, alike_by: float = _ALIKE) -> str:
    plain = _plain(word[:_LONGEST])
    alike = difflib.get_close_matches(plain, _OWN_WORDS, n=1, cutoff=alike_by) if plain else []
    alike = alike or (difflib.get_close_matches(plain, _WORDS, n=1, cutoff=alike_by) if plain else [])
    return _WORDS[alike[0]].word if alike else ""


# --- telling --------------------------------------------------------------------------------------


@functools.cache
def foot_line() -> str:
    """The commands in one line, for the end of a notice."""
    return " · ".join(each.usage for each in COMMANDS if each.at_foot)


def table() -> str:
    """The commands as the table of docs/agents.md."""
    head = ["| Write | What it does | Also | Who |", "|---|---|---|---|"]
    return "\n".join([*head, *map(_row, COMMANDS)])


def _row(command: Command) -> str:
    also = " ".join(f"`#{word}`" for word in command.synonyms)
    usage = command.usage.replace("|", "\\|")
    return f"| `{usage}` | {command.help} | {also} | {command.may} |"
