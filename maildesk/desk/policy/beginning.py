"""The beginning of a case: what its rules, its type and the policy's defaults make of it together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from maildesk.desk.case.case import Phase
from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.case_types import CaseType
from maildesk.desk.policy.names import named
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.rules import Assignment
from maildesk.desk.policy.statuses import Status
from maildesk.desk.policy.ways import place_of


@dataclass(frozen=True, slots=True)
class Beginning:
    """The values a case begins with.

    `ends` is the status that a rule or its type ends it in at once, or to which its outcome leads.
    """

    type: str | None
    priority: str
    status: Status
    team: str | None
    ends: Status | None = None


def begins(assignment: Assignment, policy: Policy) -> Beginning:
    """The beginning of a case about which the rules decided so: what they left open its type says."""
    name = assignment.type or policy.default_type
    kind = policy.types.get(name) if name else None
    outcome = policy.outcomes.get(assignment.outcome or "")
    led = place_of(policy, outcome) if outcome else kind.status if kind else None
    status = policy.statuses.get(assignment.status or led or "")
    ends = status if status and (status.phase.ended or outcome) else None
    return Beginning(
        type=name,
        priority=known_priority(assignment.priority or policy.default_priority or "", kind, policy),
        status=policy.statuses.first(Phase.NEW) if status is None or ends else status,
        team=assignment.team or (kind.team if kind else None) or policy.default_team,
        ends=ends,
    )


def scale_of(type_: str | None, policy: Policy) -> Mapping[str, str]:
    """The priorities that a type knows, the most pressing first, with what each means there."""
    kind = policy.types.get(type_) if type_ else None
    own = kind.priorities if kind else {}
    return {
        each.name: own.get(each.name, each.means) for each in policy.priorities if each.name in own or not own
    }


def priority_called(typed: str, type_: str | None, policy: Policy) -> str:
    """The priority that somebody means, of those that the type knows; raises NotFound or Ambiguous."""
    kind = policy.types.get(type_) if type_ else None
    own = kind.name if kind and kind.priorities else None
    what = Phrase("priority of {type} called", type=own) if own else Phrase("priority")
    return named(scale_of(type_, policy), typed, what)


def known_priority(priority: str, kind: CaseType | None, policy: Policy) -> str:
    """The priority, or where the type does not know it the default one, or the type's least pressing."""
    known = scale_of(kind.name if kind else None, policy)
    if not priority or priority in known:
        return priority
    default = policy.default_priority
    return default if default and default in known else [*known][-1]
