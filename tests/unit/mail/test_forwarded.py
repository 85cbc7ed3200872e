"""Who wrote a mail that somebody passes on, as mail programs say it."""

from __future__ import annotations

import pytest

from maildesk.mail.forwarded import passed_on
from maildesk.mail.reply.reply_text import reply_parts

GMAIL = """\
He phoned, too.

---------- Forwarded message ---------
From: Bo Lund <bo@client.example>
Date: Mon, 24 Nov 2025 at 08:11
Subject: My screen
To: Ana Agent <agent@acme.example>

It is dark.
"""
THUNDERBIRD = """\
-------- Forwarded Message --------
Subject: \tMy screen
Date: \tMon, 24 Nov 2025 08:11:02 +0000
From: \tBo Lund <bo@client.example>
To: \tagent@acme.example

It is dark.
"""
APPLE = """\
Begin forwarded message:

> From: Bo Lund <bo@client.example>
> Subject: My screen
> Date: 24 November 2025 at 08:11:02 GMT
> To: Ana Agent <agent@acme.example>
>
> It is dark.
"""
OUTLOOK = """\
He phoned, too.

From: Bo Lund <bo@client.example>
Sent: Monday, 24 November 2025 08:11
To: Ana Agent <agent@acme.example>
Subject: My screen

It is dark.
"""
OUTLOOK_GERMAN = """\
-----Ursprüngliche Nachricht-----
Von: Bo Lund [mailto:bo@client.example]
Gesendet: Montag, 24. November 2025 08:11
An: Ana Agent
Betreff: My screen

It is dark.
"""
PROGRAMS = {
    "Gmail": (GMAIL, "Fwd: My screen"),
    "Thunderbird": (THUNDERBIRD, "Fwd: My screen"),
    "Apple Mail": (APPLE, "Fwd: My screen"),
    "Outlook": (OUTLOOK, "FW: My screen"),
    "Outlook in German": (OUTLOOK_GERMAN, "WG: My screen"),
}


@pytest.mark.parametrize(("text", "subject"), PROGRAMS.values(), ids=PROGRAMS)
def test_the_author_is_read_from_what_a_mail_program_repeats(text: str, subject: str) -> None:
    found = passed_on(text, reply_parts(text).forwarded, subject)
    assert found is not None
    assert (found.author.address, found.author.name) == ("bo@client.example", "Bo Lund")
    assert (found.subject, found.text) == ("My screen", "It is dark.")


NONE = {
    "an answer": (OUTLOOK, "RE: My screen"),
    "words alone": ("He phoned.", "Fwd: My screen"),
    "an author without an address": (GMAIL.replace("<bo@client.example>", ""), "Fwd: My screen"),
    "an address that is none": (GMAIL.replace("bo@client.example", "bo@@client"), "Fwd: My screen"),
}


@pytest.mark.parametrize(("text", "subject"), NONE.values(), ids=NONE)
def test_nobody_is_made_up(text: str, subject: str) -> None:
    assert passed_on(text, reply_parts(text).forwarded, subject) is None
