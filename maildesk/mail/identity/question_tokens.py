"""The answers to a question as mails ready to be sent: one signed token for each answer, behind a `mailto:`.

A link into the web is clicked by programs that look through mail; a mail is sent by a person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from maildesk.mail.addr_spec import LOCAL_OCTETS
from maildesk.mail.identity.references import (
    ANSWER_SYMBOLS,
    ANSWER_TOKEN,
    KeyRing,
    Separator,
    detail_of,
    grouped,
    plain,
)
from maildesk.mail.identity.signatures import base32, signature, verified

_PURPOSE: Final = "answer"
_MOST_SUBJECT: Final = 998  # RFC 5322 §2.1.1
_IN_SUBJECT: Final = re.compile(rf"(?<![a-z0-9.]){ANSWER_TOKEN.pattern}(?![a-z0-9.])")


@dataclass(frozen=True, slots=True)
class AnswerToken:
    """A click: the case, which asking of the case it answers (from 1), and the code of the answer."""

    ref: str
    number: int
    answer: str


def answer_code(question: str, answer: str) -> str:
    """The symbols that stand for one answer of one question, wherever the policy lists it later."""
    named = "\0".join((question, answer)).casefold()
    return base32(hashlib.sha256(named.encode("utf-8", "surrogatepass")).digest(), ANSWER_SYMBOLS)


def answer_token(keys: KeyRing, token: AnswerToken) -> str:
    """Write the token: the case, the key's name, the answer, the asking, the signature of all."""
    ref, key = plain(token.ref), keys.current
    number = str(token.number)
    mac = signature(key, _PURPOSE, ref, token.answer, number)
    return f"{ref}.{key.kid}q{token.answer}{number}{mac}"


def answer_link(
    keys: KeyRing, token: AnswerToken, mailbox_address: str, separator: Separator | None, subject: str
) -> str:
    """The `mailto:` of one answer (RFC 6068) with a subject ready to be sent.

    Where the mailbox takes no detail, or has no room for one, the token stands in the subject.
    """
    local, _, domain = mailbox_address.lower().rpartition("@")
    spelled = answer_token(keys, token)
    detailed = f"{local}{separator}{spelled}"
    if separator is None or len(detailed) > LOCAL_OCTETS:
        detailed, subject = local, f"{subject} ({spelled})"
    # A plus is written out: where an address is taken for a form's value, it would be a space.
    path = f"{quote(detailed, safe='')}@{quote(domain, safe='')}"
    return f"mailto:{path}?subject={quote(subject, safe='')}"


def read_answer_tokens(
    keys: KeyRing, recipients: Iterable[str], subject: str, mailbox_address: str
) -> tuple[AnswerToken, ...]:
    """The clicks that a mail is, by the details of this mailbox's address and by its subject.

    Only what we signed counts, in any letter case.
    """
    details = filter(None, (detail_of(each, mailbox_address) for each in recipients))
    found = [*map(ANSWER_TOKEN.fullmatch, details)]
    found += _IN_SUBJECT.finditer(_ascii_lower(subject[:_MOST_SUBJECT]))
    return tuple(dict.fromkeys(filter(None, (_read(keys, each) for each in found if each))))


def _ascii_lower(text: str) -> str:
    """Small letters; what is no ASCII becomes a question mark, which no token holds."""
    return text.encode("ascii", "replace").decode("ascii").lower()


def _read(keys: KeyRing, found: re.Match[str]) -> AnswerToken | None:
    parts = (found["ref"], found["answer"], found["number"])
    if not verified(keys, found["kid"], found["mac"], _PURPOSE, *parts):
        return None
    return AnswerToken(grouped(found["ref"]), int(found["number"]), found["answer"])
