"""The child that reads mails: what it looks for in them, and in whose."""

from __future__ import annotations

import pytest

from maildesk.daemon.reader_child import answer
from maildesk.daemon.reader_frames import Setup
from maildesk.desk.policy.people import People, Person
from maildesk.desk.screening.heard import HeardMail, WordsWanted
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.mime.limits import ReadingLimits

BORDER = "mx.acme.example"
LISTENING = WordsWanted(people=People(agents=(Person("Ana Agent", "agent@acme.example"),)))
SETUP = Setup(Trust(authserv_id=BORDER), ReadingLimits(), 10, listening=LISTENING)


@pytest.mark.parametrize(
    ("result", "sender", "rich"),
    [
        ("dmarc=pass", "agent@acme.example", ("<p>Pull <b>this</b>.</p>",)),
        ("dmarc=none", "agent@acme.example", ("<p>Pull <b>this</b>.</p>",)),
        ("dmarc=fail", "agent@acme.example", ()),
        ("dmarc=pass", "bo@client.example", ()),
    ],
    ids=["vouched for", "unknown", "forged", "a customer's"],
)
def test_html_is_cut_out_for_somebody_of_the_desk_only(
    result: str, sender: str, rich: tuple[str, ...]
) -> None:
    """What waits for its author's yes is read again, so it is looked at as long as it may be theirs."""
    raw = (
        f"Authentication-Results: {BORDER}; {result} header.from={sender.partition('@')[2]}\n"
        f"Received: from mail.example by {BORDER}; Mon, 24 Nov 2025 09:30:00 +0000\n"
        f"From: {sender}\nContent-Type: text/html\n\n<p>Pull <b>this</b>.</p>\n"
    ).encode()
    read = answer(raw, SETUP)
    assert isinstance(read, HeardMail)
    assert read.heard.said.rich == rich
