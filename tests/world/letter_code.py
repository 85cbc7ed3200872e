"""Letter templates are compiled once for a process: nearly every desk of the tests has the same ones.

Compiling them is most of what it takes to build a desk, and the code is the same whichever desk it is for.
"""

from __future__ import annotations

from types import CodeType

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

_KNOWN: dict[tuple[str, ...], CodeType] = {}


def _compile(self: jinja2.Environment, source: str, name: str, filename: str) -> CodeType:
    key = (source, name, filename, *sorted(self.filters))  # a filter that is not there is told by compiling
    if key not in _KNOWN:
        _KNOWN[key] = jinja2.Environment.compile(self, source, name, filename)
    return _KNOWN[key]


def remember() -> None:
    """From now on no sandbox of this process compiles a text twice."""
    ImmutableSandboxedEnvironment.compile = _compile  # type: ignore[assignment,method-assign]
