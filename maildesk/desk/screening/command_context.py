"""The context of an agent's commands beside the case they are about; read first, so that deciding is pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from maildesk.desk.case.case import Case
from maildesk.desk.case.requirement import Requirement
from maildesk.desk.screening.looked_up import LookedUp
from maildesk.errors import MaildeskError
from maildesk.mail.message import FileKey


@dataclass(frozen=True, slots=True)
class NumberedMail:
    """One mail of a case as people count them: notices to agents left out, the oldest is 1.

    `ref_apart` is the reference of the case that it would open by itself; empty for what no mail brought or
    customers never saw. `doubt` says why it may not be from whom it names. `asks`: a customer's own words.
    """

    number: int
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    ledger_id: int | None = None
    ref_apart: str = ""
    doubt: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class FileAtHand:
    """A file of a customer's mail, whose bytes may be sent to an agent: `size` in bytes."""

    name: str
    size: int
    sha256: str

    @property
    def key(self) -> FileKey:
        return FileKey(self.sha256, self.name)


@dataclass(frozen=True, slots=True)
class SentWords:
    """The words of a letter to customers, and when it went out.

    `author` is the address of who sent it; the empty string for what the desk says of itself, and for an
    operator at the command line.
    """

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer that waits to be sent: its letters in the outbox, who is to get them, and its words.

    `gone` are those to whom a copy went out already, `unsure` those who may have one. `first` is what the
    first response is without it, and `met` when the promise of one is kept.
    """

    ids: tuple[int, ...]
    recipients: tuple[str, ...]
    text: str
    gone: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    first: datetime | None = None
    met: datetime | None = None


@dataclass(frozen=True, slots=True)
class AtHand:
    """`answered` is the ledger row of the mail that the notice was about which is answered.

    `others` are the cases that commands name, as they name them, or why there is none; `mine` the author's
    open cases, the oldest first; `queue` the next ones that nobody has taken, of the author's teams and of
    none; `files` are those of the mail that #files asks for; `customers_files` what
    the customers sent already, where the mail that gives the commands holds files; `meanwhile` the last
    answer of another that its author cannot have known of, `known_until` when the letter that they answer was
    written; `notice` the text of the notice that is answered,
    `letter` the kind of the letter that is; `refs_apart` are references for the cases that #split opens;
    `requirements` all there are, where a command names one. `looked` is what lines ask to see that was looked
    up, and `looks_left` how many mails that only ask to see something are answered yet in this hour.
    `waiting` is the author's answer that may be taken back.
    """

    mails: tuple[NumberedMail, ...] = ()
    answered: int | None = None
    others: Mapping[str, Case | MaildeskError] = field(default_factory=dict)
    mine: tuple[Case, ...] = ()
    queue: tuple[Case, ...] = ()
    files: tuple[FileAtHand, ...] = ()
    customers_files: frozenset[FileKey] = frozenset()
    meanwhile: SentWords | None = None
    known_until: datetime | None = None
    notice: str = ""
    letter: str = ""
    refs_apart: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    looked: tuple[LookedUp, ...] = ()
    looks_left: int = 0
    waiting: WaitingAnswer | None = None

    def mail(self, number: int | None = None) -> NumberedMail | None:
        """The mail of that number; without one the mail that is answered."""
        if number is None:
            answered = (one for one in self.mails if one.ledger_id is not None)
            return next((one for one in answered if one.ledger_id == self.answered), None)
        return next((one for one in self.mails if one.number == number), None)
