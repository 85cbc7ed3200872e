"""What is known when a change is settled: asked of the book of cases is only what something hangs on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from maildesk.casework.known import known_of
from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.decisions.routing import Load
from maildesk.desk.letters.letter_limits import LetterCounts
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import Person
from maildesk.desk.policy.policy import AssignmentMode, LetterVariants
from maildesk.mail.addr_spec import Addresses
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, NOW, PEOPLE, POLICY

OWN_LETTERS = {
    "testimonial": LetterVariants("testimonial-google", once=True),
    "gift": LetterVariants(once=True),
}
OURS = replace(DESK, policy=replace(POLICY, letters=OWN_LETTERS))
FEWEST = replace(
    DESK,
    people=replace(PEOPLE, agents=(Person("Ana", AGENT, ("support",)),)),
    policy=replace(POLICY, assignment={"support": AssignmentMode.FEWEST_OPEN}),
)


@dataclass
class Book:
    """A book of cases that notes what it looks up for somebody."""

    held: Mapping[str, Case] = field(default_factory=lambda: {CASE.ref: CASE})
    counts: LetterCounts = field(default_factory=LetterCounts)
    proven: Addresses = field(default_factory=lambda: Addresses({BO}))
    asked: list[object] = field(default_factory=list)

    def case(self, ref: str) -> Case | None:
        return self.held.get(ref)

    def load_of(self, team: str, agents: Collection[str]) -> Load:
        self.asked.append(("load", team, *agents))
        return Load(last=AGENT)

    def had_letter(self, name: str, address: str) -> bool:
        self.asked.append((name, address))
        return name == "gift"

    def shows_google(self, ref: str) -> bool:
        self.asked.append(("google", ref))
        return True


def change(*letters: LetterOrder, of: Case = CASE) -> Change:
    return Change(of, (Event(NOW, EventKind.REPLIED, BO),), letters)


def own(name: str) -> LetterOrder:
    return LetterOrder(LetterKind.OWN, own=name)


def test_of_most_changes_nothing_is_looked_up() -> None:
    for desk in (DESK, OURS, FEWEST):
        book = Book()
        known = known_of(change(LetterOrder(LetterKind.REPLIED_TEAM)), book, desk)
        assert book.asked == []
        assert (known.before, known.counts, known.proven) == (CASE, book.counts, book.proven)
        assert (known.load, known.had, known.google) == (None, frozenset(), False)


def test_a_letter_without_variants_asks_for_nothing_either() -> None:
    book = Book()
    known_of(change(own("welcome")), book, OURS)
    known_of(change(own("gift")), book, DESK)
    assert book.asked == []


def test_what_hangs_on_a_letter_of_the_operators_own_is_asked_once_for_each() -> None:
    of = replace(CASE, requester=BO.upper())
    book = Book()
    known = known_of(change(own("gift"), own("testimonial"), own("gift"), of=of), book, OURS)
    assert book.asked == [("gift", BO), ("testimonial", BO), ("google", CASE.ref)]
    assert (set(known.had), known.google) == ({"gift"}, True)


def test_how_busy_a_team_is_is_asked_where_one_of_it_is_chosen() -> None:
    assert _asked_for_new_case(DESK) == []
    assert _asked_for_new_case(FEWEST) == [("load", "support", AGENT)]


def _asked_for_new_case(desk: Desk) -> list[object]:
    book = Book(held={})
    new = replace(CASE, phase=Phase.NEW, owner=None, team="support")
    known = known_of(change(LetterOrder(LetterKind.OPENED_TEAM), of=new), book, desk)
    assert known.before is None
    assert known.load == (Load(last=AGENT) if book.asked else None)
    return book.asked
