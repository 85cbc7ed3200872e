"""The mails of the benchmark: requests as customers' programs write them, and replies to what came back."""

from __future__ import annotations

import base64
import email.parser
import email.policy
import email.utils
import random
from collections.abc import Sequence
from datetime import UTC, datetime

AUTHSERV = "mx.acme.example"
ADDRESS = "support@acme.example"
BIG_EVERY = 20  # 5 % carry 100 KB
BIG_BYTES = 100_000
HTML_WORDS = 320
WAYS = ("token", "thread", "tag")

_TEXT = (
    "the printer server answers slowly since Monday and our colleagues in the other office see the same "
    "error after login while reports of last month open without trouble please have look when export "
    "runs nothing happens neither message nor file we tried restart twice thank you kind regards"
)
_WORDS = _TEXT.split()


def requests(count: int, seed: int = 1) -> list[bytes]:
    """`count` mails of about 4 KB, each from somebody else; every twentieth has a file of 100 KB."""
    dice = random.Random(seed)  # noqa: S311 - the same mails in every run, nothing secret
    return [_request(dice, number) for number in range(count)]


def address_of(number: int) -> str:
    """Who wrote request `number`. A hundred companies, so that no limit per domain stands alone."""
    return f"customer{number}@client{number % 100}.example"


def request_id(number: int) -> str:
    return f"<request.{number}@client{number % 100}.example>"


def reply_id(number: int) -> str:
    return f"<reply.{number}@client{number % 100}.example>"


def replies(acknowledgements: Sequence[bytes], numbers: Sequence[int], seed: int = 2) -> list[bytes]:
    """An answer to each acknowledgement: a third each by reply address, by thread and by tag alone."""
    dice = random.Random(seed)  # noqa: S311 - as above
    return [
        _reply(dice, number, raw, WAYS[at % len(WAYS)])
        for at, (number, raw) in enumerate(zip(numbers, acknowledgements, strict=True))
    ]


def _request(dice: random.Random, number: int) -> bytes:
    head = _head(number, ADDRESS, f"{words_of(dice, 5)} ({number})", request_id(number))
    text = "\r\n".join(words_of(dice, 12) for _ in range(12))
    return _mail(dice, head, text, big=number % BIG_EVERY == BIG_EVERY - 1)


def _reply(dice: random.Random, number: int, acknowledgement: bytes, way: str) -> bytes:
    letter = email.parser.BytesHeaderParser(policy=email.policy.default).parsebytes(acknowledgement)
    subject, to, thread = f"More on {number}", ADDRESS, ""
    if way == "token":
        to = email.utils.parseaddr(str(letter["Reply-To"]))[1]
    elif way == "thread":
        ident = letter["Message-ID"]
        thread = f"In-Reply-To: {ident}\r\nReferences: {request_id(number)}\r\n {ident}\r\n"
    else:
        subject = str(letter["Subject"])
    head = _head(number, to, subject, reply_id(number)) + thread
    said = "\r\n".join(words_of(dice, 12) for _ in range(4))
    quoted = "\r\n".join(f"> {words_of(dice, 10)}" for _ in range(8))
    text = f"{said}\r\n\r\nOn Mon, 23 Nov 2026 at 10:00, Acme Support wrote:\r\n\r\n{quoted}"
    return _mail(dice, head, text, big=False)


def _head(number: int, to: str, subject: str, ident: str) -> str:
    sender = address_of(number)
    domain = sender.rpartition("@")[2]
    date = email.utils.format_datetime(datetime.now(UTC))
    return (
        f"Received: from mail.{domain} by {AUTHSERV} with ESMTPS id {number:08x}; {date}\r\n"
        f"Authentication-Results: {AUTHSERV};\r\n dkim=pass header.d={domain};\r\n"
        f" spf=pass smtp.mailfrom={domain};\r\n dmarc=pass header.from={domain}\r\n"
        f"Received: from [192.0.2.7] by mail.{domain} with ESMTPSA id {number:08x}; {date}\r\n"
        f"Date: {date}\r\nFrom: Customer {number} <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Message-ID: {ident}\r\nUser-Agent: Example Mail 12.1\r\nMIME-Version: 1.0\r\n"
    )


def _mail(dice: random.Random, head: str, text: str, *, big: bool) -> bytes:
    html = "</p>\r\n<p>".join(words_of(dice, 16) for _ in range(HTML_WORDS // 16))
    inner = _multipart(
        "alternative",
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        f"Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>{html}</p></body></html>\r\n",
    )
    if big:
        inner = _multipart("mixed", inner, _attachment(dice))
    return (head + inner).encode()


def _multipart(kind: str, *parts: str) -> str:
    boundary = f"=-{kind}-4711"
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{body}--{boundary}--\r\n'


def _attachment(dice: random.Random) -> str:
    data = base64.b64encode(dice.randbytes(BIG_BYTES * 3 // 4)).decode()
    lines = "\r\n".join(data[at : at + 76] for at in range(0, len(data), 76))
    head = 'Content-Type: application/pdf; name="report.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
    return f'{head}Content-Disposition: attachment; filename="report.pdf"\r\n\r\n{lines}\r\n'


def words_of(dice: random.Random, count: int) -> str:
    """Words of a customer, as many as asked for."""
    return " ".join(dice.choices(_WORDS, k=count))
