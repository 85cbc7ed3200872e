"""What a mail server's pipe is told: 75 for whatever goes wrong, wherever options stand, in one line."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

import pytest
import yaml

from maildesk.cli.pipe import Intent, meant
from tests.cli.conftest import CommandedDesk, Ended
from tests.cli.test_run import heeds
from tests.world.smtp_server import SmtpServer

ROOT = Path(__file__).parents[2]
MAIL = (
    b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: Help\r\n\r\nIt does not print.\r\n"
)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("deliver", Intent.DELIVERY),
        ("deliver --mailbox support", Intent.DELIVERY),
        ("-c FILE deliver", Intent.DELIVERY),
        ("-cFILE deliver", Intent.DELIVERY),
        ("--config FILE deliver --nonsense", Intent.DELIVERY),
        ("--config=FILE -c OTHER deliver", Intent.DELIVERY),
        ("-c deliver deliver", Intent.DELIVERY),
        ("--nonsense deliver", Intent.MANGLED),
        ("--mailbox support deliver", Intent.MANGLED),
        ("-c FILE --mailbox support deliver", Intent.MANGLED),
        ("-c deliver", Intent.MANGLED),
        ("-c deliver --mailbox support", Intent.MANGLED),
        ("--version deliver", Intent.MANGLED),
        ("--conf FILE deliver", Intent.MANGLED),
        ("-- deliver", Intent.MANGLED),
        ("", Intent.OTHER),
        ("--help", Intent.OTHER),
        ("-c deliver check", Intent.OTHER),
        ("case reply 7K2Q deliver", Intent.OTHER),
        ("run --once", Intent.OTHER),
        ("--nonsense run", Intent.OTHER),
    ],
)
def test_a_delivery_is_known_before_anything_else_is(line: str, what: Intent) -> None:
    assert meant(line.split()) is what


def test_an_empty_word_before_the_command_is_a_mistake() -> None:
    assert meant(["", "deliver"]) is Intent.MANGLED


def left_with_the_server(ended: Ended) -> None:
    assert (ended.code, ended.out) == (75, ""), ended.err
    assert ended.err.count("\n") <= 1, ended.err
    assert "Usage" not in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "words",
    [
        "--nonsense deliver",
        "--mailbox support deliver",
        "-c deliver --mailbox support",
        "-c",
        "--version deliver",
        "deliver --version",
        "deliver --nonsense",
        "deliver --mailbox",
        "deliver --mailbox nonsense",
        "deliver more words",
        "deliver -c",
        "-c gone.yaml deliver",
        "deliver -c gone.yaml",
        "-c . deliver",
        "deliver -c .",
    ],
)
async def test_a_mistake_in_the_command_returns_no_mail(desk: CommandedDesk, words: str) -> None:
    given = [*words.split(), "deliver"] if words == "-c" else words.split()
    left_with_the_server(await desk.process(*given, stdin=MAIL))


@pytest.mark.parametrize("words", ["-c config.yaml deliver", "deliver -c config.yaml", "deliver"])
async def test_wherever_the_configuration_is_named_the_mail_is_stored(
    desk: CommandedDesk, words: str
) -> None:
    ended = await desk.process(*words.split(), stdin=MAIL)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert len(desk.json("inbox", "list")) == 1


async def test_its_help_is_still_there(desk: CommandedDesk) -> None:
    ended = await desk.process("deliver", "--help")
    assert ended.code == 0
    assert "--mailbox" in ended.out


CONFIG_BROKEN = ["secret: hush-hush: [", "desk: {}", "\0", "- a list", "desk: *nowhere", ""]


@pytest.mark.parametrize("text", CONFIG_BROKEN)
@pytest.mark.parametrize("words", ["-c config.yaml deliver", "deliver -c config.yaml"])
async def test_a_broken_configuration_is_not_shown_to_authors(
    desk: CommandedDesk, text: str, words: str
) -> None:
    desk.write(text)
    ended = await desk.process(*words.split(), stdin=MAIL)
    left_with_the_server(ended)
    assert "hush" not in ended.err


@pytest.mark.parametrize("words", ["-c config.yaml deliver", "deliver -c config.yaml"])
async def test_a_configuration_that_may_not_be_read_returns_no_mail(desk: CommandedDesk, words: str) -> None:
    desk.config.chmod(0)
    left_with_the_server(await shell(desk, f"exec {without_rights()} {OURS} {words}"))


@pytest.mark.parametrize("module", ["click", "maildesk.cli.delivering", "pydantic", "yaml", "sqlalchemy"])
async def test_a_module_that_is_missing_or_broken_returns_no_mail(
    desk: CommandedDesk, tmp_path: Path, module: str
) -> None:
    """As in the middle of an upgrade."""
    shadow = tmp_path / "shadow"
    if "." in module:
        shutil.copytree(ROOT / "maildesk", shadow / "maildesk")
        (shadow / (module.replace(".", "/") + ".py")).write_text("import nowhere")
    else:
        shadow.mkdir()
        (shadow / f"{module}.py").write_text("def half a file")
    ended = await desk.process("deliver", stdin=MAIL, PYTHONPATH=f"{shadow}:{ROOT}")
    left_with_the_server(ended)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
async def test_a_signal_returns_no_mail(desk: CommandedDesk, number: signal.Signals) -> None:
    child = await desk.start("deliver")
    assert child.stdin is not None
    child.stdin.write(MAIL)  # and there is more to come
    async with asyncio.timeout(120):
        while not heeds(child.pid, signal.SIGXCPU):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)
        child.send_signal(number)
        await child.wait()
    assert child.returncode == 75


WHERE_NOTHING_CAN_BE_RAISED = """
import importlib, os, signal, sys

class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

Last()
sys.path.remove(os.path.dirname(__file__))
del sys.modules["click"]
importlib.import_module("click")
"""
"""A module that is told to stop by SIGTERM in the midst of its import, and is then the real one."""


async def test_a_signal_is_heard_where_python_passes_over_whatever_is_raised(
    desk: CommandedDesk, tmp_path: Path
) -> None:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "click.py").write_text(WHERE_NOTHING_CAN_BE_RAISED)
    ended = await desk.process("deliver", stdin=MAIL, PYTHONPATH=f"{shadow}:{ROOT}")
    left_with_the_server(ended)
    assert ended.err == "maildesk: told to stop by signal 15: the mail is to be handed in again\n"


@pytest.mark.parametrize(
    "streams", ["<&-", "<&- >&- 2>&-", "</dev/null"], ids=["no input", "no streams", "an empty one"]
)
async def test_without_a_mail_on_its_input_it_is_to_be_tried_again(desk: CommandedDesk, streams: str) -> None:
    left_with_the_server(await shell(desk, f"exec {OURS} deliver {streams}"))


async def test_a_mail_is_stored_although_nobody_listens(desk: CommandedDesk) -> None:
    ended = await shell(desk, f"exec {OURS} deliver >&- 2>&-")
    assert ended.code == 0
    assert len(desk.json("inbox", "list")) == 1


async def test_where_nothing_more_can_be_written_it_is_to_be_tried_again(desk: CommandedDesk) -> None:
    """A full disk, a quota: the limit on files is the same to SQLite."""
    desk.run("db", "upgrade")
    left_with_the_server(await shell(desk, f"ulimit -f 16; exec {OURS} deliver"))
    assert desk.json("inbox", "list") == []


async def test_a_database_that_nobody_lets_go_is_waited_for_and_then_tried_again(
    desk: CommandedDesk,
) -> None:
    """Told to stop while it waits: the mail is not lost either."""
    desk.run("db", "upgrade")
    other = sqlite3.connect(desk.folder / "desk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    child = await desk.start("deliver")
    assert child.stdin is not None
    child.stdin.write(MAIL)
    child.stdin.close()
    async with asyncio.timeout(120):
        while not heeds(child.pid, signal.SIGTERM):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)
        child.terminate()
        assert await child.wait() == 75
    other.close()


async def test_only_a_mail_that_is_too_large_goes_back_to_its_author(desk: CommandedDesk) -> None:
    desk.change("testing: true", "limits: {store_size: 1MiB, parse_size: 1MiB}")
    ended = await desk.process("-c", "config.yaml", "deliver", stdin=MAIL + b"x" * 2**20)
    assert ended.code == 69
    assert "limits.store_size" in ended.err


OURS = f"{sys.executable} -m maildesk"


def without_rights() -> str:
    """Root reads whatever it likes, unless it is told not to."""
    return "" if os.geteuid() else "setpriv --bounding-set=-dac_override,-dac_read_search"


async def shell(desk: CommandedDesk, line: str) -> Ended:
    """A mail handed in by a line for the shell."""
    child = await asyncio.create_subprocess_exec(
        *("sh", "-c", line),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **desk.environ},
    )
    async with asyncio.timeout(120):
        out, err = await child.communicate(MAIL)
    assert child.returncode is not None
    return Ended(child.returncode, out.decode(), err.decode())


# --- as the page says -----------------------------------------------------------------------------


async def test_the_page_is_followed_from_an_empty_folder(tmp_path: Path, relay: SmtpServer) -> None:
    """docs/operating.md, "From a mail server, without IMAP": nothing but its own words and a relay."""
    page = (ROOT / "docs/operating.md").read_text(encoding="utf-8").partition("without IMAP\n")[2]
    desk = CommandedDesk(tmp_path)
    assert (await desk.process("init")).code == 0
    shown = yaml.safe_load(page.split("```yaml\n")[1].partition("```")[0])
    ours = {"smtp": {"host": "127.0.0.1", "port": relay.port, "security": "none"}}
    desk.write(yaml.safe_dump(yaml.safe_load(desk.config.read_text(encoding="utf-8")) | shown | ours))
    deliver = page.split("```sh\n")[1].partition("```")[0].split()
    assert deliver[:3] == ["maildesk", "deliver", "-c"]
    words = ["config.yaml" if word == "/etc/maildesk/config.yaml" else word for word in deliver[1:]]

    checked = await desk.process("check")
    assert checked.code == 0, checked.out + checked.err
    assert "mailbox support" in checked.out
    handed_in = await desk.process(*words, stdin=MAIL)
    assert (handed_in.code, handed_in.out, handed_in.err) == (0, "", "")
    once = await desk.process("run", "--once")
    assert once.code == 0, once.out + once.err
    assert len(relay.letters_to("bo@client.example")) == 1
    (row,) = json.loads((await desk.process("inbox", "list", "--json")).out)
    assert (row["mailbox"], row["verdict"]) == ("support", "opened")
    for said in ("db status", "verify", "check"):
        ended = await desk.process(*said.split())
        assert ended.code == 0, ended.out + ended.err


async def test_a_pipe_with_subaddresses_cannot_be_proven_by_us_and_check_says_so(
    desk: CommandedDesk, relay: SmtpServer
) -> None:
    text = desk.config.read_text(encoding="utf-8")
    imap = next(line for line in text.splitlines() if "imap:" in line)
    desk.change(imap, '    source: pipe\n    subaddress: "+"')
    desk.change("smtp: {host: 127.0.0.1, port: 1,", f"smtp: {{host: 127.0.0.1, port: {relay.port},")
    ended = await desk.process("check", "--subaddress")
    assert "send a mail to such an address yourself" in ended.out
    assert relay.mails == []
