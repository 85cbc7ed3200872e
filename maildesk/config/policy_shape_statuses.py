"""The shape of how a policy lets cases go on and end: statuses, questions, outcomes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from maildesk.config.policy_values import (
    Lines,
    Name,
    OneSpan,
    SpanList,
    TextLine,
    WordList,
    answers_by_name,
    is_text,
    listed,
    meaning,
)
from maildesk.config.problems import WrongValue
from maildesk.config.section import Section
from maildesk.config.values import Slug
from maildesk.desk.case.case import Phase
from maildesk.desk.policy.statuses import By


class StatusClock(StrEnum):
    """The effect of a status on the time of resolution and update."""

    RUNS = "runs"
    STOPS = "stops"


class FollowsSection(Section):
    """The things that follow an answer, or silence."""

    status: Name | None = Field(default=None, description="the status into which the case goes")
    outcome: Name | None = Field(default=None, description="the outcome it has")
    letter: Slug | None = Field(default=None, description="a letter of your own: NAME.txt of your templates")
    ask: Name | None = Field(default=None, description="the question that is asked then")
    escalate: bool = Field(default=False, description="true: the case is escalated")


class AnswerSection(FollowsSection):
    """An answer, and what follows it."""

    says: TextLine | None = Field(default=None, description="what customers read, where not its name")


class StatusSection(Section):
    """One status: your own name for a state of a case."""

    phase: Phase = Field(description="what the program takes it for")
    means: TextLine | None = Field(default=None, description="what customers read about it")
    clock: StatusClock | None = Field(
        default=None,
        description="the time of resolution and update; if left out, it runs in phases new and open",
    )
    by: Annotated[tuple[By, ...], Field(min_length=1), BeforeValidator(listed)] = Field(
        default=(By.AGENTS,),
        description="who may move a case here, beside time and rules",
    )
    next: Lines | None = Field(default=None, description="the statuses that may follow; any if left out")
    tells: Lines = Field(
        default=(),
        description="who hears when a case comes here: customer, owner, team, lead, leadership, a team",
    )
    ask: Name | None = Field(default=None, description="the question that the customer is asked on entry")
    remind: SpanList = Field(
        default=(), description="the customer is reminded so long after our last words to them, once for each"
    )
    after: OneSpan | None = Field(
        default=None,
        description="after so much silence, what then says follows; after an outage a business day later",
    )
    then: FollowsSection = Field(default=FollowsSection(), description="what follows the silence")
    reply: Name | None = Field(
        default=None,
        description="where a customer's reply leads: a status, or stays; if left out, to the status before"
        " (waiting) or the first open one (resolved, closed)",
    )


class StepSection(Section):
    """One step: the question as customers read it, or one for the desk's own people."""

    text: TextLine | None = Field(default=None, description="asked of the customer")
    team: TextLine | None = Field(
        default=None, description="asked of the case's owner, else of its team; the answer stays inside"
    )

    @model_validator(mode="after")
    def _one(self) -> StepSection:
        if (self.text is None) is (self.team is None):
            raise WrongValue("asks nobody, or two", "write the question, or {team: the question}")
        return self


def _step(value: Any) -> Any:
    return {"text": value} if value and (not isinstance(value, dict) or is_text(value)) else value


StepEntry = Annotated[StepSection, BeforeValidator(_step)]


class QuestionSection(Section):
    """One question with fixed answers; solved, agreed and survey are there without being named."""

    text: TextLine | None = Field(default=None, description="the question, as customers read it")
    answers: Annotated[dict[Name, AnswerSection], BeforeValidator(answers_by_name)] = Field(
        default={}, description="each answer's name, and what follows it; or a list of names"
    )
    scale: int | None = Field(default=None, ge=2, le=10, description="the answers are 1 to this number")
    comment: TextLine | None = Field(default=None, description="what is asked for in words beside the answer")
    again: bool | None = Field(
        default=None,
        description="false: asked once in a case; true: once in each stay in a status;"
        " only survey is false if left out",
    )
    words: dict[Name, WordList] = Field(
        default={}, description="for an answer, whole words of a customer that say it, beside its name"
    )
    steps: dict[Name, StepEntry] = Field(
        default={},
        description="asked one after the other, by #question or as an ask: each with these answers,"
        " yes, no and cannot try if left out; a line is asked of the customer, {team: a line} inside",
    )
    stops_at: Name | None = Field(
        default=None,
        alias="stops at",
        description="the answer that ends the steps: what was found has that step's name; no if left out",
    )
    sets: Name | None = Field(default=None, description="the field that has what was found")


class OutcomeSection(Section):
    """One way in which a case ends: a line of meaning, or what else is particular to it."""

    means: TextLine | None = Field(default=None, description="what customers read about it")
    ask: Name | None = Field(
        default=None, description="the question to which the customer must say yes first"
    )
    status: Name | None = Field(
        default=None, description="where a case with it goes; the first resolved status if left out"
    )
    survey: bool = Field(default=True, description="false: the customer is not asked the survey")


def _status(value: Any) -> Any:
    if isinstance(value, str):
        phases = ", ".join(Phase)
        raise WrongValue("is no line of text", f"say which phase it has: {{phase: waiting}}; one of {phases}")
    return value


StatusEntry = Annotated[StatusSection, BeforeValidator(_status)]
OutcomeEntry = Annotated[OutcomeSection, BeforeValidator(meaning)]
