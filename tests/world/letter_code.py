"""Letter templates are compiled once for a process: nearly every desk of the tests has the same ones.

Compiling them is most of what it takes to build a desk, and the code is the same whichever desk it is for. So
is what each file asks for, which is most of what a first letter takes.
"""

from __future__ import annotations

from types import CodeType
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from maildesk.desk.letters.template_files import Voice

_KNOWN: dict[tuple[str, ...], CodeType] = {}
_ASKED: dict[str, Any] = {}
_find_in = Voice._found_in


def _compile(self: jinja2.Environment, source: str, name: str, filename: str) -> CodeType:
    key = (source, name, filename, *sorted(self.filters))  # a filter that is not there is told by compiling
    if key not in _KNOWN:
        _KNOWN[key] = jinja2.Environment.compile(self, source, name, filename)
    return _KNOWN[key]


def _found_in(self: Voice, source: str) -> Any:
    if source not in _ASKED:
        _ASKED[source] = _find_in(self, source)
    return _ASKED[source]


def remember() -> None:
    """From now on no sandbox of this process compiles a text twice, or looks twice for what it asks for."""
    Voice._found_in = _found_in  # type: ignore[method-assign]
    ImmutableSandboxedEnvironment.compile = _compile  # type: ignore[assignment,method-assign]
