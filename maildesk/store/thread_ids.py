"""The cases that a Message-ID is tied to: by the mails that bear it, and by those that only named it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import BindParameter, Connection, bindparam, select

from maildesk.desk.case.threads import Claim, Hold
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses
from maildesk.store import schema
from maildesk.store.chunks import chunks
from maildesk.store.database import insert_ignoring

MOST_CLAIMS = 16
"""Claims of one kind on one id that are looked at, first and last: a newsletter's id may have thousands."""


@dataclass(frozen=True, slots=True)
class Note:
    """A claim on a Message-ID that no mail of ours bears, and when we learnt of it."""

    message_id: str
    claim: Claim
    at: datetime


class ThreadIds:
    """The claims on the Message-IDs of one batch. Later mails of it see what earlier ones claimed."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._claims: dict[str, list[Claim]] = {}
        self._sent_to: dict[str, Addresses] = {}
        self._new: list[Note] = []

    def load(self, named: Collection[str], own: Collection[str]) -> set[str]:
        """Read the claims on the ids that mails name, and who waits for those they bear; gives the cases."""
        bearing = _by_id(chain.from_iterable(map(self._bearing, chunks(named))))
        waiting = _by_id(chain.from_iterable(map(self._noted, chunks({*named, *own}))))
        for found in (bearing, waiting):
            for message_id, claims in found.items():
                self._claims.setdefault(message_id, []).extend(claims)
        return {claim.ref for claims in self._claims.values() for claim in claims}

    def _bearing(self, ids: list[str]) -> Iterable[tuple[str, Claim]]:
        for message_id, ref, direction, recipients in self._conn.execute(_BEARING, {"ids": ids}):
            sent_to = Addresses(recipients if direction == "out" else ())
            if sent_to:
                self._sent_to.setdefault(message_id, sent_to)
            yield message_id, Claim(ref, Hold.BEARS, sent_to)

    def _noted(self, ids: list[str]) -> Iterable[tuple[str, Claim]]:
        for message_id, ref, hold, sent_to in self._conn.execute(_NOTED, {"ids": ids}):
            yield message_id, Claim(ref, Hold(hold), Addresses({sent_to} if sent_to else ()))

    # --- reading ----------------------------------------------------------------------------------

    @property
    def claims(self) -> Mapping[str, Sequence[Claim]]:
        """The claims on each id, the oldest of each kind first."""
        return self._claims

    @property
    def sent_to(self) -> Mapping[str, Addresses]:
        """The recipients of each letter of ours, by its Message-ID."""
        return self._sent_to

    # --- changing ---------------------------------------------------------------------------------

    def bear(self, message_id: str, ref: str, sent_to: Addresses = NO_ADDRESSES) -> None:
        """A mail of the case bears this id, a letter one `sent_to` these. Its row tells later batches."""
        self._claim(message_id, Claim(ref, Hold.BEARS, sent_to))

    def learn(self, ref: str, message_ids: Iterable[str], hold: Hold, at: datetime) -> None:
        """A mail of the case names these ids. One that a mail we have bears is known, whosever it is."""
        claim = Claim(ref, hold)
        for message_id in message_ids:
            there = self._claims.get(message_id, ())
            borne = bool(there) and any(each.hold is Hold.BEARS for each in there)
            full = hold is Hold.NAMED and len(there) >= MOST_CLAIMS
            if not (borne or full) and self._claim(message_id, claim):
                self._new.append(Note(message_id, claim, at))

    def _claim(self, message_id: str, claim: Claim) -> bool:
        claims = self._claims.setdefault(message_id, [])
        if claim in claims:
            return False
        claims.append(claim)
        return True

    def flush(self) -> None:
        """Write what was learnt."""
        write_down(self._conn, self._new)
        self._new.clear()


def write_down(conn: Connection, notes: Collection[Note]) -> None:
    """Remember which ids lead to which cases; a claim that is there already stays as it is."""
    if notes:
        rows = [
            {
                "message_id": n.message_id,
                "case_ref": n.claim.ref,
                "hold": n.claim.hold.value,
                "noted_at": n.at,
                "sent_to": next(iter(n.claim.sent_to), None),
            }
            for n in notes
        ]
        conn.execute(insert_ignoring(schema.thread_ids, conn.dialect.name), rows)


def _by_id(found: Iterable[tuple[str, Claim]]) -> dict[str, list[Claim]]:
    """The claims on each id, each once: of very many of one kind the first and the last."""
    by_id: dict[str, dict[Hold, dict[Claim, None]]] = {}
    for message_id, claim in found:
        by_id.setdefault(message_id, {}).setdefault(claim.hold, {})[claim] = None
    half = MOST_CLAIMS // 2
    return {
        message_id: [
            claim
            for claims in map(list, by_hold.values())
            for claim in (claims if len(claims) <= MOST_CLAIMS else [*claims[:half], *claims[-half:]])
        ]
        for message_id, by_hold in by_id.items()
    }


_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_m, _t = schema.mails.c, schema.thread_ids.c
_BEARING = (
    select(_m.message_id, _m.case_ref, _m.direction, _m.recipients)
    .where(_m.message_id.in_(_IDS))
    .order_by(_m.id)
)
_NOTED = (
    select(_t.message_id, _t.case_ref, _t.hold, _t.sent_to)
    .where(_t.message_id.in_(_IDS))
    .order_by(_t.noted_at)
)
