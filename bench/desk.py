"""The desk that is measured: its configuration, and what it made of every mail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.mails import ADDRESS, AUTHSERV
from maildesk.mail.identity.keys import KeyRing
from maildesk.store.database import Database
from maildesk.store.inbox_views import inbox_rows

LIFTED = {
    "acks_per_hour": 10_000_000,
    "acks_per_domain_hour": 10_000_000,
    "notices_per_agent_hour": 10_000_000,
    "notices_at_once": 10_000_000,
    "free_space": "1MiB",
}
"""Limits set aside: they would hold back what is to be counted, as all requests come within seconds."""


@dataclass(frozen=True, slots=True)
class BenchDesk:
    """One desk with one mailbox, in a folder of its own."""

    folder: Path
    store_url: str

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def configure(self, imap_port: int, smtp_port: int, agents: int, policy: str) -> None:
        """Write config and key. With agents, who are all of the team support, mails cost notices too."""
        key = self.folder / "secret.key"
        key.write_text(KeyRing.generate(b"bench".ljust(32, b".")).render())
        key.chmod(0o600)
        imap = {"host": "127.0.0.1", "port": imap_port, "security": "none"}
        mailbox = {
            "name": "support",
            "address": ADDRESS,
            "subaddress": "+",
            "existing_mail": "file",
            "imap": {**imap, "username": "support", "password": "secret"},
        }
        config: dict[str, Any] = {
            "desk": {
                "name": "Acme Support",
                "address": ADDRESS,
                "tag": "Acme",
                "timezone": "Europe/Lisbon",
                "secret": {"file": "secret.key"},
            },
            "store": {"url": self.store_url},
            "mailboxes": [mailbox],
            "smtp": {"host": "127.0.0.1", "port": smtp_port, "security": "none"},
            "people": {
                "agents": [
                    {"name": f"Agent {n}", "address": f"agent{n}@acme.example", "teams": ["support"]}
                    for n in range(agents)
                ],
                "teams": [{"name": "support"}],
            },
            "policy": f"policies/{policy}.yaml",
            "trust": {"authserv_id": AUTHSERV, "border_strips": True},
            "limits": LIFTED,
        }
        self.config.write_text(yaml.safe_dump(config))
        self.config.chmod(0o600)

    def inbox(self) -> list[dict[str, Any]]:
        """Every mail with its verdict and its case, as `maildesk inbox list --json` has it."""
        database = Database.open(self.store_url)
        try:
            return database.read_now(inbox_rows)
        finally:
            database.close_now()
