"""The past of cases, as a simulation replays it: their mails, letters and events. It only reads."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, select

from maildesk.desk.case.events import Event
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.case.verdicts import Verdict
from maildesk.mail.addr_spec import Addresses
from maildesk.store.case_history import histories
from maildesk.store.chunks import chunks
from maildesk.store.ledger import WaitingMail
from maildesk.store.schema import addresses, cases, ledger, mailboxes, mails, raw_mails, thread_ids


@dataclass(frozen=True, slots=True)
class PastMail:
    """A mail that came to a case. Its row has no bytes yet; `old`: it was there before its mailbox began."""

    ref: str
    row: WaitingMail
    verdict: str
    sender: str
    filed_at: datetime
    old: bool


@dataclass(frozen=True, slots=True)
class PastLetter:
    """A letter that went out about a case, its kind as `letter_order` names it.

    `about` is the ledger row of the mail that led to it.
    """

    ref: str
    kind: str
    at: datetime
    message_id: str | None
    recipients: tuple[str, ...]
    to_customers: bool = False
    about: int | None = None


@dataclass(slots=True)
class PastCases:
    """One case, or several of which each follows the one before; `events` by case, the oldest first.

    `claims` are those that relays gave our letters, by Message-ID, each with when we learnt of it.
    """

    refs: tuple[str, ...]
    subject: str
    events: dict[str, list[Event]] = field(default_factory=dict)
    mails: list[PastMail] = field(default_factory=list)
    letters: list[PastLetter] = field(default_factory=list)
    claims: list[tuple[datetime, str, Claim]] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    """The words with which somebody opened a case by hand."""


def chains_of_cases(
    conn: Connection, since: datetime | None, until: datetime | None
) -> list[tuple[str, ...]]:
    """The cases that were opened in that time, the oldest first; who follows another stands with it.

    Of those that were erased there is nothing to replay.
    """
    c = cases.c
    query = select(c.ref, c.followed_by).where(c.erased_at.is_(None)).order_by(c.opened_at, c.ref)
    query = query.where(c.opened_at >= since) if since else query
    query = query.where(c.opened_at < until) if until else query
    later = {row.ref: row.followed_by for row in conn.execute(query)}
    following = {ref for ref in later.values() if ref}
    return [tuple(_chain(ref, later)) for ref in later if ref not in following]


def _chain(ref: str | None, later: dict[str, str | None]) -> Iterator[str]:
    while ref in later:
        yield ref
        ref = later[ref]


def chain_of(conn: Connection, ref: str) -> tuple[str, ...]:
    """The case of this reference, with those before and after it."""
    c = cases.c
    first: str | None = ref
    while before := conn.execute(select(c.ref).where(c.followed_by == first)).scalars().first():
        first = before
    chain = []
    while first:
        chain.append(first)
        first = conn.execute(select(c.followed_by).where(c.ref == first)).scalar_one_or_none()
    return tuple(chain)


def past_of(conn: Connection, chains: Sequence[tuple[str, ...]]) -> list[PastCases]:
    """Everything that these cases went through, without the bytes of their mails."""
    refs = [ref for chain in chains for ref in chain]
    subjects = {
        row.ref: row.subject
        for chunk in chunks(refs)
        for row in conn.execute(select(cases.c.ref, cases.c.subject).where(cases.c.ref.in_(chunk)))
    }
    found = [PastCases(chain, subjects.get(chain[0], "")) for chain in chains]
    of = {ref: one for one in found for ref in one.refs}
    for chunk in chunks(refs):
        for ref, events in histories(conn, chunk).items():
            of[ref].events[ref] = events
        for row in conn.execute(_mails_of(chunk)):
            _take_mail(of[row.case_ref], row)
        query = select(thread_ids).where(thread_ids.c.case_ref.in_(chunk), thread_ids.c.sent_to.is_not(None))
        for row in conn.execute(query):
            claim = Claim(row.case_ref, Hold(row.hold), Addresses({row.sent_to}))
            of[row.case_ref].claims.append((row.noted_at, row.message_id, claim))
    return found


def _mails_of(refs: Sequence[str]) -> Any:
    m, box = mails.c, mailboxes.c
    return (
        select(
            m.case_ref, m.direction, m.at, m.verdict, m.message_id, m.recipients, m.ledger_id, m.sender,
            m.internal, m.about, case((m.ledger_id.is_(None), m.new_text), else_="").label("new_text"),
            ledger.c.mailbox, ledger.c.uidvalidity, ledger.c.uid, ledger.c.internal_date,
            ledger.c.received_at, ledger.c.size, ledger.c.raw_sha256, ledger.c.filed_at,
            ledger.c.verdict.label("filed_as"),
            box.name.label("mailbox_name"), box.first_started_at,
        )
        .outerjoin(ledger, ledger.c.id == m.ledger_id)
        .outerjoin(mailboxes, box.identity == ledger.c.mailbox)
        .where(m.case_ref.in_(refs))
        .order_by(m.id)
    )  # fmt: skip


def _take_mail(past: PastCases, row: Row[Any]) -> None:
    if row.direction == "out":
        to = tuple(row.recipients)
        letter = PastLetter(
            row.case_ref, row.verdict, row.at, row.message_id, to, not row.internal, row.about
        )
        past.letters.append(letter)
    elif row.ledger_id is None:
        past.asked[row.case_ref] = row.new_text if row.verdict == Verdict.OPENED else ""
    elif row.raw_sha256 is not None and row.filed_at is not None and row.filed_as != Verdict.ERASED:
        names = ("mailbox", "mailbox_name", "uidvalidity", "uid", "internal_date", "received_at", "size")
        of_ledger = {name: getattr(row, name) for name in names}
        waiting = WaitingMail(id=row.ledger_id, raw_sha256=row.raw_sha256, raw=b"", **of_ledger)
        old = row.internal_date < row.first_started_at.replace(microsecond=0)
        past.mails.append(PastMail(row.case_ref, waiting, row.verdict, row.sender, row.filed_at, old))


def bytes_of(conn: Connection, ledger_ids: Collection[int]) -> dict[int, bytes]:
    """The bytes of these mails, by ledger id."""
    query = select(ledger.c.id, raw_mails.c.packed).join(raw_mails, raw_mails.c.sha256 == ledger.c.raw_sha256)
    return {
        row.id: zlib.decompress(row.packed)
        for chunk in chunks(sorted(ledger_ids))
        for row in conn.execute(query.where(ledger.c.id.in_(chunk)))
    }


def proven_since(conn: Connection, named: Collection[str]) -> dict[str, datetime]:
    """Tell when each of these addresses first returned a token of ours."""
    c = addresses.c
    return {
        row.address: row.proven_at
        for chunk in chunks(Addresses(named))
        for row in conn.execute(
            select(c.address, c.proven_at).where(c.address.in_(chunk), c.proven_at.is_not(None))
        )
    }
