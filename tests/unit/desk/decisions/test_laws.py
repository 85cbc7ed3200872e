"""What the desk never does, whatever the mail: laws over every situation there is, in every phase."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.transitions import apply_all
from maildesk.desk.case.verdicts import WROTE_FIRST, Verdict
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.decision import AuthorsWord, ConfirmationStep, Decision
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.screening.outcomes import Outcome
from maildesk.desk.screening.persons_words import may_be_a_persons
from maildesk.desk.screening.screening import screen
from maildesk.desk.screening.situation import Link, Situation
from maildesk.mail.message import Address, Standing
from tests.cost import no_collector
from tests.unit.desk.every_situation import CROWD, situations
from tests.unit.desk.matters import AGENT, CY, DESK, DESK_ADDRESS, LEADER, NOW, OWN_DETAIL, PEOPLE

FEW, MANY = 29, 5
"""Every so manieth situation: a prime, so that each value of every dimension of the product is met.

`make test-long` decides six times as many.
"""

Pair = tuple[Situation, Decision]
Screened = tuple[Situation, Decision, Change, Outcome]


STEPS = [
    *(pytest.param((phase, FEW), id=phase) for phase in Phase),
    *(pytest.param((phase, MANY), id=f"{phase}, many", marks=pytest.mark.long) for phase in Phase),
]


@pytest.fixture(scope="module", params=STEPS)
def decisions(request: pytest.FixtureRequest) -> list[Pair]:
    """Decisions on mails that all ask for an escalation and copy everybody."""
    phase, step = request.param
    held = replace(CROWD, phase=phase, closed_at=NOW if phase is Phase.CLOSED else None)
    copies = tuple(Address(address) for address in (CY, AGENT, LEADER, DESK_ADDRESS, OWN_DETAIL))
    every = situations(held, step, new_text="Escalate!", cc=copies)
    with no_collector():  # which would look through all that was kept so far again and again
        return [(each, decide(each, DESK)) for each in every]


def changes(pairs: list[Pair]) -> Iterator[tuple[Situation, Decision, Change]]:
    for situation, decision in pairs:
        if decision.change:
            yield situation, decision, decision.change


@pytest.fixture(scope="module")
def screened(decisions: list[Pair]) -> list[Screened]:
    """The changes, with what screening alone says of their mails."""
    with no_collector():
        return [
            (situation, decision, change, screen(situation, PEOPLE).outcome)
            for situation, decision, change in changes(decisions)
        ]


def before(situation: Situation, change: Change) -> Case | None:
    """The case that was changed, as it was; None for a new one."""
    kept = situation.inquiry.confirmation and situation.inquiry.confirmation.case
    known = (situation.repeat.earlier, situation.found and situation.found.case, kept)
    return next((each for each in known if each and each.ref == change.case.ref), None)


def letters(change: Change) -> set[LetterKind]:
    return {order.kind for order in change.letters}


def customers_letters(change: Change) -> set[LetterKind]:
    return {kind for kind in letters(change) if FORMS[kind].audience.of_customers}


def same_matter(case: Case, old: Case) -> bool:
    """Whether a mail changed nothing of a case; that something was added shows in `updated_at`."""
    return case == replace(old, updated_at=case.updated_at)


def test_every_decision_says_what_and_why(decisions: list[Pair]) -> None:
    for _, decision in decisions:
        assert decision.reason
        assert decision.note
        assert decision.verdict is not Verdict.LEFT  # that is settled before any mail is read


def test_no_mail_without_its_case_but_repeats_and_a_desk_persons(decisions: list[Pair]) -> None:
    for situation, decision in decisions:
        if decision.change is None:
            aside = (Verdict.QUARANTINED, Verdict.FORM_RETURNED, Verdict.LOOKED)
            settled = (Verdict.SEEN, Verdict.DUPLICATE, *aside)
            chose = decision.reason == "chosen" and PEOPLE.is_desk_person(situation.author)
            assert decision.verdict in settled or isinstance(decision.confirmation, AuthorsWord) or chose
            kept_apart = PEOPLE.is_desk_person(situation.author) or situation.form  # which went to nobody
            assert decision.verdict is not Verdict.QUARANTINED or kept_apart


def test_events_alone_make_the_case_what_it_becomes(decisions: list[Pair]) -> None:
    for situation, _, change in changes(decisions):
        old = before(situation, change)
        if old is None:
            assert change.events[0].kind is EventKind.OPENED
            answered = any(event.kind is EventKind.ANSWERED for event in change.events)
            begun = Phase.OPEN if answered else Phase.NEW
            assert change.case.phase is (Phase.CLOSED if change.case.set_aside else begun)
        else:
            rebuilt = apply_all(old, change.events)
            assert replace(rebuilt, parties=change.case.parties) == change.case
            joined = [event for event in change.events if event.kind is EventKind.PARTY_JOINED]
            assert len(change.case.parties) == len(old.parties) + len(joined)


def test_an_agent_who_writes_first_opens_a_case_of_their_own_and_writes_to_nobody_by_us(
    decisions: list[Pair],
) -> None:
    first = [(s, change) for s, decision, change in changes(decisions) if decision.reason == WROTE_FIRST]
    assert first
    for situation, change in first:
        assert PEOPLE.agent(situation.author)
        assert situation.mail.author.standing is not Standing.FAILED
        assert not situation.mail.by_machine
        assert change.case.is_owner(situation.author)
        assert not PEOPLE.is_desk_person(change.case.requester)
        assert not customers_letters(change)


def test_a_machine_is_never_answered_and_never_reopens_or_escalates(decisions: list[Pair]) -> None:
    for situation, decision, change in changes(decisions):
        if situation.mail.automation.automatic or situation.mail.automation.bounce:
            told = {LetterKind.UNDELIVERED, LetterKind.OPENED_TEAM, LetterKind.MACHINE_WROTE}
            told |= {LetterKind.SUSPICIOUS, LetterKind.ANSWERED_TEAM} if situation.click else set()
            assert letters(change) <= told  # nobody outside the desk
            assert decision.verdict is not Verdict.REOPENED
            assert change.case.escalation is None
            old = before(situation, change)
            if old:
                assert same_matter(change.case, old)


def test_the_desks_people_hear_of_a_machines_mail_only_where_a_person_may_have_written_it(
    decisions: list[Pair],
) -> None:
    for situation, _, change in changes(decisions):
        if situation.mail.by_machine and letters(change) - {LetterKind.UNDELIVERED}:
            assert may_be_a_persons(situation.mail)
            assert not PEOPLE.is_desk_person(situation.author)


def test_nothing_is_promised_where_nobody_waits(decisions: list[Pair]) -> None:
    for situation, decision, change in changes(decisions):
        opened = before(situation, change) is None
        if opened and decision.verdict in (Verdict.AUTOMATIC, Verdict.BOUNCE):
            told = LetterKind.OPENED_TEAM in letters(change)
            assert ("unpromised" not in change.events[0].data) is told
            assert change.case.set_aside is (situation.mail.automation.newsletter and not told)


def test_who_could_not_be_trusted_hears_nothing_and_changes_nothing(decisions: list[Pair]) -> None:
    for situation, decision, change in changes(decisions):
        if situation.mail.author.standing is Standing.FAILED:
            assert not customers_letters(change)
            assert change.case.escalation is None
            assert not decision.proves
            old = before(situation, change)
            if old:
                assert same_matter(change.case, old)
            else:
                assert len(change.case.parties) <= 1


def test_a_stranger_to_a_case_changes_nothing_and_reads_nothing_of_it(screened: list[Screened]) -> None:
    for situation, decision, change, outcome in screened:
        if outcome is Outcome.ATTACH_THIRD_PARTY:
            old = before(situation, change)
            assert old
            assert same_matter(change.case, old)
            assert letters(change) == {LetterKind.SUSPICIOUS}
            assert (decision.proves, decision.entry.internal) == (False, False)


def test_a_desk_persons_mail_opens_reopens_and_escalates_nothing(decisions: list[Pair]) -> None:
    for situation, decision, change in changes(decisions):
        done = decision.confirmation is ConfirmationStep.DONE
        if PEOPLE.is_desk_person(situation.author) and not done:
            old = before(situation, change)
            assert old
            assert same_matter(change.case, old)
            told = {LetterKind.CONFIRM, LetterKind.REFUSED, LetterKind.SUSPICIOUS, LetterKind.UNDELIVERED}
            assert letters(change) <= told
            assert decision.entry.internal
            assert not decision.proves


def test_only_a_customer_reopens_and_only_what_has_ended(screened: list[Screened]) -> None:
    for situation, decision, change, outcome in screened:
        reopened = any(event.kind is EventKind.REOPENED for event in change.events)
        assert reopened == (decision.verdict is Verdict.REOPENED)
        if reopened:
            old = before(situation, change)
            assert old
            assert old.phase.ended
            assert (change.case.phase, change.case.reopened) == (Phase.OPEN, old.reopened + 1)
            joins = (Outcome.JOIN, Outcome.JOIN_AS_PARTY, Outcome.JOIN_AS_FIRST, Outcome.FILL_FORM)
            assert outcome in joins
            if outcome is not Outcome.JOIN_AS_FIRST or not situation.repeat.untouched:
                assert (change.case.owner, change.case.priority) == (old.owner, old.priority)


def test_nobody_of_the_desk_and_no_address_of_ours_becomes_a_customer(decisions: list[Pair]) -> None:
    for _, _, change in changes(decisions):
        for party in change.case.parties:
            if not party.role.of_the_desk:
                assert not PEOPLE.is_own(party.address)
                assert not PEOPLE.is_desk_person(party.address)


def test_an_unproven_senders_words_go_out_to_nobody_unless_vouched_for(decisions: list[Pair]) -> None:
    """What design §5 promises: an acknowledgement in the sender's words only to whom they surely are from."""
    for situation, _, change in changes(decisions):
        if LetterKind.ACKNOWLEDGEMENT in letters(change):
            proven = change.case.requester.lower() in situation.evidence.proven
            vouched = situation.mail.author.standing is Standing.VOUCHED
            found = situation.found
            returned = found and found.link is Link.TOKEN and found.case.party(situation.author)
            assert proven or vouched or returned


def test_a_repeat_owes_no_letter_and_new_words_under_an_old_name_only_one_to_colleagues(
    screened: list[Screened],
) -> None:
    for situation, decision, change, outcome in screened:
        if decision.verdict is Verdict.DUPLICATE:
            assert not change.letters
        elif outcome is Outcome.FLAG_REUSED_ID:
            assert letters(change) <= {LetterKind.REPLIED_TEAM, LetterKind.MACHINE_WROTE}
            silent = situation.mail.by_machine and not may_be_a_persons(situation.mail)
            assert not (change.letters and silent)
