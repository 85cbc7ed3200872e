"""`maildesk login`: somebody signs in, here or over ssh, and nothing is kept that would not work."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from maildesk.errors import TokenUnavailable
from maildesk.transport.sign_in import SignIns
from maildesk.transport.token_endpoints import PublishedEndpoints
from maildesk.transport.token_file import TokenFile
from maildesk.transport.token_grants import ForPerson, Proof
from maildesk.transport.token_renewal import RenewedTokens
from tests.cli.conftest import ADDRESS, LOGINS, CommandedDesk, Mailbox365
from tests.world.mail_provider import GOOGLE
from tests.world.token_endpoint import TokenEndpoint

pytestmark = pytest.mark.dovecot


@dataclass(eq=False)
class SigningIn:
    """One `maildesk login` under way."""

    process: asyncio.subprocess.Process
    said: str = ""

    async def says(self, words: str) -> str:
        """All that it has said, once these words are among it."""
        assert self.process.stdout
        async with asyncio.timeout(120):
            while words not in self.said:
                block = await self.process.stdout.read(65536)
                assert block, f"it ended before it said {words!r}:\n{self.said}"
                self.said += block.decode()
        return self.said

    async def address(self) -> str:
        """The address that is to be opened."""
        said = await self.says("Waiting on")
        return next(line.strip() for line in said.splitlines() if line.startswith("  http"))

    def types(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())

    async def ends(self) -> tuple[int, str]:
        """The exit code, and everything that it said."""
        async with asyncio.timeout(120):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, self.said + out.decode() + err.decode()


async def signs_in(m365: Mailbox365, *words: str) -> SigningIn:
    return SigningIn(await m365.desk.start("login", "anna", *words))


async def visit(address: str) -> str:
    """A browser on this machine goes there; what the page says."""

    def work() -> str:
        with urllib.request.urlopen(address, timeout=30) as page:
            return str(page.read().decode())

    return await asyncio.to_thread(work)


async def test_a_browser_on_this_machine_brings_the_tokens(m365: Mailbox365) -> None:
    signing_in = await signs_in(m365)
    opened = await signing_in.address()
    asked = dict(parse_qsl(urlsplit(opened).query))
    assert (asked["code_challenge_method"], asked["login_hint"]) == ("S256", ADDRESS)
    assert asked["scope"].endswith("offline_access")
    assert "close this page" in await visit(m365.sso.signs_in(opened, ADDRESS))
    code, said = await signing_in.ends()
    assert code == 0, said
    assert "ok   signed in: scopes IMAP.AccessAsUser.All SMTP.Send; renews by itself" in said
    assert "ok   imap of mailbox support: " in said
    assert "ok   smtp: " in said
    assert f"Stored in {m365.file}. The running daemon takes it within a minute." in said
    assert stat.S_IMODE(m365.file.stat().st_mode) == 0o600
    kept = json.loads(m365.file.read_text())
    assert kept["refresh"] in m365.sso.refresh
    assert not any(kept[name] in said for name in ("access", "refresh"))
    assert m365.provider.relay.mails == []


async def test_over_ssh_the_address_is_pasted(m365: Mailbox365) -> None:
    signing_in = await signs_in(m365)
    landed = m365.sso.signs_in(await signing_in.address(), ADDRESS)
    signing_in.types("")
    signing_in.types("http://[loc")
    signing_in.types("https://login.example/?code=x")
    signing_in.types(landed.replace("state=", "state=z"))
    signing_in.types(landed)
    code, said = await signing_in.ends()
    assert code == 0, said
    assert said.count("that address is not the one at which a sign-in ends") == 2
    assert "that address is of another sign-in" in said
    assert m365.file.exists()


async def test_a_visit_that_is_not_ours_changes_nothing(m365: Mailbox365) -> None:
    """Anybody on this machine may call; only the answer to our own question counts."""
    signing_in = await signs_in(m365)
    opened = await signing_in.address()
    landed = m365.sso.signs_in(opened, ADDRESS)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        await visit(landed.partition("?")[0] + "?code=theirs&state=theirs")
    assert "close this page" in await visit(landed)
    assert (await signing_in.ends())[0] == 0
    assert [form["code"] for form in m365.sso.asked] == [dict(parse_qsl(urlsplit(landed).query))["code"]]


async def test_a_code_is_typed_on_another_device(m365: Mailbox365) -> None:
    signing_in = await signs_in(m365, "--device")
    said = await signing_in.says("type BDWP-HQPK, and sign in as support@acme.example")
    assert f"Open {m365.sso.issuer}/device " in said
    m365.sso.approves(ADDRESS)
    code, said = await signing_in.ends()
    assert code == 0, said
    assert m365.file.exists()


async def test_a_code_is_still_asked_for_after_an_endpoint_that_was_away(tmp_path: Path) -> None:
    """RFC 8628 §3.5: less often then; and the person's ten minutes are not lost."""
    paused: list[float] = []
    with TokenEndpoint.start() as sso:
        sso.register("desk")

        async def pause(seconds: float) -> None:
            paused.append(seconds)
            if len(paused) == 2:
                sso.fails(0, times=1)
            if len(paused) == 4:
                sso.approves(ADDRESS)

        signing_in = await device_ways(sso, tmp_path, pause).by_device()
        sso.fails(503, times=1)
        granted = await signing_in.approved()
    assert granted.lasting
    assert paused == [5, 5, 10, 10]


async def test_an_endpoint_that_stays_away_ends_the_sign_in_with_its_code(tmp_path: Path) -> None:
    now = [0.0]

    async def pause(seconds: float) -> None:
        now[0] += seconds

    with TokenEndpoint.start() as sso:
        sso.register("desk")
        ways = replace(device_ways(sso, tmp_path, pause), now=lambda: now[0])
        signing_in = await ways.by_device()
        sso.fails(503)
        with pytest.raises(TokenUnavailable, match="answers 503"):
            await signing_in.approved()
    assert now[0] < 900
    assert len(sso.asked) == 8


def device_ways(sso: TokenEndpoint, folder: Path, pause: Callable[[float], Awaitable[None]]) -> SignIns:
    """The sign-in of a login without a secret, which pauses as it is told."""
    proof = Proof("desk", None)
    file = TokenFile(folder / "tokens" / "anna.json")
    endpoints = PublishedEndpoints(issuer=sso.issuer)
    tokens = RenewedTokens("anna", ForPerson("anna", proof, "mail"), endpoints, file)
    return SignIns(tokens, proof, "mail", pause=pause)


async def test_smtp_that_is_switched_off_is_told_with_its_remedy(m365: Mailbox365) -> None:
    """Mail comes in all the same, so the login is kept."""
    m365.provider.relay.switched_off = True
    signing_in = await signs_in(m365)
    signing_in.types(m365.sso.signs_in(await signing_in.address(), ADDRESS))
    code, said = await signing_in.ends()
    assert code == 1
    assert "FAIL smtp: " in said
    assert "5.7.139" in said
    assert "SmtpClientAuthenticationDisabled $false" in said
    assert m365.file.exists()


async def test_somebody_else_who_signs_in_is_not_kept(m365: Mailbox365) -> None:
    signing_in = await signs_in(m365)
    signing_in.types(m365.sso.signs_in(await signing_in.address(), "bo@acme.example"))
    code, said = await signing_in.ends()
    assert code == 1
    assert "FAIL imap of mailbox support: " in said
    assert "authenticated but not connected" in said
    assert "Nothing was stored." in said
    assert not m365.file.exists()


async def test_a_shared_mailbox_is_opened_by_one_of_its_people(m365: Mailbox365) -> None:
    m365.provider.rights.shared.add(("ana@acme.example", ADDRESS))
    signing_in = await signs_in(m365, "--as", "ana@acme.example")
    opened = await signing_in.address()
    assert dict(parse_qsl(urlsplit(opened).query))["login_hint"] == "ana@acme.example"
    signing_in.types(m365.sso.signs_in(opened, "ana@acme.example"))
    assert (await signing_in.ends())[0] == 0
    assert m365.provider.imap.logins == [("XOAUTH2", ADDRESS)]


async def test_a_sign_in_that_cannot_last_is_not_kept(m365: Mailbox365) -> None:
    m365.sso.gives_refresh = False
    signing_in = await signs_in(m365)
    signing_in.types(m365.sso.signs_in(await signing_in.address(), ADDRESS))
    code, said = await signing_in.ends()
    assert code == 1
    assert "FAIL signed in: the provider gave no refresh token" in said
    assert not m365.file.exists()


async def test_a_permission_that_was_not_granted_is_named(m365: Mailbox365) -> None:
    m365.sso.grants_scope = "https://outlook.office.com/IMAP.AccessAsUser.All"
    signing_in = await signs_in(m365)
    signing_in.types(m365.sso.signs_in(await signing_in.address(), ADDRESS))
    code, said = await signing_in.ends()
    assert code == 1
    assert "FAIL scope: not granted: SMTP.Send" in said


async def test_whoever_says_no_is_heard(m365: Mailbox365) -> None:
    signing_in = await signs_in(m365)
    refused = {"error": "access_denied", "error_description": "AADSTS65004: User declined to consent."}
    signing_in.types(m365.sso.signs_in(await signing_in.address(), ADDRESS, **refused))
    code, said = await signing_in.ends()
    assert code == 1
    assert "access_denied" in said
    assert "User declined to consent" in said
    assert not m365.file.exists()


async def test_at_google_the_login_is_asked_to_last(m365: Mailbox365) -> None:
    """Google gives lasting tokens only if asked twice over; its servers know the standard mechanism."""
    m365.provider.imap.words = m365.provider.relay.words = GOOGLE
    m365.by("gmail")
    signing_in = SigningIn(await m365.desk.start("login", "gmail"))
    opened = await signing_in.address()
    asked = dict(parse_qsl(urlsplit(opened).query))
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    signing_in.types(m365.sso.signs_in(opened, ADDRESS))
    code, said = await signing_in.ends()
    assert code == 0, said
    assert "at most 180 days unused" in said
    assert m365.provider.imap.logins == m365.provider.relay.taken == [("OAUTHBEARER", ADDRESS)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
async def test_what_root_writes_belongs_to_the_folders_owner(m365: Mailbox365) -> None:
    """The daemon runs as another user, and could not read it otherwise."""
    m365.file.parent.mkdir(mode=0o700)
    os.chown(m365.file.parent, 4711, 4712)
    signing_in = await signs_in(m365)
    signing_in.types(m365.sso.signs_in(await signing_in.address(), ADDRESS))
    assert (await signing_in.ends())[0] == 0
    kept = m365.file.stat()
    assert (kept.st_uid, kept.st_gid, stat.S_IMODE(kept.st_mode)) == (4711, 4712, 0o600)


def test_a_login_that_is_nobodys_is_told(desk: CommandedDesk) -> None:
    desk.write(desk.config.read_text() + LOGINS.replace("ISSUER", "https://sso.acme.example"))
    told = desk.try_("login", "anne")
    assert (told.exit_code, "did you mean anna?" in told.stderr) == (1, True)
    told = desk.try_("login", "app")
    assert "login app is of flow app: nobody signs in for it" in told.stderr
    told = desk.try_("login", "anna")
    assert "nothing uses login anna (write login: anna" in told.stderr
