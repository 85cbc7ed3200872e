"""The configuration that a founder's few words make: it loads, it is no longer made up, each remark stays."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from maildesk.config import building, loading, named_policy
from maildesk.config.beginning import Beginning, Founder, filled_in, machine_zone, own_word
from maildesk.config.logins import LoginFlow
from maildesk.config.made_up import made_up
from maildesk.config.packaged import packaged
from maildesk.config.providers import Provider
from maildesk.config.settings import ExistingMail, Settings
from maildesk.config.starting import write_starter

EXAMPLE = packaged("config.example.yaml").read_text(encoding="utf-8")
BO = Founder("Bo Lund", "bo@corp.org")
GMAIL = Beginning("help@gmail.com", Provider.GOOGLE, founder=BO, operators=("ops@corp.org",))
ELSEWHERE = Beginning("support@corp.org", imap="imap.corp.org", relay="smtp.corp.org", founder=BO)
MICROSOFT = Beginning(
    "support@corp.org", Provider.MICROSOFT, tenant="corp.org", client_id="abc-1", founder=BO
)
SERVICE = Beginning("support@corp.org", Provider.FASTMAIL, founder=BO, service=True)
ALONE = Beginning("support@corp.org", Provider.YAHOO)
PRIVATE = Beginning("help@outlook.com", Provider.MICROSOFT, client_id="abc-1", founder=BO)

EVERY = {
    "Gmail": GMAIL,
    "elsewhere": ELSEWHERE,
    "Microsoft": MICROSOFT,
    "service": SERVICE,
    "alone": ALONE,
    "private": PRIVATE,
}


def settings(folder: Path, desk: Beginning) -> Settings:
    file = folder / "config.yaml"
    file.write_text(filled_in(EXAMPLE, desk), encoding="utf-8")
    return loading.load(file)


@pytest.mark.parametrize("desk", EVERY.values(), ids=EVERY)
def test_nothing_in_it_is_made_up(tmp_path: Path, desk: Beginning) -> None:
    assert made_up(settings(tmp_path, desk)) == ()


@pytest.mark.parametrize("desk", EVERY.values(), ids=EVERY)
def test_every_key_and_every_remark_of_the_example_is_still_there(desk: Beginning) -> None:
    ours, theirs = filled_in(EXAMPLE, desk).splitlines(), EXAMPLE.splitlines()
    assert [remark(line) for line in ours] == [remark(line) for line in theirs]
    assert [key(line) for line in ours] == [key(line) for line in theirs]


@pytest.mark.parametrize("desk", EVERY.values(), ids=EVERY)
def test_its_people_fit_the_packaged_policy(tmp_path: Path, desk: Beginning) -> None:
    assert named_policy.policy(settings(tmp_path, desk)).name == "Default"


def remark(line: str) -> str:
    return line.partition("  # ")[2] or (line if line.lstrip().startswith("# ") else "")


def key(line: str) -> str:
    bare = line.lstrip(" #-")
    return "" if remark(line) == line else bare.partition(":")[0]


def test_a_mailbox_at_a_provider_needs_its_name_and_a_password(tmp_path: Path) -> None:
    desk = settings(tmp_path, GMAIL)
    box, relay = desk.mailboxes[0], desk.smtp
    assert box.imap
    assert relay
    assert (box.address, box.imap.username, relay.username) == ("help@gmail.com",) * 3
    assert (box.imap.host, relay.host, relay.port) == ("imap.gmail.com", "smtp.gmail.com", 465)
    assert "password: {file: mail.secret}" in filled_in(EXAMPLE, GMAIL)
    assert (desk.desk.name, desk.desk.tag) == ("Help Support", "Help")
    assert [agent.address for agent in desk.people.agents] == ["bo@corp.org"]
    assert (desk.people.teams[0].lead, desk.people.operators) == ("bo@corp.org", ("ops@corp.org",))


def test_a_mailbox_anywhere_else_has_the_hosts_that_were_said(tmp_path: Path) -> None:
    desk = settings(tmp_path, ELSEWHERE)
    assert desk.mailboxes[0].imap
    assert desk.smtp
    assert (desk.mailboxes[0].imap.host, desk.smtp.host) == ("imap.corp.org", "smtp.corp.org")
    assert (desk.desk.name, desk.desk.tag) == ("Corp Support", "Corp")


def test_a_mailbox_at_microsoft_has_a_login_and_no_password(tmp_path: Path) -> None:
    desk = settings(tmp_path, MICROSOFT)
    box, relay = desk.mailboxes[0].imap, desk.smtp
    assert box
    assert relay
    assert (box.login, box.password, relay.login, relay.password) == ("m365", None, "m365", None)
    assert (relay.host, relay.connections) == ("smtp.office365.com", 3)
    login = desk.logins["m365"]
    assert (login.tenant, login.client_id) == ("corp.org", "abc-1")
    assert list(desk.logins) == ["m365"]


def test_a_person_signs_in_for_a_private_mailbox_at_microsoft(tmp_path: Path) -> None:
    """No application gets in there by itself, and it sends by another relay than an organisation."""
    desk = settings(tmp_path, PRIVATE)
    login, relay = desk.logins["m365"], desk.smtp
    assert relay
    assert (login.flow, login.tenant, login.client_id) == (LoginFlow.PERSON, "consumers", "abc-1")
    assert login.secrets == ()
    assert (relay.host, relay.port, relay.login) == ("smtp-mail.outlook.com", 587, "m365")
    assert PRIVATE.secret_file is None
    assert not replace(PRIVATE, address="support@corp.org").is_private


def test_ids_that_were_not_said_are_still_made_up(tmp_path: Path) -> None:
    desk = settings(tmp_path, Beginning("support@corp.org", Provider.MICROSOFT))
    assert [path for path, _ in made_up(desk)] == ["logins.m365.tenant", "logins.m365.client_id"]


def test_the_example_is_made_up_from_end_to_end() -> None:
    found = dict(made_up(loading.load(packaged("config.example.yaml"))))
    assert found["desk.address"] == "support@acme.example"
    assert found["people.agents.Ana Souza.address"] == "ana@acme.example"
    assert found["people.operators.0"] == "ops@acme.example"
    assert found["mailboxes.support.imap.host"] == "imap.acme.example"
    assert found["trust.authserv_id"] == "mx.acme.example"
    assert found["accounts.Client Inc.domains.0"] == "client.example"


@pytest.mark.parametrize("name", ["true", "No: 1", 'Say "hi"', "# 1", "Ñandú", "[x]", "a\\b", "- x", "{x}"])
def test_a_name_is_a_text_whatever_it_is_made_of(tmp_path: Path, name: str) -> None:
    desk = Beginning("support@corp.org", Provider.GOOGLE, name=name, founder=Founder(name, "bo@corp.org"))
    read = settings(tmp_path, desk)
    assert (read.desk.name, read.people.agents[0].name) == (name, name)


def test_the_services_secrets_are_roots_and_its_configuration_is_the_groups_to_read(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, 0, 65534)
    written = write_starter(tmp_path, beginning=SERVICE)
    text = written.config.read_text()
    assert "secret: {credential: secret.key}" in text
    assert 'url: "sqlite:////var/lib/maildesk/desk.db"' in text
    assert text.count("password: {credential: mail.secret}") == 2
    assert written.key == tmp_path / "credentials" / "secret.key"
    modes = {path.name: mode(path) for path in (written.config, written.key, written.key.parent)}
    assert modes == {"config.yaml": 0o640, "secret.key": 0o600, "credentials": 0o700}
    assert written.config.stat().st_gid == tmp_path.stat().st_gid
    assert building.keyring(loading.load(written.config), {}).keys


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_policy_may_come_along(tmp_path: Path) -> None:
    written = write_starter(tmp_path, "default", GMAIL)
    assert written.policy
    assert named_policy.policy_path(loading.load(written.config)).resolve() == written.policy.resolve()


def test_mail_that_is_there_already_is_said(tmp_path: Path) -> None:
    desk = Beginning("support@corp.org", Provider.GOOGLE, existing_mail=ExistingMail.FILE)
    assert settings(tmp_path, desk).mailboxes[0].existing_mail is ExistingMail.FILE


@pytest.mark.parametrize(
    ("address", "word"),
    [("support@corp.org", "Corp"), ("acme.desk@gmail.com", "Acme.desk"), ("x@my-shop.de", "My-shop")],
)
def test_a_desk_is_called_by_the_word_that_tells_it_from_others(address: str, word: str) -> None:
    assert own_word(address) == word


def test_a_desk_at_a_provider_is_not_called_support_twice() -> None:
    assert Beginning("support@gmail.com", Provider.GOOGLE).desk_name == "Support"
    assert Beginning("help@gmail.com", Provider.GOOGLE).desk_name == "Help Support"


def test_the_time_zone_is_the_machines(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    assert machine_zone(tmp_path) == "UTC"
    (tmp_path / "etc/localtime").symlink_to("/usr/share/zoneinfo/Europe/Lisbon")
    assert machine_zone(tmp_path) == "Europe/Lisbon"
    (tmp_path / "etc/localtime").unlink()
    (tmp_path / "etc/localtime").symlink_to("../usr/share/zoneinfo/Atlantis/North")
    assert machine_zone(tmp_path) == "UTC"
