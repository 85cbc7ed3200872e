"""Names fit for a greeting and before an address: a display name is what its sender wrote there."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

MOST_CHARS: Final = 40

_DOTS: Final = str.maketrans(
    dict.fromkeys("\u3002\uff0e\uff61\u2024\ufe52", ".")
)  # UTS #46 reads these as dots
_NO_NAME: Final = re.compile(
    r"""
      @ | [/\\<>|]                  # an address, a path or a link
    | :\S                          # mailto:eve
    | \bwww\b
    | [^\W_]\.[^\W\d_]{2}          # evil.example, and not J. R. Lund
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MOST_DIGITS: Final = 4
"""More of them are a number to call, or to pay."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, directions, joiners and line ends: what is not seen may turn round what is."""

_QUOTES: Final = "'\""


@functools.lru_cache(maxsize=4096)  # every letter to somebody asks it anew
def greeted(name: str) -> str:
    """Return how somebody is greeted; the empty string where the name could be read as anything else.

    Programs write 'Li Na' in quotes, or the address where they know no name. No link, no address, no number
    to call, no character that is not seen and no more than `MOST_CHARS` are a greeting: mail programs make
    links of less, and whoever is greeted takes it for our words.
    """
    bare = _unquoted(name[: 4 * MOST_CHARS].strip())
    plain = unicodedata.normalize("NFKC", bare.translate(_DOTS)).translate(_DOTS)
    if max(len(bare), len(plain)) > MOST_CHARS or _NO_NAME.search(plain):
        return ""
    if sum(each.isdigit() for each in plain) > _MOST_DIGITS:
        return ""
    return "" if any(unicodedata.category(each) in _UNSEEN for each in bare) else bare


def _unquoted(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] and name[0] in _QUOTES:
        return name[1:-1].strip()
    return name
