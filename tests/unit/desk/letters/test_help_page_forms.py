"""The customers' help page as it is read: its sentences, and three forms that say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maildesk.config.packaged import packaged
from maildesk.desk.case.case import Phase
from maildesk.desk.letters.help_page_forms import TEMPLATE, html_of, markdown_of, text_of
from maildesk.desk.letters.language import ENGLISH
from maildesk.desk.letters.template_problem import TemplateProblem
from maildesk.desk.policy.case_types import CaseType, Priority
from maildesk.desk.policy.escalation import EscalationPolicy
from maildesk.desk.policy.forms import Form, FormField, FormKind
from maildesk.desk.policy.help_page import DeskFacts, help_page
from maildesk.desk.policy.policy import FirstLetter, Policy, Reopening
from maildesk.desk.policy.questions import Answer, Outcome, Question
from maildesk.desk.policy.statuses import Status, Statuses
from maildesk.desk.policy.then import Then
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.promises.promised import Promised, PromiseRow
from maildesk.desk.promises.spans import Span
from tests.unit.desk.policy.process import PROCESS

NOW = datetime(2025, 12, 1, 10, tzinfo=UTC)
FACTS = DeskFacts("support@acme.example", timedelta(seconds=60), leadership=True)
FILE = TEMPLATE.format(folder="en")
OURS = (packaged("templates") / FILE).read_text(encoding="utf-8")


def written(policy: Policy = PROCESS, facts: DeskFacts = FACTS, template: str = OURS, **changes: Any) -> str:
    return markdown_of(template, help_page(replace(policy, **changes), facts, NOW), ENGLISH, FILE)


PAGE = """\
# Working with Acme Support

Write to **support@acme.example**.
Each mail about a new matter becomes a **case** with a reference such as `7K2Q-9F3M`, which stands in the
subject of everything we write about it.
We look at the mailbox as mail arrives, and at least once a minute.

| Your plan | Support by |
|---|---|
| Pro | email, chat, phone |
| everybody | email |

## Before you write

With these we can begin at once; where a short first mail does not say them, we ask:

- When did the issue first occur?
- A screenshot, if you can make one

## When you hear from us

| Priority | What it means | A person answers |
|---|---|---|
| Urgent | The application is not functional. | within 12 business hours |
| High | Productivity is affected. | within 18 business hours |
| Normal | Productivity is minimally affected. | within 24 business hours |
| Low | Question or product enhancement request. | within 48 business hours |

A case is Normal unless we find otherwise.
Business hours are Monday to Friday, 09:00 to 18:00 (Lisbon time).
For example, what reaches us as Urgent on Friday, 5 December 2025, 16:30, is
answered by Wednesday, 10 December 2025, 10:30, since we are closed on 8 December.
Closed until the end of 2025: 1 December, 8 December, 25 December.
Our automatic receipt is no answer.
If we change the priority, the time counts from when your mail reached us, and we tell you the new moment.

## Who works on it

From our first answer on, at the latest, one of us has your case until it is closed,
and writes to you by e-mail.
If somebody else takes it over, we tell you.

## If it does not move

Write **escalate** or **escalation** anywhere in your mail about the case:
our leadership hears at once.

## How a case ends

- We tell you that it is resolved, and ask: *Is it solved?* You answer yes or no with one click, or in \
your own words: *yes* closes the case; *no* goes on with it.
  If we hear nothing, we remind you after 4 and 7 business days, and close the case after 2 weeks.
- If we need to know something from you, the case waits for your reply.
  If we hear nothing, we remind you after 4 and 7 business days, and close the case after 2 weeks.
- Before it ends as *without a solution* we ask: *May we close this case without a solution?* You \
answer yes or no with one click, or in your own words: *yes* closes the case; *no* goes on with it.
  If we hear nothing, we remind you after 4 and 7 business days, and close the case after 2 weeks.
- Only you can close a case, or your silence, as said above: we cannot.

| How it ended | What it means |
|---|---|
| solved | You confirmed that a resolution has been reached. |
| without a solution | You agreed to close it. |
| no answer | We heard nothing over two weeks. |

To **open a closed case again**, reply to any mail about it, however long ago.
Keep one for that. It goes back to whoever had it. A mere "thank you" does not open it.

After it is closed we ask you once: *How satisfied are you?* (1 to 5)
Say also: What could we do better?
We do not ask where it ended as no answer.
"""


def test_the_page_says_all_that_the_policy_promises() -> None:
    assert written() == PAGE


BARE = Policy(
    "Acme", PROCESS.calendar, PROCESS.priorities[:1], "Urgent", escalation=EscalationPolicy(WordList(()))
)


def test_a_policy_that_promises_nothing_has_a_page_that_promises_nothing() -> None:
    page = written(BARE, DeskFacts(), answering_takes=False, first_letter=FirstLetter(tells=("reference",)))
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == ["# Working with Acme", "## When you hear from us", "## How a case ends"]
    for claim in ("answer", "escalate", "|", "remind", "minute", "Write to", "leadership"):
        assert claim not in page


SHORT = Status("Pending", Phase.RESOLVED, "We ask you.", after=Span.parse("7d"), then=Then(status="Closed"))
STAGING = Status("Staging", Phase.WAITING, ask="staging")
PASSED = Status("Passed", Phase.OPEN)
LIKED = Question(
    "staging",
    "Does it do?",
    (Answer("yes", Then(status="Passed")), Answer("no", Then(status="Open"))),
)

SENTENCES: dict[str, tuple[dict[str, Any], str]] = {
    "nobody has looked yet": (
        {"default_priority": None},
        "Until we have looked at a case it is none of these; such cases come first, in the order in which",
    ),
    "words of the operator's": ({"labels": {"priority": "Severity"}}, "| Severity | What it means |"),
    "releases": (
        {
            "promises": (
                PromiseRow({Promised.RESOLUTION: Span.parse("release")}, priority=("Urgent",)),
                PromiseRow({Promised.RESOLUTION: Span.parse("2bd")}, priority=("High",)),
            ),
            "first_letter": FirstLetter(tells=("priority", "resolution")),
        },
        "| Urgent | The application is not functional. | by the next release |",
    ),
    "no promise": (
        {"promises": (PromiseRow({Promised.FIRST_RESPONSE: Span.parse("1h")}, priority=("Urgent",)),)},
        "| Low | Question or product enhancement request. | not promised |",
    ),
    "one hour": (
        {"promises": (PromiseRow({Promised.FIRST_RESPONSE: Span.parse("1h day and night")}),)},
        "A person answers within 1 hour, day and night.",
    ),
    "plans": (
        {
            "promises": (
                PromiseRow({Promised.FIRST_RESPONSE: Span.parse("1h")}, plan=("Pro",)),
                PromiseRow({Promised.FIRST_RESPONSE: Span.parse("8h")}),
            )
        },
        "Plan: **everybody else**",
    ),
    "types": (
        {"types": {"Bug": CaseType("Bug", "It fails.")}, "labels": {"type": "Case reason"}},
        "| Case reason | What it means |\n|---|---|\n| Bug | It fails. |",
    ),
    "an answer that must say more": (
        {
            "promises": (
                PromiseRow({Promised.FIRST_RESPONSE: Span.parse("1h")}, tells=("priority", "resolution")),
            )
        },
        "An answer of ours counts only when it names\nits priority and when it will be resolved.",
    ),
    "silence without a reminder": (
        {"statuses": Statuses((*PROCESS.statuses, SHORT))},
        "- *Pending*: We ask you.\n  If we hear nothing, we close the case after 1 week.",
    ),
    "an answer that leads elsewhere": (
        {
            "statuses": Statuses((*PROCESS.statuses, STAGING, PASSED)),
            "questions": {**PROCESS.questions, "staging": LIKED},
        },
        "- *Staging* We ask: *Does it do?* You answer yes or no with one click:"
        " *yes* makes it *Passed*; *no* goes on with it.",
    ),
    "an outcome that is no end": (
        {"outcomes": {"third": Outcome("third", "Somebody else must act.", status="Waiting for you")}},
        "- *third* is no end: Somebody else must act.",
    ),
    "the same for everybody": (
        {"promises": (PromiseRow({Promised.FIRST_RESPONSE: Span.parse("2bd")}),)},
        "For example, what reaches us on Friday, 5 December 2025, 16:30, is\n"
        "answered by Wednesday, 10 December 2025, 16:30, since we are closed on 8 December.",
    ),
    "an end of reopening": (
        {"reopening": Reopening(Span.parse("30d"))},
        "reply to any mail about it within 30 days; a later reply opens a new case",
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_a_key_has_its_sentence(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in written(**changes)


def test_a_mailbox_that_is_looked_at_seldom_says_so() -> None:
    assert "at least once every 5 minutes." in written(facts=DeskFacts(poll=timedelta(seconds=270)))


def test_availability_is_told_where_it_is_promised() -> None:
    assert "hears you in at least 99% of all minutes, day and night." in written(availability=99.0)
    assert "at least 99.5% of all minutes" in " ".join(text_of(written(availability=99.5)).split())
    assert "of all minutes" not in written()


def test_without_leadership_the_page_does_not_speak_of_it() -> None:
    page = written(facts=DeskFacts())
    assert "leadership" not in page
    assert "those who are responsible for it hear at once" in page


# --- the forms --------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script> **bold** [x](javascript:y) | `code` &lt; _it_ \\ # a\n# b"


def test_the_policy_s_words_are_words_in_every_form() -> None:
    page = written(
        priorities=(Priority("Urgent", 1, HOSTILE), Priority("1. # -", 2)), promises=PROCESS.promises[:1]
    )
    html, text = html_of(page, HOSTILE, "en"), text_of(page)
    assert "<script>" not in html
    assert "<strong>bold" not in html
    assert "href" not in html
    assert html.count("<td>Urgent</td>") == 1
    assert (
        "What it means: <script>alert(1)</script> **bold** [x](javascript:y) | `code` &lt; _it_ \\ # a"
        in (" ".join(text.split()))
    )
    assert "1. # -" in text


def test_html_is_a_whole_page_with_tables_and_lists() -> None:
    html = html_of(written(), "Acme & Co", "pt-BR")
    assert html.startswith('<!doctype html>\n<html lang="pt-BR">')
    assert "<title>Acme &amp; Co</title>" in html
    assert "<td>within 12 business hours</td>" in html
    assert "<li>When did the issue first occur?</li>" in html


def test_text_has_no_marks_and_no_long_lines() -> None:
    text = text_of(written())
    assert max(map(len, text.splitlines())) <= 78
    assert "**" not in text
    assert (
        "Urgent\n  What it means: The application is not functional.\n  A person answers: within 12" in text
    )
    assert "- A screenshot, if you can make one" in text
    assert text.startswith("Working with Acme Support\n=========================\n")


def test_a_broken_template_is_named_with_its_line() -> None:
    for template in ("One\n{{ nonsense }}", "One\n{% if %}", "One\n{{ page.nonsense.more }}"):
        with pytest.raises(TemplateProblem, match=r"^templates/en/help-page\.md:2: "):
            written(template=template)


def test_a_form_is_told_with_its_lines() -> None:
    fields = (
        FormField("Case number", FormKind.CASE, required=True),
        FormField("Impact", FormKind.CHOICE, choices={"Limited": "It is slow.", "Critical": ""}),
        FormField("Reason", FormKind.TEXT),
    )
    said = written(forms={"Escalate My Case": Form("Escalate My Case", fields, subject="Escalate My Case")})
    assert "Write to us with the subject **Escalate My Case**" in said
    assert "| Case number: | the reference of your case |" in said
    assert "| Impact: | *Limited*: It is slow.; *Critical* |" in said
    assert "| Reason: | your own words |" in said
    assert "Without Case number nothing is done" in said
