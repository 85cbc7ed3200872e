"""From settings to the values the rest of maildesk works with."""

from __future__ import annotations

from pathlib import Path

import pytest

from maildesk.config import building, named_policy
from maildesk.config.packaged import packaged
from maildesk.config.problems import ConfigError
from maildesk.desk.policy.people import Account, Person, Role
from maildesk.errors import BadInput, PermanentError
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.keys import KeyRing
from maildesk.transport.imap import ImapServer
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpRelay
from tests.unit.config.conftest import MINIMAL, Loads

PEOPLE = """\
people:
  agents: [{name: Ana Souza, address: ana@acme.example, teams: [support]}]
  teams: [{name: support, lead: ana@acme.example}]
  leadership: [{name: Lea Dias, address: lea@acme.example}]
  operators: [ops@acme.example]
accounts: [{name: Client Inc, domains: [client.example], plan: premium}]
trust: {authserv_id: mx.acme.example, hops: 2, border_strips: true}
"""


def test_people_are_those_of_the_file(loads: Loads) -> None:
    people = building.people(loads(MINIMAL + PEOPLE))
    assert people.agents == (Person("Ana Souza", "ana@acme.example", ("support",)),)
    assert people.roles("ana@acme.example") == {Role.AGENT, Role.LEAD}
    assert people.leadership == (Person("Lea Dias", "lea@acme.example"),)
    assert people.operators == ("ops@acme.example",)
    assert people.account_of("x@client.example") == Account("Client Inc", ("client.example",), (), "premium")
    assert set(people.own.addresses) == {"support@acme.example"}


@pytest.mark.parametrize(("subaddress", "dash"), [("none", False), ('"+"', False), ('"-"', True)])
def test_every_name_of_a_mailbox_is_ours_with_its_details(loads: Loads, subaddress: str, dash: bool) -> None:
    names = "aliases: [help@acme.example]\n    groups: [all@acme.example]"
    more = f"{names}\n    subaddress: {subaddress}\n    imap"
    people = building.people(loads(MINIMAL.replace("imap", more, 1)))
    for name in ("support", "help", "all"):
        assert people.is_own(f"{name}@acme.example")
        assert people.is_own(f"{name}+x@acme.example")
        assert people.is_own(f"{name}-x@acme.example") is dash


def test_trust_is_that_of_the_file(loads: Loads) -> None:
    assert building.trust(loads(MINIMAL + PEOPLE)) == Trust("mx.acme.example", 2, True)
    assert building.trust(loads(MINIMAL)) == Trust(None, 1, False)


def test_the_policy_is_the_packaged_one_in_the_desks_time_zone(loads: Loads) -> None:
    policy = named_policy.policy(loads(MINIMAL.replace("tag: Acme", "tag: Acme, timezone: Asia/Kathmandu")))
    assert (policy.name, policy.calendar.zone.key) == ("Default", "Asia/Kathmandu")


def test_a_policy_beside_the_configuration_wins_over_the_packaged_one(loads: Loads, folder: Path) -> None:
    settings = loads(f"{MINIMAL}policy: policies/default.yaml\n")
    assert named_policy.policy_path(settings) == packaged("policies") / "default.yaml"
    (folder / "policies").mkdir()
    text = (packaged("policies") / "default.yaml").read_text(encoding="utf-8")
    (folder / "policies/default.yaml").write_text(
        text.replace("name: Default", "name: Ours"), encoding="utf-8"
    )
    assert named_policy.policy(settings).name == "Ours"


@pytest.mark.parametrize("path", ["policies/ours.yaml", "ours.yaml", "../policies/default.yaml"])
def test_a_policy_that_is_nowhere_is_missed_where_the_operator_put_it(loads: Loads, path: str) -> None:
    with pytest.raises(ConfigError) as told:
        named_policy.policy(loads(f"{MINIMAL}policy: {path}\n"))
    assert str(told.value) == f"{path}:1:1: cannot be read: no such file or directory"


def test_a_policy_that_speaks_of_an_unknown_team_is_refused(loads: Loads, folder: Path) -> None:
    text = (packaged("policies") / "default.yaml").read_text(encoding="utf-8")
    (folder / "ours.yaml").write_text(text + "default_team: nobody\n", encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"ours\.yaml:\d+:15: default_team: there is no team nobody \(there is support;"
    ):
        named_policy.policy(loads(MINIMAL + PEOPLE + "policy: ours.yaml\n"))


def test_the_database_of_a_relative_url_is_beside_the_configuration(loads: Loads, folder: Path) -> None:
    assert building.store_url(loads(MINIMAL), {}) == f"sqlite:///{folder}/desk.db"
    assert (
        building.store_url(loads(MINIMAL.replace("///desk.db", "////var/desk.db")), {})
        == "sqlite:////var/desk.db"
    )


def test_a_database_url_may_take_its_password_from_the_environment(loads: Loads) -> None:
    settings = loads(MINIMAL.replace("sqlite:///desk.db", "postgresql://desk:${DB}@db.example/desk"))
    assert building.store_url(settings, {"DB": "x"}) == "postgresql://desk:x@db.example/desk"
    with pytest.raises(PermanentError, match=r"store\.url: the environment variable DB is not set"):
        building.store_url(settings, {})


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("mysql://h/d", "not a database we know"),
    ],
)
def test_a_database_that_would_forget_is_refused(loads: Loads, url: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        building.store_url(loads(MINIMAL.replace("sqlite:///desk.db", "${URL}")), {"URL": url})


def test_the_key_ring_is_read_from_its_file(loads: Loads, folder: Path) -> None:
    ring = KeyRing.generate(bytes(range(32)))
    (folder / "secret.key").write_text(ring.render())
    (folder / "secret.key").chmod(0o600)
    assert building.keyring(loads(MINIMAL), {}) == ring


def test_a_key_ring_that_others_can_read_is_refused(loads: Loads, folder: Path) -> None:
    (folder / "secret.key").write_text("a 00")
    (folder / "secret.key").chmod(0o644)
    with pytest.raises(PermanentError) as told:
        building.keyring(loads(MINIMAL), {})
    assert str(told.value) == (
        f"desk.secret: others can read {folder}/secret.key (mode 0644) (chmod 600 {folder}/secret.key)"
    )


def test_an_imap_account_has_its_password_and_authority(loads: Loads, folder: Path) -> None:
    (folder / "ca.pem").touch()
    settings = loads(MINIMAL.replace("imap: {host", "imap: {ca_file: ca.pem, host"))
    server = building.mail_server(settings, settings.mailboxes[0], {"IMAP_PASSWORD": "hunter2"})
    assert isinstance(server, ImapServer)
    account = server.login
    assert (account.host, account.port, account.security) == ("imap.acme.example", 993, Security.TLS)
    assert (account.username, account.password) == ("support", "hunter2")
    assert account.ca_file == str(folder / "ca.pem")
    assert "hunter2" not in repr(account)


def test_a_missing_password_names_its_mailbox(loads: Loads) -> None:
    settings = loads(MINIMAL)
    with pytest.raises(PermanentError) as told:
        building.mail_server(settings, settings.mailboxes[0], {})
    assert str(told.value) == (
        "mailbox support: imap.password: the environment variable IMAP_PASSWORD is not set "
        "(set IMAP_PASSWORD)"
    )


def test_a_missing_authority_names_its_key(loads: Loads, folder: Path) -> None:
    settings = loads(MINIMAL.replace("smtp: {host", "smtp: {ca_file: ca.pem, host"))
    with pytest.raises(PermanentError) as told:
        building.relay(settings)
    assert str(told.value) == f"smtp.ca_file: there is no file {folder}/ca.pem (correct the path)"


def test_a_mailbox_without_a_relay_of_its_own_uses_the_common_one(loads: Loads) -> None:
    common = "smtp: {host: smtp.acme.example, username: u, password: p, local_hostname: desk.acme.example}"
    settings = loads(MINIMAL.replace("smtp: {host: smtp.acme.example}", common))
    relay = building.relay(settings, settings.mailboxes[0], {})
    assert isinstance(relay, SmtpRelay)
    account = relay.account
    assert (account.host, account.port, account.security) == ("smtp.acme.example", 587, Security.STARTTLS)
    assert (account.username, account.password, account.local_hostname) == ("u", "p", "desk.acme.example")
    assert relay == building.relay(settings)


def test_a_mailbox_may_have_a_relay_of_its_own(loads: Loads) -> None:
    own = "smtp: {host: other.example, security: tls, connections: 2}\n    imap: {host"
    settings = loads(MINIMAL.replace("imap: {host", own))
    relay = building.relay(settings, settings.mailboxes[0], {})
    assert isinstance(relay, SmtpRelay)
    account = relay.account
    assert (account.host, account.port, account.username, account.password) == (
        "other.example",
        465,
        None,
        None,
    )
    assert relay.connections == 2
    assert building.relay(settings).where == "smtp.acme.example:587"


def test_alarms_go_by_the_desks_relay_or_by_one_of_their_own(loads: Loads) -> None:
    own = 'operators_relay: {host: alarms.example, username: u, password: "${ALARMS}"}\n'
    settings = loads(MINIMAL.replace("smtp:", f"{own}smtp:"))
    relay = building.operators_relay(settings, {"ALARMS": "hush"})
    assert isinstance(relay, SmtpRelay)
    assert (relay.where, relay.account.password) == ("alarms.example:587", "hush")
    assert building.operators_relay(loads(MINIMAL)) == building.relay(loads(MINIMAL))
    with pytest.raises(PermanentError, match=r"operators_relay\.password: the environment variable"):
        building.operators_relay(settings, {})


def test_no_secret_is_looked_up_by_loading(loads: Loads) -> None:
    """Only the commands that need a secret ask for it; here none of them exists."""
    settings = loads(MINIMAL + PEOPLE)
    assert building.people(settings)
    assert named_policy.policy(settings)
    assert building.trust(settings)


def test_the_accounts_of_the_file_stand_beside_those_of_the_configuration(loads: Loads, folder: Path) -> None:
    (folder / "accounts.csv").write_text(
        "name,addresses,plan,licenses\nLund,bo@client.example,premium success,25\n"
    )
    more = (
        "accounts_file: accounts.csv\naccounts: [{name: Client Inc, fields: {partner: true, seats: 2.50}}]\n"
    )
    settings = loads(MINIMAL + more)
    people = building.people(settings, ["Premium Success"])
    lund = people.account_of("bo@client.example")
    assert lund is not None
    assert (lund.name, lund.plan, dict(lund.fields)) == ("Lund", "Premium Success", {"licenses": "25"})
    client = people.account_named("Client Inc")
    assert client is not None
    assert dict(client.fields) == {"partner": "yes", "seats": "2.5"}


def test_what_is_wrong_with_the_file_of_accounts_is_told(loads: Loads, folder: Path) -> None:
    settings = loads(MINIMAL + "accounts_file: accounts.csv\n")
    with pytest.raises(ConfigError, match=r"accounts\.csv:1:1: cannot be read"):
        building.people(settings)
    (folder / "accounts.csv").write_text("name,domains\nLund,nowhere\n")
    with pytest.raises(ConfigError, match=r"accounts\.csv:2:2: domains: 'nowhere' is not a domain name"):
        building.people(settings)
