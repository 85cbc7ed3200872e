"""The CPU an ordinary mail costs to read, beside Python's own parsers in the same run."""

from __future__ import annotations

import base64
import email.message
import email.parser
import email.policy
import email.utils
import random
from collections.abc import Callable
from dataclasses import dataclass

from bench import mails
from bench.reading.growth import least
from maildesk.mail.bodies import is_body
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.message import IncomingMail
from maildesk.mail.mime import dates, headers, message_ids, structure
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.mime.part_text import text_of
from maildesk.mail.reading import read_mail
from maildesk.mail.reply.reply_text import new_words

TRUST = Trust(authserv_id=mails.AUTHSERV)
OWN = OwnNames.of([mails.ADDRESS])
_LIMITS = ReadingLimits()
_FROM_BYTES = 8192
_ROUNDS = 40
_FILE_BYTES = 5 * 2**20


@dataclass(frozen=True, slots=True)
class Speed:
    """One figure: milliseconds of CPU, and what they should be at most."""

    said: str
    ms: float
    aim: float | None = None

    def __str__(self) -> str:
        if self.aim is None:
            return f"{self.said:58}{self.ms:9.2f}"
        return f"{self.said:58}{self.ms:9.2f}{self.aim:8g}  {'met' if self.ms <= self.aim else 'MISSED'}"


def read_all(raw: bytes) -> IncomingMail:
    """Everything the desk does to read a mail."""
    return read_mail(raw, trust=TRUST, own_names=OWN)


def parse(raw: bytes) -> list[object]:
    """Fields, bodies and files; no judgement of who wrote it, of machines, of new words."""
    header = headers.cut_header(raw)
    parts, _ = structure.cut_parts(raw, header, _LIMITS.structure)
    value = {name: headers.first(header.fields, name) or b"" for name in _FIELDS}
    found: list[object] = [headers.addresses_in(value[name], _FROM_BYTES) for name in ("from", "to", "cc")]
    found += [headers.decode_words(value["subject"]), dates.date_in(value["date"])]
    found += [message_ids.message_ids_in(value[name]) for name in ("message-id", "references")]
    for part in parts:
        if is_body(part):
            found.append(text_of(raw, part, _LIMITS.text_chars))
        else:
            found.append(structure.content(raw, part))
    return found


_FIELDS = ("from", "to", "cc", "subject", "date", "message-id", "references")


def with_compat32(raw: bytes) -> list[object]:
    """The same by the oldest way of Python's email package."""
    mail = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(raw)
    found: list[object] = [email.utils.getaddresses(mail.get_all(name, [])) for name in ("from", "to", "cc")]
    found += [str(mail["subject"]), email.utils.parsedate_to_datetime(mail["date"]), mail["message-id"]]
    for part in mail.walk():
        if not part.is_multipart():
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            is_text = part.get_content_maintype() == "text"
            found.append(data.decode(part.get_content_charset("utf-8"), "replace") if is_text else data)
    return found


def with_default_policy(raw: bytes) -> list[object]:
    """The same by the way its documentation shows."""
    mail = email.parser.BytesParser(policy=email.policy.default).parsebytes(raw)
    assert isinstance(mail, email.message.EmailMessage)
    found: list[object] = [
        (each.display_name, each.addr_spec)
        for name in ("from", "to", "cc")
        for field in mail.get_all(name, [])
        for each in field.addresses
    ]
    found += [str(mail["subject"]), mail["date"].datetime, str(mail["message-id"])]
    found += [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return found


def speeds() -> list[Speed]:
    """All figures of ordinary mails, and the three bounds on quotes and threads."""
    small, large = mails.requests(_ROUNDS)[:-1], _large()
    small = [each for each in small if len(each) < 2 * 4096]
    size = sum(map(len, small)) / len(small) / 1000

    def each(job: Callable[[bytes], object]) -> float:
        return 1000 * least(lambda: [job(raw) for raw in small], 9) / len(small)

    def whole(job: Callable[[bytes], object], raw: bytes) -> float:
        return 1000 * least(lambda: job(raw), 5)

    references = b"References: " + b"".join(b"<%d@b.example>\r\n " % n for n in range(1000)) + b"\r\n\r\nhi"
    return [
        Speed(f"{size:.1f} KB, text and HTML: parsing alone", each(parse), 0.4),
        Speed("  all of reading", each(read_all), 0.8),
        Speed("  email, compat32: parsing alone", each(with_compat32)),
        Speed("  email, policy.default: parsing alone", each(with_default_policy)),
        Speed("5 MB with a file: all of reading", whole(read_all, large), 30),
        Speed("  parsing alone", whole(parse, large)),
        Speed("  email, compat32: parsing alone", whole(with_compat32, large)),
        Speed("  email, policy.default: parsing alone", whole(with_default_policy, large)),
        Speed("1,000 ids in References: all of reading", whole(read_all, references), 50),
        Speed("20,000 blank lines: the new words", 1000 * least(lambda: new_words("\n" * 20_000)), 200),
        Speed("20,000 quoted lines: the new words", 1000 * least(lambda: new_words("> a\n" * 20_000)), 200),
    ]


def _large() -> bytes:
    """A mail of 5 MB, most of it one file."""
    data = random.Random(3).randbytes(_FILE_BYTES * 3 // 4)  # noqa: S311 - the same mail in every run
    lines = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return (
        b"From: Ana <ana@client.example>\r\nTo: support@acme.example\r\nSubject: The report\r\n"
        b"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <5@client.example>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHere it is.\r\n"
        b'--b\r\nContent-Type: application/pdf; name="report.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
        b"Content-Disposition: attachment\r\n\r\n" + lines + b"\r\n--b--\r\n"
    )
