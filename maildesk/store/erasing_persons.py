"""Erasing a person from what others have: their mails and letters go, and their name out of the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.events import Event
from maildesk.mail.addr_spec import folded, same_address
from maildesk.store import erased_mails
from maildesk.store.case_history import event_of
from maildesk.store.chunks import chunks
from maildesk.store.erasing import erase_shown
from maildesk.store.persons import is_address
from maildesk.store.schema import addresses, events, ledger, mails, outbox, parties, thread_ids

_PLACEHOLDER = "…"
_LEAST_NAME = 2
"""Words of a name that is taken out of others' texts: one alone is a word like any other."""


def named(address: str, names: Collection[str]) -> list[str]:
    """The words that are taken out of what others said: the address, and whole names of several words."""
    return [address, *(each for each in names if len(each.split()) >= _LEAST_NAME)]


def cleaner(address: str, names: Collection[str]) -> Callable[[str], str]:
    """Make what takes an address, and whole names of several words, out of a text.

    A name that another goes on from comes after that one; an address that goes on is somebody else's.
    """
    wanted = sorted(named(address, names)[1:], key=len, reverse=True)
    either = "|".join([rf"{re.escape(address)}(?!\.\w)", *map(re.escape, wanted)])
    pattern = re.compile(rf"(?<![\w.+-])(?:{either})(?![\w-])", re.IGNORECASE)
    return lambda said: pattern.sub(_PLACEHOLDER, said)


def unerased(conn: Connection, ids: Collection[int]) -> list[int]:
    """Find those of these rows of the ledger that were not erased yet."""
    found: list[int] = []
    for chunk in chunks(ids):
        query = select(ledger.c.id).where(
            ledger.c.id.in_(chunk), func.coalesce(ledger.c.verdict, "") != erased_mails.ERASED
        )
        found += conn.execute(query.order_by(ledger.c.id)).scalars()
    return found


def events_of(conn: Connection, ref: str) -> list[tuple[int, Event]]:
    """The history of a case, with the numbers of its rows."""
    query = select(events).where(events.c.case_ref == ref).order_by(events.c.id)
    return [(row.id, event_of(row)) for row in conn.execute(query)]


def take_out(conn: Connection, ref: str, address: str) -> None:
    """Take a person's own words, and the person, off a case of somebody else's."""
    c = mails.c
    columns = (c.id, c.direction, c.sender, c.recipients)
    rows = conn.execute(select(*columns).where(c.case_ref == ref)).all()
    theirs = [row.id for row in rows if _is_theirs(row, address)]
    for chunk in chunks(theirs):
        erase_shown(conn, c.id.in_(chunk))
    here = (parties.c.case_ref == ref, is_address(parties.c.address, address))
    nobody = {"address": "", "name": "", "role": PartyRole.FORMER.value}
    conn.execute(update(parties).where(*here).values(nobody))
    conn.execute(
        delete(thread_ids).where(thread_ids.c.case_ref == ref, is_address(thread_ids.c.sent_to, address))
    )


def _is_theirs(row: Any, address: str) -> bool:
    """Tell whether a mail is from the person, or a letter to nobody else."""
    if row.direction == "in":
        return same_address(row.sender, address)
    return bool(row.recipients) and all(same_address(each, address) for each in row.recipients)


def letters_to(address: str) -> Any:
    """The condition that a letter goes to this address."""
    return is_address(outbox.c.recipient, address)


def waiting_on(conn: Connection, address: str) -> Sequence[tuple[str, int]]:
    """The cases about which letters to this address wait to be sent, and how many."""
    from_there = select(outbox.c.case_ref, func.count()).where(
        letters_to(address),
        outbox.c.case_ref.is_not(None),
        outbox.c.state.in_(("queued", "deferred", "held")),
    )
    rows = conn.execute(from_there.group_by(outbox.c.case_ref).order_by(outbox.c.case_ref))
    return [(str(ref), int(number)) for ref, number in rows]


def forget(conn: Connection, address: str) -> None:
    """Forget that the address ever returned a token of ours."""
    conn.execute(delete(addresses).where(addresses.c.address == folded(address)))
