"""A real IMAP server of each kind for the tests of this folder; one of a kind serves a whole run."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.servers.kinds import KINDS, RUNNING, Kind, absence
from tests.world.imap_server import ImapServer

# One process has the servers of a kind.
PARAMS = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in KINDS]


def skip_or_fail(reason: str) -> None:
    """Skip a test by name, with what is missing; where the servers are required, it fails."""
    if os.environ.get("MAILDESK_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{reason} (MAILDESK_REQUIRE_SERVERS=1 asks for it)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(params=PARAMS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind in turn; one that cannot be had is skipped by name."""
    found = KINDS[request.param]
    if reason := absence(found):
        skip_or_fail(reason)
    return found


@pytest.fixture
async def server(kind: Kind) -> AsyncIterator[ImapServer]:
    """A server of the kind with nothing in it."""
    running = await kind.start()
    yield running
    await running.stop()


@pytest.fixture(scope="session", autouse=True)
def all_end() -> Iterator[None]:
    """Servers that a run began end with it."""
    yield
    for running in RUNNING.values():
        running.end()
    RUNNING.clear()
