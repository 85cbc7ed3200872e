"""Flaws at their places in a file; what the file does not name has none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from maildesk.config.packaged import packaged
from maildesk.config.policy_file import load_policy
from maildesk.config.policy_flaws import flaws_in

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)

BASE = """\
name: Acme
calendar: {hours: {mon-fri: 09:00-17:00}}
priorities: {Normal: Everything.}
default_priority: Normal
"""


@pytest.mark.parametrize("file", sorted(packaged("policies").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_policy_can_be_kept(file: Path) -> None:
    assert flaws_in(file, load_policy(file), NOW) == ((), ())


def test_questions_that_every_policy_has_are_nobody_s_flaw(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(BASE)
    assert flaws_in(file, load_policy(file), NOW) == ((), ())
    file.write_text(BASE + "questions:\n  survey: {scale: 3}\n")
    broken, vain = flaws_in(file, load_policy(file), NOW)
    assert broken == ()
    assert [(each.line, each.path, each.message) for each in vain] == [
        (6, "questions.survey", "nobody asks this question")
    ]
