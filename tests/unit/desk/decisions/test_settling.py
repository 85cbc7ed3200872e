"""What follows from a change of a case: whose it becomes, who hears, what the limits admit, what is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case, PartyRole, Phase
from maildesk.desk.case.change import Change, TakenMails
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.routing import Load
from maildesk.desk.decisions.settling import Known, Settled, Terms, admit_apart, settle, words_shown
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_context import QuotedMail
from maildesk.desk.letters.letter_limits import LetterCounts, LetterLimits
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People, Person, Team
from maildesk.desk.policy.policy import AssignmentMode, LetterVariants
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.message import EnclosedFile, FileKey
from tests.unit.desk.matters import AGENT, BO, CY, DESK, LEADER, NOW, POLICY, case

BEN, LEAD = "ben@acme.example", "lead@acme.example"
TWO = replace(
    DESK,
    people=People(
        agents=(Person("Ana", AGENT, ("support",)), Person("Ben", BEN, ("support",)), Person("Lia", LEAD)),
        teams=(Team("support", LEAD),),
        leadership=(Person("Lea Leader", LEADER),),
        own=DESK.people.own,
    ),
    policy=replace(POLICY, assignment={"support": AssignmentMode.ROUND_ROBIN}, tells_reassigned=True),
)
BURNS = QuotedMail(NOW, BO, "It burns.")
CAUSE = Cause("1@client.example", BURNS)
NOTHING_KNOWN = Known()
BOS_PROVEN = Addresses({BO})


def settled(
    *kinds: LetterKind | LetterOrder,
    of: Case | None = None,
    by: str = BO,
    event: EventKind = EventKind.REPLIED,
    cause: Cause = CAUSE,
    past: Known = NOTHING_KNOWN,
    desk: Desk = DESK,
    limits: LetterLimits | None = None,
    **more: Any,
) -> Settled:
    """What comes of a change that owes letters of these kinds."""
    orders = tuple(kind if isinstance(kind, LetterOrder) else LetterOrder(kind) for kind in kinds)
    change = Change(of or case(), (Event(NOW, event, by),), orders, **more)
    return settle(change, cause, past, Terms(desk, limits or LetterLimits(), NOW))


def written_to(came_to: Settled) -> dict[str, list[str]]:
    """Kind → those who are written to, letters and notices alike."""
    letters = [(one.order.kind, one.to) for one in came_to.letters]
    notices = [(one.notice.order.kind, one.notice.to) for one in came_to.notices]
    return {kind.value: [to.address for to in people] for kind, people in (*letters, *notices)}


def told(came_to: Settled) -> list[tuple[str, object]]:
    """The events about letters that do not go at once: kind, and to whom."""
    return [(event.kind.value, event.data["to"]) for event in came_to.events if "letter" in event.data]


# --- who hears ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "team", "hear"),
    [
        (AGENT, None, [AGENT]),
        (AGENT, "support", [AGENT]),
        (None, "support", [AGENT, BEN]),
        (None, None, [AGENT, BEN, LEAD]),
        ("gone@acme.example", "support", [AGENT, BEN]),
    ],
)
def test_a_reply_is_told_to_the_owner_else_the_team_else_every_agent(
    owner: str | None, team: str | None, hear: list[str]
) -> None:
    came_to = settled(LetterKind.REPLIED_TEAM, of=case(owner=owner, team=team), desk=TWO)
    assert written_to(came_to) == {"replied-team": hear}


def test_nobody_is_told_what_they_did_themselves() -> None:
    came_to = settled(LetterKind.ASSIGNED_TEAM, of=case(team="support"), by=AGENT.upper(), desk=TWO)
    assert written_to(came_to) == {"assigned-team": [BEN]}


def test_one_person_gets_one_notice_of_one_change_and_it_mentions_the_rest() -> None:
    kinds = (LetterKind.REPLIED_TEAM, LetterKind.ESCALATED_LEADERSHIP, LetterKind.ESCALATED_TEAM)
    came_to = settled(*kinds, of=case(owner=AGENT, team="support"), desk=TWO)
    assert written_to(came_to) == {"escalated-leadership": [LEADER], "escalated-team": [AGENT, LEAD]}
    (escalated,) = (one for one in came_to.notices if one.notice.order.kind is LetterKind.ESCALATED_TEAM)
    assert list(escalated.notice.also) == [LetterKind.REPLIED_TEAM]


def test_an_answer_goes_to_every_customer_of_the_case_and_to_nobody_removed() -> None:
    of = case().joined(CY, "Cy", PartyRole.CC).joined("dee@client.example", "Dee", PartyRole.CC).without(CY)
    came_to = settled(LetterOrder(LetterKind.ANSWER, author=AGENT, text="Pull the plug."), of=of, by=AGENT)
    assert written_to(came_to) == {"answer": [BO, "dee@client.example"]}


def test_whoever_hears_takes_part_from_now_on_and_keeps_their_number() -> None:
    came_to = settled(LetterKind.REPLIED_TEAM, LetterKind.ESCALATED_LEADERSHIP)
    roles = [(party.number, party.address, party.role) for party in came_to.case.parties]
    assert roles == [
        (1, BO, PartyRole.REQUESTER),
        (2, LEADER, PartyRole.LEADER),
        (3, AGENT, PartyRole.AGENT),
    ]


def test_an_address_that_cannot_be_written_to_gets_no_letter_and_the_case_says_why() -> None:
    of = case().joined("gr\u00f6\u00df@client.example", "", PartyRole.CC)
    came_to = settled(LetterOrder(LetterKind.ANSWER, author=AGENT, text="Yes."), of=of, by=AGENT)
    assert written_to(came_to) == {"answer": [BO]}
    assert told(came_to) == [("letter-withheld", "gr\u00f6\u00df@client.example")]


# --- whose it is ------------------------------------------------------------------------------------


def test_a_new_case_goes_to_whose_turn_it_is_and_only_they_hear() -> None:
    of = case(phase=Phase.NEW, team="support")
    past = Known(load=Load(last=AGENT))
    came_to = settled(LetterKind.OPENED_TEAM, of=of, event=EventKind.OPENED, past=past, desk=TWO)
    assert came_to.case.owner == BEN
    assert came_to.turn == ("support", BEN)
    assert [event.kind for event in came_to.events] == [EventKind.OPENED, EventKind.ASSIGNED]
    assert written_to(came_to) == {"opened-team": [BEN]}


@pytest.mark.parametrize(
    ("before", "after", "hears"),
    [
        (None, BEN, False),  # the first owner of a case is no news
        (AGENT, AGENT.upper(), False),
        (AGENT, BEN, True),
    ],
)
def test_the_customer_hears_of_new_hands(before: str | None, after: str, hears: bool) -> None:
    past = Known(before=case(owner=before))
    came_to = settled(of=case(owner=after), event=EventKind.ASSIGNED, past=past, desk=TWO, by=LEAD)
    assert ("reassigned" in written_to(came_to)) == hears


def test_a_case_that_nothing_is_known_of_changes_no_hands() -> None:
    assert written_to(settled(of=case(owner=BEN), event=EventKind.OPENED, desk=TWO)) == {}


# --- what the limits admit ------------------------------------------------------------------------


def test_letters_of_one_change_count_for_each_other_and_leave_what_was_known_alone() -> None:
    past = Known(proven=BOS_PROVEN)
    kinds = (LetterKind.REOPENED, LetterKind.ESCALATED)
    came_to = settled(*kinds, past=past, limits=LetterLimits(per_case_hour=1))
    assert written_to(came_to) == {"reopened": [BO]}
    assert [each.kind for each in came_to.letters[0].order.also] == [LetterKind.ESCALATED]
    assert told(came_to) == []
    assert came_to.counts.overall == 1
    assert past.counts == LetterCounts()
    past.counts.take(came_to.counts)
    assert (past.counts.address[BO], past.counts.case[case().ref], past.counts.overall) == (1, 1, 1)


@pytest.mark.parametrize("held", [False, True])
def test_a_letter_to_several_counts_once_and_all_its_copies_fare_alike(held: bool) -> None:
    of = case().joined(CY, "Cy", PartyRole.CC).joined("dee@client.example", "Dee", PartyRole.CC)
    before = LetterCounts()
    if held:
        before.add(BO, of.ref)
    came_to = settled(
        LetterKind.REOPENED, of=of, past=Known(counts=before), limits=LetterLimits(per_case_hour=1)
    )
    (letter,) = came_to.letters
    assert written_to(came_to) == {"reopened": [BO, CY, "dee@client.example"]}
    assert [each.held for each in letter.admissions] == [held] * 3
    assert [each.counted for each in letter.admissions] == [True, held, held]
    assert (came_to.held, came_to.counts.overall) == (3 * held, 1)


def test_what_went_out_before_counts() -> None:
    before = LetterCounts()
    before.add(BO, case().ref)
    past = Known(counts=before, proven=BOS_PROVEN)
    came_to = settled(LetterKind.REOPENED, past=past, limits=LetterLimits(per_address_day=1))
    assert (came_to.held, came_to.counts.overall) == (1, 1)


def test_fixed_words_go_to_an_address_once_a_day_and_the_rest_is_not_written_at_all() -> None:
    before = LetterCounts()
    before.add(BO, "OTHR-CASE")
    came_to = settled(LetterKind.ACKNOWLEDGEMENT_FIXED, past=Known(counts=before))
    assert came_to.letters == ()
    assert told(came_to) == [("letter-withheld", BO)]
    assert came_to.held == 0


def test_all_letters_of_a_mail_that_is_read_again_wait_for_a_person_and_no_limit_is_to_blame() -> None:
    kinds = (LetterKind.ACKNOWLEDGEMENT, LetterKind.OPENED_TEAM)
    came_to = settled(*kinds, cause=replace(CAUSE, held="restored from a backup"))
    assert written_to(came_to) == {"acknowledgement": [BO], "opened-team": [AGENT]}
    (letter,) = came_to.letters
    assert [(each.held, each.why) for each in letter.admissions] == [(True, "restored from a backup")]
    assert (came_to.held, came_to.kept_back) == (0, 2)
    assert came_to.counts.overall == 0


@pytest.mark.parametrize(("written", "allowed"), [(0, True), (1, False)])
def test_a_letter_about_no_case_counts_for_its_reader(written: int, allowed: bool) -> None:
    counts = LetterCounts()
    for _ in range(written):
        counts.add(AGENT, "")
    terms = Terms(DESK, LetterLimits(notices_per_agent_hour=1), NOW)
    order = LetterOrder(LetterKind.REFUSED, author=AGENT)
    assert admit_apart(order, AGENT, CAUSE, counts, terms).allowed is allowed


# --- what a notice shows --------------------------------------------------------------------------

PHOTO = EnclosedFile("photo.png", "image/png", b"png")
PHOTO_KEY = FileKey("f", PHOTO.name)
EARLIER = CaseMail(
    case_ref=case().ref,
    direction="in",
    at=NOW - timedelta(hours=1),
    sender=BO,
    recipients=(),
    subject="Printer",
    text="It smoked.",
    new_text="It smoked.",
    verdict=Verdict.OPENED,
)
BY_HAND = Cause("act 1")
FROM_AGENT = Cause(
    "2@acme.example", QuotedMail(NOW, AGENT, "Look at this.", internal=True), files={PHOTO_KEY: PHOTO}
)


@pytest.mark.parametrize(
    ("cause", "newest", "text", "files"),
    [
        (replace(CAUSE, files={PHOTO_KEY: PHOTO}), None, "It burns.", (PHOTO_KEY,)),
        (BY_HAND, EARLIER, "It smoked.", ()),
        (FROM_AGENT, EARLIER, "It smoked.", ()),
        (BY_HAND, replace(EARLIER, verdict=Verdict.AUTOMATIC, new_text="Disk full."), "Disk full.", ()),
        (BY_HAND, None, None, ()),
        (BY_HAND, replace(EARLIER, new_text=" "), None, ()),
    ],
    ids=[
        "a customer's mail",
        "an act",
        "an agent's mail",
        "a machine opened it",
        "nobody said anything",
        "no word",
    ],
)
def test_a_notice_shows_what_the_customer_said_last(
    cause: Cause, newest: CaseMail | None, text: str | None, files: tuple[FileKey, ...]
) -> None:
    (notice,) = settled(LetterKind.ASSIGNED_TEAM, by="cli:root", cause=cause).notices
    said, enclosed = words_shown(notice, newest)
    assert (said.text if said else None, enclosed) == (text, files)


def test_a_notice_about_a_letter_that_came_back_shows_the_customers_words_and_not_the_reports() -> None:
    (notice,) = settled(LetterKind.UNDELIVERED, by="cli:root").notices
    said, _ = words_shown(notice, EARLIER)
    assert said is not None
    assert said.text == "It smoked."


def test_what_a_change_takes_over_is_handed_on() -> None:
    taken = (TakenMails("OTHR-CASE"),)
    assert settled(takes=taken).takes == taken


def test_settling_the_same_gives_the_same() -> None:
    kinds = (LetterKind.ACKNOWLEDGEMENT, LetterKind.OPENED_TEAM, LetterKind.ESCALATED_LEADERSHIP)
    assert settled(*kinds) == settled(*kinds)


# --- letters of the operator's own --------------------------------------------------------------------

TESTIMONIAL = replace(
    DESK,
    policy=replace(DESK.policy, letters={"testimonial": LetterVariants("testimonial-google", once=True)}),
)
OWN = LetterOrder(LetterKind.OWN, own="testimonial")


def owned(past: Known, *orders: LetterOrder) -> list[str]:
    came_to = settled(*orders, of=case(), desk=TESTIMONIAL, past=past)
    return [one.order.own for one in came_to.letters]


def test_a_letter_comes_in_the_variant_that_the_requesters_mails_show() -> None:
    assert owned(Known(proven=BOS_PROVEN), OWN) == ["testimonial"]
    assert owned(Known(proven=BOS_PROVEN, google=True), OWN) == ["testimonial-google"]


def test_a_letter_that_comes_once_is_remembered_and_not_sent_again() -> None:
    sent = settled(OWN, desk=TESTIMONIAL, past=Known(proven=BOS_PROVEN))
    assert [(each.kind, each.data["to"]) for each in sent.events if each.kind is EventKind.OWN_LETTER] == [
        (EventKind.OWN_LETTER, BO)
    ]
    again = settled(OWN, desk=TESTIMONIAL, past=Known(proven=BOS_PROVEN, had=frozenset({"testimonial"})))
    assert again.letters == ()
    assert told(again) == [("letter-withheld", BO)]


def test_another_letter_of_the_operators_own_has_no_variants() -> None:
    other = LetterOrder(LetterKind.OWN, own="gift")
    assert owned(Known(proven=BOS_PROVEN, had=frozenset({"gift"}), google=True), other) == ["gift"]
