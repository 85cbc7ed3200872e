"""The file that keeps the tokens of one login: private, whole at every moment, one writer at a time.

It is no part of the database: a restored copy would present an old refresh token, and strict servers
answer that by revoking all.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from maildesk.errors import TokensUnusable, TokenUnavailable

_LARGEST = 256 * 1024
# Root may come here too (`maildesk check`), and the folder is another's: no link of theirs leads root away.
_LOCK_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
_LOOK_AGAIN = 0.05  # seconds between two tries to take a lock


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """The tokens of a login, and their moments in seconds since 1970.

    `begun`: a renewal began then and has not come to its end.
    """

    access: str = field(default="", repr=False)
    obtained: float = 0
    expires: float = 0
    refresh: str = field(default="", repr=False)
    refresh_since: float = 0
    begun: float = 0
    scope: str = ""


@dataclass(frozen=True, slots=True)
class TokenFile:
    """Reads and replaces the file. `patience`: seconds to wait for another process that renews."""

    path: Path
    patience: float = 60

    def read(self) -> StoredTokens:
        """The tokens; none where there is no file yet. Raises TokensUnusable."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
        except FileNotFoundError:
            return StoredTokens()
        except OSError as error:
            raise self._unusable("cannot be read", error) from error
        with os.fdopen(descriptor, "rb") as opened:
            self._refuse_shared(os.fstat(opened.fileno()))
            raw = opened.read(_LARGEST + 1)
        return self._understood(raw)

    def write(self, tokens: StoredTokens) -> None:
        """Replace the file, private and on disk; an interruption leaves the old one or the new one."""
        try:
            beside = self._written_beside(tokens)
            try:
                beside.replace(self.path)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
            self._sync_folder()
        except OSError as error:
            raise self._unusable("cannot be written", error) from error

    def prove(self) -> None:
        """Raise TokensUnusable where tokens cannot be read, or none could be written; nothing is changed."""
        with self.held():
            self.read()
            try:
                self._written_beside(StoredTokens()).unlink()
            except OSError as error:
                raise self._unusable("cannot be written", error) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """The time in which nobody else renews these tokens, in this process or another."""
        descriptor = self._open_lock()
        try:
            give_up = time.monotonic() + self.patience
            while not _taken(descriptor):
                if time.monotonic() > give_up:
                    raise TokenUnavailable(
                        f"another process has held {self._lock} for {self.patience:g} s",
                        remedy="is a maildesk command hanging? End it",
                    )
                time.sleep(_LOOK_AGAIN)
            yield
        finally:
            os.close(descriptor)

    # --- the folder and its owner -----------------------------------------------------------------

    def _written_beside(self, tokens: StoredTokens) -> Path:
        """Write another file, private and on disk, to be put in the place of ours."""
        self._make_folder()
        beside = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                self._give_to_owner(opened.fileno())
                json.dump(asdict(tokens), opened, indent=1)
                opened.write("\n")
                opened.flush()
                os.fsync(opened.fileno())
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        return beside

    @property
    def _lock(self) -> Path:
        return self.path.with_name(f"{self.path.name}.lock")

    def _open_lock(self) -> int:
        try:
            self._make_folder()
            try:
                return os.open(self._lock, _LOCK_FLAGS)
            except FileNotFoundError:
                return self._made_lock()
        except OSError as error:
            raise self._unusable("cannot be locked", error) from error

    def _made_lock(self) -> int:
        """Make the lock's file, unless another process is quicker; only what we made changes its owner."""
        try:
            descriptor = os.open(self._lock, _LOCK_FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return os.open(self._lock, _LOCK_FLAGS)
        self._give_to_owner(descriptor)
        return descriptor

    def _make_folder(self) -> None:
        folder = self.path.parent
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
            _chown_like(folder, folder.parent)

    def _give_to_owner(self, descriptor: int) -> None:
        """Give what root writes to whom the folder belongs to, who could not read it otherwise."""
        _chown_like(descriptor, self.path.parent)

    def _sync_folder(self) -> None:
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    # --- what is refused --------------------------------------------------------------------------

    def _refuse_shared(self, status: os.stat_result) -> None:
        """Tokens are secrets: only their owner may read them, and that is us, unless we are root."""
        mode = stat.S_IMODE(status.st_mode)
        if not stat.S_ISREG(status.st_mode):
            raise TokensUnusable(f"{self.path} is not a file", remedy="move it away")
        if mode & 0o077:
            message = f"others can read the tokens in {self.path} (mode {mode:04o})"
            raise TokensUnusable(message, remedy=f"chmod 600 {self.path}")
        if os.geteuid() and status.st_uid != os.geteuid():
            message = f"{self.path} belongs to another user"
            raise TokensUnusable(message, remedy=f"chown {os.geteuid()} {self.path}")

    def _understood(self, raw: bytes) -> StoredTokens:
        try:
            data = json.loads(raw) if len(raw) <= _LARGEST else None
        except ValueError:
            data = None
        known = {each.name: type(each.default) for each in fields(StoredTokens)}
        if not isinstance(data, dict) or not all(_fits(data.get(name), kind) for name, kind in known.items()):
            remedy = (
                f"move it away; a login of flow person is then made anew: maildesk login {self.path.stem}"
            )
            raise TokensUnusable(f"{self.path} is damaged: it holds no tokens", remedy=remedy)
        return StoredTokens(**{name: data[name] for name in known})

    def _unusable(self, what: str, error: OSError) -> TokensUnusable:
        reason = (error.strerror or "error").lower()
        return TokensUnusable(
            f"the tokens in {self.path} {what}: {reason}",
            remedy="the user the desk runs as must be able to write that folder; `tokens:` names another",
        )


def _fits(value: object, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _chown_like(what: Path | int, folder: Path) -> None:
    if os.geteuid() == 0:
        owner = folder.stat()
        if isinstance(what, int):
            os.fchown(what, owner.st_uid, owner.st_gid)
        else:
            os.chown(what, owner.st_uid, owner.st_gid, follow_symlinks=False)
