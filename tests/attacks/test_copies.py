"""A copy never hides the real mail: whatever came before it, its author is heard, and once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from maildesk.desk.decisions import status_acts
from maildesk.desk.decisions.actor import Actor
from tests.world.desk import MONDAY, TRUSTING, DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.people import border_lines, headline, words

pytestmark = pytest.mark.dovecot

BO = "bo@client.example"


def bytes_of(mail: EmailMessage, *more: str, border: str | None = None) -> bytes:
    """The mail as it lies in the mailbox, with the fields that were added on its way."""
    fields = "".join(f"{each}\r\n" for each in more).encode()
    return border_lines(border, BO) + fields + mail.as_bytes(policy=SMTP)


def hand_of(world: DeskWorld) -> Actor:
    return Actor("agent@acme.example", world.clock.now(), "agent@acme.example")


AUTOMATIC = (
    ("List-Id: <all.client.example>",),
    ("List-Post: <mailto:all@client.example>", "List-Unsubscribe: <mailto:off@client.example>"),
    ("Mailing-List: list all@client.example",),
    ("X-BeenThere: all@client.example",),
    ("Precedence: list",),
    ("Precedence: bulk",),
    ("Precedence: junk",),
    ("Auto-Submitted: auto-generated",),
    ("Auto-Submitted: auto-replied",),
    ("Return-Path: <>",),
    ("X-Autoreply: yes",),
    ("X-Failed-Recipients: dan@client.example",),
    ("X-Loop: support@acme.example",),
    ("Delivered-To: autoresponder",),
)
"""What a list or a program adds to a mail that it copies, so that it is judged a machine's."""

NOBODYS = frozenset({
    "Auto-Submitted: auto-replied", "Return-Path: <>", "X-Autoreply: yes", "Delivered-To: autoresponder",
    "X-Failed-Recipients: dan@client.example", "X-Loop: support@acme.example",
})  # fmt: skip
"""Those of them that are said of what no person wrote: then the team hears of the real mail only."""


@pytest.mark.parametrize("added", AUTOMATIC, ids=lambda fields: fields[0].split(":")[0])
async def test_the_real_mail_after_a_lists_copy_is_heard_as_its_cases_first(
    added: Sequence[str],
) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person(BO, "Bo Lund")
        mail = bo.composes("Printer", "It burns.", cc=["cy@client.example"])
        await world.arrives(bytes_of(mail, *added, border="dmarc=pass"))
        bo.hears_nothing()
        silent = added[0] in NOBODYS
        told = [words(letter) for letter in world.agent.hears_all()]
        assert ["It burns." in each for each in told] == [True] * (not silent)
        promised = (await world.case())["due"]["response"]
        assert (promised is None) is silent
        await world.passes(hours=1)
        await world.arrives(bytes_of(mail, border="dmarc=pass"))
        bo.hears("Printer")
        told += map(words, world.agent.hears_all())
        assert ["It burns." in each for each in told] == [True]  # once
        case = await world.case()
        assert case["due"]["response"] == promised or (silent and case["due"]["response"])
        customers = [each["address"] for each in case["parties"] if each["role"] != "agent"]
        assert customers == [BO, "cy@client.example"]
        assert (await world.verdicts())[1] == "appended"
        assert (await world.inbox())[1]["reason"] == "after-copy"
        assert (await world.happened())[-2:] == ["party-joined", "first-mail"]


@pytest.mark.parametrize("added", AUTOMATIC, ids=lambda fields: fields[0].split(":")[0])
async def test_a_lists_copy_after_the_real_mail_says_nothing_to_anybody(added: Sequence[str]) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.")
        await world.arrives(bytes_of(mail, border="dmarc=pass"))
        bo.hears("Printer")
        world.agent.hears("Printer")
        await world.arrives(bytes_of(mail, *added, border="dmarc=pass"))
        bo.hears_nothing()
        world.agent.hears_nothing()
        assert len(await world.cases()) == 1
        row = (await world.inbox())[1]
        same = added == ("Precedence: list",)
        assert row["verdict"] == ("duplicate" if same else "automatic")
        assert row["reason"] != "dup-message-id"


@pytest.mark.parametrize(
    "order",
    ["list real list", "list list real", "real list real", "list real real", "list list list real real"],
)
async def test_of_any_number_of_copies_in_any_order_one_is_heard(order: str) -> None:
    async with await DeskWorld.start() as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.")
        for place, kind in enumerate(order.split()):
            trace = f"Received: from a.client.example by mx.acme.example with ESMTP id {place}"
            added = ["List-Id: <all.client.example>"] if kind == "list" else []
            await world.arrives(bytes_of(mail, trace, *added))
        assert len(bo.hears_all()) == 1
        assert len(world.agent.hears_all()) == 1
        assert len(await world.cases()) == 1
        heard = [verdict for verdict in await world.verdicts() if verdict in ("opened", "appended")]
        assert len(heard) == 1


async def test_a_list_that_marks_the_subject_and_adds_a_foot_hides_nothing_either() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.", message_id="<1@client.example>")
        lists = bo.composes("[all] Printer", "It burns.\n-- \nall list", message_id="<1@client.example>")
        await world.arrives(bytes_of(lists, "List-Id: <all.client.example>"))
        await world.arrives(bytes_of(mail))
        assert len(bo.hears_all()) == 1
        assert len(world.agent.hears_all()) == 2  # the words differ
        case = await world.case()
        assert case["subject"] == "Printer"
        await world.arrives(bytes_of(lists, "List-Id: <all.client.example>", "X-Beenthere: all@x.example"))
        bo.hears_nothing()
        world.agent.hears_nothing()
        assert (await world.verdicts()) == ["automatic", "appended", "automatic"]


async def test_other_words_that_a_list_brought_first_keep_the_real_ones_from_nobody() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.", message_id="<1@client.example>")
        other = bo.composes("Printer", "All is well.", message_id="<1@client.example>")
        await world.arrives(bytes_of(other, "List-Id: <all.client.example>", border="dmarc=pass"))
        assert "All is well." in words(world.agent.hears("New: Printer"))
        await world.arrives(bytes_of(mail, border="dmarc=pass"))
        assert "It burns." in words(world.agent.hears("New: Printer"))
        bo.hears("Printer")


async def test_a_copy_that_only_asks_for_no_answer_does_not_cost_the_acknowledgement() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.")
        await world.arrives(bytes_of(mail, "X-Auto-Response-Suppress: All"))
        bo.hears_nothing()
        world.agent.hears("Printer")
        await world.arrives(bytes_of(mail))
        bo.hears("received")
        world.agent.hears_nothing()
        assert len(await world.cases()) == 1
        await world.arrives(bytes_of(mail, "X-Auto-Response-Suppress: All", "X-A: b"))
        bo.hears_nothing()


@pytest.mark.parametrize(
    "changed",
    ["Content-Disposition: attachment; filename=mail.txt", "Content-Transfer-Encoding: quoted-printable"],
    ids=["attachment", "encoding"],
)
async def test_a_copy_that_shows_other_words_is_another_mail(changed: str) -> None:
    """Who sends such a copy first has the team read nothing; then the real one comes."""
    async with await DeskWorld.start() as world:
        raw = b"From: bo@client.example\r\nMessage-ID: <1@client.example>\r\nSubject: Printer\r\n"
        await world.arrives(raw + changed.encode() + b"\r\n\r\nIt burns=20in here.\r\n")
        assert "burns=20in" not in words(world.agent.hears("Printer"))
        await world.arrives(raw + b"\r\nIt burns=20in here.\r\n")
        assert "It burns=20in here." in words(world.agent.hears("Printer"))
        assert "duplicate" not in await world.verdicts()


@pytest.mark.parametrize(
    ("first", "then"),
    [("dmarc=fail", "dmarc=pass"), (None, "dmarc=pass"), ("dmarc=fail", None)],
    ids=["forged, vouched", "unknown, vouched", "forged, unknown"],
)
async def test_after_a_less_vouched_copy_the_better_one_opens_a_case_that_mentions_the_other(
    first: str | None, then: str | None
) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.")
        await world.arrives(bytes_of(mail, border=first))
        bo.hears_all()
        world.agent.hears_all()
        await world.arrives(bytes_of(mail, border=then))
        assert await world.verdicts() == ["opened", "opened"]
        copy, real = (row["case"] for row in await world.inbox())
        mentioned = [one for one in (await world.case(real))["events"] if one["kind"] == "mentioned"]
        assert [one["data"]["ref"] for one in mentioned] == [copy]
        assert f"less vouched for came first, to {copy}" in words(world.agent.hears("Printer"))
        await world.arrives(bytes_of(mail, "X-Trace: 1", border=first))
        await world.arrives(bytes_of(mail, "X-Trace: 2", border=then))
        assert (await world.verdicts())[2:] == ["duplicate", "duplicate"]


async def test_a_less_vouched_mail_under_the_same_id_takes_no_vouched_one_into_its_case() -> None:
    """Other words, the same author as far as anybody knows: a forger may have written the first."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person(BO)
        await bo.writes("Forged", "Send it to Eve.", message_id="<1@client.example>")
        await bo.writes("Printer", "It burns.", message_id="<1@client.example>", border="dmarc=pass")
        assert await world.verdicts() == ["opened", "opened"]
        assert len(await world.cases()) == 2
        assert "Printer" in str(bo.hears_all()[-1]["Subject"])


async def test_a_lists_copy_that_is_less_vouched_brings_the_real_mail_to_its_case() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.")
        await world.arrives(bytes_of(mail, "List-Id: <all.client.example>"))
        await world.arrives(bytes_of(mail, border="dmarc=pass"))
        bo.hears("Printer")
        assert await world.verdicts() == ["automatic", "appended"]
        assert len(await world.cases()) == 1


@pytest.mark.parametrize("again", ["same bytes", "another trace", "a reply"])
async def test_what_was_called_spam_swallows_nothing(again: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.")
        await world.arrives(bytes_of(mail, border="dmarc=pass"))
        ack = bo.hears("Printer")
        if again == "a reply":
            mail = bo.composes("Re: Printer", "Still.", answering=ack)
            await world.arrives(bytes_of(mail, border="dmarc=pass"))
        notice = world.agent.hears_all()[-1]
        await world.agent.replies(notice, "#spam", border="dmarc=pass")
        assert (await world.case())["phase"] == "closed"
        world.agent.hears_all()
        trace = ["X-Trace: 1"] if again == "another trace" else []
        await world.arrives(bytes_of(mail, *trace, border="dmarc=pass"))
        last = (await world.inbox())[-1]
        assert last["verdict"] == ("reopened" if again == "a reply" else "opened")
        assert "Printer" in str(world.agent.hears("Printer")["Subject"])


async def test_a_case_that_was_spam_and_is_open_again_has_repeats_as_every_other() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.")
        await world.arrives(bytes_of(mail))
        await world.acts(lambda case: status_acts.spam(case, hand_of(world)))
        await world.acts(lambda case: status_acts.reopen(case, world.office.desk, hand_of(world)))
        await world.arrives(bytes_of(mail, "X-Trace: 1"))
        assert await world.verdicts() == ["opened", "duplicate"]


async def test_a_restored_mailbox_does_not_open_spam_anew() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person(BO)
        raw = bytes_of(bo.composes("Pills", "Buy."))
        await world.arrives(raw)
        await world.acts(lambda case: status_acts.spam(case, hand_of(world)))
        await world.dovecot.reset_uidvalidity("support")
        await world.arrives(raw)
        assert await world.verdicts() == ["opened", "seen"]


async def test_a_closed_silent_case_begins_again_with_the_real_mail() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.")
        await world.arrives(bytes_of(mail, "List-Id: <all.client.example>"))
        await world.agent.closes()
        bo.hears_all()
        world.agent.hears_all()
        await world.arrives(bytes_of(mail))
        assert await world.verdicts() == ["automatic", "reopened"]
        bo.hears("received")
        world.agent.hears("Printer")
        case = await world.case()
        assert case["phase"] == "open"
        assert case["due"]["response"]


async def test_a_reply_whose_lists_copy_came_first_goes_on_in_its_case() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person(BO)
        await bo.writes("Printer", "It burns.")
        await world.agent.resolves()
        letter = bo.hears_all()[0]
        world.agent.hears_all()
        mail = bo.composes("Re: Printer", "No.", answering=letter)
        await world.arrives(bytes_of(mail, "List-Id: <all.client.example>"))
        await world.arrives(bytes_of(mail))
        assert await world.verdicts() == ["opened", "automatic", "reopened"]
        told = [headline(letter).partition("] ")[2] for letter in world.agent.hears_all()]
        assert told == ["By a list or program: Printer", "Reopened: Printer"]


async def test_what_a_person_changed_in_the_silent_case_stays() -> None:
    async with await DeskWorld.start(policy={"rules": []}) as world:
        bo = world.person(BO)
        mail = bo.composes("Printer", "It burns.")
        await world.arrives(bytes_of(mail, "List-Id: <all.client.example>"))
        await world.agent.takes()
        await world.arrives(bytes_of(mail))
        assert (await world.case())["owner"] == "agent@acme.example"
        bo.hears("received")


# --- an agent's mail --------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["list real", "real list", "real real", "quiet real", "real quiet"])
async def test_an_agents_answer_acts_once_whichever_copy_comes_first(order: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        bo = world.person(BO)
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        bo.hears("Printer")
        notice = world.agent.hears("New")
        answer = world.agent.composes("Re: Printer", "#close\n\nWater helps.", answering=notice)
        top = border_lines("dmarc=pass", world.agent.address)
        for place, kind in enumerate(order.split()):
            added = {
                "list": b"List-Id: <desk.acme.example>\r\n",
                "quiet": b"List-Unsubscribe: <mailto:off@acme.example>\r\n",
            }.get(kind, b"")
            trace = b"X-Trace: %d\r\n" % place
            await world.arrives(top + trace + added + answer.as_bytes(policy=SMTP))
        answers = [letter for letter in bo.hears_all() if "Water helps." in words(letter)]
        assert len(answers) == 1
        assert (await world.happened()).count("answered") == 1
        refused = [letter for letter in world.agent.hears_all() if "not done" in words(letter)]
        assert not refused


async def test_an_agents_unvouched_copy_does_not_stand_in_the_way_of_the_vouched_one() -> None:
    """And the yes to the question about the copy does not do it once more."""
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        bo = world.person(BO)
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        bo.hears("Printer")
        notice = world.agent.hears("New")
        answer = world.agent.composes("Re: Printer", "Water helps.", answering=notice)
        await world.arrives(answer.as_bytes(policy=SMTP))
        asked = world.agent.hears_all()[-1]
        bo.hears_nothing()
        top = border_lines("dmarc=pass", world.agent.address)
        await world.arrives(top + answer.as_bytes(policy=SMTP))
        bo.hears("Printer")
        await world.agent.replies(asked, "Yes", border="dmarc=pass")
        bo.hears_nothing()
        assert (await world.happened()).count("answered") == 1


async def test_two_copies_of_a_list_to_two_mailboxes_are_one_case() -> None:
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    async with await DeskWorld.start(dovecot=dovecot, mailboxes=[mailbox_of(dovecot, "sales")]) as world:
        mail = world.person(BO).composes("News", "Here.", to="all@client.example")
        for mailbox in ("support", "sales"):
            added = [f"Return-Path: <all+{mailbox}=acme.example@client.example>", f"Delivered-To: {mailbox}"]
            added += [
                "List-Id: <all.client.example>",
                f"List-Unsubscribe: <https://client.example/{mailbox}>",
            ]
            await world.lies(bytes_of(mail, *added), mailbox=mailbox)
        await world.works()
        assert await world.verdicts() == ["automatic", "duplicate"]


async def test_yesterdays_copy_of_a_machine_without_an_id_is_still_another_mail() -> None:
    async with await DeskWorld.start() as world:
        raw = b"From: bo@client.example\r\nAuto-Submitted: auto-generated\r\nSubject: x\r\n\r\nfailed\r\n"
        await world.arrives(raw, date=MONDAY - timedelta(days=1))
        await world.arrives(raw, date=MONDAY)
        assert await world.verdicts() == ["automatic", "automatic"]
