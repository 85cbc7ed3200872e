"""The laws about where silence, answers and replies lead: where the law of the phases lets a case go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from maildesk.config.policy_names import Named, Names, names_of, used
from maildesk.config.policy_shape import PolicyFile
from maildesk.config.policy_shape_statuses import StatusSection
from maildesk.config.validating import BrokenLaw
from maildesk.config.yaml_file import Location
from maildesk.desk.case.case import Phase
from maildesk.desk.case.moves import possible
from maildesk.desk.policy.statuses import STAYS
from maildesk.desk.policy.usual_questions import USUAL_QUESTIONS


def silences(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A status has what silence does and when, both or neither."""
    for name, section in file.statuses.items():
        if section.after and not section.then.status:
            where = ("statuses", name, "after")
            yield BrokenLaw(where, "nothing follows the silence", "give then: {status: …}")
        if section.then.model_fields_set and not section.after:
            yield BrokenLaw(("statuses", name, "then"), "follows no silence", "give after: a span such as 7d")


def silent_ways(file: PolicyFile) -> Iterator[BrokenLaw]:
    """Silence leads to another status, and to one that may follow."""
    for name, section in file.statuses.items():
        to = Names(file).maybe(Named.STATUS, section.then.status)
        if to is None:
            continue
        where = ("statuses", name, "then", "status")
        others = [(each, other) for each, other in file.statuses.items() if each != name]
        if to == name:
            yield BrokenLaw(where, "silence changes nothing", _one_of(others, section.phase))
        else:
            yield from _led(where, (name, section.phase), (to, file.statuses[to].phase), others)


def answers(file: PolicyFile) -> Iterator[BrokenLaw]:
    """Each answer leads to a status that may follow those in which its question is asked."""
    names = Names(file)
    for where, typed in used(file, "questions.*.answers.*.status"):
        to = names.full(Named.STATUS, typed)
        for name in _asking(file, names, str(where[1])) if file.statuses else ():
            before, after = file.statuses[name].phase, file.statuses[to].phase
            yield from _led(where, (name, before), (to, after), file.statuses.items())


def asking_rules(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A rule asks the customer, and about what a case that just opened can tell."""
    known = names_of(file, Named.QUESTION)
    there = ", ".join(each for each in known if not (_scores(file, each) or _inside(file, each)))
    for where, typed in used(file, "rules.*.then.ask"):
        name = Names(file).full(Named.QUESTION, typed)
        if _scores(file, name):
            message = f"{name} asks for a score, and a case that just opened has nothing to score"
            yield BrokenLaw(where, message, f"name one of {there}")
        elif _inside(file, name):
            message = f"{name} asks your own people, and stands in no receipt"
            yield BrokenLaw(where, message, f"name one of {there}")


def _scores(file: PolicyFile, question: str) -> bool:
    own, usual = file.questions.get(question), USUAL_QUESTIONS.get(question)
    if own and (own.answers or own.scale is not None):
        return bool(own.scale)
    return bool(usual and usual.scale)


def _inside(file: PolicyFile, question: str) -> bool:
    """Tell whether people of the desk are asked, or the first of its steps is for them."""
    own = file.questions.get(question)
    steps = [*own.steps.values()] if own else []
    return bool(steps) and steps[0].team is not None


def replies(file: PolicyFile) -> Iterator[BrokenLaw]:
    """Somebody must read a reply: it ends no case."""
    for where, typed in used(file, "statuses.*.reply"):
        to = None if typed == STAYS else file.statuses[Names(file).full(Named.STATUS, typed)]
        if to and to.phase.ended:
            going_on = [name for name, each in file.statuses.items() if not each.phase.ended]
            message = f"a reply ends no case, and {typed} is {to.phase}"
            yield BrokenLaw(where, message, f"name one of {', '.join(going_on)}, or stays")


def _asking(file: PolicyFile, names: Names, question: str) -> Iterator[str]:
    """The statuses in which a question is asked: their own, or that of an outcome with which cases come."""
    asked = names.full(Named.QUESTION, question)
    for name, section in file.statuses.items():
        if section.ask and names.full(Named.QUESTION, section.ask) == asked:
            yield name
    for rule in file.rules:
        if rule.then.ask and names.full(Named.QUESTION, rule.then.ask) == asked:
            new = [name for name, each in file.statuses.items() if each.phase is Phase.NEW]
            begun = names.maybe(Named.STATUS, rule.then.status)
            yield from [begun] if begun else new[:1]
    for outcome in file.outcomes.values():
        if outcome.ask and outcome.status and names.full(Named.QUESTION, outcome.ask) == asked:
            yield names.full(Named.STATUS, outcome.status)


_Placed = tuple[str, Phase]


def _led(
    where: Location, before: _Placed, after: _Placed, known: Iterable[tuple[str, StatusSection]]
) -> Iterator[BrokenLaw]:
    if not possible(before[1], after[1]):
        message = f"{before[0]} is {before[1]}: no case becomes {after[1]} from there, as {after[0]} is"
        yield BrokenLaw(where, message, _one_of(known, before[1]))


def _one_of(known: Iterable[tuple[str, StatusSection]], before: Phase) -> str:
    """The remedy that lists what may follow."""
    return f"name one of {', '.join(name for name, each in known if possible(before, each.phase))}"
