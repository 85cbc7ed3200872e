"""Alarms: one a day about each thing, to every operator, in words that say what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from maildesk.casework.alarms import AlarmWriter, held_letters
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.language_words import language_of
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.moments import moment
from maildesk.desk.letters.sample import CUSTOMER, sample_letters
from maildesk.desk.letters.stand_ins import StandIns
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.people import People
from maildesk.store.database import Database
from maildesk.store.outbox import LetterState, OutboxLetter
from tests.unit.desk.letter_matters import FOLDER, KEYS, SOURCES, writer
from tests.unit.desk.matters import DESK, NOW

TWO = replace(DESK, people=People(operators=("ops@acme.example", "night@acme.example")))
KINDS = (
    "held",
    "unread:Chats of the day",
    "quarantined",
    "too-large",
    "unfetchable",
    "mailbox:support",
    "heard:support",
    "relay:mx.acme.example",
    "broken:sending",
    "letter:en/closed.txt",
    "disk",
    "uncertain",
    "restored:20251124T093000",
    "clock",
    "intake",
)


def raised(
    store: Database, kind: str, now: datetime = NOW, detail: str = "", operators: bool = True
) -> list[OutboxLetter]:
    desk = TWO if operators else replace(DESK, people=People())
    alarms = AlarmWriter(desk, writer(desk))
    return store.write_now(lambda conn: alarms.raised(conn, kind, now, detail))


@pytest.mark.parametrize("kind", KINDS)
def test_every_operator_hears_of_it(store: Database, kind: str) -> None:
    letters = raised(store, kind)
    assert [letter.recipient for letter in letters] == ["ops@acme.example", "night@acme.example"]
    assert {(letter.case_ref, letter.personal, letter.limited) for letter in letters} == {
        (None, False, False)
    }
    assert {letter.due_at for letter in letters} == {NOW}
    assert b"Auto-Submitted: auto-generated" in letters[0].head


def test_the_same_thing_is_told_once_a_day(store: Database) -> None:
    hours = [hour for hour in range(0, 73, 6) if raised(store, "held", NOW + timedelta(hours=hour))]
    assert hours == [0, 24, 48, 72]


def test_another_thing_and_another_mailbox_are_told_all_the_same(store: Database) -> None:
    for kind in (*KINDS, "mailbox:sales"):
        assert raised(store, kind)
        assert not raised(store, kind)


def test_two_alarms_never_share_a_message_id(store: Database) -> None:
    letters = [letter for kind in (*KINDS, "mailbox:sales") for letter in raised(store, kind)]
    letters += raised(store, "held", NOW + timedelta(days=1))
    assert len({letter.message_id for letter in letters}) == len(KINDS) + 2


def test_a_detail_is_shown_as_it_is(store: Database) -> None:
    odd = "support: {0.__class__} {{7*7}} refused"
    (letter, _) = raised(store, "mailbox:support", detail=odd)
    assert odd.encode() in letter.body


@pytest.mark.parametrize("language", ["de", "pt-BR"])
@pytest.mark.parametrize("kind", [*KINDS, "old-mail", "uids", "neighbour"])
def test_an_alarm_is_in_the_first_language_of_the_desk(store: Database, kind: str, language: str) -> None:
    def told(language: str, at: datetime) -> tuple[str, list[str]]:
        sources = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*.*")}
        desk = replace(TWO, policy=replace(TWO.policy, languages=(language,)))
        alarms = AlarmWriter(desk, LetterWriter(desk, LetterTemplates(sources, desk.zone, (language,)), KEYS))
        letter, _ = store.write_now(lambda conn: alarms.raised(conn, kind, at, "ABC"))
        mail = message_from_bytes(letter.head + letter.body, policy=default)
        assert mail["Content-Language"] == language
        text = mail.get_body(("plain",))
        assert text
        return mail["Subject"], text.get_content().splitlines()

    subject, english = told("en", NOW)
    title, lines = told(language, NOW + timedelta(days=1))
    assert title != subject
    assert {line for line in lines if line in english} <= {"", "ABC", DESK.name}
    assert len(lines) == len(english)


def test_with_no_operators_nobody_is_written_to(store: Database) -> None:
    assert raised(store, "held", operators=False) == []


def test_an_alarm_whose_template_is_broken_harms_nobody_and_is_raised_once_it_is_mended(
    store: Database,
) -> None:
    broken = {**SOURCES, "en/alarm.txt": "Subject: {{ extra.nothing }}\n\nNo.\n"}
    alarms = AlarmWriter(TWO, LetterWriter(TWO, LetterTemplates(broken, TWO.zone), KEYS))
    assert store.write_now(lambda conn: alarms.raised(conn, "held", NOW)) == []
    assert len(raised(store, "held")) == 2


def test_a_template_for_which_ours_stood_in_is_told_once_even_if_it_is_that_of_alarms(
    store: Database,
) -> None:
    stand_ins = StandIns(lambda: SOURCES, TWO.zone, ("en",))
    alarm, gone = "Subject: {{ extra.nothing }}\n\nNo.\n", "Subject: {{ gone }}\n\nBye"
    broken = {**SOURCES, "en/alarm.txt": alarm, "en/closed.txt": gone}
    templates = LetterTemplates(broken, TWO.zone).backed_by(stand_ins.render)
    alarms = AlarmWriter(TWO, LetterWriter(TWO, templates, KEYS), stand_ins)
    assert not alarms.are_owed
    closed, case = next(each for each in sample_letters(TWO, NOW) if each[0].kind is LetterKind.CLOSED)
    LetterWriter(TWO, templates, KEYS).write(closed, case, [CUSTOMER])
    assert alarms.are_owed
    letters = store.write_now(lambda conn: alarms.of_templates(conn, NOW))
    said = [b"en/closed.txt:1: 'gone'" in each.body for each in letters]
    assert sorted(said) == [False, False, True, True]  # two operators, two templates
    assert not alarms.are_owed
    assert store.write_now(lambda conn: alarms.of_templates(conn, NOW)) == []


def test_an_alarm_of_a_clock_that_stood_ahead_silences_none_of_today(store: Database) -> None:
    assert raised(store, "mailbox:support", NOW + timedelta(days=3652))
    assert raised(store, "mailbox:support", NOW)
    assert not raised(store, "mailbox:support", NOW + timedelta(hours=1))


def test_what_a_limit_holds_is_told_in_the_language_of_the_desk(store: Database) -> None:
    held = replace(
        raised(store, "held")[0], state=LetterState.HELD, recipient="bo@client.example", limited=True
    )
    held = replace(
        held,
        reason="limits.acks_per_case_hour is reached",
        case_ref="7K2Q-9F3M",
        kind=LetterKind.ACKNOWLEDGEMENT,
    )
    other = replace(held, case_ref=None, reason="limits.notices_per_agent_hour is reached for a day")
    kept_back = replace(held, reason="may have been sent since")
    told = held_letters([held, other, kept_back, held], DESK)
    assert told.splitlines() == [
        "- limits.acks_per_case_hour is reached: 2 letters to bo@client.example, case 7K2Q-9F3M",
        "- limits.notices_per_agent_hour is reached: 1 letter to bo@client.example, about no case",
        "Unless somebody lets them go before, they are dropped, and their cases say so: "
        f"{moment(NOW + timedelta(days=1), DESK.zone)}.",
    ]
    german = language_of("de", (FOLDER / "de/words.yaml").read_text(), "de/words.yaml")
    assert told.in_(german).splitlines()[0] == (
        "- limits.acks_per_case_hour ist erreicht: 2 Schreiben an bo@client.example, Fall 7K2Q-9F3M"
    )
    lasting = replace(held, kind=LetterKind.SHIPPED)
    assert len(held_letters([lasting], DESK).splitlines()) == 1
