"""Names as people type them."""

from __future__ import annotations

import pytest

from maildesk.desk.policy.names import kept_names, named, named_several
from maildesk.errors import Ambiguous, NotFound

LEVELS = ("Level 1 - Critical", "Level 2 - Urgent", "Level 3 - High", "Level 4 - Medium")
PORTUGUESE = ("Crítica", "Alta", "Média", "Baixa")
SCALE = ("P1 – Emergency", "P2 – Blocker", "P3 – Very High", "P4 – High", "P10 – Nobody")
STATES = ("New", "Pending Input", "Pending Product", "Pending Closure", "Não reproduzido")


@pytest.mark.parametrize(
    ("known", "typed", "meant"),
    [
        (LEVELS, "Level 1 - Critical", "Level 1 - Critical"),
        (LEVELS, "critical", "Level 1 - Critical"),
        (LEVELS, "CRIT", "Level 1 - Critical"),
        (LEVELS, "level 2", "Level 2 - Urgent"),
        (LEVELS, "2", "Level 2 - Urgent"),
        (PORTUGUESE, "critica", "Crítica"),
        (PORTUGUESE, "CRÍTICA", "Crítica"),
        (PORTUGUESE, "cri\u0301tica", "Crítica"),
        (PORTUGUESE, "med", "Média"),
        (SCALE, "P3", "P3 – Very High"),
        (SCALE, "p1", "P1 – Emergency"),
        (SCALE, "p3 very", "P3 – Very High"),
        (SCALE, "very high", "P3 – Very High"),
        (SCALE, "p3-very high", "P3 – Very High"),
        (SCALE, "blocker", "P2 – Blocker"),
        (STATES, "pending input", "Pending Input"),
        (STATES, "input", "Pending Input"),
        (STATES, "pend clo", "Pending Closure"),
        (STATES, "nao reproduzido", "Não reproduzido"),
        (("High", "Very High"), "high", "High"),
        (("High", "Very High"), "very", "Very High"),
        (("Straße", "Gasse"), "STRASSE", "Straße"),
        (("low", "LOW "), "low", "low"),
        (("緊急", "普通"), "緊急", "緊急"),
    ],
)
def test_any_unique_word_or_beginning_of_a_name_means_it(
    known: tuple[str, ...], typed: str, meant: str
) -> None:
    assert named(known, typed, "name") == meant


@pytest.mark.parametrize(
    ("known", "typed", "said"),
    [
        (STATES, "pending", "'pending' may be Pending Input or Pending Product or Pending Closure"),
        (LEVELS, "level", "'level' may be Level 1 - Critical or Level 2 - Urgent or Level 3 - High"),
        (SCALE, "high", "'high' may be P3 – Very High or P4 – High"),
        (SCALE, "p", "'p' may be P1 – Emergency or P2 – Blocker or P3 – Very High"),
    ],
)
def test_what_several_names_begin_with_means_none_of_them(
    known: tuple[str, ...], typed: str, said: str
) -> None:
    with pytest.raises(Ambiguous) as told:
        named(known, typed, "name")
    assert str(told.value).startswith(said)
    assert told.value.remedy == "write more of the name"


@pytest.mark.parametrize(
    ("known", "typed", "remedy"),
    [
        (PORTUGUESE, "critca", "did you mean Crítica?"),
        (STATES, "pendng input", "did you mean Pending Input?"),
        (PORTUGUESE, "urgent", "use one of Crítica, Alta, Média, Baixa"),
        (PORTUGUESE, "", "use one of Crítica, Alta, Média, Baixa"),
        (PORTUGUESE, "–", "use one of Crítica, Alta, Média, Baixa"),
        ((), "x", "the policy names no priority"),
    ],
)
def test_what_nobody_is_called_is_told_with_what_may_be_meant(
    known: tuple[str, ...], typed: str, remedy: str
) -> None:
    with pytest.raises(NotFound) as told:
        named(known, typed, "priority")
    assert told.value.remedy == remedy


PIECES = ("screenshot", "system", "steps to reproduce", "passo a passo")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("screenshot", ["screenshot"]),
        ("screen sys", ["screenshot", "system"]),
        ("steps to reproduce screenshot", ["steps to reproduce", "screenshot"]),
        ("screenshot reproduce", ["screenshot", "steps to reproduce"]),
        ("passo a passo, system", ["passo a passo", "system"]),
        ("screenshot,screenshot", ["screenshot"]),
        ("  screenshot \u00a0 system ", ["screenshot", "system"]),
    ],
)
def test_several_names_are_meant_by_a_list_of_them(typed: str, found: list[str]) -> None:
    assert list(named_several(PIECES, typed, "information")) == found


@pytest.mark.parametrize("typed", ["colour", "screenshot colour", "screenshot, colour", "screenshot s"])
def test_of_several_names_one_that_means_nothing_is_told(typed: str) -> None:
    with pytest.raises((NotFound, Ambiguous)):
        named_several(PIECES, typed, "information")


def test_very_many_names_cost_no_more_than_their_number() -> None:
    assert named_several(PIECES, "system " * 500, "information") == ("system",)


WITH_COMMAS = ("Log", "Model, year", "Model, year and colour, if known", "Model", "year")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Model, year", ["Model, year"]),
        ("log, model,  YEAR", ["Log", "Model, year"]),
        ("model, year and colour, if known, log", ["Model, year and colour, if known", "Log"]),
        ("year, model", ["year", "Model"]),
        ("model, log, year", ["Model", "Log", "year"]),
    ],
)
def test_a_name_that_holds_a_comma_is_meant_by_all_of_it(typed: str, meant: list[str]) -> None:
    assert [*named_several(WITH_COMMAS, typed, "information")] == meant
    assert kept_names(", ".join(meant), WITH_COMMAS) == meant


def test_a_name_that_the_policy_dropped_is_left_out_of_a_list_that_was_kept() -> None:
    assert kept_names("Gone, Log, Model, year, Gone too", WITH_COMMAS) == ["Log", "Model, year"]
    assert kept_names("", WITH_COMMAS) == []
