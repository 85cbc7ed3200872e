"""The sign-in of a person, who lets a login read and send (RFC 6749 §4.1, RFC 7636, RFC 8252, RFC 8628)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from maildesk.errors import BadInput, GrantLost, TokenUnavailable
from maildesk.transport.sign_in_page import LandingPage
from maildesk.transport.token_endpoints import Endpoints
from maildesk.transport.token_forms import FormAnswer, NoAnswer, host_of
from maildesk.transport.token_grants import Asking, Proof
from maildesk.transport.token_refusals import problem_of, refusal
from maildesk.transport.token_renewal import RenewedTokens
from maildesk.transport.tokens import AccessToken, TokenState

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_USUAL_INTERVAL = 5.0  # RFC 8628 §3.5
_USUAL_LIFE = 600.0
_CODE_ENDS = "the code was typed by nobody in time"


@dataclass(frozen=True, slots=True)
class InHand:
    """The one token that a sign-in brought, as a source: it is shown to servers, and never renewed."""

    name: str
    value: str = field(repr=False)
    scope: str = ""

    @property
    def state(self) -> TokenState:
        return TokenState(0, 0, 0, self.scope, 0, None)

    async def token(self, refused: str = "") -> AccessToken:
        """Give it, also to a server that did not take it: its words then say why."""
        return AccessToken(self.value, 600, 600)


@dataclass(frozen=True, slots=True)
class Granted:
    """The answer to a sign-in."""

    kept_by: RenewedTokens
    answer: FormAnswer = field(repr=False)

    @property
    def scope(self) -> str:
        return _text(self.answer.data, "scope")

    @property
    def lasting(self) -> bool:
        return bool(_text(self.answer.data, "refresh_token"))

    @property
    def source(self) -> InHand:
        return InHand(self.kept_by.name, _text(self.answer.data, "access_token"), self.scope)

    def keep(self) -> Path:
        self.kept_by.keep(self.answer)
        return self.kept_by.file.path


@dataclass(frozen=True, slots=True)
class SignIns:
    """Both ways of a login. `extra`: what the provider wants beside, to give lasting tokens.

    `any_port`: the provider sends browsers back to whatever port is asked for.
    """

    tokens: RenewedTokens
    proof: Proof
    wanted: str
    extra: Mapping[str, str] = field(default_factory=dict)
    any_port: bool = True
    now: Callable[[], float] = time.time
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def prove(self) -> None:
        await self.tokens.prove_writable()

    async def by_browser(self, who: str, port: int | None = None) -> ByBrowser:
        endpoints = await self._endpoints()
        if not endpoints.authorize:
            message = f"the provider of login {self.tokens.name} says of no page to sign in at"
            raise BadInput(message, remedy="correct the login's issuer")
        page = await LandingPage.listening(port, any_port=self.any_port)
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "client_id": self.proof.client_id,
            "redirect_uri": page.address,
            "scope": self.wanted,
            "state": state,
            "code_challenge": proof.decode(),
            "code_challenge_method": "S256",
            "login_hint": who,
            **self.extra,
        }
        joint = "&" if urlsplit(endpoints.authorize).query else "?"
        return ByBrowser(self, f"{endpoints.authorize}{joint}{urlencode(asked)}", page, state, verifier)

    async def by_device(self) -> ByDevice:
        endpoints = await self._endpoints()
        if not endpoints.device:
            message = f"the provider of login {self.tokens.name} lets nobody sign in by a code for mail"
            raise BadInput(message, remedy="leave --device out")
        form = self.proof.form({"scope": self.wanted}, (), self._asking(endpoints))
        answer = await asyncio.to_thread(self.tokens.caller.post, endpoints.device, form)
        if not answer.ok:
            raise problem_of(refusal(answer, form.secret), self.tokens.name, person=False)
        return ByDevice(self, answer)

    async def ask(self, fields: Mapping[str, str], hidden: tuple[str, ...]) -> FormAnswer:
        """Ask the token endpoint; what it says, good or bad."""
        endpoints = await self._endpoints()
        asking = self._asking(endpoints)
        form = self.proof.form(fields, hidden, asking, in_header=asking.in_header)
        return await asyncio.to_thread(self.tokens.caller.post, endpoints.token, form)

    def granted(self, answer: FormAnswer, hidden: tuple[str, ...]) -> Granted:
        """Take the answer as tokens, or raise what it is."""
        if answer.ok and _text(answer.data, "access_token"):
            return Granted(self.tokens, answer)
        raise problem_of(refusal(answer, hidden), self.tokens.name, person=True)

    def _asking(self, endpoints: Endpoints) -> Asking:
        return Asking(endpoints.token, self.now(), endpoints.in_header)

    async def _endpoints(self) -> Endpoints:
        return await asyncio.to_thread(self.tokens.endpoints.found, self.tokens.caller)


@dataclass(frozen=True, slots=True)
class ByBrowser:
    """A sign-in under way, with what proves at the end that the answer is to our question."""

    ways: SignIns
    opened: str
    page: LandingPage
    state: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def waits_at(self) -> str:
        return self.page.address

    async def landed(self) -> Granted:
        """Wait for a browser with our state; others are told so and change nothing."""
        return await self._granted(await self.page.visited(self._is_ours))

    async def pasted(self, address: str) -> Granted:
        try:
            asked = dict(parse_qsl(urlsplit(address.strip()).query))
        except ValueError:  # half of an address may be none
            asked = {}
        if not self._is_ours(asked):
            what = "is of another sign-in" if "state" in asked else "is not the one at which a sign-in ends"
            remedy = f"copy the whole address from the browser, from {self.waits_at}?… to its end"
            raise BadInput(f"that address {what}", remedy=remedy)
        return await self._granted(asked)

    async def close(self) -> None:
        await self.page.close()

    def _is_ours(self, asked: Mapping[str, str]) -> bool:
        return secrets.compare_digest(asked.get("state", "").encode(), self.state.encode())

    async def _granted(self, asked: Mapping[str, str]) -> Granted:
        if "code" not in asked:
            said = {name: asked[name] for name in ("error", "error_description") if name in asked}
            raise problem_of(refusal(FormAnswer(400, said), ()), self.ways.tokens.name, person=True)
        fields = {
            "grant_type": "authorization_code",
            "code": asked["code"],
            "redirect_uri": self.waits_at,
            "code_verifier": self.verifier,
        }
        hidden = (asked["code"], self.verifier)
        return self.ways.granted(await self.ways.ask(fields, hidden), hidden)


class ByDevice:
    """A sign-in whose person types a code elsewhere."""

    def __init__(self, ways: SignIns, told: FormAnswer) -> None:
        self._ways = ways
        self._device = _text(told.data, "device_code")
        self.code = _text(told.data, "user_code")
        self.opened = _text(told.data, "verification_uri") or _text(told.data, "verification_url")
        interval = told.data.get("interval", _USUAL_INTERVAL)
        self._interval = float(interval) if isinstance(interval, int | float) else _USUAL_INTERVAL
        life = told.data.get("expires_in", _USUAL_LIFE)
        self._ends = ways.now() + (life if isinstance(life, int | float) else _USUAL_LIFE)
        if not (self._device and self.code and self.opened):
            raise TokenUnavailable(f"{host_of(self.opened)} answers no code to be typed")

    async def approved(self) -> Granted:
        """Ask as often as the provider wants to be asked, until the person has decided.

        One that does not answer is asked again, less often each time, while the code holds.
        """
        hidden = (self._device,)
        while True:
            try:
                answer = await self._ways.ask({"grant_type": DEVICE, "device_code": self._device}, hidden)
            except NoAnswer as problem:
                await self._ask_less_often(problem)
                continue
            error = _text(answer.data, "error")
            if error == "slow_down":
                self._interval += _USUAL_INTERVAL
            elif error == "expired_token":
                raise GrantLost(_CODE_ENDS, remedy=f"maildesk login {self._ways.tokens.name} --device")
            elif error != "authorization_pending":
                return self._ways.granted(answer, hidden)
            await self._ways.pause(self._interval)

    async def _ask_less_often(self, problem: NoAnswer) -> None:
        """Double the pause (RFC 8628 §3.5); `problem` is the end where the code ends before the next try."""
        self._interval = max(2 * self._interval, _USUAL_INTERVAL)
        pause = max(self._interval, problem.wait)
        if self._ways.now() + pause >= self._ends:
            raise problem
        await self._ways.pause(pause)


def _text(data: Mapping[str, object], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
