"""Replacing values of a case, ten times as quickly as `dataclasses.replace`: each event does it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(value: Any, /, **changes: Any) -> Any:
        """The value with these in the place of its own; one that has no slots is copied whole."""
        kept = getattr(value, "__dict__", None)
        if kept is None:
            return dataclasses.replace(value, **changes)
        if not changes.keys() <= kept.keys():
            raise TypeError(f"{type(value).__name__} has no {', '.join(changes.keys() - kept.keys())}")
        other = object.__new__(type(value))
        other.__dict__.update(kept, **changes)
        return other
