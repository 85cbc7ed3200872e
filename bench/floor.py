"""The bare floor: one process fetches the same mails, commits them and sends the same letters, no more.

Raw sockets, the standard library's sqlite3 and nothing of maildesk, so this is what the wire, the disk and
the interpreter cost on this machine, and the unit to count our own cost in.
"""

from __future__ import annotations

import argparse
import re
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from bench.sink import Captured, records

FETCHED, COMMITTED, CONNECTIONS = 100, 50, 4
_LITERAL = re.compile(rb"UID (\d+).*\{(\d+)\}\r\n$")
_TABLES = """
CREATE TABLE mail (id INTEGER PRIMARY KEY, uid INTEGER UNIQUE, raw BLOB);
CREATE TABLE cases (id INTEGER PRIMARY KEY, mail INTEGER, state TEXT);
CREATE TABLE event (id INTEGER PRIMARY KEY, mail INTEGER, kind TEXT);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, recipient TEXT, content BLOB, state TEXT);
"""


class Imap:
    """A logged-in connection with one folder selected, read page by page."""

    def __init__(self, port: int, folder: str) -> None:
        self._file = socket.create_connection(("127.0.0.1", port)).makefile("rwb")
        self._file.readline()
        for command in ("LOGIN support secret", f"SELECT {folder}"):
            list(self._ask(command))

    def pages(self, first: int, last: int) -> Iterator[list[tuple[int, bytes]]]:
        """The mails of these UIDs, a hundred at a time."""
        for start in range(first, last + 1, FETCHED):
            end = min(start + FETCHED - 1, last)
            yield list(self._ask(f"UID FETCH {start}:{end} (UID BODY.PEEK[])"))

    def _ask(self, command: str) -> Iterator[tuple[int, bytes]]:
        self._file.write(b"a " + command.encode() + b"\r\n")
        self._file.flush()
        while not (line := self._file.readline()).startswith(b"a "):
            if found := _LITERAL.search(line):
                yield int(found[1]), self._file.read(int(found[2]))
        if not line.startswith(b"a OK"):
            raise RuntimeError(f"{command}: {line.decode(errors='replace')}")


class Relay:
    """A few reused connections that go through their dialogue side by side."""

    def __init__(self, port: int, stack: ExitStack) -> None:
        self._files: list[BinaryIO] = []
        for _ in range(CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._files.append(connection.makefile("rwb", buffering=0))  # type: ignore[arg-type]
        self._read()
        self._say([b"EHLO floor.example"] * CONNECTIONS)

    def send(self, letters: Sequence[Captured]) -> None:
        for start in range(0, len(letters), CONNECTIONS):
            few = letters[start : start + CONNECTIONS]
            self._say([b"MAIL FROM:<support@acme.example>"] * len(few))
            self._say([b"RCPT TO:<" + one.recipient.encode() + b">" for one in few])
            self._say([b"DATA"] * len(few))
            self._say([one.raw.replace(b"\r\n.", b"\r\n..") + b"." for one in few])

    def _say(self, lines: Sequence[bytes]) -> None:
        for file, line in zip(self._files, lines, strict=False):
            file.write(line + b"\r\n")
        self._read(len(lines))

    def _read(self, count: int = CONNECTIONS) -> None:
        for file in self._files[:count]:
            answer = b""
            while not (answer.endswith(b"\n") and answer.splitlines()[-1][3:4] == b" "):
                answer += file.read(4096)
            if answer[:1] not in b"23":
                raise RuntimeError(f"the sink said {answer!r}")


class Store:
    """Four rows a mail, fifty mails a commit, as safe as the desk's own (WAL, synchronous=FULL)."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {_TABLES}")

    def keep(self, mails: Sequence[tuple[int, bytes]], letters: Sequence[Captured]) -> None:
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO mail (uid, raw) VALUES (?, ?)", mails)
        db.executemany("INSERT INTO cases (mail, state) VALUES (?, 'new')", [(uid,) for uid, _ in mails])
        db.executemany("INSERT INTO event (mail, kind) VALUES (?, 'opened')", [(uid,) for uid, _ in mails])
        rows = [(one.recipient, one.raw) for one in letters]
        db.executemany("INSERT INTO outbox (recipient, content, state) VALUES (?, ?, 'queued')", rows)
        db.execute("COMMIT")

    def sent(self) -> None:
        self._db.execute("UPDATE outbox SET state = 'sent' WHERE state = 'queued'")


def run(imap_port: int, smtp_port: int, uids: tuple[int, int], letters: list[Captured], path: Path) -> None:
    """Fetch, commit and send; letters are shared out over the mails as the desk's were."""
    total = uids[1] - uids[0] + 1
    store = Store(path)
    done = sent = 0
    with ExitStack() as stack:
        relay = Relay(smtp_port, stack)
        for page in Imap(imap_port, "Processed").pages(*uids):
            for start in range(0, len(page), COMMITTED):
                few = page[start : start + COMMITTED]
                done += len(few)
                owed = letters[sent : len(letters) * done // total]
                store.keep(few, owed)
                relay.send(owed)
                store.sent()
                sent += len(owed)
    if (done, sent) != (total, len(letters)):
        raise RuntimeError(
            f"the floor lost something: {done} of {total} mails, {sent} of {len(letters)} letters"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("imap", "smtp", "first", "last"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("letters", "database"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    letters = records(given.letters.read_bytes())
    run(given.imap, given.smtp, (given.first, given.last), letters, given.database)


if __name__ == "__main__":
    main()
