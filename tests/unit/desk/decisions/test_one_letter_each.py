"""One mail makes one letter to each reader: any two commands, with words below them and without.

A question is a letter of its own: its answer stays inside, and that to a notice goes to the customer.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import pytest

from maildesk.desk.case.case import PartyRole, Phase
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.agent_mail import act_by_mail
from maildesk.desk.decisions.settling import Known, Terms, settle
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.desk.policy.people import Person
from maildesk.desk.screening.outcomes import Outcome, ScreeningResult
from maildesk.desk.screening.situation import CaseMatch, Link, Who
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import Standing
from tests.unit.desk.matters import AGENT, CASE, CY, DESK, LEADER, NOW, PEOPLE, POLICY, mail, situation

BEN, CORA = "ben@acme.example", "cora@acme.example"
THREE = replace(
    DESK,
    people=replace(PEOPLE, agents=(*PEOPLE.agents, Person("Ben Beck", BEN), Person("Cora Clark", CORA))),
    policy=replace(POLICY, tells_reassigned=True),
)
BENS = replace(CASE.joined(CY, "Cy", PartyRole.CC).joined(AGENT, "Ana", PartyRole.AGENT), owner=BEN)
ACTS = ScreeningResult(Outcome.ACT, "own-token", Who.DESK)
LINES = (
    "#close a new cable", "#wait 3d", "#reopen", "#escalate", "#spam", "#take", "#assign Cora Clark",
    "#assign none", "#priority urgent", "#note", f"#ask {BEN}", f"#ask {CORA}", f"#ask {LEADER}",
    "#add dee@client.example", f"#remove {CY}", "#status", "#help", "#anyway",
)  # fmt: skip
PAIRS = [*((each,) for each in LINES), *itertools.permutations(LINES, 2)]


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CLOSED])
@pytest.mark.parametrize("words", ["", "\nPlug it in, please."], ids=["bare", "words"])
def test_no_two_commands_write_twice_to_anybody(phase: Phase, words: str) -> None:
    held = replace(BENS, phase=phase)
    twice = {}
    for lines in PAIRS:
        theirs = mail(AGENT, Standing.VOUCHED, own_text="\n".join(lines) + words)
        decided = act_by_mail(situation(theirs, found=CaseMatch(held, Link.TOKEN)), THREE, ACTS)
        assert decided.change
        past, terms = Known(before=held), Terms(THREE, LetterLimits(), NOW)
        came_to = settle(decided.change, Cause("1@acme.example"), past, terms)
        letters = [
            (one.order.kind, one.to) for one in came_to.letters if one.order.kind is not LetterKind.ASK
        ]
        notices = [(one.notice.order.kind, one.notice.to) for one in came_to.notices]
        read = Counter(folded(one.address) for _, to in (*letters, *notices) for one in to)
        if max(read.values(), default=0) > 1:
            twice[lines] = [(kind.value, [one.address for one in to]) for kind, to in (*letters, *notices)]
    assert not twice
