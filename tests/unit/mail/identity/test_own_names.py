"""Which addresses are ourselves: every name we go by, with every detail, and nobody else's."""

from __future__ import annotations

import pytest

from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.identity.references import KeyRing, confirmation_address, reply_address

KEYS = KeyRing.parse("a " + "11" * 32)
OURS = OwnNames.of(
    ["support@acme.example", "Help@Acme.example", "sales@acme.example"],
    dashed=["sales@acme.example"],
    groups=["all@lists.example"],
)


@pytest.mark.parametrize(
    "address",
    [
        "support@acme.example",
        "SUPPORT@ACME.EXAMPLE",
        "help@acme.example",
        "all@lists.example",
        "support+x@acme.example",
        "support+@acme.example",
        "Help+Anything.At.All@acme.EXAMPLE",
        "support+a+b-c@acme.example",
        "all+x@lists.example",
        "sales-x@acme.example",
        "sales-a-b+c@acme.example",
        "sales+x@acme.example",
        "support+b\u00fccher@acme.example",
        reply_address(KEYS, "support@acme.example", "-", "7K2Q-9F3M", 3),
        reply_address(KEYS, "help@acme.example", "+", "7K2Q-9F3M", 3).upper(),
        confirmation_address("0" * 26, "support@acme.example", "-"),
    ],
)
def test_is_ours(address: str) -> None:
    assert OURS.has(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "support",
        "support@",
        "@acme.example",
        "support@evil.example",
        "support@acme.example.evil.example",
        "support+x@evil.example",
        "support+x@acme.example@evil.example",
        "support+x@xacme.example",
        "xsupport+x@acme.example",
        "supports@acme.example",
        "supp+ort@acme.example",
        "support.x@acme.example",
        "support=x@acme.example",
        "support-team@acme.example",  # somebody else, who has this very address
        "support-ok.me@acme.example",
        "help-desk@acme.example",
        "sale-x@acme.example",
        "\u017fupport+x@acme.example",  # a long s in lower case is an s
        "support+x@acme.e\u212aample",
    ],
)
def test_is_somebody_elses(address: str) -> None:
    assert not OURS.has(address)


def test_a_group_is_known_apart_from_our_other_names() -> None:
    assert [each for each in ("all@lists.example", "ALL+x@lists.example") if OURS.is_group(each)] == [
        "all@lists.example",
        "ALL+x@lists.example",
    ]
    assert not OURS.is_group("support@acme.example")
    assert not OwnNames.of(["support@acme.example"]).is_group("support@acme.example")


def test_a_very_long_address_costs_no_more_than_a_look_at_its_ends() -> None:
    long = "support-" + "-+" * 500_000 + "@acme.example"
    assert not OURS.has(long)
    assert OURS.has(long.replace("support-", "support+"))
