"""The tables of docs/policy.md, written from the keys' own descriptions.

`python -m tests.unit.config.policy_page` puts them in the page, below its last paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from maildesk.config import policy_values, values
from maildesk.config.packaged import packaged
from maildesk.config.policy_shape import PolicyFile
from maildesk.desk.promises.promised import WarnBefore

PAGE = packaged("config.example.yaml").parent / "docs" / "policy.md"
BEGIN = "<!-- From here on written by: python -m tests.unit.config.policy_page -->"

_KINDS: tuple[tuple[Any, str], ...] = (
    (policy_values.OneSpan, "span"),
    (policy_values.SpanOrNever, "span or never"),
    (policy_values.SpanList, "spans"),
    (policy_values.Warned, "share, span or never"),
    (policy_values.Percent, "percent"),
    (policy_values.Hours, "days: hours"),
    (policy_values.Day, "day"),
    (policy_values.ReleaseDay, "day"),
    (policy_values.WordList, "words"),
    (policy_values.WordsOrNever, "words or never"),
    (policy_values.Lines, "names"),
    (policy_values.Addresses, "addresses"),
    (policy_values.Domains, "domains"),
    (policy_values.Name, "name"),
    (values.EmailAddress, "address"),
    (values.ZoneName, "time zone"),
    (values.Slug, "one word"),
    (values.Count, "number"),
    (values.Line, "line"),
    (str, "text"),
    (int, "number"),
    (bool, "true or false"),
)
"""The ways in which a value is written, by its type."""


def written() -> str:
    """The tables: the whole file first, then each section in the order in which it is met."""
    tables = (_table(heading, model) for heading, model in _sections("", PolicyFile, {}))
    return f"{BEGIN}\n\n" + "\n".join(tables)


def _sections(
    path: str, model: type[BaseModel], met: dict[type[BaseModel], str]
) -> Iterator[tuple[str, type[BaseModel]]]:
    """Every section, once each, with the path that leads to it."""
    if model in met:
        return
    met[model] = path
    yield path, model
    for name, hint in _hints(model).items():
        for inner, more in _models(hint):
            yield from _sections(f"{path}.{name}{more}".lstrip("."), inner, met)


def _models(hint: Any, more: str = "") -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint, more
    named = {dict: ".NAME", tuple: "[]"}.get(get_origin(hint), "")
    for each in get_args(hint):
        yield from _models(each, more + named)


def _table(path: str, model: type[BaseModel]) -> str:
    hints = _hints(model)
    rows = [
        f"| `{field.alias or name}` | {_kind(hints[name])} · {_default(field)}"
        f" | {_escaped(field.description or '')} |"
        for name, field in model.model_fields.items()
    ]
    said = _escaped(" ".join((model.__doc__ or "").split()))
    title = f"### `{path}`" if path else "### The file"
    return "\n".join([title, "", said, "", "| key | how · default | meaning |", "|---|---|---|", *rows, ""])


def _hints(model: type[BaseModel]) -> dict[str, Any]:
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields}


def _kind(hint: Any) -> str:
    known = next((words for kind, words in _KINDS if kind == hint), "")
    if known:
        return known
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _kind(inner[0])
    if origin in (Union, UnionType):
        return _kind(next(each for each in inner if each is not type(None)))
    if origin is Literal:
        return ", ".join(map(str, inner))
    if origin is dict:
        return f"{_kind(inner[0])}: {_kind(inner[1])}"
    if origin is tuple:
        return f"list of {_kind(inner[0])}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return ", ".join(hint)
    return "section"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, WarnBefore):
        return f"{value.percent}%"
    if isinstance(value, tuple) and value:
        return ", ".join(map(str, value))
    return "none" if value in (None, (), {}) or isinstance(value, BaseModel) else str(value)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def renewed(page: str) -> str:
    """The page with its tables as the code has them."""
    return page.partition(BEGIN)[0] + written()


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
