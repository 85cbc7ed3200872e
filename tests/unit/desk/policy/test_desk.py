"""The desk's addresses: as whom it speaks, and by whose relay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.policy.desk import Mailbox
from tests.unit.desk.matters import DESK

HELLO, SALES, GROUP = "Hello@acme.example", "sales@acme.net", "all@acme.example"
BOX = Mailbox("support", "Support@acme.example", "+", (HELLO, SALES), (GROUP,))
TWO = replace(DESK, mailboxes={"support": BOX, "billing": Mailbox("billing", "billing@acme.example")})


@pytest.mark.parametrize(
    ("named", "speaks"),
    [
        ([HELLO.lower(), SALES], HELLO),
        ([SALES, "support@acme.example"], SALES),
        (["support@acme.example", SALES], "Support@acme.example"),
        (["bo@client.example", "SALES@acme.net"], SALES),
        (["hello+news@acme.example"], HELLO),
        (["support+7k2q9f3m.a1xyz@acme.example", HELLO], "Support@acme.example"),
        ([GROUP], "Support@acme.example"),
        (["billing@acme.example"], "Support@acme.example"),
        ([], "Support@acme.example"),
    ],
    ids=[
        "the first that was written to",
        "an alias before the mailbox",
        "the mailbox before an alias",
        "in any letter case",
        "with a detail",
        "a reply address of ours",
        "a group is no name of ours to speak by",
        "another mailbox",
        "a blind copy",
    ],
)
def test_a_mailbox_speaks_as_whom_was_written_to(named: list[str], speaks: str) -> None:
    assert BOX.spoken_to(named) == speaks


@pytest.mark.parametrize(
    ("address", "speaks", "relay"),
    [
        (HELLO.lower(), HELLO, "support@acme.example"),
        ("support@acme.example", "Support@acme.example", "support@acme.example"),
        ("billing@acme.example", "billing@acme.example", "billing@acme.example"),
        ("gone@acme.example", DESK.address, "gone@acme.example"),
    ],
    ids=["an alias", "the mailbox", "another mailbox", "no longer ours"],
)
def test_a_case_is_answered_from_its_address_by_its_mailboxs_relay(
    address: str, speaks: str, relay: str
) -> None:
    assert (TWO.mailbox(address).spoken_to([address]), TWO.relayed_by(address)) == (speaks, relay)
