"""Reactions and calendar replies: told from what people write, and the words beside them kept."""

from __future__ import annotations

import base64

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import AutomaticKind, IncomingMail
from maildesk.mail.reading import read_mail

THUMB = "\N{THUMBS UP SIGN}"
SAD = "\N{CRYING FACE}"
QUIET, TOLD = AutomaticKind.AUTO_REPLY, AutomaticKind.GENERATED


def part(content_type: str, content: str, *lines: str, base64_coded: bool = False) -> str:
    coded = base64.encodebytes(content.encode()).decode() if base64_coded else content
    encoding = "base64" if base64_coded else "8bit"
    head = "\r\n".join((f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}", *lines))
    return f"--b\r\n{head}\r\n\r\n{coded}\r\n"


def letter(
    *parts: str, subject: str = "Re: The door", kind: str = "alternative", lines: str = ""
) -> IncomingMail:
    head = f"From: Carla Nunes <carla@client.example>\r\nSubject: {subject}\r\n{lines}"
    threaded = "In-Reply-To: <1@acme.example>\r\n"
    body = f"Content-Type: multipart/{kind}; boundary=b\r\n\r\n" + "".join(parts) + "--b--\r\n"
    return read_mail((head + threaded + body).encode(), trust=Trust())


def said(words: str, *, threaded: bool = True) -> IncomingMail:
    reply = "In-Reply-To: <1@acme.example>\r\n" if threaded else ""
    head = f"From: carla@client.example\r\nSubject: Re: The door\r\n{reply}"
    kind = "Content-Type: text/plain; charset=utf-8"
    return read_mail(f"{head}{kind}\r\n\r\n{words}\r\n".encode(), trust=Trust())


def told(mail: IncomingMail) -> tuple[AutomaticKind, str] | None:
    automatic = mail.automation.automatic
    assert automatic is None or not mail.automation.reply_allowed
    return (automatic.kind, automatic.rule) if automatic else None


# --- reactions ------------------------------------------------------------------------------------

REACTION = "text/vnd.google.email-reaction+json; charset=utf-8"


def reacted(text: str, json: str = f'{{"emoji": "{THUMB}", "version": 1}}', **more: str) -> IncomingMail:
    plain = part("text/plain; charset=utf-8", text, base64_coded=True)
    page = part("text/html; charset=utf-8", f"<p>{THUMB}</p><p>Carla reacted via Gmail</p>")
    return letter(plain, part(REACTION, json), page, **more)


def test_gmails_reaction_is_told_by_its_part_in_any_language_and_is_no_file() -> None:
    for line in (
        "Carla Nunes reacted via Gmail",
        "Carla Nunes hat über Gmail reagiert",
        "カルラさんがGmailでリアクションしました",
    ):
        mail = reacted(f"{THUMB}\n\n{line}\n")
        assert told(mail) == (QUIET, f"a reaction: {THUMB}")
        assert not mail.attachments
    assert told(reacted("")) == (QUIET, f"a reaction: {THUMB}")
    assert told(
        letter(part(REACTION, '{"emoji": "1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"}'))
    )


def test_words_beside_a_reaction_are_passed_on_and_still_answer_nothing() -> None:
    mail = reacted(f"{THUMB}\n\nCarla Nunes reacted via Gmail\n\nThe other door is shut as well.")
    assert told(mail) == (TOLD, f"a reaction: {THUMB}")
    assert "The other door" in mail.body.new_text


@pytest.mark.parametrize("json", ["", "{", "[]", '{"emoji": 7}', '{"emoji": "yes"}', "[" * 2000])
def test_what_is_no_valid_reaction_is_what_its_words_are(json: str) -> None:
    assert told(reacted("The door is shut.", json)) is None


def test_the_standards_reaction_is_told_by_its_disposition() -> None:
    picture = part("text/plain; charset=utf-8", THUMB, "Content-Disposition: reaction")
    assert told(letter(picture, kind="mixed")) == (QUIET, f"a reaction: {THUMB}")
    words = part("text/plain; charset=utf-8", "It is shut.", "Content-Disposition: reaction")
    assert told(letter(words, kind="mixed")) is None


SENTENCES = [
    "[like] Carla Nunes reacted to your message:",
    "Carla Nunes reacted to your message:\n\n________________________________\n"
    "From: Acme <support@acme.example>\nSent: Monday, November 30, 2026 10:00\n"
    "To: Carla Nunes <carla@client.example>\nSubject: The door\n\nIt is open.",
    "Carla Nunes hat auf Ihre Nachricht reagiert:",
    "Carla Nunes a réagi à votre message :",
    "Carla Nunes reaccionó a su mensaje:",
    f"{THUMB}\n\nCarla Nunes reacted via Gmail",
    f"{THUMB}\n\nCarla Nunes reacted via Gmail <https://mail.client.example/r>",
    "Nunes, Carla (IT) reacted to your message:",
    "Ana de Sá hat auf Ihre Nachricht reagiert:",
    "Liked “It is open now.”",
    "Loved “It is open now.\nTry it.”",
    f"{THUMB} to “It is open now.”",
    f"Reacted {THUMB} to “It is open now.”",
]


@pytest.mark.parametrize("words", SENTENCES)
def test_a_reaction_is_told_by_its_sentence_alone(words: str) -> None:
    assert told(said(words)) == (QUIET, "a reaction")
    assert told(said(words, threaded=False)) is None


@pytest.mark.parametrize(
    "words",
    [
        "Thank you!",
        THUMB,
        "My boss reacted to your message: he wants to know when it works.",
        "Carla Nunes reacted to your message:\nbut the door is shut.",
        "Has somebody reacted to your message?",
        "We reacted via Gmail.",
        "Liked the new door, thanks. “It is open now.” is what it says, but it is shut.",
        "heeft gereageerd op uw bericht",
        f"{SAD}\nThe attachment does not open in Gmail.",
        f"{SAD}\nMy colleague reacted via Gmail, I cannot.",
        f"{SAD}\nCarla Nunes reacted via Gmail\nIt does not open.",
        f"{THUMB}\nIt works in Gmail on my phone",
        "→ to “Printers” and then it says “offline”",
        "→ to “Settings”, then “Printers”",
        "→ to “Printers”",
        '- to "Settings", there it says "disabled"',
        "Disliked “the last fix”. It broke again, now it says “error 5”",
        "Liked “the plan” more",
        "Loved “the answer”\nbut the printer is “offline” again",
        "Our boss has still not reacted to your email.",
        "Our boss has still not reacted to your email:",
        "Nobody reacted to your message:",
        "Carla never reacted to your message:",
        "Our Boss Reacted to your message, and now?",
    ],
)
def test_what_people_write_is_no_reaction(words: str) -> None:
    assert told(said(words)) is None


# --- calendar replies -----------------------------------------------------------------------------


def calendar(
    answer: str = "ACCEPTED", *lines: str, method: str = "METHOD:REPLY", by: str = "-//Example//EN"
) -> str:
    event = [f"ATTENDEE;CN=Carla Nunes;\r\n PARTSTAT={answer}:mailto:carla@client.example", *lines]
    all_lines = (
        "BEGIN:VCALENDAR",
        f"PRODID:{by}",
        method,
        "BEGIN:VEVENT",
        *event,
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "\r\n".join(filter(None, all_lines))


def replied(
    text: str, ics: str, content_type: str = "text/calendar; charset=utf-8; method=REPLY"
) -> IncomingMail:
    return letter(part("text/plain; charset=utf-8", text), part(content_type, ics))


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("ACCEPTED", "a calendar reply: accepted"),
        ("DECLINED", "a calendar reply: declined"),
        ("TENTATIVE", "a calendar reply: tentatively accepted"),
        ("X-OTHER", "a calendar reply"),
    ],
)
def test_a_calendar_reply_is_named_by_its_answer(answer: str, name: str) -> None:
    assert told(replied("", calendar(answer))) == (QUIET, name)
    alone = letter(part("text/calendar; method=REPLY", calendar(answer)), kind="mixed")
    assert told(alone) == (QUIET, name)


def test_either_the_field_or_the_calendar_says_that_it_is_a_reply() -> None:
    assert told(replied("", calendar(), "text/calendar"))
    assert told(replied("", calendar(method=""), 'text/calendar; method="reply"'))
    assert told(replied("", calendar(), "application/ics"))
    for method in ("METHOD:REQUEST", "METHOD:COUNTER", "METHOD:CANCEL", "METHOD:PUBLISH"):
        assert told(replied("Shall we meet?", calendar(method=method), "text/calendar")) is None


GOOGLE = "-//Google Inc//Google Calendar 70.9054//EN"
OF_PROGRAMS = [
    ("", "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN"),
    ("Carla Nunes <carla@client.example> has accepted your event invitation.", "-//Mozilla.org/NONSGML//EN"),
    ("Carla Nunes hat Ihre Einladung zu „Tür“ angenommen.", "-//Example//DE"),
    ("Carla Nunes a accepté votre invitation à « La porte ».", "-//Example//FR"),
    (
        "Yes, I will attend.\n\nSubject: The door\nWhen: Monday, 10:00\nWhere: at the door",
        "Zimbra-Calendar-Provider",
    ),
    (
        "Carla Nunes has accepted this invitation.\n\nThe door\nMonday\n\nYou receive this as you asked.",
        GOOGLE,
    ),
]


@pytest.mark.parametrize(("text", "by"), OF_PROGRAMS)
def test_what_a_calendar_writes_by_itself_is_nobodys_words(text: str, by: str) -> None:
    invited = calendar("ACCEPTED", "SUMMARY:The door", "LOCATION:at the door\\, left", by=by)
    assert told(replied(text, invited)) == (QUIET, "a calendar reply: accepted")


WORDED = {
    "in the text": ("Yes, but can you bring the key?", calendar()),
    "below the program's": ("Carla has accepted your invitation.\n\nThe door is shut again.", calendar()),
    "in the calendar": ("", calendar("DECLINED", "COMMENT;LANGUAGE=en:The door is shut again\\, come")),
    "in Google's field": (
        "Carla Nunes has declined this invitation.",
        calendar(by=GOOGLE).replace("PARTSTAT", 'X-RESPONSE-COMMENT="The door is shut again";PARTSTAT'),
    ),
    "as a detail": ("Time: please come at ten instead, the gate is shut before", calendar()),
    "as a place": ("Where: not there, the gate is shut", calendar("ACCEPTED", "LOCATION:at the gate")),
    "as a subject": ("Subject: The door is shut again", calendar("ACCEPTED", "SUMMARY:The door")),
    "another hour": ("Time: 11:00", calendar()),
    "a sentence like a program's": ("I have declined the meeting because it is open.", calendar()),
}


@pytest.mark.parametrize(("text", "ics"), WORDED.values(), ids=WORDED)
def test_a_persons_words_in_a_calendar_reply_are_passed_on(text: str, ics: str) -> None:
    mail = replied(text, ics)
    found = told(mail)
    assert found is not None
    assert found[0] is TOLD
    assert ("The door is shut again" in mail.body.new_text) == ("The door is shut again" in text + ics)


def test_a_comment_that_the_text_has_too_is_read_once() -> None:
    mail = replied("Come\nlater.", calendar("ACCEPTED", "COMMENT:Come later."))
    assert mail.body.new_text == "Come\nlater."


def test_a_reply_that_somebody_attached_is_their_file() -> None:
    attached = part(
        "text/calendar; method=REPLY", calendar(), "Content-Disposition: attachment; filename=a.ics"
    )
    mail = letter(part("text/plain", "What is this file?"), attached, kind="mixed")
    assert told(mail) is None
    assert [each.name for each in mail.attachments] == ["a.ics"]


def test_exchanges_reply_without_its_calendar_is_told_by_field_and_subject() -> None:
    exchange = "Content-Class: urn:content-classes:calendarmessage\r\n"
    for subject, answer in (("Accepted: The door", "accepted"), ("Abgelehnt: Die Tür", "declined")):
        mail = letter(part("text/plain", ""), subject=subject, lines=exchange)
        assert told(mail) == (QUIET, f"a calendar reply: {answer}")
    assert told(letter(part("text/plain", "Come."), subject="Accepted: The door")) is None
    assert told(letter(part("text/plain", "Come."), subject="The door", lines=exchange)) is None


def test_a_bounce_is_no_click() -> None:
    plain = part("text/plain", "Your message could not be delivered.")
    mail = letter(
        plain, part(REACTION, f'{{"emoji": "{THUMB}"}}'), lines="X-Failed-Recipients: a@b.example\r\n"
    )
    assert mail.automation.automatic
    assert mail.automation.automatic.kind is AutomaticKind.BOUNCE
