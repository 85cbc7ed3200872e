"""A mail that opens a case of its own although it points at another: why, and what the team reads of it."""

from __future__ import annotations

from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.case_name import event_values, in_full
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.decisions.machine_mail import MARKED_SPAM, UNTRUSTED
from maildesk.desk.screening.origin import doubt
from maildesk.desk.screening.outcomes import Outcome, ScreeningResult
from maildesk.desk.screening.situation import Sameness, Situation

_WARNINGS: Final = {
    "sender-failed": UNTRUSTED,
    "dup-message-id": Phrase("another sender used the same Message-ID with other content"),
    "tag-by-stranger": Phrase("its subject names a case that its author does not take part in"),
    "through-a-group": Phrase("it came through a group, which proves nothing of who wrote it"),
    "thread-elsewhere": Phrase("its thread touches another case, whose parties it was not meant for"),
}

_COPIES_BEFORE: Final = {
    Sameness.AFTER_MACHINE: Phrase("a copy that a list or a program made of it"),
    Sameness.AFTER_LESS_VOUCHED: Phrase("a copy that was less vouched for"),
    Sameness.AFTER_SPAM: Phrase("a copy that was called spam"),
    Sameness.AFTER_STRANGER: Phrase("a copy to another case, where its author takes no part"),
}
"""The reasons why a mail is no repeat of one that came before it, although its words may be the same."""


def warning_of(s: Situation, screened: ScreeningResult) -> str:
    """Write what the team is to know of a mail that opens a case, before all else."""
    said = doubt(s.mail, s.found) or _WARNINGS.get(screened.reason, "")
    other, copy, earlier = _other(s, screened), _COPIES_BEFORE.get(s.repeat.same, ""), s.repeat.earlier
    about = Phrase("the other case is {case}", case=in_full(other)) if other and other.ref not in said else ""
    came = (
        Phrase("{copy} came first, to {case}", copy=copy, case=in_full(earlier)) if copy and earlier else ""
    )
    spam = MARKED_SPAM if s.mail.automation.marked_spam else ""
    return Joined("; ", filter(None, (said, about, came, spam)))


def why_apart(s: Situation, screened: ScreeningResult) -> list[Event]:
    """Say why this is a case of its own although it pointed elsewhere, or had a copy there."""
    author, other, earlier = s.author or "unknown", _other(s, screened), s.repeat.earlier
    if screened.outcome is Outcome.OPEN_REUSED_ID:
        data = event_values(other) if other else {}
        return [Event(s.now, EventKind.MESSAGE_ID_REUSED, author, data)]
    others = {other.ref: other} if other else {}
    if s.repeat.same in _COPIES_BEFORE and earlier:
        others.setdefault(earlier.ref, earlier)
    return [Event(s.now, EventKind.MENTIONED, author, event_values(each)) for each in others.values()]


def _other(s: Situation, screened: ScreeningResult) -> Case | None:
    """Find the case that the mail points at, or whose mail bears the same Message-ID."""
    if screened.outcome is Outcome.OPEN_REUSED_ID:
        return s.repeat.earlier
    return s.found.case if screened.outcome is Outcome.OPEN_MENTIONING and s.found else None
