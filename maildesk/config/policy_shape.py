"""The shape of a policy file: every key it may have, and its default."""

from __future__ import annotations

from pydantic import Field, model_validator

from maildesk.config.days_off import public_holidays
from maildesk.config.policy_values import Addresses, Day, Domains, Hours, Lines, Promise, Warned, WordList
from maildesk.config.settings import Section
from maildesk.config.values import EmailAddress, Line, Slug, ZoneName
from maildesk.desk.case.case import Phase
from maildesk.desk.policy.escalation import DEFAULT_ESCALATION_WORDS
from maildesk.desk.policy.policy import AssignmentMode, WarnBefore
from maildesk.desk.policy.rules import RequesterFrom


class HolidaySection(Section):
    """The country whose public holidays are free."""

    country: str = Field(description="two letters, such as PT")
    region: str | None = Field(default=None, description="a region of that country with holidays of its own")

    @model_validator(mode="after")
    def _known(self) -> HolidaySection:
        public_holidays(self.country, self.region)
        return self


class CalendarSection(Section):
    """The hours in which business time passes."""

    timezone: ZoneName | None = Field(default=None, description="desk.timezone if left out")
    hours: Hours = Field(description="opening hours per weekday; days not named are closed")
    holidays: HolidaySection | None = Field(default=None, description="public holidays are closed")
    closed: tuple[Day, ...] = Field(default=(), description="other closed days")


class PriorityEntry(Section):
    """One level of urgency; the list begins with the most pressing."""

    name: Slug = Field(description="what commands call it")
    means: Line | None = Field(default=None, description="what customers read about it")
    first_response: Promise | None = Field(default=None, description="business time until the first answer")
    resolution: Promise | None = Field(default=None, description="business time until it is resolved")
    warn_before: Warned = Field(
        default=WarnBefore(), description="agents hear so long before the first answer is due"
    )


class WhenSection(Section):
    """The conditions of a rule on a mail: everything that is given must hold, each by any of its entries."""

    sender: Addresses = Field(default=(), description="who wrote")
    domain: Domains = Field(default=(), description="the domain of who wrote")
    account: Lines = Field(default=(), description="the account of who wrote")
    plan: Lines = Field(default=(), description="the plan of that account")
    mailbox: Lines = Field(default=(), description="the mailbox the mail came to")
    subject: WordList = Field(default=(), description="whole words in the subject")
    words: WordList = Field(default=(), description="whole words in the subject or in the new text")
    spam: bool | None = Field(
        default=None, description="true: a server on its way called it spam (X-Spam-Flag and the like)"
    )


class ThenSection(Section):
    """The decisions of a rule, where no earlier rule has decided."""

    priority: Slug | None = Field(default=None, description="one of the priorities")
    team: Slug | None = Field(default=None, description="one of people.teams")
    type: Slug | None = Field(default=None, description="one of the types")
    owner: EmailAddress | None = Field(default=None, description="the address of an agent")
    requester: RequesterFrom | None = Field(default=None, description="reply-to: the sender is a web form")


class RuleEntry(Section):
    """One rule."""

    name: Line = Field(description="what the case's history calls it")
    when: WhenSection = Field(description="what must hold")
    then: ThenSection = Field(description="what follows")


class LettersSection(Section):
    """Letters that customers get beside those every desk writes."""

    reassigned: bool = Field(default=False, description="true: the customer hears who takes the case over")


class EscalationSection(Section):
    """The way in which customers ask for more attention."""

    words: WordList = Field(
        default=DEFAULT_ESCALATION_WORDS, description="whole words in the customer's new words"
    )
    refusals: WordList = Field(
        default=(), description="phrases with such a word by which customers ask for none, beside the usual"
    )


class PolicyFile(Section):
    """The whole policy file."""

    name: Line = Field(description="what the policy is called")
    calendar: CalendarSection = Field(description="when business time passes")
    priorities: tuple[PriorityEntry, ...] = Field(min_length=1, description="most pressing first")
    default_priority: Slug = Field(description="what a case has when no rule says otherwise")
    types: dict[Slug, Line] = Field(default={}, description="types of cases, and what each means")
    default_type: Slug | None = Field(default=None, description="what a case has when no rule says otherwise")
    default_team: Slug | None = Field(
        default=None, description="who hears of a case when no rule says otherwise"
    )
    assignment: dict[Slug, AssignmentMode] = Field(
        default={}, description="per team how its cases come to an agent: none, round-robin, fewest-open"
    )
    letters: LettersSection = Field(default=LettersSection(), description="letters you may want or not")
    rules: tuple[RuleEntry, ...] = Field(
        default=(), description="in order; the first that sets a thing has set it"
    )
    escalation: EscalationSection = Field(
        default=EscalationSection(), description="asking for more attention"
    )
    statuses: dict[Phase, Line] = Field(default={}, description="your own names for the five phases")
