"""An absence note of an agent's own: the desk remembers it, to suggest `#away` to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.desk.policy.absences import NotedAbsence
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.persons_words import is_surely_absent
from maildesk.desk.screening.situation import Sameness, Situation
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import AutomaticKind, Standing

_AGAIN: Final = frozenset({Sameness.SEEN, Sameness.DUPLICATE, Sameness.COPY})
_NOTES: Final = frozenset({AutomaticKind.AUTO_REPLY, AutomaticKind.GENERATED})
_LONGEST: Final = timedelta(days=365)
"""A day beyond is none that `#away` would take."""


def noted_absence(s: Situation, desk: Desk) -> NotedAbsence | None:
    """The absence that an agent's mailbox tells of; None for other mail, and where they are away already.

    Nobody is away by it: a note may be forged, or forgotten. Leaders who are no agents are given no cases.
    """
    agent = desk.people.agent(s.author)
    if agent is None or agent.away or not _is_news(s) or not _is_note(s):
        return None
    today = s.now.astimezone(ZoneInfo(desk.zone)).date()
    until = s.mail.automation.away_until
    named = until if until and until <= today + _LONGEST else None
    absence = NotedAbsence(folded(agent.address), s.now, named)
    came = replace(absence, noted_at=min(s.received, s.now))
    return None if came.over(today) else absence


def _is_news(s: Situation) -> bool:
    """Tell whether it is from that mailbox as far as anybody knows, and was not there before."""
    forged = s.mail.author.standing is Standing.FAILED
    return s.promises and not forged and s.repeat.same not in _AGAIN and not s.evidence.ours


def _is_note(s: Situation) -> bool:
    """Tell whether a machine says that somebody is away: who writes commands, or answers for it, is there."""
    if s.heard.said.lines or s.inquiry.confirmed or s.mail.automation.bounce:
        return False
    automatic = s.mail.automation.automatic
    return (automatic is None or automatic.kind in _NOTES) and is_surely_absent(s.mail)
