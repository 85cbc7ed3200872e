"""A small IMAP client for looking into a test server: the standard library's, not the one under test."""

from __future__ import annotations

import base64
import imaplib
import re
from datetime import UTC, datetime


class StoredMail(bytes):
    """The raw bytes of one mail in a folder, with what the server says about it."""

    uid: int
    flags: frozenset[str]
    received: datetime

    @classmethod
    def of(cls, raw: bytes, attributes: bytes) -> StoredMail:
        mail = cls(raw)
        mail.uid = int(_one(rb"UID (\d+)", attributes))
        flags = _one(rb"FLAGS \(([^)]*)\)", attributes).decode().split()
        mail.flags = frozenset(flags) - {r"\Recent"}  # it says who looks, not what the mail is
        stamp = _one(rb'INTERNALDATE "([^"]+)"', attributes).decode().strip()
        mail.received = datetime.strptime(stamp, "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
        return mail


class Imap(imaplib.IMAP4):
    """imaplib with bytes sent exactly as given, folder names in any script, and a NO or BAD that raises."""

    def ask(self, command: str, *words: str) -> list[bytes]:
        """Send a command; its untagged answers of the same name."""
        status, answer = self._simple_command(command, *words)
        if status != "OK":
            raise self.error(f"{command} {' '.join(words)}: {status} {answer!r}")
        _, data = self._untagged_response(status, answer, command)
        return [line for line in data if line is not None]

    def must(self, command: str, *words: str) -> None:
        """Send a command whose answer does not matter, only that it is OK."""
        self.ask(command, *words)

    def sign_in(self, user: str, password: str) -> None:
        """SASL PLAIN, so that user and password may hold anything (RFC 4616)."""
        self.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{password}".encode())

    def put(self, folder: str, raw: bytes, flags: str, date: datetime | None) -> int:
        """APPEND, and the UID from its APPENDUID (RFC 4315 §3), 0 where a server tells none.

        imaplib's own would repair the line ends.
        """
        stamp = [] if date is None else [f'"{date.astimezone(UTC):%d-%b-%Y %H:%M:%S +0000}"']
        self.literal = raw  # type: ignore[assignment]  # typeshed says text; imaplib sends bytes
        status, answer = self._simple_command("APPEND", quoted(folder), flags, *stamp)
        if status != "OK":
            raise self.error(f"APPEND to {folder}: {status} {answer!r}")
        told = re.search(rb"APPENDUID \d+ (\d+)", answer[0])
        return int(told[1]) if told else 0

    def everything(self, folder: str) -> list[StoredMail]:
        status, _ = self.select(quoted(folder), readonly=True)
        if status != "OK":
            return []
        _, answer = self.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")
        pairs = [part for part in answer if isinstance(part, tuple)]
        return sorted((StoredMail.of(raw, head) for head, raw in pairs), key=lambda mail: mail.uid)

    def names(self, command: str, pattern: str = "*") -> list[str]:
        """Folder names from LIST or LSUB; those sent as literals (with quotes in them) included."""
        _, answer = self._simple_command(command, '""', quoted(pattern))
        _, data = self._untagged_response("OK", answer, command)
        return [_folder_name(line) for line in data if line]


def quoted(name: str) -> str:
    """A folder name as IMAP sends it: modified UTF-7 (RFC 3501 §5.1.3) in quotes."""
    text = re.sub(r"&|[^\x20-\x7e]+", _encoded, name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _encoded(run: re.Match[str]) -> str:
    if run[0] == "&":
        return "&-"
    letters = base64.b64encode(run[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
    return f"&{letters}-"


def _decoded(run: re.Match[str]) -> str:
    if not run[1]:
        return "&"
    letters = run[1].replace(",", "/")
    return base64.b64decode(letters + "=" * (-len(letters) % 4)).decode("utf-16-be")


def _folder_name(line: bytes | tuple[bytes, bytes]) -> str:
    if isinstance(line, tuple):
        name = line[1].decode()
    else:
        name = _one(rb'^\(.*?\) (?:"(?:\\.|[^"])*"|NIL) (.*)$', line).decode()
        if name.startswith('"'):
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return re.sub(r"&([^-]*)-", _decoded, name)


def _one(pattern: bytes, text: bytes) -> bytes:
    match = re.search(pattern, text)
    if match is None:
        raise ValueError(f"the server's answer {text[:200]!r} lacks {pattern!r}")
    return match[1]
