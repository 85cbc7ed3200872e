"""Absence notes that no field gives away: by their words, and by subjects under a gateway's mark."""

from __future__ import annotations

import pytest

from maildesk.mail.automatic.absence_notes import is_absence_note
from maildesk.mail.automatic.absence_words import reads_as_absence
from maildesk.mail.automatic.out_of_office import is_absence_subject, is_fixed_absence_subject
from maildesk.mail.automatic.subject_marks import without_marks
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import Restraint
from maildesk.mail.reading import read_mail

MARKS = [
    "[EXT]", "[EXTERN]", "[External]", "[EXTERNAL EMAIL]", "[SPAM?]", "[SPAM 5.3]", "[!]", "{Spam?}", "(EXT)",
    "<EXTERNAL>", "【外部】", "*** EXTERNAL ***", "***SPAM***", "*EXT*", "== External ==", "-- External --",
    "!EXTERNAL!", "External:", "EXT:", "External Email -", "Suspected Spam:", "CAUTION:", "[EXT] [SPAM?]",
    "[EXT]***SPAM***", "EXTERNAL |", "External sender:",
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_an_absence_note_is_known_under_a_gateways_mark(mark: str) -> None:
    assert without_marks(f"{mark} The door") == "The door"
    assert is_absence_subject(f"{mark} Automatic reply: Re: [Acme #7K2Q-9F3M] The door")
    assert is_absence_subject(f"{mark} Abwesenheitsnotiz: Die Tür")
    assert not is_absence_subject(f"{mark} Re: Automatic reply: The door")


@pytest.mark.parametrize(
    ("subject", "fixed"),
    [
        ("Out of office: The door", True),
        ("[EXT] Automatic reply: Re: The door", True),
        ("Abwesenheitsnotiz: Die Tür", True),
        ("Absence du bureau : La porte", True),
        ("Out of office", True),
        ("Out of Office AutoReply: The door", True),
        ("Out of office assistant sends nothing", False),
        ("Automatische Antwort einrichten", False),
        ("The door", False),
    ],
)
def test_a_programs_subject_ends_behind_its_words_or_goes_on_with_a_colon(subject: str, fixed: bool) -> None:
    assert is_fixed_absence_subject(subject) is fixed


@pytest.mark.parametrize(
    "subject",
    [
        "[Acme #7K2Q-9F3M] Out of office replies are lost",
        "External door: out of office hours it is shut",
        "Spam in my out of office reply",
        "Extension 7: automatic reply",
        "- a dash",
    ],
)
def test_what_is_no_mark_stays(subject: str) -> None:
    assert without_marks(subject) == subject
    assert not is_absence_subject(subject)


BANNER = "[EXT] CAUTION: This mail comes from outside of your company. Do not click on what you do not know."

NOTES = {
    "one sentence": "I am out of the office until 12 January.",
    "no access": "I am out of the office until 12 January with no access to e-mail.",
    "whom to ask": "Hello,\n\nI'm on annual leave. For escalations please contact Bo Lima.\n\nCarla Nunes",
    "thanks": "Thank you for your message. I am out of office and will reply when I am back on Monday.",
    "a long banner": f"{BANNER} {BANNER} {BANNER}\n\nI am out of the office. In urgent cases please call Bo.",
    "an address with a question mark": "I am on leave. If it is urgent, please contact"
    " https://client.example/?who=bo.",
    "a return": "I'll be away next week and reply when I return.\n\nBest regards\nCarla Nunes\nHead of IT",
    "all that notes say": "Hello,\n\nThis is an automatic reply. I am out of the office and will return on"
    " Monday, 7 May. I have little access to my mail. For urgent matters please contact my colleague Bo Lima"
    " (bo@client.example, +49 30 555).\n\nKind regards\nCarla Nunes\nClient GmbH | www.client.example",
    "limited access": "I am on leave with limited access to my e-mail.",
    "lines that a program broke": "I am currently out of the office and will be back on\n7 December 2026.",
    "German": "Vielen Dank für Ihre Nachricht. Ich bin bis 3. Mai abwesend. Sie wird nicht weitergeleitet.",
    "French": "Bonjour,\nje suis absente jusqu'au 12 janvier. En cas d'urgence, veuillez contacter Bo"
    " Lima.",
    "Spanish": "Gracias por su mensaje. Estoy de vacaciones hasta el 12 de enero.",
    "Portuguese": "Estou de férias até 12 de janeiro. Para assuntos urgentes contacte o Bo.",
    "Italian": "Grazie per il messaggio. Sono in ferie fino al 12 gennaio.",
    "Dutch": "Ik ben momenteel afwezig. Voor dringende zaken kunt u contact opnemen met Bo.",
    "Japanese": "お世話になっております。1月12日まで不在にしております。お急ぎの場合は佐藤まで。",
}  # fmt: skip


@pytest.mark.parametrize("words", NOTES.values(), ids=NOTES)
def test_a_note_is_known_by_its_words(words: str) -> None:
    assert is_absence_note(words)
    assert reads_as_absence(words)


@pytest.mark.parametrize(
    "words",
    [
        "I am on vacation until Monday. The door is still shut, and my boss is angry.",
        "I am out of the office. Can you write to Bo instead?",
        "The out of office reply of Bo comes twice. Our users see the same in the other mailbox.",
        "It is open now, thank you for your message.",
        "Please contact Bo, who has the key.",
        "Still no access to email.",
        "Since Monday my colleagues have no access to e-mail. Please call me on 555. I want to escalate.",
        "We have no access to email since noon. Please call 555. I want to escalate.",
        "We are out of office paper.",
        "I am on vacation, but the printer is still on fire. Please call my colleague 555-1234.",
        "I'm on leave from tomorrow, so mend it today please.",
        "Nobody here can log in since Monday, limited access to emails only.",
        "I will be out of office next week. Please close the case when the toner has arrived.",
        "I am away from my desk, call me on the mobile. The server room is flooded.",
        "I am out of the office until Monday. I want to escalate.",
        "I am out of the office until Monday. Please escalate.",
        "I am out of the office until Monday. I need urgent assistance.",
        "I am out of the office until Monday. Please call Bo Lima.",
        "I am on vacation.",
        "I am on vacation and have no access to my email.",
        "I am out of the office until Monday\nand the printer burns",
        "I am out of the office until Monday.\n\nBest regards\nCarla\nPS: the printer burns",
        "Warning: the outside door does not open.\n\nI am out of the office until Monday.",
        "[EXT]\nThe printer burns.\n\nI am out of the office until Monday.",
        "The printer burns. I am out of the office until Monday.",
        "I am out of the office until Monday. In urgent cases please contact Bo. The printer burns.",
        "Ich bin bis Montag im Urlaub, aber der Drucker brennt.",
        "Ich bin bis Montag im Urlaub. Drucker Brennt.",
        "Je suis en congé jusqu'à lundi. L'imprimante brûle.",
        "",
    ],
)
def test_what_people_write_is_no_note(words: str) -> None:
    assert not is_absence_note(words)


def restraints(subject: str, words: str) -> frozenset[Restraint]:
    head = (
        f"From: carla@client.example\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    automation = read_mail(f"{head}{words}\r\n".encode(), trust=Trust()).automation
    assert automation.automatic is None
    assert automation.reply_allowed == (not automation.restraints)
    return automation.restraints


def test_a_mail_sounds_absent_by_its_subject_or_its_words_if_it_quotes_nothing() -> None:
    away = NOTES["no access"]
    assert restraints("[EXT] Automatic reply: The door", "Back in May.") == {Restraint.ABSENCE}
    assert restraints("Re: The door", away) == {Restraint.ABSENCE}
    assert restraints("Re: The door", f"{away}\r\n\r\n> It is open.\r\n> Try it.") == frozenset()
    assert restraints("Re: The door", "It is shut.") == frozenset()
