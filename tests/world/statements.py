"""SQL statements are compiled once for a process: nearly every test opens a new database with the same ones.

Compiling them is a third of what a short story costs its database, and the SQL is the same whichever it is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event

_LIKE = (
    "server_version_info",
    "default_isolation_level",
    "_on_connect_isolation_level",
    "use_insertmanyvalues_wo_returning",
)
_KNOWN: dict[tuple[Any, ...], tuple[Any, Any]] = {}
_SHARED: set[int] = set()


def _share(connection: Connection) -> None:
    """Let the engine go on with the dialect, and what it compiled, of the first that was like it."""
    engine, dialect = connection.engine, connection.dialect
    if id(dialect) in _SHARED:
        return
    kind = (dialect.name, dialect.driver, *(getattr(dialect, each, None) for each in _LIKE))
    shared = _KNOWN.setdefault(kind, (dialect, engine._compiled_cache))
    _SHARED.add(id(shared[0]))  # which are kept, so that no other has its id
    engine.dialect, engine._compiled_cache = shared
    connection.dialect = shared[0]


def remember() -> None:
    """From now on no engine of this process compiles a statement that another has compiled."""
    event.listen(Engine, "engine_connect", _share)
