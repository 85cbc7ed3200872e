"""The machine's word on a database file that gives trouble: the driver knows only that something failed."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable, Mapping
from pathlib import Path

from maildesk.errors import (
    MaildeskError,
    StoreFull,
    StoreReadOnly,
    StoreReplaced,
    StoreUnreachable,
    TooManyFiles,
)
from maildesk.store.failures import os_words

FileId = tuple[int, int]
"""Device and inode: which file a name stands for."""

SPARE_FILES = 16
"""File descriptors that must be left before more mail is fetched: a connection, a child and a journal."""

_PROBE = bytes(65_536)


def file_id(path: Path) -> FileId | None:
    """Tell which file lies there now, if any."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def as_its_folder(made: int, folder: Path) -> None:
    """Give a file that root made to the owner of its folder: the service must be able to open it."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != os.fstat(made).st_uid:
        os.fchown(made, owner.st_uid, owner.st_gid)


def require_same(path: Path, known: FileId | None) -> None:
    """Raise unless the name still stands for the file that was opened.

    SQLite goes on writing into a file that was renamed or deleted, and what is written there is lost.
    """
    found = file_id(path)
    if known is None or found == known:
        return
    if found is None:
        raise StoreUnreachable(
            f"the database {path} is gone: it was renamed or deleted, or its disk is not there any more",
            remedy="put it back under this name and the desk goes on by itself; else restore a backup",
        )
    raise StoreReplaced(
        f"another file was put in the place of the database {path}", remedy="start the daemon again"
    )


# --- finding the true reason ----------------------------------------------------------------------


def diagnosis(path: Path, environ: Mapping[str, str] = os.environ) -> MaildeskError | None:
    """Find why the file at `path` cannot be written, where the machine can tell: asked after a failure."""
    steps: tuple[Callable[[], MaildeskError | None], ...] = (
        lambda: descriptors(1),
        lambda: _folder(path),
        lambda: temporary(environ),
    )
    return next((problem for step in steps if (problem := step())), None)


def descriptors(spare: int = SPARE_FILES) -> MaildeskError | None:
    """Find what keeps this process from opening so many files more."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    opened: list[int] = []
    try:
        opened.extend(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC) for _ in range(spare))
    except OSError as problem:
        return named_os(problem, limit) or StoreUnreachable(f"no file can be opened: {os_words(problem)}")
    finally:
        for each in opened:
            os.close(each)
    return None


def _folder(path: Path) -> MaildeskError | None:
    """Find what keeps the folder of the database from taking a file, on the disk and not only in memory."""
    try:
        _try_to_write(path.parent, sync=True)
    except OSError as problem:
        return of_the_disk(problem, path)
    return None


def of_the_disk(problem: OSError, path: Path) -> MaildeskError:
    """The error a person reads when the file system of the database at `path` said this."""
    return _told(problem, f"the disk of the database {path}", "free some disk space or raise the quota")


def temporary(environ: Mapping[str, str] = os.environ) -> MaildeskError | None:
    """Find what keeps SQLite from putting down what it sorts and may have to undo: by its own rule."""
    folder = temporary_folder(environ)
    if folder is None:
        return None
    try:
        _try_to_write(folder, sync=False)
    except OSError as problem:
        remedy = "make room there, or set SQLITE_TMPDIR to another folder"
        return _told(problem, f"the folder for temporary files {folder}", remedy)
    return None


def temporary_folder(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Find the folder of SQLite for temporary files (https://www.sqlite.org/tempfiles.html#temporary_file_storage_locations)."""
    named = (environ.get("SQLITE_TMPDIR"), environ.get("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp", ".")  # noqa: S108 - SQLite's own list
    fit = (Path(each) for each in named if each and os.access(each, os.W_OK | os.X_OK))
    return next((each for each in fit if each.is_dir()), None)


def _try_to_write(folder: Path, *, sync: bool) -> None:
    probe = folder / f".maildesk-probe-{os.getpid()}"
    file = os.open(probe, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        left = len(_PROBE)
        while left:
            left -= os.write(file, _PROBE[:left])
        if sync:
            os.fsync(file)
    finally:
        os.close(file)
        os.unlink(probe)


def _told(problem: OSError, what: str, remedy: str) -> MaildeskError:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull(f"there is no room left on {what}", remedy=remedy)
    if problem.errno == errno.EROFS:
        return StoreReadOnly(
            f"{what} is read-only",
            remedy="the system makes a disk so after an error: see its log, check it, mount it anew",
        )
    if problem.errno in (errno.EACCES, errno.EPERM):
        return StoreReadOnly(
            f"{what} cannot be written: {os_words(problem)}", remedy="let this user write there"
        )
    if problem.errno == errno.ENOENT:
        return StoreUnreachable(f"{what} is not there", remedy="see whether its disk is mounted")
    return named_os(problem) or StoreUnreachable(
        f"{what} fails: {os_words(problem)}", remedy="see the system's log: the disk may be dying"
    )


def named_os(problem: OSError, limit: int | None = None) -> MaildeskError | None:
    """The error a person reads, for what the whole machine or process has run out of."""
    if problem.errno == errno.EMFILE:
        limit = limit or resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return TooManyFiles(
            f"this process may have {limit} files open at once, and no more can be opened", remedy=_MORE_FILES
        )
    if problem.errno == errno.ENFILE:
        return TooManyFiles(
            "this machine can open no more files", remedy="raise fs.file-max, or end what opens them"
        )
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull("there is no room left on a disk", remedy="free some disk space")
    return None


_MORE_FILES = "raise LimitNOFILE= of the service, or `ulimit -n`"

FILES_WANTED = 96
"""File descriptors that a desk of a few mailboxes and one relay may come to use."""


def files_allowed() -> int:
    """Count the files this process may have open, once it has asked for all that it may ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FILES_WANTED:
        wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
        if wanted > soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return FILES_WANTED if soft == resource.RLIM_INFINITY else soft


def too_few_files(allowed: int) -> MaildeskError | None:
    """Say what is wrong with a limit of so many files."""
    if allowed >= FILES_WANTED:
        return None
    return TooManyFiles(
        f"this process may have only {allowed} files open at once, and a desk needs {FILES_WANTED}",
        remedy=_MORE_FILES,
    )
