"""The port to a relay: how a letter is handed over, and what the relay's answer may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Accepted:
    """The relay took it."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The relay said no: for now (4xx), or for good (5xx). Whatever we do not understand is for now."""

    code: int
    text: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can tell whether the relay has the mail: it stopped talking after the mail began."""

    text: str


Answer = Accepted | Refused | Unknown


class RelayConnection(Protocol):
    """A conversation with one relay. `offer`, `begin`, then `transmit`; then the next mail.

    Raised while the mail is certainly not sent (by `offer`, by `begin`, and by `transmit` where the relay has
    hung up since): ConnectionLost, ServerBusy (come back later with everything), LoginRefused (the relay
    wants a login that it did not get), and HungUp by `offer` alone: the relay ended the connection after the
    mail before, and has heard nothing of this one. Once the message has begun there is always an Answer.
    """

    @property
    def usable(self) -> bool:
        """Tell whether the next mail may go here. A relay may hang up at any moment all the same."""

    async def offer(
        self, envelope_from: str, recipient: str, *, size: int | None = None
    ) -> Accepted | Refused:
        """Ask whether the relay takes a mail of `size` octets for this recipient, exactly one."""

    async def begin(self, message: bytes) -> Refused | None:
        """Begin the accepted message; None: the relay waits for it, and has nothing yet."""

    async def transmit(self, message: bytes) -> Answer:
        """Hand over the message, which is begun here where it was not. Unknown: the relay may have it."""

    async def close(self) -> None: ...
    def abort(self) -> None:
        """Hang up at once, whatever is under way."""


class Relay(Protocol):
    """A relay and who we are there; equal to another where both are the same.

    `where` is what logs and alarms call it, `described` says who lets whom in, and over so many `connections`
    letters go at most. `hurried`: a person waits for the answer.
    """

    @property
    def where(self) -> str: ...
    @property
    def described(self) -> str: ...
    @property
    def connections(self) -> int: ...
    async def connect(self, *, hurried: bool = False) -> RelayConnection: ...
