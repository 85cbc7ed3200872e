"""`policy explain` and the flaws of `policy check`, as an operator types them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from maildesk.cli.main import cli
from maildesk.config.packaged import packaged
from tests.cli.conftest import CommandedDesk

POLICIES = packaged("policies")

DRAFT = """\
name: Acme
calendar: {hours: {mon-fri: 09:00-17:00}}
priorities: {Urgent: It is down., Normal: All else.}
default_priority: Normal
promises:
  - {first_response: 8h}
  - {priority: Urgent, first_response: 1h}
statuses:
  New: {phase: new}
  Open: {phase: open}
  Waiting: {phase: waiting, after: 2w, then: {status: Closed}, remind: 20bd}
  Solved: {phase: resolved}
  Closed: {phase: closed}
"""


def test_the_page_of_a_desk_names_its_address(desk: CommandedDesk) -> None:
    page = desk.run("policy", "explain")
    assert page.startswith("# Working with Default\n\nWrite to **support@acme.example**.\n")
    assert "at least once a minute" in page
    assert "our leadership hears at once" in page
    assert "on Friday, 27 November 2026, 16:30, is\nanswered by Monday, 30 November 2026, 10:30." in page


def test_a_draft_is_explained_without_a_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["policy", "explain", str(POLICIES / "default.yaml")])
    assert result.exit_code == 0
    assert "Write to" not in result.stdout
    assert "leadership" not in result.stdout


def test_a_configuration_that_is_named_must_be_there(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.yaml")
    result = CliRunner().invoke(cli, ["policy", "explain", str(POLICIES / "default.yaml"), "-c", gone])
    assert result.exit_code == 1
    assert "gone.yaml:1:1: there is no such configuration" in result.stderr


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("markdown", "# Working with Default"),
        ("html", "<!doctype html>"),
        ("text", "Working with Default\n===================="),
    ],
)
def test_the_page_has_three_forms(desk: CommandedDesk, form: str, begins: str) -> None:
    assert desk.run("policy", "explain", "--format", form).startswith(begins)


@pytest.mark.parametrize("file", sorted(POLICIES.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_policy_can_be_explained(desk: CommandedDesk, file: Path) -> None:
    assert "## How a case ends" in desk.run("policy", "explain", str(file), "--lang", "en")


@pytest.mark.parametrize("file", sorted(POLICIES.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_policy_can_be_explained_in_german(desk: CommandedDesk, file: Path) -> None:
    english, german = (
        desk.run("policy", "explain", str(file), "--lang", each).splitlines() for each in ("en", "de")
    )
    assert "## Wie ein Fall endet" in german
    same = set(english) & set(german)
    policys_own = r"[-|] |\|-|[0-9]\. |## Escalate"  # what it asks for and means, its levels and its form
    assert [line for line in same if line and not re.match(policys_own, line)] == []


def test_a_page_is_in_the_first_language_of_its_policy(desk: CommandedDesk) -> None:
    page = desk.run("policy", "explain", str(POLICIES / "droz.yaml"))
    assert page.startswith("# Como trabalhamos com você: Suporte Droz Survey\n")
    assert "| Crítica | A plataforma não funciona. | em até 1 dia útil |" in page
    assert "segunda-feira a sexta-feira, das 09:00 às 18:00 (horário de São Paulo)" in page
    assert "*Está resolvido?* Você responde sim ou não com um clique" in page
    assert re.findall(r"(?i)\b(?:the|we|you|your|it|is|and|or|within|case|solved|hours)\b", page) == []
    html = desk.run("policy", "explain", str(POLICIES / "droz.yaml"), "--format", "html")
    assert '<html lang="pt-BR">' in html


def test_a_page_in_a_language_that_nobody_wrote_it_in_is_an_error(desk: CommandedDesk) -> None:
    result = desk.try_("policy", "explain", "--lang", "fr")
    assert result.exit_code == 1
    assert "no help page is written in fr (there is one in de, en, pt-BR; docs/languages.md" in result.stderr


def test_the_texts_of_a_policy_are_in_the_language_of_the_page(desk: CommandedDesk) -> None:
    draft = desk.folder / "draft.yaml"
    means = DRAFT.replace("Urgent: It is down.", "Urgent: {en: It is down., de: Nichts geht.}")
    draft.write_text("languages: [en, de]\n" + means.replace("  - {first_response: 8h}\n", ""))
    assert "| Urgent | Nichts geht. | innerhalb von" in desk.run(
        "policy", "explain", str(draft), "--lang", "de-AT"
    )
    assert "| Urgent | It is down. | within" in desk.run("policy", "explain", str(draft))


def test_an_operator_adds_a_page_in_another_language(desk: CommandedDesk) -> None:
    desk.change("testing: true", "templates: templates\ntesting: true")
    (desk.folder / "templates/fr").mkdir(parents=True)
    (desk.folder / "templates/fr/help-page.md").write_text("# Travailler avec {{ page.policy.name }}\n")
    assert desk.run("policy", "explain", "--lang", "fr") == "# Travailler avec Default\n"
    assert desk.run("policy", "explain").startswith("# Working with Default")


def test_an_operator_says_it_in_other_words(desk: CommandedDesk) -> None:
    desk.change("testing: true", "templates: templates\ntesting: true")
    copy = desk.folder / "templates/en/help-page.md"
    assert str(copy) in desk.run("init", "--template", "help-page")
    assert desk.run("policy", "explain").startswith("# Working with Default")
    copy.write_text("# Trabalhar com {{ page.policy.name }}\n")
    assert desk.run("policy", "explain") == "# Trabalhar com Default\n"
    copy.write_text("# {{ page.nonsense }}\n")
    assert "templates/en/help-page.md:1: " in desk.try_("policy", "explain").stderr


def test_promises_that_cannot_be_kept_are_errors_and_vain_lines_are_told(desk: CommandedDesk) -> None:
    draft = desk.folder / "draft.yaml"
    draft.write_text(DRAFT)
    result = desk.try_("policy", "check", str(draft))
    assert result.exit_code == 1
    assert result.stdout == (
        f"warn {draft}:7:5: promises.1: promises no first_response: rows above have promised it in every such"
        " case (put it above them, or take it out)\n"
    )
    assert result.stderr == (
        f"maildesk: {draft}:11:72: statuses.Waiting.remind: the reminder after 20bd never goes: 2w of silence"
        " end this status before (remind earlier, or let `after` be longer)\n"
    )


def test_a_policy_with_vain_lines_alone_is_fine(desk: CommandedDesk) -> None:
    draft = desk.folder / "draft.yaml"
    draft.write_text(DRAFT.replace(", remind: 20bd", ""))
    warned, fine = desk.run("policy", "check", str(draft)).splitlines()
    assert warned.startswith("warn ")
    assert fine.startswith(f"{draft} is fine: Acme")


def test_a_language_without_letters_is_warned_of(desk: CommandedDesk) -> None:
    draft = desk.folder / "draft.yaml"
    text = (packaged("policies") / "default.yaml").read_text()
    draft.write_text(text.replace("name:", "languages: [fr, pt-BR, xx, en]\nname:", 1))
    warned = [line for line in desk.run("policy", "check", str(draft)).splitlines() if "languages" in line]
    assert [re.findall(r"no letter is written in (\S+):", line) for line in warned] == [["fr"], ["xx"]]
    (desk.folder / "ours.yaml").write_text(draft.read_text())
    (desk.folder / "letters/fr").mkdir(parents=True)
    (desk.folder / "letters/fr/closed.txt").write_text("Subject: Fini\n\nFini.\n")
    desk.change("testing: true", "testing: true\ntemplates: letters\npolicy: ours.yaml")
    told = desk.run("policy", "check")
    assert "written in fr" not in told
    assert "no letter is written in xx" in told


def test_the_whole_check_warns_of_what_time_has_made_impossible(desk: CommandedDesk) -> None:
    draft = desk.folder / "ours.yaml"
    releases = DRAFT.replace("17:00}}", "17:00}, releases: [2026-11-20]}").replace(", remind: 20bd", "")
    draft.write_text(releases.replace("first_response: 8h", "resolution: release"))
    desk.change("testing: true", "policy: ours.yaml\ntesting: true")
    told = desk.try_("check", "--quick").stdout
    assert (
        f"warn policy: {draft}:6:18: promises.0.resolution: promises nothing: calendar.releases names too few"
        " to come for release (add the next dates to calendar.releases)"
    ) in told
    assert "ok   policy: " in told


def test_the_whole_check_reads_the_operator_s_own_page(desk: CommandedDesk) -> None:
    desk.change("testing: true", "templates: templates\ntesting: true")
    (desk.folder / "templates/en").mkdir(parents=True)
    (desk.folder / "templates/en/help-page.md").write_text("# {{ page.nonsense }}\n")
    assert "FAIL templates: templates/en/help-page.md:1: " in desk.try_("check", "--quick").stdout
