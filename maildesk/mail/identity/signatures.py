"""Signatures of tokens: HMAC-SHA-256, each purpose under its own name, in letters that survive mail programs.

A token made for one purpose can never be shown as another. Letters and digits are those of Crockford's
base 32: no i, l, o, u.
"""

from __future__ import annotations

import functools
import hmac
from typing import Final

from maildesk.mail.identity.keys import Key, KeyRing

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = tuple(first + second for first in ALPHABET for second in ALPHABET)
SIGNATURE_SYMBOLS: Final = 26  # 128 bits


def signed_bytes(key: Key, purpose: str, *parts: str) -> bytes:
    """An HMAC in which no two lists of parts look alike: each part is preceded by its length."""
    message = bytearray(purpose.encode())
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        message += len(data).to_bytes(8, "big") + data
    mac = _begun(key.secret).copy()
    mac.update(message)
    return mac.digest()


@functools.cache
def _begun(secret: bytes) -> hmac.HMAC:
    """An HMAC that has read its key. `hmac.digest` would hand the GIL over and back each time."""
    return hmac.new(secret, digestmod="sha256")


def base32(data: bytes, symbols: int) -> str:
    """The first symbols * 5 bits, padded with zero bits where the data ends before."""
    size = (symbols * 5 + 7) // 8
    bits = (symbols + 1) // 2 * 10  # two symbols at a time, so perhaps one more than asked for
    number = int.from_bytes(data[:size].ljust(size + 1, b"\0"), "big") >> (size * 8 + 8 - bits)
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(bits - 10, -1, -10)])[:symbols]


def signature(key: Key, purpose: str, *parts: str) -> str:
    """The symbols that sign these parts."""
    return base32(signed_bytes(key, purpose, *parts)[:16], SIGNATURE_SYMBOLS)


def verified(keys: KeyRing, kid: str, mac: str, purpose: str, *parts: str) -> bool:
    """Tell whether a key of that name, believed now, signed these parts."""
    key = keys.named(kid)
    return key is not None and hmac.compare_digest(signature(key, purpose, *parts), mac)
