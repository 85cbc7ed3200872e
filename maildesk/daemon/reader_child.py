"""The child that reads mails: hostile bytes meet our parser here, where nothing else can be harmed.

Speaks frames on its standard streams: four bytes of length, then a pickle. The first frame in is a
`Setup`, answered by an empty one when all is loaded; every further frame is a list of tasks, raw mails for
the most part, answered by one frame with what became of each.
"""

from __future__ import annotations

import contextlib
import fcntl
import pickle
import resource
import signal
import sys
from dataclasses import replace
from typing import BinaryIO

from maildesk.daemon.garbage import collect_seldom
from maildesk.daemon.reader_frames import LENGTH, PIPE, Answer, Files, FilesOf, Setup, Task
from maildesk.daemon.words_language import Classify, classifier, language_of_words
from maildesk.desk.screening.heard import HeardMail, UnreadMail, WordsFound, hear
from maildesk.errors import Unreadable
from maildesk.mail.forwarded import with_passed_on
from maildesk.mail.message import EnclosedFile, FileKey, IncomingMail, Standing
from maildesk.mail.own_html import own_html
from maildesk.mail.reading import attachments_of, read_mail

MEMORY = 1 << 30
"""Bytes of address space the child may use; a mail that wants more ends it."""


def answer(task: Task, setup: Setup, classify: Classify | None = None) -> Answer:
    """Give what was asked for, or say why not: whatever the parser throws says something about the mail."""
    try:
        if isinstance(task, FilesOf):
            return _files(task, setup)
        mail = read_mail(task, trust=setup.trust, limits=setup.limits, own_names=setup.own_names)
        mail = with_passed_on(mail, task, setup.limits)
        heard = hear(mail, setup.listening)
        if classify and (language := language_of_words(mail, classify)):
            heard = replace(heard, language=language)
        return HeardMail(mail, _with_html(heard, mail, task, setup))
    except Unreadable as problem:
        return UnreadMail("unreadable", str(problem))
    except Exception as problem:  # noqa: BLE001 - the mail goes to quarantine with this reason, never lost
        return UnreadMail("reader-error", f"our reader failed on it ({type(problem).__name__})")


def _with_html(heard: WordsFound, mail: IncomingMail, raw: bytes, setup: Setup) -> WordsFound:
    """The words of somebody of the desk as the HTML that they were written in, where it says the same.

    Who surely is somebody else says nothing in their name, and costs no more than any stranger's mail.
    """
    said = heard.said
    if not said.words or mail.author.standing is Standing.FAILED:
        return heard
    rich = own_html(raw, said.words, mail.attachments, setup.limits)
    return replace(heard, said=replace(said, rich=rich)) if rich else heard


def _files(task: FilesOf, setup: Setup) -> Files:
    """In the mail's order; equal bytes are kept once, whatever names they have."""
    found: dict[FileKey, EnclosedFile] = {}
    kept: dict[str, bytes] = {}
    for each, data in attachments_of(task.raw, setup.limits):
        if each.sha256 in task.wanted:
            data = kept.setdefault(each.sha256, data)
            found.setdefault(each.key, EnclosedFile(each.name, each.content_type, data))
    return Files(found)


def main() -> None:
    """Read frames until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the parent, which ends us
    collect_seldom()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    frames, out = sys.stdin.buffer, sys.stdout.buffer
    _widen(out)
    first = _frame(frames)
    if first is None:
        return
    setup: Setup = pickle.loads(first)  # noqa: S301 - from our own parent
    classify = classifier() if setup.several_languages else None
    out.write(LENGTH.pack(0))
    out.flush()
    while (group := _frame(frames)) is not None:
        signal.alarm(setup.seconds + 5)  # the parent kills us sooner; this is for when it is gone
        tasks: list[Task] = pickle.loads(group)  # noqa: S301 - from our own parent
        data = pickle.dumps(
            [answer(task, setup, classify) for task in tasks], protocol=pickle.HIGHEST_PROTOCOL
        )
        signal.alarm(0)
        out.write(LENGTH.pack(len(data)) + data)
        out.flush()


def _widen(out: BinaryIO) -> None:
    """Make room for a frame of answers: waiting in its middle for the reader costs a fifth of our time."""
    with contextlib.suppress(AttributeError, OSError):  # only Linux can, and may allow less: then we wait
        fcntl.fcntl(out, fcntl.F_SETPIPE_SZ, PIPE)


def _frame(source: BinaryIO) -> bytes | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = LENGTH.unpack(head)[0]
    data = source.read(size)
    return data if len(data) == size else None


if __name__ == "__main__":
    main()
