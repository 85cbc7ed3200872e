"""The policy file: what customers are promised, read from YAML into the desk's own value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from maildesk.config.days_off import days_off
from maildesk.config.policy_escalation import escalation_path, escalation_words
from maildesk.config.policy_fields import case_fields, field_name, field_value, labels
from maildesk.config.policy_forms import forms
from maildesk.config.policy_laws import LAWS, NamedInConfig, laws_about
from maildesk.config.policy_names import NOBODY_LOOKED, Named, Names
from maildesk.config.policy_old import renewed
from maildesk.config.policy_shape import Again, Answering, CalendarSection, PolicyFile
from maildesk.config.policy_shape_cases import PromiseEntry, QueuePlace
from maildesk.config.policy_shape_rules import RuleEntry, ThenSection, WhenSection
from maildesk.config.policy_statuses import outcomes, questions, statuses
from maildesk.config.policy_summaries import summaries
from maildesk.config.policy_values import week
from maildesk.config.problems import ConfigError
from maildesk.config.validating import Law, validated
from maildesk.config.values import read_zone
from maildesk.config.yaml_file import read_yaml
from maildesk.desk.policy.case_fields import CaseField
from maildesk.desk.policy.case_types import CaseType, Priority
from maildesk.desk.policy.escalation import EscalationPolicy
from maildesk.desk.policy.policy import FirstLetter, LetterVariants, Policy, Reopening
from maildesk.desk.policy.requirements import Requirements
from maildesk.desk.policy.rules import Assignment, Condition, Rule
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.desk.promises.promised import Promised, PromiseRow

Fields = Mapping[str, CaseField]


def load_policy(path: Path, *, timezone: str = "UTC", known: NamedInConfig | None = None) -> Policy:
    """Read a policy file; raises ConfigError with everything that is wrong with it.

    `timezone` is used where the file gives none. Names of teams, agents and mailboxes are
    checked where `known` says which there are.
    """
    file = _read(path, (*LAWS, *(laws_about(known) if known else ())))
    names, fields = Names(file), case_fields(file)
    default = file.default_priority
    return Policy(
        name=file.name,
        languages=file.languages,
        labels=labels(file),
        calendar=_calendar(file.calendar, timezone),
        plans=file.plans,
        priorities=tuple(
            Priority(name, rank, means) for rank, (name, means) in enumerate(file.priorities.items(), 1)
        ),
        default_priority=None if default == NOBODY_LOOKED else names.full(Named.PRIORITY, default),
        promises=tuple(_promise(row, names) for row in file.promises),
        types=_types(file, names),
        default_type=names.maybe(Named.TYPE, file.default_type),
        default_team=file.default_team,
        assignment=file.assignment,
        answering_takes=file.answering is Answering.TAKES,
        fields=fields,
        information=file.information,
        first_letter=_first_letter(file, names),
        statuses=statuses(file),
        outcomes=outcomes(file),
        questions=questions(file),
        forms=forms(file),
        reopening=Reopening(file.reopening.within, WordList(file.reopening.thanks)),
        quiet=file.quiet,
        availability=file.availability,
        tells_reassigned=file.letters.reassigned,
        requirements=_requirements(file, names),
        letters={
            name: LetterVariants(each.google, once=each.again is Again.NEVER)
            for name, each in file.letters.own.items()
        },
        escalation=EscalationPolicy(WordList(escalation_words(file)), file.escalation.refusals),
        escalation_path=escalation_path(file),
        summaries=summaries(file, names),
        rules=tuple(_rule(entry, names, fields) for entry in file.rules),
    )


def _read(path: Path, laws: Sequence[Law[PolicyFile]]) -> PolicyFile:
    document, old = renewed(read_yaml(path))
    try:
        file = validated(document, PolicyFile, laws)
    except ConfigError as error:
        raise ConfigError((*old, *error.problems)) from None
    if old:
        raise ConfigError(old)
    return file


def _calendar(section: CalendarSection, timezone: str) -> BusinessCalendar:
    free = section.holidays
    closed = days_off(section.closed, free.country if free else None, free.region if free else None)
    zone = read_zone(section.timezone or timezone)
    return BusinessCalendar(zone, week(section.hours), closed, tuple(sorted(set(section.releases))))


def _promise(row: PromiseEntry, names: Names) -> PromiseRow:
    return PromiseRow(
        {what: getattr(row, what) for what in Promised if what in row.model_fields_set},
        priority=names.every(Named.PRIORITY, row.priority),
        type=names.every(Named.TYPE, row.type),
        plan=names.plans(row.plan),
        account=row.account,
        warn_before=row.warn_before,
        tells=row.tells,
    )


def _types(file: PolicyFile, names: Names) -> dict[str, CaseType]:
    return {
        name: CaseType(
            name,
            section.means or "",
            status=names.maybe(Named.STATUS, section.status),
            team=section.team,
            priorities={
                names.full(Named.PRIORITY, each): means for each, means in section.priorities.items()
            },
            queued_after=section.queue is QueuePlace.AFTER_OTHERS,
        )
        for name, section in file.types.items()
    }


def _requirements(file: PolicyFile, names: Names) -> Requirements:
    section = file.requirements
    return Requirements(
        names.maybe(Named.TYPE, section.type),
        section.team,
        section.categories,
        section.statuses,
        names.maybe(Named.STATUS, section.shipped.status),
    )


def _first_letter(file: PolicyFile, names: Names) -> FirstLetter:
    section = file.acknowledgement
    return FirstLetter(names.every(Named.INFORMATION, section.asks), section.when_under, section.tells)


# --- rules ----------------------------------------------------------------------------------------


def _rule(entry: RuleEntry, names: Names, fields: Fields) -> Rule:
    return Rule(entry.name, _condition(entry.when, names, fields), _assignment(entry.then, names, fields))


def _condition(when: WhenSection, names: Names, fields: Fields) -> Condition:
    asked = {field_name(names.file, each): values for each, values in when.fields.items()}
    return Condition(
        sender=when.sender,
        domain=when.domain,
        account=when.account,
        plan=names.plans(when.plan),
        mailbox=when.mailbox,
        subject=WordList(when.subject),
        words=WordList(when.words),
        spam=when.spam,
        type=names.every(Named.TYPE, when.type),
        priority=names.every(Named.PRIORITY, when.priority),
        language=when.language,
        google=when.google,
        fields={
            name: tuple(field_value(fields.get(name), each, asked=True) for each in values)
            for name, values in asked.items()
        },
    )


def _assignment(then: ThenSection, names: Names, fields: Fields) -> Assignment:
    full = {names.full(Named.FIELD, each): value for each, value in then.fields.items()}
    return Assignment(
        priority=names.maybe(Named.PRIORITY, then.priority),
        team=then.team,
        type=names.maybe(Named.TYPE, then.type),
        requester=then.requester,
        owner=then.owner,
        status=names.maybe(Named.STATUS, then.status),
        fields={name: field_value(fields[name], value) for name, value in full.items()},
        note=then.note,
        tell=then.tell,
        escalate=then.escalate,
        outcome=names.maybe(Named.OUTCOME, then.outcome),
        ask=names.maybe(Named.QUESTION, then.ask),
        letter=then.letter,
    )
