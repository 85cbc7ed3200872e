"""The words of an agent's mail that are a plan: kept inside, and shared where a line says so."""

from __future__ import annotations

from maildesk.desk.case.told import Joined, Phrase, problem_told
from maildesk.desk.decisions import reviewing
from maildesk.desk.decisions.command_run import CommandRun
from maildesk.desk.letters.answer_readers import answer_readers, named_readers
from maildesk.errors import MaildeskError


def keep_plan(run: CommandRun, below: str) -> str:
    """Keep the plan, of what stands behind #plan and `below` it, and share it; the words that are left."""
    try:
        if run.words.plan is not None:
            planned, below = "\n".join(filter(None, (run.words.plan, below))), ""
            run.carry(reviewing.plan(run.case, run.hand, planned))
            run.transcript.done.append(Phrase("the plan is kept, for colleagues only"))
        if run.words.shares:
            run.carry(reviewing.share_plan(run.case, run.hand))
            readers = named_readers(answer_readers(run.case, run.desk.people))
            run.transcript.done.append(Phrase("the plan goes to {readers}", readers=readers))
    except MaildeskError as problem:
        run.transcript.undone.append(Joined(": ", ("#plan", problem_told(problem))))
    return "\n".join(filter(None, (run.words.first, below)))
