"""Messages and rows held against each other: what has its row, and each way in which it has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.guarantee import KeptMail, Key, ShownMail, of_the_inbox, of_the_processed
from tests.unit.desk.matters import NOW

KEY: Key = ("box", (1, 7))
MAIL = ShownMail(KEY, "support/INBOX UID 7", NOW, 100, "a" * 64)
ROW = KeptMail(3, "a" * 64, "opened")
OTHER = replace(ROW, raw_sha256="b" * 64)
UNREAD = replace(MAIL, sha256=None)
LARGE = replace(MAIL, sha256=None, whole=False)


@pytest.mark.parametrize(
    ("mail", "rows", "kinds"),
    [
        (MAIL, [ROW], []),
        (MAIL, [], ["not-received"]),
        (MAIL, [OTHER], ["other-bytes"]),
        (MAIL, [OTHER, ROW], []),
        (MAIL, [ROW, replace(ROW, id=4)], ["two-rows"]),
        (MAIL, [KeptMail(3, None, "left")], []),
        (MAIL, [replace(OTHER, partly=True)], []),
        (LARGE, [replace(OTHER, partly=True)], []),
        (LARGE, [], ["not-received"]),
        (LARGE, [OTHER], ["other-bytes"]),
        (UNREAD, [ROW], ["not-read"]),
        (UNREAD, [KeptMail(3, None, "quarantined", partly=True)], []),
    ],
    ids=[
        "its row",
        "no row",
        "a row with other bytes",
        "a row with other bytes, and its own",
        "two rows",
        "left alone",
        "no more than its header is kept",
        "too large, and its header is kept",
        "too large, and in no row",
        "too large, and a row with all of something",
        "not handed out, though it was once",
        "never handed out",
    ],
)
def test_a_message_that_arrived_has_one_row_with_its_bytes(
    mail: ShownMail, rows: list[KeptMail], kinds: list[str]
) -> None:
    assert [each.kind for each in of_the_inbox([mail], {KEY: rows} if rows else {})] == kinds


def moved(uid: int, sha256: str | None = "a" * 64) -> ShownMail:
    return replace(MAIL, key=("box/Processed", (2, uid)), place=f"support/Processed UID {uid}", sha256=sha256)


@pytest.mark.parametrize(
    ("shown", "rows", "elsewhere", "kinds"),
    [
        ([moved(1)], {"a" * 64: 1}, {}, []),
        ([moved(1), moved(2)], {"a" * 64: 2}, {}, []),
        ([moved(1), moved(2)], {"a" * 64: 1}, {}, ["not-filed"]),
        ([moved(1)], {}, {}, ["not-filed"]),
        ([moved(1)], {"a" * 64: 1}, {"a" * 64: 1}, ["not-filed"]),
        ([moved(1)], {"a" * 64: 2}, {"a" * 64: 1}, []),
        ([moved(1)], {"a" * 64: 3}, {}, []),
        ([moved(1, None)], {}, {}, ["not-read"]),
        ([replace(moved(1, None), whole=False)], {}, {}, []),
    ],
    ids=[
        "its row",
        "two alike, and two rows",
        "two alike, and one row",
        "no row",
        "its row is that of a message that has not moved",
        "one of two has not moved",
        "seen again after the server was restored",
        "not handed out",
        "larger than we take: somebody moved it there",
    ],
)
def test_each_message_that_was_moved_on_has_a_row_of_its_own(
    shown: list[ShownMail], rows: dict[str, int], elsewhere: dict[str, int], kinds: list[str]
) -> None:
    assert [each.kind for each in of_the_processed(shown, rows, elsewhere)] == kinds


def test_an_exception_says_where_what_and_what_to_do() -> None:
    (breach,) = of_the_inbox([MAIL], {})
    assert str(breach) == (
        "not-received: support/INBOX UID 7 is in no row of the ledger"
        " (start the daemon, or see why it does not take mail in: maildesk check)"
    )
