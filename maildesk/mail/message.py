"""The values a mail becomes: one for what came in, one for what goes out.

Times are aware datetimes in UTC. Message-IDs are kept without their angle brackets. Text holds no
carriage returns, no NUL and no lone surrogates. Everything here can be sent to another process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Day
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from maildesk.mail.seals import Seal


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: `address` is `local@domain`, the domain as A-labels in lower case; `name` is for show."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


class Standing(StrEnum):
    """The degree to which we know that From tells the truth (design §6)."""

    VOUCHED = "vouched"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Author:
    """The person whom a mail names as its writer, by the strict grammar of one From field with one mailbox.

    `address` is None when the grammar is not met; then `standing` is FAILED. `shown` is for people
    only: the decoded field, safe to display, never used to decide anything. `via` is the group that wrote its
    own address into From, of which the operator says that it speaks for others: `address` is then who the
    mail says wrote it. `behind` is who that seems to be where From names ourselves and no such group, or
    where it is somebody of the desk, whom `desk/screening/origin` believes through none. `claimed` is the one
    address that a From which is none seems to mean: whether it does, a person of the desk says.
    """

    address: Address | None
    standing: Standing
    why: str
    shown: str
    via: str = ""
    behind: Address | None = None
    claimed: str = ""
    addr_spec: str = field(init=False, repr=False, compare=False)
    """The address as text; empty where the grammar is not met."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "addr_spec", self.address.address if self.address else "")


class AutomaticKind(StrEnum):
    """The kind of machine that wrote a mail that no person wrote."""

    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    GENERATED = "auto-generated"
    LIST = "list"
    LOOP = "loop"
    CHALLENGE = "challenge"


class Restraint(StrEnum):
    """A reason for which no machine may answer a mail that a person may have written all the same.

    `asked`: the author's system wants no answer. `newsletter`: it goes to many who may leave, and nobody
    posts there. `foreign-loop`: a program of others marked it, to know it again. `spam`: a border's mark.
    `challenge` and `absence`: it only sounds like one; in answer to a case, an absence note is what it is.
    """

    ASKED = "asked"
    NEWSLETTER = "newsletter"
    NO_REPLY = "no-reply"
    LIST_ROBOT = "list-robot"
    FOREIGN_LOOP = "foreign-loop"
    MANY_HOPS = "many-hops"
    SPAM = "spam"
    CHALLENGE = "challenge"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class Automatic:
    """A mail that a machine wrote, with the rule that said so (`Auto-Submitted: auto-replied`).

    `worded`: a click sent it, with words of the person who clicked.
    """

    kind: AutomaticKind
    rule: str
    worded: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report about a letter of ours: its Message-ID, and what became of which addresses.

    `failed` are the addresses the server gave up on, `delayed` those it still tries. `permanent` means
    that writing there again is of no use (RFC 3463 §2: class 5); `recipients` are then those of which
    this is true, else all. `reason` is what the server said, on one line; to show, never to decide. A
    `complaint` (RFC 5965) says that the letter arrived and that its reader called it unwanted. `token` stands
    in the returned header where our letters have theirs; whether we made it is not known here.
    """

    message_id: str | None
    recipients: tuple[str, ...]
    permanent: bool
    status: str
    failed: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    reason: str = ""
    complaint: bool = False
    token: str = ""


class FileKey(NamedTuple):
    """The identity of a file among those of a mail: equal bytes under two names are two files."""

    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text. `name` is safe to show and to save; the bytes stay in the raw mail.

    `ours` is a file that holds a letter of ours: a notice that somebody saved and passes on. `seal` is of a
    container that holds what the author wrote.
    """

    name: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str | None = None
    ours: bool = False
    seal: Seal = Seal.NONE

    @property
    def key(self) -> FileKey:
        return FileKey(self.sha256, self.name)


RichWords = tuple[str | FileKey, ...]
"""Words as pieces of safe HTML that say what a plain text says; between them stand the keys of pictures."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A mail that another one passes on, as that one tells it: nothing here is proven."""

    author: Address
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of the raw mail, and of what makes two deliveries one mail.

    `content` is of what the author wrote and of what decides how it is judged, `words` of the first alone: a
    list's copy of a mail has its words and not its content.
    """

    raw: str
    content: str
    words: str


@dataclass(frozen=True, slots=True)
class Identification:
    """The identification fields of a mail (RFC 5322 §3.6.4)."""

    message_id: str | None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    thread: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The Message-IDs this mail says it follows, nearest first."""

    def __post_init__(self) -> None:
        named = (*self.in_reply_to, *reversed(self.references))
        object.__setattr__(self, "thread", tuple(dict.fromkeys(named)))


@dataclass(frozen=True, slots=True)
class Addressing:
    """The people a mail was sent to, and the address where its author wants answers.

    `recipients` are all addresses it was directed at, for finding a token: To, Cc and the delivery headers.
    """

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    recipients: tuple[str, ...] = ()
    to_and_cc: tuple[Address, ...] = field(init=False, repr=False, compare=False)
    """The people whom everybody who reads the mail sees it addressed to."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "to_and_cc", (*self.to, *self.cc))


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a mail: `text` is everything, `new_text` only the author's new words.

    `in_context` are the same with the quoted lines that they answer, where they answer any; else it is empty.
    `doubt` says why the new words may be more or less than the author's: look at `text`. `signature` was cut
    off them; `own_text` is what may be said on in the author's name, never a line that may be quoted, and
    `own_signature` what stands below it. `forwarded` says that a mail was passed on, which only `text` holds,
    and `quotes` that earlier mails are; `passed_on` is the mail passed on, in the text or attached.
    """

    text: str
    new_text: str
    in_context: str = ""
    doubt: str = ""
    signature: str = ""
    own_text: str = ""
    own_signature: str = ""
    forwarded: bool = False
    quotes: bool = False
    passed_on: PassedOn | None = None

    @property
    def told(self) -> str:
        """The new words as people read them: an answer below its question."""
        return self.in_context or self.new_text


@dataclass(frozen=True, slots=True)
class Automation:
    """The part that machines have in a mail.

    `reply_allowed` is False too when the author's system asked for no automatic answer without the mail being
    automatic itself; `restraints` are all that speak against one, in an automatic mail too. `away_until` is
    the day that an absence note names, until which or on which its author is back.
    """

    automatic: Automatic | None = None
    bounce: Bounce | None = None
    reply_allowed: bool = True
    away_until: Day | None = None
    restraints: frozenset[Restraint] = frozenset()
    newsletter: bool = field(init=False, repr=False, compare=False)
    """It goes to many who may leave, and is no list that people write to."""
    marked_spam: bool = field(init=False, repr=False, compare=False)
    """A server on its way called it spam."""
    sounds_absent: bool = field(init=False, repr=False, compare=False)
    """Its subject or words are an absence note's, whatever the other fields say."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "newsletter", Restraint.NEWSLETTER in self.restraints)
        object.__setattr__(self, "marked_spam", Restraint.SPAM in self.restraints)
        object.__setattr__(self, "sounds_absent", Restraint.ABSENCE in self.restraints)

    @property
    def named(self) -> str:
        """Name for people what it is, if no person's mail."""
        return self.automatic.rule if self.automatic else "an absence note" if self.sounds_absent else ""


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One mail that came in, read. `defects` names every repair that was made, `seal` is of its words.

    `language` is the first that Content-Language names (RFC 3282), such as `pt-BR`; `google`: it shows that
    its author's organisation uses Google Workspace.
    """

    digests: Digests
    ids: Identification
    author: Author
    addressing: Addressing
    subject: str
    date: datetime | None
    body: Body
    automation: Automation
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()
    seal: Seal = Seal.NONE
    language: str = ""
    google: bool = False
    by_machine: bool = field(init=False, repr=False, compare=False)
    """No person said this: a machine wrote it, or it reports what became of a letter."""

    def __post_init__(self) -> None:
        machine = self.automation.automatic is not None or self.automation.bounce is not None
        object.__setattr__(self, "by_machine", machine)


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """A file sent along with a letter. One with a `content_id` is shown where the letter's HTML names it.

    `made_here`: maildesk wrote it, in UTF-8 where it is a text, so it keeps a type that a browser would run.
    """

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    made_here: bool = False


@dataclass(frozen=True, slots=True)
class LetterBytes:
    """A letter as bytes: the `head` is its reader's own, the `body` one value for all who get it."""

    head: bytes = b""
    body: bytes = b""

    @property
    def content(self) -> bytes:
        """The bytes that go over the wire."""
        return self.head + self.body


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One letter to one recipient, before it becomes bytes.

    `shown_to` and `cc` are whom its header names, where others get a copy that the recipient may know of.
    `token` is known to its recipient alone, and proves a report that brings the letter's header back.
    `automatic` is the value of Auto-Submitted (RFC 3834 §5: `auto-replied`, `auto-generated`) or None for a
    person's words. `envelope_from` is the reverse path; `reply_to` the address that leads back to the case.
    """

    message_id: str
    sender: Address
    to: Address
    subject: str
    text: str
    date: datetime
    envelope_from: str
    html: str | None = None
    reply_to: Address | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    automatic: str | None = None
    language: str | None = None
    enclosed: tuple[EnclosedFile, ...] = ()
    token: str = ""
    shown_to: Address | None = None
    cc: tuple[Address, ...] = ()
