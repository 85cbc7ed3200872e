"""Letters: the words of the templates, the right address to answer to, one mail per recipient."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from maildesk.desk.case.case import Case, Party
from maildesk.desk.case.case_name import said_in
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.answer_readers import (
    ShownReaders,
    answer_readers,
    named_readers,
    shown_readers,
)
from maildesk.desk.letters.answer_text import PrivateAddresses
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.customer_letters import in_copies
from maildesk.desk.letters.digest import MOST_LINES, DigestItem, grouped
from maildesk.desk.letters.enclosed_files import enclosed_in, files_for_desk, renamed
from maildesk.desk.letters.form_letters import FORM_LETTERS, form_letter
from maildesk.desk.letters.greeting import greeted
from maildesk.desk.letters.letter_context import LetterContext
from maildesk.desk.letters.letter_html import content_ids, html_of, with_pictures
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES, Confirms, holds_fixed_words
from maildesk.desk.letters.letter_values import LetterValues, language_wanted, values_of_no_case
from maildesk.desk.letters.shown_question import review_links, shown_question
from maildesk.desk.letters.templates import LetterTemplates, RenderedWords
from maildesk.desk.policy.desk import Desk, Mailbox
from maildesk.errors import BadInput
from maildesk.mail.addr_spec import deliverable
from maildesk.mail.composing import compose_body, compose_head
from maildesk.mail.identity.form_tokens import form_nonce
from maildesk.mail.identity.references import (
    KeyRing,
    confirmation_address,
    confirmation_id,
    confirmation_token,
    letter_token,
    message_id,
    nonce_of,
    reply_address,
)
from maildesk.mail.message import Address, FileKey, LetterBytes, OutgoingMail
from maildesk.mail.our_marks import LETTER_BEGIN, NOTICE_END


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLetter(LetterBytes):
    """A finished letter to one recipient: its bytes are fixed and never made again."""

    kind: LetterKind
    sender: str
    recipient: str
    subject: str
    text: str
    message_id: str
    envelope_from: str


class LetterWriter:
    """Writes every letter of one desk. `thread_size` caps the story shown to leadership, in bytes."""

    def __init__(
        self, desk: Desk, templates: LetterTemplates, keys: KeyRing, thread_size: int = 65536
    ) -> None:
        self._desk = desk
        self._templates = templates
        self._keys = keys
        self._thread_size = thread_size
        self._private = PrivateAddresses(desk)

    def write(
        self, order: LetterOrder, occasion: LetterContext, to: Sequence[Addressee]
    ) -> list[WrittenLetter]:
        """One letter for each of `to`; they share one Message-ID, since they are one letter.

        What it takes along for the requester alone stands in no copy of others, nor do one's own links.
        """
        written: list[WrittenLetter] = []
        box = self._desk.mailbox(occasion.case.mailbox)
        for told, reader, theirs in in_copies(order, occasion.case, to):
            mail_to = self._mail(told, occasion, box, reader)
            mails = [self._addressed(mail_to, told, occasion, box, each, to) for each in theirs]
            body = compose_body(mails[0])  # nothing else in it depends on who reads it
            written += [_finished(order.kind, mail, body) for mail in mails]
        return written

    def digest(self, recipient: str, items: Sequence[DigestItem], cause: str, now: datetime) -> WrittenLetter:
        """The notices that somebody of the desk is owed, in one letter of no case."""
        groups = [
            {
                "title": self._templates.default.word(NOTICES[kind].title),
                "lines": [{**self.line_of(item.case, recipient), "at": item.at} for item in same],
            }
            for kind, same in grouped(items[:MOST_LINES])
        ]
        more = max(0, len(items) - MOST_LINES)
        values = {"count": len(items), "groups": groups, "more": more, "reply_mark": LETTER_BEGIN}
        person = self._desk.people.person(recipient)
        to = Address(recipient, person.name if person else "")
        return self.of_desk(LetterKind.DIGEST, to, values, ("digest", recipient, cause), now)

    def of_desk(
        self, kind: LetterKind, to: Address, values: Mapping[str, Any], cause: Sequence[str], now: datetime
    ) -> WrittenLetter:
        """A letter to somebody of the desk about no one case; its kind and `cause` name it for good."""
        words = self._templates.render(kind, {"desk": self._desk, **values})
        ident = self._own_id(kind, *cause)
        return _finished(kind, self._own_mail(kind, to, words, ident, now))

    def line_of(self, case: Case, recipient: str) -> dict[str, Any]:
        """A case as a list of cases shows it to this reader: with the address by which they answer it."""
        case = said_in(case, self._templates.default)
        back = self.address_of(case, recipient)
        readers = named_readers(answer_readers(case, self._desk.people))
        return {"case": case, "priority": case.priority, "back": back, "readers": readers}

    def alarm(self, kind: str, title: str, text: str, now: datetime) -> list[WrittenLetter]:
        """Write what the operators read; it belongs to no case, and nobody's answer is waited for."""
        word, to = self._templates.default.word, map(Address, self._desk.people.operators)
        told, cause = {"title": word(title), "text": word(text)}, ("alarm", kind, now.isoformat())
        return [self.of_desk(LetterKind.ALARM, each, {"extra": told}, cause, now) for each in to]

    def apart(self, order: LetterOrder, cause: Cause, now: datetime) -> list[WrittenLetter]:
        """A letter of no case about a mail, which it follows: to somebody of the desk, or with a form."""
        if order.kind in FORM_LETTERS:
            mail = form_letter(order, cause, now, self._desk, self._keys, self._templates)
            return [_finished(order.kind, mail)]
        person = self._desk.people.person(order.author)
        if person is None:
            return []
        values = values_of_no_case(order, cause.said, self._desk, self._thread_size, self._templates.default)
        words = _ended(self._templates.render(order.kind, values))
        ident = self._own_id(order.kind, cause.ident, order.kind, *([str(order.part)] if order.part else []))
        if token := self._question(order.kind, cause.ident):
            ident = confirmation_id(token, self._own_domain)
        mail = self._own_mail(order.kind, Address(person.address, person.name), words, ident, now)
        follows = cause.follows[:1]
        mail = replace(
            mail, in_reply_to=next(iter(follows), None), references=(*follows, *_asked_again(order))
        )
        mail = replace(mail, enclosed=files_for_desk(order, cause.files))
        return [_finished(order.kind, mail)]

    def confirmation(self, cause: str) -> str:
        """The token of the letter that asks about this mail: in its Message-ID and its Reply-To."""
        return confirmation_token(self._keys, cause)

    def confirmation_of_several(self, cause: str) -> str:
        """The token of the letter about all that wait, of which this mail is the first."""
        return confirmation_token(self._keys, f"several {cause}")

    def confirmation_of_answer(self, cause: str) -> str:
        """The token of the letter that asks if an answer is to be sent although another was meanwhile."""
        return confirmation_token(self._keys, f"answer {cause}")

    def _question(self, kind: LetterKind, cause: str) -> str:
        """The token of a letter that asks its reader about mails of theirs; empty for any other letter."""
        confirms = FORMS[kind].confirms
        tokens = {
            Confirms.ONE: self.confirmation,
            Confirms.SEVERAL: self.confirmation_of_several,
            Confirms.ANSWER: self.confirmation_of_answer,
        }
        return tokens[confirms](cause) if confirms else ""

    def address_of(self, case: Case, reader: str) -> str:
        """The reply address of a case that somebody who takes part in it has; empty for anybody else."""
        return self._reply_address(self._desk.mailbox(case.mailbox), case, case.party(reader))

    def of(self, desk: Desk) -> LetterWriter:
        """The same writer for the same desk, as its people are today."""
        other = copy.copy(self)
        other._desk = desk
        return other

    @property
    def keys(self) -> KeyRing:
        """The keys that letters are signed with."""
        return self._keys

    @property
    def thread_size(self) -> int:
        """Bytes of the story that a letter shows at most."""
        return self._thread_size

    def take_keys(self, keys: KeyRing) -> None:
        """Sign with these from now on: the key file was rotated while we run."""
        self._keys = keys

    def _own_id(self, kind: LetterKind, *cause: str) -> str:
        """The Message-ID of a letter of no case."""
        return f"{kind}.{nonce_of(self._keys, *cause)}@{self._own_domain}"

    @property
    def _own_domain(self) -> str:
        return self._desk.address.rpartition("@")[2]

    def _own_mail(
        self, kind: LetterKind, to: Address, words: RenderedWords, ident: str, now: datetime
    ) -> OutgoingMail:
        """A letter of the desk itself, of no case."""
        desk = self._desk
        return OutgoingMail(
            message_id=ident,
            sender=Address(desk.address, _titled(desk.name, words.title)),
            to=to,
            subject=words.subject,
            text=words.text,
            date=now,
            envelope_from=desk.address,
            automatic=FORMS[kind].automatic,
            language=self._templates.language(kind).tag,
        )

    def _mail(
        self, order: LetterOrder, occasion: LetterContext, box: Mailbox, reader: str = ""
    ) -> partial[OutgoingMail]:
        """Make what all who get this letter get alike; the links of one of the desk are their own."""
        form, case = FORMS[order.kind], occasion.case
        sender = box.spoken_to([case.mailbox]) if form.audience.of_customers else box.address
        names = self._names(order, sender)
        order = replace(order, text=renamed(order.text, names)) if names else order
        wanted = language_wanted(order, case, self._desk)
        language = self._templates.language(order.kind, wanted, order.own)
        if (named := said_in(case, language)) is not case:
            case, occasion = named, replace(occasion, case=named)
        back = self._reply_address(box, case, case.party(reader), asked=form.asks_desk) if reader else ""
        question = shown_question(order, case, self._desk, self._keys, language, back)
        clicks = review_links(back, case, self._desk, language) if form.names_reader else ()
        values = LetterValues(order, occasion, self._desk, self._thread_size, language, question, clicks)
        words = self._words(order, values, sender)
        follows = self._follows(order, occasion, box)
        ids = content_ids(order.rich, order.enclosed, box.domain)
        rich = with_pictures(order.rich, ids, names)
        if self._private.hide(rich, sender) != rich:
            rich = ""  # an address that customers never read
        links = question.links if question else clicks
        returned = order.extra.get("form", "")
        return partial(
            OutgoingMail,
            message_id=self.message_id(order.kind, case, occasion.cause, order.part, form=returned),
            sender=Address(sender, self._speaker(order, words)),
            subject=words.subject,
            text=words.text,
            html=html_of(words.text, order.text.strip("\n"), rich, links, language=language.tag),
            date=occasion.now,
            in_reply_to=follows[0] if follows else None,
            references=(*reversed(follows), *_asked_again(order)),
            automatic=form.automatic,
            language=language.tag,
            enclosed=enclosed_in(order, occasion, ids if rich else {}, names),
        )

    def _words(self, order: LetterOrder, values: LetterValues, public: str) -> RenderedWords:
        """Fill the template. Customers read no address but the desk's; agents see where it ends."""
        words = self._templates.render(order.kind, values, order.own, values.language.tag)
        if FORMS[order.kind].audience.of_customers:
            said = (words.subject, words.text, words.title)
            return RenderedWords(*(self._private.hide(each, public) for each in said))
        return _ended(words)

    def _names(self, order: LetterOrder, public: str) -> dict[FileKey, str]:
        """The name that each file goes out under: customers read no private address there either."""
        if not FORMS[order.kind].audience.of_customers:
            return {each: each.name for each in order.enclosed}
        return {each: self._private.hide_in_name(each.name, public) for each in order.enclosed}

    def _addressed(
        self,
        mail_to: partial[OutgoingMail],
        order: LetterOrder,
        occasion: LetterContext,
        box: Mailbox,
        to: Addressee,
        everybody: Sequence[Addressee],
    ) -> OutgoingMail:
        """The letter as this reader gets it: their name, and where their answer leads back to.

        A person's words show who else reads them; an automatic letter names nobody else.
        """
        party = occasion.case.party(to.address)
        back = self._reply_address(box, occasion.case, party)
        inside = FORMS[order.kind].asks_colleagues
        asked = self._reply_address(box, occasion.case, party, asked=True) if inside else ""
        answer = self._answer_address(order, occasion, box) or asked or back
        reader = Address(to.address, "" if holds_fixed_words(order) else greeted(to.name))
        shown = ShownReaders(reader)
        if FORMS[order.kind].shows_readers:
            shown = shown_readers(reader, everybody, occasion.case, self._desk.people)
        return mail_to(
            to=reader,
            shown_to=shown.to,
            cc=shown.cc,
            envelope_from=back or box.address,
            reply_to=Address(answer, self._desk.name) if answer else None,
            token=letter_token(self._keys, occasion.case.ref, party.number) if party else "",
        )

    def _speaker(self, order: LetterOrder, words: RenderedWords) -> str:
        person = self._desk.people.person(order.author) if FORMS[order.kind].personal else None
        return _titled(person.name, self._desk.name) if person else _titled(self._desk.name, words.title)

    def message_id(self, kind: LetterKind, case: Case, cause: str, part: int = 0, *, form: str = "") -> str:
        """The Message-ID that a letter of this kind and cause has, whenever it is written.

        Whatever answers one that sends a `form` back is known by it as the form.
        """
        domain = self._desk.mailbox(case.mailbox).domain
        if token := self._question(kind, cause):
            return confirmation_id(token, domain)
        nonce = nonce_of(self._keys, cause, kind, *([str(part)] if part else []))
        nonce = form_nonce(form, nonce) if form else nonce
        return message_id(self._keys, ref=case.ref, nonce=nonce, domain=domain)

    def _follows(self, order: LetterOrder, occasion: LetterContext, box: Mailbox) -> tuple[str, ...]:
        """Customers' letters follow their mails; notices follow one root of their own: one thread each."""
        if holds_fixed_words(order):
            return occasion.follows[:1]
        if FORMS[order.kind].audience.of_customers:
            return occasion.follows
        root = nonce_of(self._keys, "notices", occasion.case.ref)
        return (message_id(self._keys, ref=occasion.case.ref, nonce=root, domain=box.domain),)

    def _reply_address(
        self, mailbox: Mailbox, case: Case, party: Party | None, *, asked: bool = False
    ) -> str:
        if not mailbox.subaddress or party is None:
            return ""
        own, sign = mailbox.address, mailbox.subaddress
        try:
            return reply_address(self._keys, own, sign, case.ref, party.number, asked=asked)
        except BadInput:
            return ""  # no room for a token: the answer finds its case by its thread

    def _answer_address(self, order: LetterOrder, occasion: LetterContext, mailbox: Mailbox) -> str:
        """Say where the answer to a question of ours goes: not to the case, to be said on there."""
        token = self._question(order.kind, occasion.cause)
        if not token or not mailbox.subaddress:
            return ""
        return confirmation_address(token, mailbox.address, mailbox.subaddress)


def _finished(kind: LetterKind, mail: OutgoingMail, body: bytes | None = None) -> WrittenLetter:
    """The letter that a mail is; its `body` may be one that others share."""
    return WrittenLetter(
        kind=kind,
        sender=mail.sender.address,
        recipient=deliverable(mail.to.address),
        subject=mail.subject,
        text=mail.text,
        message_id=mail.message_id,
        envelope_from=mail.envelope_from,
        head=compose_head(mail),
        body=compose_body(mail) if body is None else body,
    )


def _ended(words: RenderedWords) -> RenderedWords:
    """End what an agent reads with the line that says where it ends."""
    return replace(words, text=f"{words.text.rstrip()}\n{NOTICE_END}\n")


def _asked_again(order: LetterOrder) -> tuple[str, ...]:
    """The question that this letter asks once more: an answer to the letter, which names it, is one to it."""
    question = order.extra.get("question", "")
    return (question,) if question else ()


def _titled(name: str, title: str) -> str:
    """Name who speaks, and as whom or about what: `Ana Souza (Acme Support)`, `Acme Support (Reply)`."""
    return f"{name} ({title})" if title else name
