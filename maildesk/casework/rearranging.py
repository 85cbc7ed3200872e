"""Cases merged and split at the command line: the same acts as by mail, one transaction each."""

from __future__ import annotations

import secrets

from maildesk.casework.acting import Acted, carried_out, carrier_for
from maildesk.casework.cause import Cause
from maildesk.casework.command_context import numbered_mails
from maildesk.casework.office import Office
from maildesk.desk.case.case import Case
from maildesk.desk.decisions import merging
from maildesk.desk.decisions.acts import Hand
from maildesk.errors import NotFound
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database


def merge_cases(store: Database, office: Office, ref: str, other: str, hand: Hand) -> Acted:
    """The other case becomes a part of the first."""
    ident = _drawn()

    def work(conn: Connection) -> Acted:
        book = CaseBook(conn)
        book.load_cases([ref, other])
        case = _known(book, ref)
        change, ended = merging.merge(case, _known(book, other), hand)
        carrier = carrier_for(conn, book, office, case, hand.now)
        carrier.carry_out_apart(change, Cause(ident), hand.now)
        acted = carried_out(conn, book, carrier, ended, Cause(ident), hand.now)
        return Acted(_known(book, case.ref), acted.told)

    return store.write_now(work)


def split_case(store: Database, office: Office, ref: str, number: int, hand: Hand) -> Acted:
    """The mail of that number becomes a case of its own; gives that one."""
    ident = _drawn()

    def work(conn: Connection) -> Acted:
        book = CaseBook(conn)
        book.load_cases([ref])
        case = _known(book, ref)
        mails = numbered_mails(conn, book, office.keys, book.thread(case.ref))
        wanted = next((one for one in mails if one.number == number), None)
        mail = merging.mail_to_split(mails, wanted, case.ref)
        left, new = merging.split(case, mail, office.desk, hand)
        carrier = carrier_for(conn, book, office, case, hand.now)
        made = carrier.carry_out_apart(new, Cause(ident), hand.now)
        acted = carried_out(conn, book, carrier, left, Cause(ident), hand.now)
        return Acted(book.case(made.ref) or made, acted.told)

    return store.write_now(work)


def _known(book: CaseBook, ref: str) -> Case:
    case = book.living(ref)
    if case is None:
        raise NotFound(f"there is no case {ref}", remedy="see `maildesk case list`")
    return case


def _drawn() -> str:
    return f"act {secrets.token_hex(16)}"  # drawn once: the work may run again
