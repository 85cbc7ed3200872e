"""What a colleague's mail comes to: words, notes, questions, and never a customer who reads a command."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case, PartyRole, Phase
from maildesk.desk.case.change import CitedMail
from maildesk.desk.case.commands import COMMANDS
from maildesk.desk.case.escalation import Escalation
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.requirement import Requirement
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.agent_mail import act_by_mail
from maildesk.desk.decisions.decision import ConfirmationStep, Decision
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.policy.case_fields import CaseField, FieldKind
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.escalation_path import Level
from maildesk.desk.policy.requirements import Requirements
from maildesk.desk.promises.promised import Promised, PromiseRow
from maildesk.desk.promises.spans import Span
from maildesk.desk.screening.command_context import AtHand, NumberedMail
from maildesk.desk.screening.outcomes import Outcome, ScreeningResult
from maildesk.desk.screening.situation import CaseMatch, Link, Who
from maildesk.errors import NotFound
from maildesk.mail.message import Address, Attachment, Standing
from maildesk.mail.reply.history import Doubt
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, EVE, NOW, case, mail, situation

HELD = CASE.joined(AGENT, "Ana Agent", PartyRole.AGENT)
ACTS = ScreeningResult(Outcome.ACT, "own-token", Who.DESK)
NOTHING = AtHand()
MAILS = (
    NumberedMail(1, NOW - timedelta(days=1), BO, (), "Printer", 11, "FREE-REF1"),
    NumberedMail(2, NOW, BO, (), "Screen", 12, "FREE-REF2"),
)


def acts(
    own_text: str, held: Case = HELD, at_hand: AtHand = NOTHING, desk: Desk = DESK, **more: Any
) -> Decision:
    theirs = mail(AGENT, Standing.VOUCHED, own_text=own_text, **more)
    return act_by_mail(situation(theirs, found=CaseMatch(held, Link.TOKEN), at_hand=at_hand), desk, ACTS)


def letters(decided: Decision, kind: LetterKind) -> list[LetterOrder]:
    changes = [decided.change, *decided.more]
    return [order for each in changes if each for order in each.letters if order.kind is kind]


def transcript(decided: Decision) -> dict[str, str]:
    [order] = letters(decided, LetterKind.TRANSCRIPT)
    return order.extra


def test_words_alone_are_an_answer_and_their_author_hears_nothing() -> None:
    decided = acts("Try water.")
    assert decided.change is not None
    [order] = decided.change.letters
    assert (order.kind, order.text, order.author) == (LetterKind.ANSWER, "Try water.", AGENT)
    assert (decided.verdict, decided.entry.internal) == (Verdict.COMMAND, True)
    assert decided.confirmation is ConfirmationStep.DONE


SILENT = {
    "a mistyped command": "#nite\nMARKER",
    "a number sign": "#1\nMARKER",
    "a note": "#note\nMARKER",
    "a note in one line": "#note MARKER",
    "a note further down": "MARKER\n#note",
    "a note after another command": "#take\n#note\nMARKER",
    "a question": "#ask dev@acme.example\nMARKER",
    "a question in one line": "#ask dev@acme.example MARKER",
    "a question to nobody": "#ask\nMARKER",
    "spam": "#spam\nMARKER",
    "two of them": "#note\n#close\nMARKER",
    "a note where the direction is marked": "\u200f#note\nMARKER",
    "a note where the direction is turned": "\u202e\u2066#note\nMARKER",
    "a note behind a soft hyphen": "\u00ad#note\nMARKER",
    "a note with a mark of no width in it": "#no\u200bte\nMARKER",
    "a note in a list": "- #note\nMARKER",
    "a note in a numbered list": "1. #note\nMARKER",
    "a note behind a bullet": "\u2022 #note\nMARKER",
    "a note in quotation marks": '"#note"\nMARKER',
    "a note that was escaped": "\\#note\nMARKER",
    "a note as code": "`#note`\nMARKER",
    "a mistyped command further down": "MARKER\n#clsoe",
    "a note below very many commands": "#take\n" * 60 + "#note\nMARKER",
}


@pytest.mark.parametrize("own_text", ["MARKER\n#1 is broken", "MARKER\n- #printers matter", "C#\nMARKER"])
def test_number_signs_that_are_no_commands_are_said_to_the_customer(own_text: str) -> None:
    assert letters(acts(own_text), LetterKind.ANSWER)


ESCALATED = replace(HELD, escalation=Escalation(1, NOW, BO))
WAY = {
    "above": "#plan A new printer\n#close\non Friday.",
    "in two lines": "#plan A new printer\n#close\n#plan on Friday.",
    "above, shared": "#plan A new printer\n#plan share\n#close\non Friday.",
}


@pytest.mark.parametrize("own_text", WAY.values(), ids=WAY)
def test_a_plan_is_kept_although_the_same_mail_ends_the_escalation(own_text: str) -> None:
    decided = acts(own_text, ESCALATED)
    assert decided.change is not None
    planned = [each for each in decided.change.events if each.kind is EventKind.PLANNED]
    assert [each.data["plan"] for each in planned] == ["A new printer\non Friday."]
    assert decided.change.case.phase is Phase.CLOSED
    assert len(letters(decided, LetterKind.PLAN)) == ("share" in own_text)
    assert not decided.entry.words
    assert not transcript(decided)["undone"]


def test_a_plan_below_the_line_that_ends_the_escalation_comes_back_to_its_author() -> None:
    behind = "A new printer, and " * 9
    decided = acts(f"#close\n#plan {behind}\non Friday.", ESCALATED)
    assert "is not escalated" in str(transcript(decided)["undone"])
    assert transcript(decided)["back"] == behind.strip()
    assert (decided.entry.words, letters(decided, LetterKind.ANSWER)) == ("on Friday.", [])


def test_files_without_words_are_told_of_by_a_letter_that_is_limited() -> None:
    picture = Attachment("away.png", "image/png", 9, "ab" * 32)
    decided = acts("", attachments=(picture,))
    assert not letters(decided, LetterKind.TRANSCRIPT)
    assert "no words above them" in letters(decided, LetterKind.NOTE_KEPT)[0].extra["why"]


def test_words_that_may_be_anothers_are_told_as_not_used() -> None:
    doubt = str(Doubt.BELOW_INTRODUCTION)
    decided = acts("", new_text="Try water.", doubt=doubt)
    assert not letters(decided, LetterKind.ANSWER)
    assert "introduces another mail" in letters(decided, LetterKind.NOTE_KEPT)[0].extra["why"]
    echo = acts("", new_text="", doubt=str(Doubt.ONLY_HISTORY))
    assert "no words of yours" in letters(echo, LetterKind.NOTE_KEPT)[0].extra["why"]


def test_words_below_a_footer_are_given_back_and_those_above_are_said() -> None:
    new = "Try water.\n\nSent from my iPhone\n\nOr sand, a bucket of it."
    decided = acts("Try water.", new_text=new, doubt=str(Doubt.BELOW_FOOTER))
    assert [order.text for order in letters(decided, LetterKind.ANSWER)] == ["Try water."]
    told = transcript(decided)
    assert "below the footer of your telephone" in told["undone"]
    assert told["back"] == new.removeprefix("Try water.\n\n")


def test_a_line_of_addresses_lets_in_all_or_none() -> None:
    decided = acts("#add cy@client.example, ops@acme.example, support@acme.example")
    assert decided.change
    assert decided.change.case.parties == HELD.parties
    assert "is the desk itself" in transcript(decided)["undone"]


def test_very_many_commands_are_neither_done_nor_reported_one_by_one() -> None:
    told = transcript(acts("\n".join(f"#priority p{number}" for number in range(10_000))))
    assert "9950 more lines" in told["undone"]
    assert len(told["undone"].splitlines()) == 51
    told = transcript(acts("Hello\n" + "#priority p\n" * 10_000))
    assert len(told["undone"].splitlines()) == 50


@pytest.mark.parametrize("own_text", SILENT.values(), ids=SILENT)
def test_what_was_meant_for_colleagues_reaches_no_customer(own_text: str) -> None:
    """A note is in no letter to a customer."""
    decided = acts(own_text)
    assert letters(decided, LetterKind.ANSWER) == []
    changes = [decided.change, *decided.more]
    orders = [order for each in changes if each for order in each.letters]
    told = [order for order in orders if FORMS[order.kind].audience.of_customers]
    assert "MARKER" not in str([(order.text, order.extra) for order in told])
    inside = decided.entry.words or transcript(decided)["back"]
    assert "MARKER" in inside


def test_no_command_stands_in_an_answer() -> None:
    for command in COMMANDS:
        [*answers] = letters(acts(f"{command.example}\nTry water."), LetterKind.ANSWER)
        assert all("#" not in order.text for order in answers)


def test_an_answer_is_read_before_the_letter_that_closes() -> None:
    decided = acts("#close\nIt is mended.")
    assert decided.change is not None
    kinds = [order.kind for order in decided.change.letters]
    assert kinds == [LetterKind.ANSWER, LetterKind.CLOSED, LetterKind.TRANSCRIPT]
    assert decided.change.case.phase is Phase.CLOSED


def test_one_letter_of_a_kind_is_owed_for_one_mail() -> None:
    decided = acts("#close one\n#reopen\n#close two")
    assert [order.extra["outcome"] for order in letters(decided, LetterKind.CLOSED)] == ["two"]


def test_a_case_without_a_customer_gives_the_words_back() -> None:
    nobody = replace(HELD, requester="", parties=HELD.parties[1:])
    extra = transcript(acts("Try water.", nobody))
    assert "no customer who can be written to" in extra["undone"]
    assert extra["back"] == "Try water."


def test_nothing_is_done_for_nothing_and_its_author_is_told_if_they_may_be() -> None:
    decided = acts("")
    assert decided.change is not None
    assert decided.change.events == ()
    assert letters(decided, LetterKind.NOTE_KEPT)[0].author == AGENT
    assert not letters(acts("", reply_allowed=False), LetterKind.NOTE_KEPT)


def test_who_is_copied_on_an_answer_is_reported_and_on_a_note_asked() -> None:
    copied: dict[str, Any] = {"cc": (Address(EVE), Address(BO), Address(AGENT))}
    assert EVE in transcript(acts("Try water.", **copied))["undone"]
    noted = acts("#note\nOdd.", **copied)
    assert transcript(noted)["undone"] == ""
    [question] = letters(noted, LetterKind.ASK)
    assert question.to == (EVE,)
    assert noted.change is not None
    party = noted.change.case.party(EVE)
    assert party is not None
    assert party.role is PartyRole.CONSULTED


# --- other cases ------------------------------------------------------------------------------------

OTHER = replace(case(ref="OTHE-RONE", requester=EVE), parties=()).joined(EVE, "Eve", PartyRole.REQUESTER)


def test_the_escalation_of_a_case_goes_on_in_the_one_it_becomes_part_of() -> None:
    since = Escalation(1, NOW - timedelta(days=1), EVE)
    other = replace(OTHER, escalation=since)
    decided = acts("#merge OTHE-RONE", at_hand=AtHand(others={"OTHE-RONE": other}))
    assert decided.change is not None
    assert decided.change.case.escalation == since
    assert [each.kind for each in decided.change.letters if "escalated" in each.kind] == ["escalated-team"]
    assert [each.kind for each in decided.change.events].count(EventKind.ESCALATED) == 1
    calm = acts("#merge OTHE-RONE", at_hand=AtHand(others={"OTHE-RONE": OTHER}))
    assert calm.change is not None
    assert calm.change.case.escalation is None


def test_another_case_becomes_part_of_this_one() -> None:
    decided = acts("#merge OTHE-RONE", at_hand=AtHand(others={"OTHE-RONE": OTHER}))
    assert decided.change is not None
    [ended] = decided.more
    assert (ended.case.merged_into, ended.case.phase) == (HELD.ref, Phase.CLOSED)
    party = decided.change.case.party(EVE)
    assert party is not None
    assert party.role is PartyRole.CC
    assert [each.ref for each in decided.change.takes] == ["OTHE-RONE"]
    assert f"answers go to {EVE} too" in transcript(decided)["done"]


def test_a_note_without_words_is_told_as_not_kept() -> None:
    assert "no words below #note" in transcript(acts("#note"))["undone"]
    assert not transcript(acts("#note it is the cable"))["undone"]


def test_whom_the_case_is_given_reads_the_note_of_the_same_mail() -> None:
    decided = acts("#note\n#assign none\nThe log is on the share.", replace(HELD, owner=BO))
    [told] = letters(decided, LetterKind.ASSIGNED_TEAM)
    assert (told.text, told.author) == ("The log is on the share.", AGENT)
    closed = replace(HELD, phase=Phase.CLOSED)
    [told] = letters(acts("#reopen\n#note\nHe was promised it.", closed), LetterKind.REOPENED_TEAM)
    assert told.text == "He was promised it."


def test_a_command_and_what_came_of_it_are_apart_whatever_the_command_says() -> None:
    done = transcript(acts("#close: a new cable was sent."))["done"]
    assert done.startswith("#close: a new cable was sent. \u2192 closed")


MERGES = {
    "itself": (HELD, "this very case"),
    "one that has gone": (replace(OTHER, merged_into="THIR-DONE"), "part of THIR-DONE already"),
    "none": (NotFound("there is no case OTHE-RONE"), "there is no case"),
}


@pytest.mark.parametrize(("other", "why"), MERGES.values(), ids=MERGES)
def test_what_cannot_be_merged_is_told(other: Any, why: str) -> None:
    decided = acts("#merge OTHE-RONE", at_hand=AtHand(others={"OTHE-RONE": other}))
    assert why in transcript(decided)["undone"]
    assert decided.more == ()


@pytest.mark.parametrize(("owner", "told"), [(None, "its team"), (AGENT, "Ana Agent")])
def test_who_escalates_reads_who_was_told_by_name(owner: str | None, told: str) -> None:
    path = replace(DESK.policy.escalation_path, levels=(Level("owner"),))
    desk = replace(DESK, policy=replace(DESK.policy, escalation_path=path))
    assert (
        f"{told} and the customer are told"
        in transcript(acts("#escalate", replace(HELD, owner=owner), desk=desk))["done"]
    )


def test_the_words_follow_the_mail_that_is_split_off() -> None:
    decided = acts("#split\nPress the button.", at_hand=AtHand(MAILS, answered=12))
    assert decided.change is not None
    [apart] = decided.more
    assert (apart.case.ref, apart.case.requester, apart.case.subject) == ("FREE-REF2", BO, "Screen")
    assert [order.kind for order in apart.letters] == [LetterKind.ANSWER, LetterKind.OPENED_TEAM]
    assert apart.takes[0].ledger_ids == (12,)
    assert decided.change.case.first_response_at is None
    assert [each.kind for each in decided.change.events] == [EventKind.SPLIT]


SPLITS = {
    "#split 9": "give its number: 1, 2",
    "#split": "give its number: 1, 2",
    "#split mail 9": "give its number: 1, 2",
    "#split 1\n#split 2": "one mail splits off one case",
}


@pytest.mark.parametrize(("own_text", "why"), SPLITS.items(), ids=SPLITS)
def test_what_cannot_be_split_off_is_told(own_text: str, why: str) -> None:
    assert why in transcript(acts(own_text, at_hand=AtHand(MAILS)))["undone"]


ASKED = tuple(replace(each, asks=True) for each in MAILS)
APART = AtHand(ASKED, answered=11, refs_apart=("AAAA-AAA1", "AAAA-AAA2", "AAAA-AAA3"))


def test_what_is_split_off_stays_with_the_owner_whom_the_same_mail_gives_the_case() -> None:
    decided = acts("#split The printer\n#assign me\nWe look into both.", at_hand=APART)
    assert decided.change is not None
    assert decided.change.case.owner == AGENT
    [new] = decided.more
    assert (new.case.owner, new.case.team) == (AGENT, decided.change.case.team)
    assert [order.kind for order in new.letters] == [LetterKind.OPENED_TEAM]


def test_each_thing_that_a_mail_asks_for_becomes_a_linked_case_and_its_customer_is_told_once() -> None:
    decided = acts("#split The printer\n#split 2 screens please\nWe look into both.", at_hand=APART)
    assert decided.change is not None
    assert [(each.case.ref, each.case.subject) for each in decided.more] == [
        ("AAAA-AAA1", "The printer"),
        ("AAAA-AAA2", "2 screens please"),
    ]
    for each in decided.more:
        assert (each.case.requester, each.case.owner) == (BO, decided.change.case.owner)
        assert each.cites == (CitedMail(HELD.ref, 11),)
        assert each.takes == ()
        opened = each.events[0].data
        assert (opened["split_from"], opened["since"]) == (HELD.ref, MAILS[0].at.isoformat())
        assert [order.kind for order in each.letters] == [LetterKind.OPENED_TEAM]
    [told] = letters(decided, LetterKind.SPLIT_OFF)
    assert told.extra["cases"].splitlines() == [
        f"[{DESK.tag} #AAAA-AAA1] The printer",
        f"[{DESK.tag} #AAAA-AAA2] 2 screens please",
    ]
    assert len(letters(decided, LetterKind.ANSWER)) == 1
    assert [each.kind for each in decided.change.events][:2] == [EventKind.SPLIT, EventKind.SPLIT]


def test_the_last_mail_of_a_customer_is_meant_where_another_is_answered() -> None:
    decided = acts("#split The printer", at_hand=replace(APART, answered=None))
    assert decided.more[0].cites == (CitedMail(HELD.ref, 12),)


@pytest.mark.parametrize(
    ("own_text", "at_hand", "held", "why"),
    [
        pytest.param("#split Ink\n#split ink", APART, HELD, "AAAA-AAA1 already", id="named twice"),
        pytest.param("#split Ink", AtHand(MAILS), HELD, "no customer wrote a mail", id="no customer's mail"),
        pytest.param("#split Ink", APART, replace(HELD, requester=""), "no customer", id="no customer"),
        pytest.param("#split a\n#split b\n#split c", APART, HELD, "limits.splits_per_mail", id="too many"),
    ],
)
def test_what_cannot_become_a_case_of_its_own_is_told(
    own_text: str, at_hand: AtHand, held: Case, why: str
) -> None:
    decided = acts(own_text, held, at_hand, replace(DESK, splits_per_mail=2))
    assert why in transcript(decided)["undone"]


def test_the_queue_says_which_case_wants_a_requirement() -> None:
    terms = Requirements(type="request")
    wanting = replace(DESK, policy=replace(DESK.policy, requirements=terms))
    queue = (case(ref="AAAA-AAAA", type="request"), case(ref="BBBB-BBBB", type="request", requirement="Dark"))
    told = transcript(acts("#queue", at_hand=AtHand(queue=queue), desk=wanting))["told"]
    assert told.splitlines()[1:] == [
        "AAAA-AAAA  Open, normal, no requirement yet: Printer",
        "BBBB-BBBB  Open, normal: Printer",
    ]


DARK = Requirement("Dark mode", "Not Started", NOW, AGENT)
THERE = replace(DARK, name="Export to PDF", status="Shipped", shipped_at=NOW)
WISHES = AtHand(requirements=(DARK, THERE))


@pytest.mark.parametrize(
    ("own_text", "waits_for", "said"),
    [
        pytest.param("#requirement DARK", "Dark mode", "linked to Dark mode (Not Started) now", id="a word"),
        pytest.param("#wish pdf", "Export to PDF", "and nobody is told", id="it has shipped"),
        pytest.param("#requirement darker modes", "", "near is Dark mode (Not Started)", id="near"),
        pytest.param("#requirement login", "", "`#requirement new NAME: SUMMARY`", id="unknown"),
        pytest.param("#requirement new Login: Once.", "Login", "Login now, which is new", id="new"),
        pytest.param("#requirement new Dark look", "Dark look", "near it there is Dark mode", id="alike"),
        pytest.param("#requirement new dark MODE", "", "Dark mode already", id="not new"),
        pytest.param("#wish new A b\n#wish none", "", "linked to no requirement now", id="none"),
        pytest.param("#requirement none", "", "is linked to no requirement", id="none before"),
        pytest.param("#requirement", "", "say what", id="nothing"),
        pytest.param("#requirement ship dark mode", "", "maildesk requirement ship", id="ships elsewhere"),
    ],
)
def test_a_case_is_linked_with_a_requirement(own_text: str, waits_for: str, said: str) -> None:
    decided = acts(own_text, at_hand=WISHES)
    assert decided.change is not None
    assert decided.change.case.requirement == waits_for
    told = transcript(decided)
    assert said in told["done"] + told["undone"]


def test_a_requirement_that_is_made_by_mail_is_written_down_with_its_case() -> None:
    decided = acts("#requirement new Single sign-on:  One password.\n#requirement single", at_hand=WISHES)
    assert decided.change is not None
    [made] = decided.change.creates
    assert (made.name, made.summary, made.status) == ("Single sign-on", "One password.", "Not Started")
    assert "linked to Single sign-on already" in transcript(decided)["undone"]


FIELDS = (
    CaseField("item", FieldKind.TEXT),
    CaseField("partner", FieldKind.YES_OR_NO),
    CaseField("chat outcome", FieldKind.CHOICE, ("happy", "unhappy"), keeps_last=True, note="unhappy"),
)
WITH_FIELDS = replace(DESK, policy=replace(DESK.policy, fields={each.name: each for each in FIELDS}))


@pytest.mark.parametrize(
    ("own_text", "fields", "said"),
    [
        pytest.param("#set item=OKR tree", {"item": "OKR tree"}, "its item is OKR tree now", id="text"),
        pytest.param("#set item OKR=tree", {}, "no field 'item OKR'", id="an equals sign wins"),
        pytest.param("#set partner=Y", {"partner": "yes"}, "its partner is yes now", id="yes or no"),
        pytest.param("#set chat outcome happy", {"chat outcome": "happy"}, "is happy now", id="two words"),
        pytest.param("#set chat=unhappy", {}, "wants a note with it", id="a note is wanted"),
        pytest.param("#set chat=unhappy\n#note She left.", {"chat outcome": "unhappy"}, "now", id="noted"),
        pytest.param("#set chat=unhappy\n#note\nShe left.", {"chat outcome": "unhappy"}, "now", id="below"),
        pytest.param("#set sun=yes", {}, "use one of priority, type, subject, account, item", id="unknown"),
    ],
)
def test_a_field_of_the_policy_is_set_by_mail(own_text: str, fields: dict[str, str], said: str) -> None:
    decided = acts(own_text, desk=WITH_FIELDS)
    assert decided.change is not None
    assert decided.change.case.fields == fields
    told = transcript(decided)
    assert said in told["done"] + told["undone"]


def test_a_field_that_keeps_the_last_says_that_it_stays() -> None:
    decided = acts(
        "#set chat outcome=happy", replace(HELD, fields={"chat outcome": "unhappy"}), desk=WITH_FIELDS
    )
    assert decided.change is not None
    assert decided.change.case.fields == {"chat outcome": "unhappy"}
    assert "stays as it is" in transcript(decided)["done"]


TELLING = replace(
    DESK,
    policy=replace(
        DESK.policy,
        promises=(
            PromiseRow({Promised.FIRST_RESPONSE: Span.parse("12h")}, tells=("priority", "resolution")),
            PromiseRow({Promised.RESOLUTION: Span.parse("3bd")}, priority=("urgent",)),
        ),
    ),
)


@pytest.mark.parametrize(
    ("held", "own_text", "told"),
    [
        pytest.param(case(priority=""), "Soon.", "is told no priority and no resolution by it", id="neither"),
        pytest.param(case(priority="normal"), "Soon.", "is told no resolution by it", id="no moment"),
        pytest.param(case(priority=""), "#priority urgent\n\nSoon.", None, id="both, by the same mail"),
        pytest.param(case(priority="", first_response_at=NOW), "Soon.", None, id="a later answer"),
    ],
)
def test_an_answer_that_is_no_first_response_is_told_as_none(
    held: Case, own_text: str, told: str | None
) -> None:
    decided = acts(own_text, held.joined(AGENT, "Ana Agent", PartyRole.AGENT), desk=TELLING)
    assert letters(decided, LetterKind.ANSWER)
    undone = [order.extra["undone"] for order in letters(decided, LetterKind.TRANSCRIPT)]
    if told is None:
        assert not any("no first response" in each for each in undone)
    else:
        [said] = undone
        assert told in said
        assert "write #priority with one of urgent, normal" in said


def test_the_queue_is_shown_as_it_is_given_with_what_nobody_has_looked_at() -> None:
    queue = (case(ref="BBBB-BBBB", subject="Two\nlines"), case(ref="AAAA-AAAA", priority=""))
    told = transcript(acts("#queue", at_hand=AtHand(queue=queue)))["told"]
    assert told.splitlines() == [
        "The queue, the next one first:",
        "AAAA-AAAA  Open, no priority yet: Printer",
        "BBBB-BBBB  Open, normal: Two lines",
    ]
    assert transcript(acts("#queue"))["told"].endswith("none")
