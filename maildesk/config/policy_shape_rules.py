"""The shape of a policy's rules: what is asked about a mail, and what follows."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from maildesk.config.policy_values import (
    Addresses,
    Domains,
    FieldValue,
    FieldValues,
    Lines,
    Name,
    TimeOfDay,
    WordList,
)
from maildesk.config.section import Section
from maildesk.config.values import EmailAddress, Line, Slug
from maildesk.desk.policy.rules import RequesterFrom


class WhenSection(Section):
    """The conditions of a rule on a mail: everything that is given must hold, each by any of its entries.

    Any other key is a field of the case or of the account: a value, some of them, or `10+` for a number.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, FieldValues]

    sender: Addresses = Field(default=(), description="who wrote")
    domain: Domains = Field(default=(), description="the domain of who wrote")
    account: Lines = Field(default=(), description="the account of who wrote")
    plan: Lines = Field(default=(), description="the plan of that account; everybody is who has none")
    mailbox: Lines = Field(default=(), description="the mailbox the mail came to")
    subject: WordList = Field(default=(), description="whole words in the subject")
    words: WordList = Field(default=(), description="whole words in the subject or in the new text")
    spam: bool | None = Field(
        default=None, description="true: a server on its way called it spam (X-Spam-Flag and the like)"
    )
    google: bool | None = Field(
        default=None, description="true: the mail shows that who wrote it uses Google Workspace"
    )
    type: Lines = Field(default=(), description="the type, as rules above have decided it")
    priority: Lines = Field(default=(), description="the priority, as rules above have decided it")
    language: Lines = Field(default=(), description="the language of the account, or of the mail: pt-BR")

    @property
    def fields(self) -> dict[str, tuple[str, ...]]:
        """The fields asked for, as the file spells them."""
        return dict(self.__pydantic_extra__ or {})


class CaseWhenSection(Section):
    """The conditions of a summary on a case as it is then: all that is given must hold, each by any entry.

    Any other key is a field of the case or of the account: a value, some of them, or `10+` for a number.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, FieldValues]

    account: Lines = Field(default=(), description="the account of the customer")
    plan: Lines = Field(default=(), description="the plan of that account; everybody is who has none")
    type: Lines = Field(default=(), description="the type")
    priority: Lines = Field(default=(), description="the priority")

    @property
    def fields(self) -> dict[str, tuple[str, ...]]:
        """The fields asked for, as the file spells them."""
        return dict(self.__pydantic_extra__ or {})


_ANY_CASE = CaseWhenSection.model_validate({})


class SummaryEntry(Section):
    """One summary: a letter every business day that counts cases by a field of theirs."""

    name: Line = Field(description="what the letter is called")
    at: TimeOfDay = Field(description='the time of day at which it is written: "18:00"')
    tells: Lines = Field(description="who reads it: lead (of every team), leadership, a team")
    counts: Name = Field(description="the field by whose values it counts; cases without one are not counted")
    when: CaseWhenSection = Field(
        default_factory=lambda: CaseWhenSection.model_validate({}), description="which cases; all if left out"
    )


class ThenSection(Section):
    """The decisions of a rule, where no earlier rule has decided. Any other key is a field of the case."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, FieldValue]

    priority: Name | None = Field(default=None, description="one of the priorities")
    team: Slug | None = Field(default=None, description="one of people.teams")
    type: Name | None = Field(default=None, description="one of the types")
    owner: EmailAddress | None = Field(default=None, description="the address of an agent")
    requester: RequesterFrom | None = Field(default=None, description="reply-to: the sender is a web form")
    status: Name | None = Field(default=None, description="the status in which the case begins")
    note: Line | None = Field(default=None, description="kept inside, for the desk's people")
    tell: Lines = Field(default=(), description="who hears beside the usual: a team, lead, leadership, owner")
    escalate: bool = Field(default=False, description="true: the case is escalated as it opens")
    outcome: Name | None = Field(default=None, description="the outcome with which it ends at once")
    ask: Name | None = Field(default=None, description="the question that stands in the receipt")
    letter: Slug | None = Field(
        default=None, description="a letter of your own beside the receipt: NAME.txt of your templates"
    )

    @property
    def fields(self) -> dict[str, str]:
        """The fields set, as the file spells them."""
        return dict(self.__pydantic_extra__ or {})


class RuleEntry(Section):
    """One rule."""

    name: Line = Field(description="what the case's history calls it")
    when: WhenSection = Field(description="what must hold")
    then: ThenSection = Field(description="what follows")
