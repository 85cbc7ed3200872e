"""The values that fields of one case were given, and when each first had one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event
from maildesk.desk.case.folding import begun


class CaseValues:
    """Fields of the policy, and what else of a case is asked about where these are counted."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._had: set[str] = set()
        self._changes: dict[str, str | None] = {}
        self.news: list[tuple[str, datetime, str]] = []
        """The values given since the last cut, of fields that had none before it."""

    def given(self, name: str, value: str, at: datetime) -> None:
        self._values[name] = value
        if value and name not in self._had:
            self.news.append((name, at, value))

    def changed(self, name: str, value: str | None) -> None:
        """The type, the account, or another of its own properties is another one."""
        self._changes[name] = value

    def known(self, ref: str, opened: Event, priority: str, team: str) -> Case | None:
        """The case, as far as what is asked of it for the counts of a field; None where nothing is new."""
        if not self.news:
            return None
        case, changes = begun(ref, opened), self._changes
        return replace(
            case,
            priority=priority,
            team=team,
            type=changes.get("type", case.type),
            account=changes.get("account", case.account),
            fields=dict(self._values),
        )

    def cut(self) -> None:
        """A week ends: fields that have a value by now are counted no more."""
        self._had |= {name for name, _, _ in self.news}
        self.news = []
