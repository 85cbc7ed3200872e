"""Entry into a status: who may move a case there, what may follow what, which of a phase is meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.desk.policy.rights import teams_of
from maildesk.desk.policy.statuses import By, Status
from maildesk.errors import NotAllowed
from maildesk.mail.addr_spec import same_address


def refusal(case: Case, to: Status, mover: str, desk: Desk) -> NotAllowed | None:
    """The reason why this person may not move a case into that status, or None.

    `mover` is the address of somebody of the desk who may act on the case, empty for an operator at the
    command line. Merging, spam, time, rules, customers' replies and answers are not asked: they do what the
    file says.
    """
    now = desk.policy.statuses.of_case(case)
    if now.name == to.name:
        return None
    if not _follows(case, to, desk):
        follows = (
            Phrase("from {status} a case goes to {next}", status=now.name, next=", ".join(now.next))
            if now.next
            else Phrase("nothing follows it")
        )
        problem = Phrase(
            "case {case} is {status}: {next} does not follow", case=case.ref, status=now.name, next=to.name
        )
        return NotAllowed(problem, remedy=follows)
    if not any(_MAY[by](case, mover, desk.people) for by in to.by):
        only = Joined(Phrase(" or "), (_CALLED[by] for by in to.by))
        problem = Phrase("only {who} may move a case to {status}", who=only, status=to.name)
        return NotAllowed(problem, remedy=_REMEDIES.get(to.by, ""))
    return None


def way_into(case: Case, phase: Phase, mover: str, desk: Desk, *, passing_stays: bool = False) -> Status:
    """The first status of a phase, in the file's order, which this person may move a case into.

    Raises NotAllowed with the reason for the first of them. `passing_stays` leaves out those that a reply of
    the customer does not end.
    """
    known = [each for each in desk.policy.statuses.of(phase) if not (passing_stays and each.stays)]
    refusals = [(each, refusal(case, each, mover, desk)) for each in known]
    found = next((each for each, why in refusals if why is None), None)
    if found:
        return found
    first = next((why for _, why in refusals if why), None)
    raise first or NotAllowed(
        Phrase(
            "a customer's reply ends no status of the phase {phase} in the policy", phase=Phrase(phase.value)
        )
    )


def first_allowed(case: Case, phase: Phase, mover: str, desk: Desk) -> Status | None:
    """The first status of a phase which this person may move a case into, if there is one."""
    allowed = (each for each in desk.policy.statuses.of(phase) if refusal(case, each, mover, desk) is None)
    return next(allowed, None)


def customers_may_close(case: Case, desk: Desk) -> bool:
    """Tell whether the customer may move a case, from where it is, into a closed status."""
    statuses = desk.policy.statuses
    return any(By.CUSTOMER in each.by and _follows(case, each, desk) for each in statuses.of(Phase.CLOSED))


def _follows(case: Case, to: Status, desk: Desk) -> bool:
    now = desk.policy.statuses.of_case(case)
    return now.next is None or to.name in now.next


def _leads(case: Case, mover: str, people: People) -> bool:
    """Tell whether they lead the case's team; a case of no team is any lead's."""
    leads = [team.lead for team in people.teams if case.team in (None, team.name)]
    return any(same_address(each, mover) for each in leads)


def _of_its_team(case: Case, mover: str, people: People) -> bool:
    """Tell whether they belong to the case's team; a case of no team is everybody's, as in `rights`."""
    everybodys = case.team is None or not people.members(case.team)
    return everybodys or case.team in teams_of(people, mover)


_MAY: Final[dict[By, Callable[[Case, str, People], bool]]] = {
    By.AGENTS: lambda case, mover, people: True,
    By.OWNER: lambda case, mover, people: not mover or case.is_owner(mover),
    By.LEAD: lambda case, mover, people: not mover or _leads(case, mover, people),
    By.LEADERSHIP: lambda case, mover, people: not mover or people.leader(mover) is not None,
    By.TEAM: lambda case, mover, people: not mover or _of_its_team(case, mover, people),
    By.CUSTOMER: lambda case, mover, people: False,
}

_CALLED: Final = {
    By.AGENTS: Phrase("the agents"),
    By.OWNER: Phrase("its owner"),
    By.LEAD: Phrase("the lead of its team"),
    By.LEADERSHIP: Phrase("leadership"),
    By.TEAM: Phrase("its team"),
    By.CUSTOMER: Phrase("the customer"),
}

_REMEDIES: Final[dict[tuple[By, ...], str]] = {
    (By.OWNER,): Phrase("#take makes it yours"),
    (By.CUSTOMER,): Phrase("#resolve asks them"),
}
