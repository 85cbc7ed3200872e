"""Reports about a letter of ours and its case: who cannot be reached, and who must hear of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from maildesk.desk.case.case import Party, PartyRole
from maildesk.desk.case.events import CAME_BACK, UNPROVEN, Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.reachability import RecipientFate
from maildesk.desk.decisions.letter_fates import answer_moved, words_of
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.desk.screening.situation import Situation
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.message import Bounce


def fate_of(bounce: Bounce) -> RecipientFate:
    """The worst that a report says."""
    if bounce.complaint:
        return RecipientFate.COMPLAINT
    if bounce.permanent:
        return RecipientFate.UNREACHABLE
    return RecipientFate.FAILED if bounce.failed else RecipientFate.DELAYED


def unreached(s: Situation) -> tuple[Party, ...]:
    """The party whose letter came back, where the report proves it; nobody where it does not.

    Who takes part in a case knows its Message-IDs and everybody's address, and could write a report as well
    as a server can. So whose letter it was says, in this order, the token in the header that came back, or
    the reply address that the report went to: each was given to one party. A Message-ID does where its
    letter went to one address, and nobody else outside was ever written to. Whom the report names does not
    count: an address may forward to another, which fails.
    """
    found = s.found
    if s.mail.automation.bounce is None or found is None:
        return ()
    case = found.case
    if found.party is not None:
        issued = None if s.evidence.address_shown else case.numbered(found.party)
        return (issued,) if issued else ()
    outside = Addresses(party.address for party in case.parties if party.role not in _OF_THE_DESK)
    sole = next(iter(s.evidence.letter_to)) if len(s.evidence.letter_to) == 1 else ""
    return tuple(filter(None, (case.party(sole),))) if outside <= {sole} else ()


_OF_THE_DESK = (PartyRole.AGENT, PartyRole.LEADER)


def told_to_others(recipients: Iterable[str], tokens: Addresses, people: People) -> bool:
    """Tell whether a mail to these showed one of these reply addresses to others than us."""
    named = Addresses(recipients)
    return not named.isdisjoint(tokens) and not all(map(people.is_own, named))


def _only_named(s: Situation) -> tuple[Party, ...]:
    """Find whose letter a report says came back, where nothing proves that it was theirs."""
    bounce, found = s.mail.automation.bounce, s.found
    if bounce is None or found is None or unreached(s):
        return ()
    return tuple(dict.fromkeys(party for each in bounce.recipients if (party := found.case.party(each))))


def bounced_event(s: Situation) -> Event:
    """The case's record of it. Only what the report says is kept, so that it reads the same for ever.

    `parties` are those whose letter it was; `unproven` says that the report names some without any proof.
    """
    data: dict[str, Plain] = {}
    bounce = s.mail.automation.bounce
    if bounce is not None:
        data = {"recipients": ", ".join(bounce.recipients), "status": bounce.status, "fate": fate_of(bounce)}
        late = ", ".join(each for each in bounce.delayed if each not in bounce.recipients)
        more: dict[str, Plain] = {
            "parties": ", ".join(party.address for party in unreached(s)),
            UNPROVEN: bool(_only_named(s)),
            "delayed": late,
            "why": bounce.reason,
        }
        data.update({name: value for name, value in more.items() if value})
        data |= _undone(s)
    return Event(s.now, EventKind.BOUNCED, s.author or "unknown", data)


def _undone(s: Situation) -> dict[str, Plain]:
    """Say that an answer which did not reach the requester was none, as where the relay refuses it."""
    undone, bounce = s.evidence.undone, s.mail.automation.bounce
    if undone is None or s.found is None or bounce is None or fate_of(bounce) not in _NOT_ARRIVED:
        return {}
    case = s.found.case
    if not any(case.is_requester(party.address) for party in unreached(s)):
        return {}
    return {CAME_BACK: undone.message_id, **answer_moved(case, undone.first, undone.met)}


_NOT_ARRIVED: Final = (RecipientFate.UNREACHABLE, RecipientFate.FAILED)


def notices_of(s: Situation, desk: Desk) -> tuple[LetterOrder, ...]:
    """The owner hears when a customer did not get a letter, and no other will be tried by itself.

    A notice of ours that bounced is only logged: to tell of it by a notice could go on for ever.
    """
    bounce = s.mail.automation.bounce
    if bounce is None or fate_of(bounce) not in _NOT_ARRIVED:
        return ()
    proven = unreached(s)
    awaited = [each for each in proven or _only_named(s) if _is_awaited(each)]
    if not awaited:
        return ()
    lost = ", ".join(party.address for party in awaited)
    reason = " ".join(filter(None, (bounce.status, bounce.reason)))
    extra = {"recipients": lost, "reason": reason, "unproven": "" if proven else "yes"}
    extra |= words_of(s.evidence.lost, desk)
    return (LetterOrder(LetterKind.UNDELIVERED, extra=extra),)


def _is_awaited(party: Party) -> bool:
    return party.role.of_the_customer or party.role is PartyRole.CONSULTED
