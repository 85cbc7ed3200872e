"""Mail that a mail server hands in: filed and answered beside watched mailboxes, and where there are none."""

from __future__ import annotations

from tests.daemon.conftest import BO, CY, Desk, MakeDesk, until

HELP = {"name": "help", "address": "help@acme.example", "source": "pipe"}
ALONE = {"name": "support", "address": "support@acme.example", "source": "pipe"}


async def hands_in(desk: Desk, mail: bytes, mailbox: str) -> None:
    code, out, err = await desk.command("deliver", "--mailbox", mailbox, stdin=mail)
    assert (code, out, err) == (0, "", "")


async def test_a_pipe_and_a_watched_mailbox_work_side_by_side(make_desk: MakeDesk) -> None:
    desk = await make_desk(mailboxes=[HELP])
    await desk.run()
    await hands_in(desk, desk.mail(to="help@acme.example"), "help")
    await desk.lies(desk.mail(CY, "Scanner"))
    await until(lambda: bool(desk.copies(BO) and desk.copies(CY)))
    (answer,) = desk.copies(BO)
    assert "help@acme.example" in str(answer.letter["From"])
    assert sorted(row["mailbox"] for row in await desk.world.inbox()) == ["help", "support"]
    assert await desk.world.verdicts() == ["opened", "opened"]


async def test_a_desk_with_nothing_but_pipes_answers_what_is_handed_in(desk: Desk) -> None:
    desk.world.configure(mailboxes=[ALONE])
    running = await desk.run()
    assert running.said("ready mailboxes=0")
    await hands_in(desk, desk.mail(), "support")
    await until(lambda: bool(desk.copies(BO)))
    assert await desk.world.verdicts() == ["opened"]
    await running.stops()
    assert await desk.world.breaches() == ()


async def test_what_was_handed_in_while_nobody_was_at_work_is_done_by_a_run_to_quiet(desk: Desk) -> None:
    desk.world.configure(mailboxes=[ALONE])
    for mail in (desk.mail(), desk.mail(CY, "Scanner")):
        await hands_in(desk, mail, "support")
    assert desk.world.relay.mails == []
    await desk.once()
    assert len(desk.copies(BO)) == len(desk.copies(CY)) == 1
    assert await desk.world.verdicts() == ["opened", "opened"]
    before = len(desk.world.relay.mails)
    await desk.once()
    assert len(desk.world.relay.mails) == before
    assert await desk.world.breaches() == ()
