"""The packaged policies: what they promise."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from maildesk.config.packaged import packaged
from maildesk.config.policy_file import load_policy
from maildesk.config.policy_shape_cases import PromiseEntry
from maildesk.desk.policy.escalation import DEFAULT_ESCALATION_WORDS
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.rules import MailFacts, classify
from maildesk.desk.policy.statuses import DEFAULT_STATUSES
from maildesk.desk.promises.calendar import Window
from maildesk.desk.promises.promised import CaseFacts, Promised, promising
from tests.unit.config import policy_page
from tests.unit.config.conftest import ReadsPolicy, changed_policy

DEFAULT = packaged("policies") / "default.yaml"


def promised_to(policy: Policy, priority: str, **facts: str) -> tuple[str | None, ...]:
    """What is promised for the first answer and the resolution."""
    rows = (
        (what, promising(policy.promises, what, CaseFacts(priority, **facts)))
        for what in (Promised.FIRST_RESPONSE, Promised.RESOLUTION)
    )
    return tuple(str(row.spans[what]) if row else None for what, row in rows)


def test_the_packaged_policy_promises_what_it_says() -> None:
    policy = load_policy(DEFAULT)
    assert [each.name for each in policy.priorities] == ["urgent", "high", "normal", "low"]
    promised = [promised_to(policy, each.name) for each in policy.priorities]
    assert promised == [("2h", None), ("4h", None), ("8h", None), ("16h", None)]
    assert all(each.means for each in policy.priorities)
    assert policy.default_priority == "normal"
    assert policy.calendar.hours == ((Window(540, 1020),),) * 5 + ((), ())
    assert policy.escalation.words.words == DEFAULT_ESCALATION_WORDS
    assert policy.statuses == DEFAULT_STATUSES
    assert policy.rules == ()


def test_every_example_in_the_packaged_policy_works_when_uncommented(reads_policy: ReadsPolicy) -> None:
    text = DEFAULT.read_text(encoding="utf-8")
    policy = reads_policy(re.sub(r"(?m)^( *)#(?=\S)", r"\1", text))
    assert policy.calendar.zone.key == "Europe/Lisbon"
    assert date(2026, 4, 25) in policy.calendar.days_off  # Portugal's Freedom Day
    assert date(2031, 12, 24) in policy.calendar.days_off
    assert promised_to(policy, "urgent") == ("2h", "3bd")
    assert (policy.default_type, policy.default_team) == ("question", "support")
    words = policy.vocabulary.all_in("We cannot log in")
    stuck = MailFacts("z@client.example", "support", "Help", words, plan="premium")
    assert classify(policy.rules, stuck).priority == "urgent"
    assert len(policy.rules) == 5


@pytest.mark.parametrize(
    ("name", "priority", "facts", "promised"),
    [
        ("productiv", "Urgent", {}, ("12h", None)),
        ("productiv", "Low", {}, ("48h", None)),
        ("advendio", "Level 1 - Critical", {"plan": "Premium Success"}, ("1h", None)),
        ("advendio", "Level 1 - Critical", {}, ("2bd", None)),
        ("droz", "", {}, ("12h day and night", None)),
        ("droz", "Alta", {}, ("12h day and night", "3bd")),
        ("profitco", "P2 – Blocker", {"type": "Admin Task"}, (None, "48h day and night")),
        ("profitco", "P6 – Low", {"type": "Admin Task"}, (None, None)),
        ("profitco", "P1 – Emergency", {"type": "Bug"}, (None, "release")),
        ("profitco", "P3 – Very High", {"type": "Bug"}, (None, "2 releases")),
        ("escalate-my-case", "Escalated", {}, (None, None)),
    ],
)
def test_a_published_process_promises_what_its_page_says(
    name: str, priority: str, facts: dict[str, str], promised: tuple[str | None, ...]
) -> None:
    policy = load_policy(packaged("policies") / f"{name}.yaml")
    assert promised_to(policy, priority, **facts) == promised


@pytest.mark.parametrize("file", sorted(packaged("policies").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_packaged_policy_is_fine(file: Path) -> None:
    assert load_policy(file).name


def test_every_kind_of_promise_has_its_key() -> None:
    assert set(Promised) <= set(PromiseEntry.model_fields)


def test_the_page_of_the_policy_has_every_key_as_the_code_says_it() -> None:
    page = policy_page.PAGE.read_text(encoding="utf-8")
    assert page == policy_page.renewed(page), "write it anew: python -m tests.unit.config.policy_page"


def test_every_example_of_the_page_is_right(reads_policy: ReadsPolicy) -> None:
    page = policy_page.PAGE.read_text(encoding="utf-8")
    promises, statuses, summaries, forms = re.findall(r"(?ms)^```yaml\n(.*?)^```", page)
    outcomes = re.findall(r"(?ms)^  ```yaml\n(.*?)^  ```", page)[0].replace("\n  ", "\n").lstrip()
    more = "plans: {premium: email}\ntypes: {wish: A wish.}\n" + outcomes + "  no answer: Nothing came.\n"
    policy = reads_policy(
        changed_policy("priorities: {high", "priorities: {urgent: Now., high").split("promises:")[0]
        + more
        + promises
        + statuses
        + "fields: {chat outcome: [happy, unhappy], source: [email, chat]}\n"
        + summaries
        + forms
    )
    assert [each.name for each in policy.summaries] == ["Chats of the day"]
    assert [len(policy.promises), len(policy.statuses.all), len(policy.forms)] == [4, 5, 1]
