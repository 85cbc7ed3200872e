"""Fields in a policy file: what each may hold, and how rules ask for them and set them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from maildesk.config.policy_names import Named, twins
from maildesk.config.policy_shape import PolicyFile
from maildesk.config.policy_shape_rules import ThenSection, WhenSection
from maildesk.config.validating import BrokenLaw, Law
from maildesk.config.yaml_file import Location
from maildesk.desk.policy.case_fields import CaseField, FieldKind, fixed_value
from maildesk.desk.policy.names import comparable, named
from maildesk.desk.policy.suggestions import suggestion
from maildesk.errors import Ambiguous, BadInput, NotFound

_KEY_ALIKE = 0.7
"""The likeness from which a word is a key that is spelled wrong, and no name of a field."""

_AT_LEAST = "+"


def case_fields(file: PolicyFile) -> dict[str, CaseField]:
    """The fields of a policy."""
    words, kinds = labels(file), _kinds(file)
    notes = {name: section.note for name, section in file.fields.items() if section.note}
    return {
        name: replace(
            field,
            note=fixed_value(field, notes[name]) if name in notes else None,
            label=words.get(name, ""),
        )
        for name, field in kinds.items()
    }


def _kinds(file: PolicyFile) -> dict[str, CaseField]:
    """The fields as far as their values go."""
    return {
        name: CaseField(
            name,
            FieldKind(section.kind.value) if section.kind else FieldKind.CHOICE,
            section.choices,
            section.keeps is not None,
        )
        for name, section in file.fields.items()
    }


def labels(file: PolicyFile) -> dict[str, str]:
    """The words for priority, type and resolution, and for the fields by their full names."""
    return {_labelled(file, thing): word for thing, word in file.labels.items()}


_LABELLED = ("priority", "type", "resolution")


def _labelled(file: PolicyFile, thing: str) -> str:
    return named((*_LABELLED, *file.fields), thing, "field")


def field_name(file: PolicyFile, written: str) -> str:
    """The name of a field of the policy as it spells it; one of an account's stays as it is written."""
    same = (each for each in file.fields if comparable(each) == comparable(written))
    return next(same, written)


def field_value(field: CaseField | None, written: str, *, asked: bool = False) -> str:
    """The value as it is kept; raises what is wrong. `asked`: `10+` asks for a number of at least that."""
    if field is None:
        return written
    if asked and field.kind is FieldKind.NUMBER and written.endswith(_AT_LEAST):
        return fixed_value(field, written.removesuffix(_AT_LEAST)) + _AT_LEAST
    return fixed_value(field, written)


# --- what must hold -------------------------------------------------------------------------------


def _values_set(file: PolicyFile) -> Iterator[BrokenLaw]:
    fields = _kinds(file)
    for at, rule in enumerate(file.rules):
        for name, value in rule.then.fields.items():
            here = ("rules", at, "then", name)
            try:
                field = fields[named(fields, name, Named.FIELD)]
            except (NotFound, Ambiguous) as error:
                near = suggestion(ThenSection.model_fields, name, alike=_KEY_ALIKE)
                yield BrokenLaw(here, "unknown key" if near else error.message, near or error.remedy)
            else:
                yield from _value(field, here, value)


def _values_asked(file: PolicyFile) -> Iterator[BrokenLaw]:
    for at, rule in enumerate(file.rules):
        for name, values in rule.when.fields.items():
            here = ("rules", at, "when", name)
            yield from values_wrong(file, here, values, list(WhenSection.model_fields))


def values_wrong(
    file: PolicyFile, here: Location, values: Sequence[str], keys: Sequence[str]
) -> Iterator[BrokenLaw]:
    """Find what is wrong with asking here for these values of a field, beside which there are such keys."""
    name = str(here[-1])
    field = _kinds(file).get(field_name(file, name))
    if near := suggestion(keys, name, alike=_KEY_ALIKE) if field is None else "":
        yield BrokenLaw(here, "unknown key", near)
    for place, value in enumerate(values):
        yield from _value(field, (*here, place), value, asked=True)


def _value(
    field: CaseField | None, here: Location, value: str, *, asked: bool = False
) -> Iterator[BrokenLaw]:
    try:
        field_value(field, value, asked=asked)
    except (Ambiguous, NotFound, BadInput) as error:
        yield BrokenLaw(here, error.message, error.remedy)


def _notes(file: PolicyFile) -> Iterator[BrokenLaw]:
    for name, field in _kinds(file).items():
        if note := file.fields[name].note:
            yield from _value(field, ("fields", name, "note"), note)


def _unnoted(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A rule that sets a choice which wants a note has one, as people must."""
    with suppress(NotFound, Ambiguous, BadInput):  # told by themselves
        fields = case_fields(file)
        for at, rule in enumerate(file.rules):
            for name, value in rule.then.fields.items():
                field = fields[named(fields, name, Named.FIELD)]
                if field.note and fixed_value(field, value) == field.note and not rule.then.note:
                    message = f"{field.note} wants a note with it"
                    yield BrokenLaw(("rules", at, "then", name), message, "add note: with what to keep")


def _choices(file: PolicyFile) -> Iterator[BrokenLaw]:
    for name, section in file.fields.items():
        yield from twins(("fields", name, "choices"), "choice", section.choices)


def _labels(file: PolicyFile) -> Iterator[BrokenLaw]:
    for thing in file.labels:
        try:
            _labelled(file, thing)
        except (NotFound, Ambiguous) as error:
            yield BrokenLaw(("labels", thing), error.message, error.remedy)


FIELD_LAWS: tuple[Law[PolicyFile], ...] = (
    Law(("fields", "rules"), _values_set),
    Law(("fields", "rules"), _values_asked),
    Law(("fields",), _notes),
    Law(("fields", "rules"), _unnoted),
    Law(("fields",), _choices),
    Law(("fields", "labels"), _labels),
)
