"""`maildesk check` of a desk with tokens: each login, both servers, the clock, the folder, what ends soon."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import ADDRESS, Ended, Mailbox365
from tests.world.token_endpoint import Given

pytestmark = pytest.mark.dovecot


def real(m365: Mailbox365) -> None:
    m365.desk.change("testing: true\n", "trust: {microsoft365: true}\n")


def lines(ended: Ended, of: str) -> list[str]:
    """All that is said of one thing."""
    return [line for line in ended.out.splitlines() if line[5:].partition(": ")[0] == of]


def signed_in(m365: Mailbox365, ago: timedelta = timedelta(0), **changes: object) -> None:
    """Somebody signed in, a while ago."""
    at = (datetime.now(UTC) - ago).timestamp()
    m365.sso.refresh["r1"] = Given(ADDRESS, "mail", family=1)
    m365.file.parent.mkdir(mode=0o700, exist_ok=True)
    stored = {"access": "", "obtained": at, "expires": at + 3600, "refresh": "r1", "refresh_since": at}
    m365.file.touch(mode=0o600)
    m365.file.write_text(json.dumps({**stored, "begun": 0, "scope": "", **changes}))


async def test_an_application_logs_in_to_both_servers(m365: Mailbox365) -> None:
    real(m365)
    m365.by("app")
    ended = await m365.desk.process("check")
    assert (ended.code, ended.err) == (0, ""), ended.out
    found, renewed = lines(ended, "login app")
    assert found == "ok   login app: found, and private"
    assert renewed == "ok   login app: renewed 0 min ago, valid 59 min"
    assert lines(ended, "mailbox support login")
    assert lines(ended, "smtp")[0].startswith("ok")
    assert lines(ended, "login anna") == [
        "warn login anna: nothing uses it (write login: anna at imap or smtp, or take it out)"
    ]
    assert m365.provider.imap.logins == [("XOAUTH2", ADDRESS)]
    assert m365.provider.relay.taken == [("XOAUTH2", ADDRESS)]
    assert len(m365.sso.asked) == 1


async def test_a_secret_that_is_wrong_today_is_told_although_the_token_still_holds(m365: Mailbox365) -> None:
    real(m365)
    m365.by("app")
    assert (await m365.desk.process("check")).code == 0
    kept = json.loads(m365.app.read_text())
    m365.app.write_text(json.dumps({**kept, "obtained": kept["obtained"] - 600}))
    m365.sso.clients["app"] = "another"
    ended = await m365.desk.process("check")
    assert ended.code == 1
    (failed,) = [line for line in lines(ended, "login app") if line.startswith("FAIL")]
    assert "the client secret is wrong: it may be the Secret ID where its Value is wanted" in failed
    assert "hush" not in ended.out


async def test_a_login_without_a_token_is_told_once(m365: Mailbox365) -> None:
    """Its servers are not accused of it."""
    real(m365)
    ended = await m365.desk.process("check")
    assert ended.code == 1
    assert "nobody has signed in for login anna yet (maildesk login anna)" in lines(ended, "login anna")[0]
    told = "not tried: login anna gives no token (mend it first, as told above)"
    assert told in lines(ended, "mailbox support")[0]
    assert ended.out.count("nobody has signed in") == 1


async def test_a_person_s_login_says_how_old_it_is(m365: Mailbox365) -> None:
    real(m365)
    signed_in(m365, timedelta(days=3, hours=1))
    ended = await m365.desk.process("check")
    assert ended.code == 0, ended.out
    assert lines(ended, "login anna") == [
        "ok   login anna: renewed 0 min ago, valid 59 min; refresh token 0 days old of 90"
    ]
    assert len(m365.sso.asked) == 1


async def test_a_token_that_holds_is_not_renewed_for_a_look(m365: Mailbox365) -> None:
    real(m365)
    m365.sso.access["a1"] = Given(ADDRESS, "mail", expires=datetime.now(UTC).timestamp() + 3000)
    signed_in(m365, timedelta(minutes=12), access="a1")
    ended = await m365.desk.process("check")
    assert ended.code == 0, ended.out
    assert "renewed 12 min ago, valid 47 min; refresh token 0 days old of 90" in ended.out
    assert m365.sso.asked == []


@pytest.mark.parametrize(("ahead", "side"), [(-912.0, "ahead of"), (912.0, "behind")])
async def test_a_clock_that_is_wrong_is_told(m365: Mailbox365, ahead: float, side: str) -> None:
    real(m365)
    m365.by("app")
    m365.sso.ahead = ahead
    ended = await m365.desk.process("check")
    assert ended.code == 1
    (failed,) = [line for line in lines(ended, "login app") if line.startswith("FAIL")]
    assert f"s {side} the provider's (run an NTP client)" in failed


@pytest.mark.parametrize(
    ("days", "outcome", "words"),
    [(12, "warn", ": 11 days left"), (-1, "FAIL", ", and that is over"), (60, "", "")],
    ids=["soon", "over", "far"],
)
async def test_a_secret_that_ends_is_told(m365: Mailbox365, days: int, outcome: str, words: str) -> None:
    real(m365)
    m365.by("app")
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    m365.desk.change("client_secret: hush", f"client_secret: hush, expires: {day}")
    ended = await m365.desk.process("check")
    told = [line for line in lines(ended, "login app") if not line.startswith("ok")]
    assert ended.code == (1 if outcome == "FAIL" else 0)
    assert len(told) == bool(outcome)
    if outcome:
        assert told[0].startswith(outcome)
        assert f"the client secret expires on {day}{words}" in told[0]


async def test_tokens_that_others_may_read_are_refused(m365: Mailbox365) -> None:
    real(m365)
    signed_in(m365)
    m365.file.chmod(0o644)
    ended = await m365.desk.process("check")
    assert ended.code == 1
    assert f"others can read the tokens in {m365.file} (mode 0644) (chmod 600" in ended.out


@pytest.mark.parametrize("login", ["anna", "app"])
async def test_a_folder_that_cannot_be_written_is_told_before_anything_is_asked(
    m365: Mailbox365, login: str
) -> None:
    """Nobody, not even root, can make a file below one."""
    real(m365)
    m365.by(login)
    (m365.desk.folder / "occupied").touch()
    m365.desk.write(m365.desk.config.read_text() + "tokens: occupied/tokens\n")
    ended = await m365.desk.process("check")
    assert ended.code == 1
    [told] = [line for line in lines(ended, f"login {login}") if line.startswith("FAIL")]
    assert "occupied/tokens" in told
    assert "cannot be" in told
    assert m365.sso.asked == []


async def test_smtp_that_is_switched_off_is_told(m365: Mailbox365) -> None:
    real(m365)
    m365.by("app")
    m365.provider.relay.switched_off = True
    ended = await m365.desk.process("check")
    assert ended.code == 1
    assert "SmtpClientAuthenticationDisabled $false" in lines(ended, "smtp")[0]


async def test_a_mailbox_without_the_right_is_told_with_its_remedy(m365: Mailbox365) -> None:
    real(m365)
    m365.by("app")
    m365.provider.rights.of_application.clear()
    ended = await m365.desk.process("check")
    assert ended.code == 1
    assert "Add-MailboxPermission" in lines(ended, "mailbox support")[0]


async def test_alarms_that_could_not_leave_are_told(m365: Mailbox365) -> None:
    real(m365)
    m365.by("app")
    text = m365.desk.config.read_text()
    m365.desk.write("".join(line for line in text.splitlines(True) if not line.startswith("operators_relay")))
    ended = await m365.desk.process("check")
    assert ended.code == 0
    (warned,) = [line for line in lines(ended, "login app") if line.startswith("warn")]
    assert "alarms go by it too, and one about it could not leave (name another relay" in warned


async def test_nothing_secret_is_shown(m365: Mailbox365, tmp_path: Path) -> None:
    real(m365)
    m365.by("app")
    ended = await m365.desk.process("check")
    kept = json.loads(m365.app.read_text())
    assert not any(secret in ended.out + ended.err for secret in ("hush", kept["access"]))
