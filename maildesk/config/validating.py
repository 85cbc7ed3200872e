"""A file's plain values made a checked model: its shape first, then the laws between its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError

from maildesk.config.problems import ConfigError
from maildesk.config.wording import problems_of
from maildesk.config.yaml_file import Document, Location

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class BrokenLaw:
    """A broken law: where in the file, what is wrong, and what to do."""

    location: Location
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Law(Generic[Model]):
    """A law between keys, and the top-level keys that must be well-formed before it is asked."""

    needs: tuple[str, ...]
    broken: Callable[[Model], Iterator[BrokenLaw]]


def validated(document: Document, model: type[Model], laws: Sequence[Law[Model]]) -> Model:
    """The file as a model; raises ConfigError with everything that is wrong with it at once."""
    problems = []
    try:
        value = model.model_validate(document.data)
        sections = set(model.model_fields)
    except ValidationError as error:
        problems = problems_of(document, error, model)
        value, sections = _well_formed_part(document, model, error)
    for law in laws:
        if sections.issuperset(law.needs):
            for found in law.broken(value):
                problems.append(document.problem(found.location, found.message, found.remedy))
    if problems:
        raise ConfigError(problems)
    return value


def _well_formed_part(
    document: Document, model: type[Model], error: ValidationError
) -> tuple[Model, set[str]]:
    """The top-level keys without a problem, so that the laws between them are asked in the same go."""
    broken = {str(each["loc"][0]) for each in error.errors(include_input=False) if each["loc"]}
    sections = set(model.model_fields) - broken
    values: dict[str, Any] = {}
    hints = get_type_hints(model, include_extras=True)
    for name in sections & document.data.keys():
        values[name] = TypeAdapter(hints[name]).validate_python(document.data[name])
    return model.model_construct(**values), sections
