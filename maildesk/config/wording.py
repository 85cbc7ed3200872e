"""The findings of the validator, in words for the person who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from maildesk.config.problems import Problem, WrongValue
from maildesk.config.values import show_size
from maildesk.config.yaml_file import TEXT_CUT, Document, Location
from maildesk.desk.policy.suggestions import suggestion

_FOLLOWS = frozenset({"default_factory_not_called"})
"""Kinds of problem that only follow from another one, which is told already."""

_SENTENCES: dict[str, str] = {
    "missing": "is missing",
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "path_type": "should be a path",
    "model_type": "should hold keys and values",
    "model_attributes_type": "should hold keys and values",
    "dict_type": "should hold keys and values",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "extra_forbidden": "unknown key",
    "invalid_key": "unknown key",
    "too_short": "is empty",
    "greater_than_equal": "should be at least {ge}",
    "less_than_equal": "should be at most {le}",
    "enum": "should be one of {expected}",
    "literal_error": "should be one of {expected}",
}

_REMEDIES: dict[str, str] = {
    "string_type": "put it in quotes",
    "model_type": "give it keys, or take the line out",
    "tuple_type": "write it as [one, two], or one line each beginning with -",
    "list_type": "write it as [one, two], or one line each beginning with -",
}


def problems_of(document: Document, error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Every error the validator found, at its place in the file."""
    return list(_problems(document, error, model))


def _problems(document: Document, error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    errors = error.errors(include_url=False, include_input=False)
    places = [each["loc"] for each in errors]
    for each in errors:
        if each["type"] in _FOLLOWS or _counts_only_the_good(each, places):
            continue
        unknown = each["type"] == "extra_forbidden"
        message, remedy = _said(each)
        if document.cut_short(each["loc"]):
            message, remedy = "has no value: a comma inside {…} ends the text before it", TEXT_CUT
        elif unknown:
            remedy = _nearest(str(each["loc"][-1]), _keys_at(model, each["loc"][:-1]))
        yield document.problem(each["loc"], message, remedy, at_key=unknown)


def _counts_only_the_good(error: ErrorDetails, places: Sequence[tuple[int | str, ...]]) -> bool:
    """A list is called too short when its entries are wrong; then the entries are what is wrong."""
    here = error["loc"]
    return error["type"] == "too_short" and any(
        len(place) > len(here) and place[: len(here)] == here for place in places
    )


def _said(error: ErrorDetails) -> tuple[str, str]:
    context = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, WrongValue):
        return cause.message, cause.remedy
    sentence = _SENTENCES.get(error["type"], error["msg"][:1].lower() + error["msg"][1:])
    values = {name: _shown(value, error["loc"]) for name, value in context.items()}
    return sentence.format_map(values), _REMEDIES.get(error["type"], "")


def _shown(value: Any, location: Location) -> str:
    if isinstance(value, int) and location and str(location[-1]).endswith(("_size", "_space")):
        return show_size(value)
    return str(value)


def _nearest(key: str, known: Sequence[str]) -> str:
    """The key that is meant, else everything there is."""
    return suggestion(known, key, f"known here: {', '.join(known)}" if known else "take it out")


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """The keys that the model knows at a place."""
    here: type[BaseModel] | None = model
    for step in location:
        if here and isinstance(step, str) and step in here.model_fields:
            here = _model_in(here.model_fields[step].annotation)
    return [field.alias or name for name, field in here.model_fields.items()] if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside `tuple[Model, ...]`, `Model | None` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found: Callable[[Any], type[BaseModel] | None] = _model_in
    return next((model for model in map(found, get_args(annotation)) if model), None)
