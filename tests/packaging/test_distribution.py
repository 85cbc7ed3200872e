"""The distribution's name is ours alone: what the public index calls `maildesk` is a stranger's library."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

import pytest

from tests.packaging.test_lock import ROOT
from tests.test_house import repository_texts

NAME = "maildesk-helpdesk"
BY_NAME = re.compile(r"pip3? install\b.*[\s'\"]maildesk(?![\w/-])")


def test_the_package_and_the_program_come_from_the_distribution_of_our_name() -> None:
    assert set(packages_distributions()["maildesk"]) == {NAME}
    (program,) = entry_points(group="console_scripts", name="maildesk")
    assert program.dist is not None
    assert program.dist.name == NAME


def test_what_lies_beside_the_code_is_carried_along() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    carried = {
        path
        for package, patterns in project["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
        for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    kept = {path for path in (ROOT / "maildesk").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {path.name for path in carried & kept} >= {"DejaVuSans-subset.ttf", "LICENSE", "py.typed"}
    assert {path for path in kept if path.suffix != ".py"} - carried == set()


def test_no_sentence_of_ours_installs_what_the_index_calls_maildesk() -> None:
    found = [
        f"{name}: {line.strip()}"
        for name, text in repository_texts()
        if Path(name) != Path(__file__).relative_to(ROOT)
        for line in text.splitlines()
        if BY_NAME.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pip install maildesk", True),
        ("pip install -U 'maildesk[postgresql]'", True),
        ("pip install 'maildesk-helpdesk[postgresql]'", False),
        ("/opt/maildesk/bin/pip install '.[postgresql]'", False),
    ],
)
def test_such_a_sentence_would_be_seen(line: str, found: bool) -> None:
    assert bool(BY_NAME.search(line)) == found
