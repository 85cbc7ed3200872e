"""What an agent formats and pastes reaches the customer so; pictures are files and have names."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import in_reply, quoted, quoted_html
from tests.world.people import words as words_sent

pytestmark = pytest.mark.dovecot

PICTURE = b"\x89PNG cable"


def words(letter: EmailMessage) -> str:
    return words_sent(letter).replace("\r\n", "\n")


def page(letter: EmailMessage) -> str:
    side = letter.get_body(("html",))
    assert side is not None
    return str(side.get_content()).replace("\r\n", "\n").partition("<body>")[2].partition("</body>")[0]


def parts(letter: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in letter.walk()]


def written(
    world: DeskWorld, notice: EmailMessage, text: str, html: str, *, cid: str = "", name: str = "cable.png"
) -> EmailMessage:
    """An answer as mail programs send it: text and HTML with the notice below, a picture within the HTML."""
    threaded = {"In-Reply-To": str(notice["Message-ID"]), "References": str(notice["Message-ID"])}
    mail = world.agent.composes(in_reply(notice), "-", to=str(notice["Reply-To"]), headers=threaded)
    mail.set_content(text + quoted(notice))
    mail.add_alternative(html + quoted_html(notice), subtype="html")
    if cid:
        side = mail.get_body(("html",))
        assert side is not None
        side.add_related(PICTURE, "image", "png", cid=f"<{cid}>", filename=name)
    return mail


async def test_an_answer_keeps_the_form_and_the_pictures_that_its_author_gave_it() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        bo.hears("Printer")
        notice = world.agent.hears("New: Printer")

        await world.agent.sends(
            written(
                world,
                notice,
                "#prio high\n\nPlease *do not* pull this cable:\n[cid:img1]\nThanks",
                "<div>#prio high</div><div><br></div><div>Please <b>do not</b> pull this cable:</div>"
                '<div><img src="cid:img1" width="400"></div>'
                '<div style="color:red">Thanks<img src="https://track.example/1.gif"></div>',
                cid="img1",
            )
        )
        letter = bo.hears("Printer")
        assert parts(letter) == [
            *["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
        ]
        assert words(letter).strip() == ("Please *do not* pull this cable:\n[cable.png]\nThanks\n\nAna Agent")
        (picture,) = (part for part in letter.walk() if part.get_content_type() == "image/png")
        cid = str(picture["Content-ID"]).strip("<>")
        assert page(letter).strip() == (
            '<div dir="auto">Please <b>do not</b> pull this cable:<br>'
            f'<img src="cid:{cid}" alt="cable.png"><br>Thanks</div>\n<p dir="auto">Ana Agent</p>'
        )
        assert (picture.get_content(), cid.rpartition("@")[2]) == (PICTURE, "acme.example")

        # An answer that waits for its author's yes is read again, and loses nothing.
        world.agent.hears("Done: Printer")
        asked = written(world, notice, "Do so.", '<p>Do <b>so</b>.<img src="cid:img1"></p>', cid="img1")
        await world.agent.sends(asked, border="dmarc=none")
        await world.agent.answers_notice(world.agent.hears("Is this yours?"), "yes")
        letter = bo.hears("Printer")
        assert "Do <b>so</b>.<br><img" in page(letter)
        assert "multipart/related" in parts(letter)

        # What the HTML says beyond the text goes nowhere: it is made from the text then.
        sly = '<div>It is safe.</div><div style="display:none">He never pays.</div><div>Go <i>on</i>.</div>'
        await world.agent.sends(written(world, notice, "It is safe.\nGo on.", sly, cid="img1"))
        letter = bo.hears("Printer")
        assert page(letter).startswith('<p dir="auto">It is safe.<br>\nGo on.</p>')
        assert parts(letter)[-1] == "image/png"  # a file, as any other
        assert letter.get_content_type() == "multipart/mixed"

        # An address that customers never read stands in no link either.
        mine = '<div>Write to <a href="mailto:agent@acme.example"><b>agent</b>@acme.example</a>.</div>'
        shot = "shot_agent@acme.example.png"
        await world.agent.sends(
            written(world, notice, "Write to agent@acme.example.", mine, cid="img1", name=shot)
        )
        letter = bo.hears("Printer")
        assert "agent@acme.example" not in words(letter) + page(letter)
        assert [each.get_filename() for each in letter.iter_attachments()] == [
            "shot_support@acme.example.png"
        ]
        assert "Write to support@acme.example." in page(letter)

        # A note is for colleagues, whatever its form.
        await world.agent.sends(
            written(world, notice, "#note\nHe pays.", "<p>#note</p><p>He <b>pays</b>.</p>")
        )
        bo.hears_nothing()


async def test_a_customers_pictures_are_files_of_the_notice_and_named_where_they_stood() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        mail = bo.composes("Printer", "It looks like this: [cid:img1]\nand this: [cid:8A0B1C20]\n")
        mail.add_alternative('<p>It looks like this: <img src="cid:img1"></p>', subtype="html")
        side = mail.get_body(("html",))
        assert side is not None
        side.add_related(PICTURE, "image", "png", cid="<img1>", filename="flame.png")
        await bo.sends(mail)
        notice = world.agent.hears("New: Printer")
        assert "It looks like this: [flame.png]\nand this: [picture]" in re.sub(
            "(?m)^[> ]+", "", words(notice)
        )
        assert {each.get_filename(): each.get_content() for each in notice.iter_attachments()} == {
            "flame.png": PICTURE
        }
        assert "cid:" not in notice.as_string() + bo.hears("Printer").as_string()
