"""Colleagues look things up by a mail of its own; nobody else is answered, and nothing happens on a case."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from tests.conversations.test_agents_commands import AGENTS, BEN, PEOPLE, a_desk
from tests.world.desk import DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

VOUCHED = "dmarc=pass"


async def two_cases(world: DeskWorld) -> tuple[str, str]:
    """One of Bo's about a printer and one of Cy's about a screen; their notices are read."""
    for address, subject, text in (
        ("bo@client.example", "Label printer", "It cuts 3 mm too early since the new roll."),
        ("cy@other.example", "My screen", "Café: the screen is dark."),
    ):
        person = world.person(address)
        await person.writes(subject, text, border=VOUCHED)
        person.hears_all()
    world.agent.hears_all()
    printer, screen = await world.cases()
    return printer["ref"], screen["ref"]


async def asks(who: Person, text: str, subject: str = "Please", **more: Any) -> EmailMessage:
    return await who.writes(subject, text, **{"border": VOUCHED, **more})


async def test_a_customer_is_found_however_they_spell_their_address() -> None:
    async with await a_desk() as world:
        await world.person("Cy@Other.Example").writes("My screen", "It is dark.", border=VOUCHED)
        world.agent.hears_all()
        (case,) = await world.cases()
        await asks(world.agent, "#customer cy@OTHER.example")
        assert case["ref"] in words(world.agent.hears("#customer"))


async def test_the_customers_of_a_domain_are_found_and_those_of_another_are_not() -> None:
    async with await a_desk() as world:
        printer, screen = await two_cases(world)
        await asks(world.agent, "#customer Client.example\n#customer @other.example\n#customer ample\n")
        told = words(world.agent.hears("#customer, #customer, #customer"))
        assert told.count(printer) == told.count(screen) == 1
        assert "1 case of Client.example:" in told
        assert told.index("of @other.example") < told.index(screen)
        assert "#customer ample → 'ample' is no address" in told


async def test_an_agent_finds_a_case_by_words_and_is_told_where_to_write() -> None:
    async with await a_desk() as world:
        printer, screen = await two_cases(world)
        events = [await world.happened(ref) for ref in (printer, screen)]
        await asks(world.agent, "", subject="#find cuts printer")
        letter = world.agent.hears("#find cuts printer")
        assert letter["To"] == "Ana Agent <agent@acme.example>"
        assert letter["Auto-Submitted"] == "auto-replied"
        told = words(letter)
        assert "1 case has a mail with all of: cuts, printer" in told
        assert printer in told
        assert screen not in told
        assert "“It cuts 3 mm too early since the new roll.”" in told
        address = next(line.split()[-1] for line in told.splitlines() if "write to support+" in line)
        assert await world.verdicts() == ["opened", "opened", "looked"]
        assert [await world.happened(ref) for ref in (printer, screen)] == events

        await asks(world.agent, "Hello Bo, try the other roll.", to=address)
        assert "the other roll" in words(world.person("bo@client.example").hears("Label printer"))


async def test_several_lines_are_one_letter() -> None:
    async with await a_desk() as world:
        printer, screen = await two_cases(world)
        await asks(world.agent, f"#queue\n#mine\n#customer cy@other.example\n#status {printer}\n#fnd it\n")
        told = words(world.agent.hears("#queue, #mine, #customer, #status"))
        assert "The queue, the next one first:" in told
        assert "You have no open case." in told
        assert "1 case of cy@other.example:" in told
        assert "#fnd it → there is no such command; did you mean #find?" in told
        assert told.index(printer) < told.index(screen)
        assert "bo@client.example <bo@client.example>, requester" in told


async def test_help_is_answered_with_the_table() -> None:
    async with await a_desk() as world:
        await asks(world.agent, "#help")
        told = words(world.agent.hears("#help"))
        assert "#find words" in told
        assert "Nothing was done on any case." in told


async def test_the_files_of_a_case_come_with_the_answer() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "See there.", border=VOUCHED, files={"photo.jpg": b"light"})
        world.agent.hears_all()
        ref = (await world.case())["ref"]
        await asks(world.agent, f"#files {ref}")
        letter = world.agent.hears(f"#files {ref}")
        assert [each.get_content() for each in letter.iter_attachments()] == [b"light"]
        await asks(world.agent, "#files 2222-2222")
        assert "there is no case 2222-2222" in words(world.agent.hears("#files 2222-2222"))


async def test_files_that_come_in_several_mails_are_all_counted() -> None:
    async with await a_desk(limits={"looks_per_agent_hour": 3, "answer_files": "1KiB"}) as world:
        photos = {f"photo{number}.jpg": bytes([number]) * 900 for number in range(5)}
        await world.person("bo@client.example").writes("Printer", "See.", border=VOUCHED, files=photos)
        world.agent.hears_all()
        ref = (await world.case())["ref"]
        mails = [world.agent.composes("Please", f"#files {ref}").as_bytes() for _ in range(3)]
        await world.lies(*mails)
        await world.works()
        letters = world.agent.hears_all()
        assert len(letters) == 3
        assert "photo4.jpg was not sent: 3 mails are full" in words(letters[0])
        last = "This is the last of so many answers in one hour."
        assert [last in words(each) for each in letters] == [False, False, True]


async def test_the_files_are_of_the_case_that_is_named_whatever_letter_the_mail_answers() -> None:
    async with await a_desk() as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@other.example")
        await bo.writes("Printer", "See there.", border=VOUCHED, files={"photo.jpg": b"light"})
        printer = (await world.case())["ref"]
        await cy.writes("Screen", "See here.", border=VOUCHED, files={"secret.jpg": b"dark"})
        theirs = cy.hears("Screen")["Message-ID"]
        world.agent.hears_all()
        await asks(world.agent, f"#files {printer}", headers={"References": theirs})
        sent = [each.get_content() for each in world.agent.hears_all()[-1].iter_attachments()]
        assert b"dark" not in sent


async def test_a_leader_sees_all_teams_and_an_agent_their_own() -> None:
    async with await a_desk(people=PEOPLE) as world:
        printer, _ = await two_cases(world)
        await world.agent.sets("priority", "high", printer)
        ben = world.person(BEN, "Ben Beck")
        desk = world.office.desk

        def to_printers(case: Case) -> Change:
            hand = Actor(BEN, world.clock.now(), BEN)
            return acts.assign(case, desk, hand, None, "printers")

        await world.acts(to_printers, ref=printer)
        for each in (ben, world.agent, world.leader):
            each.hears_all()
        for each in (ben, world.leader):
            await asks(each, "#find printer")
            assert printer in words(each.hears("#find printer"))
        await asks(world.agent, f"#find printer\n#status {printer}\n#files {printer}")
        told = words(world.agent.hears("#find, #status, #files"))
        assert "No case of yours or your teams' has a mail with all of: printer" in told
        assert told.count(f"there is no case {printer} of yours or your teams'") == 2
        assert "Label" not in told


async def test_a_leader_hears_that_only_agents_have_cases_of_their_own() -> None:
    async with await a_desk() as world:
        await asks(world.leader, "#mine")
        assert "#mine → only agents may do this" in words(world.leader.hears("#mine"))


@pytest.mark.parametrize("field", ["Reply-To", "Cc", "Sender"])
async def test_whoever_writes_in_an_agents_name_is_told_nothing(field: str) -> None:
    async with await a_desk() as world:
        await two_cases(world)
        mallory = world.person("mallory@evil.example")
        await asks(world.agent, "#find printer", border=None, headers={field: "mallory@evil.example"})
        mallory.hears_nothing()
        assert {row["to"] for row in await world.outbox()} <= {
            "agent@acme.example",
            "bo@client.example",
            "cy@other.example",
        }


async def test_a_mail_that_failed_is_refused_as_ever() -> None:
    async with await a_desk() as world:
        await two_cases(world)
        await asks(world.agent, "#find printer", border="dmarc=fail")
        told = words(world.agent.hears("Refused: Please"))
        assert "Label printer" not in told
        assert (await world.verdicts())[-1] == "quarantined"


@pytest.mark.parametrize("name", ["Auto-Submitted", "X-Auto-Response-Suppress", "List-Id"])
async def test_a_machine_is_not_answered(name: str) -> None:
    value = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "List-Id": "<a.b>"}[name]
    async with await a_desk() as world:
        await two_cases(world)
        await asks(world.agent, "#find printer", headers={name: value})
        assert "looked" not in await world.verdicts()
        assert not [each for each in world.agent.hears_all() if "#find" in str(each["Subject"])]


@pytest.mark.parametrize("text", ["#find printer\n#close", "#close", "#find printer\n\nHello\n#spam"])
async def test_one_line_that_acts_makes_it_a_mail_that_is_asked_about(text: str) -> None:
    async with await a_desk() as world:
        await two_cases(world)
        await asks(world.agent, text, border=None)
        assert "Is this yours" in str(world.agent.hears("Is this yours")["From"])
        assert (await world.verdicts())[-1] == "quarantined"


async def test_nobody_else_is_answered() -> None:
    async with await a_desk() as world:
        printer, _ = await two_cases(world)
        bo = world.person("bo@client.example")
        await asks(bo, f"#status {printer}", subject="#find printer")
        assert "cuts" not in words(bo.hears("#find printer"))
        assert (await world.verdicts())[-1] == "opened"


async def test_who_left_the_desk_is_a_customer() -> None:
    async with await a_desk(people=PEOPLE) as world:
        await two_cases(world)
        gone = world.person(BEN)
        gone.hears_all()
        await world.restarts(people={**PEOPLE, "agents": AGENTS[:1]})
        await asks(gone, "#find printer")
        assert all("cuts" not in words(each) for each in gone.hears_all())
        assert (await world.verdicts())[-1] == "opened"


async def test_the_thirty_first_in_an_hour_is_not_answered() -> None:
    async with await a_desk(limits={"looks_per_agent_hour": 3}) as world:
        for number in range(3):
            await asks(world.agent, f"#mine\n#find {number}x", border=None)
        letters = world.agent.hears_all()
        assert ["the last of so many" in words(each) for each in letters] == [False, False, True]
        await asks(world.agent, "#mine", border=None)
        world.agent.hears_nothing()
        assert [row["reason"] for row in await world.inbox()][-1] == "looked-too-often"
        await world.passes(minutes=61)
        await asks(world.agent, "#mine")
        world.agent.hears("#mine")


async def test_many_that_are_filed_at_once_are_counted_too() -> None:
    async with await a_desk(limits={"looks_per_agent_hour": 3}) as world:
        mails = [world.agent.composes("Please", f"#find {number}x").as_bytes() for number in range(9)]
        await world.lies(*mails)
        await world.works()
        assert len(world.agent.hears_all()) == 3
        assert await world.verdicts() == ["looked"] * 9


async def test_a_name_behind_what_shows_ones_own_cases_is_told() -> None:
    """Else somebody takes their own cases for those of the colleague whom they named."""
    async with await a_desk() as world:
        await asks(world.agent, "#mine ben")
        assert "#mine shows the cases that are yours, and takes no name" in words(world.agent.hears("#mine"))


async def test_a_mail_of_nothing_but_a_mistyped_command_is_told_what_was_meant() -> None:
    async with await a_desk() as world:
        await asks(world.agent, "#mien")
        assert "#mien → there is no such command; did you mean #mine?" in words(world.agent.hears("#mien"))
        await asks(world.agent, "", subject="#quue support")
        assert "did you mean #queue?" in words(world.agent.hears("#quue support"))
        await asks(world.agent, "#fnd printer\n#awya until friday")
        told = words(world.agent.hears("#fnd, #awya"))
        assert "did you mean #find?" in told
        assert "did you mean #away?" in told
        assert await world.verdicts() == ["looked"] * 3


@pytest.mark.parametrize("text", ["#mien\n\nHello Bo, it is mended.", "#1", "#quue\n\n#take"])
async def test_a_mail_that_says_more_is_asked_about(text: str) -> None:
    async with await a_desk() as world:
        await asks(world.agent, text)
        world.agent.hears("Is this yours? Please")
        assert await world.verdicts() == ["quarantined"]


async def test_words_below_are_nobodys_and_their_author_is_told() -> None:
    async with await a_desk() as world:
        await asks(world.agent, "#mine\n\nHello Bo, it is mended.")
        assert "The words below your commands went nowhere" in words(world.agent.hears("#mine"))


async def test_a_customer_in_copy_makes_it_a_mail_to_them() -> None:
    async with await a_desk() as world:
        await asks(world.agent, "#mine\n\nHello Bo", cc=["bo@client.example"])
        assert "looked" not in await world.verdicts()


async def test_a_search_stands_in_a_transcript_too() -> None:
    async with await a_desk() as world:
        printer, _ = await two_cases(world)
        bo = world.person("bo@client.example")
        await bo.writes("More", "Toner", border=VOUCHED)
        notice = world.agent.hears("New: More")
        await world.agent.answers_notice(notice, "#find cuts\n#customer bo@client.example")
        told = words(world.agent.hears("Done: More"))
        assert "1 case has a mail with all of: cuts" in told
        assert "2 cases of bo@client.example:" in told
        assert printer in told


async def test_a_wish_that_cannot_be_read_is_told() -> None:
    async with await a_desk() as world:
        await asks(world.agent, "#find -printer -roll\n#find printer is:green\n#queue nobody")
        told = words(world.agent.hears("#find, #find, #queue"))
        assert "there is no word to look for" in told
        assert "is:green is no state of a case" in told
        assert "there is no team nobody" in told
