"""What a Message-ID is worth: who bore it, who named it, and who asks; in whatever order mails come."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.screening.finding import find
from maildesk.desk.screening.signals import Signals
from maildesk.desk.screening.situation import CaseMatch, Link
from maildesk.mail.message import Address, Automatic, AutomaticKind, Bounce, IncomingMail, Standing
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK_ADDRESS, EVE, LEADER, PEOPLE, mail

DI = "di@partner.example"
"""Takes part in Bo's case, and works for another company."""

BOS = CASE.joined(CY, "Cy", PartyRole.CC).joined(AGENT, "Ana Agent", PartyRole.AGENT).heard_from(CY)
WITH_DI = replace(CASE, ref="8M3R-0G4N").joined(DI, "Di", PartyRole.CC).heard_from(DI)
EVES = replace(CASE, ref="9N4S-1H5P", requester=EVE, parties=()).joined(EVE, "Eve", PartyRole.REQUESTER)
EVES = EVES.heard_from(EVE)
EVES_WITH_BO = replace(EVES, ref="9N4S-2J6Q").joined(BO, "Bo", PartyRole.CC)
COPIED = EVES_WITH_BO.joined(CY, "Cy", PartyRole.CC)
"""Eve wrote, and copied two who never did."""
COPIED = replace(COPIED, ref="9N4S-3K7R")
FAY = "fay@evil.example"
WITH_FAY = replace(EVES, ref="9N4S-4M8S").joined(FAY, "Fay", PartyRole.CC)
ALL = (BOS, WITH_DI, EVES, EVES_WITH_BO, COPIED, WITH_FAY)
CASES = {case.ref: case for case in ALL}
MACHINE = {"automatic": Automatic(AutomaticKind.GENERATED, "Auto-Submitted: auto-generated")}

Claims = dict[str, list[tuple[Case, Hold]]]
BEARS, ALIAS, NAMED = Hold.BEARS, Hold.ALIAS, Hold.NAMED


def found(
    author: str, claims: Claims, standing: Standing = Standing.UNKNOWN, **changes: Any
) -> CaseMatch | None:
    """Where a mail by `author` belongs when ids are tied to cases like this, the oldest first."""
    the_mail: IncomingMail = mail(author, standing, **changes)
    tied = {each: [Claim(case.ref, hold) for case, hold in there] for each, there in claims.items()}
    lost = the_mail.automation.bounce.message_id if the_mail.automation.bounce else None
    ids = ((lost,) if lost else ()) + the_mail.ids.thread
    tags = tuple(ref for ref in CASES if ref in the_mail.subject)
    return find(the_mail, Signals((), ids, tags), PEOPLE, CASES, tied)


def to(*addresses: str) -> tuple[Address, ...]:
    return tuple(map(Address, (DESK_ADDRESS, *addresses)))


X = {"in_reply_to": ("x",)}
"""Answers x."""
FAR = {"in_reply_to": ("unknown",), "references": ("x", "unknown")}
"""Answers a mail that we do not know; x is the root of the thread."""
OWN = {"message_id": "x"}
"""Is x itself."""

ROWS: dict[str, tuple[str, Claims, dict[str, Any], tuple[Case, Link] | None]] = {
    # A party follows its case's mails and aliases.
    "party, a mail of the case": (CY, {"x": [(BOS, BEARS)]}, X, (BOS, Link.THREAD)),
    "party, a mail of the case far up": (CY, {"x": [(BOS, BEARS)]}, FAR, (BOS, Link.THREAD)),
    "party, an alias": (DI, {"x": [(WITH_DI, ALIAS)]}, X, (WITH_DI, Link.THREAD)),
    "party, somebody bore the id before": (BO, {"x": [(EVES, BEARS), (BOS, BEARS)]}, X, (BOS, Link.THREAD)),
    "party, somebody has the alias too": (BO, {"x": [(EVES, ALIAS), (BOS, ALIAS)]}, X, (BOS, Link.THREAD)),
    "party, an alias of a borne id": (BO, {"x": [(EVES, BEARS), (BOS, ALIAS)]}, X, (BOS, Link.THREAD)),
    "party, the nearer mail is another's": (
        BO,
        {"unknown": [(EVES, BEARS)], "x": [(BOS, BEARS)]},
        FAR,
        (BOS, Link.THREAD),
    ),
    "party's tag before another's thread": (
        BO,
        {"x": [(EVES, BEARS)]},
        X | {"subject": f"[Acme #{BOS.ref}]"},
        (BOS, Link.TAG),
    ),
    "party's tag before what was only named": (
        BO,
        {"x": [(WITH_DI, NAMED)]},
        X | {"subject": f"[Acme #{BOS.ref}]", "to": to(DI)},
        (BOS, Link.TAG),
    ),
    "another's thread before a stranger's tag": (
        EVE,
        {"x": [(BOS, BEARS)]},
        X | {"subject": f"[Acme #{WITH_DI.ref}]"},
        (BOS, Link.THREAD),
    ),
    # Who was copied and has not written, by what others may know.
    "copied, a mail of the case": (BO, {"x": [(COPIED, BEARS)]}, X, (COPIED, Link.HINT)),
    "copied, a mail of the case far up": (BO, {"x": [(COPIED, BEARS)]}, FAR, (COPIED, Link.HINT)),
    "copied, an alias": (BO, {"x": [(COPIED, ALIAS)]}, X, (COPIED, Link.HINT)),
    "copied, to the one who copied them": (
        BO,
        {"x": [(COPIED, BEARS)]},
        X | {"to": to(EVE)},
        (COPIED, Link.HINT),
    ),
    "copied, to another who was copied": (
        BO,
        {"x": [(COPIED, BEARS)]},
        X | {"to": to(CY)},
        (COPIED, Link.HINT),
    ),
    "copied, to others": (
        BO,
        {"x": [(COPIED, BEARS)]},
        X | {"to": to("news@paper.example")},
        (COPIED, Link.HINT),
    ),
    "copied, to all": (
        BO,
        {"x": [(COPIED, BEARS)]},
        X | {"to": to(EVE.upper()), "cc": (Address(CY),)},
        (COPIED, Link.THREAD),
    ),
    "copied, an alias to all": (
        BO,
        {"x": [(COPIED, ALIAS)]},
        X | {"to": to(EVE, CY, "zoe@else.example")},
        (COPIED, Link.THREAD),
    ),
    "copied, their case and their own": (
        BO,
        {"x": [(COPIED, BEARS), (BOS, BEARS)]},
        X,
        (BOS, Link.THREAD),
    ),
    "copied, the nearer is that case's": (
        BO,
        {"unknown": [(COPIED, BEARS)], "x": [(BOS, BEARS)]},
        FAR,
        (BOS, Link.THREAD),
    ),
    "copied, a tag": (BO, {}, {"subject": f"[Acme #{COPIED.ref}]"}, (COPIED, Link.HINT)),
    "copied, a tag to all": (
        BO,
        {},
        {"subject": f"[Acme #{COPIED.ref}]", "to": to(EVE, CY)},
        (COPIED, Link.TAG),
    ),
    "copied, the late parent": (BO, {"x": [(COPIED, NAMED)]}, OWN, (COPIED, Link.HINT)),
    "copied, the late parent to all": (
        BO,
        {"x": [(COPIED, NAMED)]},
        OWN | {"to": to(EVE, CY)},
        (COPIED, Link.THREAD),
    ),
    "copied by a colleague, the late parent": (FAY, {"x": [(WITH_FAY, NAMED)]}, OWN, (WITH_FAY, Link.HINT)),
    "copied, a machine": (BO, {"x": [(COPIED, BEARS)]}, X | MACHINE, (COPIED, Link.HINT)),
    # What was only named: the late parent, and other answers to it.
    "late parent, the author's own answer came first": (BO, {"x": [(CASE, NAMED)]}, OWN, (BOS, Link.THREAD)),
    "late parent, a colleague's answer came first": (CY, {"x": [(BOS, NAMED)]}, OWN, (BOS, Link.THREAD)),
    "late parent, its answer joined later by tag": (BO, {"x": [(BOS, ALIAS)]}, OWN, (BOS, Link.THREAD)),
    "late parent, it was addressed to who answered": (
        BO,
        {"x": [(WITH_DI, NAMED)]},
        OWN | {"to": to(DI)},
        (WITH_DI, Link.THREAD),
    ),
    "late parent, somebody listens whom it was not for": (
        BO,
        {"x": [(WITH_DI, NAMED)]},
        OWN,
        (WITH_DI, Link.HINT),
    ),
    "late parent, a stranger named it": (BO, {"x": [(EVES, NAMED)]}, OWN, (EVES, Link.HINT)),
    "late parent, a stranger named it and copied its author": (
        BO,
        {"x": [(EVES_WITH_BO, NAMED)]},
        OWN,
        (EVES_WITH_BO, Link.HINT),
    ),
    "late parent, a stranger learnt it as an alias": (
        BO,
        {"x": [(EVES_WITH_BO, ALIAS)]},
        OWN,
        (EVES_WITH_BO, Link.HINT),
    ),
    "late parent, a stranger named it before the real answer": (
        BO,
        {"x": [(EVES_WITH_BO, NAMED), (BOS, NAMED)]},
        OWN,
        (BOS, Link.THREAD),
    ),
    "another answer to a mail that never came": (CY, {"x": [(BOS, NAMED)]}, X, (BOS, Link.THREAD)),
    "another answer, somebody listens": (BO, {"x": [(EVES_WITH_BO, NAMED)]}, X, (EVES_WITH_BO, Link.HINT)),
    "another answer by a stranger": (EVE, {"x": [(BOS, NAMED)]}, X, None),
    # Strangers.
    "stranger, answers a mail of the case": (EVE, {"x": [(BOS, BEARS)]}, X, (BOS, Link.THREAD)),
    "stranger, answers it to somebody on the case": (
        EVE,
        {"x": [(BOS, BEARS)]},
        FAR | {"to": to(CY.upper())},
        (BOS, Link.THREAD),
    ),
    "stranger, to others than those on the case": (
        EVE,
        {"x": [(BOS, BEARS)]},
        X | {"to": to("zoe@elsewhere.example")},
        (BOS, Link.HINT),
    ),
    "stranger, only the root far up": (EVE, {"x": [(BOS, BEARS)]}, FAR, (BOS, Link.HINT)),
    "stranger, an id of two cases": (EVE, {"x": [(BOS, BEARS), (WITH_DI, BEARS)]}, X, (BOS, Link.HINT)),
    "stranger, an id of two cases, to somebody on one": (
        EVE,
        {"x": [(BOS, BEARS), (WITH_DI, BEARS)]},
        X | {"cc": (Address(DI),)},
        (WITH_DI, Link.THREAD),
    ),
    "stranger, an alias": (EVE, {"x": [(BOS, ALIAS)]}, X, (BOS, Link.HINT)),
    "victim of a claimed root": (BO, {"x": [(EVES, BEARS)]}, FAR, (EVES, Link.HINT)),
    # Machines and forgers.
    "machine of a party, a mail of the case": (BO, {"x": [(BOS, BEARS)]}, X | MACHINE, (BOS, Link.THREAD)),
    "machine of a party, an alias": (BO, {"x": [(BOS, ALIAS)]}, X | MACHINE, (BOS, Link.THREAD)),
    "machine of a party, a made-up root": (BO, {"x": [(BOS, NAMED)]}, X | MACHINE, None),
    "machine of a party, named before": (BO, {"x": [(BOS, NAMED)]}, OWN | MACHINE, None),
    "bounce of a mail of the case": (
        EVE,
        {"x": [(BOS, BEARS)]},
        {"bounce": Bounce("x", (), True, "5.1.1")},
        (BOS, Link.THREAD),
    ),
    "bounce of an alias": (
        EVE,
        {"x": [(BOS, ALIAS)]},
        {"bounce": Bounce("x", (), True, "5.1.1")},
        (BOS, Link.THREAD),
    ),
    # Desk people.
    "agent, a mail of the case": (AGENT, {"x": [(BOS, BEARS)]}, X, (BOS, Link.THREAD)),
    "leader, named before": (LEADER, {"x": [(BOS, NAMED)]}, OWN, (BOS, Link.HINT)),
    # Nothing.
    "no claim": (BO, {}, X, None),
    "a claim of no case": (BO, {"x": [(replace(CASE, ref="GONE-CASE"), BEARS)]}, X, None),
}


@pytest.mark.parametrize(("author", "claims", "changes", "expected"), ROWS.values(), ids=ROWS.keys())
def test_an_id_leads_where_the_rules_say(
    author: str, claims: Claims, changes: dict[str, Any], expected: tuple[Case, Link] | None
) -> None:
    one = found(author, claims, **changes)
    assert (one and (one.case.ref, one.link)) == (expected and (expected[0].ref, expected[1]))


def test_a_late_parent_of_a_mail_whose_sender_failed_joins_nothing() -> None:
    one = found(BO, {"x": [(BOS, NAMED)]}, Standing.FAILED, **OWN)
    assert one == CaseMatch(BOS, Link.HINT)


def test_two_threads_that_prove_to_be_one_are_told_of_each_other() -> None:
    other = replace(BOS, ref="5K5K-5K5K")
    CASES_OF_BO = CASES | {other.ref: other}
    the_mail = mail(BO, message_id="x")
    claims = [Claim(other.ref, NAMED), Claim(EVES.ref, NAMED), Claim(BOS.ref, NAMED)]
    one = find(the_mail, Signals((), (), ()), PEOPLE, CASES_OF_BO, {"x": claims})
    assert one == CaseMatch(other, Link.THREAD, also=(BOS,))


def test_a_token_comes_before_whatever_a_thread_says() -> None:
    the_mail = mail(BO, in_reply_to=("x",))
    signals = Signals(((EVES.ref, 1),), the_mail.ids.thread, ())
    one = find(the_mail, signals, PEOPLE, CASES, {"x": [Claim(BOS.ref, BEARS)]})
    assert one == CaseMatch(EVES, Link.TOKEN, 1)
