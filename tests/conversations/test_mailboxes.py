"""Mail servers as they are: several mailboxes, odd folder names, no MOVE, old mail, one that is broken."""

from __future__ import annotations

from datetime import timedelta
from email.policy import SMTP

import pytest

from tests.world.desk import MONDAY, DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.smtp_server import SmtpServer

pytestmark = pytest.mark.dovecot

BOTH = {"support": "secret", "sales": "secret"}


async def test_each_mailbox_speaks_with_its_own_address() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    async with await DeskWorld.start(dovecot=dovecot, mailboxes=[mailbox_of(dovecot, "sales")]) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Offer", "How much?", to="sales@acme.example", mailbox="sales")
        assert "sales@acme.example" in bo.hears("received")["From"]
        assert (await world.inbox())[0]["mailbox"] == "sales"


async def test_one_mailbox_that_fails_does_not_keep_the_others_from_working() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    broken = mailbox_of(dovecot, "sales")
    broken["imap"] = broken["imap"] | {"password": "wrong"}
    async with await DeskWorld.start(dovecot=dovecot, mailboxes=[broken]) as world:
        bo = world.person("bo@client.example")
        await world.lies(bo.composes("Printer", "It burns.").as_bytes(policy=SMTP))
        result = await world.works_as_it_can()
        bo.hears("received")
        (problem,) = result.problems
        assert problem.startswith("mailbox sales: ")
        assert "wrong" not in problem
        world.provoked = {"not-compared"}


@pytest.mark.parametrize(
    ("separator", "prefix", "processed", "where"),
    [
        ("/", "", "Processed", "Processed"),
        (".", "INBOX.", "Processed", "INBOX.Processed"),
        ("/", "", "Desk/Processed", "Desk/Processed"),
        (".", "", "Desk/Erledigt für heute", "Desk.Erledigt für heute"),
    ],
    ids=["plain", "under INBOX", "a subfolder", "a subfolder in German"],
)
async def test_filed_mail_is_moved_wherever_the_server_wants_folders(
    separator: str, prefix: str, processed: str, where: str
) -> None:
    dovecot = await Dovecot.start(users=BOTH, separator=separator, prefix=prefix)
    async with await DeskWorld.start(dovecot=dovecot, mailbox={"processed": processed}) as world:
        await world.person("bo@client.example").writes("Printer", "It burns.")
        assert await dovecot.folder("support") == []
        assert len(await dovecot.folder("support", where)) == 1
        assert where in await dovecot.subscribed("support")


@pytest.mark.parametrize(
    ("separator", "prefix", "folder", "where"),
    [
        ("/", "", "Support", "Support"),
        (".", "INBOX.", "Support", "INBOX.Support"),
        (".", "INBOX.", "Support/Germany", "INBOX.Support.Germany"),
        (".", "INBOX.", "INBOX.Support", "INBOX.Support"),
        (".", "INBOX.", "INBOX/Support", "INBOX.Support"),
        ("/", "INBOX/", "Support", "INBOX/Support"),
        (".", "", "Süd/Hilfe", "Süd.Hilfe"),
    ],
)
async def test_mail_is_watched_wherever_the_server_has_the_folder(
    separator: str, prefix: str, folder: str, where: str
) -> None:
    """Written as `processed` is; `verify`, by which the story ends, finds it as well."""
    dovecot = await Dovecot.start(users=BOTH, separator=separator, prefix=prefix)
    await dovecot.create("support", where)
    async with await DeskWorld.start(dovecot=dovecot, mailbox={"folder": folder}) as world:
        mail = world.person("bo@client.example").composes("Printer", "It burns.")
        await dovecot.append("support", mail.as_bytes(policy=SMTP), where)
        await world.works()
        await world.restarts()
        await world.works()
        assert await world.verdicts() == ["opened"]
        assert await dovecot.folder("support", where) == []
        assert len(await dovecot.folder("support", f"{prefix}Processed")) == 1


async def test_mail_is_not_moved_into_the_folder_that_it_comes_from() -> None:
    """Each move would give it another number, and it would be read again, for ever."""
    dovecot = await Dovecot.start(users=BOTH, separator=".", prefix="INBOX.")
    await dovecot.create("support", "INBOX.Support")
    same = {"folder": "INBOX.Support", "processed": "Support"}
    async with await DeskWorld.start(dovecot=dovecot, mailbox=same) as world:
        mail = world.person("bo@client.example").composes("Printer", "It burns.")
        await dovecot.append("support", mail.as_bytes(policy=SMTP), "INBOX.Support")
        for _ in range(2):
            (problem,) = (await world.works_as_it_can()).problems
            assert "Support is INBOX.Support on this server" in problem
        assert await world.verdicts() == ["opened"]
        world.provoked = {"not-filed"}


async def test_a_server_that_cannot_move_gets_a_keyword_and_nothing_is_filed_twice() -> None:
    dovecot = await Dovecot.start(users=BOTH, move=False)
    async with await DeskWorld.start(dovecot=dovecot) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        (kept,) = await dovecot.folder("support")
        assert kept.flags == {"$MaildeskFiled"}
        await world.restarts()
        await bo.writes("Scanner", "It is cold.")
        assert await world.verdicts() == ["opened", "opened"]


async def test_a_processed_folder_that_somebody_renamed_is_made_again() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        await world.dovecot.rename("support", "Processed", "Archive")
        await bo.writes("Scanner", "It is cold.")
        assert await world.verdicts() == ["opened", "opened"]
        assert await world.dovecot.folder("support") == []
        assert len(await world.dovecot.folder("support", "Archive")) == 1
        assert len(await world.dovecot.folder("support", "Processed")) == 1


async def test_mail_is_taken_in_where_the_server_moves_none() -> None:
    """The folder cannot be made there: nothing is filed twice, and a run to quiet says so."""
    async with await DeskWorld.start(mailbox={"processed": "../elsewhere"}) as world:
        bo = world.person("bo@client.example")
        for n in range(3):
            await world.lies(bo.composes(f"Matter {n}", "Help.").as_bytes(policy=SMTP))
            (problem,) = (await world.works_as_it_can()).problems
            assert "cannot create folder" in problem
        assert await world.verdicts() == ["opened"] * 3
        assert len(await world.dovecot.folder("support")) == 3


async def test_mail_that_could_not_be_moved_is_moved_at_the_next_start() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    async with await DeskWorld.start(dovecot=dovecot) as world:
        bo = world.person("bo@client.example")
        await world.lies(bo.composes("Printer", "It burns.").as_bytes(policy=SMTP))
        await world.receives_and_files()
        await dovecot.crash()
        await world.works_as_it_can()
        assert await world.verdicts() == ["opened"]
        await dovecot.restart()
        await world.restarts()
        await world.works()
        assert await dovecot.folder("support") == []
        assert len(await dovecot.folder("support", "Processed")) == 1
        assert len(bo.letters()) == 1


async def test_a_folder_that_is_gone_is_named_and_no_other_is_taken_instead() -> None:
    async with await DeskWorld.start(mailbox={"folder": "Support"}) as world:
        result = await world.works_as_it_can()
        (problem,) = result.problems
        assert "Support" in problem
        await world.dovecot.create("support", "Support")
        await world.works()


# --- the first start on a mailbox that is not empty -------------------------------------------------


OLD = 5000


async def an_old_mailbox(dovecot: Dovecot, mails: int = OLD, *, age: timedelta = timedelta(days=30)) -> None:
    old = (
        f"From: p{n}@old{n}.example\r\nSubject: Old {n}\r\n\r\nLong ago.\r\n".encode() for n in range(mails)
    )
    await dovecot.lay("support", old, date=MONDAY - age)


async def test_old_mail_stays_untouched_until_somebody_decides() -> None:
    """One clear line; other mailboxes run."""
    dovecot = await Dovecot.start(users=BOTH)
    await an_old_mailbox(dovecot)
    async with await DeskWorld.start(
        dovecot=dovecot, mailbox={"existing_mail": None}, mailboxes=[mailbox_of(dovecot, "sales")]
    ) as world:
        await world.lies(b"From: bo@client.example\r\nSubject: Hi\r\n\r\nNew.\r\n", mailbox="sales")
        result = await world.works_as_it_can()
        (line,) = result.problems
        assert "existing_mail: file" in line
        assert "existing_mail: leave" in line
        assert await world.verdicts() == ["opened"]
        lying = await dovecot.folder("support")
        assert len(lying) == OLD
        assert not any(mail.flags for mail in lying)
        assert {mail.recipients for mail in world.relay.mails} == {
            ("bo@client.example",),
            ("agent@acme.example",),
        }
        world.provoked = {"not-begun"}


async def test_old_mail_may_be_left_where_it_is_for_good() -> None:
    """Also after a change of UIDVALIDITY."""
    dovecot = await Dovecot.start(users=BOTH)
    await an_old_mailbox(dovecot)
    async with await DeskWorld.start(dovecot=dovecot, mailbox={"existing_mail": "leave"}) as world:
        await world.works()
        assert await world.verdicts() == ["left"] * OLD
        await world.person("bo@client.example").writes("New", "Hello.")
        assert await world.verdicts() == ["left"] * OLD + ["opened"]
        await dovecot.reset_uidvalidity("support")
        await world.restarts()
        await world.works()
        assert sorted(await world.verdicts()) == ["left"] * 2 * OLD + ["opened"]
        assert len(await dovecot.folder("support")) == OLD
        assert len(world.relay.mails) == 2


async def test_mail_of_the_second_of_the_first_start_is_not_old() -> None:
    """INTERNALDATE has whole seconds, our clock has not."""
    at = MONDAY + timedelta(milliseconds=500)
    async with await DeskWorld.start(at=at, mailbox={"existing_mail": "leave"}) as world:
        await world.works()
        await world.person("bo@client.example").writes("Printer", "It burns.")
        assert await world.verdicts() == ["opened"]


@pytest.mark.parametrize("mails", [20, pytest.param(OLD, marks=pytest.mark.long)])
async def test_old_mail_may_be_filed_and_is_never_acknowledged(mails: int) -> None:
    """But for what is younger than `limits.ack_max_age`."""
    dovecot = await Dovecot.start(users=BOTH)
    await an_old_mailbox(dovecot, mails, age=timedelta(days=3, seconds=1))
    async with await DeskWorld.start(dovecot=dovecot, mailbox={"existing_mail": "file"}) as world:
        bo = world.person("bo@client.example")
        young = bo.composes("Young", "Three days ago, nearly.").as_bytes(policy=SMTP)
        await world.lies(young, date=MONDAY - timedelta(days=3))
        await world.works()
        assert await world.verdicts() == ["opened"] * (mails + 1)
        bo.hears("received")
        answered = {mail.recipients for mail in world.relay.mails}
        assert answered == {("agent@acme.example",), (bo.address,), ("ops@acme.example",)}
        assert len(world.operator.letters()) == 1


async def test_an_empty_mailbox_needs_no_decision() -> None:
    async with await DeskWorld.start(mailbox={"existing_mail": None}) as world:
        await world.works()
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        bo.hears("received")


async def test_renaming_a_mailbox_in_the_configuration_changes_nothing() -> None:
    dovecot = await Dovecot.start(users=BOTH, move=False)
    async with await DeskWorld.start(dovecot=dovecot) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        await world.restarts(mailboxes=[mailbox_of(dovecot, "support") | {"name": "help"}])
        await world.works()
        assert await world.verdicts() == ["opened"]


async def test_a_renamed_mailbox_goes_on_speaking_for_its_cases() -> None:
    """Through its own relay, from its own address, and with letters that were owed before."""
    dovecot = await Dovecot.start(users=BOTH)
    async with await DeskWorld.start(dovecot=dovecot) as world, await SmtpServer.start() as own_relay:
        smtp = {"host": SmtpServer.host, "port": own_relay.port, "security": "none"}
        sales = mailbox_of(dovecot, "sales") | {"smtp": smtp}
        support = mailbox_of(dovecot, "support")
        await world.restarts(mailboxes=[support, sales])
        bo = world.person("bo@client.example")
        own_relay.refuse(bo.address, 451, "4.7.1 later")
        await bo.writes("Offer", "How much?", to="sales@acme.example", mailbox="sales")
        own_relay.accept_all()
        await world.restarts(mailboxes=[support, sales | {"name": "orders"}])
        await world.passes(hours=1)
        await world.agent.answers("Nine.")
        assert [str(each["From"]) for each in own_relay.letters_to(bo.address)] == [
            "Acme Support <sales@acme.example>",
            '"Ana Agent (Acme Support)" <sales@acme.example>',
        ]
        assert bo.letters() == []


async def test_a_mailbox_that_is_no_more_leaves_its_cases_to_the_desk() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    async with await DeskWorld.start(dovecot=dovecot, mailboxes=[mailbox_of(dovecot, "sales")]) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Offer", "How much?", to="sales@acme.example", mailbox="sales")
        bo.hears("received")
        await world.restarts(mailboxes=[mailbox_of(dovecot, "support")])
        await world.agent.answers("Nine.")
        assert "support@acme.example" in bo.hears("Offer")["From"]
