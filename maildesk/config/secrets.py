"""A secret that has not been looked up yet: inline, from the environment, from a file, from systemd."""

from __future__ import annotations

import os
import pwd
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from maildesk.config.problems import WrongValue
from maildesk.errors import PermanentError

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", re.ASCII)
_CREDENTIAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)
_LARGEST = 64 * 1024

CREDENTIALS = "credentials"
"""The folder of root's beside the configuration: systemd hands copies of its files to the service."""

_OF_THE_UNIT = "maildesk"
"""The name of all of them in our unit: systemd calls a file of that folder by it, `_` and its own."""

_WHERE = "put the file there, readable by its owner alone, or correct the path"


class SecretKind(StrEnum):
    """The place where a secret stands."""

    TEXT = "text"
    FILE = "file"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class Secret:
    """Knows where a secret is, and tells it only when asked; showing this value shows nothing."""

    kind: SecretKind
    value: str = field(repr=False)

    def __str__(self) -> str:
        return "(secret)"

    @property
    def written_out(self) -> bool:
        """Tell whether the words of the secret stand in the configuration itself."""
        return self.kind is SecretKind.TEXT and bool(_VARIABLE.sub("", self.value))

    def resolve(self, folder: Path, environ: Mapping[str, str], key: str = "the secret") -> str:
        """The secret itself. `key` is how the configuration calls it; relative files start at `folder`.

        Raises PermanentError, which says what to do and never shows the secret.
        """
        if self.kind is SecretKind.TEXT:
            return self._substituted(environ, key)
        if self.kind is SecretKind.FILE:
            return _read(folder / Path(self.value).expanduser(), key, private=True)
        return self._handed_over(folder, environ.get("CREDENTIALS_DIRECTORY"), key)

    def _handed_over(self, folder: Path, directory: str | None, key: str) -> str:
        """A credential: the copy that systemd hands to the service, or at the shell root's own file."""
        kept = folder / CREDENTIALS / self.value
        put = f"as root put it into {kept}, mode 0600"
        if directory:
            handed = (Path(directory) / name for name in (self.value, f"{_OF_THE_UNIT}_{self.value}"))
            found = next((each for each in handed if each.exists()), Path(directory) / self.value)
            # systemd keeps its own folder private; with DynamicUser the mode shows an ACL's mask, not readers
            return _read(found, key, private=False, remedy=f"{put}, and restart the service")
        try:
            return _read(kept, key, private=True, remedy=put)
        except PermanentError as error:
            if not isinstance(error.__cause__, PermissionError):
                raise
            message = f"{key}: credential {self.value} is the service's, and at the shell root's alone"
            raise PermanentError(message, remedy="type it as root: sudo, and the same words") from error

    def _substituted(self, environ: Mapping[str, str], key: str) -> str:
        missing = [name for name in _VARIABLE.findall(self.value) if not environ.get(name)]
        if missing:
            raise PermanentError(
                f"{key}: the environment variable {missing[0]} is not set", remedy=f"set {missing[0]}"
            )
        return _VARIABLE.sub(lambda match: environ[match[1]], self.value)


def read_secret(value: Any) -> Secret:
    """Read what a configuration says where a secret is wanted."""
    if isinstance(value, Secret):
        return value
    if isinstance(value, str) and value:
        return Secret(SecretKind.TEXT, value)
    if isinstance(value, dict) and len(value) == 1:
        [(kind, place)] = value.items()
        if kind == SecretKind.FILE and isinstance(place, str) and place:
            return Secret(SecretKind.FILE, place)
        if kind == SecretKind.CREDENTIAL and isinstance(place, str) and _CREDENTIAL.fullmatch(place):
            return Secret(SecretKind.CREDENTIAL, place)
    raise WrongValue(
        "should be a secret",
        'write it as "text in quotes", "${NAME}" from the environment, {file: PATH} or {credential: NAME}',
    )


SecretValue = Annotated[Secret, BeforeValidator(read_secret)]


def _read(path: Path, key: str, *, private: bool, remedy: str = _WHERE) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe must not hang us
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise PermanentError(f"{key}: {path} cannot be read: {reason}", remedy=remedy) from error
    with os.fdopen(descriptor, "rb") as opened:
        _refuse_shared(os.fstat(opened.fileno()), path, key, private=private)
        raw = opened.read(_LARGEST + 1)
    try:
        text = raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise PermanentError(f"{key}: {path} is not UTF-8 text") from None
    if not text or len(raw) > _LARGEST:
        raise PermanentError(
            f"{key}: {path} is {'empty' if not text else 'too large for a secret'}", remedy=remedy
        )
    return text


def _refuse_shared(status: os.stat_result, path: Path, key: str, *, private: bool) -> None:
    """Only the owner may read a secret file, and the owner is us or root."""
    if not stat.S_ISREG(status.st_mode):
        raise PermanentError(f"{key}: {path} is not a file")
    if not private:
        return
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise PermanentError(f"{key}: others can read {path} (mode {mode:04o})", remedy=f"chmod 600 {path}")
    if status.st_uid not in (os.geteuid(), 0):
        raise PermanentError(
            f"{key}: {path} belongs to another user", remedy=_rightful(os.geteuid(), status.st_uid, path)
        )


def _rightful(us: int, owner: int, path: Path) -> str:
    """The way to read a file of that user: root takes nothing away from a daemon that reads it."""
    if us:
        return f"chown {us} {path}"
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"chown root {path}"
    return f"type it as that user: runuser -u {name} -- and the same words"
