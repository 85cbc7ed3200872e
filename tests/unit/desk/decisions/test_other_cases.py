"""Wherever people of the desk read that another case exists, they read its reference and its subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.case_name import in_full
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions import merging
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.case_history import in_short
from maildesk.desk.screening.command_context import NumberedMail
from maildesk.desk.screening.situation import CaseMatch, Link, Sameness
from maildesk.mail.message import Standing
from tests.unit.desk.letter_matters import TO_ANA, WRITER, occasion, order
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK, EVE, NOW, PEOPLE, case, mail, situation

VOUCHED, FAILED = Standing.VOUCHED, Standing.FAILED
NAME = "7K2Q-9F3M (Printer)"
OTHER = replace(case(ref="2J5R-7H8M", subject="The screen\nis dark", requester=EVE), parties=()).joined(
    EVE, "Eve", PartyRole.REQUESTER
)
OTHERS_NAME = "2J5R-7H8M (The screen is dark)"
HAND = Actor(AGENT, NOW, AGENT)

APART: dict[str, tuple[Any, dict[str, Any]]] = {
    "a stranger's tag": (mail(EVE, VOUCHED), {"found": CaseMatch(CASE, Link.TAG)}),
    "a forged stranger with a token": (mail(EVE, FAILED), {"found": CaseMatch(CASE, Link.TOKEN)}),
    "a hint": (mail(EVE, VOUCHED), {"found": CaseMatch(CASE, Link.HINT)}),
    "a copy that was less vouched for": (
        mail(BO, VOUCHED), {"same": Sameness.AFTER_LESS_VOUCHED, "earlier": CASE},
    ),
    "a Message-ID of somebody else": (
        mail(EVE, VOUCHED), {"same": Sameness.REUSED_BY_OTHER, "earlier": CASE},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("the_mail", "more"), APART.values(), ids=APART)
def test_a_mail_that_opens_a_case_of_its_own_says_which_case_it_points_at(
    the_mail: Any, more: dict[str, Any]
) -> None:
    decided = decide(situation(the_mail, **more), DESK)
    assert decided.change
    (notice,) = (each for each in decided.change.letters if each.kind is LetterKind.OPENED_TEAM)
    assert notice.extra["warning"].count(NAME) == 1
    pointing = [each for each in decided.change.events if "of" in each.data]
    assert [(each.data["ref"], each.data["of"]) for each in pointing] == [("7K2Q-9F3M", "Printer")]
    for each in decided.change.letters:
        if each.kind is not LetterKind.OPENED_TEAM:
            assert "7K2Q" not in str(each)


def test_a_reply_that_joins_two_threads_names_the_other_case() -> None:
    also = case(ref="2J5R-7H8M", subject="Pump")
    decided = decide(situation(mail(BO), found=CaseMatch(CASE, Link.THREAD, also=(also,))), DESK)
    assert decided.change
    (notice,) = decided.change.letters
    assert notice.extra["warning"] == "its thread is that of 2J5R-7H8M (Pump) too"


def test_a_mail_that_is_split_off_names_where_it_was() -> None:
    apart = NumberedMail(2, NOW, BO, (), "Screen", 12, "FREE-REF1")
    left, new = merging.split(CASE, apart, DESK, HAND)
    (notice,) = new.letters
    (letter,) = WRITER.write(notice, occasion(new.case), [TO_ANA])
    assert f"A mail of case {NAME} is a case of its own now." in letter.text
    assert "A customer opened a case." not in letter.text
    said = [each.text for each in in_short((*left.events, *new.events), PEOPLE)]
    assert said == [
        "a mail became a case of its own: FREE-REF1 (Screen), by Ana Agent",
        f"opened, split off from {NAME}, by Ana Agent",
    ]


def test_two_cases_that_become_one_name_each_other() -> None:
    kept, ended = merging.merge(CASE, OTHER, DESK, HAND)
    said = [each.text for each in in_short((*kept.events, *ended.events), PEOPLE)]
    assert said == [
        f"another case became part of it: {OTHERS_NAME}, by Ana Agent",
        f"became part of another case: {NAME}, by Ana Agent",
    ]


def test_who_is_asked_about_a_case_and_is_not_of_the_desk_reads_of_no_other_case() -> None:
    kept, _ = merging.merge(CASE, OTHER, DESK, HAND)
    to = Addressee(CY, "Cy", PartyRole.CONSULTED)
    asked = replace(occasion(kept.case), history=kept.events)
    (letter,) = WRITER.write(order(LetterKind.ASK), asked, [to])
    assert "another case became part of it, by Ana Agent" in letter.text
    assert "2J5R" not in letter.text


def test_a_case_of_before_is_told_by_its_reference_alone() -> None:
    """An event that was stored without a subject."""
    event = Event(NOW - timedelta(days=9), EventKind.MERGED, AGENT, {"ref": "2J5R-7H8M"})
    assert in_short([event], PEOPLE)[0].text == "another case became part of it: 2J5R-7H8M, by Ana Agent"


@pytest.mark.parametrize(
    ("subject", "name"),
    [("", "7K2Q-9F3M"), (" \n", "7K2Q-9F3M"), ("a\tb", "7K2Q-9F3M (a b)"),
     ("x" * 5000, f"7K2Q-9F3M ({'x' * 80}…)")],
)  # fmt: skip
def test_a_name_is_one_short_line(subject: str, name: str) -> None:
    assert in_full(case(subject=subject)) == name
