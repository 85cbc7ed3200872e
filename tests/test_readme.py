"""What the README shows, run: the five minutes from `init` to a closed case, against a real Dovecot."""

from __future__ import annotations

import asyncio
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.world.dovecot import Dovecot
from tests.world.smtp_server import SmtpServer

README = Path(__file__).parent.parent / "README.md"
PAGES = {page.name: page.read_text() for page in (README, *sorted((README.parent / "docs").glob("*.md")))}

REQUEST = b"""\
From: Bo Lund <bo@client.example>\r
To: support@acme.example\r
Subject: No sound\r
Message-ID: <1.bo@client.example>\r
\r
It plays no sound.\r
"""


def shell_lines(text: str) -> list[str]:
    """The command lines of all shell blocks, without their remarks."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = (line.partition("   #")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@dataclass
class Shell:
    """Runs `maildesk …` as a person would, in a folder."""

    folder: Path

    async def maildesk(self, words: str, *, stdin: str = "", code: int = 0) -> str:
        process = await self.starts(words.split())
        async with asyncio.timeout(120):
            out, err = await process.communicate(stdin.encode())
        assert process.returncode == code, f"maildesk {words}: {out.decode()}{err.decode()}"
        return out.decode()

    async def starts(self, words: list[str]) -> asyncio.subprocess.Process:
        """A process that imports by itself what it needs."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "maildesk", *words),
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )


def commands_shown(text: str) -> set[str]:
    """Every `maildesk word [word]` that stands in code, in a block or within a sentence."""
    code = re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
    said = "\n".join(f"{block}{words}\n" for block, words in code)
    return set(re.findall(r"\bmaildesk ((?:case|inbox|outbox|db|policy) [a-z]+|[a-z]+)(?=\s)", said))


def test_commands_are_found_in_blocks_and_in_sentences() -> None:
    text = "Say `maildesk check`.\n\n```sh\nmaildesk case list\n```\nA maildesk is a desk."
    assert commands_shown(text) == {"check", "case list"}


@pytest.fixture(scope="module")
def helped() -> set[str]:
    """The commands that have told how they are used: several pages show the same ones."""
    return set()


@pytest.mark.parametrize("page", PAGES)
async def test_every_command_a_page_shows_exists(page: str, helped: set[str], tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    for shown in sorted(commands_shown(PAGES[page]) - helped):
        assert "Usage:" in await shell.maildesk(f"{shown} --help"), shown
        helped.add(shown)


@pytest.mark.dovecot
async def test_the_five_minutes_from_init_to_a_closed_case(tmp_path: Path) -> None:
    """The README's own lines in their order; somebody fills in the configuration after `init`."""
    lines = [line for line in shell_lines(PAGES["README.md"]) if "maildesk " in line and "pip" not in line]
    assert [line for line in lines if "init" in line] == ["maildesk init desk && cd desk"]
    dovecot, relay = await Dovecot.start(), await SmtpServer.start()
    try:
        shell = Shell(tmp_path)
        await shell.maildesk("init desk")
        shell.folder = tmp_path / "desk"
        fill_in(shell.folder / "config.yaml", dovecot, relay)
        assert "FAIL" not in await shell.maildesk("check")
        await shell.maildesk("run --once")  # the daemon is started, then a customer writes
        await dovecot.append("support", REQUEST)
        await shell.maildesk("run --once")
        (ack,) = relay.letters_to("bo@client.example")
        reference = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", str(ack["Subject"]))
        assert reference
        short = reference[0][:4]
        assert reference[0] in await shell.maildesk("case list")
        assert "It plays no sound." in await shell.maildesk(f"case show {short}")
        await shell.maildesk(f"case reply {short} -", stdin="Have you tried the other cable?\n")
        await shell.maildesk(f"case close {short}")
        await shell.maildesk("run --once")
        subjects = [str(letter["Subject"]) for letter in relay.letters_to("bo@client.example")]
        assert len(subjects) == 3
        assert '"phase": "closed"' in await shell.maildesk(f"case show {short} --json")
    finally:
        await relay.stop()
        await dovecot.stop()


def fill_in(path: Path, dovecot: Dovecot, relay: SmtpServer) -> None:
    """What an operator writes into the configuration that `init` left."""
    config = yaml.safe_load(path.read_text())
    config["mailboxes"][0]["imap"] = {
        "host": dovecot.host,
        "port": dovecot.imap_port,
        "security": "none",
        "username": "support",
        "password": dovecot.users["support"],
    }
    config["smtp"] = {"host": relay.host, "port": relay.port, "security": "none"}
    config["limits"] = {"free_space": "1MiB"}
    del config["trust"], config["accounts"]
    path.write_text(yaml.safe_dump(config))
