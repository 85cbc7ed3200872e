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
from maildesk.desk.case.told import Joined, Phrase, in_words
from maildesk.desk.case.transitions import apply, apply_all
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions import attaching, confirming, machine_mail, repeats
from maildesk.desk.decisions.absence_noted import noted_absence
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.agent_mail import act_by_mail
from maildesk.desk.decisions.answering import (
    AnswerWording,
    customers_told,
    knows_author,
    proves,
    unheard,
)
from maildesk.desk.decisions.answers import count_click, heard_answer
from maildesk.desk.decisions.attaching import case_found
from maildesk.desk.decisions.choosing import choose_apart
from maildesk.desk.decisions.consulted import keep_consulted_answer
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.decisions.escalating import escalate
from maildesk.desk.decisions.escalation_words import (
    NO_MATTER,
    escalation_wish,
    refusal_told,
    says_no_matter,
)
from maildesk.desk.decisions.form_mail import form_follows, return_form, told_by_form
from maildesk.desk.decisions.form_replies import is_reply
from maildesk.desk.decisions.looking import look
from maildesk.desk.decisions.machine_mail import entry_of
from maildesk.desk.decisions.opened_apart import warning_of, why_apart
from maildesk.desk.decisions.opened_for_customers import open_entered, open_for_customer
from maildesk.desk.decisions.opening import (
    NewCase,
    asked_by_rules,
    first_mail_event,
    new_case,
    opened_team,
    ruled_on,
    signs,
    since,
    status_told,
)
from maildesk.desk.decisions.receipts import heard_by, receipt
from maildesk.desk.decisions.refusing import refuse
from maildesk.desk.decisions.replying import replied, too_late
from maildesk.desk.decisions.thanking import is_mere_thanks, keep_thanks
from maildesk.desk.decisions.writing_first import open_as_written
from maildesk.desk.letters.letter_kinds import FORMS, Audience
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.escalation import NO_WISH, EscalationWish
from maildesk.desk.policy.escalation_path import Start
from maildesk.desk.screening.form_mails import mailbox_meant
from maildesk.desk.screening.joining import NamedPeople, named_by
from maildesk.desk.screening.outcomes import Outcome, ScreeningResult
from maildesk.desk.screening.persons_words import is_heard
from maildesk.desk.screening.screening import screen
from maildesk.desk.screening.situation import CaseMatch, Link, Situation
from maildesk.mail.message import Standing


def decide(situation: Situation, desk: Desk) -> Decision:
    """The decision on one mail by the tables of `screening`; pure, the same for the same values."""
    if is_reply(situation, desk):
        situation = replace(situation, form=None)
    screened = screen(situation, desk.people)
    if screened.outcome is not Outcome.DUPLICATE:  # which says where the copy came
        meant = mailbox_meant(situation.mail, situation.mailbox, situation.form, desk)
        situation = replace(situation, mailbox=meant)
    decided = _OUTCOMES[screened.outcome](situation, desk, screened)
    absence = noted_absence(situation, desk)
    return replace(decided, absence=absence) if absence else decided


# --- new cases --------------------------------------------------------------------------------------


def _open(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A case of its own."""
    return _opened(s, desk, screened, new_case(s, desk))


def _open_linked(
    s: Situation, desk: Desk, screened: ScreeningResult, before: Case, follows: _Follows | None = None
) -> Decision:
    """A case of its own for a reply that came too long after the closing: whose that was has this one too."""
    new = new_case(s, desk)
    owner = before.owner if before.owner and desk.people.agent(before.owner) else new.case.owner
    team = before.team or new.case.team
    linked = [_event(s, EventKind.MENTIONED, **event_values(before))]
    if (owner, team) != (new.case.owner, new.case.team):
        linked.append(Event(s.now, EventKind.ASSIGNED, DESK, {"owner": owner, "team": team}))
    decided = _opened(
        s, desk, screened, new, Phrase("it follows {case}", case=in_full(before)), linked, follows
    )
    old = _event(s, EventKind.MENTIONED, **event_values(new.case), follows=True)
    return replace(decided, more=(*decided.more, Change(apply(before, old), (old,))))


def _opened(
    s: Situation,
    desk: Desk,
    screened: ScreeningResult,
    new: NewCase,
    linked: str = "",
    more: Sequence[Event] = (),
    follows: _Follows | None = None,
) -> Decision:
    """The decision to open this case. What the customer hears depends on how well we know the sender."""
    case, events = new.case, [new.opened, *why_apart(s, screened), *new.named.event(s), *more]
    trusted = s.mail.author.standing is not Standing.FAILED
    wish = _escalation(s, desk, None) if trusted else NO_WISH
    unsaid = bool(wish.word) and says_no_matter(s.mail, desk.policy.escalation)
    wish = NO_WISH if unsaid else wish
    escalated = (follows or _asks(s, desk, wish))(apply_all(case, events[1:]))
    events += escalated.events
    acknowledged, withheld = receipt(s, desk, case, escalated)
    case = apply_all(escalated.case, withheld)
    warning = warning_of(s, screened)
    why = filter(None, (warning, linked, NO_MATTER if unsaid else ""))
    warned = _warned(Joined("; ", why), new.named, desk, wish)
    told = (
        opened_team(new.case, new.ruled, desk, **warned),
        *_desk_told(escalated, warned),
        *_told_by_name(escalated),
    )
    note = f"opened {case.ref}" + (f": {warning}" if warning else "")
    status = status_told(new.case, desk) if acknowledged else []
    change = Change(case, (*events, *withheld), (*acknowledged, *status, *told))
    change = change.then(ruled_on(case, new.ruled, desk, s.now, heard_by(acknowledged)))
    learns = Hold.NAMED if trusted else None
    return Decision(Verdict.OPENED, screened.reason, note, change, learns=learns)


_Follows = Callable[[Case], Change]
"""Makes what follows a mail once its case stands as that left it."""


def _asks(s: Situation, desk: Desk, wish: EscalationWish) -> _Follows:
    """Make the escalation that a word of the customer's asks for, if there is one."""
    hand, word = Actor(s.author or "unknown", s.now), wish.word
    return lambda case: escalate(case, desk, hand, word=word) if word else Change(case)


def _desk_told(escalated: Change, warned: dict[str, str]) -> list[LetterOrder]:
    """The notices of an escalation; what customers hear of it stands in a letter that they get anyway."""
    told = (each for each in escalated.letters if not FORMS[each.kind].audience.of_customers)
    return [replace(each, extra=each.extra | warned) for each in told]


def _told_by_name(change: Change) -> list[LetterOrder]:
    """The letters to customers that name whom they go to, and go as they are."""
    return [each for each in change.letters if FORMS[each.kind].audience is Audience.SENDER]


def _warned(warning: str, named: NamedPeople, desk: Desk, wish: EscalationWish) -> dict[str, str]:
    """Write what a notice says before all else: who does not join, and that somebody wants no escalation."""
    return {"warning": Joined("; ", filter(None, (warning, named.warning(desk), refusal_told(wish))))}


# --- an existing case -------------------------------------------------------------------------------


def _reply(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A party of the case writes: an answer to what was asked, mere thanks, or more."""
    if answered := heard_answer(s, desk):
        return answered
    return keep_thanks(s, screened) if is_mere_thanks(s, desk) else _join(s, desk, screened)


def _fill_form(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A customer of the case sends a form: a reply that asks for what the form is for, and for no more."""
    decided = _join(s, desk, screened, form_follows(s, desk))
    change = decided.change
    return replace(decided, change=replace(change, letters=told_by_form(change.letters)) if change else None)


def _join(s: Situation, desk: Desk, screened: ScreeningResult, follows: _Follows | None = None) -> Decision:
    """A customer of the case writes: it goes on, or starts again, or that which followed it does.

    `follows` makes what follows besides; an escalation, where its words ask for one, if left out.
    """
    before = case_found(s)
    if too_late(before, desk, reached := min(s.received, s.now)):
        later = s.found.later if s.found else None
        if later is None or not later.is_requester(s.author) or too_late(later, desk, reached):
            return _open_linked(s, desk, screened, before, follows)
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
    goes_on = replied(
        case, desk, s.now, s.author or "unknown", **since(s), **signs(s, before), **unheard(s, desk, before)
    )
    wish = _escalation(s, desk, before)
    also = s.found.also if s.found else ()
    threads = in_words([in_full(each) for each in also])
    thread = Phrase("its thread is that of {cases} too", cases=threads) if also else ""
    warned = _warned(thread, named, desk, wish)
    escalated = (follows or _asks(s, desk, wish))(goes_on.case)
    letters, more = _after_reply(s, desk, before, warned, escalated, reopens=reopens)
    more = [*more, *(_event(s, EventKind.MENTIONED, **event_values(each)) for each in also)]
    case, events = apply_all(escalated.case, more), [*events, *goes_on.events, *escalated.events, *more]
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
    s: Situation, desk: Desk, before: Case, warned: dict[str, str], escalated: Change, *, reopens: bool
) -> tuple[list[LetterOrder], list[Event]]:
    """Tell who hears of a customer's reply, and if it escalates."""
    told = LetterKind.REOPENED_TEAM if reopens else LetterKind.REPLIED_TEAM
    never_told = reopens and before.set_aside  # nobody told them of a case: as of a new matter
    named = _told_by_name(escalated)
    answers = [
        each for each in escalated.letters if FORMS[each.kind].audience.of_customers and each not in named
    ]
    answers = [LetterOrder(LetterKind.REOPENED), *answers] if reopens else answers
    notices = [LetterOrder(told, extra=warned), *_desk_told(escalated, warned)]
    letters = [*named, *(replace(each, extra=each.extra | _who_wrote(s, before)) for each in notices)]
    if never_told and before.is_requester(s.author):
        received, withheld = receipt(s, desk, before, escalated)
        return [*letters, *received], withheld
    if never_told:
        answers = []
    heard, withheld = customers_told(s, desk, before, answers)
    return [*letters, *heard], withheld


def _who_wrote(s: Situation, before: Case) -> dict[str, str]:
    """Name who wrote to a case, and whether they had before; of one that an agent began nobody knows."""
    party = before.party(s.author)
    begun_by_agent = before.first_response_at == before.opened_at
    again = party is not None and party.written and not begun_by_agent
    return {"wrote": s.author or s.mail.author.shown, "again": "yes" if again else ""}


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
    escalated = _asks(s, desk, wish)(apply_all(case, events))
    case, events = escalated.case, [*events, *escalated.events]
    letters, withheld = receipt(s, desk, case, escalated)
    if before.first_response_at:
        letters, withheld = [], []
    told = [LetterKind.REOPENED_TEAM] if before.phase.ended else [LetterKind.OPENED_TEAM]
    if s.repeat.heard and not before.phase.ended:
        told = []  # they read these words when the copy came
    warned = _warned(warning_of(s, screened), new.named, desk, wish)
    letters += [*(LetterOrder(kind, extra=warned) for kind in told), *_desk_told(escalated, warned)]
    change = Change(apply_all(case, withheld), (*events, *withheld), tuple(letters))
    if heard_by(letters) is AnswerWording.WORDS:
        change = change.then(asked_by_rules(change.case, new.ruled, desk, s.now))
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


def _event(s: Situation, kind: EventKind, **data: Plain) -> Event:
    return Event(s.now, kind, s.author or "unknown", data)


def _escalation(s: Situation, desk: Desk, case: Case | None) -> EscalationWish:
    """Read what is wished for: nothing by a note of somebody away, who names whom to write to, nor by a
    form, which does what it is for.
    """
    starts = Start.CUSTOMER in desk.policy.escalation_path.starts
    if s.mail.automation.sounds_absent or s.form or not starts:
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
    Outcome.RETURN_FORM: return_form,
    Outcome.FILL_FORM: _fill_form,
    Outcome.ATTACH_UNVERIFIED: attaching.unverified,
    Outcome.ATTACH_THIRD_PARTY: attaching.third_party,
    Outcome.COUNT_ANSWER: count_click,
    Outcome.ATTACH_ANSWER: attaching.answer,
    Outcome.KEEP_ANSWER: keep_consulted_answer,
    Outcome.ACT: act_by_mail,
    Outcome.ASK_CONFIRMATION: confirming.ask,
    Outcome.KEEP_NOTE: confirming.ask,
    Outcome.REFUSE: refuse,
    Outcome.OPEN_FORWARDED: open_for_customer,
    Outcome.OPEN_WRITTEN: open_as_written,
    Outcome.OPEN_ENTERED: open_entered,
    Outcome.LOOK: look,
    Outcome.CHOOSE: choose_apart,
    Outcome.CONFIRM: confirming.confirm,
    Outcome.DECLINE: confirming.decline,
}
