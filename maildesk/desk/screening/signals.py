"""The signals in a mail by which it points at a case, read before anything is looked up."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from maildesk.desk.policy.desk import Mailbox
from maildesk.desk.screening.shown_tokens import ShownToken, id_token, question_token, reply_token
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.identity.form_tokens import read_form_code, read_form_codes
from maildesk.mail.identity.question_tokens import AnswerToken, read_answer_tokens
from maildesk.mail.identity.references import (
    KeyRing,
    Token,
    as_given_by_relay,
    read_confirmations,
    read_letter_token,
    read_message_id,
    read_reply_address,
    references_in_subject,
    reply_addresses_in,
)
from maildesk.mail.message import IncomingMail


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals in a mail: cases with the party a reply address was given to, Message-IDs, subject tags.

    `foreign_ids` are those of the mail's own thread that we did not make, `own_ids` those we made with their
    cases; `confirmations` the single-use tokens that it returns. All have the nearest first. `written` are
    the reply addresses in its text, as below a digest: they lead nowhere, but whoever reads it has them.
    `echo` is the case whose letter bears the mail's own Message-ID; `returned` that a report brings back the
    header of a letter of ours, and so the token of the one party it went to. `asked`: it came to an address
    that was given with a colleague's question. `clicks` are the answers to questions of ours
    that a link made it for. `forms` are the codes of forms that it answers our sending back of, and
    `sent_back` how many letters that did so it follows; `formed` are the cases that it names as a form.
    """

    tokens: tuple[tuple[str, int | None], ...]
    thread_ids: tuple[str, ...]
    tags: tuple[str, ...]
    foreign_ids: tuple[str, ...] = ()
    confirmations: tuple[str, ...] = ()
    echo: str | None = None
    own_ids: tuple[tuple[str, str], ...] = ()
    written: tuple[tuple[str, int], ...] = ()
    returned: bool = False
    asked: bool = False
    clicks: tuple[AnswerToken, ...] = ()
    forms: tuple[str, ...] = ()
    sent_back: int = 0
    formed: tuple[str, ...] = ()

    @property
    def refs(self) -> set[str]:
        """Every case named outright."""
        return {ref for ref, _ in self.tokens} | {
            *self.tags,
            *([self.echo] if self.echo else []),
            *self.formed,
        }

    @property
    def shown_tokens(self) -> set[ShownToken]:
        """Every token that whoever has this mail knows."""
        named = (*self.tokens, *self.written)
        addresses = {reply_token(ref, party) for ref, party in named if party is not None}
        ids = self.thread_ids if self.own_ids or self.confirmations else ()
        return addresses | set(map(id_token, ids)) | set(map(question_token, self.confirmations))


def signals_of(
    mail: IncomingMail, keys: KeyRing, mailboxes: Collection[Mailbox], tag: str, *, shown: bool = True
) -> Signals:
    """Read every token, Message-ID and tag of a mail; only signatures that verify count as tokens.

    Its text is looked through only where the mail is `shown` to others (`shown_tokens.shows_tokens`).
    """
    thread_ids, bounce = mail.ids.thread, mail.automation.bounce
    if bounce and bounce.message_id:
        thread_ids = tuple(dict.fromkeys((bounce.message_id, *thread_ids)))
    ours = {each: ref for each in thread_ids if (ref := read_message_id(keys, each))}
    letter = read_letter_token(keys, bounce.token) if bounce and bounce.token else None
    brought = [(letter.ref, letter.party)] if letter else []
    # A report is about the letter that it brings back, whichever address of ours it was sent to.
    addresses = list(_address_tokens(mail, keys, mailboxes))
    addressed = brought or [(each.ref, each.party) for each in addresses]
    clicks = tuple(_clicks(mail, keys, mailboxes))
    tokens = [*((each.ref, None) for each in clicks), *addressed, *((ref, None) for ref in ours.values())]
    foreign = tuple(each for each in mail.ids.thread if each not in ours)
    tags = references_in_subject(mail.subject, tag)
    known_as = (told for each in thread_ids if (told := as_given_by_relay(each)))
    named = mail.addressing.recipients
    own = [each for box in mailboxes for each in box.addresses]
    returned = (read_confirmations(thread_ids, named, each) for each in own)
    confirmations = tuple(dict.fromkeys(itertools.chain.from_iterable(returned)))
    echo = read_message_id(keys, mail.ids.message_id) if mail.ids.message_id else None
    return Signals(
        tokens=tuple(dict.fromkeys(tokens)),
        thread_ids=(*thread_ids, *known_as),
        tags=tags,
        foreign_ids=foreign,
        confirmations=confirmations,
        echo=echo,
        own_ids=tuple(ours.items()),
        written=tuple(_written_tokens(mail, keys, mailboxes)) if shown else (),
        returned=letter is not None,
        asked=any(each.asked for each in addresses),
        clicks=clicks,
        forms=read_form_codes(keys, mail.ids.thread[:1], named, own),
        sent_back=sum(1 for each in mail.ids.thread if read_form_code(keys, each)),
    )


def token_addresses(recipients: Iterable[str], keys: KeyRing, mailboxes: Iterable[Mailbox]) -> Addresses:
    """Find those of these addresses that are reply addresses of ours."""
    names = [address for mailbox in mailboxes for address in mailbox.addresses]
    return Addresses(each for each in recipients if any(read_reply_address(keys, each, own) for own in names))


def _address_tokens(mail: IncomingMail, keys: KeyRing, mailboxes: Iterable[Mailbox]) -> Iterable[Token]:
    for own in (address for mailbox in mailboxes for address in mailbox.addresses):
        for address in mail.addressing.recipients:
            token = read_reply_address(keys, address, own)
            if token:
                yield token


def _clicks(mail: IncomingMail, keys: KeyRing, mailboxes: Iterable[Mailbox]) -> Iterable[AnswerToken]:
    names = (address for mailbox in mailboxes for address in mailbox.addresses)
    found = (read_answer_tokens(keys, mail.addressing.recipients, mail.subject, own) for own in names)
    return dict.fromkeys(itertools.chain.from_iterable(found))


def _written_tokens(
    mail: IncomingMail, keys: KeyRing, mailboxes: Iterable[Mailbox]
) -> Iterable[tuple[str, int]]:
    for own in (address for mailbox in mailboxes for address in mailbox.addresses):
        for token in reply_addresses_in(keys, mail.body.text, own):
            yield token.ref, token.party
