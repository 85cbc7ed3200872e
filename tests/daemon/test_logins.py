"""A desk that logs in with tokens: they run out and cannot be had, and no mail is lost or answered twice."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import logging
import stat
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maildesk.daemon.clock import SystemClock
from maildesk.daemon.login_duty import ENOUGH, EVERY
from maildesk.daemon.notify import Notifier
from maildesk.daemon.service import Service, planned, started
from maildesk.daemon.watching import DaemonLoops
from maildesk.transport.bearer import MECHANISMS, BearerMechanism
from tests.daemon.conftest import Desk, MakeDesk, until
from tests.daemon.watched import SetClock, ShortPauses, working
from tests.world.dovecot import Dovecot
from tests.world.forking import ForkedReader
from tests.world.mail_provider import MICROSOFT, MailProvider
from tests.world.token_endpoint import Given, Rotation, TokenEndpoint

pytestmark = pytest.mark.dovecot

ADDRESS = "support@acme.example"
SECRET = "hush-hush-nobody-knows"


@dataclass(eq=False)
class At365:
    """A desk at Microsoft 365, with whoever gives it tokens. `relay` is where its letters go."""

    desk: Desk
    sso: TokenEndpoint
    provider: MailProvider
    customers: list[str] = field(default_factory=list)

    @property
    def tokens(self) -> Path:
        return Path(self.desk.world.folder.name) / "tokens"

    def file(self, login: str = "m365") -> dict[str, Any]:
        kept: dict[str, Any] = json.loads((self.tokens / f"{login}.json").read_text())
        return kept

    def somebody_signed_in(self, *, life: float) -> None:
        """A person's login as it lies on disk; its access token has `life` left of an hour."""
        at = datetime.now(UTC).timestamp() - 3600 + life
        self.sso.refresh["refresh-token-1"] = Given(ADDRESS, "mail", family=1)
        self.sso.access["access-token-1"] = Given(ADDRESS, "mail", expires=at + 3600)
        kept = {"access": "access-token-1", "obtained": at, "expires": at + 3600, "begun": 0, "scope": ""}
        kept |= {"refresh": "refresh-token-1", "refresh_since": at}
        self.tokens.mkdir(mode=0o700, exist_ok=True)
        file = self.tokens / "anna.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(kept))

    async def mails(self, count: int) -> None:
        """So many customers write, each of a company of their own."""
        for _ in range(count):
            self.customers.append(f"bo@client{len(self.customers)}.example")
            await self.desk.lies(self.desk.mail(self.customers[-1]))

    async def all_answered(self) -> None:
        """Every customer hears that their mail came, and once."""
        await until(lambda: all(self.provider.relay.letters_to(each) for each in self.customers))
        await self.desk.filed()

    async def is_whole(self) -> None:
        """Every mail is one case, its customer heard once, and the guarantee holds."""
        await self.desk.is_whole(len(self.customers))
        heard = [len(self.provider.relay.letters_to(each)) for each in self.customers]
        assert heard == [1] * len(self.customers)


@asynccontextmanager
async def at_365(make_desk: MakeDesk, *, login: str = "m365", **how: Any) -> AsyncIterator[At365]:
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    with TokenEndpoint.start(**how) as sso:
        sso.register("app", SECRET)
        sso.register("desk")
        async with await MailProvider.start(MICROSOFT, sso, dovecot, [ADDRESS]) as provider:
            common = {"provider": "microsoft", "tenant": "acme.example", "issuer": sso.issuer}
            logins = {
                "m365": {**common, "flow": "app", "client_id": "app", "client_secret": SECRET},
                "anna": {**common, "flow": "person", "client_id": "desk"},
            }
            server = {"host": "127.0.0.1", "security": "none", "username": ADDRESS, "login": login}
            imap = {"imap": {**server, "port": provider.imap.port}}
            smtp = {**server, "port": provider.relay.port, "connections": 3}
            desk = await make_desk(dovecot, mailbox=imap, smtp=smtp, logins=logins)
            yield At365(desk, sso, provider)


class Systemd(Notifier):
    """Everything that we said of ourselves."""

    def __init__(self) -> None:
        super().__init__({})
        self.told: list[str] = []

    def status(self, status: str) -> None:
        self.told.append(status)


@asynccontextmanager
async def watched(
    desk: Desk,
    steady: Callable[[], float] = time.monotonic,
    systemd: Notifier | None = None,
    clock: SystemClock | None = None,
) -> AsyncIterator[Service]:
    """The desk at work in this process. `steady`: the seconds by which the token endpoint is left alone."""
    service = started(planned(desk.world.settings, {}, clock or ShortPauses(), steady=steady), ForkedReader)
    async with working(service, lambda stop: DaemonLoops(service, stop, systemd or Notifier({}))):
        yield service


async def looked_at_again(service: Service, clock: SetClock) -> None:
    """A login has failed often enough, and it is time to look at it again."""
    await until(lambda: any(each.failures >= ENOUGH for each in service.logins[0].troubles()))
    clock.by += EVERY


def in_a_hurry() -> Callable[[], float]:
    """Minutes pass between two looks, as far as pauses at the token endpoint go."""
    counted = itertools.count()
    return lambda: next(counted) * 100.0


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = (each for each in caplog.records if each.name.startswith("maildesk"))
    return [each.getMessage() for each in ours if each.levelno >= logging.WARNING]


# --- tokens that run out --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("life", "renewals"),
    [(14, 1), pytest.param(20, 7, marks=pytest.mark.long)],
    ids=["one token after another", "two minutes of twenty seconds"],
)
async def test_tokens_end_under_load_and_nobody_notices(
    make_desk: MakeDesk, caplog: pytest.LogCaptureFixture, life: float, renewals: int
) -> None:
    """The server ends each session with its token; every mail is filed once, and nothing is a warning."""
    caplog.set_level(logging.INFO, "maildesk")
    async with at_365(make_desk, life=life) as at:
        at.provider.imap.sessions_end = True
        async with watched(at.desk):
            while len(at.sso.asked) <= renewals:
                await at.mails(1)
                await at.all_answered()
            sessions = at.provider.imap.connections
            await until(lambda: at.provider.imap.connections > min(sessions, renewals))
            await at.mails(2)
            await at.all_answered()
        await at.is_whole()
        assert warnings(caplog) == []


async def test_a_session_that_ends_in_idle_is_begun_anew_at_once(
    make_desk: MakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "maildesk")
    async with at_365(make_desk) as at, watched(at.desk):
        await until(lambda: at.provider.imap.idling == 1)
        assert at.provider.imap.ends_sessions() == 1
        await until(lambda: at.provider.imap.connections == 2)
        await at.mails(1)
        await at.all_answered()
        await at.is_whole()
        assert warnings(caplog) == []
        assert len(at.sso.asked) == 1


async def test_a_session_that_ends_as_mails_are_fetched_files_them_once(
    make_desk: MakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "maildesk")
    async with at_365(make_desk) as at:
        at.provider.imap.ends_at = b"BODY.PEEK[]"
        await at.mails(3)
        async with watched(at.desk):
            await at.all_answered()
        await at.is_whole()
        assert at.provider.imap.ends_at == b""
        assert warnings(caplog) == []


# --- tokens that cannot be had --------------------------------------------------------------------


async def test_an_endpoint_that_is_away_across_an_expiry_costs_no_mail(make_desk: MakeDesk) -> None:
    """Everything waits for the first token that comes, and goes on by itself."""
    async with at_365(make_desk, life=5) as at:
        async with watched(at.desk, in_a_hurry()):
            await at.mails(1)
            await at.all_answered()
            at.sso.fails(503)
            await until(lambda: at.sso.subject(at.file()["access"]) is None)
            at.provider.imap.ends_sessions()
            await at.provider.relay.hang_up()
            asked = len(at.sso.asked)
            await at.mails(2)
            await until(lambda: len(at.sso.asked) > asked)
            at.sso.recovers()
            await at.all_answered()
        await at.is_whole()


async def test_a_login_that_stops_working_is_told_by_the_relay_of_alarms(make_desk: MakeDesk) -> None:
    """Operators, systemd and the log hear; after the mend everything that waited is done, once."""
    systemd, clock = Systemd(), SetClock()
    async with at_365(make_desk) as at:
        other = at.desk.world.relay
        at.desk.world.configure(operators_relay={"host": other.host, "port": other.port, "security": "none"})
        at.sso.clients["app"] = "another"
        await at.mails(2)
        async with watched(at.desk, in_a_hurry(), systemd, clock) as service:
            await looked_at_again(service, clock)
            await until(lambda: any(LOGIN in str(mail.letter["Subject"]) for mail in other.mails))
            told = next(mail.letter for mail in other.mails if LOGIN in str(mail.letter["Subject"]))
            at.sso.clients["app"] = SECRET
            await at.all_answered()
        words = told.get_body(("plain",))
        assert words is not None
        assert "the client secret is wrong" in " ".join(words.get_content().split())
        assert systemd.told[0].startswith("login m365: no token for login m365: invalid_client")
        await at.is_whole()


LOGIN = "A login has stopped working"


# --- several at once ------------------------------------------------------------------------------


async def test_daemon_and_two_checks_renew_a_login_once(make_desk: MakeDesk) -> None:
    """Where a used refresh token ends the login, a second renewal would end it for all."""
    async with at_365(make_desk, login="anna", rotation=Rotation.STRICT) as at:
        at.somebody_signed_in(life=-60)
        daemon, *checks = await asyncio.gather(
            at.desk.run(), at.desk.command("check"), at.desk.command("check")
        )
        for _, out, err in checks:
            assert "login anna: renewed" in out, out + err
        await at.mails(1)
        await at.all_answered()
        await daemon.stops()
        assert [form["grant_type"] for form in at.sso.asked] == ["refresh_token"]
        assert at.file("anna")["refresh"] != "refresh-token-1"
        assert stat.S_IMODE((at.tokens / "anna.json").stat().st_mode) == 0o600
        await at.is_whole()


async def test_a_daemon_whose_login_is_lost_goes_on_when_somebody_signs_in(make_desk: MakeDesk) -> None:
    async with at_365(make_desk, login="anna") as at:
        await at.mails(1)
        async with watched(at.desk, in_a_hurry()) as service:
            (login,) = service.logins
            await until(lambda: any(True for _ in login.troubles()))
            at.somebody_signed_in(life=3000)
            await at.all_answered()
        assert at.sso.asked == []
        await at.is_whole()


# --- nothing secret is told -----------------------------------------------------------------------


async def test_not_a_byte_of_what_is_secret_is_told_anywhere(
    make_desk: MakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    """In no log, no alarm, no check, no letter and no repr, whatever a provider says back."""
    caplog.set_level(logging.DEBUG, "maildesk")
    clock = SetClock()
    async with at_365(make_desk) as at:
        await at.mails(1)
        async with watched(at.desk, in_a_hurry(), clock=clock) as service:
            await at.all_answered()
            given = set(at.sso.access)
            at.sso.revoke()
            said = {"error": "invalid_client", "error_description": f"the secret {SECRET} is not that of app"}
            at.sso.fails(400, said)
            at.provider.imap.ends_sessions()
            await at.provider.relay.hang_up()
            await at.mails(1)
            await looked_at_again(service, clock)
            await until(lambda: any("login failed" in line for line in caplog.messages))
            shown = [repr(service), repr(service.logins), repr(at.desk.world.settings)]
            _, out, err = await at.desk.command("check")
            at.sso.recovers()
            await at.all_answered()
        await at.is_whole()
        letters = "".join(mail.raw.decode() for mail in at.provider.relay.mails)
        told = "\n".join([*caplog.messages, *shown, out, err, repr(await at.desk.outbox()), letters])
        assert "the secret … is not that of app" in told
        shapes = [shape for each in (SECRET, *given, *at.sso.access) for shape in as_sent(each)]
        assert [each for each in shapes if each in told] == []


def as_sent(secret: str) -> list[str]:
    """A secret in clear, and as it looks in the base64 of a login, wherever it begins there."""
    shapes = [secret]
    for before in range(3):
        whole = secret.encode()[: (len(secret) + before) // 3 * 3 - before]
        shapes.append(base64.b64encode(b"\0" * before + whole).decode()[4 if before else 0 :])
    return shapes


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda each: each.name)
@pytest.mark.parametrize("username", ["a@acme.example", "bo@acme.example", "ana@acme.example"])
def test_a_token_in_a_login_would_be_seen(mechanism: BearerMechanism, username: str) -> None:
    said = mechanism.response(username, "access-token-1", "imap.acme.example", 993).decode()
    assert "access-token-1" not in said
    assert any(each in said for each in as_sent("access-token-1"))
