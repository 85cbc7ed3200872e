"""The laws between the keys of a policy file, and between it and the configuration that uses it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from maildesk.config import policy_ways
from maildesk.config.policy_escalation import ESCALATION_LAWS, escalation_words
from maildesk.config.policy_fields import FIELD_LAWS
from maildesk.config.policy_forms import FORM_LAWS
from maildesk.config.policy_languages import LANGUAGE_LAWS
from maildesk.config.policy_names import NAME_LAWS, NOBODY_LOOKED, Named, Names, twins, used
from maildesk.config.policy_shape import PolicyFile
from maildesk.config.policy_shape_rules import ThenSection, WhenSection
from maildesk.config.policy_steps import STEP_LAWS
from maildesk.config.policy_summaries import READERS, SUMMARY_LAWS
from maildesk.config.policy_values import week
from maildesk.config.validating import BrokenLaw, Law
from maildesk.config.yaml_file import Location
from maildesk.desk.case.case import Phase
from maildesk.desk.policy.case_fields import EMAIL, SOURCE
from maildesk.desk.policy.escalation import EscalationPolicy
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.statuses import STAYS, By
from maildesk.desk.policy.suggestions import suggestion
from maildesk.desk.policy.usual_questions import LEADS, USUAL_QUESTIONS, YES_OR_NO
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.promises.promised import Promised
from maildesk.desk.promises.spans import Span, SpanKind
from maildesk.errors import Ambiguous, NotFound
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses, folded


@dataclass(frozen=True, slots=True)
class NamedInConfig:
    """The names in the configuration, of which a policy may therefore speak.

    Accounts, their fields and plans come and go with customers: a rule may wait for one that nobody has yet.
    `letters` are the operator's own, `roles` those of leadership, `channels` what mailboxes are for, by name.
    """

    teams: frozenset[str] = frozenset()
    agents: Addresses = NO_ADDRESSES
    mailboxes: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    channels: Mapping[str, str] = field(default_factory=dict)


Broken = Callable[[PolicyFile], Iterator[BrokenLaw]]

PARTS = frozenset({"owner", "team", "lead", "leadership"})
"""The parts that somebody of the desk has in a case."""

AUDIENCES = frozenset({"customer", "owner", "team", "lead", "leadership"})
"""The people who may hear of a status or a rule, beside a team by its name."""


# --- what must hold between keys ------------------------------------------------------------------


def _reserved(file: PolicyFile) -> Iterator[BrokenLaw]:
    """Words that stand instead of a name, and keys of rules that stand beside fields, are no names."""
    taken = {
        Named.PRIORITY: {NOBODY_LOOKED},
        Named.STATUS: {STAYS},
        Named.FIELD: {*WhenSection.model_fields, *ThenSection.model_fields},
    }
    for what, words in taken.items():
        for name in getattr(file, what.section):
            if name in words:
                message = f"{name} means something else where a {what} is named"
                yield BrokenLaw((what.section, name), message, "choose another name")


def _scales(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A type that knows some priorities gets no other: not by itself, and by no rule about it."""
    names = Names(file)
    scales = {name: names.every(Named.PRIORITY, section.priorities) for name, section in file.types.items()}

    def known(where: Location, kind: str | None, priority: str | None) -> Iterator[BrokenLaw]:
        scale = scales[names.full(Named.TYPE, kind)] if kind else ()
        if scale and priority and names.full(Named.PRIORITY, priority) not in scale:
            yield BrokenLaw(where, f"{kind} knows no priority {priority}", f"it knows {', '.join(scale)}")

    if file.default_priority != NOBODY_LOOKED:
        yield from known(("default_priority",), file.default_type, file.default_priority)
    for at, rule in enumerate(file.rules):
        for kind in (rule.then.type,) if rule.then.type else rule.when.type:
            yield from known(("rules", at, "then", "priority"), kind, rule.then.priority)


def _known_names(law: Broken) -> Broken:
    """The law, not asked where a name means nothing: that is told by itself."""

    def broken(file: PolicyFile) -> Iterator[BrokenLaw]:
        with suppress(NotFound, Ambiguous):
            yield from law(file)

    return broken


def _promises(file: PolicyFile) -> Iterator[BrokenLaw]:
    for at, row in enumerate(file.promises):
        if not row.model_fields_set.intersection(Promised):
            yield BrokenLaw(("promises", at), "promises nothing", f"give one of {', '.join(Promised)}")


_SPANS = (
    *(f"promises.*.{each}" for each in Promised),
    "statuses.*.remind.*",
    "statuses.*.after",
    "reopening.within",
    "quiet",
    "escalation.path.*.within",
    "escalation.acknowledge",
    "escalation.updates",
)


def _releases(file: PolicyFile) -> Iterator[BrokenLaw]:
    if file.calendar.releases:
        return
    for path in _SPANS:
        for location, span in used(file, path):
            if isinstance(span, Span) and span.kind is SpanKind.RELEASES:
                remedy = "name their days as calendar.releases"
                yield BrokenLaw(location, "the calendar has no releases", remedy)


def _hardly_open(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A span is over within two years in these opening hours too: their days are counted one by one."""
    days = week(file.calendar.hours)
    open_days = sum(map(bool, days))
    hours = sum((timedelta(minutes=each.closes - each.opens) for day in days for each in day), timedelta(0))
    for path in _SPANS:
        for location, span in used(file, path):
            weeks = {SpanKind.BUSINESS: span.time / hours, SpanKind.BUSINESS_DAYS: span.count / open_days}
            if weeks.get(span.kind, 0) > _TWO_YEARS:
                remedy = "write less, or days such as 30d"
                yield BrokenLaw(location, f"the open hours of {span} take longer than two years", remedy)


_TWO_YEARS = 104
"""In weeks."""


def _phases(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A policy names all its statuses or none: five plain ones among others would surprise everybody."""
    if not file.statuses:
        return
    there = {section.phase for section in file.statuses.values()}
    for phase in Phase:
        if phase not in there:
            remedy = f"add one, such as `{phase.capitalize()}: {{phase: {phase}}}`"
            yield BrokenLaw(("statuses",), f"none has the phase {phase}", remedy)


def _customers_statuses(file: PolicyFile) -> Iterator[BrokenLaw]:
    """Into a status that only the customer may choose, some question leads."""
    chosen = set(_answered(file))
    for name, section in file.statuses.items():
        if section.by == (By.CUSTOMER,) and name not in chosen:
            remedy = "let an answer of a question have this status, or let others in"
            yield BrokenLaw(("statuses", name, "by"), "no answer of a question leads here", remedy)


def _answered(file: PolicyFile) -> Iterator[str]:
    """The statuses to which answers lead."""
    for _, status in used(file, "questions.*.answers.*.status"):
        yield Names(file).full(Named.STATUS, status)
    for question in YES_OR_NO:
        own = file.questions.get(question)
        for phase in () if own and own.answers else LEADS.values():
            yield from itertools.islice(
                (name for name, each in file.statuses.items() if each.phase is phase), 1
            )


def _questions(file: PolicyFile) -> Iterator[BrokenLaw]:
    for name, section in file.questions.items():
        yield from twins(("questions", name, "answers"), "answer", section.answers)
        usual = USUAL_QUESTIONS.get(name)
        answers = set(section.answers) or {each.name for each in (usual.answers if usual else ())}
        if section.steps:
            continue  # told apart (policy_steps)
        if not usual and not section.text:
            yield BrokenLaw(("questions", name, "text"), "is missing", "write the question")
        if not answers and not section.scale:
            remedy = "list them, such as answers: [yes, no], or give scale: 5"
            yield BrokenLaw(("questions", name, "answers"), "is missing", remedy)
        if section.answers and section.scale:
            yield BrokenLaw(("questions", name, "scale"), "has answers already", "keep scale or answers")
        for answer in section.words:
            if answer not in answers and not section.scale:
                there = ", ".join(sorted(answers))
                yield BrokenLaw(("questions", name, "words", answer), "is no answer", f"there is {there}")


def _requirements(file: PolicyFile) -> Iterator[BrokenLaw]:
    """Its categories and statuses are told apart by who types them."""
    section = file.requirements
    yield from twins(("requirements", "categories"), "category", section.categories)
    yield from twins(("requirements", "statuses"), "status", section.statuses)


def _idle_rules(file: PolicyFile) -> Iterator[BrokenLaw]:
    for at, rule in enumerate(file.rules):
        if not rule.then.model_fields_set and not rule.then.fields:
            remedy = f"set one of {', '.join(ThenSection.model_fields)}, or a field"
            yield BrokenLaw(("rules", at, "then"), "decides nothing", remedy)


def _variants(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A letter with variants is sent by something."""
    sent = {name for path in LETTERS for _, name in used(file, path)}
    for name in file.letters.own:
        if name not in sent:
            remedy = f"write letter: {name} where it is to follow, or take it out"
            yield BrokenLaw(("letters", name), "follows no answer, no silence and no rule", remedy)


def _refusals(file: PolicyFile) -> Iterator[BrokenLaw]:
    asked = EscalationPolicy(WordList(escalation_words(file)), file.escalation.refusals)
    for at, phrase in enumerate(asked.refusals):
        if not asked.refuses(phrase):
            words = ", ".join(asked.words.words) or "them; there are none"
            where = ("escalation", "refusals", at)
            yield BrokenLaw(where, "holds none of the words that escalate", f"write it with one of {words}")


LAWS: tuple[Law[PolicyFile], ...] = (
    *NAME_LAWS,
    *FIELD_LAWS,
    *SUMMARY_LAWS,
    *FORM_LAWS,
    *LANGUAGE_LAWS,
    *STEP_LAWS,
    Law(("priorities", "statuses", "fields"), _reserved),
    Law(("priorities", "default_priority", "types", "default_type", "rules"), _known_names(_scales)),
    Law(("promises",), _promises),
    Law(("calendar", "promises", "statuses", "reopening", "quiet"), _releases),
    Law(("calendar", "promises", "statuses", "reopening", "quiet"), _hardly_open),
    Law(("statuses",), _phases),
    Law(("statuses",), policy_ways.silences),
    Law(("statuses",), _known_names(policy_ways.silent_ways)),
    Law(("statuses",), _known_names(policy_ways.replies)),
    Law(("statuses", "outcomes", "questions", "rules"), _known_names(policy_ways.answers)),
    Law(("statuses", "questions"), _known_names(_customers_statuses)),
    Law(("questions",), _questions),
    Law(("requirements",), _requirements),
    Law(("rules",), _idle_rules),
    Law(("rules", "questions"), _known_names(policy_ways.asking_rules)),
    Law(("escalation", "languages"), _refusals),
    *ESCALATION_LAWS,
    Law(("letters", "statuses", "questions", "forms", "rules"), _variants),
)


# --- what must hold with the configuration --------------------------------------------------------

TEAMS = (
    "default_team",
    "types.*.team",
    "rules.*.then.team",
    "assignment.~",
    "escalation.team",
    "requirements.team",
)
LETTERS = (
    "statuses.*.then.letter",
    "questions.*.answers.*.letter",
    "forms.*.then.letter",
    "rules.*.then.letter",
)
MAILBOXES = ("rules.*.when.mailbox.*", "forms.*.mailbox")
TOLD = ("statuses.*.tells.*", "rules.*.then.tell.*")


def laws_about(known: NamedInConfig) -> tuple[Law[PolicyFile], ...]:
    """List what must hold between the policy and the configuration that uses it."""

    def teams(path: str) -> Law[PolicyFile]:
        return _in_config(path, lambda file: _unknown("team", used(file, path), known.teams))

    def told(path: str) -> Law[PolicyFile]:
        return _in_config(path, lambda file: _unknown("team", used(file, path), known.teams, also=AUDIENCES))

    def readers(file: PolicyFile) -> Iterator[BrokenLaw]:
        yield from _unknown("team", used(file, "summaries.*.tells.*"), known.teams, also=READERS)

    def owners(file: PolicyFile) -> Iterator[BrokenLaw]:
        named = ((location, folded(owner)) for location, owner in used(file, "rules.*.then.owner"))
        yield from _unknown("agent", named, known.agents)

    def mailboxes(path: str) -> Law[PolicyFile]:
        return _in_config(path, lambda file: _unknown("mailbox", used(file, path), known.mailboxes))

    def channels(file: PolicyFile) -> Iterator[BrokenLaw]:
        yield from _without_plan(file, known.channels)

    def letters(path: str) -> Law[PolicyFile]:
        return _in_config(path, lambda file: _unwritten(used(file, path), known.letters))

    def levels(file: PolicyFile) -> Iterator[BrokenLaw]:
        roles = {comparable(role) for role in known.roles}
        named = used(file, "escalation.path.*.level")
        other = [(at, name) for at, name in named if comparable(name) not in roles]
        there = {*known.teams, *known.roles}
        yield from _unknown("level", other, there, also=PARTS)

    def variants(file: PolicyFile) -> Iterator[BrokenLaw]:
        own = file.letters.own.items()
        named = ((("letters", name, "google"), each.google) for name, each in own if each.google)
        yield from _unwritten(named, known.letters)

    return (
        Law(("letters",), variants),
        *map(teams, TEAMS),
        Law(("escalation",), levels),
        *map(letters, LETTERS),
        *map(told, TOLD),
        Law(("summaries",), readers),
        Law(("rules",), owners),
        *map(mailboxes, MAILBOXES),
        Law(("plans", "fields"), channels),
    )


def _in_config(path: str, broken: Broken) -> Law[PolicyFile]:
    return Law((path.partition(".")[0],), broken)


def _unknown(
    what: str,
    named: Iterable[tuple[Location, str]],
    known: Iterable[str],
    also: Collection[str] = (),
) -> Iterator[BrokenLaw]:
    names = [*sorted(known), *sorted(also)]
    there = f"there is {', '.join(names)}" if names else f"no {what} is named at all"
    for location, name in named:
        if name not in names:
            meant = suggestion(names, name, f"{there};")
            remedy = f"{meant} config.yaml may name it under {_NAMED_UNDER[what]}"
            yield BrokenLaw(location, f"there is no {what} {name}", remedy)


def _without_plan(file: PolicyFile, boxes: Mapping[str, str]) -> Iterator[BrokenLaw]:
    """A mailbox for a channel that no plan has would tell every customer that theirs is another."""
    kept = file.fields.get(SOURCE)
    there = dict.fromkeys((*itertools.chain(*file.plans.values()), *(kept.choices if kept else ())))
    for box, channel in boxes.items():
        if file.plans and channel != EMAIL and channel not in there:
            message = f"none has the channel {channel}, which is that of the mailbox {box}"
            remedy = f"there is {', '.join(there)}; config.yaml says it under mailboxes, as channel"
            yield BrokenLaw(("plans",), message, remedy)


def _unwritten(named: Iterable[tuple[Location, str]], known: Collection[str]) -> Iterator[BrokenLaw]:
    there = f"there is {', '.join(sorted(known))}; " if known else ""
    for location, name in named:
        if name not in known:
            write = f"write en/{name}.txt into the folder of your own letters"
            remedy = suggestion(known, name, f"{there}{write}")
            yield BrokenLaw(location, f"there is no letter {name}", remedy)


_NAMED_UNDER = {
    "level": "people.leadership (its role) or people.teams",
    "team": "people.teams",
    "agent": "people.agents",
    "mailbox": "mailboxes",
}
