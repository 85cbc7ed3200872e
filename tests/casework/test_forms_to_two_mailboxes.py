"""A mail to the mailbox of a form and to another of ours: it comes twice, and one thing becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from maildesk.desk.decisions.acts import answer
from maildesk.store.schema import cases, events, ledger, outbox
from tests.world.past_desk import BO, SUPPORT, PastDesk

ESCALATIONS = "escalations@acme.example"
BOTH = f"{SUPPORT}, {ESCALATIONS}"
FIRST = [("escalations", "support"), ("support", "escalations")]
"""Whichever copy is filed first, the same becomes of a mail."""
WHOLE = "Case number: {ref}\nBusiness impact: Critical\nReason: slow\nDescription: It burns.\n"
TEN, ELEVEN, NOON, ONE = (datetime(2025, 11, 3, hour, tzinfo=UTC) for hour in (10, 11, 12, 13))


def verdicts(desk: PastDesk, to: str, boxes: tuple[str, ...], subject: str = "Help") -> list[str]:
    """What was decided on each copy of a mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = BO, to, subject, "<1@client.example>"
    mail.set_content("It burns.")
    for box in boxes:
        desk.delivers(mail.as_bytes(), box)
    found = desk.store.read_now(lambda conn: conn.execute(select(ledger.c.verdict)).scalars().all())
    desk.close()
    return sorted(found)


@pytest.mark.parametrize("boxes", FIRST)
def test_a_mail_to_both_opens_one_case_and_no_form_is_sent_back(
    tmp_path: Path, boxes: tuple[str, str]
) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    found = verdicts(desk, BOTH, boxes)
    assert found == ["duplicate", "opened"]


def test_a_mail_to_the_mailbox_of_the_form_alone_is_sent_back(tmp_path: Path) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    found = verdicts(desk, ESCALATIONS, ("escalations",))
    assert found == ["form_returned"]


def test_a_mail_to_both_that_is_a_form_wherever_it_comes_opens_none(tmp_path: Path) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    found = verdicts(desk, BOTH, ("escalations", "support"), "Escalate my case")
    assert found == ["form_returned", "quarantined"]


def test_a_form_by_its_subject_to_another_mailbox_is_sent_back(tmp_path: Path) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    found = verdicts(desk, SUPPORT, ("support",), "Escalate my case")
    assert found == ["form_returned"]


def sends(
    desk: PastDesk, text: str, at: datetime, boxes: tuple[str, ...], to: str = BOTH, answers: str = ""
) -> None:
    """A mail of Bo's that comes into these mailboxes, one after the other."""
    desk.until(at)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = BO, to, "Re: Printer" if answers else "My printer"
    mail["Message-ID"] = f"<{at.hour}@client.example>"
    if answers:
        mail["In-Reply-To"] = f"<{answers}>"
    mail.set_content(text)
    for box in boxes:
        desk.delivers(mail.as_bytes(), box)


def happened(desk: PastDesk) -> list[str]:
    """The events of all cases but those that only say that a copy came."""
    kinds = desk.store.read_now(lambda conn: conn.execute(select(events.c.kind)).scalars().all())
    return [each for each in kinds if each not in ("duplicate-arrived", "letter-withheld")]


@pytest.mark.parametrize("boxes", FIRST)
def test_a_whole_form_to_both_escalates(tmp_path: Path, boxes: tuple[str, str]) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    ref = desk.mail("It does not print.", at=TEN)
    sends(desk, WHOLE.format(ref=ref), ELEVEN, boxes)
    assert happened(desk) == ["opened", "replied", "form-filled", "escalated"]
    desk.close()


@pytest.mark.parametrize("boxes", FIRST)
def test_a_whole_form_in_a_reply_to_both_escalates(tmp_path: Path, boxes: tuple[str, str]) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    ref = desk.mail("It does not print.", at=TEN)
    sends(desk, "Please.\n\n" + WHOLE.format(ref=ref), ELEVEN, boxes, answers=desk.last_letter())
    assert happened(desk) == ["opened", "replied", "form-filled", "escalated"]
    desk.close()


@pytest.mark.parametrize("boxes", FIRST)
def test_replies_to_both_without_a_line_of_the_form_are_replies(
    tmp_path: Path, boxes: tuple[str, str]
) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    desk.mail("It does not print.", at=TEN)
    for at, text in ((ELEVEN, "It still does not print."), (NOON, "Anybody there?")):
        sends(desk, text, at, boxes, answers=desk.last_letter())
    assert happened(desk) == ["opened", "replied", "replied"]
    desk.close()


@pytest.mark.parametrize("boxes", FIRST)
def test_a_whole_form_to_both_that_names_no_case_of_its_authors_opens_none(
    tmp_path: Path, boxes: tuple[str, str]
) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    sends(desk, WHOLE.format(ref="7K2Q-9F3M"), TEN, boxes)
    letters = desk.store.read_now(
        lambda conn: conn.execute(select(outbox.c.kind, outbox.c.envelope_from)).all()
    )
    assert [tuple(each) for each in letters if each.kind.startswith("form")] == [("form-fixed", ESCALATIONS)]
    assert happened(desk) == []
    desk.close()


@pytest.mark.parametrize("boxes", FIRST)
def test_a_case_opened_by_a_mail_to_both_speaks_as_the_other_mailbox(
    tmp_path: Path, boxes: tuple[str, str]
) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    sends(desk, "It burns.", TEN, boxes, to=f"{ESCALATIONS}, {SUPPORT}")
    assert desk.store.read_now(lambda conn: conn.execute(select(cases.c.mailbox)).scalar_one()) == SUPPORT
    desk.close()


def test_plain_replies_to_a_case_of_the_mailbox_of_a_form_are_replies(tmp_path: Path) -> None:
    desk = PastDesk(tmp_path, "escalate-my-case")
    sends(desk, "It burns.", TEN, ("escalations", "support"))
    ref = desk.store.read_now(lambda conn: conn.execute(select(cases.c.ref)).scalar_one())
    desk.acts(ref, lambda case, office, hand: answer(case, office, "What burns?", hand), at=ELEVEN)
    for at, text in ((NOON, "The kettle."), (ONE, "It is the blue kettle.")):
        sends(desk, text, at, ("escalations",), to=ESCALATIONS, answers=desk.last_letter())
    assert happened(desk) == ["opened", "answered", "replied", "replied"]
    desk.close()
