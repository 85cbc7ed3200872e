"""A form posted to a token endpoint, and its answer: no redirect, no more than 256 kB, 30 seconds."""

from __future__ import annotations

import base64
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import IO, Any

from maildesk.errors import ClientRefused, TokenUnavailable
from maildesk.transport.security import is_loopback, tls_context

LARGEST = 256 * 1024
_BLOCK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """Fields to be posted. `secret` are those values that nobody may read; `basic`: name and password."""

    fields: Mapping[str, str] = field(repr=False)
    secret: tuple[str, ...] = field(default=(), repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """The endpoint's answer. `date`: its clock; `retry_after`: the seconds it wants to be left alone."""

    status: int
    data: Mapping[str, Any] = field(repr=False)
    date: float | None = None
    retry_after: float = 0

    @property
    def ok(self) -> bool:
        return self.status == 200


class NoAnswer(TokenUnavailable):
    """Nothing usable came back. `again`: a second try at once may do, as after a broken connection."""

    def __init__(self, message: str, *, remedy: str = "", again: bool = False, wait: float = 0) -> None:
        super().__init__(message, remedy=remedy)
        self.again = again
        self.wait = wait


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A form with secrets goes where the configuration says and nowhere else."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Caller:
    """The way to ask: `seconds` for an answer; `ca_file` names the only authorities to trust.

    It blocks, so it is called in a thread. Raises NoAnswer.
    """

    seconds: float = 30
    ca_file: str | None = None

    def post(self, url: str, form: Form) -> FormAnswer:
        """Post a form; what comes back, good or bad."""
        body = urllib.parse.urlencode(form.fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if form.basic:  # RFC 6749 §2.3.1: both are encoded as in a form first
            pair = ":".join(urllib.parse.quote_plus(each) for each in form.basic)
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        _refuse_in_clear(url)
        return self._asked(urllib.request.Request(url, body, headers, method="POST"))  # noqa: S310 - looked at

    def get(self, url: str) -> FormAnswer:
        """Fetch a JSON document, as a provider publishes about itself."""
        _refuse_in_clear(url)
        return self._asked(urllib.request.Request(url, headers={"Accept": "application/json"}))  # noqa: S310

    def _asked(self, request: urllib.request.Request) -> FormAnswer:
        host, end = host_of(request.full_url), time.monotonic() + self.seconds
        try:
            with self._opened(request) as response:
                return _answer(host, response.status, response.headers, _read(response, end))
        except (OSError, http.client.HTTPException) as trouble:  # URLError is an OSError
            raise _not_reached(host, trouble) from trouble

    def _opened(self, request: urllib.request.Request) -> Any:
        trusted = urllib.request.HTTPSHandler(context=tls_context(self.ca_file))
        try:
            return urllib.request.build_opener(_NoRedirect, trusted).open(request, timeout=self.seconds)
        except urllib.error.HTTPError as refusal:
            return refusal  # it has status, headers and body as any answer has


def host_of(url: str) -> str:
    """The host of an address, as people call a server."""
    return urllib.parse.urlsplit(url).hostname or url


def _refuse_in_clear(url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return
    raise ClientRefused(
        f"tokens are asked for over https only, and not at {url!r}", remedy="correct the login's issuer"
    )


def _not_reached(host: str, trouble: Exception) -> NoAnswer:
    reason = getattr(trouble, "reason", trouble)
    if isinstance(reason, TimeoutError):
        return NoAnswer(f"{host} did not answer in time")  # and has had its time: a stop waits for us
    words = " ".join(str(getattr(reason, "strerror", None) or reason or type(reason).__name__).split())
    return NoAnswer(f"{host} cannot be asked for a token: {words[:200]}", again=True)


def _read(response: Any, end: float) -> bytes:
    """Read at most what an honest answer has, and not for ever."""
    read1: Callable[[int], bytes] = getattr(response, "read1", response.read)
    raw = b""
    while block := read1(_BLOCK):
        raw += block
        if len(raw) > LARGEST:
            raise NoAnswer("the token endpoint answers far too much")
        if time.monotonic() > end:
            raise TimeoutError
    return raw


def _answer(host: str, status: int, headers: http.client.HTTPMessage, raw: bytes) -> FormAnswer:
    wait = _seconds(headers.get("Retry-After"))
    if status == 429 or status >= 500:
        raise NoAnswer(f"{host} answers {status} just now", again=status >= 500 and not wait, wait=wait)
    try:
        data = json.loads(raw)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise NoAnswer(
            f"{host} answers {status} with something that is no answer of a token endpoint",
            remedy="a proxy or a login page in between may answer in its place",
        )
    return FormAnswer(status, data, _moment(headers.get("Date")), wait)


def _seconds(said: str | None) -> float:
    """Retry-After as seconds; a date is met by our own pauses."""
    return min(float(said), 86_400) if said and said.isascii() and said.isdigit() else 0


def _moment(said: str | None) -> float | None:
    try:
        return parsedate_to_datetime(said).timestamp() if said else None
    except (ValueError, TypeError, OverflowError):
        return None
