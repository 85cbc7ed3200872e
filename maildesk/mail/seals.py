"""The seals of what was written: signed and readable, or encrypted or packed and not for us to read."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

_ARMOUR: Final = "\n-----BEGIN PGP MESSAGE-----"  # RFC 9580 §6.2


class Seal(StrEnum):
    """The seal of a container that a mail program made of what was written.

    `signed`: what was signed is read, and nobody looked whether the signature is good. `encrypted`: nothing
    of it can be read. `unread`: it is packed in a way that we do not read.
    """

    NONE = ""
    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    UNREAD = "unread"


def seal_of(text: str, files: Iterable[Seal]) -> Seal:
    """The seal of a mail by its words and its files: where some of it cannot be read, this."""
    found = set(files)
    if Seal.ENCRYPTED in found or _ARMOUR in f"\n{text}":
        return Seal.ENCRYPTED
    return next((each for each in (Seal.UNREAD, Seal.SIGNED) if each in found), Seal.NONE)
