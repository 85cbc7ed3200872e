"""A real Dovecot that takes tokens, each of which it shows to a token endpoint (RFC 7662)."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.world.dovecot import Dovecot
from tests.world.processes import Throwaway
from tests.world.token_endpoint import TokenEndpoint

MECHANISMS = ("xoauth2", "oauthbearer")

SETTINGS = """
auth_mechanisms = plain login {mechanisms}
passdb {{
  driver = oauth2
  mechanisms = {mechanisms}
  args = {file}
}}
"""

SUBMISSION = """
protocols = imap lmtp submission
hostname = localhost
submission_relay_host = 127.0.0.1
submission_relay_port = {sink}
submission_relay_trusted = yes
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {port}
  }}
}}
service auth {{
  unix_listener {socket} {{
    mode = 0666
  }}
}}
"""
"""A submission server that hands on to a sink, and a socket at which a Postfix asks about logins."""

INTROSPECTION = """
introspection_mode = post
introspection_url = {issuer}/introspect
force_introspection = yes
active_attribute = active
active_value = true
username_attribute = username
"""


def introspection(endpoint: TokenEndpoint, folder: Path) -> Path:
    """The file that tells Dovecot whom to ask about a token; anybody may read it."""
    folder.chmod(0o755)
    file = folder / "oauth2.conf.ext"
    file.write_text(INTROSPECTION.format(issuer=endpoint.issuer))
    file.chmod(0o644)
    return file


@dataclass(frozen=True, slots=True)
class Submission:
    """The submission port of a Dovecot that hands mail on to `sink`; a Postfix asks at `socket`."""

    port: int
    sink: int
    socket: str

    @property
    def settings(self) -> str:
        return SUBMISSION.format(port=self.port, sink=self.sink, socket=self.socket)


@asynccontextmanager
async def token_dovecot(
    endpoint: TokenEndpoint,
    mechanisms: Sequence[str] = MECHANISMS,
    submission: Submission | None = None,
    make: Callable[[str], Throwaway] = Throwaway.make,
) -> AsyncIterator[Dovecot]:
    """A Dovecot whose user `support` comes in with a token of the endpoint, or with the password `secret`."""
    with tempfile.TemporaryDirectory(prefix="maildesk-tokens-", dir="/tmp") as made:
        file = introspection(endpoint, Path(made))
        settings = SETTINGS.format(mechanisms=" ".join(mechanisms), file=file)
        if submission:
            settings += submission.settings
        dovecot = await Dovecot.start(settings=settings, make=make)
        assert dovecot.folder_on_disk  # asked, so that nobody is handed a server whose endpoint is gone
        try:
            yield dovecot
        finally:
            await dovecot.stop()
