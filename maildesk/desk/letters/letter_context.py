"""The occasion of letters, and what was said on the case as far as they can show it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.told import Joined, Phrase, said
from maildesk.desk.letters.customer_card import CustomerCard
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.mail.message import EnclosedFile, FileKey
from maildesk.mail.our_marks import hide_end
from maildesk.mail.seals import Seal

_SEALS: Final = {
    Seal.NONE: "",
    Seal.SIGNED: Phrase("signed, the signature not checked"),
    Seal.ENCRYPTED: Phrase("encrypted, not readable here"),
    Seal.UNREAD: Phrase("packed, not readable here"),
}


@dataclass(frozen=True, slots=True)
class QuotedMail:
    """One mail of a case as letters show it; `at` UTC, `files` the names of its attachments.

    `doubt` says why it may not be from whom it names; the empty string where nothing speaks against it.
    `seal` is of its words; `relayed`: a list or a program sent it, and nobody answered that. `entered`: one
    of our people wrote down what the author said.
    """

    at: datetime
    author: str
    text: str
    files: tuple[str, ...] = ()
    internal: bool = False
    doubt: str = ""
    seal: Seal = Seal.NONE
    relayed: bool = False
    entered: bool = False

    @property
    def marks(self) -> str:
        """The note behind its author: `internal, not confirmed`."""
        inside = Phrase("internal") if self.internal else ""
        return Joined(", ", filter(None, (inside, self.doubt, _SEALS[self.seal])))


@dataclass(frozen=True, slots=True)
class LetterContext:
    """The occasion of letters.

    `cause` names it for good: the same cause gives the same Message-IDs, so that nothing is queued
    twice. `said` is the mail that caused it; `follows` places letters to customers in their
    thread; `thread` is the whole story, newest first, for letters that show it; `files` are those
    that letters may enclose; `history` are its newest events, the oldest first, and `also` is what else a
    notice has to tell. `signature` was cut off the mail of the agent who answers. `card` is what a notice
    says of the customer beside.
    """

    case: Case
    now: datetime
    cause: str
    said: QuotedMail | None = None
    follows: tuple[str, ...] = ()
    thread: Sequence[QuotedMail] = ()
    files: Mapping[FileKey, EnclosedFile] = field(default_factory=dict)
    signature: str = ""
    history: Sequence[Event] = ()
    also: Sequence[LetterKind] = ()
    card: CustomerCard | None = None


def cut(text: str, most: int) -> str:
    """Show somebody's words to the desk's people: `most` bytes; what is cut says so, as words of ours do."""
    begin, whole = _beginning(text, most)
    return begin if whole else Joined("\n", (begin, _CUT))


def quoted(text: str, most: int) -> str:
    """The same as a quotation, each line behind its sign."""
    begin, whole = _beginning(text, most)
    lines = "\n".join(f"> {line}" for line in begin.splitlines())
    return lines if whole else Joined("\n> ", (lines, _CUT))


_CUT: Final = Phrase("[… cut here]")


def _beginning(text: str, most: int) -> tuple[str, bool]:
    """As much of a text as fits, and whether that is all of it."""
    begin = text[: most + 1]  # no more than that can fit, however long the mail is
    data = begin.encode()
    if len(data) <= most:
        return hide_end(begin), True
    return hide_end(_whole_words(data[:most].decode(errors="ignore"), text)), False


def _whole_words(kept: str, text: str) -> str:
    """The beginning of a text without the word that it ends within, unless that is longer than words are."""
    if text[len(kept) : len(kept) + 1].isspace():
        return kept
    found = _LAST_WORD.search(kept, max(0, len(kept) - _LONGEST_WORD))
    return kept[: found.start()] if found else kept


_LONGEST_WORD: Final = 100
_LAST_WORD: Final = re.compile(r"(?<!\s)\s++\S*+\Z")


def shortened(mail: QuotedMail, most: int, language: Language = ENGLISH) -> QuotedMail:
    """A mail of at most `most` bytes."""
    return replace(mail, text=said(cut(mail.text, most), language))


def story(thread: Sequence[QuotedMail], most: int, language: Language = ENGLISH) -> list[QuotedMail]:
    """As many mails, newest first, as fit into `most` bytes; the one that does not fit is cut."""
    shown: list[QuotedMail] = []
    for each in thread:
        if most <= 0:
            break
        shown.append(shortened(each, most, language))
        most -= len(shown[-1].text.encode())
    return shown
