"""Outcomes of an attempt to send a letter: all of our failure policy for outgoing mail, in one table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from maildesk.casework.consequences import Consequence, patience_of
from maildesk.desk.case.events import EventKind
from maildesk.errors import BadInput, MaildeskError
from maildesk.mail.identity.references import ids_given_by_relay
from maildesk.store.outbox import DOUBTS, TWICE, LetterOutcome, LetterState, OutboxLetter
from maildesk.transport.relay import Accepted, Answer, Refused

RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240))
"""The pauses after the first failures; every later one is as long as the last (RFC 5321 §4.5.4.1)."""

SPREAD = 0.1
"""Pauses differ by up to this part, so that what failed together is not tried together."""

TOLD_AFTER = timedelta(hours=4)
"""A letter that is not tried again before this age is worth a word to the agent."""

LAST_TRY = timedelta(minutes=10)
"""The time before its end at which a letter is tried for the last time: after that it is never offered."""

NEVER = "may not have been sent"


def after_attempt(
    letter: OutboxLetter, answer: Answer, now: datetime, random: Callable[[], float]
) -> Consequence:
    """The consequence of the relay's answer; `letter.attempts` counts the attempts before this one."""
    if isinstance(answer, Accepted):
        twice = letter.reason if letter.reason and any(word in letter.reason for word in DOUBTS) else None
        settled = LetterOutcome(
            letter.id, LetterState.SENT, twice, ended_at=now, attempts=letter.attempts + 1
        )
        arrived = EventKind.LETTER_ARRIVED if letter.told_at else None  # who heard that it is late hears
        return Consequence(settled, arrived, known_as=ids_given_by_relay(answer.text))
    if isinstance(answer, Refused):
        reason = f"{answer.code} {answer.text}"
        if answer.permanent:
            return _failed(letter, _with_doubt(letter, reason), now)
        return _again(letter, reason, now, random)
    if letter.repeated and _time_is_up(letter, now):
        return _failed(letter, f"{TWICE}; {_tried(letter, answer.text)}", now)
    return after_silence(letter, answer.text, now, due_at=_next_try(letter, now, random))


def after_silence(letter: OutboxLetter, what: str, now: datetime, *, due_at: datetime) -> Consequence:
    """The relay may have it or not. A person's words go again, the same bytes, and so does what the desk's
    own people are to hear; what a machine writes to a customer does not.

    The attempt was counted with its mark (design §3).
    """
    if letter.repeated:
        settled = LetterOutcome(letter.id, LetterState.DEFERRED, f"{TWICE}: {what}", due_at=due_at)
        return Consequence(settled, EventKind.LETTER_UNCERTAIN)
    settled = LetterOutcome(letter.id, LetterState.UNCERTAIN, f"{NEVER}: {what}", ended_at=now)
    return Consequence(settled, EventKind.LETTER_UNCERTAIN)


def after_trouble(
    letter: OutboxLetter, problem: MaildeskError, now: datetime, random: Callable[[], float]
) -> Consequence:
    """It ended before the message began: the relay cannot have it.

    What is wrong with the letter itself stays wrong; a connection, an account or a certificate may be mended.
    """
    if isinstance(problem, BadInput):
        return _failed(letter, _with_doubt(letter, str(problem)), now)
    return _again(letter, str(problem), now, random)


def after_expiry(letter: OutboxLetter, now: datetime) -> Consequence:
    """Its time ended while it waited, as it does where the relay was out of reach for all of it."""
    reason = _tried(letter, letter.reason or "the relay was out of reach")
    settled = LetterOutcome(letter.id, LetterState.FAILED, _with_doubt(letter, reason), ended_at=now)
    return Consequence(settled, EventKind.LETTER_FAILED)


def _again(letter: OutboxLetter, reason: str, now: datetime, random: Callable[[], float]) -> Consequence:
    if _time_is_up(letter, now):
        return _failed(letter, _with_doubt(letter, _tried(letter, reason)), now)
    due = _next_try(letter, now, random)
    told = letter.told_at is None and due > letter.expires_at - patience_of(letter) + TOLD_AFTER
    settled = LetterOutcome(
        letter.id,
        LetterState.DEFERRED,
        _with_doubt(letter, reason),
        due_at=due,
        attempts=letter.attempts + 1,
        told_at=now if told else None,
    )
    return Consequence(settled, EventKind.LETTER_DELAYED if told else None)


def _time_is_up(letter: OutboxLetter, now: datetime) -> bool:
    return now >= letter.expires_at - LAST_TRY


def _next_try(letter: OutboxLetter, now: datetime, random: Callable[[], float]) -> datetime:
    """The next attempt; the last one is made shortly before the time is up, so that all of it is used."""
    pause = RETRIES[min(letter.attempts, len(RETRIES) - 1)]
    due = now + pause * (1 - SPREAD + 2 * SPREAD * random())
    return min(due, max(now, letter.expires_at - LAST_TRY))


def _with_doubt(letter: OutboxLetter, reason: str) -> str:
    """The reason, and that an earlier attempt may have arrived all the same."""
    return f"{TWICE}; {reason}" if letter.reason and TWICE in letter.reason else reason


def _tried(letter: OutboxLetter, reason: str) -> str:
    return f"tried for {patience_of(letter).total_seconds() / 3600:.0f} hours; last: {reason}"


def _failed(letter: OutboxLetter, reason: str, now: datetime) -> Consequence:
    settled = LetterOutcome(letter.id, LetterState.FAILED, reason, ended_at=now, attempts=letter.attempts + 1)
    return Consequence(settled, EventKind.LETTER_FAILED)
