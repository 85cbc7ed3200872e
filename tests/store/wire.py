"""A wire between us and PostgreSQL that a test can cut at the worst moment."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType

COMMIT = b"COMMIT\x00"


class Wire:
    """Forwards bytes to a server. `on_commit` is called with the cut once, at the next COMMIT of a client.

    `before` cuts without passing the COMMIT on; `after` passes it on and cuts when the server has answered,
    so that it surely was done and we surely did not hear of it.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut: str | None = None
        self.was_cut = threading.Event()
        self.when_cut: Callable[[], None] = lambda: None
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A thread that waits in accept or recv is woken by a shutdown, not by a close.
        for one in (self._listener, *self._sockets):
            _end(one)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                client.close()  # the server is down: so are we
                continue
            self._sockets += [client, server]
            for work in (self._upstream, self._downstream):
                threading.Thread(target=work, args=(client, server), daemon=True).start()

    def _upstream(self, client: socket.socket, server: socket.socket) -> None:
        while data := _received(client):
            if COMMIT in data and self.cut == "before":
                return self._cut(client, server)
            if COMMIT in data and self.cut == "after":
                self.cut = "at the answer"
            if not _sent(server, data):
                break
        return _end(server)

    def _downstream(self, client: socket.socket, server: socket.socket) -> None:
        while data := _received(server):
            if self.cut == "at the answer":
                return self._cut(client, server)
            if not _sent(client, data):
                break
        return _end(client)

    def _cut(self, client: socket.socket, server: socket.socket) -> None:
        self.cut = None
        self.when_cut()
        _end(client)
        _end(server)
        self.was_cut.set()


def _received(one: socket.socket) -> bytes:
    try:
        return one.recv(65536)
    except OSError:
        return b""


def _sent(one: socket.socket, data: bytes) -> bool:
    try:
        one.sendall(data)
    except OSError:
        return False
    return True


def _end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
