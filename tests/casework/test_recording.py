"""What a relay's answer means to the case: its events, its response clock, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.casework.consequences import Consequence
from maildesk.casework.office import Office
from maildesk.casework.outbox_choices import drop, retry
from maildesk.casework.recording import OutcomeRecorder
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.mail.addr_spec import Addresses
from maildesk.store import outbox
from maildesk.store.case_views import case_show
from maildesk.store.database import Connection, Database
from maildesk.store.outbox import LetterOutcome, LetterState, OutboxLetter
from maildesk.store.outbox_views import outbox_rows
from maildesk.store.thread_ids import ThreadIds
from tests.unit.desk.letter_matters import KEYS, SOURCES, WRITER
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK, NOW, POLICY

LATER = NOW + timedelta(hours=4)
RECORDER = OutcomeRecorder(Office(DESK, WRITER, LetterLimits()))


def stored(conn: Connection, kind: LetterKind = LetterKind.ANSWER, **changes: Any) -> OutboxLetter:
    """A letter of the case as the outbox holds it."""
    fields: dict[str, Any] = {
        "case_ref": CASE.ref,
        "message_id": "m@acme.example",
        "kind": kind,
        "recipient": BO,
        "domain": "client.example",
        "subject": "Re: Printer",
        "envelope_from": "support@acme.example",
        "mailbox": "support",
        "head": b"",
        "body": b"",
        "personal": FORMS[kind].automatic is None,
        "limited": FORMS[kind].limited,
        "to_desk": not FORMS[kind].audience.of_customers,
        "created_at": NOW,
        "due_at": NOW,
        "expires_at": NOW + FORMS[kind].patience,
    }
    (ident,) = outbox.add(conn, [OutboxLetter(**fields | changes)])
    letter = outbox.letter(conn, ident)
    assert letter
    return letter


def consequence(letter: OutboxLetter, state: LetterState, event: EventKind | None) -> Consequence:
    over = state not in outbox.TRIED
    due, ended = (None, LATER) if over else (LATER, None)
    return Consequence(LetterOutcome(letter.id, state, "550 no such user", due_at=due, ended_at=ended), event)


def recorded(
    store: Database, state: LetterState, event: EventKind | None, kind: LetterKind, **changes: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The case and the outbox after one letter came to this."""

    def work(conn: Connection) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        letter = stored(conn, kind, **changes)
        RECORDER(conn, [(letter, consequence(letter, state, event))])
        return case_show(conn, CASE.ref, POLICY), outbox_rows(conn)

    return store.write_now(work)


FAILED, DELAYED, UNSURE = EventKind.LETTER_FAILED, EventKind.LETTER_DELAYED, EventKind.LETTER_UNCERTAIN
ARRIVED = EventKind.LETTER_ARRIVED
ANSWER, NOTICE = LetterKind.ANSWER, LetterKind.OPENED_TEAM


@pytest.mark.parametrize(
    ("state", "event", "kind", "told"),
    [
        (LetterState.FAILED, FAILED, ANSWER, "undelivered"),
        (LetterState.DEFERRED, DELAYED, ANSWER, "still-tried"),
        (LetterState.SENT, ARRIVED, ANSWER, "arrived"),
        (LetterState.SENT, ARRIVED, NOTICE, None),
        (LetterState.DEFERRED, UNSURE, ANSWER, None),
        (LetterState.FAILED, FAILED, LetterKind.ACKNOWLEDGEMENT, "undelivered"),
        (LetterState.UNCERTAIN, UNSURE, LetterKind.ACKNOWLEDGEMENT, None),
        (LetterState.FAILED, FAILED, NOTICE, None),
        (LetterState.FAILED, FAILED, LetterKind.UNDELIVERED, None),
    ],
    ids=[
        "an answer failed",
        "an answer is late",
        "an answer that was late arrived",
        "a notice that was late arrived",
        "an answer may have arrived twice",
        "an acknowledgement failed",
        "an acknowledgement may not have been sent",
        "a notice to colleagues failed",
        "the notice of a failure failed",
    ],
)
def test_the_history_says_what_became_of_a_letter_and_the_team_hears_of_customers_ones(
    store: Database, state: LetterState, event: EventKind, kind: LetterKind, told: str | None
) -> None:
    """A notice that failed is not told by another: that could go on for ever."""
    case, letters = recorded(store, state, event, kind)
    last = case["events"][-1]
    assert (last["kind"], last["actor"], last["data"]["to"]) == (event, "desk", BO)
    assert last["data"]["why"] == "550 no such user"
    notices = [(row["to"], row["kind"]) for row in letters[1:] if row["kind"] != "alarm"]
    assert notices == ([(AGENT, told)] if told else [])
    assert letters[0]["state"] == state


def test_the_copies_of_a_letter_that_fare_alike_are_one_notice(store: Database) -> None:
    def work(conn: Connection) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
        copies = [stored(conn, recipient=one) for one in (BO, CY)]
        other = stored(conn, recipient="dee@client.example", message_id="other@acme.example")
        RECORDER(conn, [(one, consequence(one, LetterState.FAILED, FAILED)) for one in (*copies, other)])
        rows = outbox_rows(conn)
        text = [
            mail["text"] for mail in case_show(conn, CASE.ref, POLICY)["mails"] if mail["direction"] == "out"
        ]
        return case_show(conn, CASE.ref, POLICY), rows, "".join(text)

    case, letters, text = store.write_now(work)
    assert [event["data"]["to"] for event in case["events"] if event["kind"] == FAILED] == [
        BO, CY, "dee@client.example",
    ]  # fmt: skip
    assert [row["to"] for row in letters if row["kind"] == "undelivered"] == [AGENT, AGENT]
    assert f"did not arrive: {BO} and {CY}" in text
    assert text.count("The reason given: 550 no such user\n") == 2


def test_what_arrived_is_no_event_of_the_case(store: Database) -> None:
    case, letters = recorded(store, LetterState.SENT, None, ANSWER)
    assert [event["kind"] for event in case["events"]] == ["opened"]
    assert [row["state"] for row in letters] == ["sent"]


def test_a_letter_of_no_case_is_settled_all_the_same(store: Database) -> None:
    case, letters = recorded(store, LetterState.FAILED, FAILED, LetterKind.ALARM, case_ref=None)
    assert len(case["events"]) == 1
    assert [row["state"] for row in letters] == ["failed"]


@pytest.mark.parametrize(
    ("event", "kind", "changes", "answered"),
    [
        (FAILED, ANSWER, {}, False),
        (FAILED, ANSWER, {"recipient": BO.upper()}, False),
        (DELAYED, ANSWER, {}, True),
        (UNSURE, ANSWER, {}, True),
        (FAILED, ANSWER, {"recipient": CY}, True),
        (FAILED, LetterKind.ACKNOWLEDGEMENT, {}, True),
    ],
    ids=[
        "the first answer failed",
        "the first answer failed, to capitals",
        "the first answer is late",
        "the first answer may have arrived",
        "a copy of it failed",
        "an acknowledgement failed",
    ],
)
def test_a_first_response_that_failed_was_none(
    store: Database, event: EventKind, kind: LetterKind, changes: dict[str, Any], answered: bool
) -> None:
    state = LetterState.FAILED if event is FAILED else LetterState.DEFERRED
    case, _ = recorded(store, state, event, kind, **changes)
    assert (case["first_response_at"] is not None) is answered


def test_the_earliest_answer_that_did_not_fail_is_the_first_response(store: Database) -> None:
    def work(conn: Connection) -> dict[str, Any]:
        first = stored(conn)
        stored(conn, message_id="second@acme.example", created_at=LATER)
        RECORDER(conn, [(first, consequence(first, LetterState.FAILED, FAILED))])
        return case_show(conn, CASE.ref, POLICY)

    assert store.write_now(work)["first_response_at"] == "2026-03-02T14:00:00.000000Z"


def test_a_later_answer_that_failed_changes_no_first_response(store: Database) -> None:
    def work(conn: Connection) -> dict[str, Any]:
        stored(conn)
        later = stored(conn, message_id="second@acme.example", created_at=LATER)
        RECORDER(conn, [(later, consequence(later, LetterState.FAILED, FAILED))])
        return case_show(conn, CASE.ref, POLICY)

    assert store.write_now(work)["first_response_at"] == "2026-03-02T10:00:00.000000Z"


def test_a_retry_brings_the_first_response_back_and_a_drop_takes_it(store: Database) -> None:
    def work(conn: Connection) -> list[str | None]:
        answer = stored(conn)
        seen = []
        steps: list[Callable[[], None]] = [
            lambda: RECORDER(conn, [(answer, consequence(answer, LetterState.FAILED, FAILED))]),
            lambda: retry(conn, [answer.id], LATER),
            lambda: drop(conn, [answer.id], LATER, "cli:ana"),
        ]
        for step in steps:
            step()
            seen.append(case_show(conn, CASE.ref, POLICY)["first_response_at"])
        last = case_show(conn, CASE.ref, POLICY)["events"][-1]
        assert (last["kind"], last["actor"], last["data"]["to"]) == ("letter-dropped", "cli:ana", BO)
        return seen

    assert store.write_now(work) == [None, "2026-03-02T10:00:00.000000Z", None]


@pytest.mark.parametrize("marked", [False, True], ids=["before its mark", "after its mark"])
def test_what_a_person_did_to_a_letter_meanwhile_wins(store: Database, marked: bool) -> None:
    def work(conn: Connection) -> tuple[list[str], list[str]]:
        letter = stored(conn)
        if marked:
            letter = replace(letter, state=LetterState.SENDING)  # the mark was never committed
        drop(conn, [letter.id], LATER)
        RECORDER(conn, [(letter, consequence(letter, LetterState.DEFERRED, DELAYED))])
        events = [event["kind"] for event in case_show(conn, CASE.ref, POLICY)["events"]]
        return [row["state"] for row in outbox_rows(conn)], events

    assert store.write_now(work) == (["dropped"], ["opened", "letter-dropped"])


def test_each_failure_of_a_retried_letter_is_told(store: Database) -> None:
    def work(conn: Connection) -> tuple[list[str], list[str]]:
        letter = stored(conn)
        for _ in range(2):
            RECORDER(conn, [(letter, consequence(letter, LetterState.FAILED, FAILED))])
            retry(conn, [letter.id], LATER)
            again = outbox.letter(conn, letter.id)
            assert again
            letter = again
        kinds = [mail["verdict"] for mail in case_show(conn, CASE.ref, POLICY)["mails"]]
        return [row["kind"] for row in outbox_rows(conn)], kinds

    assert store.write_now(work) == (["answer", "undelivered", "undelivered"], ["undelivered"] * 2)


def test_a_notice_that_is_owed_already_is_no_second_mail_of_the_case(store: Database) -> None:
    def work(conn: Connection) -> tuple[int, int]:
        letter = stored(conn)
        for _ in range(2):
            RECORDER(conn, [(letter, consequence(letter, LetterState.FAILED, FAILED))])
            outbox.settle(conn, [LetterOutcome(letter.id, LetterState.QUEUED, None)])
        return len(case_show(conn, CASE.ref, POLICY)["mails"]), len(outbox_rows(conn))

    assert store.write_now(work) == (1, 2)


def test_a_notice_that_cannot_be_written_costs_only_the_notice(store: Database) -> None:
    """The letter is settled, its case says so, and the operators hear of it."""
    broken = {**SOURCES, "en/undelivered.txt": "Subject: {{ nothing.of.that.name }}\n\nNo.\n"}
    writer = LetterWriter(DESK, LetterTemplates(broken, DESK.zone), KEYS)
    recorder = OutcomeRecorder(Office(DESK, writer, LetterLimits()))

    def work(conn: Connection) -> tuple[list[str], list[tuple[str, str]]]:
        letter = stored(conn)
        recorder(conn, [(letter, consequence(letter, LetterState.FAILED, FAILED))])
        events = [event["kind"] for event in case_show(conn, CASE.ref, POLICY)["events"]]
        return events, [(row["kind"], row["state"]) for row in outbox_rows(conn)]

    events, letters = store.write_now(work)
    assert events == ["opened", "letter-failed"]
    assert letters == [("answer", "failed"), ("alarm", "queued")]


def test_recording_the_same_outcome_again_owes_no_second_notice(store: Database) -> None:
    def twice(conn: Connection) -> list[dict[str, Any]]:
        letter = stored(conn)
        for _ in range(2):
            RECORDER(conn, [(letter, consequence(letter, LetterState.FAILED, FAILED))])
        return outbox_rows(conn)

    assert [row["kind"] for row in store.write_now(twice)] == ["answer", "undelivered"]


def test_acknowledgements_held_for_a_day_are_dropped_with_an_event_and_nobody_is_written_to(
    store: Database,
) -> None:
    def held(conn: Connection) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        letters = [
            stored(conn, LetterKind.ACKNOWLEDGEMENT, message_id=f"{n}@acme.example", state=LetterState.HELD)
            for n in range(2)
        ]
        RECORDER.drop_expired_held(conn, LATER, letters)
        return case_show(conn, CASE.ref, POLICY), outbox_rows(conn)

    case, letters = store.write_now(held)
    assert [event["kind"] for event in case["events"]] == ["opened", "letter-dropped", "letter-dropped"]
    assert [(row["state"], row["reason"]) for row in letters] == [("dropped", "held for 24 hours")] * 2


def test_the_id_that_a_relay_gave_a_letter_leads_to_its_case(store: Database) -> None:
    def taken(conn: Connection) -> dict[str, list[Claim]]:
        letters = [stored(conn), stored(conn, case_ref=None, recipient=CY)]
        known_as = ("given@relay.example", letters[0].message_id)
        for letter in letters:
            sent = LetterOutcome(letter.id, LetterState.SENT, None, ended_at=LATER)
            for _ in range(2):  # repeating it changes nothing
                RECORDER(conn, [(letter, Consequence(sent, known_as=known_as))])
        ids = ThreadIds(conn)
        ids.load(known_as, ())
        return {each: list(ids.claims.get(each, ())) for each in known_as}

    given, own = store.write_now(taken).values()
    assert given == [Claim(CASE.ref, Hold.ALIAS, Addresses({"bo@client.example"}))]
    assert own == []  # no mail of the case bears it here; nor does the relay's word make it an alias


def test_letters_in_doubt_that_nobody_repeats_are_told_to_the_operators_once(store: Database) -> None:
    def work(conn: Connection) -> list[dict[str, Any]]:
        acks = [
            stored(conn, LetterKind.ACKNOWLEDGEMENT, message_id=f"m{number}@acme.example")
            for number in range(3)
        ]
        for some in (acks[:2], acks[2:]):
            RECORDER(conn, [(one, consequence(one, LetterState.UNCERTAIN, UNSURE)) for one in some])
        return [row for row in outbox_rows(conn) if row["kind"] == "alarm"]

    (alarm,) = store.write_now(work)
    assert alarm["to"] == "ops@acme.example"
    assert "may not have been sent" in alarm["subject"]


def test_a_letter_that_a_person_took_back_meanwhile_is_no_doubt(store: Database) -> None:
    def work(conn: Connection) -> list[dict[str, Any]]:
        ack = stored(conn, LetterKind.ACKNOWLEDGEMENT)
        drop(conn, [ack.id], NOW)
        RECORDER(conn, [(ack, consequence(ack, LetterState.UNCERTAIN, UNSURE))])
        return outbox_rows(conn)

    assert [row["kind"] for row in store.write_now(work)] == ["acknowledgement"]
