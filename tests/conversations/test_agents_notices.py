"""What the desk tells its people: one mail each, the customer's words first, and never a flood."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from sqlalchemy import select

from maildesk.casework.acting import NewMatter, open_case
from maildesk.daemon.ticking import SETTLED
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.acts import assign
from maildesk.desk.policy.rules import Assignment
from maildesk.mail.message import Address
from maildesk.store.schema import digest_entries
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

ANA, GUS, LEAD = "agent@acme.example", "gus@acme.example", "lead@acme.example"
MONDAY_NINE = datetime(2025, 11, 24, 9, tzinfo=UTC)
TEAM: dict[str, Any] = {
    "agents": [
        {"name": "Ana Agent", "address": ANA, "teams": ["support"]},
        {"name": "Gus Olsen", "address": GUS, "teams": ["support"]},
        {"name": "Tea Lead", "address": LEAD},
    ],
    "teams": [{"name": "support", "lead": LEAD}],
    "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
}
ACCOUNTS = [{"name": "Client Inc", "domains": ["client.example"], "plan": "premium"}]


async def team_desk(**changes: Any) -> DeskWorld:
    policy = {"default_team": "support"} | changes.pop("policy", {})
    return await DeskWorld.start(
        trust=TRUSTING, people=TEAM, accounts=ACCOUNTS, policy=policy, mailbox={"subaddress": "+"}, **changes
    )


async def bo_writes(world: DeskWorld, subject: str = "Printer", **more: Any) -> Person:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes(subject, "It burns.", border="dmarc=pass", **more)
    return bo


def plain(letter: EmailMessage) -> str:
    """What it says, with the line ends of the machine."""
    return words(letter).replace("\r\n", "\n")


def in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


async def test_a_notice_is_the_customers_words_then_a_card_then_what_can_be_done() -> None:
    async with await team_desk() as world:
        await bo_writes(world)
        ana, gus = world.agent, world.person(GUS)
        letter = ana.hears("[Acme #", "New: Printer")
        gus.hears("New: Printer")
        world.person(LEAD).hears_nothing()
        case = await world.case()
        assert in_order(
            plain(letter),
            "Bo Lund <bo@client.example> wrote:",
            "> It burns.",
            "A customer opened a case.",
            f"Case:      {case['ref']} (New)",
            "Customer:  Bo Lund <bo@client.example>, Client Inc (premium)",
            "Priority:  normal",
            "Answer by: Tuesday, 25 November 2025, 09:30 (Lisbon)",
            "Owner:     nobody yet, team support",
            "So far:    24 Nov, 09:30  opened, by bo@client.example",
        )
        assert letter["Auto-Submitted"] == "auto-generated"


async def test_a_notice_says_who_beside_the_customer_gets_the_answer() -> None:
    async with await team_desk() as world:
        bo, ana = world.person("bo@client.example", "Bo Lund"), world.agent
        await bo.writes("Printer", "It burns.", cc=["cy@client.example"])
        assert "Also to:   cy@client.example (Cc)\n" in plain(ana.hears("New: Printer"))
        copied = [f"d{number}@client.example" for number in range(6)]
        await bo.replies(bo.hears("received"), "Others see it too.", cc=copied)
        assert "d4@client.example (Cc) and d5@client.example (Cc) (8 people in all)\n" in plain(
            ana.hears("Reply: Printer")
        )


FORWARDED = (
    "See below.\n\n---------- Forwarded message ---------\nFrom: Di <di@client.example>\n"
    "Date: Fri, 21 Nov 2025 at 10:00\nSubject: Licence\nTo: Bo Lund <bo@client.example>\n\n"
    "We need twenty more seats.\n"
)
IN_LINE = (
    "My answers:\n\nOn Fri, 21 Nov 2025 at 10:00, Sales <sales@partner.example> wrote:\n"
    "> Red or blue?\nblue\n> How many seats?\ntwenty\n"
)


@pytest.mark.parametrize(
    ("text", "below"),
    [(FORWARDED, "> We need twenty more seats."), (IN_LINE, "> > How many seats?")],
    ids=["a mail that is passed on", "answers between the lines of others"],
)
async def test_who_opens_a_case_with_mails_we_never_saw_has_them_read(text: str, below: str) -> None:
    async with await team_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Fwd: Licence", text, border="dmarc=pass")
        assert below in plain(world.agent.hears("New: Licence")).splitlines()


async def test_what_stands_below_a_customers_name_is_in_the_notice_too() -> None:
    signed = "It burns.\n\nBest regards,\nBo Lund\n+351 210 000 000\nUrgent, before noon\n"
    async with await team_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", signed, border="dmarc=pass")
        assert in_order(plain(world.agent.hears("New")), "> It burns.", "> +351 210 000 000", "> Urgent")
        await bo.replies(bo.hears("Printer"), signed, border="dmarc=pass")
        assert "> Urgent" in plain(world.agent.hears("Reply"))
        lawyers = "It is dark.\n-- \nBo Lund\n" + "This message is for its recipient only.\n" * 14
        await bo.writes("Screen", lawyers, border="dmarc=pass")
        notice = plain(world.agent.hears("New"))
        assert in_order(notice, "> It is dark.", "> Bo Lund", "> This message is for", "> […]")
        assert notice.count("for its recipient only") < 12


async def test_what_a_machine_opened_is_told_when_an_answer_was_due() -> None:
    async with await team_desk() as world:
        robot = world.person("backup@client.example", "Backup")
        await robot.writes("Backup failed", "Disk 3 is full.", headers={"Auto-Submitted": "auto-generated"})
        world.agent.hears("New: Backup failed")
        await world.passes(days=2)
        notice = plain(world.agent.hears("Overdue: Backup failed"))
        assert in_order(notice, "> Disk 3 is full.", "An answer was due by", "none has been sent")


async def test_a_reply_brings_what_it_passes_on_and_not_what_we_wrote_ourselves() -> None:
    async with await team_desk() as world:
        bo = await bo_writes(world)
        ack = bo.hears("Printer")
        world.agent.hears("New")
        await bo.replies(ack, "Still burning.", border="dmarc=pass")
        assert "thank you for writing" not in plain(world.agent.hears("Reply"))
        await bo.adds(ack, FORWARDED, border="dmarc=pass")
        assert "> We need twenty more seats." in plain(world.agent.hears("Reply")).splitlines()


async def test_all_notices_of_a_case_are_one_thread_of_each_agents_own() -> None:
    async with await team_desk() as world:
        bo = await bo_writes(world)
        await bo.replies(bo.hears("Printer"), "Still burning.", border="dmarc=pass")
        await world.passes(hours=30)
        notices = world.agent.letters()
        ref = (await world.case())["ref"]
        # Gmail and Outlook part a thread where its subject changes: what happened stands beside the sender.
        assert {each["Subject"] for each in notices} == {f"[Acme #{ref}] Printer"}
        assert [parseaddr(each["From"])[0] for each in notices] == [
            "Acme Support (New)",
            "Acme Support (Reply)",
            "Acme Support (Overdue)",
        ]
        assert len({each["References"] for each in notices}) == 1
        assert len({each["Reply-To"] for each in notices}) == 1
        assert {each["Reply-To"] for each in notices} != {
            each["Reply-To"] for each in world.person(GUS).letters()
        }
        assert not {each["Message-ID"] for each in bo.letters()} & set(notices[0]["References"].split())


async def test_one_mail_that_does_three_things_is_told_in_one_notice() -> None:
    async with await team_desk() as world:
        bo = await bo_writes(world)
        ack = bo.hears("Printer")
        await world.agent.closes()
        bo.hears("Printer")
        for each in (world.agent, world.person(GUS)):
            each.hears_all()
        await bo.replies(ack, "Escalate this!", border="dmarc=pass")
        for each in (world.agent, world.person(GUS), world.person(LEAD)):
            notice = plain(each.hears("Escalated: Printer"))
            assert in_order(notice, "> Escalate this!", "Also: the case is open again.", "Case: ")
        assert "The story so far" in plain(world.leader.hears("Escalated: Printer"))


async def test_what_an_agent_did_is_told_to_others_and_not_to_that_agent() -> None:
    async with await team_desk() as world:
        await bo_writes(world)
        ana, gus = world.agent, world.person(GUS)
        ana.hears("New")
        gus.hears("New")
        await ana.escalates()
        ana.hears_nothing()
        assert "escalated, by Ana Agent" in plain(gus.hears("Escalated: Printer"))
        world.leader.hears("Escalated: Printer")
        await ana.takes()
        ana.hears_nothing()
        gus.hears_nothing()


async def test_who_owns_a_case_hears_first_what_its_customer_said_last() -> None:
    async with await team_desk() as world:
        await bo_writes(world)
        await world.agent.notes("MARKER: careful with this one.")
        gus = world.person(GUS)
        gus.hears_all()
        world.person(LEAD).hears_all()
        hand = Actor(ANA, world.clock.now(), ANA)
        await world.acts(lambda case: assign(case, world.office.desk, hand, GUS, case.team))
        notice = plain(gus.hears("Yours: Printer"))
        assert in_order(notice, "> It burns.", "This case is yours now.", "Owner:     Gus Olsen")
        assert "MARKER" not in notice
        world.agent.hears_all()
        await world.passes(hours=30)
        assert in_order(plain(gus.hears("Overdue")), "> It burns.", "none has been sent")


async def test_people_are_warned_while_the_promise_can_be_kept_and_the_lead_hears_when_it_is_broken() -> None:
    async with await team_desk() as world:
        await bo_writes(world)
        ana, lead = world.agent, world.person(LEAD)
        ana.hears("New")
        await world.passes(hours=6)
        warning = plain(ana.hears("Answer soon: Printer"))
        assert "An answer is due by Tuesday, 25 November 2025, 09:30" in warning
        lead.hears_nothing()
        await world.passes(hours=18)
        ana.hears("Overdue: Printer")
        lead.hears("Overdue: Printer")
        assert await world.happened() == ["opened", "response-near", "response-overdue"]


@pytest.mark.parametrize(
    ("warn_before", "hours"), [("1h", 7), ("50%", 4), ("never", None)], ids=["a span", "a share", "never"]
)
async def test_the_policy_says_how_long_before_people_are_warned(warn_before: str, hours: int | None) -> None:
    promise = {"first_response": "8h", "warn_before": warn_before}
    async with await DeskWorld.start(at=MONDAY_NINE, trust=TRUSTING, policy={"promises": [promise]}) as world:
        await bo_writes(world)
        world.agent.hears("New")
        heard = []
        for hour in range(1, 8):
            await world.passes(hours=1)
            heard += [hour for _ in world.agent.hears_all()]
        assert heard == ([hours] if hours else [])


async def test_after_an_outage_nobody_is_warned_of_what_is_overdue_already() -> None:
    async with await team_desk() as world:
        await bo_writes(world)
        world.agent.hears("New")
        await world.passes(days=3)
        world.agent.hears("Overdue")
        assert await world.happened() == ["opened", "response-overdue"]


async def test_the_customers_files_come_along_up_to_a_limit_and_by_name_beyond() -> None:
    async with await team_desk(limits={"free_space": "1MiB", "notice_files": "10KiB"}) as world:
        await bo_writes(world, "Small", files={"photo.bin": b"x" * 2000})
        small = world.agent.hears("New: Small")
        assert [part.get_content() for part in small.iter_attachments()] == [b"x" * 2000]
        assert "Attached: photo.bin" in plain(small)
        await bo_writes(world, "Large", files={"film.bin": b"x" * 20000})
        large = world.agent.hears("New: Large")
        assert list(large.iter_attachments()) == []
        assert "Attached, not in this mail: film.bin" in plain(large)


async def test_a_letter_that_did_not_arrive_is_told_to_whoever_answers() -> None:
    async with await team_desk() as world:
        await bo_writes(world)
        await world.agent.takes()
        world.agent.hears_all()
        world.relay.refuse("bo@client.example")
        await world.agent.answers("Try water.")
        assert in_order(
            plain(world.agent.hears("Not delivered")), "> It burns.", "did not arrive", "no such user"
        )


# --- nothing automatic goes round -----------------------------------------------------------------


OUT_OF_OFFICE = {"Auto-Submitted": "auto-replied", "Precedence": "bulk"}


async def test_two_agents_out_of_office_cause_no_notice_at_all() -> None:
    """Absence notes about notices are kept, and neither agent hears of the other's."""
    async with await team_desk() as world:
        bo = await bo_writes(world)
        agents = (world.agent, world.person(GUS))
        for agent in agents:
            await away(agent, agent.hears("New: Printer"))
        await bo.replies(bo.hears("Printer"), "Hello?", border="dmarc=pass")
        for agent in agents:
            await away(agent, agent.hears("Reply: Printer"))
        for agent in agents:
            agent.hears_nothing()
        bo.hears_nothing()
        assert (await world.happened()).count("automatic-mail") == 4


async def away(agent: Person, notice: EmailMessage) -> None:
    await agent.replies(notice, "I am out of office.", headers=OUT_OF_OFFICE, border="dmarc=pass")


# --- many at once ---------------------------------------------------------------------------------


async def fill(world: DeskWorld, cases: int) -> None:
    """So many customers asked; whoever should have heard of it has, hours ago."""
    hand = Actor("cli:ops", world.clock.now())

    def work() -> None:
        for number in range(cases):
            who = Address(f"c{number}@customer{number}.example", f"Customer {number}")
            matter = NewMatter(who, f"Matter {number}", "Help.", "support", Assignment(team="support"), False)
            open_case(world.service.store, world.office, matter, lambda: hand)

    await asyncio.to_thread(work)


async def test_five_hundred_promises_broken_during_an_outage_are_one_digest_for_each_agent() -> None:
    async with await team_desk() as world:
        await fill(world, 500)
        await world.works()
        for address in (ANA, GUS, LEAD):
            world.person(address).hears_all()
        await world.passes(days=4)
        for address in (ANA, GUS, LEAD):
            digest = world.person(address).hears("[Acme] 500 notices in one mail")
            assert digest["Auto-Submitted"] == "auto-generated"
            text = plain(digest)
            assert in_order(text, "Overdue: 500", "answer by 25 Nov, 09:30", "write to support+")
            assert all(f"Matter {number}\n" in text for number in range(500))
        await world.works()
        for address in (ANA, GUS, LEAD):
            world.person(address).hears_nothing()
        overdue = [
            case for case in await world.cases() if "response-overdue" in await world.happened(case["ref"])
        ]
        assert len(overdue) == 500


async def test_many_new_cases_at_once_are_a_digest_and_a_few_are_letters() -> None:
    async with await team_desk(limits={"free_space": "1MiB", "notices_at_once": 3}) as world:
        await write_many(world, 3)
        world.agent.hears_of("New: M0", "New: M1", "New: M2")
        await world.passes(minutes=6)
        await write_many(world, 4)
        digest = world.agent.hears("4 notices in one mail")
        assert "New: 4" in plain(digest)
        assert all(f"  M{number}" in plain(digest) for number in range(4))


async def test_past_the_limit_of_an_hour_notices_wait_for_a_digest_every_quarter_of_an_hour() -> None:
    limits = {"free_space": "1MiB", "notices_per_agent_hour": 2}
    async with await team_desk(limits=limits) as world:
        await write_many(world, 2)
        world.agent.hears_of("New: M0", "New: M1")
        await write_many(world, 1)
        world.agent.hears("1 notice in one mail")
        await world.passes(minutes=1)
        await write_many(world, 1)
        await write_many(world, 1)
        world.agent.hears_nothing()
        await world.passes(minutes=14)
        world.agent.hears("2 notices in one mail")
        await world.passes(hours=1)
        await write_many(world, 1)
        world.agent.hears("New: M0")


async def test_a_running_desk_waits_a_minute_for_the_rest_of_a_flood() -> None:
    """A flood comes with several commits, and the digest must not be written after the first."""
    async with await team_desk(limits={"free_space": "1MiB", "notices_at_once": 0}) as world:
        for mails in (2, 3):
            await world.lies(*raws(world, mails))
            await world.receives_and_files()
            assert await world.service.timekeeper.drain(settled=SETTLED) == 0
        world.clock.passes(SETTLED)
        assert await world.service.timekeeper.drain(settled=SETTLED) == 2 * 5  # two agents
        await world.works()
        world.agent.hears("5 notices in one mail")


async def test_nobody_who_left_gets_a_digest_and_nothing_is_kept_for_them() -> None:
    async with await team_desk(limits={"free_space": "1MiB", "notices_at_once": 0}) as world:
        await world.lies(*raws(world, 2))
        await world.receives_and_files()
        left = TEAM | {"agents": [each for each in TEAM["agents"] if each["address"] != GUS]}
        await world.restarts(people=left)
        await world.works()
        world.agent.hears("2 notices in one mail")
        world.person(GUS).hears_nothing()
        kept = await world.service.store.read(lambda conn: conn.execute(select(digest_entries)).all())
        assert kept == []


async def test_a_digests_line_leads_back_to_its_case() -> None:
    async with await team_desk(limits={"free_space": "1MiB", "notices_at_once": 0}) as world:
        await bo_writes(world)
        digest = plain(world.agent.hears("1 notice in one mail"))
        back = next(line for line in digest.splitlines() if "write to" in line).split()[-1]
        mail = world.agent.composes("Re: Printer", "Try water.", to=back)
        assert str(mail["To"]) == back
        await world.agent.writes("Re: Printer", "Try water.", to=back, border="dmarc=pass")
        (row,) = [each for each in await world.inbox() if each["from"].endswith("<agent@acme.example>")]
        assert row["case"] == (await world.case())["ref"]


async def write_many(world: DeskWorld, mails: int) -> None:
    await world.lies(*raws(world, mails))
    await world.works()


def raws(world: DeskWorld, mails: int) -> list[bytes]:
    """So many mails of different customers."""
    people = [world.person(f"p{number}@p{number}.example", f"P{number}") for number in range(mails)]
    return [each.composes(f"M{number}", "Help.").as_bytes() for number, each in enumerate(people)]


async def test_the_story_that_leadership_reads_is_what_people_said_and_no_receipt() -> None:
    async with await team_desk() as world:
        bo = await bo_writes(world)
        await world.agent.answers("Try the left cable.")
        await bo.replies(bo.letters()[-1], "It still burns: escalate!", border="dmarc=pass")
        story = plain(world.leader.hears("Escalated: Printer")).partition("The story so far")[2]
        assert "Try the left cable." in story
        assert "thank you for writing" not in story
        assert "reply above this line" not in story


async def test_a_digest_is_worked_off_by_mail() -> None:
    async with await team_desk() as world:
        for number in range(25):
            ann = world.person(f"ann{number}@client.example")
            await world.lies(ann.composes(f"Problem {number}", "It broke.").as_bytes())
        await world.works()
        digest = plain(world.agent.hears("25 notices in one mail"))
        assert "with #status or your words at the top" in digest
        assert "maildesk case show" not in digest
