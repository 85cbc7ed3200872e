"""A DNS server that knows a few TXT records and nobody else: what filters ask about keys and policies."""

from __future__ import annotations

import secrets
import socketserver
import struct
import threading
from collections.abc import Mapping

TXT = 16
NO_SUCH_NAME = 3


class DnsServer:
    """Answers on port 53 of a loopback address of its own, since resolvers know no other port; needs root."""

    def __init__(self, records: Mapping[str, str]) -> None:
        self.records = dict(records)
        self.address = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250) + 1}.53"
        self._server = _Server((self.address, 53), _Handler, self.records)
        self._thread = threading.Thread(target=self._server.serve_forever, name="dns", daemon=True)
        self._thread.start()

    @property
    def resolv_conf(self) -> str:
        return f"nameserver {self.address}\noptions timeout:1 attempts:1\n"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingUDPServer):
    daemon_threads = True

    def __init__(
        self,
        place: tuple[str, int],
        handler: type[socketserver.BaseRequestHandler],
        records: Mapping[str, str],
    ) -> None:
        self.records = records
        super().__init__(place, handler)


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, sock = self.request
        assert isinstance(self.server, _Server)
        sock.sendto(answer(data, self.server.records), self.client_address)


def answer(asked: bytes, records: Mapping[str, str]) -> bytes:
    """The answer to one question (RFC 1035 §4.1): a TXT record of ours, nothing of that type, or no name."""
    number, flags = struct.unpack("!HH", asked[:4])
    name, end = _name(asked)
    (kind,) = struct.unpack("!H", asked[end : end + 2])
    text = records.get(name.lower())
    found = [] if text is None or kind != TXT else [_txt(text)]
    code = NO_SUCH_NAME if text is None else 0
    head = struct.pack("!HHHHHH", number, 0x8480 | (flags & 0x0100) | code, 1, len(found), 0, 0)
    return head + asked[12 : end + 4] + b"".join(found)


def _name(asked: bytes) -> tuple[str, int]:
    """The name asked for, and where it ends."""
    parts = []
    at = 12
    while asked[at]:
        parts.append(asked[at + 1 : at + 1 + asked[at]].decode("ascii", "replace"))
        at += 1 + asked[at]
    return ".".join(parts), at + 1


def _txt(text: str) -> bytes:
    """A TXT record for the name of the question, in strings of at most 255 bytes."""
    raw = text.encode()
    pieces = [raw[at : at + 255] for at in range(0, len(raw), 255)]
    data = b"".join(bytes([len(piece)]) + piece for piece in pieces)
    return struct.pack("!HHHIH", 0xC00C, TXT, 1, 60, len(data)) + data
