"""The relay's answer and the case: failed, late and uncertain letters become events and notices."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final

from maildesk.casework.alarms import place_of
from maildesk.casework.consequences import Consequence, Consequences, told_of, words_told
from maildesk.casework.office import Office
from maildesk.casework.unit_of_work import UnitOfWork
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.decisions.letter_fates import LetterFate, about_all
from maildesk.desk.letters.cause import Cause
from maildesk.mail.addr_spec import Addresses
from maildesk.store import late_letters, outbox, thread_ids
from maildesk.store.database import Connection
from maildesk.store.outbox import LetterState, OutboxLetter
from maildesk.store.savepoints import apart
from maildesk.store.thread_ids import Note

_log = logging.getLogger(__name__)

_DELAYED: Final = EventKind.LETTER_DELAYED

_Eventful = Sequence[tuple[OutboxLetter, Consequence, EventKind]]


class OutcomeRecorder:
    """Settles letters and tells their cases, in the transaction it is given.

    What became of a letter is written whatever happens: a case that cannot be told of it, as with a notice
    whose template is broken, keeps the event without the notice. Else the letter would be sent again.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def __call__(self, conn: Connection, consequences: Consequences) -> None:
        eventful = [(one, after, after.event) for one, after in consequences if after.event]
        now_in = outbox.states(conn, [letter.id for letter, _, _ in eventful]) if eventful else {}
        late = [letter.id for letter, _, kind in eventful if kind is _DELAYED]
        told = late_letters.told_of(conn, late) if late else set()
        eventful = [each for each in eventful if each[0].id not in told or each[2] is not _DELAYED]
        outbox.settle(conn, [replace(after.settled, was=letter.state) for letter, after in consequences])
        thread_ids.write_down(conn, _aliases(consequences))
        settled = [each for each in eventful if now_in.get(each[0].id) is each[0].state]
        self._alarm_of_doubt(conn, settled)
        of_cases = [each for each in settled if each[0].case_ref]
        if of_cases:
            self._tell(conn, of_cases)

    def _alarm_of_doubt(self, conn: Connection, settled: _Eventful) -> None:
        """A letter that nobody repeats wants a person: one word to the operators about all of them."""
        if any(after.settled.state is LetterState.UNCERTAIN for _, after, _ in settled):
            outbox.add(conn, self._office.alarms.raised(conn, "uncertain", _latest(settled)))

    def drop_expired_held(self, conn: Connection, now: datetime, letters: Collection[OutboxLetter]) -> None:
        """Acknowledgements held too long to be of use: dropped, and their cases say so."""
        dropped = LetterState.DROPPED
        self(
            conn,
            [
                (
                    one,
                    Consequence(
                        outbox.LetterOutcome(one.id, dropped, "held for 24 hours", ended_at=now),
                        EventKind.LETTER_DROPPED,
                    ),
                )
                for one in letters
            ],
        )

    def _tell(self, conn: Connection, eventful: _Eventful) -> None:
        """All cases together; if one of them makes us fail each by itself, and that one without a notice."""
        if apart(conn, partial(self._tell_cases, conn, eventful, notices=True)) is None:
            return
        for _, group in groupby(sorted(eventful, key=_ref), key=_ref):
            self._tell_one(conn, list(group))

    def _tell_one(self, conn: Connection, eventful: _Eventful) -> None:
        for notices in (True, False):
            problem = apart(conn, partial(self._tell_cases, conn, eventful, notices=notices))
            if problem is None:
                return
            ref, now = _ref(eventful[0]), _latest(eventful)
            _log.error("a case could not be told case=%s notices=%s", ref, notices, exc_info=problem)
            what = Phrase("What became of a letter of case {case} could not be told", case=ref)
            detail = Joined(": ", (what, place_of(problem)))
            outbox.add(conn, self._office.alarms.raised(conn, "broken:recording", now, detail))

    def _tell_cases(self, conn: Connection, eventful: _Eventful, *, notices: bool) -> None:
        with self._office.session(conn, _latest(eventful)) as work:
            work.load({_ref(each) for each in eventful})
            for copies in _by_letter(eventful):
                self._tell_case(conn, work, copies, notices=notices)

    def _tell_case(self, conn: Connection, work: UnitOfWork, copies: _Eventful, *, notices: bool) -> None:
        """Each copy of a letter is an event of its case, and all that fared alike are one notice."""
        fates = [
            LetterFate(kind, one.kind, one.recipient, after.settled.reason or "")
            for one, after, kind in copies
        ]
        letter, after, kind = copies[0]
        if kind is _DELAYED:  # one that was tried a little earlier or later is told of now, and not again
            others = late_letters.others_late(conn, letter, work.now)
            why = after.settled.reason or ""
            fates += [LetterFate(kind, letter.kind, each, why) for each in others]
        for fate in fates:
            case = work.book.living(_ref(copies[0]))  # perhaps merged while it was out
            if case is None:
                return
            words = words_told(conn, self._office.desk, case, fate, letter.message_id)
            change = told_of(conn, case, fate, work.now, words)
            told = tuple(about_all(order, fates) for order in change.letters)
            # A letter retried by a person may fail again: its time is another, and so is the notice.
            until = letter.expires_at.isoformat()
            cause = Cause(f"outbox {letter.message_id} {fate.recipient} {kind} {until}")
            work.carry_out(replace(change, letters=told if notices and fate is fates[-1] else ()), cause)


def _aliases(consequences: Consequences) -> list[Note]:
    """The ids under which letters are known where they went: the relay gave them others than we did."""
    return [
        Note(
            given,
            Claim(letter.case_ref, Hold.ALIAS, Addresses({letter.recipient})),
            after.settled.ended_at or letter.due_at,
        )
        for letter, after in consequences
        for given in after.known_as
        if letter.case_ref and given != letter.message_id
    ]


def _by_letter(eventful: _Eventful) -> list[_Eventful]:
    """Group the copies of one letter with the same fate: they share a Message-ID."""
    groups: dict[tuple[str, str, EventKind], list[tuple[OutboxLetter, Consequence, EventKind]]] = {}
    for each in eventful:
        groups.setdefault((_ref(each), each[0].message_id, each[2]), []).append(each)
    return list(groups.values())


def _ref(eventful: tuple[OutboxLetter, Consequence, EventKind]) -> str:
    return eventful[0].case_ref or ""


def _latest(eventful: _Eventful) -> datetime:
    return max(after.settled.ended_at or letter.marked_at or letter.due_at for letter, after, _ in eventful)
