"""All that is known about one incoming mail at the moment we decide on it: values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.policy.people import People
from maildesk.desk.screening.command_context import AtHand, SentWords
from maildesk.desk.screening.filled_forms import FormMail
from maildesk.desk.screening.heard import WordsFound
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses, same_address
from maildesk.mail.identity.question_tokens import AnswerToken
from maildesk.mail.message import IncomingMail, Standing


class Link(StrEnum):
    """The ties of a mail to a case, strongest first (design §6)."""

    TOKEN = "token"  # noqa: S105 - the word for a reply address of ours, not a password
    THREAD = "thread"
    TAG = "tag"
    HINT = "hint"
    """Its thread touches the case, and that is all there is to say: `finding` has the rules."""


@dataclass(frozen=True, slots=True)
class CaseMatch:
    """The case a mail points at, and how. `party` is the number in a reply address, if one was used.

    `also` are other cases of its author whose threads this mail is part of. `shown`: it returns a token that
    a mail of the desk's people showed to others, which is worth a thread and no more. `later` is the case
    that was opened since by a reply to this one that came too late.
    """

    case: Case
    link: Link
    party: int | None = None
    also: tuple[Case, ...] = ()
    shown: bool = False
    later: Case | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A stranger's mail that was kept without changing anything: may its `sender` take part?

    `at` is when it reached us, `ledger_id` its row, `name` what its author goes by.
    """

    sender: str
    at: datetime
    ledger_id: int
    name: str = ""


class Sameness(StrEnum):
    """The relation of a mail to those we have had before (design §3).

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


_LAID_THERE: Final = (Sameness.DUPLICATE, Sameness.COPY, Sameness.AFTER_QUIET, Sameness.REUSED_BY_AUTHOR)
"""The relations to a mail before it that take a mail to the case of that one."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """The relation of a mail to those filed before it; `earlier` is the case of the one that it may repeat.

    `unheard`: nobody is heard there yet, as that mail opened it and nobody else wrote; `untouched`: nobody of
    the desk changed it. `strangers`: that mail came to a case where its author is a stranger, and whoever has
    a token could send it there. `told`: a list or a program sent that mail, and our people read it.
    """

    same: Sameness = Sameness.FRESH
    earlier: Case | None = None
    unheard: bool = False
    untouched: bool = False
    strangers: bool = False
    told: bool = False

    @property
    def heard(self) -> bool:
        """Tell whether our people read the words when the copy came."""
        return self.told or self.same is Sameness.AFTER_QUIET

    def beside(self, found: CaseMatch | None) -> Repeat:
        """The same, knowing where the new mail itself points: a copy elsewhere does not take it along."""
        there = found is not None and self.earlier is not None and found.case.ref == self.earlier.ref
        led = self.strangers and self.same in _LAID_THERE and not there
        return Repeat(Sameness.AFTER_STRANGER, self.earlier) if led else self

    def found(self, mail: IncomingMail) -> CaseMatch | None:
        """A mail whose list's copy is one of many on a case belongs there too, if its author takes part.

        Whoever else takes part may have sent the copy there: who was only copied joins by none (`finding`).
        """
        if self.same is not Sameness.AFTER_MACHINE or self.unheard or self.earlier is None:
            return None
        author = mail.author.addr_spec
        addressed = [each.address for each in mail.addressing.to_and_cc]
        sure = self.earlier.party(author) is not None and self.earlier.speaks(author, addressed)
        return CaseMatch(self.earlier, Link.THREAD) if sure else None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A mail kept until its author says that it is theirs; `author` is folded, `case` where it lies.

    `kept` says that the mail still lies as it was kept, `answered` that its one answer was given, `shown`
    that an answer to it showed its token to others. A letter that asks about several at once is about those
    in `several`, which wait for a question of their own: the oldest of them, `ledger_id` the first.
    `of_answer`: the mail is its author's, and is held since somebody else answered meanwhile.
    """

    ledger_id: int
    author: str
    expires_at: datetime
    case: Case | None = None
    kept: bool = True
    answered: bool = False
    shown: bool = False
    several: tuple[int, ...] = ()
    of_answer: bool = False


class Who(StrEnum):
    """The part of the strict From in the case. A workmate is the customer's; who is consulted is the desk's.

    An ex-agent was told of the case as a person of the desk, and is none any more.
    """

    DESK = "desk"
    EX_AGENT = "ex-agent"
    CONSULTED = "consulted"
    PARTY = "party"
    WORKMATE = "workmate"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Consultation:
    """A question inside that a mail answers; `asker` is empty where it was no person of the desk.

    `letter` is the kind of the letter that asked, `at` when it did, `of_author` that it went to who answers.
    """

    asker: str = ""
    letter: str = ""
    at: datetime | None = None
    of_author: bool = False


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The questions to people; none of them concerns a customer's mail.

    `consultation` is the colleague's question that is answered; the rest is about people of the desk.
    `question` is what the notice asks that a desk person answers; `confirmation` the kept mail that this one
    returns the token of; `confirmed` that this mail was kept, and its author said since that it is theirs.
    Of mails in the author's name that nobody vouched for, `lately` says that a question which waits for its
    answer is less than an hour old, `listed` that the letter about all the others is, `wanted` that its
    author wants to be asked about this very mail. `sent_anyway`: it was held, since somebody else had
    answered, and its author said since that it is to go. `lately` and `listed` are asked of a mail that may
    wait behind that question only.
    """

    question: Question | None = None
    confirmation: Confirmation | None = None
    confirmed: bool = False
    lately: bool = False
    listed: bool = False
    wanted: bool = False
    sent_anyway: bool = False
    consultation: Consultation | None = None


@dataclass(frozen=True, slots=True)
class UndoneAnswer:
    """An answer to the requester of a case, and what counts without it, should it not have arrived.

    `first` is then the first response of all, `met` when the promise of an answer was kept.
    """

    message_id: str
    first: datetime | None
    met: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for and against a mail's being its author's.

    `host_named`: the operator named the host that vouches for senders. `proven` are the addresses the mail
    names that have returned a token of ours before; `letter_to` who the letter of ours went to
    that it answers by its Message-ID, one that was shown to others aside. `address_shown`: the
    reply address a report came to stood in a mail to others too, who may have written the report. `replayed`:
    the same words of the same author, with the same date, have acted on the case before. `desk_letter`: a
    machine answers what we wrote to the desk's people (`desk_letters`). `ours`: it is a
    letter of ours that came back; `lost` is the one that a report says did not arrive, and `undone` what
    becomes of the answer that it was.
    """

    host_named: bool = False
    proven: Addresses = NO_ADDRESSES
    letter_to: Addresses = NO_ADDRESSES
    address_shown: bool = False
    replayed: bool = False
    desk_letter: bool = False
    ours: bool = False
    lost: SentWords | None = None
    undone: UndoneAnswer | None = None


_NOTHING_AT_HAND: Final = AtHand()


@dataclass(frozen=True, slots=True)
class Situation:
    """One mail about to be decided on; `heard` is what its words say.

    `received` is the server's INTERNALDATE, never the Date field; `at_hand` what a desk person's mail needs.
    `promises` is False where it was there before the desk, or is read again after a restoration. `click` is
    the answer to a question of ours that a link made the mail for, `form` the form that it is.
    """

    mail: IncomingMail
    now: datetime
    received: datetime
    mailbox: str
    ref: str
    heard: WordsFound
    found: CaseMatch | None = None
    repeat: Repeat = Repeat()
    evidence: Evidence = Evidence()
    inquiry: Inquiry = Inquiry()
    at_hand: AtHand = _NOTHING_AT_HAND
    promises: bool = True
    click: AnswerToken | None = None
    form: FormMail | None = None
    author: str = field(init=False, repr=False, compare=False)
    """The strict From, or the empty string where the grammar was not met."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "author", self.mail.author.addr_spec)


def who_is(situation: Situation, people: People) -> Who:
    """Name the author's part in the found case: desk person, party, the customer's workmate, a stranger."""
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
    if _returns_as_claimed(situation, found):
        return Who.PARTY
    if _joins_by_reply_address(author, found, people):
        return Who.WORKMATE
    return Who.STRANGER


def _returns_as_claimed(situation: Situation, found: CaseMatch) -> bool:
    """Tell whether a From that is no address seems to mean the customer whose reply address it returns.

    It stays untrusted: it is kept on their case, and changes nothing there.
    """
    holder = found.case.numbered(found.party) if found.party is not None else None
    claimed = situation.mail.author.claimed
    named = holder is not None and holder.role.of_the_customer and same_address(holder.address, claimed)
    return not situation.author and named


def _joins_by_reply_address(author: str, found: CaseMatch, people: People) -> bool:
    """Tell whether a customer passed their reply address on to somebody whom the case's account names.

    Never after somebody took the author off the case, or the customer whose address it is.
    """
    case = found.case
    holder = case.numbered(found.party) if found.party is not None else None
    account = people.account_of(author)
    if holder is None or not holder.role.of_the_customer or case.removed(author):
        return False
    return account is not None and account.name == case.account


def returned_own_token(situation: Situation, people: People) -> bool:
    """Tell whether a desk person answers with a token issued to that person for this case.

    A Message-ID of ours is bound to the case alone; it is the token of those the letter went to. Where nobody
    vouches for the From, one that went to others too (who was asked, who left since) is no token: any of them
    could write in an agent's name.
    """
    found = situation.found
    if not found or found.link is not Link.TOKEN:
        return False
    if found.party is None:
        told = situation.evidence.letter_to
        vouched = situation.mail.author.standing is Standing.VOUCHED
        return situation.author in told and (vouched or all(map(people.is_desk_person, told)))
    party = found.case.party(situation.author)
    return party is not None and found.party == party.number
