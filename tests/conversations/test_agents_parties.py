"""Others on a case: people copied, added, removed, strangers let in or not, colleagues who were asked."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from maildesk.desk.decisions import parties
from maildesk.desk.decisions.actor import Actor
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

PLUS = {"subaddress": "+"}
OK = "dmarc=pass"


async def a_desk(**more: object) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, mailbox=PLUS, **more)  # type: ignore[arg-type]  # as it takes


async def bo_has_a_case(world: DeskWorld, cc: tuple[str, ...] = ()) -> Person:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "EARLIER: it burns.", cc=cc, border=OK)
    world.agent.hears("New: Printer")
    return bo


async def adds(world: DeskWorld, address: str) -> None:
    hand = Actor(world.agent.address, world.clock.now(), world.agent.address)
    await world.acts(lambda case: parties.add_party(case, world.office.desk, hand, address))


async def removes(world: DeskWorld, address: str) -> None:
    hand = Actor(world.agent.address, world.clock.now(), world.agent.address)
    await world.acts(lambda case: parties.remove_party(case, world.office.desk, hand, address))


async def roles(world: DeskWorld) -> dict[str, str]:
    return {each["address"]: each["role"] for each in (await world.case())["parties"]}


def reply_to(letter: EmailMessage) -> str:
    return str(letter["Reply-To"])


async def test_who_is_copied_hears_what_comes_after_each_by_their_own_token() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world, cc=("cy@client.example",))
        cy = world.person("cy@client.example", "Cy")
        cy.hears_nothing()
        bo.hears("Printer")
        await world.agent.answers("LATER: a new cable is on its way.")
        to_bo, to_cy = bo.hears("Printer"), cy.hears("Printer")
        assert words(to_cy) == words(to_bo)
        assert "LATER" in words(to_cy)
        assert "EARLIER" not in to_cy.as_string()
        assert to_bo["Message-ID"] == to_cy["Message-ID"]
        assert reply_to(to_bo) != reply_to(to_cy)
        assert reply_to(to_bo) not in to_cy.as_string()
        await cy.replies(to_cy, "It arrived.", border=OK)
        assert await world.verdicts() == ["opened", "appended"]
        assert words(world.agent.hears("Reply: Printer")).count("It arrived.") == 1


async def test_who_is_added_later_is_shown_nothing_earlier() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        bo.hears_all()
        await world.agent.answers("EARLIER: we look into it.")
        di = world.person("di@other.example", "Di")
        await adds(world, di.address)
        di.hears_nothing()
        await world.agent.answers("LATER: it is the fuse.")
        letter = di.hears("Printer")
        assert "LATER" in words(letter)
        assert "EARLIER" not in letter.as_string()
        await di.replies(letter, "Thank you, it works.", border=OK)
        assert (await world.happened())[-1] == "replied"
        assert len(bo.hears_all()) == 2


async def test_who_was_removed_hears_nothing_and_their_token_leads_no_more_into_the_case() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world, cc=("cy@client.example",))
        cy = world.person("cy@client.example", "Cy")
        bo.hears_all()
        await world.agent.answers("Two of you read this.")
        to_cy = cy.hears("Printer")
        bo.hears_all()
        await removes(world, cy.address)
        assert (await roles(world))[cy.address] == "former"
        await world.agent.answers("One of you reads this.")
        cy.hears_nothing()
        letter = bo.hears("Printer")
        await cy.replies(to_cy, "Escalate! I am still here.", border=OK)
        assert await world.verdicts() == ["opened", "third_party"]
        case = await world.case()
        assert case["escalated"] is False
        assert "does not take part" in words(world.agent.hears("Take care: Printer"))
        # Bo's mail program answers all, as before: that does not bring them back.
        await bo.replies(letter, "Thanks.", cc=[cy.address], border=OK)
        assert (await roles(world))[cy.address] == "former"
        # A colleague with the token of somebody removed is nobody's colleague.
        await world.person("cat@client.example").writes("Hm", "Me too.", to=reply_to(to_cy), border=OK)
        assert (await world.verdicts())[-1] == "third_party"
        # Who is added again gets a token of their own, and the old one stays dead.
        await adds(world, cy.address)
        await world.agent.answers("Welcome back.")
        again = cy.hears("Printer")
        assert reply_to(again) != reply_to(to_cy)
        await cy.replies(again, "Hello.", border=OK)
        assert (await world.verdicts())[-1] == "appended"


async def a_stranger_wrote(world: DeskWorld, to: str, address: str = "bo.private@mail.example") -> Person:
    """The same person from another address, or anybody else: nobody can tell."""
    eve = world.person(address, "Bo at home")
    await eve.writes("Printer", "STRANGER: escalate, it still burns.", to=to, border=OK)
    assert (await world.verdicts())[-1] == "third_party"
    return eve


async def test_a_changed_address_is_a_third_party_until_the_owner_says_yes() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        eve = await a_stranger_wrote(world, reply_to(bo.hears("Printer")))
        wrote = world.clock.now()
        notice = world.agent.hears("Take care: Printer")
        assert f"Does {eve.address} take part" in words(notice)
        await world.agent.answers("For Bo alone.")
        bo.hears("Printer")
        eve.hears_nothing()
        await world.passes(hours=2)
        await world.agent.replies(notice, "Yes.\n\nThat is Bo's private address.", border=OK)
        told = words(world.agent.hears("Let in: Printer"))
        assert f"{wrote:%A, %-d %B %Y, %H:%M} (Lisbon)" in told
        assert (await world.happened())[-2:] == ["party-joined", "replied"]
        assert (await world.verdicts())[-1] == "command"
        bo.hears_nothing()
        eve.hears_nothing()
        await world.agent.answers("For both.")
        letter = eve.hears("Printer")
        assert "For Bo alone" not in letter.as_string()
        assert letter["In-Reply-To"] == "<2.bo.private@mail.example>"
        bo.hears("Printer")
        await eve.replies(letter, "It works.", border=OK)
        assert (await world.verdicts())[-1] == "appended"
        # Said twice, it is done once.
        await world.agent.replies(notice, "yes", border=OK)
        assert "already" in words(world.agent.hears_all()[-1])
        assert (await world.happened()).count("party-joined") == 1
        # And what is settled is not asked again, nor denied.
        await world.agent.replies(notice, "Is she his boss?", border=OK)
        assert "takes part in this case already" in words(world.agent.hears("Settled before: Printer"))
        bo.hears_nothing()


async def test_yes_opens_a_closed_case_again_as_the_reply_would_have() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        token = reply_to(bo.hears("Printer"))
        await world.agent.closes()
        bo.hears("Printer")
        await a_stranger_wrote(world, token)
        assert (await world.case())["phase"] == "closed"
        await world.agent.replies(world.agent.hears("Take care: Printer"), "yes", border=OK)
        assert "opened the case again" in words(world.agent.hears("Let in: Printer"))
        case = await world.case()
        assert (case["phase"], case["reopened"], case["escalated"]) == ("open", 1, False)


@pytest.mark.parametrize(
    "answer", ["no", "No, I do not know them.", "Who is that? SECRET", "Nothing from me"]
)
async def test_anything_but_yes_lets_nobody_in_and_is_said_to_nobody_outside(answer: str) -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        eve = await a_stranger_wrote(world, reply_to(bo.hears("Printer")))
        before = await roles(world)
        await world.agent.replies(world.agent.hears("Take care: Printer"), answer, border=OK)
        world.agent.hears("Not let in")
        assert (await world.verdicts())[-1] == "note"
        assert await roles(world) == before
        bo.hears_nothing()
        eve.hears_nothing()


async def test_the_question_says_one_rule_about_its_answers_and_keeps_it() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        await a_stranger_wrote(world, reply_to(bo.hears("Printer")))
        asked = world.agent.hears("Take care: Printer")
        said = " ".join(words(asked).split())
        assert "an empty line below it if you write more" in said
        assert "Whatever else you answer to this letter goes to nobody outside." in said
        assert ", answer another notice of this case. Commands may stand" in said
        assert "Any other answer" not in said
        assert "Your answer goes to" not in said
        # Words below a command are no exception, and the command is done.
        await world.agent.replies(asked, "#priority high\nWho is this, Ben?", border=OK)
        assert "kept as a note" in words(world.agent.hears("Done: Printer"))
        assert (await world.case())["priority"] == "high"
        # What stands right below the yes takes it back, and the letter says why nothing was done.
        await world.agent.replies(asked, "yes\nBut be careful with him.", border=OK)
        told = " ".join(words(world.agent.hears("Not let in: Printer")).split())
        assert "neither the one word yes, with an empty line between it and whatever stands below" in told
        assert "bo.private@mail.example" not in await roles(world)
        await world.agent.replies(asked, "yes\n\nBut be careful with him.", border=OK)
        world.agent.hears("Let in: Printer")
        assert "bo.private@mail.example" in await roles(world)
        # Settled, and still nothing that answers it goes outside.
        await world.agent.replies(asked, "#priority low\nThank you.", border=OK)
        await world.agent.replies(asked, "Thank you.", border=OK)
        sooner, later = map(words, bo.hears_all())  # what the two priorities promise, and no word of hers
        assert "13:30 (Lisbon)" in sooner
        assert "26 November 2025, 09:30 (Lisbon)" in later


async def test_yes_to_any_other_notice_is_an_answer_to_the_customer() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "May I switch it off?", border=OK)
        notice = world.agent.hears("New: Printer")
        await a_stranger_wrote(world, reply_to(bo.hears("Printer")))
        world.agent.hears("Take care: Printer")
        await world.agent.replies(notice, "Yes, please do.", border=OK)
        assert "Yes, please do." in words(bo.hears("Printer"))
        assert "party-joined" not in await world.happened()


async def test_a_yes_that_nobody_vouches_for_lets_nobody_in() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        await a_stranger_wrote(world, reply_to(bo.hears("Printer")))
        await world.agent.replies(world.agent.hears("Take care: Printer"), "yes", border="dmarc=fail")
        assert "party-joined" not in await world.happened()


async def test_a_yes_that_its_author_answers_for_lets_them_in() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        eve = await a_stranger_wrote(world, reply_to(bo.hears("Printer")))
        await world.agent.replies(world.agent.hears("Take care: Printer"), "yes")
        assert "party-joined" not in await world.happened()
        await world.agent.replies(world.agent.hears(), "yes")
        assert (await roles(world))[eve.address] == "cc"


async def test_a_mail_that_verifies_an_address_is_never_passed_on_to_the_customer() -> None:
    """Somebody registers the case's address at a service, and wants its mail with the code."""
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        token = reply_to(bo.hears("Printer"))
        saas = world.person("no-reply@saas.example", "SaaS")
        await saas.writes("Verify your address", "CODE 123456", to=token, border=OK)
        await saas.writes(
            "Verify again", "CODE 654321", to=token, border=OK, headers={"Auto-Submitted": "auto-generated"}
        )
        assert await world.verdicts() == ["opened", "third_party", "automatic"]
        bo.hears_nothing()
        await world.agent.answers("It is the fuse.")
        letter = bo.hears("Printer").as_string()
        assert "CODE" not in letter
        assert "saas.example" not in letter
        saas.hears_nothing()


async def test_a_colleague_who_is_asked_answers_the_desk_and_never_the_customer() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        bo.hears_all()
        await world.agent.takes()
        dev = world.person("dev@maker.example", "Dev")
        notice = world.agent.letters()[0]
        await world.agent.replies(notice, f"#ask {dev.address}\nSECRET: is that our fault?", border=OK)
        asked = dev.hears("Printer")
        assert "SECRET: is that our fault?" in words(asked)
        assert (await roles(world))[dev.address] == "colleague"
        world.agent.hears_all()
        await dev.replies(asked, "SECRET: yes, it is.", cc=[bo.address, "cy@client.example"], border=OK)
        assert (await world.verdicts())[-1] == "note"
        assert "SECRET: yes, it is." in words(world.agent.hears("Answered by a colleague: Printer"))
        bo.hears_nothing()
        assert "cy@client.example" not in await roles(world)
        # They were asked one thing: what follows is not theirs to read.
        await world.agent.answers("We are sorry: it was our fault.")
        assert "SECRET" not in bo.hears("Printer").as_string()
        await bo.writes(f"[Acme #{(await world.case())['ref']}]", "Thank you.", border=OK)
        dev.hears_nothing()


async def test_who_only_bears_the_name_of_somebody_asked_is_told_of_as_that() -> None:
    async with await a_desk() as world:
        await bo_has_a_case(world)
        await world.agent.takes()
        dev = world.person("dev@maker.example", "Dev")
        await world.agent.replies(
            world.agent.letters()[0], f"#ask {dev.address}\nIs that our fault?", border=OK
        )
        asked, ref = dev.hears("Printer"), (await world.case())["ref"]
        world.agent.hears_all()
        await dev.writes(f"[Acme #{ref}]", "Send them a new one.", border="")
        told = world.agent.hears("Answered by a colleague: Printer")
        assert "does not vouch for its sender" in words(told)
        assert (await world.case())["mails"][-2]["unconfirmed"]
        await dev.replies(asked, "Not ours.", border=OK)
        told = world.agent.hears("Answered by a colleague: Printer")
        assert "does not vouch for its sender" not in words(told)


async def test_who_was_asked_is_removed_with_every_detail_of_the_address() -> None:
    async with await a_desk() as world:
        await bo_has_a_case(world)
        notice = world.agent.letters()[0]
        await world.agent.replies(
            notice, "#ask dev@maker.example, dev+x@maker.example\nIs that our fault?", border=OK
        )
        await world.agent.replies(notice, "#remove dev@maker.example", border=OK)
        left = {address for address, role in (await roles(world)).items() if role != "former"}
        assert {"dev@maker.example", "dev+x@maker.example"}.isdisjoint(left)


async def test_a_forged_colleague_changes_nothing() -> None:
    async with await a_desk() as world:
        bo = await bo_has_a_case(world)
        bo.hears_all()
        dev = world.person("dev@maker.example", "Dev")
        notice = world.agent.letters()[0]
        await world.agent.replies(notice, f"#ask {dev.address}\nIs that our fault?", border=OK)
        asked = dev.hears("Printer")
        world.agent.hears_all()
        await dev.replies(asked, "Send them money.", border="dmarc=fail")
        assert (await world.verdicts())[-1] == "unverified"
        assert "could not be trusted" in words(world.agent.hears("Take care: Printer"))
        bo.hears_nothing()
