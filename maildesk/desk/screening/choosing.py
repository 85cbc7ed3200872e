"""A mail in which one of the desk's people chooses for themselves, about no case."""

from __future__ import annotations

from maildesk.desk.case.commands import CHOOSING
from maildesk.desk.screening.situation import Situation


def chooses(s: Situation) -> bool:
    """Tell whether the mail is about no case and its commands are all of that kind."""
    lines = s.heard.said.lines
    person = s.inquiry.confirmed or not s.heard.machine_like
    return (
        s.found is None
        and person
        and bool(lines)
        and all(line.command is not None and line.command.word in CHOOSING for line in lines)
    )
