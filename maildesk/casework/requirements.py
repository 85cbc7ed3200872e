"""Requirements at the command line: made, changed, linked with cases, and shipped; one transaction each.

`acting` is asked who acts, and when, once the write lock is held.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from maildesk.casework.earlier_mails import called_spam
from maildesk.casework.office import Office
from maildesk.casework.unit_of_work import UnitOfWork
from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.requirement import Requirement
from maildesk.desk.decisions import requiring
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.letters.cause import Cause
from maildesk.desk.policy.requirements import requirement_called
from maildesk.mail.addr_spec import Addresses, folded
from maildesk.store.database import Connection, Database
from maildesk.store.outbox import LetterState
from maildesk.store.requirements import (
    add_requirements,
    all_requirements,
    shipped_letters,
    waiting_refs,
    write_requirement,
)


@dataclass(frozen=True, slots=True)
class Shipped:
    """The result of shipping: the cases whose customers hear of it, to whom letters go, and held ones."""

    requirement: Requirement
    cases: tuple[Case, ...]
    moved: int
    told: tuple[str, ...]
    held: tuple[str, ...]


def create(
    store: Database,
    office: Office,
    name: str,
    said: Mapping[str, str],
    refs: Sequence[str],
    acting: Callable[[], Actor],
    *,
    anyway: bool,
) -> Requirement:
    """Make a requirement, for which these cases wait."""
    ident = _drawn()

    def act(conn: Connection) -> Requirement:
        hand = acting()
        new = requiring.created(all_requirements(conn), name, said, office.desk, hand, anyway=anyway)
        add_requirements(conn, [new])
        _each(conn, office, refs, hand, ident, lambda case: requiring.linked(case, new, hand))
        return new

    return store.write_now(act)


def change(store: Database, office: Office, typed: str, said: Sequence[tuple[str, str]]) -> Requirement:
    """Say something else of a requirement."""

    def act(conn: Connection) -> Requirement:
        found = requirement_called(all_requirements(conn), typed)
        for field, value in said:
            found = requiring.changed(found, field, value, office.desk)
        write_requirement(conn, found)
        return found

    return store.write_now(act)


def link(
    store: Database, office: Office, typed: str | None, refs: Sequence[str], acting: Callable[[], Actor]
) -> Requirement | None:
    """Link these cases with a requirement, or (None) with none: all of them or, with an error, no case."""
    ident = _drawn()

    def act(conn: Connection) -> Requirement | None:
        hand = acting()
        found = requirement_called(all_requirements(conn), typed) if typed is not None else None
        _each(
            conn,
            office,
            refs,
            hand,
            ident,
            lambda case: requiring.linked(case, found, hand) if found else requiring.unlinked(case, hand),
        )
        return found

    return store.write_now(act)


def ship(store: Database, office: Office, typed: str, acting: Callable[[], Actor]) -> Shipped:
    """Ship a requirement: every customer of it hears, and its cases move.

    One transaction: nobody is told without the others, and nobody twice. Letters past a limit are held; of
    a case that was closed as spam nobody is written to. Of what has shipped those hear whose letters were
    dropped or failed.
    """

    def act(conn: Connection) -> Shipped:
        hand = acting()
        found = requirement_called(all_requirements(conn), typed)
        if found.shipped_at:
            return _ship_again(conn, office, found, hand)
        gone = replace(found, status=office.desk.policy.requirements.statuses[-1], shipped_at=hand.now)
        write_requirement(conn, gone)
        with office.session(conn, hand.now) as work:
            refs = waiting_refs(conn, found)
            work.load(refs)
            spam = called_spam(work.book, refs)
            waiting = [case for ref in refs if ref not in spam and (case := work.book.case(ref))]
            done: list[tuple[Case, Case]] = []
            for case, askers in requiring.cases_told(waiting, {ref: work.living(ref) for ref in refs}):
                changed = requiring.shipped(case, gone, office.desk, hand, askers)
                done.append((case, work.carry_out(changed, _cause(work, case, gone, hand))))
        moved = sum(before.status != case.status for before, case in done)
        return Shipped(gone, tuple(case for _, case in done), moved, work.told, work.waiting)

    return store.write_now(act)


def _ship_again(conn: Connection, office: Office, found: Requirement, hand: Actor) -> Shipped:
    """Write to those whose letters all went to nobody; NotAllowed where there are none."""
    with office.session(conn, hand.now) as work:
        refs = waiting_refs(conn, found)
        work.load(refs)
        spam = called_spam(work.book, refs)
        living = {ref: work.living(ref) for ref in refs if ref not in spam}
        now = {case.ref: case for case in living.values()}
        letters: dict[tuple[str, str], set[LetterState]] = {}
        for ref, to, state in shipped_letters(conn, found, {*living, *now}):
            case = living.get(ref) or now[ref]
            if to in Addresses(each.address for each in case.customers):
                letters.setdefault((case.ref, folded(to)), set()).add(state)
        held = tuple(to for (_, to), states in letters.items() if LetterState.HELD in states)
        missed: dict[str, list[str]] = {}
        for (ref, to), states in letters.items():
            if states <= _TOLD_NOBODY:
                missed.setdefault(ref, []).append(to)
        if not missed:
            requiring.require_unshipped(found, office.desk, len(held))
        for ref, to_whom in missed.items():
            changed = requiring.shipped_again(now[ref], found, hand, to_whom)
            work.carry_out(changed, _cause(work, now[ref], found, hand))
    return Shipped(found, tuple(now[ref] for ref in missed), 0, work.told, (*held, *work.waiting))


_TOLD_NOBODY: Final = frozenset({LetterState.DROPPED, LetterState.FAILED})


def _cause(work: UnitOfWork, case: Case, requirement: Requirement, hand: Actor) -> Cause:
    return work.cause_of_thread(case, f"requirement {requirement.key} shipped {hand.now.isoformat()}")


def _each(
    conn: Connection,
    office: Office,
    refs: Sequence[str],
    hand: Actor,
    ident: str,
    act: Callable[[Case], Change],
) -> None:
    if not refs:
        return
    with office.session(conn, hand.now) as work:
        work.load(refs)
        for ref in dict.fromkeys(refs):
            case = work.living(ref)
            work.carry_out(act(case), work.cause_of_thread(case, ident))


def _drawn() -> str:
    return f"act {secrets.token_hex(16)}"  # drawn once: the work may run again
