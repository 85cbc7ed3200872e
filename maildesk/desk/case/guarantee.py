"""The demands of the guarantee on mail and its rows, compared: each exception with what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Breach:
    """One exception to the guarantee: `kind` for machines, `what` for people, `remedy` what to do."""

    kind: str
    what: str
    remedy: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} ({self.remedy})"


Key = tuple[str, tuple[int, int]]
"""The name of one delivery: the mailbox's identity, and the ledger's key for it there."""


@dataclass(frozen=True, slots=True)
class ShownMail:
    """One message as the server shows it. `sha256` is None where it was not read: `whole` says why not.

    `place` names it to people: mailbox, folder, number. `whole` is False for what is larger than we take.
    """

    key: Key
    place: str
    internal_date: datetime
    size: int
    sha256: str | None
    whole: bool = True

    def __str__(self) -> str:
        return self.place


@dataclass(frozen=True, slots=True)
class KeptMail:
    """One ledger row. `raw_sha256` is None for mail left alone; `partly`: no more than its header is kept."""

    id: int
    raw_sha256: str | None
    verdict: str | None
    partly: bool = False


_RUN: Final = "start the daemon, or see why it does not take mail in: maildesk check"
_RETRY: Final = "see `maildesk inbox list` and keep both copies until it is clear which is right"


def of_the_inbox(shown: Sequence[ShownMail], kept: Mapping[Key, Sequence[KeptMail]]) -> Iterator[Breach]:
    """Find what is wrong with messages where mail arrives: each must have one row with its bytes."""
    for mail in shown:
        rows = kept.get(mail.key, ())
        same = [row for row in rows if holds(row, mail)]
        if not rows:
            yield Breach("not-received", f"{mail} is in no row of the ledger", _RUN)
        elif mail.sha256 is None and mail.whole and not same:
            yield Breach("not-read", f"the server does not hand out {mail}", "read it in the mailbox")
        elif not same:
            yield Breach("other-bytes", f"{mail} is not what row {rows[0].id} of the ledger keeps", _RETRY)
        elif len(same) > 1:
            numbers = ", ".join(str(row.id) for row in same)
            yield Breach("two-rows", f"{mail} is in the rows {numbers} of the ledger", _RETRY)


def of_the_processed(
    shown: Sequence[ShownMail], rows: Mapping[str, int], elsewhere: Mapping[str, int]
) -> Iterator[Breach]:
    """Find what is wrong with messages that were moved on, which have other UIDs there than their rows.

    `rows` says how many rows keep bytes of that hash, `elsewhere` how many of those lie in an inbox still.
    """
    left = Counter(rows)
    left.subtract(elsewhere)
    for mail in shown:
        if mail.sha256 is None:
            if mail.whole:
                yield Breach("not-read", f"the server does not hand out {mail}", "read it in the mailbox")
            continue
        left[mail.sha256] -= 1
        if left[mail.sha256] < 0:
            yield Breach("not-filed", f"{mail} is in no row of the ledger of its own", _BACK)


_BACK: Final = "move it to the inbox to have it filed, or elsewhere if it is none of the desk's"


def holds(row: KeptMail, mail: ShownMail) -> bool:
    """Tell whether the row may be this message's: the same bytes, or all of it that is kept."""
    if row.raw_sha256 is None or row.partly:
        return True
    return row.raw_sha256 == mail.sha256
