"""What one word, `provider`, says about the servers of a mailbox and a relay; whatever is written wins."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.config.providers import SERVERS, Provider, is_private, provider_of
from maildesk.config.servers import ImapSection, SmtpSection
from maildesk.transport.security import Security
from tests.unit.config.conftest import MINIMAL, Loads, Problems


def imap(**written: Any) -> ImapSection:
    return ImapSection.model_validate({"username": "support", "password": "secret", **written})


def smtp(**written: Any) -> SmtpSection:
    return SmtpSection.model_validate(written)


@pytest.mark.parametrize(
    ("provider", "reads", "sends"),
    [
        ("microsoft", ("outlook.office365.com", 993, "tls"), ("smtp.office365.com", 587, "starttls", 3)),
        ("google", ("imap.gmail.com", 993, "tls"), ("smtp.gmail.com", 465, "tls", 8)),
        ("fastmail", ("imap.fastmail.com", 993, "tls"), ("smtp.fastmail.com", 465, "tls", 8)),
        ("yahoo", ("imap.mail.yahoo.com", 993, "tls"), ("smtp.mail.yahoo.com", 465, "tls", 8)),
    ],
)
def test_a_provider_says_which_servers_they_are(
    provider: str, reads: tuple[str, int, str], sends: tuple[str, int, str, int]
) -> None:
    box, relay = imap(provider=provider), smtp(provider=provider)
    assert (box.host, box.port, box.security) == reads
    assert (relay.host, relay.port, relay.security, relay.connections) == sends


def test_there_is_a_row_for_each_provider() -> None:
    assert set(SERVERS) == set(Provider)


def test_what_is_written_wins() -> None:
    relay = smtp(provider="microsoft", host="relay.acme.example", connections=2)
    assert (relay.host, relay.connections, relay.security) == ("relay.acme.example", 2, Security.STARTTLS)


def test_a_port_that_is_written_brings_the_security_that_goes_with_it() -> None:
    assert smtp(provider="google", port=587).security is Security.STARTTLS
    assert smtp(provider="google", port=2525).security is Security.TLS
    assert imap(provider="google", port=143).security is Security.STARTTLS


def test_a_security_that_is_written_brings_its_port() -> None:
    assert smtp(provider="google", security="starttls").port == 587


def test_without_a_provider_nothing_changes() -> None:
    relay = smtp(host="smtp.acme.example")
    assert (relay.port, relay.security, relay.connections) == (587, Security.STARTTLS, 8)


def test_a_configuration_may_name_a_provider_alone(loads: Loads) -> None:
    text = MINIMAL.replace("host: imap.acme.example", "provider: fastmail")
    box = loads(text.replace("host: smtp.acme.example", "provider: microsoft")).mailboxes[0]
    assert box.account == ("imap.fastmail.com", "support")


@pytest.mark.parametrize("wrong", ["gogle", "[google]", "{google: yes}", "7"])
def test_a_provider_that_we_do_not_know_is_told_with_those_that_we_do(problems: Problems, wrong: str) -> None:
    told = problems(MINIMAL.replace("host: smtp.acme.example", f"host: a.example, provider: {wrong}"))
    assert len(told) == 1
    assert "smtp.provider: should be one of 'microsoft', 'google', 'fastmail' or 'yahoo'" in told[0]


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("help@gmail.com", Provider.GOOGLE),
        ("help@GoogleMail.com", Provider.GOOGLE),
        ("help@acme.onmicrosoft.com", Provider.MICROSOFT),
        ("help@outlook.com", Provider.MICROSOFT),
        ("help@fastmail.com", Provider.FASTMAIL),
        ("help@yahoo.de", Provider.YAHOO),
        ("help@notgmail.com", None),
        ("help@acme.example", None),
        ("nobody", None),
    ],
)
def test_a_provider_is_guessed_from_an_address(address: str, provider: Provider | None) -> None:
    assert provider_of(address) is provider


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("help@outlook.com", True),
        ("help@Hotmail.de", True),
        ("help@acme.onmicrosoft.com", False),
        ("help@outlook.com.acme.example", False),
        ("help@gmail.com", False),
    ],
)
def test_a_persons_own_address_at_microsoft_is_told_from_an_organisations(
    address: str, private: bool
) -> None:
    assert is_private(address) is private
