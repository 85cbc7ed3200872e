"""A provider of tokens (OAuth 2.0) on loopback: it gives them in every way we ask, and fails on cue.

with TokenEndpoint.start(rotation=Rotation.STRICT) as sso:
    sso.register("desk", secret="hush")
    sso.fails(503, times=2)
    landed = sso.signs_in(address_that_was_opened, "support@acme.example")
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
GRACE = 30.0
"""Seconds in which a refresh token that was used is taken once more, where the rotation has grace."""

Answer = tuple[int, Mapping[str, Any]]


class Rotation(StrEnum):
    """The fate of a refresh token that was used."""

    NEVER = "never replaced"
    OLD_STAYS = "replaced, and the old one stays valid"  # Microsoft
    WITH_GRACE = "replaced, and the old one is valid for a moment"
    STRICT = "replaced, and who uses the old one ends them all"


@dataclass(slots=True)
class Given:
    """A token that was given out: to whom, for what, until when (seconds since 1970)."""

    subject: str
    scope: str
    expires: float = 0
    family: int = 0
    used: float | None = None


@dataclass(slots=True)
class Failure:
    """What is answered in place of the usual, `left` times (None: always). Status 0: the line is cut."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    left: int | None


@dataclass(eq=False)
class TokenEndpoint:
    """Tokens live for `life` seconds of `now` and are `size` octets long; its clock is `ahead` of `now`."""

    rotation: Rotation = Rotation.OLD_STAYS
    life: float = 3600
    size: int = 400
    now: Callable[[], float] = time.time
    ahead: float = 0
    grants_scope: str = ""
    """What it grants, where that is not what was asked for."""
    gives_refresh: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    """Every form that was posted for a token, in order."""
    clients: dict[str, str | None] = field(default_factory=dict)
    keys: dict[str, Path] = field(default_factory=dict)
    access: dict[str, Given] = field(default_factory=dict)
    refresh: dict[str, Given] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._failure: Failure | None = None
        self._cuts = 0
        self._codes: dict[str, dict[str, str]] = {}
        self._devices: dict[str, dict[str, str]] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @classmethod
    @contextlib.contextmanager
    def start(cls, **how: Any) -> Iterator[TokenEndpoint]:
        endpoint = cls(**how)
        try:
            yield endpoint
        finally:
            endpoint.stop()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    # --- what it is told to do ----------------------------------------------------------------------

    def register(self, client: str, secret: str | None = None, key: Path | None = None) -> None:
        """An application: with a secret, with a file of its public key, or a public one."""
        self.clients[client] = secret
        if key is not None:
            self.keys[client] = key

    def fails(self, status: int = 503, body: Any = b"", *, times: int | None = None, **headers: str) -> None:
        """Answer so, and give no token; status 0 cuts the line."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._failure = Failure(status, raw, headers, times)

    def recovers(self) -> None:
        self._failure = None

    def loses_replies(self, times: int = 1) -> None:
        """Do what is asked, and cut the line in place of the answer."""
        self._cuts = times

    def revoke(self) -> None:
        """Somebody changed their password: no token of before is worth anything."""
        with self._lock:
            self.access.clear()
            self.refresh.clear()

    # --- people, and servers that ask ---------------------------------------------------------------

    def signs_in(self, opened: str, who: str, **otherwise: str) -> str:
        """Somebody opens an address and signs in; the address at which their browser ends.

        `otherwise`: what it says there in place of the usual, as `error`.
        """
        query = dict(parse_qsl(urlsplit(opened).query))
        assert query["response_type"] == "code", query
        assert query["client_id"] in self.clients, query
        code = secrets.token_urlsafe(24)
        self._codes[code] = {**query, "subject": who}
        said = {"code": code, "state": query["state"], **otherwise}
        if "error" in said:
            del said["code"]
        return f"{query['redirect_uri']}?{urlencode(said)}"

    def approves(self, who: str, *, refuses: bool = False) -> None:
        """Somebody types the device's code and says yes, or no."""
        for device in self._devices.values():
            device["refused" if refuses else "subject"] = who

    def subject(self, token: str) -> str | None:
        """Whose token this is, empty for an application's own; None if it holds no more."""
        given = self.access.get(token)
        return given.subject if given and given.expires > self.now() else None

    # --- the conversation ---------------------------------------------------------------------------

    def answer(self, path: str, form: dict[str, str]) -> Answer:
        with self._lock:
            if path == "/devicecode":
                return self._device(form)
            if path == "/introspect":
                return self._introspected(form.get("token", ""))
            self.asked.append(form)
            if (refused := self._client_refused(form)) is not None:
                return refused
            ways = {
                "client_credentials": self._application,
                "refresh_token": self._refreshed,
                "authorization_code": self._code,
                DEVICE: self._device_done,
                JWT_BEARER: self._key,
            }
            way = ways.get(form.get("grant_type", ""))
            return way(form) if way else _refusal("unsupported_grant_type")

    def published(self) -> Mapping[str, Any]:
        return {
            "issuer": self.issuer,
            "token_endpoint": f"{self.issuer}/token",
            "authorization_endpoint": f"{self.issuer}/authorize",
            "device_authorization_endpoint": f"{self.issuer}/devicecode",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        }

    def failing(self) -> Failure | None:
        """The failure that is due now, if one is."""
        with self._lock:
            found = self._failure
            if found is None or found.left == 0:
                return None
            if found.left is not None:
                found.left -= 1
            return found

    def cuts(self) -> bool:
        with self._lock:
            self._cuts -= 1
            return self._cuts >= 0

    def _client_refused(self, form: dict[str, str]) -> Answer | None:
        if form.get("grant_type") == JWT_BEARER:
            return None
        client = form.get("client_id", "")
        if client not in self.clients:
            said = f"AADSTS700016: Application with identifier '{client}' was not found in the directory"
            return _refusal("unauthorized_client", said)
        if client in self.keys and self._claims(form.get("client_assertion", ""), client) is None:
            return _refusal("invalid_client", "AADSTS700027: The certificate is not registered")
        secret = self.clients[client]
        if secret is not None and form.get("client_secret") != secret:
            said = "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the value"
            return _refusal("invalid_client", said)
        return None

    def _application(self, form: dict[str, str]) -> Answer:
        return 200, self._tokens("", form.get("scope", ""), refresh=False)

    def _key(self, form: dict[str, str]) -> Answer:
        claims = self._claims(form.get("assertion", ""), "")
        if claims is None:
            return _refusal("invalid_grant", "Invalid JWT Signature.")
        if not claims["iat"] - 300 < self.now() + self.ahead < claims["exp"]:
            return _refusal("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)")
        return 200, self._tokens(str(claims["sub"]), str(claims["scope"]), refresh=False)

    def _code(self, form: dict[str, str]) -> Answer:
        asked = self._codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or asked.get("redirect_uri") != form.get("redirect_uri"):
            return _refusal("invalid_grant", "AADSTS70008: The provided authorization code has expired")
        if asked["code_challenge_method"] != "S256" or asked["code_challenge"] != proof.rstrip(b"=").decode():
            return _refusal("invalid_grant", "AADSTS501481: The Code_Verifier does not match")
        return 200, self._tokens(asked["subject"], asked["scope"], refresh=self.gives_refresh)

    def _device(self, form: dict[str, str]) -> Answer:
        code = secrets.token_urlsafe(24)
        self._devices[code] = {"scope": form.get("scope", "")}
        told = {"device_code": code, "user_code": "BDWP-HQPK", "verification_uri": f"{self.issuer}/device"}
        return 200, {**told, "expires_in": 900, "interval": 0}

    def _device_done(self, form: dict[str, str]) -> Answer:
        device = self._devices.get(form.get("device_code", ""), {"refused": "nobody"})
        if "refused" in device:
            return _refusal("authorization_declined")
        if "subject" not in device:
            return _refusal("authorization_pending")
        return 200, self._tokens(device["subject"], device["scope"], refresh=self.gives_refresh)

    def _refreshed(self, form: dict[str, str]) -> Answer:
        token = form.get("refresh_token", "")
        known = self.refresh.get(token)
        if known is None:
            said = "AADSTS700082: The refresh token has expired due to inactivity."
            return _refusal("invalid_grant", said)
        late = known.used is not None and self.now() - known.used > GRACE
        ends = {Rotation.STRICT: known.used is not None, Rotation.WITH_GRACE: late}
        if ends.get(self.rotation):
            self.refresh = {k: v for k, v in self.refresh.items() if v.family != known.family}
            return _refusal("invalid_grant", "the token was used before")
        if self.rotation is not Rotation.NEVER:
            known.used = known.used or self.now()
        new = self.rotation is not Rotation.NEVER
        return 200, self._tokens(known.subject, known.scope, refresh=new, family=known.family)

    def _tokens(self, subject: str, scope: str, *, refresh: bool, family: int = 0) -> dict[str, Any]:
        token = secrets.token_urlsafe(self.size)[: self.size]
        self.access[token] = Given(subject, scope, self.now() + self.life)
        told = {"token_type": "Bearer", "access_token": token, "expires_in": int(self.life)}
        told["scope"] = self.grants_scope or " ".join(each for each in scope.split() if "offline" not in each)
        if refresh:
            new = secrets.token_urlsafe(48)
            self.refresh[new] = Given(subject, scope, family=family or len(self.refresh) + 1)
            told["refresh_token"] = new
        return told

    def _introspected(self, token: str) -> Answer:
        subject = self.subject(token)
        return 200, {"active": subject is not None, "username": subject or "support"}

    def _claims(self, token: str, client: str) -> dict[str, Any] | None:
        """What an assertion claims, if the key of its author signed it."""
        if token.count(".") != 2:
            return None
        signed, _, signature = token.rpartition(".")
        claims: dict[str, Any] = json.loads(_decoded(signed.partition(".")[2]))
        key = self.keys.get(client or str(claims["iss"]))
        return claims if key and _is_signed(signed.encode(), _decoded(signature), key) else None


def _is_signed(text: bytes, signature: bytes, key: Path) -> bool:
    """Whether the other half of this public key signed it, as openssl sees it."""
    with tempfile.NamedTemporaryFile() as beside:
        beside.write(signature)
        beside.flush()
        words = ["openssl", "dgst", "-sha256", "-verify", str(key), "-signature", beside.name]
        return subprocess.run(words, input=text, capture_output=True, check=False).returncode == 0


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _refusal(error: str, said: str = "") -> Answer:
    return 400, {"error": error, "error_description": said}


def _handler(endpoint: TokenEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path.endswith("/.well-known/openid-configuration"):
                self._say(200, json.dumps(endpoint.published()).encode())
            else:
                self._say(404, b"{}")

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            form = dict(parse_qsl(raw.decode()))
            scheme, _, pair = self.headers.get("Authorization", "").partition(" ")
            if scheme == "Basic":
                name, _, word = base64.b64decode(pair).decode().partition(":")
                form |= {"client_id": unquote_plus(name), "client_secret": unquote_plus(word)}
            if failure := endpoint.failing():
                endpoint.asked.append(form)
                self._say(failure.status, failure.body, failure.headers)
                return
            status, told = endpoint.answer(urlsplit(self.path).path, form)
            self._say(0 if endpoint.cuts() else status, json.dumps(told).encode())

        def _say(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
            self.close_connection = True
            if not status:
                return
            self.send_response_only(status)
            self.send_header("Date", formatdate(endpoint.now() + endpoint.ahead, usegmt=True))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

    return Handler
