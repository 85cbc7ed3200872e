"""Several things in one sentence."""

from __future__ import annotations

from collections.abc import Sequence


def in_words(parts: Sequence[str]) -> str:
    """Join them as people write: `a`, `a and b`, `a, b and c`; the empty string for none."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
