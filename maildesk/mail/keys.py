"""The desk's secret keys: one that names cases for ever, and those that sign tokens, the last one now."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from typing import Final

from maildesk.errors import BadInput

SECRET_BYTES: Final = 32
_KIDS: Final = string.ascii_lowercase + string.digits
_LINE: Final = re.compile(rf"([a-z0-9])\s+([0-9a-fA-F]{{{SECRET_BYTES * 2},256}})")
_HEADING: Final = "# Secret keys of maildesk. Keep a copy safe; who has it can sign as your desk.\n"


@dataclass(frozen=True, slots=True)
class Key:
    """A secret with the one character that names it in tokens."""

    kid: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The first key is never rotated and makes the case references; the last signs new tokens; all verify."""

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        if not self.keys:
            raise BadInput("the secret key file holds no key", remedy=_REMEDY)
        if len({key.kid for key in self.keys}) < len(self.keys):
            raise BadInput("two keys in the secret key file have the same name", remedy=_REMEDY)

    @property
    def root(self) -> Key:
        return self.keys[0]

    @property
    def current(self) -> Key:
        return self.keys[-1]

    def named(self, kid: str) -> Key | None:
        return next((key for key in self.keys if key.kid == kid), None)

    @staticmethod
    def generate(entropy: bytes) -> KeyRing:
        """The first key of a new desk, made of random bytes."""
        return KeyRing((Key(_KIDS[0], _checked(entropy)),))

    def rotated(self, entropy: bytes) -> KeyRing:
        """The ring with one more key, which signs from now on."""
        used = {key.kid for key in self.keys}
        kid = next((kid for kid in _KIDS if kid not in used), None)
        if kid is None:
            raise BadInput(
                f"all {len(_KIDS)} key names are in use",
                remedy="remove the oldest lines but the first from the secret key file",
            )
        return KeyRing((*self.keys, Key(kid, _checked(entropy))))

    @staticmethod
    def parse(text: str) -> KeyRing:
        """The ring written in a secret key file: a line `name secret` per key, `#` before a remark."""
        keys = []
        for number, line in enumerate(text.splitlines(), 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            found = _LINE.fullmatch(line)
            if not found or len(found[2]) % 2:
                raise BadInput(f"line {number} of the secret key file is no key", remedy=_REMEDY)
            keys.append(Key(found[1], bytes.fromhex(found[2])))
        return KeyRing(tuple(keys))

    def render(self) -> str:
        return _HEADING + "".join(f"{key.kid} {key.secret.hex()}\n" for key in self.keys)


_REMEDY: Final = (
    f"each line is one letter or digit, a space and {SECRET_BYTES * 2} or more hexadecimal digits; "
    "restore the file from a backup, as a new one makes the desk forget its own tokens"
)


def _checked(entropy: bytes) -> bytes:
    if len(entropy) < SECRET_BYTES:
        raise ValueError(f"a key is made of at least {SECRET_BYTES} random bytes")
    return entropy
