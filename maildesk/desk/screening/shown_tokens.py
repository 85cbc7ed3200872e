"""Tokens that a mail of the desk's people showed to others, who could then write in an agent's name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from maildesk.desk.policy.people import People
from maildesk.desk.screening.joining import is_customer
from maildesk.mail.message import IncomingMail, Standing


class TokenKind(StrEnum):
    """The kinds of token to be shown: a reply address, the Message-ID of a letter, a question's token."""

    ADDRESS = "address"
    ID = "id"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class ShownToken:
    """One token; `token` is its case and party, its Message-ID, or the SHA-256 of a question's."""

    kind: TokenKind
    token: str


def reply_token(ref: str, party: int) -> ShownToken:
    """The reply address of that party, with whichever key it was made."""
    return ShownToken(TokenKind.ADDRESS, f"{ref}.{party}")


def id_token(message_id: str) -> ShownToken:
    """A Message-ID, in any letter case: ours are written in lower case."""
    return ShownToken(TokenKind.ID, message_id.lower())


def question_token(token: str) -> ShownToken:
    """Make the token of a letter that asks for an agent's word: whoever has it could give that word."""
    return ShownToken(TokenKind.QUESTION, hashlib.sha256(token.encode()).hexdigest())


def shows_tokens(mail: IncomingMail, people: People) -> bool:
    """Tell whether a person of the desk wrote this mail and names others in To or Cc, who see what it bears.

    Who works at the desk is not another. Whether the mail failed does not matter: its ids are known.
    """
    others = (each for each in mail.addressing.to_and_cc if is_customer(each, people))
    return _seems_by_desk(mail, people) and any(others)


def _seems_by_desk(mail: IncomingMail, people: People) -> bool:
    """Also where a group or list rewrote From: nobody is believed so, yet its readers know the rest."""
    author = mail.author
    behind = author.behind is not None and people.is_desk_person(author.behind.address)
    return people.is_desk_person(author.addr_spec) or behind


def proves_itself(mail: IncomingMail, people: People) -> bool:
    """Tell whether a person of the desk wrote this mail who is vouched for, whoever knows its tokens."""
    return mail.author.standing is Standing.VOUCHED and people.is_desk_person(mail.author.addr_spec)
