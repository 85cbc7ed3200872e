"""A configuration that is right, to be broken one line at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from maildesk.config.loading import load
from maildesk.config.problems import ConfigError
from maildesk.config.settings import Settings

MINIMAL = """\
desk: {name: Acme Support, address: support@acme.example, tag: Acme, secret: {file: secret.key}}
store: {url: "sqlite:///desk.db"}
mailboxes:
  - name: support
    address: support@acme.example
    imap: {host: imap.acme.example, username: support, password: "${IMAP_PASSWORD}"}
smtp: {host: smtp.acme.example}
"""

Written = Callable[[str], Path]
Loads = Callable[[str], Settings]
Problems = Callable[[str], list[str]]


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
