"""Cases that an agent's mail opens for a customer: what the mail's own form says is not the customer's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import GOOGLE, Event
from maildesk.desk.decisions.deciding import decide
from maildesk.mail.message import Address, PassedOn, Standing
from tests.unit.desk.matters import AGENT, BO, DESK, DESK_ADDRESS, mail, situation

OURS = replace(DESK, policy=replace(DESK.policy, languages=("en", "de")))
BY_AGENTS: dict[str, dict[str, Any]] = {
    "passed on": {"passed_on": PassedOn(Address(BO, "Bo"), "Printer", "It burns.")},
    "entered": {"own_text": f"#new {BO}\n\nIt burns."},
    "written to": {"to": (Address(BO), Address(DESK_ADDRESS))},
}


def opened(author: str, **more: Any) -> tuple[Case, Event]:
    """The case of a mail that was sent by way of Google Workspace, by a program in German."""
    sent = mail(author, Standing.VOUCHED, google=True, language="de", **more)
    change = decide(situation(sent), OURS).change
    assert change is not None
    return change.case, change.events[0]


@pytest.mark.parametrize("said", BY_AGENTS.values(), ids=BY_AGENTS)
def test_what_an_agents_mail_shows_of_google_workspace_says_nothing_of_the_customer(
    said: dict[str, Any],
) -> None:
    case, event = opened(AGENT, **said)
    assert (case.requester, GOOGLE in event.data) == (BO, False)
    assert GOOGLE in opened(BO)[1].data


@pytest.mark.parametrize("how", ["passed on", "entered"])
def test_the_language_of_an_agents_mail_program_is_not_the_customers(how: str) -> None:
    assert opened(AGENT, **BY_AGENTS[how])[0].language == ""
    assert opened(BO)[0].language == "de"


def test_a_line_that_cannot_be_read_is_its_agents_to_mend_and_no_operators() -> None:
    sent = mail(AGENT, Standing.VOUCHED, own_text=f"#new fax {BO}\n\nIt burns.")
    decided = decide(situation(sent), OURS)
    assert decided.change is None
    assert decided.awaits_author
    (letter,) = decided.apart
    assert letter.extra["again"] == "yes"
    assert "the policy knows no channel 'fax'" in letter.extra["why"]
