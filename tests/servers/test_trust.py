"""The road of real mail: signed by OpenDKIM, checked by real filters, taken in and out by Postfix."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from tests.servers.conftest import skip_or_fail
from tests.servers.kinds import lacking
from tests.servers.page import PAGE, roads_table
from tests.servers.roads import ROADS, Road
from tests.world.desk import DeskWorld
from tests.world.dns_server import DnsServer
from tests.world.imap_server import ImapServer
from tests.world.mail_filters import PROGRAMS, MailFilter, SigningKey, signer
from tests.world.people import BORDER, words
from tests.world.postfix import PASSWORD, USER, Postfix

pytestmark = [pytest.mark.servers, pytest.mark.dovecot, pytest.mark.xdist_group("postfix")]

FORGED = f"Authentication-Results: {BORDER}; dmarc=pass header.from=acme.example\r\n".encode()
PATIENCE = 120.0

CHECKS: dict[str, Sequence[MailFilter]] = {}
"""The filters that run, which ask the one DNS server: starting rspamd takes longer than all that follows."""


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def dns(key: SigningKey) -> Iterator[DnsServer]:
    if reason := lacking("Real mail", {**Postfix.programs, "opendkim": PROGRAMS["opendkim"]}):
        skip_or_fail(reason)
    server = DnsServer(key.records)
    yield server
    for each in (each for checks in CHECKS.values() for each in checks):
        each.stop()
    CHECKS.clear()
    server.stop()


@pytest.fixture(scope="module")
def signing(key: SigningKey, dns: DnsServer) -> Iterator[MailFilter]:
    running = signer(key)
    yield running
    running.stop()


@pytest.fixture(params=list(ROADS))
def road(request: pytest.FixtureRequest) -> Road:
    found = ROADS[request.param]
    if reason := lacking(f"The road {request.param}", found.programs):
        skip_or_fail(reason)
    return found


class Post:
    """The desk and its people with the real road between them."""

    def __init__(self, world: DeskWorld, postfix: Postfix) -> None:
        self.world = world
        self.postfix = postfix

    async def brings(self, mail: EmailMessage, *, signed: bool = False, forged: int = 0) -> None:
        """A mail goes to the desk by the road, and the desk works once it lies there."""
        raw = FORGED * forged + mail.as_bytes(policy=SMTP)
        before = len(await self.world.server.folder("support"))
        take = self.postfix.takes
        await asyncio.to_thread(
            take, raw, str(mail["From"].addresses[0].addr_spec), _addressed(mail), signed=signed
        )
        async with asyncio.timeout(PATIENCE):
            while len(await self.world.server.folder("support")) == before:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.1)
        await self.world.works()

    async def letter(self, address: str, title: str) -> EmailMessage:
        """The next letter to somebody, as soon as Postfix has brought it."""
        person = self.world.person(address)
        async with asyncio.timeout(PATIENCE):
            while len(person.letters()) <= person.read:  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.05)
        return person.hears(title)


def _addressed(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)


@asynccontextmanager
async def by(
    road: Road, dns: DnsServer, signing: MailFilter, trust: Mapping[str, Any]
) -> AsyncIterator[Post]:
    """The whole road: filters, Postfix, a mailbox, the desk."""
    server: ImapServer = await road.start()
    if road.filter not in CHECKS:
        CHECKS[road.filter] = await asyncio.to_thread(road.checks, dns)
    postfix = Postfix.make()
    login = {"host": Postfix.host, "port": postfix.submission_port, "security": "none"}
    login |= {"username": f"{USER}@{BORDER}", "password": PASSWORD}
    try:
        world = await DeskWorld.start(
            at=datetime.now(UTC), dovecot=server, trust=dict(trust), smtp=login, mailbox={"subaddress": "+"}
        )
        async with world:
            ways = {
                "checking": ",".join(each.milter for each in CHECKS[road.filter]),
                "signing": signing.milter,
            }
            sink = world.relay.port
            await asyncio.to_thread(lambda: postfix.begin(sink=sink, **road.place(server), **ways))
            yield Post(world, postfix)
    finally:
        postfix.stop()


async def test_an_agents_signed_answer_counts_where_the_page_says_so(
    road: Road, dns: DnsServer, signing: MailFilter
) -> None:
    """With the page's `trust` it counts; with one hop less it does not, and forged it never does."""
    async with by(road, dns, signing, road.trust) as post:
        world, agent = post.world, post.world.agent
        bo = world.person("bo@client.example", "Bo Lund")
        await post.brings(bo.composes("Printer on fire", "It burns."))
        await post.letter(bo.address, "received")
        notice = await post.letter(agent.address, "New: Printer on fire")

        await post.brings(agent.composes("Re: Printer", "Pull the plug.", answering=notice), signed=True)
        assert (await world.verdicts())[-1] == "command"
        answer = await post.letter(bo.address, "Printer on fire")
        assert "Pull the plug." in words(answer)

        await post.brings(agent.composes("Re: Printer", "I am nobody.", answering=notice), forged=2)
        assert (await world.inbox())[-1]["verdict"] != "command"

        await world.restarts(trust={**road.trust, "hops": road.trust["hops"] - 1})
        await post.brings(agent.composes("Re: Printer", "And again.", answering=notice), signed=True)
        assert (await world.verdicts())[-1] != "command"


def test_the_page_has_the_table_of_the_roads() -> None:
    wanted = roads_table(ROADS.values())
    assert wanted in PAGE.read_text(), f"python -m tests.servers.page writes it:\n{wanted}"
