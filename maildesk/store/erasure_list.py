"""The list of what was erased, in a file outside the database: a copy that is older is told of it.

A backup that was made before holds what was erased since. The list has no words and no addresses: references
of cases, the keys by which the very same mail is known again, and of persons a code that only the desk's
secret key makes of an address.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from maildesk.errors import BadInput, StoreUnusable
from maildesk.store import disk
from maildesk.store.column_types import moment_text
from maildesk.store.erased_key import ErasedKey
from maildesk.store.failures import os_words

_log = logging.getLogger(__name__)

_MOMENTS: Final = ("internal_date", "received_at")


@dataclass(frozen=True, slots=True)
class ErasureNote:
    """One line of the list: when, which cases, which mails, and the codes of persons."""

    at: datetime
    cases: tuple[str, ...] = ()
    mails: tuple[ErasedKey, ...] = ()
    persons: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.cases or self.mails or self.persons)


class ErasureList:
    """The file in which each erasure is a line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write_down(self, *notes: ErasureNote) -> None:
        """Add lines, on disk when it returns; raises StoreUnusable where that cannot be."""
        lines = "".join(_line(each) for each in notes if not each.empty)
        if not lines:
            return
        try:
            self._append(lines.encode())
        except OSError as error:
            raise StoreUnusable(
                f"it was erased, and cannot be noted in {self.path}: {os_words(error)}",
                remedy="let this user write that file, or name another: store.erased. It is noted then; "
                "without it an older backup that is put back does not know what is to be erased again",
            ) from error

    def _append(self, lines: bytes) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        file = os.open(self.path, flags, 0o600)
        try:
            disk.as_its_folder(file, self.path.parent)
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                lines = b"\n" + lines  # the last one was cut off while it was written
            while lines:
                lines = lines[os.write(file, lines) :]
            os.fsync(file)
        finally:
            os.close(file)

    def notes(self) -> list[ErasureNote]:
        """Read the list; a line that was cut off while it was written is none.

        Raises StoreUnusable where it is there and cannot be read.
        """
        try:
            return list(self._read()) if self.path.is_file() else []
        except OSError as error:
            raise StoreUnusable(
                f"what was erased stands in {self.path}, which cannot be read: {os_words(error)}",
                remedy="let this user read that file, or name another: store.erased",
            ) from error

    def _read(self) -> Iterator[ErasureNote]:
        for number, line in enumerate(
            self.path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        ):
            try:
                yield _note_of(json.loads(line))
            except (ValueError, KeyError, TypeError):
                if line:
                    _log.warning("%s: line %d is no line of this list, and is left out", self.path, number)

    @property
    def can_be_written(self) -> bool:
        """Tell whether a line could be added; nothing is written to find that out."""
        there = self.path if os.path.lexists(self.path) else self.path.parent
        return os.access(there, os.W_OK)


def list_in(path: Path) -> list[ErasureNote]:
    """Read a list that somebody named; BadInput where it is none."""
    try:
        notes = ErasureList(path).notes()
    except StoreUnusable as problem:
        raise BadInput(problem.message, remedy=f"let this user read {path}") from problem
    if not notes:
        raise BadInput(f"{path} is no list of what was erased", remedy="maildesk db erased FILE writes one")
    return notes


def as_lines(notes: Iterable[ErasureNote]) -> str:
    """The text of a list."""
    return "".join(_line(each) for each in notes if not each.empty)


def _line(note: ErasureNote) -> str:
    return json.dumps(asdict(note), default=moment_text, separators=(",", ":")) + "\n"


def _note_of(said: dict[str, Any]) -> ErasureNote:
    keys = (ErasedKey(**{**each, **_moments_of(each)}) for each in said["mails"])
    at = datetime.fromisoformat(said["at"])
    return ErasureNote(at, tuple(said["cases"]), tuple(keys), tuple(said.get("persons", ())))


def _moments_of(said: dict[str, Any]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(said[name]) for name in _MOMENTS}
