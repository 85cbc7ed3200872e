"""One person in all tables: the cases, mails and letters that an address stands on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, false, func, or_, select

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.verdicts import Verdict
from maildesk.errors import NotFound
from maildesk.mail.addr_spec import folded, person_key
from maildesk.mail.identity.named_persons import Hint, NamedPerson
from maildesk.mail.message import LetterBytes
from maildesk.store.schema import (
    addresses,
    cases,
    ledger,
    letter_bodies,
    mailboxes,
    mails,
    outbox,
    parties,
    staff_absences,
    staff_choices,
)
from maildesk.store.shown import AnyRow, shown_moment

_OF_THE_DESK = tuple(role.value for role in PartyRole if role.of_the_desk)


@dataclass(frozen=True, slots=True)
class Traces:
    """The places of one address: cases that it opened, others that it takes or took part in, or that show a
    mail from or to it; and the rows of ledger and outbox, those about no case too.

    `spellings` are those of it that are kept; `proven_at` is when a mail of it first returned a token.
    `of_staff`: somebody of the desk chose something from there, named it as their deputy, or was away.
    """

    person: NamedPerson
    spellings: tuple[str, ...]
    proven_at: datetime | None
    own: tuple[str, ...]
    others: tuple[str, ...]
    ledger: tuple[int, ...]
    letters: tuple[int, ...]
    of_staff: bool = False

    @property
    def cases(self) -> tuple[str, ...]:
        """All cases that the address stands on, its own first."""
        return (*self.own, *self.others)

    @property
    def none(self) -> bool:
        """Tell whether there is nothing."""
        return not any((self.cases, self.ledger, self.letters, self.proven_at, self.of_staff))


def is_address(column: ColumnElement[Any], address: str) -> ColumnElement[bool]:
    """The condition that a column holds this address, letter case aside (`addr_spec.folded`)."""
    known = folded(address)
    return as_compared(column, ascii_only=known.isascii()) == known


def as_compared(column: ColumnElement[Any], *, ascii_only: bool) -> ColumnElement[Any]:
    """The column as it is compared with an address, folded, that has ASCII only or has not."""
    return func.lower(column) if ascii_only else column


def is_one_of(column: ColumnElement[Any], spellings: Collection[str]) -> ColumnElement[bool]:
    """The condition that a column holds one person's address in one of these spellings."""
    return or_(false(), *(is_address(column, each) for each in spellings))


def may_name(column: ColumnElement[Any], hints: Collection[Hint]) -> ColumnElement[bool]:
    """The condition that a text may name a person: all texts that do, and some that do not."""
    said = cast(column, Text)
    return or_(
        *(
            and_(*(or_(*(said.icontains(each, autoescape=True) for each in some)) for some in hint))
            for hint in hints
        )
    )


def traces(connection: Connection, address: str) -> Traces:
    """Find everything of an address; NotFound where there is nothing."""
    found = traces_of(connection, address)
    if found.none:
        raise nothing_kept(address)
    return found


def nothing_kept(address: str) -> NotFound:
    """The error about an address that stands nowhere."""
    return NotFound(
        f"nothing is kept about {address[:80]!a}", remedy="write the address as mails show it, whole"
    )


def traces_of(connection: Connection, address: str) -> Traces:
    """Find everything of an address, be it nothing."""
    spellings, p = _spellings(connection, address), parties.c
    taking = connection.execute(
        select(p.case_ref, p.name).where(is_one_of(p.address, spellings), p.role.not_in(_OF_THE_DESK))
    ).all()
    own = _values(connection, select(cases.c.ref).where(is_one_of(cases.c.requester, spellings)))
    person = NamedPerson(address, tuple(sorted({row.name for row in taking if row.name})))
    shown = _mails_of(connection, person, spellings)
    others = {row.case_ref for row in (*taking, *shown)} - set(own)
    proven = select(addresses.c.proven_at).where(is_one_of(addresses.c.address, spellings))
    return Traces(
        person,
        spellings,
        connection.execute(proven).scalar(),
        tuple(sorted(own)),
        tuple(sorted(others)),
        tuple(_written(connection, person, spellings)),
        tuple(_values(connection, select(outbox.c.id).where(is_one_of(outbox.c.recipient, spellings)))),
        any(_values(connection, select(each).where(is_one_of(each, spellings))) for each in _OF_STAFF),
    )


_OF_STAFF = (staff_choices.c.address, staff_choices.c.deputy, staff_absences.c.address)
"""Columns with addresses of the desk's own people, in lower case; who has left may want them gone."""


def _values(connection: Connection, query: Any) -> list[Any]:
    return list(connection.execute(query).scalars())


_ADDRESSES = (
    cases.c.requester, parties.c.address, mails.c.sender, ledger.c.author, outbox.c.recipient,
    addresses.c.address, *_OF_STAFF,
)  # fmt: skip


def _spellings(connection: Connection, address: str) -> tuple[str, ...]:
    """The spellings of an address that are kept, which differ before the @ only: domains are A-labels."""
    key = person_key(address)
    local, _, domain = key.rpartition("@")
    if local.isascii():
        return (key,)
    found = {key}
    for column in _ADDRESSES:
        there = select(column).where(column.icontains(f"@{domain}", autoescape=True)).distinct()
        found.update(each for each in _values(connection, there) if person_key(each) == key)
    return tuple(sorted(found))


def _written(connection: Connection, person: NamedPerson, spellings: Collection[str]) -> list[int]:
    """The mails of the ledger of this author, and those that seem to be where nobody could tell."""
    c = ledger.c
    by = _values(connection, select(c.id).where(is_one_of(c.author, spellings)))
    seeming = select(c.id, c.sender).where(c.author.is_(None), may_name(c.sender, person.hints))
    by += [row.id for row in connection.execute(seeming) if person.is_written_in(row.sender)]
    return sorted(by)


def _mails_of(connection: Connection, person: NamedPerson, spellings: Collection[str]) -> list[AnyRow]:
    """The mails that cases show from or to this person."""
    c = mails.c
    named = or_(*(cast(c.recipients, Text).icontains(f'"{each}"', autoescape=True) for each in spellings))
    query = select(c.id, c.case_ref, c.sender, c.recipients).where(or_(is_one_of(c.sender, spellings), named))
    return [row for row in connection.execute(query.order_by(c.id)) if _has(row, person)]


def _has(row: AnyRow, person: NamedPerson) -> bool:
    """Tell whether a mail is from or to this person."""
    return any(person.has(each) for each in (row.sender, *row.recipients))


def addresses_kept(connection: Connection) -> list[str]:
    """All addresses that stand anywhere as somebody's, of customers and others, each in one spelling."""
    known: dict[str, str] = {}
    for column in (*_ADDRESSES, ledger.c.sender):
        for said in connection.execute(select(column).where(column.is_not(None)).distinct()).scalars():
            # of a sender whom nobody could tell: `Name <address>`
            address = said.rpartition("<")[2].rstrip(">") if said.endswith(">") else said
            known.setdefault(person_key(address), address)
    for recipients in connection.execute(select(mails.c.recipients).distinct()).scalars():
        known |= {person_key(each): each for each in recipients if person_key(each) not in known}
    return [said for said in known.values() if "@" in said]


# --- what an export has of it ---------------------------------------------------------------------


def mails_with(connection: Connection, ref: str, person: NamedPerson) -> tuple[list[AnyRow], int]:
    """The mails of a case from or to this person, the oldest first; and how many of others customers see."""
    c = mails.c
    rows = connection.execute(select(mails).where(c.case_ref == ref).order_by(c.at, c.id)).all()
    theirs = [row for row in rows if _has(row, person) and not (row.internal and row.direction == "in")]
    shown = {row.id for row in theirs}
    return theirs, sum(1 for row in rows if row.id not in shown and not row.internal)


def notes_on(connection: Connection, ref: str) -> list[AnyRow]:
    """The mails of a case that only the desk's people wrote for each other, the oldest first."""
    c = mails.c
    told_by_us = c.direction == "out", c.verdict != Verdict.NOTE.value
    query = select(mails).where(c.case_ref == ref, c.internal.is_(True), ~and_(*told_by_us))
    return list(connection.execute(query.order_by(c.at, c.id)))


def ledger_line(connection: Connection, ledger_id: int) -> dict[str, Any]:
    """The row of one mail that came in, as `inbox list --json` has it, and whether its bytes are here."""
    c = ledger.c
    columns = (c.id, c.received_at, c.sender, c.subject, c.size, c.verdict, c.case_ref, c.message_id)
    query = select(*columns, c.raw_sha256, mailboxes.c.name).join(
        mailboxes, mailboxes.c.identity == c.mailbox
    )
    row = connection.execute(query.where(c.id == ledger_id)).one()
    return {
        "id": row.id,
        "mailbox": row.name,
        "received_at": shown_moment(row.received_at),
        "from": row.sender,
        "subject": row.subject,
        "message_id": row.message_id,
        "size": row.size,
        "verdict": row.verdict,
        "case": row.case_ref,
        "kept": row.raw_sha256 is not None,
    }


def letter_line(connection: Connection, letter_id: int) -> tuple[dict[str, Any], bytes | None]:
    """One letter to the person: what it is, and its bytes as long as they are kept."""
    c = outbox.c
    columns = (c.id, c.case_ref, c.kind, c.subject, c.state, c.created_at, c.ended_at, c.head)
    query = select(*columns, letter_bodies.c.content).outerjoin(letter_bodies)
    row = connection.execute(query.where(c.id == letter_id)).one()
    line = {
        "id": row.id,
        "case": row.case_ref,
        "kind": row.kind,
        "subject": row.subject,
        "state": row.state,
        "written_at": shown_moment(row.created_at),
        "ended_at": shown_moment(row.ended_at),
    }
    whole = row.head is not None and row.content is not None
    return line, LetterBytes(row.head, row.content).content if whole else None
