"""Letters that ask for a proof before somebody gets theirs: told apart from what people and shops write."""

from __future__ import annotations

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import AutomaticKind, IncomingMail, Restraint
from maildesk.mail.reading import read_mail

HELD = (
    "Your message has been held because I do not know you yet.\n"
    "Please click the link below and it will be delivered.\nhttps://proof.example/1"
)


def letter(subject: str, words: str, *lines: str) -> IncomingMail:
    header = "".join(f"{line}\r\n" for line in lines)
    sender = "" if "From:" in header else "From: bo@client.example\r\n"
    raw = f"{sender}{header}Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    return read_mail(raw.encode(), trust=Trust())


SURE = {
    "subject and words": ("Please confirm your message", HELD, ()),
    "a machine's words": ("Re: Printer", HELD, ("Auto-Submitted: auto-replied",)),
    "bulk": ("Re: Printer", HELD, ("Precedence: bulk",)),
    "a null path": ("Re: Printer", HELD, ("Return-Path: <>",)),
    "a service": ("Re: Printer", "One more step.", ("From: Bo Lund <notify@spamarrest.com>",)),
    "a program": ("Confirm, please", "Answer this.", ("X-qconfirm: 1.0",)),
    "no spammer": (
        "[Sender verification required] Re: Printer",
        "Just reply to this mail to show that you are not a spammer.",
        (),
    ),
    "German": (
        "Bestätigung Ihrer E-Mail erforderlich",
        "Ihre Nachricht wird zurückgehalten. Klicken Sie auf den Link.",
        (),
    ),
}


@pytest.mark.parametrize(("subject", "words", "lines"), SURE.values(), ids=SURE.keys())
def test_a_challenge_is_a_machines(subject: str, words: str, lines: tuple[str, ...]) -> None:
    automation = letter(subject, words, *lines).automation
    assert automation.automatic is not None
    assert (automation.automatic.kind, automation.reply_allowed) == (AutomaticKind.CHALLENGE, False)


def test_what_only_sounds_like_one_is_a_persons_and_not_answered() -> None:
    for subject, words in (("Re: Printer", HELD), ("Verify your mail address", "Click the link below.")):
        automation = letter(subject, words).automation
        assert automation.automatic is None
        assert automation.restraints == {Restraint.CHALLENGE}
        assert not automation.reply_allowed


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Verification required for my account", "Your page asks me to verify my address. How do I do that?"),
        ("Link broken", "I clicked the link below and nothing happened."),
        ("Mail held", "My message was held by your server. Why?"),
        ("Please confirm your order 17", "Can you confirm by Friday?"),
    ],
)
def test_people_who_write_about_such_things_are_answered(subject: str, words: str) -> None:
    automation = letter(subject, words).automation
    assert (automation.automatic, automation.reply_allowed) == (None, True)


def test_a_newsletter_that_wants_a_click_challenges_nobody() -> None:
    words = "Click here to get your messages delivered faster. You are on our approved senders list."
    automation = letter("News", words, "List-Unsubscribe: <https://shop.example/u>").automation
    assert automation.automatic is None
    assert automation.newsletter
