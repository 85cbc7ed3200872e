"""The weekly letter: once a week when the desk opens, or at once by `maildesk report --send`."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape

import pytest

from maildesk.config.loading import load
from maildesk.daemon.parts import office_of, report_wish
from maildesk.daemon.report_duty import ReportDuty
from maildesk.store.database import Database
from maildesk.store.schema import letter_bodies, outbox
from tests.cli.conftest import CommandedDesk

OPENS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def letters(store: Database) -> list[EmailMessage]:
    """The weekly letters that are owed, as a mail program reads them."""
    query = outbox.join(letter_bodies, letter_bodies.c.id == outbox.c.body_id).select()
    rows = store.read_now(lambda conn: conn.execute(query.where(outbox.c.kind == "weekly")).all())
    found = []
    for row in rows:
        parsed = email.message_from_bytes(row.head + row.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        found.append(parsed)
    return found


def duty(desk: CommandedDesk, store: Database) -> ReportDuty:
    settings = load(desk.config)
    return ReportDuty(store, office_of(settings, {}), report_wish(settings))


@pytest.mark.parametrize("attach", ["html", "none"])
def test_the_letter_says_everything_plainly_and_asks_nothing_of_the_network(
    desk: CommandedDesk, attach: str
) -> None:
    desk.change("testing: true", f"testing: true\nreport: {{attach: {attach}}}")
    desk.new()
    assert desk.run("report", "--week", "2026-W48", "--send") == "queued for lea@acme.example\n"
    store = desk.open_store()
    [letter] = letters(store)
    store.close_now()
    assert letter["Subject"] == "[Acme] Week 48: 1 in, 0 ended, 1 open"
    assert letter["Auto-Submitted"] == "auto-generated"
    plain, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain
    assert page
    for part in (plain, page):
        words = part.get_content()
        assert "Week 48 of 2026: 1 case came in, 0 came back, 0 ended. 1 open now, 0 a week ago" in words
        assert "Open at the end of the week" in words
        assert "http" not in words
    pictured = [unescape(each) for each in re.findall(r'alt="([^"]*)"', page.get_content())]
    assert [each.partition(" ")[0] for each in pictured] == ["Weeks", "Open"]
    assert f"\n{pictured[-1]}\n" in plain.get_content().replace("\r\n", "\n")  # of the flow the bars tell
    files = [each.get_filename() for each in letter.iter_attachments()]
    assert files == (["report-2026-W48.html"] if attach == "html" else [])
    assert ("attached" in plain.get_content()) is (attach == "html")
    data = letter.as_bytes()
    assert data.isascii()
    assert len(data) < 200_000
    assert max(map(len, data.splitlines())) <= 998


async def test_it_is_written_once_a_week_when_the_desk_opens(desk: CommandedDesk) -> None:
    desk.change("testing: true", "testing: true\nreport: {}")
    store = desk.open_store()
    before = duty(desk, store)
    assert await before.drain(OPENS + timedelta(minutes=30)) == 0  # it begins with the next week
    assert not before.is_due(OPENS + timedelta(hours=1))
    assert await before.drain(OPENS + 7 * DAY - timedelta(minutes=1)) == 0
    assert before.is_due(OPENS + 7 * DAY)
    assert await before.drain(OPENS + 7 * DAY) == 1
    again = duty(desk, store)  # a restart
    assert [await again.drain(OPENS + 7 * DAY + timedelta(hours=hours)) for hours in (0, 1, 48)] == [0, 0, 0]
    assert await again.drain(OPENS + 16 * DAY) == 1  # it was down on Monday
    assert [each["Subject"] for each in letters(store)] == [
        "[Acme] Week 48: 0 in, 0 ended, 0 open",
        "[Acme] Week 49: 0 in, 0 ended, 0 open",
    ]
    store.close_now()


async def test_without_the_section_no_letter_goes(desk: CommandedDesk) -> None:
    store = desk.open_store()
    quiet = duty(desk, store)
    assert not quiet.is_due(OPENS)
    assert await quiet.drain(OPENS) == 0
    store.close_now()


def test_a_desk_without_leadership_sends_to_nobody_and_says_so(desk: CommandedDesk) -> None:
    desk.change("  leadership: [{name: Lea Dias, address: lea@acme.example}]\n", "")
    result = desk.try_("report", "--send")
    assert result.exit_code == 1
    assert "nobody reads the report" in result.stderr
