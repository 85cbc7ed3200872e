"""Settling: all that follows from a change of a case. Who it goes to, who hears, what the limits admit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change, CitedMail, TakenMails
from maildesk.desk.case.events import DESK, Event, EventKind
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.case.replacing import replace
from maildesk.desk.case.requirement import Requirement
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.afterwards import with_afterwards
from maildesk.desk.decisions.colleagues import with_owner_told
from maildesk.desk.decisions.escalating import with_end
from maildesk.desk.decisions.moments_told import with_moments
from maildesk.desk.decisions.own_letters import with_variants
from maildesk.desk.decisions.routing import Load, route, told_of_new_hands
from maildesk.desk.letters.audiences import Addressee, addressees
from maildesk.desk.letters.case_mail import CaseMail, spoken
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.customer_letters import letters_among
from maildesk.desk.letters.letter_context import QuotedMail
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES, Audience
from maildesk.desk.letters.letter_limits import FREE, Admission, LetterCounts, LetterLimits, admit
from maildesk.desk.letters.notices import Notice, doers, notices_for
from maildesk.desk.policy.desk import Desk
from maildesk.errors import BadInput
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses, deliverable, folded
from maildesk.mail.message import FileKey


@dataclass(frozen=True, slots=True)
class Known:
    """The knowledge that one change is settled by, as values: settling asks nobody.

    `before` is the case before the change, None for a new one; `counts` are of what went out already, for the
    limits. `load` is that of the team whose agents get the case, None where none of them is chosen. `proven`
    are the addresses that ever returned a token of ours. Of the operator's own letters in the change its
    requester `had` these before; `google`: mails of theirs showed that they use Google Workspace.
    """

    before: Case | None = None
    counts: LetterCounts = field(default_factory=LetterCounts)
    load: Load | None = None
    proven: Addresses = NO_ADDRESSES
    had: frozenset[str] = frozenset()
    google: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of settling: the desk, the limits on its letters, and the moment (UTC)."""

    desk: Desk
    limits: LetterLimits
    now: datetime


@dataclass(frozen=True, slots=True)
class SettledLetter:
    """A letter to be written now: one for each of `to`, due now or held as the limits say."""

    order: LetterOrder
    to: tuple[Addressee, ...]
    admissions: tuple[Admission, ...]


@dataclass(frozen=True, slots=True)
class SettledNotice:
    """A notice, as its case was when it happened: a letter of its own, or a line of a digest."""

    notice: Notice
    case: Case
    cause: Cause
    now: datetime

    @property
    def shows_cause(self) -> bool:
        """Tell whether it shows the mail behind it: one that a customer wrote."""
        said = self.cause.said
        return said is not None and not said.internal and NOTICES[self.notice.order.kind].shows_cause


@dataclass(frozen=True, slots=True)
class Settled:
    """The result of a change. `turn` is whose turn in which team it was; `counts` what then went out.

    `held` letters wait for a person since a limit is reached, `kept_back` ones since they may have been sent
    before a restoration.
    """

    case: Case
    events: tuple[Event, ...]
    letters: tuple[SettledLetter, ...]
    notices: tuple[SettledNotice, ...]
    takes: tuple[TakenMails, ...]
    cites: tuple[CitedMail, ...]
    creates: tuple[Requirement, ...]
    turn: tuple[str, str] | None
    counts: LetterCounts
    held: int
    kept_back: int


def settle(change: Change, cause: Cause, known: Known, terms: Terms) -> Settled:
    """Everything that follows from a change; pure, the same for the same values."""
    before, desk = known.before, terms.desk
    change, turn = _routed(change, known.load, desk)
    change = with_afterwards(with_end(before, change, desk), desk)
    change = with_moments(before, change, desk)
    change = _with_new_hands(before, change, desk)
    change = with_owner_told(change, before, desk)
    change = with_variants(change, desk, terms.now, had=known.had, google=known.google)
    gate = _Gate(cause, known, terms)
    case, letters = change.case, []
    for order in letters_among(change.letters, case):
        letter, case = _letter(order, case, gate, desk)
        letters.append(letter)
    notices = []
    for notice in notices_for(change.letters, case, desk.people, doers(change.events)):
        settled = _notice(notice, case, gate)
        case = settled.case
        notices.append(settled)
    return Settled(
        case=case,
        events=(*change.events, *gate.events),
        letters=tuple(letter for letter in letters if letter.to),
        notices=tuple(notices),
        takes=change.takes,
        cites=change.cites,
        creates=change.creates,
        turn=turn,
        counts=gate.counts,
        held=gate.held,
        kept_back=gate.kept_back,
    )


def admit_apart(
    order: LetterOrder,
    recipient: str,
    cause: Cause,
    counts: LetterCounts,
    terms: Terms,
    *,
    proven: bool = True,
) -> Admission:
    """Tell whether a letter about no case may go, to somebody of the desk or with a form; limits hold too."""
    if not FORMS[order.kind].limited:
        return kept_back(cause) or FREE
    return kept_back(cause) or admit(
        order.kind,
        recipient,
        apart_ref(order, recipient),
        proven=proven,
        counts=counts,
        limits=terms.limits,
        sure=order.sure,
    )


def apart_ref(order: LetterOrder, recipient: str) -> str:
    """Name what a letter about no case is counted under where those of a case are: whom it goes to."""
    return "" if FORMS[order.kind].to_author else f"to {folded(recipient)}"


def words_shown(
    notice: SettledNotice, newest: CaseMail | None
) -> tuple[QuotedMail | None, tuple[FileKey, ...]]:
    """Find what a notice says first, and the files that go along: of the mail behind it, where a
    customer wrote that; else what the customer said last, or the machine that opened the case, whose files
    went then: that is the `newest` mail.

    Ask when all changes of a transaction are settled: a merge or a split moves mails.
    """
    if notice.shows_cause:
        return notice.cause.said, tuple(notice.cause.files)
    if newest and newest.verdict == Verdict.AUTOMATIC:
        return replace(spoken(newest), relayed=True), ()
    return (spoken(newest) if newest and (newest.told.strip() or newest.attachments) else None), ()


# --- whose it is ------------------------------------------------------------------------------------


def _routed(change: Change, load: Load | None, desk: Desk) -> tuple[Change, tuple[str, str] | None]:
    """With an owner, where the policy gives a team's cases to its agents."""
    if load is None:
        return change, None
    routed = route(change, desk, load)
    return routed.change, (change.case.team or "", routed.turn.address) if routed.turn else None


def _with_new_hands(before: Case | None, change: Change, desk: Desk) -> Change:
    """With the letter about who looks after a case now, where the policy promises one."""
    told = told_of_new_hands(before, change.case, desk) if before else ()
    return replace(change, letters=(*change.letters, *told)) if told else change


# --- who hears --------------------------------------------------------------------------------------


def _letter(order: LetterOrder, case: Case, gate: _Gate, desk: Desk) -> tuple[SettledLetter, Case]:
    """A letter with those of its audience who are written to, and the case with all of them taking part."""
    written: list[tuple[Addressee, Admission]] = []
    for one in addressees(order, case, desk.people):
        if one.role is not None:
            case = case.joined(one.address, one.name, one.role)
        admission = gate.admission(order, case, one, copy_of=written[0][1] if written else None)
        if admission.allowed or admission.held:
            written.append((one, admission))
    return SettledLetter(order, tuple(one for one, _ in written), tuple(each for _, each in written)), case


def _notice(notice: Notice, case: Case, gate: _Gate) -> SettledNotice:
    """A notice with those whom it reaches, who take part from now on."""
    reached = []
    for one in notice.to:
        admission = gate.admission(notice.order, case, one)
        if admission.allowed or admission.held:
            reached.append(one)
            case = case.joined(one.address, one.name, one.role) if one.role else case
    return SettledNotice(replace(notice, to=tuple(reached)), case, gate.cause, gate.now)


# --- what the limits admit --------------------------------------------------------------------------


class _Gate:
    """Admits the letters of one change, one after the other: each that goes counts for the next."""

    def __init__(self, cause: Cause, known: Known, terms: Terms) -> None:
        self.cause = cause
        self.now = terms.now
        self.counts = known.counts.going_on()
        self.events: list[Event] = []
        self.held = self.kept_back = 0
        self._proven = known.proven
        self._limits = terms.limits

    def admission(
        self, order: LetterOrder, case: Case, to: Addressee, copy_of: Admission | None = None
    ) -> Admission:
        """Decide if it goes, waits for a person, or is not written; what does not go at once is an event.

        A further copy of a letter that customers get fares as the first one (`copy_of`).
        """
        admission = self._judged(order, case, to, copy_of)
        if not admission.allowed:
            kind = EventKind.LETTER_HELD if admission.held else EventKind.LETTER_WITHHELD
            data = {"letter": order.kind, "to": to.address, "why": admission.why}
            self.events.append(Event(self.now, kind, DESK, data))
        return admission

    def _judged(self, order: LetterOrder, case: Case, to: Addressee, copy_of: Admission | None) -> Admission:
        try:
            deliverable(to.address)
        except BadInput as problem:
            return Admission(allowed=False, why=problem.message)
        if waits := kept_back(self.cause):
            self.kept_back += 1
            return waits
        if not FORMS[order.kind].limited:
            return FREE
        if order.decided:
            return replace(FREE, counted=False)
        if copy_of and FORMS[order.kind].audience is Audience.CUSTOMERS:
            self.held += copy_of.held
            return replace(copy_of, counted=copy_of.held)
        proven, ref = to.address in self._proven, case.ref
        admission = admit(
            order.kind,
            to.address,
            ref,
            proven=proven,
            counts=self.counts,
            limits=self._limits,
            sure=order.sure,
            asked_for=any(FORMS[each.kind].asked_for for each in (order, *order.also)),
        )
        if admission.allowed:
            self.counts.add(to.address, "" if FORMS[order.kind].to_author else ref, sure=order.sure)
        self.held += admission.held
        return admission


def kept_back(cause: Cause) -> Admission | None:
    """The letters of some causes wait for a person, all of them."""
    return Admission(allowed=False, held=True, why=cause.held) if cause.held else None
