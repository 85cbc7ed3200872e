"""The story of a case as leaders and those who are asked read it: who of us said what, and no machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.letters.case_mail import CaseMail, spoken, story_of
from maildesk.desk.letters.letter_context import cut
from tests.unit.desk.matters import AGENT, BO, DESK, DESK_ADDRESS, EVE, NOW


def came(sender: str, text: str, verdict: Verdict, ledger_id: int, *, internal: bool = False) -> CaseMail:
    return CaseMail(
        case_ref="7K2Q-9F3M",
        direction="in",
        at=NOW + timedelta(minutes=ledger_id),
        sender=sender,
        recipients=(DESK_ADDRESS,),
        subject="Printer",
        text="",
        new_text=text,
        verdict=verdict,
        ledger_id=ledger_id,
        internal=internal,
    )


def went(text: str, kind: str, *, by: str | None = None, about: int | None = None) -> CaseMail:
    theirs = came(DESK_ADDRESS, text, Verdict.OPENED, 50)
    internal = kind not in (LetterKind.ANSWER, LetterKind.ACKNOWLEDGEMENT)
    return replace(
        theirs, direction="out", verdict=kind, spoken_by=by, about=about, ledger_id=None, internal=internal
    )


OPENED = came(BO, "It burns.", Verdict.OPENED, 1)


def told(*later: CaseMail, first: CaseMail = OPENED) -> list[tuple[str, str]]:
    """Who said what, the oldest first."""
    return [(one.author, one.text) for one in reversed(story_of([*reversed(later), first], DESK))]


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (went("Try water.", LetterKind.ANSWER, by=AGENT), ("Ana Agent", "Try water.")),
        (went("Try water.", LetterKind.ANSWER, by=AGENT.upper()), ("Ana Agent", "Try water.")),
        (went("Try water.", LetterKind.ANSWER, by="left@acme.example"), ("left@acme.example", "Try water.")),
        (went("Try water.", LetterKind.ANSWER), ("Acme Support", "Try water.")),
        (came(AGENT, "He never pays.", Verdict.NOTE, 2, internal=True), ("Ana Agent", "He never pays.")),
        (replace(went("Odd.", Verdict.NOTE), sender=AGENT), ("Ana Agent", "Odd.")),
        (replace(went("Odd.", Verdict.NOTE), sender="cli:root"), ("cli:root", "Odd.")),
        (came(BO, "Still.", Verdict.APPENDED, 2), (BO, "Still.")),
        (came(EVE, "Me too.", Verdict.THIRD_PARTY, 2), (EVE, "Me too.")),
    ],
    ids=[
        "an answer", "an address in capitals", "who left the desk", "an operator's answer", "a note by mail",
        "a note", "a note at the command line", "the customer", "a stranger",
    ],
)  # fmt: skip
def test_the_story_names_who_of_us_said_it(later: CaseMail, said: tuple[str, str]) -> None:
    assert told(later) == [(BO, "It burns."), said]


@pytest.mark.parametrize(
    "machines",
    [
        [came(BO, "I am away until Monday.", Verdict.AUTOMATIC, 2)],
        [came("mailer-daemon@client.example", "No such user.", Verdict.BOUNCE, 2)],
        [
            came("mailer-daemon@client.example", "No such user.", Verdict.BOUNCE, 2),
            went("A letter did not arrive.", LetterKind.UNDELIVERED, about=2),
        ],
        [went("Your message has reached us.", LetterKind.ACKNOWLEDGEMENT, about=1)],
        [came(AGENT, "#close", Verdict.COMMAND, 2, internal=True)],
    ],
    ids=["an absence note", "a bounce", "a bounce that was told of", "a receipt", "commands"],
)
def test_the_story_leaves_out_what_nobody_said(machines: list[CaseMail]) -> None:
    assert told(*machines) == [(BO, "It burns.")]


@pytest.mark.parametrize("verdict", [Verdict.AUTOMATIC, Verdict.BOUNCE])
def test_a_machines_mail_that_opened_the_case_is_what_the_story_is_about(verdict: Verdict) -> None:
    first = came("backup@client.example", "Backup FAILED", verdict, 1)
    away = came(BO, "I am away.", Verdict.AUTOMATIC, 2)
    assert told(away, first=first) == [("backup@client.example", "Backup FAILED")]


def test_a_persons_words_through_a_program_that_people_were_told_of_stay() -> None:
    comment = came("jira@client.example", "Bo commented: still.", Verdict.AUTOMATIC, 2)
    notice = went("A program wrote.", LetterKind.REPLIED_TEAM, about=2)
    assert told(comment, notice) == [(BO, "It burns."), ("jira@client.example", "Bo commented: still.")]


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "abc\n[… cut here]"),
        ("ä" * 4, 8, "ä" * 4),
        ("ä" * 5, 9, "ä" * 4 + "\n[… cut here]"),  # never within a letter
        ("", 3, ""),
    ],
)
def test_words_that_are_too_long_are_cut_by_bytes_and_say_so(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown


@pytest.mark.parametrize("reason", ["entered", "by-hand", "forwarded", None])
def test_words_that_a_colleague_wrote_down_are_not_told_as_the_customers_mail(reason: str | None) -> None:
    assert spoken(replace(OPENED, reason=reason)).entered is (reason in ("entered", "by-hand"))
