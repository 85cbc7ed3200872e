"""Tokens of forms that we sent back, by which whoever fills them in answers the form and nothing else.

They give no right: anybody may send the form. So they are bound to no case and to nobody.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from maildesk.mail.addr_spec import LOCAL_OCTETS
from maildesk.mail.identity.references import (
    ANSWER_SYMBOLS,
    FORM_TOKEN,
    KeyRing,
    Separator,
    detail_of,
    read_case_and_nonce,
)
from maildesk.mail.identity.signatures import ALPHABET, SIGNATURE_SYMBOLS, base32, signature, verified

_PURPOSE: Final = "form"
_MARK: Final = "form"
"""Before the code in the nonce of a case's letter: no nonce of ours begins so, as it has no letter o."""
_ID: Final = re.compile(
    rf"form\.(?P<kid>[a-z0-9])(?P<code>[{ALPHABET}]{{{ANSWER_SYMBOLS}}})\.(?P<nonce>[{ALPHABET}]{{1,40}})\."
    rf"(?P<mac>[{ALPHABET}]{{{SIGNATURE_SYMBOLS}}})"
)


def form_code(name: str) -> str:
    """The symbols that stand for a form."""
    return base32(hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).digest(), ANSWER_SYMBOLS)


def form_nonce(form: str, nonce: str) -> str:
    """The nonce of a letter about a case that sends this form back."""
    return f"{_MARK}{form_code(form)}{nonce}"


def form_id(keys: KeyRing, form: str, nonce: str, domain: str) -> str:
    """The Message-ID of a letter of no case that sends this form back."""
    key, code = keys.current, form_code(form)
    return f"form.{key.kid}{code}.{nonce}.{signature(key, _PURPOSE, code, nonce)}@{domain.lower()}"


def form_address(keys: KeyRing, form: str, mailbox_address: str, separator: Separator) -> str:
    """The address that the filled form comes back to; empty where the mailbox has no room for a token."""
    local, _, domain = mailbox_address.lower().rpartition("@")
    key, code = keys.current, form_code(form)
    detailed = f"{local}{separator}form.{key.kid}{code}{signature(key, _PURPOSE, code)}"
    return f"{detailed}@{domain}" if len(detailed) <= LOCAL_OCTETS else ""


def read_form_code(keys: KeyRing, message_id: str) -> str | None:
    """The code of the form that a letter with this Message-ID sent back; None of all other ids."""
    if _MARK not in message_id.lower():
        return None
    if ours := read_case_and_nonce(keys, message_id):
        nonce = ours[1]
        return nonce[len(_MARK) :][:ANSWER_SYMBOLS] if nonce.startswith(_MARK) else None
    found = message_id.isascii() and _ID.fullmatch(message_id.partition("@")[0].lower())
    if not found or not verified(keys, found["kid"], found["mac"], _PURPOSE, found["code"], found["nonce"]):
        return None
    return found["code"]


def sends_back(keys: KeyRing, message_id: str, nonce: str) -> bool:
    """Tell whether this is the Message-ID of the letter of no case with that nonce which sent a form back."""
    return read_form_code(keys, message_id) is not None and f".{nonce}." in message_id.lower()


def read_form_codes(
    keys: KeyRing, message_ids: Iterable[str], recipients: Iterable[str], mailboxes: Iterable[str]
) -> tuple[str, ...]:
    """The codes of the forms that a mail returns: by a letter that it answers, or the address it came to."""
    named = list(recipients)
    details = (detail_of(each, box) for box in mailboxes for each in named)
    shown = [found for each in details if each and (found := FORM_TOKEN.fullmatch(each))]
    ours = (each for each in shown if verified(keys, each["kid"], each["mac"], _PURPOSE, each["code"]))
    answered = filter(None, (read_form_code(keys, each) for each in message_ids))
    return tuple(dict.fromkeys((*answered, *(each["code"] for each in ours))))
