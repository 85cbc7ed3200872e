"""Shipping a requirement is one act: all of its customers hear, or none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace

import pytest

from maildesk.casework.batch_filing import BatchFiling
from maildesk.casework.office import Office
from maildesk.casework.read_mail import ReadMail
from maildesk.casework.releasing import release_mail
from maildesk.casework.requirements import create, link, ship
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.letter_context import LetterContext
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.requirements import Requirements
from maildesk.desk.screening.heard import UnreadMail
from maildesk.errors import NotAllowed
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database
from maildesk.store.ledger import deliver_one, pack, unfiled
from maildesk.store.mailboxes import start_mailbox
from maildesk.store.outbox_views import outbox_rows
from maildesk.store.requirements import all_requirements
from tests.unit.desk.letter_matters import KEYS, SOURCES
from tests.unit.desk.matters import AGENT, CASE, DESK, NOW

HAND = Actor(AGENT, NOW, AGENT)
OURS = replace(DESK, policy=replace(DESK.policy, requirements=Requirements(shipped="Resolved")))
REFS = [f"AAAA-AAA{number}" for number in range(1, 4)]


class BreaksDown(LetterWriter):
    """A writer who writes two letters, and then breaks down."""

    written = 0

    def write(
        self, order: LetterOrder, occasion: LetterContext, to: Sequence[Addressee]
    ) -> list[WrittenLetter]:
        self.written += 1
        if self.written > 2:
            raise OSError("the machine stops")
        return super().write(order, occasion, to)


def office(kind: type[LetterWriter] = LetterWriter) -> Office:
    writer = kind(OURS, LetterTemplates(SOURCES, OURS.zone), KEYS)
    return Office(OURS, writer, LetterLimits())


@pytest.fixture
def wishes(store: Database) -> Database:
    """Three more cases of Bo's, which wait for the same thing."""

    def begin(conn: Connection) -> None:
        book = CaseBook(conn)
        for ref in REFS:
            book.record(replace(CASE, ref=ref), [Event(NOW, EventKind.OPENED, AGENT)])
        book.flush()

    store.write_now(begin)
    create(store, office(), "Dark mode", {}, REFS[:1], lambda: HAND, anyway=False)
    link(store, office(), "dark", REFS[1:], lambda: HAND)
    return store


def told(store: Database) -> list[str]:
    return sorted(row["case"] for row in store.read_now(outbox_rows) if row["kind"] == "shipped")


class AsksWhen:
    """Ana, who is asked for the hour; the acts may not be under way yet, nobody else can write by then."""

    def __init__(self, store: Database) -> None:
        assert store.place.path is not None
        self._file = store.place.path
        self.asked = 0

    def __call__(self) -> Actor:
        self.asked += 1
        with (
            closing(sqlite3.connect(self._file, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
        return HAND


def test_the_hour_is_asked_for_once_nobody_else_can_write(wishes: Database) -> None:
    """A later hour than the one of whoever wrote meanwhile: a history never goes back."""
    acts: dict[str, Callable[[AsksWhen], object]] = {
        "made": lambda ana: create(wishes, office(), "Another", {}, [], ana, anyway=True),
        "linked": lambda ana: link(wishes, office(), "another", REFS[:1], ana),
        "shipped": lambda ana: ship(wishes, office(), "another", ana),
        "released": lambda ana: release_mail(wishes, office(), put_aside(wishes), ana),
    }
    asked = {name: AsksWhen(wishes) for name in acts}
    for name, act in acts.items():
        act(asked[name])
    assert {name: each.asked for name, each in asked.items()} == dict.fromkeys(acts, 1)


def put_aside(store: Database) -> int:
    """A mail in quarantine."""

    def add(conn: Connection) -> int:
        start_mailbox(conn, "b" * 64, "support", NOW)
        deliver_one(conn, "b" * 64, pack(b"From: bo@client.example\r\n\r\nHm"), NOW)
        (row,) = unfiled(conn, after=0, limit=1, max_bytes=10**6)
        aside = ReadMail(row, UnreadMail("unreadable", "it cannot be read"))
        BatchFiling(conn, office(), NOW).file([aside])
        return row.id

    return store.write_now(add)


def test_what_breaks_down_halfway_told_nobody_and_tells_each_once_when_tried_again(wishes: Database) -> None:
    with pytest.raises(OSError, match="the machine stops"):
        ship(wishes, office(BreaksDown), "dark mode", lambda: HAND)
    [requirement] = wishes.read_now(all_requirements)
    assert (requirement.shipped_at, told(wishes)) == (None, [])
    done = ship(wishes, office(), "dark mode", lambda: HAND)
    assert ([case.ref for case in done.cases], done.moved) == (REFS, 3)
    assert told(wishes) == REFS
    with pytest.raises(NotAllowed, match="nothing is done now"):
        ship(wishes, office(), "dark mode", lambda: HAND)
    assert told(wishes) == REFS
