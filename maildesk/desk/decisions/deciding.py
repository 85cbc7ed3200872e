"""The decision of the desk on one mail: a screened situation in, events and letters out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from maildesk.desk.case.case import Case
from maildesk.desk.case.case_name import event_values, in_full
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.threads import Hold
from maildesk.desk.case.transitions import apply, apply_all
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions import confirming, machine_mail, repeats
from maildesk.desk.decisions.agent_mail import act_by_mail, open_for_customer
from maildesk.desk.decisions.answering import (
    AnswerWording,
    hears,
    knows_author,
    others_told,
    proves,
    unheard,
    why_no_answer,
    why_unheard,
    wording,
)
from maildesk.desk.decisions.answers import count_click, heard_answer
from maildesk.desk.decisions.consulted import keep_consulted_answer
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.decisions.escalation_words import escalation_wish, refusal_told
from maildesk.desk.decisions.look_alikes import known_of, look_alike, taken_for
from maildesk.desk.decisions.machine_mail import entry_of
from maildesk.desk.decisions.opened_apart import warning_of, why_apart
from maildesk.desk.decisions.opening import (
    NewCase,
    first_mail_event,
    new_case,
    opened_team,
    ruled_on,
    since,
    status_told,
)
from maildesk.desk.decisions.refusing import refuse
from maildesk.desk.decisions.replying import replied, too_late
from maildesk.desk.decisions.thanking import is_mere_thanks, keep_thanks
from maildesk.desk.decisions.thin_mail import lacking
from maildesk.desk.decisions.writing_first import open_as_written
from maildesk.desk.letters.enumeration import in_words
from maildesk.desk.letters.letter_kinds import FORMS, Audience
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.escalation import NO_WISH, EscalationWish
from maildesk.desk.screening.joining import NamedPeople, named_by
from maildesk.desk.screening.outcomes import Outcome, ScreeningResult
from maildesk.desk.screening.persons_words import is_heard
from maildesk.desk.screening.screening import screen
from maildesk.desk.screening.situation import CaseMatch, Link, Situation
from maildesk.mail.message import Standing


def decide(situation: Situation, desk: Desk) -> Decision:
    """The decision on one mail by the tables of `screening`; pure, the same for the same values."""
    screened = screen(situation, desk.people)
    return _OUTCOMES[screened.outcome](situation, desk, screened)


# --- new cases --------------------------------------------------------------------------------------


def _open(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A case of its own."""
    return _opened(s, desk, screened, new_case(s, desk))


def _open_linked(s: Situation, desk: Desk, screened: ScreeningResult, before: Case) -> Decision:
    """A case of its own for a reply that came too long after the closing: whose that was has this one too."""
    new = new_case(s, desk)
    owner = before.owner if before.owner and desk.people.agent(before.owner) else new.case.owner
    team = before.team or new.case.team
    linked = [_event(s, EventKind.MENTIONED, **event_values(before))]
    if (owner, team) != (new.case.owner, new.case.team):
        linked.append(Event(s.now, EventKind.ASSIGNED, DESK, {"owner": owner, "team": team}))
    decided = _opened(s, desk, screened, new, f"it follows {in_full(before)}", linked)
    old = _event(s, EventKind.MENTIONED, **event_values(new.case), follows=True)
    return replace(decided, more=(*decided.more, Change(apply(before, old), (old,))))


def _opened(
    s: Situation,
    desk: Desk,
    screened: ScreeningResult,
    new: NewCase,
    linked: str = "",
    more: Sequence[Event] = (),
) -> Decision:
    """The decision to open this case. What the customer hears depends on how well we know the sender."""
    case, events = new.case, [new.opened, *why_apart(s, screened), *new.named.event(s), *more]
    trusted = s.mail.author.standing is not Standing.FAILED
    wish = _escalation(s, desk, None) if trusted else NO_WISH
    if word := wish.word:
        events.append(_event(s, EventKind.ESCALATED, word=word, level=1))
    acknowledged, withheld = _acknowledgement(s, desk, case, escalated=bool(word))
    case = apply_all(case, [*events[1:], *withheld])
    warning = warning_of(s, screened)
    warned = _warned("; ".join(filter(None, (warning, linked))), new.named, desk, wish)
    told = (opened_team(new.case, new.ruled, desk, **warned), *_escalated_to(word, warned))
    note = f"opened {case.ref}" + (f": {warning}" if warning else "")
    status = status_told(new.case, desk) if acknowledged else []
    change = Change(case, (*events, *withheld), (*acknowledged, *status, *told))
    change = change.then(ruled_on(case, new.ruled, desk, s.now))
    learns = Hold.NAMED if trusted else None
    return Decision(Verdict.OPENED, screened.reason, note, change, learns=learns)


def _escalated_to(word: str, warned: dict[str, str]) -> list[LetterOrder]:
    return [LetterOrder(kind, extra=warned) for kind in (_ESCALATED if word else ())]


_ESCALATED = (LetterKind.ESCALATED_LEADERSHIP, LetterKind.ESCALATED_TEAM)


def _warned(warning: str, named: NamedPeople, desk: Desk, wish: EscalationWish) -> dict[str, str]:
    """Write what a notice says before all else: who does not join, and that somebody wants no escalation."""
    return {"warning": "; ".join(filter(None, (warning, named.warning(desk), refusal_told(wish))))}


def _acknowledgement(
    s: Situation, desk: Desk, case: Case, *, escalated: bool
) -> tuple[list[LetterOrder], list[Event]]:
    """The letter to the requester, or the event that says why there is none."""
    why_not = why_no_answer(s, desk, case)
    if why_not:
        return [], [_event(s, EventKind.LETTER_WITHHELD, letter=LetterKind.ACKNOWLEDGEMENT, why=why_not)]
    words = hears(s, desk, case) is AnswerWording.WORDS
    kind = LetterKind.ACKNOWLEDGEMENT if words else LetterKind.ACKNOWLEDGEMENT_FIXED
    asks = "\n".join(lacking(s.mail, desk.policy)) if words else ""
    extra = {"escalated": "yes" if escalated else ""} | ({"asks": asks} if asks else {})
    return [LetterOrder(kind, extra=extra)], []


# --- an existing case -------------------------------------------------------------------------------


def _reply(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A party of the case writes: an answer to what was asked, mere thanks, or more."""
    if answered := heard_answer(s, desk):
        return answered
    return keep_thanks(s, screened) if is_mere_thanks(s, desk) else _join(s, desk, screened)


def _join(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A customer of the case writes: it goes on, or starts again, or that which followed it does."""
    before = _found(s)
    if too_late(before, desk, reached := min(s.received, s.now)):
        later = s.found.later if s.found else None
        if later is None or not later.is_requester(s.author) or too_late(later, desk, reached):
            return _open_linked(s, desk, screened, before)
        s, before = replace(s, found=CaseMatch(later, Link.THREAD)), later
    named = named_by(s, desk, before, author=True, others=_brings_others(s))
    case = named.joined(before)
    if knows_author(s):
        case = case.heard_from(s.author)
    events = [
        _event(s, EventKind.PARTY_JOINED, address=party.address, role=party.role) for party in named.joining
    ]
    events += named.event(s)
    reopens = before.phase.ended
    case = apply_all(case, events)
    goes_on = replied(case, desk, s.now, s.author or "unknown", **since(s), **unheard(s, desk, before))
    wish = _escalation(s, desk, before)
    also = s.found.also if s.found else ()
    threads = in_words([in_full(each) for each in also])
    warned = _warned(f"its thread is that of {threads} too" if also else "", named, desk, wish)
    letters, more = _after_reply(s, desk, before, warned, wish.word, reopens=reopens)
    more = [*more, *(_event(s, EventKind.MENTIONED, **event_values(each)) for each in also)]
    case, events = apply_all(goes_on.case, more), [*events, *goes_on.events, *more]
    change = Change(case, tuple(events), (*letters, *goes_on.letters))
    verdict = Verdict.REOPENED if reopens else Verdict.APPENDED
    note = f"{'reopened' if reopens else 'added to'} {case.ref}"
    note += f"; its thread is that of {', '.join(each.ref for each in also)} too" if also else ""
    return Decision(verdict, screened.reason, note, change, proves=proves(s), learns=Hold.ALIAS)


def _brings_others(s: Situation) -> bool:
    """Tell whether those a reply was sent to may join, beside its author: when we know who wrote it.

    A tag and a forged From must not be enough to let somebody listen to a case.
    """
    return s.mail.author.standing is Standing.VOUCHED or proves(s)


def _after_reply(
    s: Situation, desk: Desk, before: Case, warned: dict[str, str], word: str, *, reopens: bool
) -> tuple[list[LetterOrder], list[Event]]:
    """Tell who hears of a customer's reply, and if it escalates. An active escalation gets an event only."""
    events: list[Event] = []
    told = [LetterKind.REOPENED_TEAM if reopens else LetterKind.REPLIED_TEAM]
    never_told = reopens and before.set_aside  # nobody told them of a case: as of a new matter
    answers = [LetterKind.REOPENED] if reopens and not never_told else []
    if word and before.escalation:
        events.append(_event(s, EventKind.ESCALATION_REPEATED, word=word))
    elif word:
        events.append(_event(s, EventKind.ESCALATED, word=word, level=1))
        told.extend(_ESCALATED)
        answers.extend([] if never_told else [LetterKind.ESCALATED])
    letters = [LetterOrder(kind, extra=warned | _who_wrote(s, before)) for kind in told]
    if never_told and before.is_requester(s.author):
        received, withheld = _acknowledgement(s, desk, before, escalated=bool(word))
        return [*letters, *received], [*events, *withheld]
    why_not = why_unheard(s, desk, before)
    if why_not:
        events.extend(_event(s, EventKind.LETTER_WITHHELD, letter=kind, why=why_not) for kind in answers)
    copied = others_told(s, desk, before)
    fixed = wording(s, before) is AnswerWording.FIXED
    for kind in answers:
        several = FORMS[kind].audience is Audience.CUSTOMERS
        if to := (*([] if why_not else [before.requester]), *(copied if several else ())):
            letters.append(LetterOrder(kind, fixed=fixed, to=to))
    return letters, events


def _who_wrote(s: Situation, before: Case) -> dict[str, str]:
    """Name who wrote to a case, and whether they had before; of one that an agent began nobody knows."""
    party = before.party(s.author)
    begun_by_agent = before.first_response_at == before.opened_at
    again = party is not None and party.written and not begun_by_agent
    return {"wrote": s.author or s.mail.author.shown, "again": "yes" if again else ""}


def _attach_unverified(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """The From names a party but failed authentication: kept, changes nothing, the owner is told."""
    why = "it claims to come from a party of the case, but the sender's address could not be trusted"
    return _attach(s, screened, Verdict.UNVERIFIED, EventKind.UNVERIFIED_MAIL, why)


def _attach_third_party(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A stranger holds a token or follows the thread: kept, discloses nothing, the owner is asked."""
    why = "its author does not take part in the case"
    name = s.mail.author.address.name if s.mail.author.address else ""
    other = look_alike(s.author, name, known_of(_found(s), desk.people))
    alike = taken_for(s.author, other) if other else ""
    return _attach(s, screened, Verdict.THIRD_PARTY, EventKind.THIRD_PARTY_WROTE, why, s.author, alike)


def _attach_answer(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """An answer by a click from another address than the one that was asked: a link may go to anybody."""
    why = "it answers a question that another address was asked"
    asks = "" if _found(s).party(s.author) else s.author
    return _attach(s, screened, Verdict.THIRD_PARTY, EventKind.THIRD_PARTY_WROTE, why, asks)


def _attach(
    s: Situation,
    screened: ScreeningResult,
    verdict: Verdict,
    kind: EventKind,
    why: str,
    asks: str = "",
    alike: str = "",
) -> Decision:
    """Kept and told of; `asks` is the address of whom the notice asks whether they take part.

    `alike` warns of one that may be taken for another, and stands first.
    """
    event = _event(s, kind, sender=s.author or s.mail.author.shown, why=why)
    order = LetterOrder(LetterKind.SUSPICIOUS, extra={"why": why, "asks": asks, "alike": alike})
    change = Change(apply(_found(s), event), (event,), (order,))
    note = f"kept on {change.case.ref}: {why}"
    return Decision(verdict, screened.reason, note, change, entry=entry_of(screened))


# --- repeats ----------------------------------------------------------------------------------------


def _join_as_first(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A list's or a program's copy opened the case; now its author is heard as if this mail had.

    They are acknowledged unless somebody answered them meanwhile, and what is promised begins now.
    """
    assert s.repeat.earlier is not None  # the row that leads here asks for it
    before = s.repeat.earlier
    new = new_case(s, desk)
    case = before
    events = [_event(s, EventKind.REOPENED)] if before.phase.ended else []
    for party in new.case.parties:
        if party.role.takes_part and not (case.party(party.address) or case.removed(party.address)):
            events.append(_event(s, EventKind.PARTY_JOINED, address=party.address, role=party.role))
            case = case.joined(party.address, party.name, party.role)
    case = case.gathered(new.named.together)
    if knows_author(s):
        case = case.heard_from(s.author)
    events += [*new.named.event(s), first_mail_event(s, before, new.case)]
    trusted = s.mail.author.standing is not Standing.FAILED
    wish = _escalation(s, desk, None) if trusted and not before.escalation else NO_WISH
    if word := wish.word:
        events.append(_event(s, EventKind.ESCALATED, word=word, level=1))
    case = apply_all(case, events)
    letters, withheld = _acknowledgement(s, desk, case, escalated=bool(word))
    if before.first_response_at:
        letters, withheld = [], []
    told = [LetterKind.REOPENED_TEAM] if before.phase.ended else [LetterKind.OPENED_TEAM]
    if s.repeat.heard and not before.phase.ended:
        told = []  # they read these words when the copy came
    warned = _warned(warning_of(s, screened), new.named, desk, wish)
    letters += [LetterOrder(kind, extra=warned) for kind in (*told, *(_ESCALATED if word else ()))]
    change = Change(apply_all(case, withheld), (*events, *withheld), tuple(letters))
    verdict = Verdict.REOPENED if before.phase.ended else Verdict.APPENDED
    note = f"the first mail of {case.ref}: a copy that a list or a program made of it came before"
    return Decision(verdict, screened.reason, note, change, learns=Hold.NAMED if trusted else None)


def _flag_reused_id(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """The author's system used one Message-ID for two mails: both are kept, and the team hears of new words.

    Nobody outside is written to. Nor is the team about an absence note, an agent's mail, or a list that sends
    our own letters back: that could go round for ever.
    """
    assert s.repeat.earlier is not None  # the row that leads here asks for it
    event = _event(s, EventKind.MESSAGE_ID_REUSED, ref=s.repeat.earlier.ref)
    letters: tuple[LetterOrder, ...] = ()
    if is_heard(s, desk.people):
        letters = (machine_mail.wrote(s, screened),)
    elif not (s.mail.by_machine or entry_of(screened).internal or desk.people.is_own(s.author)):
        letters = (LetterOrder(LetterKind.REPLIED_TEAM, extra=_who_wrote(s, s.repeat.earlier)),)
    change = Change(apply(s.repeat.earlier, event), (event,), letters)
    note = f"added to {s.repeat.earlier.ref}: Message-ID used twice"
    return Decision(Verdict.APPENDED, screened.reason, note, change, entry=entry_of(screened))


# --- small pieces -----------------------------------------------------------------------------------


def _found(s: Situation) -> Case:
    assert s.found is not None  # every outcome that joins or attaches has a found case in its row
    return s.found.case


def _event(s: Situation, kind: EventKind, **data: Plain) -> Event:
    return Event(s.now, kind, s.author or "unknown", data)


def _escalation(s: Situation, desk: Desk, case: Case | None) -> EscalationWish:
    """Read what is wished for. A note of somebody away names whom to write to, and wishes for nothing."""
    if s.mail.automation.sounds_absent:
        return NO_WISH
    return escalation_wish(s.mail.subject, s.heard.wish, case, desk.policy.escalation, desk.tag)


_OUTCOMES: dict[Outcome, Callable[[Situation, Desk, ScreeningResult], Decision]] = {
    Outcome.SEEN: repeats.seen,
    Outcome.DUPLICATE: repeats.duplicate,
    Outcome.KEEP_COPY: repeats.keep_copy,
    Outcome.JOIN_AS_FIRST: _join_as_first,
    Outcome.FLAG_REUSED_ID: _flag_reused_id,
    Outcome.OPEN_REUSED_ID: _open,
    Outcome.ATTACH_BOUNCE: machine_mail.attach,
    Outcome.OPEN_BOUNCE: machine_mail.open_silently,
    Outcome.ATTACH_AUTOMATIC: machine_mail.attach,
    Outcome.OPEN_AUTOMATIC: machine_mail.open_silently,
    Outcome.ATTACH_HEARD: machine_mail.attach,
    Outcome.OPEN_HEARD: machine_mail.open_heard,
    Outcome.OPEN_SET_ASIDE: machine_mail.set_aside,
    Outcome.OPEN: _open,
    Outcome.OPEN_FIXED_WORDS: _open,
    Outcome.OPEN_FLAGGED: _open,
    Outcome.OPEN_MENTIONING: _open,
    Outcome.JOIN: _reply,
    Outcome.JOIN_AS_PARTY: _join,
    Outcome.ATTACH_UNVERIFIED: _attach_unverified,
    Outcome.ATTACH_THIRD_PARTY: _attach_third_party,
    Outcome.COUNT_ANSWER: count_click,
    Outcome.ATTACH_ANSWER: _attach_answer,
    Outcome.KEEP_ANSWER: keep_consulted_answer,
    Outcome.ACT: act_by_mail,
    Outcome.ASK_CONFIRMATION: confirming.ask,
    Outcome.KEEP_NOTE: confirming.ask,
    Outcome.REFUSE: refuse,
    Outcome.OPEN_FORWARDED: open_for_customer,
    Outcome.OPEN_WRITTEN: open_as_written,
    Outcome.CONFIRM: confirming.confirm,
    Outcome.DECLINE: confirming.decline,
}
