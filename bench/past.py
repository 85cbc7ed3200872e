"""A desk with a past: some cases are lived through, the others are written down after their pattern."""

from __future__ import annotations

import hashlib
import heapq
import random
import re
import sqlite3
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.mails import words_of
from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.decisions import acts, status_acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.desk import Desk
from maildesk.mail.identity import references
from maildesk.mail.identity.keys import KeyRing
from tests.world.past_desk import PastDesk

LIVED: Final = 200
"""Cases that are lived through: filed, answered and closed by the desk's own decisions."""

_BEGAN: Final = datetime(2025, 11, 3, 9, tzinfo=UTC)
_TURNS: Final = (2, 2, 3, 4, 4, 5, 6)
_ASKS: Final = (
    ("Printer", "It hums. We tried it several times, and it is always the same."),
    ("A question", "How do I export the report of last month?"),
    ("Help", "The portal is down. Nobody of us can log in since this morning."),
    ("Invoice", "It names the wrong address. I want to escalate this."),
    ("Login", "Our new colleague needs an account, as the other one has it."),
)
_MORE: Final = ("It still does not work, sorry.", "Now it says something else: error 17.", "Any news?")


def past_of(folder: Path, cases: int, lived: int = LIVED) -> PastDesk:
    """A desk in this folder that had so many cases; now is when their past is over."""
    desk = PastDesk(folder)
    _live(desk, min(cases, lived))
    with closing(sqlite3.connect(folder / "desk.db")) as store, store:
        patterns = _Patterns(store, desk.office.keys)
        for number in range(lived, cases):
            patterns.write(number)
    return desk


# --- what is lived through ----------------------------------------------------------------------------


@dataclass(frozen=True, order=True, slots=True)
class _Turn:
    """The next thing to happen to a case: its customer writes, or the desk answers, `left` times more."""

    at: datetime
    number: int
    turn: int
    left: int
    ref: str = ""
    letter: str = ""


def _live(desk: PastDesk, cases: int) -> None:
    """Everybody has 2 to 6 mails, ours counted; the last answer closes, and some write once more."""
    dice = random.Random(1)  # noqa: S311 - the same past in every run
    began = (_BEGAN + timedelta(minutes=20 * each) for each in range(cases))
    ahead = [_Turn(at, number, 0, dice.choice(_TURNS)) for number, at in enumerate(began)]
    while ahead:
        turn = heapq.heappop(ahead)
        ref = _happen(desk, turn, dice)
        if turn.left > 1:
            later = max(turn.at, desk.now) + timedelta(minutes=dice.randint(30, 2400))
            heapq.heappush(
                ahead, _Turn(later, turn.number, turn.turn + 1, turn.left - 1, ref, desk.last_letter())
            )
    desk.until(desk.now + timedelta(days=20))


def _happen(desk: PastDesk, turn: _Turn, dice: random.Random) -> str:
    at = max(turn.at, desk.now)
    if turn.turn % 2:
        closes = [_closes] if turn.left <= 2 else []
        desk.acts(turn.ref, _answers, *closes, at=at)
        return turn.ref
    subject, words = _ASKS[turn.number % len(_ASKS)]
    if turn.turn:
        words = "Thank you!" if turn.left == 1 and dice.random() < 0.5 else dice.choice(_MORE)
    html = "</p>\n<p>".join([words, *(words_of(dice, 16) for _ in range(20))])
    return desk.mail(
        f"{words}\n\n" + "\n".join(words_of(dice, 12) for _ in range(12)),
        html=f"<html><body><p>{html}</p></body></html>",
        at=at,
        subject=subject,
        sender=f"customer{turn.number}@client{turn.number % 100}.example",
        answers=turn.letter,
    )


def _answers(case: Case, desk: Desk, hand: Actor) -> Change:
    return acts.answer(case, desk, "Please try it once more, and tell us what it says.", hand)


def _closes(case: Case, desk: Desk, hand: Actor) -> Change:
    return status_acts.close(case, desk, hand)


# --- what is written down -----------------------------------------------------------------------------

_TABLES: Final = {
    "cases": "ref", "parties": "case_ref", "ledger": "case_ref", "mails": "case_ref", "events": "case_ref",
}  # fmt: skip
"""The tables that a replay reads, each with its column of the case's reference; raw mails and proven
addresses go along.
"""

_COUNTED: Final = frozenset({"id", "uid", "ledger_id", "about"})

Row = Mapping[str, Any]


class _Patterns:
    """The cases that were lived through; others are like them, with names of their own."""

    def __init__(self, store: sqlite3.Connection, keys: KeyRing) -> None:
        self._store, self._keys = store, keys
        self._rows = {table: self._all(table, ref) for table, ref in _TABLES.items()}
        self._refs = list(self._rows["cases"])
        self._raw: dict[str, bytes] = {
            sha256: zlib.decompress(packed)
            for sha256, packed in store.execute("SELECT sha256, packed FROM raw_mails")
        }
        self._proven = dict(store.execute("SELECT address, proven_at FROM addresses"))
        (self._most,) = store.execute("SELECT max(max(e.id), max(m.id)) FROM events e, mails m").fetchone()

    def _all(self, table: str, ref: str) -> dict[str, list[Row]]:
        found = self._store.execute(f"SELECT * FROM {table}")  # noqa: S608 - one of ours
        names = [each[0] for each in found.description]
        by_case: dict[str, list[Row]] = {}
        for values in found.fetchall():
            row = dict(zip(names, values, strict=True))
            by_case.setdefault(row[ref], []).append(row)
        return by_case

    def write(self, number: int) -> None:
        """Write one more case, the `number`th of this desk."""
        copy, at = divmod(number, len(self._refs))
        ref = self._refs[at]
        renamed = self._renaming(ref, number)
        for table in _TABLES:
            for row in self._rows[table].get(ref, ()):
                new = {name: self._value(name, value, copy, renamed) for name, value in row.items()}
                if table == "ledger":
                    new["raw_sha256"] = self._mail(row["raw_sha256"], renamed)
                self._insert(table, new)
        (case,) = self._rows["cases"][ref]
        if proven_at := self._proven.get(case["requester"]):
            self._insert("addresses", {"address": renamed(case["requester"]), "proven_at": proven_at})

    def _renaming(self, ref: str, number: int) -> Callable[[str], str]:
        (case,) = self._rows["cases"][ref]
        new = references.random_reference(number.to_bytes(5, "big"))
        names = {
            ref: new,
            case["requester"]: f"like{number}.{case['requester']}",
        }
        for row in self._rows["mails"][ref]:
            ours = references.read_case_and_nonce(self._keys, row["message_id"])
            names[row["message_id"]] = (
                references.message_id(self._keys, ref=new, nonce=ours[1], domain="acme.example")
                if ours
                else f"like{number}.{row['message_id']}"
            )
        either = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
        return lambda text: either.sub(lambda found: names[found[0]], text)

    def _value(self, name: str, value: Any, copy: int, renamed: Callable[[str], str]) -> Any:
        if name in _COUNTED and value is not None:
            return value + copy * self._most
        return renamed(value) if isinstance(value, str) else value

    def _mail(self, sha256: str, renamed: Callable[[str], str]) -> str:
        raw = renamed(self._raw[sha256].decode()).encode()
        new = hashlib.sha256(raw).hexdigest()
        self._insert("raw_mails", {"sha256": new, "size": len(raw), "packed": zlib.compress(raw, 1)})
        return new

    def _insert(self, table: str, row: Row) -> None:
        places = ", ".join("?" * len(row))
        words = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"  # noqa: S608 - names of ours
        self._store.execute(words, tuple(row.values()))
