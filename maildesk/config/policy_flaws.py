"""The flaws of a policy at their places in its file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from maildesk.config.problems import Problem
from maildesk.config.yaml_file import Document, read_yaml
from maildesk.desk.policy.flaws import Flaw, flaws
from maildesk.desk.policy.policy import Policy


def flaws_in(path: Path, policy: Policy, now: datetime) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The promises that cannot be kept, and what is written in vain, of a policy read from that file.

    Of what the file does not name (a question that every policy has) nothing is said.
    """
    document = read_yaml(path)
    found = [flaw for flaw in flaws(policy, now) if _is_written(document, flaw)]
    broken = tuple(document.problem(each.where, each.message, each.remedy) for each in found if each.breaks)
    vain = tuple(document.problem(each.where, each.message, each.remedy) for each in found if not each.breaks)
    return broken, vain


def _is_written(document: Document, flaw: Flaw) -> bool:
    top, name, *_ = flaw.where
    section = document.data.get(str(top))
    return name in section if isinstance(section, dict) else isinstance(section, list)
