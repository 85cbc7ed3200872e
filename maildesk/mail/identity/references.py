"""Case references, Message-IDs, reply addresses and subject tags: minted and read in this one place."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from maildesk.errors import BadInput
from maildesk.mail.addr_spec import LOCAL_OCTETS
from maildesk.mail.identity.keys import Key as Key  # minted and read here: callers need one import
from maildesk.mail.identity.keys import KeyRing as KeyRing
from maildesk.mail.identity.signatures import (
    ALPHABET,
    SIGNATURE_SYMBOLS,
    base32,
    signature,
    signed_bytes,
    verified,
)

SYMBOLS: Final = 8  # 40 bits
MOST_SYMBOLS: Final = 26
_LEAST_TYPED: Final = 4
_NONCE_SYMBOLS: Final = 16  # 80 bits

MAILBOX_CHARS: Final = LOCAL_OCTETS - len("+") - (SYMBOLS + 1) - len(".k999") - SIGNATURE_SYMBOLS
"""The longest name of a mailbox that has reply addresses: to party 999, with a reference of nine symbols."""

Separator = Literal["+", "-"]


@dataclass(frozen=True, slots=True)
class Token:
    """The contents of a reply address of ours: the case, and the number of the party it was given to.

    `asked`: it was given with a colleague's question, whose answer stays inside.
    """

    ref: str
    party: int
    asked: bool = False


def nonce_of(keys: KeyRing, *cause: str) -> str:
    """The nonce of a letter that something caused: the same cause, the same nonce, after a restore too."""
    return base32(signed_bytes(keys.root, "nonce", *cause), _NONCE_SYMBOLS)


# --- case references ------------------------------------------------------------------------------


def case_reference(keys: KeyRing, *, cause: str, digest: str, n: int = 0, symbols: int = SYMBOLS) -> str:
    """The reference of the case that a mail opens; `cause` is its Message-ID or what stands for it.

    It depends on the content and on the key that is never rotated, so a restored desk gives the same mail the
    same reference. Where it is taken, ask again with one more symbol; n > 0 is for the cases split off.
    """
    return grouped(base32(signed_bytes(keys.root, "case", cause, digest, str(n)), _checked(symbols)))


def random_reference(entropy: bytes, symbols: int = SYMBOLS) -> str:
    """The reference of a case that no mail opened."""
    if len(entropy) * 8 < _checked(symbols) * 5:
        raise ValueError(f"{symbols} symbols need {(symbols * 5 + 7) // 8} random bytes")
    return grouped(base32(entropy, symbols))


def _checked(symbols: int) -> int:
    if not SYMBOLS <= symbols <= MOST_SYMBOLS:
        raise ValueError(f"a reference has {SYMBOLS} to {MOST_SYMBOLS} symbols")
    return symbols


def grouped(symbols: str) -> str:
    """As people read a reference: 7K2Q-9F3M. A longer one has its first part in common with the shorter."""
    text = symbols.upper()
    return f"{text[:4]}-{text[4:]}" if len(text) > 4 else text


def plain(ref: str) -> str:
    """As a reference stands inside an address: 7k2q9f3m."""
    return ref.replace("-", "").lower()


_READ_AS: Final = str.maketrans("OILoil", "011011")
_DASHES: Final = re.compile("[-\u2010-\u2015\u2212]+")  # programs that write pretty text change the hyphen
_SYMBOLS: Final = re.compile(rf"[{ALPHABET}]{{{_LEAST_TYPED},{MOST_SYMBOLS}}}")
_TYPED_CHARS: Final = 200


def normal_reference(text: str) -> str | None:
    """Read what a person typed as a reference or its beginning (from four symbols); None if it cannot be."""
    if len(text) > _TYPED_CHARS:
        return None
    text = text.strip().removesuffix("]").rpartition("#")[2]
    text = _DASHES.sub("", text)
    if text[4:5] == " ":  # 7K2Q 9F3M
        text = text[:4] + text[5:]
    symbols = text.translate(_READ_AS).lower()
    return grouped(symbols) if text.isascii() and _SYMBOLS.fullmatch(symbols) else None


# --- reply addresses ------------------------------------------------------------------------------

_ADDRESS_TOKEN: Final = re.compile(
    rf"(?P<ref>[{ALPHABET}]{{{SYMBOLS},{MOST_SYMBOLS}}})\."
    rf"(?P<kid>[a-z0-9])(?P<party>0|[1-9][0-9]{{0,8}})(?P<mac>[{ALPHABET}]{{{SIGNATURE_SYMBOLS}}})"
)

ANSWER_SYMBOLS: Final = 5
"""Symbols of a token that name the answer: 25 bits of its name and its question's."""

ANSWER_TOKEN: Final = re.compile(
    rf"(?P<ref>[{ALPHABET}]{{{SYMBOLS},{MOST_SYMBOLS}}})\."
    rf"(?P<kid>[a-z0-9])q(?P<answer>[{ALPHABET}]{{{ANSWER_SYMBOLS}}})(?P<number>[1-9][0-9]{{0,4}})"
    rf"(?P<mac>[{ALPHABET}]{{{SIGNATURE_SYMBOLS}}})"
)
"""The token of an answer to a question (`question_tokens`); no party's number begins with a letter."""


FORM_TOKEN: Final = re.compile(
    rf"form\.(?P<kid>[a-z0-9])(?P<code>[{ALPHABET}]{{{ANSWER_SYMBOLS}}})(?P<mac>[{ALPHABET}]{{{SIGNATURE_SYMBOLS}}})"
)
"""The token by which a form that we sent back is known again (`form_tokens`)."""


_REPLY_PURPOSES: Final = {False: "reply", True: "asked"}
"""The purposes of reply addresses: those given with a colleague's question look alike, and say so."""


def reply_address(
    keys: KeyRing,
    mailbox_address: str,
    separator: Separator,
    ref: str,
    party: int,
    *,
    asked: bool = False,
) -> str:
    """The address that leads one party's answer back to the case: support+<ref>.<kid><party><mac>@…"""
    local, _, domain = mailbox_address.lower().rpartition("@")
    token, key = plain(ref), keys.current
    mac = signature(key, _REPLY_PURPOSES[asked], token, str(party))
    spelled = f"{local}{separator}{token}.{key.kid}{party}{mac}"
    if len(spelled) > LOCAL_OCTETS:
        raise BadInput(
            f"{mailbox_address} is too long for reply addresses: the part before the @ would have "
            f"{len(spelled)} characters, and mail servers take {LOCAL_OCTETS}",
            remedy="give the mailbox a shorter address, or set its subaddress to none",
        )
    return f"{spelled}@{domain}"


def read_reply_address(keys: KeyRing, address: str, mailbox_address: str) -> Token | None:
    """The token in a detail of this mailbox's address, in any letter case; None if we made none there.

    Whichever separator stands before it, and whatever the mailbox is set to now: what we signed counts.
    """
    detail = detail_of(address, mailbox_address)
    found = _ADDRESS_TOKEN.fullmatch(detail) if detail else None
    if not found:
        return None
    for asked, purpose in _REPLY_PURPOSES.items():
        if verified(keys, found["kid"], found["mac"], purpose, found["ref"], found["party"]):
            return Token(grouped(found["ref"]), int(found["party"]), asked)
    return None


def is_token_detail(detail: str) -> bool:
    """Tell whether what stands behind our name in an address looks, in any letter case, like a token of ours.

    Nothing is verified: nobody else's address looks so, and a letter to it would come to us.
    """
    if not detail.isascii() or len(detail) > LOCAL_OCTETS:
        return False
    detail = detail.lower()
    shapes = (_ADDRESS_TOKEN, _CONFIRMING, ANSWER_TOKEN, FORM_TOKEN)
    return any(shape.fullmatch(detail) for shape in shapes)


def detail_of(address: str, mailbox_address: str) -> str:
    """Return what stands behind this mailbox's name and a separator, in lower case; empty for others."""
    if not address.isascii():
        return ""  # a Kelvin sign in lower case is a k
    local, _, domain = address.lower().rpartition("@")
    own, _, own_domain = mailbox_address.lower().rpartition("@")
    mine = domain == own_domain and local.startswith((own + "+", own + "-"))
    return local[len(own) + 1 :] if mine else ""


def reply_addresses_in(keys: KeyRing, text: str, mailbox_address: str) -> tuple[Token, ...]:
    """The tokens of every reply address of this mailbox that stands in a text, as a digest lists them."""
    own, _, domain = mailbox_address.lower().rpartition("@")
    lowered = text.lower()  # a pattern that ignores letter case searches much more slowly
    written = [
        address
        for begins in (own + "+", own + "-")
        if begins in lowered
        for address in _written_addresses(begins, domain).findall(text)
    ]
    found = (read_reply_address(keys, each, mailbox_address) for each in dict.fromkeys(written))
    return tuple(dict.fromkeys(token for token in found if token))


@functools.cache
def _written_addresses(begins: str, domain: str) -> re.Pattern[str]:
    reference, rest = f"{SYMBOLS},{MOST_SYMBOLS}", f"{SIGNATURE_SYMBOLS + 2},{SIGNATURE_SYMBOLS + 10}"
    token = rf"[{ALPHABET}]{{{reference}}}\.[a-z0-9]{{{rest}}}"
    return re.compile(rf"{re.escape(begins)}{token}@{re.escape(domain)}", re.IGNORECASE | re.ASCII)


# --- letters that come back -----------------------------------------------------------------------


def letter_token(keys: KeyRing, ref: str, party: int) -> str:
    """Make the sign in a letter's header for the one party it goes to: nobody else ever sees it, even if it
    comes back. The Message-ID is known to all whom one event wrote to, a reply address to all who are copied.
    """
    token, key = plain(ref), keys.current
    return f"{token}.{key.kid}{party}{signature(key, 'letter', token, str(party))}"


def read_letter_token(keys: KeyRing, text: str) -> Token | None:
    """The case and party of a letter of ours that came back; None where we made no such token."""
    found = _ADDRESS_TOKEN.fullmatch(text.lower()) if text.isascii() else None
    if not found or not verified(keys, found["kid"], found["mac"], "letter", found["ref"], found["party"]):
        return None
    return Token(grouped(found["ref"]), int(found["party"]))


# --- confirmations --------------------------------------------------------------------------------

_CONFIRMING: Final = re.compile(rf"(?:confirm|ok)\.([{ALPHABET}]{{{SIGNATURE_SYMBOLS}}})")


def confirmation_token(keys: KeyRing, cause: str) -> str:
    """The word that a desk person returns to have a kept mail done: for one mail, and for one use."""
    return signature(keys.current, "confirm", cause)


def confirmation_id(token: str, domain: str) -> str:
    """The Message-ID of the letter that asks; whoever answers it returns the token."""
    return f"confirm.{token}@{domain.lower()}"


def confirmation_address(token: str, mailbox_address: str, separator: Separator) -> str:
    """The address that an answer to that letter goes to, shorter than other reply addresses."""
    local, _, domain = mailbox_address.lower().rpartition("@")
    return f"{local}{separator}ok.{token}@{domain}"


def read_confirmations(
    message_ids: Iterable[str], recipients: Iterable[str], mailbox_address: str
) -> tuple[str, ...]:
    """The tokens that a mail returns, the nearest first. What each is worth, the store knows."""
    details = filter(None, (detail_of(each, mailbox_address) for each in recipients))
    found = [*map(_CONFIRMING.fullmatch, details)]
    found += [_CONFIRMING.fullmatch(each.partition("@")[0].lower()) for each in message_ids if each.isascii()]
    return tuple(dict.fromkeys(each[1] for each in found if each))


# --- Message-IDs ----------------------------------------------------------------------------------

_NONCE: Final = re.compile(r"[a-z0-9]{1,40}")
_MESSAGE_ID: Final = re.compile(
    rf"(?P<ref>[{ALPHABET}]{{{SYMBOLS},{MOST_SYMBOLS}}})\.(?P<kid>[a-z0-9])\.(?P<nonce>[a-z0-9]{{1,40}})\."
    rf"(?P<mac>[{ALPHABET}]{{{SIGNATURE_SYMBOLS}}})"
)


def message_id(keys: KeyRing, *, ref: str, nonce: str, domain: str) -> str:
    """A Message-ID of ours, without brackets: ref.kid.nonce.mac@domain, bound to the case."""
    if not _NONCE.fullmatch(nonce):
        raise ValueError("a nonce is 1 to 40 lower-case letters and digits")
    token, key = plain(ref), keys.current
    return f"{token}.{key.kid}.{nonce}.{signature(key, 'message-id', token, nonce)}@{domain.lower()}"


def read_message_id(keys: KeyRing, message_id: str) -> str | None:
    """The case that a Message-ID of ours belongs to; None for everybody else's and for forged ones."""
    read = read_case_and_nonce(keys, message_id)
    return read[0] if read else None


def read_case_and_nonce(keys: KeyRing, message_id: str) -> tuple[str, str] | None:
    """The case and the nonce of a Message-ID of ours.

    The domain is not looked at: it may have changed since, and the signature says enough.
    """
    found = message_id.isascii() and _MESSAGE_ID.fullmatch(message_id.partition("@")[0].lower())
    if not found:
        return None
    if not verified(keys, found["kid"], found["mac"], "message-id", found["ref"], found["nonce"]):
        return None
    return grouped(found["ref"]), found["nonce"]


# Amazon SES puts its own id in the place of ours and tells it without the domain, which names the region.
_SES_ID: Final = re.compile(
    r"(?<![\w-])[0-9a-f]{16}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9]{6}(?![\w-])"
)
_SES_DOMAIN: Final = "amazonses.com"
_BRACKETED: Final = re.compile(r"<([^<>\s@]{1,200}@[^<>\s@]{1,200})>")


def ids_given_by_relay(answer: str) -> tuple[str, ...]:
    """The Message-IDs a relay says it gave a letter it took: Exchange's in brackets, Amazon's bare."""
    bare = (f"{found}@{_SES_DOMAIN}" for found in _SES_ID.findall(answer))
    return tuple(dict.fromkeys((*_BRACKETED.findall(answer), *bare)))


def as_given_by_relay(message_id: str) -> str | None:
    """The form in which `ids_given_by_relay` would have told this id, where that differs from itself."""
    local, _, domain = message_id.rpartition("@")
    return f"{local}@{_SES_DOMAIN}" if domain.lower().endswith("." + _SES_DOMAIN) else None


# --- subjects -------------------------------------------------------------------------------------


def subject_tag(tag: str, ref: str) -> str:
    """Write what stands in the subject of every letter of a case: [Acme #7K2Q-9F3M]."""
    return f"[{tag} #{ref}]"


def references_in_subject(subject: str, tag: str) -> tuple[str, ...]:
    """The whole references that our tags name, in order, each once. Anybody can write one: no proof."""
    found = (normal_reference(each) for each in _tags(tag).findall(subject))
    return tuple(dict.fromkeys(ref for ref in found if ref and len(ref) > SYMBOLS))


def without_tags(subject: str, tag: str) -> str:
    """The subject without our tags and without the white space they leave behind."""
    return " ".join((_tags(tag).sub(" ", subject) if "[" in subject else subject).split())


def bare_subject(subject: str, tag: str, *, answers: bool = True) -> str:
    """Return what the matter is called: without our tags and all the Re:, AW: and Fwd: before it.

    `answers`: the mail answers another, so R: and I: are what Italian programs write; else they are words.
    """
    subject = without_tags(subject, tag)
    before = (_PREFIXES if answers else _SURE_PREFIXES).match(subject)
    return subject[before.end() :] if before else subject


@functools.cache
def _tags(tag: str) -> re.Pattern[str]:
    """Our tag as it may come back: any letter case, and white space where a program folded the line."""
    name = r"\s++".join(map(re.escape, tag.split()))
    reference = r"[0-9A-Za-z\u2010-\u2015\u2212-]{4,40}+"
    return re.compile(rf"\[\s*+{name}\s*+#\s*+({reference})\s*+\]", re.IGNORECASE)


# "Re" and "Fwd" in the languages whose mail programs translate them.
_SURE_MARKS: Final = (
    "re|aw|antw|antwort|sv|vs|vb|vl|ref|rv|res|enc|fw|fwd|wg|tr|odp|pd|ynt|ilt|vá|tov|bls|atb|rif|doorst"
    "|odg|továbbítás|απ|σχετ|πρθ|отв|回复|回覆|答复|转发|轉寄|返信|転送|답장|회신|전달"
)


def _before_subject(marks: str) -> re.Pattern[str]:
    times = r"(?:\s?[\[(]\d{1,3}[\])]|\^\d{1,3})?"  # Re[2]: and Re^2:
    return re.compile(rf"(?:(?:{marks}){times}\s*+[:\uff1a]\s*+)++", re.IGNORECASE)


_PREFIXES: Final = _before_subject(f"{_SURE_MARKS}|r|i")
_SURE_PREFIXES: Final = _before_subject(_SURE_MARKS)
