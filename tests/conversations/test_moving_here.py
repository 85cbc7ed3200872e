"""A desk that was taken over from another: what its customers write belongs to what was said there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import pytest

from maildesk.cli.simulation_workers import reading_as_daemon
from maildesk.config.loading import load
from maildesk.importing.bringing import bring_in
from maildesk.importing.finding import threads_in
from maildesk.importing.sources import MboxFile, Sources
from maildesk.importing.writing import Place
from tests.world.desk import MONDAY, TRUSTING, DeskWorld
from tests.world.people import words

pytestmark = [pytest.mark.dovecot, pytest.mark.usefixtures("forked_readers")]

DAY = timedelta(days=1)


def an_old_mail(
    sender: str, to: str, days_ago: float, ident: str, text: str, above: Sequence[EmailMessage] = ()
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Printer"
    mail["Date"] = format_datetime(MONDAY - days_ago * DAY)
    mail["Message-ID"] = f"<{ident}@old.example>"
    if above:
        mail["In-Reply-To"] = above[-1]["Message-ID"]
        mail["References"] = " ".join(str(each["Message-ID"]) for each in above)
    mail.set_content(text)
    return mail


async def bring(world: DeskWorld, tmp_path: Path, *mails: EmailMessage) -> None:
    """Import these mails into the desk while it works."""
    file = tmp_path / "old.mbox"
    file.write_bytes(b"".join(b"From - Mon\n" + each.as_bytes() + b"\n" for each in mails))
    desk = world.office.desk
    place = Place(desk, world.office.keys, "d" * 64, "support", MONDAY, MONDAY - 30 * DAY)
    sources = Sources.opened([file], MboxFile)
    try:
        async with reading_as_daemon(load(world.config_file), desk) as reader:
            found = await threads_in(sources, desk, reader.read, 2**20, MONDAY)
            store = world.service.store
            await bring_in(store, place, found.threads, reader.read, lambda _: None, lambda: False)
    finally:
        sources.close()


async def test_a_reply_to_a_letter_of_the_old_desk_reopens_its_case(
    database_url: str, tmp_path: Path
) -> None:
    async with await DeskWorld.start(store=database_url, trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        asked = an_old_mail(bo.address, world.address, 90, "p1", "It burns.")
        answer = an_old_mail(world.agent.address, bo.address, 89, "p2", "Try water.", [asked])
        await bring(world, tmp_path, asked, answer)
        assert (await world.case())["phase"] == "closed"
        bo.hears_nothing()
        world.agent.hears_nothing()
        await bo.replies(answer, "It burns again.", border="dmarc=pass", to=world.address)
        assert await world.verdicts() == ["imported", "imported", "reopened"]
        case = await world.case()
        assert (case["phase"], case["owner"]) == ("open", world.agent.address)
        assert case["due"]["response"] is not None  # from now on it is a case as any other
        assert "It burns again." in words(world.agent.hears("Printer"))


async def test_a_mail_that_was_imported_and_lies_in_the_mailbox_too_is_one(
    database_url: str, tmp_path: Path
) -> None:
    async with await DeskWorld.start(store=database_url, trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        asked = an_old_mail(bo.address, world.address, 2, "p1", "It burns.")
        await bring(world, tmp_path, asked)
        await world.arrives(asked.as_bytes(policy=SMTP))
        assert len(await world.cases()) == 1
        bo.hears_nothing()
