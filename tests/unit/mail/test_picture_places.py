"""Where pictures stand in plain text: people read a file's name there, and no Content-ID."""

from __future__ import annotations

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import Attachment
from maildesk.mail.picture_places import with_picture_names
from maildesk.mail.reading import read_mail

CABLE = Attachment("cable.png", "image/png", 5, "a" * 64, inline=True, content_id="img1")
FLAME = Attachment("flame.gif", "image/gif", 5, "b" * 64, inline=True, content_id="ii_m1@client.example")

PLACES = {
    "Outlook's": ("See [cid:img1] please", "See [cable.png] please"),
    "in angle brackets": ("<cid:img1>", "[cable.png]"),
    "in round brackets": ("(cid:img1)", "[cable.png]"),
    "as Markdown": ("![the cable](cid:img1)", "[cable.png]"),
    "Gmail's, with the id": ("[image: cid:img1]", "[cable.png]"),
    "in capitals": ("[CID:img1]", "[cable.png]"),
    "bare": ("See cid:ii_m1@client.example below", "See [flame.gif] below"),
    "a scheme that is talked of": ("cid:5 and acid:x@y.example", "cid:5 and acid:x@y.example"),
    "two on a line": ("[cid:img1][cid:ii_m1@client.example]", "[cable.png][flame.gif]"),
    "an escaped id": ("[cid:ii_m1%40client.example]", "[flame.gif]"),
    "a picture that is not there": ("[cid:image002.png@01DC5B2E.8A0B1C20]", "[image002.png]"),
    "one without a name": ("[cid:8A0B1C20]", "[picture]"),
    "one that is linked": ("[cid:img1]<https://client.example/>", "[cable.png]<https://client.example/>"),
    "no picture": ("The acid: [citrate], cid: 5, [cid:]", "The acid: [citrate], cid: 5, [cid:]"),
    "a name": ("[image: cable.png]", "[image: cable.png]"),
    "source text": ('<img src="cid:img1">', '<img src="cid:img1">'),
}


@pytest.mark.parametrize(("text", "read"), [pytest.param(*each, id=name) for name, each in PLACES.items()])
def test_a_picture_is_named_where_it_stands(text: str, read: str) -> None:
    assert with_picture_names(text, (CABLE, FLAME)) == read


MAIL = """From: bo@client.example
Content-Type: multipart/related; boundary=r

--r
Content-Type: multipart/alternative; boundary=a

--a

It looks like this:
[cid:img1]

On Monday Ana wrote:
> [cid:img2]
--a
Content-Type: text/html

<p>It looks like this:<br><img src="cid:img1"></p>
--a--
--r
Content-Type: image/png; name="flame.png"
Content-ID: <img1>

png
--r--
"""


def test_a_mails_words_name_its_pictures() -> None:
    mail = read_mail(MAIL.encode(), trust=Trust())
    assert mail.body.new_text == "It looks like this:\n[flame.png]"
    assert mail.body.own_text == mail.body.new_text
    assert "> [picture]" in mail.body.text
    assert [each.name for each in mail.attachments] == ["flame.png"]
