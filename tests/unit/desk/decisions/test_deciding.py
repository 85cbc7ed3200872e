"""What the desk does about a mail: verdict, events and letters for each way a mail can turn out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case, PartyRole, Phase
from maildesk.desk.case.escalation import Escalation
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.letters.audiences import addressees
from maildesk.desk.policy.policy import Reopening
from maildesk.desk.policy.rules import Assignment, Condition, RequesterFrom, Rule
from maildesk.desk.promises.spans import Span
from maildesk.desk.screening.situation import CaseMatch, Link, Sameness
from maildesk.mail.message import Address, Automatic, AutomaticKind, Bounce, Restraint, Standing
from tests.unit.desk.matters import (
    AGENT,
    BO,
    CASE,
    CY,
    DESK,
    DESK_ADDRESS,
    EVE,
    LEADER,
    NOW,
    case,
    mail,
    situation,
)

VOUCHED, UNKNOWN, FAILED = Standing.VOUCHED, Standing.UNKNOWN, Standing.FAILED
K, L = EventKind, LetterKind

TOKEN, TAG = CaseMatch(CASE, Link.TOKEN), CaseMatch(CASE, Link.TAG)
CLOSED = case(phase=Phase.CLOSED, owner=AGENT, priority="urgent")
ESCALATED = case(escalation=Escalation(1, NOW, BO))
MACHINE: dict[str, Any] = {"automatic": Automatic(AutomaticKind.AUTO_REPLY, "Auto-Submitted: auto-replied")}
ABSENT: dict[str, Any] = {"restraints": frozenset({Restraint.ABSENCE}), "reply_allowed": False}


def decided(the_mail: Any = None, **more: Any) -> Decision:
    return decide(situation(the_mail, **more), DESK)


def kinds(decision: Decision) -> tuple[list[EventKind], list[LetterKind]]:
    assert decision.change
    return [e.kind for e in decision.change.events], [o.kind for o in decision.change.letters]


WAYS: dict[str, tuple[dict[str, Any], Verdict, list[EventKind], list[LetterKind]]] = {
    "a vouched stranger": (
        {"the_mail": mail(EVE, VOUCHED)},
        Verdict.OPENED, [K.OPENED], [L.ACKNOWLEDGEMENT, L.OPENED_TEAM],
    ),
    "an unknown stranger": (
        {"the_mail": mail(EVE)},
        Verdict.OPENED, [K.OPENED], [L.ACKNOWLEDGEMENT_FIXED, L.OPENED_TEAM],
    ),
    "a proven stranger": (
        {"the_mail": mail(EVE), "proven": frozenset({EVE})},
        Verdict.OPENED, [K.OPENED], [L.ACKNOWLEDGEMENT, L.OPENED_TEAM],
    ),
    "a stranger who failed": (
        {"the_mail": mail(EVE, FAILED)},
        Verdict.OPENED, [K.OPENED, K.LETTER_WITHHELD], [L.OPENED_TEAM],
    ),
    "a stranger who failed and escalates": (
        {"the_mail": mail(EVE, FAILED, new_text="Escalate!")},
        Verdict.OPENED, [K.OPENED, K.LETTER_WITHHELD], [L.OPENED_TEAM],
    ),
    "a stranger whose mail is old": (
        {"the_mail": mail(EVE), "now": NOW + timedelta(days=4)},
        Verdict.OPENED, [K.OPENED, K.LETTER_WITHHELD], [L.OPENED_TEAM],
    ),
    "a stranger who wants no machine's answer": (
        {"the_mail": mail(EVE, reply_allowed=False)},
        Verdict.OPENED, [K.OPENED, K.LETTER_WITHHELD], [L.OPENED_TEAM],
    ),
    "a stranger who escalates at once": (
        {"the_mail": mail(EVE, new_text="Escalate this.")},
        Verdict.OPENED, [K.OPENED, K.ESCALATED],
        [L.ACKNOWLEDGEMENT_FIXED, L.OPENED_TEAM, L.ESCALATED_LEADERSHIP, L.ESCALATED_TEAM],
    ),
    "a stranger who names a case": (
        {"the_mail": mail(EVE), "found": TAG},
        Verdict.OPENED, [K.OPENED, K.MENTIONED], [L.ACKNOWLEDGEMENT_FIXED, L.OPENED_TEAM],
    ),
    "a stranger with a token": (
        {"the_mail": mail(EVE), "found": TOKEN},
        Verdict.THIRD_PARTY, [K.THIRD_PARTY_WROTE], [L.SUSPICIOUS],
    ),
    "a colleague with a token": (
        {"the_mail": mail(CY), "found": CaseMatch(CASE, Link.TOKEN, 1)},
        Verdict.APPENDED, [K.PARTY_JOINED, K.REPLIED], [L.REPLIED_TEAM],
    ),
    "the customer": (
        {"the_mail": mail(BO), "found": TOKEN}, Verdict.APPENDED, [K.REPLIED], [L.REPLIED_TEAM],
    ),
    "the customer, who brings somebody along": (
        {"the_mail": mail(BO, cc=(Address(CY), Address(AGENT), Address(DESK_ADDRESS))), "found": TOKEN},
        Verdict.APPENDED, [K.PARTY_JOINED, K.REPLIED], [L.REPLIED_TEAM],
    ),
    "somebody in the customer's name, who brings somebody along": (
        {"the_mail": mail(BO, cc=(Address(CY),)), "found": TAG},
        Verdict.APPENDED, [K.REPLIED], [L.REPLIED_TEAM],
    ),
    "a colleague's absence note that hides being one": (
        {"the_mail": mail(AGENT, reply_allowed=False), "found": TAG},
        Verdict.NOTE, [K.NOTED], [],
    ),
    "the customer, after the end": (
        {"the_mail": mail(BO), "found": CaseMatch(CLOSED, Link.TOKEN)},
        Verdict.REOPENED, [K.REOPENED], [L.REOPENED_TEAM, L.REOPENED],
    ),
    "the customer, after the end, by tag from an address that proved nothing": (
        {"the_mail": mail(BO), "found": CaseMatch(CLOSED, Link.TAG)},
        Verdict.REOPENED, [K.REOPENED, K.LETTER_WITHHELD], [L.REOPENED_TEAM],
    ),
    "the customer, after the end, by tag and vouched for": (
        {"the_mail": mail(BO, VOUCHED), "found": CaseMatch(CLOSED, Link.TAG)},
        Verdict.REOPENED, [K.REOPENED], [L.REOPENED_TEAM, L.REOPENED],
    ),
    "the customer, who escalates": (
        {"the_mail": mail(BO, new_text="Escalate!"), "found": TOKEN},
        Verdict.APPENDED, [K.REPLIED, K.ESCALATED],
        [L.REPLIED_TEAM, L.ESCALATED_LEADERSHIP, L.ESCALATED_TEAM, L.ESCALATED],
    ),
    "the customer, who escalates again": (
        {"the_mail": mail(BO, new_text="Escalate!"), "found": CaseMatch(ESCALATED, Link.TOKEN)},
        Verdict.APPENDED, [K.REPLIED, K.ESCALATION_REPEATED], [L.REPLIED_TEAM, L.ESCALATED_LEADERSHIP],
    ),
    "the customer, in whose name somebody else writes": (
        {"the_mail": mail(BO, FAILED, new_text="Escalate!"), "found": CaseMatch(CLOSED, Link.TOKEN)},
        Verdict.UNVERIFIED, [K.UNVERIFIED_MAIL], [L.SUSPICIOUS],
    ),
    "a machine about no case": (
        {"the_mail": mail(BO, **MACHINE)}, Verdict.AUTOMATIC, [K.OPENED, K.AUTOMATIC_MAIL], [],
    ),
    "a machine about a case": (
        {"the_mail": mail(BO, new_text="Escalate!", **MACHINE), "found": CaseMatch(CLOSED, Link.TOKEN)},
        Verdict.AUTOMATIC, [K.AUTOMATIC_MAIL], [],
    ),
    "an absence note by its looks about a case": (
        {"the_mail": mail(BO, new_text="Escalate!", **ABSENT), "found": CaseMatch(CLOSED, Link.TOKEN)},
        Verdict.AUTOMATIC, [K.AUTOMATIC_MAIL], [],
    ),
    "an absence note by its looks about no case": (
        {"the_mail": mail(BO, new_text="Escalate!", **ABSENT)},
        Verdict.OPENED, [K.OPENED, K.LETTER_WITHHELD], [L.OPENED_TEAM],
    ),
    "a bounce of a letter to the customer": (
        {"the_mail": mail("", bounce=Bounce(None, (BO,), True, "5.1.1")), "found": TOKEN},
        Verdict.BOUNCE, [K.BOUNCED], [L.UNDELIVERED],
    ),
    "a bounce that may pass": (
        {"the_mail": mail("", bounce=Bounce(None, (BO,), False, "4.2.2")), "found": TOKEN},
        Verdict.BOUNCE, [K.BOUNCED], [],
    ),
    "a bounce of a letter that was given up": (
        {"the_mail": mail("", bounce=Bounce(None, (BO,), False, "4.4.7", failed=(BO,))), "found": TOKEN},
        Verdict.BOUNCE, [K.BOUNCED], [L.UNDELIVERED],
    ),
    "a bounce that names an address the customer forwards to": (
        {
            "the_mail": mail("", bounce=Bounce(None, (EVE,), True, "5.1.1", failed=(EVE,))),
            "found": TOKEN, "letter_to": frozenset({BO}),
        },
        Verdict.BOUNCE, [K.BOUNCED], [L.UNDELIVERED],
    ),
    "a complaint about a letter": (
        {"the_mail": mail("", bounce=Bounce(None, (BO,), False, "", complaint=True)), "found": TOKEN},
        Verdict.BOUNCE, [K.BOUNCED], [],
    ),
    "a bounce of a notice to an agent": (
        {"the_mail": mail("", bounce=Bounce(None, (AGENT,), True, "5.1.1")), "found": TOKEN},
        Verdict.BOUNCE, [K.BOUNCED], [],
    ),
    "a bounce of something else": (
        {"the_mail": mail("", bounce=Bounce(None, (EVE,), True, "5.1.1"))},
        Verdict.BOUNCE, [K.OPENED, K.BOUNCED], [],
    ),
    "the same mail again": (
        {"same": Sameness.DUPLICATE, "earlier": CASE}, Verdict.DUPLICATE, [K.DUPLICATE_ARRIVED], [],
    ),
    "another mail of the same name": (
        {"same": Sameness.REUSED_BY_AUTHOR, "earlier": CASE},
        Verdict.APPENDED, [K.MESSAGE_ID_REUSED], [L.REPLIED_TEAM],
    ),
    "another mail of the same name by a machine": (
        {"the_mail": mail(BO, **MACHINE), "same": Sameness.REUSED_BY_AUTHOR, "earlier": CASE},
        Verdict.APPENDED, [K.MESSAGE_ID_REUSED], [],
    ),
    "another bounce of the same name": (
        {
            "the_mail": mail(BO, bounce=Bounce(None, (CY,), True, "5.1.1")),
            "same": Sameness.REUSED_BY_AUTHOR,
            "earlier": CASE,
        },
        Verdict.APPENDED, [K.MESSAGE_ID_REUSED], [],
    ),
    "another mail of the same name by an agent": (
        {"the_mail": mail(AGENT), "same": Sameness.REUSED_BY_AUTHOR, "earlier": CASE},
        Verdict.UNVERIFIED, [K.REFUSED], [L.REFUSED],
    ),
    "two copies of a letter of ours that a list sent back": (
        {"the_mail": mail(DESK_ADDRESS), "same": Sameness.REUSED_BY_AUTHOR, "earlier": CASE},
        Verdict.APPENDED, [K.MESSAGE_ID_REUSED], [],
    ),
    "another mail of the same name by somebody else": (
        {"the_mail": mail(EVE), "same": Sameness.REUSED_BY_OTHER, "earlier": CASE},
        Verdict.OPENED, [K.OPENED, K.MESSAGE_ID_REUSED], [L.ACKNOWLEDGEMENT_FIXED, L.OPENED_TEAM],
    ),
    "an agent": (
        {"the_mail": mail(AGENT, new_text="Escalate!"), "found": CaseMatch(CLOSED, Link.TOKEN)},
        Verdict.NOTE, [K.NOTED], [L.CONFIRM],
    ),
    "a leader": ({"the_mail": mail(LEADER), "found": TAG}, Verdict.NOTE, [K.NOTED], [L.CONFIRM]),
    "somebody in an agent's name": (
        {"the_mail": mail(AGENT, FAILED), "found": TOKEN},
        Verdict.UNVERIFIED, [K.REFUSED], [L.REFUSED],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("way", "verdict", "events", "letters"), WAYS.values(), ids=WAYS.keys())
def test_what_follows_from_a_mail(
    way: dict[str, Any], verdict: Verdict, events: list[EventKind], letters: list[LetterKind]
) -> None:
    decision = decided(**way)
    assert decision.verdict is verdict
    assert kinds(decision) == (events, letters)
    assert decision.reason
    assert decision.note


def test_the_same_delivery_seen_again_touches_nothing() -> None:
    decision = decided(same=Sameness.SEEN, earlier=CASE)
    assert (decision.verdict, decision.change) == (Verdict.SEEN, None)


@pytest.mark.parametrize("author", [AGENT, LEADER])
@pytest.mark.parametrize(
    "way",
    [{}, MACHINE, {"bounce": Bounce(None, (BO,), True, "5.1.1")}],
    ids=["a mail", "an absence note", "a bounce"],
)
@pytest.mark.parametrize("same", [Sameness.FRESH, Sameness.REUSED_BY_OTHER])
def test_a_desk_persons_mail_about_no_case_is_put_aside(
    author: str, way: dict[str, Any], same: Sameness
) -> None:
    decision = decided(mail(author, **way), same=same)
    assert (decision.verdict, decision.change) == (Verdict.QUARANTINED, None)


@pytest.mark.parametrize(
    "way",
    [
        {"found": TOKEN},
        {"same": Sameness.DUPLICATE, "earlier": CASE},
        {"same": Sameness.REUSED_BY_AUTHOR, "earlier": CASE},
    ],
    ids=["a note", "a note again", "two notes of one name"],
)
def test_what_an_agent_sends_is_never_for_customers_eyes(way: dict[str, Any]) -> None:
    assert decided(mail(AGENT), **way).entry.internal
    assert not decided(mail(BO), **way).entry.internal


def test_an_agents_absence_note_is_never_for_customers_eyes() -> None:
    assert decided(mail(AGENT, **MACHINE), found=TOKEN).entry.internal


def test_who_returns_their_own_token_is_proven_and_nobody_else() -> None:
    assert decided(mail(BO), found=TOKEN).proves
    assert decided(mail(BO), found=CaseMatch(CASE, Link.TOKEN, 1)).proves
    assert not decided(mail(BO), found=CaseMatch(CASE, Link.TOKEN, 2)).proves
    assert not decided(mail(BO), found=TAG).proves
    assert not decided(mail(CY), found=TOKEN).proves


def test_reopening_keeps_owner_and_priority() -> None:
    decision = decided(mail(BO), found=CaseMatch(CLOSED, Link.TOKEN))
    assert decision.change
    assert (decision.change.case.owner, decision.change.case.priority) == (AGENT, "urgent")


@pytest.mark.parametrize(
    ("received", "since"),
    [(NOW - timedelta(hours=5), NOW - timedelta(hours=5)), (NOW + timedelta(hours=5), NOW)],
    ids=["while the desk was down", "by a server whose clock is ahead"],
)
def test_a_new_case_has_its_promise_from_when_its_mail_reached_the_mailbox(
    received: datetime, since: datetime
) -> None:
    decision = decided(mail(EVE), received=received, now=NOW)
    assert decision.change
    assert decision.change.case.opened_at == NOW
    assert decision.change.events[0].data["since"] == since.isoformat()


def test_a_mail_from_before_the_desk_promises_nothing() -> None:
    decision = decided(mail(EVE), promises=False)
    assert decision.change
    assert decision.change.events[0].data["unpromised"] is True
    assert "since" not in decision.change.events[0].data


def test_a_failed_sender_or_a_machine_brings_nobody_into_a_case() -> None:
    for received in (mail(EVE, FAILED, cc=(Address(CY),)), mail(EVE, cc=(Address(CY),), **MACHINE)):
        decision = decided(received)
        assert decision.change
        assert [party.address for party in decision.change.case.parties] == [EVE]


def test_our_own_addresses_never_take_part() -> None:
    ours = (Address(DESK_ADDRESS), Address("Support+7k2q9f3m.a1xyz@Acme.Example"), Address(AGENT))
    decision = decided(mail(EVE, to=ours, cc=ours))
    assert decision.change
    assert [(p.address, p.role) for p in decision.change.case.parties] == [(EVE, PartyRole.REQUESTER)]


def test_of_a_mailing_list_of_copies_as_many_join_as_may_by_one_mail_and_the_rest_are_named() -> None:
    crowd = tuple(Address(f"p{n}@client.example") for n in range(200))
    decision = decided(mail(EVE, cc=crowd))
    assert decision.change
    joined = [party.address for party in decision.change.case.customers]
    assert joined == [EVE, *(each.address for each in crowd[: DESK.parties_per_mail])]
    (event,) = (one for one in decision.change.events if one.kind is EventKind.NOT_JOINED)
    rest = [each.address for each in crowd[DESK.parties_per_mail :]]
    assert event.data == {"addresses": ", ".join(rest), "why": "too many"}
    (warned,) = (one.extra["warning"] for one in decision.change.letters if "warning" in one.extra)
    assert "limits.parties_per_mail: 20" in warned
    assert rest[0] in warned
    assert "and 160 more" in warned


def test_deciding_twice_decides_the_same() -> None:
    for way, *_ in WAYS.values():
        assert decided(**way) == decided(**way)


# --- what does not change ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way",
    [
        {"the_mail": mail(EVE, new_text="Escalate!"), "found": TOKEN},
        {"the_mail": mail(BO, FAILED, new_text="Escalate!", cc=(Address(CY),)), "found": TOKEN},
        {"the_mail": mail(BO, new_text="Escalate!", cc=(Address(CY),), **MACHINE), "found": TOKEN},
        {"the_mail": mail(AGENT, new_text="Escalate!", cc=(Address(CY),)), "found": TOKEN},
        {"same": Sameness.DUPLICATE, "earlier": CASE},
        {"same": Sameness.REUSED_BY_AUTHOR, "earlier": CASE},
    ],
    ids=[
        "a third party",
        "a failed sender",
        "a machine",
        "an agent",
        "a duplicate",
        "a Message-ID used twice",
    ],
)
def test_of_the_case_nothing_changes_but_when_something_came(way: dict[str, Any]) -> None:
    decision = decided(**way)
    assert decision.change
    assert decision.change.case == case(updated_at=NOW)


# --- whether anybody is answered --------------------------------------------------------------------


def acknowledged(the_mail: Any, **more: Any) -> LetterKind | None:
    """Which acknowledgement a new case gets."""
    _, letters = kinds(decided(the_mail, **more))
    found = [kind for kind in letters if kind in (L.ACKNOWLEDGEMENT, L.ACKNOWLEDGEMENT_FIXED)]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("age", "answered"),
    [
        (timedelta(days=3), True),
        (timedelta(days=3, seconds=1), False),
        (timedelta(days=-1), True),
    ],
    ids=["just young enough", "too old", "from a clock that runs ahead"],
)
def test_an_old_mail_is_never_acknowledged(age: timedelta, answered: bool) -> None:
    """Its age is counted from when it was received, never from its Date field."""
    sent = mail(EVE, VOUCHED, date=NOW - timedelta(days=400))
    assert (acknowledged(sent, received=NOW - age) is not None) is answered


def test_an_old_mail_reopens_its_case_and_only_the_team_hears() -> None:
    decision = decided(mail(BO), found=CaseMatch(CLOSED, Link.TOKEN), received=NOW - timedelta(days=9))
    assert kinds(decision) == ([K.REOPENED, K.LETTER_WITHHELD], [L.REOPENED_TEAM])


def test_who_wants_no_machines_answer_gets_none_to_a_reply_either_whatever_the_letter_case() -> None:
    for author in (BO, BO.upper()):
        quiet = mail(author, VOUCHED, reply_allowed=False, new_text="Escalate!")
        decision = decided(quiet, found=CaseMatch(CLOSED, Link.TOKEN))
        events, letters = kinds(decision)
        assert events == [K.REOPENED, K.ESCALATED, K.LETTER_WITHHELD, K.LETTER_WITHHELD]
        assert letters == [L.REOPENED_TEAM, L.ESCALATED_LEADERSHIP, L.ESCALATED_TEAM]


def test_a_letter_withheld_says_which_and_why() -> None:
    decision = decided(mail(EVE, FAILED))
    assert decision.change
    assert decision.change.events[-1].data == {
        "letter": L.ACKNOWLEDGEMENT, "why": "the sender's address could not be trusted",
    }  # fmt: skip


def test_the_team_is_warned_of_a_case_that_may_not_be_what_it_says() -> None:
    for way, words in (
        ({"the_mail": mail(EVE, FAILED)}, "could not be trusted"),
        ({"the_mail": mail(EVE), "found": TAG}, "does not take part in"),
        (
            {"the_mail": mail(EVE), "same": Sameness.REUSED_BY_OTHER, "earlier": CASE},
            "used the same Message-ID",
        ),
        ({"the_mail": mail(EVE)}, ""),
    ):
        change = decided(**way).change
        assert change
        (team,) = [order for order in change.letters if order.kind is L.OPENED_TEAM]
        assert words in team.extra["warning"]
        assert bool(words) == bool(team.extra["warning"])


def test_a_case_that_opens_escalated_says_so_in_its_acknowledgement() -> None:
    change = decided(mail(EVE, VOUCHED, subject="ESCALATE: Printer")).change
    assert change
    assert change.case.escalation == Escalation(1, NOW, EVE)
    assert change.letters[0].extra == {"escalated": "leadership"}
    (escalated,) = [event for event in change.events if event.kind is K.ESCALATED]
    assert escalated.data == {"word": "escalate", "level": 1}


# --- whose case it is -------------------------------------------------------------------------------

FORM = "forms@web.example"
TYPED = Assignment(requester=RequesterFrom.REPLY_TO, team="web")
FORM_RULE = Rule("web form", Condition(sender=(FORM,)), TYPED)
FORMS_DESK = replace(DESK, policy=replace(DESK.policy, rules=(FORM_RULE,)))


@pytest.mark.parametrize(
    ("author", "reply_to", "requester"),
    [
        (FORM, (BO,), BO),
        (FORM, (), FORM),
        (FORM, (BO, CY), FORM),
        (FORM, (DESK_ADDRESS,), FORM),
        (FORM, (AGENT,), FORM),
        (EVE, (BO,), EVE),
    ],
    ids=["the customer", "nobody", "two", "ourselves", "an agent", "no rule for this sender"],
)
def test_a_rule_may_say_that_a_web_form_writes_for_its_reply_to(
    author: str, reply_to: tuple[str, ...], requester: str
) -> None:
    """Without a rule Reply-To never says who wrote."""
    received = mail(author, VOUCHED, reply_to=tuple(Address(each) for each in reply_to))
    change = decide(situation(received), FORMS_DESK).change
    assert change
    assert change.case.requester == requester
    assert [party.address for party in change.case.parties] == [requester]


@pytest.mark.parametrize(
    ("proven", "kind"),
    [(frozenset({BO}), L.ACKNOWLEDGEMENT), (frozenset({FORM}), L.ACKNOWLEDGEMENT_FIXED)],
    ids=["the customer proved themselves", "the form did"],
)
def test_what_somebody_typed_into_a_form_is_not_sent_to_whom_they_named(
    proven: frozenset[str], kind: LetterKind
) -> None:
    received = situation(mail(FORM, VOUCHED, reply_to=(Address(BO),)), proven=proven)
    change = decide(received, FORMS_DESK).change
    assert change
    assert change.letters[0].kind is kind
    assert (change.case.team, change.events[0].data["rules"]) == ("web", "web form")


def test_copied_customers_become_parties_each_once_in_their_order() -> None:
    received = mail(
        EVE,
        to=(Address(DESK_ADDRESS), Address("di@client.example", "Di")),
        cc=(Address(CY, "Cy"), Address(CY.upper()), Address(EVE), Address(LEADER)),
    )
    change = decided(received).change
    assert change
    assert [(party.number, party.address, party.role) for party in change.case.parties] == [
        (1, EVE, PartyRole.REQUESTER), (2, "di@client.example", PartyRole.CC), (3, CY, PartyRole.CC),
    ]  # fmt: skip


def test_the_subject_of_a_case_is_bare() -> None:
    for subject, kept in (
        ("AW: Re: [Acme #7K2Q-9F3M] Printer", "Printer"),
        ("", "(no subject)"),
        ("Re:", "(no subject)"),
    ):
        change = decided(mail(EVE, subject=subject)).change
        assert change
        assert change.case.subject == kept


def test_a_mail_from_ourselves_about_no_case_is_kept_and_makes_us_nobodys_customer() -> None:
    """A loop ends here: whoever would be written to is the desk itself."""
    change = decided(mail(DESK_ADDRESS, VOUCHED)).change
    assert change
    assert change.case.parties == ()
    reached = [one.address for order in change.letters for one in addressees(order, change.case, DESK.people)]
    assert reached == [AGENT]


@pytest.mark.parametrize(
    ("letter_to", "proven"),
    [({BO}, True), ({BO, CY}, False), ({CY}, False), (set(), False)],
    ids=["his own letter", "a letter shared with another", "another's letter", "no letter at all"],
)
def test_an_answered_message_id_proves_the_one_address_its_letter_went_to(
    letter_to: set[str], proven: bool
) -> None:
    """Whoever was sent a copy may answer it in somebody else's name."""
    assert decided(mail(BO), found=TOKEN, letter_to=frozenset(letter_to)).proves is proven


AGO = NOW - timedelta(days=40)
ENDED = replace(CASE, phase=Phase.CLOSED, closed_at=AGO)
LATER = replace(CASE, ref="1111-1111")


@pytest.mark.parametrize(
    ("later", "ref"),
    [
        (None, None),
        (LATER, LATER.ref),
        (replace(LATER, phase=Phase.CLOSED, closed_at=NOW - timedelta(days=1)), LATER.ref),
        (replace(LATER, phase=Phase.CLOSED, closed_at=AGO), None),
        (replace(LATER, requester=EVE), None),
    ],
)
def test_a_reply_that_came_too_late_joins_the_case_that_one_before_it_opened(
    later: Case | None, ref: str | None
) -> None:
    within = Reopening(Span.parse("30d"))
    desk = replace(DESK, policy=replace(DESK.policy, reopening=within))
    found = CaseMatch(ENDED, Link.THREAD, later=later)
    decision = decide(situation(mail(BO), found=found, ref="2222-2222"), desk)
    assert decision.change
    assert decision.change.case.ref == (ref or "2222-2222")
    if ref is None:
        (old,) = decision.more
        assert (old.case.phase, old.case.followed_by) == (Phase.CLOSED, "2222-2222")
