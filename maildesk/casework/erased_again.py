"""Erasing again, before anything goes on from a backup, what was erased after it was made."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from maildesk.casework.erasing import erase_cases
from maildesk.casework.erasing_persons import erase_traces
from maildesk.desk.case.erasing import Why
from maildesk.desk.case.events import DESK
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.people import People
from maildesk.mail.identity.erased_persons import person_code
from maildesk.mail.identity.keys import KeyRing
from maildesk.store import erased_keys, erasing, unlisted
from maildesk.store.database import Connection
from maildesk.store.erasure_list import ErasureNote
from maildesk.store.persons import addresses_kept, traces

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErasedBefore:
    """The things that a list says were erased, who the desk's people are, and the keys that name persons."""

    notes: Sequence[ErasureNote]
    people: People
    keys: KeyRing

    def again(self, conn: Connection, made_at: datetime, now: datetime) -> int:
        """Erase in the copy that was made at `made_at` what it still has of that; how many cases, mails and
        persons that were.

        In the transaction in which the desk goes on from the copy: it does both, or neither.
        """
        hand = Actor(DESK, now)
        found = self._cases_and_mails(conn, hand) + self._persons(conn, made_at, hand)
        if found:
            unlisted.note(conn, unlisted.of_case("before", now))  # the next look does the rest
            _log.warning("the copy had what was erased since it was made: erased again things=%d", found)
        return found

    def _cases_and_mails(self, conn: Connection, hand: Actor) -> int:
        refs = erasing.living(conn, list(dict.fromkeys(ref for note in self.notes for ref in note.cases)))
        keys = list(dict.fromkeys(key for note in self.notes for key in note.mails))
        cases = erase_cases(conn, self.people, refs, hand, Why.AGAIN).cases if refs else ()
        return len(cases) + erased_keys.erase_keys(conn, keys)

    def _persons(self, conn: Connection, made_at: datetime, hand: Actor) -> int:
        """Erase those who were erased later: all that the copy has of them is from before that."""
        codes = {code for note in self.notes if note.at >= made_at for code in note.persons}
        known = addresses_kept(conn) if codes else ()
        wanted = [each for each in known if person_code(self.keys, each) in codes]
        for address in wanted:
            if not self.people.is_desk_person(address):
                erase_traces(conn, self.people, traces(conn, address), hand, Why.AGAIN)
        return len(wanted)
