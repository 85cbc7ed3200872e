"""One unit of work: what its notices show, whatever else happens to their cases in it, and its alarms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.casework.office import Office
from maildesk.casework.unit_of_work import UnitOfWork
from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.change import Change, TakenMails
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.requests_apart import request_apart
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.desk.policy.people import Person
from maildesk.desk.policy.rules import Assignment, Condition, Rule
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.screening.command_context import NumberedMail
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database
from maildesk.store.ledger import deliver_one, pack
from maildesk.store.mailboxes import start_mailbox
from maildesk.store.outbox_views import outbox_rows
from tests.unit.desk.letter_matters import WRITER
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, NOW, PEOPLE, POLICY

OFFICE = Office(DESK, WRITER, LetterLimits())
OTHER = replace(CASE, ref="M4XP-2WQ8", subject="Screen")
"""Another case of Bo's."""
SPLIT_OFF = 1
"""The ledger row of the newest mail on the first."""
BEN = "ben@acme.example"


def said_on(ref: str, text: str, minute: int, ledger_id: int | None = None) -> CaseMail:
    """A mail of Bo's on a case."""
    return CaseMail(
        case_ref=ref,
        direction="in",
        at=NOW - timedelta(hours=1) + timedelta(minutes=minute),
        sender=BO,
        recipients=(),
        subject="Printer",
        text=text,
        new_text=text,
        verdict=Verdict.APPENDED,
        ledger_id=ledger_id,
    )


def merged(work: UnitOfWork) -> None:
    """The change of a mail that merges and assigns: its case takes what the other showed."""
    assigned(work, TakenMails(OTHER.ref))


def split_after(work: UnitOfWork) -> None:
    """A mail that assigns, and splits a mail off into a case of its own."""
    assigned(work)
    new = replace(OTHER, ref="T7RD-5KN3")
    opened = Event(NOW, EventKind.OPENED, BO)
    taken = TakenMails(CASE.ref, (SPLIT_OFF,))
    work.carry_out_apart(Change(new, (opened,), takes=(taken,)), Cause("act"))


def answered_after(work: UnitOfWork) -> None:
    """A mail that assigns, and one of the customer's right after it."""
    assigned(work)
    work.book.add_mail(said_on(CASE.ref, "It is out.", 9))


def assigned(work: UnitOfWork, *takes: TakenMails) -> None:
    event = Event(NOW, EventKind.ASSIGNED, "cli:root")
    order = LetterOrder(LetterKind.ASSIGNED_TEAM)
    work.carry_out(Change(work.living(CASE.ref), (event,), (order,), takes), Cause("act"))


@pytest.mark.parametrize(
    ("change", "newest"),
    [(assigned, "hot"), (merged, "dark"), (split_after, "burnt"), (answered_after, "out")],
    ids=["assigned", "merged", "split after", "answered after"],
)
def test_a_notice_shows_what_its_case_holds_when_all_is_done(
    store: Database, change: Callable[[UnitOfWork], None], newest: str
) -> None:
    def begin(conn: Connection) -> None:
        start_mailbox(conn, "pipe", "support", NOW)
        assert deliver_one(conn, "pipe", pack(b"Subject: Printer\r\n\r\nIt is hot."), NOW) == SPLIT_OFF
        book = CaseBook(conn)
        book.record(OTHER, [Event(NOW, EventKind.OPENED, BO)])
        book.add_mail(said_on(CASE.ref, "It is burnt.", 1))
        book.add_mail(said_on(CASE.ref, "It is hot.", 2, SPLIT_OFF))
        book.add_mail(said_on(OTHER.ref, "It is dark.", 3))
        book.flush()

    def work(conn: Connection) -> str:
        with OFFICE.session(conn, NOW) as work:
            work.load([CASE.ref, OTHER.ref])
            change(work)
        thread = CaseBook(conn).thread(CASE.ref, words=10_000)
        return next(mail.new_text for mail in thread if mail.verdict == LetterKind.ASSIGNED_TEAM)

    store.write_now(begin)
    shown = store.write_now(work)
    assert [each for each in ("burnt", "hot", "dark", "out") if f"It is {each}." in shown] == [newest]


def test_operators_hear_first_that_letters_are_held(store: Database) -> None:
    def work(conn: Connection) -> list[str]:
        with Office(DESK, WRITER, LetterLimits(per_hour=0)).session(conn, NOW) as work:
            work.load([CASE.ref])
            work.alarm("quarantined")
            order = LetterOrder(LetterKind.ACKNOWLEDGEMENT, extra={"escalated": ""})
            work.carry_out(Change(work.living(CASE.ref), (), (order,)), Cause("1@client.example"))
        return [row["subject"] for row in outbox_rows(conn) if row["kind"] == LetterKind.ALARM]

    held, quarantined = store.write_now(work)
    assert ("held" in held, "quarantine" in quarantined) == (True, True)


def test_a_case_that_a_rule_ends_as_it_is_split_off_is_told_of_as_a_new_one(store: Database) -> None:
    """Its owner has no other mail of it; that somebody ended it would be news of a case nobody told."""
    gone = Rule("gone", Condition(subject=WordList(("unsubscribe",))), Assignment(status="Closed"))
    people = replace(PEOPLE, agents=(*PEOPLE.agents, Person("Ben", BEN)))
    desk = replace(DESK, policy=replace(POLICY, rules=(gone,)), people=people)
    owned = replace(CASE, owner=AGENT).joined(BO, "Bo", PartyRole.REQUESTER)
    asked = NumberedMail(1, NOW, BO, (CASE.mailbox,), "Printer", None, asks=True)

    def act(conn: Connection) -> list[tuple[LetterKind, str]]:
        with Office(desk, WRITER, LetterLimits()).session(conn, NOW) as work:
            work.load([CASE.ref])
            work.book.record(owned)
            _, new = request_apart(owned, asked, "unsubscribe me", "T7RD-5KN3", desk, Actor(BEN, NOW, BEN))
            assert new.case.phase.ended
            work.carry_out_apart(replace(new, cites=()), Cause("ben"))
        return [(each.kind, each.recipient) for each in work.letters if each.to_desk]

    assert store.write_now(act) == [(LetterKind.OPENED_TEAM, AGENT)]
