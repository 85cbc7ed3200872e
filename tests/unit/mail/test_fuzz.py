"""Thousands of mails damaged by a seeded hand: each is read, quickly, and what is read of it makes sense."""

from __future__ import annotations

from random import Random

import pytest

from maildesk.mail.html_page import page_of
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.own_html import own_html
from tests.cost import at_most
from tests.unit.mail.damage import damaged
from tests.unit.mail.html.safe_grammar import check as check_safe
from tests.unit.mail.invariants import read
from tests.unit.mail.mail_strategies import ALL_SEEDS
from tests.unit.mail.seed_mails import SEEDS

MUTANTS = 2_000
LONG_MUTANTS = 50_000
MILLIONS_FOR_ONE = 80
EVERY_PAGE = 10
"""Each so-manieth mutant is made a page too."""


def mutant(number: int) -> bytes:
    """The mutant of that number, always the same one."""
    chance = Random(number)
    return damaged(chance, chance.choice(ALL_SEEDS), ALL_SEEDS)


def try_out(number: int) -> None:
    """A failure names the number, with which `mutant` gives the mail again."""
    raw = mutant(number)
    try:
        with at_most(MILLIONS_FOR_ONE):
            mail = read(raw)
            if mail and number % EVERY_PAGE == 0:
                page = page_of(raw).partition("<body>\n")[2].removesuffix("\n</body></html>\n")
                for piece in page.split("\n<hr>\n"):
                    check_safe(piece)
                for shown in own_html(raw, mail.body.own_text, mail.attachments, ReadingLimits()):
                    check_safe(shown if isinstance(shown, str) else "")
    except Exception as problem:
        problem.add_note(f"mutant({number}): {raw!r}")
        raise


@pytest.mark.parametrize("name", SEEDS)
def test_every_seed_is_read_whole_and_in_all_its_beginnings(name: str) -> None:
    raw = SEEDS[name]
    for end in (*range(0, len(raw), 37), len(raw)):
        assert read(raw[:end]) is not None


def test_damaged_mails_are_read() -> None:
    for number in range(MUTANTS):
        try_out(number)


@pytest.mark.long
def test_very_many_damaged_mails_are_read() -> None:
    for number in range(MUTANTS, LONG_MUTANTS):
        try_out(number)


def test_the_same_number_gives_the_same_mutant() -> None:
    assert [mutant(number) for number in range(20)] == [mutant(number) for number in range(20)]
    assert len({mutant(number) for number in range(200)}) > 150
