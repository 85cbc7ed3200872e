"""The context of an agent's commands, gathered before they are decided on."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from maildesk.casework.office import Office
from maildesk.desk.case.case import Case
from maildesk.desk.case.commands import CANCEL
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.verdicts import WROTE_FIRST
from maildesk.desk.letters.case_mail import CaseMail, answered, by_customer, counts, spoken
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.queue import in_order, others_teams
from maildesk.desk.screening.command_context import AtHand, NumberedMail
from maildesk.desk.screening.command_lines import AgentMessage
from maildesk.errors import BadInput, MaildeskError
from maildesk.mail.identity.references import KeyRing, case_reference, normal_reference
from maildesk.mail.message import IncomingMail
from maildesk.store.case_filters import queued_refs
from maildesk.store.case_views import find_case
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.moving import Origin, open_refs_of, origins
from maildesk.store.waiting_answers import waiting_answer


def gathered(
    conn: Connection,
    book: CaseBook,
    office: Office,
    case: Case,
    mail: IncomingMail,
    said: AgentMessage,
    now: datetime,
) -> AtHand:
    """Gather what the commands in this mail of an agent's, about this case, ask for and nothing else."""
    values: dict[str, list[str]] = {}
    for line in said.lines:
        if line.command:
            values.setdefault(line.command.word, []).append(line.value)
    if not values.keys() & {"split", "status", "merge", "mine", "queue", "requirement", CANCEL}:
        return AtHand()
    thread = book.thread(case.ref)
    known = values.keys() & {"split", "status"}
    return AtHand(
        mails=numbered_mails(conn, book, office.keys, thread, case) if known else (),
        answered=answered(thread, mail.ids.thread),
        others={value: other_case(conn, book, value) for value in values.get("merge", ())},
        mine=_open_cases(conn, book, mail) if "mine" in values else (),
        queue=_queue(conn, book, office.desk, mail) if "queue" in values else (),
        requirements=book.requirements() if "requirement" in values else (),
        waiting=waiting_answer(conn, case, mail.author.addr_spec, now) if CANCEL in values else None,
        refs_apart=_refs_apart(book, office, mail, len(values.get("split", ()))),
    )


def numbered_mails(
    conn: Connection, book: CaseBook, keys: KeyRing, thread: Sequence[CaseMail], case: Case
) -> tuple[NumberedMail, ...]:
    """The mails of a case (newest first) as people count them: the oldest is 1, notices do not count."""
    shown = [one for one in reversed(thread) if counts(one)]
    theirs = (one for one in shown if one.direction == "in" and not one.internal)
    movable = {one.ledger_id for one in theirs if one.reason != WROTE_FIRST}
    known = origins(conn, [each for each in movable if each is not None]) | book.origins(movable)
    return tuple(
        NumberedMail(
            number,
            one.at,
            one.sender,
            tuple(one.recipients),
            one.subject,
            one.ledger_id,
            _ref_apart(book, keys, known[one.ledger_id]) if one.ledger_id in known else "",
            spoken(one).doubt,
            asks=by_customer(one, case),
        )
        for number, one in enumerate(shown, start=1)
    )


_MERGE_WORDS: Final = re.compile(r"\s*(?:(?P<away>into|to)|with|of|and)\s+(?:case\s+)?", re.IGNORECASE)
"""Words before the reference: `#merge with 7K2Q-9F3M`, `#duplicate of 7K2Q-9F3M`. A reference is never such a
word alone, and `into` says the contrary of what the command does."""


def other_case(conn: Connection, book: CaseBook, typed: str) -> Case | MaildeskError:
    """The case that somebody names, or why there is none."""
    spoken = _MERGE_WORDS.match(typed)
    named = typed[spoken.end() :] if spoken else typed
    if spoken and spoken["away"]:
        remedy = Phrase("answer a notice of {case} and name this case there", case=named.strip()[:40])
        return BadInput(Phrase("#merge brings the other case here, not this one there"), remedy=remedy)
    normal = normal_reference(named.strip().removeprefix("#"))
    if normal is None:
        said = Phrase("{typed} is no case reference", typed=ascii(typed[:40]))
        return BadInput(said, remedy=Phrase("write it as 7K2Q-9F3M"))
    if at_hand := book.case(normal):
        return at_hand  # opened by this batch, perhaps: the database may not have it yet
    try:
        ref = find_case(conn, normal)
    except MaildeskError as problem:
        return problem
    book.load_cases([ref])
    return book.case(ref) or BadInput(Phrase("there is no case {typed}", typed=ref))


def _ref_apart(book: CaseBook, keys: KeyRing, origin: Origin) -> str:
    """The reference of the case that a mail makes by itself: the first that is free (design §3)."""
    cause = origin.message_id or f"{origin.raw_sha256} {origin.internal_date.isoformat()}"
    n = 1
    while book.taken(ref := case_reference(keys, cause=cause, digest=origin.content_digest, n=n)):
        n += 1
    return ref


def _refs_apart(book: CaseBook, office: Office, mail: IncomingMail, wanted: int) -> tuple[str, ...]:
    """References for the cases that this mail splits off: its own, whenever it is filed (design §3)."""
    cause, digest = mail.ids.message_id or mail.digests.raw, mail.digests.content
    each = (case_reference(office.keys, cause=cause, digest=digest, n=n) for n in itertools.count(1))
    free = (ref for ref in each if not book.taken(ref))
    return tuple(itertools.islice(free, min(wanted, office.desk.splits_per_mail)))


def _open_cases(conn: Connection, book: CaseBook, mail: IncomingMail) -> tuple[Case, ...]:
    author = mail.author.addr_spec
    refs = open_refs_of(conn, author)
    book.load_cases(refs)
    mine = (one for one in book.cases.values() if one.is_owner(author) and not one.phase.ended)
    return tuple(sorted(mine, key=lambda one: (one.opened_at, one.ref)))


_MOST_QUEUED: Final = 50
"""So many cases of the queue are shown in a mail; `maildesk case list --queue` has them all."""


def _queue(conn: Connection, book: CaseBook, desk: Desk, mail: IncomingMail) -> tuple[Case, ...]:
    others = others_teams(desk.people, mail.author.addr_spec)
    book.load_cases(queued_refs(conn, desk.policy, others, _MOST_QUEUED))
    cases = (one for one in book.cases.values() if one.team not in others)
    return tuple(in_order(cases, desk.policy)[:_MOST_QUEUED])
