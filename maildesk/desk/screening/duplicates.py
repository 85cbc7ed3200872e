"""The comparison of a mail with those we have had before (design §3)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from maildesk.desk.screening.earlier_mail import EarlierMail, Voice
from maildesk.desk.screening.persons_words import may_be_a_persons
from maildesk.desk.screening.situation import Sameness
from maildesk.mail.addr_spec import folded, same_address
from maildesk.mail.message import IncomingMail, Standing

_HEARD: Final = {Voice.MACHINE: 0, Voice.RELAYED: 1, Voice.QUIET: 2, Voice.PERSON: 3}
_MACHINES: Final = frozenset({Voice.MACHINE, Voice.RELAYED})
_KNOWN: Final = {Standing.FAILED: 0, Standing.UNKNOWN: 1, Standing.VOUCHED: 2}


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail as it is compared with those filed before it."""

    mail: IncomingMail
    mailbox: str
    uidvalidity: int
    internal_date: datetime


def sameness(
    new: NewMail, earlier: Sequence[EarlierMail], spam: Collection[str] = ()
) -> tuple[Sameness, EarlierMail | None]:
    """Tell how a mail relates to those filed before it, with the one it repeats.

    The same bytes in the same mailbox are the same delivery seen again; without a Message-ID only when
    the server's date agrees too, since yesterday's "backup failed" may read like today's. One Message-ID
    with one content is a second delivery; with another content it is another mail, never dropped. And no
    mail is the repeat of one that was heard less: of a machine's copy, or of one less vouched for.
    Only mail that a case holds can be repeated: what lies in quarantine, or was a repeat itself, is no
    reason to keep this one off a case; nor is what lies on one of the cases that were called `spam`.
    """
    on_cases = [one for one in earlier if one.case_ref is not None]
    seen = next((one for one in on_cases if _same_delivery(new, one, spam)), None)
    if seen:
        return Sameness.SEEN, seen
    if new.mail.ids.message_id is None:
        return Sameness.FRESH, None
    namesakes = [one for one in on_cases if one.message_id == new.mail.ids.message_id]
    found = _among(_Copies(new.mail, [one for one in namesakes if one.case_ref not in spam]))
    if found[0] is Sameness.FRESH:
        junk = _Copies(new.mail, [one for one in namesakes if one.case_ref in spam])
        return next(((Sameness.AFTER_SPAM, one) for one in junk.alike), found)
    return found


def says_as_much(one: EarlierMail, mail: IncomingMail) -> bool:
    """Tell whether who read the earlier mail knows every word of this one, from as well vouched an author."""
    copies = _Copies(mail, [one])
    return copies.same_words(one) and copies.as_vouched(one)


@dataclass(frozen=True, slots=True)
class _Copies:
    """A mail beside those filed before it that bear its Message-ID, the oldest first."""

    mail: IncomingMail
    namesakes: Sequence[EarlierMail]

    @property
    def alike(self) -> list[EarlierMail]:
        """The mails that may be this very mail: of the same words, or by the same trusted author."""
        return [one for one in self.namesakes if self.same_words(one) or self.same_author(one)]

    def same_words(self, one: EarlierMail) -> bool:
        return one.words_digest == self.mail.digests.words

    def same_author(self, one: EarlierMail) -> bool:
        author = trusted_author(self.mail)
        return author is not None and same_address(one.author, author)

    def as_vouched(self, one: EarlierMail) -> bool:
        """Tell whether the earlier one was at least as well vouched for."""
        return _KNOWN[one.standing] >= _KNOWN[self.mail.author.standing]

    def as_heard(self, one: EarlierMail) -> bool:
        """Tell whether the earlier one was judged a person's at least as much as this one."""
        return _HEARD[one.voice] >= _HEARD[voice_of(self.mail)]


def _among(copies: _Copies) -> tuple[Sameness, EarlierMail | None]:
    for same, holds in _KINDS:
        if one := next((each for each in copies.namesakes if holds(copies, each)), None):
            return same, one
    return Sameness.FRESH, None


def _is_duplicate(copies: _Copies, one: EarlierMail) -> bool:
    same = one.content_digest == copies.mail.digests.content
    return same and copies.as_vouched(one) and copies.as_heard(one)


def _is_copy(copies: _Copies, one: EarlierMail) -> bool:
    """The words came before; or a list changed some of them, which is the machine's and not the author's."""
    if not (copies.as_vouched(one) and copies.as_heard(one)):
        return False
    of_a_person = voice_of(copies.mail) in _MACHINES and one.voice not in _MACHINES
    return copies.same_words(one) or (of_a_person and copies.same_author(one))


def _is_heard_first(copies: _Copies, one: EarlierMail, voice: Voice) -> bool:
    """A person's mail after what a list, or another program, made of it.

    The copy of somebody less vouched must have every word of this one, and no person's copy beside it.
    """
    if one.voice is not voice or copies.as_heard(one):
        return False
    by_machine = voice in _MACHINES
    if not copies.same_words(one):
        return by_machine and copies.same_author(one) and copies.as_vouched(one)
    by_person = (each for each in copies.alike if copies.as_heard(each) and each.case_ref == one.case_ref)
    return copies.as_vouched(one) or (by_machine and not any(by_person))


_KINDS: tuple[tuple[Sameness, Callable[[_Copies, EarlierMail], bool]], ...] = (
    (Sameness.DUPLICATE, _is_duplicate),
    (Sameness.COPY, _is_copy),
    (Sameness.AFTER_MACHINE, lambda copies, one: _is_heard_first(copies, one, Voice.MACHINE)),
    (Sameness.AFTER_MACHINE, lambda copies, one: _is_heard_first(copies, one, Voice.RELAYED)),
    (Sameness.AFTER_QUIET, lambda copies, one: _is_heard_first(copies, one, Voice.QUIET)),
    (Sameness.AFTER_LESS_VOUCHED, lambda copies, one: copies.same_words(one) and not copies.as_vouched(one)),
    (Sameness.REUSED_BY_AUTHOR, lambda copies, one: copies.same_author(one) and copies.as_vouched(one)),
    (Sameness.REUSED_BY_OTHER, lambda copies, one: True),
)
"""The relations of a mail to one that bears its Message-ID: the first line that fits any of them."""


def voice_of(mail: IncomingMail) -> Voice:
    """Tell whose words it was judged to be."""
    if mail.by_machine:
        relayed = may_be_a_persons(mail) and not mail.automation.newsletter
        return Voice.RELAYED if relayed else Voice.MACHINE
    return Voice.PERSON if mail.automation.reply_allowed else Voice.QUIET


def trusted_author(mail: IncomingMail) -> str | None:
    """The strict From, folded; None where it could not be trusted, since anybody may have written that.

    Nor is it where a group says who wrote: under an id that others know, anybody could add to their mails.
    """
    author = mail.author
    untrusted = author.address is None or author.standing is Standing.FAILED or author.via
    return None if untrusted else folded(author.addr_spec)


def _same_delivery(new: NewMail, one: EarlierMail, spam: Collection[str]) -> bool:
    if one.raw_sha256 != new.mail.digests.raw:
        return False
    if one.case_ref in spam and one.uidvalidity == new.uidvalidity:
        return False  # the server has it under another UID as well: somebody sent it, or laid it there, again
    if new.mail.ids.message_id is None:
        return one.internal_date == new.internal_date
    return one.mailbox == new.mailbox


def act_digest(mail: IncomingMail, author: str, ref: str | None) -> str:
    """Digest what makes a desk person's mail the same act, whatever Message-ID it is sent under again.

    A signature need not cover the Message-ID (RFC 6376 §5.4.1 does not name it), so whoever has a copy could
    send it once more under another. Date and In-Reply-To are covered: the same words written again another
    day, or below another notice, are another act.
    """
    said = [
        folded(author),
        ref or "",
        mail.date.isoformat() if mail.date else "",
        next(iter(mail.ids.thread), ""),
        mail.body.text,
        *sorted(each.sha256 for each in mail.attachments),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
