"""The path of escalations of a policy, built from its file, and the laws between its keys."""

from __future__ import annotations

from collections.abc import Iterator

from maildesk.config.policy_names import Named, Names
from maildesk.config.policy_shape import PolicyFile
from maildesk.config.validating import BrokenLaw, Law
from maildesk.config.yaml_file import Location
from maildesk.desk.policy.escalation import usual_escalation_words
from maildesk.desk.policy.escalation_path import EscalationPath, Level
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.usual_questions import AFTERWARDS


def escalation_words(file: PolicyFile) -> tuple[str, ...]:
    """The words that ask for an escalation: those of the file, else the usual ones of its languages."""
    if "words" in file.escalation.model_fields_set:
        return file.escalation.words or ()
    return usual_escalation_words(file.languages)


def escalation_path(file: PolicyFile) -> EscalationPath:
    """The levels that hear in turn, leadership where the file names none, and who reviews."""
    section, names = file.escalation, Names(file)
    levels = tuple(
        Level(each.level, each.within, names.maybe(Named.PRIORITY, each.then.priority))
        for each in section.path
    )
    return EscalationPath(
        levels=levels or EscalationPath().levels,
        starts=section.starts,
        team=section.team,
        acknowledge=section.acknowledge,
        approval=section.approval is not None,
        approved=names.maybe(Named.PRIORITY, section.approved.priority),
        updates=section.updates,
        afterwards=section.afterwards or "",
    )


def _leads_somewhere(file: PolicyFile) -> Iterator[BrokenLaw]:
    """Keys that lead nowhere: a time after which nobody hears, an approval that nobody is asked for."""
    section = file.escalation
    here: Location = ("escalation",)
    for at, entry in enumerate(section.path):
        where = (*here, "path", at)
        if entry.within and at == len(section.path) - 1:
            remedy = "leave it out, or name the level that then hears"
            yield BrokenLaw((*where, "within"), "nobody hears after the last level", remedy)
        if comparable(entry.level) in {comparable(each.level) for each in section.path[:at]}:
            yield BrokenLaw((*where, "level"), f"{entry.level} has heard already", "name each level once")
    if section.acknowledge and not section.team:
        remedy = "name it as escalation.team"
        yield BrokenLaw((*here, "acknowledge"), "no team is to write to the customer", remedy)
    if section.afterwards and any(comparable(each) == comparable(AFTERWARDS) for each in file.questions):
        remedy = f"call your own question otherwise than {AFTERWARDS}"
        yield BrokenLaw((*here, "afterwards"), "a question of yours has its name", remedy)
    if section.approved.priority and section.approval is None:
        yield BrokenLaw((*here, "approved"), "nobody approves an escalation", "add approval: required")


ESCALATION_LAWS = (Law(("escalation",), _leads_somewhere),)
