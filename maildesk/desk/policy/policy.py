"""The desk's promises as one value: priorities, promises, business hours, statuses, questions, rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from maildesk.desk.case.told import Phrase, best
from maildesk.desk.policy.case_fields import CaseField
from maildesk.desk.policy.case_types import CaseType, Priority
from maildesk.desk.policy.escalation import EscalationPolicy
from maildesk.desk.policy.escalation_path import EscalationPath
from maildesk.desk.policy.forms import Form
from maildesk.desk.policy.names import named
from maildesk.desk.policy.questions import Outcome, Question
from maildesk.desk.policy.requirements import Requirements
from maildesk.desk.policy.rules import Rule
from maildesk.desk.policy.statuses import DEFAULT_STATUSES, Statuses
from maildesk.desk.policy.summary import Summary
from maildesk.desk.policy.whole_words import Folded, WordList, fold
from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.desk.promises.promised import PromiseRow
from maildesk.desk.promises.spans import Span, SpanKind

LANGUAGES = ("en",)
"""The languages of letters, where the policy does not say."""

EVERYBODY = "everybody"
"""The name in `plans` of those who have none; the facts of a case say "" then."""


class AssignmentMode(StrEnum):
    """The way in which a case of a team comes to one of its agents."""

    NONE = "none"
    ROUND_ROBIN = "round-robin"
    FEWEST_OPEN = "fewest-open"


@dataclass(frozen=True, slots=True)
class FirstLetter:
    """The questions and promises of the first letter. `asks` are pieces of information, asked for in a mail
    of less than `when_under` words where they lack; `tells` are any of priority, meaning, first_response,
    resolution and reference.
    """

    asks: tuple[str, ...] = ()
    when_under: int = 60
    tells: tuple[str, ...] = ("priority", "first_response")


@dataclass(frozen=True, slots=True)
class Reopening:
    """Reopening by a customer's reply: until this long after the closing (None: for ever) it is this case."""

    within: Span | None = None
    thanks: WordList = field(default_factory=WordList)


@dataclass(frozen=True, slots=True)
class LetterVariants:
    """The variants of a letter of the operator's own: `google` is sent instead to who uses Google Workspace.

    `once`: nobody is sent it twice, in whichever of its variants and on whatever case.
    """

    google: str | None = None
    once: bool = False


QUIET = Span(SpanKind.BUSINESS_DAYS, count=5)
"""The time after which the owner hears of a case that nobody touched, where the policy does not say."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The promises of the desk to its customers. All names are as the file spells them, in full.

    `default_priority` of None: nobody has looked yet. `plans` name the channels of each. `labels` are what
    customers and cards call priority, type, resolution or a field. `information` are pieces that we may ask
    for. `answering_takes`: who answers a case of the queue has it. `assignment` is by team; a team that is
    not named keeps its cases in its queue until somebody takes one. `tells_reassigned`: a requester hears
    when somebody else takes their case over. `languages` are those of letters; the first is the desk's own.
    `availability`: in so many of a hundred minutes the desk hears from its mailboxes; None: nothing is
    promised.
    """

    name: str
    calendar: BusinessCalendar
    priorities: tuple[Priority, ...]
    default_priority: str | None
    promises: tuple[PromiseRow, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: Mapping[str, CaseType] = field(default_factory=dict)
    default_type: str | None = None
    default_team: str | None = None
    fields: Mapping[str, CaseField] = field(default_factory=dict)
    information: Mapping[str, str] = field(default_factory=dict)
    first_letter: FirstLetter = FirstLetter()
    statuses: Statuses = DEFAULT_STATUSES
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    summaries: tuple[Summary, ...] = ()
    escalation: EscalationPolicy = field(default_factory=EscalationPolicy)
    escalation_path: EscalationPath = field(default_factory=EscalationPath)
    assignment: Mapping[str, AssignmentMode] = field(default_factory=dict)
    tells_reassigned: bool = False
    letters: Mapping[str, LetterVariants] = field(default_factory=dict)
    languages: tuple[str, ...] = LANGUAGES
    answering_takes: bool = True
    quiet: Span | None = QUIET
    availability: float | None = None
    reopening: Reopening = Reopening()
    requirements: Requirements = field(default_factory=Requirements)
    _plans: Mapping[Folded, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rows = (*(row.plan for row in self.promises), *(rule.when.plan for rule in self.rules))
        told_apart = (*self.plans, *(each for row in rows for each in row))
        object.__setattr__(self, "_plans", {fold(each): each for each in reversed(told_apart)})

    @property
    def vocabulary(self) -> WordList:
        """Every word of the rules that a mail's text is looked through for."""
        return WordList(tuple(dict.fromkeys(word for rule in self.rules for word in rule.when.words.words)))

    @property
    def own_letters(self) -> tuple[str, ...]:
        """The letters of the operator's own that it sends: after answers, forms, silence, and by rules."""
        answers = [answer.then for each in self.questions.values() for answer in each.answers]
        forms, silence = (each.then for each in self.forms.values()), (each.then for each in self.statuses)
        sent = (each.letter for each in (*answers, *forms, *silence))
        ruled = (each.then.letter for each in self.rules)
        variants = (each.google for each in self.letters.values())
        return tuple(dict.fromkeys(filter(None, (*sent, *ruled, *variants))))

    def known_plan(self, plan: str | None) -> str:
        """The plan as far as the policy tells plans apart: the rest, and who has none, have the empty one."""
        return self._plans.get(fold(plan), "") if plan else ""

    def language(self, wanted: str | None) -> str:
        """The language of the policy that is meant by a tag, or comes nearest; empty where none does."""
        return (wanted and best(wanted, self.languages)) or ""

    def priority(self, typed: str) -> Priority:
        """The priority that somebody means; raises NotFound or Ambiguous."""
        known = {each.name: each for each in self.priorities}
        return known[named(known, typed, Phrase("priority"))]

    def remembered(self, name: str) -> Priority:
        """The priority of a case older than the policy, perhaps: one no longer known comes last."""
        known = (each for each in self.priorities if each.name == name)
        return next(known, Priority(name, rank=len(self.priorities) + 1))

    def type(self, typed: str) -> str:
        """The type of case that somebody means, as the policy spells it; raises NotFound or Ambiguous."""
        return named(self.types, typed, Phrase("type"))

    def outcome(self, typed: str) -> Outcome:
        """The outcome that somebody means; raises NotFound or Ambiguous."""
        return self.outcomes[named(self.outcomes, typed, Phrase("outcome"))]

    def field(self, typed: str) -> CaseField:
        """The field of a case that somebody means; raises NotFound or Ambiguous."""
        return self.fields[named(self.fields, typed, Phrase("field"))]

    def meaning(self, priority: str, type_: str | None) -> str:
        """The meaning of a priority, of a case of this type where the type says so."""
        kind = self.types.get(type_ or "")
        return (kind.priorities.get(priority) if kind else None) or self.remembered(priority).means

    def label(self, thing: str) -> str:
        """The word by which customers and cards call priority, type, resolution or a field."""
        return self.labels.get(thing) or thing[:1].upper() + thing[1:]
