"""The policy file: what customers are promised, read from YAML into the desk's own value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from maildesk.config.days_off import days_off
from maildesk.config.policy_shape import CalendarSection, PolicyFile, PriorityEntry, RuleEntry
from maildesk.config.policy_values import week
from maildesk.config.validating import BrokenLaw, Law, validated
from maildesk.config.values import read_zone
from maildesk.config.yaml_file import Location, read_yaml
from maildesk.desk.policy.escalation import EscalationPolicy
from maildesk.desk.policy.policy import DEFAULT_STATUSES, Policy, Priority
from maildesk.desk.policy.rules import DECIDED, Assignment, Condition, Rule
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses, folded


@dataclass(frozen=True, slots=True)
class NamedInConfig:
    """The names in the configuration, of which a policy may therefore speak.

    Accounts and plans come and go with customers: a rule may wait for one that nobody has yet.
    """

    teams: frozenset[str] = frozenset()
    agents: Addresses = NO_ADDRESSES
    mailboxes: frozenset[str] = frozenset()


def load_policy(path: Path, *, timezone: str = "UTC", known: NamedInConfig | None = None) -> Policy:
    """Read a policy file; raises ConfigError with everything that is wrong with it.

    `timezone` is used where the file gives none. Names of teams, agents and mailboxes are
    checked where `known` says which there are.
    """
    file = validated(read_yaml(path), PolicyFile, (*_LAWS, *(_laws_about(known) if known else ())))
    return Policy(
        name=file.name,
        calendar=_calendar(file.calendar, timezone),
        priorities=tuple(_priority(rank, entry) for rank, entry in enumerate(file.priorities, 1)),
        default_priority=file.default_priority,
        types=file.types,
        default_type=file.default_type,
        default_team=file.default_team,
        rules=tuple(_rule(entry) for entry in file.rules),
        escalation=_escalation(file),
        statuses={**DEFAULT_STATUSES, **file.statuses},
        assignment=file.assignment,
        tells_reassigned=file.letters.reassigned,
    )


# --- the desk's values ----------------------------------------------------------------------------


def _calendar(section: CalendarSection, timezone: str) -> BusinessCalendar:
    free = section.holidays
    closed = days_off(section.closed, free.country if free else None, free.region if free else None)
    return BusinessCalendar(read_zone(section.timezone or timezone), week(section.hours), closed)


def _priority(rank: int, entry: PriorityEntry) -> Priority:
    return Priority(
        entry.name, rank, entry.first_response, entry.resolution, entry.means or "", entry.warn_before
    )


def _rule(entry: RuleEntry) -> Rule:
    when, then = entry.when, entry.then
    condition = Condition(
        sender=when.sender,
        domain=when.domain,
        account=when.account,
        plan=when.plan,
        mailbox=when.mailbox,
        subject=WordList(when.subject),
        words=WordList(when.words),
        spam=when.spam,
    )
    return Rule(entry.name, condition, Assignment(**{name: getattr(then, name) for name in DECIDED}))


def _escalation(file: PolicyFile) -> EscalationPolicy:
    return EscalationPolicy(WordList(file.escalation.words), file.escalation.refusals)


# --- what must hold between keys ------------------------------------------------------------------


def _priorities(file: PolicyFile) -> Iterator[BrokenLaw]:
    seen: set[str] = set()
    for at, priority in enumerate(file.priorities):
        if priority.name.casefold() in seen:
            yield BrokenLaw(("priorities", at, "name"), f"there is already a priority {priority.name}")
        seen.add(priority.name.casefold())


def _default_priority(file: PolicyFile) -> Iterator[BrokenLaw]:
    known = [priority.name for priority in file.priorities]
    yield from _unknown("priority", [(("default_priority",), file.default_priority)], known)


def _rule_priorities(file: PolicyFile) -> Iterator[BrokenLaw]:
    known = [priority.name for priority in file.priorities]
    yield from _unknown("priority", _decided(file, "priority"), known)


def _default_type(file: PolicyFile) -> Iterator[BrokenLaw]:
    if file.default_type:
        yield from _unknown("type", [(("default_type",), file.default_type)], list(file.types))


def _rule_types(file: PolicyFile) -> Iterator[BrokenLaw]:
    yield from _unknown("type", _decided(file, "type"), list(file.types))


def _idle_rules(file: PolicyFile) -> Iterator[BrokenLaw]:
    for at, rule in enumerate(file.rules):
        if all(getattr(rule.then, name) is None for name in DECIDED):
            yield BrokenLaw(("rules", at, "then"), "decides nothing", f"set one of {', '.join(DECIDED)}")


def _refusals(file: PolicyFile) -> Iterator[BrokenLaw]:
    asked = _escalation(file)
    for at, phrase in enumerate(asked.refusals):
        if not asked.refuses(phrase):
            words = ", ".join(asked.words.words)
            where = ("escalation", "refusals", at)
            yield BrokenLaw(where, "holds none of the words that escalate", f"write it with one of {words}")


_LAWS: tuple[Law[PolicyFile], ...] = (
    Law(("priorities",), _priorities),
    Law(("priorities", "default_priority"), _default_priority),
    Law(("priorities", "rules"), _rule_priorities),
    Law(("types", "default_type"), _default_type),
    Law(("types", "rules"), _rule_types),
    Law(("rules",), _idle_rules),
    Law(("escalation",), _refusals),
)


def _laws_about(known: NamedInConfig) -> tuple[Law[PolicyFile], ...]:
    """List what must hold between the policy and the configuration that uses it."""

    def default_team(file: PolicyFile) -> Iterator[BrokenLaw]:
        if file.default_team:
            yield from _unknown("team", [(("default_team",), file.default_team)], known.teams)

    def rules(file: PolicyFile) -> Iterator[BrokenLaw]:
        yield from _unknown("team", _decided(file, "team"), known.teams)
        owners = ((location, folded(owner)) for location, owner in _decided(file, "owner"))
        yield from _unknown("agent", owners, known.agents)
        yield from _unknown("mailbox", _asked(file, "mailbox"), known.mailboxes)

    def assignment(file: PolicyFile) -> Iterator[BrokenLaw]:
        yield from _unknown("team", ((("assignment", name), name) for name in file.assignment), known.teams)

    return (
        Law(("default_team",), default_team),
        Law(("rules",), rules),
        Law(("assignment",), assignment),
    )


def _decided(file: PolicyFile, name: str) -> Iterator[tuple[Location, str]]:
    for at, rule in enumerate(file.rules):
        value = getattr(rule.then, name)
        if value is not None:
            yield ("rules", at, "then", name), value


def _asked(file: PolicyFile, name: str) -> Iterator[tuple[Location, str]]:
    for at, rule in enumerate(file.rules):
        for place, value in enumerate(getattr(rule.when, name)):
            yield ("rules", at, "when", name, place), value


def _unknown(what: str, named: Iterable[tuple[Location, str]], known: Iterable[str]) -> Iterator[BrokenLaw]:
    names = sorted(known) if not isinstance(known, list) else known
    for location, name in named:
        if name not in names:
            remedy = f"there is {', '.join(names)}" if names else f"no {what} is named at all"
            yield BrokenLaw(location, f"there is no {what} {name}", remedy)
