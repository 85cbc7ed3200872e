"""Which mails say that an agent is away, so that `#away` is suggested to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import PartyRole
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.policy.absences import NotedAbsence
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People, Person
from maildesk.desk.screening.situation import CaseMatch, Link, Sameness
from maildesk.mail.message import Automatic, AutomaticKind, Bounce, Restraint, Standing
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, LEADER, NOW, PEOPLE, mail, situation

FRIDAY = date(2026, 3, 6)
SAYS: dict[str, Any] = {"subject": "Automatic reply: New: Printer", "reply_allowed": False}
REPLIED = Automatic(AutomaticKind.AUTO_REPLY, "Auto-Submitted: auto-replied")
NOTE: dict[str, Any] = SAYS | {"automatic": REPLIED, "away_until": FRIDAY}
MET: dict[str, Any] = {"found": CaseMatch(CASE.joined(AGENT, "Ana", PartyRole.AGENT), Link.TOKEN)}


def noted(author: str = AGENT, desk: Desk = DESK, **changes: Any) -> NotedAbsence | None:
    """What a note leads to; what begins with `_` is of its situation and not of the mail."""
    of_situation = {name[1:]: value for name, value in changes.items() if name.startswith("_")}
    of_mail = NOTE | {name: value for name, value in changes.items() if not name.startswith("_")}
    standing = of_mail.pop("standing", Standing.UNKNOWN)
    return decide(situation(mail(author, standing, **of_mail), **of_situation), desk).absence


@pytest.mark.parametrize("standing", [Standing.VOUCHED, Standing.UNKNOWN])
@pytest.mark.parametrize("about", [{}, {"_found": MET["found"]}], ids=["no case", "a case"])
def test_an_agents_note_is_remembered_with_its_day(standing: Standing, about: dict[str, Any]) -> None:
    assert noted(standing=standing, **about) == NotedAbsence(AGENT, NOW, FRIDAY)


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ({"author": AGENT.upper()}, FRIDAY),
        ({"away_until": None}, None),
        ({"automatic": None}, FRIDAY),
        ({"automatic": None, "restraints": frozenset({Restraint.ABSENCE}), "subject": "Re: Printer"}, FRIDAY),
        ({"automatic": Automatic(AutomaticKind.GENERATED, "Auto-Submitted: auto-generated")}, FRIDAY),
        ({"away_until": date(2027, 3, 3)}, None),
        ({"away_until": date(2027, 3, 2)}, date(2027, 3, 2)),
        ({"_received": NOW - timedelta(days=9)}, FRIDAY),
    ],
    ids=["in capitals", "no day", "by its subject", "by its words", "generated", "too far", "a year", "late"],
)
def test_so_are_notes_of_other_forms(changes: dict[str, Any], until: date | None) -> None:
    assert noted(**{"author": AGENT, **changes}) == NotedAbsence(AGENT, NOW, until)


AWAY = replace(DESK, people=replace(PEOPLE, agents=(Person("Ana Agent", AGENT, away=True),)))
AGAIN = (Sameness.SEEN, Sameness.DUPLICATE, Sameness.COPY)


@pytest.mark.parametrize(
    "changes",
    [
        {"author": BO},
        {"author": LEADER},
        {"standing": Standing.FAILED},
        {"desk": AWAY},
        {"desk": replace(DESK, people=People())},
        {"_promises": False},
        *({"_same": each, "_earlier": CASE} for each in AGAIN),
        {"_found": MET["found"], "_ours": True},
        {"_confirmed": True},
        {"bounce": Bounce("1@acme.example", (BO,), True, "5.1.1")},
        {"automatic": Automatic(AutomaticKind.LIST, "List-Id: <all.acme.example>")},
        {"automatic": Automatic(AutomaticKind.LOOP, "X-Loop: one of our addresses")},
        {"automatic": Automatic(AutomaticKind.CHALLENGE, "a challenge")},
        {"subject": "Printer", "away_until": None},
        {"automatic": None, "own_text": "#close\n\nIt works."},
        {"away_until": date(2026, 3, 1)},
        {"away_until": None, "_received": NOW - timedelta(days=15)},
    ],
    ids=[
        "a customer's", "a leader's", "forged", "away already", "left the desk", "from before", *AGAIN,
        "a letter of ours", "confirmed", "a bounce", "a list's", "a loop", "a challenge", "not surely",
        "commands", "over", "old",
    ],
)  # fmt: skip
def test_other_mails_say_nothing_of_an_absence(changes: dict[str, Any]) -> None:
    assert noted(**{"author": AGENT, **changes}) is None


def test_an_absence_lasts_to_its_day_or_a_fortnight_and_is_worth_a_word_before() -> None:
    named, unnamed = NotedAbsence(AGENT, NOW, FRIDAY), NotedAbsence(AGENT, NOW)
    day = NOW.date()
    assert [named.over(FRIDAY + timedelta(days=each)) for each in (-1, 0, 1)] == [False, False, True]
    assert [named.ahead(FRIDAY + timedelta(days=each)) for each in (-1, 0, 1)] == [True, False, False]
    assert [unnamed.over(day + timedelta(days=each)) for each in (0, 14, 15)] == [False, False, True]
    assert [unnamed.ahead(day + timedelta(days=each)) for each in (0, 14, 15)] == [True, True, False]
