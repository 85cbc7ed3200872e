"""What pages name exists: files, targets of make, benches, and the sections that the source cites."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = {page.name: page.read_text() for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
MAKEFILE = (ROOT / "Makefile").read_text()

_CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`|^    (\S.*)$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"(?<![\w/.~$-])((?:maildesk|bench|tests|docs|packaging|policies)/[\w./-]*\w)(?![\w*/])")
_TARGET = re.compile(r"\bmake ([a-z][a-z-]*)\b")
_MODULE = re.compile(r"python -m ((?:bench|maildesk)[\w.]*)")


def code_in(page: str) -> str:
    """What stands as code: in fenced and indented blocks, and within sentences."""
    return "\n".join("".join(found) for found in _CODE.findall(page))


def targets_named(page: str) -> set[str]:
    return set(_TARGET.findall(code_in(page)))


def files_named(page: str) -> set[str]:
    return set(_FILE.findall(code_in(page))) | set(re.findall(r"\]\((?!https?:)([\w./-]+)\)", page))


def test_what_is_named_is_found() -> None:
    page = "Say `make corpora`; see `maildesk/mail/reading.py` and [this](docs/flow.md).\n\n    make bench\n"
    assert targets_named(page) == {"corpora", "bench"}
    assert files_named(page) == {"maildesk/mail/reading.py", "docs/flow.md"}
    assert targets_named("We make sure that nobody does.") == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_target_of_make_that_a_page_names_exists(name: str) -> None:
    assert {each for each in targets_named(PAGES[name]) if f"\n{each}:" not in MAKEFILE} == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_a_page_names_exists(name: str) -> None:
    folders = (ROOT, ROOT / "docs" if name != "README.md" else ROOT)
    lost = {each for each in files_named(PAGES[name]) if not any((at / each).exists() for at in folders)}
    assert lost == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_module_that_a_page_runs_exists(name: str) -> None:
    run = set(_MODULE.findall(code_in(PAGES[name])))
    assert {each for each in run if importlib.util.find_spec(each) is None} == set()


_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def named_as_tests(page: str) -> set[tuple[str, str]]:
    return set(_TEST.findall(page))


def test_every_test_that_the_page_on_security_names_exists() -> None:
    named = named_as_tests(PAGES["security.md"])
    assert len(named) > 20
    lost = {each for each in named if f"def {each[1]}(" not in (ROOT / each[0]).read_text()}
    assert lost == set()


def test_every_line_of_what_is_defended_names_a_test() -> None:
    defended = PAGES["security.md"].partition("## What it defends against")[2].partition("\n## ")[0]
    rows = [line for line in defended.splitlines() if line.startswith("| ") and "|---" not in line]
    assert [row for row in rows if "test |" not in row and not named_as_tests(row)] == []


_DEMAND = re.compile(r"^\| (?!demand|---)(.+) \| (.+) \| (.+) \|$", re.MULTILINE)


def demands() -> list[tuple[str, str, str]]:
    """Each demand of the five processes: the policy, its keys, the conversation that shows it."""
    parts = re.split(r"^## \[(\S+)\]\(\S+\)$", PAGES["policies.md"], flags=re.MULTILINE)[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [(policy, row[1], row[2]) for policy, rows in pairs for row in _DEMAND.findall(rows)]


def test_every_demand_of_the_five_processes_is_a_line_of_a_policy_and_a_conversation() -> None:
    assert len(demands()) == 41
    for policy, keys, conversation in demands():
        text = (ROOT / "policies" / policy).read_text()
        named = re.findall(r"`([^`]+)`", keys)
        assert named
        elsewhere = {"#ask", "#split", "limits.silent_mailbox"}
        assert [key for key in named if f"\n{key}:" not in text and key not in elsewhere] == [], policy
        [(path, test)] = named_as_tests(conversation)
        assert f"def {test}(" in (ROOT / path).read_text()


# --- what the source cites ------------------------------------------------------------------------

CITING = ("maildesk", "migrations", "tests", "bench", "templates", "policies", "packaging", "docs")
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for folder in CITING
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".md", ".txt", ".yaml"} and path != Path(__file__)
}
_CITED = re.compile(r"\bdesign(?:\.md)? §([0-9]+)")
_UNCITED = re.compile(r"(?i)\bthe design'?s?\b|\(design:|\bT[0-9]{2,3}\b:?(?=[ ,)\"])|\btrial [0-9]")
_PAGE = re.compile(r"(?<![\w/.-])(?:docs/)?[\w-]+\.md\b")
_NUMBERED = re.compile(r"^## ([0-9]+)\. ", re.MULTILINE)


def cited(text: str) -> set[str]:
    """The sections of the design that a text names."""
    return set(_CITED.findall(text))


def test_what_is_cited_is_seen() -> None:
    assert cited("is derived (design §3), as docs/design.md §6 has it") == {"3", "6"}
    assert _UNCITED.search("the table of the design, row by row")
    assert _UNCITED.search("T31: the connection breaks")
    assert not _UNCITED.search("2026-11-22T08:30:00Z")


def test_every_section_of_the_design_that_is_cited_exists() -> None:
    sections = set(_NUMBERED.findall(PAGES["design.md"]))
    assert len([name for name, text in SOURCES.items() if cited(text)]) > 10
    assert {name: lost for name, text in SOURCES.items() if (lost := cited(text) - sections)} == {}


def test_nothing_cites_what_is_not_here() -> None:
    found = {name: what[0] for name, text in SOURCES.items() if (what := _UNCITED.search(text))}
    assert found == {}
    pages = {each for text in SOURCES.values() for each in _PAGE.findall(text)}
    assert len(pages) > 5
    assert [each for each in pages if not any((ROOT / at / each).exists() for at in ("", "docs"))] == []


# --- one mail, through the files ------------------------------------------------------------------

_SOURCE = re.compile(r"`((?:\w+/)*\w+\.py)`")


def test_one_mail_is_followed_in_a_page_through_few_files_that_exist() -> None:
    page = PAGES["flow.md"]
    named = set(_SOURCE.findall(page))
    assert [each for each in named if not (ROOT / "maildesk" / each).is_file()] == []
    assert 15 < len(named) <= 25
    assert len(page.splitlines()) < 70


# --- the rooms, as the design draws them ----------------------------------------------------------

_ROOM = re.compile(r"^\| `([\w/]+?)/?(?:\.py)?` \|", re.MULTILINE)


def test_the_design_has_a_line_for_every_room_and_no_other() -> None:
    house = PAGES["design.md"].partition("## 4. ")[2].partition("\n## ")[0]
    package = ROOT / "maildesk"
    rooms = {each.parent.relative_to(package).as_posix() for each in package.rglob("__init__.py")} - {"."}
    assert set(_ROOM.findall(house)) == rooms | {"errors"}
