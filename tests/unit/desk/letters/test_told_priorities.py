"""Priority, promised moments, fields and labels of the policy, as letters and cards show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case
from maildesk.desk.case.clocks import Clock, ClockKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.letter_writer import WrittenLetter
from maildesk.desk.policy.case_fields import CaseField, FieldKind
from maildesk.desk.policy.case_types import CaseType, Priority
from maildesk.desk.policy.policy import FirstLetter, Policy
from tests.unit.desk.letter_matters import HELD, TO_ANA, TO_BO, occasion, read, text_of, writer
from tests.unit.desk.matters import DESK, NOW, POLICY

HOUR = timedelta(hours=1)
EVERYTHING = ("priority", "meaning", "first_response", "resolution", "reference")
SEVERE = replace(
    POLICY,
    priorities=(Priority("Level 1 - Critical", 1, "Nobody can work."), Priority("normal", 2, "One can.")),
    types={
        "bug": CaseType("bug", priorities={"Level 1 - Critical": "Before the next release."}),
        "question": CaseType("question"),
    },
    labels={"priority": "Severity", "type": "Case reason", "resolution": "Need by", "partner": "A Partner?"},
    fields={
        "partner": CaseField("partner", FieldKind.YES_OR_NO, label="A Partner?"),
        "audience": CaseField("audience", FieldKind.CHOICE, ("external", "internal")),
        "item": CaseField("item", FieldKind.TEXT),
    },
    first_letter=FirstLetter(tells=EVERYTHING),
)


def held(**changes: Any) -> Case:
    clocks = (
        Clock(ClockKind.FIRST_RESPONSE, NOW, NOW + HOUR),
        Clock(ClockKind.RESOLUTION, NOW, NOW + 24 * HOUR),
    )
    given = {"priority": "Level 1 - Critical", "clocks": clocks, "first_response_at": None, "owner": None}
    return replace(HELD, **given | changes)


def said_in(letter: WrittenLetter) -> str:
    return text_of(read(letter)).replace("\r\n", "\n")


def receipt(case: Case, policy: Policy = SEVERE, kind: LetterKind = LetterKind.ACKNOWLEDGEMENT) -> str:
    order = LetterOrder(kind, extra={"escalated": ""})
    [letter] = writer(replace(DESK, policy=policy)).write(order, occasion(case), [TO_BO])
    return said_in(letter)


@pytest.mark.parametrize("kind", [LetterKind.ACKNOWLEDGEMENT, LetterKind.ACKNOWLEDGEMENT_FIXED])
def test_the_receipt_tells_what_the_policy_wants_told(kind: LetterKind) -> None:
    assert (
        "Severity: Level 1 - Critical\n"
        "Nobody can work.\n"
        "We answer by: Monday, 2 March 2026, 11:00 (Lisbon)\n"
        "Need by: Tuesday, 3 March 2026, 10:00 (Lisbon)\n\n"
    ) in receipt(held(type="question"), kind=kind)


TOLD = {
    "the meaning of its type": (held(type="bug"), EVERYTHING, ["Before the next release."], ["Nobody can"]),
    "no priority": (held(priority=""), EVERYTHING, ["We answer by"], ["Severity", "Nobody"]),
    "the reference alone": (held(), ("reference",), [HELD.ref], ["Severity", "We answer by", "Need by"]),
    "no moment that has passed": (
        held(clocks=(Clock(ClockKind.FIRST_RESPONSE, NOW - HOUR, NOW),)),
        EVERYTHING,
        ["Severity"],
        ["We answer by"],
    ),
}


@pytest.mark.parametrize(("case", "tells", "said", "unsaid"), TOLD.values(), ids=TOLD)
def test_the_receipt_tells_nothing_else(
    case: Case, tells: tuple[str, ...], said: list[str], unsaid: list[str]
) -> None:
    text = receipt(case, replace(SEVERE, first_letter=FirstLetter(tells=tells)))
    assert [each for each in said if each not in text] == []
    assert [each for each in unsaid if each in text] == []
    assert "\n\n\n" not in text


def test_the_receipt_asks_for_what_is_lacking() -> None:
    asks = "When did it first occur?\nA screenshot"
    order = LetterOrder(LetterKind.ACKNOWLEDGEMENT, extra={"escalated": "", "asks": asks})
    [letter] = writer(DESK).write(order, occasion(held(priority="normal")), [TO_BO])
    assert "\n- When did it first occur?\n- A screenshot\n\n" in said_in(letter)


def test_the_card_shows_labels_and_the_fields_that_were_given_a_value() -> None:
    order = LetterOrder(LetterKind.OPENED_TEAM, extra={"warning": ""})
    case = held(type="bug", fields={"partner": "yes", "of yore": "7"})
    [letter] = writer(replace(DESK, policy=SEVERE)).write(order, occasion(case), [TO_ANA])
    text = said_in(letter)
    for line in (
        f"Case:       {HELD.ref} (Open), Case reason: bug\n",
        "Severity:   Level 1 - Critical\n",
        "Need by:    Tuesday, 3 March 2026, 10:00 (Lisbon)\n",
        "A Partner?: yes\nOf yore:    7\nOwner:      ",
    ):
        assert line in text
    [letter] = writer(DESK).write(order, occasion(held(priority="")), [TO_ANA])
    assert "Priority:  none yet\n" in said_in(letter)
