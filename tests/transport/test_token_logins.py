"""Logins with tokens against a real Dovecot, which asks a token endpoint about each of them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from maildesk.errors import GrantLost, LoginRefused
from maildesk.transport.imap import ImapConnection
from maildesk.transport.imap_values import ImapAccount
from maildesk.transport.security import Security
from maildesk.transport.token_endpoints import PublishedEndpoints
from maildesk.transport.token_file import StoredTokens, TokenFile
from maildesk.transport.token_grants import AsApplication, ForPerson, Grant, Proof
from maildesk.transport.token_renewal import RenewedTokens
from maildesk.transport.tokens import TokenSource
from tests.world.token_dovecot import MECHANISMS, token_dovecot
from tests.world.token_endpoint import TokenEndpoint

pytestmark = pytest.mark.dovecot

SIZES = [pytest.param(400, id="0.4 kB"), pytest.param(2000, id="2 kB"), pytest.param(4000, id="4 kB")]


def source(sso: TokenEndpoint, folder: Path, grant: Grant | None = None) -> RenewedTokens:
    """An application that is registered there, and that asks where the issuer says."""
    sso.register("desk", secret="hush")
    grant = grant or AsApplication(Proof("desk", lambda: "hush"), "mail")
    return RenewedTokens(
        "own", grant, PublishedEndpoints(issuer=sso.issuer), TokenFile(folder / "tokens" / "own.json")
    )


def account(port: int, bearer: TokenSource, username: str = "support") -> ImapAccount:
    return ImapAccount("127.0.0.1", port, Security.NONE, username, "", bearer=bearer)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_the_login_matrix_over_imap(tmp_path: Path, mechanism: str, size: int) -> None:
    """Submission and Postfix stand in tests/servers/test_login_matrix.py."""
    with TokenEndpoint.start(size=size) as sso:
        async with token_dovecot(sso, [mechanism]) as dovecot:
            connection = await ImapConnection.open(account(dovecot.imap_port, source(sso, tmp_path)))
            assert (await connection.select("INBOX")).messages == 0
            await connection.close()
        assert len(sso.asked) == 1


async def test_a_refused_cached_token_is_renewed_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with TokenEndpoint.start() as sso:
        tokens = source(sso, tmp_path)
        async with token_dovecot(sso) as dovecot:
            for _ in range(2):
                await (await ImapConnection.open(account(dovecot.imap_port, tokens))).close()
            assert len(sso.asked) == 1
            sso.revoke()
            await (await ImapConnection.open(account(dovecot.imap_port, tokens))).close()
            assert len(sso.asked) == 2
    assert "token=refused login=own host=127.0.0.1 status=" in caplog.text
    assert tokens.file.read().access not in caplog.text


async def test_a_token_of_somebody_else_is_refused_after_exactly_two_tries(tmp_path: Path) -> None:
    with TokenEndpoint.start() as sso:
        async with token_dovecot(sso) as dovecot:
            with pytest.raises(LoginRefused, match="AUTHENTICATIONFAILED") as told:
                await ImapConnection.open(account(dovecot.imap_port, source(sso, tmp_path), "sales"))
        assert len(sso.asked) == 2
        assert not any(token in str(told.value) for token in sso.access)


async def test_a_person_whose_sign_in_was_revoked_is_asked_to_sign_in_again(tmp_path: Path) -> None:
    with TokenEndpoint.start() as sso:
        tokens = source(sso, tmp_path, ForPerson("own", Proof("desk", lambda: "hush"), "mail"))
        tokens.file.write(StoredTokens(refresh="gone"))
        with pytest.raises(GrantLost) as told:
            await ImapConnection.open(account(1, tokens))
    assert told.value.remedy == "sign in again: maildesk login own"
