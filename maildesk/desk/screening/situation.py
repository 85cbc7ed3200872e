"""All that is known about one incoming mail at the moment we decide on it: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.policy.people import People
from maildesk.desk.screening.command_context import AtHand
from maildesk.desk.screening.heard import Heard
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import IncomingMail, Standing


class Link(StrEnum):
    """What ties a mail to a case, strongest first (design §6)."""

    TOKEN = "token"  # noqa: S105 - the word for a reply address of ours, not a password
    THREAD = "thread"
    TAG = "tag"
    HINT = "hint"
    """Its thread touches the case, and that is all there is to say: `finding` has the rules."""


@dataclass(frozen=True, slots=True)
class Found:
    """The case a mail points at, and how. `party` is the number in a reply address, if one was used.

    `also` are other cases of its author whose threads this mail is part of. `shown`: it returns a token that
    a mail of the desk's people showed to others, which is worth a thread and no more.
    """

    case: Case
    link: Link
    party: int | None = None
    also: tuple[str, ...] = ()
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A stranger's mail that was kept without changing anything: may its `sender` take part?

    `at` is when it reached us, `ledger_id` its row, `name` what its author goes by.
    """

    sender: str
    at: datetime
    ledger_id: int
    name: str = ""


class Same(StrEnum):
    """Whether we have had this mail before (design §3).

    `copy`: its words came before, or a person's of which it is a list's. The ones that begin with `after` are
    no repeats: what came before was judged a machine's, was a person's who wanted no automatic answer, was
    less vouched for, was called spam, or came to a case where its author is a stranger.
    """

    FRESH = "fresh"
    SEEN = "seen"
    DUPLICATE = "duplicate"
    COPY = "copy"
    AFTER_MACHINE = "after-machine"
    AFTER_QUIET = "after-quiet"
    AFTER_LESS_VOUCHED = "after-less-vouched"
    AFTER_SPAM = "after-spam"
    AFTER_STRANGER = "after-stranger"
    REUSED_BY_AUTHOR = "reused-by-author"
    REUSED_BY_OTHER = "reused-by-other"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A mail kept until its author says that it is theirs; `author` is folded, `case` where it lies.

    `kept` says that the mail still lies as it was kept, `answered` that its one answer was given, `shown`
    that an answer to it showed its token to others. A letter that asks about several at once is about those
    in `several`, which wait for a question of their own: the oldest of them, `ledger_id` the first.
    """

    ledger_id: int
    author: str
    expires_at: datetime
    case: Case | None = None
    kept: bool = True
    answered: bool = False
    shown: bool = False
    several: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """What a desk person is asked already about mails in their name that nobody vouched for.

    `lately`: a question that waits for its answer is less than an hour old; `listed`: so is the letter about
    all the others; `wanted`: its author wants to be asked about this very mail.
    """

    lately: bool = False
    listed: bool = False
    wanted: bool = False


class Who(StrEnum):
    """What the strict From is to the case. A workmate is the customer's; who is consulted is the desk's.

    An ex-agent was told of the case as a person of the desk, and is none any more.
    """

    DESK = "desk"
    EX_AGENT = "ex-agent"
    CONSULTED = "consulted"
    PARTY = "party"
    WORKMATE = "workmate"
    STRANGER = "stranger"


_NOTHING_AT_HAND: Final = AtHand()
_NOTHING_ASKED: Final = Asking()


@dataclass(frozen=True, slots=True)
class Situation:
    """One mail about to be decided on; `heard` is what its words say.

    `earlier` is the case of the mail that this one repeats; `unheard` that nobody is heard there yet: that
    mail opened it and nobody else wrote; `untouched` that nobody of the desk changed it; `proven` the
    addresses it names, lower case, that have returned a token of ours before; `received` is the server's
    INTERNALDATE, never the Date field; `question` is what the notice asks that a desk person answers;
    `letter_to` who the letter of ours went to (lower case) that this mail answers by its Message-ID, one that
    was shown to others aside; `customers_files` what the customers sent already (sha256), where a desk
    person's mail holds files; `confirmation` the kept mail that this one returns the token of; `confirmed`
    that this mail was kept, and its author has said since that it is theirs; `replayed` that the same words
    of the same author, with the same date, have acted on the case before; `address_shown` that the reply
    address a report came to stood in a mail to others too, who may have written the report; `asking` what its
    author, of the desk, is asked already; `at_hand` what a desk person's commands ask for; `ours` that the
    mail is a letter of ours that came back.
    """

    mail: IncomingMail
    now: datetime
    received: datetime
    mailbox: str
    ref: str
    heard: Heard
    same: Same = Same.FRESH
    earlier: Case | None = None
    unheard: bool = False
    untouched: bool = False
    found: Found | None = None
    proven: frozenset[str] = frozenset()
    letter_to: frozenset[str] = frozenset()
    host_named: bool = False
    question: Question | None = None
    customers_files: frozenset[str] = frozenset()
    confirmation: Confirmation | None = None
    confirmed: bool = False
    replayed: bool = False
    address_shown: bool = False
    asking: Asking = _NOTHING_ASKED
    at_hand: AtHand = _NOTHING_AT_HAND
    ours: bool = False

    @property
    def author(self) -> str:
        """The strict From, or the empty string where the grammar was not met."""
        return self.mail.author.addr_spec


def who_is(situation: Situation, people: People) -> Who:
    """What the author is to the found case: desk person, party, the customer's workmate, or a stranger."""
    author, found = situation.author, situation.found
    if people.is_desk_person(author):
        return Who.DESK
    if not found:
        return Who.STRANGER
    party = found.case.party(author)
    if party and party.role in (PartyRole.AGENT, PartyRole.LEADER):
        return Who.EX_AGENT
    if party and party.role is PartyRole.CONSULTED:
        return Who.CONSULTED
    if party and not party.role.of_the_desk:
        return Who.PARTY
    if _joins_by_reply_address(author, found, people):
        return Who.WORKMATE
    return Who.STRANGER


def _joins_by_reply_address(author: str, found: Found, people: People) -> bool:
    """Whether a customer passed their reply address on to somebody whom the case's account names.

    Never after somebody took the author off the case, or the customer whose address it is.
    """
    case = found.case
    holder = case.numbered(found.party) if found.party is not None else None
    account = people.account_of(author)
    if holder is None or not holder.role.of_the_customer or case.removed(author):
        return False
    return account is not None and account.name == case.account


def returned_own_token(situation: Situation, people: People) -> bool:
    """Whether a desk person answers with a token issued to that person for this case.

    A Message-ID of ours is bound to the case alone; it is the token of those the letter went to. Where nobody
    vouches for the From, one that went to others too (who was asked, who left since) is no token: any of them
    could write in an agent's name.
    """
    found = situation.found
    if not found or found.link is not Link.TOKEN:
        return False
    if found.party is None:
        told = situation.letter_to
        vouched = situation.mail.author.standing is Standing.VOUCHED
        return folded(situation.author) in told and (vouched or all(map(people.is_desk_person, told)))
    party = found.case.party(situation.author)
    return party is not None and found.party == party.number
