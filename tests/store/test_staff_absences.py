"""Absences of agents in a database: one for each, settled once, gone with the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from maildesk.desk.policy.absences import AwayChosen, NotedAbsence, SheetChosen
from maildesk.store.database import Database
from maildesk.store.erasing_persons import forget
from maildesk.store.persons import addresses_kept, traces_of
from maildesk.store.staff_absences import keep_absence, noted_absences, settle_absence
from maildesk.store.staff_choices import choose, staff_choices_made
from tests.store.conftest import NOW

ANA, BEN = "ana@acme.example", "ben@acme.example"
AWAY = NotedAbsence(ANA, NOW, date(2026, 12, 4))
LATER = NOW + timedelta(days=1)


def test_an_absence_is_read_as_it_was_kept_in_the_place_of_the_one_before(database: Database) -> None:
    other, unnamed = replace(AWAY, address=BEN), replace(AWAY, noted_at=LATER, until=None)
    for each in (AWAY, other, unnamed):
        database.write_now(partial(keep_absence, absence=each))
    assert database.read_now(noted_absences) == {unnamed: None, other: None}


def test_one_is_settled_once_and_the_next_one_is_not(database: Database) -> None:
    database.write_now(lambda conn: keep_absence(conn, AWAY))
    for at in (NOW, LATER):
        database.write_now(partial(settle_absence, address=ANA, at=at))
    assert database.read_now(noted_absences) == {AWAY: NOW}
    database.write_now(lambda conn: settle_absence(conn, BEN, NOW))
    database.write_now(lambda conn: keep_absence(conn, replace(AWAY, noted_at=LATER)))
    assert list(database.read_now(noted_absences).values()) == [None]


def test_a_persons_own_word_settles_it_and_no_other_choice_does(database: Database) -> None:
    database.write_now(lambda conn: keep_absence(conn, AWAY))
    database.write_now(lambda conn: choose(conn, SheetChosen(ANA, wanted=False), NOW))
    assert database.read_now(noted_absences) == {AWAY: None}
    database.write_now(lambda conn: choose(conn, AwayChosen(ANA, away=False), NOW))
    assert database.read_now(noted_absences) == {AWAY: NOW}


def test_who_left_the_desk_is_found_in_it_and_forgotten(database: Database) -> None:
    database.write_now(lambda conn: keep_absence(conn, AWAY))
    database.write_now(lambda conn: choose(conn, AwayChosen(ANA, away=True), NOW))
    database.write_now(lambda conn: choose(conn, AwayChosen(BEN, away=True, deputy=ANA), NOW))
    assert {ANA, BEN} <= set(database.read_now(addresses_kept))
    assert not database.read_now(lambda conn: traces_of(conn, ANA.title())).none
    database.write_now(lambda conn: forget(conn, traces_of(conn, ANA.title())))
    assert database.read_now(noted_absences) == {}
    (left,) = database.read_now(staff_choices_made)
    assert (left.address, left.away, left.deputy) == (BEN, True, "")
    assert database.read_now(lambda conn: traces_of(conn, ANA)).none
