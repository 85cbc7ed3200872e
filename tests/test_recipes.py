"""What CONTRIBUTING tells a newcomer can be done: each file it names exists, each name is in its file."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
WANTED = ("policy", "letter", "notice", "command", "table", "transport")
PLACES = (ROOT, ROOT / "maildesk")
"""Where the names of files begin: those of the program are written without its own."""

_CODE = re.compile(r"`([^`]+)`")
_FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")


def recipes(page: str) -> dict[str, str]:
    """The sections that say how to do something, by their headings."""
    parts = re.split(r"^## (How to .*)$", page, flags=re.MULTILINE)[1:]
    return {title: text.partition("\n## ")[0] for title, text in zip(parts[::2], parts[1::2], strict=True)}


@dataclass
class Step:
    """One step of a recipe: the files it names, and the names said to stand in the file before them."""

    files: list[str] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)


def steps(recipe: str) -> list[Step]:
    return [step(text) for text in re.split(r"^\d+\. ", recipe, flags=re.MULTILINE)]


def step(text: str) -> Step:
    """What is quoted: a file, or a name in the file before it. Anything else in quotes is an example."""
    found = Step()
    for quoted in _CODE.findall(text):
        if _FILE.fullmatch(quoted):
            found.files.append(quoted)
        elif found.files and _NAME.fullmatch(quoted):
            found.names.append((found.files[-1], quoted))
    return found


def at(file: str) -> list[Path]:
    """The files meant; capitals stand for the name that somebody is to choose."""
    pattern = re.sub(r"(?<![A-Za-z])[A-Z]{4}(?![A-Za-z])", "*", file)
    return [each for place in PLACES for each in place.glob(pattern.rstrip("/"))]


def names_in(path: Path) -> set[str]:
    """What a file defines, with the members of its classes as `Class.member`."""
    if path.suffix != ".py":
        return set(re.findall(r"\w+", path.read_text()))
    return set(defined(ast.parse(path.read_text()), ""))


def defined(node: ast.AST, inside: str) -> list[str]:
    found = []
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found += [f"{inside}{each.name}", *defined(each, f"{inside}{each.name}.")]
        elif isinstance(each, ast.Assign | ast.AnnAssign):
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            found += [f"{inside}{target.id}" for target in targets if isinstance(target, ast.Name)]
    return found


def test_a_step_is_read() -> None:
    read = step("2. `desk/case/events.py`: a kind in `EventKind`, as `#word` in `templates/en/NAME.txt`.")
    assert read.files == ["desk/case/events.py", "templates/en/NAME.txt"]
    assert read.names == [("desk/case/events.py", "EventKind")]
    assert at("desk/nowhere.py") == []
    assert at("templates/en/NAME.txt")
    assert "EventKind.OPENED" in names_in(ROOT / "maildesk/desk/case/events.py")


@pytest.mark.parametrize("what", WANTED)
def test_there_is_a_recipe(what: str) -> None:
    [found] = [text for title, text in recipes(PAGE).items() if what in title]
    assert sum(len(each.files) for each in steps(found)) >= 3


@pytest.mark.parametrize("title", recipes(PAGE))
def test_every_file_and_name_of_a_recipe_exists(title: str) -> None:
    followed = steps(recipes(PAGE)[title])
    assert [file for each in followed for file in each.files if not at(file)] == []
    lost = [
        f"{name} in {file}"
        for each in followed
        for file, name in each.names
        if not any(name in names_in(path) for path in at(file) if path.is_file())
    ]
    assert lost == []


def test_every_file_that_the_page_names_exists() -> None:
    assert [each for each in _CODE.findall(PAGE) if _FILE.fullmatch(each) and not at(each)] == []


def test_the_map_of_the_tests_has_a_line_for_every_folder() -> None:
    named = set(re.findall(r"`tests/(\w+)/`", PAGE.partition("## The tests")[2].partition("\n## ")[0]))
    assert named == {each.name for each in (ROOT / "tests").iterdir() if any(each.glob("**/*.py"))}
