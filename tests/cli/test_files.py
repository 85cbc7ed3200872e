"""`init`, `db`, `policy`: the files of a desk."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from maildesk.cli.main import cli
from maildesk.config import named_policy
from maildesk.config.loading import load
from maildesk.config.packaged import packaged
from tests.cli.conftest import CommandedDesk

OLD = Path(__file__).parents[1] / "store/fixtures/0001.sql"


def test_a_new_desk_is_private_and_says_what_to_do_next(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    result = CliRunner().invoke(cli, ["init", str(folder)])
    assert result.exit_code == 0
    assert f"maildesk check -c {folder}/config.yaml" in result.stdout
    for name in ("config.yaml", "secret.key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert (folder / "templates").is_dir()
    key = (folder / "secret.key").read_text()
    again = CliRunner().invoke(cli, ["init", str(folder)])
    assert again.exit_code == 1
    assert "is there already" in again.stderr
    assert (folder / "secret.key").read_text() == key


def test_a_letter_is_copied_to_be_edited_and_never_overwritten(desk: CommandedDesk) -> None:
    desk.change("testing: true", "templates: templates\ntesting: true")
    copy = desk.folder / "templates/en/closed.txt"
    assert str(copy) in desk.run("init", "--template", "closed")
    copy.write_text("Subject: Closed\n\nBye.\n")
    assert desk.try_("init", "--template", "en/closed.txt").exit_code == 1
    ref = desk.new()
    desk.run("case", "close", ref)
    assert desk.json("case", "show", ref)["mails"][-1]["text"] == "Bye.\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another group")
def test_whoever_reads_the_folder_reads_what_root_copied_there(desk: CommandedDesk) -> None:
    """The daemon is of the folder's group, and careful roots have a umask of 077."""
    desk.change("testing: true", "templates: templates\ntesting: true")
    os.chown(desk.folder, 0, 65534)
    desk.folder.chmod(0o750)
    before = os.umask(0o077)
    try:
        desk.run("init", "--template", "closed")
        desk.run("init", str(desk.folder), "--policy", "default")
    finally:
        os.umask(before)
    found = {
        name: (stat.S_IMODE((desk.folder / name).stat().st_mode), (desk.folder / name).stat().st_gid)
        for name in ("templates/en", "templates/en/closed.txt", "policies", "policies/default.yaml")
    }
    assert list(found.values()) == [(0o750, 65534), (0o640, 65534)] * 2


def test_a_letter_is_copied_in_the_desks_own_language(desk: CommandedDesk) -> None:
    desk.change("testing: true", "templates: templates\npolicy: policies/droz.yaml\ntesting: true")
    assert str(desk.folder / "templates/pt-BR/closed.txt") in desk.run("init", "--template", "closed")
    assert str(desk.folder / "templates/de/closed.txt") in desk.run("init", "--template", "de/closed.txt")


@pytest.mark.usefixtures("never_ran")
def test_the_database_is_set_up_told_of_and_copied(desk: CommandedDesk) -> None:
    assert "no tables yet" in desk.run("db", "status")
    newest = max(path.name[:4] for path in (packaged("migrations") / "versions").glob("*.py"))
    assert f"from schema none to {newest}" in desk.run("db", "upgrade")
    assert "is up to date" in desk.run("db", "upgrade")
    ref = desk.new()
    target = desk.folder / "copy.db"
    assert desk.run("db", "backup", str(target)).endswith("checked\n")
    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT ref FROM cases").fetchall() == [(ref,)]
    assert "is there already" in desk.try_("db", "backup", str(target)).stderr
    status = desk.run("db", "status")
    assert "Sound:      yes" in status
    assert "up to date" in status


def test_cases_are_made_again_from_their_events(desk: CommandedDesk) -> None:
    ref = desk.new()
    before = desk.json("case", "show", ref)
    assert desk.run("db", "refold").strip() == "Every case is what its events say"
    with sqlite3.connect(desk.folder / "desk.db") as store:
        store.execute("UPDATE cases SET priority = 'x', phase = 'closed'")
    said = desk.run("db", "refold")
    assert f"{ref}: priority, phase" in said
    assert "1 case was made again" in said
    assert desk.json("case", "show", ref) == before


def test_a_database_of_a_newer_program_is_told_and_left_alone(desk: CommandedDesk) -> None:
    desk.run("db", "upgrade")
    with sqlite3.connect(desk.folder / "desk.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    status = desk.try_("db", "status")
    assert status.exit_code == 1
    assert "newer than this program" in status.stdout
    assert "this program is older than the database" in desk.try_("case", "list").stderr


@pytest.mark.usefixtures("never_ran")
def test_a_database_of_an_older_program_is_told_and_its_rows_are_not_asked(desk: CommandedDesk) -> None:
    with sqlite3.connect(desk.folder / "desk.db") as database:
        database.executescript(OLD.read_text())
    status = desk.try_("db", "status")
    assert status.exit_code == 1
    assert "0001, older than this program: make a backup, then maildesk db upgrade" in status.stdout
    assert "Sound:      yes" in status.stdout
    assert status.stderr == ""


@pytest.mark.usefixtures("never_ran")
def test_an_upgrade_copies_an_older_database_first_and_no_other(desk: CommandedDesk) -> None:
    copy = desk.folder / "before.db"
    with sqlite3.connect(desk.folder / "desk.db") as database:
        database.executescript(OLD.read_text())
    copied, upgraded = desk.run("db", "upgrade", "--backup", str(copy)).splitlines()
    assert re.fullmatch(rf"{copy}: [\d.]+ MiB, checked", copied)
    assert "from schema 0001 to" in upgraded
    with sqlite3.connect(copy) as before:
        assert before.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    other = desk.folder / "other.db"
    assert "is up to date" in desk.run("db", "upgrade", "--backup", str(other))
    assert not other.exists()


@pytest.mark.usefixtures("never_ran")
def test_where_no_copy_can_be_made_nothing_is_upgraded(desk: CommandedDesk) -> None:
    with sqlite3.connect(desk.folder / "desk.db") as database:
        database.executescript(OLD.read_text())
    (desk.folder / "before.db").touch()
    refused = desk.try_("db", "upgrade", "--backup", str(desk.folder / "before.db"))
    assert (refused.exit_code, "is there already" in refused.stderr) == (1, True)
    assert "0001, older than this program" in desk.try_("db", "status").stdout


def test_a_damaged_database_is_not_called_sound(desk: CommandedDesk) -> None:
    desk.run("deliver", stdin=b"Subject: s\r\n\r\n")
    with sqlite3.connect(desk.folder / "desk.db") as database:
        database.execute("PRAGMA foreign_keys=OFF")
        database.execute("DELETE FROM raw_mails")
    status = desk.try_("db", "status")
    assert status.exit_code == 1
    assert "Sound:      no" in status.stdout


def test_a_policy_is_read_aloud_or_found_wrong_line_by_line(desk: CommandedDesk) -> None:
    assert "is fine: Default; priorities urgent, high, normal, low" in desk.run("policy", "check")
    draft = desk.folder / "draft.yaml"
    draft.write_text("name: Draft\npriorities: {}\nnonsense: 1\n")
    result = desk.try_("policy", "check", str(draft))
    assert result.exit_code == 1
    assert f"maildesk: {draft}:2:13: priorities: is empty" in result.stderr
    assert f"maildesk: {draft}:3:1: nonsense: unknown key" in result.stderr


def test_the_desks_own_policy_is_held_against_the_desk_however_it_is_named(tmp_path: Path) -> None:
    config, policy = tmp_path / "config.yaml", tmp_path / "policies" / "default.yaml"
    maildesk("init", str(tmp_path), "--policy", "default")
    rule = "{name: hers, when: {words: [printer]}, then: {owner: anna@acme.example}}"
    policy.write_text(f"{policy.read_text()}\nrules:\n  - {rule}\n")
    draft = policy.with_name("draft.yaml")
    draft.write_text(policy.read_text())
    named = maildesk("policy", "check", str(policy), "-c", str(config))
    assert (named.exit_code, "anna@acme.example" in named.stderr) == (1, True)
    assert maildesk("policy", "check", str(draft), "-c", str(config)).exit_code == 0


NEEDED = {
    "default": [],
    "advendio": [],
    "droz": [],
    "escalate-my-case": ["customer-resolutions"],
    "productiv": [],
    "profitco": ["admin-tasks", "product", "development", "engineering"],
}
"""The teams of each packaged policy that the example has not."""


@pytest.mark.parametrize("name", [each.stem for each in packaged("policies").glob("*.yaml")])
def test_a_new_desk_begins_with_a_packaged_policy_and_what_it_needs(name: str, tmp_path: Path) -> None:
    config, copy = tmp_path / "config.yaml", tmp_path / f"policies/{name}.yaml"
    begun = maildesk("init", str(tmp_path), "--policy", name)
    assert f", {copy}" in begun.stdout
    told = begun.stdout.partition(f"{copy} also wants (lines to uncomment stand there):\n")[2]
    assert re.findall(r"(?m)^  people.teams has no (\S+)$", told) == NEEDED[name]
    assert ("  mailboxes has no escalations\n" in told) == (name == "escalate-my-case")
    assert copy.read_text() == (packaged("policies") / copy.name).read_text()
    assert named_policy.policy_path(load(config)) == copy
    text = config.read_text()
    assert re.findall(r"(?m)^    #- name: (\S+)", text) == NEEDED[name]
    config.write_text(re.sub(r"(?m)^( *)#(- (?:name:|\{))", r"\1\2", text))
    checked = maildesk("policy", "check", "-c", str(config))
    assert (checked.exit_code, f"{copy} is fine" in checked.stdout) == (0, True)


def test_a_policy_names_every_team_that_the_configuration_lacks(tmp_path: Path) -> None:
    maildesk("init", str(tmp_path), "--policy", "profitco")
    checked = maildesk("policy", "check", "-c", str(tmp_path / "config.yaml"))
    assert checked.exit_code == 1
    assert set(re.findall(r"there is no team (\S+)", checked.stderr)) == set(NEEDED["profitco"])
    assert "config.yaml may name it under people.teams" in checked.stderr


def test_a_policy_names_the_leads_plans_and_fields_that_nobody_has(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    maildesk("init", str(tmp_path), "--policy", "profitco")
    text = re.sub(r"(?m)^( *)#(- (?:name:|\{))", r"\1\2", config.read_text())
    config.write_text(re.sub(r"(?m)^      lead: .*\n", "", text))
    checked = maildesk("policy", "check", "-c", str(config))
    assert [line for line in checked.stdout.splitlines() if f"warn {config}: " in line] == [
        f"warn {config}: no team has a lead, who is to hear",
        f"warn {config}: the summary Chats of the day tells lead, and no team has a lead: nobody reads it",
        f"warn {config}: no account has the plan paid",
        f"warn {config}: no account has the plan trial",
        f"warn {config}: no account has the field value",
        f"warn {config}: no account has the field licenses",
    ]


def test_a_policy_is_copied_beside_a_configuration_that_is_there(tmp_path: Path) -> None:
    maildesk("init", str(tmp_path))
    before = (tmp_path / "config.yaml").read_text()
    added = maildesk("init", str(tmp_path), "--policy", "advendio")
    copy = tmp_path / "policies/advendio.yaml"
    assert added.stdout.splitlines() == [
        f"{copy} is yours to edit",
        f"  {tmp_path}/config.yaml: write policy: policies/advendio.yaml",
        *(
            f"  {tmp_path}/config.yaml: people.leadership has nobody with the role {role}"
            for role in (
                "Customer Success Manager",
                "COO - Chief Operating Officer",
                "CEO - Chief Executive Officer",
            )
        ),
        f"  {tmp_path}/config.yaml: no account has the plan Premium Success",
        f"  {tmp_path}/config.yaml: no account has the plan Basic Success",
        f"Then: maildesk policy check -c {tmp_path}/config.yaml",
    ]
    assert (tmp_path / "config.yaml").read_text() == before
    copy.write_text("mine")
    again = maildesk("init", str(tmp_path), "--policy", "advendio")
    assert (again.exit_code, copy.read_text()) == (1, "mine")
    assert "is there already" in again.stderr
    unknown = maildesk("init", str(tmp_path), "--policy", "nobodys")
    assert "there is no packaged policy 'nobodys' (there is advendio, default, droz" in unknown.stderr


def maildesk(*words: str) -> Result:
    return CliRunner().invoke(cli, words)
