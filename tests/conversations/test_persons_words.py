"""A person's words under a machine's headers reach a person; what nobody wrote disturbs nobody."""

from __future__ import annotations

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
LISTED = {"List-Id": "IT <it.client.example>", "Precedence": "list"}
NEWS = {"List-Unsubscribe": "<mailto:leave@shop.example>", "Precedence": "bulk"}
PROGRAM = {"Auto-Submitted": "auto-generated"}

ROBOTS: dict[str, dict[str, str]] = {
    "another desk": {
        "Precedence": "bulk", "X-RT-Loop-Prevention": "vendor.example", "RT-Ticket": "vendor.example #7",
        "Managed-BY": "RT 5.0.3 (http://www.bestpractical.com/rt/)",
    },
    "a tracker": {"Precedence": "bulk", "Auto-Submitted": "auto-generated", "X-JIRA-FingerPrint": "7a"},
    "a desk with a list for each case": {
        "List-Id": "<case-7.vendor.example>", "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": "<https://vendor.example/cases/7/unsubscribe>",
    },
}  # fmt: skip


def carla_of(world: DeskWorld) -> Person:
    return world.person("carla@client.example", "Carla Nunes")


def heard_by(who: Person) -> str:
    """What the one letter says that somebody had since we last looked."""
    [letter] = who.hears_all()
    return words(letter)


async def test_a_person_who_writes_through_a_list_is_heard_and_gets_a_persons_answer_only() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = carla_of(world)
        await carla.writes("Smoke", "Our copier smokes, come quickly.", headers=LISTED, border=OK)
        notice = world.agent.hears("New: Smoke")
        assert "Our copier smokes, come quickly." in words(notice)
        assert "a list or a program sent it" in words(notice)
        carla.hears_nothing()
        assert (await world.case())["due"]["response"]
        await world.passes(days=5)
        assert all(
            "so its sender was sent no receipt" in words(each) for each in (notice, *world.agent.hears_all())
        )
        await world.agent.answers_notice(notice, "Pull the plug.")
        assert "Pull the plug." in heard_by(carla)


async def test_what_a_person_says_through_another_system_reaches_the_owner_and_changes_nothing() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        vendor = world.person("help@vendor.example", "Dora Lima via Desk")
        await vendor.writes("Licence", "It has run out.", border=OK)
        await world.agent.answers_notice(
            world.agent.hears("New: Licence"), "#take\n#wait 5d\n\nWhich release do you have?"
        )
        world.agent.hears_all()
        question = vendor.hears_all()[-1]
        for kind, headers in ROBOTS.items():
            said = f"Release 5, says {kind}. I want to escalate."
            await vendor.replies(question, said, headers=headers, border=OK)
            assert said in heard_by(world.agent)
            case = await world.case()
            assert (case["phase"], case["escalated"]) == ("waiting", False)
        await world.agent.closes("it is paid")
        vendor.hears("Licence")
        await vendor.replies(question, "Thanks from all of us.", headers=ROBOTS["another desk"], border=OK)
        told = heard_by(world.agent)
        assert "Thanks from all of us." in told
        assert "which stays as it ended" in told
        assert (await world.case())["phase"] == "closed"
        vendor.hears_nothing()
        world.leader.hears_nothing()


async def test_whom_an_agent_asked_is_heard_through_their_own_desk_too() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla, vendor = carla_of(world), world.person("help@vendor.example", "Dora Lima via Desk")
        await carla.writes("The door", "It is shut.", border=OK)
        carla.hears("The door")
        await world.agent.answers_notice(
            world.agent.hears("New: The door"), "#ask help@vendor.example\n\nDo you have a key?"
        )
        world.agent.hears_all()
        await vendor.replies(
            vendor.hears("The door"), "We have two.", headers=ROBOTS["another desk"], border=OK
        )
        assert "We have two." in heard_by(world.agent)
        carla.hears_nothing()
        vendor.hears_nothing()


async def test_a_form_that_a_rule_names_is_heard_and_acknowledged_though_it_is_a_program() -> None:
    rule = {"name": "form", "when": {"sender": "form@acme-web.example"}, "then": {"requester": "reply-to"}}
    async with await DeskWorld.start(trust=TRUSTING, policy={"rules": [rule]}) as world:
        form, carla = world.person("form@acme-web.example", "Contact form"), carla_of(world)
        headers = {**PROGRAM, "Reply-To": "Carla Nunes <carla@client.example>"}
        await form.writes("No entry", "Message: the door is shut.", headers=headers, border=OK)
        assert "the door is shut." in words(world.agent.hears("New: No entry"))
        carla.hears("We have received your message")
        form.hears_nothing()


async def test_what_a_program_reports_is_heard_each_time_and_a_flood_of_it_as_a_digest() -> None:
    async with await DeskWorld.start(trust=TRUSTING, limits={"notices_at_once": 3}) as world:
        cron = world.person("root@host7.client.example")
        await cron.writes("Backup FAILED", "The tape is full.", headers=PROGRAM, border=OK)
        assert "The tape is full." in words(world.agent.hears("New: Backup FAILED"))
        for number in range(6):
            await cron.writes(f"Backup FAILED, {number}", "No tape.", headers=PROGRAM, border=OK)
        assert len(world.agent.hears_all()) == 3  # two more of them, and the digest of the first of the rest
        await world.passes(minutes=20)
        digest = heard_by(world.agent)
        assert all(f"Backup FAILED, {number}" in digest for number in (3, 4, 5))
        cron.hears_nothing()


async def test_a_newsletter_disturbs_nobody_and_is_promised_nothing_until_an_agent_answers_it() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        news = world.person("news@shop.example", "Shop news")
        await news.writes("Ten new toners", "Buy them all.", headers=NEWS, border=OK)
        await world.passes(days=3)
        case = await world.case()
        assert (case["phase"], case["due"]["response"]) == ("closed", None)
        await world.agent.answers("Please send us your prices.")
        assert "your prices" in heard_by(news)
        assert (await world.case())["phase"] == "open"
        world.agent.hears_nothing()


async def test_a_person_who_writes_to_a_case_that_was_promised_nothing_is_promised_an_answer() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        shop = world.person("news@shop.example", "Shop news")
        sent = await shop.writes("Ten new toners", "Buy them all.", headers=NEWS, border=OK)
        await shop.adds(sent, "I meant to ask: is your printer mended?", border=OK)
        assert "is your printer mended?" in words(world.agent.hears("Reopened: Ten new toners"))
        told = heard_by(shop)
        assert "open again" not in told
        assert "has reached us" in told
        assert (await world.case())["due"]["response"]
        await world.passes(days=4)
        assert "An answer was due by" in words(world.agent.hears_all()[-1])


async def test_what_comes_back_and_who_is_away_disturb_nobody_and_are_promised_nothing() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, daemon = world.person("bo@client.example"), world.person("mailer-daemon@client.example")
        await bo.writes("Out of office", "I am away until 5 May.", headers={"X-Autoreply": "yes"}, border=OK)
        await bo.writes("Abwesend: Ihre Nachricht", "Ich bin verreist.", headers=PROGRAM, border=OK)
        await bo.writes("Our own", "Round it goes.", headers={"X-Loop": world.address}, border=OK)
        await daemon.writes("Undelivered", "No such user.", border=OK)
        await world.passes(days=3)
        assert [case["due"]["response"] for case in await world.cases()] == [None] * 4
        for one in (world.agent, world.leader, bo, daemon):
            one.hears_nothing()


async def test_a_rule_may_ask_for_the_mark_of_a_border_on_spam() -> None:
    rule = {"name": "dubious", "when": {"spam": True}, "then": {"priority": "low"}}
    async with await DeskWorld.start(trust=TRUSTING, policy={"rules": [rule]}) as world:
        bo = world.person("bo@client.example")
        await bo.writes("You won", "Ten million.", headers={"X-Spam-Flag": "YES"}, border=OK)
        assert "a server on its way called it spam" in words(world.agent.hears("New: You won"))
        bo.hears_nothing()
        assert (await world.case())["priority"] == "low"
        await bo.writes("The door", "It is shut.", border=OK)
        assert [case["priority"] for case in await world.cases()].count("low") == 1
