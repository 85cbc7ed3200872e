"""Absence notes that no header gives away: they reach no customer, confirm nothing, and the exchange ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.decision import AuthorsWord, ConfirmationStep
from maildesk.desk.screening.heard import hear
from maildesk.desk.screening.outcomes import Outcome
from maildesk.desk.screening.screening import screen
from maildesk.desk.screening.situation import CaseMatch, Confirmation, Link
from maildesk.mail.message import Standing
from tests.unit.desk.matters import AGENT, CASE, DESK, LISTENING, NOW, PEOPLE, mail, situation

HELD = CASE.joined(AGENT, "Ana Agent", PartyRole.AGENT)
OWN = CaseMatch(HELD, Link.TOKEN, HELD.parties[-1].number)
ASKED = Confirmation(7, AGENT, NOW + timedelta(hours=1), HELD)

NOTES: dict[str, dict[str, Any]] = {
    "a subject": {"subject": "Automatic reply: Printer", "reply_allowed": False, "own_text": "Back soon."},
    "a day": {"away_until": date(2026, 1, 5), "reply_allowed": False, "own_text": "Gone fishing."},
    "a suppressed answer": {"reply_allowed": False, "own_text": "Thank you for your mail."},
    "English": {"own_text": "Hello,\n\nI am currently out of the office until 5 January."},
    "English, a contraction": {"own_text": "Hi, I'm on annual leave. Please write to Ben."},
    "German": {"own_text": "Guten Tag,\nich bin derzeit nicht im Büro und am 5. Januar zurück."},
    "French": {"own_text": "Bonjour, je suis actuellement en congés jusqu'au 5 janvier."},
    "Portuguese": {"own_text": "Olá, estou de férias até 5 de janeiro."},
    "a no that is none": {"own_text": "Not here.\nI am out of office."},
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
@pytest.mark.parametrize("standing", [Standing.VOUCHED, Standing.UNKNOWN])
def test_an_absence_note_that_answers_a_notice_stays_inside(note: dict[str, Any], standing: Standing) -> None:
    decision = decide(situation(mail(AGENT, standing, **note), found=OWN), DESK)
    assert decision.entry.internal
    assert decision.confirmation is not ConfirmationStep.DONE
    assert decision.change
    assert {order.kind for order in decision.change.letters} <= {LetterKind.CONFIRM}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
@pytest.mark.parametrize("found", [OWN, CaseMatch(HELD, Link.TAG), None], ids=["a token", "a tag", "no case"])
def test_an_absence_note_about_a_question_of_ours_confirms_nothing_and_is_not_answered(
    note: dict[str, Any], found: CaseMatch | None
) -> None:
    for asked in (ASKED, None) if found != OWN else (ASKED,):
        decision = decide(
            situation(mail(AGENT, Standing.VOUCHED, **note), found=found, confirmation=asked), DESK
        )
        assert not isinstance(decision.confirmation, AuthorsWord)
        assert decision.entry.internal
        assert not (decision.change.letters if decision.change else ())
        assert not decision.apart


def test_who_only_sounds_absent_is_asked_and_heard() -> None:
    said = mail(AGENT, own_text="I am on vacation next week; Ben looks after you.")
    assert screen(situation(said, found=OWN), PEOPLE).outcome is Outcome.ASK_CONFIRMATION
    assert screen(situation(said, found=OWN, confirmed=True), PEOPLE).outcome is Outcome.ACT
    for allowed in (True, False):
        yes = mail(AGENT, own_text="Yes.", reply_allowed=allowed)
        assert screen(situation(yes, found=OWN, confirmation=ASKED), PEOPLE).outcome is Outcome.CONFIRM


@pytest.mark.parametrize(
    "text",
    [
        "#close\nI am out of office.",
        "Yes, please.",
        "The technician is out until noon, so please call after lunch.",
        "Your printer is on hold, not on fire.",
        "Please leave the office door open for him.",
        "Wer im Urlaub ist, kann das Formular später senden.",
    ],
)
def test_what_people_write_to_customers_is_no_absence_note(text: str) -> None:
    assert not hear(mail(AGENT, own_text=text), LISTENING).machine_like


def test_a_command_is_a_persons_even_where_the_answer_is_suppressed() -> None:
    said = mail(AGENT, own_text="#close", reply_allowed=False)
    assert screen(situation(said, found=OWN), PEOPLE).outcome is Outcome.ACT
