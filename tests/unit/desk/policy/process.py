"""A support process in full, as a value: four priorities, the customer's word on each ending, silence."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from maildesk.config.days_off import days_off
from maildesk.desk.case.case import Phase
from maildesk.desk.policy.case_types import Priority
from maildesk.desk.policy.policy import AssignmentMode, FirstLetter, Policy
from maildesk.desk.policy.questions import Answer, Outcome, Question
from maildesk.desk.policy.statuses import By, Status, Statuses
from maildesk.desk.policy.then import Then
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.promises.calendar import BusinessCalendar, Window
from maildesk.desk.promises.promised import Promised, PromiseRow
from maildesk.desk.promises.spans import Span

WEEK = ((Window(9 * 60, 18 * 60),),) * 5 + ((), ())
LISBON = BusinessCalendar(ZoneInfo("Europe/Lisbon"), WEEK, days_off((), "PT", None))

_TARGETS = {"Urgent": "12h", "High": "18h", "Normal": "24h", "Low": "48h"}
_MEANINGS = (
    "The application is not functional.",
    "Productivity is affected.",
    "Productivity is minimally affected.",
    "Question or product enhancement request.",
)


def _silent(status: Status) -> Status:
    """A status that two weeks of silence end, after two reminders."""
    remind = (Span.parse("4bd"), Span.parse("7bd"))
    return replace(status, runs=False, remind=remind, after=Span.parse("2w"), then=Then(status="Closed"))


def yes_or_no(name: str, text: str) -> Question:
    """A question to which yes closes a case, and no goes on with it."""
    return Question(
        name,
        text,
        (
            Answer("yes", Then(status="Closed"), WordList(("yes",))),
            Answer("no", Then(status="Open"), WordList(("no",))),
        ),
    )


PROCESS = Policy(
    name="Acme Support",
    calendar=LISBON,
    plans={"Pro": ("email", "chat", "phone"), "everybody": ("email",)},
    priorities=tuple(
        Priority(name, rank, means)
        for rank, (name, means) in enumerate(zip(_TARGETS, _MEANINGS, strict=True), 1)
    ),
    default_priority="Normal",
    promises=tuple(
        PromiseRow({Promised.FIRST_RESPONSE: Span.parse(target)}, priority=(name,))
        for name, target in _TARGETS.items()
    ),
    information={
        "occurred": "When did the issue first occur?",
        "screenshot": "A screenshot, if you can make one",
    },
    first_letter=FirstLetter(asks=("occurred", "screenshot")),
    statuses=Statuses(
        (
            Status("New", Phase.NEW),
            Status("Open", Phase.OPEN),
            _silent(Status("Waiting for you", Phase.WAITING)),
            _silent(Status("Solved", Phase.RESOLVED, ask="solved")),
            Status("Closed", Phase.CLOSED, runs=False, by=(By.CUSTOMER,), ask="survey"),
        )
    ),
    outcomes={
        "solved": Outcome("solved", "You confirmed that a resolution has been reached."),
        "without a solution": Outcome("without a solution", "You agreed to close it.", ask="agreed"),
        "no answer": Outcome("no answer", "We heard nothing over two weeks.", survey=False),
    },
    questions={
        "solved": yes_or_no("solved", "Is it solved?"),
        "agreed": yes_or_no("agreed", "May we close this case without a solution?"),
        "survey": Question(
            "survey",
            "How satisfied are you?",
            tuple(Answer(str(each)) for each in range(1, 6)),
            scale=5,
            comment="What could we do better?",
            once=True,
        ),
    },
    assignment={"support": AssignmentMode.ROUND_ROBIN},
    tells_reassigned=True,
)
"""No flaw is in it."""
