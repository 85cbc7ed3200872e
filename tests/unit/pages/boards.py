"""Boards made up for tests: a Tuesday morning in Lisbon, and the cases that somebody tells of."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from maildesk.desk.case.told import Phrase, Speech
from maildesk.desk.letters.language import ENGLISH
from maildesk.desk.letters.language_words import language_of
from maildesk.desk.promises.calendar import BusinessCalendar, Window
from maildesk.pages.board import Board, BoardCase
from maildesk.pages.board_wish import BoardWish
from tests.unit.desk.letters.words_of_code import TEMPLATES

NOW = datetime(2026, 11, 24, 10, 20, tzinfo=UTC)  # a Tuesday; the wall clock of Lisbon says the same
HOUR = timedelta(hours=1)
LISBON = ZoneInfo("Europe/Lisbon")
OFFICE = BusinessCalendar(LISBON, ((Window(540, 1020),),) * 5 + ((), ()))

TRANSLATED = {
    tag: language_of(tag, (TEMPLATES / tag / "words.yaml").read_text(), f"{tag}/words.yaml")
    for tag in ("de", "pt-BR")
}
"""The languages that we ship beside English."""

HOSTILE = (
    "<script>document.title='taken'</script>",
    "<img src=https://evil.example/x onerror=alert(1)>",
    "\u202egnp.exe",
    "A" * 10_000,
    "nul\0in the middle",
    '"></th></tr></table><h1>Free</h1>',
    "&lt;b&gt;&#60;script&#62;",
)


def case(ref: str = "7K2Q-9F3M", **changed: Any) -> BoardCase:
    """A case of yesterday that waits for its customer, changed as told."""
    usual: dict[str, Any] = {
        "subject": "It does not print",
        "customer": "bo@client.example",
        "priority": "normal",
        "first": False,
        "owner": "Ana Souza",
        "team": "support",
        "escalated": False,
        "opened_at": NOW - 25 * HOUR,
        "due": None,
        "owes": "",
        "asked_at": None,
        "answered": True,
        "said_at": NOW - 20 * HOUR,
    }
    return BoardCase(ref, **(usual | changed))


def owed(ref: str, hours: float, **changed: Any) -> BoardCase:
    """A case whose first answer is due so many hours from now."""
    told = {
        "due": NOW + hours * HOUR,
        "owes": Phrase("answer"),
        "asked_at": NOW - 3 * HOUR,
        "answered": False,
    }
    return case(ref, **(told | changed))


def board(
    *cases: BoardCase, at: datetime = NOW, wish: BoardWish | None = None, language: Speech = ENGLISH
) -> Board:
    return Board("Acme Support", at, LISBON, OFFICE, cases, wish or BoardWish(), language)


def busy(number: int, subjects: tuple[str, ...] = ("Export stops at row 10,000",)) -> tuple[BoardCase, ...]:
    """So many cases of all parts, always the same ones."""
    chance = random.Random(7)
    return tuple(_any(each, chance, subjects[each % len(subjects)]) for each in range(number))


def _any(number: int, chance: random.Random, subject: str) -> BoardCase:
    ref, kind = f"{number:04X}-{chance.randrange(16**4):04X}", chance.random()
    told = {
        "subject": subject,
        "priority": chance.choice(("urgent", "high", "normal", "low")),
        "owner": chance.choice(("Ana Souza", "Bo Lindqvist", "")),
        "team": chance.choice(("support", "billing")),
        "escalated": chance.random() < 0.1,
        "opened_at": NOW - chance.uniform(1, 300) * HOUR,
    }
    told["first"] = told["priority"] == "urgent"
    if kind < 0.4:
        return owed(ref, 0, due=_at_work(chance, -1, 2), **told)
    asked = NOW - chance.uniform(0, 90) * HOUR if kind < 0.7 else None
    said = min(_at_work(chance, -5, -1), asked or NOW)
    return case(ref, asked_at=asked, answered=kind < 0.6, said_at=said, **told)


def _at_work(chance: random.Random, first: int, last: int) -> datetime:
    """Some moment of the opening hours, from so many days on after today to so many."""
    days = [NOW + timedelta(days=each) for each in range(first, last + 1)]
    day = chance.choice([each for each in days if each.weekday() < 5])
    return day.replace(hour=9, minute=0) + timedelta(minutes=chance.randrange(480))
