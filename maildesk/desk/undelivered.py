"""What a report about a letter of ours means for its case: who cannot be reached, and who must hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from maildesk.desk.case import Party, PartyRole
from maildesk.desk.events import Event, EventKind, Plain
from maildesk.desk.notices import LetterKind, LetterOrder
from maildesk.desk.people import folded
from maildesk.desk.situation import Situation
from maildesk.mail.message import Bounce


class Fate(StrEnum):
    """What became of a letter. `unreachable` is for good; the others may pass."""

    UNREACHABLE = "unreachable"
    FAILED = "failed"
    DELAYED = "delayed"
    COMPLAINT = "complaint"


def fate_of(bounce: Bounce) -> Fate:
    """The worst that a report says."""
    if bounce.complaint:
        return Fate.COMPLAINT
    if bounce.permanent:
        return Fate.UNREACHABLE
    return Fate.FAILED if bounce.failed else Fate.DELAYED


def unreached(s: Situation) -> tuple[Party, ...]:
    """The parties whose letter came back: those it names; if none, those our letter is known to have gone to.

    An address may forward to another, which fails: then the report names one we never wrote to.
    """
    bounce, found = s.mail.bounce, s.found
    if bounce is None or found is None:
        return ()
    case = found.case
    named = [party for address in bounce.recipients if (party := case.party(address))]
    if not named and found.party is not None and (issued := case.numbered(found.party)):
        named = [issued]
    if not named and len(s.letter_to) == 1:
        named = [party for address in s.letter_to if (party := case.party(address))]
    return tuple(dict.fromkeys(named))


def bounced_event(s: Situation) -> Event:
    """The case's record of it. Only what the report says is kept, so that it reads the same for ever."""
    data: dict[str, Plain] = {}
    bounce = s.mail.bounce
    if bounce is not None:
        data = {"recipients": ", ".join(bounce.recipients), "status": bounce.status, "fate": fate_of(bounce)}
        late = ", ".join(each for each in bounce.delayed if each not in bounce.recipients)
        more = {
            "parties": ", ".join(party.address for party in unreached(s)),
            "delayed": late,
            "why": bounce.reason,
        }
        data.update({name: text for name, text in more.items() if text})
    return Event(s.now, EventKind.BOUNCED, s.author or "unknown", data)


def unreachable(history: Iterable[tuple[str, str, Mapping[str, Plain]]]) -> frozenset[str]:
    """The parties (folded) of a case that cannot be reached, from its events as (kind, actor, data).

    Who writes again is taken to be reachable again.
    """
    lost: set[str] = set()
    for kind, actor, data in history:
        if kind == EventKind.BOUNCED and data.get("fate") == Fate.UNREACHABLE:
            lost.update(map(folded, str(data.get("parties") or "").split(", ")))
        elif kind in (EventKind.REPLIED, EventKind.REOPENED):
            lost.discard(folded(actor))
    return frozenset(lost - {""})


def notices_of(s: Situation) -> tuple[LetterOrder, ...]:
    """The owner hears when a customer did not get a letter, and no other will be tried by itself.

    A notice of ours that bounced is only logged: to tell of it by a notice could go on for ever.
    """
    bounce = s.mail.bounce
    if bounce is None or fate_of(bounce) not in (Fate.UNREACHABLE, Fate.FAILED):
        return ()
    awaited = [each for each in unreached(s) if each.role.of_the_customer or each.role is PartyRole.COLLEAGUE]
    if not awaited:
        return ()
    lost = ", ".join(party.address for party in awaited)
    reason = " ".join(filter(None, (bounce.status, bounce.reason)))
    return (LetterOrder(LetterKind.UNDELIVERED, extra={"recipients": lost, "reason": reason}),)
