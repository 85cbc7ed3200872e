"""Delivery reports: which letter, which addresses, and whether for good."""

from __future__ import annotations

import pytest

from maildesk.mail.authenticity import Trust
from maildesk.mail.message import AutomaticKind, Bounce
from maildesk.mail.reading import read_mail


def report(
    recipients: str, returned: str = "Message-ID: <sent@acme.example>\nSubject: x\n\nhello\n"
) -> bytes:
    return f"""From: MAILER-DAEMON@mx.example
Return-Path: <>
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{recipients}
--b
Content-Type: message/rfc822

{returned}
--b--
""".encode()


def bounce_of(raw: bytes) -> Bounce | None:
    mail = read_mail(raw, trust=Trust())
    assert mail.automatic is not None
    assert mail.automatic.kind is AutomaticKind.BOUNCE
    assert not mail.reply_allowed
    return mail.bounce


@pytest.mark.parametrize(
    ("recipients", "addresses", "permanent", "status"),
    [
        pytest.param(
            "Final-Recipient: rfc822; ana@client.example\nAction: failed\nStatus: 5.1.1",
            ("ana@client.example",),
            True,
            "5.1.1",
            id="failed-for-good",
        ),
        pytest.param(
            "Final-Recipient: rfc822; ana@client.example\nAction: delayed\nStatus: 4.4.1",
            ("ana@client.example",),
            False,
            "4.4.1",
            id="delayed",
        ),
        pytest.param(
            "Final-Recipient: rfc822; ana@client.example\nAction: failed\nStatus: 4.4.7",
            ("ana@client.example",),
            False,
            "4.4.7",
            id="gave-up-on-a-temporary-problem",
        ),
        pytest.param(
            "Final-Recipient: rfc822; ana@new.example\nOriginal-Recipient: rfc822;ana@client.example\n"
            "Action: Failed\n"
            "Status: 5.2.2 (full)",
            ("ana@client.example",),
            True,
            "5.2.2",
            id="forwarded",
        ),
        pytest.param(
            "Final-Recipient: rfc822; <ana@client.example>\nAction: failed\n"
            "Diagnostic-Code: smtp; 550 5.7.1 no",
            ("ana@client.example",),
            True,
            "5.7.1",
            id="status-in-the-diagnostic",
        ),
        pytest.param(
            "Final-Recipient: rfc822; a@client.example\nAction: delayed\nStatus: 4.0.0\n\n"
            "Final-Recipient: rfc822; b@client.example\nAction: failed\nStatus: 5.0.0",
            ("b@client.example",),
            True,
            "5.0.0",
            id="two-fates",
        ),
    ],
)
def test_a_delivery_report_is_read(
    recipients: str, addresses: tuple[str, ...], permanent: bool, status: str
) -> None:
    assert bounce_of(report(recipients)) == Bounce("sent@acme.example", addresses, permanent, status)


def test_a_report_of_success_is_no_bounce() -> None:
    raw = report("Final-Recipient: rfc822; ana@client.example\nAction: delivered\nStatus: 2.0.0")
    assert bounce_of(raw) is None


def test_a_returned_header_is_enough_to_know_the_letter() -> None:
    raw = report("Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0").replace(
        b"message/rfc822", b"text/rfc822-headers"
    )
    found = bounce_of(raw)
    assert found is not None
    assert found.message_id == "sent@acme.example"


@pytest.mark.parametrize(
    ("text", "permanent", "status"),
    [
        pytest.param("<ana@client.example>:\n550 5.1.1 No such user here", True, "5.1.1", id="with-a-status"),
        pytest.param(
            "could not be delivered to\n\n  ana@client.example\n    mailbox unknown",
            True,
            "5.0.0",
            id="words",
        ),
        pytest.param(
            "To: ana@client.example\nwarning: delayed, will retry for 3 days", False, "4.0.0", id="delayed"
        ),
    ],
)
def test_a_letter_of_an_old_server_is_read(text: str, permanent: bool, status: str) -> None:
    raw = (
        f"From: MAILER-DAEMON@mx.example\nSubject: mail\n\n{text}\n\n--- Below is the original message\n\n"
        "Message-ID: <sent@acme.example>\nTo: other@client.example\n"
    )
    assert bounce_of(raw.encode()) == Bounce("sent@acme.example", ("ana@client.example",), permanent, status)


def test_a_person_writing_about_a_bounce_sends_none() -> None:
    raw = (
        b"From: ana@client.example\nSubject: Undelivered mail returned\n\n"
        b"<bob@client.example>: 550 5.1.1 unknown\n"
    )
    mail = read_mail(raw, trust=Trust())
    assert (mail.automatic, mail.bounce, mail.reply_allowed) == (None, None, True)
