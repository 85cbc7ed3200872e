"""A kill -9 or a lost reply in the middle of a renewal, with providers that replace refresh tokens."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from maildesk.errors import GrantLost
from maildesk.transport.token_endpoints import PublishedEndpoints
from maildesk.transport.token_file import StoredTokens, TokenFile
from maildesk.transport.token_grants import ForPerson, Proof
from maildesk.transport.token_renewal import RenewedTokens, TokenTiming
from tests.world.token_endpoint import Given, Rotation, TokenEndpoint


class DyingFile(TokenFile):
    """Kills its process once the endpoint has answered, or once the answer is on disk."""

    at = ""

    def write(self, tokens: StoredTokens) -> None:
        is_answer = bool(tokens.access) and not tokens.begun
        if is_answer and self.at == "answered":
            os.kill(os.getpid(), signal.SIGKILL)
        super().write(tokens)
        if is_answer and self.at == "saved":
            os.kill(os.getpid(), signal.SIGKILL)


class DyingWhenAnswered(DyingFile):
    at = "answered"


class DyingWhenSaved(DyingFile):
    at = "saved"


DYING = {"answered": DyingWhenAnswered, "saved": DyingWhenSaved}


def source(issuer: str, file: TokenFile) -> RenewedTokens:
    grant = ForPerson("anna", Proof("desk"), "mail offline_access")
    timing = TokenTiming(again=0.01)
    return RenewedTokens("anna", grant, PublishedEndpoints(issuer=issuer), file, timing=timing)


def _renew(issuer: str, file: TokenFile) -> None:
    asyncio.run(source(issuer, file).token())


def killed(issuer: str, file: TokenFile) -> None:
    """A process that renews, and is killed on its way."""
    child = multiprocessing.get_context("fork").Process(target=_renew, args=(issuer, file))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL


@pytest.fixture(params=[Rotation.OLD_STAYS, Rotation.WITH_GRACE, Rotation.STRICT], ids=lambda kind: kind.name)
def sso(request: pytest.FixtureRequest) -> Iterator[TokenEndpoint]:
    """Somebody has signed in there."""
    with TokenEndpoint.start(rotation=request.param) as endpoint:
        endpoint.register("desk")
        endpoint.refresh["r0"] = Given("support", "mail", family=1)
        yield endpoint


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    made = TokenFile(tmp_path / "tokens" / "anna.json", patience=5)
    made.write(StoredTokens(refresh="r0"))
    return made


@pytest.mark.parametrize("point", DYING)
async def test_a_kill_in_the_middle_of_a_renewal(sso: TokenEndpoint, file: TokenFile, point: str) -> None:
    """Only a provider that punishes the second use of a refresh token ends the login, and says why."""
    await asyncio.to_thread(killed, sso.issuer, DYING[point](file.path, 5))
    assert [each.name for each in sorted(file.path.parent.iterdir())] == ["anna.json", "anna.json.lock"]
    tokens = source(sso.issuer, file)
    if point == "answered" and sso.rotation is Rotation.STRICT:
        assert file.read().refresh == "r0", "the file is whole"
        with pytest.raises(GrantLost, match=r"a renewal that began .* UTC was interrupted"):
            await tokens.token()
        assert file.read().refresh == "r0"
        return
    assert sso.subject((await tokens.token()).value) == "support"
    assert len(sso.asked) == (2 if point == "answered" else 1)
    sso.access.clear()  # it has run out
    assert sso.subject((await tokens.token(file.read().access)).value) == "support"


async def test_a_reply_that_is_lost_after_it_was_used(sso: TokenEndpoint, file: TokenFile) -> None:
    sso.loses_replies(1)
    tokens = source(sso.issuer, file)
    if sso.rotation is Rotation.STRICT:
        with pytest.raises(GrantLost):
            await tokens.token()
    else:
        assert sso.subject((await tokens.token()).value) == "support"
    assert [each["refresh_token"] for each in sso.asked] == ["r0", "r0"]
