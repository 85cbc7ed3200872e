"""What holds for every command: help with an example, `-c`, exit codes, sentences instead of traces."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from maildesk import __version__
from maildesk.cli.invocation import DeskGroup, usual_config
from maildesk.cli.main import cli
from tests.cli.conftest import CommandedDesk


def every_command(group: DeskGroup, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        if name == "demo":
            continue  # tested where it lives
        command = group.get_command(ctx, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, DeskGroup):
            yield from every_command(command, *path, name)


assert isinstance(cli, DeskGroup)
ALL = list(every_command(cli))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_every_command_helps_with_an_example(path: tuple[str, ...], command: click.Command) -> None:
    result = CliRunner().invoke(cli, [*path, "--help"])
    assert result.exit_code == 0
    assert "Example:\n  maildesk " in result.stdout
    assert f"maildesk {' '.join(path)}" in result.stdout
    assert "--config" in result.stdout
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_the_contract_of_commands_is_there() -> None:
    names = {" ".join(path) for path, _ in ALL}
    acts = ["list", "show", "new", "reply", "note", "assign", "set", "escalate", "close", "reopen"]
    assert names >= {
        *("init", "check", "run", "deliver", "policy check", "db upgrade", "db backup", "db status"),
        *(f"case {act}" for act in acts),
        *(f"inbox {act}" for act in ("list", "show", "retry", "release")),
        *(f"outbox {act}" for act in ("list", "show", "retry", "drop")),
    }


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(cli, ["--version"]).stdout == f"maildesk {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["-c", "there.yaml", "case", "list"],
        ["case", "-c", "there.yaml", "list"],
        ["case", "list", "-c", "there.yaml"],
        ["case", "list", "--config", "there.yaml"],
        ["-c", "elsewhere.yaml", "case", "list", "-c", "there.yaml"],
    ],
    ids=["before", "between", "after", "in full", "the last one counts"],
)
def test_the_configuration_is_named_anywhere(
    desk: CommandedDesk, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.config.rename(desk.folder / "there.yaml")
    monkeypatch.chdir(desk.folder)
    result = CliRunner(env=desk.environ).invoke(cli, words)
    assert (result.exit_code, result.stderr) == (0, "There are no such cases.\n")


def test_the_configuration_comes_from_the_environment_then_from_here(
    desk: CommandedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    assert CliRunner(env=desk.environ).invoke(cli, ["case", "list"]).exit_code == 0
    result = CliRunner(env={**desk.environ, "MAILDESK_CONFIG": "gone.yaml"}).invoke(cli, ["case", "list"])
    assert result.exit_code == 1
    assert "gone.yaml" in result.stderr


def test_the_service_has_the_last_word(tmp_path: Path) -> None:
    here, service = tmp_path / "config.yaml", tmp_path / "service.yaml"
    assert usual_config(here, service) == here
    service.touch()
    assert usual_config(here, service) == service
    here.touch()
    assert usual_config(here, service) == here


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_whom_the_service_does_not_let_in_is_told_to_type_it_as_root(tmp_path: Path) -> None:
    """The folder of the service is closed to them: what is in there, only its reader can say."""
    closed = tmp_path / "etc"
    closed.mkdir(mode=0o700)
    service = closed / "config.yaml"
    service.touch()
    os.seteuid(65534)
    try:
        assert usual_config(Path("config.yaml"), service) == service
        said = [
            CliRunner().invoke(cli, words)
            for words in (
                ["-c", str(service), "case", "list"],
                ["init", str(closed), "--service", "--address", "help@gmail.com"],
            )
        ]
    finally:
        os.seteuid(0)
    assert [each.exit_code for each in said] == [1, 1]
    assert "you may not read it (type it as root, with sudo" in said[0].output
    assert "cannot be written: permission denied (type it as root: sudo" in said[1].output


@pytest.mark.parametrize(
    "words",
    [["check"], ["run"], ["health"], ["verify"], ["db", "status"], ["case", "list"], ["outbox", "list"]],
    ids=" ".join,
)
def test_where_there_is_no_desk_every_command_names_the_ways_to_one(tmp_path: Path, words: list[str]) -> None:
    result = CliRunner().invoke(cli, ["-c", str(tmp_path / "config.yaml"), *words])
    assert result.exit_code == (78 if words == ["run"] else 1)
    assert "there is no such configuration" in result.output
    assert "`maildesk init DIR`" in result.output
    assert "-c FILE" in result.output


REF = "7K2Q-9F3M"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["case", "show", REF], f"there is no case {REF} (see `maildesk case list`)"),
        (
            ["case", "show", "no"],
            "'no' is no case reference (write it as 7K2Q-9F3M, or at least its first four)",
        ),
        (["case", "show", "\x1b[31m"], "'\\x1b[31m' is no case reference"),
        (["case", "reply", REF, "Hello"], f"there is no case {REF}"),
        (["case", "new", "--from", "nobody", "--subject", "s"], "'nobody' is no e-mail address"),
        (["case", "new", "--from", "support@acme.example", "--subject", "s"], "is the desk itself"),
        (["case", "new", "--from", "a@b.example", "--subject", "s", "--mailbox", "x"], "no mailbox 'x'"),
        (["case", "new", "--from", "a@b.example", "--subject", "s", "--team", "x"], "there is no team x"),
        (["case", "new", "--from", "a@b.example", "--subject", "s", "--owner", "x@y"], "x@y is not an agent"),
        (["case", "new", "--from", "a@b.example", "--subject", "s", "--priority", "x"], "no priority 'x'"),
        (["case", "new", "--from", "a@b.example", "--subject", "s", "--as", "x@y"], "'x@y' is not an agent"),
        (
            ["case", "list", "--owner", "bne@acme.example"],
            "bne@acme.example is not an agent of this desk (did you mean ben@acme.example?)",
        ),
        (["case", "list", "--owner", "zoe"], "zoe is not an agent of this desk (see people.agents"),
        (["case", "list", "--team", "suport"], "there is no team suport (did you mean support?)"),
        (["case", "list", "--account", "Clint Inc"], "no account 'Clint Inc' (did you mean Client Inc?)"),
        (["case", "list", "--status", "opn"], "knows no status 'opn' (did you mean Open?)"),
        (["inbox", "list", "--mailbox", "suport"], "no mailbox 'suport' (did you mean support?)"),
        (
            ["case", "new", "--from", "a@b.example", "--subject", "s", "--owner", "anna@acme.example"],
            "anna@acme.example is not an agent of this desk (did you mean ana@acme.example?)",
        ),
        (
            ["case", "new", "--from", "a@b.example", "--subject", "s", "--as", "anna"],
            "'anna' is not an agent of this desk (did you mean ana@acme.example?)",
        ),
        (["init", "--template", "clsoed"], "no packaged letter 'clsoed' (did you mean closed?)"),
        (["init", "new", "--policy", "defualt"], "no packaged policy 'defualt' (did you mean default?)"),
        (["inbox", "show", "7"], "there is no mail with the number 7"),
        (["inbox", "retry", "7"], "there is no mail with the number 7"),
        (["inbox", "release", "7"], "there is no mail with the number 7"),
        (["outbox", "show", "7"], "there is no letter with the number 7"),
        (["outbox", "drop", "7"], "there is no letter with the number 7"),
        (["policy", "check", "gone.yaml"], "gone.yaml:1:1: cannot be read"),
        (["init", "--template", "nonsense"], "there is no packaged letter 'nonsense'"),
        (["init", "--template", "closed"], "the configuration names no folder for your own letters"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_problem_is_one_sentence_and_exit_code_1(desk: CommandedDesk, words: list[str], said: str) -> None:
    result = desk.try_(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("maildesk: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["case", "shw"],
        ["case", "reply"],
        ["case", "list", "--phase", "dead"],
        ["case", "assign", REF],
        ["case", "assign", REF, "ana@acme.example", "--nobody"],
        ["case", "set", REF, "priority"],
        ["inbox", "show", "seven"],
        ["outbox", "retry"],
        ["outbox", "retry", "7", "--held"],
        ["run", "--twice"],
    ],
    ids=" ".join,
)
def test_a_command_that_is_not_understood_exits_with_2(desk: CommandedDesk, words: list[str]) -> None:
    assert desk.try_(*words).exit_code == 2


def test_an_agent_who_is_called_by_name_has_a_list_of_cases(desk: CommandedDesk) -> None:
    desk.new("It does not print", "--owner", "ben@acme.example")
    assert "It does not print" in desk.run("case", "list", "--owner", "ben")
    assert "There are no such cases." in desk.try_("case", "list", "--owner", "ana@acme.example").stderr


def test_whoever_has_left_keeps_their_list_of_cases(desk: CommandedDesk) -> None:
    desk.new("It does not print", "--owner", "ben@acme.example")
    desk.change("    - {name: Ben Ali, address: ben@acme.example, teams: [support, billing]}\n", "")
    desk.change(", lead: ben@acme.example", "")
    assert "It does not print" in desk.run("case", "list", "--owner", "ben@acme.example")


def test_a_broken_configuration_is_told_line_by_line(desk: CommandedDesk) -> None:
    desk.change("port: 1,", "prot: 1,")
    desk.change("testing: true", "testing: perhaps")
    result = desk.try_("case", "list")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) >= 2
    assert all(line.startswith(f"maildesk: {desk.config}:") for line in lines)


async def test_a_process_says_what_is_wrong_without_a_trace(desk: CommandedDesk) -> None:
    ended = await desk.process("case", "show", REF)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"maildesk: there is no case {REF} (see `maildesk case list`)\n"


async def test_words_that_a_stream_cannot_spell_are_escaped(desk: CommandedDesk) -> None:
    desk.new("Printer 日")
    for words in (["case", "list"], ["case", "list", "--json"]):
        ended = await desk.process(*words, PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
        assert ended.code == 0
        assert r"Printer \u65e5" in ended.out


POSTGRESQL = "sqlalchemy.dialects.postgresql"
SENDING_AND_WRITING = {"aioimaplib", "aiosmtplib", "alembic", "holidays", "jinja2", "rich", "chardet"}


@pytest.mark.parametrize(
    ("words", "unneeded"),
    [
        (["--help"], {"pydantic", "sqlalchemy", "rich", "jinja2", "yaml"}),
        (["case", "--help"], {"pydantic", "sqlalchemy", "rich", "jinja2", "yaml"}),
        (["case", "list"], {POSTGRESQL, "maildesk.desk.screening"} | SENDING_AND_WRITING),
        (["case", "show", "REF"], {POSTGRESQL, "maildesk.desk.screening"}),
        (["inbox", "list"], {POSTGRESQL, "maildesk.config.policy_file"} | SENDING_AND_WRITING),
        (["outbox", "list"], {POSTGRESQL, "maildesk.config.policy_file"}),
        (["health"], SENDING_AND_WRITING),
        (["case", "reply", "REF", "Hello"], {"aioimaplib", "aiosmtplib", "alembic", "rich", "chardet"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
async def test_a_command_loads_only_what_it_needs(
    desk: CommandedDesk, words: list[str], unneeded: set[str]
) -> None:
    ref = desk.new()
    given = [ref if word == "REF" else word for word in words]
    ended = await desk.process(*given, PYTHONPROFILEIMPORTTIME="1")
    assert ended.code == (words == ["health"]), "no daemon runs"
    modules = {line.rpartition("|")[2].strip() for line in ended.err.splitlines()}
    loaded = modules | {each.partition(".")[0] for each in modules}
    assert "maildesk" in loaded
    assert not loaded & unneeded


async def test_no_secret_reaches_an_error(desk: CommandedDesk, tmp_path: Path) -> None:
    desk.change("sqlite:///desk.db", "postgresql://desk:hush-hush@127.0.0.1:1/desk")
    for words in (["check"], ["db", "status"]):
        ended = await desk.process(*words, IMAP_PASSWORD="also-hush")
        assert ended.code == 1
        assert "hush" not in ended.out + ended.err
