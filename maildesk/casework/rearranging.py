"""Cases merged and split at the command line: the same acts as by mail, one transaction each."""

from __future__ import annotations

import secrets

from maildesk.casework.acting import ActResult
from maildesk.casework.command_context import numbered_mails
from maildesk.casework.office import Office
from maildesk.desk.decisions import merging
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.letters.cause import Cause
from maildesk.store.database import Connection, Database


def merge_cases(store: Database, office: Office, ref: str, other: str, hand: Actor) -> ActResult:
    """The other case becomes a part of the first."""
    cause = _drawn()

    def act(conn: Connection) -> ActResult:
        with office.session(conn, hand.now) as work:
            work.load([ref, other])
            change, ended = merging.merge(work.living(ref), work.living(other), hand)
            case = work.carry_out_apart(change, cause)
            work.carry_out(ended, cause)
        return ActResult.of(work.living(case.ref), work)

    return store.write_now(act)


def split_case(store: Database, office: Office, ref: str, number: int, hand: Actor) -> ActResult:
    """The mail of that number becomes a case of its own; gives that one."""
    cause = _drawn()

    def act(conn: Connection) -> ActResult:
        with office.session(conn, hand.now) as work:
            work.load([ref])
            case = work.living(ref)
            mails = numbered_mails(conn, work.book, office.keys, work.book.thread(case.ref))
            wanted = next((one for one in mails if one.number == number), None)
            mail = merging.mail_to_split(mails, wanted, case.ref)
            left, new = merging.split(case, mail, office.desk, hand)
            made = work.carry_out_apart(new, cause)
            work.carry_out(left, cause)
        return ActResult.of(work.living(made.ref), work)

    return store.write_now(act)


def _drawn() -> Cause:
    return Cause(f"act {secrets.token_hex(16)}")  # drawn once: the work may run again
