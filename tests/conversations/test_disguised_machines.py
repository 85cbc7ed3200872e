"""Machines in disguise: what a click or a program sends in a person's name disturbs nobody."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, in_reply, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
CARLA = "Carla Nunes <carla@client.example>"
ANA = "Ana Agent <agent@acme.example>"
SAD = "\N{CRYING FACE}"
THUMB = "\N{THUMBS UP SIGN}"


def answering(letter: EmailMessage, author: str, subject: str = "") -> EmailMessage:
    """A mail that answers a letter, with no words yet."""
    mail = EmailMessage()
    mail["From"], mail["To"] = author, str(letter["Reply-To"] or letter["From"])
    mail["Subject"] = subject or in_reply(letter)
    mail["Message-ID"] = "<click@client.example>"
    mail["In-Reply-To"] = mail["References"] = str(letter["Message-ID"])
    return mail


def reaction(letter: EmailMessage, author: str) -> EmailMessage:
    mail = answering(letter, author)
    mail.set_content(f"{THUMB}\n\nCarla Nunes reacted via Gmail\n", cte="base64")
    picture = f'{{"emoji": "{THUMB}", "version": 1}}'.encode()
    mail.add_alternative(picture, maintype="text", subtype="vnd.google.email-reaction+json")
    mail.add_alternative(f"<p>{THUMB}</p><p>Carla Nunes reacted via Gmail</p>", subtype="html")
    return mail


def accepted(letter: EmailMessage, author: str, text: str = "") -> EmailMessage:
    mail = answering(letter, author, f"Accepted: {letter['Subject']}")
    mail.set_content(text)
    event = "BEGIN:VEVENT\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:carla@client.example\r\nEND:VEVENT"
    reply = f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n{event}\r\nEND:VCALENDAR\r\n"
    mail.add_alternative(reply, subtype="calendar", params={"method": "REPLY"})
    return mail


def away(letter: EmailMessage, author: str) -> EmailMessage:
    mail = answering(letter, author, f"[EXT] Automatic reply: {in_reply(letter)}")
    mail.set_content("I am away until 12 January and read no mail. For an escalation ask for Bo Lima.\n")
    return mail


def away_by_words(letter: EmailMessage, author: str) -> EmailMessage:
    mail = answering(letter, author)
    banner = "*** EXTERNAL ***\n\n"
    mail.set_content(f"{banner}I am out of the office. For escalations please contact Bo Lima.\n")
    return mail


def in_words(letter: EmailMessage, text: str, author: str = CARLA, own_id: str = "") -> EmailMessage:
    """A mail that answers a letter and quotes nothing of it."""
    mail = answering(letter, author)
    if own_id:
        mail.replace_header("Message-ID", own_id)
    mail.set_content(f"{text}\n")
    return mail


DISGUISED: dict[str, Any] = {
    "a reaction": (reaction, f"a reaction: {THUMB}"),
    "a calendar's reply": (accepted, "a calendar reply: accepted"),
    "an absence note by its subject": (away, "an absence note"),
    "an absence note by its words": (away_by_words, "an absence note"),
}


async def carlas_case(world: DeskWorld) -> tuple[Person, EmailMessage]:
    carla = world.person("carla@client.example", "Carla Nunes")
    await carla.writes("The door", "It is shut.", border=OK)
    return carla, carla.hears("The door")


@pytest.mark.parametrize("kind", DISGUISED)
async def test_a_machine_in_disguise_reopens_escalates_and_disturbs_nothing_and_is_shown(kind: str) -> None:
    make, name = DISGUISED[kind]
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla, _ = await carlas_case(world)
        await world.agent.closes("it is open")
        closing = carla.hears_all()[-1]
        world.agent.hears_all()
        await carla.sends(make(closing, CARLA), border=OK)
        case = await world.case()
        assert (case["phase"], case["reopened"], case["escalation"]) == ("closed", 0, None)
        kept = case["mails"][-1]
        assert (kept["message_id"], kept["verdict"]) == ("click@client.example", "automatic")
        assert not kept["attachments"] or kind == "a calendar's reply"
        assert case["events"][-1]["data"]["rule"] == name
        carla.hears_nothing()
        world.agent.hears_nothing()
        world.leader.hears_nothing()


@pytest.mark.parametrize("kind", DISGUISED)
async def test_what_a_colleague_clicks_is_no_answer_to_the_customer(kind: str) -> None:
    make, _ = DISGUISED[kind]
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        carla, _ = await carlas_case(world)
        notice = world.agent.hears("New: The door")
        await world.agent.sends(make(notice, ANA), border=OK)
        carla.hears_nothing()
        assert (await world.case())["first_response_at"] is None


async def test_a_persons_words_in_a_calendar_reply_are_kept_and_reopen_nothing() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla, _ = await carlas_case(world)
        await world.agent.closes("it is open")
        closing = carla.hears_all()[-1]
        await carla.sends(accepted(closing, CARLA, "Please escalate: it is shut again.\n"), border=OK)
        case = await world.case()
        assert (case["phase"], case["escalation"]) == ("closed", None)
        kept = {mail["message_id"]: mail["new_text"] for mail in case["mails"]}
        assert kept["click@client.example"] == "Please escalate: it is shut again."
        carla.hears_nothing()
        world.leader.hears_nothing()


async def test_an_absence_note_about_no_case_opens_one_and_escalates_nothing() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        text = "I am away until 12 January. For an escalation please contact Bo Lima."
        await carla.writes("Automatic reply: Your offer", text, border=OK)
        carla.hears_nothing()
        world.leader.hears_nothing()
        assert "until 12 January" in words(world.agent.hears("New: Automatic reply"))


async def test_who_says_that_they_are_away_and_more_is_heard() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla, receipt = await carlas_case(world)
        world.agent.hears_all()
        await carla.replies(receipt, "I am on vacation until Monday; Bo lets you in.", border=OK)
        assert "Bo lets you in" in words(world.agent.hears("Reply: The door"))


TROUBLES = {
    "no access to mail": "Still no access to email. I want to escalate.",
    "away, and a trouble": "I am on vacation, but the door is shut. Please call 555. I want to escalate.",
    "a face": f"{SAD}\nThe attachment does not open in Gmail. I want to escalate.",
    "in quote marks": "Disliked “the last fix”. I want to escalate, now it says “error 5”",
}


@pytest.mark.parametrize("text", TROUBLES.values(), ids=TROUBLES)
async def test_who_tells_of_a_trouble_in_words_like_a_machines_reopens_and_escalates(text: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla, _ = await carlas_case(world)
        await world.agent.closes("it is open")
        world.agent.hears_all()
        await carla.sends(in_words(carla.hears_all()[-1], text), border=OK)
        case = await world.case()
        assert (case["phase"], case["reopened"]) == ("open", 1)
        assert case["escalation"]
        assert text.split("\n")[-1] in words(world.leader.hears_all()[-1])


@pytest.mark.parametrize(
    "text", [f"{SAD}\nThe invitation does not open in Gmail.", "→ to “Settings”, then “Printers”"]
)
async def test_an_agents_answer_that_looks_like_a_click_reaches_the_customer(text: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        carla, _ = await carlas_case(world)
        await world.agent.sends(in_words(world.agent.hears("New: The door"), text, ANA), border=OK)
        assert text.split("\n")[-1] in words(carla.hears_all()[-1])


async def test_an_agent_hears_that_the_words_in_their_calendar_reply_went_to_nobody() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        carla, _ = await carlas_case(world)
        text = "I can only come at ten, please open the gate."
        await world.agent.sends(accepted(world.agent.hears("New: The door"), ANA, text), border=OK)
        carla.hears_nothing()
        told = world.agent.hears("Kept as a note")
        assert text in words(told)
        assert "nothing was sent to the customer" in words(told)
        await world.agent.sends(in_words(told, text, ANA, "<again@acme.example>"), border=OK)
        assert text in words(carla.hears_all()[-1])


async def test_an_agents_words_in_a_calendar_reply_about_no_case_are_told_of_too() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = ANA, "support@acme.example", "Lunch"
        mail["Message-ID"] = "<lunch@acme.example>"
        mail["Reply-To"] = "support@acme.example"
        await world.agent.sends(accepted(mail, ANA, "I come at ten."), border=OK)
        assert "I come at ten." in words(world.agent.hears("Refused"))


async def test_a_mail_about_absence_notes_through_a_list_is_heard() -> None:
    listed = {"List-Id": "<it.client.example>", "List-Post": "<mailto:it@client.example>"}
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        subject = "Out of office assistant sends nothing"
        await carla.writes(subject, "Please mend it today.", headers=listed, border=OK)
        assert "mend it today" in words(world.agent.hears(f"New: {subject}"))
        carla.hears_nothing()
