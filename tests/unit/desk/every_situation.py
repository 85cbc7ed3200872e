"""Every situation a mail can come in, as far as screening and deciding tell them apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.policy.forms import Form, FormField, FormKind
from maildesk.desk.screening.filled_forms import FormMail
from maildesk.desk.screening.heard import HeardMail, hear
from maildesk.desk.screening.situation import CaseMatch, Confirmation, Link, Sameness, Situation
from maildesk.mail.identity.question_tokens import AnswerToken
from maildesk.mail.message import (
    Address,
    Automatic,
    AutomaticKind,
    Bounce,
    IncomingMail,
    PassedOn,
    Restraint,
    Standing,
)
from tests.unit.desk.matters import (
    AGENT,
    BO,
    CASE,
    CY,
    DESK_ADDRESS,
    EVE,
    LEADER,
    LISTENING,
    NOW,
    OWN_DETAIL,
    mail,
    situation,
)

GMAIL = "bo@gmail.com"
DEV, GONE, LEFT = "dev@maker.example", "gone@client.example", "left@acme.example"
AUTHORS = (
    "",
    BO,
    BO.upper(),
    CY,
    EVE,
    GMAIL,
    "eve@gmail.com",
    AGENT,
    LEADER,
    DEV,
    GONE,
    LEFT,
    DESK_ADDRESS,
    OWN_DETAIL,
)
"""Nobody known, parties, a colleague, strangers, the desk's people, whom they asked, removed; who left."""

BOUNCED: dict[str, Any] = {"bounce": Bounce("1@acme.example", (BO,), True, "5.1.1")}
AUTOMATIC: dict[str, Any] = {"automatic": Automatic(AutomaticKind.AUTO_REPLY, "Auto-Submitted: auto-replied")}
RELAYED: dict[str, Any] = {"automatic": Automatic(AutomaticKind.LIST, "List-Id: <all.client.example>")}
NEWSLETTER: dict[str, Any] = {"reply_allowed": False, "restraints": frozenset({Restraint.NEWSLETTER})}
BOUNCED_BY_LOOKS: dict[str, Any] = {"automatic": Automatic(AutomaticKind.BOUNCE, "From: mailer-daemon")}

WRITERS: tuple[dict[str, Any], ...] = (
    {}, BOUNCED, AUTOMATIC, BOUNCED_BY_LOOKS, BOUNCED | AUTOMATIC, RELAYED, NEWSLETTER,
)  # fmt: skip
"""A person, and each kind of machine."""

A_FORM = FormMail(
    Form("Escalate", (FormField("Case number", FormKind.CASE, required=True),), subject="Escalate")
)
"""A mail that is a form, blank."""

CROWD = (
    CASE.joined(AGENT, "Ana", PartyRole.AGENT)
    .joined(GMAIL, "", PartyRole.CC)
    .joined(LEADER, "", PartyRole.LEADER)
    .joined(DEV, "", PartyRole.CONSULTED)
    .joined(GONE, "", PartyRole.CC)
    .joined(LEFT, "", PartyRole.AGENT)
    .without(GONE)
)
"""A case with a party of each role."""


def situations(held: Case, step: int = 1, **words: Any) -> Iterator[Situation]:
    """Every author, standing, link, token, repeat and trust there is; mails may have these `words`.

    With a `step` every so manieth of them; the others are not made. What only one mail shows is always met.
    """
    for one, way in itertools.islice(_situations(held, words), 0, None, step):
        yield situation(one.mail, heard=one.heard, **way)
    passed_on = PassedOn(Address(BO, "Bo"), "Printer", "It burns.")
    yield situation(mail(AGENT, Standing.VOUCHED, passed_on=passed_on))
    yield situation(mail(AGENT, Standing.VOUCHED, to=(Address(BO), Address(DESK_ADDRESS))))
    entered = mail(AGENT, Standing.VOUCHED)
    for line in ("#find printer", f"#new {BO}", "#new nobody"):
        yield situation(_saying(f"{line}\n\nIt burns.", entered))
    for line in ("#away until friday", "#away until nobody knows when", "#mine"):
        yield situation(_saying(line, entered))


def _saying(words: str, one: IncomingMail) -> IncomingMail:
    return replace(one, body=replace(one.body, own_text=words))


def _heard(one: IncomingMail) -> HeardMail:
    return HeardMail(one, hear(one, LISTENING))


def _situations(held: Case, words: Mapping[str, Any]) -> Iterator[tuple[HeardMail, Mapping[str, Any]]]:
    """Each mail, heard once, in each way that it can come."""
    founds = [None, *(CaseMatch(held, link) for link in Link)]
    founds += [CaseMatch(held, Link.TOKEN, number) for number in (*(p.number for p in held.parties), 99)]
    mails = [
        _heard(mail(author, standing, **writer, **words))
        for author, standing, writer in itertools.product(AUTHORS, Standing, WRITERS)
        if author or standing is Standing.FAILED  # without a strict From nobody is more than that
    ]
    nobody, some = frozenset[str](), frozenset({EVE, BO})
    found_ways = [
        {"found": found, "same": same, "earlier": earlier, "proven": proven, "untouched": bool(proven)}
        | {"host_named": named, "unheard": named}
        for found, same, earlier, proven, named in itertools.product(
            founds, Sameness, (None, held), (nobody, some), (False, True)
        )
    ]
    clicked = {"found": CaseMatch(held, Link.TOKEN), "click": AnswerToken(held.ref, 1, "00000")}
    as_form = [{"found": found, "form": A_FORM} for found in founds]
    yield from itertools.product(mails, found_ways)
    yield from itertools.product(mails, [clicked])
    yield from itertools.product(mails, as_form)
    for one in mails:
        if one.mail.author.shown in (BO, AGENT, LEADER, LEFT):
            yield from _confirming(one, founds, held)


def _confirming(
    one: HeardMail, founds: Sequence[CaseMatch | None], held: Case
) -> Iterator[tuple[HeardMail, Mapping[str, Any]]]:
    """What confirmations add: the mail that answers one, the mail that was confirmed, and one sent again."""
    kept = [
        Confirmation(7, author, NOW + span, where, as_it_was, answered)
        for author, span, where, as_it_was, answered in itertools.product(
            (AGENT,), (timedelta(hours=1), timedelta(0)), (None, held), (False, True), (False, True)
        )
    ]
    ways: list[dict[str, Any]] = [{"confirmation": each} for each in kept]
    ways += [{"confirmed": True}, {"replayed": True}]
    answers = [_heard(_saying(said, one.mail)) for said in ("No!", "Yes!")]
    for found, way in itertools.product(founds, ways):
        yield one, {"found": found, "host_named": True, **way}
        if "confirmation" in way:
            yield from itertools.product(answers, [{"found": found, **way}])
