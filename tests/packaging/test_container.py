"""The container runs as no one in particular, from pinned packages, and holds nothing that installs more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.world.container import let_through, stages_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile's instructions, one list for each stage."""
    return stages_of(ROOT / "Dockerfile")


def _values(stage: list[tuple[str, str]], word: str) -> list[str]:
    return [rest for name, rest in stage if name == word]


def test_it_ends_as_a_numeric_user_who_is_not_root(stages: list[list[tuple[str, str]]]) -> None:
    """Numeric, because only of a number can an orchestrator tell that it is not root (runAsNonRoot)."""
    user, _, group = _values(stages[-1], "USER")[-1].partition(":")
    assert int(user) >= 1000
    assert int(group) >= 1000


def test_nothing_is_done_as_that_user_but_running(stages: list[list[tuple[str, str]]]) -> None:
    words = [word for word, _ in stages[-1]]
    assert not {"RUN", "COPY", "ADD"} & set(words[words.index("USER") :])


def test_it_starts_what_the_unit_starts(stages: list[list[tuple[str, str]]]) -> None:
    entry, command = _values(stages[-1], "ENTRYPOINT")[-1], _values(stages[-1], "CMD")[-1]
    assert [*json.loads(entry), *json.loads(command)] == [
        "maildesk",
        "run",
        "-c",
        "/etc/maildesk/config.yaml",
    ]


def test_it_is_started_again_only_where_its_daemon_does_not_live(stages: list[list[tuple[str, str]]]) -> None:
    (check,) = _values(stages[-1], "HEALTHCHECK")
    command = check.partition(" CMD ")[2]
    assert json.loads(command) == ["maildesk", "health", "--live", "-c", "/etc/maildesk/config.yaml"]


def test_every_package_comes_from_the_lock_by_its_hash(stages: list[list[tuple[str, str]]]) -> None:
    installs = [
        part.strip()
        for stage in stages
        for run in _values(stage, "RUN")
        for part in run.split("&&")
        if "pip install" in part
    ]
    assert len(installs) == 2
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation ." in line for line in installs)


def test_the_last_stage_takes_only_the_finished_environment(stages: list[list[tuple[str, str]]]) -> None:
    assert _values(stages[-1], "COPY") == ["--from=build /opt/maildesk /opt/maildesk"]
    assert not [run for run in _values(stages[-1], "RUN") if "apt-get" in run or "pip install" in run]


def test_all_that_is_copied_exists_and_is_let_through_to_the_engine(
    stages: list[list[tuple[str, str]]],
) -> None:
    copied = {source for line in _values(stages[0], "COPY") for source in line.split()[:-1]}
    assert copied == let_through(ROOT)
    assert [name for name in copied if not (ROOT / name).exists()] == []
