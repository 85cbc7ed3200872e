"""The needs of a policy: the teams, people and accounts that it speaks of, and that a configuration names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from maildesk.config.policy_laws import AUDIENCES
from maildesk.desk.policy.people import People
from maildesk.desk.policy.policy import EVERYBODY, Policy


@dataclass(frozen=True, slots=True)
class Needs:
    """The things of a configuration that one policy speaks of, each named once, in the order of the file.

    `leads`: somebody hears as the lead of a team; `leadership`: as a leader.
    """

    teams: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    leads: bool = False
    leadership: bool = False


def needs_of(policy: Policy) -> Needs:
    """Find what a policy speaks of. A field that rules ask for and it has not itself is an account's."""
    told = _once(
        who
        for tells in (
            *(each.tells for each in policy.statuses),
            *(rule.then.tell for rule in policy.rules),
        )
        for who in tells
    )
    asked = [rule.when for rule in policy.rules]
    teams = (
        policy.default_team,
        *policy.assignment,
        *(each.team for each in policy.types.values()),
        *(rule.then.team for rule in policy.rules),
        *(who for who in told if who not in AUDIENCES),
    )
    promised = (plan for row in policy.promises for plan in row.plan)
    return Needs(
        teams=_once(teams),
        mailboxes=_once(name for when in asked for name in when.mailbox),
        owners=_once(rule.then.owner for rule in policy.rules),
        plans=_once((*policy.plans, *promised, *(plan for when in asked for plan in when.plan))),
        fields=_once(name for when in asked for name in when.fields if name not in policy.fields),
        leads="lead" in told,
        leadership="leadership" in told,
    )


def _once(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name and name != EVERYBODY))


def lacking(needs: Needs, people: People) -> Iterator[str]:
    """Say what the people of a configuration lack: nothing that stops a desk, but much that stays unheard."""
    for team in needs.teams:
        if people.team(team) is None:
            yield f"people.teams has no {team}"
    if needs.leads and not any(team.lead for team in people.teams):
        yield "no team has a lead, who is to hear"
    if needs.leadership and not people.leadership:
        yield "people.leadership names nobody, who is to hear"
    plans = {account.plan for account in people.accounts}
    for plan in needs.plans:
        if plan not in plans:
            yield f"no account has the plan {plan}"
    fields = {name for account in people.accounts for name in account.fields}
    for name in needs.fields:
        if name not in fields:
            yield f"no account has the field {name}"
