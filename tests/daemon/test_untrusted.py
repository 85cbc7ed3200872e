"""Each way in which a server cannot be reached or trusted is told, tried again, and passes."""

from __future__ import annotations

import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.conftest import CY, Desk, MakeDesk, until
from tests.daemon.middle_man import Ancient, Ear, MiddleMan
from tests.daemon.watched import ShortPauses, watched
from tests.world.certificates import Certificate
from tests.world.desk import mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.fault_proxy import FaultProxy
from tests.world.smtp_server import SmtpServer

pytestmark = pytest.mark.dovecot

PASSWORD = "hush-hush"
SECRETS = (PASSWORD.encode(), base64.b64encode(PASSWORD.encode()), base64.b64encode(b"\0desk\0hush-hush"))
TRIES = 3
SOON = timedelta(seconds=0.5)
"""The time after which these tests call a server silent; ten minutes otherwise."""

WORDS = {
    "nowhere": "known",  # "Name or service not known", and what other systems say alike
    "nobody": "refuse",
    "stripped": "STARTTLS",
    "unsigned": "certificate",
    "elsewhere": "certificate",
    "expired": "expired",
    "ancient": "unsupported protocol",
}
"""What is wrong with a server, and a word that each line about it must have."""
HEALED = [wrong for wrong in WORDS if wrong != "nowhere"]
CERTIFICATES: dict[str, dict[str, Any]] = {
    "unsigned": {},
    "elsewhere": {"names": "DNS:mail.other.example"},
    "expired": {"expired": True},
}


def customer(wrong: str) -> str:
    """Who writes to the mailbox with that server. Nobody answers `nobody@`, which is a machine's name."""
    return f"customer.of.{wrong}@client.example"


@dataclass
class Bad:
    """Servers that nobody should talk to, each behind a proxy that may one day lead to a good one."""

    folder: Path
    certificates: dict[str, Certificate]
    roads: dict[str, FaultProxy] = field(default_factory=dict)
    securities: dict[str, str] = field(default_factory=dict)
    ears: list[Ear | Ancient] = field(default_factory=list)

    @classmethod
    def make(cls, folder: Path) -> Bad:
        made = {wrong: Certificate.make(folder / wrong, **choices) for wrong, choices in CERTIFICATES.items()}
        stranger = Certificate.make(folder / "stranger")
        for wrong in WORDS:  # each trusts its own authority; `unsigned` is signed by none that we know
            trusted = stranger if wrong == "unsigned" else made.get(wrong, stranger)
            shutil.copy(trusted.file, folder / f"{wrong}.pem")
        return cls(folder, made)

    def server(self, wrong: str, username: str, *, smtp: bool = False) -> dict[str, Any]:
        """How the configuration leads there."""
        nowhere = {"host": "no.such.host.invalid", "port": 993}
        place = {"host": "localhost", "port": self.roads[wrong].port} if wrong in self.roads else nowhere
        in_clear = wrong == "stripped" or (smtp and wrong in CERTIFICATES)
        self.securities[wrong] = "starttls" if in_clear else "tls"
        login = {"username": username, "password": PASSWORD, "ca_file": str(self.folder / f"{wrong}.pem")}
        return place | login | {"security": self.securities[wrong]}

    async def lead(self, exits: AsyncExitStack, wrong: str, port: int) -> None:
        self.roads[wrong] = await FaultProxy.start("127.0.0.1", port)
        exits.push_async_callback(self.roads[wrong].stop)
        if wrong == "nobody":
            self.roads[wrong].refuse()

    def place(self, wrong: str) -> str:
        return f"localhost:{self.roads[wrong].port}" if wrong in self.roads else "no.such.host.invalid:993"

    async def heal(self, authority: Path, tls: int, starttls: int) -> None:
        """Every road leads to a good server from now on, whose authority is trusted."""
        for wrong, road in self.roads.items():
            shutil.copy(authority, self.folder / f"{wrong}.pem")
            road.target = ("127.0.0.1", starttls if self.securities[wrong] == "starttls" else tls)
        await self.roads["nobody"].listen()

    def heard_no_secret(self) -> bool:
        return not any(secret in ear.heard for ear in self.ears for secret in SECRETS)


@asynccontextmanager
async def bad_mail_servers(bad: Bad, dovecot: Dovecot) -> AsyncIterator[MiddleMan]:
    async with AsyncExitStack() as exits:
        man = await MiddleMan.start(dovecot.host, dovecot.imap_port, hidden=b" STARTTLS")
        exits.push_async_callback(man.stop)
        for wrong in HEALED:
            port = man.port
            if wrong != "stripped":
                certificate = bad.certificates.get(wrong)
                ear = await (Ear.start(certificate.context()) if certificate else Ancient.start())
                exits.push_async_callback(ear.stop)
                bad.ears.append(ear)
                port = ear.port
            await bad.lead(exits, wrong, port)
        yield man


async def test_mailboxes_are_told_tried_again_and_read_once_they_can_be_trusted(
    make_desk: MakeDesk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad = Bad.make(tmp_path)
    dovecot = await Dovecot.start(users={"support": "secret", **dict.fromkeys(WORDS, PASSWORD)})
    async with bad_mail_servers(bad, dovecot) as man:
        boxes = [mailbox_of(dovecot, wrong, imap=bad.server(wrong, wrong)) for wrong in WORDS]
        desk = await make_desk(dovecot, mailboxes=boxes)
        for wrong in WORDS:
            await desk.lies(desk.mail(customer(wrong)), mailbox=wrong)
        async with watched(desk, ShortPauses(), silent=SOON):
            await until(lambda: all(len(said(caplog, wrong)) >= TRIES for wrong in WORDS))
            await until(lambda: len(alarms(desk)) >= len(WORDS))
            await desk.lies(desk.mail(CY))
            await until(lambda: len(desk.copies(CY)) == 1)  # the other mailbox goes on
            for wrong, word in WORDS.items():
                assert all(word in line for line in said(caplog, wrong)), said(caplog, wrong)
                (alarm,) = [text for text in alarms(desk) if f"{wrong}: " in text]
                assert word in alarm
            assert not [line for line in man.heard if b"LOGIN" in line.upper() or b"AUTH" in line.upper()]
            assert bad.heard_no_secret()
            await bad.heal(dovecot.ca_file, dovecot.imaps_port, dovecot.imap_port)
            await until(lambda: all(len(desk.copies(customer(wrong))) == 1 for wrong in HEALED))
            ended = [f"{wrong} was not heard from" for wrong in HEALED]
            await until(lambda: all(any(each in text for text in alarms(desk)) for each in ended))
    assert await desk.world.verdicts() == ["opened"] * (1 + len(HEALED))
    assert len(alarms(desk)) == len(WORDS) + len(HEALED)
    assert PASSWORD not in caplog.text


def said(caplog: pytest.LogCaptureFixture, wrong: str) -> list[str]:
    return [line for line in caplog.messages if line.startswith(f"mailbox failed mailbox={wrong} ")]


def alarms(desk: Desk) -> list[str]:
    """What the operators were told, on one line each."""
    letters = desk.world.operator.letters()
    return [" ".join(letter.get_content().split()) for letter in letters]


@pytest.mark.long
async def test_relays_are_told_tried_again_and_get_each_letter_once_when_they_can_be_trusted(
    make_desk: MakeDesk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Long, for a relay that a person must mend rests a minute."""
    bad = Bad.make(tmp_path)
    dovecot = await Dovecot.start(users={"support": "secret", **dict.fromkeys(WORDS, PASSWORD)})
    good = Certificate.make(tmp_path / "good")
    async with (
        bad_relays(bad) as relays,
        await SmtpServer.start(tls="tls", auth=("desk", PASSWORD), certificate=good) as relay,
        await SmtpServer.start(tls="starttls", auth=("desk", PASSWORD), certificate=good) as starttls_relay,
    ):
        boxes = [mailbox_of(dovecot, wrong, smtp=bad.server(wrong, "desk", smtp=True)) for wrong in WORDS]
        desk = await make_desk(dovecot, mailboxes=boxes)
        for wrong in WORDS:
            await desk.lies(desk.mail(customer(wrong), to=f"{wrong}@acme.example"), mailbox=wrong)
        async with watched(desk, ShortPauses(), silent=SOON):
            await until(lambda: len(alarms(desk)) >= len(WORDS))
            for wrong, word in WORDS.items():
                where = f"{bad.place(wrong)}: "
                (alarm,) = [text for text in alarms(desk) if where in text]
                assert word in alarm
            for each in relays:
                assert (each.mails, each.logins) == ([], [])
            assert bad.heard_no_secret()
            await desk.lies(desk.mail(CY))
            await until(lambda: len(desk.copies(CY)) == 1)
            await bad.heal(good.file, relay.port, starttls_relay.port)
            waiting = {customer(wrong) for wrong in HEALED}
            await until(
                lambda: waiting <= {to for each in (relay, starttls_relay) for to in recipients(each)},
                within=120,
            )
    for each in (relay, starttls_relay):
        assert len(recipients(each)) == len(set(recipients(each)))
        assert all(login.encrypted for login in each.logins)
    unsent = {row["to"] for row in await desk.outbox() if row["state"] != "sent"}
    assert unsent == {customer("nowhere"), "agent@acme.example"}
    assert PASSWORD not in caplog.text


def recipients(relay: SmtpServer) -> list[str]:
    """The customers it has letters for."""
    return [to for mail in relay.mails for to in mail.recipients if to.endswith("@client.example")]


@asynccontextmanager
async def bad_relays(bad: Bad) -> AsyncIterator[list[SmtpServer]]:
    async with AsyncExitStack() as exits:
        relays = []
        for wrong in HEALED:
            if wrong in ("stripped", *CERTIFICATES):
                made = bad.certificates.get(wrong)
                relay = await SmtpServer.start(tls="starttls", auth=("desk", PASSWORD), certificate=made)
                exits.push_async_callback(relay.stop)
                relays.append(relay)
                port = relay.port
                if wrong == "stripped":
                    relay.strip_starttls()
            else:
                ear = await Ancient.start()
                exits.push_async_callback(ear.stop)
                bad.ears.append(ear)
                port = ear.port
            await bad.lead(exits, wrong, port)
        yield relays
