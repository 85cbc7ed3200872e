"""A running daemon takes up a rotated key: else it would not know the tokens that the command line signs."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from maildesk.config import building
from maildesk.config.secrets import SecretKind
from maildesk.config.settings import Settings
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.errors import MaildeskError

_log = logging.getLogger(__name__)

_Stamp = tuple[int, int, int] | None


class KeyWatch:
    """Looks whether the key file became another. One `stat` each time; a broken file changes nothing."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], writer: LetterWriter) -> None:
        self._settings = settings
        self._environ = environ
        self._writer = writer
        self._seen: _Stamp = None  # the first look reads: it may have changed since the writer's were read

    def look(self) -> None:
        """Let the writer sign with what the file says now, and believe what it names."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            keys = building.keyring(self._settings, self._environ)
        except MaildeskError as problem:
            _log.error("the secret keys changed and cannot be used, the old ones stay: %s", problem)
            return
        if keys.root.secret != self._writer.keys.root.secret:
            _log.error("the first secret key became another, the old keys stay: references would change")
            return
        if keys.keys == self._writer.keys.keys:
            return
        self._writer.take_keys(keys)
        _log.info("secret keys taken up keys=%d current=%s", len(keys.keys), keys.current.kid)

    def _stamp(self) -> _Stamp:
        secret = self._settings.desk.secret
        if secret.kind is not SecretKind.FILE:
            return None  # a credential is handed over at the start, and stays
        try:
            found = os.stat(self._settings.at(Path(secret.value)))
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
