"""Differences between two replays of one history: through the policy of today, and through another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.policy import Policy
from maildesk.simulating.facts import Facts


class Difference(StrEnum):
    """The kinds of thing that would have been different, in the order in which they are told."""

    UNOPENED = "unopened"
    PRIORITY = "priority"
    CLOSING = "closing"
    SILENCE = "silence"
    UNREOPENED = "unreopened"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    UNESCALATED = "unescalated"
    MISSED = "missed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Found:
    """One difference of one case. `sort` groups them: the rule, the answer, the reason."""

    kind: Difference
    ref: str
    at: datetime | None = None
    sort: str = ""
    detail: str = ""
    later: datetime | None = None


def differences(ref: str, now: Facts, then: Facts, policy: Policy) -> Iterator[Found]:
    """Everything that is otherwise by `then`, the facts under `policy`, than by those of today's."""
    if now.opened and not then.opened:
        yield Found(Difference.UNOPENED, ref, detail=then.unopened)
    if not then.opened:
        return
    if comparable(then.priority) != comparable(now.priority):
        detail = f"{then.priority or 'none'} instead of {now.priority or 'none'}"
        yield Found(Difference.PRIORITY, ref, sort=_rule_of(then, policy), detail=detail)
    yield from _closings(ref, now, then)
    silent_now = {at for at, _ in now.silences}
    for at, later in then.silences:
        if at not in silent_now:
            yield Found(Difference.SILENCE, ref, at, later=later)
    yield from _replies(ref, now, then)
    if then.escalated_at:
        sort = "" if now.escalated_at else "new"
        yield Found(Difference.ESCALATED, ref, then.escalated_at, sort, then.escalated_by)
    elif now.escalated_at:
        yield Found(Difference.UNESCALATED, ref, now.escalated_at, detail=now.escalated_by)
    yield from _missed(ref, then)
    for step, reasons in then.refused.items():
        if step not in now.refused:
            for why in reasons:
                yield Found(Difference.REFUSED, ref, sort=_without(ref, why), detail=why)


def _rule_of(facts: Facts, policy: Policy) -> str:
    """The rule that set the priority; empty where it is the policy's default or the type's."""
    because = f", {facts.rules}, "
    applied = (each for each in policy.rules if each.then.priority and f", {each.name}, " in because)
    return next((each.name for each in applied), "")


def _closings(ref: str, now: Facts, then: Facts) -> Iterator[Found]:
    for step in sorted(now.closed_by_agent - then.closed_by_agent):
        phase = then.after_acts.get(step)
        if phase and step not in then.refused:
            yield Found(Difference.CLOSING, ref, sort=phase.value)


def _replies(ref: str, now: Facts, then: Facts) -> Iterator[Found]:
    for step, reply in then.replies.items():
        before = now.replies.get(step)
        if before is None:
            continue
        if before.verdict is Verdict.REOPENED and reply.verdict is Verdict.APPENDED and reply.ended:
            sort = "thanks" if reply.thanks else "answer" if reply.answer else "other"
            yield Found(Difference.UNREOPENED, ref, reply.at, sort, reply.answer)
        if reply.verdict is Verdict.REOPENED and before.verdict is not Verdict.REOPENED:
            yield Found(Difference.REOPENED, ref, reply.at)


def _missed(ref: str, then: Facts) -> Iterator[Found]:
    promise = then.first_response
    if promise and promise.over is not None:
        yield Found(Difference.MISSED, ref, promise.due, promise.priority, later=promise.answered_at)


def _without(ref: str, why: str) -> str:
    """The reason without the case's name, so that those of several are one."""
    return why.replace(f"case {ref}", "the case").replace(ref, "it")
