"""Logins with tokens: what a configuration must say of them, and what is made of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maildesk.config import building
from maildesk.config.token_sources import TokenSources, token_folder
from maildesk.errors import BadInput, PermanentError
from maildesk.transport.imap import ImapServer
from maildesk.transport.smtp import SmtpRelay
from maildesk.transport.token_forms import Caller
from tests.unit.config.conftest import MINIMAL, Loads, Problems

IDS = "tenant: 11111111-2222-3333-4444-555555555555, client_id: desk"
APP = f"provider: microsoft, flow: app, {IDS}, client_secret: {{file: m365.secret}}"
USES = MINIMAL.replace('password: "${IMAP_PASSWORD}"', "login: m365").replace(
    "smtp.acme.example}", "smtp.acme.example, username: support@acme.example, login: m365}"
)


def with_login(login: str = APP, *, rest: str = USES) -> str:
    return f"{rest}logins:\n  m365: {{{login}}}\n"


GOOD = {
    "an application with a secret": APP,
    "an application with a certificate": (
        f"provider: microsoft, flow: app, {IDS}, certificate: {{file: m365.pem}}"
    ),
    "a person at Microsoft": f"provider: microsoft, flow: person, {IDS}",
    "a service account": "provider: google, flow: key, key: {file: desk.json}",
    "a person at Google": "provider: google, flow: person, client_id: x, client_secret: y",
    "any issuer": (
        "provider: other, flow: app, issuer: 'https://sso.acme.example/realms/desk', client_id: desk,"
        " client_secret: y, scope: mail"
    ),
    "an issuer of this machine": (
        "provider: other, flow: person, issuer: 'http://127.0.0.1:8080', client_id: desk"
    ),
    "a secret that runs out": f"{APP}, expires: 2028-05-01",
}


@pytest.mark.parametrize("login", GOOD.values(), ids=GOOD.keys())
def test_a_login_that_is_right(loads: Loads, login: str) -> None:
    settings = loads(with_login(login))
    assert settings.mailboxes[0].imap
    assert settings.mailboxes[0].imap.login == "m365"


WRONG = {
    "no tenant": (
        "provider: microsoft, flow: person, client_id: x",
        "logins.m365.tenant: is missing (write the organisation's Directory (tenant) ID, as the "
        "application's overview shows it)",
    ),
    "anybody's tenant": (
        "provider: microsoft, flow: person, tenant: common, client_id: x",
        "logins.m365.tenant: common is no organisation: anybody's account would do (write the organisation's "
        "Directory (tenant) ID, as the application's overview shows it; "
        "for a person's own account, consumers)",
    ),
    "a tenant that is an address": (
        "provider: microsoft, flow: person, tenant: a/b, client_id: x",
        "logins.m365.tenant: 'a/b' is no tenant (write the organisation's Directory (tenant) ID, as the "
        "application's overview shows it)",
    ),
    "no proof": (
        f"provider: microsoft, flow: app, {IDS}",
        "logins.m365: client_secret or certificate is missing (write client_secret or certificate, "
        "one of them)",
    ),
    "two proofs": (
        f"{APP}, certificate: {{file: m.pem}}",
        "logins.m365: there is both client_secret and certificate (write client_secret or certificate, "
        "one of them)",
    ),
    "a flow that is not there": (
        "provider: google, flow: app",
        "logins.m365.flow: google knows no flow app for mail (write key or person)",
    ),
    "a key that means nothing": (
        "provider: google, flow: key, key: {file: x.json}, tenant: acme.example",
        "logins.m365.tenant: means nothing where provider is google and flow is key (leave it out)",
    ),
    "an issuer in clear": (
        "provider: other, flow: person, issuer: 'http://sso.acme.example', client_id: x",
        "logins.m365.issuer: is no https address (write the provider's address, as "
        "https://sso.acme.example/realms/desk)",
    ),
    "an unknown provider": (
        "provider: yahoo, flow: app",
        "logins.m365.provider: should be one of 'microsoft', 'google' or 'other'",
    ),
    "no day": (
        f"{APP}, expires: soon",
        "logins.m365.expires: should be a day (write it as 2028-05-01)",
    ),
    "a key near another": (
        f"{APP}, tennant: x",
        "logins.m365.tennant: unknown key (did you mean tenant?)",
    ),
}


@pytest.mark.parametrize(("login", "said"), WRONG.values(), ids=WRONG.keys())
def test_one_thing_wrong_is_one_line(problems: Problems, login: str, said: str) -> None:
    (line,) = problems(with_login(login))
    assert line.startswith("config.yaml:9:")
    assert line.partition(" ")[2] == said


def test_a_server_takes_one_way_in(problems: Problems) -> None:
    both = USES.replace("login: m365}\nsmtp", 'login: m365, password: "x"}\nsmtp')
    assert problems(with_login(rest=both)) == [
        "config.yaml:6:79: mailboxes.0.imap.password: there is a login too, and one server takes one way in "
        "(leave password or login out)"
    ]


def test_a_login_that_nobody_made_is_named_with_the_one_that_is_meant(problems: Problems) -> None:
    assert problems(with_login(rest=USES.replace("login: m365}\nsmtp", "login: m356}\nsmtp"))) == [
        "config.yaml:6:63: mailboxes.0.imap.login: there is no login m356 (did you mean m365?)"
    ]


def test_a_login_is_for_a_user(problems: Problems) -> None:
    assert problems(with_login(rest=USES.replace("username: support@acme.example, ", ""))) == [
        "config.yaml:7:7: smtp.username: is missing (write the mailbox's address)"
    ]


def test_a_server_without_password_and_login_is_told_of_both(problems: Problems) -> None:
    nothing = MINIMAL.replace(', password: "${IMAP_PASSWORD}"', "")
    assert problems(nothing) == [
        "config.yaml:6:11: mailboxes.0.imap.password: is missing "
        "(a username is given: write password or login)"
    ]


def test_a_secret_in_the_file_makes_the_file_secret(loads: Loads) -> None:
    assert loads(with_login(APP.replace("{file: m365.secret}", "hush"))).holds_a_password
    assert not loads(with_login()).holds_a_password


# --- what is made of it -------------------------------------------------------------------------------


@pytest.fixture
def secret(folder: Path) -> Path:
    made = folder / "m365.secret"
    made.touch(mode=0o600)
    made.write_text("hush\n")
    return made


def test_all_servers_share_the_source_of_a_login(loads: Loads, secret: Path) -> None:
    settings = loads(with_login())
    tokens = TokenSources(settings, {})
    server = building.mail_server(settings, settings.mailboxes[0], {}, tokens)
    relay = building.relay(settings, None, {}, tokens)
    assert isinstance(server, ImapServer)
    assert isinstance(relay, SmtpRelay)
    assert server.login.bearer is relay.account.bearer is tokens.of("m365", "sales@acme.example")
    assert relay == building.relay(settings, settings.mailboxes[0], {}, tokens)


def test_a_source_lives_on_in_a_new_configuration_where_its_login_is_the_same(
    loads: Loads, secret: Path
) -> None:
    """What its endpoint gave last may be in memory alone."""
    before = TokenSources(loads(with_login()), {})
    source = before.of("m365", "support@acme.example")
    same = TokenSources(loads(with_login() + "tokens: tokens\n"), {}, before=before)
    assert same.of("m365", "support@acme.example") is source
    changed = TokenSources(loads(with_login(f"{APP}, expires: 2028-05-01")), {}, before=same)
    assert changed.of("m365", "support@acme.example") is not source
    elsewhere = TokenSources(loads(with_login() + "tokens: others\n"), {}, before=same)
    assert elsewhere.of("m365", "support@acme.example").file.path.parent.name == "others"


def test_a_secret_that_is_missing_is_missed_by_a_source_that_lives_on(loads: Loads, secret: Path) -> None:
    before = TokenSources(loads(with_login()), {})
    before.of("m365", "support@acme.example")
    secret.unlink()
    with pytest.raises(PermanentError, match=r"m365\.secret cannot be read"):
        TokenSources(loads(with_login()), {}, before=before).of("m365", "support@acme.example")


def test_the_tokens_of_a_key_are_those_of_one_user(loads: Loads, folder: Path) -> None:
    pytest.importorskip("cryptography")
    key = folder / "desk.json"
    key.touch(mode=0o600)
    key.write_text(json.dumps({"client_email": "x", "private_key": "y"}))
    tokens = TokenSources(loads(with_login(GOOD["a service account"])), {})
    one, other = tokens.of("m365", "support@acme.example"), tokens.of("m365", "../sales")
    assert one is not other
    assert one.file.path == folder / "tokens" / "m365~support@acme.example.json"
    assert other.file.path == folder / "tokens" / "m365~..%2Fsales.json"


def test_a_secret_that_is_missing_is_missed_at_the_start(loads: Loads) -> None:
    with pytest.raises(PermanentError, match=r"logins\.m365\.client_secret: .*m365\.secret cannot be read"):
        building.relay(loads(with_login()), None, {})


def test_an_unknown_login_is_named(loads: Loads) -> None:
    with pytest.raises(BadInput, match="there is no login anna"):
        TokenSources(loads(MINIMAL), {}).of("anna", "support@acme.example")


@pytest.mark.parametrize(
    ("more", "url", "place"),
    [
        ("", "sqlite:///desk.db", "tokens"),
        ("", "sqlite:///state/desk.db", "state/tokens"),
        ("tokens: /var/lib/desk\n", "sqlite:///desk.db", "/var/lib/desk"),
        ("", "postgresql://desk@db.acme.example/desk", "tokens"),
    ],
)
def test_tokens_lie_beside_the_database(loads: Loads, folder: Path, more: str, url: str, place: str) -> None:
    assert token_folder(loads(MINIMAL.replace("sqlite:///desk.db", url) + more), {}) == folder / place


@pytest.mark.parametrize(
    ("login", "token"),
    [
        (GOOD["a person at Microsoft"], "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"),
        (GOOD["a person at Google"], "https://oauth2.googleapis.com/token"),
    ],
    ids=["microsoft", "google"],
)
def test_providers_we_know_need_not_be_asked_where_they_are(loads: Loads, login: str, token: str) -> None:
    source = TokenSources(loads(with_login(login)), {}).of("m365", "support@acme.example")
    tenant = "11111111-2222-3333-4444-555555555555"
    assert source.endpoints.found(Caller()).token == token.format(tenant=tenant)
