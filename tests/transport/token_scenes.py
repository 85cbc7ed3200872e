"""A login of our own making at a token endpoint that a test scripts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from maildesk.transport.token_endpoints import Endpoints, PublishedEndpoints
from maildesk.transport.token_file import StoredTokens, TokenFile
from maildesk.transport.token_forms import Caller
from maildesk.transport.token_grants import AsApplication, ForPerson, Grant, Proof
from maildesk.transport.token_renewal import RenewedTokens, TokenTiming

QUICK = TokenTiming(again=0.01)
NOW = 1_800_000_000.0


@dataclass(slots=True)
class Clock:
    """A time that a test sets; both clocks of a source run with it."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass(eq=False)
class ScriptedEndpoint:
    """Answers each form with the next of its answers; the last one for ever. Its clock is the test's."""

    clock: Clock
    answers: list[tuple[int, Any, Mapping[str, str]]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    ahead: float = 0
    held: threading.Event = field(default_factory=threading.Event)
    """Set unless a test wants nothing to be answered yet."""

    def __post_init__(self) -> None:
        self.held.set()

    def gives(self, access: str, **more: Any) -> None:
        self.says(200, {"access_token": access, "expires_in": 3600, "token_type": "Bearer", **more})

    def says(self, status: int, body: Any = b"", **headers: str) -> None:
        self.answers.append((status, body, headers))

    @classmethod
    @contextmanager
    def listening(cls, clock: Clock) -> Iterator[ScriptedEndpoint]:
        played = cls(clock)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(played))
        played.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield played
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"


def _handler(played: ScriptedEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            played.forms.append({**dict(parse_qsl(body.decode())), **self._who()})
            played.held.wait()
            status, said, headers = played.answers.pop(0) if len(played.answers) > 1 else played.answers[0]
            if not status:
                self.connection.close()
                return
            raw = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response_only(status)
            self.send_header("Date", formatdate(played.clock.now + played.ahead, usegmt=True))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(raw)

        def _who(self) -> dict[str, str]:
            said = self.headers["Authorization"]
            return {"Authorization": said} if said else {}

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def application(secret: str = "s3cret") -> Grant:
    return AsApplication(Proof("desk", lambda: secret), "mail")


def person() -> Grant:
    return ForPerson("anna", Proof("desk"), "mail offline_access")


def source(
    endpoint: ScriptedEndpoint, folder: Path, grant: Grant | None = None, timing: TokenTiming = QUICK
) -> RenewedTokens:
    """A source whose tokens lie in this folder."""
    return RenewedTokens(
        "m365",
        grant or application(),
        PublishedEndpoints(Endpoints(endpoint.url)),
        TokenFile(folder / "tokens" / "m365.json", patience=5),
        caller=Caller(seconds=5),
        now=endpoint.clock,
        steady=endpoint.clock,
        timing=timing,
    )


def signed_in(source: RenewedTokens, refresh: str, access: str = "", *, left: float = 0) -> None:
    """Somebody has signed in before; the access token is there for so many seconds more."""
    now = source.state.obtained or NOW
    ends = now + left
    source.file.write(StoredTokens(access, ends - 3600 if access else 0, ends if access else 0, refresh, now))
