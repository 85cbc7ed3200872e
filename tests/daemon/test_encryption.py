"""Servers that cannot be trusted fail alone, with one clear line each; nothing is said in clear."""

from __future__ import annotations

from typing import Any

import pytest

from tests.daemon.conftest import BO, CY, Desk, MakeDesk
from tests.daemon.middle_man import Ear, MiddleMan
from tests.world.certificates import Certificate
from tests.world.desk import mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.smtp_server import SmtpServer

pytestmark = pytest.mark.dovecot

WORDS = {
    "stripped": "STARTTLS",
    "unsigned": "certificate",
    "elsewhere": "certificate",
    "expired": "expired",
}
"""What is wrong with a server, and a word that the line about it must have."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Certificate]:
    folder = tmp_path_factory.mktemp("certificates")
    return {
        "unsigned": Certificate.make(folder / "unsigned"),
        "elsewhere": Certificate.make(folder / "elsewhere", names="DNS:mail.other.example"),
        "expired": Certificate.make(folder / "expired", expired=True),
    }


def trusted(wrong: str, certificates: dict[str, Certificate]) -> dict[str, str]:
    """The authority that the configuration names: always the right one, but for `unsigned`."""
    if wrong in ("stripped", "unsigned"):
        return {}
    return {"ca_file": str(certificates[wrong].file)}


async def test_mailboxes_that_cannot_be_trusted_fail_alone(
    make_desk: MakeDesk, certificates: dict[str, Certificate]
) -> None:
    dovecot = await Dovecot.start()
    man = await MiddleMan.start(dovecot.host, dovecot.imap_port, hidden=b" STARTTLS")
    ears = {wrong: await Ear.start(certificate.context()) for wrong, certificate in certificates.items()}
    ports = {"stripped": man.port, **{wrong: ear.port for wrong, ear in ears.items()}}
    bad = []
    for wrong, port in ports.items():
        security = "starttls" if wrong == "stripped" else "tls"
        imap = {"host": "localhost", "port": port, "username": wrong, "password": "hush-hush"}
        imap |= {"security": security, **trusted(wrong, certificates)}
        bad.append({"name": wrong, "address": f"{wrong}@acme.example", "imap": imap})
    desk = await make_desk(dovecot, mailboxes=bad)
    desk.exits.push_async_callback(man.stop)
    for ear in ears.values():
        desk.exits.push_async_callback(ear.stop)
    daemon = await desk.run()
    await daemon.says("mailbox failed", times=4)
    await desk.lies(desk.mail())
    await desk.world.relay.wait_for(2 + 4)  # and an alarm about each
    for wrong, word in WORDS.items():
        (line,) = daemon.said(f"mailbox failed mailbox={wrong} ")
        assert word in line
    await daemon.stops()
    await check_fails(desk, [f"mailbox {wrong}" for wrong in WORDS])
    # What was heard in clear is no login; what trusted nobody heard nothing at all.
    assert not [line for line in man.heard if b"LOGIN" in line.upper() or b"AUTHENTICATE" in line.upper()]
    assert [bytes(ear.heard) for ear in ears.values()] == [b""] * 3
    assert "hush-hush" not in "\n".join(daemon.lines)


async def test_relays_that_cannot_be_trusted_fail_alone(
    make_desk: MakeDesk, certificates: dict[str, Certificate]
) -> None:
    """The letters of their mailboxes wait; those of the others go out, before and after."""
    dovecot = await Dovecot.start(users={"support": "secret", **dict.fromkeys(WORDS, "secret")})
    relays = {}
    boxes: list[dict[str, Any]] = []
    for wrong in WORDS:
        relay = await SmtpServer.start(
            tls="starttls", auth=("desk", "hush-hush"), certificate=certificates.get(wrong)
        )
        relays[wrong] = relay
        smtp = {"host": "localhost", "port": relay.port, "username": "desk", "password": "hush-hush"}
        smtp |= trusted(wrong, certificates)
        boxes.append(mailbox_of(dovecot, wrong, smtp=smtp))
    relays["stripped"].strip_starttls()
    desk = await make_desk(dovecot, mailboxes=boxes)
    for relay in relays.values():
        desk.exits.push_async_callback(relay.stop)
    for wrong in WORDS:
        await desk.lies(desk.mail(to=f"{wrong}@acme.example"), mailbox=wrong)
    daemon = await desk.run()
    await daemon.says("relay failed", times=4)
    await desk.lies(desk.mail(CY))
    await desk.world.relay.wait_for(2 + 4)  # and an alarm about each
    for wrong, word in WORDS.items():
        (line,) = daemon.said(f"relay failed relay=localhost:{relays[wrong].port} ")
        assert word in line
    await daemon.stops()
    await check_fails(desk, [f"mailbox {wrong} smtp" for wrong in WORDS])
    assert [relay.mails for relay in relays.values()] == [[]] * 4
    assert [relay.logins for relay in relays.values()] == [[]] * 4
    assert {row["state"] for row in await desk.outbox(BO)} == {"queued"}
    assert {row["state"] for row in await desk.outbox(CY)} == {"sent"}
    assert "hush-hush" not in "\n".join(daemon.lines)


async def check_fails(desk: Desk, names: list[str]) -> None:
    """`maildesk check` says FAIL about exactly these, and that the desk is set up for tests."""
    code, out, err = await desk.command("check")
    assert code == 1, err
    failed = [line.removeprefix("FAIL ") for line in out.splitlines() if line.startswith("FAIL ")]
    assert sorted(line.partition(":")[0] for line in failed) == sorted(["testing", *names])
    assert "hush-hush" not in out + err
