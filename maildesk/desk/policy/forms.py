"""Forms that customers fill in inside a mail, as the policy defines them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from maildesk.desk.policy.then import NOTHING, Then


class FormKind(StrEnum):
    """The kinds of a form's line; the value is how the policy file writes them, but for choices."""

    CASE = "case"
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FormField:
    """One line of a form. `choices` have what each means; without a `required` one nothing happens."""

    label: str
    kind: FormKind
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """One form: every mail to its `mailbox`, or whose subject begins with `subject`, is it.

    `then` is what follows once it is filled in.
    """

    name: str
    fields: tuple[FormField, ...]
    subject: str
    mailbox: str = ""
    then: Then = NOTHING

    @property
    def labels(self) -> tuple[str, ...]:
        """The words before the colons."""
        return tuple(each.label for each in self.fields)

    @property
    def needed(self) -> tuple[str, ...]:
        """The labels of the lines without which nothing happens: of its case always."""
        return tuple(each.label for each in self.fields if each.required or each.kind is FormKind.CASE)

    @property
    def of_case(self) -> FormField:
        """The line that names the case which the form is about."""
        return next(each for each in self.fields if each.kind is FormKind.CASE)
