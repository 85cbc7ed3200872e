"""Mails that speak of a bounce and are none: people's, lists', and other machines' news."""

from __future__ import annotations

import pytest

from maildesk.mail.reading import bounce_of


def as_mail(header: str, letter: str) -> bytes:
    return f"{header}\nTo: desk@acme.example\nContent-Type: text/plain; charset=utf-8\n\n{letter}".encode()


PEOPLE = {
    "asks about a bounce": (
        "From: ana@client.example\nSubject: Undelivered mail returned",
        "Hello,\n\nI got this, can you help?\n\n<bob@client.example>: 550 5.1.1 unknown\n",
    ),
    "forwards one": (
        "From: ana@client.example\nSubject: Fwd: Undelivered Mail Returned to Sender",
        "Your message could not be delivered to the following recipients:\n\nbob@client.example\n",
    ),
    "answers one": (
        "From: ana@client.example\nSubject: Re: Delivery Status Notification (Failure)\nIn-Reply-To: "
        "<x@y.example>",
        "Any news?\n\n> Delivery to the following recipient failed permanently:\n>\n>   bob@client.example\n",
    ),
    "has a parcel that did not come": (
        "From: ana@client.example\nSubject: Delivery failed",
        "The delivery of order 12 failed, my address is\nana@client.example\n",
    ),
    "is away and names a colleague": (
        "From: ana@client.example\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Out of office",
        "Your mail was not delivered to anybody else. Ask\nbob@client.example\n",
    ),
    "writes to a list": (
        "From: ana@client.example\nList-Id: <mail.lists.example>\nSubject: delivery problems",
        "Delivery has failed for\nbob@client.example\nhere, what do we do?\n",
    ),
    "sends mail as postmaster": (
        "From: postmaster@client.example\nSubject: Maintenance",
        "The mail server is down tonight. Write to\nbob@client.example\n",
    ),
}


@pytest.mark.parametrize("flufl", [True, False], ids=["with flufl.bounce", "by our own rules"])
@pytest.mark.parametrize("person", PEOPLE)
def test_a_person_or_a_machine_with_other_news_sends_no_bounce(person: str, flufl: bool) -> None:
    assert bounce_of(as_mail(*PEOPLE[person]), flufl=flufl) is None


@pytest.mark.parametrize("sender", ["", "From:\n", "From: <>\n", 'From: "" <>, (\n'])
def test_a_letter_without_a_sender_is_read_and_no_log_is_written(
    sender: str, caplog: pytest.LogCaptureFixture
) -> None:
    letter = "Your mail was not delivered.\n\n<ana@client.example>:\n550 no\n"
    raw = f"{sender}Return-Path: <>\nSubject: failure notice\n\n{letter}"
    found = bounce_of(raw.encode())
    assert found is not None
    assert found.failed == ("ana@client.example",)
    assert not caplog.records
