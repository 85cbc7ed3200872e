"""Shipping a requirement is one act: all of its customers hear, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from maildesk.casework.office import Office
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
from maildesk.errors import NotAllowed
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database
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
    create(store, office(), "Dark mode", {}, REFS[:1], HAND, anyway=False)
    link(store, office(), "dark", REFS[1:], HAND)
    return store


def told(store: Database) -> list[str]:
    return sorted(row["case"] for row in store.read_now(outbox_rows) if row["kind"] == "shipped")


def test_what_breaks_down_halfway_told_nobody_and_tells_each_once_when_tried_again(wishes: Database) -> None:
    with pytest.raises(OSError, match="the machine stops"):
        ship(wishes, office(BreaksDown), "dark mode", HAND)
    [requirement] = wishes.read_now(all_requirements)
    assert (requirement.shipped_at, told(wishes)) == (None, [])
    done = ship(wishes, office(), "dark mode", HAND)
    assert ([case.ref for case in done.cases], done.moved) == (REFS, 3)
    assert told(wishes) == REFS
    with pytest.raises(NotAllowed, match="nothing is done now"):
        ship(wishes, office(), "dark mode", HAND)
    assert told(wishes) == REFS
