"""The locks name exact versions with hashes, and agree with each other and with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "packaging/runtime.lock", "packaging/browser.lock"]


def pins(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Package → its version and the hashes of its files."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    found = {}
    for line in lines:
        match = re.fullmatch(r"([a-z0-9-]+)==([\w.]+)((?: +--hash=sha256:[0-9a-f]{64})+)", line.strip())
        assert match, f"{name}: not an exact version with hashes: {line[:80]}"
        found[match[1]] = (match[2], frozenset(match[3].split()))
    return found


def wanted(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = project["build-system"]["requires"] + project["project"]["dependencies"]
    for extra in extras:
        lines += project["project"]["optional-dependencies"][extra]
    names = [match[0] for line in lines if (match := re.match(r"[\w.-]+", line))]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names} - {project["project"]["name"]}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_says_how_it_is_renewed_and_not_where_it_was_made(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "`make lock`" in text.splitlines()[1]
    assert re.findall(r"://|--index|--find-links|--trusted-host| @ |(?:^|\s)/\w+", text) == []


def test_the_whole_lock_holds_all_that_pyproject_asks_for() -> None:
    assert wanted("postgresql", "demo", "test") - pins("requirements.lock").keys() == set()


def test_the_runtime_lock_is_the_part_of_it_that_a_server_needs() -> None:
    runtime, everything = pins("packaging/runtime.lock"), pins("requirements.lock")
    assert wanted("oauth2", "postgresql", "report") - runtime.keys() == set()
    assert {name: everything.get(name) for name in runtime} == runtime


def test_the_browser_is_apart_from_all_else() -> None:
    assert "playwright" in pins("packaging/browser.lock")
    assert "playwright" not in pins("requirements.lock")


def test_no_test_tool_reaches_a_server() -> None:
    assert {"pytest", "mypy", "ruff", "hypothesis", "pymap", "aiosmtpd"} & pins(
        "packaging/runtime.lock"
    ).keys() == set()
