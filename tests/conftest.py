"""What every test may ask for: a real Dovecot, a real PostgreSQL, and a database URL of either kind.

A test that needs a server which is not installed is skipped by name, with the line that installs it; where
MAILDESK_REQUIRE_SERVERS=1 is set, as in continuous integration, it fails instead.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from maildesk.daemon.reading import MailReader
from tests.world import kept_readers, letter_code, same_desks, statements
from tests.world.dovecot import Dovecot
from tests.world.forking import ForkedReader
from tests.world.postgres import Postgres, programs
from tests.world.tables import lay_tables

REQUIRE = "MAILDESK_REQUIRE_SERVERS"
ONLY_BY_NAME = ("servers", "browser")
CONFIG_OF_THE_CHECKOUT = Path(__file__).parent.with_name("config.yaml")
LOGGERS = (None, "maildesk", "aioimaplib", "aiosmtplib")
APT = "apt-get install --no-install-recommends"

SELDOM = 20_000
"""New objects between two looks of the collector: a test has few that refer to each other."""

# No test depends on the speed of the machine: what grows is measured in bench/, by ratios.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that some tests need. Its name is both the marker and the fixture that ask for it."""

    name: str
    fixture: str
    packages: str
    installed: Callable[[], bool]

    @property
    def absence(self) -> str:
        return f"{self.name} is not installed: {APT} {self.packages}"


def _has_dovecot() -> bool:
    places = f"{os.environ.get('PATH', '')}:/usr/sbin"
    return all(shutil.which(word, path=places) for word in ("dovecot", "doveadm", "openssl", "setpriv"))


def _has_postgresql() -> bool:
    return programs() is not None and shutil.which("setpriv") is not None


@pytest.fixture(autouse=True)
def same_process_for_the_next() -> Iterator[None]:
    """No test leaves the clock set, logging set up, or a configuration in the checkout, where every command
    would heed it, for those that follow.
    """
    configured = CONFIG_OF_THE_CHECKOUT.exists()
    before = [(logger, logger.level) for logger in map(logging.getLogger, LOGGERS)]
    handlers = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = handlers
    for logger, level in before:
        logger.setLevel(level)
    assert "MAILDESK_NOW" not in os.environ
    assert CONFIG_OF_THE_CHECKOUT.exists() == configured


SERVERS = (
    Server("dovecot", "dovecot", "dovecot-imapd dovecot-lmtpd", _has_dovecot),
    Server("postgresql", "postgres", "postgresql", _has_postgresql),
)


def pytest_configure(config: pytest.Config) -> None:
    config.option.fold_skipped = False  # each skipped test by its own name
    letter_code.remember()
    statements.remember()
    same_desks.remember()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Asking for a server's fixture is the same as carrying its marker; some folders are run by name only."""
    asked_for = (config.option.markexpr, *config.args)
    unasked = [folder for folder in ONLY_BY_NAME if not any(folder in word for word in asked_for)]
    left_out = tuple(f"tests/{folder}/" for folder in unasked)
    items[:] = [item for item in items if not item.nodeid.startswith(left_out)]
    for item in items:
        asked = getattr(item, "fixturenames", ())
        for server in SERVERS:
            if server.fixture in asked:
                item.add_marker(server.name)
    if hasattr(config, "workerinput"):
        sizes = {item.path: item.path.stat().st_size for item in items}
        # Long files first: none is left for the end, and those of a room that waits for servers are spread.
        items.sort(key=lambda item: (-sizes[item.path], item.path))


def pytest_collection_finish() -> None:
    """What was loaded by now stays to the end: the collector need not look through it after every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)


def missing_for(item: pytest.Item) -> list[Server]:
    return [server for server in SERVERS if item.get_closest_marker(server.name) and not server.installed()]


def pytest_runtest_setup(item: pytest.Item) -> None:
    for server in missing_for(item):
        if os.environ.get(REQUIRE) == "1":
            pytest.fail(f"{server.absence} ({REQUIRE}=1 asks for it)", pytrace=False)
        pytest.skip(server.absence)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """One line at the very end: how many tests did not run for want of a server, and what to type."""
    yield
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    counts = {server: sum(server.absence in reason for reason in reasons) for server in SERVERS}
    lacking = {server: count for server, count in counts.items() if count}
    if lacking:
        names = ", ".join(f"{count} for want of {server.name}" for server, count in lacking.items())
        packages = " ".join(server.packages for server in lacking)
        terminalreporter.write_line(f"Tests skipped: {names}. To run them: {APT} {packages}", yellow=True)


@pytest.fixture
def forked_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command in this process reads mails in a child that is forked; as a process, it always does."""
    monkeypatch.setattr(MailReader, "_begun", ForkedReader._begun)


@pytest.fixture
async def dovecot() -> AsyncIterator[Dovecot]:
    """A Dovecot with nothing in it: user `support`, password `secret`, separator `/`, no prefix."""
    server = await Dovecot.start()
    yield server
    await server.stop()


def pytest_sessionfinish() -> None:
    Dovecot.end_all()
    kept_readers.end_all()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One cluster for the whole run. A test that crashes it must start it again."""
    cluster = Postgres.start(fsync=False)  # what a crashed process wrote, the machine still has
    yield cluster
    cluster.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Of a database."""
    return str(request.param)


@pytest.fixture
def empty_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test's own with nothing in it, once of each kind."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/desk.db"
        return
    cluster: Postgres = request.getfixturevalue("postgres")
    url = cluster.new_database()
    yield url
    cluster.drop_database(url)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test's own with the tables of a new desk, once of each kind."""
    if database_kind == "sqlite":
        yield lay_tables(tmp_path / "desk.db")
        return
    cluster: Postgres = request.getfixturevalue("postgres")
    url = cluster.new_database(tables=True)
    yield url
    cluster.drop_database(url)
