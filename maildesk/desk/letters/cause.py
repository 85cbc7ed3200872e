"""The cause of a change: a mail, an act, a deadline; and the thread that letters about it follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from maildesk.desk.letters.letter_context import QuotedMail
from maildesk.mail.message import EnclosedFile, FileKey


@dataclass(frozen=True, slots=True)
class Cause:
    """The cause of a change. `ident` names it for good (a Message-ID, a deadline, a random word).

    `said` is the mail behind it as letters show it; `follows` is its thread, nearest first; `files` are the
    mail's files that letters may enclose (`LetterOrder.enclosed`); `ledger_id` is its ledger row,
    `signature` what an agent signed it with. `held`: why its letters wait for a person, who may know whether
    they were sent before (empty: they do not).
    """

    ident: str
    said: QuotedMail | None = None
    follows: tuple[str, ...] = ()
    files: Mapping[FileKey, EnclosedFile] = field(default_factory=dict)
    ledger_id: int | None = None
    signature: str = ""
    held: str = ""
