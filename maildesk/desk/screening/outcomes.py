"""The word of screening on a mail: the outcome, and the reason that led to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from maildesk.desk.policy.people import People
from maildesk.desk.screening.situation import Situation, Who


class Outcome(StrEnum):
    """The outcome of screening a mail."""

    SEEN = "seen"
    DUPLICATE = "duplicate"
    KEEP_COPY = "keep-copy"
    JOIN_AS_FIRST = "join-as-first"
    FLAG_REUSED_ID = "flag-reused-id"
    OPEN_REUSED_ID = "open-reused-id"
    ATTACH_BOUNCE = "attach-bounce"
    OPEN_BOUNCE = "open-bounce"
    ATTACH_AUTOMATIC = "attach-automatic"
    OPEN_AUTOMATIC = "open-automatic"
    ATTACH_HEARD = "attach-heard"
    OPEN_HEARD = "open-heard"
    OPEN_SET_ASIDE = "open-set-aside"
    OPEN = "open"
    OPEN_FIXED_WORDS = "open-fixed-words"
    OPEN_FLAGGED = "open-flagged"
    OPEN_MENTIONING = "open-mentioning"
    JOIN = "join"
    JOIN_AS_PARTY = "join-as-party"
    ATTACH_UNVERIFIED = "attach-unverified"
    ATTACH_THIRD_PARTY = "attach-third-party"
    KEEP_ANSWER = "keep-answer"
    ACT = "act"
    ASK_CONFIRMATION = "ask-confirmation"
    KEEP_NOTE = "keep-note"
    REFUSE = "refuse"
    OPEN_FORWARDED = "open-forwarded"
    OPEN_WRITTEN = "open-written"
    RETURN_FORM = "return-form"
    FILL_FORM = "fill-form"
    OPEN_ENTERED = "open-entered"
    CHOOSE = "choose"
    COUNT_ANSWER = "count-answer"
    ATTACH_ANSWER = "attach-answer"
    CONFIRM = "confirm"
    LOOK = "look"
    DECLINE = "decline"


class Signal(StrEnum):
    """The way in which a mail points at a case, as far as the table tells it apart."""

    NONE = "none"
    TAG = "tag"
    HINT = "hint"
    LINKED = "token or thread"
    OWN_TOKEN = "own token"  # noqa: S105 - a word of the table, not a password


@dataclass(frozen=True, slots=True)
class Row:
    """One rule read in order: when `holds`, the mail's outcome is `outcome` for the reason `reason`."""

    reason: str
    holds: Callable[[Situation, People], bool]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """The outcome with the constant reason that led to it."""

    outcome: Outcome
    reason: str
    who: Who
