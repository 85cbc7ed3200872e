"""The report in all its views, letter, page, text and JSON: one value, the same numbers, the same bytes."""

from __future__ import annotations

import email
import email.policy
import json
import re
import struct
import sys
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from maildesk.casework.weekly import ReportWish, letters_of
from maildesk.config.loading import load
from maildesk.config.packaged import packaged
from maildesk.daemon.parts import office_of
from maildesk.desk.case.told import said as in_language
from maildesk.desk.figures.report import DeskWeek, Report, reported
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.pages.report_drawings import drawings
from maildesk.pages.report_json import as_json
from maildesk.pages.report_page import report_page
from maildesk.pages.report_rows import rows
from maildesk.pages.report_text import text
from maildesk.pages.report_words import survey
from tests.cli.conftest import CommandedDesk
from tests.unit.desk.figures.a_week import MONDAY_AFTER, TERMS, histories
from tests.unit.pages.boards import TRANSLATED
from tests.unit.pages.test_report import Page, hostile, in_json, said

NAMES = ("flow", "answers", "ages")


@pytest.fixture(scope="module")
def week() -> Report:
    machine = DeskWeek({"opened": 9, "quarantined": 2}, {"sent": 31, "failed": 1}, 2, timedelta(minutes=42))
    return reported(histories(), TERMS, machine)


@dataclass(frozen=True)
class Letter:
    """The weekly letter as a mail program sees it."""

    data: bytes

    @property
    def mail(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.data, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def body(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        assert part
        return str(part.get_content())

    @property
    def shape(self) -> list[str]:
        return [part.get_content_type() for part in self.mail.walk()]


def letter_of(desk: CommandedDesk, report: Report, **wish: bool | str) -> Letter:
    office = office_of(load(desk.config), {})
    wished = ReportWish(subjects=True, **wish)  # type: ignore[arg-type]  # two fields of two kinds
    [letter] = letters_of(office, wished, report, (), MONDAY_AFTER)
    return Letter(letter.body)


def speak(desk: CommandedDesk, language: str) -> None:
    """Give the desk a policy whose first language is this one."""
    usual = packaged("policies").joinpath("default.yaml").read_text(encoding="utf-8")
    spoken = usual.replace("\nname:", f"\nlanguages: [{language}]\nname:", 1)
    (desk.folder / "policy.yaml").write_text(spoken, encoding="utf-8")
    desk.change("testing: true", "testing: true\npolicy: policy.yaml")


# --- the same numbers -------------------------------------------------------------------------------


SPELLED = {"en": (" of ", " d", " d"), "de": (" von ", " Tag", " Tage"), "pt-BR": (" de ", " dia", " dias")}
"""What stands in a share, after one day, and after several, as people of each language write it."""


def _in_json(value: Any, language: Language) -> str:
    """A value of the JSON as people of that language read it."""
    of, day, days = SPELLED[language.tag]
    plain = said(value).replace(" of ", of)
    return re.sub(r" d$", day if plain == "1 d" else days, plain)


def test_letter_page_text_and_json_agree_number_by_number(desk: CommandedDesk, week: Report) -> None:
    letter = letter_of(desk, week)
    _agree(letter, week, ENGLISH)
    for view in (Page(letter.body("html")).text, " ".join(letter.body("plain").split())):
        assert "7 cases came in, 2 came back, 7 ended. 4 open now, 2 a week ago; 1 of these wait" in view
        assert "Tell customers a day before." in view
        assert all(late["ref"] in view for late in as_json(week)["late"])
        assert "1 of 2 who answered the survey were satisfied; sent: 1." in view
        assert f"Not counted: {week.now.spam} spam, {week.now.merged} that became part of another" in view


@pytest.mark.parametrize("tag", TRANSLATED)
def test_they_agree_in_the_language_of_the_desk_too(desk: CommandedDesk, week: Report, tag: str) -> None:
    speak(desk, tag)
    letter = letter_of(desk, week)
    _agree(letter, week, TRANSLATED[tag])
    [attached] = letter.mail.iter_attachments()
    assert attached.get_content().replace("\r\n", "\n") == report_page(week, TRANSLATED[tag])
    assert not re.search("Englisch|inglês", letter.body("plain"))
    found = survey(week)
    assert found
    for view in (letter.body("plain"), text(week, language=TRANSLATED[tag])):
        assert found.in_(TRANSLATED[tag]) in view


def _agree(letter: Letter, week: Report, language: Language) -> None:
    """Hold every figure of letter, page and text against the JSON, which speaks no language."""
    weeks = json.loads(json.dumps(as_json(week)))["weeks"]
    html, page, told = letter.body("html"), report_page(week, language), text(week, language=language)
    for row in rows(week):
        label = in_language(row.label, language)
        now, before = (_in_json(in_json(weeks[at], row.key), language) for at in (-1, -2))
        for plain in (told, letter.body("plain")):
            lines = [line for line in plain.splitlines() if re.match(rf"{re.escape(label)}  ", line)]
            assert [line.removeprefix(label).split() for line in lines] == [f"{now} {before}".split()]
        assert page.count(f'{label}</th><td class="n"><b>{now}</b></td><td class="n">{before}</td>') == 1
        cells = re.findall(rf"<tr><td[^>]*>{re.escape(label)}</td>(.*?)</tr>", html)
        assert [re.findall(r"<td[^>]*>(.*?)</td>", each) for each in cells] == [[now, before]]


def test_the_same_history_policy_and_moment_give_the_same_letter(desk: CommandedDesk, week: Report) -> None:
    again = reported([(ref, list(events)) for ref, events in reversed(histories())], TERMS, week.machine)
    assert letter_of(desk, again) == letter_of(desk, week)


# --- its pictures -----------------------------------------------------------------------------------


def test_its_pictures_stand_in_it_and_the_page_comes_along(desk: CommandedDesk, week: Report) -> None:
    letter = letter_of(desk, week)
    assert letter.shape == [
        *["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html"],
        *["image/png"] * 3,
        "text/html",
    ]
    shown = [given for tag, given in Page(letter.body("html")).tags if tag == "img"]
    ids = [f"{name}.2025-W44@acme.example" for name in NAMES]
    assert [each["src"] for each in shown] == [f"cid:{ident}" for ident in ids]
    assert [each["width"] for each in shown] == ["600"] * 3
    assert [each["alt"] for each in shown] == [each.told for each in drawings(week)]
    parts = [part for part in letter.mail.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in parts] == [f"<{ident}>" for ident in ids]
    for part in parts:
        picture = part.get_content()
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">I", picture[16:20]) == (1200,)
    [attached] = letter.mail.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/html", "report-2025-W44.html")
    assert attached.get_content().replace("\r\n", "\n") == report_page(week)


def test_it_is_small_and_safe_on_every_way_and_names_nothing_elsewhere(
    desk: CommandedDesk, week: Report
) -> None:
    letter = letter_of(desk, week)
    assert letter.data.isascii()
    assert len(letter.data) < 200_000
    assert max(map(len, letter.data.splitlines())) <= 998
    html = letter.body("html")
    assert not re.search(r"https?:|//|url\(|<pre|<script", html)
    assert {given["src"][:4] for tag, given in Page(html).tags if tag == "img" and given["src"]} == {"cid:"}


def test_a_picture_of_nothing_is_left_out(desk: CommandedDesk) -> None:
    empty = letter_of(desk, reported([], TERMS))
    assert "image/png" not in empty.shape
    assert "<img" not in empty.body("html")
    assert "▁" in empty.body("html")


def test_without_the_library_it_goes_without_pictures_and_says_the_same(
    desk: CommandedDesk, week: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = letter_of(desk, week)
    monkeypatch.setitem(sys.modules, "resvg_py", None)  # as if it were not installed
    bare = letter_of(desk, week)
    assert bare.shape == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/html"]
    assert "<img" not in bare.body("html")
    assert bare.body("plain") == drawn.body("plain")
    assert "█" in bare.body("html")


@pytest.mark.parametrize(
    ("language", "heading", "told"),
    [
        ("de", "Was offen ist, nach Alter", "Wochen 33 bis 44, in der letzten: 9 neu"),
        ("pt-BR", "O que está em aberto, por idade", "Semanas 33 a 44, na última: 9 abertos"),
    ],
)
def test_what_stands_around_a_picture_is_in_the_language_of_the_desk(
    desk: CommandedDesk, week: Report, language: str, heading: str, told: str
) -> None:
    speak(desk, language)
    html = letter_of(desk, week).body("html")
    assert f">{heading}</h2>" in html
    assert f'alt="{told}' in html


def test_no_word_of_anybody_becomes_markup_of_the_letter(desk: CommandedDesk, week: Report) -> None:
    plain = Page(letter_of(desk, week).body("html"))
    page = Page(letter_of(desk, hostile(week)).body("html"))
    assert page.names == plain.names
    assert '<script>alert("1")' in page.text
