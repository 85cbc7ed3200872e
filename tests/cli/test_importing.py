"""`maildesk import`: a desk is taken over from another, and nobody hears of it."""

from __future__ import annotations

import asyncio
import signal
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from maildesk.cli.simulation_workers import reading_as_daemon
from maildesk.config import building
from maildesk.config.loading import load
from maildesk.daemon.parts import desk_of
from maildesk.importing.bringing import bring_in
from maildesk.importing.finding import threads_in
from maildesk.importing.sources import MboxFile, Sources
from maildesk.importing.writing import Place
from maildesk.store.schema import ledger
from tests.cli.conftest import NOW, CommandedDesk

pytestmark = pytest.mark.usefixtures("forked_readers")

HELP = "help@old.example"
BO = "Bo Lund <bo@client.example>"
CY = "Cy <cy@other.example>"
ANA = "Ana Souza <ana@acme.example>"
DAY = timedelta(days=1)


def a_mail(
    sender: str,
    days_ago: float,
    ident: str,
    answers: str = "",
    *,
    to: str = "",
    text: str = "It burns.",
    **more: str,
) -> bytes:
    """A mail of so many days ago; `answers` are the ids above it, the oldest first."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, "Printer" if ident.startswith("p") else "Scanner"
    mail["To"] = to or (BO if HELP in sender else HELP)
    if "date" not in more:
        mail["Date"] = format_datetime(at(days_ago))
    mail["Message-ID"] = f"<{ident}@mail.example>"
    if answers:
        ids = [f"<{each}@mail.example>" for each in answers.split()]
        mail["In-Reply-To"], mail["References"] = ids[-1], " ".join(ids)
    for name, value in more.items():
        if value:
            mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def at(days_ago: float) -> datetime:
    return NOW - days_ago * DAY


def mbox(file: Path, *mails: bytes) -> Path:
    file.write_bytes(b"".join(b"From - Mon Nov 23 09:30:00 2026\n" + each + b"\n" for each in mails))
    return file


PRINTER = (
    a_mail(BO, 100, "p1"),
    a_mail(HELP, 99, "p2", "p1", text="Try water."),
    a_mail(BO, 98, "p3", "p1 p2", text="Thank you."),
)


def brought(desk: CommandedDesk, *mails: bytes, options: tuple[str, ...] = ()) -> str:
    """What is said of an import of these mails."""
    file = mbox(desk.folder / "old.mbox", *mails)
    return desk.run("import", "mbox", str(file), "--desk", HELP, *options)


def the_case(desk: CommandedDesk) -> Any:
    [row] = desk.json("case", "list")
    return desk.json("case", "show", row["ref"])


def happened(case: Any) -> list[tuple[str, str]]:
    """What happened to a case, and how many days before now."""
    return [(each["kind"], days(each["at"])) for each in case["events"]]


def days(moment: str) -> str:
    return f"{(NOW - datetime.fromisoformat(moment)) / DAY:.0f}"


# --- what becomes of a thread ---------------------------------------------------------------------


def test_a_thread_becomes_a_closed_case_with_its_own_dates(desk: CommandedDesk) -> None:
    said = brought(desk, *PRINTER)
    assert said == "3 mails imported: 1 new cases, 0 open and 1 closed. Nobody was written to.\n"
    case = the_case(desk)
    assert (case["subject"], case["requester"], case["phase"]) == ("Printer", "bo@client.example", "closed")
    assert [days(case[each]) for each in ("arrived_at", "opened_at", "first_response_at", "closed_at")] == [
        "100", "100", "99", "98",
    ]  # fmt: skip
    assert happened(case) == [("opened", "100"), ("answered", "99"), ("replied", "98"), ("closed", "98")]
    assert [(each["direction"], each["new_text"].strip(), days(each["at"])) for each in case["mails"]] == [
        ("in", "It burns.", "100"),
        ("out", "Try water.", "99"),
        ("in", "Thank you.", "98"),
    ]


def test_nobody_is_written_to_and_nothing_is_promised(desk: CommandedDesk) -> None:
    brought(desk, *PRINTER, a_mail(CY, 2, "s1"))
    assert desk.json("outbox", "list") == []
    assert {each for row in desk.json("case", "list") for each in row["due"].values()} == {None}


def test_a_customers_last_word_stays_open_where_it_is_young(desk: CommandedDesk) -> None:
    brought(desk, *PRINTER, a_mail(BO, 3, "p4", "p1 p2 p3", text="It burns again."))
    case = the_case(desk)
    assert (case["phase"], case["closed_at"], days(case["asked_at"])) == ("open", None, "98")
    assert desk.json("case", "list", "--open", "--sort", "age")[0]["ref"] == case["ref"]


@pytest.mark.parametrize(
    ("within", "phase"),
    [("2d", "closed"), ("5d", "new"), ("2026-11-20", "new")],
    ids=["older", "younger", "a day"],
)
def test_how_young_it_must_be_is_said_at_the_keyboard(desk: CommandedDesk, within: str, phase: str) -> None:
    brought(desk, a_mail(BO, 3, "p1"), options=("--open-within", within))
    assert the_case(desk)["phase"] == phase


def test_a_case_that_was_never_answered_is_in_the_list_all_the_same(desk: CommandedDesk) -> None:
    """One that is closed as it opens is a newsletter's, and left out."""
    brought(desk, a_mail(BO, 400, "p1"))
    assert the_case(desk)["phase"] == "closed"


def test_an_agent_who_answered_owns_the_case(desk: CommandedDesk) -> None:
    brought(desk, a_mail(BO, 9, "p1"), a_mail(ANA, 8, "p2", "p1", to=BO), a_mail(BO, 7, "p3", "p1 p2"))
    case = the_case(desk)
    assert (case["owner"], case["phase"]) == ("ana@acme.example", "open")
    assert [each["verdict"] for each in case["mails"]] == ["opened", "answer", "appended"]


def test_the_policys_rules_say_what_kind_of_case_it_is(desk: CommandedDesk) -> None:
    brought(desk, a_mail(BO, 9, "p1"))
    assert the_case(desk)["account"] == "Client Inc"


def test_who_was_copied_or_wrote_too_takes_part(desk: CommandedDesk) -> None:
    brought(
        desk,
        a_mail(BO, 9, "p1", to="support@acme.example", Cc="Di <di@client.example>"),
        a_mail("El <el@client.example>", 8, "p2", "p1"),
    )
    parties = [(each["address"], each["role"]) for each in the_case(desk)["parties"]]
    assert parties == [
        ("bo@client.example", "requester"),
        ("di@client.example", "cc"),
        ("el@client.example", "cc"),
    ]


def test_what_the_desk_wrote_first_is_shown_before_the_answer(desk: CommandedDesk) -> None:
    brought(
        desk, a_mail(HELP, 9, "p1", text="How is the printer?"), a_mail(BO, 8, "p2", "p1", text="Burning.")
    )
    case = the_case(desk)
    assert [each["direction"] for each in case["mails"]] == ["out", "in"]
    assert happened(case) == [("opened", "8")]


def test_an_absence_note_is_shown_and_changes_nothing(desk: CommandedDesk) -> None:
    away = a_mail(BO, 97, "p4", "p1 p2", text="I am away.", Auto_Submitted="auto-replied")
    brought(desk, *PRINTER, away)
    case = the_case(desk)
    assert [each["verdict"] for each in case["mails"]] == ["opened", "answer", "appended", "automatic"]
    assert case["phase"] == "closed"


def test_what_was_said_is_found_by_its_words(desk: CommandedDesk) -> None:
    brought(desk, *PRINTER)
    assert len(desk.json("case", "list", "--search", "water")) == 1
    assert desk.json("case", "list", "--search", "coffee") == []


# --- what is left out -----------------------------------------------------------------------------

LEFT_OUT = {
    "a program": (
        a_mail(BO, 9, "s1", Auto_Submitted="auto-replied"),
        "nobody but programs wrote in its thread",
    ),
    "the desk alone": (a_mail(HELP, 9, "s1"), "no customer wrote in its thread"),
    "without a time": (a_mail(BO, 9, "s1", date=""), "it says no time"),
    "too large": (a_mail(BO, 9, "s1", text="It burns.\n" * 110_000), "it is larger than limits.store_size"),
}


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_what_is_no_case_is_left_out_and_named(desk: CommandedDesk, kind: str) -> None:
    desk.change("testing: true", "testing: true\nlimits: {store_size: 1MiB, parse_size: 1MiB}")
    mail, why = LEFT_OUT[kind]
    file = mbox(desk.folder / "old.mbox", *PRINTER, mail)
    result = desk.try_("import", "mbox", str(file), "--desk", HELP)
    assert result.exit_code == 0, result.output
    assert f"left out: old.mbox, mail 4: {why}" in result.stderr
    assert len(desk.json("case", "list")) == 1


def test_a_forged_answer_of_the_desk_is_none(desk: CommandedDesk) -> None:
    desk.change("testing: true", "testing: true\ntrust: {authserv_id: mx.acme.example}")
    border = (
        "Authentication-Results: mx.acme.example; dmarc=fail header.from=acme.example\n"
        f"Received: from x.example by mx.acme.example; {format_datetime(at(9))}\n"
    )
    forged = border.encode() + a_mail(ANA, 9, "p2", "p1", to=BO)
    file = mbox(desk.folder / "old.mbox", a_mail(BO, 10, "p1"), forged)
    result = desk.try_("import", "mbox", str(file))
    assert "which the server that took it in did not believe" in result.stderr
    case = the_case(desk)
    assert (case["owner"], case["first_response_at"]) == (None, None)


def test_a_desk_whose_answers_are_missing_is_warned_of(desk: CommandedDesk) -> None:
    file = mbox(desk.folder / "old.mbox", *PRINTER)
    assert "warn no mail is by the desk" in desk.try_("import", "mbox", str(file)).stderr


def test_what_is_no_mbox_and_no_maildir_is_told(desk: CommandedDesk) -> None:
    file = desk.folder / "notes.txt"
    file.write_text("no mail\n")
    assert f"there is no mail in {file}" in desk.try_("import", "mbox", str(file)).stderr
    assert "is no maildir" in desk.try_("import", "maildir", str(desk.folder)).stderr


def test_a_dry_run_says_what_would_be_and_writes_nothing(desk: CommandedDesk) -> None:
    said = brought(desk, *PRINTER, a_mail(CY, 2, "s1"), options=("--dry-run",))
    assert said.startswith("2 threads of 4 mails, 1 of them by the desk: 1 open cases and 1 closed ones.")
    assert desk.json("case", "list", "--all") == []


# --- again, and further ---------------------------------------------------------------------------


def test_the_same_again_changes_nothing(desk: CommandedDesk) -> None:
    brought(desk, *PRINTER)
    before = the_case(desk)
    assert "0 mails imported" in (said := brought(desk, *PRINTER))
    assert "3 mails were here already" in said
    assert the_case(desk) == before


def test_a_later_export_goes_on_with_the_case(desk: CommandedDesk) -> None:
    brought(desk, *PRINTER)
    ref = the_case(desk)["ref"]
    said = brought(desk, *PRINTER, a_mail(BO, 1, "p4", "p1 p2 p3", text="Again!"))
    assert "1 cases that were here have more mails now; 3 mails were here already" in said
    case = the_case(desk)
    assert (case["ref"], case["phase"], case["reopened"]) == (ref, "open", 1)
    assert happened(case)[-1] == ("reopened", "1")


def test_sent_mail_that_comes_after_the_inbox_finds_its_case(desk: CommandedDesk) -> None:
    brought(desk, PRINTER[0], PRINTER[2])
    brought(desk, *PRINTER)
    case = the_case(desk)
    assert [each["direction"] for each in case["mails"]] == ["in", "out", "in"]
    assert (case["phase"], days(case["first_response_at"])) == ("closed", "99")


def test_a_case_that_lives_on_here_is_shown_more_and_stays_as_it_is(desk: CommandedDesk) -> None:
    brought(desk, *PRINTER)
    desk.run("case", "reopen", the_case(desk)["ref"])
    before = the_case(desk)
    brought(desk, *PRINTER, a_mail(HELP, 97, "p4", "p1 p2 p3", text="You are welcome."))
    after = the_case(desk)
    assert (after["phase"], after["events"]) == ("open", before["events"])
    assert len(after["mails"]) == len(before["mails"]) + 1


def test_what_was_erased_is_not_imported_again(desk: CommandedDesk) -> None:
    brought(desk, *PRINTER)
    desk.run("case", "erase", the_case(desk)["ref"], "--yes")
    other_ends = [each.replace(b"\n", b"\r\n") for each in PRINTER]  # as another way here would bring it
    for mails in (PRINTER, other_ends):
        assert "0 mails imported" in brought(desk, *mails)
    assert [row["verdict"] for row in desk.json("inbox", "list")] == ["erased"] * 3
    late = a_mail(HELP, 97, "p4", "p1 p2 p3", text="You said: thank you.")
    assert "0 mails imported" in brought(desk, *PRINTER, late)


def test_the_same_mail_in_two_files_is_one(desk: CommandedDesk) -> None:
    files = [mbox(desk.folder / name, *PRINTER) for name in ("inbox.mbox", "all.mbox")]
    said = desk.run("import", "mbox", *map(str, files), "--desk", HELP)
    assert said.startswith("3 mails imported: 1 new cases")


def test_threads_go_through_all_files(desk: CommandedDesk) -> None:
    inbox = mbox(desk.folder / "inbox.mbox", PRINTER[0], PRINTER[2])
    sent = mbox(desk.folder / "sent.mbox", PRINTER[1])
    desk.run("import", "mbox", str(inbox), str(sent), "--desk", HELP)
    assert [each["direction"] for each in the_case(desk)["mails"]] == ["in", "out", "in"]


def test_what_was_imported_is_sound(desk: CommandedDesk) -> None:
    brought(desk, *PRINTER, a_mail(CY, 2, "s1"))
    assert "Every case is what its events say" in desk.run("db", "refold")
    rows = desk.json("inbox", "list", "--verdict", "imported")
    assert [row["case"] is not None for row in rows] == [True] * 4
    assert desk.try_("inbox", "show", "1", "--raw").stdout_bytes == PRINTER[0] + b"\n"


async def test_it_stops_between_two_commits_and_the_same_command_goes_on(desk: CommandedDesk) -> None:
    threads = (*PRINTER, a_mail(CY, 20, "s1"), a_mail(CY, 19, "s2"))
    file = mbox(desk.folder / "old.mbox", *threads)
    settings = load(desk.config)
    place = Place(
        desk=desk_of(settings),
        keys=building.keyring(settings),
        identity="d" * 64,
        mailbox="support",
        now=NOW,
        open_since=at(30),
    )
    stops, done = iter((False, True)), list[int]()
    sources, store = Sources.opened([file], MboxFile), desk.open_store()
    try:
        async with reading_as_daemon(settings, place.desk) as reader:
            found = await threads_in(sources, place.desk, reader.read, 2**20, NOW)
            tally = await bring_in(
                store, place, found.threads, reader.read, done.append, lambda: next(stops), at_once=3
            )
    finally:
        sources.close()
        await store.close()
    assert (tally.closed, tally.opened, tally.mails, done) == (1, 0, 3, [3])
    assert len(desk.json("case", "list")) == 1
    said = (await desk.process("import", "mbox", str(file))).out
    assert said.startswith("2 mails imported: 2 new cases, 2 open and 0 closed; 3 mails were here already")


async def test_a_stop_that_comes_at_once_is_told(desk: CommandedDesk) -> None:
    """The reading of so many mails takes longer than a signal; what is written is whole."""
    file = mbox(desk.folder / "old.mbox", *(a_mail(CY, 20, f"s{number}") for number in range(600)))
    child = await desk.start("import", "mbox", str(file))
    await until_imported(desk)
    child.send_signal(signal.SIGINT)
    async with asyncio.timeout(300):
        _, said = await child.communicate()
    assert child.returncode in (0, 1)
    cases, mails = len(desk.json("case", "list")), len(desk.json("inbox", "list"))
    assert cases == mails >= 1
    assert (b"Stopped: give the same command again" in said) is (cases < 600)
    assert (await desk.process("import", "mbox", str(file))).code == 0
    assert len(desk.json("case", "list")) == 600


async def until_imported(desk: CommandedDesk) -> None:
    """Wait until the first mails are written."""
    store = desk.open_store()
    first = select(ledger.c.id).limit(1)
    try:
        async with asyncio.timeout(300):
            while not await store.read(lambda conn: conn.execute(first).first()):  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.01)
    finally:
        await store.close()
