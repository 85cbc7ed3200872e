"""The opening of a new case by a mail: who asks, what it is about, what is promised, who takes part."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from maildesk.desk.case.case import Case, Party, PartyRole
from maildesk.desk.case.case_name import NO_SUBJECT
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, GOOGLE, Event, EventKind, Plain
from maildesk.desk.case.folding import opening_data
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.replacing import replace
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.answering import AnswerWording, knows_author
from maildesk.desk.decisions.asking import asked
from maildesk.desk.decisions.escalating import escalate
from maildesk.desk.decisions.moving import CUSTOMER, move
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.policy.beginning import begins
from maildesk.desk.policy.case_fields import EMAIL
from maildesk.desk.policy.channels import kept_source
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.rules import Assignment, MailFacts, RequesterFrom, classify
from maildesk.desk.policy.whole_words import Folded
from maildesk.desk.screening.heard import WordsFound
from maildesk.desk.screening.joining import NamedPeople, is_customer, named_by
from maildesk.desk.screening.situation import Situation
from maildesk.mail.addr_spec import folded
from maildesk.mail.identity.references import bare_subject
from maildesk.mail.message import Address, IncomingMail


@dataclass(frozen=True, slots=True)
class NewCase:
    """The case a mail opens, the event that says so, and whom the mail names."""

    case: Case
    opened: Event
    named: NamedPeople
    ruled: Assignment


def new_case(s: Situation, desk: Desk, channel: str = "") -> NewCase:
    """The case a mail opens. What is promised counts from when the mail reached the mailbox.

    `channel` is how its matter came to the desk, if not by that mailbox.
    """
    channel = channel or desk.channel_of(s.mailbox)
    facts = _facts(s.mail, s.heard, s.mailbox, desk, channel)
    assignment = came_by(classify(desk.policy.rules, facts), channel, desk.policy)
    subject = bare_subject(s.mail.subject, desk.tag, answers=bool(s.mail.ids.thread))
    asks, address = _requester(s, assignment, desk.people), _spoken_to(s, desk)
    language = desk.policy.language(s.mail.language or s.heard.language)
    case = case_of(s.ref, subject, asks, address, s.now, assignment, desk, language=language)
    if knows_author(s):
        case = case.heard_from(s.author)
    named = named_by(s, desk, case)
    case = _claimed(s, named.joined(case), desk.people)
    shown = since(s) | signs(s, case)
    opened = opened_event(case, assignment, s.author or "unknown", channel, shown)
    return NewCase(case, opened, named, assignment)


def signs(s: Situation, case: Case) -> dict[str, Plain]:
    """Say what the mail shows of the case's requester, where it is theirs."""
    return {GOOGLE: True} if s.mail.google and case.is_requester(s.author) else {}


def came_by(assignment: Assignment, channel: str, policy: Policy) -> Assignment:
    """The same with the channel in the field that keeps it, unless a rule said otherwise."""
    kept = kept_source(policy, channel)
    return replace(assignment, fields=kept | dict(assignment.fields)) if kept else assignment


def since(s: Situation) -> dict[str, Plain]:
    """Say when a promise to whoever wrote this mail starts; or that it makes none, where it came too late.

    Reports leave the times of what lay there before out, and count its age from when it arrived.
    """
    arrived = min(s.received, s.now).isoformat()
    return {"since": arrived} if s.promises else {"unpromised": True, "arrived_at": arrived, "existing": True}


def unpromised(new: NewCase) -> NewCase:
    """A new case that nobody waits for: no moment is promised."""
    data = {key: value for key, value in new.opened.data.items() if key != "since"}
    arrived = new.opened.data.get("since")
    return replace(
        new,
        opened=replace(
            new.opened, data=data | {"unpromised": True, **({"arrived_at": arrived} if arrived else {})}
        ),
    )


def case_of(
    ref: str,
    subject: str,
    requester: Address,
    mailbox: str,
    now: datetime,
    assignment: Assignment,
    desk: Desk,
    *,
    language: str = "",
) -> Case:
    """A new case with what the rules decided; `mailbox` is the address that is to speak for it."""
    first = begins(assignment, desk.policy)
    account = desk.people.account_of(requester.address)
    owner = desk.people.agent(assignment.owner) if assignment.owner else None
    unknown = not requester.address or desk.people.is_own(requester.address)
    return Case(
        ref=ref,
        subject=subject or NO_SUBJECT,
        phase=first.status.phase,
        status=first.status.name,
        requester=requester.address,
        mailbox=mailbox,
        language=language,
        opened_at=now,
        updated_at=now,
        priority=first.priority,
        type=first.type,
        account=account.name if account else None,
        owner=owner.address if owner else assignment.owner,
        team=first.team,
        fields=dict(assignment.fields),
        parties=() if unknown else (Party(1, requester.address, requester.name, PartyRole.REQUESTER),),
    )


def opened_team(case: Case, ruled: Assignment, desk: Desk, **extra: str) -> LetterOrder:
    """The notice of a new case: with the rules' note, to those whom they and its status tell beside."""
    status = desk.policy.statuses.of_case(case)
    told = dict.fromkeys((*ruled.tell, *status.tells))
    to = tuple(each for each in told if each != CUSTOMER)
    return LetterOrder(LetterKind.OPENED_TEAM, text=ruled.note or "", extra=extra, to=to)


def entered_team(case: Case, ruled: Assignment, desk: Desk, hand: Actor) -> LetterOrder:
    """The same of a case that one of our people opened for its customer; an operator acts for the desk."""
    person = desk.people.person(hand.address) if hand.address else None
    return opened_team(case, ruled, desk, warning="", entered_by=person.name if person else desk.name)


def status_told(case: Case, desk: Desk) -> list[LetterOrder]:
    """The letter about the status that a case begins in, where that tells its customer."""
    status = desk.policy.statuses.of_case(case)
    return [LetterOrder(LetterKind.STATUS, extra={"means": status.means})] if CUSTOMER in status.tells else []


def ruled_on(
    case: Case, ruled: Assignment, desk: Desk, now: datetime, hears: AnswerWording = AnswerWording.WORDS
) -> Change:
    """All that the rules do to a case once it is open: the note inside, an end at once, a question.

    `hears` is what its requester may hear of it: nothing, where they are sent no receipt; and they are asked
    nothing where our fixed words are all.
    """
    change = _ruled(case, ruled, desk, Actor(DESK, now), asks=hears is AnswerWording.WORDS)
    if hears is not AnswerWording.NOTHING:
        return change
    inside = (each for each in change.letters if not FORMS[each.kind].audience.of_customers)
    return replace(change, letters=tuple(inside))


def _ruled(case: Case, ruled: Assignment, desk: Desk, hand: Actor, *, asks: bool) -> Change:
    change = Change(case)
    if ruled.note:
        event = hand.event(EventKind.NOTED, words=ruled.note)
        change = change.then(Change(apply(case, event), (event,)))
    if ruled.escalate and not case.escalation and not case.phase.ended:
        change = change.then(escalate(change.case, desk, hand, why="a rule of the policy"))
    outcome = desk.policy.outcomes.get(ruled.outcome or "")
    ends = begins(ruled, desk.policy).ends
    if ends and not asks:
        ends, outcome = replace(ends, ask=None), replace(outcome, ask=None) if outcome else None
    if ends:
        change = change.then(move(change.case, desk, ends, hand, outcome=outcome))
    return change.then(asked_by_rules(change.case, ruled, desk, hand.now)) if asks else change


def asked_by_rules(case: Case, ruled: Assignment, desk: Desk, now: datetime) -> Change:
    """The question and the letter of one's own that the rules want for who is sent a receipt.

    Where the rules end the case in a status that asks, that question is the one.
    """
    question = None if case.asked else desk.policy.questions.get(ruled.ask or "")
    change = asked(case, question, now, desk.policy) if question else Change(case)
    if not ruled.letter:
        return change
    return replace(change, letters=(*change.letters, LetterOrder(LetterKind.OWN, own=ruled.letter)))


def opened_event(
    case: Case,
    assignment: Assignment,
    actor: str,
    channel: str = EMAIL,
    more: Mapping[str, Plain] | None = None,
) -> Event:
    """Make what the history says first, and `more`."""
    data = {**opening_data(case), "rules": ", ".join(assignment.because)}
    data |= {"source": channel} if channel != EMAIL else {}
    return Event(case.opened_at, EventKind.OPENED, actor, {**data, **(more or {})})


def first_mail_event(s: Situation, case: Case, new: Case) -> Event:
    """Make `case`, which a copy of this mail opened, the one that the mail would have opened: `new`.

    What somebody of the desk changed stays. What is promised begins now; where it began with a mail that
    the team heard of, or was kept already, it stays as it is.
    """
    data: dict[str, Plain] = {"requester": new.requester, "mailbox": new.mailbox}
    if s.repeat.untouched:
        data |= {name: getattr(new, name) or "" for name in ("subject", "priority", "type", "account")}
        data |= {name: getattr(new, name) or "" for name in ("team", "owner")}
    begun = s.repeat.heard and not case.set_aside
    if not begun and not case.first_response_at:
        data |= since(s)
    data |= signs(s, new)
    return Event(s.now, EventKind.FIRST_MAIL, s.author or "unknown", data)


def _spoken_to(s: Situation, desk: Desk) -> str:
    """Find as whom the desk answers: the address of this mailbox that stands in To, else in Cc.

    The delivery fields tell where none does. Reply addresses of ours stand there with a detail.
    """
    box = desk.mailboxes.get(s.mailbox)
    addressing = s.mail.addressing
    named = [*(each.address for each in addressing.to_and_cc), *addressing.recipients]
    return folded(box.spoken_to(named)) if box else desk.address_of(s.mailbox)


def _claimed(s: Situation, case: Case, people: People) -> Case:
    """The case with whom its From seems to mean, where that is no address: they take no part by it."""
    claimed = Address(s.mail.author.claimed)
    if case.requester or not claimed.address or s.mail.by_machine or not is_customer(claimed, people):
        return case
    return case.joined(claimed.address, "", PartyRole.UNCONFIRMED)


def is_form(mail: IncomingMail, heard: WordsFound, mailbox: str, desk: Desk) -> bool:
    """Tell whether a rule of the policy says that a web form sent this mail to the mailbox of that name."""
    return classify(desk.policy.rules, _facts(mail, heard, mailbox, desk)).requester is RequesterFrom.REPLY_TO


def _facts(mail: IncomingMail, heard: WordsFound, mailbox: str, desk: Desk, source: str = "") -> MailFacts:
    facts = facts_of(mail.author.addr_spec, mailbox, mail.subject, heard.named, desk, source)
    language = facts.language or mail.language or heard.language or None
    return replace(facts, spam=mail.automation.marked_spam, google=mail.google, language=language)


def facts_of(
    sender: str, mailbox: str, subject: str, named: Collection[Folded], desk: Desk, source: str = ""
) -> MailFacts:
    """The facts that the rules may look at, of a matter that this address brings to the mailbox.

    `source` is the channel it came by, that of the mailbox if left out.
    """
    account, policy = desk.people.account_of(sender), desk.policy
    return MailFacts(
        sender=sender,
        mailbox=mailbox,
        subject=subject,
        named=named,
        account=account.name if account else None,
        plan=desk.policy.known_plan(account.plan if account else None),
        language=account.language if account else None,
        account_fields=account.fields if account else {},
        default_fields={name: each.default for name, each in policy.fields.items() if each.default},
        default_type=policy.default_type,
        default_priority=policy.default_priority,
        source=source or desk.channel_of(mailbox),
    )


def _requester(s: Situation, assignment: Assignment, people: People) -> Address:
    """The strict From; or the one Reply-To address where a rule says that From is a web form."""
    author = s.mail.author.address or Address("")
    if assignment.requester is RequesterFrom.REPLY_TO and len(s.mail.addressing.reply_to) == 1:
        replies_to = s.mail.addressing.reply_to[0]
        if is_customer(replies_to, people):
            return replies_to
    return author
