"""The letters of ours to the desk's people that a mail answers: a machine that does so is one of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Final

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.shown_tokens import ShownToken, id_token, reply_token
from maildesk.desk.screening.signals import Signals
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses, same_address

_KINDS: Final = frozenset(map(str, LetterKind))


def answers_desk_letter(
    author: str,
    signals: Signals,
    desk: Desk,
    cases: Mapping[str, Case],
    sent_to: Mapping[str, Addresses],
    shown: Set[ShownToken],
) -> bool:
    """Tell whether a mail returns what the desk's people, or who was asked, have from us.

    Its author may be whoever answers for them (a tracker behind their address), not who was asked themselves.
    What their own mails showed to others does not count: a customer may return it.
    """
    domain = desk.address.rpartition("@")[2]
    if signals.confirmations or any(_of_no_case(each, domain) for each in signals.thread_ids):
        return True
    cited = (sent_to.get(each, NO_ADDRESSES) for each in signals.thread_ids if id_token(each) not in shown)
    if any(desk.people.is_desk_person(each) for recipients in cited for each in recipients):
        return True
    return any(_holds(author, signals.tokens, cases, shown))


def _holds(
    author: str,
    tokens: Iterable[tuple[str, int | None]],
    cases: Mapping[str, Case],
    shown: Set[ShownToken],
) -> Iterable[bool]:
    """Tell of each reply address whether it was given to the desk's side; a party may return one shown."""
    for ref, party in tokens:
        issued = cases.get(ref)
        holder = issued.numbered(party) if issued and party is not None else None
        if issued is None or party is None or holder is None or not holder.role.of_the_desk:
            continue
        asked = holder.role is PartyRole.CONSULTED and same_address(holder.address, author)
        yield not asked and not (reply_token(ref, party) in shown and issued.party(author))


def _of_no_case(message_id: str, domain: str) -> bool:
    """Tell whether it looks like the Message-ID of a letter of no case: a digest, say.

    Who makes one up is told of to nobody, as anybody is who calls their mail an automatic reply.
    """
    local, _, host = message_id.rpartition("@")
    kind, dot, _ = local.partition(".")
    return bool(dot) and kind in _KINDS and host == domain
