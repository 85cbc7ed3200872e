"""Mails whose words stand in a container: signed ones are read, and of encrypted ones people are told."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.containers import COMPRESSED, ENVELOPED, body_attribute, cms, properties, signed_data, winmail
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import in_reply, quoted, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"


def opaque(mail: EmailMessage, data: bytes) -> EmailMessage:
    """The same mail with a container for its body."""
    sealed = EmailMessage()
    for name, value in mail.items():
        if not name.lower().startswith(("content-", "mime-")):
            sealed[name] = value
    sealed["MIME-Version"] = "1.0"
    sealed["Content-Type"] = 'application/pkcs7-mime; name="smime.p7m"'
    sealed["Content-Transfer-Encoding"] = "base64"
    sealed["Content-Disposition"] = 'attachment; filename="smime.p7m"'
    sealed.set_payload(base64.encodebytes(data).decode())
    return sealed


def signed(mail: EmailMessage, file_name: str) -> EmailMessage:
    """The mail as programs send it that sign opaquely: all of its body inside."""
    inner = EmailMessage(policy=SMTP)
    inner.set_content(mail.get_content())
    inner.add_attachment(file_name.encode(), "application", "pdf", filename=file_name)
    return opaque(mail, signed_data(inner.as_bytes()))


async def test_a_customer_and_an_agent_who_sign_opaquely_read_each_others_words() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        await carla.sends(signed(carla.composes("The door", "Nobody can open it."), "plan.pdf"))
        carla.hears("The door")
        notice = world.agent.hears("New: The door")
        assert "> Nobody can open it." in words(notice)
        assert "The mail is signed; nobody checked the signature." in words(notice)
        assert "plan.pdf" in words(notice)
        files = (await world.case())["mails"][0]["attachments"]
        assert [(each["name"], each.get("seal")) for each in files] == [
            ("smime.p7m", "signed"),
            ("plan.pdf", None),
        ]
        said = f"Dear Carla, turn the key twice.\n\nOn Monday {notice['From']} wrote:\n{quoted(notice)}"
        answer = world.agent.composes(
            in_reply(notice),
            said,
            to=str(notice["Reply-To"]),
            headers={"In-Reply-To": str(notice["Message-ID"])},
        )
        await world.agent.sends(signed(answer, "manual.pdf"))
        letter = carla.hears("The door")
        assert "turn the key twice." in words(letter)
        assert "signature" not in words(letter)
        assert [each.get_filename() for each in letter.iter_attachments()] == ["manual.pdf"]


async def test_an_agent_is_told_that_a_mail_is_encrypted() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        await carla.sends(opaque(carla.composes("The key", ""), cms(ENVELOPED, b"\2\1\0")))
        assert "sent an encrypted mail: nothing of it can be read here." in words(
            world.agent.hears("New: The key")
        )
        armour = "-----BEGIN PGP MESSAGE-----\n\nhQEMA8x\n=u4fd\n-----END PGP MESSAGE-----\n"
        await carla.writes("The lock", armour, border=OK)
        said = words(world.agent.hears("New: The lock"))
        assert "A part of the mail is encrypted: it cannot be read here." in said
        carla.hears_all()


async def test_what_an_agent_encrypts_is_sent_to_nobody_and_they_are_told_why() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        await carla.writes("The door", "It is shut.", border=OK)
        carla.hears("The door")
        notice = world.agent.hears("New: The door")
        threaded = {"In-Reply-To": str(notice["Message-ID"])}
        answer = world.agent.composes(in_reply(notice), "", to=str(notice["Reply-To"]), headers=threaded)
        await world.agent.sends(opaque(answer, cms(ENVELOPED, b"\2\1\0")))
        carla.hears_nothing()
        [told] = world.agent.hears_all()
        assert "it is encrypted, and nothing of it can be read here." in words(told)


INSIDE = "Internal: Carla never pays, ask boss@acme.example."


@pytest.mark.parametrize("subtype", ["pkcs7-mime", "octet-stream"])
async def test_a_signed_mail_that_an_agent_attaches_is_withheld_and_they_are_told(subtype: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        await carla.writes("The door", "It is shut.", border=OK)
        carla.hears("The door")
        notice = world.agent.hears("New: The door")
        inner = EmailMessage(policy=SMTP)
        inner.set_content(INSIDE)
        inner.add_attachment(b"%PDF", "application", "pdf", filename="prices-of-zoe.pdf")
        answer = answering(world, notice, "Please see the attached.")
        answer.add_attachment(signed_data(inner.as_bytes()), "application", subtype, filename="smime.p7m")
        await world.agent.sends(answer)
        letter = carla.hears("The door")
        assert "Please see the attached." in words(letter)
        assert "never pays" not in letter.as_string()
        assert list(letter.iter_attachments()) == []
        [told] = world.agent.hears_all()
        assert "smime.p7m was not sent: it is a mail" in words(told)


async def test_a_winmail_that_an_agent_saved_and_attached_says_nothing_to_the_customer() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        await carla.writes("The door", "It is shut.", border=OK)
        carla.hears("The door")
        answer = answering(world, world.agent.hears("New: The door"), "")
        answer.add_attachment(
            winmail(body_attribute(INSIDE)), "application", "octet-stream", filename="winmail.dat"
        )
        await world.agent.sends(answer)
        carla.hears_nothing()
        [told] = world.agent.hears_all()
        assert "your words in a file (smime.p7m, winmail.dat) were not used" in " ".join(words(told).split())


def answering(world: DeskWorld, notice: EmailMessage, text: str) -> EmailMessage:
    """An agent's answer to a notice."""
    threaded = {"In-Reply-To": str(notice["Message-ID"])}
    return world.agent.composes(in_reply(notice), text, to=str(notice["Reply-To"]), headers=threaded)


@pytest.mark.parametrize(
    "added",
    ["_______________\nIT mailing list\nit@client.example\n", "[EXTERNAL] This mail comes from outside.\n"],
)
async def test_the_words_in_a_winmail_show_beside_what_a_list_or_a_gateway_added(added: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        mail = carla.composes("Smoke", added)
        mail.add_attachment(
            winmail(body_attribute("Our copier smokes.")), "application", "ms-tnef", filename="winmail.dat"
        )
        await carla.sends(mail, border=OK)
        assert "> Our copier smokes." in words(world.agent.hears("New: Smoke"))
        carla.hears_all()


async def test_a_signed_calendar_reply_reopens_nothing() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        await carla.writes("Visit", "Please come.", border=OK)
        await world.agent.answers("On Monday.")
        await world.agent.closes()
        letter = carla.hears_all()[-1]
        world.agent.hears_all()
        inner = EmailMessage(policy=SMTP)
        inner.set_content("Carla has accepted the invitation")
        inner.add_alternative(
            "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n"
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:carla@client.example\nEND:VEVENT\nEND:VCALENDAR\n",
            subtype="calendar",
            params={"method": "REPLY"},
        )
        reply = carla.composes(
            in_reply(letter),
            "",
            to=str(letter["From"]),
            headers={"In-Reply-To": str(letter["Message-ID"]), "References": str(letter["Message-ID"])},
        )
        await carla.sends(opaque(reply, signed_data(inner.as_bytes())), border=OK)
        assert (await world.case())["phase"] == "closed"
        carla.hears_nothing()
        world.agent.hears_nothing()


async def test_an_agent_is_told_of_words_that_nobody_can_read_here() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = world.person("carla@client.example", "Carla Nunes")
        told = "sent words that are packed in a way that cannot be read here"
        await carla.sends(opaque(carla.composes("The key", ""), cms(COMPRESSED, b"\2\1\0")), border=OK)
        assert told in " ".join(words(world.agent.hears("New: The key")).split())
        mail = carla.composes("Smoke", "")
        rtf = winmail(properties((0x10090102, b"{\\rtf1 Our copier smokes.}")))
        mail.add_attachment(rtf, "application", "ms-tnef", filename="winmail.dat")
        await carla.sends(mail, border=OK)
        notice = world.agent.hears("New: Smoke")
        assert told in " ".join(words(notice).split())
        assert "winmail.dat" in words(notice)
        carla.hears_all()
        await world.agent.sends(opaque(answering(world, notice, ""), cms(COMPRESSED, b"\2\1\0")))
        [said] = world.agent.hears_all()
        assert "its words are packed in a way that cannot be read here" in " ".join(words(said).split())
