"""Reading in a child: a real one, with mails that kill it, hang it and make it fail.

How it starts, ends and is heard is told of one that starts from nothing; what it answers, of a forked one.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from maildesk.daemon.reader_frames import FilesOf, Setup
from maildesk.daemon.reading import MailReader, Reading
from maildesk.desk.screening.heard import HeardMail, UnreadMail
from maildesk.errors import ReaderNotReady, TooManyFiles
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import EnclosedFile, FileKey
from maildesk.mail.mime.limits import ReadingLimits
from tests.daemon import fates
from tests.world.forking import ForkedReader

ROOT = Path(__file__).parents[2]
PATIENCE = 3
"""Seconds for one mail where a test waits for the limit: enough for a child to start on a busy machine."""


def raw(subject: str, size: int = 300) -> bytes:
    """A mail with this subject, of exactly so many bytes."""
    head = f"From: Bo <bo@client.example>\r\nSubject: {subject}\r\n\r\n"
    return head.encode().ljust(size, b"x")


def subjects(readings: list[Reading]) -> list[str]:
    """The subject of each mail that was read, the reason of each that was not."""
    return [each.reason if isinstance(each, UnreadMail) else each.mail.subject for each in readings]


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """The file that is there once the child has met its fate."""
    return tmp_path / "happened"


async def happened(marker: Path) -> None:
    while not marker.exists():  # noqa: ASYNC110, ASYNC240 - another process's file: there is no event to wait for
        await asyncio.sleep(0.01)


@pytest.fixture
def setup(marker: Path, monkeypatch: pytest.MonkeyPatch) -> Setup:
    """What the child is told. It starts where it can import this folder."""
    monkeypatch.chdir(ROOT)
    limits = ReadingLimits(parse_size=fates.fate(marker))
    return Setup(Trust(), limits, PATIENCE * 10)


@asynccontextmanager
async def closed_in_the_end(one: MailReader) -> AsyncIterator[MailReader]:
    async with asyncio.timeout(120):
        yield one
    await one.close()


@pytest.fixture
async def reader(setup: Setup) -> AsyncIterator[MailReader]:
    """A reader whose child starts from nothing, as the daemon's; no test takes longer than two minutes."""
    async with closed_in_the_end(MailReader(setup)) as one:
        yield one


@pytest.fixture
async def forked(setup: Setup) -> AsyncIterator[MailReader]:
    """One whose child is forked."""
    async with closed_in_the_end(ForkedReader(setup)) as one:
        yield one


async def test_a_mail_becomes_its_value(reader: MailReader) -> None:
    (read,) = await reader.read([raw("Printer")])
    assert isinstance(read, HeardMail)
    assert (read.mail.subject, read.mail.digests.raw) == ("Printer", sha256(raw("Printer")).hexdigest())


async def test_one_child_reads_batch_after_batch_in_order(forked: MailReader) -> None:
    for batch in range(3):
        names = [f"mail-{batch}-{number}" for number in range(30)]
        assert subjects(await forked.read([raw(name) for name in names])) == names
    assert await forked.read([]) == []


async def test_more_than_the_pipes_can_hold_goes_through(reader: MailReader) -> None:
    names = [f"large-{number}" for number in range(40)]
    assert subjects(await reader.read([raw(name, 300_000) for name in names])) == names


def with_file(name: str, content: str) -> bytes:
    """A mail with one file."""
    return with_files((name, content))


def with_files(*files: tuple[str, str]) -> bytes:
    """A mail with files in this order."""
    head = ("From: bo@client.example", 'Content-Type: multipart/mixed; boundary="b"', "", "--b", "", "Hello")
    parts = [
        ("--b", "Content-Type: image/png", f'Content-Disposition: attachment; filename="{name}"', "", content)
        for name, content in files
    ]
    return "\r\n".join([*head, *itertools.chain(*parts), "--b--"]).encode()


async def test_the_child_hands_out_the_files_that_are_asked_for(forked: MailReader) -> None:
    raws = [with_file("one.png", "1111"), with_file("two.png", "2222"), raw("none")]
    readings = await forked.read(raws)
    digests = [
        file.sha256 for each in readings if isinstance(each, HeardMail) for file in each.mail.attachments
    ]
    wanted = [FilesOf(each, frozenset(digests[:1])) for each in raws]
    one = FileKey(digests[0], "one.png")
    assert await forked.files(wanted) == [{one: EnclosedFile("one.png", "image/png", b"1111")}, {}, {}]
    assert await forked.files([]) == []


async def test_files_come_in_the_order_in_which_they_were_sent(forked: MailReader) -> None:
    mail = with_files(("c.png", "1"), ("a.png", "2"), ("b.png", "3"), ("c again.png", "1"))
    (reading,) = await forked.read([mail])
    assert isinstance(reading, HeardMail)
    (found,) = await forked.files(
        [FilesOf(mail, frozenset(each.sha256 for each in reading.mail.attachments))]
    )
    assert [each.name for each in found.values()] == ["c.png", "a.png", "b.png", "c again.png"]


async def test_a_mail_over_the_limit_is_unreadable_in_words(forked: MailReader) -> None:
    (read,) = await forked.read([raw("huge", 2**20 + 1)])
    assert isinstance(read, UnreadMail)
    assert read.reason == "unreadable"
    assert "larger than 1 MiB" in read.sentence


@pytest.mark.parametrize(
    ("size", "error"),
    [
        (fates.MEMORY, "MemoryError"),
        (fates.RECURSION, "RecursionError"),
        (fates.INDEX, "IndexError"),
        (fates.LOOKUP, "LookupError"),
        (fates.UNICODE, "UnicodeDecodeError"),
        (fates.HUNGRY, "MemoryError"),
    ],
    ids=["memory", "recursion", "index", "look-up", "unicode", "more than a gibibyte"],
)
async def test_a_mail_on_which_the_parser_fails_has_a_reason_without_its_words(
    forked: MailReader, size: int, error: str
) -> None:
    before, failed, after = await forked.read([raw("before"), raw("odd", size), raw("after")])
    assert subjects([before, after]) == ["before", "after"]
    assert failed == UnreadMail("reader-error", f"our reader failed on it ({error})")


@pytest.mark.parametrize("size", [fates.DIES, fates.EXITS], ids=["killed", "exits"])
async def test_a_mail_that_ends_the_child_twice_is_given_up_and_the_others_are_read(
    reader: MailReader, size: int
) -> None:
    names = ["one", "two", "deadly", "three", "four"]
    mails = [raw(name, size if name == "deadly" else 300) for name in names]
    assert subjects(await reader.read(mails)) == ["one", "two", "reader-killed", "three", "four"]


async def test_a_mail_that_ended_the_child_once_is_read_after_all(forked: MailReader) -> None:
    mails = [raw("one"), raw("unlucky", fates.DIES_ONCE), raw("two")]
    assert subjects(await forked.read(mails)) == ["one", "unlucky", "two"]


async def test_deadly_mails_first_last_and_in_a_row_keep_the_order(forked: MailReader) -> None:
    deadly = raw("deadly", fates.DIES)
    readings = await forked.read([deadly, deadly, raw("one"), raw("odd", fates.MEMORY), deadly])
    assert subjects(readings) == ["reader-killed", "reader-killed", "one", "reader-error", "reader-killed"]


async def test_a_child_that_died_while_idle_is_replaced(reader: MailReader, marker: Path) -> None:
    assert subjects(await reader.read([raw("last words", fates.DIES_SOON)])) == ["last words"]
    await happened(marker)
    assert subjects(await reader.read([raw("one"), raw("two")])) == ["one", "two"]


async def test_a_mail_that_takes_too_long_is_stopped_at_the_limit(setup: Setup) -> None:
    hasty = MailReader(Setup(setup.trust, setup.limits, PATIENCE))
    async with asyncio.timeout(120):
        mails = [raw("one"), raw("slow", fates.HANGS_ONCE), raw("two")]
        assert subjects(await hasty.read(mails)) == ["one", "slow", "two"]
        await hasty.close()


async def test_a_reading_that_is_cancelled_leaves_no_half_answer_behind(
    reader: MailReader, marker: Path
) -> None:
    reading = asyncio.create_task(reader.read([raw("one"), raw("slow", fates.HANGS)]))
    await happened(marker)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert subjects(await reader.read([raw("two"), raw("three")])) == ["two", "three"]


async def test_mail_that_was_still_on_its_way_to_a_child_that_ends_is_no_error_in_the_log(
    reader: MailReader, marker: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Early Pythons 3.11 say of each pipe that broke that nobody asked how it ended."""
    mails = [raw("slow", fates.HANGS), *(raw("large", 2_000_000) for _ in range(8))]
    reading = asyncio.create_task(reader.read(mails))
    await happened(marker)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await reader.close()
    for _ in range(5):  # the loop hears of the end
        await asyncio.sleep(0)
    del reading
    gc.collect()
    assert caplog.text == ""


async def test_a_child_that_this_machine_has_no_room_for_is_told_with_a_remedy(setup: Setup) -> None:
    ours, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)  # the lowest number there is
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, most))
    try:
        with pytest.raises(TooManyFiles, match="the child that reads mails cannot be started"):
            await MailReader(setup).start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (ours, most))


async def test_closing_ends_the_child_and_can_be_done_twice(reader: MailReader) -> None:
    await reader.read([raw("one")])
    await reader.close()
    await reader.close()
    assert subjects(await reader.read([raw("two")])) == ["two"]


async def test_a_child_that_ends_while_it_loads_says_nothing_about_the_mails(
    setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the machine's trouble: once that is mended the same mails are read, none of them put aside."""
    library = tmp_path / "py3langid.py"
    library.write_text("import os\nos._exit(3)", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # it is mended within a second
    reader = MailReader(replace(setup, several_languages=True))
    async with asyncio.timeout(120):
        for _ in range(3):
            with pytest.raises(ReaderNotReady, match="before it is ready"):
                await reader.read([raw("one"), raw("two")])
        library.write_text("def classify(words):\n    return 'de', 1.0\n", encoding="utf-8")
        assert subjects(await reader.read([raw("one"), raw("two")])) == ["one", "two"]
        await reader.close()


WORDS = (
    "Guten Tag, unser Drucker im zweiten Stock druckt seit heute Morgen nicht mehr, und wir wissen nicht, "
    "woran es liegt; können Sie uns bitte helfen?"
)


async def language_told(setup: Setup, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The language that is told of a mail's words where this stands in place of the library."""
    (tmp_path / "py3langid.py").write_text(library, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    reader = MailReader(replace(setup, seconds=PATIENCE, several_languages=True))
    head = b"From: Bo <bo@client.example>\r\nSubject: Hm\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    async with asyncio.timeout(60):
        (read,) = await reader.read([head + WORDS.encode()])
        await reader.close()
    assert isinstance(read, HeardMail)
    return read.heard.language


async def test_loading_takes_no_time_from_the_first_mail(
    setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = f"import time\ntime.sleep({PATIENCE + 1})\n\ndef classify(words):\n    return 'de', 1.0\n"
    assert await language_told(setup, library, tmp_path, monkeypatch) == "de"


@pytest.mark.parametrize(
    "library",
    [
        pytest.param("raise OSError('damaged')", id="cannot be loaded"),
        pytest.param("def classify(words):\n    raise MemoryError", id="its model cannot be"),
        pytest.param(
            "def classify(words):\n    if words:\n        raise ValueError('no')\n    return 'en', 0.0",
            id="fails on a mail",
        ),
    ],
)
async def test_a_library_that_fails_costs_the_language_and_not_the_mail(
    library: str, setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await language_told(setup, library, tmp_path, monkeypatch) == ""
