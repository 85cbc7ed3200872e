"""Who may act on a case by mail, over real servers: tokens, vouchers, confirmations; and who is refused."""

from __future__ import annotations

import logging
import re
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from maildesk.config.key_file import rotate
from maildesk.desk.decisions import acts
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import BORDER, Person, border_lines, words

pytestmark = pytest.mark.dovecot

VOUCHED, FAILED = "dmarc=pass", "dmarc=fail"
PLUS = {"subaddress": "+"}


async def bo_has_a_case(world: DeskWorld, subject: str = "Printer") -> tuple[Person, EmailMessage]:
    """Bo wrote and was acknowledged; the notice that Ana has of it."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes(subject, "It burns.", border=VOUCHED if world.settings.trust.authserv_id else None)
    bo.hears_all()
    return bo, world.agent.hears(f"New: {subject}")


async def last(world: DeskWorld) -> tuple[str, str]:
    """Verdict and reason of the mail that came in last."""
    row = (await world.inbox())[-1]
    return row["verdict"], row["reason"]


# --- an own token -----------------------------------------------------------------------------------


@pytest.mark.parametrize("mailbox", [{}, PLUS], ids=["by Message-ID", "by reply address"])
@pytest.mark.parametrize(
    ("trust", "border"), [({}, None), (TRUSTING, VOUCHED)], ids=["no host named", "vouched"]
)
async def test_an_agent_who_answers_their_notice_acts(
    trust: dict[str, Any], border: str | None, mailbox: dict[str, Any]
) -> None:
    async with await DeskWorld.start(trust=trust, mailbox=mailbox) as world:
        bo, notice = await bo_has_a_case(world)
        await world.agent.replies(notice, "Pull the plug.", border=border)
        assert await last(world) == ("command", "own-token")
        assert "Pull the plug." in words(bo.hears("Printer"))


# --- confirmations ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mailbox", [{}, PLUS], ids=["by Message-ID", "by reply address"])
async def test_an_agent_nobody_vouches_for_is_asked_and_acts_once_they_answer(
    mailbox: dict[str, Any],
) -> None:
    """Nothing is done before; the answer's own words go nowhere; a second answer does nothing."""
    async with await DeskWorld.start(trust=TRUSTING, mailbox=mailbox) as world:
        bo, notice = await bo_has_a_case(world)
        await world.agent.replies(notice, "#close\n\nPull the plug.")
        assert await last(world) == ("note", "own-token")
        bo.hears_nothing()
        assert (await world.case())["phase"] == "new"
        question = world.agent.hears("Is this yours?")
        assert "Pull the plug." in words(question)
        assert "did not vouch" in words(question)
        await world.agent.replies(question, "Yes.\n\nMARKER: it is mine.")
        assert await world.verdicts() == ["opened", "command", "command"]
        case = await world.case()
        assert case["phase"] == "closed"
        told = ("noted", "confirmed", "answered", "closed")
        assert [one for one in await world.happened() if one in told] == [
            "noted", "confirmed", "closed", "answered",
        ]  # fmt: skip
        said = "\n".join(words(letter) for letter in bo.hears_all())
        assert "Pull the plug." in said
        assert "MARKER" not in said
        assert [mail["reason"] for mail in case["mails"] if mail["direction"] == "in"] == [
            "no-signal", "confirmed", "confirmed",
        ]  # fmt: skip
        world.agent.hears_all()
        await world.agent.replies(question, "Once more.")
        assert await last(world) == ("unverified", "confirmation-used")
        assert "answered before" in words(world.agent.hears("Refused"))
        bo.hears_nothing()


async def test_an_agent_without_a_token_is_asked_and_their_mail_is_done_on_the_case_it_names() -> None:
    """The tag alone: a note, nothing done; after the answer the words go to the customer."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, _ = await bo_has_a_case(world)
        ref = (await world.case())["ref"]
        await world.agent.writes(f"[Acme #{ref}] Printer", "Pull the plug.", border=VOUCHED)
        assert await last(world) == ("note", "no-token")
        bo.hears_nothing()
        question = world.agent.hears("Is this yours?")
        assert "did not answer a notice" in words(question)
        await world.agent.replies(question, "yes", border=VOUCHED)
        assert "Pull the plug." in words(bo.hears("Printer"))


async def test_a_confirmation_is_good_for_a_day_and_for_the_one_who_was_asked() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, notice = await bo_has_a_case(world)
        await world.agent.replies(notice, "Pull the plug.")
        question = world.agent.hears("Is this yours?")
        await world.leader.replies(question, "yes", border=VOUCHED)
        assert await last(world) == ("unverified", "confirmation-of-another")
        await world.agent.replies(question, "yes", border=FAILED)
        assert await last(world) == ("unverified", "sender-failed")
        world.agent.hears("Refused")
        await world.passes(hours=24)
        world.agent.hears_all()
        await world.agent.replies(question, "yes", border=VOUCHED)
        assert await last(world) == ("unverified", "confirmation-expired")
        assert "24 hours" in words(world.agent.hears("Refused"))
        bo.hears_nothing()


async def test_who_says_no_leaves_the_mail_undone_for_good_and_colleagues_hear_of_it() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, notice = await bo_has_a_case(world)
        await world.agent.replies(notice, "#close")
        question = world.agent.hears("Is this yours?")
        await world.agent.replies(question, "No, I did not write that.")
        assert "declined" in await world.happened()
        world.agent.hears_all()
        await world.agent.replies(question, "yes", border=VOUCHED)
        assert await last(world) == ("unverified", "confirmation-used")
        assert (await world.case())["phase"] == "new"
        bo.hears_nothing()


async def test_an_absence_note_confirms_nothing() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, notice = await bo_has_a_case(world)
        await world.agent.replies(notice, "Pull the plug.")
        question = world.agent.hears("Is this yours?")
        away = {"Auto-Submitted": "auto-replied"}
        await world.agent.replies(question, "I am away until Monday.", headers=away, border=VOUCHED)
        assert (await last(world))[0] == "automatic"
        bo.hears_nothing()


# --- refused ----------------------------------------------------------------------------------------


async def test_an_agents_name_on_a_mail_that_failed_is_refused_and_told() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bo, notice = await bo_has_a_case(world)
        await world.agent.replies(notice, "#close", border=FAILED)
        assert await last(world) == ("unverified", "sender-failed")
        assert "could not be trusted" in words(world.agent.hears("Refused"))
        assert (await world.case())["phase"] == "new"
        bo.hears_nothing()


@pytest.mark.parametrize("mailbox", [{}, PLUS], ids=["by Message-ID", "by reply address"])
async def test_an_agent_who_left_is_refused_logged_and_the_team_is_told(
    mailbox: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Their token verifies, and they are of the desk no more."""
    people: dict[str, Any] = {"agents": [{"name": "Ben", "address": "ben@acme.example"}]}
    async with await DeskWorld.start(trust=TRUSTING, mailbox=mailbox) as world:
        bo, notice = await bo_has_a_case(world)
        await world.restarts(people=people)
        ben = world.person("ben@acme.example")
        with caplog.at_level(logging.WARNING, "maildesk"):
            await world.agent.replies(notice, "#close MARKER", border=VOUCHED)
        assert await last(world) == ("unverified", "ex-agent")
        (line,) = [each.getMessage() for each in caplog.records if "refused" in each.getMessage()]
        assert re.fullmatch(r"refused ledger=\d+ reason=ex-agent case=\S+ author=agent@acme.example", line)
        assert "works at this desk no more" in words(ben.hears("Take care"))
        assert (await world.case())["phase"] == "new"
        bo.hears_nothing()
        world.agent.hears_nothing()


async def test_an_agent_of_another_team_is_refused_and_told() -> None:
    """Ana was told of the case, and then it went to a team of which she is none."""
    people: dict[str, Any] = {
        "agents": [
            {"name": "Ana Agent", "address": "agent@acme.example", "teams": ["sales"]},
            {"name": "Ben", "address": "ben@acme.example", "teams": ["support"]},
        ],
        "teams": [{"name": "sales"}, {"name": "support"}],
    }
    async with await DeskWorld.start(trust=TRUSTING, people=people) as world:
        bo, notice = await bo_has_a_case(world)
        desk = world.office.desk
        ben = world.person("ben@acme.example")
        ben.hears("New: Printer")
        await ben._does(lambda case, hand: acts.assign(case, desk, hand, None, "support"), None)
        world.agent.hears_all()
        await world.agent.replies(notice, "#close", border=VOUCHED)
        assert await last(world) == ("unverified", "not-your-team")
        told = words(world.agent.hears("Refused"))
        assert "belongs to team support" in told
        assert "the customer receives your words" not in told  # as an answer to this letter they would not
        assert (await world.case())["phase"] == "new"
        bo.hears_nothing()


async def test_a_mail_that_acted_acts_no_more_however_it_is_sent_again() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, notice = await bo_has_a_case(world)
        mail = await world.agent.replies(notice, "Pull the plug.", border=VOUCHED)
        bo.hears("Printer")
        lines = border_lines(VOUCHED, world.agent.address)

        await world.arrives(lines + mail.as_bytes(policy=SMTP))
        assert (await last(world))[0] in ("seen", "duplicate")

        mail.replace_header("Message-ID", "<other@acme.example>")
        await world.arrives(lines + mail.as_bytes(policy=SMTP))
        assert await last(world) == ("unverified", "replayed")
        assert "done before" in words(world.agent.hears("Refused"))

        again = world.agent.composes("Re: Printer", "Send money.", answering=notice)
        again.replace_header("Message-ID", "<other@acme.example>")
        await world.arrives(lines + again.as_bytes(policy=SMTP))
        assert await last(world) == ("unverified", "replayed")
        bo.hears_nothing()


# --- who only looks like an agent -------------------------------------------------------------------


async def test_a_command_in_a_customers_mail_is_text() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "#close\n#priority urgent\n\nIt burns.", border=VOUCHED)
        ack = bo.hears("Printer")
        await bo.replies(ack, "#close", border=VOUCHED)
        case = await world.case()
        assert (case["phase"], await world.verdicts()) == ("new", ["opened", "appended"])
        assert [mail["new_text"].split("\n")[0] for mail in case["mails"] if mail["direction"] == "in"] == [
            "#close", "#close",
        ]  # fmt: skip


LOOKS = ["agent@acmе.example", "agent@acme.example.evil.example", "agent@xn--acm-jed.example"]


@pytest.mark.parametrize("address", LOOKS)
async def test_an_address_that_only_looks_like_an_agents_does_nothing(address: str) -> None:
    """A Cyrillic е, a longer domain, the A-label of the first; each vouched for as what it is."""
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bo, notice = await bo_has_a_case(world)
        raw = world.agent.composes("Re: Printer", "#close", answering=notice).as_bytes(policy=SMTP)
        raw = raw.replace(b"agent@acme.example", address.encode(), 1)
        await world.arrives(border_lines(VOUCHED, address) + raw)
        assert (await last(world))[0] in ("opened", "third_party")
        assert (await world.case((await world.cases())[-1]["ref"]))["phase"] == "new"
        bo.hears_nothing()


async def test_an_agents_domain_ends_in_a_dot_and_is_the_same() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        _, notice = await bo_has_a_case(world)
        raw = world.agent.composes("Re: Printer", "Pull the plug.", answering=notice).as_bytes(policy=SMTP)
        raw = raw.replace(b"agent@acme.example", b"agent@ACME.example.", 1)
        await world.arrives(border_lines(VOUCHED, "agent@acme.example") + raw)
        assert await last(world) == ("command", "own-token")


@pytest.mark.parametrize("field", ["Reply-To", "Sender", "X-Maildesk-Author", "X-Zammad-From", "RT-Owner"])
async def test_no_other_field_makes_an_agent_of_a_stranger(field: str) -> None:
    """Reply-To and Sender say nothing of who wrote, nor does a field named like one of ours."""
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        _, notice = await bo_has_a_case(world)
        eve = world.person("eve@evil.example")
        await eve.replies(notice, "#close", headers={field: "agent@acme.example"}, border=VOUCHED)
        assert await last(world) == ("third_party", "stranger")
        assert (await world.case())["phase"] == "new"


FORGED = f"Authentication-Results: {BORDER}; dmarc=pass header.from=acme.example\r\n".encode()


async def test_a_result_that_the_sender_wrote_vouches_for_nobody() -> None:
    """Below our border's Received line everything is the sender's."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, notice = await bo_has_a_case(world)
        raw = world.agent.composes("Re: Printer", "#close", answering=notice).as_bytes(policy=SMTP)
        received = f"Received: from x by {BORDER}; Mon, 24 Nov 2025 09:30:00 +0000\r\n".encode()
        await world.arrives(received + FORGED + raw)
        assert await last(world) == ("note", "own-token")
        await world.arrives(FORGED + raw.replace(b"Message-ID: <", b"Message-ID: <2"))
        assert (await last(world))[0] == "note"
        bo.hears_nothing()


MICROSOFT = (
    b"Authentication-Results: spf=pass smtp.mailfrom=acme.example; dmarc=pass header.from=acme.example\r\n"
)


@pytest.mark.parametrize(
    ("trust", "verdict"),
    [({"microsoft365": True}, "command"), (TRUSTING, "note")],
    ids=["switched on", "not switched on"],
)
async def test_results_without_a_name_count_only_when_switched_on(
    trust: dict[str, Any], verdict: str
) -> None:
    async with await DeskWorld.start(trust=trust) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        notice = world.agent.hears("New: Printer")
        raw = world.agent.composes("Re: Printer", "Pull the plug.", answering=notice).as_bytes(policy=SMTP)
        received = b"Received: from x by y; Mon, 24 Nov 2025 09:30:00 +0000\r\n"
        await world.arrives(MICROSOFT + received + raw)
        assert (await last(world))[0] == verdict


# --- rotated keys -----------------------------------------------------------------------------------


async def test_a_running_daemon_takes_a_new_key_up_and_believes_the_old_one_for_90_days() -> None:
    async with await DeskWorld.start(mailbox=PLUS) as world:
        bo, old = await bo_has_a_case(world)
        before = str(old["Reply-To"])
        rotate(world.config_file.with_name("secret.key"), world.clock.now())
        await world.agent.replies(old, "With the old token.")
        assert await last(world) == ("command", "own-token")
        answer = bo.hears("Printer")
        kid = str(answer["Reply-To"]).partition("@")[0].rpartition(".")[2][0]
        assert kid == "b"
        await bo.replies(answer, "It still burns.")
        assert (await last(world))[0] == "appended"
        assert str(world.agent.hears("Printer")["Reply-To"]) != before
        await world.passes(days=91)
        world.agent.hears_all()
        await world.agent.replies(old, "#close")
        assert await last(world) == ("note", "no-token")


async def test_a_mail_about_no_case_is_not_promised_to_a_customer() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        await world.agent.writes("Toner", "Do we have any?", border=VOUCHED)
        question = world.agent.hears("Is this yours?")
        assert "its words go to the customer" not in words(question)
        assert "it is about no case and passes on no customer's mail" in words(question)
        await world.agent.replies(question, "yes", border=VOUCHED)
        assert world.agent.hears("[Acme] Refused: Toner")["Subject"] == "[Acme] Toner"
