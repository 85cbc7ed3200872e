"""Logins that sign: with an application's certificate, and with a service account's key."""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maildesk.errors import ClientRefused, TokenUnavailable
from maildesk.transport.token_endpoints import PublishedEndpoints
from maildesk.transport.token_file import TokenFile
from maildesk.transport.token_grants import AsApplication, Grant, Proof, WithKey
from maildesk.transport.token_renewal import RenewedTokens
from tests.transport.token_scenes import QUICK, Clock
from tests.world.token_endpoint import TokenEndpoint

pytest.importorskip("cryptography", reason="the extra oauth2 is not installed")

ROBOT = "desk@acme.iam.example"


@dataclass(frozen=True, slots=True)
class Keys:
    """A certificate with its key, and what a provider is shown of it."""

    pem: str
    key: str
    public: Path

    @property
    def service_account(self) -> str:
        return json.dumps({"client_email": ROBOT, "private_key": self.key, "private_key_id": "k1"})


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 730 -subj /CN=maildesk -keyout k.pem -out c.pem"
    for line in (words, "openssl rsa -in k.pem -pubout -out public.pem"):
        subprocess.run(line.split(), cwd=folder, check=True, capture_output=True)
    key = (folder / "k.pem").read_text()
    return Keys(key + (folder / "c.pem").read_text(), key, folder / "public.pem")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sso(keys: Keys, clock: Clock) -> Iterator[TokenEndpoint]:
    """A provider that knows the certificate and the key."""
    with TokenEndpoint.start(now=clock) as endpoint:
        endpoint.register("desk", key=keys.public)
        endpoint.keys[ROBOT] = keys.public
        yield endpoint


def source(sso: TokenEndpoint, folder: Path, grant: Grant, clock: Clock) -> RenewedTokens:
    file = TokenFile(folder / "tokens" / "own.json")
    endpoints = PublishedEndpoints(issuer=sso.issuer)
    return RenewedTokens("own", grant, endpoints, file, now=clock, steady=clock, timing=QUICK)


def certificate(pem: str) -> Grant:
    return AsApplication(Proof("desk", certificate=lambda: pem), "mail")


def key(text: str) -> Grant:
    return WithKey("support@acme.example", lambda: text, "https://mail.google.com/")


async def test_a_certificate_proves_who_we_are(
    sso: TokenEndpoint, tmp_path: Path, keys: Keys, clock: Clock
) -> None:
    token = await source(sso, tmp_path, certificate(keys.pem), clock).token()
    assert sso.subject(token.value) == ""
    (form,) = sso.asked
    assert form["client_assertion_type"].endswith(":jwt-bearer")
    assert "client_secret" not in form


async def test_a_key_opens_the_mailbox_of_the_user_it_is_asked_for(
    sso: TokenEndpoint, tmp_path: Path, keys: Keys, clock: Clock
) -> None:
    token = await source(sso, tmp_path, key(keys.service_account), clock).token()
    assert sso.subject(token.value) == "support@acme.example"


async def test_a_certificate_that_was_not_uploaded_is_refused(
    sso: TokenEndpoint, tmp_path: Path, keys: Keys, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sso.register("desk", key=tmp_path / "another.pem")
    with pytest.raises(ClientRefused, match="is this certificate uploaded at the application") as told:
        await source(sso, tmp_path, certificate(keys.pem), clock).token()
    (form,) = sso.asked
    assert form["client_assertion"] not in caplog.text + str(told.value)


@pytest.mark.parametrize(
    ("ahead", "words"), [(-900, "900 s ahead of"), (900, "900 s behind")], ids=["fast", "slow"]
)
async def test_a_clock_that_is_a_quarter_of_an_hour_wrong_is_no_lost_login(
    sso: TokenEndpoint, tmp_path: Path, keys: Keys, clock: Clock, ahead: float, words: str
) -> None:
    sso.ahead = ahead
    tokens = source(sso, tmp_path, key(keys.service_account), clock)
    with pytest.raises(TokenUnavailable, match=f"our clock is {words} 127.0.0.1") as told:
        await tokens.token()
    assert told.value.remedy == "set the clock: run an NTP client"
    sso.ahead = 0
    clock.now += 60
    assert sso.subject((await tokens.token()).value) == "support@acme.example"


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        pytest.param("", "holds no certificate", id="nothing"),
        pytest.param("{key}", "holds no certificate", id="the key alone"),
        pytest.param("{certificate}", "holds no private key", id="the certificate alone"),
    ],
)
async def test_a_file_that_holds_half_of_it_is_told_what_is_missing(
    sso: TokenEndpoint, tmp_path: Path, keys: Keys, clock: Clock, pem: str, words: str
) -> None:
    text = pem.format(key=keys.key, certificate=keys.pem.removeprefix(keys.key))
    with pytest.raises(ClientRefused, match=words):
        await source(sso, tmp_path, certificate(text), clock).token()
    assert not sso.asked


@pytest.mark.parametrize(
    "text", ["", "[]", '{"client_email": "x"}', '{"client_email": "x", "private_key": "y"}']
)
async def test_a_file_that_is_no_key_is_told_so(
    sso: TokenEndpoint, tmp_path: Path, clock: Clock, text: str
) -> None:
    with pytest.raises(ClientRefused, match="service account"):
        await source(sso, tmp_path, key(text), clock).token()
    assert not sso.asked


def test_the_end_of_a_certificate_is_read_from_it(keys: Keys) -> None:
    from maildesk.transport.token_signing import certificate_end

    days = (certificate_end(keys.pem) - datetime.now(UTC)).days
    assert 728 <= days <= 730
