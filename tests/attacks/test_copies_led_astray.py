"""A copy that somebody led to a case of theirs takes the real mail nowhere that its author does not speak."""

from __future__ import annotations

from email.policy import SMTP

import pytest

from tests.attacks.test_copies import BO, bytes_of
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

EVE = "eve@evil.example"
SIGNS = pytest.mark.parametrize("sign", ["List-Id: <all.client.example>", "Auto-Submitted: auto-generated"])


async def eve_hears_nothing_of_it(world: DeskWorld, ref: str) -> None:
    """Bo's mail has a case of its own, and what the agent answers there is not for Eve."""
    eve = world.person(EVE)
    eve.hears_all()
    (own,) = [each for each in await world.cases() if each["ref"] != ref]
    assert own["requester"] == BO
    assert {each["address"] for each in (await world.case(own["ref"]))["parties"]} <= {
        BO,
        world.agent.address,
    }
    await world.agent.answers("SECRET: pull the plug.", ref=own["ref"])
    assert "SECRET" in words(world.person(BO).hears_all()[-1])
    eve.hears_nothing()


@SIGNS
@pytest.mark.parametrize("border", [None, "dmarc=pass"], ids=["no host named", "vouched"])
async def test_who_was_only_copied_does_not_join_because_a_copy_of_their_mail_did(
    sign: str, border: str | None
) -> None:
    """Eve sends on what Bo wrote, as a list does, to her own reply address."""
    trust = TRUSTING if border else {}
    async with await DeskWorld.start(trust=trust, mailbox={"subaddress": "+"}) as world:
        bo, eve = world.person(BO, "Bo Lund"), world.person(EVE, "Eve")
        await eve.writes("Hello", "Nothing of note.", cc=[BO], border=border)
        ref, back = (await world.case())["ref"], eve.hears_all()[0]["Reply-To"]
        mail = bo.composes("Printer", "It burns.")
        await world.arrives(f"Delivered-To: {back}\r\n{sign}\r\n".encode() + mail.as_bytes(policy=SMTP))
        bo.hears_all()
        await world.arrives(bytes_of(mail, border=border))
        await eve_hears_nothing_of_it(world, ref)


@SIGNS
async def test_a_copy_that_was_led_to_anothers_silent_case_makes_no_first_mail_of_it(sign: str) -> None:
    """Nobody is heard on a case that a machine opened; Eve's is still hers."""
    async with await DeskWorld.start() as world:
        bo, eve = world.person(BO, "Bo Lund"), world.person(EVE, "Eve")
        silent = eve.composes("Hello", "Nothing.", headers={"Auto-Submitted": "auto-generated"})
        await eve.sends(silent, border=None)
        ref = (await world.case())["ref"]
        mail = bo.composes("Printer", "It burns.")
        ahead = bo.composes("Printer", "Hm.", message_id=mail["Message-ID"], answering=silent)
        await world.arrives(bytes_of(ahead, sign))
        assert (await world.inbox())[-1]["case"] == ref
        await world.arrives(bytes_of(mail))
        await eve_hears_nothing_of_it(world, ref)
        assert (await world.case(ref))["requester"] == EVE


@pytest.mark.parametrize("border", [None, "dmarc=pass"], ids=["no host named", "vouched"])
@pytest.mark.parametrize("how", ["as it was", "quiet", "other words"])
async def test_a_copy_sent_to_a_case_of_anothers_does_not_swallow_the_mail_itself(
    how: str, border: str | None
) -> None:
    """Bo is a stranger there; what he wrote to us is a case of his own, whoever sent it elsewhere before."""
    trust = TRUSTING if border else {}
    async with await DeskWorld.start(trust=trust, mailbox={"subaddress": "+"}) as world:
        bo, eve = world.person(BO, "Bo Lund"), world.person(EVE, "Eve")
        await eve.writes("Hello", "Nothing of note.", border=border)
        ref, back = (await world.case())["ref"], eve.hears_all()[0]["Reply-To"]
        mail = bo.composes("Printer", "It burns.")
        ahead = bo.composes("Printer", "Hm.", message_id=mail["Message-ID"]) if how == "other words" else mail
        added = ["List-Unsubscribe: <mailto:off@client.example>"] if how == "quiet" else []
        await world.arrives(bytes_of(ahead, f"Delivered-To: {back}", *added, border=border))
        assert (await world.verdicts())[-1] == "third_party"
        world.agent.hears_all()
        await world.arrives(bytes_of(mail, border=border))
        bo.hears()
        assert "where its author takes no part came first" in " ".join(
            words(world.agent.hears("New")).split()
        )
        await world.arrives(bytes_of(mail, "X-Trace: once more", border=border))
        await world.arrives(bytes_of(mail, f"Delivered-To: {back}", "X-Trace: and more", border=border))
        assert (await world.verdicts())[2:] == ["opened", "duplicate", "duplicate"]
        await eve_hears_nothing_of_it(world, ref)


async def test_a_strangers_mail_that_comes_twice_to_the_same_case_is_one() -> None:
    async with await DeskWorld.start(mailbox={"subaddress": "+"}) as world:
        bo, eve = world.person(BO, "Bo Lund"), world.person(EVE, "Eve")
        await eve.writes("Hello", "Nothing of note.")
        mail = bo.composes("Hello", "Me too.", to=str(eve.hears_all()[0]["Reply-To"]))
        for place in range(2):
            await world.arrives(bytes_of(mail, f"X-Trace: {place}"))
        assert await world.verdicts() == ["opened", "third_party", "duplicate"]
