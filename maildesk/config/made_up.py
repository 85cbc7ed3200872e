"""Values of the made-up company that a configuration still has, where nobody reads mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from maildesk.config.settings import Settings

_EXAMPLES = re.compile(r"(?:^|[@./])(?:acme|client|private)\.example(?:$|[/:])", re.IGNORECASE)
"""The domains of the example: reserved by RFC 2606, so they are nobody's."""

_NUMBERS = re.compile(r"(?:1{8}-2222-|6{8}-7777-)[0-9-]+")
"""The IDs of the example's login."""


def made_up(settings: Settings) -> tuple[tuple[str, str], ...]:
    """List the keys that still have a made-up value, with it: `mailboxes.support.address`."""
    return tuple(
        (path, value)
        for path, value in _texts(settings, "")
        if _EXAMPLES.search(value) or _NUMBERS.fullmatch(value)
    )


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text of the configuration, no secret among them, and where it stands."""
    match value:
        case BaseModel():
            for name in type(value).model_fields:
                yield from _texts(getattr(value, name), f"{path}.{name}" if path else name)
        case Mapping():
            for name, each in value.items():
                yield from _texts(each, f"{path}.{name}")
        case tuple():
            for at, each in enumerate(value):
                yield from _texts(each, f"{path}.{getattr(each, 'name', at)}")
        case str():
            yield path, str(value)
