"""The demo as a person starts it: it tells what it saw, fails where it should, and leaves nothing behind."""

from __future__ import annotations

import imaplib
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from maildesk.cli.invocation import DeskGroup
from maildesk.demo.command import require
from maildesk.demo.story import BO, STORY, Receives, Writes
from maildesk.errors import MaildeskError
from tests.world.processes import Throwaway

PATIENCE = 180
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
EXTRA = [re.split(r"[^\w-]", line)[0] for line in PROJECT["optional-dependencies"]["demo"]]


@pytest.fixture
def staying(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`maildesk demo --stay` in a pipe, its temporary folder ours to look into."""
    words = [sys.executable, "-m", "maildesk", "demo", "--stay", "--pages", str(tmp_path / "pages")]
    # Whoever starts the tests in the background has them ignore SIGINT, and what they start too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        words, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    signal.signal(signal.SIGINT, before)
    yield process
    process.kill()
    process.wait()


def environment(temporary: Path) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": root, "TMPDIR": str(temporary), "LC_ALL": "C.UTF-8"}


def told_until(process: subprocess.Popen[str], words: str) -> list[str]:
    """The lines of the demo up to the one with these words."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if words in line:
            return lines
    raise AssertionError("\n".join(lines))


def test_the_story_is_told_the_servers_stay_and_nothing_is_left(
    staying: subprocess.Popen[str], tmp_path: Path
) -> None:
    told = told_until(staying, "Ctrl-C")
    titles = [line.partition(". ")[2] for line in told if re.match(r"\d+\. ", line)]
    assert titles == [step.title for step in STORY]
    assert sum(line.startswith("   ✓ ") for line in told) >= sum(len(step.sights) for step in STORY)
    assert not any("\x1b" in line for line in told)
    history = [line.split()[2] for line in told if re.match(r"\d{4}-\d\d-\d\d ", line)]
    assert history == [
        "opened", "replied", "replied", "escalated", "escalation-approved", "changed", "planned",
        "plan-shared", "answered", "automatic-mail", "resolved", "question-asked", "escalation-over",
        "question-answered", "closed", "question-asked", "question-answered", "reopened",
        "answered", "noted", "closed",
    ]  # fmt: skip

    port = next(int(found[1]) for line in told if (found := re.search(r"IMAP 127\.0\.0\.1 port (\d+)", line)))
    with imaplib.IMAP4("127.0.0.1", port) as imap:
        imap.login("bo@client.example", "demo")
        to_bo = [one for step in STORY for one in step.sights if isinstance(one, Receives) and one.who is BO]
        assert int(imap.select("INBOX", readonly=True)[1][0] or b"0") == len(to_bo) == 10

    family = Throwaway(tmp_path, "", "", staying).processes()  # type: ignore[arg-type]  # of text, not bytes
    assert len(family) >= 2, "the daemon is a process of its own"
    staying.send_signal(signal.SIGINT)
    assert staying.wait(PATIENCE) == 0
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]
    assert [each.name for each in tmp_path.iterdir()] == ["pages"]
    board, report = ((tmp_path / "pages" / name).read_text() for name in ("board.html", "report.html"))
    assert "<h2>" in board
    assert "Blank invoices" in board  # the stranger's case; that of the story is closed
    assert "<title>" in report


def test_a_step_that_does_not_happen_ends_it_with_exit_code_1() -> None:
    group = DeskGroup("maildesk", table={"demo": ("tests.demo.otherwise:demo", "")})
    result = CliRunner().invoke(group, ["demo"])
    assert result.exit_code == 1
    assert "Lea Dias received no letter about '(To be approved)'" in result.stderr
    assert "4. She approves it" not in result.stdout


def test_sigterm_in_the_middle_leaves_nothing_either(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "maildesk", "demo", "--pace", "60"]
    process = subprocess.Popen(words, env=environment(tmp_path), stdout=subprocess.PIPE, text=True)
    told_until(process, "✓")
    family = Throwaway(tmp_path, "", "", process).processes()  # type: ignore[arg-type]  # of text, not bytes
    process.terminate()
    assert process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]
    assert list(tmp_path.iterdir()) == []


def test_without_its_extra_the_demo_says_what_to_install() -> None:
    with pytest.raises(MaildeskError) as caught:
        require(("email", "no_such_library"))
    assert (
        str(caught.value)
        == "the demo needs no_such_library (pip install '.[demo]' in the folder of the source)"
    )


@pytest.mark.parametrize("library", EXTRA)
def test_whatever_is_missing_of_its_extra_is_told_before_anything_starts(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)  # as if it were not installed
    group = DeskGroup("maildesk", table={"demo": ("maildesk.demo.command:demo", "")})
    result = CliRunner().invoke(group, ["demo"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"the demo needs {library} (pip install" in result.stderr


@pytest.mark.parametrize("step", STORY, ids=lambda step: step.title)
def test_every_step_must_see_something(step: object) -> None:
    assert getattr(step, "sights", ())


def test_the_story_asks_for_escalation_in_one_place_only() -> None:
    asking = [step for step in STORY if isinstance(step.act, Writes) and "escalate" in step.act.text]
    assert len(asking) == 1
    heard = [sight.subject for sight in asking[0].sights if isinstance(sight, Receives)]
    assert "(To be approved)" in heard


def test_the_command_is_one_of_maildesk() -> None:
    from maildesk.cli.main import cli

    assert "demo" in cli.list_commands(click.Context(cli))
