"""Logins that fail or are about to end: operators hear in time, the log and systemd too."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from maildesk.casework.alarms import AlarmWriter
from maildesk.casework.login_alarms import LoginBook
from maildesk.config.logins import LoginFlow, LoginProvider, LoginSection
from maildesk.daemon.login_duty import LoginDuty
from maildesk.daemon.login_ends import ends_of
from maildesk.daemon.login_watched import WatchedLogin
from maildesk.daemon.notify import Notifier
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.policy.people import People
from maildesk.errors import ClientRefused, GrantLost, MaildeskError, TokenUnavailable
from maildesk.mail.addr_spec import ByAddress
from maildesk.store import outbox
from maildesk.store.database import Connection, Database
from maildesk.store.outbox_views import outbox_rows
from maildesk.transport.tokens import AccessToken, TokenState, TokenTrouble
from tests.casework.test_recording import stored
from tests.unit.desk.letter_matters import writer
from tests.unit.desk.matters import DESK, NOW

OPERATED = replace(DESK, people=People(operators=("ops@acme.example",)))
LOST = GrantLost("no token for login anna: invalid_grant", remedy="sign in again: maildesk login anna")
EXPIRED = ClientRefused("no token for login m365: invalid_client: the client secret has expired")


QUIET = TokenState(0, 0, 0, "", 0, None)


@dataclass(eq=False)
class Source:
    """Tokens that are renewed or not, as the story says."""

    name: str = "m365"
    state: TokenState = QUIET

    async def token(self, refused: str = "") -> AccessToken:
        raise AssertionError("a duty only looks")

    async def prove_writable(self) -> None:
        raise AssertionError("a duty only looks")

    async def settled(self) -> None:
        raise AssertionError("a duty only looks")

    def fails(self, problem: MaildeskError, failures: int, since: datetime) -> None:
        trouble = TokenTrouble(failures, since.timestamp(), problem)
        self.state = replace(self.state, trouble=trouble)


class Systemd(Notifier):
    """Everything that we said of ourselves."""

    def __init__(self) -> None:
        super().__init__({})
        self.told: list[str] = []

    def status(self, status: str) -> None:
        self.told.append(status)


@dataclass(eq=False)
class Watch:
    """The watch over one login, and the time as it passes."""

    store: Database
    section: LoginSection
    source: Source = field(default_factory=Source)
    certificate: datetime | None = None
    senders: ByAddress[bool] = field(default_factory=lambda: ByAddress({"": True}))
    now: datetime = NOW
    systemd: Systemd = field(default_factory=Systemd)

    def __post_init__(self) -> None:
        login = WatchedLogin("m365", self.section, [self.source], lambda: self.certificate, self.senders)
        clock: Any = SimpleNamespace(now=lambda: self.now)
        book = LoginBook(AlarmWriter(OPERATED, writer(OPERATED)))
        self.duty = LoginDuty(
            [login], self.store, book, clock, self.systemd, asyncio.Event(), "watching 1 mailboxes"
        )

    async def passes(self, **span: float) -> list[str]:
        """Time passes; the subjects of what operators are told then."""
        before = len(self._rows())
        self.now += timedelta(**span)
        await self.duty.look()
        return [str(row["subject"]) for row in self._rows()[before:]]

    def text(self) -> str:
        """The words of the newest letter to operators."""

        def work(conn: Connection) -> str:
            letters = [each for each in outbox.due(conn, self.now, 100) if each.kind is LetterKind.ALARM]
            letter = max(letters, key=lambda each: each.id)
            told = message_from_bytes(letter.content, policy=default).get_body(("plain",))
            assert told is not None
            return str(told.get_content())

        return " ".join(self.store.read_now(work).split())

    def _rows(self) -> list[dict[str, Any]]:
        rows = self.store.read_now(outbox_rows)
        return sorted((row for row in rows if row["kind"] == "alarm"), key=lambda row: row["id"])


def app(expires: date | None = None) -> LoginSection:
    return LoginSection(
        provider=LoginProvider.MICROSOFT, flow=LoginFlow.APP, tenant="t", client_id="c", expires=expires
    )


STOPPED, ENDS = "A login has stopped working", "A login is about to end"


async def test_the_third_failure_is_told_once_a_day(
    store: Database, caplog: pytest.LogCaptureFixture
) -> None:
    watch = Watch(store, app())
    for failures in (1, 2):
        watch.source.fails(EXPIRED, failures, watch.now)
        assert await watch.passes(minutes=1) == []
    watch.source.fails(EXPIRED, 3, watch.now)
    (subject,) = await watch.passes(minutes=1)
    assert STOPPED in subject
    assert "m365: no token for login m365: invalid_client: the client secret has expired" in watch.text()
    assert [record.levelname for record in caplog.records if "login failed" in record.message] == ["ERROR"]
    assert await watch.passes(hours=23) == []
    assert len(await watch.passes(hours=2)) == 1


async def test_ten_minutes_of_it_are_told_however_seldom_it_was_tried(store: Database) -> None:
    watch = Watch(store, app())
    watch.source.fails(LOST, 1, watch.now)
    assert await watch.passes(minutes=9) == []
    assert len(await watch.passes(minutes=1)) == 1
    assert "sign in again: maildesk login anna" in watch.text()


async def test_what_passes_by_itself_is_the_mailboxs_alarm_and_not_this_one(store: Database) -> None:
    watch = Watch(store, app())
    watch.source.fails(TokenUnavailable("login.example answers 503 just now"), 9, watch.now)
    assert await watch.passes(hours=1) == []
    assert watch.systemd.told == []


async def test_systemd_shows_it_until_it_is_over(store: Database) -> None:
    watch = Watch(store, app())
    watch.source.fails(EXPIRED, 3, watch.now)
    await watch.passes(minutes=1)
    await watch.passes(minutes=1)
    watch.source.state = QUIET
    await watch.passes(minutes=1)
    assert watch.systemd.told == [f"login m365: {EXPIRED}", "watching 1 mailboxes"]


async def test_the_alarm_says_when_the_first_answer_fails(store: Database) -> None:
    watch = Watch(store, app())
    store.write_now(lambda conn: stored(conn, LetterKind.ACKNOWLEDGEMENT, message_id="a", expires_at=NOW))
    for days in (3, 2):
        end = NOW + timedelta(days=days)
        store.write_now(lambda conn, end=end: stored(conn, message_id=f"m{end}", expires_at=end))  # type: ignore[misc]  # a default binds each end
    watch.source.fails(EXPIRED, 3, NOW)
    await watch.passes(minutes=1)
    assert "The first answer that waits is given up: Wednesday, 4 March 2026" in watch.text()


async def test_the_alarm_speaks_of_the_answers_that_go_by_the_login_alone(store: Database) -> None:
    """Another mailbox has a relay that works; a mailbox that is no more goes the desk's own way."""
    senders = ByAddress({"support@acme.example": True, "sales@acme.example": False, "": True})
    watch = Watch(store, app(), senders=senders)
    for days, mailbox in ((1, "Sales@acme.example"), (3, "Support@acme.example"), (2, "old@acme.example")):
        waits: dict[str, Any] = {
            "message_id": mailbox,
            "mailbox": mailbox,
            "expires_at": NOW + timedelta(days=days),
        }
        store.write_now(partial(stored, **waits))
    watch.source.fails(EXPIRED, 3, NOW)
    await watch.passes(minutes=1)
    assert "The first answer that waits is given up: Wednesday, 4 March 2026" in watch.text()


async def test_with_no_answer_waiting_it_says_so_of_one_that_is_written_now(store: Database) -> None:
    watch = Watch(store, app())
    watch.source.fails(EXPIRED, 3, NOW)
    await watch.passes(minutes=1)
    assert "one that is written now is given up: Saturday, 7 March 2026" in watch.text()


async def test_a_login_that_only_reads_fails_no_answer(store: Database) -> None:
    watch = Watch(store, app(), senders=ByAddress({"": False}))
    watch.source.fails(EXPIRED, 3, NOW)
    await watch.passes(minutes=1)
    assert "given up" not in watch.text()


async def test_a_secrets_end_is_told_five_times_before_it_comes(store: Database) -> None:
    watch = Watch(store, app(expires=(NOW + timedelta(days=41)).date()))
    end = datetime.combine((NOW + timedelta(days=41)).date(), datetime.min.time(), UTC)
    told = []
    for _ in range(42 * 4):
        for subject in await watch.passes(hours=6):
            assert ENDS in subject
            told.append((end - watch.now) / timedelta(days=1))
    assert [round(left) for left in told] == [30, 14, 7, 3, 1]
    assert f"m365: the client secret expires on {end:%Y-%m-%d}. 0 days are left." in watch.text()


async def test_a_desk_that_starts_late_hears_once_what_it_missed(store: Database) -> None:
    watch = Watch(store, app(expires=(NOW + timedelta(days=6)).date()))
    assert len(await watch.passes(minutes=1)) == 1
    assert await watch.passes(hours=1) == []
    again = Watch(store, watch.section, now=watch.now)
    assert await again.passes(hours=1) == []


async def test_a_certificates_end_is_told(store: Database) -> None:
    watch = Watch(store, app(), certificate=NOW + timedelta(days=2))
    assert len(await watch.passes(minutes=1)) == 1
    assert "m365: the certificate expires on" in watch.text()


async def test_the_ends_of_one_login_hush_each_other_never(store: Database) -> None:
    """A secret has ended, and the sign-in ends tomorrow: both are told."""
    section = LoginSection(
        provider=LoginProvider.GOOGLE, flow=LoginFlow.PERSON, client_id="c", expires=NOW.date()
    )
    watch = Watch(store, section)
    signed_in = (NOW - timedelta(days=179)).timestamp()
    watch.source.state = replace(watch.source.state, obtained=signed_in, refresh_since=signed_in)
    assert len(await watch.passes(minutes=1)) == 2
    assert await watch.passes(minutes=1) == []


async def test_names_that_begin_alike_are_logins_apart(store: Database) -> None:
    book = LoginBook(AlarmWriter(OPERATED, writer(OPERATED)))
    names = [f"the-mail-of-our-organisation-in-{place}" for place in ("berlin", "bremen")]
    since = NOW - timedelta(days=1)

    def told(conn: Connection) -> list[bool]:
        ends = [book.ending(conn, each, "secret", "it ends", days=1, since=since, now=NOW) for each in names]
        return [*ends, *(book.failing(conn, each, "it fails", NOW, {"": False}) for each in names)]

    assert store.write_now(told) == [True] * 4


@pytest.mark.parametrize(
    ("secret", "what"),
    [("client_secret", "client secret"), ("certificate", "certificate"), ("key", "key")],
)
def test_an_end_says_of_what_it_is(secret: str, what: str) -> None:
    day = (NOW + timedelta(days=3)).date()
    section = LoginSection.model_validate(
        {"provider": "google", "flow": "key", secret: "hush", "expires": day}
    )
    (end,) = ends_of("m365", section, None, None)
    assert end.what == f"the {what} expires on {day}"


async def test_a_sign_in_that_nobody_uses_is_told(store: Database) -> None:
    section = LoginSection(
        provider=LoginProvider.GOOGLE, flow=LoginFlow.PERSON, client_id="c", client_secret=None
    )
    watch = Watch(store, section)
    signed_in = (NOW - timedelta(days=150, hours=1)).timestamp()
    watch.source.state = replace(watch.source.state, obtained=signed_in, refresh_since=signed_in)
    assert len(await watch.passes(minutes=1)) == 1
    assert "unused, the sign-in ends on" in watch.text()
    used = watch.now.timestamp()
    watch.source.state = replace(watch.source.state, obtained=used)
    assert await watch.passes(days=100) == []
