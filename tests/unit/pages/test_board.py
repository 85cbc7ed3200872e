"""The board: in which part a case stands, in which order, and what each row says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.desk.case.told import Phrase
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.pages.board import HEADS, BoardCase, Place, board_page, place_of
from maildesk.pages.board_wish import BoardWish, Shown
from tests.cost import at_most
from tests.unit.pages.boards import HOSTILE, HOUR, LISBON, NOW, TRANSLATED, board, busy, case, owed


def parts(page: str) -> dict[str, list[str]]:
    """The references under each heading."""
    found = re.split(r"<h2>(.*?)</h2>", page)[1:]
    return {
        head: re.findall(r"<tr><th scope=row><code>(.*?)</code>", body)
        for head, body in zip(found[::2], found[1::2], strict=True)
    }


def tiles(page: str) -> dict[str, int]:
    return {what: int(number) for number, what in re.findall(r"<b>(\d+)</b> <span>(.*?)</span>", page)}


WAITS = NOW - 3 * HOUR
PLACES = {
    "its promise is over": (owed("A", -0.1), Place.OVERDUE),
    "it is over this second": (owed("A", 0), Place.OVERDUE),
    "later today": (owed("A", 5), Place.TODAY),
    "tomorrow": (owed("A", 20), Place.LATER),
    "a solution is due though we answered": (case(due=NOW - HOUR, owes="solution"), Place.OVERDUE),
    "the customer wrote again": (case(asked_at=WAITS, answered=True), Place.AGAIN),
    "never answered, nothing promised": (case(asked_at=WAITS, answered=False), Place.UNPROMISED),
    "their turn": (case(), Place.THEIRS),
}


@pytest.mark.parametrize("told", PLACES.values(), ids=PLACES.keys())
def test_a_case_stands_in_one_part(told: tuple[BoardCase, Place]) -> None:
    one, place = told
    assert place_of(one, NOW, LISBON) is place
    assert parts(board_page(board(one))) == {f"{HEADS[place]}: 1": [one.ref]}


def test_the_most_urgent_comes_first_in_each_part() -> None:
    page = board_page(
        board(
            case("THEIRS-2", said_at=NOW - HOUR),
            owed("LATER-1", 30),
            case("AGAIN-2", asked_at=NOW - HOUR),
            owed("OVER-2", -1),
            case("AGAIN-1", asked_at=NOW - 9 * HOUR),
            owed("OVER-1", -30),
            case("THEIRS-1", said_at=NOW - 50 * HOUR),
            owed("TODAY-1", 2),
        )
    )
    assert list(parts(page).items()) == [
        ("Overdue: 2", ["OVER-1", "OVER-2"]),
        ("Due today: 1", ["TODAY-1"]),
        ("Due later: 1", ["LATER-1"]),
        ("The customer wrote again: 2", ["AGAIN-1", "AGAIN-2"]),
        ("Waiting for the customer: 2", ["THEIRS-1", "THEIRS-2"]),
    ]


def test_the_tiles_count_what_the_parts_show() -> None:
    cases = (owed("A", -1, owner=""), owed("B", 2), case("C", escalated=True), case("D", owner=""))
    assert tiles(board_page(board(*cases))) == {
        "overdue": 1,
        "due today": 1,
        "nobody’s yet": 1,
        "escalated": 1,
        "our turn": 2,
        "the customer’s turn": 2,
    }


def test_a_row_says_who_has_the_case_and_how_much_time_is_left_or_over_in_opening_hours() -> None:
    late = owed("A", 0, due=NOW - 17.5 * HOUR, owner="", priority="urgent", first=True, escalated=True)
    page = board_page(board(late, owed("B", 22.95)))
    assert "<span class=late>Mon 23 Nov 16:50</span><small>answer, 1 h 30 min over</small>" in page
    assert "Wed 25 Nov 09:17<small>answer, 6 h 57 min left</small>" in page
    assert "<b>nobody yet</b>" in page
    assert "<small class=soon>escalated</small><td class=p><b class=soon>urgent</b>" in page
    assert page.count("urgent") == 1
    assert "<title>1 overdue – Acme Support</title>" in page


def test_what_is_far_is_said_in_days() -> None:
    page = board_page(board(owed("A", 24 * 40), owed("B", -24 * 40)))
    assert "answer, 40 d left" in page
    assert "answer, 40 d over" in page


def test_a_promise_for_the_night_is_told_in_real_hours() -> None:
    at = NOW.replace(hour=20)
    assert "answer, 2 h left" in board_page(board(owed("A", 0, due=at + 2 * HOUR), at=at))


def test_an_empty_desk_says_so() -> None:
    page = board_page(board())
    assert "Nothing is open" in page
    assert "<table" not in page
    assert "<title>Acme Support</title>" in page


def test_a_customers_address_and_subject_are_shown_only_where_they_are_wanted() -> None:
    usual = board_page(board(case()))
    assert "It does not print" in usual
    assert "bo@client.example" not in usual
    bare = board_page(board(case(), wish=BoardWish(shows=())))
    assert "It does not print" not in bare
    assert "7K2Q-9F3M" in bare
    both = board_page(board(case(), wish=BoardWish(shows=tuple(Shown))))
    assert "bo@client.example" in both


def test_beyond_the_rows_that_are_wanted_cases_are_counted() -> None:
    cases = (owed("A", -1), owed("B", -2), *(case(f"C{each}") for each in range(5)))
    page = board_page(board(*cases, wish=BoardWish(rows=3)))
    assert parts(page) == {"Overdue: 2": ["B", "A"], "Waiting for the customer: 5": ["C0"]}
    assert "4 more: see <code>maildesk case list</code>" in page
    assert tiles(page)["the customer’s turn"] == 5


def test_hostile_words_are_text_wherever_they_stand() -> None:
    cases = tuple(case(f"A{at}", subject=each, owner=each, team=each) for at, each in enumerate(HOSTILE))
    page = board_page(board(*cases, wish=BoardWish(shows=tuple(Shown))))
    assert len(re.findall("<script>", page)) == 1
    assert len(re.findall("<tr>", page)) == len(HOSTILE) + 1
    assert not re.search("<img|<h1>Free|\u202e|\0", page)
    assert "style=" not in page


def test_the_same_board_is_the_same_page() -> None:
    one = board(*busy(50, HOSTILE))
    assert board_page(one) == board_page(replace(one, cases=tuple(one.cases)))


def test_it_says_the_same_until_a_case_changes_or_comes_due() -> None:
    before = board(owed("A", 0.5), case("B"))
    later = replace(before, at=NOW + timedelta(minutes=20))
    assert later.says_the_same(before)
    assert not replace(before, at=NOW + timedelta(minutes=40)).says_the_same(before)
    assert not replace(later, cases=before.cases[:1]).says_the_same(before)
    assert not later.says_the_same(None)


def test_ten_thousand_cases_are_quickly_written_and_quickly_read() -> None:
    many = board(*busy(10_000), wish=BoardWish(rows=10_000))
    with at_most(40, "a board of ten thousand cases"):
        page = board_page(many)
    assert len(page.encode()) < 2_500_000


# --- in other languages -----------------------------------------------------------------------------


def told(language: Language) -> str:
    """A board on which everything is that one can say, with nothing in it of anybody's own."""
    cases = (
        owed("A1", -1, owner="", team="", priority="", subject="", escalated=True),
        owed("A2", 2, owes=Phrase("solution")),
        owed("A3", 24 * 40),
        case("A4", asked_at=NOW - HOUR),
        case("A5", asked_at=NOW - 30 * HOUR, answered=False),
        *(case(f"B{each}", said_at=None) for each in range(2)),
    )
    return board_page(board(*cases, wish=BoardWish(rows=6), language=language))


ALIKE = {"(Europe/Lisbon).", "1 h", "9 h 20 min"}


def its_words(page: str) -> set[str]:
    """What people read of a page: its text, the sentences of its script, and those of its style."""
    text = re.sub("<style>.*?</style>|<script>.*?</script>", "", page, flags=re.S)
    said = re.sub("<[^>]*>", "\n", text).split("\n")
    filled = re.findall(r'data-told="(.*?)"', page)
    beside = re.findall(r'content:"(.*?)"', page)
    return {each.strip(" ·,") for each in (*said, *filled, *beside)} - {""}


@pytest.mark.parametrize("language", TRANSLATED.values(), ids=TRANSLATED.keys())
def test_a_board_is_said_in_the_language_of_the_desks_people(language: Language) -> None:
    page = told(language)
    assert f'<html lang="{language.tag}">' in page
    same = its_words(page) & its_words(told(ENGLISH))
    names = {"Acme Support", "It does not print", "Ana Souza", "support", "normal", "maildesk case list"}
    assert {each for each in same if re.search("[a-z]", each)} - names <= {"Team", *ALIKE}


def test_in_german_it_reads_like_this() -> None:
    page = told(TRANSLATED["de"])
    assert "<h2>Überfällig: 1</h2>" in page
    assert "Di. 24. Nov. 09:20</span><small>Antwort, 1 h überfällig</small>" in page
    assert "Di. 24. Nov. 12:20<small>Lösung, noch 2 h</small>" in page
    assert "Antwort, noch 40 Tage" in page
    assert "(kein Betreff)" in page
    assert "<title>1 überfällig – Acme Support</title>" in page
    assert "1 weitere: siehe <code>maildesk case list</code>" in page
    assert 'data-told="Diese Seite ist {minutes} Minuten alt: Läuft der Dienst?"' in page


def test_the_script_is_the_same_in_every_language() -> None:
    pages = [told(each) for each in (ENGLISH, *TRANSLATED.values())]
    assert len({re.search("<script>.*?</script>", each, re.S)[0] for each in pages}) == 1  # type: ignore[index]


def test_words_of_a_translation_are_no_markup_and_end_no_style() -> None:
    hostile = {"{time} old": '{time}"</style><i>\\', "overdue": "<i>", "{number} shown": '"><i>{number}'}
    page = told(Language("en", hostile))
    assert page.count("</style>") == 1
    assert "<i>" not in page
    assert r'td.a:after{content:"\22 \3c \2f style\3e \3c i\3e \5c "}' in page


def test_only_the_first_priority_stands_out() -> None:
    page = board_page(board(case(priority="urgent", first=True), case("B", priority="high")))
    assert page.count("urgent") == 1
    assert "<td class=p>high<td" in page
