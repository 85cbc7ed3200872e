"""The mail programs of people of the desk: every way in which an answer may drag a notice along."""

from __future__ import annotations

import html
import random
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

Form = Callable[[EmailMessage, str, EmailMessage, random.Random], None]
"""Writes words and the notice they answer into a mail."""

SIGNATURE = "-- \nAna Souza\nAcme Support · zqprivate-ana@acme.example"


def said_in(notice: EmailMessage) -> str:
    body = notice.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n").rstrip()


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _on(notice: EmailMessage) -> str:
    return f"On Mon, 24 Nov 2025 at 10:00, {notice['From']} <{notice['Reply-To']}> wrote:"


def _block(notice: EmailMessage) -> str:
    return (
        f"From: {notice['Reply-To']}\nSent: Monday, November 24, 2025 10:00 AM\nTo: {notice['To']}\n"
        f"Subject: {notice['Subject']}"
    )


def _halves(text: str) -> tuple[str, str]:
    lines = text.split("\n")
    return "\n".join(lines[: len(lines) // 2]), "\n".join(lines[len(lines) // 2 :])


# --- in text ----------------------------------------------------------------------------------------


def _above(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    mail.set_content(f"{words}\n\n{SIGNATURE}\n\n{_on(notice)}\n\n{_quoted(said_in(notice))}\n")


def _below(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    mail.set_content(f"{_on(notice)}\n{_quoted(said_in(notice))}\n\n{words}\n\n{SIGNATURE}\n")


def _between(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    first, second = _halves(_quoted(said_in(notice)))
    mail.set_content(f"{words}\n\n{_on(notice)}\n{first}\n\nzqown in between\n\n{second}\n\nzqown at last\n")


def _outlook(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    mail.set_content(
        f"{words}\n\nAna Souza\n\n{'_' * 32}\n{_block(notice)}\n\n{said_in(notice)}\n", cte="base64"
    )


def _unmarked(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    mail.set_content(f"{words}\n\n{said_in(notice)}\n")


def _unmarked_below(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    mail.set_content(f"{_block(notice)}\n\n{said_in(notice)}\n\n{words}\n")


def _forwarded(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    line = "---------- Forwarded message ---------"
    mail.set_content(f"{words}\n\n{line}\n{_block(notice)}\n\n{said_in(notice)}\n")


# --- in HTML alone ----------------------------------------------------------------------------------


def _html(text: str) -> str:
    return html.escape(text).replace("\n", "<br>\n")


def _gmail(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    mail.set_content(
        f'<div dir="ltr">{_html(words)}</div><br><div class="gmail_quote"><div dir="ltr">{_html(_on(notice))}'
        f'<br></div><blockquote class="gmail_quote">{_html(said_in(notice))}</blockquote></div>',
        subtype="html",
    )


def _html_between(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    first, second = (f"<blockquote type=cite>{_html(half)}</blockquote>" for half in _halves(said_in(notice)))
    mail.set_content(
        f"<div>{_html(words)}</div><div>{_html(_on(notice))}</div>{first}<div>zqown in between</div>{second}",
        subtype="html",
        cte="quoted-printable",
    )


def _html_outlook(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    body = notice.get_body(("html",))
    assert body is not None
    head = "<br>".join(
        f"<b>{line.replace(': ', ':</b> ', 1)}" for line in html.escape(_block(notice)).split("\n")
    )
    mail.set_content(
        f'<p class="MsoNormal">{_html(words)}</p><div style="border-top:solid 1pt"><p>{head}</p></div>'
        f"{body.get_content()}",
        subtype="html",
        cte="base64",
    )


def _html_unmarked(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    body = notice.get_body(("html",))
    assert body is not None
    mail.set_content(f"<p>{_html(words)}</p><div>{body.get_content()}</div>", subtype="html")


def _both(mail: EmailMessage, words: str, notice: EmailMessage, chance: random.Random) -> None:
    _above(mail, words, notice, chance)
    mail.add_alternative(
        f"<div>{_html(words)}</div><blockquote>{_html(said_in(notice))}</blockquote>", subtype="html"
    )


def _rich(mail: EmailMessage, words: str, notice: EmailMessage, chance: random.Random) -> None:
    """Text and HTML with a picture, and more in the HTML than the text tells."""
    _above(mail, words, notice, chance)
    lines = "".join(
        f"<div><b>{first}</b>{rest}</div>" for first, rest in map(_parted, html.escape(words).split("\n"))
    )
    mail.add_alternative(
        f'{lines}<img src="cid:one"><img src="https://zqfield.example/1.png" alt="zqfield">'
        f'<div style="display:none">zqnote hidden</div><div>{_html(SIGNATURE)}</div>'
        f'<a href="https://zqlaptop.example/">.</a><blockquote>{_html(said_in(notice))}</blockquote>',
        subtype="html",
    )
    side = mail.get_body(("html",))
    assert side is not None
    side.add_related(b"zqfile " * 40, "image", "png", cid="<one>", filename="cable.png")


def _parted(line: str) -> tuple[str, str]:
    first, blank, rest = line.partition(" ")
    return first, blank + rest


# --- as a file --------------------------------------------------------------------------------------


def _as_mail(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    mail.set_content(words)
    mail.add_attachment(notice, filename="notice.eml")


def _as_octets(mail: EmailMessage, words: str, notice: EmailMessage, _: random.Random) -> None:
    mail.set_content(words)
    raw = notice.as_bytes(policy=SMTP)
    mail.add_attachment(raw, maintype="application", subtype="octet-stream", filename="saved.txt")


def _with_files(mail: EmailMessage, words: str, notice: EmailMessage, chance: random.Random) -> None:
    _above(mail, words, notice, chance)
    card = "BEGIN:VCARD\nFN:Ana\nEMAIL:zqprivate-ana@acme.example\nEND:VCARD\n"
    mail.add_attachment(card, subtype="vcard", filename="ana.vcf")
    mail.add_attachment(
        b"zqfile " * 30, maintype="image", subtype="png", filename="manual.png", disposition="inline"
    )
    mail.add_attachment(b"zqsigned", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")


FORMS: tuple[Form, ...] = (
    _above, _below, _between, _outlook, _unmarked, _unmarked_below, _forwarded, _gmail, _html_between,
    _html_outlook, _html_unmarked, _both, _rich, _as_mail, _as_octets, _with_files,
)  # fmt: skip
