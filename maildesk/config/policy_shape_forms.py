"""The shape of a policy's forms: the lines that a customer fills in inside a mail, and what follows."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from maildesk.config.policy_shape_statuses import FollowsSection
from maildesk.config.policy_values import Name, TextLine
from maildesk.config.problems import WrongValue
from maildesk.config.section import Section
from maildesk.config.values import Line

_REQUIRED = "required"


class FormKindWord(StrEnum):
    """The kinds of line that are one word in the file; a list of choices is the other kind."""

    CASE = "case"
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


def _line(value: Any) -> Any:
    """Read `required case`, a list of choices, `name: meaning` of each, `required:` one of these."""
    if isinstance(value, str):
        words = value.split()
        kind = " ".join(words[1:] if words[:1] == [_REQUIRED] else words)
        known = [each.value for each in FormKindWord]
        if kind not in known:
            raise WrongValue(
                f"{value!r} is no kind of line",
                f"write {', '.join(known)}, required {known[0]}, or [a, list]",
            )
        return {"kind": kind, "required": kind != value}
    if isinstance(value, dict) and not value.keys() <= FormLineSection.model_fields.keys():
        return {"choices": value}
    if isinstance(value, dict) and value.keys() == {_REQUIRED} and not isinstance(value[_REQUIRED], bool):
        return _line(value[_REQUIRED]) | {_REQUIRED: True}
    return {"choices": value} if isinstance(value, list) else value


def _meanings(value: Any) -> Any:
    return dict.fromkeys(map(str, value), "") if isinstance(value, list) else value


def _perhaps(value: Any) -> Any:
    return None if value == "" else value


class FormLineSection(Section):
    """One line of a form: its kind, a list of choices or `name: meaning` of each, or a section."""

    kind: FormKindWord | None = Field(default=None, description="what stands there")
    choices: Annotated[
        dict[Name, Annotated[TextLine | None, BeforeValidator(_perhaps)]], BeforeValidator(_meanings)
    ] = Field(default={}, description="what may stand there, and what each means")
    required: bool = Field(default=False, description="true: nothing happens without it")

    @model_validator(mode="after")
    def _one_kind(self) -> FormLineSection:
        if (self.kind is None) == (not self.choices):
            raise WrongValue("is either a kind or a list of choices", "give kind or choices")
        return self


FormLineEntry = Annotated[FormLineSection, BeforeValidator(_line)]


class FormSection(Section):
    """One form: lines `Name: value` of a mail to its mailbox, or with its subject."""

    mailbox: Line | None = Field(default=None, description="the mailbox to which every mail is this form")
    subject: Line | None = Field(
        default=None, description="a mail whose subject begins with it is this form; its name if left out"
    )
    fields: dict[Name, FormLineEntry] = Field(
        min_length=1,
        description="each line: case, text, date, number or choices; `required` before it: needed",
    )
    then: FollowsSection = Field(default=FollowsSection(), description="what follows once it is filled in")
