"""Reports in the forms that standards give them: RFC 3464 delivery reports, RFC 5965 complaints."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final

from maildesk.mail.mime import structure
from maildesk.mail.mime.headers import (
    Field,
    cut_header,
    decode_words,
    first,
    mailbox_address,
    split_header,
)
from maildesk.mail.mime.structure import Part

STATUS_TYPES: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
RETURNED_TYPES: Final = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822",
     "message/rfc822-headers"}
)  # fmt: skip
READ_BYTES: Final = 256 * 2**10
_PLAIN_BYTES: Final = 8 * 2**10
_MOST_RECIPIENTS: Final = 200
_MOST_GROUPS: Final = 1000  # in all reports of one mail
_REASON_CHARS: Final = 200
_BLANK_LINES: Final = re.compile(rb"\r?\n(?:[ \t]*\r?\n)+")
_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY_CODE: Final = re.compile(r"(?:^|[\s;:])([245])\d\d[ -]")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address with what a report says became of it."""

    address: str
    action: str
    status: str
    reason: str = ""

    @property
    def permanent(self) -> bool:
        """Only a failure that the server calls permanent (RFC 3463 §2: class 5) is one."""
        return self.action == "failed" and self.status.startswith("5")


# --- RFC 3464 -------------------------------------------------------------------------------------


def reported(raw: bytes, parts: Sequence[Part]) -> Iterator[Recipient]:
    """The addresses of all delivery-status parts, those that were reached among them."""
    for group in itertools.islice(_groups(raw, parts), _MOST_GROUPS):
        recipient = read_group(group)
        if recipient:
            yield recipient


def _groups(raw: bytes, parts: Sequence[Part]) -> Iterator[Sequence[Field]]:
    for part in parts:
        if part.content_type in STATUS_TYPES:
            data = structure.content(raw, part)[0][:READ_BYTES].lstrip()
            pieces = _BLANK_LINES.split(data, _MOST_RECIPIENTS + 1)[: _MOST_RECIPIENTS + 1]
            yield from _whole(each for piece in pieces for each in _one_recipient_each(split_header(piece)))


_WHOSE: Final = frozenset({"original-recipient", "final-recipient"})


def _one_recipient_each(fields: Sequence[Field]) -> Iterator[Sequence[Field]]:
    """The groups of a group that names several recipients: some servers leave out the blank line between.

    A name that comes again begins another, together with the recipient's other name right before it.
    """
    group: list[Field] = []
    for field in fields:
        if field.name in _WHOSE and any(each.name == field.name for each in group):
            first_of_next = len(group) - (len(group) > 1 and group[-1].name in _WHOSE - {field.name})
            yield group[:first_of_next]
            group = group[first_of_next:]
        group.append(field)
    yield group


def _whole(groups: Iterable[Sequence[Field]]) -> Iterator[Sequence[Field]]:
    """The groups with the fate of each recipient, where it stands in the group before or after theirs.

    Some servers write it among the fields of the whole report, or set it off by a blank line.
    """
    told = list(itertools.islice(groups, _MOST_GROUPS))
    fates = [_says(group, _FATE) and not _says(group, _WHOSE) for group in told]
    if not any(fates) or not any(_says(group, _WHOSE) for group in told):
        yield from told
        return
    before: Sequence[Field] = ()
    for number, group in enumerate(told):
        if fates[number]:
            before = group
        elif _says(group, _WHOSE) and not _says(group, _FATE):
            after = told[number + 1] if number + 1 < len(told) and fates[number + 1] else ()
            yield (*group, *(after or before))
        else:
            yield group


_FATE: Final = frozenset({"action"})


def _says(group: Sequence[Field], names: Set[str]) -> bool:
    return any(field.name in names for field in group)


# A server's report pasted into its letter: Amazon WorkMail, Lotus Notes gateways.
_PASTED: Final = re.compile(r"^[ \t]{0,8}(?:original|final)-recipient:", re.IGNORECASE | re.MULTILINE)
_FIELD_LINE: Final = re.compile(r"[ \t]{0,8}[A-Za-z][A-Za-z-]{2,40}:[ \t]?\S")


def pasted(words: str) -> Iterator[Recipient]:
    """The addresses of a report that stands in the text as if it were a part."""
    if not _PASTED.search(words):
        return
    lines: list[str] = []
    for line in (*words.split("\n"), ""):
        if _FIELD_LINE.match(line):
            lines.append(line.strip())
        elif lines and line[:1] in (" ", "\t") and line.strip():
            lines.append(" " + line.strip())
        elif lines:
            for group in _one_recipient_each(split_header("\n".join(lines).encode("utf-8", "replace"))):
                recipient = read_group(group)
                if recipient and recipient.address:
                    yield recipient
            lines = []


def read_group(fields: Sequence[Field]) -> Recipient | None:
    """One per-recipient group (RFC 3464 §2.3). The address we wrote to is the original one, if it is told."""
    action = _keyword(first(fields, "action"))
    address = _typed_address(first(fields, "original-recipient")) or _typed_address(
        first(fields, "final-recipient")
    )
    if not action and not address:
        return None
    diagnostic = _plain(first(fields, "diagnostic-code"))[:2000]
    told = _STATUS.search(_plain(first(fields, "status"))[:200]) or _STATUS.search(diagnostic)
    code = _REPLY_CODE.search(diagnostic)
    status = told[1] if told else f"{code[1]}.0.0" if code else ""
    action = _ACTIONS.get(action, action) or ("failed" if status.startswith("5") else "")
    return Recipient(
        address or "", action, status or ("5.0.0" if action == "failed" else "4.0.0"), _reason(diagnostic)
    )


# OpenSMTPD says `error`; others could not decide on the word.
_ACTIONS: Final = {
    "error": "failed",
    "failure": "failed",
    "fail": "failed",
    "expired": "failed",
    "delay": "delayed",
}


def _reason(diagnostic: str) -> str:
    kind, mark, text = diagnostic.partition(";")
    return (text if mark and len(kind) < 20 else diagnostic).strip()[:_REASON_CHARS]


def _keyword(value: bytes | None) -> str:
    return _plain(value).partition(" ")[0].partition(";")[0].partition("(")[0].strip().lower()


def _plain(value: bytes | None) -> str:
    """Text in which only ASCII matters, so that no charset is guessed."""
    return decode_words((value or b"")[:_PLAIN_BYTES], "utf_8")


def _typed_address(value: bytes | None) -> str | None:
    """The address of `rfc822; user@example.com` (RFC 3464 §2.1.2); of the X.400 kind there is none."""
    if not value:
        return None
    typed = value.partition(b";")[2].strip() or value
    return mailbox_address(typed.rstrip(b" \t\r\n.;,"))


# --- RFC 5965 -------------------------------------------------------------------------------------


def complained(raw: bytes, parts: Sequence[Part]) -> Recipient | None:
    """The reader who called our letter unwanted, from a feedback report; the address is often left out."""
    part = next((each for each in parts if each.content_type == "message/feedback-report"), None)
    if part is None:
        return _complained_to_hotmail(raw, parts)
    fields = split_header(structure.content(raw, part)[0][:READ_BYTES].lstrip())
    kind = _keyword(first(fields, "feedback-type")) or "abuse"
    if kind == "auth-failure":  # RFC 6591: about forged mails, not about ours
        return None
    address = _typed_address(first(fields, "original-rcpt-to")) or _typed_address(
        first(fields, "removal-recipient")
    )
    return Recipient(address or "", "complained", "", f"feedback-report: {kind}"[:_REASON_CHARS])


_HOTMAIL: Final = "x-hmxmroriginalrecipient"


def _complained_to_hotmail(raw: bytes, parts: Sequence[Part]) -> Recipient | None:
    """Outlook.com sends the letter alone, with its reader's address in a field of its own."""
    if len(parts) > _MOST_PARTS_OF_HOTMAIL:
        return None
    for part in parts:
        if part.content_type == "message/rfc822":
            data = structure.content(raw, part)[0][:READ_BYTES].lstrip()
            reader = first(cut_header(data).fields, _HOTMAIL)
            if reader is not None:
                return Recipient(mailbox_address(reader) or "", "complained", "", "junk mail report")
    return None


_MOST_PARTS_OF_HOTMAIL: Final = 3
