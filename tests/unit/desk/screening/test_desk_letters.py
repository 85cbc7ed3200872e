"""Whose letter a machine answers: a table of what it returns, and whether its author is the desk's own."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.desk.case.case import PartyRole
from maildesk.desk.screening.desk_letters import answers_desk_letter
from maildesk.desk.screening.shown_tokens import id_token, reply_token
from maildesk.desk.screening.signals import Signals
from maildesk.mail.addr_spec import Addresses
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, EVE

KEY = "expert@vendor.example"
THE_CASE = CASE.joined(AGENT, "Ana", PartyRole.AGENT).joined(KEY, "Dora", PartyRole.CONSULTED)
REQUESTERS, AGENTS, ASKED = 1, 2, 3
REF = CASE.ref
SENT = {"notice@acme.example": Addresses({AGENT}), "answer@acme.example": Addresses({BO})}


def answers(author: str, shown: Any = (), **returned: Any) -> bool:
    signals = Signals(**{"tokens": (), "thread_ids": (), "tags": ()} | returned)
    return answers_desk_letter(author, signals, DESK, {REF: THE_CASE}, SENT, frozenset(shown))


def token(party: int) -> dict[str, Any]:
    return {"tokens": ((REF, party),)}


def ids(*named: str) -> dict[str, Any]:
    return {"thread_ids": named}


AGENTS_TOKEN, NOTICE = {reply_token(REF, AGENTS)}, {id_token("notice@acme.example")}

ROWS: dict[str, tuple[bool, bool]] = {
    "nothing": (answers(EVE), False),
    "an agent's reply address": (answers(EVE, **token(AGENTS)), True),
    "one that was shown, and a stranger": (answers(EVE, AGENTS_TOKEN, **token(AGENTS)), True),
    "one that was shown, and a customer": (answers(BO, AGENTS_TOKEN, **token(AGENTS)), False),
    "a customer's reply address": (answers(EVE, **token(REQUESTERS)), False),
    "the reply address of whom we asked": (answers(EVE, **token(ASKED)), True),
    "whom we asked themselves": (answers(KEY, **token(ASKED)), False),
    "a notice": (answers(EVE, **ids("x@y.example", "notice@acme.example")), True),
    "a notice that was shown": (answers(EVE, NOTICE, **ids("notice@acme.example")), False),
    "a customer's letter": (answers(EVE, **ids("answer@acme.example")), False),
    "a digest": (answers(EVE, **ids("digest.a1b2@acme.example")), True),
    "a digest of others": (answers(EVE, **ids("digest.a1b2@vendor.example")), False),
    "an id of others in our domain": (answers(EVE, **ids("7.a1b2@acme.example")), False),
    "a question": (answers(EVE, confirmations=("token",)), True),
}


@pytest.mark.parametrize(("found", "expected"), ROWS.values(), ids=ROWS)
def test_a_machine_that_answers_a_letter_to_the_desk_is_the_desks_own(*, found: bool, expected: bool) -> None:
    assert found is expected
