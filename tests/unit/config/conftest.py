"""A configuration that is right, to be broken one line at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from maildesk.config.loading import load
from maildesk.config.policy_file import load_policy
from maildesk.config.policy_laws import NamedInConfig
from maildesk.config.problems import ConfigError
from maildesk.config.settings import Settings
from maildesk.desk.policy.policy import Policy

MINIMAL = """\
desk: {name: Acme Support, address: support@acme.example, tag: Acme, secret: {file: secret.key}}
store: {url: "sqlite:///desk.db"}
mailboxes:
  - name: support
    address: support@acme.example
    imap: {host: imap.acme.example, username: support, password: "${IMAP_PASSWORD}"}
smtp: {host: smtp.acme.example}
"""

POLICY = """\
name: Acme
calendar:
  hours: {mon-fri: 09:00-17:00}
priorities: {high: Soon., low: Later.}
default_priority: low
promises:
  - {priority: high, first_response: 4h}
"""

Written = Callable[[str], Path]
Loads = Callable[[str], Settings]
Problems = Callable[[str], list[str]]
ReadsPolicy = Callable[..., Policy]


def changed_policy(old: str = "", new: str = "") -> str:
    """A small policy that is right, with one thing changed."""
    assert old in POLICY
    return POLICY.replace(old, new, 1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is also the current one, so that files have short names in messages."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def loads(folder: Path) -> Loads:
    """Settings from a text."""

    def load_text(text: str) -> Settings:
        Path("config.yaml").write_text(text, encoding="utf-8")
        return load(Path("config.yaml"))

    return load_text


@pytest.fixture
def problems(loads: Loads) -> Problems:
    """Every line that is said about a text; there must be one."""

    def said(text: str) -> list[str]:
        with pytest.raises(ConfigError) as told:
            loads(text)
        assert str(told.value).splitlines() == [str(each) for each in told.value.problems]
        return str(told.value).splitlines()

    return said


@pytest.fixture
def reads_policy(folder: Path) -> ReadsPolicy:
    """A policy from a text."""

    def read(text: str, timezone: str = "UTC", known: NamedInConfig | None = None) -> Policy:
        Path("policy.yaml").write_text(text, encoding="utf-8")
        return load_policy(Path("policy.yaml"), timezone=timezone, known=known)

    return read
