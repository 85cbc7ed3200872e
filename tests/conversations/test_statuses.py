"""Statuses, outcomes and information of a policy's own, as customers and agents meet them by mail."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any, Final

import pytest
from click.testing import CliRunner

from maildesk.cli.main import cli
from tests.conversations.policies.companies import links
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

STATUSES: Final[Mapping[str, Any]] = {
    "New": {"phase": "new"},
    "At work": {"phase": "open"},
    "At the factory": {
        "phase": "open", "means": "The factory looks at it.", "tells": ["customer", "printers"],
        "next": ["At work", "Solved"],
    },
    "With a third party": {"phase": "waiting", "reply": "stays"},
    "Waiting for you": {"phase": "waiting"},
    "Solved": {"phase": "resolved", "ask": "solved"},
    "Filed": {"phase": "closed", "by": "customer"},
    "Withdrawn": {"phase": "closed", "by": ["customer", "leadership"]},
}  # fmt: skip
POLICY: Final[Mapping[str, Any]] = {
    "statuses": STATUSES,
    "outcomes": {
        "mended": "It is mended and was tried.",
        "não reproduzido": "We could not make it happen here.",
        "maker": {"means": "The maker of the printer is at work.", "status": "With a third party"},
    },
    "information": {"picture": "A picture of it", "first time": "When did it happen first?"},
    "rules": [
        {
            "name": "fire",
            "when": {"words": ["burns"]},
            "then": {"priority": "urgent", "note": "Call the brigade.", "tell": "printers"},
        }
    ],
}
BEN = "ben@acme.example"
PEOPLE: Final = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example", "teams": ["support"]},
        {"name": "Ben Beck", "address": BEN, "teams": ["printers"]},
    ],
    "teams": [{"name": "support"}, {"name": "printers"}],
    "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
    "operators": ["ops@acme.example"],
}


async def a_desk(**more: Any) -> DeskWorld:
    policy = {**POLICY, "default_team": "support", **more.pop("policy", {})}
    mailbox = {"subaddress": "+"}
    return await DeskWorld.start(trust=TRUSTING, mailbox=mailbox, policy=policy, people=PEOPLE, **more)


async def bo_writes(world: DeskWorld, text: str = "It hums.") -> tuple[Person, EmailMessage]:
    """Bo's case, and the notice that Ana has of it."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", text, border="dmarc=pass")
    bo.hears("Printer")
    return bo, world.agent.hears("New: Printer")


async def test_where_only_the_customer_may_close_they_are_asked_in_the_one_mail_of_the_answer() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#close\n\nTry it again.")
        letter = bo.hears("Printer")
        bo.hears_nothing()
        assert "Try it again." in words(letter)
        assert len(links(letter)) == 2
        assert "We have closed" not in words(letter)
        told = words(world.agent.hears("Done"))
        assert "not closed: only the customer may close it; bo@client.example is asked" in told
        case = await world.case()
        assert (case["status"], case["phase"]) == ("Solved", "resolved")
        await world.agent.answers_notice(notice, "#close")
        assert "only the customer may close" in words(world.agent.hears("Not all done"))
        bo.hears_nothing()


async def test_what_is_needed_stands_below_the_words_and_the_case_waits() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#need pict first time\n\nThank you for writing.")
        letter = bo.hears("Printer")
        bo.hears_nothing()
        said = words(letter)
        assert said.index("Thank you") < said.index("- A picture of it") < said.index("- When did it happen")
        case = await world.case()
        assert case["status"] == "Waiting for you"
        world.agent.hears_all()
        await world.agent.answers_notice(notice, "#need colour")
        assert "no information 'colour'" in words(world.agent.hears("Not all done"))
        world.agent.hears_all()
        await bo.replies(letter, "Here it is.", border="dmarc=pass")
        assert (await world.case())["status"] == "At work"


SUBJECT = "Subject: Re: {{ tag }} {{ subject }}\n\n"
OWN = {"en/outcome-nao-reproduzido.txt": SUBJECT + "It hums not, {{ requester }}."}


@pytest.mark.parametrize(
    ("typed", "said", "status"),
    [
        ("", "It is mended and was tried.", "Solved"),  # of the first one, which is kept
        ("mended", "It is mended and was tried.", "Solved"),
        ("nao repro", "It hums not, Bo Lund.", "Solved"),
        ("maker", "The maker of the printer is at work.", "With a third party"),
    ],
)
async def test_each_outcome_has_its_letter_or_the_operators_own(typed: str, said: str, status: str) -> None:
    async with await a_desk(templates=OWN) as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, f"#resolve {typed}")
        letter = bo.hears("Printer")
        bo.hears_nothing()
        assert said in words(letter)
        assert bool(links(letter)) is (status == "Solved")
        assert (await world.case())["status"] == status


async def test_the_command_line_resolves_as_a_mail_does() -> None:
    async with await a_desk() as world:
        await bo_writes(world)
        ref = (await world.case())["ref"]
        run = CliRunner().invoke(cli, ["case", "resolve", ref, "mended", "-c", str(world.config_file)])
        assert run.exit_code == 0, run.output
        assert f"{ref} Solved: letters go to bo@client.example" in run.output
        assert (await world.case())["outcome"] == "mended"
        refused = CliRunner().invoke(cli, ["case", "status", ref, "filed", "-c", str(world.config_file)])
        assert refused.exit_code != 0
        assert "only the customer may move a case to Filed" in refused.output
        moved = CliRunner().invoke(cli, ["case", "status", ref, "at work", "-c", str(world.config_file)])
        assert f"{ref} At work" in moved.output


async def test_a_status_tells_whom_the_policy_names_and_refuses_what_may_not_follow() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#status factory")
        letter = bo.hears("Printer")
        assert "is now: At the factory" in words(letter)
        assert "The factory looks at it." in words(letter)
        ben = world.person(BEN, "Ben Beck")
        assert "This case is now: At the factory" in words(ben.hears("Printer"))
        world.agent.hears("Done")
        await world.agent.answers_notice(notice, "#status waiting")
        refused = words(world.agent.hears("Not all done"))
        assert "from At the factory a case goes to At work, Solved" in refused
        bo.hears_nothing()
        await world.agent.answers_notice(notice, "#status")
        assert "Its mails:" in words(world.agent.hears("Done"))


async def test_a_closed_status_of_ones_own_is_opened_again_by_a_reply_whatever_it_says() -> None:
    statuses = {**STATUSES, "Withdrawn": {"phase": "closed", "reply": "stays"}}
    async with await a_desk(policy={"statuses": statuses}) as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#status withdrawn")
        closed = bo.hears("Printer")
        assert "we have closed your case" in words(closed)
        case = await world.case()
        assert (case["status"], case["phase"]) == ("Withdrawn", "closed")
        world.agent.hears_all()
        await bo.replies(closed, "It hums again, and louder.", border="dmarc=pass")
        case = await world.case()
        assert (case["status"], case["phase"], case["reopened"]) == ("At work", "open", 1)
        assert "is open again" in words(world.agent.hears("Printer"))


async def test_who_answers_a_case_of_the_queue_has_it() -> None:
    async with await a_desk() as world:
        _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "Try water.")
        case = await world.case()
        assert (case["owner"], case["team"]) == ("agent@acme.example", "support")


async def test_a_rule_notes_inside_and_tells_another_team() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world, "It burns.")
        ben = world.person(BEN, "Ben Beck")
        for told in (notice, ben.hears("New: Printer")):
            assert "Acme Support notes, for colleagues only:" in words(told)
            assert "> Call the brigade." in words(told)
        await world.agent.answers_notice(notice, "Run.")
        assert "brigade" not in words(bo.hears("Printer"))


async def test_a_reply_long_after_the_closing_is_a_case_of_its_own_with_the_same_owner() -> None:
    statuses = {**STATUSES, "Filed": {"phase": "closed"}}
    changed = {"statuses": statuses, "reopening": {"within": "30d"}}
    async with await a_desk(policy=changed) as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#take #status filed")
        closed = bo.hears("Printer")
        first = (await world.case())["ref"]
        await world.passes(days=31)
        world.agent.hears_all()
        bo.hears_all()
        await bo.replies(closed, "It hums again.", border="dmarc=pass")
        cases = {case["ref"]: case for case in await world.cases()}
        [new] = [case for ref, case in cases.items() if ref != first]
        assert cases[first]["phase"] == "closed"
        assert (new["phase"], new["owner"]) == ("new", "agent@acme.example")
        assert f"it follows {first} (Printer)" in words(world.agent.hears("New: Printer"))
        assert new["ref"] in words(bo.hears("Printer"))
        await bo.replies(closed, "And the one upstairs does too.", border="dmarc=pass")
        assert len(await world.cases()) == 2
        assert (await world.happened(new["ref"])).count("replied") == 1


async def test_what_the_policy_sends_after_an_answer_is_a_letter_of_the_operators_own() -> None:
    questions = {"solved": {"answers": {"yes": {"status": "Filed", "letter": "testimonial"}, "no": {}}}}
    own = {"en/testimonial.txt": SUBJECT + "Would you say so in public, {{ requester }}?"}
    async with await a_desk(policy={"questions": questions}, templates=own) as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#resolve")
        await bo.replies(bo.hears("Printer"), "Yes, it works now.", border="dmarc=pass")
        assert (await world.case())["status"] == "Filed"
        closed, testimonial = bo.hears_all()
        assert "we have closed your case" in words(closed)
        assert "Would you say so in public, Bo Lund?" in words(testimonial)
