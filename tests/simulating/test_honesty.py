"""The proof that replaying is honest: through the policy it was made with, a past is what it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from maildesk.casework.acting import NewMatter, open_case
from maildesk.casework.rearranging import split_off
from maildesk.desk.case.events import EventKind
from maildesk.desk.decisions import acts, parties, reviewing, status_acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.rules import Assignment
from maildesk.mail.message import Address
from maildesk.simulating.own_cases import LeftOut
from maildesk.store.case_history import histories
from tests.conversations.test_bounces import REPORT
from tests.simulating.test_simulating import at, says, waits
from tests.world.past_desk import ANA, BO, LEA, PastDesk

MakeDesk = Callable[..., PastDesk]


async def _is_what_it_was(desk: PastDesk) -> None:
    found, left = await desk.differences()
    assert found == {}
    assert left == []


def _needs(*pieces: str) -> Any:
    return lambda case, desk, hand: status_acts.need(case, desk, hand, pieces)


async def test_a_case_from_the_first_mail_to_thanks(past_desk: MakeDesk) -> None:
    desk = past_desk()
    ref = desk.mail("It hums. Please escalate.", at=at(4))
    desk.acts(ref, says(), at=at(4, "18:00"))
    desk.mail("It still hums.", at=at(5), answers=desk.last_letter())
    desk.acts(ref, partial(acts.change, field="priority", value="urgent"), at=at(5, "11:00"))
    desk.acts(ref, says(), partial(status_acts.close), at=at(6))
    desk.mail("Thank you!", at=at(6, "11:00"), answers=desk.last_letter())
    desk.mail("It hums again.", at=at(7), answers=desk.last_letter())
    desk.until(at(28))
    await _is_what_it_was(desk)


async def test_an_answer_that_came_back_was_none_in_the_replay_too(past_desk: MakeDesk) -> None:
    """The promise is missed in both: it counted from the first mail on, until the second answer."""
    desk = past_desk()
    ref = desk.mail("It hums.", at=at(4))
    desk.acts(ref, says(), at=at(4, "11:00"))
    desk.until(at(4, "12:00"))
    report = REPORT.format(
        message_id=f"<{desk.last_letter()}>",
        to="support@acme.example",
        recipient=BO,
        action="failed",
        status="5.1.1",
    )
    desk.delivers(report.encode(), "support")
    desk.until(at(10))
    desk.acts(ref, says(), at=at(10, "11:00"))
    desk.until(at(14))
    kinds = [event.kind for event in desk.store.read_now(partial(histories, refs=[ref]))[ref]]
    assert kinds.count(EventKind.ANSWERED) == 2
    assert EventKind.RESPONSE_OVERDUE in kinds
    await _is_what_it_was(desk)


async def test_a_case_that_somebody_entered_keeps_the_channel_it_came_by(past_desk: MakeDesk) -> None:
    """A rule asks for it, and the field that keeps it stands on the case."""
    channels = {"source": ["email", "chat"]}
    rule = {"name": "a chat", "when": {"source": "chat"}, "then": {"priority": "urgent"}}
    desk = past_desk(plans={"everybody": ["email", "chat"]}, fields=channels, rules=[rule])
    desk.until(at(4))
    matter = NewMatter(Address(BO), "Login", "It says no.", "support", Assignment(), False, "chat")
    act = open_case(desk.store, desk.office, matter, lambda: Actor(ANA, desk.now, ANA))
    assert (act.case.priority, act.case.fields) == ("urgent", {"source": "chat"})
    desk.until(at(5))
    await _is_what_it_was(desk)


async def test_what_is_needed_is_reminded_of_and_silence_closes(past_desk: MakeDesk) -> None:
    desk = past_desk("productiv")
    ref = desk.mail("It is down.", at=at(4), subject="Help")
    desk.acts(ref, _needs("screenshot", "tried"), at=at(4, "11:00"))
    desk.until(at(12))
    desk.mail("It happens everywhere.", at=at(12), answers=desk.last_letter())
    desk.acts(ref, says(), partial(status_acts.resolve), at=at(13))
    desk.until(at(10, month=12))
    desk.mail("It is back.", at=at(10, month=12), answers=desk.last_letter())
    await _is_what_it_was(desk)


async def test_an_absence_note_holds_reminders_back(past_desk: MakeDesk) -> None:
    desk = past_desk("productiv")
    ref = desk.mail("It hums.", at=at(4))
    desk.acts(ref, says(), waits, at=at(4, "11:00"))
    away = {"Auto-Submitted": "auto-replied"}
    words = "I am away until 14 November 2025."
    desk.mail(words, subject="Out of office", at=at(4, "12:00"), answers=desk.last_letter(), headers=away)
    desk.until(at(5, month=12))
    await _is_what_it_was(desk)


async def test_people_types_and_what_came_of_it(past_desk: MakeDesk) -> None:
    desk = past_desk("profitco")
    ref = desk.mail("Dark mode, please.", at=at(4), subject="Wish")
    desk.acts(ref, partial(acts.assign, owner=None, team="support"), at=at(4, "11:00"))
    desk.acts(ref, partial(parties.add_party, address="cy@client.example"), at=at(4, "12:00"))
    desk.acts(ref, says(), at=at(4, "13:00"))
    desk.acts(ref, partial(parties.remove_party, address="cy@client.example"), at=at(5, "12:00"))
    desk.until(at(28))
    await _is_what_it_was(desk)


async def test_an_escalation_that_is_approved_and_planned(past_desk: MakeDesk) -> None:
    desk = past_desk(escalation={"words": ["escalate"], "approval": "required"})
    ref = desk.mail("Please escalate: nothing works.", at=at(4))
    desk.acts(ref, reviewing.approve, at=at(4, "11:00"), by=LEA)
    desk.acts(ref, lambda case, desk, hand: reviewing.plan(case, hand, "New pump."), at=at(4, "12:00"))
    desk.acts(ref, lambda case, desk, hand: reviewing.share_plan(case, hand), says(), at=at(5))
    desk.until(at(28))
    await _is_what_it_was(desk)


async def test_a_form_that_is_asked_back_and_filled(past_desk: MakeDesk) -> None:
    desk = past_desk("escalate-my-case")
    ref = desk.mail("It hums.", at=at(4))
    desk.acts(ref, says(), at=at(4, "11:00"))
    box = "escalations@acme.example"
    half = f"Case number: {ref}\nBusiness impact: critical!!\n"
    rest = "Reason for the escalation: it hums.\nDescription: all day.\n"
    desk.mail(half, subject="Escalate my case", at=at(5), to=box)
    desk.mail(half + rest, subject="Re: Escalate my case", at=at(6), to=box, answers=desk.last_letter())
    desk.until(at(20))
    kinds = [each.kind for each in desk.store.read_now(partial(histories, refs=[ref]))[ref]]
    assert EventKind.FORM_FILLED in kinds
    assert EventKind.ESCALATED in kinds
    await _is_what_it_was(desk)


async def test_a_reply_that_came_too_late_opens_a_case_that_follows(past_desk: MakeDesk) -> None:
    desk = past_desk(reopening={"within": "7d"})
    first = desk.mail("It hums.", at=at(4))
    desk.acts(first, partial(status_acts.close), at=at(4, "11:00"))
    second = desk.mail("It hums again.", at=at(20), answers=desk.last_letter())
    assert second != first
    desk.acts(second, says(), at=at(21))
    await _is_what_it_was(desk)


async def test_a_case_of_whose_mail_requests_became_cases_of_their_own(past_desk: MakeDesk) -> None:
    desk = past_desk()
    ref = desk.mail("Fax and dark mode, please.", at=at(4))
    desk.until(at(4, "11:00"))
    hand = Actor(ANA, desk.now, ANA)
    _, made = split_off(desk.store, desk.office, ref, ["Fax", "Dark mode"], None, lambda: hand)
    desk.acts(ref, says(), at=at(5))
    desk.mail("It hums.", at=at(5, "11:00"), answers=desk.last_letter())
    desk.until(at(28))
    found, left = await desk.differences()
    assert found == {}
    assert sorted(left, key=lambda each: each.name) == sorted(
        (LeftOut(each.ref, "split off from another") for each in made), key=lambda each: each.name
    )


@pytest.mark.parametrize("policy", ["default", "productiv", "droz", "profitco", "advendio"])
async def test_a_desk_that_is_late_to_look_is_so_again(past_desk: MakeDesk, policy: str) -> None:
    desk = past_desk(policy)
    ref = desk.mail("It hums.", at=at(4))
    desk.acts(ref, says(), at=at(10))
    desk.now = at(27)  # an outage: nobody looked
    desk.until(at(28))
    await _is_what_it_was(desk)
