"""Relays out of reach: how long each has been so."""

from __future__ import annotations

from maildesk.daemon.relay_backoff import RestingRelays
from maildesk.errors import ConnectionLost
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpRelay
from maildesk.transport.smtp_opening import SmtpAccount

RELAY = SmtpRelay(SmtpAccount("relay.example", 25, Security.NONE, None, None), 1)


def test_a_relay_that_stays_away_is_known_for_how_long() -> None:
    """Ten minutes of it are worth a word to the operators."""
    resting = RestingRelays(lambda: 0.0)
    problem = ConnectionLost("no answer")
    silent = [resting.after({RELAY: problem}, at)[0].silent for at in (100.0, 200.0, 800.0)]
    assert silent == [0.0, 100.0, 700.0]
    resting.after({}, 900.0)  # it was reached
    assert resting.after({RELAY: problem}, 1000.0)[0].silent == 0.0
