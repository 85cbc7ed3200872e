"""The letter of ours that came back, from whom, and whether for good.

Delivery reports (RFC 3464) are read first, then the words of the letter, and where these name nobody
flufl.bounce is asked. How sure we must be before that depends on who speaks: see `Suspicion`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import Final

from maildesk.mail.automatic import bounce_letter, flufl_bounces
from maildesk.mail.automatic.auto_replies import ReplyAllowance
from maildesk.mail.automatic.delivery_report import (
    READ_BYTES,
    RETURNED_TYPES,
    STATUS_TYPES,
    Recipient,
    complained,
    pasted,
    reported,
)
from maildesk.mail.automatic.subject_marks import without_marks
from maildesk.mail.html.text import html_to_text
from maildesk.mail.message import Address, AutomaticKind, Bounce
from maildesk.mail.mime import structure
from maildesk.mail.mime.headers import Field, addresses_in, cut_header, decode_words, first
from maildesk.mail.mime.limits import StructureLimits
from maildesk.mail.mime.message_ids import message_ids_in
from maildesk.mail.mime.part_text import text_of
from maildesk.mail.mime.structure import Part


class Suspicion(IntEnum):
    """The weight of what in a mail's header speaks for a bounce.

    A mail daemon's word is taken as it is. Another machine must say in its subject or text that something was
    not delivered: an absence note has a null return path too. A mail with nothing but the subject may be a
    customer's question about a bounce; only a letter that begins as servers begin is read as one.
    """

    NONE = 0
    SUBJECT = 1
    MACHINE = 2
    DAEMON = 3


# Fast to look for in every mail's subject; each stands for many phrases of `bounce_phrases`.
_SUBJECTS: Final = (
    "deliver", "return", "undeli", "fail", "reject", "bounce", "unknown", "delay", "quota", "warning",
    "mail error", "message error", "system error", "processing error", "not accept", "could not", "couldn",
    "unable", "blocked", "notification", "zustell", "zugestellt", "übermittl", "remis", "distribu", "entreg",
    "enviar", "envío", "consegna", "recapit", "bezorg", "besteld", "lever", "toimit", "dostarcz", "doręcz",
    "doruč", "kézbes", "livr", "teslim", "iletil", "достав", "παράδ",
    "配信", "配送", "配達", "送信", "届け", "エラー", "不達",
    "退信", "投递", "投遞", "送达", "送達", "发送", "發送", "邮件", "반송", "전송", "배달", "전달",
)  # fmt: skip
_FORWARDED: Final = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|doorst|vb|vl|pd|转发|轉寄)\s*:", re.IGNORECASE)
_THREADS: Final = ("in-reply-to", "references")
_SERVERS: Final = re.compile(
    r"postmaster|daemon|deliver|mail ?(?:system|server|service|admin|gateway)|system ?administrator"
    r"|^ndr$|^bounce"
    r"|anti-?virus|smtp|mailsystem|mail[._-]system|\bimss?\b|interscan|mail marshal|mimesweeper"
    r"|systemadministrator|\b[sm]ms[ ._-]?(?:gateway|service|cent(?:er|re)|server)",
    re.IGNORECASE,
)


def suspicion(judged: ReplyAllowance, fields: Sequence[Field], subject: str) -> Suspicion:
    """Weigh what speaks for a bounce, from what `automatic` judged and the subject."""
    machine = judged.automatic
    if machine is not None and machine.kind is AutomaticKind.BOUNCE:
        return Suspicion.DAEMON
    # Gateways to telephones and to other mail systems have no daemon's name.
    if "return-path" in judged.signs and bounce_letter.begins_as_undelivered(without_marks(subject)):
        return Suspicion.DAEMON
    if machine is not None and machine.kind is not AutomaticKind.LIST:
        return Suspicion.MACHINE
    lower = subject.lower()
    if judged.withheld != "From: postmaster" and not any(each in lower for each in _SUBJECTS):
        return Suspicion.NONE
    if _from_a_server(fields):
        return Suspicion.MACHINE
    if _FORWARDED.match(subject) or any(each.name in _THREADS for each in fields):
        return Suspicion.NONE
    return Suspicion.SUBJECT


def _from_a_server(fields: Sequence[Field]) -> bool:
    value = first(fields, "from") or b""
    each = next(iter(addresses_in(value[:1000], 1000)), None)
    names = (each.address.rpartition("@")[0], each.name) if each else (decode_words(value[:200]),)
    return any(_SERVERS.search(name) for name in names)


@dataclass(frozen=True)
class _Suspect:
    """A mail that may be a bounce; what is costly to know is found out when asked."""

    raw: bytes
    fields: Sequence[Field]
    parts: Sequence[Part]
    suspicion: Suspicion

    @cached_property
    def subject(self) -> str:
        return decode_words((first(self.fields, "subject") or b"")[:1000])

    @cached_property
    def letter(self) -> str:
        """The words of the server: the first text part. Some say HTML and send plain text."""
        part = next((each for each in self.parts if each.content_type in ("text/plain", "text/html")), None)
        if part is None:
            return ""
        text = text_of(self.raw, part, READ_BYTES)[0]
        marked = part.content_type == "text/html" and _MARKUP.search(text)
        return html_to_text(text, READ_BYTES)[0] if marked else text

    @cached_property
    def words(self) -> str:
        return bounce_letter.servers_words(self.letter)

    @property
    def brings_it_back(self) -> bool:
        return any(each.content_type in RETURNED_TYPES for each in self.parts)

    def beside(self) -> set[str]:
        return {
            each.address
            for name in ("from", "to")
            for each in addresses_in(first(self.fields, name) or b"", 2000)
        }


_MARKUP: Final = re.compile(r"<(?:br|p|div|table|html|body|td|span|font|pre)\b", re.IGNORECASE)


def read_bounce(
    raw: bytes, fields: Sequence[Field], parts: Sequence[Part], *, suspected: Suspicion, flufl: bool = True
) -> Bounce | None:
    """Read what a mail says of a letter that did not arrive, or None. `flufl` asks flufl.bounce too."""
    complaint = complained(raw, parts)
    if not (complaint or suspected):
        return None
    mail = _Suspect(raw, fields, parts, suspected)
    if complaint:
        known = complaint.address or next(iter(_of_the_returned(mail)), "")
        return replace(_bounce(mail, [replace(complaint, address=known)]), complaint=True)
    if not _may_report(mail):
        return _read_letter(mail, flufl=flufl)
    told = list(reported(raw, parts))
    fated = any(each.action in _FATES for each in told)
    if fated and any(each.address for each in told):
        return _bounce(mail, told)
    if told and not fated and all(each.address for each in told):
        return None  # a report of success
    # A report that names nobody: its letter may, in words.
    read = _wrapped(mail) or _read_letter(mail, flufl=flufl)
    return _bounce(mail, told) if fated and (read is None or not read.recipients) else read


def _may_report(mail: _Suspect) -> bool:
    """Tell whether a report in this mail is the sender's own: a person who forwards one writes around it."""
    if mail.suspicion > Suspicion.SUBJECT or _is_report(mail.fields):
        return True
    told = any(each.content_type in STATUS_TYPES for each in mail.parts)
    return told and bounce_letter.opens_like_a_server(mail.words)


_FATES: Final = ("failed", "delayed")


def _is_report(fields: Sequence[Field]) -> bool:
    """A report that a person forwards stands beside their own words; a server's is the whole mail."""
    value = (first(fields, "content-type") or b"")[:200].lower()
    return value.startswith((b"multipart/report", *(each.encode() for each in STATUS_TYPES)))


def _bounce(mail: _Suspect, told: Sequence[Recipient]) -> Bounce:
    failed = _addresses(each for each in told if each.action == "failed")
    delayed = tuple(
        each for each in _addresses(each for each in told if each.action == "delayed") if each not in failed
    )
    hard = _addresses(each for each in told if each.permanent)
    permanent = any(each.permanent for each in told)
    fate = [each for each in told if each.permanent] or [each for each in told if each.action in _FATES]
    shown = (fate or told)[0]
    others = _addresses(each for each in told if each.action == "complained")
    return Bounce(
        message_id=_returned_id(mail.raw, mail.parts),
        token=_returned_token(mail.raw, mail.parts),
        recipients=hard or (*failed, *delayed) or others,
        permanent=permanent,
        status=shown.status,
        failed=failed,
        delayed=delayed,
        reason=shown.reason,
    )


def _addresses(told: Iterable[Recipient]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for each in told:
        if each.address:
            kept.setdefault(each.address.lower(), each.address)
    return tuple(kept.values())


# --- letters --------------------------------------------------------------------------------------


def _read_letter(mail: _Suspect, *, flufl: bool) -> Bounce | None:
    if not _speaks_of_one(mail):
        return None
    copied = [each for each in pasted(mail.words) if each.action in _FATES]
    if copied:
        return _bounce(mail, copied)
    letter = bounce_letter.read_letter(mail.words, mail.subject, mail.beside())
    addresses = _named_in_the_header(mail.fields) or letter.addresses
    delayed, failed = (addresses, ()) if letter.delayed else ((), addresses)
    if flufl and not addresses:
        delayed, failed = flufl_bounces.failures(mail.raw, mail.fields, mail.parts)
    if not delayed and not failed and mail.suspicion is Suspicion.DAEMON:
        addresses = _of_the_returned(mail)
        delayed, failed = (addresses, ()) if letter.delayed else ((), addresses)
    soft = letter.status if letter.status.startswith("4") else "4.0.0"
    told = [Recipient(each, "failed", letter.status, letter.reason) for each in failed]
    told += [Recipient(each, "delayed", soft, letter.reason) for each in delayed]
    if told:
        return _bounce(mail, told)
    # Nobody is named; that a letter came back, and which, is worth knowing all the same.
    said = bounce_letter.says_undelivered(mail.words[:1500]) or bounce_letter.says_undelivered(mail.subject)
    if mail.suspicion is not Suspicion.DAEMON or not said:
        return None
    nobody = Recipient("", "delayed" if letter.delayed else "failed", letter.status, letter.reason)
    return _bounce(mail, [nobody])


def _speaks_of_one(mail: _Suspect) -> bool:
    if mail.suspicion is Suspicion.DAEMON:
        return True
    if mail.suspicion is Suspicion.SUBJECT:
        return bounce_letter.says_undelivered(mail.subject) and bounce_letter.opens_like_a_server(mail.words)
    if _from_a_server(mail.fields) and bounce_letter.says_undelivered(mail.subject):
        return True
    if not bounce_letter.says_undelivered(mail.words[:1500]):
        return bounce_letter.says_undelivered(mail.subject) and mail.brings_it_back
    return mail.brings_it_back or bounce_letter.shows_evidence(mail.letter)


def _named_in_the_header(fields: Sequence[Field]) -> tuple[str, ...]:
    """Exim's own field for what its letter says in words."""
    named = first(fields, "x-failed-recipients")
    return tuple(each.address for each in addresses_in(named[:READ_BYTES], READ_BYTES)) if named else ()


def _of_the_returned(mail: _Suspect) -> tuple[str, ...]:
    """The one address the returned mail was for, where nobody is named: our letters have one each."""
    named: tuple[Address, ...] = ()
    part = next((each for each in mail.parts if each.content_type in RETURNED_TYPES), None)
    if part is not None:
        data = structure.content(mail.raw, part)[0][:READ_BYTES].lstrip()
        named = addresses_in(first(cut_header(data).fields, "to") or b"", 2000)
    else:
        found = _TO_LINE.findall(mail.letter[:READ_BYTES])
        named = addresses_in(found[0].encode("utf-8", "replace"), 2000) if len(found) == 1 else ()
    return (named[0].address,) if len(named) == 1 else ()


_TO_LINE: Final = re.compile(r"^[ \t>]{0,8}To:[ \t]*([^\n]{3,300})$", re.IGNORECASE | re.MULTILINE)

_INNER: Final = StructureLimits(header_bytes=READ_BYTES, parts=50, depth=10)


def _wrapped(mail: _Suspect) -> Bounce | None:
    """A report inside a mail of the same server: gateways put one around another."""
    first_part = mail.parts[0] if mail.parts else None
    if (
        first_part is None
        or first_part.content_type != "message/rfc822"
        or mail.suspicion < Suspicion.MACHINE
    ):
        return None
    inner = structure.content(mail.raw, first_part)[0].lstrip()
    header = cut_header(inner)
    if not _is_report(header.fields) or header.body > _INNER.header_bytes:
        return None
    parts, _ = structure.cut_parts(inner, header, _INNER)
    told = list(reported(inner, parts))
    if not any(each.action in _FATES for each in told):
        return None
    return _bounce(replace(mail, raw=inner, fields=header.fields, parts=parts), told)


# --- the returned mail ----------------------------------------------------------------------------

_ID_LINE: Final = re.compile(
    rb"^[ \t>]{0,8}(?:Original-)?Message-ID:\s{0,4}(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE
)
_REMARK: Final = re.compile(rb"1\.0[ \t]{0,8}\(([0-9A-Za-z.]{1,70})\)")
_REMARK_LINE: Final = re.compile(
    rb"^[ \t>]{0,8}MIME-Version:[ \t]{0,8}" + _REMARK.pattern, re.IGNORECASE | re.MULTILINE
)


def _returned_token(raw: bytes, parts: Sequence[Part]) -> str:
    """The token of our letter that came back, from its header or the letter that it is pasted into."""
    for part in parts:
        if part.content_type in RETURNED_TYPES:
            data = structure.content(raw, part)[0][:READ_BYTES].lstrip()
            found = _REMARK.match(first(cut_header(data).fields, "mime-version") or b"")
            if found:
                return found[1].decode("ascii")
    for part in parts:
        if part.content_type.startswith(("text/", "message/")):
            found = _REMARK_LINE.search(structure.content(raw, part)[0][:READ_BYTES])
            if found:
                return found[1].decode("ascii")
    return ""


def _returned_id(raw: bytes, parts: Sequence[Part]) -> str | None:
    """The Message-ID of our mail that came back, from its part or from the letter it is pasted into."""
    for part in parts:
        if part.content_type in RETURNED_TYPES:
            data = structure.content(raw, part)[0][:READ_BYTES].lstrip()
            ids = message_ids_in(first(cut_header(data).fields, "message-id") or b"")
            if ids:
                return ids[0]
    for part in parts:
        if part.content_type.startswith(("text/", "message/")):
            found = _ID_LINE.search(structure.content(raw, part)[0][:READ_BYTES])
            ids = message_ids_in(found[1]) if found else ()
            if ids:
                return ids[0]
    return None
