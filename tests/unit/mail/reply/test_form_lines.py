"""Forms inside mails: what stands behind which label, however people and their programs write it."""

from __future__ import annotations

import pytest

from maildesk.mail.html.text import html_to_text
from maildesk.mail.reply.form_lines import MOST_VALUE, FormLine, form_lines
from tests.cost import at_most

CASE, IMPACT, REASON, WORDS = "Case number", "Business impact", "Reason for the escalation", "Description"
LABELS = (CASE, IMPACT, REASON, WORDS)


def read(text: str) -> dict[str, str]:
    """The values, by label; the last of each."""
    return {each.label: each.value for each in form_lines(text, LABELS)}


ONE_LINE = {
    "colon": ("Case number: 7K2Q-9F3M", CASE, "7K2Q-9F3M"),
    "colon and no space": ("Case number:7K2Q-9F3M", CASE, "7K2Q-9F3M"),
    "space before the colon": ("Case number : 7K2Q-9F3M", CASE, "7K2Q-9F3M"),
    "French space": ("Case number\u00a0: 7K2Q-9F3M", CASE, "7K2Q-9F3M"),
    "full-width colon": ("Case number：7K2Q-9F3M", CASE, "7K2Q-9F3M"),
    "full-width letters": ("Ｃａｓｅ ｎｕｍｂｅｒ：7K2Q-9F3M", CASE, "7K2Q-9F3M"),
    "dash": ("Case number - 7K2Q-9F3M", CASE, "7K2Q-9F3M"),
    "en dash": ("Business impact – Critical", IMPACT, "Critical"),
    "em dash": ("Business impact — Critical", IMPACT, "Critical"),
    "equals": ("Business impact = Critical", IMPACT, "Critical"),
    "arrow": ("Business impact -> Critical", IMPACT, "Critical"),
    "tab": ("Business impact\tCritical", IMPACT, "Critical"),
    "table of bars": ("| Business impact | Critical |", IMPACT, "Critical"),
    "small letters": ("business impact: critical", IMPACT, "critical"),
    "capitals": ("BUSINESS IMPACT: CRITICAL!!", IMPACT, "CRITICAL!!"),
    "underscore in the label": ("business_impact: Critical", IMPACT, "Critical"),
    "two spaces in the label": ("Business  impact: Critical", IMPACT, "Critical"),
    "accents nobody wrote": ("Réason för the escalation: slow", REASON, "slow"),
    "bold label": ("*Business impact:* Critical", IMPACT, "Critical"),
    "bold label, colon outside": ("**Business impact**: Critical", IMPACT, "Critical"),
    "bold all": ("*Business impact: Critical*", IMPACT, "Critical"),
    "underlined": ("_Business impact_: _Critical_", IMPACT, "Critical"),
    "in brackets": ("[Business impact]: Critical", IMPACT, "Critical"),
    "in quotes": ('"Business impact": "Critical"', IMPACT, "Critical"),
    "bullet": ("- Business impact: Critical", IMPACT, "Critical"),
    "round bullet": ("• Business impact: Critical", IMPACT, "Critical"),
    "star": ("* Business impact: Critical", IMPACT, "Critical"),
    "number": ("2. Business impact: Critical", IMPACT, "Critical"),
    "number and bracket": ("2) Business impact: Critical", IMPACT, "Critical"),
    "heading": ("## Business impact: Critical", IMPACT, "Critical"),
    "indented": ("      Business impact: Critical", IMPACT, "Critical"),
    "hint in the label": ("Business impact (Limited, Major): Major", IMPACT, "Major"),
    "required star": ("Business impact*: Major", IMPACT, "Major"),
    "question mark": ("Business impact?: Major", IMPACT, "Major"),
    "invisible marks": ("\u200eBusiness impact\u200f: \u200bMajor", IMPACT, "Major"),
    "first word alone": ("Reason: nobody answers", REASON, "nobody answers"),
    "last word alone": ("Impact: Major", IMPACT, "Major"),
    "quoted": ("> Business impact: Major", IMPACT, "Major"),
    "quoted twice": (">> Business impact: Major", IMPACT, "Major"),
    "quoted twice with spaces": ("> > Business impact: Major", IMPACT, "Major"),
    "over the blanks": ("Business impact: ____Major____", IMPACT, "Major"),
    "behind dots": ("Business impact: ..... Major", IMPACT, "Major"),
    "an address as value": ("Case number: https://example.com/7", CASE, "https://example.com/7"),
    "a colon in the value": ("Description: error: 42", WORDS, "error: 42"),
    "a tag as value": ("Case number: [Acme #7K2Q-9F3M]", CASE, "[Acme #7K2Q-9F3M]"),
    "ticked boxes": ("Business impact: [ ] Major [x] Critical", IMPACT, "[ ] Major [x] Critical"),
    "no separator": ("Business impact Critical", IMPACT, "Critical"),
    "alone, its value below": ("Business impact\nCritical", IMPACT, "Critical"),
    "alone, an empty line between": ("Business impact\n\nCritical", IMPACT, "Critical"),
    "colon, its value below": ("Business impact:\n    Critical", IMPACT, "Critical"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "label", "value"), ONE_LINE.values(), ids=ONE_LINE)
def test_a_line_is_read_however_it_is_written(text: str, label: str, value: str) -> None:
    assert read(text) == {label: value}


BLANK = {
    "nothing": "Business impact:",
    "spaces": "Business impact:   \u00a0 ",
    "underscores": "Business impact: ________",
    "dots": "Business impact: ...........",
    "an ellipsis": "Business impact: …",
    "dashes": "Business impact: ---",
    "empty brackets": "Business impact: [   ]",
    "an empty cell": "| Business impact | |",
    "quoted": "> Business impact:",
    "the next label below": "Business impact:\nDescription:",
    "a rule below": "Business impact:\n- - - - - - - -\nAnswer this mail.",
    "our words below, quoted": "> Business impact:\n>\n> Answer this mail.",
}


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_a_blank_is_no_value(text: str) -> None:
    assert read(text)[IMPACT] == ""


NONE = {
    "prose": "The business impact is very high and the case number unknown.",
    "a beginning of a word": "Re: slow\nNo: 5",
    "a word of several labels": "The: word",
    "short, and no colon": "Impact high",
    "a mail's head": "From: bo@client.example\nTo: support@acme.example\nSubject: Printer\nDate: today",
    "nothing": "",
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_other_lines_are_none_of_a_form(text: str) -> None:
    assert form_lines(text, LABELS) == ()


LONGER = {
    "lines": ("Description: It burns.\nSince Monday.\nBusiness impact: Major", "It burns.\nSince Monday."),
    "paragraphs": ("Description: It burns.\n\nSince Monday.\n", "It burns.\n\nSince Monday."),
    "below its label": ("Description:\n\nIt burns.\n\nSince Monday.", "It burns.\n\nSince Monday."),
    "a colon that is no label": ("Description: see\nNote: it burns", "see\nNote: it burns"),
    "up to the signature": ("Description: It burns.\n-- \nBo Lund\n+44 20 7946 0000", "It burns."),
    "up to a rule": ("Description: It burns.\n======\nAnything", "It burns."),
    "up to the history": ("Description: It burns.\n\nOn Monday, Acme wrote:\n> Hi,\n> we", "It burns."),
    "quoted lines together": ("> Description: It burns.\n> Badly.\n>\n> Acme", "It burns.\nBadly."),
    "quoted paragraphs of a form up to its rule": (
        "> - - - - -\n> Case number: x\n>\n> Description: It burns.\n>\n> Since Monday.\n> - - - - -\n> Acme",
        "It burns.\n\nSince Monday."),
    "quoted paragraphs up to the next label": (
        "> - - - - -\n>\n> Description:\n>\n> It burns.\n>\n> Badly.\n>\n> Case number: x\n> - - - - -",
        "It burns.\n\nBadly."),
    "a quoted form without its end": (
        "> - - - - -\n> Description: It burns.\n>\n> If there is more\n>\n> Acme", "It burns."),
    "no form below a rule": (
        "> - - - - -\n> Hello,\n> Description: It burns.\n>\n> Acme\n> - - - - -", "It burns."),
    "own words below a quoted label": ("> Description:\nIt burns.\n\nSince Monday.\n> Acme",
                                       "It burns.\n\nSince Monday."),
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), LONGER.values(), ids=LONGER)
def test_a_value_goes_on_over_lines(text: str, value: str) -> None:
    assert read(text)[WORDS] == value


def test_it_says_how_deep_a_line_is_quoted_and_whose_an_answer_below_it_is() -> None:
    said = "> Case number: 7K2Q-9F3M\n> Business impact:\n\nCritical\n\n> > Description: old"
    text = f"On Monday, Acme wrote:\n{said}"
    assert form_lines(text, LABELS) == (
        FormLine(CASE, "7K2Q-9F3M", 1),
        FormLine(IMPACT, "Critical", 0),
        FormLine(WORDS, "old", 2),
    )


def test_lines_that_a_program_joined_are_parted() -> None:
    text = "Case number: 7K2Q-9F3M Business impact: Critical *Description:* It burns."
    assert read(text) == {CASE: "7K2Q-9F3M", IMPACT: "Critical", WORDS: "It burns."}


HTML = {
    "a table with colons": "<table><tr><td>Case number:</td><td>7K2Q-9F3M</td></tr>"
    "<tr><td>Business impact:</td><td>Critical</td></tr></table>",
    "a table without": "<table><tr><th>Case number</th><td>7K2Q-9F3M</td></tr>"
    "<tr><th>Business impact</th><td>Critical</td></tr></table>",
    "Word's table": "<table><tr><td><p>Case number</p></td><td><p>7K2Q-9F3M</p></td></tr>"
    "<tr><td><p>Business impact</p></td><td><p><b>Critical</b></p></td></tr></table>",
    "a list": "<ul><li><b>Case number</b>: 7K2Q-9F3M</li><li><b>Business impact</b>: Critical</li></ul>",
    "a list of definitions": "<dl><dt>Case number<dd>7K2Q-9F3M<dt>Business impact<dd>Critical</dl>",
    "lines": "Case number: 7K2Q-9F3M<br>Business impact: Critical",
    "divisions": "<div>Case number:&nbsp;7K2Q-9F3M</div><div>Business impact:&nbsp;Critical</div>",
    "paragraphs": "<p>Case number:</p><p>7K2Q-9F3M</p><p>Business impact:</p><p>Critical</p>",
    "a quotation": "<p>See below.</p><blockquote type=cite><p>Case number: 7K2Q-9F3M</p>"
    "<p>Business impact: <span style='color:red'>Critical</span></p></blockquote>",
}


@pytest.mark.parametrize("html", HTML.values(), ids=HTML)
def test_html_is_read_as_it_is_seen(html: str) -> None:
    assert read(html_to_text(html)[0]) == {CASE: "7K2Q-9F3M", IMPACT: "Critical"}


def test_a_value_ends_somewhere() -> None:
    assert len(read("Description: " + "a" * 10_000)[WORDS]) == MOST_VALUE


HOSTILE = {
    "colons": ":",
    "labels": "Case number:\n",
    "labels in one line": "Case number: ",
    "first words": "Business ",
    "quote marks": "> ",
    "quoted labels": "> Business impact: Critical\n",
    "blanks": "Business impact: ____ ",
    "brackets": "Business impact (",
    "stars": "* ",
    "accents": "e\u0301",
    "labels that go on": "Description: a\n\nb\n",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_megabyte_of_anything_costs_what_its_size_says(piece: str) -> None:
    text = piece * (2**20 // len(piece))
    with at_most(250, piece):
        form_lines(text, LABELS)
