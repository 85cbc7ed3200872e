"""Frames in which the daemon and the child that reads mails talk to each other.

A module of its own: the child runs as `__main__`, and a class that was defined there could not be unpickled.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from maildesk.desk.screening.heard import HeardMail, UnreadMail, WordsWanted
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.own_names import NO_NAMES, OwnNames
from maildesk.mail.message import EnclosedFile, FileKey
from maildesk.mail.mime.limits import ReadingLimits

LENGTH = struct.Struct(">I")
"""Stands before every frame."""

PIPE = 2**20
"""Bytes of answers that may wait in the pipe, and as many again in the parent, before the child has to."""


@dataclass(frozen=True, slots=True)
class Setup:
    """The setup of the child. It ends itself when one frame of mails takes longer than `seconds`.

    `own_names` are the desk's addresses: a mailing list of that name is our own mailbox behind a group, and a
    From of that name says nothing of who wrote. `listening` is what mails' words are looked through for;
    with `several_languages` it matters which of them a mail is in.
    """

    trust: Trust
    limits: ReadingLimits
    seconds: int
    own_names: OwnNames = NO_NAMES
    listening: WordsWanted = field(default_factory=WordsWanted)
    several_languages: bool = False


@dataclass(frozen=True, slots=True)
class FilesOf:
    """Asks for the files of a mail that have these sha256."""

    raw: bytes
    wanted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Files:
    """The files that were asked for."""

    by_key: Mapping[FileKey, EnclosedFile]


Task = bytes | FilesOf
"""The task that the child is given: a mail to be read, or one to take files from."""


Answer = HeardMail | Files | UnreadMail
"""The result of a task."""
