"""What an attempt means for a letter: the whole failure policy, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maildesk.casework.consequences import Consequence
from maildesk.daemon.sending_outcomes import (
    LAST_TRY,
    after_attempt,
    after_expiry,
    after_silence,
    after_trouble,
)
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.errors import BadInput, ConnectionLost, LoginRefused, MaildeskError, TlsRefused
from maildesk.store.outbox import LetterOutcome, LetterState, OutboxLetter
from maildesk.transport.relay import Accepted, Answer, Refused, Unknown

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

ANSWER = OutboxLetter(
    id=7,
    case_ref="7K2Q-9F3M",
    message_id="m@acme.example",
    kind=LetterKind.ANSWER,
    recipient="bo@client.example",
    domain="client.example",
    subject="Re: Printer",
    envelope_from="support@acme.example",
    mailbox="support",
    personal=True,
    limited=False,
    to_desk=False,
    state=LetterState.QUEUED,
    attempts=0,
    created_at=START,
    due_at=START,
    expires_at=START + 5 * DAY,
    marked_at=None,
    told_at=None,
    ended_at=None,
    reason=None,
)
ACK = replace(ANSWER, kind=LetterKind.ACKNOWLEDGEMENT, personal=False, limited=True, expires_at=START + DAY)
CLOSED = replace(ANSWER, kind=LetterKind.CLOSED, personal=False)
NOTICE = replace(ANSWER, kind=LetterKind.ESCALATED_LEADERSHIP, personal=False, to_desk=True)
ALARM = replace(NOTICE, kind=LetterKind.ALARM, case_ref=None)

TAKEN = Accepted(250, "queued")
LATER = Refused(451, "greylisted", permanent=False)
NEVER = Refused(550, "no such user", permanent=True)
SILENT = Unknown("the relay hung up")
DOUBT = "may have arrived twice: the relay hung up"


def middle() -> float:
    """The draw that neither shortens nor lengthens a pause."""
    return 0.5


def settled(letter: OutboxLetter, answer: Answer, at: timedelta = timedelta()) -> Consequence:
    return after_attempt(letter, answer, START + at, middle)


# --- one answer -------------------------------------------------------------------------------------

ROWS: dict[str, tuple[OutboxLetter, Answer, timedelta, LetterOutcome, EventKind | None]] = {
    "taken": (
        ANSWER, TAKEN, MINUTE,
        LetterOutcome(7, LetterState.SENT, None, ended_at=START + MINUTE, attempts=1), None,
    ),
    "taken after it may have arrived": (
        replace(ANSWER, reason=DOUBT, attempts=3), TAKEN, HOUR,
        LetterOutcome(7, LetterState.SENT, DOUBT, ended_at=START + HOUR, attempts=4), None,
    ),
    "taken after a refusal": (
        replace(ANSWER, reason="451 greylisted", attempts=1), TAKEN, HOUR,
        LetterOutcome(7, LetterState.SENT, None, ended_at=START + HOUR, attempts=2), None,
    ),
    "refused for now": (
        ANSWER, LATER, timedelta(),
        LetterOutcome(7, LetterState.DEFERRED, "451 greylisted", due_at=START + MINUTE, attempts=1), None,
    ),
    "refused for good": (
        ANSWER, NEVER, MINUTE,
        LetterOutcome(7, LetterState.FAILED, "550 no such user", ended_at=START + MINUTE, attempts=1),
        EventKind.LETTER_FAILED,
    ),
    "refused for good after it may have arrived": (
        replace(ANSWER, reason=DOUBT, attempts=1), NEVER, HOUR,
        LetterOutcome(
            7,
            LetterState.FAILED,
            "may have arrived twice; 550 no such user",
            ended_at=START + HOUR,
            attempts=2,
        ),
        EventKind.LETTER_FAILED,
    ),
    "silence about a person's words": (
        ANSWER, SILENT, timedelta(),
        LetterOutcome(7, LetterState.DEFERRED, DOUBT, due_at=START + MINUTE), EventKind.LETTER_UNCERTAIN,
    ),
    "silence about a machine's": (
        ACK, SILENT, MINUTE,
        LetterOutcome(
            7, LetterState.UNCERTAIN, "may not have been sent: the relay hung up", ended_at=START + MINUTE
        ),
        EventKind.LETTER_UNCERTAIN,
    ),
    "silence about a person's words when the time is up": (
        replace(ANSWER, reason=DOUBT, attempts=40), SILENT, 5 * DAY,
        LetterOutcome(
            7,
            LetterState.FAILED,
            "may have arrived twice; tried for 120 hours; last: the relay hung up",
            ended_at=START + 5 * DAY,
            attempts=41,
        ),
        EventKind.LETTER_FAILED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("letter", "answer", "at", "wanted", "event"), ROWS.values(), ids=ROWS.keys())
def test_each_answer_has_its_consequence(
    letter: OutboxLetter, answer: Answer, at: timedelta, wanted: LetterOutcome, event: EventKind | None
) -> None:
    assert settled(letter, answer, at) == Consequence(wanted, event)


def test_a_connection_that_broke_before_the_message_is_no_doubt_and_costs_one_pause() -> None:
    after = after_trouble(ACK, ConnectionLost("connection lost"), START, middle)
    wanted = LetterOutcome(7, LetterState.DEFERRED, "connection lost", due_at=START + MINUTE, attempts=1)
    assert after == Consequence(wanted, None)


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (BadInput("no address"), LetterState.FAILED),
        (LoginRefused("535"), LetterState.DEFERRED),
        (TlsRefused("an old certificate"), LetterState.DEFERRED),
    ],
    ids=["the letter itself", "our account", "the relay's certificate"],
)
def test_only_what_is_wrong_with_the_letter_itself_is_for_good(
    problem: MaildeskError, state: LetterState
) -> None:
    assert after_trouble(ANSWER, problem, START, middle).settled.state is state


def test_a_letter_that_only_waited_until_its_time_was_up_has_failed_and_counts_no_attempt() -> None:
    after = after_expiry(ANSWER, START + 5 * DAY)
    reason = "tried for 120 hours; last: the relay was out of reach"
    wanted = LetterOutcome(7, LetterState.FAILED, reason, ended_at=START + 5 * DAY)
    assert after == Consequence(wanted, EventKind.LETTER_FAILED)


STOPPED = "the desk stopped during the attempt"


@pytest.mark.parametrize("letter", [ANSWER, NOTICE, ALARM], ids=["a person's words", "leadership", "alarm"])
def test_what_a_crash_left_unanswered_goes_again_at_once_to_the_desk_or_if_a_person_wrote_it(
    letter: OutboxLetter,
) -> None:
    after = after_silence(letter, STOPPED, START + HOUR, due_at=START + HOUR).settled
    assert (after.state, after.due_at) == (LetterState.DEFERRED, START + HOUR)
    assert after.reason == f"may have arrived twice: {STOPPED}"
    assert after.attempts is None  # the mark counted it already


@pytest.mark.parametrize("letter", [ACK, CLOSED], ids=["an acknowledgement", "closed"])
def test_what_a_machine_wrote_to_a_customer_is_not_repeated(letter: OutboxLetter) -> None:
    after = after_silence(letter, STOPPED, START + HOUR, due_at=START + HOUR).settled
    assert (after.state, after.ended_at) == (LetterState.UNCERTAIN, START + HOUR)
    assert after.reason == f"may not have been sent: {STOPPED}"
    assert after.attempts is None


def test_a_notice_whose_last_try_nobody_answered_has_failed_and_says_what_is_known() -> None:
    after = after_attempt(NOTICE, SILENT, START + 5 * DAY - MINUTE, middle).settled
    assert after.state is LetterState.FAILED
    assert after.reason is not None
    assert after.reason.startswith("may have arrived twice; tried for 120 hours")


# --- a whole life -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Life:
    """Every attempt at a letter, as time since its making, and the events of its case."""

    tries: list[timedelta]
    events: list[tuple[timedelta, EventKind]]
    last: OutboxLetter

    @property
    def pauses(self) -> list[timedelta]:
        return [later - earlier for earlier, later in zip(self.tries, self.tries[1:], strict=False)]


def lived(letter: OutboxLetter, answer: Answer, random: Callable[[], float] = middle) -> Life:
    """The letter's life where the relay always answers the same."""
    tries: list[timedelta] = []
    events: list[tuple[timedelta, EventKind]] = []
    while letter.state in (LetterState.QUEUED, LetterState.DEFERRED):
        now = letter.due_at
        tries.append(now - START)
        after = after_attempt(letter, answer, now, random)
        if after.event:
            events.append((now - START, after.event))
        letter = kept(letter, after.settled)
        assert len(tries) < 100
    return Life(tries, events, letter)


def kept(letter: OutboxLetter, change: LetterOutcome) -> OutboxLetter:
    """The letter as the outbox keeps it after an attempt, which its mark counted already."""
    changes: dict[str, Any] = {
        "state": change.state,
        "reason": change.reason,
        "ended_at": change.ended_at,
        "attempts": change.attempts if change.attempts is not None else letter.attempts + 1,
        "due_at": change.due_at or letter.due_at,
        "told_at": change.told_at or letter.told_at,
    }
    return replace(letter, **changes)


FIRST_PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240)]


def test_an_answer_is_tried_with_growing_pauses_for_the_whole_five_days() -> None:
    life = lived(ANSWER, LATER)
    assert life.pauses[:7] == FIRST_PAUSES
    assert set(life.pauses[7:-1]) == {4 * HOUR}
    assert life.tries[-1] == 5 * DAY - LAST_TRY
    assert life.last.state is LetterState.FAILED
    assert life.last.reason == "tried for 120 hours; last: 451 greylisted"


def test_an_acknowledgement_is_tried_for_a_day() -> None:
    life = lived(ACK, LATER)
    assert life.pauses[:7] == FIRST_PAUSES
    assert (life.tries[-1], life.last.state) == (DAY - LAST_TRY, LetterState.FAILED)
    assert life.last.reason == "tried for 24 hours; last: 451 greylisted"


@pytest.mark.parametrize("letter", [ANSWER, ACK], ids=["answer", "acknowledgement"])
def test_a_late_letter_is_told_once_by_its_fourth_hour_and_once_at_the_end(letter: OutboxLetter) -> None:
    life = lived(letter, LATER)
    assert [kind for _, kind in life.events] == [EventKind.LETTER_DELAYED, EventKind.LETTER_FAILED]
    (told, _), (ended, _) = life.events
    assert 3 * HOUR < told <= 4 * HOUR
    assert ended == life.tries[-1]


def test_a_letter_that_a_person_has_tried_again_is_told_of_as_if_it_were_new() -> None:
    later = START + 9 * DAY
    again = replace(ANSWER, due_at=later, expires_at=later + 5 * DAY)
    life = lived(again, LATER)
    assert [kind for _, kind in life.events] == [EventKind.LETTER_DELAYED, EventKind.LETTER_FAILED]
    (told, _), _ = life.events
    assert 3 * HOUR < told - 9 * DAY <= 4 * HOUR
    assert life.last.reason == "tried for 120 hours; last: 451 greylisted"


@pytest.mark.parametrize(
    ("draw", "part"), [(0.0, 0.9), (0.5, 1.0), (0.999999, 1.1)], ids=["shortest", "middle", "longest"]
)
def test_pauses_differ_by_a_tenth_and_no_life_outlasts_its_patience(draw: float, part: float) -> None:
    """Due times that fall together do not fire together."""
    life = lived(ANSWER, LATER, lambda: draw)
    for pause, plain in zip(life.pauses, FIRST_PAUSES, strict=False):
        assert pause / plain == pytest.approx(part, abs=0.001)
    assert life.tries[-1] == 5 * DAY - LAST_TRY


def test_a_person_s_words_that_may_arrive_each_time_are_not_sent_for_ever() -> None:
    """A relay that hangs up after every final dot."""
    life = lived(ANSWER, SILENT)
    assert life.tries[-1] == 5 * DAY - LAST_TRY
    assert life.last.state is LetterState.FAILED
    assert (life.last.reason or "").startswith("may have arrived twice; tried for 120 hours")
    assert {kind for _, kind in life.events[:-1]} == {EventKind.LETTER_UNCERTAIN}
    assert life.events[-1][1] is EventKind.LETTER_FAILED


def test_a_doubt_is_never_forgotten_by_what_comes_after() -> None:
    letter = ANSWER
    for answer in (SILENT, LATER, LATER):
        letter = kept(letter, settled(letter, answer, HOUR).settled)
    assert letter.reason == "may have arrived twice; 451 greylisted"
    letter = kept(
        letter, after_trouble(letter, ConnectionLost("connection lost"), START + HOUR, middle).settled
    )
    assert letter.reason == "may have arrived twice; connection lost"
    assert settled(letter, TAKEN, 2 * HOUR).settled.reason == letter.reason


def test_an_attempt_that_is_answered_past_the_letters_time_is_its_last() -> None:
    """It was under way when the time was up; none is begun after that."""
    late = replace(ANSWER, due_at=START + 7 * DAY)
    life = lived(late, LATER)
    assert (life.tries, life.last.state) == ([7 * DAY], LetterState.FAILED)
    assert lived(late, TAKEN).last.state is LetterState.SENT


def test_a_doubtful_letter_past_its_time_is_due_now_never_in_the_past() -> None:
    late = after_silence(ANSWER, "stopped", START + 7 * DAY, due_at=START + 7 * DAY).settled
    assert late.due_at == START + 7 * DAY


def test_a_relay_that_took_a_letter_may_have_given_it_another_id() -> None:
    taken = settled(ANSWER, Accepted(250, "2.6.0 <given@relay.example> [InternalId=1] Queued mail"))
    assert (taken.settled.state, taken.known_as) == (LetterState.SENT, ("given@relay.example",))
    assert settled(ANSWER, TAKEN).known_as == ()
    assert settled(ANSWER, Refused(550, "<x@relay.example> is not wanted", permanent=True)).known_as == ()
