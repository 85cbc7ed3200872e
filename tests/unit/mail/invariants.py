"""What holds for every mail that was read, whatever its bytes were."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from maildesk.errors import Unreadable
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.message import Address, IncomingMail, Standing
from maildesk.mail.mime.headers import cut_header
from maildesk.mail.reading import attachments_of, read_mail

TRUST = Trust("mx.acme.example")
_BAD = re.compile("[\0\r\ud800-\udfff]")
_WHITE = re.compile(r"\s+")
_MANY_LINES = frozenset({"text", "new_text", "signature", "own_text", "own_signature", "in_context"})


def read(raw: bytes) -> IncomingMail | None:
    """The mail, checked; None where it is refused, which only a mail beyond a limit may be."""
    try:
        mail = read_mail(raw, trust=TRUST, own_names=OwnNames.of(["support@acme.example"]))
    except Unreadable:
        return None
    check(mail, raw)
    return mail


def check(mail: IncomingMail, raw: bytes) -> None:
    for name, text in _strings(mail):
        assert not _BAD.search(text), (name, text)
        assert name in _MANY_LINES or "\n" not in text, (name, text)
    assert pickle.loads(pickle.dumps(mail)) == mail
    assert mail.digests.raw == hashlib.sha256(raw).hexdigest()
    _check_identity(mail, raw)
    _check_files(mail, raw)
    if mail.date is not None:
        assert mail.date.utcoffset() == timedelta(0)
    check_new_words(mail.body.text, mail.body.new_text)
    check_new_words(mail.body.text, mail.body.own_text)
    if mail.automation.automatic is not None:
        assert not mail.automation.reply_allowed
    assert mail.automation.bounce is None or mail.automation.automatic is not None
    assert len(set(mail.defects)) == len(mail.defects)


def check_new_words(text: str, new_text: str) -> None:
    """The new words are lines of the text, in its order."""
    lines = iter(_WHITE.sub(" ", line).strip() for line in text.split("\n"))
    for line in new_text.split("\n"):
        wanted = _WHITE.sub(" ", line).strip()
        if wanted:
            assert any(wanted in each for each in lines), (line, text)


def _check_identity(mail: IncomingMail, raw: bytes) -> None:
    for each in (mail.ids.message_id or "x", *mail.ids.in_reply_to, *mail.ids.references):
        assert each == each.strip("<> \t")
        assert each
    assert (mail.author.address is None) <= (mail.author.standing is Standing.FAILED)
    if mail.author.address is not None:
        check_author(mail.author.address, raw)
    for address in (*mail.addressing.reply_to, *mail.addressing.to, *mail.addressing.cc):
        assert "@" in address.address
        assert address.domain == address.domain.lower()
        assert address.address.lower() in mail.addressing.recipients or address in mail.addressing.reply_to
    assert all(each == each.lower() for each in mail.addressing.recipients)


def check_author(author: Address, raw: bytes) -> None:
    """The address stands in the only From field, letter by letter: nothing decoded became a part of it."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    [field] = [each for each in cut_header(raw, read_on=True).fields if each.name == "from"]
    assert author.address.isascii()
    assert author.address.encode().lower() in field.value.lower()


def _check_files(mail: IncomingMail, raw: bytes) -> None:
    files = attachments_of(raw)
    assert tuple(each for each, _ in files) == mail.attachments
    for each, data in files:
        assert (each.size, each.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert each.name.strip(". ")
        assert not re.search(r"[/\\\0-\x1f\x7f]", each.name)
        assert len(each.name.encode()) <= 150
        assert unicodedata.is_normalized("NFC", each.name)
        assert not [c for c in each.name if unicodedata.category(c) in ("Cc", "Cf", "Cs")]


def _strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, with the name of the field it stands in."""
    if isinstance(value, str):
        yield name, str(value)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _strings(getattr(value, field.name), field.name)
    elif isinstance(value, (tuple, frozenset)):
        for each in value:
            yield from _strings(each, name)
    else:
        assert value is None or isinstance(value, (bool, int, date)), (name, value)
