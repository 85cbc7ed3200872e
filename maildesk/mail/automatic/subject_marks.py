"""Marks that gateways put before a subject: `[EXT]`, `*** SPAM ***`, `External:`."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = (
    r"(?:(?:suspected|possible|probable|likely|potential) )?(?:ext|external|externe?r?|extern[oa]|estern[oa]"
    r"|outside|spam|junk|bulk|phishing|caution|warning|attention|achtung|vorsicht|unsicher)"
    r"(?:[ -](?:e-?mail|mail|sender|message|absender|nachricht|source))?"
)
# Within brackets anything but a case of ours, which has its number behind a `#`.
_MARK: Final = re.compile(
    r"\s*+(?:\[[^\[\]#\n]{1,60}\]|\([^()#\n]{1,60}\)|\{[^{}#\n]{1,60}\}|<[^<>#\n]{1,60}>|【[^【】#\n]{1,60}】"
    r"|\*{1,6}[^*#\n]{1,60}\*{1,6}|={2,6}[^=#\n]{1,60}={2,6}|-{2,6}[^#\n-]{1,60}-{2,6}|!{1,6}[^!#\n]{1,60}!{1,6}"
    rf"|{_WORD}\s{{0,2}}(?:[:|]|[-–—>]{{1,2}}\s))[\s:–—-]*+",
    re.IGNORECASE,
)
_MOST: Final = 4


def without_marks(subject: str) -> str:
    """The subject as its author's program wrote it."""
    at = 0
    for _ in range(_MOST):
        found = _MARK.match(subject, at)
        if found is None:
            break
        at = found.end()
    return subject[at:].lstrip()
