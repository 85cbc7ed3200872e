"""The servers of the configuration: how a mailbox is read, how letters are handed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from maildesk.config.providers import Provider, with_imap, with_relay
from maildesk.config.secrets import SecretValue
from maildesk.config.section import Section
from maildesk.config.values import Host, Line, Port, Slug
from maildesk.transport.security import Security

_IMAP_PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}
_SMTP_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}

_PROVIDER = "microsoft | google | fastmail | yahoo: fills in what is the same for everybody there"


def _imap_port(data: dict[str, Any]) -> int:
    return _IMAP_PORTS[data["security"]]


def _smtp_port(data: dict[str, Any]) -> int:
    return _SMTP_PORTS[data["security"]]


class ImapSection(Section):
    """The way in which a mailbox is read."""

    provider: Provider | None = Field(default=None, description=_PROVIDER)
    host: Host = Field(description="the server's name, as in its certificate")
    security: Security = Field(default=Security.TLS, description="tls | starttls | none (this machine only)")
    port: Port = Field(default_factory=_imap_port, description="993 with tls, else 143")
    username: Line = Field(description="the name to log in with")
    password: SecretValue | None = Field(default=None, description="the password to log in with")
    login: Slug | None = Field(default=None, description="the one of `logins` to use, in place of a password")
    ca_file: Path | None = Field(default=None, description="trust only the authorities in this file")

    _provided = model_validator(mode="before")(with_imap)


class SmtpSection(Section):
    """The way in which letters are handed to a relay."""

    provider: Provider | None = Field(default=None, description=_PROVIDER)
    host: Host = Field(description="the relay's name, as in its certificate")
    security: Security = Field(
        default=Security.STARTTLS, description="tls | starttls | none (this machine only)"
    )
    port: Port = Field(default_factory=_smtp_port, description="587 with starttls, 465 with tls, else 25")
    username: Line | None = Field(default=None, description="the name to log in with, if the relay wants one")
    password: SecretValue | None = Field(default=None, description="the password to log in with")
    login: Slug | None = Field(default=None, description="the one of `logins` to use, in place of a password")
    ca_file: Path | None = Field(default=None, description="trust only the authorities in this file")
    local_hostname: Host | None = Field(default=None, description="what we call ourselves in EHLO")
    connections: int = Field(default=8, ge=1, le=64, description="how many connections may be open at once")

    _provided = model_validator(mode="before")(with_relay)
