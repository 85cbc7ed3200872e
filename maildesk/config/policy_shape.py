"""The shape of a policy file: every key it may have, and its default."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticKnownError

from maildesk.config.days_off import public_holidays
from maildesk.config.policy_shape_cases import FieldEntry, PromiseEntry, TypeEntry
from maildesk.config.policy_shape_escalation import EscalationSection
from maildesk.config.policy_shape_forms import FormSection
from maildesk.config.policy_shape_rules import RuleEntry, SummaryEntry
from maildesk.config.policy_shape_statuses import OutcomeEntry, QuestionSection, StatusEntry
from maildesk.config.policy_values import (
    Day,
    Hours,
    Languages,
    Lines,
    Name,
    OneSpan,
    Percent,
    ReleaseDay,
    SpanOrNever,
    TextLine,
    WordList,
    listed,
)
from maildesk.config.section import Section
from maildesk.config.values import Count, Line, Slug, ZoneName
from maildesk.desk.policy.policy import LANGUAGES, QUIET, AssignmentMode, FirstLetter
from maildesk.desk.policy.requirements import STATUSES


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

    timezone: ZoneName | None = Field(default=None, description="desk.timezone of config.yaml if left out")
    hours: Hours = Field(description="opening hours per weekday; days not named are closed")
    holidays: HolidaySection | None = Field(default=None, description="public holidays are closed")
    closed: Annotated[tuple[Day, ...], BeforeValidator(listed)] = Field(
        default=(), description="other closed days"
    )
    releases: Annotated[tuple[ReleaseDay, ...], BeforeValidator(listed)] = Field(
        default=(), description="days of your releases; the span release ends when the next of them closes"
    )


class ReceiptTells(StrEnum):
    """The things that the first letter can tell."""

    PRIORITY = "priority"
    MEANING = "meaning"
    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"
    REFERENCE = "reference"


class AcknowledgementSection(Section):
    """The letter that says a case is open."""

    asks: Lines = Field(default=(), description="the information that it asks for where the mail is thin")
    when_under: Count = Field(
        default=FirstLetter().when_under, description="a mail of fewer words than this is thin"
    )
    tells: Annotated[tuple[ReceiptTells, ...], Field(min_length=1), BeforeValidator(listed)] = Field(
        default=tuple(map(ReceiptTells, FirstLetter().tells)),
        description="what it tells",
    )


class Again(StrEnum):
    """The times that somebody may get a letter."""

    NEVER = "never"


class LetterSection(Section):
    """A letter of your own, which an answer or silence lets follow, in its variants."""

    google: Slug | None = Field(
        default=None, description="the letter sent instead to who uses Google Workspace, as their mail shows"
    )
    again: Again | None = Field(default=None, description="never: nobody is sent it twice, on whatever case")


def _section(value: object) -> object:
    """The keys of a letter of one's own; what holds none is a misspelt key of ours."""
    if not isinstance(value, Mapping):
        raise PydanticKnownError("extra_forbidden")
    return value


class LettersSection(Section):
    """Letters that customers get beside those every desk writes.

    Any other key is a letter of your own, by its name: its variants, and whether it comes again.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[LetterSection, BeforeValidator(_section)]]

    @property
    def own(self) -> dict[str, LetterSection]:
        """The letters of the operator's own, by their names."""
        return dict(self.__pydantic_extra__ or {})

    reassigned: bool = Field(default=False, description="true: the customer hears who takes the case over")


class Answering(StrEnum):
    """The fate of a case of the queue that somebody answers."""

    TAKES = "takes"
    LEAVES = "leaves"


class ReopeningSection(Section):
    """The effect of a customer's reply to an ended case."""

    within: OneSpan | None = Field(
        default=None,
        description="a later reply opens a new case, linked to the old one; for ever if left out",
    )
    thanks: WordList = Field(
        default=(), description="words of mere thanks, which change nothing, beside the usual"
    )


class ShippedSection(Section):
    """The effect of a requirement that ships on its cases."""

    status: Name | None = Field(
        default=None, description="the status that they come to; left out they stay where they are"
    )


class RequirementsSection(Section):
    """Requirements, for which many customers' cases may wait."""

    type: Name | None = Field(default=None, description="cases of this type want one")
    team: Slug | None = Field(default=None, description="the team of a new one, unless somebody says another")
    categories: Annotated[tuple[Name, ...], BeforeValidator(listed)] = Field(
        default=(), description="the categories there are; any if left out"
    )
    statuses: Annotated[tuple[Name, ...], Field(min_length=2), BeforeValidator(listed)] = Field(
        default=STATUSES, description="the first is a new one's, the last that of one that has shipped"
    )
    shipped: ShippedSection = Field(
        default=ShippedSection(), description="what becomes of its cases when it ships"
    )


class PolicyFile(Section):
    """The whole policy file."""

    name: TextLine = Field(description="who speaks: what the policy is called")
    languages: Languages = Field(
        default=LANGUAGES, description="languages of letters; the first is the desk's own"
    )
    labels: dict[Line, TextLine] = Field(
        default={}, description="what customers and cards call priority, type, resolution, or a field"
    )
    calendar: CalendarSection = Field(description="when business time passes")
    plans: dict[Name, Lines] = Field(
        default={}, description="each plan and the channels it has; everybody is who has no plan"
    )
    priorities: dict[Name, TextLine] = Field(
        min_length=1, description="each priority and what it means; the most pressing first"
    )
    default_priority: Name = Field(
        description="what a case has when no rule says otherwise; none: until somebody has looked at it"
    )
    promises: Annotated[tuple[PromiseEntry, ...], BeforeValidator(listed)] = Field(
        default=(), description="read from the top: the first row that fits and names a promise has made it"
    )
    types: dict[Name, TypeEntry] = Field(default={}, description="types of cases, and what each means")
    default_type: Name | None = Field(default=None, description="what a case has when no rule says otherwise")
    default_team: Slug | None = Field(
        default=None, description="who hears of a case when no rule says otherwise"
    )
    assignment: dict[Slug, AssignmentMode] = Field(
        default={}, description="per team how its cases come to an agent"
    )
    answering: Answering = Field(
        default=Answering.TAKES, description="whether who answers a case of the queue has it from then on"
    )
    fields: dict[Name, FieldEntry] = Field(
        default={}, description="fields of every case: text, number, date, yes or no, or a list of choices"
    )
    information: dict[Name, TextLine] = Field(
        default={}, description="pieces that you may need, and how you ask for each"
    )
    acknowledgement: AcknowledgementSection = Field(
        default=AcknowledgementSection(), description="the letter that says a case is open"
    )
    statuses: dict[Name, StatusEntry] = Field(
        default={}, description="your states of a case, over the five phases; five plain ones if left out"
    )
    outcomes: dict[Name, OutcomeEntry] = Field(
        default={}, description="how a case ends; solved and no answer if left out"
    )
    questions: dict[Name, QuestionSection] = Field(
        default={}, description="questions with fixed answers; solved, agreed and survey are there already"
    )
    forms: dict[Name, FormSection] = Field(
        default={}, description="forms that customers fill in inside a mail, each about a case of theirs"
    )
    reopening: ReopeningSection = Field(
        default=ReopeningSection(), description="replies to a case that has ended"
    )
    quiet: SpanOrNever = Field(
        default=QUIET, description="the owner hears once of a case that nobody touched for so long; or never"
    )
    availability: Percent | None = Field(
        default=None,
        description="the share of all minutes in which your mailboxes are heard; the help page tells it",
    )
    letters: LettersSection = Field(
        default_factory=lambda: LettersSection.model_validate({}),
        description="letters you may want or not, and variants of your own",
    )
    requirements: RequirementsSection = Field(
        default=RequirementsSection(), description="what many customers' cases may wait for"
    )
    escalation: EscalationSection = Field(
        default=EscalationSection(), description="asking for more attention"
    )
    summaries: Annotated[tuple[SummaryEntry, ...], BeforeValidator(listed)] = Field(
        default=(), description="letters every business day that count cases by a field"
    )
    rules: Annotated[tuple[RuleEntry, ...], BeforeValidator(listed)] = Field(
        default=(), description="in order; the first that sets a thing has set it"
    )
