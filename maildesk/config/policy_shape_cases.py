"""The shape of what a policy says cases are: types, promises, fields."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from maildesk.config.policy_values import Lines, Name, SpanOrNever, TextLine, Warned, listed, meaning
from maildesk.config.problems import WrongValue
from maildesk.config.section import Section
from maildesk.config.values import Line, Slug
from maildesk.desk.promises.promised import WarnBefore


class QueuePlace(StrEnum):
    """The place of a type's cases in the queue."""

    IN_ORDER = "in order"
    AFTER_OTHERS = "after others"


class TypeSection(Section):
    """One kind of case: a line of meaning, or what else is particular to it."""

    means: TextLine | None = Field(default=None, description="what customers read about it")
    status: Name | None = Field(
        default=None, description="the status in which its cases begin; the first new one if left out"
    )
    team: Slug | None = Field(
        default=None, description="the team whose cases they are; default_team if left out"
    )
    priorities: dict[Name, TextLine] = Field(
        default={}, description="the priorities it knows, and what each means here; all of them if left out"
    )
    queue: QueuePlace = Field(default=QueuePlace.IN_ORDER, description="the place of its cases in the queue")


class FirstAnswerTells(StrEnum):
    """The things that a first answer may have to say."""

    PRIORITY = "priority"
    RESOLUTION = "resolution"


class PromiseEntry(Section):
    """One row of promises: for which cases, and by when. It asks for any of each list that is given."""

    plan: Lines = Field(default=(), description="plans; everybody is who has none")
    type: Lines = Field(default=(), description="types of case")
    priority: Lines = Field(default=(), description="priorities")
    account: Lines = Field(default=(), description="accounts of config.yaml")
    first_response: SpanOrNever = Field(default=None, description="until a person answers the first mail")
    next_response: SpanOrNever = Field(default=None, description="until a person answers a later mail")
    update: SpanOrNever = Field(default=None, description="so often a person writes until the case is solved")
    resolution: SpanOrNever = Field(default=None, description="until the case is solved")
    warn_before: Warned = Field(
        default=WarnBefore(), description="people hear so long before it is due: 10%, 30m, 1h or never"
    )
    tells: Annotated[
        tuple[FirstAnswerTells, ...],
        BeforeValidator(listed),
    ] = Field(default=(), description="what the first answer must tell to count as one")


class FieldKindWord(StrEnum):
    """The kinds of field that are one word in the file; a list of choices is the other kind."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_OR_NO = "yes or no"


def _field(value: Any) -> Any:
    if isinstance(value, str):
        known = [each.value for each in FieldKindWord]
        if value not in known:
            raise WrongValue(f"{value!r} is no kind of field", f"write {', '.join(known)}, or [a, list]")
        return {"kind": value}
    return {"choices": value} if isinstance(value, list) else value


class FieldSection(Section):
    """One field of every case: its kind, a list of choices, or a section."""

    kind: FieldKindWord | None = Field(default=None, description="what it holds")
    choices: Lines = Field(default=(), description="what it may be; the first is what it is by itself")
    keeps: Literal["last"] | None = Field(
        default=None, description="last: a value only moves down the list of choices"
    )
    note: Line | None = Field(default=None, description="the choice that wants a note")

    @model_validator(mode="after")
    def _one_kind(self) -> FieldSection:
        if (self.kind is None) == (not self.choices):
            raise WrongValue("is either a kind or a list of choices", "give kind or choices")
        if not self.choices and (self.keeps or self.note):
            raise WrongValue("keeps and note are about choices", "give choices, or take them out")
        return self


TypeEntry = Annotated[TypeSection, BeforeValidator(meaning)]
FieldEntry = Annotated[FieldSection, BeforeValidator(_field)]
