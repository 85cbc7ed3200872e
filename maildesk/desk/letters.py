"""Letters: the words of the templates, the right address to answer to, one mail per recipient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from maildesk.desk.case import Case, Party
from maildesk.desk.desk import Desk, Mailbox
from maildesk.desk.letter_html import html_of
from maildesk.desk.notices import FORMS, Addressee, Form, LetterKind, LetterOrder
from maildesk.desk.templates import LANGUAGE, LetterTemplates, Words
from maildesk.errors import BadInput
from maildesk.mail.addr_spec import deliverable
from maildesk.mail.composing import compose
from maildesk.mail.message import REPLY_MARK, Address, OutgoingMail
from maildesk.mail.references import KeyRing, Separator, message_id, nonce_of, reply_address, subject_tag


@dataclass(frozen=True, slots=True)
class Spoken:
    """One mail of a case as letters show it; `at` UTC, `files` the names of its attachments."""

    at: datetime
    author: str
    text: str
    files: tuple[str, ...] = ()
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """What made letters necessary.

    `cause` names it for good: the same cause gives the same Message-IDs, so that nothing is queued
    twice. `said` is the mail that caused it; `follows` places letters to customers in their
    thread; `thread` is the whole story, newest first, for letters that show it.
    """

    case: Case
    now: datetime
    cause: str
    said: Spoken | None = None
    follows: tuple[str, ...] = ()
    thread: Sequence[Spoken] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter to one recipient: its bytes are fixed and never made again."""

    kind: LetterKind
    recipient: str
    subject: str
    text: str
    message_id: str
    envelope_from: str
    content: bytes


class LetterWriter:
    """Writes every letter of one desk. `thread_size` caps the story shown to leadership, in bytes."""

    def __init__(
        self, desk: Desk, templates: LetterTemplates, keys: KeyRing, thread_size: int = 65536
    ) -> None:
        self._desk = desk
        self._templates = templates
        self._keys = keys
        self._thread_size = thread_size

    def write(self, order: LetterOrder, occasion: Occasion, to: Sequence[Addressee]) -> list[Letter]:
        """One letter for each of `to`; they share one Message-ID, since they are one letter."""
        form = FORMS[order.kind]
        words = self._templates.render(order.kind, self._values(order, occasion))
        html = html_of(words.text)
        ident = self._message_id(order.kind, occasion)
        follows = self._follows(form, occasion)
        letters = []
        for addressee in to:
            party = occasion.case.party(addressee.address)
            mail = self._mail(order, occasion, addressee, words, html, ident, follows, party)
            letters.append(
                Letter(
                    kind=order.kind,
                    recipient=deliverable(addressee.address),
                    subject=words.subject,
                    text=words.text,
                    message_id=ident,
                    envelope_from=mail.envelope_from,
                    content=compose(mail),
                )
            )
        return letters

    def alarm(self, kind: str, title: str, text: str, now: datetime) -> list[Letter]:
        """What the operators read; it belongs to no case, and nobody's answer is waited for."""
        desk = self._desk
        values = {"desk": desk, "extra": {"title": title, "text": text}}
        words = self._templates.render(LetterKind.ALARM, values)
        nonce = nonce_of(self._keys, "alarm", kind, now.isoformat())
        ident = f"alarm.{nonce}@{desk.address.rpartition('@')[2]}"
        return [
            Letter(
                kind=LetterKind.ALARM,
                recipient=address,
                subject=words.subject,
                text=words.text,
                message_id=ident,
                envelope_from=desk.address,
                content=compose(
                    OutgoingMail(
                        message_id=ident,
                        sender=Address(desk.address, desk.name),
                        to=Address(address),
                        subject=words.subject,
                        text=words.text,
                        date=now,
                        envelope_from=desk.address,
                        automatic=FORMS[LetterKind.ALARM].automatic,
                        language=LANGUAGE,
                    )
                ),
            )
            for address in desk.people.operators
        ]

    def _mail(
        self,
        order: LetterOrder,
        occasion: Occasion,
        addressee: Addressee,
        words: Words,
        html: str,
        ident: str,
        follows: tuple[str, ...],
        party: Party | None,
    ) -> OutgoingMail:
        form = FORMS[order.kind]
        mailbox = self._desk.mailbox(occasion.case.mailbox)
        back = self._reply_address(mailbox, occasion.case, party)
        return OutgoingMail(
            message_id=ident,
            sender=Address(mailbox.address, self._speaker(order)),
            to=Address(addressee.address, "" if form.fixed_words else addressee.name),
            subject=words.subject,
            text=words.text,
            html=html,
            date=occasion.now,
            envelope_from=back or mailbox.address,
            reply_to=Address(back, self._desk.name) if back else None,
            in_reply_to=follows[0] if follows else None,
            references=tuple(reversed(follows)),
            automatic=form.automatic,
            language=LANGUAGE,
        )

    def _speaker(self, order: LetterOrder) -> str:
        person = self._desk.people.person(order.author) if order.kind is LetterKind.ANSWER else None
        return f"{person.name} ({self._desk.name})" if person else self._desk.name

    def _message_id(self, kind: LetterKind, occasion: Occasion) -> str:
        nonce = nonce_of(self._keys, occasion.cause, kind)
        return message_id(self._keys, ref=occasion.case.ref, nonce=nonce, domain=self._domain(occasion.case))

    def _follows(self, form: Form, occasion: Occasion) -> tuple[str, ...]:
        """Customers' letters follow their mails; notices follow one root of their own: one thread each."""
        if form.fixed_words:
            return occasion.follows[:1]
        if form.audience.of_customers:
            return occasion.follows
        root = nonce_of(self._keys, "notices", occasion.case.ref)
        return (
            message_id(self._keys, ref=occasion.case.ref, nonce=root, domain=self._domain(occasion.case)),
        )

    def _domain(self, case: Case) -> str:
        return self._desk.mailbox(case.mailbox).address.rpartition("@")[2]

    def _reply_address(self, mailbox: Mailbox, case: Case, party: Party | None) -> str:
        if not mailbox.subaddress or party is None:
            return ""
        separator: Separator = "-" if mailbox.subaddress == "-" else "+"
        try:
            return reply_address(self._keys, mailbox.address, separator, case.ref, party.number)
        except BadInput:
            return ""  # no room for a token: the answer finds its case by its thread

    def _values(self, order: LetterOrder, occasion: Occasion) -> Mapping[str, Any]:
        case = occasion.case
        requester = case.party(case.requester)
        author = self._desk.people.person(order.author) if order.author else None
        return {
            "desk": self._desk,
            "case": case,
            "tag": subject_tag(self._desk.tag, case.ref),
            "subject": case.subject,
            "status": self._desk.policy.status(case.phase),
            "priority": self._desk.policy.remembered(case.priority),
            "requester": requester.name if requester else "",
            "said": next(iter(_capped([occasion.said], self._thread_size)), None) if occasion.said else None,
            "thread": _capped(occasion.thread, self._thread_size),
            "text": order.text,
            "author": author.name if author else "",
            "extra": order.extra,
            "reply_mark": REPLY_MARK,
        }


def _capped(thread: Sequence[Spoken], most: int) -> list[Spoken]:
    """As many mails, newest first, as fit into `most` bytes; the one that does not fit is cut and says so."""
    shown: list[Spoken] = []
    for each in thread:
        spoken = each
        if most <= 0:
            break
        data = spoken.text.encode()
        if len(data) > most:
            text = data[:most].decode(errors="ignore") + "\n[… cut here]"
            spoken = replace(spoken, text=text)
        shown.append(spoken)
        most -= len(data)
    return shown
