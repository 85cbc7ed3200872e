"""All that is known about one incoming mail at the moment we decide on it: values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from maildesk.desk.case import Case, PartyRole
from maildesk.desk.people import People, folded, same_company
from maildesk.mail.message import IncomingMail


class Link(StrEnum):
    """What ties a mail to a case, strongest first (design: who may join a case)."""

    TOKEN = "token"  # noqa: S105 - the word for a reply address of ours, not a password
    THREAD = "thread"
    TAG = "tag"
    HINT = "hint"
    """Its thread touches the case, and that is all there is to say: `finding` has the rules."""


@dataclass(frozen=True, slots=True)
class Found:
    """The case a mail points at, and how. `party` is the number in a reply address, if one was used.

    `also` are other cases of its author whose threads this mail is part of.
    """

    case: Case
    link: Link
    party: int | None = None
    also: tuple[str, ...] = ()


class Same(StrEnum):
    """Whether we have had this mail before (design: same or not?)."""

    FRESH = "fresh"
    SEEN = "seen"
    DUPLICATE = "duplicate"
    REUSED_BY_AUTHOR = "reused-by-author"
    REUSED_BY_OTHER = "reused-by-other"


class Who(StrEnum):
    """What the strict From is to the case."""

    DESK = "desk"
    PARTY = "party"
    COLLEAGUE = "colleague"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Situation:
    """One mail about to be decided on.

    `earlier` is the case of the mail that this one repeats; `proven` the addresses it names, lower case, that
    have returned a token of ours before; `received` is the server's INTERNALDATE, never the Date field;
    `letter_to` who the letter of ours went to (lower case) that this mail answers by its Message-ID.
    """

    mail: IncomingMail
    now: datetime
    received: datetime
    mailbox: str
    ref: str
    same: Same = Same.FRESH
    earlier: Case | None = None
    found: Found | None = None
    proven: frozenset[str] = frozenset()
    letter_to: frozenset[str] = frozenset()
    host_named: bool = False

    @property
    def author(self) -> str:
        """The strict From, or the empty string where the grammar was not met."""
        return self.mail.author.address.address if self.mail.author.address else ""


def who_is(situation: Situation, people: People) -> Who:
    """What the author is to the found case: desk person, party, colleague of the customer, or a stranger."""
    author, found = situation.author, situation.found
    if people.is_desk_person(author):
        return Who.DESK
    if not found:
        return Who.STRANGER
    party = found.case.party(author)
    if party and not party.role.of_the_desk:
        return Who.PARTY
    if found.link is Link.TOKEN and _same_company_as_a_party(author, found.case):
        return Who.COLLEAGUE
    return Who.STRANGER


def _same_company_as_a_party(author: str, case: Case) -> bool:
    customers = (p.address for p in case.parties if p.role in (PartyRole.REQUESTER, PartyRole.CC))
    return any(same_company(author, address) for address in customers)


def returned_own_token(situation: Situation) -> bool:
    """Whether a desk person answers with a token issued to that person for this case.

    A Message-ID of ours is bound to the case alone; it is the token of those the letter went to.
    """
    found = situation.found
    if not found or found.link is not Link.TOKEN:
        return False
    if found.party is None:
        return folded(situation.author) in situation.letter_to
    party = found.case.party(situation.author)
    return party is not None and found.party == party.number
