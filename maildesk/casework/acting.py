"""Acts of a person on a case at the command line: one transaction each, letters and all.

The daemon notices within a second and sends what is owed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from maildesk.casework.office import Office
from maildesk.casework.unit_of_work import UnitOfWork
from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.verdicts import BY_HAND, Verdict
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.opening import (
    came_by,
    case_of,
    entered_team,
    facts_of,
    opened_event,
    ruled_on,
)
from maildesk.desk.decisions.receipts import channels_told, heard_by
from maildesk.desk.letters.case_mail import CaseMail, spoken
from maildesk.desk.letters.cause import Cause
from maildesk.desk.policy.beginning import priority_called
from maildesk.desk.policy.rules import Assignment, classify
from maildesk.desk.policy.typed_people import known_agent, known_team
from maildesk.errors import BadInput, NotAllowed
from maildesk.mail.addr_spec import deliverable
from maildesk.mail.identity.references import SYMBOLS, random_reference
from maildesk.mail.message import Address, EnclosedFile, FileKey
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database

Act = Callable[[Case], Change]
"""One act of `desk.acts`, waiting for its case."""

Keep = Callable[[Case], CaseMail]
"""Makes a mail of words that no letter carries, once the case is what it becomes."""

Deed = tuple[Sequence[Act], datetime, Keep | None]
"""The steps to be taken, when, and what is kept with them."""

_ENTROPY = 32


@dataclass(frozen=True, slots=True)
class ActResult:
    """The case as it became, to whom letters go because of it, and for whom letters are held."""

    case: Case
    told: tuple[str, ...]
    held: tuple[str, ...]

    @classmethod
    def of(cls, case: Case, work: UnitOfWork) -> ActResult:
        """Take it from the work that did it, once that is written."""
        return cls(case, work.told, work.waiting)


def act(
    store: Database, office: Office, ref: str, steps: Sequence[Act], now: datetime, keep: Keep | None = None
) -> ActResult:
    """Do `steps` to a case, one after the other: all of them or, with an error, none."""
    return act_as(store, office, ref, lambda: (steps, now, keep))


def act_as(
    store: Database,
    office: Office,
    ref: str,
    wanted: Callable[[], Deed],
    files: Mapping[FileKey, EnclosedFile] | None = None,
) -> ActResult:
    """The same where the hour is asked for once the write lock is held.

    One that was read before waiting may lie before what others have done meanwhile, such as a summary.
    `files` are those that the letters may enclose.
    """
    ident = f"act {secrets.token_hex(16)}"  # drawn once: the work below may run again

    def work(conn: Connection) -> ActResult:
        steps, now, keep = wanted()
        with office.session(conn, now) as work:
            work.load([ref])
            case = work.as_it_was(ref)
            if case.merged_into:
                raise NotAllowed(
                    f"case {case.ref} is part of {case.merged_into} now", remedy="act on that one"
                )
            change = together(case, steps)
            if keep:
                work.book.add_mail(keep(change.case))
            cause = replace(work.cause_of_thread(case, ident), files=files or {})
            case = carried_out(work, change, cause)
        return ActResult.of(case, work)

    return store.write_now(work)


def together(case: Case, steps: Sequence[Act]) -> Change:
    """Several acts as one change."""
    change = Change(case)
    for step in steps:
        after = step(change.case)
        change = Change(after.case, change.events + after.events, change.letters + after.letters)
    return change


def noted(text: str, hand: Actor) -> tuple[Act, Keep]:
    """A note and the mail that keeps its words: for agents, for ever."""

    def keep(case: Case) -> CaseMail:
        return note_of(case, text, hand.address or hand.actor, hand.now)

    return lambda case: acts.note(case, text, hand), keep


def note_of(case: Case, text: str, author: str, at: datetime) -> CaseMail:
    """The words of a note that no mail of its own holds."""
    return CaseMail(
        case_ref=case.ref,
        direction="out",
        at=at,
        sender=author,
        recipients=(),
        subject=case.subject,
        text=text,
        new_text=text,
        verdict=Verdict.NOTE,
        internal=True,
    )


# --- a case that no mail opened -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewMatter:
    """A matter that somebody raised in another way than by mail. `wanted` beats the policy's rules.

    `channel` is how it came, that of the mailbox if left out; `fields` are set once the case is open, with
    the `note` that some values want.
    """

    requester: Address
    subject: str
    text: str
    mailbox: str
    wanted: Assignment
    acknowledge: bool
    channel: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    note: str = ""


def open_case(store: Database, office: Office, matter: NewMatter, acting: Callable[[], Actor]) -> ActResult:
    """Open a case by hand; its team is told, and its requester where that is asked for.

    `acting` is asked who acts, and when, once the write lock is held.
    """
    desk = office.desk
    requester = Address(deliverable(matter.requester.address), matter.requester.name)
    matter = replace(matter, requester=requester)
    if desk.people.is_own(matter.requester.address):
        raise BadInput(f"{matter.requester.address} is the desk itself", remedy="name the customer's address")
    entropy = secrets.token_bytes(_ENTROPY)
    channel = matter.channel or desk.channel_of(matter.mailbox)
    assignment = came_by(_assignment(matter, office), channel, desk.policy)

    def work(conn: Connection) -> ActResult:
        hand = acting()
        with office.session(conn, hand.now) as work:
            ref = free_reference(work.book, entropy)
            asks, address = matter.requester, desk.address_of(matter.mailbox)
            case = case_of(ref, matter.subject, asks, address, hand.now, assignment, desk)
            event = opened_event(case, assignment, hand.actor, channel)
            letters = [entered_team(case, assignment, desk, hand)]
            if matter.acknowledge:
                extra = {"escalated": "", "entered": "yes", **channels_told(case, channel, desk)}
                letters.append(LetterOrder(LetterKind.ACKNOWLEDGEMENT, extra=extra))
            asked = _asked(case, matter, hand) if matter.text else None
            if asked:
                work.book.add_mail(asked)
            said = spoken(asked) if asked else None
            work.load_limits([party.address for party in case.parties])
            ruled = ruled_on(case, assignment, desk, hand.now, heard_by(letters))
            change = Change(case, (event,), tuple(letters)).then(ruled)
            change = change.then(together(change.case, _with_fields(matter, office, hand)))
            if matter.note:
                work.book.add_mail(note_of(case, matter.note, hand.address or hand.actor, hand.now))
            case = carried_out(work, change, Cause(f"opened by hand {ref}", said))
        return ActResult.of(case, work)

    return store.write_now(work)


def _with_fields(matter: NewMatter, office: Office, hand: Actor) -> list[Act]:
    noted = bool(matter.note)
    steps: list[Act] = [
        partial(acts.change, desk=office.desk, hand=hand, field=field, value=value, noted=noted)
        for field, value in matter.fields
    ]
    return [*steps, partial(acts.note, text=matter.note, hand=hand)] if noted else steps


def free_reference(book: CaseBook, entropy: bytes) -> str:
    """A random reference that no case has; one more symbol for each that is taken (design §3)."""
    symbols = SYMBOLS
    while book.taken(ref := random_reference(entropy, symbols)):
        symbols += 1
    return ref


def _assignment(matter: NewMatter, office: Office) -> Assignment:
    """Ask the rules about such a mail, except where the person at the keyboard said otherwise."""
    desk, address = office.desk, matter.requester.address
    named = desk.policy.vocabulary.all_in(matter.text)
    facts = facts_of(address, matter.mailbox, matter.subject, named, desk, matter.channel)
    ruled, wanted = classify(desk.policy.rules, facts), matter.wanted
    if wanted.team:
        known_team(desk.people, wanted.team)
    owner = known_agent(desk.people, wanted.owner) if wanted.owner else None
    kind = desk.policy.type(wanted.type) if wanted.type else ruled.type
    known = kind or desk.policy.default_type
    return replace(
        ruled,
        requester=None,
        priority=(
            priority_called(wanted.priority, known, desk.policy) if wanted.priority else ruled.priority
        ),
        team=wanted.team or ruled.team,
        type=kind,
        owner=owner.address if owner else ruled.owner,
    )


def _asked(case: Case, matter: NewMatter, hand: Actor) -> CaseMail:
    return CaseMail(
        case_ref=case.ref,
        direction="in",
        at=hand.now,
        sender=matter.requester.address,
        recipients=(),
        subject=case.subject,
        text=matter.text,
        new_text=matter.text,
        verdict=Verdict.OPENED,
        reason=BY_HAND,
    )


# --- small pieces ---------------------------------------------------------------------------------


def carried_out(work: UnitOfWork, change: Change, cause: Cause) -> Case:
    """Carry a change out; an answer that nobody could receive undoes it all."""
    case = work.carry_out(change, cause)
    if any(order.kind is LetterKind.ANSWER for order in change.letters):
        _require_reader(work, case)
    return case


def _require_reader(work: UnitOfWork, case: Case) -> None:
    """An answer that reaches nobody is refused: its words would only seem to be sent."""
    if all(letter.kind != LetterKind.ANSWER for letter in work.letters):
        raise NotAllowed(
            f"case {case.ref} has no customer whose address can be written to",
            remedy="keep the words with `maildesk case note`, or open a case with `case new --from`",
        )
