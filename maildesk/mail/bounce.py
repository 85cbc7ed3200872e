"""Delivery reports read: RFC 3464 first, then the letters that mail servers wrote before it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.mail import structure
from maildesk.mail.headers import (
    Field,
    cut_header,
    decode_words,
    first,
    mailbox_address,
    message_ids_in,
    split_header,
)
from maildesk.mail.html_text import html_to_text
from maildesk.mail.message import Bounce
from maildesk.mail.structure import Part

_STATUS_TYPES: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES: Final = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822"}
)
_READ_BYTES: Final = 256 * 2**10
_PLAIN_BYTES: Final = 8 * 2**10
_MOST_RECIPIENTS: Final = 200
_MOST_GROUPS: Final = 1000  # in all reports of one mail
_BLANK_LINES: Final = re.compile(rb"\r?\n(?:[ \t]*\r?\n)+")
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class _Recipient:
    address: str
    action: str
    status: str

    @property
    def permanent(self) -> bool:
        """Only a failure that the server calls permanent (RFC 3463 §2: class 5) is one."""
        return self.action == "failed" and self.status.startswith("5")


def read_bounce(
    raw: bytes, fields: Sequence[Field], parts: Sequence[Part], *, suspected: bool
) -> Bounce | None:
    """What a delivery report says, or None. Mails not in its form are read only when `suspected`."""
    recipients = list(_reported(raw, parts))
    if not recipients and suspected:
        recipients = list(_told(raw, fields, parts))
    failed = [each for each in recipients if each.permanent] or [
        each for each in recipients if each.action in ("failed", "delayed")
    ]
    if not failed:
        return None
    addresses = tuple(dict.fromkeys(each.address for each in failed if each.address))
    return Bounce(_returned_id(raw, parts), addresses, failed[0].permanent, failed[0].status)


# --- RFC 3464 -------------------------------------------------------------------------------------


def _reported(raw: bytes, parts: Sequence[Part]) -> Iterator[_Recipient]:
    for group in itertools.islice(_groups(raw, parts), _MOST_GROUPS):
        recipient = _recipient(split_header(group))
        if recipient:
            yield recipient


def _groups(raw: bytes, parts: Sequence[Part]) -> Iterator[bytes]:
    for part in parts:
        if part.content_type in _STATUS_TYPES:
            data = structure.content(raw, part)[0][:_READ_BYTES].lstrip()
            yield from _BLANK_LINES.split(data, _MOST_RECIPIENTS + 1)[: _MOST_RECIPIENTS + 1]


def _recipient(fields: Sequence[Field]) -> _Recipient | None:
    """One per-recipient group (RFC 3464 §2.3). The address we wrote to is the original one, if it is told."""
    action = _keyword(first(fields, "action"))
    address = _typed_address(first(fields, "original-recipient")) or _typed_address(
        first(fields, "final-recipient")
    )
    if not action and not address:
        return None
    told = _STATUS.search(_plain(first(fields, "status"))[:200])
    if not told:
        told = _STATUS.search(_plain(first(fields, "diagnostic-code"))[:2000])
    action = "failed" if action in ("error", "failure") else action
    return _Recipient(
        address or "", action, told[1] if told else ("5.0.0" if action == "failed" else "4.0.0")
    )


def _keyword(value: bytes | None) -> str:
    return _plain(value).partition(" ")[0].partition(";")[0].lower()


def _plain(value: bytes | None) -> str:
    """Text in which only ASCII matters, so that no charset is guessed."""
    return decode_words((value or b"")[:_PLAIN_BYTES], "utf_8")


def _typed_address(value: bytes | None) -> str | None:
    """The address of `rfc822; user@example.com` (RFC 3464 §2.1.2)."""
    if not value:
        return None
    return mailbox_address(value.partition(b";")[2].strip() or value)


# --- letters of servers that know no RFC 3464 -------------------------------------------------------

_RETURNED_BELOW: Final = re.compile(
    r"-{3,}.{0,40}(?:original message|copy of (?:the|your) message|message header|returned message|"
    r"unsent message)"
    r"|^(?:below this line is a copy|this is a copy of (?:the|your) message|received:\s|return-path:\s)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS_LINE: Final = re.compile(
    r"^[ \t>*]{0,20}(?:(?:to|recipient|user|address|rcpt to|recipient address)\s?[:=]\s?)?"
    r"[<\"(]{0,2}([^\s<>()\"',;:]{1,64}@[A-Za-z0-9_.-]{1,253}\.[A-Za-z0-9-]{2,63})[>\")]{0,2}(?=[\s:.;,(]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_BRACKETED: Final = re.compile(r"<([^\s<>@]{1,64}@[A-Za-z0-9_.-]{1,253})>")
_FAILURE: Final = re.compile(
    r"permanent|fatal|could not be delivered|couldn't be delivered|undeliver|not delivered|"
    r"unable to deliver|"
    r"delivery (?:has )?failed|failed|does not exist|unknown|rejected|unzustellbar|nicht zugestellt|"
    r"no se pudo|"
    r"n'a pu être|returned|cannot be delivered|not listed|giving up|mailbox (?:is )?full|over quota|"
    r"bounced",
    re.IGNORECASE,
)
_DELAY: Final = re.compile(
    r"\bdelayed\b|warning: |will (?:be retried|retry|keep trying|continue to try|be attempted)|"
    r"temporary (?:failure|problem)|"
    r"still (?:being )?(?:trying|queued|in (?:the )?queue)|not yet been delivered|"
    r"this is a warning message only",
    re.IGNORECASE,
)
_REPLY_CODE: Final = re.compile(r"\b([45])\d\d[ -]")


def says_undelivered(text: str) -> bool:
    """Whether words speak of a mail that did not arrive."""
    return bool(_FAILURE.search(text) or _DELAY.search(text))


def _told(raw: bytes, fields: Sequence[Field], parts: Sequence[Part]) -> Iterator[_Recipient]:
    text = _letter(raw, parts)
    below = _RETURNED_BELOW.search(text)
    told = text[: below.start()] if below else text
    named = first(fields, "x-failed-recipients")
    if named:
        addresses = [each.strip() for each in decode_words(named).split(",")]
    else:
        addresses = _ADDRESS_LINE.findall(told) or _BRACKETED.findall(told)[:1]
    subject = decode_words(first(fields, "subject") or b"")
    delayed = bool(_DELAY.search(told) or _DELAY.search(subject))
    status, code = _STATUS.search(told), _REPLY_CODE.search(told)
    final = not delayed and bool(_FAILURE.search(told) or _FAILURE.search(subject))
    guessed = f"{code[1]}.0.0" if code else ("5.0.0" if final else "4.0.0")
    shown = status[1] if status else guessed
    for address in addresses[:_MOST_RECIPIENTS]:
        safe = mailbox_address(address.encode("utf-8", "replace"))
        if safe:
            yield _Recipient(safe, "delayed" if delayed else "failed", shown)


def _letter(raw: bytes, parts: Sequence[Part]) -> str:
    """The words of the server: the first text part."""
    part = next((each for each in parts if each.content_type in ("text/plain", "text/html")), None)
    if part is None:
        return ""
    text = structure.text_of(raw, part, _READ_BYTES)[0]
    return html_to_text(text)[0] if part.content_type == "text/html" else text


# --- the returned mail ----------------------------------------------------------------------------

_ID_LINE: Final = re.compile(
    rb"^[ \t>]{0,8}Message-ID:\s{0,4}(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE
)


def _returned_id(raw: bytes, parts: Sequence[Part]) -> str | None:
    """The Message-ID of our mail that came back, from its part or from the letter it is pasted into."""
    for part in parts:
        if part.content_type in _RETURNED_TYPES:
            data = structure.content(raw, part)[0][:_READ_BYTES].lstrip()
            ids = message_ids_in(first(cut_header(data).fields, "message-id") or b"")
            if ids:
                return ids[0]
    for part in parts:
        if part.content_type.startswith(("text/", "message/")):
            found = _ID_LINE.search(structure.content(raw, part)[0][:_READ_BYTES])
            if found:
                return message_ids_in(found[1])[0]
    return None
