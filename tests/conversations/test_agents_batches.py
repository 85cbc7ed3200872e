"""Colleagues' mails filed together: in their order, each once, and one that fails harms no other."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from maildesk.desk.case.letter_order import LetterKind
from maildesk.store.backup import backup
from tests.conversations.test_restoring import restore
from tests.world.desk import TRUSTING, DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.failing_letters import failing_at
from tests.world.people import Person, border_lines, in_reply, words

pytestmark = pytest.mark.dovecot

PLUS = {"subaddress": "+"}


async def a_desk(**more: object) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, mailbox=PLUS, **more)  # type: ignore[arg-type]  # as start has it


async def bo_writes(world: DeskWorld, subject: str) -> tuple[Person, EmailMessage, str]:
    """A case of Bo's: Bo, Ana's notice, and the reference."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes(subject, f"About the {subject.lower()}.", border="dmarc=pass")
    ref = next(one["ref"] for one in await world.cases() if one["subject"] == subject)
    return bo, world.agent.hears(f"New: {subject}"), ref


def raw(person: Person, answered: EmailMessage, text: str) -> bytes:
    """An answer, not yet in the desk's mailbox."""
    mail = person.composes(in_reply(answered), text, answering=answered)
    return border_lines("dmarc=pass", person.address) + mail.as_bytes(policy=SMTP)


async def test_commands_on_one_case_in_one_batch_are_done_in_their_order() -> None:
    async with await a_desk() as world:
        bo, notice, ref = await bo_writes(world, "Printer")
        ack = bo.hears("Printer")
        await world.lies(
            raw(world.agent, notice, "#take\n#wait 3d"),
            raw(bo, ack, "Still burning."),
            raw(world.agent, notice, "#close a new cable\n\nMended."),
            raw(world.agent, notice, "#close"),
            raw(bo, ack, "It burns again."),
        )
        await world.works()
        moving = ("assigned", "waiting", "replied", "closed", "answered", "reopened")
        assert [one for one in await world.happened(ref) if one in moving] == [
            "assigned", "waiting", "replied", "closed", "answered", "reopened",
        ]  # fmt: skip
        assert await world.verdicts() == ["opened", "command", "appended", "command", "command", "reopened"]
        case = await world.case(ref)
        assert (case["phase"], case["owner"], case["reopened"]) == ("open", "agent@acme.example", 1)
        titles = [str(each["From"]).split(" <")[0] for each in world.agent.hears_all()]
        assert [each.split("(")[1] for each in titles[:3]] == ['Done)"', 'Done)"', 'Not all done)"']


async def test_what_comes_in_one_batch_with_a_merge_belongs_to_the_case_that_stays() -> None:
    async with await a_desk() as world:
        bo, notice, kept = await bo_writes(world, "Printer")
        bo.hears("Printer")
        _, _, gone = await bo_writes(world, "Cable")
        ack = bo.hears("Cable")
        await world.lies(
            raw(bo, ack, "Before."), raw(world.agent, notice, f"#merge {gone}"), raw(bo, ack, "After.")
        )
        await world.works()
        assert await world.verdicts() == ["opened", "opened", "appended", "command", "appended"]
        said = [
            mail["new_text"].strip()
            for mail in (await world.case(kept))["mails"]
            if mail["direction"] == "in"
        ]
        assert {"Before.", "After."} <= set(said)
        assert (await world.case(gone))["mails"] == []
        assert {row["case"] for row in await world.outbox()} == {kept}
        assert {row["case"] for row in await world.inbox()} == {kept}


async def test_a_mail_that_cannot_be_done_is_put_aside_and_the_others_of_its_batch_are_done_once() -> None:
    async with await a_desk() as world:
        filer = world.service.filer
        filer._office = failing_at(filer._office, LetterKind.TRANSCRIPT)
        bo, notice, ref = await bo_writes(world, "Printer")
        ack = bo.hears("Printer")
        await world.lies(
            raw(world.agent, notice, "First answer."),
            raw(world.agent, notice, "#close\n\nNever said."),
            raw(world.agent, notice, "Second answer."),
            raw(bo, ack, "Thank you."),
        )
        await world.works()
        assert await world.verdicts() == ["opened", "command", "quarantined", "command", "appended"]
        assert (await world.case(ref))["phase"] == "open"
        told = [words(each).strip().split("\r\n")[0] for each in bo.hears_all()]
        assert [one.split("\n")[0] for one in told] == ["First answer.", "Second answer."]
        assert (await world.inbox())[2]["reason"] == "filing-error"


async def test_colleagues_mails_read_again_under_new_numbers_are_done_once() -> None:
    """UIDVALIDITY changes and all that was moved lies in the inbox again."""
    dovecot = await Dovecot.start()
    async with await a_desk(dovecot=dovecot) as world:
        bo, notice, ref = await bo_writes(world, "Printer")
        await world.agent.answers_notice(notice, "#take\n\nTry water.")
        await world.agent.answers_notice(notice, "#note\nHe is nice.")
        question_to = world.agent.hears_all()
        bo.hears_all()
        before = await world.case(ref)
        letters = len(world.relay.mails)
        await world.lies(*await world.dovecot.folder("support", "Processed"))
        await dovecot.reset_uidvalidity("support")
        await world.works()
        assert await world.case(ref) == before
        assert len(world.relay.mails) == letters, question_to
        assert (await world.verdicts())[-3:] == ["seen"] * 3


async def test_a_split_read_again_by_a_restored_desk_makes_the_same_case() -> None:
    """The mails and the command come in one batch now: the split case has the reference it had."""
    async with await a_desk() as world:
        await asyncio.to_thread(backup, world.service.store, copy := Path(world.folder.name) / "night.db")
        bo, notice, _ = await bo_writes(world, "Printer")
        ack = bo.hears("Printer")
        await bo.replies(ack, "And the screen is dark.", border="dmarc=pass")
        world.agent.hears_all()
        _, _, gone = await bo_writes(world, "Cable")
        await world.agent.answers_notice(notice, "#split 3")
        await world.agent.answers_notice(notice, f"#merge {gone}")
        before = {one["ref"]: (one["subject"], one["phase"]) for one in await world.cases()}
        assert len(before) == 3
        await restore(world, copy)
        await world.lies(*await world.dovecot.folder("support", "Processed"))
        await world.works()
        assert {one["ref"]: (one["subject"], one["phase"]) for one in await world.cases()} == before
        world.provoked = {"not-filed"}  # what an operator moves back is copied here: it lies there twice


async def test_a_mail_about_no_case_that_comes_twice_is_asked_about_once() -> None:
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    sales = mailbox_of(dovecot, "sales", subaddress="+")
    async with await a_desk(dovecot=dovecot, mailboxes=[sales]) as world:
        mail = world.agent.composes("Hello", "Something.").as_bytes(policy=SMTP)
        mail = border_lines("dmarc=pass", world.agent.address) + mail
        await world.lies(mail)
        await world.works()
        await world.lies(mail, mailbox="sales")
        await world.works()
        await world.lies(mail, mail)
        await world.works()
        rows = await world.inbox()
        assert {(row["verdict"], row["reason"]) for row in rows} == {
            ("quarantined", "desk-person-without-case")
        }
        assert "Is this yours?" in str(world.agent.hears()["From"])


async def test_a_case_named_twice_is_merged_once() -> None:
    async with await a_desk() as world:
        _, notice, kept = await bo_writes(world, "Printer")
        _, _, gone = await bo_writes(world, "Cable")
        await world.agent.answers_notice(notice, f"#merge {gone}\n#merge {gone.lower()}\n")
        assert await world.happened(kept) == ["opened", "merged"]
        assert await world.happened(gone) == ["opened", "merged-into"]


async def test_cases_that_were_merged_or_split_are_merged_and_split_again() -> None:
    """What pointed at the first of a row of merged cases finds the last; none of them opens again."""
    async with await a_desk() as world:
        bo, first, one = await bo_writes(world, "Printer")
        ack = bo.hears("Printer")
        _, second, two = await bo_writes(world, "Cable")
        _, third, three = await bo_writes(world, "Screen")
        bo.hears_all()
        await world.agent.answers_notice(second, f"#merge {one}")
        await world.agent.answers_notice(third, f"#merge {two}")
        await bo.replies(ack, "About the printer.", border="dmarc=pass")
        await world.agent.answers_notice(first, "#reopen\n#close\n#split 1")
        cases = {each["ref"]: each for each in await world.cases()}
        assert len(cases) == 4
        assert (cases[one]["phase"], cases[two]["phase"], cases[three]["phase"]) == ("closed",) * 3
        assert (await world.inbox())[-2]["case"] == three
        new = (cases.keys() - {one, two, three}).pop()
        assert (await world.inbox())[0]["case"] == new
        assert cases[new]["subject"] == "Printer"
        await world.agent.answers_notice(first, f"#reopen\n#merge {new}")
        await world.agent.answers_notice(first, "#split 1")
        assert len(await world.cases()) == 5
        assert (await world.inbox())[0]["case"] not in (one, two, three, new)
        assert (await world.case(new))["mails"] == []


@pytest.mark.parametrize("line", ["#close", "#spam", "#merge"])
async def test_a_case_that_ended_waits_for_nothing_and_nobody_is_warned(line: str) -> None:
    async with await a_desk() as world:
        _, other_notice, _ = await bo_writes(world, "Cable")
        bo, notice, ref = await bo_writes(world, "Printer")
        await world.agent.answers_notice(notice, "#wait 2d")
        answered = other_notice if "merge" in line else notice
        await world.agent.answers_notice(answered, "#merge " + ref if "merge" in line else line)
        await world.agent.answers_notice(other_notice, "#close")
        world.agent.hears_all()
        bo.hears_all()
        await world.passes(days=9)
        world.agent.hears_nothing()
        bo.hears_nothing()
        assert not {"wait-over", "response-near", "response-overdue"} & set(await world.happened(ref))


async def test_an_answer_by_mail_that_never_arrived_was_no_first_response_and_the_promise_counts_again() -> (
    None
):
    async with await a_desk() as world:
        bo, notice, ref = await bo_writes(world, "Printer")
        world.relay.refuse(bo.address)
        await world.agent.answers_notice(notice, "Try water.")
        case = await world.case(ref)
        assert case["first_response_at"] is None
        assert world.agent.hears("Printer")
        await world.passes(days=9)
        assert "response-overdue" in await world.happened(ref)
