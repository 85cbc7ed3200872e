"""What cannot be done about an escalation says what to write in a mail, and what to type instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maildesk.desk.decisions import reviewing
from maildesk.desk.decisions.actor import Actor
from maildesk.errors import MaildeskError
from tests.unit.desk.matters import AGENT, CASE, NOW

ANA = Actor(AGENT, NOW, AGENT)


@pytest.mark.parametrize(
    "act",
    [lambda: reviewing.plan(CASE, ANA, "We mend it."), lambda: reviewing.share_plan(CASE, ANA)],
    ids=["plan", "share"],
)
def test_a_case_that_is_not_escalated_takes_notes_by_mail_and_at_the_command_line(
    act: Callable[[], object],
) -> None:
    with pytest.raises(MaildeskError) as problem:
        act()
    assert problem.value.remedy == "keep words inside by #note or `maildesk case note`"
