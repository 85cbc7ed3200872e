"""Whether a customer asked for more attention: in whose words, where, and as which word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case
from maildesk.desk.decisions.escalation_words import escalation_word
from maildesk.desk.policy.policy import EscalationPolicy
from maildesk.desk.policy.whole_words import WordList
from maildesk.mail.reply.reply_text import new_words
from tests.unit.desk.matters import CASE

PLAIN = EscalationPolicy()
OWN = EscalationPolicy(WordList(("eskalieren", "höhere Stelle", "上级", "escalate")))


def word(
    text: str = "",
    subject: str = "Printer",
    *,
    case: Case | None = CASE,
    policy: EscalationPolicy = PLAIN,
) -> str | None:
    """The word found in a mail whose body is `text`, quotes and all, as reading would leave it."""
    return escalation_word(subject, policy.words.all_in(new_words(text)), case, policy, "Acme")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please escalate this.", "escalate"),
        ("ESCALATE!", "escalate"),
        ("I ask for an Escalation", "escalation"),
        ("(escalate)", "escalate"),
        ("Was soll das?\nescalate", "escalate"),
        ("I will de-escalate", "escalate"),
        ("This escalated quickly.", None),
        ("deescalate", None),
        ("escalator", None),
        ("my_escalate_flag", None),
        ("", None),
    ],
)
def test_whole_words_count_in_any_letter_case(text: str, found: str | None) -> None:
    assert word(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bitte ESKALIEREN Sie.", "eskalieren"),
        ("an eine HÖHERE  Stelle", "höhere Stelle"),
        ("an eine ho\u0308here\nStelle", "höhere Stelle"),
        ("请转给上级处理", "上级"),
        ("escalation", None),
    ],
    ids=["capitals", "a phrase", "a phrase over two lines", "a script without spaces", "not in this policy"],
)
def test_the_policy_says_which_words(text: str, found: str | None) -> None:
    assert word(text, policy=OWN) == found


@pytest.mark.parametrize(
    "text",
    [
        "Thanks.\n\n> Please escalate this.\n",
        "Thanks.\n\nOn Mon, 2 Mar 2026 at 10:00, Bo <bo@client.example> wrote:\n> escalate\n",
        "Thanks.\n\n-- \nBo Lund\nHead of Escalation\n",
        "Thanks.\n\n--- reply above this line ---\n\nTo escalate, reply to this mail.\n",
    ],
    ids=["quoted", "quoted with its attribution", "a signature", "below our reply mark"],
)
def test_words_that_are_not_the_authors_new_ones_do_not_count(text: str) -> None:
    assert word(text) is None


@pytest.mark.parametrize(
    ("subject", "case_subject", "found"),
    [
        ("Please escalate", None, "escalate"),
        ("Escalate: Printer", "Printer", "escalate"),
        ("Re: Please escalate", "Please escalate", None),
        ("AW: [Acme #7K2Q-9F3M] please ESCALATE", "Please escalate", None),
        ("Re: [Acme #7K2Q-9F3M] Please escalate", "Printer", "escalate"),
    ],
    ids=[
        "the opening mail",
        "a changed subject",
        "a reply carries it along",
        "a reply with tag and other letter case",
        "a changed subject with our tag",
    ],
)
def test_the_subject_counts_where_it_is_new(
    subject: str, case_subject: str | None, found: str | None
) -> None:
    held = None if case_subject is None else replace(CASE, subject=case_subject)
    assert word("Thanks.", subject, case=held) == found


def test_a_policy_without_words_never_escalates() -> None:
    assert word("escalate", policy=EscalationPolicy(WordList(()))) is None
