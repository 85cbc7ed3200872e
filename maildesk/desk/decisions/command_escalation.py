"""The actions of commands about an escalation: asked for, approved or declined, and planned for."""

from __future__ import annotations

from maildesk.desk.case.escalation import level_named
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.decisions import escalating, reviewing
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.decisions.command_run import CommandRun, customer_told, sentence
from maildesk.desk.policy.named_people import OWNER


def escalate(run: CommandRun, value: str) -> str:
    before = run.case.escalation
    change = escalating.escalate(run.case, run.desk, run.hand, why=sentence(value))
    run.carry(change)
    active = run.case.escalation
    assert active is not None  # it is escalated now
    who = _told_last(run)
    if before and before.level == active.level:
        if not change.letters:
            return Phrase("it was escalated before; noted again")
        return Phrase("it was escalated before; noted again, and {who} is told", who=who)
    if active.asked:
        return Phrase("it waits until {who} approves; the customer is told", who=level_named(active.to))
    return Phrase("{who} is told" if before else "{who} and the customer are told", who=who)


def approve(run: CommandRun, value: str) -> str:
    run.carry(reviewing.approve(run.case, run.desk, run.hand))
    return Phrase("the escalation is approved; {who} and the customer are told", who=_told_last(run))


def _told_last(run: CommandRun) -> str:
    """Name who was told of the escalation last, as people call them: the owner by name, else their team."""
    case = run.case
    assert case.escalation is not None  # asked for by who calls
    if case.escalation.to != OWNER:
        return level_named(case.escalation.to)
    return name_of(case.owner, run.desk.people) if case.owner else Phrase("its team")


def decline(run: CommandRun, value: str) -> str:
    """The reason may stand below, where it goes to the customer as any answer."""
    below = run.s.heard.said.words if not value else ""
    run.carry(reviewing.decline(run.case, run.desk, run.hand, value or below, said=bool(value)))
    return Joined("", (Phrase("the escalation is declined"), customer_told(run)))


def plan(run: CommandRun, value: str) -> str:
    """Keep what is behind it; what stands below belongs to it, so that it is planned with these words."""
    reviewing.lasting(run.case)
    if " ".join(value.split()).casefold() == "share":
        run.words.shares = True
    else:
        run.words.plan = "\n".join(filter(None, (run.words.plan, value)))
    return ""
