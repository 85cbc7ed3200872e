"""Policy files: what they become, and the exact words for what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from maildesk.config.packaged import packaged
from maildesk.config.policy_file import NamedInConfig, load_policy
from maildesk.config.problems import ConfigError
from maildesk.desk.case.case import Phase
from maildesk.desk.policy.escalation import DEFAULT_ESCALATION_WORDS
from maildesk.desk.policy.policy import DEFAULT_STATUSES, Policy
from maildesk.desk.policy.rules import Assignment, MailFacts, RequesterFrom, classify
from maildesk.desk.promises.calendar import Target, Window
from maildesk.mail.addr_spec import Addresses

MINIMAL = """\
name: Acme
calendar:
  hours: {mon-fri: 09:00-17:00}
priorities:
  - {name: high, first_response: 4h}
  - {name: low}
default_priority: low
"""
DEFAULT = packaged("policies") / "default.yaml"

Reads = Callable[..., Policy]


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reads:
    """A policy from a text."""
    monkeypatch.chdir(tmp_path)

    def read(text: str, timezone: str = "UTC", known: NamedInConfig | None = None) -> Policy:
        Path("policy.yaml").write_text(text, encoding="utf-8")
        return load_policy(Path("policy.yaml"), timezone=timezone, known=known)

    return read


def changed(old: str, new: str) -> str:
    assert old in MINIMAL
    return MINIMAL.replace(old, new, 1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_minimal_policy_has_the_defaults(reads: Reads) -> None:
    policy = reads(MINIMAL, timezone="Europe/Lisbon")
    assert [(each.name, each.rank, each.first_response) for each in policy.priorities] == [
        ("high", 1, Target(timedelta(hours=4))),
        ("low", 2, None),
    ]
    assert policy.calendar.zone.key == "Europe/Lisbon"
    assert policy.calendar.hours == ((Window(540, 1020),),) * 5 + ((), ())
    assert policy.statuses == DEFAULT_STATUSES
    assert policy.escalation.words.words == DEFAULT_ESCALATION_WORDS
    assert (policy.types, policy.rules, policy.default_type, policy.default_team) == ({}, (), None, None)


def test_a_full_policy_becomes_the_desks_value(reads: Reads) -> None:
    policy = reads(
        MINIMAL.replace("  hours", "  timezone: Asia/Tokyo\n  hours")
        + """
types: {bug: "Broken."}
default_type: bug
default_team: support
escalation: {words: [reclamação], refusals: [abaixo a reclamação]}
statuses: {waiting: Pending Input}
rules:
  - name: the form
    when: {sender: form@acme.example, mailbox: [support]}
    then: {requester: reply-to, owner: Ana@acme.example}
  - {name: clean, when: {spam: false}, then: {priority: low}}
  - {name: stuck, when: {words: down}, then: {priority: high, team: support, type: bug}}
""",
        known=NamedInConfig(frozenset({"support"}), Addresses({"ana@acme.example"}), frozenset({"support"})),
    )
    assert policy.calendar.zone.key == "Asia/Tokyo"
    assert policy.types == {"bug": "Broken."}
    assert (policy.default_type, policy.default_team) == ("bug", "support")
    assert policy.status(Phase.WAITING) == "Pending Input"
    assert policy.escalation.wish_in("RECLAMAÇÃO!").word == "reclamação"
    assert policy.escalation.wish_in("abaixo a reclamação").refusal == "abaixo a reclamação"
    form = MailFacts("form@acme.example", "support", "", policy.vocabulary.all_in("All is DOWN."), spam=True)
    assert classify(policy.rules, form) == Assignment(
        "high", "support", "bug", RequesterFrom.REPLY_TO, "Ana@acme.example", ("the form", "stuck")
    )


@pytest.mark.parametrize(
    ("calendar", "start", "due"),
    [
        pytest.param(
            "{timezone: Europe/Lisbon, holidays: {country: PT}, closed: []",
            "2026-12-24 16:00",
            "2026-12-28 12:00",
            id="Christmas on a Friday",
        ),
        pytest.param(
            "{timezone: Europe/Berlin, holidays: {country: DE}",
            "2026-01-05 15:00",
            "2026-01-06 11:00",
            id="Epiphany is a working day in Germany",
        ),
        pytest.param(
            "{timezone: Europe/Berlin, holidays: {country: DE, region: BY}",
            "2026-01-05 15:00",
            "2026-01-07 11:00",
            id="but not in Bavaria",
        ),
        pytest.param(
            "{timezone: Europe/Oslo, holidays: {country: NO}",
            "2028-05-16 14:00",
            "2028-05-18 10:00",
            id="Norway, whose code YAML would call false",
        ),
        pytest.param(
            "{closed: [2026-03-03, 03-04]", "2026-03-02 16:00", "2026-03-05 12:00", id="days of our own"
        ),
        pytest.param(
            "{closed: [2026-03-03, 03-04]", "2027-03-02 16:00", "2027-03-03 12:00", id="one of them each year"
        ),
        pytest.param("{closed: [02-29]", "2028-02-28 16:00", "2028-03-01 12:00", id="a day of some years"),
    ],
)
def test_four_hours_pass_over_closed_days(reads: Reads, calendar: str, start: str, due: str) -> None:
    policy = reads(
        changed("\n  hours: {mon-fri: 09:00-17:00}", f" {calendar}, hours: {{mon-fri: 09:00-17:00}}}}")
    )
    assert policy.response_due("high", utc(start)) == utc(due)


@pytest.mark.parametrize(
    ("hours", "week"),
    [
        ("daily: 00:00-24:00", ["00:00-24:00"] * 7),
        ("mon-thu: 8:00-18:00, fri: 08:00 - 13:00", ["08:00-18:00"] * 4 + ["08:00-13:00", "", ""]),
        ("sat-sun: [09:00-12:00, 13:00–15:00], mon: closed", [""] * 5 + ["09:00-12:00 13:00-15:00"] * 2),
        ("mon: [00:00-12:00, 12:00-24:00]", ["00:00-12:00 12:00-24:00"] + [""] * 6),
    ],
)  # fmt: skip
def test_opening_hours_are_read(reads: Reads, hours: str, week: list[str]) -> None:
    policy = reads(changed("mon-fri: 09:00-17:00", hours))
    assert [" ".join(map(str, windows)) for windows in policy.calendar.hours] == week


# --- one thing wrong ------------------------------------------------------------------------------

HOURS = "mon-fri: 09:00-17:00"
WRONG = {
    "a weekday misspelt": (
        HOURS, "mon-fry: 09:00-17:00",
        "3:20: calendar.hours.mon-fry: 'mon-fry' is not a weekday "
        "(write mon, tue, wed, thu, fri, sat, sun, mon-fri or daily)",
    ),
    "weekdays backwards": (
        HOURS, "fri-mon: 09:00-17:00",
        "3:20: calendar.hours.fri-mon: 'fri-mon' is not a weekday "
        "(write mon, tue, wed, thu, fri, sat, sun, mon-fri or daily)",
    ),
    "hours without minutes": (
        HOURS, "mon: 9-17",
        "3:16: calendar.hours.mon: should be opening hours "
        "(write 09:00-17:00, [09:00-12:00, 13:00-17:00] or closed)",
    ),
    "minutes past the hour": (
        HOURS, "mon: 09:60-17:00",
        "3:16: calendar.hours.mon: should be opening hours "
        "(write 09:00-17:00, [09:00-12:00, 13:00-17:00] or closed)",
    ),
    "after the end of the day": (
        HOURS, "mon: 09:00-24:01",
        "3:16: calendar.hours.mon: 09:00-24:01 ends after the day does (a day ends at 24:00)",
    ),
    "over midnight": (
        HOURS, "mon: 22:00-06:00",
        "3:16: calendar.hours.mon: 22:00-06:00 does not end after it begins "
        "(for hours over midnight write 22:00-24:00, and 00:00-06:00 on the next day)",
    ),
    "out of order": (
        HOURS, "mon: [13:00-17:00, 09:00-12:00]",
        "3:16: calendar.hours.mon: 13:00-17:00 and 09:00-12:00 overlap or are out of order",
    ),
    "a day twice": (
        HOURS, "mon-fri: 09:00-17:00, wed: closed",
        "3:10: calendar.hours: wed is given twice (name each day once)",
    ),
    "never open": (
        HOURS, "mon-fri: closed",
        "3:10: calendar.hours: there are no open hours (give at least one weekday its hours)",
    ),
    "no days": (
        HOURS, "", "3:10: calendar.hours: there are no open hours (give at least one weekday its hours)",
    ),
    "no such country": (
        "  hours", "  holidays: {country: XX}\n  hours",
        "3:13: calendar.holidays: no public holidays are known for 'XX' (use a two-letter code such as PT)",
    ),
    "no such region": (
        "  hours", "  holidays: {country: LV, region: ZZ}\n  hours",
        "3:13: calendar.holidays: no public holidays are known for 'ZZ' in LV (regions: none)",
    ),
    "no such day": (
        "  hours", "  closed: [2026-02-30]\n  hours",
        "3:12: calendar.closed.0: '2026-02-30' is not a day (write 2026-12-24, or 12-24 for every year)",
    ),
    "no such yearly day": (
        "  hours", "  closed: [12-24, 13-31]\n  hours",
        "3:19: calendar.closed.1: '13-31' is not a day (write 2026-12-24, or 12-24 for every year)",
    ),
    "a target in days": (
        "4h", "4d",
        "5:34: priorities.0.first_response: '4d' is not a span of business time "
        "(write minutes as 30m, hours as 4h, business days as 2bd)",
    ),
    "a target without unit": (
        "4h", "4",
        "5:34: priorities.0.first_response: '4' is not a span of business time "
        "(write minutes as 30m, hours as 4h, business days as 2bd)",
    ),
    "a warning in business days": (
        "4h", "4h, warn_before: 2bd",
        "5:51: priorities.0.warn_before: '2bd' is no time to warn before "
        "(write a share such as 25%, business time such as 30m or 1h, or never)",
    ),
    "a default that is no priority": (
        "default_priority: low", "default_priority: lo",
        "7:19: default_priority: there is no priority lo (there is high, low)",
    ),
    "a priority twice": (
        "- {name: low}", "- {name: low}\n  - {name: LOW}",
        "7:12: priorities.2.name: there is already a priority LOW",
    ),
    "no priorities": (
        MINIMAL[MINIMAL.index("priorities") : MINIMAL.index("default")], "priorities: []\n",
        "4:13: priorities: is empty",
    ),
    "a default that is no type": (
        "name: Acme", "name: Acme\ndefault_type: bug",
        "2:15: default_type: there is no type bug (no type is named at all)",
    ),
    "a phase of no case": (
        "name: Acme", "name: Acme\nstatuses: {pending: X}",
        "2:21: statuses.pending: should be one of 'new', 'open', 'waiting', 'resolved' or 'closed'",
    ),
    "no escalation words": (
        "name: Acme", "name: Acme\nescalation: {words: []}", "2:21: escalation.words: is empty",
    ),
    "an empty word": (
        "name: Acme", 'name: Acme\nescalation: {words: ["­ "]}', "2:22: escalation.words.0: is empty",
    ),
    "a refusal without the word": (
        "name: Acme", "name: Acme\nescalation: {words: [mehr], refusals: [lass es]}",
        "2:40: escalation.refusals.0: holds none of the words that escalate (write it with one of mehr)",
    ),
    "a rule that decides nothing": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {}}]",
        "2:35: rules.0.then: decides nothing (set one of priority, team, type, requester, owner)",
    ),
    "a rule with another verb": (
        "name: Acme", "name: Acme\nrules: [{name: x, if: {}, when: {}, then: {priority: low}}]",
        "2:19: rules.0.if: unknown key (known here: name, when, then)",
    ),
    "a rule that asks for an empty list": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {words: []}, then: {priority: low}}]",
        "2:33: rules.0.when.words: is empty",
    ),
    "a requester from elsewhere": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {requester: sender}}]",
        "2:47: rules.0.then.requester: should be one of 'reply-to'",
    ),
    "a rule with an unknown priority": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {priority: p1}}]",
        "2:46: rules.0.then.priority: there is no priority p1 (there is high, low)",
    ),
    "a rule with an unknown team": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {team: t}}]",
        "2:42: rules.0.then.team: there is no team t (there is billing, support)",
    ),
    "a rule with an unknown owner": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {}, then: {owner: o@x.example}}]",
        "2:43: rules.0.then.owner: there is no agent o@x.example (no agent is named at all)",
    ),
    "a rule about an unknown mailbox": (
        "name: Acme", "name: Acme\nrules: [{name: x, when: {mailbox: m}, then: {priority: low}}]",
        "2:35: rules.0.when.mailbox: there is no mailbox m (no mailbox is named at all)",
    ),
    "an unknown default team": (
        "name: Acme", "name: Acme\ndefault_team: t",
        "2:15: default_team: there is no team t (there is billing, support)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG.keys())
def test_one_thing_wrong_is_one_line(reads: Reads, old: str, new: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        reads(changed(old, new), known=NamedInConfig(teams=frozenset({"support", "billing"})))
    assert str(told.value) == f"policy.yaml:{said}"


def test_names_of_the_configuration_are_not_asked_for_where_there_is_none(reads: Reads) -> None:
    text = changed("name: Acme", "name: Acme\ndefault_team: t\nrules: [{name: x, when: {}, then: {team: u}}]")
    assert reads(text).default_team == "t"


# --- the packaged policy --------------------------------------------------------------------------


def test_the_packaged_policy_promises_what_it_says() -> None:
    policy = load_policy(DEFAULT)
    assert [(each.name, str(each.first_response), each.resolution) for each in policy.priorities] == [
        ("urgent", "2h", None),
        ("high", "4h", None),
        ("normal", "8h", None),
        ("low", "16h", None),
    ]
    assert all(each.means for each in policy.priorities)
    assert policy.default_priority == "normal"
    assert policy.calendar.hours == ((Window(540, 1020),),) * 5 + ((), ())
    assert policy.escalation.words.words == DEFAULT_ESCALATION_WORDS
    assert policy.statuses == DEFAULT_STATUSES
    assert policy.rules == ()


def test_every_example_in_the_packaged_policy_works_when_uncommented(reads: Reads) -> None:
    text = DEFAULT.read_text(encoding="utf-8")
    policy = reads(re.sub(r"(?m)^( *)#(?=\S)", r"\1", text))
    assert policy.calendar.zone.key == "Europe/Lisbon"
    assert date(2026, 4, 25) in policy.calendar.days_off  # Portugal's Freedom Day
    assert date(2031, 12, 24) in policy.calendar.days_off
    assert str(policy.priority("urgent").resolution) == "1bd"
    assert (policy.default_type, policy.default_team) == ("question", "support")
    words = policy.vocabulary.all_in("We cannot log in")
    stuck = MailFacts("z@client.example", "support", "Help", words, plan="premium")
    assert classify(policy.rules, stuck).priority == "urgent"
    assert len(policy.rules) == 5
