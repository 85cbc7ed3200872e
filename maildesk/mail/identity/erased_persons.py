"""The code of a person who was erased: made of the address by the secret key, and no way leads back."""

from __future__ import annotations

from maildesk.mail.addr_spec import person_key
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.identity.signatures import signed_bytes


def person_code(keys: KeyRing, address: str) -> str:
    """The code, by the key that is never rotated: an older copy of the desk makes the same one."""
    return signed_bytes(keys.root, "erased person", person_key(address)).hex()
