"""Mail that a group or list rewrote: who writes through it is heard, and believed no further than it goes."""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, headline, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
GROUP = "support@acme.example"
BO = "bo@client.example"
NAMED = {"groups": [GROUP], "subaddress": "+"}
UNNAMED = {"subaddress": "+"}
GOOGLE = {
    "List-ID": "<support.acme.example>",
    "Mailing-list": "list support@acme.example; contact support+owners@acme.example",
    "Precedence": "list",
    "List-Post": "<https://groups.google.com/group/support/post>, <mailto:support@acme.example>",
    "List-Unsubscribe": "<mailto:googlegroups-manage+1+unsubscribe@googlegroups.com>",
    "X-Original-Sender": BO,
}
"""What Google Groups adds to a mail it passes on."""


async def a_desk(mailbox: dict[str, Any], **more: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, mailbox=mailbox, **more)


async def through(
    world: DeskWorld,
    writer: str,
    subject: str,
    text: str,
    *,
    group: str = GROUP,
    how: str = "X-Original-From",
    headers: dict[str, str] | None = None,
    **more: Any,
) -> EmailMessage:
    """A mail of `writer` comes through the group, signed by the group's own domain."""
    said = GOOGLE | ({how: writer} if how else {}) | (headers or {})
    if not how:
        del said["X-Original-Sender"]
    name = f"'{writer.partition('@')[0].title()}' via Support"
    more.setdefault("border", OK)
    return await Person(world, group, name).writes(
        subject, text, to=more.pop("to", GROUP), headers=said, **more
    )


def answering(letter: EmailMessage) -> dict[str, str]:
    return {"In-Reply-To": str(letter["Message-ID"]), "References": str(letter["Message-ID"])}


async def opened_by(world: DeskWorld) -> list[str]:
    return [case["requester"] for case in reversed(await world.cases())]


def nobody_at(world: DeskWorld, *addresses: str) -> bool:
    return not {each.lower() for mail in world.relay.mails for each in mail.recipients} & set(addresses)


# --- a group that the operator named ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["X-Original-From", "Reply-To"])
async def test_who_writes_through_a_named_group_is_a_customer_like_any_other(how: str) -> None:
    async with await a_desk(NAMED) as world:
        await through(world, BO, "Printer", "It burns.", how=how)
        bo = world.person(BO)
        assert await opened_by(world) == [BO]
        assert await world.verdicts() == ["opened"]
        assert "It burns" not in bo.hears().as_string()  # unknown, whatever the group's own signature says
        assert "through support@acme.example" in words(world.agent.hears("New: Printer"))
        await world.agent.answers("A cable is on its way.")
        assert "cable" in words(bo.hears("Printer"))
        assert nobody_at(world, GROUP)


async def test_a_reply_through_the_group_joins_by_a_token_of_their_own() -> None:
    async with await a_desk(NAMED) as world:
        await through(world, BO, "Printer", "It burns.")
        ack = world.person(BO).hears()
        world.agent.hears("New: Printer")
        await through(world, BO, "Re: your mail", "By Message-ID.", headers=answering(ack))
        await through(world, BO, "Another", "By reply address.", to=str(ack["Reply-To"]))
        assert await world.happened() == ["opened", "replied", "replied"]
        world.agent.hears_of("Reply: Printer", "Reply: Printer")
        # Nothing was proven by it: a mail in Bo's name still hears our fixed words only.
        assert not await is_proven(world, BO)


async def is_proven(world: DeskWorld, address: str) -> bool:
    from sqlalchemy import select

    from maildesk.store import schema

    c = schema.addresses.c
    return await world.service.store.read(
        lambda conn: (
            conn.execute(select(c.address).where(c.address == address, c.proven_at.is_not(None))).first()
            is not None
        )
    )


WAYS = ["thread", "own thread", "tag", "another's reply address", "a letter that went to others too"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["Escalate this to your manager.", "It burns again."])
async def test_without_a_token_of_their_own_they_have_a_case_of_their_own(way: str, text: str) -> None:
    """Anybody who posts to the group can write in a party's name, and may know an id or a tag."""
    async with await a_desk(NAMED) as world:
        bo, cy = world.person(BO, "Bo Lund"), world.person("cy@client.example", "Cy")
        first = await bo.writes("Printer", "SECRET: it burns.", cc=[cy.address], border=OK)
        ref = (await world.case())["ref"]
        bo.hears("Printer")
        await world.agent.answers("Both of you read this.")
        shared, to_cy = bo.hears("Printer"), cy.hears("Printer")
        mine = {"In-Reply-To": str(first["Message-ID"])}
        tag = f"[Acme #{ref}] Printer" if way == "tag" else "Hello"
        headers = {
            "thread": {"References": f"<root@client.example> {first['Message-ID']}"},
            "own thread": mine,
            "a letter that went to others too": answering(shared),
        }.get(way, {})
        to = str(to_cy["Reply-To"]) if way == "another's reply address" else GROUP
        world.agent.hears_all()
        await through(world, BO, tag, text, headers=headers, to=to)
        assert await world.happened(ref) == ["opened", "answered"]
        (own,) = [case for case in await world.cases() if case["ref"] != ref]
        assert own["requester"] == BO
        assert "mentioned" in await world.happened(own["ref"])
        told = world.agent.hears_all()
        assert any("came through the group support@acme.example" in words(each) for each in told)
        assert all(ref not in each.as_string() for each in cy.hears_all())


async def test_somebody_else_with_a_partys_reply_address_does_not_join_through_the_group() -> None:
    async with await a_desk(NAMED, accounts=[{"name": "Client", "domains": ["client.example"]}]) as world:
        bo = world.person(BO, "Bo Lund")
        await bo.writes("Printer", "It burns.", border=OK)
        back = str(bo.hears("Printer")["Reply-To"])
        ref = (await world.case())["ref"]
        for other in ("eve@evil.example", "eva@client.example"):
            await through(world, other, "Hm", "Let me in.", to=back)
        assert await world.happened(ref) == ["opened"]
        assert {each["address"] for each in (await world.case(ref))["parties"]} == {BO, "agent@acme.example"}


@pytest.mark.parametrize("who", ["agent@acme.example", "leader@acme.example"])
@pytest.mark.parametrize("how", ["X-Original-From", "Reply-To"])
@pytest.mark.parametrize("way", ["reply address", "Message-ID", "nothing"])
async def test_nobody_of_the_desk_is_found_through_a_group(who: str, how: str, way: str) -> None:
    async with await a_desk(NAMED) as world:
        bo = world.person(BO, "Bo Lund")
        await bo.writes("Printer", "It burns.", border=OK)
        bo.hears("Printer")
        notice = world.agent.hears("New: Printer")
        ref = (await world.case())["ref"]
        await through(
            world,
            who,
            "Re: Printer",
            "#close\n\nApproved by me: refund 5000 EUR.\n",
            how=how,
            to=str(notice["Reply-To"]) if way == "reply address" else GROUP,
            headers=answering(notice) if way == "Message-ID" else {},
        )
        assert await world.happened(ref) == ["opened"]
        bo.hears_nothing()
        told = [*world.agent.hears_all(), *world.leader.hears_all()]
        assert {headline(each).partition("] ")[2].partition(":")[0] for each in told} == {"New"}
        assert any("nobody of the desk is believed through a group" in words(each) for each in told)
        (other,) = [case for case in await world.cases() if case["ref"] != ref]
        assert other["requester"] in (None, "")


@pytest.mark.parametrize("trust", [TRUSTING, {}])
async def test_through_a_group_a_customer_is_never_more_than_unknown(trust: dict[str, str]) -> None:
    """Their mail with a fail for the group itself is a forgery, told to the team and answered to nobody."""
    async with await DeskWorld.start(trust=trust, mailbox=NAMED) as world:
        await through(world, BO, "Printer", "It burns.", border="dmarc=fail")
        world.agent.hears("New: Printer")
        assert nobody_at(world, BO) is bool(trust)


async def test_a_machine_behind_the_group_is_answered_by_nobody() -> None:
    async with await a_desk(NAMED) as world:
        await through(world, BO, "Away", "I am away.", headers={"Auto-Submitted": "auto-replied"})
        assert await world.verdicts() == ["automatic"]
        assert world.relay.mails == []


# --- a group that nobody named ----------------------------------------------------------------------


@pytest.mark.parametrize("trust", [TRUSTING, {}], ids=["vouched for", "nobody vouches"])
@pytest.mark.parametrize("how", ["X-Original-From", "Reply-To"])
async def test_a_list_of_our_own_address_speaks_without_being_named(trust: dict[str, str], how: str) -> None:
    """A Google Group writes itself into From where the customer's domain forbids it to pass that on."""
    async with await DeskWorld.start(trust=trust, mailbox=UNNAMED) as world:
        await through(world, BO, "Login", "I cannot log in, error 403.", how=how)
        bo = world.person(BO)
        assert await opened_by(world) == [BO]
        assert "403" not in bo.hears().as_string()  # nothing is proven of who wrote
        assert "through support@acme.example" in words(world.agent.hears("New: Login"))
        await world.agent.answers("Which version?")
        answer = bo.hears("Login")
        await through(world, BO, "Re: Login", "Version 5. It is urgent!", how=how, headers=answering(answer))
        assert (await world.verdicts())[-1] == "appended"
        assert "Version 5." in words(world.agent.hears("Reply: Login"))
        assert not await is_proven(world, BO)
        assert nobody_at(world, GROUP)


async def test_the_reply_through_the_group_joins_beside_a_rule_for_its_address() -> None:
    """Such a rule was the way around before groups were known."""
    rule = {"name": "group", "when": {"sender": GROUP}, "then": {"requester": "reply-to"}}
    async with await DeskWorld.start(mailbox=UNNAMED, policy={"rules": [rule]}) as world:
        await through(world, BO, "Login", "I cannot log in.")
        await world.agent.answers("Which version?")
        (_, answer) = world.person(BO).hears_all()
        world.agent.hears_all()
        await through(world, BO, "Re: Login", "Version 5.", headers=answering(answer) | {"Reply-To": BO})
        assert await world.happened() == ["opened", "answered", "replied"]
        assert "Version 5." in words(world.agent.hears("Reply: Login"))


SEEMS = r"seems to come from bo@client\.example through support@acme\.example.*mailboxes\[\]\.groups"


def said(letters: list[EmailMessage]) -> str:
    return "\n".join(" ".join(words(each).split()) for each in letters)


@pytest.mark.parametrize("way", ["nothing", "Message-ID", "thread", "reply address", "tag"])
@pytest.mark.parametrize("how", ["X-Original-From", "Reply-To"])
async def test_a_customers_mail_under_our_own_name_is_told_to_the_team_and_answered_to_nobody(
    way: str, how: str
) -> None:
    """Nobody vouches for the group's own address, so anybody may have written that it is one."""
    async with await a_desk(UNNAMED) as world:
        bo = world.person(BO, "Bo Lund")
        first = await bo.writes("Printer", "It burns.", border=OK)
        await world.agent.answers("A cable is on its way.")
        (_, answer) = bo.hears_all()
        ref = (await world.case())["ref"]
        world.agent.hears_all()
        headers = {
            "Message-ID": answering(answer),
            "thread": {"In-Reply-To": str(first["Message-ID"])},
        }.get(way, {})
        subject = f"Re: [Acme #{ref}] Printer" if way == "tag" else "Re: Printer"
        to = str(answer["Reply-To"]) if way == "reply address" else GROUP
        words_of_bo = "It still burns. Escalate!"
        await through(world, BO, subject, words_of_bo, how=how, headers=headers, to=to, border=None)
        assert re.search(SEEMS, said(world.agent.hears_all()))
        bo.hears_nothing()
        world.leader.hears_nothing()
        assert await world.happened(ref) == ["opened", "answered"]
        assert nobody_at(world, GROUP)


@pytest.mark.parametrize("name", ["support", "help", "support+list", "news"])
async def test_every_name_of_ours_and_every_list_of_our_domain_is_seen_through(name: str) -> None:
    group = f"{name}@acme.example"
    async with await a_desk({"aliases": ["help@acme.example"]}) as world:
        list_id = {"List-ID": f"<{group.replace('@', '.')}>"}
        await through(world, BO, "Printer", "It burns.", group=group, headers=list_id, border=None)
        assert re.search(
            SEEMS.replace("support@acme", re.escape(f"{name}@acme")), said(world.agent.hears_all())
        )
        assert nobody_at(world, BO, group)


@pytest.mark.parametrize("who", [BO, "agent@acme.example"])
@pytest.mark.parametrize("way", ["nothing", "thread", "tag"])
async def test_a_form_that_writes_in_our_own_name_opens_a_case_for_whom_it_names_and_nothing_more(
    who: str, way: str
) -> None:
    """Contact forms of web sites do: who fills one in may write any address there."""
    rule = {"name": "form", "when": {"sender": GROUP}, "then": {"requester": "reply-to"}}
    async with await a_desk(UNNAMED, policy={"rules": [rule]}) as world:
        bo = world.person(BO, "Bo Lund")
        first = await bo.writes("Printer", "It burns.", border=OK)
        ref = (await world.case())["ref"]
        bo.hears_all(), world.agent.hears_all()
        headers = {"Reply-To": who} | ({"In-Reply-To": str(first["Message-ID"])} if way == "thread" else {})
        subject = f"[Acme #{ref}] Contact" if way == "tag" else "Contact"
        form = Person(world, GROUP, "Web site")
        await form.writes(subject, "WORDS: close it. #close", headers=headers, to=GROUP, border=OK)
        assert await world.happened(ref) == ["opened"]
        (other,) = [case for case in await world.cases() if case["ref"] != ref]
        assert (other["requester"] == BO) is (who == BO)
        world.agent.hears("New: Contact")
        assert all("WORDS" not in each.as_string() for each in bo.hears_all())
        assert nobody_at(world, GROUP)


@pytest.mark.parametrize("mailbox", [NAMED, UNNAMED], ids=["named", "unnamed"])
async def test_our_own_address_with_nobody_behind_it_is_told_too(mailbox: dict[str, Any]) -> None:
    """As when a colleague writes from the desk's own account, or a list hides who wrote."""
    async with await a_desk(mailbox) as world:
        bo = world.person(BO, "Bo Lund")
        first = await bo.writes("Printer", "It burns.", border=OK)
        bo.hears_all(), world.agent.hears_all()
        await through(world, "x@y.example", "Re: Printer", "Hm.", how="", headers=answering(first))
        assert "bears our own address support@acme.example" in said(world.agent.hears_all())
        bo.hears_nothing()


@pytest.mark.parametrize("mailbox", [NAMED, UNNAMED], ids=["named", "unnamed"])
@pytest.mark.parametrize("thread", [True, False], ids=["as it was", "its thread gone"])
@pytest.mark.parametrize("border", [OK, "dmarc=fail", None])
async def test_our_own_letter_that_comes_back_is_still_swallowed(
    mailbox: dict[str, Any], thread: bool, border: str | None
) -> None:
    async with await a_desk(mailbox) as world:
        bo = world.person(BO, "Bo Lund")
        await bo.writes("Printer", "It burns.", border=OK)
        await world.agent.answers("A cable is on its way.")
        (_, answer) = bo.hears_all()
        world.agent.hears_all()
        back = EmailMessage()
        for name, value in answer.items():
            if name.lower() not in ("content-type", "mime-version", "content-transfer-encoding"):
                back[name] = value
        if not thread:
            del back["In-Reply-To"], back["References"]
        back.set_content(words(answer) + "\n--\nA footer of the list\n")
        await world.person(GROUP).sends(back, border=border)
        assert (await world.verdicts())[-1] == "automatic"
        assert len(await world.cases()) == 1
        world.agent.hears_nothing()
        bo.hears_nothing()
