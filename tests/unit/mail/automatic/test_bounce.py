"""Delivery reports: which letter, which addresses, and whether for good."""

from __future__ import annotations

import pytest

from maildesk.mail import reading
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import AutomaticKind, Automation, Bounce
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
    assert mail.automation.automatic is not None
    assert mail.automation.automatic.kind is AutomaticKind.BOUNCE
    assert not mail.automation.reply_allowed
    return mail.automation.bounce


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
    found = bounce_of(report(recipients))
    assert found is not None
    assert (found.message_id, found.recipients) == ("sent@acme.example", addresses)
    assert (found.permanent, found.status) == (permanent, status)


TWO_FATES = (
    "Final-Recipient: rfc822; a@client.example\nAction: delayed\nStatus: 4.0.0\n\n"
    "Final-Recipient: rfc822; b@client.example\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <b@client.example>: nobody\n\n"
    "Final-Recipient: rfc822; c@client.example\nAction: failed\nStatus: 4.4.7\n\n"
    "Final-Recipient: rfc822; d@client.example\nAction: delivered\nStatus: 2.0.0"
)


def test_one_report_names_several_fates() -> None:
    assert bounce_of(report(TWO_FATES)) == Bounce(
        "sent@acme.example",
        recipients=("b@client.example",),
        permanent=True,
        status="5.1.1",
        failed=("b@client.example", "c@client.example"),
        delayed=("a@client.example",),
        reason="550 5.1.1 <b@client.example>: nobody",
    )


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


def test_a_returned_message_id_that_is_none_leaves_the_letter_unknown() -> None:
    broken = "Subject: Re: Printer\n\n> Message-ID: <7k=?utf-8?b?2q.1.n.m@acme.example>\n"
    raw = report("Final-Recipient: rfc822; ana@client.example\nAction: failed\nStatus: 5.1.1", broken)
    found = bounce_of(raw)
    assert found is not None
    assert (found.failed, found.message_id) == (("ana@client.example",), None)


@pytest.mark.parametrize(
    ("text", "permanent", "status"),
    [
        pytest.param("<ana@client.example>:\n550 5.1.1 No such user here", True, "5.1.1", id="with-a-status"),
        pytest.param(
            "could not be delivered to\n\n  ana@client.example\n    mailbox unknown",
            True,
            "5.1.1",
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
    found = bounce_of(raw.encode())
    assert found is not None
    assert (found.message_id, found.recipients) == ("sent@acme.example", ("ana@client.example",))
    assert (found.permanent, found.status) == (permanent, status)


def test_a_person_writing_about_a_bounce_sends_none() -> None:
    raw = (
        b"From: ana@client.example\nSubject: Undelivered mail returned\n\n"
        b"<bob@client.example>: 550 5.1.1 unknown\n"
    )
    mail = read_mail(raw, trust=Trust())
    assert mail.automation == Automation()


FORWARDED = b"""From: Ana <ana@client.example>
Subject: my letters come back
Content-Type: multipart/mixed; boundary=b

--b

Hello, what is this?
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; bob@client.example
Action: failed
Status: 5.1.1
--b--
"""


def test_a_person_who_forwards_a_report_sends_none() -> None:
    mail = read_mail(FORWARDED, trust=Trust())
    assert mail.automation == Automation()


def test_a_report_that_a_gateway_put_in_an_envelope_is_read() -> None:
    inner = report("Final-Recipient: rfc822; ana@client.example\nAction: failed\nStatus: 5.1.1")
    raw = (
        b"From: postmaster@gateway.example\nSubject: Delivery Status Notification (Failure)\n"
        b"Content-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: message/rfc822\n\n"
        + inner
        + b"\n--outer--\n"
    )
    found = bounce_of(raw)
    assert found is not None
    assert (found.failed, found.message_id) == (("ana@client.example",), "sent@acme.example")


def test_a_report_that_names_nobody_is_read_with_the_help_of_its_letter() -> None:
    raw = report("Final-Recipient: rfc822; ana\nAction: failed\nStatus: 5.1.1").replace(
        b"It did not work.", b"Your message could not be delivered to\n\n  ana@client.example\n"
    )
    found = bounce_of(raw)
    assert found is not None
    assert (found.failed, found.permanent) == (("ana@client.example",), True)


@pytest.mark.parametrize("flufl", [True, False], ids=["with flufl.bounce", "by our own rules"])
def test_a_report_in_an_ordinary_mail_counts_when_its_letter_is_a_servers(flufl: bool) -> None:
    raw = FORWARDED.replace(b"my letters come back", b"Message status - undeliverable")
    assert reading.bounce_of(raw, flufl=flufl) is None
    raw = raw.replace(b"Hello, what is this?", b"Your message could not be delivered to its recipient.")
    found = reading.bounce_of(raw, flufl=flufl)
    assert found is not None
    assert found.failed == ("bob@client.example",)


COMPLAINT = b"""From: feedback@provider.example
Subject: FW: your letter
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b

This is an abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Example/1.0
Version: 1
%s
--b
Content-Type: message/rfc822

To: ana@client.example
Message-ID: <sent@acme.example>

hello
--b--
"""


@pytest.mark.parametrize(
    ("line", "who"),
    [
        pytest.param(b"Original-Rcpt-To: <carl@client.example>", "carl@client.example", id="named"),
        pytest.param(b"Source-IP: 192.0.2.1", "ana@client.example", id="from-the-returned-letter"),
    ],
)
def test_a_complaint_tells_whose_it_is_and_is_no_failure(line: bytes, who: str) -> None:
    mail = read_mail(COMPLAINT % line, trust=Trust())
    found = mail.automation.bounce
    assert found is not None
    assert found.complaint
    assert (found.message_id, found.recipients) == ("sent@acme.example", (who,))
    assert (found.permanent, found.failed, found.delayed) == (False, (), ())
    assert not mail.automation.reply_allowed


IN_OTHER_FORMS = {
    "not called a report": COMPLAINT.replace(
        b"multipart/report; report-type=feedback-report", b"multipart/mixed"
    ),
    "a report of no type": COMPLAINT.replace(b" report-type=feedback-report;", b""),
    "Outlook.com's": b"""From: staff@provider.example
Subject: complaint about message from 192.0.2.1
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822

X-HmXmrOriginalRecipient: <ana@client.example>
To: undisclosed
Message-ID: <sent@acme.example>

hello
--b--
""",
}


@pytest.mark.parametrize("raw", IN_OTHER_FORMS.values(), ids=IN_OTHER_FORMS.keys())
def test_a_complaint_in_another_form_is_one(raw: bytes) -> None:
    mail = read_mail(raw.replace(b"%s\n", b""), trust=Trust())
    found = mail.automation.bounce
    assert found is not None
    assert (found.complaint, found.message_id, found.recipients) == (
        True, "sent@acme.example", ("ana@client.example",),
    )  # fmt: skip
    assert not mail.automation.reply_allowed


# --- the returned header's token --------------------------------------------------------------------

FAILED = "Final-Recipient: rfc822; ana@client.example\nAction: failed\nStatus: 5.1.1"


@pytest.mark.parametrize(
    ("returned", "token"),
    [
        ("Message-ID: <a@b>\nMIME-Version: 1.0 (7k2q9f3m.a1mac)\n\nhello\n", "7k2q9f3m.a1mac"),
        ("mime-version:   1.0 (7K2Q9F3M.A1MAC)  \n\n", "7K2Q9F3M.A1MAC"),
        ("MIME-Version: 1.0\n (7k2q9f3m.a1mac)\n\n", "7k2q9f3m.a1mac"),
        ("Message-ID: <a@b>\n\nhello\n", ""),
        ("MIME-Version: 1.0 (Mac OS X Mail 16.0)\n\nhello\n", ""),
    ],
)
def test_the_token_of_a_returned_letter_is_read_from_its_header(returned: str, token: str) -> None:
    bounce = bounce_of(report(FAILED, returned))
    assert bounce
    assert bounce.token == token


def test_the_token_of_a_letter_that_is_pasted_below_a_servers_words_is_read_too() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: failure notice\n\n"
        b"Hi. This is the mail program at mx.example.\n"
        b"I wasn't able to deliver your message to the following addresses.\n\n"
        b"<ana@client.example>:\nNo mailbox here by that name. (#5.1.1)\n\n"
        b"--- Below this line is a copy of the message.\n\n"
        b"Subject: x\nMIME-Version: 1.0 (7k2q9f3m.a1mac)\nTo: ana@client.example\n\nhello\n"
    )
    bounce = bounce_of(raw)
    assert bounce
    assert bounce.token == "7k2q9f3m.a1mac"
