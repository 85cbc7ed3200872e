"""The bodies of letters: each stored once for all who get it, and never again touched until it is dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, exists, func, insert, select

from maildesk.store.chunks import chunks
from maildesk.store.schema import letter_bodies, outbox


def store(connection: Connection, bodies: Collection[bytes]) -> dict[bytes, int]:
    """Store bodies, each once; their ids.

    They are not compressed: zlib spends 0.1 s of a filing transaction on 7 MB of attached base64 to win a
    quarter of it, and bodies go when their time is over.
    """
    ordered = list(bodies)
    rows = [{"size": len(body), "content": body} for body in ordered]
    new = insert(letter_bodies)
    if connection.dialect.name == "sqlite":  # we are its only writer now, and it returns ids in no order
        last = connection.execute(select(func.max(letter_bodies.c.id))).scalar() or 0
        ids = list(range(last + 1, last + 1 + len(rows)))
        connection.execute(new, [{**row, "id": number} for row, number in zip(rows, ids, strict=True)])
    else:
        new_ids = new.returning(letter_bodies.c.id, sort_by_parameter_order=True)
        ids = list(connection.execute(new_ids, rows).scalars())
    return dict(zip(ordered, ids, strict=True))


def load(connection: Connection, ids: Sequence[int], max_bytes: int) -> dict[int, bytes]:
    """Bodies in this order, as many as hold `max_bytes` together, but always at least one."""
    c = letter_bodies.c
    wanted = list(dict.fromkeys(ids))
    sizes = {row.id: row.size for row in connection.execute(select(c.id, c.size).where(c.id.in_(wanted)))}
    taken: list[int] = []
    total = 0
    for each in wanted:
        total += sizes[each]
        if taken and total > max_bytes:
            break
        taken.append(each)
    rows = connection.execute(select(c.id, c.content).where(c.id.in_(taken)))
    return {row.id: row.content for row in rows}


def drop_unused(connection: Connection, ids: Collection[int]) -> None:
    """Delete those of these bodies that no letter has."""
    unused = ~exists().where(outbox.c.body_id == letter_bodies.c.id)
    for chunk in chunks(ids):
        connection.execute(delete(letter_bodies).where(letter_bodies.c.id.in_(chunk), unused))
