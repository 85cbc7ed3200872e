"""Which case a mail points at: token before thread before tag, and nothing that we did not sign."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.case import Case
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.policy.desk import Mailbox
from maildesk.desk.screening.finding import find
from maildesk.desk.screening.signals import Signals, signals_of
from maildesk.desk.screening.situation import CaseMatch, Link
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.identity.references import message_id, reply_address
from maildesk.mail.message import Bounce
from tests.unit.desk.matters import CASE, DESK_ADDRESS, NOW, PEOPLE, mail

KEYS = KeyRing.generate(b"k" * 32)
FORGERS = KeyRing.generate(b"f" * 32)
SUPPORT = Mailbox("support", DESK_ADDRESS, "+")
SALES = Mailbox("sales", "sales@acme.example", "-")

A, B, C = "7K2Q-9F3M", "8M3R-0G4N", "9N4S-1H5P"
CASES: dict[str, Case] = {ref: replace(CASE, ref=ref) for ref in (A, B, C)}
THREAD = {"hers@client.example": B, "gone@client.example": "GONE-CASE"}
CLAIMS = {message_id: [Claim(ref, Hold.BEARS)] for message_id, ref in THREAD.items()}


def address(ref: str, party: int = 1, keys: KeyRing = KEYS) -> str:
    return reply_address(keys, DESK_ADDRESS, "+", ref, party)


def ours(ref: str, keys: KeyRing = KEYS) -> str:
    return message_id(keys, ref=ref, nonce="n", domain="acme.example")


def tag(ref: str) -> str:
    return f"Re: [Acme #{ref}] Printer"


def signals(**changes: Any) -> Signals:
    return signals_of(mail(**changes), KEYS, (SUPPORT, SALES), "Acme")


def found(**changes: Any) -> CaseMatch | None:
    return find(mail(**changes), signals(**changes), PEOPLE, CASES, CLAIMS)


@pytest.mark.parametrize(
    ("named", "ref", "link", "party"),
    [
        ({"recipients": (address(A, 2),)}, A, Link.TOKEN, 2),
        ({"recipients": (address(A, 2).upper(),)}, A, Link.TOKEN, 2),
        ({"recipients": (DESK_ADDRESS, "other@acme.example", address(A))}, A, Link.TOKEN, 1),
        ({"recipients": (reply_address(KEYS, SALES.address, "-", A, 3),)}, A, Link.TOKEN, 3),
        ({"in_reply_to": (ours(A),)}, A, Link.TOKEN, None),
        ({"references": (ours(A), "other@client.example")}, A, Link.TOKEN, None),
        ({"bounce": Bounce(ours(A), (), True, "5.1.1")}, A, Link.TOKEN, None),
        ({"in_reply_to": ("hers@client.example",)}, B, Link.THREAD, None),
        ({"references": ("hers@client.example",)}, B, Link.THREAD, None),
        ({"bounce": Bounce("hers@client.example", (), True, "5.1.1")}, B, Link.THREAD, None),
        ({"subject": tag(C)}, C, Link.TAG, None),
        ({"subject": tag(C).lower()}, C, Link.TAG, None),
    ],
    ids=[
        "a reply address",
        "a reply address in capitals",
        "a reply address among others",
        "a reply address of the other mailbox",
        "our Message-ID answered",
        "our Message-ID referred to",
        "our Message-ID bounced",
        "a mail of the case answered",
        "a mail of the case referred to",
        "a mail of the case bounced",
        "a tag",
        "a tag in small letters",
    ],
)
def test_a_mail_is_found_by_what_it_names(
    named: dict[str, Any], ref: str, link: Link, party: int | None
) -> None:
    assert found(**named) == CaseMatch(CASES[ref], link, party)


@pytest.mark.parametrize(
    ("named", "ref", "link"),
    [
        (
            {"recipients": (address(A),), "in_reply_to": ("hers@client.example",), "subject": tag(C)},
            A,
            Link.TOKEN,
        ),
        ({"in_reply_to": ("hers@client.example",), "references": (ours(A),)}, A, Link.TOKEN),
        ({"in_reply_to": ("hers@client.example",), "subject": tag(C)}, B, Link.THREAD),
        ({"recipients": (address(A),), "in_reply_to": (ours(B),)}, A, Link.TOKEN),
        ({"in_reply_to": (ours(A),), "references": (ours(B),)}, A, Link.TOKEN),
        ({"references": (ours(B), ours(A))}, A, Link.TOKEN),
        ({"recipients": (address("GG00-0000"), address(A))}, A, Link.TOKEN),
        ({"recipients": (address("GG00-0000"),), "subject": tag(C)}, C, Link.TAG),
        ({"in_reply_to": ("gone@client.example",), "subject": tag(C)}, C, Link.TAG),
        ({"subject": "[Acme #GG00-0000] " + tag(C)}, C, Link.TAG),
    ],
    ids=[
        "token before thread before tag",
        "token before a nearer mail of the thread",
        "thread before tag",
        "reply address before Message-ID",
        "the mail answered before those referred to",
        "the nearest of those referred to",
        "a token of no case before one that has one",
        "a token of no case is no signal",
        "a thread of no case is no signal",
        "a tag of no case is no signal",
    ],
)
def test_the_strongest_signal_wins(named: dict[str, Any], ref: str, link: Link) -> None:
    one = found(**named)
    assert one is not None
    assert (one.case.ref, one.link) == (ref, link)


def altered(text: str, at: int) -> str:
    """The text with one character changed to another of the same alphabet."""
    return text[:at] + ("2" if text[at] != "2" else "3") + text[at + 1 :]


PLUS = address(A).index("+") + 1


@pytest.mark.parametrize(
    "named",
    [
        {"recipients": (address(A, keys=FORGERS),)},
        {"in_reply_to": (ours(A, keys=FORGERS),)},
        {"recipients": (altered(address(A), PLUS),)},
        {"recipients": (address(A).replace(".a1", ".a2"),)},
        {"recipients": (address(A).partition("@")[0] + "@evil.example",)},
        {"recipients": (address(A).replace("support", "billing"),)},
        {"recipients": (address(A).replace("+", "."),)},
        {"in_reply_to": (altered(ours(A), 0),)},
        {"in_reply_to": (altered(ours(A), ours(A).index("@") - 1),)},
        {"bounce": Bounce(ours(A, keys=FORGERS), (), True, "5.1.1")},
        {"subject": f"[Other #{A}] Printer"},
        {"subject": f"{A} Printer"},
        {"text": address(A), "new_text": f"{address(A)} {ours(A)} [Acme #{A}]"},
    ],
    ids=[
        "a reply address signed by another key",
        "a Message-ID signed by another key",
        "a reply address with another case",
        "a reply address with another party",
        "a reply address at another domain",
        "a reply address of a mailbox that is none of ours",
        "a reply address with what separates no detail",
        "a Message-ID with another case",
        "a Message-ID with another signature",
        "a bounced Message-ID signed by another key",
        "somebody else's tag",
        "a reference without its tag",
        "signals in the text",
    ],
)
def test_what_we_did_not_make_names_nothing(named: dict[str, Any]) -> None:
    assert found(**named) is None


def test_a_token_made_with_an_older_key_still_counts_and_one_of_a_removed_key_does_not() -> None:
    rotated = KEYS.rotated(b"n" * 32, NOW)
    for keys in (KEYS, rotated):
        read = signals_of(mail(recipients=(address(A, keys=keys),)), rotated, (SUPPORT,), "Acme")
        assert read.tokens == ((A, 1),)
    newer = mail(recipients=(address(A, keys=rotated),), in_reply_to=(ours(A, keys=rotated),))
    assert signals_of(newer, KEYS, (SUPPORT,), "Acme").tokens == ()


@pytest.mark.parametrize(
    ("own", "came_to"),
    [
        (Mailbox("support", DESK_ADDRESS), address(A)),
        (Mailbox("support", DESK_ADDRESS, "+"), address(A).replace("+", "-")),
        (Mailbox("support", DESK_ADDRESS, "-"), address(A).upper()),
        (Mailbox("support", "x@acme.example", "+", (DESK_ADDRESS,)), address(A)),
        (
            Mailbox("support", "x@acme.example", "", ("support@acme.net",)),
            address(A).replace("example", "net"),
        ),
    ],
    ids=["details are off now", "the other separator", "in capitals", "an alias", "an alias elsewhere"],
)
def test_a_token_is_found_in_any_detail_of_any_name_of_ours(own: Mailbox, came_to: str) -> None:
    assert signals_of(mail(recipients=(came_to.lower(),)), KEYS, (own,), "Acme").tokens == ((A, 1),)


def test_every_case_that_is_named_outright_is_told_beforehand_each_once() -> None:
    read = signals(recipients=(address(A), address(A)), in_reply_to=(ours(B),), subject=tag(C))
    assert read.tokens == ((A, 1), (B, None))
    assert read.refs == {A, B, C}
    assert read.thread_ids == (ours(B),)


def test_ids_that_we_did_not_make_may_be_learnt_and_those_of_a_returned_mail_are_not_its_own() -> None:
    thread = {"in_reply_to": ("x@relay.example",), "references": (ours(A), ours(B, FORGERS))}
    read = signals(**thread, bounce=Bounce("lost@client.example", (), True, "5.1.1"))
    assert read.thread_ids[0] == "lost@client.example"
    assert read.foreign_ids == ("x@relay.example", ours(B, FORGERS))


def test_a_mail_that_names_nothing_is_found_nowhere() -> None:
    assert found() is None
    assert signals() == Signals((), (), ())


def test_an_id_that_amazon_gave_our_letter_is_also_known_as_the_relay_told_it() -> None:
    given = "0102018f00112233-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-000000"
    read = signals(in_reply_to=(f"{given}@eu-west-1.amazonses.com",))
    assert read.thread_ids == (f"{given}@eu-west-1.amazonses.com", f"{given}@amazonses.com")
