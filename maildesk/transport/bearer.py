"""The words of a login with a token, for IMAP and SMTP alike: OAUTHBEARER (RFC 7628) and XOAUTH2."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection
from dataclasses import dataclass

from maildesk.errors import LoginRefused
from maildesk.transport.security import Security, is_loopback

_STATUS = re.compile(r"[\x21-\x7e]{1,60}")


@dataclass(frozen=True, slots=True)
class BearerMechanism:
    """A mechanism, and what is said to a server that refused: it waits for that before it says no."""

    name: str
    after_refusal: bytes

    def response(self, username: str, token: str, host: str, port: int) -> bytes:
        """The one thing that is said, in base64."""
        if self.name == "XOAUTH2":
            said = f"user={username}\1auth=Bearer {token}\1\1"
        else:  # RFC 7628 §3.1; in a name, "=" and "," are spelled out (RFC 5801 §4)
            name = username.replace("=", "=3D").replace(",", "=2C")
            said = f"n,a={name},\1host={host}\1port={port}\1auth=Bearer {token}\1\1"
        return base64.b64encode(said.encode())


MECHANISMS = (BearerMechanism("OAUTHBEARER", b"AQ=="), BearerMechanism("XOAUTH2", b""))
"""The better one first: it is a standard, and tells why it refused. Never a password instead."""


def chosen(offered: Collection[str], where: str) -> BearerMechanism:
    """The mechanism to be used of those that are offered, by their names in capitals."""
    for mechanism in MECHANISMS:
        if mechanism.name in offered:
            return mechanism
    raise LoginRefused(
        f"{where} takes no tokens: it offers neither OAUTHBEARER nor XOAUTH2",
        remedy="is this the right server and port? If it knows passwords only, give it one",
    )


def is_private(host: str, security: Security) -> bool:
    """Tell whether a token may be sent: whoever reads it can use it until it ends."""
    return security is not Security.NONE or is_loopback(host)


def status_of_challenge(challenge: bytes) -> str:
    """The status in a server's refusal: base64 of JSON (RFC 7628 §3.2.2), or nothing we understand."""
    try:
        data = json.loads(base64.b64decode(challenge.strip(), validate=True))
    except (ValueError, binascii.Error):
        return ""
    status = data.get("status") if isinstance(data, dict) else None
    return str(status) if _STATUS.fullmatch(str(status or "")) else ""
