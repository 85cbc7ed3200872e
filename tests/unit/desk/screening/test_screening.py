"""Who may join a case and who may act: the table of design §6, cell by cell, and the rows read before it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case, PartyRole, Phase
from maildesk.desk.policy.people import Account, Person, Team
from maildesk.desk.screening.outcomes import Outcome, ScreeningResult, Signal
from maildesk.desk.screening.screening import FIRST_ROWS, TABLE, screen
from maildesk.desk.screening.situation import CaseMatch, Confirmation, Link, Sameness, Situation, Who
from maildesk.mail.identity.question_tokens import AnswerToken
from maildesk.mail.message import IncomingMail, Restraint, Standing
from tests.unit.desk.every_situation import (
    AUTOMATIC,
    BOUNCED,
    BOUNCED_BY_LOOKS,
    CROWD,
    LEFT,
    NEWSLETTER,
    RELAYED,
    situations,
)
from tests.unit.desk.matters import (
    AGENT,
    BO,
    CASE,
    CY,
    DESK_ADDRESS,
    EVE,
    LEADER,
    NOW,
    OWN_DETAIL,
    PEOPLE,
    mail,
    situation,
)

VOUCHED, UNKNOWN, FAILED = Standing.VOUCHED, Standing.UNKNOWN, Standing.FAILED

# Bo is the requester, Ana an agent who was told of the case.
HELD = CASE.joined(AGENT, "Ana Agent", PartyRole.AGENT)
(BOS, ANAS) = (party.number for party in HELD.parties)


def screened(
    author: str,
    link: Link | None,
    standing: Standing,
    *,
    party: int | None = None,
    held: Case = HELD,
    **more: Any,
) -> ScreeningResult:
    """What becomes of a mail by `author` that points at Bo's case by `link`, with the token of `party`."""
    found = CaseMatch(held, link, party) if link else None
    return screen(situation(mail(author, standing), found=found, **more), PEOPLE)


# --- the table of design §6 -------------------------------------------------------------------------

O = Outcome  # noqa: E741 - the columns below: vouched, unknown, failed
JOINS = (O.JOIN, O.JOIN, O.ATTACH_UNVERIFIED)
THIRD_PARTY = (O.ATTACH_THIRD_PARTY, O.ATTACH_THIRD_PARTY, O.OPEN_MENTIONING)
JOINS_AS_PARTY = (O.JOIN_AS_PARTY, O.JOIN_AS_PARTY, O.OPEN_MENTIONING)
OPENS_MENTIONING = (O.OPEN_MENTIONING, O.OPEN_MENTIONING, O.OPEN_MENTIONING)
ACTS = (O.ACT, O.ACT, O.REFUSE)
KEPT = (O.KEEP_NOTE, O.KEEP_NOTE, O.REFUSE)

ROWS: dict[str, tuple[str, Link | None, int | None, tuple[Outcome, Outcome, Outcome]]] = {
    "no signal": (EVE, None, None, (O.OPEN, O.OPEN_FIXED_WORDS, O.OPEN_FLAGGED)),
    "party + token": (BO, Link.TOKEN, BOS, JOINS),
    "party + token of another party": (BO, Link.TOKEN, ANAS, JOINS),
    "party + thread": (BO, Link.THREAD, None, JOINS),
    "party + tag": (BO, Link.TAG, None, JOINS),
    "party in capitals + tag": (BO.upper(), Link.TAG, None, JOINS),
    "stranger + token": (EVE, Link.TOKEN, BOS, THIRD_PARTY),
    "stranger + our Message-ID": (EVE, Link.TOKEN, None, THIRD_PARTY),
    "stranger + thread": (EVE, Link.THREAD, None, THIRD_PARTY),
    "colleague + token": (CY, Link.TOKEN, BOS, JOINS_AS_PARTY),
    "colleague in capitals + token": (CY.upper(), Link.TOKEN, BOS, JOINS_AS_PARTY),
    "colleague + thread only": (CY, Link.THREAD, None, THIRD_PARTY),
    "stranger + tag only": (EVE, Link.TAG, None, OPENS_MENTIONING),
    "colleague + tag only": (CY, Link.TAG, None, OPENS_MENTIONING),
    "stranger, a hint": (EVE, Link.HINT, None, OPENS_MENTIONING),
    "colleague, a hint": (CY, Link.HINT, None, OPENS_MENTIONING),
    "party, a hint": (BO, Link.HINT, None, OPENS_MENTIONING),
    "agent, a hint": (AGENT, Link.HINT, None, KEPT),
    "agent + own token": (AGENT, Link.TOKEN, ANAS, ACTS),
    "agent in capitals + own token": (AGENT.upper(), Link.TOKEN, ANAS, ACTS),
    "agent + our Message-ID": (AGENT, Link.TOKEN, None, ACTS),
    "agent + the customer's token": (AGENT, Link.TOKEN, BOS, KEPT),
    "agent + thread": (AGENT, Link.THREAD, None, KEPT),
    "agent + tag": (AGENT, Link.TAG, None, KEPT),
    "agent, no signal": (AGENT, None, None, KEPT),
    "leader + a token of nobody": (LEADER, Link.TOKEN, 99, KEPT),
    "leader + our Message-ID, never told of the case": (LEADER, Link.TOKEN, None, KEPT),
    "leader, no signal": (LEADER, None, None, KEPT),
}
CELLS = [
    pytest.param(author, link, party, standing, outcome, id=f"{name}, {standing}")
    for name, (author, link, party, outcomes) in ROWS.items()
    for standing, outcome in zip((VOUCHED, UNKNOWN, FAILED), outcomes, strict=True)
]


@pytest.mark.parametrize(("author", "link", "party", "standing", "outcome"), CELLS)
def test_each_cell_of_the_table(
    author: str, link: Link | None, party: int | None, standing: Standing, outcome: Outcome
) -> None:
    assert screened(author, link, standing, party=party).outcome is outcome


@pytest.mark.parametrize(
    ("author", "link", "standing", "reason"),
    [
        (EVE, None, VOUCHED, "no-signal"),
        (EVE, None, FAILED, "sender-failed"),
        (BO, Link.TAG, UNKNOWN, "party"),
        (BO, Link.TOKEN, FAILED, "sender-failed"),
        (EVE, Link.THREAD, UNKNOWN, "stranger"),
        (EVE, Link.TAG, UNKNOWN, "tag-by-stranger"),
        (EVE, Link.HINT, UNKNOWN, "thread-elsewhere"),
        (EVE, Link.HINT, FAILED, "sender-failed"),
        (AGENT, Link.TOKEN, VOUCHED, "own-token"),
        (AGENT, None, VOUCHED, "no-token"),
        (AGENT, Link.TOKEN, FAILED, "sender-failed"),
    ],
)
def test_the_reason_is_a_constant_that_names_the_cell(
    author: str, link: Link | None, standing: Standing, reason: str
) -> None:
    assert screened(author, link, standing).reason == reason


# --- the two cells with a condition of their own ----------------------------------------------------


@pytest.mark.parametrize(
    ("standing", "host_named", "outcome"),
    [
        (VOUCHED, True, Outcome.ACT),
        (VOUCHED, False, Outcome.ACT),
        (UNKNOWN, False, Outcome.ACT),
        (UNKNOWN, True, Outcome.ASK_CONFIRMATION),
        (FAILED, True, Outcome.REFUSE),
        (FAILED, False, Outcome.REFUSE),
    ],
)
@pytest.mark.parametrize("party", [None, ANAS], ids=["by Message-ID", "by reply address"])
def test_an_unknown_agent_acts_only_where_no_host_vouches_for_senders(
    standing: Standing, host_named: bool, outcome: Outcome, party: int | None
) -> None:
    assert screened(AGENT, Link.TOKEN, standing, party=party, host_named=host_named).outcome is outcome


@pytest.mark.parametrize(
    ("author", "standing", "outcome"),
    [
        (EVE, UNKNOWN, Outcome.OPEN),
        (EVE.upper(), UNKNOWN, Outcome.OPEN),
        (CY, UNKNOWN, Outcome.OPEN_FIXED_WORDS),
        (EVE, VOUCHED, Outcome.OPEN),
        (EVE, FAILED, Outcome.OPEN_FLAGGED),
    ],
)
def test_an_address_that_proved_itself_hears_more_than_fixed_words(
    author: str, standing: Standing, outcome: Outcome
) -> None:
    assert screened(author, None, standing, proven=frozenset({EVE})).outcome is outcome


@pytest.mark.parametrize(
    ("standing", "outcome"), [(UNKNOWN, Outcome.OPEN_FIXED_WORDS), (VOUCHED, Outcome.OPEN)]
)
def test_where_a_host_vouches_what_an_address_has_proven_says_nothing_of_a_mail(
    standing: Standing, outcome: Outcome
) -> None:
    one = screened(EVE, None, standing, proven=frozenset({EVE}), host_named=True)
    assert one.outcome is outcome


# --- who somebody is --------------------------------------------------------------------------------


def test_whoever_joins_by_a_colleagues_reply_address_is_told_so() -> None:
    assert screened(CY, Link.TOKEN, UNKNOWN, party=BOS).reason == "same-company"


def removed_from(held: Case, *addresses: str) -> Case:
    for address in addresses:
        held = held.joined(address, "", PartyRole.CC).without(address)
    return held


FREE = replace(HELD.joined("bo@free.example", "", PartyRole.CC), account=None)
OTHERS = replace(HELD, account="Somebody else")
NO_COLLEAGUES = {
    "a Message-ID of ours": (CY, None, HELD),
    "the token of nobody": (CY, 99, HELD),
    "the token of a part that nobody holds here": (CY, 0, HELD),
    "an agent's reply address": (CY, ANAS, HELD),
    "of a domain that no account names": ("eve@free.example", 3, FREE),
    "a case of no account": (CY, BOS, replace(HELD, account=None)),
    "a case of another account": (CY, BOS, OTHERS),
    "who was removed": (CY, BOS, removed_from(HELD, CY)),
    "who was removed, under a detail": ("cy+x@client.example", BOS, removed_from(HELD, CY)),
    "who was removed under a detail": (CY, BOS, removed_from(HELD, "cy+x@client.example")),
    "who was removed under another detail": (
        "CY+y@Client.example",
        BOS,
        removed_from(HELD, "cy+x@client.example"),
    ),
    "the reply address of who was removed": (CY, 3, removed_from(HELD, "ann@client.example")),
}


@pytest.mark.parametrize(("author", "party", "held"), NO_COLLEAGUES.values(), ids=NO_COLLEAGUES.keys())
def test_nobody_joins_but_by_a_customers_reply_address_and_the_cases_account(
    author: str, party: int | None, held: Case
) -> None:
    for standing in (VOUCHED, UNKNOWN):
        one = screened(author, Link.TOKEN, standing, party=party, held=held)
        assert one.outcome is Outcome.ATTACH_THIRD_PARTY


def test_an_account_may_name_single_addresses_of_a_shared_domain() -> None:
    accounts = (Account("Client Inc", ("client.example",), ("dee@gmail.com",)),)
    people = replace(PEOPLE, accounts=accounts)
    for author, outcome in (
        ("Dee@gmail.com", Outcome.JOIN_AS_PARTY),
        ("eve@gmail.com", Outcome.ATTACH_THIRD_PARTY),
    ):
        here = situation(mail(author, UNKNOWN), found=CaseMatch(HELD, Link.TOKEN, BOS))
        assert screen(here, people).outcome is outcome


def test_an_address_of_the_desks_own_domain_is_no_colleague_of_the_customer() -> None:
    assert screened("clerk@acme.example", Link.TOKEN, VOUCHED).outcome is Outcome.ATTACH_THIRD_PARTY


@pytest.mark.parametrize("role", [PartyRole.AGENT, PartyRole.LEADER])
@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("link", [Link.TOKEN, Link.THREAD, Link.TAG, Link.HINT])
def test_an_agent_who_left_is_refused_on_the_cases_they_were_told_of(
    role: PartyRole, standing: Standing, link: Link
) -> None:
    """The party stands in the case, the person no longer in the configuration."""
    held = HELD.joined(LEFT, "", role)
    party = held.parties[-1].number if link is Link.TOKEN else None
    one = screened(LEFT, link, standing, held=held, party=party)
    assert (one.who, one.outcome, one.reason) == (Who.EX_AGENT, Outcome.REFUSE, "ex-agent")


def test_an_agent_who_left_may_become_a_customer() -> None:
    assert screened(LEFT, None, VOUCHED).outcome is Outcome.OPEN
    held = HELD.joined(LEFT, "", PartyRole.CC)
    assert screened(LEFT, Link.THREAD, VOUCHED, held=held).outcome is Outcome.JOIN


# --- the rights of a team ---------------------------------------------------------------------------

BEN, LEAD, DEV = "ben@acme.example", "carla@acme.example", "dora@acme.example"
TEAMS = replace(
    PEOPLE,
    agents=(
        Person("Ana Agent", AGENT, ("billing",)),
        Person("Ben", BEN, ("support",)),
        Person("Carla", LEAD),
        Person("Dora", DEV),
    ),
    teams=(Team("support", LEAD), Team("billing"), Team("empty")),
)
OF_SUPPORT = replace(HELD, team="support")


def right(author: str, held: Case, link: Link = Link.TOKEN, standing: Standing = VOUCHED) -> ScreeningResult:
    there = held.joined(author, "", PartyRole.AGENT)
    party = there.party(author)
    assert party
    token = party.number if link is Link.TOKEN else None
    return screen(situation(mail(author, standing), found=CaseMatch(there, link, token)), TEAMS)


@pytest.mark.parametrize(
    ("author", "held", "acts"),
    [
        (AGENT, OF_SUPPORT, False),
        (AGENT.upper(), OF_SUPPORT, False),
        (AGENT, replace(OF_SUPPORT, owner=AGENT.title()), True),
        (AGENT, replace(OF_SUPPORT, team=None), True),
        (AGENT, replace(OF_SUPPORT, team="empty"), True),
        (AGENT, replace(OF_SUPPORT, team="billing"), True),
        (BEN, OF_SUPPORT, True),
        (LEAD, OF_SUPPORT, True),
        (LEAD, replace(OF_SUPPORT, team="billing"), False),
        (DEV, OF_SUPPORT, False),
        (LEADER, OF_SUPPORT, True),
    ],
    ids=[
        "of another team",
        "of another team, in capitals",
        "of another team, but the owner",
        "a case of no team",
        "a case of a team without members",
        "of the team",
        "of the team too",
        "the team's lead",
        "another team's lead",
        "of no team",
        "a leader",
    ],
)
def test_an_agent_acts_on_the_cases_of_their_teams_their_own_and_those_of_nobody(
    author: str, held: Case, acts: bool
) -> None:
    one = right(author, held)
    wanted = (Outcome.ACT, "own-token") if acts else (Outcome.REFUSE, "not-your-team")
    assert (one.outcome, one.reason) == wanted


@pytest.mark.parametrize("link", [Link.THREAD, Link.TAG, Link.HINT])
def test_an_agent_of_another_team_is_refused_without_a_token_too(link: Link) -> None:
    assert right(AGENT, OF_SUPPORT, link).reason == "not-your-team"
    assert right(AGENT, OF_SUPPORT, link, FAILED).reason == "sender-failed"


def test_an_agent_of_another_team_who_was_asked_may_speak_and_do_no_more() -> None:
    held = OF_SUPPORT.joined(DEV, "Dora", PartyRole.CONSULTED)
    party = held.party(DEV)
    assert party
    there = situation(mail(DEV, VOUCHED), found=CaseMatch(held, Link.TOKEN, party.number))
    one = screen(there, TEAMS)
    assert (one.outcome, one.reason) == (Outcome.KEEP_ANSWER, "asked")
    assert screen(replace(there, mail=mail(DEV, FAILED)), TEAMS).outcome is Outcome.REFUSE


# --- replays ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("standing", [VOUCHED, UNKNOWN])
@pytest.mark.parametrize("host_named", [False, True])
def test_words_that_acted_before_act_no_more(standing: Standing, host_named: bool) -> None:
    one = screened(AGENT, Link.TOKEN, standing, party=ANAS, replayed=True, host_named=host_named)
    assert (one.outcome, one.reason) == (Outcome.REFUSE, "replayed")


def test_an_agents_message_id_with_another_body_is_refused() -> None:
    one = screened(AGENT, Link.TOKEN, VOUCHED, party=ANAS, same=Sameness.REUSED_BY_AUTHOR, earlier=HELD)
    assert (one.outcome, one.reason) == (Outcome.REFUSE, "replayed")


def test_a_message_id_that_somebody_else_used_takes_nothing_from_the_agent() -> None:
    one = screened(AGENT, Link.TOKEN, VOUCHED, party=ANAS, same=Sameness.REUSED_BY_OTHER, earlier=HELD)
    assert one.outcome is Outcome.ACT


# --- confirmations ----------------------------------------------------------------------------------

ASKED = Confirmation(7, AGENT, NOW + timedelta(hours=1), HELD)


def answering(
    kept: Confirmation = ASKED,
    author: str = AGENT,
    standing: Standing = UNKNOWN,
    text: str = "Yes.",
    **more: Any,
) -> ScreeningResult:
    said = mail(author, standing, own_text=text, new_text=text)
    return screen(situation(said, confirmation=kept, host_named=True, **more), PEOPLE)


@pytest.mark.parametrize("standing", [VOUCHED, UNKNOWN])
@pytest.mark.parametrize("text", ["Yes.", "*Ja*", "sim\n\nThat was me.", "はい。"])
def test_who_answers_for_a_kept_mail_need_not_be_vouched_for(standing: Standing, text: str) -> None:
    """A single-use confirmation token acts alone, also where the answer finds its case by another token."""
    one = answering(standing=standing, text=text, found=CaseMatch(HELD, Link.TOKEN, ANAS))
    assert (one.outcome, one.reason) == (Outcome.CONFIRM, "confirmed")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nobody else",
        "Was this me?",
        "It wasn't me",
        "Thank you for your mail.",
        "I never did",
        "ok",
        "That was me.\n\n#close",
        "Note: mine",
        "Ja, ich",
        "Yes, send it.",
    ],
)
def test_what_is_neither_yes_nor_no_confirms_nothing_and_may_be_said_again(text: str) -> None:
    one = answering(text=text, found=CaseMatch(HELD, Link.TOKEN, ANAS))
    assert (one.outcome, one.reason) == (Outcome.REFUSE, "confirmation-unclear")


@pytest.mark.parametrize("text", ["No!", "no, that was not me", "> \n\nNein", "Não fui eu", "Not mine"])
def test_who_says_no_declines(text: str) -> None:
    assert answering(text=text).outcome is Outcome.DECLINE


@pytest.mark.parametrize(
    ("changes", "author", "standing", "reason"),
    [
        ({"answered": True}, AGENT, VOUCHED, "confirmation-used"),
        ({"kept": False}, AGENT, VOUCHED, "confirmation-used"),
        ({"expires_at": NOW}, AGENT, VOUCHED, "confirmation-expired"),
        ({}, LEADER, VOUCHED, "confirmation-of-another"),
        ({"answered": True}, LEADER, VOUCHED, "confirmation-of-another"),
        ({}, AGENT, FAILED, "sender-failed"),
    ],
    ids=["answered", "no longer kept", "too late", "another's", "another's, answered", "failed"],
)
def test_a_confirmation_is_good_once_for_a_day_and_for_its_author(
    changes: dict[str, Any], author: str, standing: Standing, reason: str
) -> None:
    one = answering(replace(ASKED, **changes), author, standing)
    assert (one.outcome, one.reason) == (Outcome.REFUSE, reason)


def test_a_customer_who_returns_a_confirmation_is_a_customer() -> None:
    assert answering(author=BO, found=CaseMatch(HELD, Link.TAG)).outcome is Outcome.JOIN
    assert answering(author=EVE, standing=VOUCHED).outcome is Outcome.OPEN


def test_a_machine_confirms_nothing() -> None:
    absent = mail(AGENT, VOUCHED, **AUTOMATIC)
    there = situation(absent, confirmation=ASKED, found=CaseMatch(HELD, Link.TOKEN))
    assert screen(there, PEOPLE).outcome is Outcome.ATTACH_AUTOMATIC


@pytest.mark.parametrize("link", list(Link))
@pytest.mark.parametrize("same", list(Sameness))
def test_what_was_confirmed_acts_whatever_came_since(link: Link, same: Sameness) -> None:
    one = screened(AGENT, link, UNKNOWN, confirmed=True, same=same, earlier=HELD, host_named=True)
    assert (one.outcome, one.reason) == (Outcome.ACT, "confirmed")


def test_what_was_confirmed_still_asks_for_rights_and_a_case() -> None:
    found = CaseMatch(OF_SUPPORT, Link.TAG)
    theirs = situation(mail(AGENT), found=found, confirmed=True)
    assert screen(theirs, TEAMS).reason == "not-your-team"
    assert screened(AGENT, None, UNKNOWN, confirmed=True).reason == "no-case"
    assert screened(AGENT, Link.TAG, UNKNOWN, confirmed=True, replayed=True).reason == "replayed"
    left = HELD.joined(LEFT, "", PartyRole.AGENT)
    assert screened(LEFT, Link.TAG, UNKNOWN, confirmed=True, held=left).reason == "ex-agent"


def test_an_address_that_only_looks_like_a_partys_is_a_stranger() -> None:
    """A Cyrillic letter, a longer domain, a Kelvin sign."""
    for looks in ("bо@client.example", "bo@client.example.evil.example", "bo@\u212aclient.example"):
        assert screened(looks, Link.TAG, VOUCHED).who is Who.STRANGER


def test_a_mail_whose_from_is_no_strict_address_is_a_failed_stranger() -> None:
    for link, outcome in ((None, Outcome.OPEN_FLAGGED), (Link.TOKEN, Outcome.OPEN_MENTIONING)):
        assert screened("", link, FAILED).outcome is outcome


# --- what does not depend on who wrote --------------------------------------------------------------

TOKEN = CaseMatch(HELD, Link.TOKEN)
ABSENT: dict[str, Any] = {"restraints": frozenset({Restraint.ABSENCE}), "reply_allowed": False}


def through_group(author: str = BO) -> IncomingMail:
    """A mail that a group says Bo wrote."""
    one = mail(author)
    return replace(one, author=replace(one.author, via=DESK_ADDRESS))


CLICK = AnswerToken(HELD.ref, 1, "00000")

FIRST: tuple[tuple[dict[str, Any], str, Outcome], ...] = (
    ({"same": Sameness.SEEN}, "same-delivery", Outcome.SEEN),
    ({"same": Sameness.DUPLICATE}, "same-content", Outcome.DUPLICATE),
    ({"found": TOKEN, "click": CLICK}, "answer", Outcome.COUNT_ANSWER),
    ({"mail": mail(BO, FAILED), "found": TOKEN, "click": CLICK}, "sender-failed", Outcome.ATTACH_UNVERIFIED),
    ({"mail": mail(EVE), "found": TOKEN, "click": CLICK}, "answer-of-another", Outcome.ATTACH_ANSWER),
    ({"same": Sameness.COPY, "earlier": HELD}, "copy", Outcome.KEEP_COPY),
    (
        {"same": Sameness.AFTER_MACHINE, "earlier": HELD, "unheard": True},
        "after-copy",
        Outcome.JOIN_AS_FIRST,
    ),
    ({"mail": mail(AGENT), "same": Sameness.REUSED_BY_AUTHOR, "earlier": HELD}, "replayed", Outcome.REFUSE),
    ({"same": Sameness.REUSED_BY_AUTHOR, "earlier": HELD}, "dup-message-id", Outcome.FLAG_REUSED_ID),
    ({"mail": mail(EVE, **BOUNCED), "found": TOKEN}, "bounce-of-ours", Outcome.ATTACH_BOUNCE),
    ({"mail": mail(EVE, **BOUNCED)}, "bounce", Outcome.OPEN_BOUNCE),
    ({"mail": mail(EVE, **NEWSLETTER)}, "newsletter", Outcome.OPEN_SET_ASIDE),
    ({"mail": mail(EVE, **RELAYED), "found": TOKEN}, "automatic", Outcome.ATTACH_HEARD),
    ({"mail": mail(EVE, **RELAYED)}, "automatic", Outcome.OPEN_HEARD),
    ({"mail": mail(EVE, **AUTOMATIC), "found": TOKEN}, "automatic", Outcome.ATTACH_AUTOMATIC),
    ({"mail": mail(EVE, **AUTOMATIC)}, "automatic", Outcome.OPEN_AUTOMATIC),
    ({"mail": mail(EVE, **ABSENT), "found": TOKEN}, "absence-note", Outcome.ATTACH_AUTOMATIC),
    ({"mail": mail(DESK_ADDRESS), "found": TOKEN, "ours": True}, "own-echo", Outcome.ATTACH_AUTOMATIC),
    ({"same": Sameness.REUSED_BY_OTHER, "earlier": HELD}, "dup-message-id", Outcome.OPEN_REUSED_ID),
    (
        {"mail": through_group(), "found": CaseMatch(HELD, Link.HINT)},
        "through-a-group",
        Outcome.OPEN_MENTIONING,
    ),
)
"""For each of the rows read first, in their order, a mail that is settled by it."""


@pytest.mark.parametrize("row", range(len(FIRST_ROWS)), ids=lambda row: f"{row + 1} {FIRST_ROWS[row].reason}")
def test_each_row_read_first_settles_its_mail(row: int) -> None:
    way, reason, outcome = FIRST[row]
    here = situation(**way)
    assert [one.holds(here, PEOPLE) for one in FIRST_ROWS[: row + 1]] == [False] * row + [True]
    one = screen(here, PEOPLE)
    assert (one.reason, one.outcome) == (reason, outcome)


def test_every_row_read_first_is_shown_above() -> None:
    assert len(FIRST) == len(FIRST_ROWS)


@pytest.mark.parametrize("same", [Sameness.SEEN, Sameness.DUPLICATE, Sameness.REUSED_BY_AUTHOR])
@pytest.mark.parametrize("what", [BOUNCED, AUTOMATIC], ids=["a bounce", "an automatic mail"])
def test_a_repeat_is_a_repeat_whatever_it_is(what: dict[str, Any], same: Sameness) -> None:
    (wanted,) = (outcome for way, _, outcome in FIRST if way.get("same") is same and "mail" not in way)
    here = situation(mail(EVE, **what), same=same, earlier=HELD, found=TOKEN)
    assert screen(here, PEOPLE).outcome is wanted


def test_an_absence_note_by_its_looks_is_one_where_it_answers_a_case_and_else_a_mail() -> None:
    for author, found, outcome in (
        (BO, CaseMatch(HELD, Link.TAG), Outcome.ATTACH_AUTOMATIC),
        (EVE, CaseMatch(HELD, Link.TAG), Outcome.OPEN_MENTIONING),
        (BO, None, Outcome.OPEN_FIXED_WORDS),
        (AGENT, CaseMatch(HELD, Link.TAG), Outcome.KEEP_NOTE),
    ):
        assert screen(situation(mail(author, **ABSENT), found=found), PEOPLE).outcome is outcome


def test_a_message_id_used_twice_on_no_case_is_a_mail_as_any_other() -> None:
    """The first of the two was put aside; the second must not be lost with it."""
    assert screen(situation(same=Sameness.REUSED_BY_AUTHOR), PEOPLE).outcome is Outcome.OPEN_FIXED_WORDS


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize(
    ("what", "author", "link", "outcome"),
    [
        (AUTOMATIC, BO, None, Outcome.OPEN_AUTOMATIC),
        (AUTOMATIC, BO, Link.TOKEN, Outcome.ATTACH_AUTOMATIC),
        (AUTOMATIC, EVE, Link.THREAD, Outcome.ATTACH_AUTOMATIC),
        (AUTOMATIC, BO, Link.TAG, Outcome.ATTACH_AUTOMATIC),
        (AUTOMATIC, EVE, Link.TAG, Outcome.OPEN_AUTOMATIC),
        (AUTOMATIC, EVE, Link.HINT, Outcome.OPEN_AUTOMATIC),
        (AUTOMATIC, AGENT, Link.TOKEN, Outcome.ATTACH_AUTOMATIC),
        (AUTOMATIC, LEADER, Link.TAG, Outcome.ATTACH_AUTOMATIC),
        (RELAYED, BO, None, Outcome.OPEN_HEARD),
        (RELAYED, BO, Link.TOKEN, Outcome.ATTACH_HEARD),
        (RELAYED, EVE, Link.THREAD, Outcome.ATTACH_HEARD),
        (RELAYED, BO, Link.TAG, Outcome.ATTACH_HEARD),
        (RELAYED, EVE, Link.TAG, Outcome.OPEN_HEARD),
        (RELAYED, EVE, Link.HINT, Outcome.OPEN_HEARD),
        (RELAYED, AGENT, Link.TOKEN, Outcome.ATTACH_AUTOMATIC),
        (RELAYED, DESK_ADDRESS, Link.TAG, Outcome.OPEN_AUTOMATIC),
        (RELAYED, DESK_ADDRESS, None, Outcome.OPEN_HEARD),
        (NEWSLETTER, EVE, None, Outcome.OPEN_SET_ASIDE),
        (RELAYED | NEWSLETTER, EVE, None, Outcome.OPEN_SET_ASIDE),
        (RELAYED | NEWSLETTER, BO, Link.TOKEN, Outcome.ATTACH_HEARD),
        (AUTOMATIC | NEWSLETTER, EVE, None, Outcome.OPEN_AUTOMATIC),
        (BOUNCED, EVE, Link.TOKEN, Outcome.ATTACH_BOUNCE),
        (BOUNCED, EVE, Link.TAG, Outcome.OPEN_BOUNCE),
        (BOUNCED, EVE, None, Outcome.OPEN_BOUNCE),
        (BOUNCED_BY_LOOKS, EVE, Link.TOKEN, Outcome.ATTACH_BOUNCE),
        (BOUNCED_BY_LOOKS, EVE, None, Outcome.OPEN_BOUNCE),
    ],
    ids=[
        "automatic, no signal",
        "automatic + token",
        "automatic by a stranger + thread",
        "automatic by a party + tag",
        "automatic by a stranger + tag",
        "automatic by a stranger, a hint",
        "automatic by an agent + own token",
        "automatic by a leader who is no party + tag",
        "through a list, no signal",
        "through a list + token",
        "through a list by a stranger + thread",
        "through a list by a party + tag",
        "through a list by a stranger + tag",
        "through a list by a stranger, a hint",
        "through a list by an agent + own token",
        "through a list in our own name + tag",
        "through a list in our own name, no signal",
        "a newsletter",
        "a newsletter of a list",
        "a newsletter's fields + token",
        "an absence note with a newsletter's fields",
        "bounce + token",
        "bounce + tag only",
        "bounce, no signal",
        "bounce by its looks + token",
        "bounce by its looks, no signal",
    ],
)
def test_a_machines_mail_never_acts_whoever_it_names(
    what: dict[str, Any], author: str, link: Link | None, outcome: Outcome, standing: Standing, closed: bool
) -> None:
    held = replace(HELD, phase=Phase.CLOSED) if closed else HELD
    found = CaseMatch(held, link) if link else None
    assert screen(situation(mail(author, standing, **what), found=found), PEOPLE).outcome is outcome


def test_our_own_letter_that_comes_back_is_kept_on_its_case_and_joins_nothing() -> None:
    for own in (DESK_ADDRESS, OWN_DETAIL):
        assert screened(own, Link.TOKEN, VOUCHED, ours=True).outcome is Outcome.ATTACH_AUTOMATIC
        assert screened(own, Link.TOKEN, FAILED, ours=True).outcome is Outcome.ATTACH_AUTOMATIC


@pytest.mark.parametrize("link", Link)
def test_what_bears_our_own_address_and_is_none_of_our_letters_is_never_swallowed(link: Link) -> None:
    """`origin.believed` makes it a mail whose sender failed."""
    for own in (DESK_ADDRESS, OWN_DETAIL):
        assert screened(own, link, FAILED).outcome is Outcome.OPEN_MENTIONING
        assert screened(own, None, FAILED).outcome is Outcome.OPEN_FLAGGED


# --- everything that can occur ----------------------------------------------------------------------


@dataclass
class Crowd:
    """What becomes of every mail there can be: looked at once, for all the laws below."""

    outcomes: set[Outcome] = field(default_factory=set)
    people: set[Who] = field(default_factory=set)
    of_failed: set[Outcome] = field(default_factory=set)
    acting: list[Situation] = field(default_factory=list)


@pytest.fixture(
    scope="module",
    params=[pytest.param(7, id="many"), pytest.param(1, id="all", marks=pytest.mark.long)],
)
def crowd(request: pytest.FixtureRequest) -> Crowd:
    """Every seventh of them, so that each value of every dimension is met; all in `make test-long`."""
    seen = Crowd()
    for each in situations(CROWD, request.param):
        one = screen(each, PEOPLE)  # a cell that is missing raises KeyError
        assert one.reason
        seen.outcomes.add(one.outcome)
        seen.people.add(one.who)
        if each.mail.author.standing is FAILED:
            seen.of_failed.add(one.outcome)
        if one.outcome in (Outcome.ACT, Outcome.ASK_CONFIRMATION):
            seen.acting.append(each)
    return seen


def test_every_mail_there_can_be_has_its_outcome_and_every_outcome_its_mail(crowd: Crowd) -> None:
    assert crowd.outcomes == set(Outcome)
    assert crowd.people == set(Who)


def test_whoever_could_not_be_trusted_changes_nothing(crowd: Crowd) -> None:
    harmless = {
        Outcome.SEEN, Outcome.DUPLICATE, Outcome.FLAG_REUSED_ID, Outcome.OPEN_REUSED_ID,
        Outcome.ATTACH_BOUNCE, Outcome.OPEN_BOUNCE, Outcome.ATTACH_AUTOMATIC, Outcome.OPEN_AUTOMATIC,
        Outcome.OPEN_FLAGGED, Outcome.OPEN_MENTIONING, Outcome.ATTACH_UNVERIFIED, Outcome.REFUSE,
        Outcome.KEEP_COPY, Outcome.ATTACH_HEARD, Outcome.OPEN_HEARD, Outcome.OPEN_SET_ASIDE,
        Outcome.RETURN_FORM,
    }  # fmt: skip
    assert crowd.of_failed
    assert crowd.of_failed <= harmless


def test_nobody_but_a_desk_person_with_an_own_token_or_a_confirmation_acts(crowd: Crowd) -> None:
    assert crowd.acting
    for each in crowd.acting:
        assert PEOPLE.is_desk_person(each.author)
        assert each.mail.author.standing is not FAILED
        assert each.found
        assert not each.evidence.replayed
        if each.inquiry.confirmed:
            continue
        assert each.found.link is Link.TOKEN
        party = CROWD.party(each.author)
        assert party
        assert each.found.party in (None, party.number)
        assert each.mail.automation.automatic is None
        assert each.mail.automation.bounce is None


def test_the_table_has_no_cell_that_nothing_reaches() -> None:
    possible = {
        Who.STRANGER: {Signal.NONE, Signal.TAG, Signal.HINT, Signal.LINKED},
        Who.PARTY: {Signal.TAG, Signal.HINT, Signal.LINKED},
        Who.WORKMATE: {Signal.LINKED},
        Who.CONSULTED: {Signal.TAG, Signal.HINT, Signal.LINKED},
        Who.EX_AGENT: {Signal.TAG, Signal.HINT, Signal.LINKED},
        Who.DESK: set(Signal),
    }
    cells = {(who, signal) for who, signals in possible.items() for signal in signals}
    assert set(TABLE) == {(who, signal, standing) for who, signal in cells for standing in Standing}


def test_an_agent_who_answers_a_customers_letter_returns_no_token_of_their_own() -> None:
    """The customer's acknowledgement has a Message-ID that its readers know; it must not act for an agent."""
    held = HELD.joined(AGENT, "Ana Agent", PartyRole.AGENT)
    answered = CaseMatch(held, Link.TOKEN)
    theirs = situation(mail(AGENT, Standing.VOUCHED), found=answered, letter_to=frozenset({BO}))
    assert screen(theirs, PEOPLE).outcome is Outcome.KEEP_NOTE
    own = situation(mail(AGENT, Standing.VOUCHED), found=answered, letter_to=frozenset({AGENT, LEADER}))
    assert screen(own, PEOPLE).outcome is Outcome.ACT
