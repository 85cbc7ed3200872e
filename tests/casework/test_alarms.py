"""Alarms: one a day about each thing, to every operator, in words that say what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from maildesk.casework.alarms import AlarmWriter
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.people import People
from maildesk.store.database import Database
from maildesk.store.outbox import OutboxLetter
from tests.unit.desk.letter_matters import KEYS, SOURCES, writer
from tests.unit.desk.matters import DESK, NOW

TWO = replace(DESK, people=People(operators=("ops@acme.example", "night@acme.example")))
KINDS = (
    "held",
    "quarantined",
    "too-large",
    "unfetchable",
    "mailbox:support",
    "relay:mx.acme.example",
    "broken:sending",
    "disk",
    "uncertain",
    "restored:20251124T093000",
    "clock",
    "intake",
)


def raised(
    store: Database, kind: str, now: datetime = NOW, detail: str = "", operators: bool = True
) -> list[OutboxLetter]:
    desk = TWO if operators else replace(DESK, people=People())
    alarms = AlarmWriter(desk, writer(desk))
    return store.write_now(lambda conn: alarms.raised(conn, kind, now, detail))


@pytest.mark.parametrize("kind", KINDS)
def test_every_operator_hears_of_it(store: Database, kind: str) -> None:
    letters = raised(store, kind)
    assert [letter.recipient for letter in letters] == ["ops@acme.example", "night@acme.example"]
    assert {(letter.case_ref, letter.personal, letter.limited) for letter in letters} == {
        (None, False, False)
    }
    assert {letter.due_at for letter in letters} == {NOW}
    assert b"Auto-Submitted: auto-generated" in letters[0].head


def test_the_same_thing_is_told_once_a_day(store: Database) -> None:
    hours = [hour for hour in range(0, 73, 6) if raised(store, "held", NOW + timedelta(hours=hour))]
    assert hours == [0, 24, 48, 72]


def test_another_thing_and_another_mailbox_are_told_all_the_same(store: Database) -> None:
    for kind in (*KINDS, "mailbox:sales"):
        assert raised(store, kind)
        assert not raised(store, kind)


def test_two_alarms_never_share_a_message_id(store: Database) -> None:
    letters = [letter for kind in (*KINDS, "mailbox:sales") for letter in raised(store, kind)]
    letters += raised(store, "held", NOW + timedelta(days=1))
    assert len({letter.message_id for letter in letters}) == len(KINDS) + 2


def test_a_detail_is_shown_as_it_is(store: Database) -> None:
    odd = "support: {0.__class__} {{7*7}} refused"
    (letter, _) = raised(store, "mailbox:support", detail=odd)
    assert odd.encode() in letter.body


def test_with_no_operators_nobody_is_written_to(store: Database) -> None:
    assert raised(store, "held", operators=False) == []


def test_an_alarm_whose_template_is_broken_harms_nobody_and_is_raised_once_it_is_mended(
    store: Database,
) -> None:
    broken = {**SOURCES, "en/alarm.txt": "Subject: {{ extra.nothing }}\n\nNo.\n"}
    alarms = AlarmWriter(TWO, LetterWriter(TWO, LetterTemplates(broken, TWO.zone), KEYS))
    assert store.write_now(lambda conn: alarms.raised(conn, "held", NOW)) == []
    assert len(raised(store, "held")) == 2


def test_an_alarm_of_a_clock_that_stood_ahead_silences_none_of_today(store: Database) -> None:
    assert raised(store, "mailbox:support", NOW + timedelta(days=3652))
    assert raised(store, "mailbox:support", NOW)
    assert not raised(store, "mailbox:support", NOW + timedelta(hours=1))
