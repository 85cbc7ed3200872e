"""A digest: one line for each case and kind of notice, the most important kinds first."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.digest import DigestItem, grouped, in_order
from tests.unit.desk.matters import CASE, NOW


def test_a_digest_names_each_case_once_for_each_kind_the_most_important_first() -> None:
    other = replace(CASE, ref="AAAA-BBBB")
    items = [
        DigestItem(LetterKind.REPLIED_TEAM, CASE, NOW),
        DigestItem(LetterKind.OVERDUE, other, NOW),
        DigestItem(LetterKind.OVERDUE, CASE, NOW),
        DigestItem(LetterKind.REPLIED_TEAM, CASE, NOW),
    ]
    found = [(kind, [one.case.ref for one in same]) for kind, same in grouped(in_order(items))]
    assert found == [
        (LetterKind.OVERDUE, [CASE.ref, other.ref]),
        (LetterKind.REPLIED_TEAM, [CASE.ref]),
    ]
