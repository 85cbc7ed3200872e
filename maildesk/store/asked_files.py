"""The mail whose files an agent asks for by answering a notice."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from maildesk.store.schema import mails
from maildesk.store.shown import AnyRow


def mail_with_files(
    connection: Connection, thread_ids: Sequence[str], refs: Collection[str]
) -> tuple[int, frozenset[str]] | None:
    """The ledger row of the mail that is asked for and the sha256 of its files; None where there is none.

    It is the one that the answered notice tells of, else the newest with files of that notice's case, else of
    the case that the reply address names.
    """
    c = mails.c
    answered = _notice(connection, thread_ids)
    for ref in [*([answered.case_ref] if answered else []), *refs][:_MOST_CASES]:
        rows = connection.execute(
            select(c.ledger_id, c.attachments, c.internal)
            .where(c.case_ref == ref, c.direction == "in", c.ledger_id.is_not(None))
            .order_by(c.at.desc(), c.id.desc())
        )
        found = [row for row in rows if row.attachments]
        told = next((row for row in found if answered and row.ledger_id == answered.about), None)
        told = told or next((row for row in found if not row.internal), None)
        if told:
            return told.ledger_id, frozenset(str(file["sha256"]) for file in told.attachments)
    return None


def _notice(connection: Connection, thread_ids: Sequence[str]) -> AnyRow | None:
    """The letter of ours that is answered: the nearest one that the thread names."""
    c = mails.c
    query = select(c.message_id, c.about, c.case_ref)
    found = connection.execute(query.where(c.message_id.in_(thread_ids), c.direction == "out"))
    letters = {row.message_id: row for row in found}
    return next((letters[each] for each in thread_ids if each in letters), None)


_MOST_CASES = 2
"""A mail may name many references; its author acts on one."""
