"""The opening of a new case by a mail: who asks, what it is about, what is promised, who takes part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from maildesk.desk.case.case import Case, Party, PartyRole, Phase
from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.decisions.answering import knows_author
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.desk.policy.rules import Assignment, MailFacts, RequesterFrom, classify
from maildesk.desk.policy.whole_words import Folded
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


def new_case(s: Situation, desk: Desk) -> NewCase:
    """The case a mail opens. The response clock starts at `s.now`."""
    assignment = classify(desk.policy.rules, _facts(s.mail, s.heard.named, s.mailbox, desk))
    subject = bare_subject(s.mail.subject, desk.tag, answers=bool(s.mail.ids.thread))
    case = case_of(s.ref, subject, _requester(s, assignment, desk.people), s.mailbox, s.now, assignment, desk)
    case = replace(case, mailbox=_spoken_to(s, desk))
    if knows_author(s):
        case = case.heard_from(s.author)
    named = named_by(s, desk, case)
    case = _claimed(s, named.joined(case), desk.people)
    return NewCase(case, opened_event(case, assignment, s.author or "unknown"), named)


def unpromised(case: Case) -> Case:
    """A new case that nobody waits for: no moment is promised."""
    return replace(case, response_due=None, resolution_due=None, warn_at=None)


def case_of(
    ref: str,
    subject: str,
    requester: Address,
    mailbox: str,
    now: datetime,
    assignment: Assignment,
    desk: Desk,
) -> Case:
    """A new case with what the rules decided and what the policy promises from `now` (UTC) on.

    `mailbox` is the name of the one whose address is to speak for it.
    """
    priority = desk.policy.priority(assignment.priority or desk.policy.default_priority).name
    account = desk.people.account_of(requester.address)
    owner = desk.people.agent(assignment.owner) if assignment.owner else None
    unknown = not requester.address or desk.people.is_own(requester.address)
    return Case(
        ref=ref,
        subject=subject or NO_SUBJECT,
        phase=Phase.NEW,
        requester=requester.address,
        mailbox=desk.address_of(mailbox),
        opened_at=now,
        updated_at=now,
        priority=priority,
        type=assignment.type or desk.policy.default_type,
        account=account.name if account else None,
        owner=owner.address if owner else assignment.owner,
        team=assignment.team or desk.policy.default_team,
        response_due=desk.policy.response_due(priority, now),
        resolution_due=desk.policy.resolution_due(priority, now),
        warn_at=desk.policy.warn_at(priority, now),
        parties=() if unknown else (Party(1, requester.address, requester.name, PartyRole.REQUESTER),),
    )


def opened_event(case: Case, assignment: Assignment, actor: str) -> Event:
    """Make what the history says first."""
    data = {"requester": case.requester, "priority": case.priority, "rules": ", ".join(assignment.because)}
    return Event(case.opened_at, EventKind.OPENED, actor, data)


def first_mail_event(s: Situation, case: Case, new: Case, desk: Desk) -> Event:
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
        priority = new.priority if s.repeat.untouched else case.priority
        data |= _promises(priority, s.now, desk)
    return Event(s.now, EventKind.FIRST_MAIL, s.author or "unknown", data)


def promise_begun(case: Case, desk: Desk, now: datetime) -> dict[str, Plain]:
    """The moments promised to whoever writes to a case that nobody waited for until now; else nothing."""
    if case.response_due or case.first_response_at:
        return {}
    return {name: at for name, at in _promises(case.priority, now, desk).items() if at}


def _promises(priority: str, now: datetime, desk: Desk) -> dict[str, Plain]:
    due = {
        "response_due": desk.policy.response_due(priority, now),
        "resolution_due": desk.policy.resolution_due(priority, now),
        "warn_at": desk.policy.warn_at(priority, now),
    }
    return {name: at.isoformat() if at else "" for name, at in due.items()}


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


NO_SUBJECT = "(no subject)"


def is_form(mail: IncomingMail, named: frozenset[Folded], mailbox: str, desk: Desk) -> bool:
    """Tell whether a rule of the policy says that a web form sent this mail to the mailbox of that name.

    `named` are the policy's words that stand in it.
    """
    return classify(desk.policy.rules, _facts(mail, named, mailbox, desk)).requester is RequesterFrom.REPLY_TO


def _facts(mail: IncomingMail, named: frozenset[Folded], mailbox: str, desk: Desk) -> MailFacts:
    account = desk.people.account_of(mail.author.addr_spec)
    return MailFacts(
        sender=mail.author.addr_spec,
        mailbox=mailbox,
        subject=mail.subject,
        named=named,
        account=account.name if account else None,
        plan=account.plan if account else None,
        spam=mail.automation.marked_spam,
    )


def _requester(s: Situation, assignment: Assignment, people: People) -> Address:
    """The strict From; or the one Reply-To address where a rule says that From is a web form."""
    author = s.mail.author.address or Address("")
    if assignment.requester is RequesterFrom.REPLY_TO and len(s.mail.addressing.reply_to) == 1:
        replies_to = s.mail.addressing.reply_to[0]
        if is_customer(replies_to, people):
            return replies_to
    return author
