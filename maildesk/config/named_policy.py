"""The support policy that a configuration names, read: its own, or one of those that are packaged."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from maildesk.config.building import template_folder
from maildesk.config.packaged import packaged
from maildesk.config.policy_file import load_policy
from maildesk.config.policy_laws import NamedInConfig
from maildesk.config.problems import ConfigError, Problem
from maildesk.config.settings import Settings
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.policy.policy import Policy
from maildesk.mail.addr_spec import Addresses


def policy(settings: Settings, path: Path | None = None) -> Policy:
    """The policy file the configuration names, read; raises ConfigError with everything wrong with it.

    `path` is that of another file, which is held against the same teams, agents and mailboxes.
    """
    known = NamedInConfig(
        teams=frozenset(team.name for team in settings.people.teams),
        agents=Addresses(agent.address for agent in settings.people.agents),
        mailboxes=frozenset(box.name for box in settings.mailboxes),
        letters=_own_letters(settings),
        roles=frozenset(each.role for each in settings.people.leadership if each.role),
        channels={box.name: box.channel for box in settings.mailboxes},
    )
    where = path or policy_path(settings)
    return load_policy(where, timezone=settings.desk.timezone, known=known)


def draft(settings: Settings, path: Path) -> tuple[Policy, tuple[Problem, ...]]:
    """A policy file that is asked about, and what of it this configuration does not name.

    Raises ConfigError with everything that is wrong with the file itself.
    """
    found = load_policy(path, timezone=settings.desk.timezone)
    try:
        policy(settings, path)
    except ConfigError as error:
        return found, error.problems
    return found, ()


def policy_path(settings: Settings) -> Path:
    """Find the policy: beside the configuration, else the packaged file of that name."""
    if settings.policy is None:
        return packaged("policies") / "default.yaml"
    own = settings.file.parent / settings.policy.expanduser()
    parts = settings.policy.parts
    if not own.exists() and len(parts) == 2 and parts[0] == "policies":
        ours = packaged("policies") / parts[1]
        return ours if ours.exists() else own
    return own


def _own_letters(settings: Settings) -> frozenset[str]:
    """The names of the letters that the policy may let follow: the operator's own, and those we ship."""
    folder = template_folder(settings)
    return _shipped_letters() | {each.stem for each in (folder.rglob("*.txt") if folder else ())}


@cache
def _shipped_letters() -> frozenset[str]:
    files = (each for each in packaged("templates").rglob("*.txt") if each.stem not in set(LetterKind))
    return frozenset(each.stem for each in files if each.read_text(encoding="utf-8").startswith("Subject:"))
