"""The file of the desk's secret keys, rotated: a new one takes its place at once, private throughout."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from maildesk.config.secrets import CREDENTIALS, Secret, SecretKind
from maildesk.config.settings import Settings
from maildesk.errors import BadInput
from maildesk.mail.identity.keys import SECRET_BYTES, KeyRing


def key_path(settings: Settings) -> Path:
    """The file of `desk.secret`, of a credential that of root; one that stands elsewhere we cannot rotate."""
    secret = settings.desk.secret
    if secret.kind is SecretKind.FILE:
        return settings.at(Path(secret.value))
    if secret.kind is SecretKind.CREDENTIAL:
        return settings.folder / CREDENTIALS / secret.value
    raise BadInput(
        "desk.secret stands in the configuration or the environment, which we do not write",
        remedy="put the key into a file of its own, with mode 0600, and write secret: {file: secret.key}",
    )


def rotate(path: Path, now: datetime) -> KeyRing:
    """Put a new key at the end of the file, note when the last one was retired, and drop what expired."""
    path = Path(os.path.realpath(path))
    with _held(path):
        ring = KeyRing.parse(
            Secret(SecretKind.FILE, str(path)).resolve(path.parent, {}, "the secret key file")
        )
        ring = ring.rotated(secrets.token_bytes(SECRET_BYTES), now)
        try:
            _replace(path, ring.render())
        except OSError as error:
            reason = (error.strerror or "error").lower()
            raise BadInput(
                f"{path} cannot be replaced: {reason}; nothing was changed",
                remedy="run this as its owner, or as root",
            ) from error
    return ring


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Nobody else rotates meanwhile: the folder is locked, as the file itself becomes another."""
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        closed = isinstance(error, PermissionError)
        raise BadInput(
            f"{path.parent} cannot be read: {(error.strerror or 'error').lower()}",
            remedy="type it as root: sudo, and the same words" if closed else "",
        ) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _replace(path: Path, text: str) -> None:
    """The file with other content, of the same owner, at every moment whole (rename(2))."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            owner = path.stat()
            if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(opened.fileno(), owner.st_uid, owner.st_gid)
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
