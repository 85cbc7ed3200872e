"""Saved replies: `#say NAME` in an answer, in the customer's language, above the agent's own words."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

REPLIES = {
    "en/say/password-reset.txt": "Dear {{ requester or 'customer' }},\n\nhere is how: {{ case.ref }}.\n",
    "de/say/password-reset.txt": "Guten Tag,\n\nso geht es: {{ case.ref }}.\n",
    "en/say/password-policy.txt": "Twelve letters at least.\n",
    "en/say/broken.txt": "{{ 10 // (case.subject | length - 8) }}\n",
}


async def a_desk(**changes: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, templates=REPLIES, mailbox={"subaddress": "+"}, **changes)


async def asked(world: DeskWorld, **more: Any) -> tuple[Person, EmailMessage]:
    """Bo has asked, and Ana has the notice."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Password", "How do I change my password?", border="dmarc=pass", **more)
    bo.hears_all()
    return bo, world.agent.hears("New: Password")


async def test_a_saved_reply_goes_to_the_customer_with_their_name_and_case() -> None:
    async with await a_desk() as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "#say password-reset\n")
        ref = (await world.case())["ref"]
        said = words(bo.hears("Password")).replace("\r\n", "\n")
        assert f"Dear Bo Lund,\n\nhere is how: {ref}." in said
        assert "answered" in await world.happened()


async def test_the_agents_own_words_stand_below_it() -> None:
    async with await a_desk() as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "#say password reset\n\nWrite again if it fails.\n")
        said = words(bo.hears("Password"))
        assert said.index("here is how") < said.index("Write again if it fails.")


async def test_the_words_below_it_may_be_html_alone() -> None:
    async with await a_desk() as world:
        bo, notice = await asked(world)
        html = "<p>#say password reset</p><p>Write again if it <b>fails</b>.</p>"
        await world.agent.answers_notice(notice, "", html=html)
        said = words(bo.hears("Password"))
        assert said.index("here is how") < said.index("Write again if it")
        assert "#say" not in said


async def test_the_files_of_the_answer_go_along() -> None:
    async with await a_desk() as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "#say password reset\n", files={"steps.pdf": b"%PDF-1.4"})
        answer = bo.hears("Password")
        assert "here is how" in words(answer)
        assert [each.get_filename() for each in answer.iter_attachments()] == ["steps.pdf"]


async def test_it_speaks_the_language_of_the_case() -> None:
    async with await a_desk(policy={"languages": ["en", "de"]}) as world:
        bo, notice = await asked(world, headers={"Content-Language": "de"})
        await world.agent.answers_notice(notice, "#say password-reset\n")
        assert "so geht es" in words(bo.hears("Password"))


async def test_with_a_question_mark_its_author_reads_it_and_the_customer_does_not() -> None:
    async with await a_desk() as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "#say password-reset?\n")
        assert "> Dear Bo Lund," in words(world.agent.hears("Done"))
        bo.hears_nothing()


async def test_alone_it_lists_them() -> None:
    async with await a_desk() as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "#say\n")
        shown = words(world.agent.hears("Done")).replace("\r\n", "\n")
        assert "The saved replies:\nbroken\npassword-policy\npassword-reset\n" in shown
        bo.hears_nothing()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#say pasword-reset", "did you mean password-reset?"),
        ("#say password", "may be password-policy or password-reset"),
        ("#say broken", "templates/en/say/broken.txt:1"),
    ],
)
async def test_one_that_cannot_be_said_keeps_the_words_below_it_from_the_customer(
    line: str, why: str
) -> None:
    async with await a_desk() as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, f"{line}\n\nBest regards\n")
        told = " ".join(words(world.agent.hears("Not all done")).split())
        assert why in told
        assert "> Best regards" in told
        bo.hears_nothing()


async def test_it_does_not_go_where_the_words_stay_inside() -> None:
    async with await a_desk() as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "#say password-reset\n#note\n\nThey asked twice.\n")
        assert "the saved reply was not sent" in words(world.agent.hears("Not all done"))
        bo.hears_nothing()


async def test_what_a_customer_calls_themselves_is_never_a_template() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example", "{{ desk.secret }} {% raw %}")
        await bo.writes("{{ 7 * 7 }}", "How?", border="dmarc=pass")
        bo.hears_all()
        await world.agent.answers_notice(world.agent.hears("New:"), "#say password-reset\n")
        assert "49" not in words(bo.hears("7 * 7"))
