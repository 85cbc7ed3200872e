"""Replaying: one history through one policy, by the desk's own decisions, on a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from maildesk.casework.filed_forms import form_of
from maildesk.casework.known import known_of
from maildesk.casework.read_mail import ReadMail, believe, point
from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import CAME_BACK, Event, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.opening import came_by, case_of, facts_of, opened_event, opened_team, ruled_on
from maildesk.desk.decisions.receipts import heard_by
from maildesk.desk.decisions.settling import Terms, settle
from maildesk.desk.decisions.timing import happened, opens_at
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.desk.policy.case_fields import EMAIL
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.rules import classify
from maildesk.desk.promises.deadlines import Deadline, deadlines_of
from maildesk.desk.screening.finding import find
from maildesk.desk.screening.heard import HeardMail, WordsWanted, hear
from maildesk.desk.screening.signals import Signals
from maildesk.desk.screening.situation import CaseMatch, Evidence, Link, Situation, UndoneAnswer
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.message import Address, IncomingMail
from maildesk.simulating.acts_again import acted_again
from maildesk.simulating.book import SimulatedBook
from maildesk.simulating.history import ActStep, HandStep, History, MailStep, Place, Step

MOST_TIMED = 1000
"""So often time alone makes something happen in one history; more would be a policy that never ends."""


_LAST: Final = 2**62
"""The place of what comes after all that is known to have happened in its moment."""


class Through(StrEnum):
    """The cause of a thing that happened in a replay."""

    MAIL = "mail"
    ACT = "act"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened in a replay, and the case after it; None where it touched none.

    `step` is the number of the step that led to it, None where time did. `letters` are those to customers
    that went out. `refused` is what of an act this policy does not allow.
    """

    at: datetime
    through: Through
    step: int | None
    case: Case | None
    events: tuple[Event, ...] = ()
    letters: tuple[LetterKind, ...] = ()
    verdict: Verdict | None = None
    reason: str = ""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terrain:
    """The desk with the policy that is asked about, as replaying takes it; `now` ends every replay."""

    desk: Desk
    limits: LetterLimits
    keys: KeyRing
    now: datetime
    host_named: bool = False

    @property
    def listening(self) -> WordsWanted:
        """The words that mails are looked through for."""
        policy = self.desk.policy
        forms = tuple(policy.forms.values())
        return WordsWanted(
            policy.vocabulary, self.desk.people, policy.escalation, policy.reopening.thanks, forms
        )


def replayed(history: History, terrain: Terrain) -> list[Entry]:
    """Everything that would have happened, in order."""
    return list(_Replay(history, terrain).entries())


class _Replay:
    def __init__(self, history: History, terrain: Terrain) -> None:
        self._history = history
        self._at = terrain
        self._desk = terrain.desk
        self._listening = terrain.listening
        self._book = SimulatedBook(history, terrain.desk.people)
        self._over: set[tuple[str, Deadline]] = set()
        self._timed = 0

    def entries(self) -> Iterator[Entry]:
        steps = zip(self._history.places, self._history.steps, strict=True)
        for number, (place, step) in enumerate(steps):
            yield from self._until(place)
            self._book.goes_on(step.at)
            yield from self._step(number, step)
        yield from self._until((self._at.now, _LAST + 1))

    # --- time -------------------------------------------------------------------------------------

    def _until(self, place: Place) -> Iterator[Entry]:
        """Everything that time alone makes happen before this."""
        while (found := self._next()) and found[0] < place and self._timed < MOST_TIMED:
            (at, _), ref, deadline = found
            self._book.goes_on(max(at, self._book.now))
            self._timed += 1
            self._over.add((ref, deadline))
            case = self._book.case(ref)
            change = happened(case, deadline, self._desk, self._book.now) if case else None
            if change and change.events:
                yield self._carried_out(change, Through.TIME, None)

    def _next(self) -> tuple[Place, str, Deadline] | None:
        known = (
            (self._moment(case, deadline), case.ref, deadline)
            for case in self._book.cases.values()
            for deadline in deadlines_of(case)
            if (case.ref, deadline) not in self._over
        )
        return min(known, key=lambda each: (each[0], each[2].due_at), default=None)

    def _moment(self, case: Case, deadline: Deadline) -> Place:
        """The moment at which it happens: as the desk was then late to look, so it is again."""
        kind = deadline.kind
        clock = case.clock(kind.clock)
        if clock and clock.due:
            fired = self._history.fired.get((case.ref, kind.clock, kind.near, clock.due))
            if fired:
                return fired
        return opens_at(deadline, self._desk, deadline.due_at), _LAST

    # --- steps ------------------------------------------------------------------------------------

    def _step(self, number: int, step: Step) -> Iterator[Entry]:
        match step:
            case MailStep():
                yield from self._mail(number, step)
            case ActStep():
                yield from self._act(number, step)
            case HandStep():
                yield self._by_hand(number, step)

    def _act(self, number: int, step: ActStep) -> Iterator[Entry]:
        case = self._book.standing_for(step.ref)
        if case is None:
            return
        change, refused = acted_again(case, self._desk, step)
        if change.events:
            entry = self._carried_out(change, Through.ACT, number)
            yield replace(entry, refused=tuple(refused))
        elif refused:
            yield Entry(step.at, Through.ACT, number, case, refused=tuple(refused))

    def _mail(self, number: int, step: MailStep) -> Iterator[Entry]:
        heard = HeardMail(step.mail, hear(step.mail, self._listening))
        read = point(
            step.row, believe(step.row, heard, self._desk, self._at.keys), {}, self._desk, self._at.keys
        )
        mail, signals = read.reading, read.signals
        assert isinstance(mail, IncomingMail)
        assert signals is not None  # both are of a mail that could be read
        situation = self._situation(step, mail, signals, read)
        decision = decide(situation, self._desk)
        book, change = self._book, decision.change
        if decision.proves:
            book.prove(situation.author)
        if change is None:
            yield Entry(step.at, Through.MAIL, number, None, verdict=decision.verdict, reason=decision.reason)
            return
        entry = self._carried_out(change, Through.MAIL, number)
        yield replace(entry, verdict=decision.verdict, reason=decision.reason)
        for other in decision.more:
            yield self._carried_out(other, Through.MAIL, number)
        if mail.ids.message_id:
            book.bear(mail.ids.message_id, change.case.ref)
        if decision.learns:
            book.learn(change.case.ref, signals.foreign_ids, decision.learns)

    def _situation(self, step: MailStep, mail: IncomingMail, signals: Signals, read: ReadMail) -> Situation:
        book, people = self._book, self._desk.people
        found = find(mail, signals, people, book.cases, book.claims)
        if not step.opened and (found is None or found.link is Link.HINT):
            case = book.standing_for(step.ref)  # it was known then by what is not known here
            found = CaseMatch(case, Link.THREAD) if case else None
        letter_to = next(filter(None, map(book.sent_to.get, signals.thread_ids)), NO_ADDRESSES)
        named = [mail.author.addr_spec, *(each.address for each in mail.addressing.reply_to)]
        asked = [*named, *([found.case.requester] if found else [])]
        evidence = Evidence(
            host_named=self._at.host_named,
            proven=book.proven & asked,
            letter_to=letter_to,
            undone=_undone(step.report, found),
        )
        return Situation(
            mail=mail,
            now=step.at,
            received=step.row.internal_date,
            mailbox=step.row.mailbox_name,
            ref=step.opened or self._free(read.ref),
            heard=read.heard,
            found=found,
            evidence=evidence,
            promises=step.promises,
            click=next(iter(signals.clicks), None),
            form=form_of(read, mail, found.case if found else None, book, self._desk),
        )

    def _free(self, ref: str) -> str:
        """The reference of a case that this policy opens and the other did not."""
        return ref if self._book.case(ref) is None else f"{ref}+"

    def _by_hand(self, number: int, step: HandStep) -> Entry:
        """A case that somebody opened otherwise than by mail: the rules are asked about it again."""
        desk, opened = self._desk, step.opened
        address, subject = str(opened.data.get("requester") or ""), str(opened.data.get("subject") or "")
        boxes = desk.mailboxes.values()
        box = next(
            (each.name for each in boxes if opened.data.get("mailbox") in Addresses(each.addresses)), ""
        )
        channel = str(opened.data.get("source") or EMAIL)
        named = desk.policy.vocabulary.all_in(step.words)
        ruled = classify(desk.policy.rules, facts_of(address, box, subject, named, desk, channel))
        ruled = came_by(replace(ruled, requester=None), channel, desk.policy)
        case = case_of(step.ref, subject, Address(address), desk.address_of(box), step.at, ruled, desk)
        letters = [opened_team(case, ruled, desk, warning="")]
        if step.acknowledged:
            letters.append(LetterOrder(LetterKind.ACKNOWLEDGEMENT, extra={"escalated": ""}))
        change = Change(case, (opened_event(case, ruled, opened.actor, channel),), tuple(letters))
        change = change.then(ruled_on(case, ruled, desk, step.at, heard_by(letters)))
        return self._carried_out(change, Through.ACT, number)

    def _carried_out(self, change: Change, through: Through, step: int | None) -> Entry:
        """The change settled as the desk settles it, and written into the book."""
        book = self._book
        known, terms = known_of(change, book, self._desk), Terms(self._desk, self._at.limits, book.now)
        settled = settle(replace(change, takes=()), Cause("a replay"), known, terms)
        book.record(settled)
        letters = tuple(
            letter.order.kind
            for letter in settled.letters
            if FORMS[letter.order.kind].audience.of_customers
            and any(each.allowed for each in letter.admissions)
        )
        return Entry(book.now, through, step, settled.case, settled.events, letters)


def _undone(report: Event | None, found: CaseMatch | None) -> UndoneAnswer | None:
    """The answer that a report undid then, which is undone here too."""
    if report is None or found is None or not report.data.get(CAME_BACK):
        return None
    clock = found.case.clock(ClockKind.FIRST_RESPONSE)
    first, met = found.case.first_response_at, clock.met_at if clock else None
    if "first_answer" in report.data:
        first = _moment(report.data["first_answer"])
    if "met" in report.data:
        met = _moment(report.data["met"])
    return UndoneAnswer(str(report.data[CAME_BACK]), first, met)


def _moment(value: Plain) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None
