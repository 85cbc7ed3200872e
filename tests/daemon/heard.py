"""What systemd hears: the other end of the notification socket."""

from __future__ import annotations

import asyncio
import socket

PATIENCE = 120.0


class Heard:
    """What came on systemd's socket."""

    def __init__(self, systemd: socket.socket) -> None:
        self.words: list[str] = []
        self._systemd = systemd

    async def hears(self, words: str, *, times: int = 1) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.words.count(words) < times:
                datagram = await asyncio.get_running_loop().sock_recv(self._systemd, 4096)
                self.words.append(datagram.decode())
