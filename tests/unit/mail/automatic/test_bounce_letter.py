"""Letters of mail systems that send no delivery report, each in the manner of that system."""

from __future__ import annotations

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import AutomaticKind, Bounce
from maildesk.mail.reading import bounce_of, read_mail
from tests.cost import at_most

DAEMON = "From: MAILER-DAEMON@mx.client.example\nSubject: mail"
POSTMASTER = "From: Mail Administrator <postmaster@mx.client.example>\nSubject: Undeliverable: Your case"

# system: header, letter, who failed, who is delayed, for good?
LETTERS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...], bool]] = {
    "qmail": (
        "From: MAILER-DAEMON@mx.client.example\nSubject: failure notice",
        "Hi. This is the qmail-send program at mx.client.example.\nI'm afraid I wasn't able to "
        "deliver your message"
        " to the following addresses.\nThis is a permanent error; I've given up.\n\n<ana@client.example>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\n\n<bob@client.example>:\nUser is over quota. "
        "(#5.2.2)\n\n"
        "--- Below this line is a copy of the message.\n\nTo: carl@client.example\n",
        ("ana@client.example", "bob@client.example"),
        (),
        True,
    ),
    "qmail that waits no more": (
        DAEMON,
        "Unable to reach your recipient.\n\n<ana@client.example>:\nI couldn't establish an SMTP "
        "connection. (#4.4.1)\n"
        "I'm not going to try again; this message has been in the queue too long.\n",
        ("ana@client.example",),
        (),
        False,
    ),
    "exim": (
        "From: Mail Delivery System <Mailer-Daemon@mx.client.example>\nX-Failed-Recipients: "
        "ana@client.example\n"
        "Subject: Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nThe following "
        "address(es) failed:\n\n"
        "  ana@client.example\n    SMTP error from remote mail server after RCPT TO:<ana@client.example>:\n"
        "    550 5.1.1 nobody of that name\n\n------ This is a copy of the message, including all the "
        "headers. ------\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "exim that waits": (
        "From: Mail Delivery System <Mailer-Daemon@mx.client.example>\nAuto-Submitted: auto-replied\n"
        "Subject: Warning: message 1abc-def delayed 24 hours",
        "A message that you sent has not yet been delivered to one or more of its recipients after "
        "more than 24 hours.\n\n"
        "The address to which the message has not yet been delivered is:\n\n  ana@client.example\n    "
        "Delay reason: timeout\n\n"
        "No action is required on your part. Eventually the mail delivery software will give up.\n",
        (),
        ("ana@client.example",),
        False,
    ),
    "sendmail 5": (
        "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.client.example>\nSubject: Returned mail: "
        "User unknown",
        "   ----- Transcript of session follows -----\n550 <ana@client.example>... User unknown\n\n"
        "   ----- Unsent message follows -----\nFrom: desk@acme.example\nTo: bob@client.example\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "sendmail 8": (
        DAEMON,
        "   ----- The following addresses had permanent fatal errors -----\n<ana@client.example>\n\n"
        "   ----- Transcript of session follows -----\n... while talking to mx.client.example.:\n>>> DATA\n"
        "<<< 552 5.2.2 full\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "courier": (
        'From: "Courier mail server at mx.client.example" <@>\nReturn-Path: <>\nSubject: NOTICE: mail '
        "delivery status.",
        "This is a delivery status notification from mx.client.example,\nrunning the Courier mail server.\n\n"
        "                           UNDELIVERABLE MAIL\n\nYour message to the following recipients "
        "cannot be delivered:\n\n"
        "<ana@client.example>:\n    mx.client.example [192.0.2.1]:\n>>> RCPT TO:<ana@client.example>\n"
        "<<< 550 No such person\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "exchange 5.5": (
        POSTMASTER,
        "Your message\n\n  To:      bob@client.example\n  Subject: Your case\n  Sent:    Mon, 3 Jan "
        "2022 10:00:00 +0100\n\n"
        "did not reach the following recipient(s):\n\nana@client.example on Mon, 3 Jan 2022 10:00:05 +0100\n"
        "    The recipient name is not recognized\n    The MTS-ID of the original message is: "
        "c=xx;l=MX0001\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "exchange in german": (
        "From: Systemadministrator <postmaster@mx.client.example>\nSubject: Unzustellbar: Ihre Anfrage",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger:\n\nana@client.example\n"
        "Die E-Mail-Adresse wurde nicht gefunden.\n\nDiagnoseinformationen für Administratoren:\n\n"
        "ana@client.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\n"
        "Originalnachrichtenkopfzeilen:\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "exchange in french": (
        "From: Microsoft Outlook <postmaster@mx.client.example>\nSubject: Non remis : Votre demande",
        "Échec de la remise pour ces destinataires ou groupes :\n\nana@client.example\n"
        "L'adresse de messagerie que vous avez entrée est introuvable.\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "exchange in spanish": (
        "From: Microsoft Outlook <postmaster@mx.client.example>\nSubject: No se puede entregar: Su caso",
        "No se pudo entregar el mensaje a estos destinatarios o grupos:\n\nana@client.example\nEl "
        "buzón está lleno.\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "domino": (
        "From: Postmaster@client.example\nSubject: DELIVERY FAILURE: User ana (ana@client.example) "
        "not listed",
        "Your message\n\n  Subject: Your case\n\nwas not delivered to:\n\n  ana@client.example\n\n"
        "because:\n\n"
        "  User ana (ana@client.example) not listed in Domino Directory\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "notes gateway": (
        "From: Notes Gateway <postmaster@client.example>\nReturn-Path: <>\nSubject: Delivery failure report",
        "------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\n"
        "ana@client.example\n\n"
        "------- Returned Message --------\nTo: bob@client.example\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "google": (
        "From: Mail Delivery Subsystem <mailer-daemon@mx.client.example>\nSubject: Delivery Status "
        "Notification (Failure)",
        "Delivery to the following recipient failed permanently:\n\n     ana@client.example\n\n"
        "Technical details of permanent failure:\nThe error that the other server returned was: 550 "
        "550 5.2.1 disabled (state 14).\n\n"
        "----- Original message -----\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "google that waits": (
        "From: Mail Delivery Subsystem <mailer-daemon@mx.client.example>\nSubject: Delivery Status "
        "Notification (Delay)",
        "THIS IS A WARNING MESSAGE ONLY.\n\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\n"
        "Delivery to the following recipient has been delayed:\n\n     ana@client.example\n\nMessage "
        "will be retried for 2 more day(s)\n",
        (),
        ("ana@client.example",),
        False,
    ),
    "yahoo": (
        "From: MAILER-DAEMON@mx.client.example\nSubject: Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n<ana@client.example>:\n"
        "554: delivery error: dd This user doesn't have an account here\n\n--- Below this line is a "
        "copy of the message.\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "gmx and 1&1": (
        "From: MAILER-DAEMON@mx.client.example\nSubject: Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered to one or more of\nits recipients. This is a "
        "permanent error. "
        'The following address\nfailed:\n\n"ana@client.example":\nSMTP error from remote server after '
        "RCPT command:\n"
        "host mx: 5.1.1 unknown\n\n--- The header of the original message is following. ---\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "au by kddi": (
        "From: Postmaster@phone.example\nReturn-Path: <>\nSubject: Mail System Error - Returned Mail",
        "Your mail sent on: Mon, 3 Jan 2022 10:00:00 +0900\n     Could not be delivered to: "
        "<ana@client.example>\n"
        "     As their mailbox is full.\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "verizon messaging": (
        "From: post_master@phone.example\nReturn-Path: <>\nSubject: Undeliverable Message",
        "Message could not be delivered to mobile.\n\nError: No valid recipients in this MM\n\n"
        "  RCPT TO: 5550100@phone.example\n\n----Original Message----\n",
        ("5550100@phone.example",),
        (),
        True,
    ),
    "oracle messaging server": (
        "From: postmaster@mx.client.example\nReturn-Path: <>\nSubject: Delivery Notification: "
        "Delivery has failed",
        "This report relates to a message you sent with the following header fields:\n\n  Message-id: "
        "<sent@acme.example>\n\n"
        "Your message cannot be delivered to the following recipients:\n\n  Recipient address: "
        "ana@client.example\n"
        "  Reason: Remote SMTP server has rejected address\n  Diagnostic code: smtp;550 5.1.1 unknown\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "mailmarshal": (
        'From: postmaster@client.example\nReturn-Path: <>\nSubject: Undeliverable Mail: "Your case"',
        "Your message:\n   From:    desk@acme.example\n   Subject: Your case\n\nCould not be "
        "delivered because of\n\n"
        "550 5.1.1 User unknown\n\nThe following recipients were affected:\n    ana@client.example\n\n"
        "Additional Information\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "mailfoundry": (
        DAEMON,
        "Unable to deliver message to: <ana@client.example>\nDelivery failed for the following reason:\n"
        "Server mx.client.example[192.0.2.1] failed with: 552 5.2.2 full\n\nThis has been a permanent "
        "failure.\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "surfcontrol": (
        DAEMON,
        "Your message could not be sent.\nA transcript of the attempts to send the message follows.\n"
        "The number of attempts made: 1\nAddressed To: ana@client.example\n\nFailed to send to "
        "identified host,\n"
        "ana@client.example: [192.0.2.1], 550 No such user\n\n--- Message non-deliverable.\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "opensmtpd": (
        DAEMON,
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error "
        "has occurred while "
        "attempting to deliver a message for\n    the following list of recipients:\n\n"
        "ana@client.example: 550 5.2.2 full\n\n"
        "    Below is a copy of the original message:\n\nTo: bob@client.example\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "dragonfly": (
        DAEMON,
        "This is the DragonFly Mail Agent v0.13 at mx.client.example.\n\nThere was an error "
        "delivering your mail to "
        "<ana@client.example>.\n\nmx said: 550 5.1.1 no\n\nMessage headers follow.\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "james": (
        "From: postmaster@mx.client.example\nReturn-Path: <>\nSubject: [BOUNCE]",
        "Hi. This is the James mail server at mx.client.example.\nI'm afraid I wasn't able to deliver "
        "your message to the "
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "  ana@client.example\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "zoho": (
        DAEMON,
        "This message was created automatically by mail delivery software.\nA message that you sent "
        "could not be delivered to "
        "one or more of its recipients. This is a permanent error.\n\nana@client.example Invalid "
        "Address, ERROR_CODE :550\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "workmail, its report in the text": (
        DAEMON,
        "The following message could not be delivered:\n\nTechnical report:\n\nReporting-MTA: dns; "
        "mx.client.example\n\n"
        "Final-Recipient: rfc822;ana@client.example\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: "
        "smtp; 552 full\n\n"
        "Final-Recipient: rfc822;bob@client.example\nAction: delayed\nStatus: 4.4.1\n",
        ("ana@client.example",),
        ("bob@client.example",),
        True,
    ),
    "mailenable": (
        "From: Delivery Subsystem <postmaster@client.example>\nSubject: Message Delivery Failure",
        "Message could not be delivered to some recipients.\nThe following recipient(s) could not be "
        "reached:\n\n"
        "\tRecipient: [SMTP:ana@client.example]\n\tReason: mailbox unavailable\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "mail.ru": (
        DAEMON,
        "К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\n"
        "ana@client.example\n"
        "  адресат не найден\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "docomo": (
        DAEMON,
        "次のあて先へのメッセージはエラーのため送信できませんでした。\n送信先メールアドレスが見つかりません。\n\n<ana@client.example>\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "163": (
        DAEMON,
        "很抱歉,您的邮件被退回。\n收件人: ana@client.example\n退信原因: 邮箱已满\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "libero": (
        POSTMASTER,
        "Il messaggio non è stato consegnato a:\n\nana@client.example\n\nutente sconosciuto\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "uol": (
        POSTMASTER,
        "Sua mensagem não pôde ser entregue ao destinatário:\n\nana@client.example\n\nusuário desconhecido\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "nobody named, one returned": (
        DAEMON,
        "Your message could not be delivered.\n\nTo: ana@client.example\nSubject: Your case\n",
        ("ana@client.example",),
        (),
        True,
    ),
    "a gateway that says so in the subject only": (
        "From: gateway@client.example\nSubject: Delivery failure",
        "Your message could not be delivered to the following recipients:\n\nana@client.example\n\n"
        "Mailbox unavailable\n",
        ("ana@client.example",),
        (),
        True,
    ),
}


def as_mail(header: str, letter: str) -> bytes:
    return f"{header}\nTo: desk@acme.example\nContent-Type: text/plain; charset=utf-8\n\n{letter}".encode()


@pytest.mark.parametrize("flufl", [True, False], ids=["with flufl.bounce", "by our own rules"])
@pytest.mark.parametrize("system", LETTERS)
def test_a_systems_letter_is_read(system: str, flufl: bool) -> None:
    header, letter, failed, delayed, permanent = LETTERS[system]
    found = bounce_of(as_mail(header, letter), flufl=flufl)
    assert found is not None
    assert (found.failed, found.delayed, found.permanent) == (failed, delayed, permanent)


def test_a_letter_that_came_back_within_a_letter_is_known_by_its_id() -> None:
    raw = as_mail(DAEMON, "Undeliverable.\n\n<ana@client.example>: no\n\nMessage-ID: <sent@acme.example>\n")
    found = bounce_of(raw)
    assert found is not None
    assert found.message_id == "sent@acme.example"


def test_the_reason_is_the_servers_line() -> None:
    found = bounce_of(as_mail(DAEMON, "<ana@client.example>:\nhost said: 550 5.1.1 Nobody lives here\n"))
    assert found is not None
    assert found.reason == "host said: 550 5.1.1 Nobody lives here"


def test_a_bounce_is_automatic_mail() -> None:
    mail = read_mail(as_mail(*LETTERS["domino"][:2]), trust=Trust())
    assert mail.automation.automatic is not None
    assert mail.automation.automatic.kind is AutomaticKind.BOUNCE
    assert isinstance(mail.automation.bounce, Bounce)
    assert not mail.automation.reply_allowed


@pytest.mark.parametrize(
    "piece",
    ["a", "a@", "a\n", "-----\n", "---- x \n", "failed to deliver to <", "Your message\n", "550 x", "> "],
)
def test_a_hostile_letter_costs_little(piece: str) -> None:
    raw = as_mail(DAEMON, "Your message could not be delivered.\n" + piece * (400_000 // len(piece)))
    with at_most(80):
        bounce_of(raw)
