"""An answer to a form that was asked about: filled in, confirmed as it is, or a reply."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from maildesk.store.schema import events, outbox
from tests.world.past_desk import BO, SUPPORT, PastDesk

ESCALATIONS = "escalations@acme.example"
SUBJECT = "Escalate my case"
TEN, ELEVEN, NOON, ONE = (datetime(2025, 11, 3, hour, tzinfo=UTC) for hour in (10, 11, 12, 13))
QUOTED = """\

On Mon, Acme wrote:
> Case number: {ref}
> Business impact:
> Reason for the escalation: slow
> Description:
"""


def asked(tmp_path: Path, lines: str) -> tuple[PastDesk, str]:
    """A desk that asked Bo for what lacks in his form: with these lines beside that of the case."""
    desk = PastDesk(tmp_path, "escalate-my-case")
    ref = desk.mail("It does not print.", at=TEN)
    desk.mail(f"Case number: {ref}\n{lines}", at=ELEVEN, subject=SUBJECT, to=ESCALATIONS)
    return desk, ref


def answers(desk: PastDesk, text: str, at: datetime = NOON, to: str = ESCALATIONS, sender: str = BO) -> None:
    asks = desk.last_letter()
    desk.mail(text, at=at, subject=f"Re: {SUBJECT}", answers=asks, to=to, sender=sender)


def kinds(desk: PastDesk) -> list[str]:
    """The events so far, by their kinds."""
    return [kind for kind, _ in noted(desk)]


def noted(desk: PastDesk) -> list[tuple[str, dict[str, Any]]]:
    rows = desk.store.read_now(lambda conn: conn.execute(select(events.c.kind, events.c.data)).all())
    return [(kind, dict(data)) for kind, data in rows]


ASKED = ["opened", "replied", "form-asked", "replied"]
REPLIES = {
    "a denial": (ESCALATIONS, "Please do not escalate it any more, it was solved by your colleague."),
    "to the address of the case": (SUPPORT, "Please do not escalate it any more."),
    "nothing": (ESCALATIONS, ""),
}


@pytest.mark.parametrize(("to", "text"), REPLIES.values(), ids=REPLIES)
def test_an_answer_that_leaves_the_lines_as_they_were_is_a_reply(tmp_path: Path, to: str, text: str) -> None:
    desk, ref = asked(tmp_path, "Reason: slow")
    answers(desk, text + QUOTED.format(ref=ref), to=to)
    assert kinds(desk) == ASKED
    told = desk.store.read_now(lambda conn: conn.execute(select(outbox.c.kind)).scalars().all())
    assert told[-1] == "replied-team"  # the owner hears
    desk.close()


@pytest.mark.parametrize("text", ["As it is, please.", "Critical"])
def test_a_plain_confirmation_or_the_choice_that_lacked_fills_the_form_in(tmp_path: Path, text: str) -> None:
    desk, ref = asked(tmp_path, "Reason: slow")
    answers(desk, text + QUOTED.format(ref=ref))
    assert kinds(desk) == [*ASKED, "form-filled", "escalated"]
    desk.close()


FILLED = {
    "a blank line": ("> Business impact:", "> Business impact: 4"),
    "a line below the mark": ("> Description:", "> Description:\nIt burns."),
    "one that was corrected": ("> Reason for the escalation: slow", "> Reason for the escalation: too slow"),
}


@pytest.mark.parametrize(("was", "filled"), FILLED.values(), ids=FILLED)
def test_a_line_that_is_filled_in_or_changed_in_the_quotation_counts(
    tmp_path: Path, was: str, filled: str
) -> None:
    desk, ref = asked(tmp_path, "Reason: slow")
    answers(desk, "See below." + QUOTED.format(ref=ref).replace(was, filled))
    assert kinds(desk) == [*ASKED, "form-filled", "escalated"]
    desk.close()


def test_a_reply_that_quotes_the_form_after_it_was_filled_in_is_a_reply(tmp_path: Path) -> None:
    desk, ref = asked(tmp_path, "Reason: slow")
    filled = QUOTED.format(ref=ref).replace("impact:", "impact: critical!!")
    answers(desk, "See below." + filled)
    answers(desk, "When do I hear from you?" + filled, at=ONE)
    assert kinds(desk) == [*ASKED, "form-filled", "escalated", "replied"]
    desk.close()
