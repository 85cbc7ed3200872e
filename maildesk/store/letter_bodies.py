"""The bodies of letters: each stored once for all who get it, and never again touched until it is dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from maildesk.store.chunks import chunks
from maildesk.store.schema import letter_bodies, outbox


def store(connection: Connection, bodies: Collection[bytes]) -> dict[bytes, int]:
    """Store bodies, each once; their ids.

    They are not compressed: zlib spends 0.17 s of a filing transaction on 7 MB of attached base64 to win a
    quarter of it, and bodies go when their time is over.
    """
    ordered = list(bodies)
    rows = [{"size": len(body), "content": body} for body in ordered]
    if connection.dialect.name == "sqlite":  # we are its only writer now, and it returns ids in no order
        last = connection.execute(_LAST).scalar() or 0
        ids = list(range(last + 1, last + 1 + len(rows)))
        connection.execute(_NEW, [{**row, "id": number} for row, number in zip(rows, ids, strict=True)])
    else:
        ids = list(connection.execute(_NEW_NUMBERED, rows).scalars())
    return dict(zip(ordered, ids, strict=True))


def load(connection: Connection, sizes: Mapping[int, int], max_bytes: int) -> dict[int, bytes]:
    """Bodies of these sizes, in this order: as many as hold `max_bytes` together, but always at least one."""
    taken = _within(sizes.items(), max_bytes)
    return dict(connection.execute(_CONTENTS, {"ids": taken}).all())


_CONTENTS = select(letter_bodies.c.id, letter_bodies.c.content).where(
    letter_bodies.c.id.in_(bindparam("ids", expanding=True))
)


def drop_unused(connection: Connection, ids: Collection[int]) -> None:
    """Delete those of these bodies that no letter has."""
    unused = ~exists().where(outbox.c.body_id == letter_bodies.c.id)
    for chunk in chunks(ids):
        connection.execute(delete(letter_bodies).where(letter_bodies.c.id.in_(chunk), unused))


_LAST = select(func.max(letter_bodies.c.id))
_NEW = insert(letter_bodies)
_NEW_NUMBERED = _NEW.returning(letter_bodies.c.id, sort_by_parameter_order=True)

# --- how long they are kept -----------------------------------------------------------------------

STEP = 100
STEP_BYTES = 64 * 2**20
"""Bodies that one transaction drops at most: nobody who waits to write shall notice."""
_OVER = ("sent", "dropped")
"""The states of a letter that nobody can ever have sent again."""


@dataclass(frozen=True, slots=True)
class DroppedBodies:
    """The outcome of one step: letters whose bytes went, and the body it ended at; None: it was the last."""

    letters: int
    last: int | None


def drop_ended(connection: Connection, before: datetime, after: int) -> DroppedBodies:
    """Drop the next bodies whose letters were all sent or dropped before that time, the oldest first."""
    c, o = letter_bodies.c, outbox.c
    rows = connection.execute(select(c.id, c.size).where(c.id > after).order_by(c.id).limit(STEP)).all()
    page = _within([(row.id, row.size) for row in rows], STEP_BYTES)
    if not page:
        return DroppedBodies(0, None)
    letters = connection.execute(
        select(o.body_id, o.state, o.ended_at, o.created_at).where(o.body_id.in_(page))
    ).all()
    kept = {row.body_id for row in letters if row.state not in _OVER or (row.ended_at or before) >= before}
    gone = {row.body_id for row in letters} - kept
    if gone:
        connection.execute(update(outbox).where(o.body_id.in_(gone)).values(head=None, body_id=None))
        connection.execute(delete(letter_bodies).where(c.id.in_(gone)))
    # Bodies are numbered as they were queued: where these are young, the rest are.
    done = any(row.created_at >= before for row in letters) or len(page) == len(rows) < STEP
    return DroppedBodies(sum(row.body_id in gone for row in letters), None if done else page[-1])


def _within(sizes: Iterable[tuple[int, int]], max_bytes: int) -> list[int]:
    """As many as hold `max_bytes` together, but always at least one."""
    taken: list[int] = []
    total = 0
    for each, size in sizes:
        total += size
        if taken and total > max_bytes:
            break
        taken.append(each)
    return taken
