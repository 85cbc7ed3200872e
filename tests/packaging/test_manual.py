"""The manual page and the completion are made from the commands: each is there, with what its help says."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from deb.commands import commands, spellings
from deb.completion import completion
from deb.manual import escaped, manual

PAGE = manual("1.2", date(2026, 11, 29))


def test_every_command_has_its_part_with_each_of_its_options() -> None:
    program, *others = commands()
    assert len(others) > 50
    parts = dict(part.split("\n", 1) for part in PAGE.split("\n.SS ")[1:])
    for each in others:
        part = parts[f'"{each.name}"']
        assert all(escaped(word) in part for option in each.options for word in spellings(option)), each.name
        assert all(escaped(line) in part for line in each.examples), each.name
    head = PAGE.split("\n.SS ")[0]
    assert all(escaped(word) in head for option in program.options for word in spellings(option))


def test_a_group_lists_its_commands_with_what_they_do() -> None:
    part = PAGE.split('\n.SS "maildesk db"\n')[1].split("\n.SS ")[0]
    assert ".TP\n\\fBbackup\\fR\n" in part


def test_words_are_printed_as_they_are() -> None:
    assert escaped("--as ana's \\n") == "\\-\\-as ana\\(aqs \\en"
    assert escaped(".TH is no request\n.nor this") == "\\&.TH is no request\n\\&.nor this"
    requests = {line.split()[0] for line in PAGE.splitlines() if line.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi", ".RS", ".RE"}


@pytest.mark.skipif(
    shutil.which("groff") is None,
    reason="groff is not installed: apt-get install --no-install-recommends groff-base",
)
def test_troff_finds_nothing_wrong_with_the_page() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Kutf8", "-Tutf8", "-ww", "-z"],
        input=PAGE,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("completion") / "maildesk"
    path.write_text(completion())
    return path


def offered(file: Path, *words: str) -> list[str]:
    """What bash offers where the last word is being written, in a folder of two files."""
    folder = file.parent / "here"
    (folder / "desk").mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").touch()
    script = (
        'source "$1"; shift; COMP_WORDS=(maildesk "$@"); COMP_CWORD=$#; _maildesk;'
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-uc", script, "bash", file, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["che"], ["check"]),
        (["--ver"], ["--version"]),
        (["case", "re"], ["reply", "resolve", "reopen"]),
        (["case", "list", "--qu"], ["--queue"]),
        (["case", "list", "--phase", "w"], ["waiting"]),
        (["case", "list", "--phase", "=", "w"], ["waiting"]),
        (["case", "list", "--owner", "list", "--es"], ["--escalated"]),
        (["-c", "co"], ["config.yaml"]),
        (["-c", "config.yaml", "outbox", "li"], ["list"]),
        (["check", "--config", "=", ""], ["config.yaml", "desk"]),
        (["case", "show", "7K2Q", "--save-attachments", ""], ["desk"]),
        (["case", "list", "--owner", ""], []),
        (["health", ""], ["--json", "--live", "-c", "--config", "-h", "--help"]),
        (["nonsense", "case", "rep"], ["reply"]),
    ],
    ids=" ".join,
)
def test_bash_offers(file: Path, words: list[str], wanted: list[str]) -> None:
    assert sorted(offered(file, *words)) == sorted(wanted)


def test_every_command_and_every_option_is_offered(file: Path) -> None:
    text = file.read_text()
    for each in commands():
        (line,) = [
            line
            for line in text.split("_maildesk_takers")[0].splitlines()
            if line.strip().replace("'", "").startswith(f"[{each.name}]=")
        ]
        known = set(line.partition("=")[2].strip("'").split())
        assert known == {*each.children, *(word for option in each.options for word in spellings(option))}
