"""Tokens that a mail of the desk's people showed to others, from that mail on and for good."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from maildesk.desk.screening.shown_tokens import ShownToken, TokenKind
from maildesk.store.chunks import chunks
from maildesk.store.database import insert_ignoring
from maildesk.store.schema import shown_tokens


class ShownTokens:
    """Shown tokens that one batch of mails names. Later mails of the batch see what earlier ones showed."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._known: set[ShownToken] = set()
        self._new: list[dict[str, Any]] = []

    def load(self, tokens: Collection[ShownToken]) -> None:
        """Load which of these were shown before."""
        for chunk in chunks({each.token for each in tokens}):
            for kind, token in self._conn.execute(_SHOWN, {"tokens": chunk}):
                self._known.add(ShownToken(TokenKind(kind), token))

    @property
    def known(self) -> Set[ShownToken]:
        """The loaded ones that were shown, and all that this batch showed."""
        return self._known

    def show(self, tokens: Iterable[ShownToken], ledger_id: int, at: datetime) -> None:
        """The mail of that ledger row shows these."""
        for each in dict.fromkeys(tokens):
            if each not in self._known:
                self._known.add(each)
                self._new.append(
                    {"kind": each.kind.value, "token": each.token, "ledger_id": ledger_id, "shown_at": at}
                )

    def flush(self) -> None:
        """Write what was shown."""
        if self._new:
            self._conn.execute(insert_ignoring(shown_tokens, self._conn.dialect.name), self._new)
            self._new = []


_c = shown_tokens.c
_SHOWN = select(_c.kind, _c.token).where(_c.token.in_(bindparam("tokens", expanding=True)))
