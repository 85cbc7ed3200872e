"""The table of letters: every kind has its row and its template, every notice all that a notice needs."""

from __future__ import annotations

import pytest

from maildesk.config.packaged import packaged
from maildesk.config.policy_file import load_policy
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_kinds import FIVE_DAYS, FORMS, NOTICES, ONE_DAY, Audience, Confirms
from maildesk.desk.letters.templates import file_of
from tests.unit.desk.letter_matters import SOURCES

A_LETTER_FOR = {
    Audience.REQUESTER: LetterKind.ESCALATED,
    Audience.CUSTOMERS: LetterKind.ANSWER,
    Audience.SENDER: LetterKind.FORM_ASKED,
    Audience.OWNER_OR_TEAM: LetterKind.REPLIED_TEAM,
    Audience.OWNER_OR_TEAM_AND_TOLD: LetterKind.OPENED_TEAM,
    Audience.TOLD: LetterKind.STATUS_TEAM,
    Audience.TEAM_AND_LEAD: LetterKind.OVERDUE,
    Audience.LEADERSHIP: LetterKind.ESCALATED_LEADERSHIP,
    Audience.AUTHOR: LetterKind.NOTE_KEPT,
    Audience.OWNER_AND_AUTHOR: LetterKind.NOT_SENT,
    Audience.OWNER_AND_NAMED: LetterKind.CONSULTED_WROTE,
    Audience.NAMED_AGENTS: LetterKind.COLLEAGUE_ACTED,
    Audience.NAMED: LetterKind.ASK,
    Audience.OPERATORS: LetterKind.ALARM,
}


def test_every_audience_has_a_letter() -> None:
    assert {audience: FORMS[kind].audience for audience, kind in A_LETTER_FOR.items()} == {
        audience: audience for audience in Audience
    }


def test_only_an_answer_and_a_question_to_colleagues_are_a_persons_own_words() -> None:
    personal = [kind for kind, form in FORMS.items() if form.automatic is None]
    assert personal == [LetterKind.ANSWER, LetterKind.ASK]


@pytest.mark.parametrize("kind", [kind for kind, form in FORMS.items() if form.limited])
def test_what_is_limited_is_automatic_and_soon_given_up(kind: LetterKind) -> None:
    assert FORMS[kind].automatic
    assert FORMS[kind].patience == (FIVE_DAYS if FORMS[kind].lasts else ONE_DAY)


@pytest.mark.parametrize("kind", [kind for kind, form in FORMS.items() if not form.limited])
def test_every_other_letter_is_tried_for_five_days(kind: LetterKind) -> None:
    assert FORMS[kind].automatic != "auto-replied" or FORMS[kind].audience is Audience.AUTHOR
    assert FORMS[kind].patience == FIVE_DAYS


def test_the_story_goes_to_the_desk_only() -> None:
    assert not [kind for kind, form in FORMS.items() if form.shows_thread and form.audience.of_customers]


@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_has_a_row_and_a_template(kind: LetterKind) -> None:
    assert kind in FORMS
    assert SOURCES[file_of(kind)].startswith("Subject:")


def test_a_template_that_begins_as_a_letter_is_one() -> None:
    letters = {name for name, text in SOURCES.items() if text.startswith("Subject:")}
    policies = (load_policy(each) for each in packaged("policies").glob("*.yaml"))
    shipped = {f"en/{name}.txt" for each in policies for name in each.own_letters}
    assert letters == {file_of(kind) for kind in LetterKind} | shipped


@pytest.mark.parametrize("kind", NOTICES)
def test_a_notice_has_a_rank_a_word_and_a_title_and_is_of_the_desk(kind: LetterKind) -> None:
    form, notice = FORMS[kind], NOTICES[kind]
    assert [*NOTICES].count(kind) == 1
    assert notice.also == notice.also.lower() or notice.also[0].islower()
    assert notice.title[0].isupper()
    assert (form.automatic, form.of_case, form.limited) == ("auto-generated", True, False)
    assert form.audience.of_desk


def test_who_is_escalated_to_hears_of_that_first_and_of_a_reply_after_what_is_late() -> None:
    ranks = [*NOTICES]
    assert ranks[:3] == [LetterKind.ESCALATED_LEADERSHIP, LetterKind.ESCALATED_TEAM, LetterKind.OVERDUE]
    assert ranks.index(LetterKind.OPENED_TEAM) < ranks.index(LetterKind.REPLIED_TEAM)


def test_what_is_apart_or_asks_answers_a_colleagues_own_mail() -> None:
    apart = {kind: form for kind, form in FORMS.items() if form.apart}
    assert all(form.audience is Audience.AUTHOR for form in apart.values())
    unlimited = [kind for kind, form in apart.items() if not form.to_author]
    assert unlimited == [LetterKind.LOOKED]  # limits.looks_per_agent_hour
    asking = [form for form in FORMS.values() if form.confirms]
    assert all(form.apart or form.confirms is Confirms.ANSWER for form in asking)
    assert all(form.audience is Audience.AUTHOR for form in asking)


def test_an_owner_is_told_once_that_a_case_is_theirs() -> None:
    named = [kind for kind, notice in NOTICES.items() if notice.names_owner]
    assert named == [LetterKind.OPENED_TEAM, LetterKind.ASSIGNED_TEAM]
