"""Killed at each point and started again, on either database: nothing is lost, nothing is done twice."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from maildesk.cli.main import cli
from maildesk.daemon.crashing import CRASH_POINTS
from maildesk.daemon.sending_outcomes import NEVER
from maildesk.desk.case.events import EventKind
from maildesk.store.outbox import TWICE
from tests.daemon.conftest import BO, CY, Desk, MakeDesk

pytestmark = pytest.mark.dovecot

IN_DOUBT: dict[str, list[list[int]]] = {
    # How often the relay has the customer's letter that was under way, when the desk is killed there.
    "marked": [[0]],
    "transmitted": [[1]],
    # Filed mail is moved on while its letters go: none is under way, or one that has arrived or not.
    "cleared": [[], [0], [1]],
}
SENDING = CRASH_POINTS[CRASH_POINTS.index("before-mark") :]


@pytest.fixture
async def desk(make_desk: MakeDesk, database_url: str) -> Desk:
    """On either database, letters one after the other: it is known which of them a crash meets."""
    desk = await make_desk(store=database_url)
    smtp: dict[str, Any] = {"host": "127.0.0.1", "port": desk.world.relay.port, "security": "none"}
    desk.world.configure(smtp=smtp | {"connections": 1})
    return desk


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_a_request_survives_a_crash_at_every_point(desk: Desk, point: str) -> None:
    await desk.lies(desk.mail())
    await desk.dies(point)
    await desk.works()
    await desk.is_whole(1)
    await every_letter_is_accounted_for(desk, point)
    letters = [(row["to"], row["kind"]) for row in await desk.outbox() if row["kind"] != "alarm"]
    assert len(letters) == len(set(letters)) == 2


async def every_letter_is_accounted_for(desk: Desk, point: str) -> None:
    """Sent once; but for the one in doubt: it has arrived or not, and to a customer no machine repeats it."""
    in_doubt = []
    for row in await desk.outbox():
        sent = [copy.raw for copy in desk.copies(row["to"])]
        if row["state"] == "uncertain":
            in_doubt.append(len(sent))
            assert row["to"] == BO
            assert row["reason"].startswith(NEVER)
        elif TWICE in (row["reason"] or ""):
            assert row["to"] != BO
            assert (row["state"], sent) in (("sent", sent[:1]), ("sent", sent[:1] * 2))  # byte for byte
        else:
            assert (row["state"], len(sent)) == ("sent", 1)
    assert in_doubt in IN_DOUBT.get(point, [[]])
    alarms = [row["to"] for row in await desk.outbox() if row["kind"] == "alarm"]
    assert alarms == ["ops@acme.example"] * bool(in_doubt)


@pytest.mark.parametrize("point", SENDING)
async def test_a_persons_answer_survives_a_crash_at_every_point(desk: Desk, point: str) -> None:
    await desk.lies(desk.mail())
    await desk.works()
    (case,) = await desk.world.cases()
    commanded(desk, "case", "reply", case["ref"], "Try water.")
    await desk.lies(desk.mail(CY))
    await desk.dies(point)
    await desk.works()
    await desk.is_whole(2)
    (answer,) = [row for row in await desk.outbox() if row["kind"] == "answer"]
    sent = [copy.raw for copy in desk.copies(BO) if b"Try water." in copy.raw]
    # They go first. The relay may have them already: they go again, byte for byte, which is said.
    assert sent == sent[:1] * (2 if point == "transmitted" else 1)
    in_doubt = point in ("marked", "transmitted")
    assert (answer["state"], TWICE in (answer["reason"] or "")) == ("sent", in_doubt)
    assert (EventKind.LETTER_UNCERTAIN in await desk.world.happened(case["ref"])) == in_doubt


def commanded(desk: Desk, *words: str) -> None:
    """A command as typed, in this process."""
    result = CliRunner().invoke(cli, ["-c", str(desk.world.config_file), *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output


@pytest.mark.long
@pytest.mark.parametrize("second", CRASH_POINTS)
@pytest.mark.parametrize("first", CRASH_POINTS)
async def test_a_request_survives_two_crashes_in_a_row(desk: Desk, first: str, second: str) -> None:
    await desk.lies(desk.mail())
    for point in (first, second):
        await desk.command("run", "--once", MAILDESK_CRASH_AT=point)  # the second may not be passed any more
    await desk.works()
    await desk.is_whole(1)
    for row in await desk.outbox():
        copies = len(desk.copies(row["to"]))
        twice = TWICE in (row["reason"] or "") and row["to"] != BO
        assert (row["state"], copies) in {("sent", 1), ("uncertain", 0), ("uncertain", 1)} or twice
