"""The shape of how a policy escalates cases: what starts it, who reviews it, the levels that hear in turn."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from maildesk.config.policy_values import Name, OneSpan, WordList, WordsOrNever, listed
from maildesk.config.section import Section
from maildesk.config.values import Line, Slug
from maildesk.desk.policy.escalation import DEFAULT_ESCALATION_WORDS
from maildesk.desk.policy.escalation_path import DEFAULT_STARTS, Start


class Approval(StrEnum):
    """The word by which a policy asks for approval."""

    REQUIRED = "required"


class PressingSection(Section):
    """The things that an escalation makes of a case."""

    priority: Name | None = Field(
        default=None, description="the priority it has at least, where its type knows that one"
    )


class LevelEntry(Section):
    """One level of the path of escalations."""

    level: Line = Field(
        description="who hears: owner, lead, leadership, a team, or a role of people.leadership"
    )
    within: OneSpan | None = Field(
        default=None,
        description="the next level hears when this is over and nobody of this one wrote or planned;"
        " if left out, when somebody asks",
    )
    then: PressingSection = Field(default=PressingSection(), description="what the case becomes by it")


class EscalationSection(Section):
    """The way in which cases get more attention."""

    words: WordsOrNever = Field(
        default=DEFAULT_ESCALATION_WORDS,
        description="whole words in the customer's new words; never: words do not escalate;"
        " those of the policy's languages if left out",
    )
    refusals: WordList = Field(
        default=(), description="phrases with such a word by which customers ask for none, beside the usual"
    )
    starts: Annotated[tuple[Start, ...], Field(min_length=1), BeforeValidator(listed)] = Field(
        default=DEFAULT_STARTS, description="what escalates a case, beside forms and what then says"
    )
    path: Annotated[tuple[LevelEntry, ...], Field(min_length=1), BeforeValidator(listed)] = Field(
        default=(), description="the levels that hear, one after the other; leadership if left out"
    )
    team: Slug | None = Field(default=None, description="the team that reviews escalations and hears of them")
    acknowledge: OneSpan | None = Field(
        default=None, description="by when somebody of that team has written to the customer"
    )
    approval: Approval | None = Field(
        default=None, description="required: nothing happens before who reviews writes #approve"
    )
    approved: PressingSection = Field(
        default=PressingSection(), description="what the case becomes when it is approved"
    )
    updates: OneSpan | None = Field(
        default=None,
        description="the customer hears from you so often as long as it lasts; team and level hear of a miss",
    )
    afterwards: Line | None = Field(
        default=None,
        description="asked of the team once an escalation is over; answers stay inside and are listed",
    )
