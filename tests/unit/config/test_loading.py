"""What a configuration may say, and the exact words for what it may not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from maildesk.config.limits import GiB, KiB, LimitsSection, MiB
from maildesk.config.loading import load
from maildesk.config.problems import ConfigError
from maildesk.config.settings import Subaddress
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.identity.references import reply_address
from maildesk.transport.security import Security
from tests.unit.config.conftest import MINIMAL, Loads, Problems


def changed(old: str, new: str) -> str:
    assert old in MINIMAL
    return MINIMAL.replace(old, new, 1)


def test_a_minimal_configuration_has_the_defaults(loads: Loads) -> None:
    settings = loads(MINIMAL)
    mailbox = settings.mailboxes[0]
    assert settings.smtp is not None
    assert (settings.desk.timezone, settings.testing, settings.policy, settings.templates) == (
        "UTC", False, None, None,
    )  # fmt: skip
    assert (mailbox.folder, mailbox.processed, mailbox.poll) == ("INBOX", "Processed", timedelta(seconds=60))
    assert (mailbox.subaddress, mailbox.existing_mail) == (Subaddress.NONE, None)
    assert mailbox.imap
    assert (mailbox.imap.security, mailbox.imap.port) == (Security.TLS, 993)
    assert (settings.smtp.security, settings.smtp.port, settings.smtp.connections) == (
        Security.STARTTLS, 587, 8,
    )  # fmt: skip
    assert settings.limits == LimitsSection()
    assert settings.mailbox("support") is mailbox
    assert settings.mailbox("other") is None


@pytest.mark.parametrize(
    ("wire", "security", "port"),
    [
        ("imap", "tls", 993),
        ("imap", "starttls", 143),
        ("imap", "none", 143),
        ("smtp", "tls", 465),
        ("smtp", "starttls", 587),
        ("smtp", "none", 25),
    ],
)
def test_the_port_follows_from_the_security(loads: Loads, wire: str, security: str, port: int) -> None:
    settings = loads(changed(f"host: {wire}.acme.example", f"host: localhost, security: {security}"))
    section = settings.mailboxes[0].imap if wire == "imap" else settings.smtp
    assert section
    assert section.port == port


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("acks_per_hour: 7", {"acks_per_hour": 7}),
        ("ack_max_age: 4h", {"ack_max_age": timedelta(hours=4)}),
        ("ack_max_age: 90m", {"ack_max_age": timedelta(minutes=90)}),
        ("ack_max_age: 120s", {"ack_max_age": timedelta(minutes=2)}),
        ("store_size: 2GiB", {"store_size": 2 * GiB}),
        ("store_size: 33 MiB", {"store_size": 33 * MiB}),
        ("escalation_size: 2KiB", {"escalation_size": 2 * KiB}),
        ("free_space: 0B", {"free_space": 0}),
    ],
)
def test_numbers_durations_and_sizes_are_read(loads: Loads, line: str, value: dict[str, object]) -> None:
    assert loads(f"{MINIMAL}limits: {{{line}}}\n").limits == LimitsSection().model_copy(update=value)


def test_words_are_words(loads: Loads) -> None:
    """YAML 1.1 would read these as false, as 630 and as a date."""
    text = changed("name: Acme Support", "name: NO").replace("tag: Acme", "tag: 10:30")
    settings = loads(text.replace("username: support", "username: 2026-01-01"))
    assert settings.mailboxes[0].imap
    assert (settings.desk.name, settings.desk.tag, settings.mailboxes[0].imap.username) == (
        "NO", "10:30", "2026-01-01",
    )  # fmt: skip


def test_domains_are_lower_case_and_local_parts_as_written(loads: Loads) -> None:
    assert loads(changed("address: support@", "address: Support@ACME.")).desk.address == (
        "Support@acme.acme.example"
    )


def test_relative_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(MINIMAL)
    settings = load(tmp_path / "config.yaml")
    assert settings.folder == tmp_path
    assert settings.at(Path("secret.key")) == tmp_path / "secret.key"
    assert settings.at(Path("/etc/secret.key")) == Path("/etc/secret.key")


def test_settings_never_show_a_secret(loads: Loads) -> None:
    text = changed('"${IMAP_PASSWORD}"', '"hunter2"').replace(
        "sqlite:///desk.db", "postgresql://u:hunter2@h/d"
    )
    settings = loads(text)
    assert "hunter2" not in repr(settings) + str(settings) + str(settings.store.url)


def test_mail_may_come_by_pipes_alone(loads: Loads) -> None:
    text = changed(IMAP_LINE, "    source: pipe\n")
    second = "  - {name: sales, address: sales@acme.example, source: pipe}\n"
    settings = loads(text.replace("smtp: {host", second + "smtp: {host"))
    assert [(box.source, box.imap) for box in settings.mailboxes] == [("pipe", None)] * 2
    assert len({box.account for box in settings.mailboxes}) == 2


# --- one thing wrong ------------------------------------------------------------------------------

IMAP_LINE = '    imap: {host: imap.acme.example, username: support, password: "${IMAP_PASSWORD}"}\n'

WRONG = {
    "unknown key, near another": (
        "imap: {host", "imap: {usrname: support, host",
        "config.yaml:6:12: mailboxes.0.imap.usrname: unknown key (did you mean username?)",
    ),
    "unknown key, near nothing": (
        "imap: {host", "imap: {colour: blue, host",
        "config.yaml:6:12: mailboxes.0.imap.colour: unknown key "
        "(known here: provider, host, security, port, username, password, login, ca_file)",
    ),
    "a submission that nobody reports": (
        "smtp:", "trust: {submission: acme.example}\nsmtp:",
        "config.yaml:7:21: trust.submission: means nothing where no server is named whose results count "
        "(write trust.authserv_id too, or leave it out)",
    ),
    "unknown section": (
        "smtp:", "smpt: {}\nsmtp:", "config.yaml:7:1: smpt: unknown key (did you mean smtp?)",
    ),
    "missing key": ("name: Acme Support, ", "", "config.yaml:1:7: desk.name: is missing"),
    "missing section": (
        'store: {url: "sqlite:///desk.db"}\n', "", "config.yaml:1:1: store: is missing",
    ),
    "empty section": (
        "{host: smtp.acme.example}", "{host: smtp.acme.example}\nlimits:",
        "config.yaml:8:8: limits: should hold keys and values (give it keys, or take the line out)",
    ),
    "no mailboxes": (
        MINIMAL[MINIMAL.index("mailboxes") : MINIMAL.index("smtp:")], "mailboxes: []\n",
        "config.yaml:3:12: mailboxes: is empty",
    ),
    "a list that is none": (
        "{host: smtp.acme.example}", "{host: smtp.acme.example}\naccounts: 4",
        "config.yaml:8:11: accounts: should be a list "
        "(write it as [one, two], or one line each beginning with -)",
    ),
    "a number for a text": (
        "name: Acme Support", "name: 7", "config.yaml:1:14: desk.name: should be text (put it in quotes)",
    ),
    "a text that would make a header": (
        "name: Acme Support", 'name: "Acme\\nBcc: x"',
        "config.yaml:1:14: desk.name: should be one short line of text",
    ),
    "an empty text": ("name: Acme Support", 'name: " "', "config.yaml:1:14: desk.name: is empty"),
    "port too high": (
        "imap: {host", "imap: {port: 65536, host",
        "config.yaml:6:18: mailboxes.0.imap.port: should be at most 65535",
    ),
    "port zero": (
        "imap: {host", "imap: {port: 0, host",
        "config.yaml:6:18: mailboxes.0.imap.port: should be at least 1",
    ),
    "port in words": (
        "imap: {host", "imap: {port: imaps, host",
        "config.yaml:6:18: mailboxes.0.imap.port: should be a whole number",
    ),
    "port true": (
        "imap: {host", "imap: {port: true, host",
        "config.yaml:6:18: mailboxes.0.imap.port: should be a whole number",
    ),
    "host with port": (
        "imap.acme.example", "imap.acme.example:993",
        "config.yaml:6:18: mailboxes.0.imap.host: 'imap.acme.example:993' is not a host name "
        "(write the name alone and the port as port:)",
    ),
    "unknown security": (
        "imap: {host", "imap: {security: ssl, host",
        "config.yaml:6:22: mailboxes.0.imap.security: should be one of 'tls', 'starttls' or 'none'",
    ),
    "no encryption abroad": (
        "imap: {host", "imap: {security: none, host",
        "config.yaml:6:22: mailboxes.0.imap.security: none is for this machine only, but imap.acme.example "
        "is elsewhere (write tls or starttls)",
    ),
    "no encryption to the relay": (
        "smtp.acme.example", "10.0.0.7, security: none",
        "config.yaml:7:34: smtp.security: none is for this machine only, but 10.0.0.7 is elsewhere "
        "(write tls or starttls)",
    ),
    "no encryption to the alarms' relay": (
        "smtp:", "operators_relay: {host: 10.0.0.7, security: none}\nsmtp:",
        "config.yaml:7:45: operators_relay.security: none is for this machine only, but 10.0.0.7 is "
        "elsewhere (write tls or starttls)",
    ),
    "a user without password": (
        "smtp.acme.example", "smtp.acme.example, username: x",
        "config.yaml:7:7: smtp.password: is missing (a username is given: write password or login)",
    ),
    "a password that is a number": (
        '"${IMAP_PASSWORD}"', "123456",
        "config.yaml:6:66: mailboxes.0.imap.password: should be a secret (write it as \"text in quotes\", "
        '"${NAME}" from the environment, {file: PATH} or {credential: NAME})',
    ),
    "a secret of an unknown kind": (
        '"${IMAP_PASSWORD}"', "{vault: x}",
        "config.yaml:6:66: mailboxes.0.imap.password: should be a secret (write it as \"text in quotes\", "
        '"${NAME}" from the environment, {file: PATH} or {credential: NAME})',
    ),
    "a credential outside its folder": (
        '"${IMAP_PASSWORD}"', "{credential: ../shadow}",
        "config.yaml:6:66: mailboxes.0.imap.password: should be a secret (write it as \"text in quotes\", "
        '"${NAME}" from the environment, {file: PATH} or {credential: NAME})',
    ),
    "an unknown database": (
        "sqlite:///desk.db", "mysql://root:hunter2@db/x",
        "config.yaml:2:14: store.url: is not a database we know "
        "(write it as sqlite:///desk.db or postgresql://user@host/name)",
    ),
    "a bare duration": (
        "imap: {host", "poll: 10\n    imap: {host",
        "config.yaml:6:11: mailboxes.0.poll: should be a duration (write it as 60s, 30m, 4h or 3d)",
    ),
    "no duration": (
        "imap: {host", "poll: 0s\n    imap: {host",
        "config.yaml:6:11: mailboxes.0.poll: should be at least 1 second",
    ),
    "existing mail": (
        "imap: {host", "existing_mail: keep\n    imap: {host",
        "config.yaml:6:20: mailboxes.0.existing_mail: should be one of 'file' or 'leave'",
    ),
    "processed is the inbox": (
        "imap: {host", "processed: INBOX\n    imap: {host",
        "config.yaml:6:16: mailboxes.0.processed: is the folder that is watched (name another folder)",
    ),
    "a mailbox that is read nobody knows how": (
        IMAP_LINE, "",
        "config.yaml:4:5: mailboxes.0.imap: is missing "
        "(say how the mailbox is read, or write source: pipe)",
    ),
    "a pipe that we should log in to": (
        "imap: {host", "source: pipe\n    imap: {host",
        "config.yaml:7:11: mailboxes.0.imap: means nothing where source is pipe: "
        "a mail server hands the mail in (leave it out)",
    ),
    "a pipe that we should look into": (
        IMAP_LINE, "    source: pipe\n    poll: 10s\n",
        "config.yaml:7:11: mailboxes.0.poll: means nothing where source is pipe: "
        "a mail server hands the mail in (leave it out)",
    ),
    "a source that nobody knows": (
        "imap: {host", "source: pop3\n    imap: {host",
        "config.yaml:6:13: mailboxes.0.source: should be one of 'imap' or 'pipe'",
    ),
    "a mailbox name with a space": (
        "- name: support", "- name: my mail",
        "config.yaml:4:11: mailboxes.0.name: 'my mail' is not a name (use letters, digits, - _ and . only)",
    ),
    "unknown time zone": (
        "tag: Acme", "tag: Acme, timezone: Europe/Lissabon",
        "config.yaml:1:80: desk.timezone: there is no time zone 'Europe/Lissabon' "
        "(use a name such as Europe/Lisbon or UTC)",
    ),
    "a time zone that is a path": (
        "tag: Acme", "tag: Acme, timezone: ../../etc/passwd",
        "config.yaml:1:80: desk.timezone: there is no time zone '../../etc/passwd' "
        "(use a name such as Europe/Lisbon or UTC)",
    ),
    "a tag that breaks the tag": (
        "tag: Acme", 'tag: "A]me"',
        "config.yaml:1:64: desk.tag: 'A]me' cannot stand in a subject tag "
        "(use at most 40 characters, none of [ ] #)",
    ),
    "half an address": (
        "address: support@acme.example", "address: support",
        "config.yaml:1:37: desk.address: 'support' is not an e-mail address (write it as name@example.com)",
    ),
    "an address with a name": (
        "address: support@acme.example", 'address: "Acme <support@acme.example>"',
        "config.yaml:1:37: desk.address: 'Acme <support@acme.example>' is not an e-mail address "
        "(write it as name@example.com)",
    ),
    "an address in another script": (
        "address: support@acme.example", "address: support@ácme.example",
        "config.yaml:1:37: desk.address: 'support@ácme.example' is not written in ASCII "
        "(write the domain in its xn-- form)",
    ),
    "testing maybe": (
        "smtp:", "testing: maybe\nsmtp:", "config.yaml:7:10: testing: should be true or false",
    ),
    "hops": (
        "smtp:", "trust: {hops: -1}\nsmtp:", "config.yaml:7:15: trust.hops: should be at least 0",
    ),
    "a small size": (
        "smtp:", "limits: {parse_size: 1KiB}\nsmtp:",
        "config.yaml:7:22: limits.parse_size: should be at least 1MiB",
    ),
    "a short retention": (
        "smtp:", "retention: {closed: 1h}\nsmtp:",
        "config.yaml:7:21: retention.closed: should be at least 1 day",
    ),
    "a board that is read anew too soon": (
        "smtp:", "board: {file: b.html, refresh: 1s}\nsmtp:",
        "config.yaml:7:32: board.refresh: should be at least 15 seconds",
    ),
    "a bare size": (
        "smtp:", "limits: {store_size: 67108864}\nsmtp:",
        "config.yaml:7:22: limits.store_size: should be a size (write it as 64KiB, 32MiB or 1GiB)",
    ),
    "sizes that contradict": (
        "smtp:", "limits: {parse_size: 128MiB}\nsmtp:",
        "config.yaml:7:22: limits.parse_size: is larger than store_size (lower it or raise store_size)",
    ),
    "no relay": (
        "smtp: {host: smtp.acme.example}\n", "",
        "config.yaml:4:5: mailboxes.0: mailbox support has no relay to send through "
        "(add smtp: at the top of the file, or to the mailbox)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG.keys())
def test_one_thing_wrong_is_one_line(problems: Problems, old: str, new: str, said: str) -> None:
    assert problems(changed(old, new)) == [said]


PEOPLE_WRONG = {
    "an agent is the mailbox": (
        "people: {agents: [{name: A, address: Support@acme.example}]}",
        "8:38: people.agents.0.address: Support@acme.example is the address of mailbox support "
        "(give the person's own address: letters to ourselves would go round for ever)",
    ),
    "a leader is the mailbox": (
        "people: {leadership: [{name: A, address: support@acme.example}]}",
        "8:42: people.leadership.0.address: support@acme.example is the address of mailbox support "
        "(give the person's own address: letters to ourselves would go round for ever)",
    ),
    "an operator is the mailbox": (
        "people: {operators: [support@acme.example]}",
        "8:22: people.operators.0: support@acme.example is the address of mailbox support "
        "(give the person's own address: letters to ourselves would go round for ever)",
    ),
    "an unknown team": (
        "people: {agents: [{name: A, address: a@acme.example, teams: [x]}]}",
        "8:62: people.agents.0.teams.0: there is no team x (add it to people.teams)",
    ),
    "a lead who is no agent": (
        "people: {teams: [{name: t, lead: a@acme.example}]}",
        "8:34: people.teams.0.lead: a@acme.example is not an agent (add it to people.agents)",
    ),
    "a team twice": (
        "people: {teams: [{name: t}, {name: t}]}",
        "8:36: people.teams.1.name: there is already a team t",
    ),
    "an agent twice": (
        "people: {agents: [{name: A, address: a@acme.example}, {name: B, address: A@acme.example}]}",
        "8:74: people.agents.1.address: there is already an agent a@acme.example",
    ),
    "an account twice": (
        "accounts: [{name: H}, {name: H}]",
        "8:30: accounts.1.name: there is already an account H",
    ),
    "a domain of two accounts": (
        "accounts: [{name: G, domains: [g.example]}, {name: H, domains: [G.example]}]",
        "8:65: accounts.1.domains.0: g.example belongs to account G already",
    ),
    "a domain of everybody": (
        "accounts: [{name: G, domains: [gmail.com]}]",
        "8:32: accounts.0.domains.0: anybody may have an address at gmail.com "
        "(list its people under addresses)",
    ),
    "a domain that is an address": (
        "accounts: [{name: G, domains: [a@g.example]}]",
        "8:32: accounts.0.domains.0: 'a@g.example' is not a domain name (write it as example.com)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "said"), PEOPLE_WRONG.values(), ids=PEOPLE_WRONG.keys())
def test_people_and_accounts_must_make_sense(problems: Problems, line: str, said: str) -> None:
    assert problems(f"{MINIMAL}{line}\n") == [f"config.yaml:{said}"]


def test_a_subaddress_of_a_mailbox_is_the_mailbox(problems: Problems) -> None:
    text = changed("imap: {host", 'subaddress: "+"\n    imap: {host')
    said = problems(f"{text}people: {{operators: [support+ops@acme.example]}}\n")
    assert said[0].startswith(
        "config.yaml:9:22: people.operators.0: support+ops@acme.example is the address of mailbox support"
    )


BOX = "    imap: {host"
OUR_NAMES_WRONG = {
    "an alias is an agent": (
        "    aliases: [ana@acme.example]\n",
        "people: {agents: [{name: A, address: Ana@acme.example}]}",
        "6:15: mailboxes.0.aliases.0: ana@acme.example is an alias of mailbox support, and "
        "people.agents.0.address is Ana@acme.example",
    ),
    "an operator is a detail of an alias": (
        "    aliases: [x@acme.example, help@acme.example]\n",
        "people: {operators: [help+ops@acme.example]}",
        "6:31: mailboxes.0.aliases.1: help@acme.example is an alias of mailbox support, and "
        "people.operators.0 is help+ops@acme.example",
    ),
    "a leader is a group": (
        "    groups: [lea@acme.example]\n",
        "people: {leadership: [{name: A, address: lea@acme.example}]}",
        "6:14: mailboxes.0.groups.0: lea@acme.example is a group of mailbox support, and "
        "people.leadership.0.address is lea@acme.example",
    ),
    "an agent is a detail of a mailbox that gives out none": (
        "",
        "people: {agents: [{name: A, address: support+ana@acme.example}]}",
        "8:38: people.agents.0.address: support+ana@acme.example is the address of mailbox support",
    ),
    "an alias is the mailbox": (
        "    aliases: [Support@acme.example]\n",
        "",
        "6:15: mailboxes.0.aliases.0: Support@acme.example is the address of mailbox support already",
    ),
    "an alias twice": (
        "    aliases: [a@acme.example, A@acme.example]\n",
        "",
        "6:31: mailboxes.0.aliases.1: A@acme.example is an alias of mailbox support already",
    ),
}


@pytest.mark.parametrize(("names", "line", "said"), OUR_NAMES_WRONG.values(), ids=OUR_NAMES_WRONG.keys())
def test_our_own_names_are_nobody_elses(problems: Problems, names: str, line: str, said: str) -> None:
    (problem,) = problems(f"{changed(BOX, names + BOX)}{line}\n")
    assert problem.startswith(f"config.yaml:{said}")


OTHER_BOX = """\
  - name: sales
    address: sales@acme.example
    {}: [{}]
    imap: {{host: imap.acme.example, username: sales, password: "x"}}
smtp:"""


@pytest.mark.parametrize(
    ("key", "address", "said"),
    [
        ("aliases", "support@acme.example", "is the address of mailbox support already"),
        ("groups", "support@acme.example", "is the address of mailbox support (name"),
        ("aliases", "team@acme.example", "is an alias of mailbox support already"),
    ],
)
def test_a_name_leads_to_one_mailbox(problems: Problems, key: str, address: str, said: str) -> None:
    text = changed(BOX, "    aliases: [team@acme.example]\n" + BOX)
    (problem,) = problems(text.replace("smtp:", OTHER_BOX.format(key, address)))
    assert problem.startswith(f"config.yaml:10:{8 + len(key)}: mailboxes.1.{key}.0: {address} {said}")


@pytest.mark.parametrize(
    "names",
    [
        "    groups: [support@acme.example]\n",
        "    aliases: [desk@acme.example]\n    groups: [desk@acme.example]\n",
    ],
)
def test_a_group_may_be_what_customers_write_to(loads: Loads, names: str) -> None:
    assert loads(changed(BOX, names + BOX)).mailboxes[0].groups


@pytest.mark.parametrize(("length", "fits"), [(23, True), (24, False)])
def test_a_mailbox_with_reply_addresses_has_room_for_them(
    loads: Loads, problems: Problems, length: int, fits: bool
) -> None:
    name = "s" * length
    text = changed("imap: {host", 'subaddress: "+"\n    imap: {host')
    text = text.replace("address: support@", f"address: {name}@")
    if fits:
        keys, box = KeyRing.generate(b"k" * 32), loads(text).mailboxes[0]
        assert len(reply_address(keys, box.address, "+", "7K2Q-9F3MX", 999).partition("@")[0]) == 64
    else:
        (said,) = problems(text)
        assert f"mailboxes.0.subaddress: {name} is too long for reply addresses" in said


SECOND = """\
  - name: {name}
    address: {address}
    folder: {watched}
    imap: {{host: imap.acme.example, username: support, password: x}}
"""


@pytest.mark.parametrize(
    ("name", "address", "watched", "said"),
    [
        ("support", "b@acme.example", "B", "7:11: mailboxes.1.name: there is already a mailbox support"),
        (
            "b",
            "SUPPORT@acme.example",
            "B",
            "8:14: mailboxes.1.address: there is already an address support@acme.example",
        ),
        ("b", "b@acme.example", "Inbox", "9:13: mailboxes.1.folder: support already watches this folder"),
    ],
    ids=["name", "address", "folder"],
)
def test_two_mailboxes_must_differ(
    problems: Problems, name: str, address: str, watched: str, said: str
) -> None:
    second = SECOND.format(name=name, address=address, watched=watched)
    assert problems(changed("smtp:", f"{second}smtp:").replace(f"{second[2:]}  ", "")) == [
        f"config.yaml:{said}"
    ]


# --- the file itself ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "config.yaml:1:1: the file is empty", id="empty"),
        pytest.param(b"# only\n", "config.yaml:1:1: the file is empty", id="only a comment"),
        pytest.param(
            b"- a\n",
            "config.yaml:1:1: should hold keys and values (begin with a key and a colon)",
            id="a list",
        ),
        pytest.param(
            b"desk: \xff\n", "config.yaml:1:7: is not UTF-8 text (save the file as UTF-8)", id="latin-1"
        ),
        pytest.param(
            b"a: [1\nb: 2\n",
            "config.yaml:2:2: is not valid YAML: did not find expected ',' or ']'",
            id="open",
        ),
        pytest.param(
            b"desk:\n\tname: x\n",
            "config.yaml:2:1: is not valid YAML: found character that cannot start any token "
            "(indent with spaces, never tabs)",
            id="tab",
        ),
        pytest.param(b"? [a]\n: b\n", "config.yaml:1:3: a key must be one word", id="a key that is a list"),
        pytest.param(
            b"a: &x [1]\nb: *x\n",
            "config.yaml:1:4: a: is used again by an alias (write it out instead)",
            id="alias",
        ),
        pytest.param(
            b"a: &x [*x]\n",
            "config.yaml:1:4: a.0: is used again by an alias (write it out instead)",
            id="loop",
        ),
        pytest.param(
            b"a: \x00\n",
            "config.yaml:1:1: is not valid YAML: it holds a character that YAML does not allow",
            id="NUL",
        ),
        pytest.param(
            b"a: {b: 1,\n  b: 2}\n",
            "config.yaml:2:3: a.b: is given twice, the first time on line 1 (keep one of them)",
            id="twice",
        ),
    ],
)
def test_a_file_of_the_wrong_form_says_where(folder: Path, content: bytes, said: str) -> None:
    Path("config.yaml").write_bytes(content)
    with pytest.raises(ConfigError) as told:
        load(Path("config.yaml"))
    assert str(told.value) == said


def test_a_file_that_is_not_there_is_said_so(folder: Path) -> None:
    with pytest.raises(ConfigError) as told:
        load(Path("nowhere.yaml"))
    assert str(told.value) == (
        "nowhere.yaml:1:1: there is no such configuration "
        "(begin a desk with `maildesk init DIR`, or say where its config.yaml is with -c FILE)"
    )


def test_a_byte_order_mark_is_no_mistake(folder: Path) -> None:
    Path("config.yaml").write_text(MINIMAL, encoding="utf-8-sig")
    assert load(Path("config.yaml")).desk.name == "Acme Support"


# --- everything at once ---------------------------------------------------------------------------


def test_all_problems_are_told_at_once_in_the_order_of_the_file(problems: Problems) -> None:
    """Wrong values, and broken laws between the sections that are well-formed."""
    said = problems(
        changed("tag: Acme", "tga: Acme").replace("imap.acme.example", "imap:993")
        + "people:\n  agents: [{name: A, address: a@acme.example, teams: [x]}]\n"
        + "limits: {poll: 3}\n"
        + "accounts: [{name: H}, {name: H}]\n"
    )
    assert [line.split(" (")[0] for line in said] == [
        "config.yaml:1:7: desk.tag: is missing",
        "config.yaml:1:59: desk.tga: unknown key",
        "config.yaml:6:18: mailboxes.0.imap.host: 'imap:993' is not a host name",
        "config.yaml:9:55: people.agents.0.teams.0: there is no team x",
        "config.yaml:10:10: limits.poll: unknown key",
        "config.yaml:11:30: accounts.1.name: there is already an account H",
    ]


def test_no_message_repeats_a_secret(problems: Problems) -> None:
    said = problems(
        MINIMAL.replace('"${IMAP_PASSWORD}"', "[hunter2]")
        .replace("{file: secret.key}", "{key: hunter2}")
        .replace('"sqlite:///desk.db"', "mysql://hunter2@h/d")
    )
    assert len(said) == 3
    assert "hunter2" not in "\n".join(said)
