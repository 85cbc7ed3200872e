"""Real people whose From is no address: nobody to us until an agent says who they are, then answered."""

from __future__ import annotations

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

SMTP_ID = "<odd@client.example>"


async def arrives(world: DeskWorld, author: str, codec: str = "utf-8") -> None:
    """A mail of this author, as its bytes stand there."""
    head = f"From: {author}\r\nTo: {world.address}\r\nSubject: The door\r\nMessage-ID: {SMTP_ID}"
    await world.arrives(f"{head}\r\n\r\nIt is shut.\r\n".encode(codec))


def written_to(world: DeskWorld) -> set[str]:
    """All but the agent, as we named them to the relay: what it makes of a path is its own affair."""
    named = {each.partition("<")[2].rstrip(">") for each in world.relay.commands if each.startswith("RCPT")}
    return named - {world.agent.address}


ODD = {
    "a comma without quotes": ("Nunes, Carla <carla@client.example>", "carla@client.example"),
    "dots": ("Carla <carla..n.@docomo.example>", '"carla..n."@docomo.example'),
    "a dot first": (".carla@docomo.example", '".carla"@docomo.example'),
    "dots in quotes": ('"carla..n."@docomo.example', '"carla..n."@docomo.example'),
    "blanks in brackets": ("Carla < carla@client.example >", "carla@client.example"),
    "letters of a domain": ("Carla <carla@bücher.example>", "carla@xn--bcher-kva.example"),
    "the address as its name": ("carla@client.example <carla@client.example>", "carla@client.example"),
}


@pytest.mark.parametrize(("author", "address"), ODD.values(), ids=ODD)
async def test_the_notice_says_how_and_the_answer_goes_there(author: str, address: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        await arrives(world, author)
        notice = world.agent.hears("The door")
        typed = address.replace('"', "")
        said = words(notice)
        assert f"Customer:  <unknown>, perhaps {typed}" in said
        assert f"#add {typed}" in said.splitlines()
        assert "Your answer goes to" not in said
        assert written_to(world) == set()
        # Without the line nothing goes out, and the agent is told how once more.
        await world.agent.answers_notice(notice, "It is open now.")
        refused = world.agent.hears("Not all done")
        assert f"#add {typed} at the top" in words(refused)
        assert written_to(world) == set()
        await world.agent.answers_notice(notice, f"#add {typed}\n\nIt is open now.")
        assert written_to(world) == {address}
        assert any(f"\r\nTo: {address}\r\n".encode() in mail.raw for mail in world.relay.mails)
        assert f"Your answer goes to {address}." in words(world.agent.hears("Done"))
        case = await world.case()
        assert case["requester"] == address
        assert case["first_response_at"]
        assert [each["role"] for each in case["parties"] if each["address"] == address] == ["requester"]


async def test_what_they_write_next_to_their_reply_address_is_kept_on_the_case() -> None:
    author, _ = ODD["a comma without quotes"]
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        await arrives(world, author)
        carla = world.person("carla@client.example")
        await world.agent.answers_notice(world.agent.hears("The door"), f"#add {carla.address}\n\nTurn it.")
        world.agent.hears_all()
        back = carla.hears()["Reply-To"]
        for writer in (author, "Eve, E <eve@evil.example>"):
            head = f"From: {writer}\r\nTo: {back}\r\nMessage-ID: <{writer[:3]}@client.example>"
            await world.arrives(f"{head}\r\n\r\nIt turns now.\r\n".encode())
        assert "It turns now." in words(world.agent.hears_all()[0])
        assert len(await world.cases()) == 2  # what seems to be Eve's has one of its own
        assert "unverified" in await world.verdicts()
