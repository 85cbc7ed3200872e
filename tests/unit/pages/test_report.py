"""The report as text, page and JSON: the same numbers in each, the same bytes, and no words but as words."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from maildesk.desk.case.events import Event
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.figures.case_week import LateCase, Lesson
from maildesk.desk.figures.report import ByDay, DailySummary, DeskWeek, Report, reported
from maildesk.desk.figures.tally import Tally
from maildesk.pages.report_json import as_json
from maildesk.pages.report_machine import ENDS, VERDICTS
from maildesk.pages.report_page import report_page
from maildesk.pages.report_rows import lead, rows, uncounted
from maildesk.pages.report_text import bars, text
from maildesk.store.outbox import LetterState
from tests.unit.desk.figures.a_week import REFS, TERMS, histories
from tests.unit.pages.boards import TRANSLATED

HOSTILE = '<script>alert("1")</script> \u202egnp.exe\x00\x1b[2J ' + "ä" * 10_000


@pytest.fixture(scope="module")
def week() -> Report:
    machine = DeskWeek({"opened": 9, "quarantined": 2}, {"sent": 31, "failed": 1}, 2, timedelta(minutes=42))
    return reported(histories(), TERMS, machine)


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


# --- one value, three views -------------------------------------------------------------------------


def time_of(seconds: float) -> str:
    """A time as it is said, from the seconds of the JSON."""
    minutes = int(seconds // 60)
    if minutes >= 24 * 60:
        return f"{minutes // 1440} d"
    if minutes >= 600 or minutes % 60 == 0:
        return f"{minutes // 60} h"
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes > 60 else f"{minutes} min"


def said(value: Any) -> str:
    if isinstance(value, dict):
        if not value["of"]:
            return "–"
        return (
            f"{value['part']} of {value['of']}" if value["of"] < 10 else f"{value['part'] / value['of']:.0%}"
        )
    return "–" if value is None else time_of(value) if isinstance(value, float) else str(value)


def in_json(week: dict[str, Any], key: str) -> Any:
    if key.endswith("_90"):
        return week[key.removesuffix("_90")]["ninetieth"]
    value = week[key]
    return value["median"] if isinstance(value, dict) and "median" in value else value


def test_text_page_and_json_agree_number_by_number(week: Report) -> None:
    weeks = json.loads(json.dumps(as_json(week)))["weeks"]
    lines = text(week).splitlines()
    page = report_page(week)
    assert len(rows(week)) == 16
    for row in rows(week):
        now, before = (said(in_json(weeks[at], row.key)) for at in (-1, -2))
        assert (row.now, row.before) == (now, before), row.key
        assert [
            each.split()[-len(f"{now} {before}".split()) :] for each in lines if each.startswith(row.label)
        ] == [f"{now} {before}".split()]
        cells = f'{row.label}</th><td class="n"><b>{now}</b></td><td class="n">{before}</td>'
        assert page.count(cells) == 1
    shown = Page(page).text
    for each in weeks:
        counts = [str(each[key]) for key in ("opened", "came_back", "ended", "after")]
        assert " ".join((each["week"], *counts)) in shown
        assert any(line.split() == [each["week"], *counts] for line in lines)
    for sentence in (lead(week), uncounted(week)):
        assert sentence in shown
        assert sentence in " ".join(text(week).split())


def test_groups_sources_and_the_desk_are_in_all_of_them(week: Report) -> None:
    found, shown, plain = as_json(week), Page(report_page(week)).text, " ".join(text(week).split())
    assert [(each["name"], each["opened"]) for each in found["teams"]] == [("support", 7), ("others", 0)]
    assert [(each["name"], each["promised"]) for each in found["priorities"]] == [
        ("High", "4h"),
        ("Normal", "8h"),
    ]
    assert (found["machine"]["quarantine"], found["machine"]["silence"]) == (2, 2520.0)
    for view in (shown, plain):
        assert "support 7 6 3 4 of 6" in view
        assert "High 4h 1 1 – –" in view
        assert "chat 0 0 1 0 0 0 0 1" in view
        assert f"Tell customers a day before. ({REFS[10]})" in view
        assert "1 of 2 who answered the survey were satisfied; sent: 1." in view
        assert "new case: 9, quarantined: 2" in view
        assert "sent: 31" in view
        assert "42 min" in view


def test_a_share_of_many_is_said_in_per_cent_and_a_middle_in_hours(week: Report) -> None:
    many = changed(week, opened=1, first_in_time=replace(week.now.first_in_time, part=56, of=69))
    assert {row.label: row.now for row in rows(many)}["First answers in time"] == "81 %"
    assert "56 of 69 first answers were in time (81 %; the week before 1 of 1)." in lead(many)
    assert lead(many).startswith("1 case came in, ")
    fewer = changed(week, before=9)
    assert "4 are open, 5 fewer than a week ago; 1 of them waits for us." in lead(fewer)
    assert "4 are open, as many as a week ago" in lead(changed(week, before=4))


def changed(report: Report, **figures: Any) -> Report:
    last = report.weeks[-1]
    tally: Tally = replace(last.tally, **figures)
    return replace(report, weeks=(*report.weeks[:-1], replace(last, tally=tally)))


def test_bars_go_from_nothing_to_the_highest() -> None:
    assert bars([0, 4, 8]) == "▁▅█"
    assert bars([0, 0]) == "▁▁"


# --- the same bytes ---------------------------------------------------------------------------------


def test_the_same_history_policy_and_moment_give_the_same_bytes(week: Report) -> None:
    shuffled: list[tuple[str, list[Event]]] = [(ref, list(events)) for ref, events in reversed(histories())]
    again = reported(shuffled, TERMS, week.machine)
    assert report_page(again) == report_page(week)
    assert text(again) == text(week)
    assert json.dumps(as_json(again)) == json.dumps(as_json(week))


def test_a_desk_without_any_case_has_a_report_too() -> None:
    empty = reported([], TERMS)
    assert (
        lead(empty)
        == "0 cases came in, 0 came back, 0 ended. 0 are open, as many as a week ago; 0 of them wait for us."
    )
    assert "Cases opened" in text(empty)
    assert "When customers write" not in report_page(empty)


# --- other languages --------------------------------------------------------------------------------

DATA = {
    "Team", "Teams", "Trend", "support", "High", "Normal", "chat", "billing", "42 min", "NNNN-NNNN",
    "maildesk inbox list",
    "Tell customers a day before. (MMMM-MMMM)",
}  # fmt: skip
"""What is spelled alike in English and German, and words of the desk's own."""
WORD = re.compile(r"[^\W\d_]{3,}")
ENGLISH_WORDS = re.compile(r"\b(the|of|to|and|with|in time|week|case|cases|ours|open|late|is)\b")


def said_on(page: str) -> set[str]:
    """Whatever a page says, each piece of it: between tags, and to who hears it."""
    seen = Page(page)
    style = seen.words.index(next(each for each in seen.words if "body{" in each))
    told = {each.strip() for at, each in enumerate(seen.words) if at != style}
    return told | {given["aria-label"] or "" for _, given in seen.tags if "aria-label" in given}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_nothing_of_ours_on_the_page_is_english(week: Report, tag: str) -> None:
    language = TRANSLATED[tag]
    page = report_page(week, language)
    assert f'<html lang="{tag}">' in page
    same = said_on(page) & said_on(report_page(week))
    assert {each for each in same if WORD.search(each)} <= DATA
    ours = {each.partition("maildesk report")[0] for each in said_on(page) - DATA}
    assert [each for each in ours if ENGLISH_WORDS.search(each)] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_nothing_of_ours_in_the_text_is_english(week: Report, tag: str) -> None:
    told = text(week, language=TRANSLATED[tag])
    lines = [each for each in told.splitlines() if "maildesk" not in each and "Tell customers" not in each]
    assert [each for each in lines if ENGLISH_WORDS.search(each)] == []
    assert {each.strip() for each in text(week).splitlines() if WORD.search(each)} & set(lines) == set()


def test_days_and_numbers_are_those_of_the_language(week: Report) -> None:
    german, brazilian = (report_page(week, TRANSLATED[tag]) for tag in ("de", "pt-BR"))
    assert "27. Okt. 2025 bis 2. Nov. 2025 (Europe/Lisbon), Richtlinie Acme. " in german
    assert "Geschrieben: Mo. 3. Nov. 09:00." in german
    assert '<th scope="row">Mo</th>' in german
    assert '<td class="h5">0,2</td>' in german
    assert "27 de out. de 2025 a 2 de nov. de 2025" in brazilian
    many = changed(week, first_in_time=replace(week.now.first_in_time, part=56, of=69))
    assert "<b>81 %</b>" in report_page(many, TRANSLATED["de"])
    assert "<b>81%</b>" in report_page(many, TRANSLATED["pt-BR"])


@pytest.mark.parametrize("tag", TRANSLATED)
def test_the_same_language_gives_the_same_bytes(week: Report, tag: str) -> None:
    again = reported([(ref, list(events)) for ref, events in reversed(histories())], TERMS, week.machine)
    assert report_page(again, TRANSLATED[tag]) == report_page(week, TRANSLATED[tag])
    assert text(again, language=TRANSLATED[tag]) == text(week, language=TRANSLATED[tag])
    assert json.dumps(as_json(again)) == json.dumps(as_json(week))


def test_what_becomes_of_mails_and_letters_has_words() -> None:
    assert VERDICTS.keys() == set(Verdict)
    assert ENDS.keys() == {each.value for each in LetterState} - {"queued", "sending", "deferred", "held"}


def test_hostile_words_stay_words_of_a_translated_page(week: Report) -> None:
    page = report_page(hostile(week), TRANSLATED["de"])
    assert Page(page).names <= Page(report_page(week)).names | {"table", "caption"}
    assert not re.search("[\x00\x1b\u202e]", page)


# --- words are words --------------------------------------------------------------------------------


def hostile(report: Report) -> Report:
    """The report of a desk where everybody who names anything means no good."""
    groups = tuple(replace(each, name=HOSTILE, note=HOSTILE) for each in report.teams)
    return replace(
        report,
        desk=HOSTILE,
        policy=HOSTILE,
        teams=groups,
        priorities=groups,
        sources=(ByDay(HOSTILE, (1,) * 7),),
        summaries=(DailySummary(HOSTILE, (ByDay(HOSTILE, (1,) * 7),)),),
        late=(LateCase(REFS[0], HOSTILE, HOSTILE, report.ends),),
        lessons=(Lesson(report.begins, REFS[0], HOSTILE),),
        escalations=tuple(replace(each, team=HOSTILE) for each in report.escalations),
        machine=replace(report.machine, mails={HOSTILE: 1}),
    )


def test_hostile_words_stay_words_of_the_page(week: Report) -> None:
    page, plain = report_page(hostile(week)), report_page(week)
    assert Page(page).names <= Page(plain).names | {"table", "caption"}
    assert '<script>alert("1")' in Page(page).text
    assert not re.search("[\x00\x1b\u202e]", page)
    assert len(page) < 2 * len(plain) + 10_000


def test_the_page_asks_for_nothing_and_holds_no_style_but_its_own(week: Report) -> None:
    page = Page(report_page(hostile(week)))
    allowed = [value["content"] for tag, value in page.tags if tag == "meta" and "http-equiv" in value]
    sheet = report_page(hostile(week)).partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(sheet.encode()).digest()).decode()
    assert allowed == [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]
    attributes = {name for _, given in page.tags for name in given}
    assert attributes.isdisjoint({"src", "href", "style", "srcset", "action", "onclick", "onload"})
    assert "script" not in page.names
    assert not re.search(r"url\(|@import|https?:(?!//www\.w3\.org/2000/svg\")", report_page(week))


def test_each_drawing_says_in_words_what_it_shows_and_each_table_has_a_caption(week: Report) -> None:
    tags = Page(report_page(week)).tags
    drawn = [given for tag, given in tags if tag == "svg" and "aria-hidden" not in given]
    assert len(drawn) == 3
    assert all(given["role"] == "img" and len(given["aria-label"] or "") > 40 for given in drawn)
    names = [tag for tag, _ in tags]
    assert names.count("table") == names.count("caption") > 6
    assert [given for tag, given in tags if tag == "th" and "scope" not in given] == []
