"""The HTML of an answer, out of mails as programs send them."""

from __future__ import annotations

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import FileKey
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.own_html import own_html
from maildesk.mail.reading import read_mail

PICTURE = "Content-Type: {type}; name=cable.png\nContent-ID: <img1>\n\ncable\n"


def mail(kind: str, *parts: str) -> str:
    """A multipart of that kind; a part that is one brings its own boundary."""
    border = f"b{len(''.join(parts))}"
    inner = "".join(f"--{border}\n{part}" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={border}\n\n{inner}--{border}--\n"


def plain(text: str) -> str:
    return f"Content-Type: text/plain\n\n{text}\n"


def page(html: str) -> str:
    return f"Content-Type: text/html\n\n{html}\n"


SHOWN = page('<p>Pull <b>this</b>: <img src="cid:img1"></p>')
MAILS = {
    "Outlook": (
        mail(
            "related",
            mail("alternative", plain("Pull this: [cid:img1]"), SHOWN),
            PICTURE.format(type="image/png"),
        ),
        "<p>Pull <b>this</b>: {cable.png}</p>",
    ),
    "Gmail": (
        mail(
            "related",
            mail("alternative", plain("Pull *this*: [image: cable.png]"), SHOWN),
            PICTURE.format(type="image/png"),
        ),
        "<p>Pull <b>this</b>: {cable.png}</p>",
    ),
    "Apple Mail": (
        mail(
            "alternative",
            plain("Pull this:\n\nThanks"),
            mail("mixed", page("<p>Pull <i>this</i>:</p>"), PICTURE.format(type="application/pdf"),
                page("<p>Thanks</p>")),
        ),
        "<p>Pull <i>this</i>:</p><p>Thanks</p>",
    ),
    "a picture that may run": (
        mail("related", SHOWN, PICTURE.format(type="image/svg+xml")),
        "<p>Pull <b>this</b>:</p>",
    ),
    "HTML alone": (page("<p>Pull <b>this</b></p>"), "<p>Pull <b>this</b></p>"),
    "a list's foot in plain": (mail("mixed", page("<p>Pull <b>this</b></p>"), plain("Leave by mail")), ""),
    "plain alone": (plain("Pull this"), ""),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "html"), [pytest.param(*each, id=name) for name, each in MAILS.items()])
def test_the_form_of_an_answer_is_found_in_mails_of_every_program(raw: str, html: str) -> None:
    data = f"From: ana@acme.example\n{raw}".encode()
    read = read_mail(data, trust=Trust())
    pieces = own_html(data, read.body.own_text, read.attachments, ReadingLimits())
    said = "".join(f"{{{each.name}}}" if isinstance(each, FileKey) else each for each in pieces)
    assert said.replace(" </p>", "</p>") == html
