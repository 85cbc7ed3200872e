"""Sources of mail: mbox files and maildirs, read mail by mail, however many there are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol, Self

from maildesk.errors import BadInput
from maildesk.simulating.mbox import MboxMail, bytes_of, mails_in

_MAILS: Final = ("cur", "new")
_PASSED_OVER: Final = ("trash", "deleted", "drafts", "junk", "spam")
"""Folders of a maildir that hold no conversation, by the end of their name."""
_GONE: Final = frozenset("TD")
"""Flags of a mail that was deleted, or is a draft."""


@dataclass(frozen=True, slots=True)
class SourceMail:
    """One mail of a source: where it is, how a person finds it, and when it was laid there, if known."""

    place: MboxMail | Path
    name: str
    size: int
    laid: datetime | None = None


class Source(Protocol):
    """Mails in their order, and the bytes of each."""

    def mails(self) -> Iterator[SourceMail]: ...

    def bytes_of(self, mail: SourceMail) -> bytes: ...

    def close(self) -> None: ...


class MboxFile:
    """One file with all mails of a folder."""

    def __init__(self, path: Path) -> None:
        self._name = _shown(Path(path.name))
        self._file: BinaryIO = path.open("rb")

    def mails(self) -> Iterator[SourceMail]:
        self._file.seek(0)
        for each in mails_in(self._file):
            yield SourceMail(each, f"{self._name}, mail {each.number}", each.size)

    def bytes_of(self, mail: SourceMail) -> bytes:
        assert isinstance(mail.place, MboxMail)  # one of ours
        return bytes_of(self._file, mail.place)

    def close(self) -> None:
        self._file.close()


class Maildir:
    """A folder with one file for each mail, and with its subfolders but for those of thrown-away mail."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not any((path / each).is_dir() for each in _MAILS):
            remedy = "a maildir is a folder in which `cur` and `new` lie"
            raise BadInput(f"{path.name!a} is no maildir", remedy=remedy)

    def mails(self) -> Iterator[SourceMail]:
        for folder, below, files in os.walk(self._path):
            below[:] = sorted(each for each in below if not each.lower().endswith(_PASSED_OVER))
            if Path(folder).name in _MAILS:
                found = map(self._mail, (Path(folder) / each for each in sorted(files) if _kept(each)))
                yield from (each for each in found if each)

    def _mail(self, file: Path) -> SourceMail | None:
        """The mail of a file; None for what is no file, such as a socket."""
        name = _shown(file.relative_to(self._path))
        try:
            told = file.stat()
        except OSError:
            return SourceMail(file, name, 0)  # its bytes will not be there either
        if not stat.S_ISREG(told.st_mode):
            return None
        return SourceMail(file, name, told.st_size, _laid(told.st_mtime))

    def bytes_of(self, mail: SourceMail) -> bytes:
        assert isinstance(mail.place, Path)  # one of ours
        return mail.place.read_bytes()

    def close(self) -> None:
        """Nothing is open between two mails."""


def _shown(path: Path) -> str:
    """The name as text: what was no UTF-8 in it is not kept."""
    return os.fsencode(path).decode("utf-8", "replace")


def _laid(modified: float) -> datetime | None:
    """Read when a file was last written, where that is a time: mail servers keep the arrival there."""
    try:
        return datetime.fromtimestamp(int(modified), UTC)
    except (ValueError, OverflowError):
        return None


def _kept(name: str) -> bool:
    return not name.startswith(".") and not _GONE & set(name.rpartition(":2,")[2] if ":2," in name else "")


class Sources:
    """Several of them as one: threads go through all of them."""

    def __init__(self, sources: Sequence[Source], names: Sequence[str] = ()) -> None:
        self._sources = sources
        self.names = names

    @classmethod
    def opened(cls, paths: Sequence[Path], kind: type[MboxFile] | type[Maildir]) -> Self:
        """Open all of these, or none."""
        with ExitStack() as stack:
            sources: list[Source] = []
            for path in paths:
                source = kind(path)
                stack.callback(source.close)
                sources.append(source)
            stack.pop_all()
        return cls(sources, [_shown(path) for path in paths])

    def mails(self) -> Iterator[tuple[Source, SourceMail]]:
        for source in self._sources:
            for each in source.mails():
                yield source, each

    def close(self) -> None:
        for source in self._sources:
            source.close()
