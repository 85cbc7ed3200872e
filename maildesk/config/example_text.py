"""The text of the example configuration, filled in: values change, keys come and go, every remark stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

_COMMENTED = re.compile(r"^( *)#(?=\S)", re.MULTILINE)
"""The sign before a key that is not in force; a remark has a blank behind its sign."""

_LINE = re.compile(r"(?P<lead> *)(?P<off>#?)(?P<key>(?:- )?[\w-]+:)(?P<value>.*?)(?P<remark> +# .*)?")
_COLUMN = 39
"""The column at which remarks begin, where the value leaves room."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The lines of a key: its own, and the one behind the last of what it holds."""

    first: int
    end: int


class ExampleText:
    """The lines of the example, in which keys are found by their paths: `mailboxes.0.imap.host`."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        root = yaml.compose(_COMMENTED.sub(r"\1", text), yaml.CSafeLoader)
        self._places = dict(_places(root, "")) if root else {}

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def write(self, path: str, value: str) -> None:
        """Put a key in force with this value, written as YAML; it must stand on a line of its own."""
        at = self._places[path].first
        parts = _LINE.fullmatch(self._lines[at])
        assert parts, f"{path} stands on a line of its own in the example"
        line = f"{parts['lead']}{parts['key']}{f' {value}' if value else ''}"
        self._lines[at] = _remarked(line, parts["remark"])

    def put_in_force(self, path: str) -> None:
        """Take the sign from the line of a key; what it holds stays as it is."""
        at = self._places[path].first
        parts = _LINE.fullmatch(self._lines[at])
        assert parts, f"{path} stands on a line of its own in the example"
        self._lines[at] = _remarked(f"{parts['lead']}{parts['key']}{parts['value']}", parts["remark"])

    def leave_out(self, path: str) -> None:
        """Put the sign before a key and before everything that it holds."""
        place = self._places[path]
        for at in range(place.first, place.end):
            parts = _LINE.fullmatch(self._lines[at])
            if parts and not parts["off"]:
                line = f"{parts['lead']}#{parts['key']}{parts['value']}"
                self._lines[at] = _remarked(line, parts["remark"])


def _remarked(line: str, remark: str | None) -> str:
    """The line with its remark where remarks stand, or behind a value that is longer."""
    room = line.ljust(_COLUMN) if len(line) < _COLUMN - 1 else f"{line}  "
    return room + remark.lstrip() if remark else line


def _places(node: yaml.Node, path: str) -> Iterator[tuple[str, _Place]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = f"{path}.{key.value}" if path else str(key.value)
            yield here, _Place(key.start_mark.line, _end(value))
            yield from _places(value, here)
    elif isinstance(node, yaml.SequenceNode) and not node.flow_style:
        for at, each in enumerate(node.value):
            yield f"{path}.{at}", _Place(each.start_mark.line, _end(each))
            yield from _places(each, f"{path}.{at}")


def _end(node: yaml.Node) -> int:
    """The line behind the last one of a value; the mark of a block stands where the next key begins."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.line) + 1
