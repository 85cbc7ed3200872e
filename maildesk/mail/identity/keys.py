"""The desk's secret keys: one that names cases for ever, and those that sign tokens, the last one now."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from maildesk.errors import BadInput

SECRET_BYTES: Final = 32
_KIDS: Final = string.ascii_lowercase + string.digits
HONOURED: Final = timedelta(days=90)
"""The time for which a retired key is believed: answers to last quarter's letters still find their case."""

_LINE: Final = re.compile(rf"([a-z0-9])\s+([0-9a-fA-F]{{{SECRET_BYTES * 2},256}})(?:\s+retired\s+(\S+))?")
_HEADING: Final = "# Secret keys of maildesk. Keep a copy safe; who has it can sign as your desk.\n"


@dataclass(frozen=True, slots=True)
class Key:
    """A secret with the one character that names it in tokens; `retired` is when another took its place."""

    kid: str
    secret: bytes = field(repr=False)
    retired: datetime | None = None

    @property
    def honoured_until(self) -> datetime | None:
        """The moment when its tokens stop being believed; None as long as nothing ended it."""
        return self.retired + HONOURED if self.retired else None

    def honoured(self, now: datetime) -> bool:
        until = self.honoured_until
        return until is None or now < until


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The first key is never rotated and makes the case references; the last signs new tokens.

    All verify but those in `expired`: `at` puts in what a moment asks for.
    """

    keys: tuple[Key, ...]
    expired: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.keys:
            raise BadInput("the secret key file holds no key", remedy=_REMEDY)
        if len({key.kid for key in self.keys}) < len(self.keys):
            raise BadInput("two keys in the secret key file have the same name", remedy=_REMEDY)
        if self.keys[-1].retired:
            raise BadInput("the last key in the secret key file is retired: none signs", remedy=_REMEDY)

    @property
    def root(self) -> Key:
        return self.keys[0]

    @property
    def current(self) -> Key:
        return self.keys[-1]

    def named(self, kid: str) -> Key | None:
        """The key whose tokens are believed under this name."""
        return next((key for key in self.keys if key.kid == kid and kid not in self.expired), None)

    def at(self, now: datetime) -> KeyRing:
        """The ring as it is to be believed at `now`; the first key goes on making references in any case."""
        expired = frozenset(key.kid for key in self.keys if not key.honoured(now))
        return self if expired == self.expired else replace(self, expired=expired)

    @staticmethod
    def generate(entropy: bytes) -> KeyRing:
        """The first key of a new desk, made of random bytes."""
        return KeyRing((Key(_KIDS[0], _checked(entropy)),))

    def rotated(self, entropy: bytes, now: datetime) -> KeyRing:
        """The ring with one more key, which signs from now on; what nobody believes any more is left out."""
        kept = tuple(self._kept(now))
        used = {key.kid for key in kept}  # a name is not given again while its tokens are believed
        kid = next((kid for kid in _KIDS if kid not in used), None)
        if kid is None:
            raise BadInput(
                f"all {len(_KIDS)} key names are in use",
                remedy=f"wait: keys go {HONOURED.days} days after they were retired",
            )
        return KeyRing((*kept, Key(kid, _checked(entropy))))

    def _kept(self, now: datetime) -> Iterator[Key]:
        for key in self.keys:
            if key is self.root or key.honoured(now):
                yield replace(key, retired=key.retired or now.replace(microsecond=0))

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
            keys.append(Key(found[1], bytes.fromhex(found[2]), _moment(found[3], number)))
        return KeyRing(tuple(keys))

    def render(self) -> str:
        return _HEADING + "".join(f"{_spelled(key)}\n" for key in self.keys)


_REMEDY: Final = (
    f"each line is one letter or digit, a space and {SECRET_BYTES * 2} or more hexadecimal digits, and for "
    "all but the last perhaps `retired` with a time such as 2026-11-22T08:30:00Z; "
    "restore the file from a backup, as a new one makes the desk forget its own tokens"
)


def _checked(entropy: bytes) -> bytes:
    if len(entropy) < SECRET_BYTES:
        raise ValueError(f"a key is made of at least {SECRET_BYTES} random bytes")
    return entropy


def _spelled(key: Key) -> str:
    retired = f" retired {key.retired.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if key.retired else ""
    return f"{key.kid} {key.secret.hex()}{retired}"


def _moment(text: str | None, line: int) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(f"line {line} of the secret key file: {text[:40]!a} is no time", remedy=_REMEDY)
    return moment.astimezone(UTC)
