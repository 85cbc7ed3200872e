"""An agent answers a notice: what the customers read, and what they never see."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage

import pytest

from tests.world.desk import DeskWorld
from tests.world.people import words

SUBADDRESS = {"subaddress": "+"}


async def opened(world: DeskWorld, **more: object) -> tuple[EmailMessage, EmailMessage]:
    """Bo's mail about the printer, and the notice of it."""
    bo = world.person("bo@client.example", "Bo Lund")
    mail = await bo.writes("Printer", "It burns.", **more)  # type: ignore[arg-type]  # as given by the test
    bo.hears_all()
    return mail, world.agent.hears("Printer")


def files(letter: EmailMessage) -> dict[str, str]:
    return {
        str(part.get_filename()): hashlib.sha256(part.get_payload(decode=True)).hexdigest()[:8]  # type: ignore[arg-type]  # bytes: no part here is a multipart
        for part in letter.iter_attachments()
    }


@pytest.mark.parametrize("quote", ["below", "above", "between"])
async def test_the_customer_reads_the_agents_words_alone(quote: str) -> None:
    async with await DeskWorld.start(mailbox=SUBADDRESS) as world:
        mail, notice = await opened(world)
        text = "Please switch it off.\nThen tell me."
        await world.agent.answers_notice(
            notice, text, quote=quote, signature="Ana Agent\nAcme, agent@acme.example"
        )
        bo = world.person("bo@client.example")
        letter = bo.hears("Printer")
        read = words(letter).replace("\r\n", "\n").replace("\n\n", "\n").strip()
        assert read == f"{text}\n-- \nAna Agent\nAcme, support@acme.example"
        assert letter["From"].addresses[0].display_name == "Ana Agent (Acme Support)"
        assert letter["From"].addresses[0].addr_spec == "support@acme.example"
        assert letter["In-Reply-To"] == mail["Message-ID"]
        assert "agent@acme.example" not in letter.as_string()
        case = await world.case()
        assert case["first_response_at"]
        assert not world.agent.hears_all()


async def test_files_and_pictures_go_along_and_the_customers_own_do_not_come_back() -> None:
    async with await DeskWorld.start(mailbox=SUBADDRESS) as world:
        _, notice = await opened(world, files={"burns.png": b"theirs"})
        sent = {"manual.pdf": b"manual" * 1000, "burns.png": b"theirs", "cable.png": b"cable"}
        await world.agent.answers_notice(notice, "See the manual.", files=sent)
        letter = world.person("bo@client.example").hears("Printer")
        wanted = {name: sent[name] for name in ("manual.pdf", "cable.png")}
        assert files(letter) == {name: hashlib.sha256(data).hexdigest()[:8] for name, data in wanted.items()}


async def test_equal_files_go_along_under_both_names_and_empty_ones_too() -> None:
    sent = {"left.txt": b"one cable", "right.txt": b"one cable", "empty.log": b"", "nothing.log": b""}
    async with await DeskWorld.start(mailbox=SUBADDRESS) as world:
        _, notice = await opened(world, files=sent)
        assert sorted(files(notice)) == sorted(sent)
        answer = {f"my-{name}": data for name, data in sent.items()}
        await world.agent.answers_notice(notice, "See these.", files=answer)
        assert sorted(files(world.person("bo@client.example").hears("Printer"))) == sorted(answer)
        mails = (await world.case())["mails"]
        assert [file["name"] for file in mails[-1]["attachments"]] == list(answer)


async def test_files_that_are_asked_for_come_under_each_of_their_names() -> None:
    sent = {"left.txt": b"one cable", "right.txt": b"one cable", "empty.log": b""}
    async with await DeskWorld.start(
        mailbox=SUBADDRESS, limits={"notice_files": "1B", "free_space": "1MiB"}
    ) as world:
        _, notice = await opened(world, files=sent)
        assert files(notice) == {}
        await world.agent.answers_notice(notice, "#files")
        (letter,) = [each for each in world.agent.hears_all() if files(each)]
        assert sorted(files(letter)) == sorted(sent)


async def test_files_that_are_too_large_are_told_to_the_agent_and_nothing_is_sent() -> None:
    async with await DeskWorld.start(
        mailbox=SUBADDRESS, limits={"answer_files": "1KiB", "free_space": "1MiB"}
    ) as world:
        _, notice = await opened(world)
        await world.agent.answers_notice(notice, "See the manual.", files={"manual.pdf": b"manual" * 1000})
        world.person("bo@client.example").hears_nothing()
        assert "limits.answer_files" in words(world.agent.hears("Printer"))


async def test_a_configured_signature_stands_below_every_answer() -> None:
    signed = {"name": "Ana Agent", "address": "agent@acme.example", "signature": "Ana\nAcme Support"}
    async with await DeskWorld.start(mailbox=SUBADDRESS, people={"agents": [signed]}) as world:
        _, notice = await opened(world)
        await world.agent.answers_notice(notice, "Try water.", signature="Ana at home")
        letter = world.person("bo@client.example").hears("Printer")
        assert words(letter).replace("\r", "").strip() == "Try water.\n\n-- \nAna\nAcme Support"


async def test_the_customers_answer_goes_on_in_the_same_case_and_thread() -> None:
    async with await DeskWorld.start(mailbox=SUBADDRESS) as world:
        _, notice = await opened(world)
        await world.agent.answers_notice(notice, "Try water.", html="<p>Try <b>water</b>.</p>")
        bo = world.person("bo@client.example")
        letter = bo.hears("Printer")
        await bo.replies(letter, "Better now.")
        again = world.agent.hears("Printer")
        assert again["References"] == notice["References"]
        assert len(await world.cases()) == 1


async def test_an_answer_shows_its_files_and_may_send_them_again() -> None:
    async with await DeskWorld.start(mailbox=SUBADDRESS) as world:
        _, notice = await opened(world)
        manual = {"manual.pdf": b"manual"}
        for page in (1, 2):
            await world.agent.answers_notice(notice, f"See page {page}.", files=manual)
        bo = world.person("bo@client.example")
        assert [list(files(letter)) for letter in bo.hears_all()] == [["manual.pdf"], ["manual.pdf"]]
        answers = [mail for mail in (await world.case())["mails"] if mail["verdict"] == "answer"]
        assert [file["name"] for mail in answers for file in mail["attachments"]] == ["manual.pdf"] * 2
