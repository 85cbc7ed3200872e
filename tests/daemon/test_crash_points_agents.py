"""Killed at each point while colleagues' mails are done, on either database: each is done once."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from maildesk.daemon.crashing import CRASH_POINTS
from tests.daemon.conftest import BO, Desk, MakeDesk
from tests.world.desk import TRUSTING
from tests.world.people import Person, border_lines, in_reply

pytestmark = pytest.mark.dovecot

ANA = "agent@acme.example"
IN_DOUBT = ("marked", "transmitted", "settled", "cleared")
"""Killed there, one letter may have gone or not: a person's goes again, an automatic one does not."""
GONE = ("transmitted", "cleared")
"""Killed there, the relay may have that letter already."""

SHORT = ("before-filing", "filed", "transmitted")
POINTS = [each if each in SHORT else pytest.param(each, marks=pytest.mark.long) for each in CRASH_POINTS]
"""Each story starts a daemon three times: the other points are played behind `long`."""


@pytest.fixture
async def desk(make_desk: MakeDesk, database_url: str) -> Desk:
    """On either database, letters one after the other, a desk that takes its border's word."""
    desk = await make_desk(store=database_url, trust=TRUSTING, mailbox={"subaddress": "+"})
    smtp: dict[str, Any] = {"host": "127.0.0.1", "port": desk.world.relay.port, "security": "none"}
    desk.world.configure(smtp=smtp | {"connections": 1})
    return desk


def answering(person: Person, letter: EmailMessage, text: str, border: str | None = "dmarc=pass") -> bytes:
    mail = person.composes(in_reply(letter), text, answering=letter)
    return border_lines(border, person.address) + mail.as_bytes(policy=SMTP)


async def a_case(desk: Desk, subject: str = "Printer") -> tuple[str, EmailMessage, EmailMessage]:
    """Its reference, what Ana heard and what Bo heard."""
    known = {each["ref"] for each in await desk.world.cases()}
    await desk.lies(border_lines("dmarc=pass", BO) + desk.mail(subject=subject))
    await desk.works()
    (ref,) = {each["ref"] for each in await desk.world.cases()} - known
    return ref, desk.world.agent.letters()[-1], desk.world.person(BO).letters()[-1]


async def each_letter_once(desk: Desk, point: str, kinds: list[str]) -> None:
    """So many letters are owed, and each went once, but for the one in doubt."""
    rows = await desk.outbox()
    assert sorted(row["kind"] for row in rows) == sorted(kinds)
    odd = [row for row in rows if row["state"] != "sent" or row["attempts"] != 1]
    assert len(odd) <= (point in IN_DOUBT)
    copies: dict[tuple[str, str], int] = {}
    for mail in desk.world.relay.mails:
        ident = next(line for line in mail.raw.split(b"\r\n") if line.lower().startswith(b"message-id:"))
        for to in mail.recipients:
            copies[to, ident.decode()] = copies.get((to, ident.decode()), 0) + 1
    more = [count for count in copies.values() if count > 1]
    assert len(more) <= (point in GONE)


@pytest.mark.parametrize("point", POINTS)
async def test_an_answer_by_mail_survives_a_crash_at_every_point(desk: Desk, point: str) -> None:
    ref, notice, _ = await a_case(desk)
    await desk.lies(answering(desk.world.agent, notice, "#take\n#close\n\nTry water."))
    await desk.dies(point)
    await desk.works()
    assert await desk.world.verdicts() == ["opened", "command"]
    assert await desk.world.happened(ref) in (
        ["opened", "assigned", "closed", "answered"],
        ["opened", "assigned", "closed", "answered", "letter-uncertain"],
    )
    await each_letter_once(desk, point, ["acknowledgement", "opened-team", "answer", "transcript"])


@pytest.mark.parametrize("point", POINTS)
async def test_a_confirmed_mail_is_done_once_whatever_crashes(desk: Desk, point: str) -> None:
    ref, notice, _ = await a_case(desk)
    await desk.lies(answering(desk.world.agent, notice, "#close\n\nTry water.", border=None))
    await desk.works()
    question = desk.world.agent.letters()[-1]
    await desk.lies(answering(desk.world.agent, question, "yes", border=None))
    await desk.dies(point)
    await desk.works()
    assert await desk.world.verdicts() == ["opened", "command", "command"]
    assert [one for one in await desk.world.happened(ref) if one != "letter-uncertain"] == [
        "opened", "noted", "confirmed", "closed", "answered",
    ]  # fmt: skip
    await each_letter_once(desk, point, ["acknowledgement", "opened-team", "confirm", "answer", "transcript"])


@pytest.mark.parametrize("point", POINTS)
async def test_a_merge_is_made_once_whatever_crashes(desk: Desk, point: str) -> None:
    kept, notice, _ = await a_case(desk)
    gone, _, ack = await a_case(desk, "Cable")
    bo = desk.world.person(BO)
    await desk.lies(
        answering(bo, ack, "Before."),
        answering(desk.world.agent, notice, f"#merge {gone}\n\nBoth are mended."),
        answering(bo, ack, "After."),
    )
    await desk.dies(point)
    await desk.works()
    happened = [one for one in await desk.world.happened(kept) if one != "letter-uncertain"]
    assert happened == ["opened", "merged", "answered", "replied"]
    assert await desk.world.happened(gone) == ["opened", "replied", "merged-into"]
    assert {row["case"] for row in await desk.world.inbox()} == {kept}
    assert (await desk.world.case(gone))["mails"] == []
    kinds = ["acknowledgement", "opened-team"] * 2 + ["replied-team"] * 2 + ["answer", "transcript"]
    await each_letter_once(desk, point, kinds)


@pytest.mark.parametrize(
    "point", [each for each in CRASH_POINTS if each not in ("received", "before-filing")]
)
async def test_a_digest_tells_each_notice_once_whatever_crashes(desk: Desk, point: str) -> None:
    mails = [desk.mail(f"c{number}@client{number}.example", f"Matter {number}") for number in range(30)]
    await desk.lies(*(border_lines("dmarc=pass", "x@client.example") + mail for mail in mails))
    await desk.command("run", "--once", MAILDESK_CRASH_AT=point)
    await desk.works()
    told = [row for row in await desk.outbox() if row["to"] == ANA]
    assert [row["kind"] for row in told] == ["digest"]
    # Whether it arrived nobody knows where the crash came after its last byte: then it goes again as it was.
    copies = desk.copies(ANA)
    assert len(copies) == (2 if point == "transmitted" else 1)
    assert len({each.raw for each in copies}) == 1
    assert told[0]["state"] == "sent"
