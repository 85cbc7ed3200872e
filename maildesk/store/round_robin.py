"""The agent whose turn it is in a team, and the number of open cases that its agents own."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, func, insert, select

from maildesk.desk.case.case import Case, Phase
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses, ByAddress, folded
from maildesk.store import schema

_OPEN = tuple(phase.value for phase in Phase if not phase.ended)


class Turns:
    """The turns and counts of one transaction.

    What is never asked for is never read; what was counted once goes on counting with the changes.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._last: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._open = ByAddress[int]()
        self._counted = NO_ADDRESSES

    # --- whose turn -------------------------------------------------------------------------------

    def last(self, team: str) -> str:
        """Find who (folded) was given a case of the team last; empty where nobody was."""
        if team not in self._last:
            t = schema.turns.c
            found = self._conn.execute(select(t.agent).where(t.team == team)).scalar()
            self._last[team] = found or ""
        return self._last[team]

    def take(self, team: str, agent: str) -> None:
        """It was the turn of this agent."""
        self._last[team] = self._taken[team] = folded(agent)

    # --- open cases -------------------------------------------------------------------------------

    def count(self, agents: Collection[str]) -> Addresses:
        """Count the open cases of these agents in the database; gives those not counted before."""
        new = {agent for agent in agents if agent not in self._counted}
        if not new:
            return NO_ADDRESSES
        c = schema.cases.c
        query = select(c.owner, func.count()).where(c.owner.in_(new), c.phase.in_(_OPEN)).group_by(c.owner)
        for owner, count in self._conn.execute(query):
            self._open[owner] = self._open.get(owner, 0) + count
        self._counted |= new
        return Addresses(new)

    def moved(self, before: Case | None, after: Case, among: Addresses | None = None) -> None:
        """A case changed; only agents `among` those counted are looked at."""
        if not self._counted or before is after:
            return
        looked_at = self._counted if among is None else among
        for case, more in ((before, -1), (after, 1)):
            if case and case.owner and not case.phase.ended and case.owner in looked_at:
                self._open[case.owner] = self._open.get(case.owner, 0) + more

    def open_cases(self) -> ByAddress[int]:
        """The number of open cases that each agent owns who was counted."""
        return ByAddress(self._open)

    def flush(self) -> None:
        """Write whose turns it was; cases are counted anew afterwards."""
        if self._taken:
            t = schema.turns
            self._conn.execute(delete(t).where(t.c.team.in_(self._taken)))
            self._conn.execute(
                insert(t), [{"team": team, "agent": agent} for team, agent in self._taken.items()]
            )
        self._taken.clear()
        self._open.clear()
        self._counted = NO_ADDRESSES
