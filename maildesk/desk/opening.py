"""How a mail becomes a new case: who asks, what it is about, what is promised, who takes part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from maildesk.desk.case import Case, Party, PartyRole, Phase
from maildesk.desk.desk import Desk
from maildesk.desk.events import Event, EventKind, Plain
from maildesk.desk.people import People, folded
from maildesk.desk.rules import Assignment, MailFacts, RequesterFrom, classify
from maildesk.desk.situation import Same, Situation
from maildesk.mail.message import Address, Standing
from maildesk.mail.references import bare_subject

MOST_PARTIES = 50
"""Copied addresses past this many are not made parties: a case is no mailing list."""


def new_case(s: Situation, desk: Desk) -> tuple[Case, Event]:
    """The case a mail opens, with the event that says so. The response clock starts at `s.now`."""
    assignment = classify(desk.policy.rules, _facts(s, desk))
    subject = bare_subject(s.mail.subject, desk.tag, answers=bool(s.mail.thread_ids))
    case = case_of(s.ref, subject, _requester(s, assignment, desk.people), s.mailbox, s.now, assignment, desk)
    for party in parties_of(s, desk, case, (*s.mail.to, *s.mail.cc)):
        case = case.joined(party.address, party.name, party.role)
    return case, opened_event(case, assignment, s.author or "unknown")


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
    """What the history says first."""
    data = {"requester": case.requester, "priority": case.priority, "rules": ", ".join(assignment.because)}
    return Event(case.opened_at, EventKind.OPENED, actor, data)


def first_mail_event(s: Situation, case: Case, new: Case, desk: Desk) -> Event:
    """What makes `case`, which a copy of this mail opened, the one that the mail would have opened: `new`.

    What somebody of the desk changed stays. What is promised begins now; where it began with a mail that
    the team heard of, or was kept already, it stays as it is.
    """
    data: dict[str, Plain] = {"requester": new.requester, "mailbox": new.mailbox}
    if s.untouched:
        data |= {name: getattr(new, name) or "" for name in ("subject", "priority", "type", "account")}
        data |= {name: getattr(new, name) or "" for name in ("team", "owner")}
    if s.same is Same.AFTER_MACHINE and not case.first_response_at:
        priority = new.priority if s.untouched else case.priority
        due = {
            "response_due": desk.policy.response_due(priority, s.now),
            "resolution_due": desk.policy.resolution_due(priority, s.now),
            "warn_at": desk.policy.warn_at(priority, s.now),
        }
        data |= {name: at.isoformat() if at else "" for name, at in due.items()}
    return Event(s.now, EventKind.FIRST_MAIL, s.author or "unknown", data)


NO_SUBJECT = "(no subject)"


def parties_of(s: Situation, desk: Desk, case: Case, named: Sequence[Address]) -> list[Party]:
    """Which of the `named` addresses this mail brings into the case.

    Our own addresses and the desk's people never become parties this way; a sender who could not be
    trusted, or a machine, brings nobody.
    """
    if s.mail.author.standing is Standing.FAILED or s.mail.automatic:
        return []
    found: dict[str, Party] = {}
    for address in named:
        if len(case.parties) + len(found) >= MOST_PARTIES:
            break
        known = case.party(address.address) is not None or case.removed(address.address)
        if _is_customer(address, desk.people) and not known:
            found.setdefault(folded(address.address), Party(0, address.address, address.name, PartyRole.CC))
    return list(found.values())


def _is_customer(address: Address, people: People) -> bool:
    return not people.is_own(address.address) and not people.is_desk_person(address.address)


def _facts(s: Situation, desk: Desk) -> MailFacts:
    account = desk.people.account_of(s.author)
    return MailFacts(
        sender=s.author,
        mailbox=s.mailbox,
        subject=s.mail.subject,
        new_text=s.mail.new_text,
        account=account.name if account else None,
        plan=account.plan if account else None,
    )


def _requester(s: Situation, assignment: Assignment, people: People) -> Address:
    """The strict From; or the one Reply-To address where a rule says that From is a web form."""
    author = s.mail.author.address or Address("")
    if assignment.requester is RequesterFrom.REPLY_TO and len(s.mail.reply_to) == 1:
        replies_to = s.mail.reply_to[0]
        if _is_customer(replies_to, people):
            return replies_to
    return author
