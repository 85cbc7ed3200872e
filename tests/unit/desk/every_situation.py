"""Every situation a mail can come in, as far as screening and deciding tell them apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from maildesk.desk.case import Case, PartyRole
from maildesk.desk.situation import Found, Link, Same, Situation
from maildesk.mail.message import Automatic, AutomaticKind, Bounce, Standing
from tests.unit.desk.matters import (
    AGENT,
    BO,
    CASE,
    CY,
    DESK_ADDRESS,
    EVE,
    LEADER,
    OWN_DETAIL,
    mail,
    situation,
)

GMAIL = "bo@gmail.com"
AUTHORS = ("", BO, BO.upper(), CY, EVE, GMAIL, "eve@gmail.com", AGENT, LEADER, DESK_ADDRESS, OWN_DETAIL)
"""Nobody known, parties, a colleague, strangers, the desk's people, and ourselves."""

BOUNCED: dict[str, Any] = {"bounce": Bounce("1@acme.example", (BO,), True, "5.1.1")}
AUTOMATIC: dict[str, Any] = {"automatic": Automatic(AutomaticKind.AUTO_REPLY, "Auto-Submitted: auto-replied")}
BOUNCED_BY_LOOKS: dict[str, Any] = {"automatic": Automatic(AutomaticKind.BOUNCE, "From: mailer-daemon")}

WRITERS: tuple[dict[str, Any], ...] = ({}, BOUNCED, AUTOMATIC, BOUNCED_BY_LOOKS, BOUNCED | AUTOMATIC)
"""A person, and each kind of machine."""

CROWD = (
    CASE.joined(AGENT, "Ana", PartyRole.AGENT)
    .joined(GMAIL, "", PartyRole.CC)
    .joined(LEADER, "", PartyRole.LEADER)
)
"""A case with a party of each role."""


def situations(held: Case, **words: Any) -> Iterator[Situation]:
    """Every author, standing, link, token, repeat and trust there is; mails may have these `words`."""
    founds = [None, *(Found(held, link) for link in Link)]
    founds += [Found(held, Link.TOKEN, number) for number in (*(p.number for p in held.parties), 99)]
    mails = [
        mail(author, standing, **writer, **words)
        for author, standing, writer in itertools.product(AUTHORS, Standing, WRITERS)
        if author or standing is Standing.FAILED  # without a strict From nobody is more than that
    ]
    nobody, some = frozenset[str](), frozenset({EVE, BO})
    for one, found, same, earlier, proven, named in itertools.product(
        mails, founds, Same, (None, held), (nobody, some), (False, True)
    ):
        yield situation(one, found=found, same=same, earlier=earlier, proven=proven, host_named=named)
