"""The actions of commands about an escalation: asked for, approved or declined, and planned for."""

from __future__ import annotations

from maildesk.desk.case.escalation import level_named
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.decisions import escalating, reviewing
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.decisions.command_run import CommandRun, customer_told, sentence
from maildesk.desk.letters.answer_readers import answer_readers, named_readers
from maildesk.desk.policy.named_people import OWNER
from maildesk.errors import MaildeskError


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
    """Keep what is behind it, with what stands below, or share it; a line below it may end the escalation."""
    shares = _shares(value)
    try:
        kept = _keep_plan(run)
        if not shares:
            return Phrase("the plan is kept, for colleagues only") if kept else ""
        run.carry(reviewing.share_plan(run.case, run.hand))
    except MaildeskError:
        if not shares:
            run.words.back = "\n".join(filter(None, (run.words.back, value)))
        raise
    return Phrase(
        "the plan goes to {readers}", readers=named_readers(answer_readers(run.case, run.desk.people))
    )


def _keep_plan(run: CommandRun) -> bool:
    """Keep the plan of the mail, once: what stands behind each #plan, and below; False where it is kept."""
    said = run.s.heard.said
    lines = [line for line in said.lines if line.command and line.command.word == "plan"]
    behind = [line.value for line in lines if not _shares(line.value)]
    if run.words.planned or not behind:
        return False
    run.carry(reviewing.plan(run.case, run.hand, "\n".join(filter(None, (*behind, said.words)))))
    run.words.planned = True
    return True


def _shares(value: str) -> bool:
    return " ".join(value.split()).casefold() == "share"
