"""A YAML file as plain values, with the line and column of every one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from maildesk.config.problems import ConfigError, Problem

Location = Sequence[str | int]
"""Keys and list positions from the top of the file down to a value."""

_LARGEST = 4 * 1024 * 1024

_SCALARS: tuple[tuple[str, str, str], ...] = (
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9_]*)", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?[0-9][0-9_]*\.[0-9]+", "-+0123456789"),
)
"""YAML 1.2's reading of plain words: the country NO is no "false", 10:30 is no number, a date is text."""


class _Loader(yaml.CSafeLoader):
    """The C parser with our reading of plain words only."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), list(_first))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""]
)


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read. `data` is a mapping; `file` is its name as the person gave it."""

    file: str
    data: dict[str, Any]
    root: yaml.Node

    def problem(self, location: Location, message: str, remedy: str = "", *, at_key: bool = False) -> Problem:
        """A problem at that place; where the place does not exist, at the nearest one above it."""
        mark, path = self._find(location, at_key=at_key)
        return Problem(self.file, mark.line + 1, mark.column + 1, path, message, remedy)

    def cut_short(self, location: Location) -> bool:
        """Tell whether the value there is a piece of a text that a comma inside `{…}` ended."""
        within, node = None, self.root
        for step in location:
            if found := _child(node, step):
                within, node = node, found[1]
        return isinstance(within, yaml.MappingNode) and bool(within.flow_style) and _empty(node)

    def _find(self, location: Location, *, at_key: bool) -> tuple[yaml.Mark, str]:
        """The mark, and the key path without whatever is not a key of the file."""
        node, mark, path = self.root, self.root.start_mark, []
        for place, step in enumerate(location):
            found = _child(node, step)
            if found is None:
                # a missing key is named too; names that only the validator knows are not
                if place == len(location) - 1 and isinstance(node, yaml.MappingNode):
                    path.append(str(step))
                continue
            key, node = found
            mark = key.start_mark if at_key and key else node.start_mark
            path.append(str(step))
        return mark, ".".join(path)


def read_yaml(path: Path) -> Document:
    """Read a file that must hold one mapping. Raises ConfigError with everything wrong with its form."""
    file = str(path)
    text = _text(path)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise ConfigError([Problem(file, 1, 1, "", "the file is empty")])
        problems = list(_forms(file, root))
        if problems:
            raise ConfigError(problems)
        return Document(file, loader.construct_document(root), root)
    except yaml.MarkedYAMLError as error:
        raise ConfigError([_syntax_problem(file, text, error)]) from None
    except yaml.YAMLError:
        problem = Problem(file, 1, 1, "", "is not valid YAML: it holds a character that YAML does not allow")
        raise ConfigError([problem]) from None
    finally:
        loader.dispose()


def _text(path: Path) -> str:
    file = str(path)
    try:
        with path.open("rb") as opened:
            raw = opened.read(_LARGEST + 1)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise ConfigError([Problem(file, 1, 1, "", f"cannot be read: {reason.lower()}")]) from error
    if len(raw) > _LARGEST:
        raise ConfigError([Problem(file, 1, 1, "", "is larger than 4 MiB")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        problem = Problem(file, line, column, "", "is not UTF-8 text", "save the file as UTF-8")
        raise ConfigError([problem]) from None


def _syntax_problem(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    start = lines[line][: column + 1] if line < len(lines) else ""
    said = error.problem or error.context or "it cannot be read"
    remedy = (
        "indent with spaces, never tabs" if "\t" in start and not start.strip() else _syntax_remedy(error)
    )
    return Problem(file, line + 1, column + 1, "", f"is not valid YAML: {said}", remedy)


TEXT_CUT = "put the text on a line of its own"
"""The remedy for a text that holds what means something inside `{…}`."""


def _syntax_remedy(error: yaml.MarkedYAMLError) -> str:
    if "flow mapping" in (error.context or ""):
        return f"a text with , : ? or {{ }} cannot stand inside {{…}}: {TEXT_CUT}"
    return "put a text with a colon in quotes" if "mapping values" in (error.problem or "") else ""


def _forms(file: str, root: yaml.Node) -> Iterator[Problem]:
    """Everything YAML allows and we do not: another top than a mapping, keys given twice, loops."""
    if not isinstance(root, yaml.MappingNode):
        yield Problem(file, 1, 1, "", "should hold keys and values", "begin with a key and a colon")
        return
    seen: set[int] = set()
    waiting: list[tuple[yaml.Node, str]] = [(root, "")]
    while waiting:
        node, path = waiting.pop()
        if id(node) in seen:
            line, column = node.start_mark.line + 1, node.start_mark.column + 1
            yield Problem(file, line, column, path, "is used again by an alias", "write it out instead")
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield from _twice(file, node, path)
            waiting += [(value, _below(path, str(key.value))) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(value, _below(path, str(at))) for at, value in enumerate(node.value)]


def _twice(file: str, node: yaml.MappingNode, path: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for key, _ in node.value:
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        if not isinstance(key, yaml.ScalarNode):
            yield Problem(file, line, column, path, "a key must be one word")
        elif key.value in first:
            message = f"is given twice, the first time on line {first[key.value]}"
            yield Problem(file, line, column, _below(path, key.value), message, "keep one of them")
        else:
            first[key.value] = line


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _empty(node: yaml.Node) -> bool:
    """Tell whether nothing is written there, not even `null`."""
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    """The value one step below a node, with its key where it has one."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None
