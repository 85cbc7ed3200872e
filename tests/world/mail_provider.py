"""Mail providers that take tokens only, in their very words: fronts of a real Dovecot and a real SMTP server.

async with await MailProvider.start(MICROSOFT, sso, dovecot) as m365:
    m365.imap.ends_sessions()
    m365.relay.switched_off = True
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, Session

from tests.world.dovecot import Dovecot
from tests.world.smtp_server import SmtpServer, _Conversation
from tests.world.token_endpoint import TokenEndpoint

ENDED = "* BYE Session invalidated - AccessTokenExpired"
_USER = re.compile(rb"(?:user|a)=([^\x01,]+)")
_TOKEN = re.compile(rb"auth=Bearer ([^\x01]+)")
_COMMAND = re.compile(rb"[A-Za-z0-9]+ [A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Words:
    """What a provider says. `challenge`: the JSON with which it tells why it does not take a token."""

    greeting: str
    capabilities: str
    mechanisms: tuple[str, ...]
    refused: str
    relay_refused: str
    challenge: bytes = b""
    in_order: str = "OK AUTHENTICATE completed."
    password: str = "NO LOGIN failed."


MICROSOFT = Words(
    greeting="* OK The Microsoft Exchange IMAP4 service is ready. [QwBIADIAUABSADEA]",
    capabilities="IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE",
    mechanisms=("XOAUTH2",),
    refused="NO AUTHENTICATE failed.",
    relay_refused="535 5.7.3 Authentication unsuccessful [AM0PR02CA0001.eurprd02.prod.outlook.com]",
)
GOOGLE = Words(
    greeting="* OK Gimap ready for requests from 127.0.0.1 k5mb000000000",
    capabilities="IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID CHILDREN SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER",
    mechanisms=("XOAUTH2", "OAUTHBEARER"),
    refused="NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
    relay_refused="535 5.7.8 Username and Password not accepted. 5a478bee46e88-gsmtp",
    challenge=b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}',
    in_order="OK Success",
    password="NO [ALERT] Application-specific password required",
)
SWITCHED_OFF = (
    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. "
    "Visit https://aka.ms/smtp_auth_disabled for more information."
)
TOO_MANY = "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending"


@dataclass(eq=False)
class Rights:
    """Who is let into which mailbox: its own person, an application, and whom it was shared with."""

    tokens: TokenEndpoint
    of_application: set[str] = field(default_factory=set)
    shared: set[tuple[str, str]] = field(default_factory=set)

    def holds(self, token: str) -> bool:
        return self.tokens.subject(token) is not None

    def lets_in(self, user: str, token: str) -> bool:
        who = self.tokens.subject(token)
        return user in self.of_application if who == "" else who == user or (who, user) in self.shared


@dataclass(eq=False)
class TokenImap:
    """The front of a provider's IMAP: it looks at tokens, then a real Dovecot does what it always does."""

    words: Words
    rights: Rights
    dovecot: Dovecot
    port: int = 0
    connections: int = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    """Mechanism and user of each login that was taken."""
    refusals: int = 0
    sessions_end: bool = False
    """Tell whether a session ends with its token, in real seconds."""
    ends_at: bytes = b""
    """The words of a command at which a session ends, once."""
    throttles: int = 0
    back_off: int = 0
    silent: bool = False
    """Tell whether it never answers a login."""

    def __post_init__(self) -> None:
        self._open: set[_Session] = set()
        self._server: asyncio.Server | None = None

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        for each in tuple(self._open):
            each.cut()
        await asyncio.sleep(0)

    @property
    def idling(self) -> int:
        """The number of sessions that wait for news."""
        return sum(each.idling for each in self._open)

    def ends_sessions(self) -> int:
        """Every session that is logged in ends as one whose token ran out; how many these were."""
        ended = [each for each in self._open if each.user]
        for each in ended:
            each.ends()
        return len(ended)

    def throttle(self, milliseconds: int, times: int = 1) -> None:
        """Refuse the next commands, and say for how long to stay away."""
        self.throttles, self.back_off = times, milliseconds

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        session = _Session(self, reader, writer)
        self._open.add(session)
        try:
            await session.goes_on()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # one of the two left: sessions end so
        finally:
            self._open.discard(session)
            session.cut()


class _Session:
    """One connection of a client."""

    def __init__(self, front: TokenImap, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.front, self.reader, self.writer = front, reader, writer
        self.user = ""
        self.idling = False
        self._timer: asyncio.TimerHandle | None = None
        self._behind: asyncio.StreamWriter | None = None

    def say(self, *lines: str) -> None:
        for line in lines:
            self.writer.write(line.encode() + b"\r\n")

    def ends(self) -> None:
        self.say(ENDED)
        self.writer.close()
        if self._behind:
            self._behind.close()

    def cut(self) -> None:
        if self._timer:
            self._timer.cancel()
        for writer in (self.writer, self._behind):
            if writer:
                writer.close()

    async def goes_on(self) -> None:
        self.say(self.front.words.greeting)
        while line := (await self.reader.readline()).rstrip(b"\r\n"):
            tag, name, *rest = line.decode("utf-8", "replace").split(" ")
            match name.upper():
                case "CAPABILITY":
                    self.say(f"* CAPABILITY {self.front.words.capabilities}", f"{tag} OK done")
                case "AUTHENTICATE":
                    if await self._authenticates(tag, rest):
                        return
                case "LOGIN":
                    self.front.refusals += 1
                    self.say(f"{tag} {self.front.words.password}")
                case "LOGOUT":
                    self.say("* BYE bye", f"{tag} OK done")
                    return
                case _:
                    self.say(f"{tag} OK done")

    async def _authenticates(self, tag: str, rest: list[str]) -> bool:
        """The end of the conversation if the token was taken, else go on."""
        front, words = self.front, self.front.words
        if len(rest) == 1:
            self.say("+ ")
            rest.append((await self.reader.readline()).decode().strip())
        if front.silent:
            await self.reader.read()
            return True
        user, token = said_in(base64.b64decode(rest[1]))
        if rest[0] not in words.mechanisms or not front.rights.holds(token):
            front.refusals += 1
            if words.challenge:
                self.say(f"+ {base64.b64encode(words.challenge).decode()}")
                await self.reader.readline()
            self.say(f"{tag} {words.refused}")
            return False
        self.say(f"{tag} {words.in_order}")
        front.logins.append((rest[0], user))
        self.user = user
        if not front.rights.lets_in(user, token):
            await self._not_connected()
            return True
        if front.sessions_end:
            left = front.rights.tokens.access[token].expires - front.rights.tokens.now()
            self._timer = asyncio.get_running_loop().call_later(max(0, left), self.ends)
        await self._passed_on(user.partition("@")[0])
        return True

    async def _not_connected(self) -> None:
        """Microsoft takes a token that has no right to the mailbox, and says so at the next command."""
        while line := (await self.reader.readline()).decode("utf-8", "replace").strip():
            tag, name = line.split(" ")[:2]
            if name in ("CAPABILITY", "ID", "NOOP", "LOGOUT"):
                more = [f"* CAPABILITY {self.front.words.capabilities}"] if name == "CAPABILITY" else []
                self.say(*more, f"{tag} OK done")
            else:
                self.say(f"{tag} BAD User is authenticated but not connected.")

    async def _passed_on(self, name: str) -> None:
        dovecot = self.front.dovecot
        reader, self._behind = await asyncio.open_connection(dovecot.host, dovecot.imap_port)
        await reader.readline()
        self._behind.write(f'x1 LOGIN "{name}" "{dovecot.users[name]}"\r\n'.encode())
        while not (line := await reader.readline()).startswith(b"x1 "):
            assert line, "Dovecot hung up"
        assert line.startswith(b"x1 OK"), line
        pumps = [asyncio.ensure_future(each) for each in (self._up(), self._down(reader))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for each in pumps:
            each.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _up(self) -> None:
        assert self._behind
        while data := await self.reader.read(65536):
            tag, _, rest = data.partition(b" ")
            if self.front.throttles and _COMMAND.match(data):
                self.front.throttles -= 1
                wait = f"Suggested Backoff Time: {self.front.back_off} milliseconds"
                self.say(f"{tag.decode()} BAD Request is throttled. {wait}")
                continue
            if self.front.ends_at and self.front.ends_at in data:
                self.front.ends_at = b""
                self.ends()
                return
            self.idling = rest.upper().startswith(b"IDLE")
            self._behind.write(data)

    async def _down(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            self.writer.write(data)
            await self.writer.drain()


class TokenRelay(SmtpServer):
    """The provider's way out: tokens only, and its limits."""

    words: Words
    rights: Rights
    switched_off = False
    most: int | None = None
    refused = 0

    def takes(self, words: Words, rights: Rights) -> Self:
        self.words, self.rights = words, rights
        self._auth = ("nobody", "knows this")  # a login is wanted, and no password is the right one
        self.taken: list[tuple[str, str]] = []
        return self

    def _conversation(self) -> _Conversation:
        self.connections += 1
        return _LongLines(self, self.connections)

    async def handle_EHLO(
        self, smtp: _Conversation, session: Session, envelope: Envelope, hostname: str, offers: list[str]
    ) -> list[str]:
        lines = await super().handle_EHLO(smtp, session, envelope, hostname, offers)
        theirs = f"250-AUTH LOGIN {' '.join(self.words.mechanisms)}"
        return [theirs if line[4:].startswith("AUTH") else line for line in lines]

    async def auth_XOAUTH2(self, smtp: SMTP, args: list[str]) -> AuthResult:
        return await self._asked(smtp, args)

    async def auth_OAUTHBEARER(self, smtp: SMTP, args: list[str]) -> AuthResult:
        return await self._asked(smtp, args)

    async def _asked(self, smtp: SMTP, args: list[str]) -> AuthResult:
        raw: Any = base64.b64decode(args[1]) if len(args) > 1 else await smtp.challenge_auth("")
        if raw is MISSING:
            return AuthResult(success=False, handled=True)
        user, token = said_in(raw)
        if self.switched_off:
            return AuthResult(success=False, handled=False, message=SWITCHED_OFF)
        if self.most is not None and len(self._open) > self.most:
            return AuthResult(success=False, handled=False, message=TOO_MANY)
        if not (self.rights.holds(token) and self.rights.lets_in(user, token)):
            self.refused += 1
            if self.words.challenge:
                await smtp.challenge_auth(self.words.challenge)
            return AuthResult(success=False, handled=False, message=self.words.relay_refused)
        self.taken.append((args[0], user))
        return AuthResult(success=True, auth_data=user)


class _LongLines(_Conversation):
    """One connection, on which a token may be as long as Postfix takes it."""

    line_length_limit = 16_384


@dataclass(eq=False)
class MailProvider:
    """A provider with both ends: mail comes by `imap` and goes by `relay`."""

    imap: TokenImap
    relay: TokenRelay
    rights: Rights

    @classmethod
    async def start(
        cls, words: Words, tokens: TokenEndpoint, dovecot: Dovecot, of_application: Iterable[str] = ()
    ) -> MailProvider:
        rights = Rights(tokens, set(of_application))
        imap = TokenImap(words, rights, dovecot)
        await imap.listen()
        relay = (await TokenRelay.start()).takes(words, rights)
        return cls(imap, relay, rights)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.imap.stop()
        await self.relay.stop()


def said_in(response: bytes) -> tuple[str, str]:
    """The user and the token in a login's one line, of either mechanism."""
    user, token = _USER.search(response), _TOKEN.search(response)
    with contextlib.suppress(UnicodeDecodeError):
        if user and token:
            return user[1].decode(), token[1].decode()
    return "", ""
