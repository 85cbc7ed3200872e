"""Cases merged and split at the command line: the same acts as by mail, one transaction each."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from maildesk.casework.acting import ActResult, free_reference
from maildesk.casework.command_context import numbered_mails
from maildesk.casework.office import Office
from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.decisions import merging, requests_apart
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.acts import subject_of
from maildesk.desk.letters.cause import Cause
from maildesk.desk.screening.command_context import NumberedMail
from maildesk.errors import NotAllowed
from maildesk.store.database import Connection, Database


def merge_cases(
    store: Database, office: Office, ref: str, other: str, acting: Callable[[], Actor]
) -> ActResult:
    """The other case becomes a part of the first."""
    cause = _drawn()

    def act(conn: Connection) -> ActResult:
        hand = acting()
        with office.session(conn, hand.now) as work:
            work.load([ref, other])
            change, ended = merging.merge(work.living(ref), work.living(other), office.desk, hand)
            case = work.carry_out_apart(change, cause)
            work.carry_out(ended, cause)
        return ActResult.of(work.living(case.ref), work)

    return store.write_now(act)


def split_case(
    store: Database, office: Office, ref: str, number: int, acting: Callable[[], Actor]
) -> ActResult:
    """The mail of that number becomes a case of its own; gives that one."""
    cause = _drawn()

    def act(conn: Connection) -> ActResult:
        hand = acting()
        with office.session(conn, hand.now) as work:
            work.load([ref])
            case = work.living(ref)
            mails = numbered_mails(conn, work.book, office.keys, work.book.thread(case.ref), case)
            wanted = _numbered(mails, number)
            mail = merging.mail_to_split(mails, wanted, case.ref)
            left, new = merging.split(case, mail, office.desk, hand)
            made = work.carry_out_apart(new, cause)
            work.carry_out(left, cause)
        return ActResult.of(work.living(made.ref), work)

    return store.write_now(act)


def split_off(
    store: Database,
    office: Office,
    ref: str,
    subjects: Sequence[str],
    number: int | None,
    acting: Callable[[], Actor],
) -> tuple[ActResult, tuple[Case, ...]]:
    """Each of these subjects becomes a case, with the words of that mail or the last; gives them too."""
    cause, entropy = _drawn(), [secrets.token_bytes(32) for _ in subjects]

    def act(conn: Connection) -> tuple[ActResult, tuple[Case, ...]]:
        hand = acting()
        with office.session(conn, hand.now) as work:
            work.load([ref])
            change = Change(work.living(ref))
            mails = numbered_mails(
                conn, work.book, office.keys, work.book.thread(change.case.ref), change.case
            )
            wanted = _numbered(mails, number)
            if number and not (wanted and wanted.asks):
                raise NotAllowed(f"mail {number} of {change.case.ref} was not sent by a customer")
            mail = requests_apart.mail_asked_in(mails, wanted, change.case.ref)
            made: list[Case] = []
            for subject, drawn in zip(map(subject_of, subjects), entropy, strict=True):
                requests_apart.require_another(subject, made)
                requests_apart.require_room(len(made), office.desk)
                free = free_reference(work.book, drawn)
                left, new = requests_apart.request_apart(change.case, mail, subject, free, office.desk, hand)
                made.append(work.carry_out_apart(new, cause))
                change = change.then(left)
            told = requests_apart.told_apart(made, office.desk)
            case = change.case
            work.carry_out(replace(change, letters=(told,)), work.cause_of_thread(case, cause.ident))
        return ActResult.of(work.living(case.ref), work), tuple(made)

    return store.write_now(act)


def _numbered(mails: Sequence[NumberedMail], number: int | None) -> NumberedMail | None:
    return next((one for one in mails if one.number == number), None)


def _drawn() -> Cause:
    return Cause(f"act {secrets.token_hex(16)}")  # drawn once: the work may run again
