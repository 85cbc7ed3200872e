"""The main story, start to end, on both databases: opened, answered, escalated, closed, reopened."""

from __future__ import annotations

import pytest

from tests.world.desk import DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot


async def test_a_case_from_its_first_mail_to_its_reopening(database_url: str) -> None:
    async with await DeskWorld.start(store=database_url) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer on fire", "It burns. Please help.")
        ack = bo.hears("We have received your message")
        assert "It burns" in words(world.agent.hears("New: Printer on fire"))
        ref = (await world.case())["ref"]
        assert ref in words(ack)

        await world.passes(minutes=30)
        await world.agent.answers("Have you tried water?")
        answer = bo.hears("Re: [Acme #", "Printer on fire")
        assert "Have you tried water?" in words(answer)
        assert answer["From"] == '"Ana Agent (Acme Support)" <support@acme.example>'
        case = await world.case()
        assert (case["phase"], case["first_response_at"]) == ("open", "2025-11-24T10:00:00.000000Z")

        await world.passes(hours=1)
        await bo.replies(answer, "I did, now it is worse. Please ESCALATE this.")
        bo.hears("Printer on fire")
        world.agent.hears("Escalated: Printer on fire")
        assert "now it is worse" in words(world.leader.hears("Escalated: Printer on fire"))

        await world.agent.takes()
        await world.agent.sets("priority", "urgent")
        await world.agent.closes("a new printer is on its way")
        closed = bo.hears("Printer on fire")
        assert "a new printer is on its way" in words(closed)
        case = await world.case()
        assert (case["phase"], case["escalation"]) == ("closed", None)

        await world.passes(days=3)
        await bo.replies(closed, "The new one burns as well.")
        assert "open again" in words(bo.hears("Printer on fire"))
        world.agent.hears("Reopened: Printer on fire")
        case = await world.case()
        assert (case["phase"], case["reopened"]) == ("open", 1)
        assert (case["owner"], case["priority"]) == ("agent@acme.example", "urgent")
        assert await world.happened() == [
            "opened", "answered", "replied", "escalated", "assigned", "changed", "closed",
            "escalation-over", "reopened",
        ]  # fmt: skip
        assert await world.verdicts() == ["opened", "appended", "reopened"]


async def test_filed_mail_lies_in_the_processed_folder_and_nothing_is_left_or_lost() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        mail = await bo.writes("Hello", "There.")
        assert await world.dovecot.folder("support") == []
        (kept,) = await world.dovecot.folder("support", "Processed")
        assert kept.count(str(mail["Message-ID"]).encode()) == 1


async def test_the_case_as_the_command_line_shows_it() -> None:
    async with await DeskWorld.start(
        accounts=[{"name": "Client Inc", "domains": ["client.example"], "plan": "premium"}],
        policy={"default_team": "support", "default_type": "problem"},
        people={
            "agents": [{"name": "Ana Agent", "address": "agent@acme.example", "teams": ["support"]}],
            "teams": [{"name": "support"}],
        },
    ) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", cc=["cy@client.example"], files={"fire.jpg": b"abc"})
        case = await world.case()
        mails, events = case.pop("mails"), case.pop("events")
        ref = case.pop("ref")
        reached = {"unreachable": False}
        assert case == {
            "subject": "Printer",
            "status": "New",
            "phase": "new",
            "priority": "normal",
            "type": "problem",
            "fields": {},
            "outcome": None,
            "linked": [],
            "requirement": None,
            "requester": "bo@client.example",
            "account": "Client Inc",
            "owner": None,
            "team": "support",
            "escalated": False,
            "opened_at": "2025-11-24T09:30:00.000000Z",
            "updated_at": "2025-11-24T09:30:00.000000Z",
            "closed_at": None,
            "arrived_at": "2025-11-24T09:30:00.000000Z",
            "asked_at": "2025-11-24T09:30:00.000000Z",
            "due": {"response": "2025-11-25T09:30:00.000000Z", "resolution": None},
            "parties": [
                {
                    "number": 1,
                    "address": "bo@client.example",
                    "name": "Bo Lund",
                    "role": "requester",
                    **reached,
                },
                {"number": 2, "address": "cy@client.example", "name": "", "role": "cc", **reached},
                {
                    "number": 3,
                    "address": "agent@acme.example",
                    "name": "Ana Agent",
                    "role": "agent",
                    **reached,
                },
            ],
            "escalation": None,
            "first_response_at": None,
            "resolved_at": None,
            "reopened": 0,
        }
        said = next(mail for mail in mails if mail["direction"] == "in")
        assert (said["from"], said["new_text"], said["verdict"]) == (
            "bo@client.example",
            "It burns.",
            "opened",
        )
        assert [(one["name"], one["size"]) for one in said["attachments"]] == [("fire.jpg", 3)]
        assert {mail["verdict"] for mail in mails} == {"opened", "acknowledgement-fixed", "opened-team"}
        assert [event["kind"] for event in events] == ["opened"]
        (listed,) = await world.cases()
        assert (listed["ref"], listed["mails"]) == (ref, 3)
