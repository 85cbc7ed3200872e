"""Which case a mail points at: tokens, threads and tags, the strongest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from maildesk.desk.case import Case
from maildesk.desk.desk import Mailbox
from maildesk.desk.situation import Found, Link
from maildesk.mail.message import IncomingMail
from maildesk.mail.references import (
    KeyRing,
    Separator,
    read_message_id,
    read_reply_address,
    references_in_subject,
)


@dataclass(frozen=True, slots=True)
class Signals:
    """What a mail names: cases with the party a reply address was given to, Message-IDs, subject tags."""

    tokens: tuple[tuple[str, int | None], ...]
    thread_ids: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def refs(self) -> set[str]:
        """Every case named outright."""
        return {ref for ref, _ in self.tokens} | set(self.tags)


def signals_of(mail: IncomingMail, keys: KeyRing, mailboxes: Iterable[Mailbox], tag: str) -> Signals:
    """Read every token, Message-ID and tag of a mail; only signatures that verify count as tokens."""
    thread_ids = mail.thread_ids
    if mail.bounce and mail.bounce.message_id:
        thread_ids = (mail.bounce.message_id, *thread_ids)
    in_thread = (read_message_id(keys, message_id) for message_id in thread_ids)
    tokens = [*_address_tokens(mail, keys, mailboxes), *((ref, None) for ref in in_thread if ref)]
    return Signals(tuple(dict.fromkeys(tokens)), thread_ids, references_in_subject(mail.subject, tag))


def find(
    signals: Signals, case: Callable[[str], Case | None], ref_of_message: Callable[[str], str | None]
) -> Found | None:
    """The case a mail belongs to by its strongest signal. A signal that names no case is no signal."""
    for ref, party in signals.tokens:
        if known := case(ref):
            return Found(known, Link.TOKEN, party)
    for message_id in signals.thread_ids:
        named = ref_of_message(message_id)
        if named and (known := case(named)):
            return Found(known, Link.THREAD)
    for ref in signals.tags:
        if known := case(ref):
            return Found(known, Link.TAG)
    return None


def _address_tokens(
    mail: IncomingMail, keys: KeyRing, mailboxes: Iterable[Mailbox]
) -> Iterable[tuple[str, int | None]]:
    separators: Mapping[str, Separator] = {"+": "+", "-": "-"}
    for mailbox in mailboxes:
        separator = separators.get(mailbox.subaddress)
        if separator is None:
            continue
        for address in mail.recipients:
            token = read_reply_address(keys, address, mailbox.address, separator)
            if token:
                yield token.ref, token.party
