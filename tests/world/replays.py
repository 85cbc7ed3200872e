"""The honesty of replaying: a history replayed through its own policy is what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from maildesk.casework.office import Office
from maildesk.desk.case.case import Case
from maildesk.desk.policy.case_fields import shown_values
from maildesk.desk.policy.policy import Policy
from maildesk.simulating.history import History
from maildesk.simulating.own_cases import LeftOut, Read, chosen, own_histories
from maildesk.simulating.replaying import Entry, Terrain, replayed
from maildesk.store.case_views import case_show
from maildesk.store.database import Database
from maildesk.store.shown import shown_moment


async def differences(
    store: Database, office: Office, read: Read, now: datetime
) -> tuple[dict[str, Any], list[LeftOut]]:
    """Everything that a replay of the desk's cases through its own policy makes otherwise; and what it left
    out.
    """
    found: dict[str, Any] = {}
    left: list[LeftOut] = []
    terrain = Terrain(office.desk, office.limits, office.keys, now, office.host_named)
    policy = office.desk.policy
    chains = await chosen(store, None, None)
    async for some in own_histories(store, chains, office.desk.people, read):
        for each in some:
            if isinstance(each, LeftOut):
                left.append(each)
                continue
            entries = replayed(each, terrain)
            for ref in each.refs:
                stored = await store.read(partial(case_show, ref=ref, policy=policy))
                if other := _other(policy, each, entries, ref, stored):
                    found[ref] = other
    return found, left


def _other(
    policy: Policy, history: History, entries: list[Entry], ref: str, stored: Mapping[str, Any]
) -> dict[str, Any]:
    of_it = [each for each in entries if each.case and each.case.ref == ref]
    if not of_it:
        return {"opened": False}
    case = of_it[-1].case
    assert case
    now = _shown(case, policy)
    other: dict[str, Any] = {name: (stored[name], now[name]) for name in now if stored[name] != now[name]}
    then = sorted((each.at, each.kind) for each in history.sent if each.ref == ref and each.to_customers)
    again = sorted((each.at, kind.value) for each in of_it for kind in each.letters)
    if then != again:
        gone, new = [*then], []
        for one in again:
            gone.remove(one) if one in gone else new.append(one)
        other["letters"] = (gone, new)
    if refused := [why for each in of_it for why in each.refused]:
        other["refused"] = refused
    return other


def _shown(case: Case, policy: Policy) -> dict[str, Any]:
    """The case as `case show` has it, as far as policies and acts make it."""
    statuses = policy.statuses

    def moment(at: Any) -> str | None:
        return shown_moment(at) if at else None

    return {
        "subject": case.subject,
        "status": statuses.of_case(case).name,
        "phase": case.phase.value,
        "priority": case.priority,
        "type": case.type,
        "requester": case.requester,
        "account": case.account,
        "owner": case.owner,
        "team": case.team,
        "escalated": case.escalation is not None,
        "opened_at": moment(case.opened_at),
        "closed_at": moment(case.closed_at),
        "first_response_at": moment(case.first_response_at),
        "resolved_at": moment(case.resolved_at),
        "reopened": case.reopened,
        "outcome": case.outcome,
        "fields": shown_values(policy.fields, case.fields),
        "due": {"response": moment(case.response_due), "resolution": moment(case.resolution_due)},
    }
