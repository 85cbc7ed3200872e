"""Logins with tokens at real servers that send: both mechanisms, with tokens of every usual size."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from maildesk.errors import LoginRefused
from maildesk.transport.relay import Accepted
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpConnection
from maildesk.transport.smtp_opening import SmtpAccount
from maildesk.transport.token_endpoints import PublishedEndpoints
from maildesk.transport.token_file import TokenFile
from maildesk.transport.token_grants import AsApplication, Proof
from maildesk.transport.token_renewal import RenewedTokens
from tests.servers.conftest import skip_or_fail
from tests.servers.kinds import UNPACK
from tests.world.framed import Framed, frames_work, missing
from tests.world.postfix import Postfix
from tests.world.processes import free_ports, listening
from tests.world.smtp_server import SmtpServer
from tests.world.token_dovecot import MECHANISMS, Submission, token_dovecot
from tests.world.token_endpoint import TokenEndpoint

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("login-matrix")]

LoginServer = Callable[[TokenEndpoint, str], AbstractAsyncContextManager[tuple[int, SmtpServer]]]
"""Starts a server that asks this endpoint about tokens, with one mechanism; its port, and where mail goes."""

PROGRAMS = {"dovecot-submissiond": "usr/lib/dovecot/submission-login", **Postfix.programs}
SIZES = [pytest.param(400, id="0.4 kB"), pytest.param(2000, id="2 kB"), pytest.param(4000, id="4 kB")]
MAIL = b"From: support@acme.example\r\nTo: bo@client.example\r\nSubject: hello\r\n\r\nhi\r\n"


@pytest.fixture(autouse=True)
def _can_run() -> None:
    if not frames_work():
        skip_or_fail(f"no process can have folders of its own here, or nothing is unpacked: {UNPACK}")
    if lacking := missing(PROGRAMS):
        skip_or_fail(f"{' and '.join(lacking)} is not here: {UNPACK}")


def account(sso: TokenEndpoint, folder: Path, port: int) -> SmtpAccount:
    """The relay at this port, where an application of ours logs in as `support`."""
    sso.register("desk", secret="hush")
    grant = AsApplication(Proof("desk", lambda: "hush"), "mail")
    file = TokenFile(folder / "tokens" / "own.json")
    tokens = RenewedTokens("own", grant, PublishedEndpoints(issuer=sso.issuer), file)
    return SmtpAccount("127.0.0.1", port, Security.NONE, "support", None, bearer=tokens)


async def sends(there: SmtpAccount, sink: SmtpServer) -> None:
    """Log in, hand over a mail, and see it come out at the other end."""
    connection = await SmtpConnection.open(there)
    assert isinstance(await connection.offer("support@acme.example", "bo@client.example"), Accepted)
    assert isinstance(await connection.transmit(MAIL), Accepted)
    await connection.close()
    await sink.wait_for(1)


@asynccontextmanager
async def submission(sso: TokenEndpoint, mechanism: str) -> AsyncIterator[tuple[int, SmtpServer]]:
    """A Dovecot's submission port, and the sink behind it."""
    (port,) = free_ports(1)
    async with await SmtpServer.start() as sink:
        place = Submission(port, sink.port, "auth-postfix")
        async with token_dovecot(sso, [mechanism], place, Framed.make):
            assert listening(port)
            yield port, sink


class TokenPostfix(Postfix):
    """A Postfix that asks a Dovecot about logins, at `socket`."""

    socket = ""

    def _write(self, name: str, text: str) -> None:
        for word, other in (("type = cyrus", "type = dovecot"), ("path = smtpd", f"path = {self.socket}")):
            text = text.replace(f"smtpd_sasl_{word}", f"smtpd_sasl_{other}")
        super()._write(name, text)


@asynccontextmanager
async def postfix(sso: TokenEndpoint, mechanism: str) -> AsyncIterator[tuple[int, SmtpServer]]:
    """A Postfix's submission port, and the sink behind it."""
    running, (port,) = TokenPostfix.make(), free_ports(1)
    try:
        with tempfile.TemporaryDirectory(prefix="maildesk-sasl-", dir="/tmp") as folder:
            shutil.chown(folder, "nobody")
            running.socket = f"{folder}/auth"
            async with await SmtpServer.start() as sink:
                place = Submission(port, sink.port, running.socket)
                async with token_dovecot(sso, [mechanism], place, Framed.make):
                    os.chmod(folder, 0o755)
                    running.begin(delivery="error:nobody", sink=sink.port)
                    yield running.submission_port, sink
    finally:
        running.stop()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("server", [postfix, submission], ids=lambda each: each.__name__)
async def test_the_login_matrix(tmp_path: Path, server: LoginServer, mechanism: str, size: int) -> None:
    with TokenEndpoint.start(size=size) as sso:
        async with server(sso, mechanism) as (port, sink):
            await sends(account(sso, tmp_path, port), sink)
        assert len(sso.asked) == 1


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_a_token_that_submission_refuses_is_renewed_once(tmp_path: Path, mechanism: str) -> None:
    with TokenEndpoint.start() as sso:
        async with submission(sso, mechanism) as (port, sink):
            there = account(sso, tmp_path, port)
            assert there.bearer
            await there.bearer.token()
            sso.revoke()
            await sends(there, sink)
            assert len(sso.asked) == 2


async def test_a_token_of_somebody_else_is_refused_after_exactly_two_tries(tmp_path: Path) -> None:
    with TokenEndpoint.start() as sso:
        async with submission(sso, "xoauth2") as (port, _):
            with pytest.raises(LoginRefused, match="did not accept the token of sales"):
                await SmtpConnection.open(replace(account(sso, tmp_path, port), username="sales"))
        assert len(sso.asked) == 2
