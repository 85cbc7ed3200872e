"""The actions of commands that ask a question of the policy, and that answer one inside."""

from __future__ import annotations

from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.decisions.command_run import CommandRun
from maildesk.desk.decisions.inside_answers import answer_inside
from maildesk.desk.decisions.step_questions import ask_question, question_called
from maildesk.desk.policy.usual_questions import answer_named


def question(run: CommandRun, value: str) -> str:
    asks = question_called(run.desk.policy, value)
    run.carry(ask_question(run.case, run.desk, run.hand, asks))
    asked = run.case.asked
    if asked and asked.inside:
        return Phrase("{question}: asked inside", question=asks.name)
    said = "{question}: asked of {who}; it waits for the customer"
    return Phrase(said, question=asks.name, who=run.case.requester)


def answer(run: CommandRun, value: str) -> str:
    change = answer_inside(run.case, run.desk, run.hand, value)
    run.carry(change)
    return came_of(change)


def came_of(change: Change) -> str:
    """Say what an answer inside led to."""
    given = next(each.data for each in change.events if each.kind is EventKind.QUESTION_ANSWERED)
    said = Joined(": ", (str(given["question"]), answer_named(str(given["answer"]))))
    asked = [each.data["question"] for each in change.events if each.kind is EventKind.QUESTION_ASKED]
    found = [
        Phrase(
            "{field} is {value} now",
            field=str(each.data["field"]),
            value=each.data["new"] or Phrase("nothing"),
        )
        for each in change.events
        if each.kind is EventKind.FIELD_SET
    ]
    now = (Phrase("now asked: {question}", question=each) for each in asked)
    return Joined("; ", (said, *now, *found))
