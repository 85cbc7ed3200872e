"""Pages in a real browser: they ask for nothing, fit every window, and leave nobody out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import unescape
from itertools import product
from pathlib import Path

import pytest

from maildesk.desk.figures.case_week import LateCase, Lesson
from maildesk.desk.figures.report import reported
from maildesk.desk.letters.language import ENGLISH
from maildesk.pages.board import board_page
from maildesk.pages.board_wish import BoardWish, Shown
from maildesk.pages.report_page import report_page
from tests.browser.conftest import SCHEMES, WIDTHS, Open
from tests.unit.desk.figures.a_week import TERMS, histories
from tests.unit.pages.boards import HOSTILE, TRANSLATED, board, busy, case, owed
from tests.unit.pages.test_report import hostile

pytestmark = pytest.mark.browser

USUAL = (
    "Export stops at row 10,000",
    "Invitation mail never arrives",
    "Which cable for the dock?",
    "Time zone is wrong in the calendar",
    "Purchase order 88123",
    "Printer on the second floor is offline",
    "Invoice 2026-1107 shows the old address",
    "Search finds nothing with umlauts",
    "Please add a second administrator",
    "Scanner driver after the update",
    "Battery of the handheld lasts two hours",
)
SHOWN = BoardWish(shows=tuple(Shown))


def _usual() -> str:
    return board_page(board(*busy(24, USUAL)))


def _hostile() -> str:
    return board_page(board(*busy(40, HOSTILE), wish=SHOWN))


def _in(tag: str) -> str:
    return board_page(board(*busy(24, USUAL), language=TRANSLATED[tag]))


def _empty() -> str:
    return board_page(board())


def _report(tag: str = "") -> str:
    return report_page(reported(histories(), TERMS), TRANSLATED[tag] if tag else ENGLISH)


PAGES: dict[str, Callable[[], str]] = {
    "board": _usual,
    "hostile board": _hostile,
    "empty board": _empty,
    "board in German": lambda: _in("de"),
    "board in Portuguese": lambda: _in("pt-BR"),
    "report": _report,
    "report in German": lambda: _report("de"),
    "report in Portuguese": lambda: _report("pt-BR"),
    "hostile report": lambda: report_page(hostile(reported(histories(), TERMS))),
}
PAPER = 718
"""A sheet of A4 without its margins of 10 mm, in CSS pixels."""

LOOKS = list(product(SCHEMES, WIDTHS))


@pytest.mark.parametrize("made", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_a_page_asks_for_nothing_says_nothing_and_fits_with_and_without_script(
    open_page: Open, made: Callable[[], str], scheme: str, width: int
) -> None:
    look = partial(open_page, made(), scheme=scheme, width=width)
    rows = set()
    for script in (True, False):
        seen = look(script=script)
        assert [url.partition(":")[0] for url in seen.asked] == ["file"]
        assert seen.said == []
        assert seen.dialogs == []
        rows.add(seen.rows)
        if script:
            assert seen.wider_than_the_window() <= 0
    assert len(rows) == 1


@pytest.mark.parametrize("made", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_nothing(
    open_page: Open, axe: str, made: Callable[[], str], scheme: str, width: int
) -> None:
    seen = open_page(made(), scheme=scheme, width=width)
    seen.page.evaluate(f"{axe};0")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = seen.page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert found["passes"]


def test_hostile_words_are_shown_as_they_are(open_page: Open) -> None:
    seen = open_page(board_page(board(*(case(f"A{n}", subject=each) for n, each in enumerate(HOSTILE)))))
    shown = seen.page.locator("tbody th bdi").all_text_contents()
    assert shown[0] == HOSTILE[0]
    assert seen.rows == len(HOSTILE)
    assert seen.page.title() == "Acme Support"


TAKES_OVER = (
    "<script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "<img src=https://example.com/seen.png>",
    "<svg onload=\"alert('taken')\"></svg>",
)


def _broken_board() -> str:
    page = board_page(board(*(case(f"A{n}", subject=each) for n, each in enumerate(TAKES_OVER))))
    return re.sub(r"<bdi>(.*?)</bdi>", lambda found: unescape(found[0]), page)


def _broken_report() -> str:
    found = reported(histories(), TERMS)
    late = tuple(LateCase(f"A{n}", each, each, found.ends) for n, each in enumerate(TAKES_OVER))
    said = tuple(Lesson(found.begins, f"A{n}", each) for n, each in enumerate(TAKES_OVER))
    page = report_page(replace(found, late=late, lessons=said))
    return re.sub(r"<(td|li)>(.*?)</\1>", lambda found: unescape(found[0]), page)


@pytest.mark.parametrize("broken", [_broken_board, _broken_report], ids=["board", "report"])
def test_without_our_escaping_the_pages_own_policy_still_stops_them(
    open_page: Open, broken: Callable[[], str]
) -> None:
    """As if a mistake of ours let markup through: no script runs, nothing is fetched."""
    page = broken()
    assert all(each in page for each in TAKES_OVER)
    seen = open_page(page)
    assert seen.page.locator("img").count() >= 2  # the mistake is there
    assert seen.page.title().startswith("Acme Support")
    assert seen.dialogs == []
    assert (
        seen.page.evaluate("performance.getEntriesByType('resource').filter(e => e.responseStatus).length")
        == 0
    )
    assert any("Content Security Policy" in line for line in seen.said)


def test_typing_hides_the_rows_that_lack_a_word(open_page: Open) -> None:
    seen = open_page(_usual())
    everything = seen.rows
    seen.page.get_by_label("Show only").fill("ANA supp")
    assert 0 < seen.rows < everything
    assert seen.page.locator("#n").text_content() == f"{seen.rows} shown"
    seen.page.get_by_label("Show only").fill("")
    assert seen.rows == everything


def test_without_script_there_is_no_field_that_would_do_nothing(open_page: Open) -> None:
    seen = open_page(_usual(), script=False)
    assert not seen.page.get_by_label("Show only").is_visible()


def test_an_old_page_says_how_old_it_is(open_page: Open) -> None:
    assert open_page(_usual(), minutes=4).page.locator("#old").text_content() == ""
    old = open_page(_usual(), minutes=7.5).page.locator("#old").text_content()
    assert old == "This page is 7 minutes old: does the daemon run?"


@pytest.mark.parametrize("name", ["board", "report"])
def test_on_paper_it_is_dark_on_white_and_has_no_field(open_page: Open, name: str) -> None:
    seen = open_page(PAGES[name](), scheme="dark")
    seen.page.emulate_media(media="print")
    assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert seen.page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 36)"
    assert not seen.page.get_by_label("Show only").is_visible()


@pytest.mark.parametrize("tag", ["", *TRANSLATED])
def test_on_paper_the_whole_report_fits_its_width_and_no_drawing_is_cut(open_page: Open, tag: str) -> None:
    seen = open_page(_report(tag), scheme="dark", width=PAPER)
    seen.page.emulate_media(media="print")
    assert seen.wider_than_the_window() <= 0
    for each in seen.page.locator("figure, tr").all()[:60]:
        assert each.evaluate("each => getComputedStyle(each).breakInside") == "avoid"
    cut = "each => each.scrollWidth - each.clientWidth"
    assert {each.evaluate(cut) for each in seen.page.locator(".wide").all()} == {0}
    bar = seen.page.locator("figure rect.in").first
    assert bar.evaluate("each => getComputedStyle(each).fill") == "rgb(0, 114, 178)"
    assert seen.page.pdf(format="A4", print_background=True).startswith(b"%PDF")


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("width", [380, 700, 800, 1000, 1040, 1280])
def test_a_subject_has_room_at_every_width(open_page: Open, tag: str, width: int) -> None:
    seen = open_page(_in(tag), width=width)
    assert seen.page.locator("tbody th").first.bounding_box()["width"] >= 200
    assert seen.wider_than_the_window() <= 0


@pytest.mark.parametrize("width", WIDTHS)
def test_every_column_can_be_read_on_a_telephone_too(open_page: Open, width: int) -> None:
    seen = open_page(_usual(), width=width)
    for column in "potwa":
        assert seen.page.locator(f"tbody td.{column}").first.is_visible()


BROKEN = """(each, ours) => [...each.querySelectorAll(ours)].flatMap(head =>
  [...head.childNodes].filter(node => node.nodeType === 3).flatMap(node =>
    [...node.data.matchAll(/[\\p{L}\\p{N}.]+/gu)].filter(word => {
      const range = document.createRange();
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
      return new Set([...range.getClientRects()].map(at => at.top)).size > 1;
    }).map(word => word[0])))"""
"""The words of such parts of a page that stand on more than one line."""
OURS = "thead th, .tiles span, label, dt, .heat td"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [*WIDTHS, 800])
def test_no_word_of_ours_is_broken(open_page: Open, name: str, width: int) -> None:
    seen = open_page(PAGES[name](), width=width)
    parts = OURS if "hostile" in name else f"{OURS}, tbody th"
    assert seen.page.locator("body").evaluate(BROKEN, parts) == []
    assert seen.wider_than_the_window() <= 0


def test_a_part_without_a_row_to_show_is_hidden_with_its_head(open_page: Open) -> None:
    seen = open_page(board_page(board(case("A1", subject="Paper"), owed("A2", -1, subject="Ink"))))
    seen.page.get_by_label("Show only").fill("ink")
    assert seen.page.locator("h2").filter(visible=True).all_text_contents() == ["Overdue: 1"]
    seen.page.get_by_label("Show only").fill(" ")
    assert len(seen.page.locator("h2").filter(visible=True).all()) == 2


def test_the_lines_of_the_script_speak_the_language_of_the_page(open_page: Open) -> None:
    seen = open_page(_in("de"), minutes=7.5)
    old = seen.page.locator("#old").text_content()
    assert old == "Diese Seite ist 7 Minuten alt: Läuft der Dienst?"
    seen.page.get_by_label("Nur zeigen").fill("Ana")
    assert seen.page.locator("#n").text_content() == f"{seen.rows} gezeigt"


def test_ten_thousand_cases_open(open_page: Open) -> None:
    seen = open_page(board_page(board(*busy(10_000, USUAL), wish=BoardWish(rows=10_000))))
    assert seen.page.locator("tbody tr").count() == 10_000


@pytest.mark.skipif("MAILDESK_PICTURES" not in os.environ, reason="MAILDESK_PICTURES names no folder")
@pytest.mark.parametrize(("scheme", "width", "height"), [("light", 1280, 720), ("dark", 380, 640)])
@pytest.mark.parametrize("name", ["board", "report"])
def test_pictures_for_the_documentation(
    open_page: Open, name: str, scheme: str, width: int, height: int
) -> None:
    seen = open_page(PAGES[name](), scheme=scheme, width=width)
    seen.page.set_viewport_size({"width": width, "height": height})
    file = Path(os.environ["MAILDESK_PICTURES"]) / f"{name}-{scheme}-{width}.png"
    seen.page.screenshot(path=file)
    assert 5_000 < file.stat().st_size < 150_000
