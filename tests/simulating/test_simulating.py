"""`maildesk policy simulate` over small pasts: each line of what it tells, with the right value."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from click.testing import CliRunner

from maildesk.cli import simulation_workers
from maildesk.cli.main import cli
from maildesk.cli.simulation_told import duration
from maildesk.cli.simulation_told import told as told_of
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions import acts, status_acts
from maildesk.errors import StoreReadOnly
from maildesk.simulating.differences import differences
from maildesk.simulating.facts import Facts, facts_of_replay
from maildesk.simulating.replaying import Entry, Through
from maildesk.simulating.summary import Summary
from maildesk.store import past_cases
from maildesk.store.database import Database
from tests.unit.desk.matters import DESK
from tests.world.past_desk import PastDesk

pytestmark = pytest.mark.usefixtures("forked_readers")

MakeDesk = Callable[..., PastDesk]

PRODUCTIV = "policies/productiv.yaml"
DEFAULT = "policies/default.yaml"


def at(day: int, hour: str = "10:00", month: int = 11) -> datetime:
    return datetime.fromisoformat(f"2025-{month:02}-{day:02}T{hour}:00").replace(tzinfo=UTC)


def says(words: str = "Please try again.") -> Any:
    return lambda case, desk, hand: acts.answer(case, desk, words, hand)


def waits(case: Any, desk: Any, hand: Any) -> Any:
    return status_acts.wait(case, desk, hand)


def simulated(desk: PastDesk, policy: str, *words: str, code: int = 0) -> str:
    """What the command prints, about the desk as it stands."""
    env = {"MAILDESK_NOW": desk.now.isoformat()}
    args = ["-c", str(desk.folder / "config.yaml"), "policy", "simulate", policy, *words]
    run = CliRunner(env=env).invoke(cli, args, catch_exceptions=False)
    assert run.exit_code == code, run.output
    return run.stdout if code == 0 else run.output


def line(told: str, what: str) -> str:
    """The one line of a page that says this, with single spaces."""
    (found,) = [each for each in told.splitlines() if what in each]
    return " ".join(found.split())


# --- what is promised ---------------------------------------------------------------------------------


def test_first_answers_are_counted_by_priority_and_as_they_are_now(past_desk: MakeDesk) -> None:
    desk = past_desk()
    down = desk.mail("The portal is down.", subject="Help", at=at(4))  # urgent: 12h, until Wed 13:00
    desk.acts(down, says(), at=at(5, "16:00"))
    usual = desk.mail("It hums.", at=at(4))  # normal: 24h
    desk.acts(usual, says(), at=at(4, "11:00"))
    desk.mail("How?", subject="A question", at=at(27))  # low: 48h, not over on the 27th
    desk.until(at(27, "15:00"))
    told = simulated(desk, PRODUCTIV)
    assert told.startswith(
        "3 cases opened between 4 November 2025 and 27 November 2025, read through productiv.yaml"
        " (now: policy.yaml)\n"
    )
    assert line(told, "first response") == "first response promised kept missed to come worst"
    assert line(told, "Urgent  ") == f"Urgent 1 0 1 0 {down} 3h over"
    assert line(told, "Normal  ") == "Normal 1 1 0 0"
    assert line(told, "Low  ") == "Low 1 0 0 1"
    head, row, today = (
        next(each for each in told.splitlines() if each.startswith(start))
        for start in ("first response", "  Urgent  ", "  now (")
    )
    assert row[: head.index("promised") + 8].endswith(" 1")
    assert today[: head.index("promised") + 8].endswith(" 3")
    # Today each has 8 hours, of days from 09:00 to 17:00: until Wednesday 10:00.
    assert line(told, "now (") == f"now (policy.yaml) 3 1 1 1 {down} 6h over"
    assert line(told, "another priority") == '2 cases another priority rule "it is down" 1, "a question" 1'
    assert f'{down}  Urgent ("Help"): answered Wed 5 Nov 16:00, due Wed 5 Nov 13:00' in told


# --- what would have been different -------------------------------------------------------------------


def test_who_closes_now_would_ask_and_silence_closes_later(past_desk: MakeDesk) -> None:
    desk = past_desk()
    first = desk.mail("It hums.", at=at(4))
    desk.acts(first, partial(status_acts.close), at=at(4, "11:00"))
    told = desk.last_letter()
    second = desk.mail("It hums too.", at=at(5))
    desk.acts(second, says(), waits, at=at(5, "11:00"))
    desk.until(at(25))
    desk.mail("It is back.", at=at(25), answers=told)
    desk.until(at(28))
    said = simulated(desk, PRODUCTIV)
    assert line(said, "closed by an agent now").startswith(
        "1 case closed by an agent now the customer is asked instead"
    )
    assert line(said, "closed for silence  ") == (
        "2 cases closed for silence after 2w; 1 of them were answered later (list: --show silence)"
    )
    assert line(said, "more to customers") == ("6 letters more to customers 4 reminder, 1 question, 1 closed")
    listed = simulated(desk, PRODUCTIV, "--show", "silence")
    assert (
        f"{first}  closed for silence on Tue 18 Nov 11:00; the customer wrote on Tue 25 Nov 10:00" in listed
    )
    assert f"{second}  closed for silence on Wed 19 Nov 11:00" in listed


def test_an_answer_and_thanks_would_not_reopen(past_desk: MakeDesk) -> None:
    desk = past_desk()
    for number, words in enumerate(("Yes.", "Kudos team!", "It hums again.")):
        sender = f"bo{number}@client.example"
        ref = desk.mail("It hums.", at=at(4 + number), sender=sender)
        desk.acts(ref, partial(status_acts.resolve), at=at(4 + number, "11:00"))
        desk.mail(words, at=at(4 + number, "12:00"), sender=sender, answers=desk.last_letter())
    thankful = desk.variant(PRODUCTIV, reopening={"thanks": ["kudos team"]})
    assert line(simulated(desk, thankful), "would not reopen") == (
        "2 replies would not reopen 1 answer to a question, 1 mere thanks"
    )


def test_escalations_are_the_same_or_are_not(past_desk: MakeDesk) -> None:
    desk = past_desk()
    desk.mail("I want to escalate this.", at=at(4))
    desk.mail("Urgente: quero falar com o gerente.", at=at(4))
    assert line(simulated(desk, PRODUCTIV), "escalated: ") == "escalated: 1 case, the same as now"
    said = simulated(desk, desk.variant(PRODUCTIV, escalation={"words": ["gerente"]}))
    assert line(said, " escalated  ") == "1 case escalated 1 of them not now"
    assert line(said, "not escalated") == "1 case not escalated"


def test_acts_that_the_policy_refuses_are_told_with_the_reason(past_desk: MakeDesk) -> None:
    desk = past_desk()
    ref = desk.mail("It hums.", at=at(4))
    desk.acts(ref, partial(acts.change, field="priority", value="high"), at=at(4, "11:00"))
    other = desk.mail("It hums.", at=at(4))
    desk.acts(other, partial(acts.change, field="type", value="question"), at=at(4, "11:00"))
    said = simulated(desk, PRODUCTIV)
    assert line(said, "not allowed").startswith("1 act not allowed")
    assert other in said


# --- what holds whatever is asked ---------------------------------------------------------------------


def test_nothing_is_different_through_the_same_policy(past_desk: MakeDesk) -> None:
    desk = past_desk()
    ref = desk.mail("It hums. Please escalate.", at=at(4))
    desk.acts(ref, says(), partial(status_acts.close), at=at(4, "11:00"))
    desk.mail("Thank you!", at=at(4, "12:00"), answers=desk.last_letter())
    found = json.loads(simulated(desk, str(desk.folder / "policy.yaml"), "--json"))
    assert [each["kind"] for each in found["differences"]] == ["escalated"]
    assert found["letters"] == {}
    said = simulated(desk, str(desk.folder / "policy.yaml"))
    different = said.partition("would have been different\n")[2].partition("\n\n")[0]
    assert different == "  nothing"
    assert line(said, "nights: ") == (
        "nights: no letter to customers would have gone out by itself while you are closed"
    )
    assert line(said, "escalated: ") == "escalated: 1 case, the same as now"


def test_nothing_is_stored_and_the_database_would_refuse(past_desk: MakeDesk) -> None:
    desk = past_desk()
    desk.mail("It hums.", at=at(4))
    desk.until(at(28))
    desk.store.close_now()
    files = {each.name: each.read_bytes() for each in desk.folder.iterdir()}
    simulated(desk, PRODUCTIV)
    assert {each.name: each.read_bytes() for each in desk.folder.iterdir()} == files
    url = f"sqlite:///{desk.folder / 'desk.db'}"
    store = Database.open(url, patience=0, read_only=True)
    with pytest.raises(StoreReadOnly):
        store.write_now(lambda conn: conn.exec_driver_sql("UPDATE cases SET subject = ''"))
    store.close_now()


def test_days_choose_cases_and_what_is_no_day_is_refused(past_desk: MakeDesk) -> None:
    desk = past_desk()
    for day in (4, 5, 6):
        desk.mail("It hums.", at=at(day))
    said = simulated(desk, PRODUCTIV, "--since", "2025-11-05", "--until", "2025-11-06")
    assert said.startswith("1 case opened on 5 November 2025")
    refused = simulated(desk, PRODUCTIV, "--since", "5 November", code=1)
    assert "'5 November' is no date" in refused
    ahead = simulated(desk, PRODUCTIV, "--since", "2025-12-01", code=1)
    assert "--since 2025-12-01 lies ahead" in ahead
    turned = simulated(desk, PRODUCTIV, "--since", "2025-11-05", "--until", "2025-11-05", code=1)
    assert "--until 2025-11-05 is not after --since 2025-11-05" in turned
    none = simulated(desk, PRODUCTIV, "--until", "2025-11-04")
    assert none == "there is no case to read through productiv.yaml (now: policy.yaml)\n"
    assert "--desk names whose mail an mbox is" in simulated(desk, PRODUCTIV, "--desk", "a@b.example", code=1)


@pytest.mark.parametrize("policy", ["advendio", "droz", "escalate-my-case", "productiv", "profitco"])
def test_who_is_not_there_yet_is_warned_of_and_asked_all_the_same(past_desk: MakeDesk, policy: str) -> None:
    desk = past_desk()
    config = yaml.safe_load((desk.folder / "config.yaml").read_text())
    config["people"] |= {"teams": [{"name": "support"}], "leadership": []}
    config["mailboxes"] = config["mailboxes"][:1]
    (desk.folder / "config.yaml").write_text(yaml.safe_dump(config))
    ref = desk.mail("It is down. Please escalate.", at=at(4), subject="A question")
    desk.acts(ref, says(), partial(status_acts.close), at=at(4, "11:00"))
    desk.until(at(28))
    env = {"MAILDESK_NOW": desk.now.isoformat()}
    args = ["-c", str(desk.folder / "config.yaml"), "policy", "simulate", f"policies/{policy}.yaml"]
    run = CliRunner(env=env).invoke(cli, args, catch_exceptions=False)
    assert run.exit_code == 0, run.output
    assert run.stdout.startswith("1 case opened")
    warned = run.stderr.splitlines()
    assert all(each.startswith("warn ") and f"{policy}.yaml:" in each for each in warned)
    assert bool(warned) == (policy not in ("productiv", "droz"))
    assert not any("not replayed" in each for each in warned)


def test_one_case_is_told_event_by_event(past_desk: MakeDesk) -> None:
    desk = past_desk()
    ref = desk.mail("It is down.", at=at(4))
    desk.acts(ref, partial(status_acts.close), at=at(4, "11:00"))
    desk.until(at(19))
    told = [" ".join(each.split()) for each in simulated(desk, PRODUCTIV, "--case", ref[:4]).splitlines()]
    assert told[0].startswith(
        "2025-11-04 10:00 opened bo@client.example requester=bo@client.example status=New"
    )
    assert "priority=Urgent" in told[0]
    assert any(each.startswith("2025-11-04 11:00 resolved ana@acme.example") for each in told)
    assert "2025-11-04 11:00 letter to the customer: question" in told
    assert "2025-11-10 11:00 letter to the customer: reminder" in told
    assert "2025-11-18 11:00 letter to the customer: closed" in told


@pytest.mark.parametrize(
    ("hours", "told"), [(0, "1m"), (3, "3h"), (47.5, "47h 30m"), (48, "2d"), (9373.7, "390d 13h")]
)
def test_how_late_something_was_is_told_in_days_from_two_on(hours: float, told: str) -> None:
    assert duration(timedelta(hours=hours)) == told


def test_a_case_that_would_not_have_been_opened_says_why() -> None:
    refused = Entry(at(4), Through.ACT, 0, None, refused=("a call is no type of it",))
    mail = Entry(at(4), Through.MAIL, 0, None, verdict=Verdict.QUARANTINED, reason="automatic")
    for entry, why in ((refused, "a call is no type of it"), (mail, "its mail is quarantined, automatic")):
        then = facts_of_replay([entry], DESK.policy, at(5))
        (found,) = differences("7K2Q-9F3M", Facts(opened=True), then, DESK.policy)
        summary = Summary(DESK.policy, subjects={found.ref: "Call"})
        assert told_of(found, summary, ZoneInfo("UTC")) == f'would not have been opened ("Call"): {why}'


def test_merged_cases_are_left_out_and_said_so(past_desk: MakeDesk) -> None:
    desk = past_desk()
    kept, gone = desk.mail("It hums.", at=at(4)), desk.mail("It hums!", at=at(4, "11:00"))
    desk.mail("A question.", at=at(5))
    env = {"MAILDESK_NOW": at(5, "11:00").isoformat()}
    config = ["-c", str(desk.folder / "config.yaml")]
    merged = CliRunner(env=env).invoke(cli, [*config, "case", "merge", kept, gone])
    assert merged.exit_code == 0, merged.output
    run = CliRunner(env=env).invoke(cli, [*config, "policy", "simulate", PRODUCTIV])
    assert run.stdout.startswith("1 case opened")
    assert "2 cases not replayed: merged with another" in run.stderr


def test_many_cases_are_replayed_in_several_processes_alike(past_desk: MakeDesk) -> None:
    desk = past_desk()
    for number in range(7):
        desk.mail("The portal is down.", at=at(4, f"1{number}:00"), sender=f"bo{number}@client.example")
    asked = simulation_workers.Simulation(desk.folder / "config.yaml", Path(PRODUCTIV), desk.now)
    chains = desk.store.read_now(partial(past_cases.chains_of_cases, since=None, until=None))
    done: list[int] = []
    few = simulation_workers.summed_up(asked, chains, done.append)
    many = simulation_workers.summed_up(asked, chains, done.append, at_once=3, few=0)
    assert few == many
    assert done == [7, 3, 3, 1]
