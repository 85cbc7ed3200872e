"""The needs of a policy: the teams, people and accounts that it speaks of, and that a configuration names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from maildesk.config.policy_laws import AUDIENCES, PARTS
from maildesk.desk.policy.case_fields import SOURCE
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.people import People
from maildesk.desk.policy.policy import EVERYBODY, Policy
from maildesk.desk.policy.summary import Summary
from maildesk.desk.policy.summary_counts import unheard


@dataclass(frozen=True, slots=True)
class Needs:
    """The things of a configuration that one policy speaks of, each named once, in the order of the file.

    `roles` are those of leadership that escalations go to. `leads`: somebody hears as the lead of a team;
    `leadership`: as a leader. Whom `summaries` tell they say themselves.
    """

    teams: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    leads: bool = False
    leadership: bool = False
    summaries: tuple[Summary, ...] = ()


def needs_of(policy: Policy) -> Needs:
    """Find what a policy speaks of. A field that rules ask for and it has not itself is an account's."""
    tells = (*(each.tells for each in policy.statuses), *(rule.then.tell for rule in policy.rules))
    told = _once(who for each in tells for who in each)
    summed = (who for each in policy.summaries for who in each.tells)
    asked = [rule.when for rule in policy.rules]
    teams = (
        policy.default_team,
        *policy.assignment,
        *(each.team for each in policy.types.values()),
        *(rule.then.team for rule in policy.rules),
        policy.escalation_path.team,
        policy.requirements.team,
        *(who for who in (*told, *summed) if who not in AUDIENCES),
    )
    levels = [each.name for each in policy.escalation_path.levels if each.name not in PARTS]
    promised = (plan for row in policy.promises for plan in row.plan)
    return Needs(
        teams=_once(teams),
        mailboxes=_once(
            (
                *(name for when in asked for name in when.mailbox),
                *(each.mailbox for each in policy.forms.values()),
            )
        ),
        owners=_once(rule.then.owner for rule in policy.rules),
        plans=_once((*policy.plans, *promised, *(plan for when in asked for plan in when.plan))),
        roles=tuple(name for name in levels if name not in teams),
        fields=_once(
            name for when in asked for name in when.fields if name not in policy.fields and name != SOURCE
        ),
        leads="lead" in told,
        leadership="leadership" in told,
        summaries=policy.summaries,
    )


def _once(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name and name != EVERYBODY))


def unread(summaries: Iterable[Summary], people: People) -> Iterator[str]:
    """Say which summaries tell somebody of whom there is nobody."""
    yield from filter(None, (unheard(each, people) for each in summaries))


def lacking(needs: Needs, people: People) -> Iterator[str]:
    """Say what the people of a configuration lack: nothing that stops a desk, but much that stays unheard."""
    for team in needs.teams:
        if people.team(team) is None:
            yield f"people.teams has no {team}"
    roles = {comparable(each.role) for each in people.leadership if each.role}
    for role in needs.roles:
        if comparable(role) not in roles and people.team(role) is None:
            yield f"people.leadership has nobody with the role {role}"
    if needs.leads and not any(team.lead for team in people.teams):
        yield "no team has a lead, who is to hear"
    if needs.leadership and not people.leadership:
        yield "people.leadership names nobody, who is to hear"
    yield from unread(needs.summaries, people)
    plans = {account.plan for account in people.accounts}
    for plan in needs.plans:
        if plan not in plans:
            yield f"no account has the plan {plan}"
    fields = {name for account in people.accounts for name in account.fields}
    for name in needs.fields:
        if name not in fields:
            yield f"no account has the field {name}"
