"""Whose words stand below a machine's header: tables of what is heard, set aside, and taken for a form's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from maildesk.desk.screening.persons_words import filled_in, is_newsletter, may_be_a_persons
from maildesk.mail.message import (
    Address,
    Automatic,
    AutomaticKind,
    Automation,
    Bounce,
    IncomingMail,
    Restraint,
)
from tests.unit.desk.matters import AGENT, BO, EVE, PEOPLE, mail, situation

KIND = AutomaticKind
RETURNED: dict[str, Any] = {"bounce": Bounce("1@acme.example", (BO,), True, "5.1.1")}


def by(kind: AutomaticKind, **more: Any) -> IncomingMail:
    return mail(EVE, automatic=Automatic(kind, "a rule"), **more)


AWAY = "I am out of the office until Monday."

HEARD: dict[str, tuple[IncomingMail, bool]] = {
    "a person": (mail(EVE), False),
    "a list": (by(KIND.LIST), True),
    "another desk, a cron job": (by(KIND.GENERATED), True),
    "a challenge to be clicked at": (by(KIND.CHALLENGE), False),
    "an automatic reply": (by(KIND.AUTO_REPLY), False),
    "a letter that goes round": (by(KIND.LOOP), False),
    "what looks like a bounce": (by(KIND.BOUNCE), False),
    "a report below a list's fields": (by(KIND.LIST, **RETURNED), False),
    "an absence note by its day": (by(KIND.GENERATED, away_until=date(2026, 1, 12)), False),
    "an absence note by its field": (by(KIND.LIST, restraints=frozenset({Restraint.ABSENCE})), False),
    "an absence note by its subject": (by(KIND.GENERATED, subject="Abwesend: Ihre Frage"), False),
    "a program's whole subject": (by(KIND.LIST, subject="[EXT] Out of Office"), False),
    "an older program's subject": (by(KIND.LIST, subject="Out of Office AutoReply: The door"), False),
    "a note's kind": (by(KIND.AUTO_REPLY, subject="Out of office assistant sends nothing"), False),
    "a note's words": (by(KIND.LIST, subject="Out of office this week", new_text=AWAY), False),
    "a person about such notes": (by(KIND.LIST, subject="Out of office assistant sends nothing"), True),
    "a person about them, by the field": (
        by(
            KIND.LIST,
            subject="Automatic reply is not sent until Monday",
            away_until=date(2026, 1, 12),
            restraints=frozenset({Restraint.ABSENCE}),
        ),
        True,
    ),
}


@pytest.mark.parametrize(("the_mail", "heard"), HEARD.values(), ids=HEARD)
def test_what_a_person_may_have_said_is_heard_and_what_nobody_said_is_not(
    the_mail: IncomingMail, heard: bool
) -> None:
    assert may_be_a_persons(the_mail) is heard


LEAVE = frozenset({Restraint.NEWSLETTER})

NEWSLETTERS: dict[str, tuple[IncomingMail, bool]] = {
    "many may leave": (mail(EVE, restraints=LEAVE), True),
    "in bulk": (by(KIND.GENERATED, restraints=LEAVE), True),
    "by a list": (by(KIND.LIST, restraints=LEAVE), True),
    "a list to write to": (by(KIND.LIST), False),
    "a bounce of one": (by(KIND.BOUNCE, restraints=LEAVE), False),
    "an absence note with such a field": (by(KIND.AUTO_REPLY, restraints=LEAVE), False),
}


@pytest.mark.parametrize(("the_mail", "newsletter"), NEWSLETTERS.values(), ids=NEWSLETTERS)
def test_a_newsletter_is_one_by_its_field_where_no_case_of_ours_is_meant(
    the_mail: IncomingMail, newsletter: bool
) -> None:
    assert is_newsletter(situation(the_mail)) is newsletter


def sent_by_form(kind: AutomaticKind, *replies_to: str) -> IncomingMail:
    form = by(kind, restraints=LEAVE)
    return replace(form, addressing=replace(form.addressing, reply_to=tuple(map(Address, replies_to))))


FORMS: dict[str, tuple[IncomingMail, bool]] = {
    "a program": (sent_by_form(KIND.GENERATED, BO), True),
    "a program that says it replies": (sent_by_form(KIND.AUTO_REPLY, BO), True),
    "nobody to answer to": (sent_by_form(KIND.GENERATED), False),
    "two to answer to": (sent_by_form(KIND.GENERATED, BO, EVE), False),
    "a person of the desk": (sent_by_form(KIND.GENERATED, AGENT), False),
    "what came back": (sent_by_form(KIND.BOUNCE, BO), False),
    "a letter that goes round": (sent_by_form(KIND.LOOP, BO), False),
}


@pytest.mark.parametrize(("form", "persons"), FORMS.values(), ids=FORMS)
def test_what_is_filled_into_a_form_is_a_persons(form: IncomingMail, persons: bool) -> None:
    believed = filled_in(form, PEOPLE)
    assert (believed.automation == Automation(reply_allowed=believed.automation.reply_allowed)) is persons
    assert (believed is form) is not persons
