"""Files of this machine that go along with an answer: read, named and weighed before anything is done."""

from __future__ import annotations

import mimetypes
import os
import stat
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from maildesk.errors import BadInput
from maildesk.mail.message import EnclosedFile, FileKey
from maildesk.mail.mime.attachment_names import safe_name

MOST_FILES = 50
"""Files of one answer; more are better sent as an archive."""

_OCTETS = "application/octet-stream"


def attached(paths: Sequence[Path], limit: int) -> Mapping[FileKey, EnclosedFile]:
    """The files by what tells them apart; BadInput where one cannot go, or all together are too large.

    Nothing is read beyond `limit` bytes: a device that never ends is no file.
    """
    if len(paths) > MOST_FILES:
        raise BadInput(
            f"{len(paths)} files are attached, an answer may hold {MOST_FILES}",
            remedy="put them into one archive",
        )
    found: dict[FileKey, EnclosedFile] = {}
    room = limit
    for number, path in enumerate(dict.fromkeys(paths), 1):
        content = _read(path, room, limit)
        kind = mimetypes.guess_type(path.name)
        # What is compressed is what it is compressed by, which no type says.
        content_type = kind[0] if kind[0] and not kind[1] else _OCTETS
        name = safe_name(path.name, content_type, number)
        room -= len(content)
        found[FileKey(sha256(content).hexdigest(), name)] = EnclosedFile(name, content_type, content)
    return found


def _read(path: Path, room: int, limit: int) -> bytes:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(file, "rb") as opened:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise BadInput(f"{path} is no file that could be attached", remedy="name a file")
            content = opened.read(room + 1)
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise BadInput(f"{path} cannot be attached: {why}", remedy="see its name and its mode") from error
    if len(content) > room:
        raise BadInput(
            f"the files hold more than {limit / 2**20:g} MiB with {path}: nothing was sent",
            remedy="send smaller ones or a link, or raise limits.answer_files",
        )
    return content
