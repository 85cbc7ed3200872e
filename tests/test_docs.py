"""What the pages name exists: files of this project, targets of make, commands of the benches."""

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
