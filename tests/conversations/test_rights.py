"""People's rights beside a whole desk: what was erased stays erased, whatever the server or a backup does."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import zipfile
import zlib
from contextlib import closing
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from maildesk.cli.main import cli
from tests.attacks.restored import Copy
from tests.attacks.test_restored_backups import backed_up, moved_back, restored
from tests.world.desk import MONDAY, TRUSTING, DeskWorld
from tests.world.dovecot import Dovecot

pytestmark = pytest.mark.dovecot

BO, CY = "bo@client.example", "cy@client.example"
WORDS = (b"It burns brightly", b"brightly", b"Printer on fire", b"bo@client.example", b"Bo Lund")


async def command(world: DeskWorld, *words: str) -> Result:
    call = [*words[:2], "-c", str(world.config_file), *words[2:]]
    env = {"MAILDESK_NOW": world.clock.now().isoformat(), "MAILDESK_AGENT": ""}
    return await asyncio.to_thread(CliRunner(env=env).invoke, cli, call, catch_exceptions=False)


async def erased(world: DeskWorld, *words: str) -> dict[str, Any]:
    result = await command(world, *words, "--yes", "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


async def verified(world: DeskWorld) -> str:
    call = ["verify", "-c", str(world.config_file), "--wait", "0"]
    result = await asyncio.to_thread(CliRunner().invoke, cli, call, catch_exceptions=False)
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    return result.stderr


def left_in_the_files(world: DeskWorld) -> list[bytes]:
    """The words that still stand in the database's own files, packed mails read too."""
    folder = Path(world.folder.name)
    kept = b"".join(each.read_bytes() for each in folder.glob("desk.db*") if "lock" not in each.name)
    with closing(sqlite3.connect(folder / "desk.db")) as conn:
        for (packed,) in conn.execute("SELECT packed FROM raw_mails WHERE length(packed) > 0"):
            kept += zlib.decompress(packed)
        for (content,) in conn.execute("SELECT content FROM letter_bodies"):
            kept += content
    return [each for each in WORDS if each in kept]


async def on_fire(world: DeskWorld) -> str:
    """A case with a mail, an answer and a note; its reference."""
    bo = world.person(BO, "Bo Lund")
    await bo.writes("Printer on fire", "It burns brightly.")
    await world.agent.answers("Turn it off, Bo Lund.")
    await world.agent.notes("Bo Lund has a temper.")
    await world.works()
    return str((await world.cases())[-1]["ref"])


async def test_a_case_is_erased_and_its_reference_and_counts_stay() -> None:
    async with await DeskWorld.start() as world:
        ref = await on_fire(world)
        before = await world.case(ref)
        letters = len(await world.outbox())
        found = await erased(world, "case", "erase", ref)
        assert (found["cases"], found["mails"]) == ([ref], 1)
        (lying,) = found["on_server"]
        assert (lying["mailbox"], lying["subject"]) == ("support", "Printer on fire")
        after = await world.case(ref)
        assert (after["subject"], after["requester"], after["phase"]) == ("(erased)", "", "closed")
        assert (after["mails"] and len(after["mails"]), after["first_response_at"]) == (
            len(before["mails"]),
            before["first_response_at"],
        )
        assert len(await world.outbox()) == letters
        assert (await world.happened(ref))[-1] == "erased"
        assert await world.verdicts() == ["erased"]
        assert left_in_the_files(world) == []
        assert len(await world.dovecot.folder("support", "Processed")) == 1, "the server was touched"
        assert "1 rows of the ledger (1 erased), 1 cases" in await verified(world)


async def test_the_words_of_an_erased_case_find_nothing() -> None:
    async with await DeskWorld.start() as world:
        ref = await on_fire(world)
        await world.person(CY).writes("Scanner", "It hums brightly.")
        await world.works()
        found = await command(world, "case", "list", "--search", "brightly")
        assert ref in found.output
        await erased(world, "case", "erase", ref)
        found = await command(world, "case", "list", "--search", "brightly")
        assert ref not in found.output
        assert "Scanner" in found.output
        assert "burns" not in str(words_kept(world))


def words_kept(world: DeskWorld) -> list[str]:
    """List what the index keeps of all mails, as it would be looked through."""
    with closing(sqlite3.connect(Path(world.folder.name) / "desk.db")) as conn:
        return [row[0] for row in conn.execute("SELECT words FROM search WHERE words IS NOT NULL")]


async def test_an_erased_case_is_what_its_events_say() -> None:
    async with await DeskWorld.start() as world:
        ref = await on_fire(world)
        await erased(world, "case", "erase", ref)
        await world.service.close()
        try:
            result = await command(world, "db", "refold")
        finally:
            world.reopens()
        assert "Every case is what its events say" in result.output


async def test_nothing_leads_to_an_erased_case_any_more() -> None:
    """The customer answers our letter, which has its token: that opens a case as any mail does."""
    async with await DeskWorld.start() as world:
        ref = await on_fire(world)
        answer = world.person(BO).hears_all()[-1]
        await erased(world, "case", "erase", ref)
        await world.person(BO).replies(answer, "It burns again.")
        cases = await world.cases()
        assert len(cases) == 2
        assert await world.verdicts() == ["erased", "opened"]
        assert (await world.case(ref))["subject"] == "(erased)"
        refused = await command(world, "case", "reply", ref, "Hello?")
        assert (refused.exit_code, "was erased" in refused.output) == (1, True)


@pytest.mark.parametrize("moved", [True, False], ids=["moves", "marks"])
async def test_a_mailbox_that_is_numbered_anew_brings_nothing_back(moved: bool) -> None:
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"}, move=moved)
    async with await DeskWorld.start(dovecot=dovecot) as world:
        ref = await on_fire(world)
        await erased(world, "case", "erase", ref)
        if moved:
            await moved_back(world, 1)
        await world.service.close()
        await dovecot.reset_uidvalidity("support")
        world.reopens()
        await world.works()
        assert await world.verdicts() == ["erased", "erased"]
        assert len(await world.cases()) == 1
        assert left_in_the_files(world) == []
        await verified(world)


async def test_a_server_that_tells_other_dates_brings_nothing_back() -> None:
    """What tells mails apart then is the Message-ID, of which a hash is left."""
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"}, move=False)
    async with await DeskWorld.start(dovecot=dovecot) as world:
        ref = await on_fire(world)
        now = await Copy.of(dovecot)
        await erased(world, "case", "erase", ref)
        await now.put_back(dated=MONDAY.replace(day=1))
        await world.restarts()
        await world.works()
        assert await world.verdicts() == ["erased"]
        assert world.operator.letters() == []


async def test_a_mail_that_somebody_moves_back_to_the_inbox_is_not_read_again() -> None:
    async with await DeskWorld.start() as world:
        await on_fire(world)
        (ref,) = [str(each["ref"]) for each in await world.cases()]
        await erased(world, "case", "erase", ref)
        await moved_back(world, 1)
        await world.works()
        assert await world.verdicts() == ["erased", "erased"]
        assert len(await world.cases()) == 1
        assert left_in_the_files(world) == []
        assert len(await world.dovecot.folder("support", "Processed")) == 1, "it is put away again"
        await verified(world)


async def test_a_mail_server_that_is_put_back_brings_nothing_back() -> None:
    """Its folders are those of before the mail was moved: it lies in the inbox, under its old key."""
    async with await DeskWorld.start() as world:
        bo = world.person(BO, "Bo Lund")
        await world.lies(bo.composes("Printer on fire", "It burns brightly.").as_bytes(policy=SMTP))
        then = await Copy.of(world.dovecot)
        await world.works()
        (ref,) = [str(each["ref"]) for each in await world.cases()]
        await erased(world, "case", "erase", ref)
        await then.put_back()
        await world.restarts()
        await world.works()
        assert set(await world.verdicts()) == {"erased"}
        assert len(await world.cases()) == 1
        assert left_in_the_files(world) == []


async def test_a_restored_backup_that_knows_of_it_reads_nothing_again() -> None:
    async with await DeskWorld.start() as world:
        ref = await on_fire(world)
        await erased(world, "case", "erase", ref)
        copy = await backed_up(world)
        with closing(sqlite3.connect(copy)) as conn:
            assert conn.execute("SELECT count(*) FROM raw_mails WHERE length(packed) > 0").fetchone() == (0,)
        await restored(world, copy)
        await moved_back(world, 1)
        await world.works()
        assert set(await world.verdicts()) == {"erased"}
        assert len(await world.cases()) == 1
        await verified(world)


async def test_a_restored_backup_that_is_older_is_told_what_was_erased_since() -> None:
    """One case is in the copy, the other came after it; neither comes back, and the list names nobody."""
    async with await DeskWorld.start() as world:
        ref = await on_fire(world)
        copy = await backed_up(world)
        await world.person(CY).writes("Scanner", "It hums.")
        later = str((await world.cases())[-1]["ref"])
        for each in (ref, later):
            await erased(world, "case", "erase", each)
        listed = (Path(world.folder.name) / "desk.db.erased").read_bytes()
        assert ref.encode() in listed
        assert b"client.example" not in listed
        await restored(world, copy)
        await moved_back(world, 2)
        await world.works()
        assert set(await world.verdicts()) == {"erased"}
        assert [(each["ref"], each["subject"]) for each in await world.cases()] == [(ref, "(erased)")]
        assert (await world.case(ref))["events"][-1]["data"] == {"reason": "erased-before"}
        assert left_in_the_files(world) == []
        await verified(world)


async def test_another_mail_that_reads_the_same_is_a_mail_of_its_own() -> None:
    """A program writes "backup failed" each night, without a Message-ID: the date tells two nights apart."""
    raw = b"From: robot@client.example\r\nTo: support@acme.example\r\nSubject: Failed\r\n\r\nIt failed.\r\n"
    async with await DeskWorld.start() as world:
        await world.arrives(raw, date=world.clock.now())
        (case,) = await world.cases()
        await erased(world, "case", "erase", case["ref"])
        await world.passes(days=1)
        await world.arrives(raw, date=world.clock.now())
        assert await world.verdicts() == ["erased", "opened"]
        row = (await world.inbox())[1]
        shown = await command(world, "inbox", "show", str(row["id"]), "--raw")
        assert b"It failed." in shown.stdout_bytes
        await verified(world)


async def test_a_person_goes_whole_and_out_of_the_cases_of_others() -> None:
    async with await DeskWorld.start() as world:
        own = await on_fire(world)
        cy = world.person(CY, "Cy Marsh")
        await cy.writes("Scanner", "It hums.", cc=[BO])
        other = str((await world.cases())[-1]["ref"])
        await world.agent.answers("Is it loud?", other)
        await world.works()
        found = await erased(world, "person", "erase", BO)
        assert (found["cases"], found["touched"]) == ([own], [other])
        shown = json.dumps(await world.case(other))
        assert "It hums." in shown
        assert BO not in shown
        assert (await world.happened(other))[-1] == "party-removed"
        assert BO not in json.dumps(await world.outbox())
        assert (await command(world, "person", "export", BO)).exit_code == 1
        await verified(world)


async def test_an_export_has_the_exact_bytes_of_every_mail(tmp_path: Path) -> None:
    async with await DeskWorld.start() as world:
        raw = world.person(BO, "Bo Lund").composes("Printer on fire", "It burns.").as_bytes(policy=SMTP)
        await world.arrives(raw)
        target = tmp_path / "bo.zip"
        result = await command(world, "person", "export", BO, "--to", str(target))
        assert result.exit_code == 0, result.output
        with zipfile.ZipFile(target) as archive:
            names = [each for each in archive.namelist() if each.startswith("mails/")]
            assert [archive.read(each) for each in names] == [raw]


async def test_a_person_is_one_whatever_form_of_unicode_their_mails_have() -> None:
    async with await DeskWorld.start() as world:
        for spelled in ("José@client.example", "jose\u0301@client.example", "jose@client.example"):
            await world.arrives(
                f"Message-ID: <{len(spelled)}.{spelled[0]}@x.example>\r\nFrom: {spelled}\r\n"
                f"To: support@acme.example\r\nSubject: Printer\r\n\r\nIt burns.\r\n".encode()
            )
        await world.works()
        cases = {str(case["ref"]): str(case["requester"]) for case in await world.cases()}
        theirs = sorted(ref for ref, requester in cases.items() if requester != "jose@client.example")
        found = await erased(world, "person", "erase", "JOSÉ@client.example")
        assert (found["mails"], sorted({*found["cases"], *found["touched"]})) == (2, theirs)
        assert await world.verdicts() == ["erased", "erased", "opened"]


async def test_cases_that_were_resolved_long_ago_and_never_closed_stay_unless_that_is_wished() -> None:
    async with await DeskWorld.start(retention={"closed": "1y"}) as world:
        ref = await on_fire(world)
        await world.agent.resolves(ref=ref)
        await world.passes(days=800)
        assert (await world.case(ref))["subject"] == "Printer on fire"
        world.configure(retention={"closed": "1y", "resolved": "2y"})
        await world.restarts()
        await world.works()
        assert (await world.case(ref))["subject"] == "(erased)"
        assert (await world.case(ref))["phase"] == "resolved"
        await verified(world)


async def test_what_was_said_on_a_resolved_case_keeps_it() -> None:
    async with await DeskWorld.start(retention={"resolved": "1y"}) as world:
        ref = await on_fire(world)
        await world.agent.resolves(ref=ref)
        await world.passes(days=300)
        await world.agent.notes("We heard of it again.", ref)
        await world.passes(days=100)
        assert (await world.case(ref))["subject"] == "Printer on fire"
        await world.passes(days=300)
        assert (await world.case(ref))["subject"] == "(erased)"


async def test_mail_about_no_case_goes_after_its_time_where_that_is_wished() -> None:
    """An agent only looked, and a letter answered that; the mail of a case is not mail about none."""
    async with await DeskWorld.start(retention={"no_case": "90d"}, trust=TRUSTING) as world:
        ref = await on_fire(world)
        await world.agent.writes("#mine", "", border="dmarc=pass")
        rows = await world.inbox()
        loose = [row for row in rows if row["case"] is None]
        assert loose, rows
        await world.passes(days=89)
        assert "erased" not in await world.verdicts()
        await world.passes(days=2)
        kept = {row["id"]: row["verdict"] for row in await world.inbox()}
        assert {kept[row["id"]] for row in loose} == {"erased"}
        assert [kept[row["id"]] for row in rows if row["case"] == ref] == ["opened"]
        about_none = [row for row in await world.outbox() if row["case"] is None]
        assert {row["to"].partition(":")[0] for row in about_none if row["state"] == "sent"} <= {"erased"}
        await verified(world)


async def test_cases_that_were_closed_long_ago_are_erased_by_themselves() -> None:
    async with await DeskWorld.start(retention={"closed": "1y"}) as world:
        ref = await on_fire(world)
        await world.agent.closes(ref=ref)
        await world.passes(days=300)
        assert (await world.case(ref))["subject"] == "Printer on fire"
        await world.passes(days=70)
        assert (await world.case(ref))["subject"] == "(erased)"
        assert (await world.case(ref))["events"][-1]["data"] == {"reason": "retention"}
        await verified(world)
