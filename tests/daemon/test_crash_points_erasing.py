"""Killed at each commit of an erasure, an import or `db restored`, and said again: it ends whole, on either
database."""

from __future__ import annotations

import mailbox
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from maildesk.cli.main import cli
from maildesk.config import building
from maildesk.daemon.desk_store import erasure_list
from maildesk.mail.identity.erased_persons import person_code
from maildesk.store import unlisted
from maildesk.store.erasure_list import ErasureNote
from tests.daemon.conftest import BO, CY, Desk, MakeDesk

pytestmark = pytest.mark.dovecot

MOST = 20
"""No act here has so many commits."""

sides = pytest.mark.parametrize("side", ["before", "after"])


@pytest.fixture
async def desk(make_desk: MakeDesk, database_url: str) -> Desk:
    return await make_desk(store=database_url)


async def killed(desk: Desk, side: str, *words: str) -> AsyncIterator[None]:
    """Say it, and be killed at its first commit; again, at the second; until one goes through."""
    for number in range(1, MOST):
        code, out, err = await desk.command(*words, MAILDESK_CRASH_AT=f"{side}-commit:{number}")
        if code == 0:
            assert number > 1, "it was never killed"
            return
        assert code == -signal.SIGKILL, out + err
        yield
    raise AssertionError("it never went through")


async def said(desk: Desk, *words: str) -> str:
    code, out, err = await desk.command(*words)
    assert code == 0, out + err
    return out


def again(desk: Desk, *words: str) -> Result:
    """What is said again, in this process."""
    return CliRunner().invoke(cli, ["-c", str(desk.world.config_file), *words], catch_exceptions=False)


async def a_case(desk: Desk, sender: str = BO, subject: str = "Printer", **more: Any) -> str:
    known = {each["ref"] for each in await desk.world.cases()}
    await desk.lies(desk.mail(sender, subject, **more))
    await desk.works()
    (ref,) = {each["ref"] for each in await desk.world.cases()} - known
    return str(ref)


async def is_erased(desk: Desk, ref: str) -> bool:
    case = await desk.world.case(ref)
    kinds = [each["kind"] for each in case["events"]]
    assert kinds.count("erased") == (case["subject"] == "(erased)")
    return bool(kinds.count("erased"))


async def nothing_is_half(desk: Desk) -> None:
    """The database is sound, the list names everything that was erased, and nothing waits to be noted."""
    assert await desk.world.breaches() == ()
    store, noted = desk.world.service.store, erasure_list(desk.world.settings, {}).notes()
    assert await store.read(unlisted.waiting) == []
    whole = await store.read(lambda conn: unlisted.everything_erased(conn, desk.world.clock.now()))
    assert set(whole.cases) == {ref for note in noted for ref in note.cases}
    assert set(whole.mails) == {key for note in noted for key in note.mails}


@sides
async def test_an_erasure_of_a_case_that_is_killed_is_said_again_and_ends_whole(
    desk: Desk, side: str
) -> None:
    for number in range(1, MOST):
        ref = await a_case(desk, subject=f"Printer {number}")
        words = ("case", "erase", ref, "--yes")
        code, out, err = await desk.command(*words, MAILDESK_CRASH_AT=f"{side}-commit:{number}")
        assert code in (0, -signal.SIGKILL), out + err
        assert await desk.world.breaches() == ()  # whatever has become of it
        if not await is_erased(desk, ref):
            assert again(desk, *words).exit_code == 0
        elif code:
            told = again(desk, *words)
            assert (told.exit_code, "already" in told.stderr) == (1, True), told.output
        assert await is_erased(desk, ref)
        await nothing_is_half(desk)
        if code == 0:
            assert number > 1, "it was never killed"
            return


@sides
async def test_an_erasure_of_a_person_that_is_killed_is_said_again_and_ends_whole(
    desk: Desk, side: str
) -> None:
    other = await a_case(desk, CY, "Scanner", cc=[BO])
    for number in range(1, MOST):
        ref = await a_case(desk, subject=f"Printer {number}")
        words = ("person", "erase", BO, "--yes")
        code, out, err = await desk.command(*words, MAILDESK_CRASH_AT=f"{side}-commit:{number}")
        assert code in (0, -signal.SIGKILL), out + err
        assert await desk.world.breaches() == ()
        if not await is_erased(desk, ref):
            assert again(desk, *words).exit_code == 0
        elif code:
            told = again(desk, *words)
            assert (told.exit_code, "nothing is kept" in told.stderr) == (1, True), told.output
        assert await is_erased(desk, ref)
        assert BO not in str(await desk.world.case(other))
        await nothing_is_half(desk)
        noted = erasure_list(desk.world.settings, {}).notes()
        code_of_bo = person_code(building.keyring(desk.world.settings, {}), BO)
        assert code_of_bo in {each for note in noted for each in note.persons}
        if code == 0:
            assert number > 1, "it was never killed"
            return


@sides
async def test_a_daemon_ends_what_a_killed_erasure_left_to_do(desk: Desk, side: str) -> None:
    ref = await a_case(desk)
    number = 0
    while not await is_erased(desk, ref):
        number += 1
        await desk.command("case", "erase", ref, "--yes", MAILDESK_CRASH_AT=f"{side}-commit:{number}")
    await desk.works()
    await nothing_is_half(desk)


@sides
async def test_an_import_that_is_killed_goes_on_and_doubles_nothing(
    desk: Desk, tmp_path: Path, side: str
) -> None:
    file, threads = tmp_path / "inbox.mbox", 230  # more than one transaction takes
    box = mailbox.mbox(file)
    for number in range(threads):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"c{number}@client.example", "help@old.example", "Old"
        mail["Date"], mail["Message-ID"] = "Mon, 02 Mar 2026 09:00:00 +0000", f"<{number}@client.example>"
        mail.set_content(f"It is old, {number}.")
        box.add(mail)
    box.close()
    had: list[int] = []
    async for _ in killed(desk, side, "import", "mbox", str(file)):
        assert await desk.world.breaches() == ()
        had.append(len(await desk.world.verdicts()))
    assert len(had) >= 2
    assert set(had) <= {0, 200, threads}, "a group is written whole or not at all"
    assert await desk.world.verdicts() == ["imported"] * threads
    assert len(await desk.world.cases()) == threads
    assert "were here already" in await said(desk, "import", "mbox", str(file))
    assert len(await desk.world.cases()) == threads
    assert await desk.world.breaches() == ()


@sides
async def test_a_restoration_that_is_killed_is_said_again_and_erases_all(desk: Desk, side: str) -> None:
    """The database is as an older copy: the list beside it is newer, and names a case and a person."""
    gone, other = (
        await a_case(desk, CY, "Salary"),
        await a_case(desk, "dan@client.example", "Scanner", cc=[BO]),
    )
    own = await a_case(desk)
    later = desk.world.clock.now() + timedelta(days=1)
    code = person_code(building.keyring(desk.world.settings, {}), BO)
    erasure_list(desk.world.settings, {}).write_down(ErasureNote(later, (gone,), persons=(code,)))
    async for _ in killed(desk, side, "db", "restored"):
        assert await desk.world.breaches() == ()
        assert await is_erased(desk, gone) == await is_erased(desk, own), "both or neither"
    assert await is_erased(desk, gone)
    assert await is_erased(desk, own)
    assert BO not in str(await desk.world.case(other))
    assert "It burns." in str(await desk.world.case(other))
    await nothing_is_half(desk)
