"""Summaries: letters every business day that count cases by what a field of them says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from maildesk.desk.case.case import Case
from maildesk.desk.case.told import Joined, Phrase, Told
from maildesk.desk.policy.people import People, Person
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.rules import MailFacts, holds
from maildesk.desk.policy.summary import LEAD, LEADERSHIP, Summary
from maildesk.mail.addr_spec import ByAddress


@dataclass(frozen=True, slots=True)
class CountedValue:
    """One value of the field, and the cases that have it, the oldest first."""

    value: str
    cases: tuple[Case, ...] = field(default_factory=tuple)


def counted(summary: Summary, cases: Iterable[Case], policy: Policy, people: People) -> list[CountedValue]:
    """Each value of the field with its cases: every choice in its order, then what else there is."""
    own = policy.fields[summary.counts]
    found: dict[str, list[Case]] = {each: [] for each in own.choices}
    for case in sorted(cases, key=lambda each: (each.opened_at, each.ref)):
        value = case.fields.get(summary.counts)
        if value and concerns(summary, case, policy, people):
            found.setdefault(value, []).append(case)
    return [CountedValue(value, tuple(same)) for value, same in found.items()]


def concerns(summary: Summary, case: Case, policy: Policy, people: People) -> bool:
    """Tell whether a case is one that the summary asks for, as it now is."""
    account = people.account_named(case.account)
    facts = MailFacts(
        sender=case.requester,
        mailbox="",
        subject=case.subject,
        named=(),
        account=case.account,
        plan=policy.known_plan(people.plan_of(case.requester, case.account)),
        account_fields=account.fields if account else {},
        default_fields={name: each.default for name, each in policy.fields.items() if each.default},
        default_type=case.type,
        default_priority=case.priority,
    )
    return holds(summary.when, facts, case.fields)


def unheard(summary: Summary, people: People) -> Told:
    """Say of which of those whom a summary tells there is nobody; empty where there is somebody of each."""
    why = {LEAD: Phrase("no team has a lead"), LEADERSHIP: Phrase("people.leadership names nobody")}
    nobody = [each for each in summary.tells if not readers(replace(summary, tells=(each,)), people)]
    if not nobody:
        return Phrase("")
    of = (Phrase("{who}, and {why}", who=each, why=why.get(each, Phrase("it has nobody"))) for each in nobody)
    alone = len(nobody) == len(summary.tells)
    return Phrase(
        "the summary {summary} tells {whom}: nobody reads it"
        if alone
        else "the summary {summary} tells {whom}",
        summary=summary.name,
        whom=Joined("; ", of),
    )


def readers(summary: Summary, people: People) -> list[Person]:
    """The people who are told, each once: leads are those of every team, a team without people its lead."""
    leads = [people.person(team.lead) for team in people.teams if team.lead]
    found = ByAddress[Person]()
    for who in summary.tells:
        team = people.team(who)
        lead = people.person(team.lead) if team and team.lead else None
        told = {LEAD: leads, LEADERSHIP: people.leadership}.get(who) or people.members(who) or [lead]
        for person in told:
            if person and not people.is_own(person.address):
                found.setdefault(person.address, person)
    return list(found.values())
