"""Forms as people fill them in: which line counts, what is understood of it, and what is not."""

from __future__ import annotations

import pytest

from maildesk.desk.policy.forms import Form, FormField, FormKind
from maildesk.desk.screening.filled_forms import (
    FilledForm,
    alone,
    cases_named,
    choice,
    read_forms,
)

IMPACT = FormField(
    "Business impact",
    FormKind.CHOICE,
    choices={"Limited": "", "Moderate": "", "Major": "", "Critical": ""},
)
SINCE, PLACES = FormField("Since", FormKind.DATE), FormField("Places", FormKind.NUMBER)
WORDS = FormField("Description", FormKind.TEXT)
FORM = Form(
    "Escalate My Case",
    (FormField("Case number", FormKind.CASE, required=True), IMPACT, SINCE, PLACES, WORDS),
    subject="Escalate My Case",
)


def said(text: str) -> dict[str, str]:
    """What counts of a text."""
    (filled,) = read_forms(text, [FORM])
    return dict(filled.said)


COUNTS = {
    "the author's last": ("Business impact: Major\nBusiness impact: Critical", "Critical"),
    "the filled one": ("Business impact: Major\nBusiness impact:", "Major"),
    "the author's own first": ("Business impact: Major\n\n> Business impact: Critical", "Major"),
    "a quoted one where theirs is blank": ("Business impact:\n\n> Business impact: Major", "Major"),
    "the nearest quoted": (">> Business impact: Limited\n> Business impact: Major", "Major"),
    "of two quoted alike the newer": (
        "On Monday Acme wrote:\n> Business impact: Major\n> Business impact: Limited", "Major"),
    "a cell of a table": ("Business impact Major", "Major"),
    "not our words, wrapped where a label stands": (
        "> It does not say yet:\n> Description, Since.\n> Business impact: Major", "Major"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), COUNTS.values(), ids=COUNTS)
def test_one_of_several_lines_counts(text: str, value: str) -> None:
    assert said(text) == {"Business impact": value}


def test_words_behind_a_label_are_no_value_in_prose() -> None:
    assert said("Business impact is what we ask about.\nDescription of it below.") == {}
    assert said("Case number: 7K2Q-9F3M\nDescription It burns.")["Description"] == "It burns."


def test_a_text_without_any_line_is_no_form() -> None:
    assert read_forms("It burns.", [FORM]) == ()
    blank = FilledForm("Escalate My Case", {}, frozenset({"Description"}))
    assert read_forms("Description:", [FORM]) == (blank,)


CHOICES = {
    "critical!!": "Critical", "CRITICAL": "Critical", "Crítical": "Critical", "*critical*": "Critical",
    "4": "Critical", "4.": "Critical", "(4)": "Critical", "4 - all stands still": "Critical",
    "1": "Limited", "crit": "Critical", "ma": "Major", "Mod": "Moderate",
    "Critical - we cannot work": "Critical", "Critical (all of us)": "Critical",
    "Critical: a major failure": "Critical", "Critical. Major outage.": "Critical",
    "critical\nplease be quick": "Critical", "it is critical": "Critical", "very critical for us": "Critical",
    "[ ] Limited [ ] Moderate [x] Major [ ] Critical": "Major", "☐ Limited ☑ Major": "Major",
    "m": None, "5": None, "0": None, "4 or 3": None, "major or critical": None, "Moderate/Limited": None,
    "not critical": None, "very bad": None, "((": None, "-": None, "criticality": None,
}  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), CHOICES.items(), ids=CHOICES)
def test_a_choice_is_read_as_people_write_it(written: str, meant: str | None) -> None:
    assert choice(IMPACT, written) == meant


CASES = {
    "7K2Q-9F3M": ["7K2Q-9F3M"], "7k2q9f3m": ["7K2Q-9F3M"], "#7K2Q-9F3M": ["7K2Q-9F3M"],
    "[Acme #7K2Q-9F3M]": ["7K2Q-9F3M"], "Re: [Acme #7K2Q-9F3M] Printer": ["7K2Q-9F3M"],
    "7K2Q–9F3M.": ["7K2Q-9F3M"], "7K2Q": [], "I do not know": [], "": [],
}  # fmt: skip


@pytest.mark.parametrize(("written", "refs"), CASES.items(), ids=CASES)
def test_a_reference_is_read_as_people_write_it(written: str, refs: list[str]) -> None:
    assert list(cases_named(written)) == refs


@pytest.mark.parametrize("written", ["7k2q 9f3m please", "case 7K2Q-9F3M", "no. 7K2Q-9F3M (printer)"])
def test_a_reference_is_found_among_words(written: str) -> None:
    assert "7K2Q-9F3M" in cases_named(written)


def test_a_short_answer_may_be_the_choice_that_lacked() -> None:
    assert alone([IMPACT, WORDS], "Critical, thanks") == ("Business impact", "Critical")
    assert alone([IMPACT, WORDS], "I do not know what you mean") is None
    assert alone([WORDS], "Critical") is None
