"""A stranger's megabytes cost what they cost once: files are named, bodies shared, and old letters let go."""

from __future__ import annotations

import random
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select

from maildesk.store.schema import letter_bodies, outbox
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

COLLEAGUES = [
    {"name": "Ana Agent", "address": "agent@acme.example"},
    *({"name": f"Agent {n}", "address": f"agent{n}@acme.example"} for n in range(1, 5)),
]
FIVE: dict[str, Any] = {"agents": COLLEAGUES}
MIB = 2**20


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that no compression makes smaller."""
    return random.Random(seed).randbytes(size)


def files(letter: EmailMessage) -> dict[str, bytes]:
    return {
        str(part.get_filename()): part.get_payload(decode=True)  # type: ignore[misc]  # no part is a multipart
        for part in letter.iter_attachments()
    }


async def desk(limits: dict[str, Any] | None = None, **more: Any) -> DeskWorld:
    given = {"free_space": "1MiB"} | (limits or {})
    return await DeskWorld.start(people=FIVE, mailbox={"subaddress": "+"}, limits=given, **more)


async def stored(world: DeskWorld) -> tuple[int, int]:
    """How many bodies there are, and their bytes."""
    query = select(func.count(), func.coalesce(func.sum(func.length(letter_bodies.c.content)), 0))
    row = await world.service.store.read(lambda conn: conn.execute(query.select_from(letter_bodies)).one())
    return int(row[0]), int(row[1])


def relayed(world: DeskWorld) -> int:
    return sum(
        len(each.as_bytes()) for address in _everybody(world) for each in world.relay.letters_to(address)
    )


def _everybody(world: DeskWorld) -> list[str]:
    return [*(str(each["address"]) for each in COLLEAGUES), "eve@evil.example", "bo@client.example"]


def stranger(world: DeskWorld) -> Person:
    return world.person("eve@evil.example", "Eve")


async def proven_bo(world: DeskWorld) -> Person:
    """Bo, whose address has returned a token of ours."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.")
    await bo.replies(bo.hears(), "Still.")
    for each in COLLEAGUES:
        world.person(str(each["address"])).hears_all()
    bo.hears_all()
    return bo


# --- what a stranger can make us send -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("trust", "border"),
    [
        pytest.param(None, None, id="nobody vouches, unproven"),
        pytest.param(TRUSTING, None, id="no result"),
        pytest.param(TRUSTING, "dmarc=fail", id="failed"),
        pytest.param(TRUSTING, "dmarc=none", id="no policy"),
    ],
)
async def test_ten_mails_of_five_megabytes_from_a_stranger_cost_us_no_letter_with_a_file(
    trust: Any, border: str | None
) -> None:
    async with await desk(**({"trust": trust} if trust else {})) as world:
        for n in range(3):
            file = {f"film{n}.bin": noise(2 * MIB, n)}
            await stranger(world).writes(f"Film {n}", "Look.", files=file, border=border)
        for each in COLLEAGUES:
            for letter in world.person(str(each["address"])).hears_all():
                assert files(letter) == {}
                assert "Attached, not in this mail: film" in words(letter)
        assert relayed(world) < 200_000
        assert (await stored(world))[1] < 100_000


async def test_where_the_mail_server_vouches_a_strangers_small_files_are_named_too() -> None:
    async with await desk(trust=TRUSTING) as world:
        await stranger(world).writes("Picture", "Look.", files={"p.png": b"small"}, border=None)
        letter = world.agent.hears("Picture")
        assert files(letter) == {}
        assert "#files" in words(letter)


@pytest.mark.parametrize("size", [1000, MIB])
async def test_where_nobody_vouches_a_little_goes_along(size: int) -> None:
    async with await desk() as world:
        await stranger(world).writes("Picture", "Look.", files={"p.png": noise(size)})
        assert list(files(world.agent.hears("Picture"))) == ["p.png"]


@pytest.mark.parametrize("parts", [1, 4])
async def test_where_nobody_vouches_more_than_a_little_in_all_is_named(parts: int) -> None:
    async with await desk() as world:
        pictures = {f"p{n}.png": noise(MIB // parts + 1, n) for n in range(parts)}
        await stranger(world).writes("Picture", "Look.", files=pictures)
        assert files(world.agent.hears("Picture")) == {}


async def test_the_files_of_a_proven_address_go_along_where_nobody_vouches() -> None:
    async with await desk() as world:
        bo = await proven_bo(world)
        await bo.writes("Film", "Look.", files={"film.bin": noise(2 * MIB)})
        assert list(files(world.agent.hears("Film"))) == ["film.bin"]


async def test_a_proven_address_is_not_vouched_for_where_the_mail_server_says_who_is() -> None:
    async with await desk(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        await bo.replies(bo.hears("Printer"), "Still.", border="dmarc=pass", files={"a.bin": b"a" * 9})
        assert [list(files(each)) for each in world.agent.hears_all()] == [[], ["a.bin"]]
        await bo.writes("Forged", "Look.", files={"b.bin": b"b" * 9}, border=None)
        assert files(world.agent.hears("Forged")) == {}


# --- what is vouched for has a budget -----------------------------------------------------------------


async def test_beyond_an_hours_budget_notices_name_the_files() -> None:
    async with await desk({"notice_files_hour": "30KiB"}, trust=TRUSTING) as world:
        for n in range(4):  # each costs 10 KiB: five colleagues
            await stranger(world).writes(f"No {n}", "Look.", files={"f": noise(2048)}, border="dmarc=pass")
        assert [len(files(each)) for each in world.agent.hears_all()] == [1, 1, 1, 0]
        await world.passes(minutes=59)
        world.agent.hears_all()
        await stranger(world).writes("Soon", "Look.", files={"f": noise(2048)}, border="dmarc=pass")
        assert [len(files(each)) for each in world.agent.hears_all()] == [0]
        await world.passes(minutes=2)
        world.agent.hears_all()
        await stranger(world).writes("Later", "Look.", files={"f": noise(2048)}, border="dmarc=pass")
        assert [len(files(each)) for each in world.agent.hears_all()] == [1]


async def test_many_mails_in_one_look_share_the_budget_too() -> None:
    async with await desk({"notice_files_hour": "30KiB"}, trust=TRUSTING) as world:
        eve = stranger(world)
        raws = []
        for n in range(6):
            mail = eve.composes(f"No {n}", "Look.", files={"f": noise(2048, n)})
            head = b"Authentication-Results: mx.acme.example; dmarc=pass header.from=evil.example\r\n"
            raws.append(
                head
                + b"Received: from x by mx.acme.example; Mon, 24 Nov 2025 09:30:00 +0000\r\n"
                + mail.as_bytes()
            )
        await world.lies(*raws)
        await world.works()
        assert sorted(len(files(each)) for each in world.agent.hears_all()) == [0, 0, 0, 1, 1, 1]


async def test_one_body_for_all_colleagues() -> None:
    async with await desk(trust=TRUSTING) as world:
        film = noise(MIB)
        await stranger(world).writes("Film", "Look.", files={"film.bin": film}, border="dmarc=pass")
        for each in COLLEAGUES:
            letter = world.person(str(each["address"])).hears("Film")
            assert files(letter) == {"film.bin": film}
            assert letter["To"].addresses[0].addr_spec == each["address"]
        bodies, size = await stored(world)
        assert bodies == 2  # the notice and the acknowledgement
        assert size < 1.5 * MIB


# --- #files -------------------------------------------------------------------------------------------


async def test_an_agent_who_asks_gets_the_files_and_nobody_else_does() -> None:
    async with await desk(trust=TRUSTING) as world:
        sent = {"film.bin": noise(2 * MIB), "notes.txt": b"notes"}
        await stranger(world).writes("Film", "Look.", files=sent)
        notice = world.agent.hears("Film")
        stranger(world).hears_all()
        world.person("agent1@acme.example").hears_all()
        await world.agent.answers_notice(notice, "#files")
        letter, transcript = world.agent.hears_of("Files", "Done")
        assert files(letter) == sent
        assert {part.get_content_type() for part in letter.iter_attachments()} == {"application/octet-stream"}
        assert "2 files sent to you" in words(transcript)
        world.person("agent1@acme.example").hears_nothing()
        stranger(world).hears_nothing()


async def test_more_than_a_mail_may_hold_comes_in_several() -> None:
    async with await desk({"answer_files": "10KiB"}, trust=TRUSTING) as world:
        sent = {f"f{n}.bin": noise(4096, n) for n in range(5)} | {"huge.bin": noise(20_000)}
        await stranger(world).writes("Many", "Look.", files=sent)
        await world.agent.answers_notice(world.agent.hears("Many"), "#files")
        letters = world.agent.hears_all()
        assert sorted(name for each in letters for name in files(each)) == [f"f{n}.bin" for n in range(5)]
        assert sorted(len(files(each)) for each in letters) == [0, 1, 2, 2]
        assert len({each["Message-ID"] for each in letters}) == 4
        transcript = next(each for each in letters if not files(each))
        assert "huge.bin was not sent" in words(transcript)
        assert "limits.answer_files" in words(transcript)


async def test_files_and_an_answer_in_one_mail() -> None:
    async with await desk(trust=TRUSTING) as world:
        await stranger(world).writes("Film", "Look.", files={"film.bin": b"film"})
        notice = world.agent.hears("Film")
        stranger(world).hears_all()
        await world.agent.answers_notice(notice, "#files\n\nThank you, I am looking.")
        assert files(stranger(world).hears("Film")) == {}
        assert [files(each) for each in world.agent.hears_all()] == [{"film.bin": b"film"}, {}]


@pytest.mark.parametrize("word", ["#file", "#attachments", "#Files"])
async def test_other_words_for_it(word: str) -> None:
    async with await desk(trust=TRUSTING) as world:
        await stranger(world).writes("Film", "Look.", files={"film.bin": b"film"})
        await world.agent.answers_notice(world.agent.hears("Film"), word)
        assert {name for each in world.agent.hears_all() for name in files(each)} == {"film.bin"}


async def test_it_is_the_mail_that_is_answered_whose_files_come() -> None:
    async with await desk(trust=TRUSTING) as world:
        eve = stranger(world)
        first = await eve.writes("Film", "Look.", files={"one.bin": b"one"}, border=None)
        notice = world.agent.hears("Film")
        await eve.adds(first, "More.", files={"two.bin": b"two"})
        later = world.agent.hears("Film")
        await world.agent.answers_notice(notice, "#files")
        assert {name for each in world.agent.hears_all() for name in files(each)} == {"one.bin"}
        await world.agent.answers_notice(later, "#files")
        assert {name for each in world.agent.hears_all() for name in files(each)} == {"two.bin"}


async def test_where_there_are_no_files_the_agent_is_told() -> None:
    async with await desk(trust=TRUSTING) as world:
        await stranger(world).writes("Film", "Look.")
        await world.agent.answers_notice(world.agent.hears("Film"), "#files")
        assert "no customer's mail with files" in words(world.agent.hears("Not all done"))


@pytest.mark.parametrize("border", [None, "dmarc=fail"])
async def test_nobody_gets_files_in_an_agents_name(border: str | None) -> None:
    async with await desk(trust=TRUSTING) as world:
        await stranger(world).writes("Film", "Look.", files={"film.bin": b"film"})
        notice = world.agent.hears("Film")
        await world.agent.answers_notice(notice, "#files", border=border)
        assert all(files(each) == {} for each in world.agent.hears_all())


async def test_a_notice_of_one_case_gives_no_files_of_another() -> None:
    """The token is of the agent's own case, the thread that of another team's."""
    teams = {
        "agents": [
            {"name": "Ana Agent", "address": "agent@acme.example", "teams": ["support"]},
            {"name": "Sal", "address": "sal@acme.example", "teams": ["sales"]},
        ],
        "teams": [{"name": "support"}, {"name": "sales"}],
    }
    policy = {"default_team": "support"}
    async with await DeskWorld.start(
        people=teams, trust=TRUSTING, mailbox={"subaddress": "+"}, policy=policy
    ) as world:
        await stranger(world).writes("Secret", "Look.", files={"secret.bin": b"secret"})
        theirs = world.agent.hears("Secret")
        secret = (await world.case())["ref"]
        await world.agent.answers_notice(theirs, "#assign sales")
        world.agent.hears_all()
        await stranger(world).writes("Other", "Look.")
        mine = world.agent.hears("Other")
        headers = {"In-Reply-To": str(theirs["Message-ID"]), "References": str(theirs["Message-ID"])}
        await world.agent.answers_notice(mine, "#files", headers=headers)
        assert all(files(each) == {} for each in world.agent.hears_all())
        assert secret


# --- how long letters are kept ------------------------------------------------------------------------


async def test_sent_letters_let_their_bytes_go_and_the_mail_stays_on_the_case() -> None:
    async with await desk(trust=TRUSTING) as world:
        await stranger(world).writes("Film", "Look.", files={"f.bin": noise(5000)}, border="dmarc=pass")
        before = await world.outbox()
        shown = await world.case()
        await world.passes(days=29)
        assert (await stored(world))[0] >= 2
        await world.passes(days=2)
        assert await world.outbox() != []
        query = select(outbox.c.id).where(outbox.c.body_id.is_not(None) | outbox.c.head.is_not(None))
        kept = await world.service.store.read(lambda conn: conn.execute(query).scalars().all())
        assert not {row["id"] for row in before} & set(kept)
        again = await world.case()
        assert [mail["text"] for mail in again["mails"]][: len(shown["mails"])] == [
            mail["text"] for mail in shown["mails"]
        ]


async def test_letters_that_were_never_sent_keep_their_bytes() -> None:
    async with await desk({"acks_per_hour": 0}, trust=TRUSTING, retention={"letters": "1d"}) as world:
        world.relay.refuse("agent@acme.example")
        await stranger(world).writes("Film", "Look.", border="dmarc=pass")
        await world.passes(days=3)
        states = {row["id"]: row["state"] for row in await world.outbox()}
        query = select(outbox.c.id).where(outbox.c.body_id.is_not(None))
        kept = set(await world.service.store.read(lambda conn: conn.execute(query).scalars().all()))
        failed = {number for number, state in states.items() if state == "failed"}
        assert failed
        assert failed <= kept
