"""Has another process committed? A question cheap enough to be asked every second."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import PoolProxiedConnection

_SEEN = "maildesk data_version"


@dataclass(slots=True)
class ChangeWatch:
    """The watch for others' commits. Asked on the writer's own connection, whose commits do not count.

    SQLite: `PRAGMA data_version` moves when another connection commits. PostgreSQL: each writing
    transaction takes the next number; if more were given out than we took, or one of another was still
    running when we last asked, someone else wrote (perhaps to another database of the server: harmless).
    """

    dialect: str
    next_number: int | None = None
    taken: int = 0
    running: bool = True

    def ours(self, xid: int | None) -> None:
        """Note a number that one of our own transactions took."""
        if xid is not None:
            self.taken += 1

    def changed(self, connection: PoolProxiedConnection) -> bool:
        """Tell whether anybody else has committed since the last call; True when that cannot be known."""
        cursor = connection.cursor()
        try:
            if self.dialect == "sqlite":
                cursor.execute("PRAGMA data_version")
                return self._version_moved(connection, cursor.fetchone()[0])  # type: ignore[index]  # one row
            cursor.execute("SELECT CAST(pg_current_snapshot() AS text)")
            return self._numbers_moved(str(cursor.fetchone()[0]))  # type: ignore[index]  # one row
        finally:
            cursor.close()

    def _version_moved(self, connection: PoolProxiedConnection, version: int) -> bool:
        # The number means something on this one connection only; `info` lives and dies with it.
        before = connection.info.get(_SEEN)
        connection.info[_SEEN] = version
        return before != version

    def _numbers_moved(self, snapshot: str) -> bool:
        lowest, following, _ = snapshot.split(":")
        moved = self.running or self.next_number is None or int(following) - self.next_number != self.taken
        self.next_number, self.taken, self.running = int(following), 0, lowest != following
        return moved
