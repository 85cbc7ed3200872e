"""The configurations of the desk called Acme, which nearly every story is told of."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from maildesk.config.letter_files import read_templates
from maildesk.config.loading import load
from maildesk.daemon.parts import office_of
from maildesk.desk.letters.letter_trial import template_problems
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.mail.identity.keys import KeyRing
from tests.world.imap_server import ImapServer

AT_A_KEYBOARD = """\
desk: {name: Acme Support, address: support@acme.example, tag: Acme, secret: {file: secret.key}}
store: {url: "sqlite:///desk.db"}
mailboxes:
  - name: support
    address: support@acme.example
    imap: {host: 127.0.0.1, port: 1, security: none, username: support, password: "${IMAP_PASSWORD}"}
smtp: {host: 127.0.0.1, port: 1, security: none}
people:
  agents:
    - {name: Ana Souza, address: ana@acme.example, teams: [support]}
    - {name: Ben Ali, address: ben@acme.example, teams: [support, billing]}
  teams: [{name: support, lead: ana@acme.example}, {name: billing, lead: ben@acme.example}]
  leadership: [{name: Lea Dias, address: lea@acme.example}]
  operators: [ops@acme.example]
accounts: [{name: Client Inc, domains: [client.example], plan: premium}]
testing: true
"""
"""The configuration of the desk whose only user sits at a keyboard."""


def make_key(folder: Path) -> None:
    """The desk's secret key."""
    key = folder / "secret.key"
    key.touch(mode=0o600)
    key.write_text(KeyRing.generate(b"k" * 32).render())


def make_ready() -> None:
    """Read their policies and write each of their letters, once for all that this process does and forks."""
    server = ImapServer()
    server.imap_port, server.users = 1, {"support": "secret"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_key(folder)
        config = config_of(1) | {"mailboxes": [mailbox_of(server, "support")]}
        for text in (written(config), AT_A_KEYBOARD):
            (folder / "config.yaml").write_text(text)
            settings = load(folder / "config.yaml")
            desk = office_of(settings, {}).desk
            templates = LetterTemplates(read_templates(settings), desk.zone, desk.policy.languages)
            assert [*template_problems(desk, templates, NOW)] == []


NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def written(values: Mapping[str, Any]) -> str:
    """Values as YAML, by the writer in C."""
    return str(yaml.dump(dict(values), Dumper=yaml.CSafeDumper, sort_keys=False))


def config_of(smtp_port: int, store: str | None = None) -> dict[str, Any]:
    """The configuration of the test desk as plain YAML values, but for its mailboxes."""
    return {
        "desk": {
            "name": "Acme Support",
            "address": "support@acme.example",
            "tag": "Acme",
            "timezone": "Europe/Lisbon",
            "secret": {"file": "secret.key"},
            "morning_sheet": False,  # but for stories of it
        },
        "store": {"url": store or "sqlite:///desk.db"},
        "smtp": {"host": "127.0.0.1", "port": smtp_port, "security": "none"},
        "people": {
            "agents": [{"name": "Ana Agent", "address": "agent@acme.example"}],
            "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
            "operators": ["ops@acme.example"],
        },
        "limits": {"free_space": "1MiB"},
    }


def mailbox_of(server: ImapServer, name: str, imap_port: int | None = None, **changes: Any) -> dict[str, Any]:
    """One watched mailbox of the test server, user and address named alike."""
    return {
        "name": name,
        "address": f"{name}@acme.example",
        "existing_mail": "file",
        "imap": {
            "host": server.host,
            "port": imap_port or server.imap_port,
            "security": "none",
            "username": name,
            "password": server.users[name],
        },
    } | changes
