"""The right to an automatic answer to a mail, and to more in it than our own fixed words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.letters.letter_kinds import FORMS, Audience
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.situation import Link, Situation
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses
from maildesk.mail.identity.references import references_in_subject
from maildesk.mail.message import Standing


def why_no_answer(s: Situation, desk: Desk, case: Case) -> str | None:
    """Say why no automatic letter may follow this mail; None when one may."""
    if s.mail.author.standing is Standing.FAILED:
        return "the sender's address could not be trusted"
    if not case.requester:
        return "there is no address to answer to"
    if not s.mail.automation.reply_allowed and case.is_requester(s.author):
        return "the sender asked for no automatic answer"
    if s.mail.automation.marked_spam:
        return "a server on its way called the mail spam"
    if s.now - s.received > desk.ack_max_age:
        return "the mail is too old to be acknowledged"
    return None


class AnswerWording(StrEnum):
    """The words that an automatic letter after a mail may hold: the case's or ours; or none is sent."""

    WORDS = "words"
    FIXED = "fixed"
    NOTHING = "nothing"


def hears(s: Situation, desk: Desk, case: Case) -> AnswerWording:
    """Decide what the requester may hear about this mail.

    Where the operator named the host that vouches for senders, a mail it says nothing of may be anybody's:
    what its address has proven is a fact about the address. It is told of in our fixed words, whatever it
    returns.
    """
    return wording(s, case) if _known(s, desk, case) else AnswerWording.NOTHING


def wording(s: Situation, case: Case) -> AnswerWording:
    """Decide whether a letter after this mail may hold what its author chose."""
    return AnswerWording.WORDS if _vouched_for(s, case) or not s.evidence.host_named else AnswerWording.FIXED


def why_unheard(s: Situation, desk: Desk, case: Case) -> str | None:
    """Say why the requester hears nothing of a reply by an automatic letter; None when they do."""
    unknown = "the address never answered a letter of ours, so it may not be theirs"
    return why_no_answer(s, desk, case) or (None if _known(s, desk, case) else unknown)


UNHEARD: Final = "unheard"
"""In the data of an event by mail: why no automatic letter may follow it."""


def unheard(s: Situation, desk: Desk, case: Case) -> dict[str, Plain]:
    """Say in an event by this mail that its requester hears nothing of it; nothing where they do."""
    why = why_unheard(s, desk, case)
    return {UNHEARD: why} if why else {}


def others_told(s: Situation, desk: Desk, case: Case) -> tuple[str, ...]:
    """Name the customers in copy who hear by an automatic letter what became of the case by a reply.

    All of them where the reply is surely its author's, else those who are known to read mail there: a forger
    would have us write to whomever a case names. Its author is none where they want no automatic answer.
    """
    if s.mail.author.standing is Standing.FAILED or s.now - s.received > desk.ack_max_age:
        return ()
    sure = s.mail.author.standing is Standing.VOUCHED or proves(s)
    unasked = NO_ADDRESSES if s.mail.automation.reply_allowed else Addresses({s.author})
    others = (each.address for each in case.customers if not case.is_requester(each.address))
    return tuple(each for each in others if each not in unasked and (sure or each in s.evidence.proven))


def customers_told(
    s: Situation, desk: Desk, before: Case, orders: Iterable[LetterOrder]
) -> tuple[list[LetterOrder], list[Event]]:
    """The automatic letters to customers that follow a reply or an answer, to those of them who hear by it.

    The others are the requester, of whom an event says why, and those in copy.
    """
    letters, events, why_not = list[LetterOrder](), list[Event](), why_unheard(s, desk, before)
    copied, fixed = others_told(s, desk, before), wording(s, before) is AnswerWording.FIXED
    for each in orders:
        if why_not:
            data: dict[str, Plain] = {"letter": each.kind, "why": why_not}
            events.append(Event(s.now, EventKind.LETTER_WITHHELD, s.author or "unknown", data))
        several = FORMS[each.kind].audience is Audience.CUSTOMERS
        if to := (*([] if why_not else [before.requester]), *(copied if several else ()), *each.to):
            letters.append(replace(each, fixed=fixed, to=to))
    return letters, events


def _vouched_for(s: Situation, case: Case) -> bool:
    """Tell whether our host vouches for who is written to; of forms that write for others it says nothing."""
    theirs = s.found is not None or case.is_requester(s.author)
    return s.mail.author.standing is Standing.VOUCHED and theirs


def _known(s: Situation, desk: Desk, case: Case) -> bool:
    """Tell whether the requester is vouched for now, or known to read mail there.

    Somebody else may have opened the case in that name, to have us write to it. Who returns a token of
    ours, or can name the case in a tag, has read a letter that went to the requester alone.
    """
    asks = case.party(case.requester)
    if case.requester in s.evidence.proven:
        return True
    if s.found and s.evidence.host_named and asks and asks.written:
        return True  # a mail of theirs that was vouched for is on the case
    if not case.is_requester(s.author):
        return False
    named = case.ref in references_in_subject(s.mail.subject, desk.tag)
    named = named or (s.form is not None and case.ref in s.form.cases)
    return s.mail.author.standing is Standing.VOUCHED or proves(s) or (s.found is not None and named)


def knows_author(s: Situation) -> bool:
    """Tell whether this mail counts as written by its From, as well as this desk can know.

    Where a host is named that vouches for senders, a mail without its word could be anybody's.
    """
    standing = s.mail.author.standing
    if s.mail.author.via:
        return False  # anybody who posts to that group could have named them
    unknown = standing is Standing.UNKNOWN and (not s.evidence.host_named or proves(s))
    return standing is Standing.VOUCHED or unknown


def proves(s: Situation) -> bool:
    """An address is proven once it returned a token of ours that was issued to it (design §6).

    A Message-ID proves only the one address its letter went to: whoever shares a letter may know it.
    """
    found = s.found
    if not found or found.link is not Link.TOKEN or s.mail.author.standing is Standing.FAILED:
        return False
    if s.mail.author.via:
        return False  # whoever posts to that group may have written so
    party = found.case.party(s.author)
    if party is None or party.role is PartyRole.AGENT:
        return False
    if found.party is None:
        return s.evidence.letter_to == Addresses({s.author})
    return found.party == party.number
