"""Two answers to one notice: which of them was written unaware of the other, and which is held for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from maildesk.desk.case.case import PartyRole, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.escalation import Escalation
from maildesk.desk.case.events import DESK as DESK_ITSELF
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions import acts, status_acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.agent_mail import act_by_mail
from maildesk.desk.decisions.colleagues import with_owner_told
from maildesk.desk.decisions.colliding import answered_meanwhile, known_until, not_sent
from maildesk.desk.decisions.confirming import confirm, decline
from maildesk.desk.decisions.decision import ConfirmationStep, Decision
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.policy.people import Person
from maildesk.desk.screening.command_context import AtHand, SentWords
from maildesk.desk.screening.outcomes import Outcome, ScreeningResult
from maildesk.desk.screening.situation import CaseMatch, Confirmation, Link, Who
from maildesk.mail.message import Standing
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, LEADER, NOW, PEOPLE, mail, situation

BEN = "ben@acme.example"
HELD = CASE.joined(AGENT, "Ana Agent", PartyRole.AGENT)
ACTS = ScreeningResult(Outcome.ACT, "own-token", Who.DESK)
OTHER = SentWords(NOW, LEADER, "Try water.")
TWO = replace(DESK, people=replace(PEOPLE, agents=(*PEOPLE.agents, Person("Ben Beck", BEN))))


def minutes(count: int) -> datetime:
    return NOW + timedelta(minutes=count)


def notice(name: str, at: datetime, *to: str) -> CaseMail:
    return letter(LetterKind.REPLIED_TEAM, name, at, None, to)


def letter(
    kind: LetterKind, name: str, at: datetime, by: str | None = None, to: tuple[str, ...] = (BO,)
) -> CaseMail:
    return CaseMail(
        "7K2Q-9F3M", "out", at, "support@acme.example", to, "Printer", "", "", kind, name, spoken_by=by
    )


N1, N2 = notice("n1", minutes(0), AGENT, BEN), notice("n2", minutes(20), AGENT, BEN)
BENS = letter(LetterKind.ANSWER, "b", minutes(10), BEN)
ANAS = letter(LetterKind.ANSWER, "a", minutes(10), AGENT)
RECEIPT = letter(LetterKind.REOPENED, "r", minutes(10))
CUSTOMERS = CaseMail("7K2Q-9F3M", "in", minutes(15), BO, (), "Printer", "", "", Verdict.APPENDED, "c")

WHICH: dict[str, tuple[list[CaseMail], tuple[str, ...], int, str | None]] = {
    "another's answer since": ([BENS, N1], ("n1",), 12, "b"),
    "one's own": ([ANAS, N1], ("n1",), 12, None),
    "none": ([N1], ("n1",), 12, None),
    "a receipt": ([RECEIPT, N1], ("n1",), 12, None),
    "a customer's mail": ([CUSTOMERS, N1], ("n1",), 12, None),
    "a notice written since shows it": ([N2, BENS, N1], ("n2",), 30, None),
    "an old notice, although there is a newer": ([N2, BENS, N1], ("n1",), 30, "b"),
    "the nearest id that is ours": ([N2, BENS, N1], ("x", "n2", "n1"), 30, None),
    "no id of ours: the last notice before it": ([N2, BENS, N1], ("x",), 30, None),
    "no id of ours, written before that notice": ([N2, BENS, N1], (), 12, "b"),
    "no notice at all: what came after it was written": ([BENS], (), 5, "b"),
    "no notice at all, written later": ([BENS], (), 15, None),
    "a closing that the customer was told of": (
        [letter(LetterKind.CLOSED, "k", minutes(10), BEN), N1], ("n1",), 12, "k"),
    "an answer at the command line": ([letter(LetterKind.ANSWER, "l", minutes(10)), N1], ("n1",), 12, "l"),
    "the last of two": ([letter(LetterKind.ANSWER, "d", minutes(11), BEN), BENS, N1], ("n1",), 12, "d"),
    "both within one moment": ([replace(BENS, at=NOW), N1], ("n1",), 0, "b"),
    "letter case aside": ([letter(LetterKind.ANSWER, "a", NOW, AGENT.upper()), N1], ("n1",), 12, None),
}  # fmt: skip


@pytest.mark.parametrize(("thread", "named", "written", "other"), WHICH.values(), ids=WHICH)
def test_the_other_answer_is_one_that_the_author_cannot_have_known_of(
    thread: list[CaseMail], named: tuple[str, ...], written: int, other: str | None
) -> None:
    found = answered_meanwhile(thread, AGENT, named, minutes(written))
    assert (found.message_id if found else None) == other


def acting(own_text: str, other: SentWords | None = OTHER, *, anyway: bool = False) -> Decision:
    theirs = mail(AGENT, Standing.VOUCHED, own_text=own_text)
    at_hand = AtHand(meanwhile=other)
    found = CaseMatch(HELD, Link.TOKEN)
    return act_by_mail(situation(theirs, found=found, at_hand=at_hand, sent_anyway=anyway), DESK, ACTS)


def test_a_held_answer_does_nothing_but_ask() -> None:
    decided = acting("#close\n#priority urgent\nPull the plug.")
    assert decided.change is not None
    assert [event.kind for event in decided.change.events] == [EventKind.ANSWER_HELD]
    assert decided.change.case.phase is Phase.OPEN
    [order] = decided.change.letters
    assert (order.kind, order.author, order.text) == (LetterKind.ANSWERED_MEANWHILE, AGENT, "Pull the plug.")
    assert (order.extra["who"], order.extra["theirs"]) == ("Lea Leader", "Try water.")
    assert (decided.verdict, decided.confirmation) == (Verdict.NOTE, ConfirmationStep.HELD)
    assert (decided.entry.internal, decided.entry.words) == (True, "Pull the plug.")


def test_who_says_yes_hears_of_an_answer_that_came_after_the_question() -> None:
    decided = acting("Pull the plug.", anyway=True)
    assert decided.change is not None
    answer, told = decided.change.letters
    assert (answer.kind, told.kind) == (LetterKind.ANSWER, LetterKind.TRANSCRIPT)
    assert told.extra["told"].startswith("After you were asked Lea Leader answered too, on ")
    assert told.extra["told"].endswith(":\n\n> Try water.")


SAYS = {
    "an outcome": ("#close Buy another one.", "Buy another one."),
    "an outcome and words": ("#close Bought.\nIt comes.", "Bought.\n\nIt comes."),
    "an outcome above a note": ("#close Bought.\n#note\nHe never pays.", "Bought.\n\nHe never pays."),
    "words for a case that could not be split off": ("#split\nMy words.", "My words."),
    "words of somebody who takes the case": ("#take\nMy words.", "My words."),
    "words whose command failed": ("#priority none\nMy words.", "My words."),
}


@pytest.mark.parametrize(("text", "held"), SAYS.values(), ids=SAYS)
def test_whatever_says_words_to_the_customer_is_held(text: str, held: str) -> None:
    decided = acting(text)
    assert decided.confirmation is ConfirmationStep.HELD
    assert decided.change is not None
    [order] = decided.change.letters
    assert (order.kind, order.text, decided.entry.words) == (LetterKind.ANSWERED_MEANWHILE, held, held)


PLAN = Escalation(1, NOW, BO, plan="A new pump.", planned_at=minutes(5), planned_by=LEADER)


def sharing(own_text: str, known: int, plan: Escalation = PLAN) -> Decision:
    theirs = mail(AGENT, Standing.VOUCHED, own_text=own_text)
    at_hand = AtHand(known_until=minutes(known))
    found = CaseMatch(replace(HELD, escalation=plan), Link.TOKEN)
    return act_by_mail(situation(theirs, found=found, at_hand=at_hand), DESK, ACTS)


def test_a_plan_that_another_wrote_since_the_notice_is_shared_by_nobody_unaware() -> None:
    decided = sharing("#plan share", 4)
    assert decided.change is not None
    assert decided.confirmation is ConfirmationStep.HELD
    [order] = decided.change.letters
    assert (order.extra["planned"], order.extra["who"]) == ("yes", "Lea Leader")
    assert (order.extra["theirs"], order.text) == ("A new pump.", "#plan share")
    assert decided.change.case.escalation == PLAN


SHARED = {
    "which the notice showed": sharing("#plan share", 5),
    "which is one's own": sharing("#plan share", 4, replace(PLAN, planned_by=AGENT)),
    "which is written in the same mail": sharing("#plan share\n#plan Another one.", 4),
    "#anyway": sharing("#anyway\n#plan share", 4),
}


@pytest.mark.parametrize("decided", SHARED.values(), ids=SHARED)
def test_any_other_plan_is_shared_at_once(decided: Decision) -> None:
    assert decided.confirmation is ConfirmationStep.DONE
    assert decided.change is not None
    assert LetterKind.PLAN in {order.kind for order in decided.change.letters}


@pytest.mark.parametrize(
    ("thread", "named", "written", "until"),
    [
        ([N2, N1], ("n1",), 30, minutes(0)),
        ([N2, N1], ("x",), 30, minutes(20)),
        ([N2, N1], (), 12, minutes(0)),
        ([BENS], (), 12, minutes(12)),
    ],
)
def test_an_author_knows_until_the_letter_they_answer(
    thread: list[CaseMail], named: tuple[str, ...], written: int, until: datetime
) -> None:
    assert known_until(thread, AGENT, named, minutes(written)) == until


GOES = {
    "nobody answered": acting("Pull the plug.", None),
    "its author said yes": acting("Pull the plug.", anyway=True),
    "#anyway": acting("#anyway\nPull the plug."),
    "#regardless among others": acting("#take\n#regardless\nPull the plug."),
    "a note": acting("#note\nPull the plug."),
    "a question": acting("#ask dev@acme.example\nShall he pull the plug?"),
    "commands alone": acting("#take"),
    "a closing without a word": acting("#close"),
    "a reason for leaders": acting("#escalate he was promised one"),
    "a mistyped command, which sends nothing": acting("#clsoe\nPull the plug."),
    "a command below": acting("Pull the plug.\n#close"),
    "spam": acting("#spam\nPull the plug."),
    "no words": acting(""),
}


@pytest.mark.parametrize("decided", GOES.values(), ids=GOES)
def test_nothing_else_is_held(decided: Decision) -> None:
    assert decided.confirmation is ConfirmationStep.DONE
    assert decided.change is not None
    assert EventKind.ANSWER_HELD not in {event.kind for event in decided.change.events}


def test_an_answer_that_is_given_up_moves_nothing() -> None:
    waiting = replace(HELD, phase=Phase.WAITING, owner=BEN)
    change = not_sent(waiting, DESK, AGENT, "Pull the plug.", NOW, minutes(1440))
    assert replace(change.case, updated_at=waiting.updated_at) == waiting
    [order] = change.letters
    assert (order.kind, order.text, order.author) == (LetterKind.NOT_SENT, "Pull the plug.", AGENT)


# --- the owner --------------------------------------------------------------------------------------

BENS_HAND, ANAS_HAND = Actor(BEN, NOW, BEN), Actor(AGENT, NOW, AGENT)
CLI = Actor("cli:root", NOW)
OWNED = replace(HELD, owner=AGENT)


def told(change: Change, owned: bool = True) -> str | None:
    """What the owner hears; None: nothing."""
    letters = with_owner_told(change, OWNED if owned else HELD, TWO).letters
    orders = [order for order in letters if order.kind is LetterKind.COLLEAGUE_ACTED]
    assert all(order.to == (AGENT,) for order in orders)
    return f"{orders[0].extra['who']} {orders[0].extra['did']}" if orders else None


CLOSED = status_acts.close(OWNED, TWO, BENS_HAND)
ENDED = status_acts.close(OWNED, TWO, Actor(DESK_ITSELF, NOW))
BY_SILENCE = replace(
    ENDED, events=tuple(replace(each, data={**each.data, "promise": "after"}) for each in ENDED.events)
)
HEARD = {
    "an answer": (acts.answer(OWNED, TWO, "Try water.", BENS_HAND), "Ben Beck answered the customer"),
    "at the command line": (
        acts.answer(OWNED, TWO, "Try water.", CLI), "Somebody at the command line answered the customer"),
    "a time to wait": (
        status_acts.wait(OWNED, TWO, BENS_HAND, NOW),
        "Ben Beck set it to wait for the customer until Monday, 2 March 2026, 10:00 (Lisbon)"),
    "a closing": (
        status_acts.close(OWNED, TWO, BENS_HAND, "a new cable."), "Ben Beck closed it: a new cable"),
    "silence": (BY_SILENCE, "Acme Support closed it, since the customer was silent"),
    "spam": (status_acts.spam(OWNED, BENS_HAND), "Ben Beck closed it as spam"),
    "two of them": (
        CLOSED.then(acts.answer(CLOSED.case, TWO, "Bye.", BENS_HAND)),
        "Ben Beck answered the customer and closed it"),
    "the owner's own": (acts.answer(OWNED, TWO, "Try water.", ANAS_HAND), None),
    "a note": (acts.note(OWNED, "He never pays.", BENS_HAND), None),
    "a priority": (acts.change(OWNED, TWO, BENS_HAND, "priority", "urgent"), None),
}  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), HEARD.values(), ids=HEARD)
def test_the_owner_hears_what_binds_them(change: Change, expected: str | None) -> None:
    assert told(change) == expected


def test_where_nobody_owns_the_case_nobody_is_told() -> None:
    assert told(acts.answer(HELD, TWO, "Try water.", BENS_HAND), owned=False) is None


def test_who_gives_a_case_away_with_an_answer_tells_who_had_it() -> None:
    taken = acts.assign(OWNED, TWO, BENS_HAND, BEN, None)
    change = taken.then(acts.answer(taken.case, TWO, "Try water.", BENS_HAND))
    assert told(change) == "Ben Beck answered the customer"


@pytest.mark.parametrize(
    ("answer", "of_answer", "said"),
    [
        (decline, True, "its author takes this answer back"),
        (decline, False, "somebody wrote it in the name of a colleague"),
        (confirm, True, "its author sends this answer too"),
        (confirm, False, "its author answers for it"),
    ],
)
def test_the_word_on_a_kept_mail_is_told_as_what_it_is(
    answer: Callable[..., Decision], of_answer: bool, said: str
) -> None:
    kept = Confirmation(7, AGENT, NOW, case=HELD, of_answer=of_answer)
    decided = answer(situation(mail(AGENT, Standing.VOUCHED), confirmation=kept), DESK, ACTS)
    assert decided.note.startswith(f"mail 7: {said}")


def test_words_of_another_that_are_too_long_are_marked_as_cut() -> None:
    long = replace(OTHER, text="x" * 5000)
    decided = acting("Pull the plug.", long)
    assert decided.change
    (question,) = decided.change.letters
    assert question.extra["theirs"] == "x" * 4000 + "\n[… cut here]"
