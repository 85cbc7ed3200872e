"""Names in a policy file: each place where one is used, and the name in full that it means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from maildesk.config.policy_shape import PolicyFile
from maildesk.config.validating import BrokenLaw, Law
from maildesk.config.yaml_file import Location
from maildesk.desk.policy.names import comparable, named
from maildesk.desk.policy.policy import EVERYBODY
from maildesk.desk.policy.statuses import DEFAULT_STATUSES, STAYS
from maildesk.desk.policy.usual_questions import USUAL_OUTCOMES, USUAL_QUESTIONS
from maildesk.errors import Ambiguous, NotFound

NOBODY_LOOKED = "none"
"""The default priority of a desk where somebody looks first."""


class Named(StrEnum):
    """The kinds of thing that a policy names; each is defined in one section of the file."""

    PRIORITY = "priority"
    TYPE = "type"
    PLAN = "plan"
    STATUS = "status"
    OUTCOME = "outcome"
    QUESTION = "question"
    FIELD = "field"
    INFORMATION = "information"

    @property
    def section(self) -> str:
        """The key of the file where they are defined."""
        return _SECTIONS.get(self, f"{self}s")


_SECTIONS = {Named.PRIORITY: "priorities", Named.STATUS: "statuses", Named.INFORMATION: "information"}

_BUILT_IN: Mapping[Named, Collection[str]] = {
    Named.STATUS: [each.name for each in DEFAULT_STATUSES],
    Named.OUTCOME: list(USUAL_OUTCOMES),
}
"""The names where the section is left out."""


def names_of(file: PolicyFile, what: Named) -> list[str]:
    """Every name of that kind, as the policy spells it."""
    own = list(getattr(file, what.section))
    if what is Named.QUESTION:
        return list(dict.fromkeys([*own, *USUAL_QUESTIONS]))
    return own or list(_BUILT_IN.get(what, ()))


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one file, by which each that is used is found in full; raises NotFound or Ambiguous."""

    file: PolicyFile

    def full(self, what: Named, typed: str) -> str:
        """The name that is meant."""
        return named(names_of(self.file, what), typed, what)

    def maybe(self, what: Named, typed: str | None) -> str | None:
        """The name that is meant, where one is given."""
        return None if typed is None else self.full(what, typed)

    def plans(self, typed: Iterable[str]) -> tuple[str, ...]:
        """The plans that are meant; who has none has the plan "" in the facts of a case."""
        own = self.file.plans
        full = (self.full(Named.PLAN, each) if own and each != EVERYBODY else each for each in typed)
        return tuple("" if each == EVERYBODY else each for each in full)

    def every(self, what: Named, typed: Iterable[str]) -> tuple[str, ...]:
        """The names that are meant."""
        return tuple(self.full(what, each) for each in typed)


# --- where names are used -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A place where names are used: `*` is any entry, a last `~` the entry's own key.

    `also` are words that stand there instead of a name.
    """

    what: Named
    path: str
    also: str = ""


PLACES = (
    Place(Named.PRIORITY, "default_priority", also=NOBODY_LOOKED),
    Place(Named.PRIORITY, "promises.*.priority.*"),
    Place(Named.PRIORITY, "types.*.priorities.~"),
    Place(Named.PRIORITY, "rules.*.when.priority.*"),
    Place(Named.PRIORITY, "rules.*.then.priority"),
    Place(Named.PRIORITY, "escalation.approved.priority"),
    Place(Named.PRIORITY, "escalation.path.*.then.priority"),
    Place(Named.TYPE, "default_type"),
    Place(Named.TYPE, "promises.*.type.*"),
    Place(Named.TYPE, "rules.*.when.type.*"),
    Place(Named.TYPE, "rules.*.then.type"),
    Place(Named.TYPE, "requirements.type"),
    Place(Named.PLAN, "promises.*.plan.*", also=EVERYBODY),
    Place(Named.PLAN, "rules.*.when.plan.*", also=EVERYBODY),
    Place(Named.PLAN, "summaries.*.when.plan.*", also=EVERYBODY),
    Place(Named.TYPE, "summaries.*.when.type.*"),
    Place(Named.PRIORITY, "summaries.*.when.priority.*"),
    Place(Named.FIELD, "summaries.*.counts"),
    Place(Named.STATUS, "types.*.status"),
    Place(Named.STATUS, "statuses.*.next.*"),
    Place(Named.STATUS, "statuses.*.reply", also=STAYS),
    Place(Named.STATUS, "statuses.*.then.status"),
    Place(Named.STATUS, "outcomes.*.status"),
    Place(Named.STATUS, "questions.*.answers.*.status"),
    Place(Named.STATUS, "rules.*.then.status"),
    Place(Named.OUTCOME, "rules.*.then.outcome"),
    Place(Named.QUESTION, "rules.*.then.ask"),
    Place(Named.STATUS, "forms.*.then.status"),
    Place(Named.STATUS, "requirements.shipped.status"),
    Place(Named.OUTCOME, "statuses.*.then.outcome"),
    Place(Named.OUTCOME, "forms.*.then.outcome"),
    Place(Named.QUESTION, "forms.*.then.ask"),
    Place(Named.OUTCOME, "questions.*.answers.*.outcome"),
    Place(Named.QUESTION, "statuses.*.ask"),
    Place(Named.QUESTION, "outcomes.*.ask"),
    Place(Named.QUESTION, "statuses.*.then.ask"),
    Place(Named.QUESTION, "questions.*.answers.*.ask"),
    Place(Named.INFORMATION, "acknowledgement.asks.*"),
)


def used(file: PolicyFile, path: str) -> Iterator[tuple[Location, Any]]:
    """Every value at a path such as `promises.*.priority.*`, with its place in the file."""
    yield from _walk(file, tuple(path.split(".")), ())


def _walk(value: Any, path: tuple[str, ...], here: tuple[str | int, ...]) -> Iterator[tuple[Location, Any]]:
    if not path:
        if value is not None:
            yield here, value
        return
    step, rest = path[0], path[1:]
    if step not in ("*", "~"):
        yield from _walk(getattr(value, step), rest, (*here, step)) if value is not None else ()
        return
    for key, entry in _entries(value):
        yield from _walk(key if step == "~" else entry, rest, (*here, key))


def _entries(value: Any) -> Iterable[tuple[str | int, Any]]:
    return value.items() if isinstance(value, dict) else enumerate(value or ())


def _known(place: Place) -> Law[PolicyFile]:
    """The law that a name used there is one of the policy's."""

    def broken(file: PolicyFile) -> Iterator[BrokenLaw]:
        known = names_of(file, place.what)
        if place.what is Named.PLAN and not known:
            return  # plans come and go with customers: a policy need not name them
        for location, typed in used(file, place.path):
            if place.also and typed == place.also:
                continue
            try:
                named(known, typed, place.what)
            except (NotFound, Ambiguous) as error:
                yield BrokenLaw(location, error.message, error.remedy)

    return Law((place.what.section, place.path.partition(".")[0]), broken)


def _one_of_a_name(what: Named) -> Law[PolicyFile]:
    """The law that no two names of a kind are the same to who types them."""
    usual = USUAL_QUESTIONS if what is Named.QUESTION else ()

    def broken(file: PolicyFile) -> Iterator[BrokenLaw]:
        own = getattr(file, what.section)
        yield from twins((what.section,), what, (*usual, *own))

    return Law((what.section,), broken)


def twins(section: Location, what: str, names: Iterable[str]) -> Iterator[BrokenLaw]:
    """Find each name that is the same as one before it to who types them."""
    first: dict[tuple[str, ...], str] = {}
    for name in names:
        other = first.setdefault(comparable(name), name)
        if other != name:
            remedy = "accents, letter case and punctuation make no difference"
            article = "an" if what[0] in "aeiou" else "a"
            yield BrokenLaw((*section, name), f"there is already {article} {what} {other}", remedy)


NAME_LAWS: tuple[Law[PolicyFile], ...] = (*map(_known, PLACES), *map(_one_of_a_name, Named))
