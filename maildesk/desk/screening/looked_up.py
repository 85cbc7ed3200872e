"""The things that somebody of the desk asked to see, looked up before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from maildesk.desk.case.case import Case
from maildesk.desk.case.search_words import Search
from maildesk.desk.screening.command_lines import CommandLine
from maildesk.errors import MaildeskError


@dataclass(frozen=True, slots=True)
class SeenMail:
    """A mail in a line: `words` are some of it, or its subject."""

    at: datetime
    sender: str
    words: str


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case that is shown: `write_to` is the reader's own reply address of it, if they have one.

    `mails` are those to show: the one that was found, or all of the case, the newest first.
    """

    case: Case
    write_to: str = ""
    mails: tuple[SeenMail, ...] = ()


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The answer to one line: the cases that its author may act on, no others and no count of them.

    `more`: there are others beyond. `search` are the words that were looked for, `waiting` how many mails
    were not read for that yet. `problem` says why nothing was looked up.
    """

    line: CommandLine
    cases: tuple[SeenCase, ...] = ()
    more: bool = False
    search: Search | None = None
    waiting: int = 0
    problem: MaildeskError | None = None

    @property
    def asks_for_files(self) -> bool:
        """Tell whether the files of the case that it names are wanted."""
        return bool(self.cases) and self.line.command is not None and self.line.command.word == "files"
