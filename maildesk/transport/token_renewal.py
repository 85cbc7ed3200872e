"""Tokens of one login, renewed before they end: by one process at a time, and never lost by a failure."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from maildesk.errors import MaildeskError, TokenRefused, TokensUnusable
from maildesk.transport.token_endpoints import Endpoints, PublishedEndpoints
from maildesk.transport.token_file import StoredTokens, TokenFile
from maildesk.transport.token_forms import Caller, Form, FormAnswer, NoAnswer, host_of
from maildesk.transport.token_grants import Asking, Grant
from maildesk.transport.token_refusals import problem_of, refusal
from maildesk.transport.tokens import AccessToken, TokenState, TokenTrouble

_log = logging.getLogger(__name__)

CLOCKS_DIFFER = 60
"""The seconds by which our clock may differ from the endpoint's without a word."""
THREADS = "tokens-"
"""The beginning of the names of threads that renew."""
USUAL_LIFE = 3600
"""The seconds that a token lives whose endpoint does not say (RFC 6749 §5.1)."""
_SENDABLE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class TokenTiming:
    """The part of its life after which a token is renewed, give or take `spread`; and seconds: before the one
    try that follows a broken connection, and to rest after failures in a row, at first and at most.
    """

    share: float = 0.8
    spread: float = 0.05
    again: float = 1
    rest: float = 60
    longest_rest: float = 900


USUAL = TokenTiming()


class RenewedTokens:
    """The source of one login's tokens for one user name.

    `now` is the time in seconds since 1970; `steady` seconds that really pass.
    """

    def __init__(
        self,
        name: str,
        grant: Grant,
        endpoints: PublishedEndpoints,
        file: TokenFile,
        *,
        caller: Caller | None = None,
        now: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        timing: TokenTiming = USUAL,
    ) -> None:
        self.name = name
        self.grant = grant
        self.endpoints = endpoints
        self.file = file
        self.caller = caller or Caller()
        self._now = now
        self._steady = steady
        self._timing = timing
        self._share = self._drawn_share()
        self._turn = asyncio.Lock()
        # Its own: an endpoint that hangs keeps nobody waiting but those who want this login's tokens.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{THREADS}{name}")
        self._stored = StoredTokens()
        self._unsaved: StoredTokens | None = None  # given to us and not on disk yet …
        self._left = StoredTokens()  # … where we wrote this before
        self._trouble: TokenTrouble | None = None
        self._failed_with = ("", "")
        self._rests_until = 0.0
        self._skew = 0.0
        self._word = ""

    @property
    def state(self) -> TokenState:
        known = self._stored
        return TokenState(
            known.obtained, known.expires, known.refresh_since, known.scope, self._skew, self._trouble
        )

    async def token(self, refused: str = "") -> AccessToken:
        """Give a token that holds; a renewal that has begun comes to its end even if nobody waits for it."""
        if self._unsaved is None and (token := self._fresh(self._stored, refused)):
            return token
        loop = asyncio.get_running_loop()
        async with self._turn:
            return await asyncio.shield(loop.run_in_executor(self._thread, self._renewed, refused))

    def keep(self, answer: FormAnswer) -> None:
        """Keep the tokens that a person's sign-in brought; it blocks. Raises TokensUnusable and NoAnswer."""
        with self.file.held():
            tokens = self._taken(StoredTokens(), answer)
            self.file.write(tokens)
            self._stored, self._unsaved = tokens, None
        self._went_well()

    async def prove_writable(self) -> None:
        """Raise TokensUnusable where tokens could not be kept."""
        await asyncio.to_thread(self.file.prove)

    async def settled(self) -> None:
        """Wait until a renewal that has begun is over, and write what could not be written before."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write_at_last)

    def try_again(self) -> None:
        """Ask at the next need, however long the endpoint was to be left alone."""
        self._rests_until = 0.0

    def take_over(self, other: RenewedTokens) -> None:
        """Owe from now on what `other`, of the same file, was given and could not write yet."""
        self._left, self._unsaved = other._left, other._unsaved

    # --- which token holds ------------------------------------------------------------------------

    def _fresh(self, stored: StoredTokens, refused: str) -> AccessToken | None:
        now = self._now()
        due = stored.obtained + (stored.expires - stored.obtained) * self._share
        set_back = stored.obtained > now + CLOCKS_DIFFER  # our clock was, so nobody knows how old it is
        if not stored.access or stored.access == refused or now >= due or set_back:
            return None
        return AccessToken(stored.access, due - now, stored.expires - now)

    def _old(self, stored: StoredTokens, refused: str) -> AccessToken | None:
        """The token that is due for renewal and still holds."""
        left = stored.expires - self._now()
        if not stored.access or stored.access == refused or left <= 0:
            return None
        return AccessToken(stored.access, left, left)

    def _drawn_share(self) -> float:
        return self._timing.share + self._timing.spread * random.uniform(-1, 1)  # noqa: S311 - no secret

    # --- renewing, in a thread --------------------------------------------------------------------

    def _renewed(self, refused: str) -> AccessToken:
        stored = self._stored
        try:
            self._save_what_is_owed()
            stored = self._read()
            if token := self._fresh(stored, refused):
                self._went_well()  # somebody else renewed it, or signed in
                return token
            resting = self._resting(stored)
            if resting is None:
                with self.file.held():
                    stored = self._read()  # another process may have renewed it meanwhile
                    if token := self._fresh(stored, refused):
                        self._went_well()
                        return token
                    self._renew(stored)
                return self._given()
        except MaildeskError as problem:
            problem.message = self._told(problem)
            self._failed(problem)
            if old := self._old(stored, refused):
                return old
            raise
        if old := self._old(stored, refused):
            return old
        raise resting.with_traceback(None)  # it is raised again and again, and would grow each time

    def _resting(self, stored: StoredTokens) -> MaildeskError | None:
        """The last trouble, while the endpoint is left alone because of it."""
        if self._trouble and self._steady() < self._rests_until and _values(stored) == self._failed_with:
            return self._trouble.problem
        return None

    def _told(self, problem: MaildeskError) -> str:
        """Say what is wrong, and with which login."""
        named = f"login {self.name}" in problem.message
        return problem.message if named else f"no token for login {self.name}: {problem.message}"

    def _given(self) -> AccessToken:
        """The token that just came, however short it lives."""
        stored = self._stored
        life = stored.expires - stored.obtained
        return AccessToken(stored.access, life * self._share, life)

    def _read(self) -> StoredTokens:
        on_disk = self.file.read()
        if on_disk != self._left:
            self._unsaved = None  # somebody else wrote since: what they have is newer
        self._stored = self._unsaved or on_disk
        return self._stored

    def _save_what_is_owed(self) -> None:
        if self._unsaved is None:
            return
        with self.file.held():
            self._read()
            if self._unsaved is not None:
                self._save(self._unsaved)

    def _write_at_last(self) -> None:
        try:
            self._save_what_is_owed()
        except MaildeskError as problem:
            _log.error("token=unsaved login=%s problem=%r", self.name, str(problem))

    def _renew(self, stored: StoredTokens) -> None:
        """Write that we begin, which proves that we may write; ask; write what came."""
        now = self._now()
        endpoints = self.endpoints.found(self.caller)
        form = self.grant.form(stored, Asking(endpoints.token, now, endpoints.in_header))
        begun = replace(stored, begun=now)
        self.file.write(begun)
        self._left = begun
        answer = self._answer(endpoints, form)
        self._compare_clocks(answer, endpoints)
        if not answer.ok:
            told = refusal(answer, form.secret)
            self._word = told.error
            self.file.write(replace(stored, begun=0))
            person, clock = self.grant.flow == "person", self._clock(endpoints) if self.grant.signs else ""
            raise problem_of(told, self.name, person=person, clock=clock, began=_shown(stored.begun))
        self._share = self._drawn_share()
        self._save(self._taken(stored, answer))
        self._went_well()
        valid = self._stored.expires - self._stored.obtained
        _log.info("token=renewed login=%s flow=%s valid=%.0fs", self.name, self.grant.flow, valid)

    def _answer(self, endpoints: Endpoints, form: Form) -> FormAnswer:
        """Ask once more after a broken connection: for a moment the same is given again."""
        try:
            return self.caller.post(endpoints.token, form)
        except NoAnswer as lost:
            if not lost.again:
                raise
        time.sleep(self._timing.again)
        return self.caller.post(endpoints.token, form)

    def _taken(self, stored: StoredTokens, answer: FormAnswer) -> StoredTokens:
        """Read what is to be kept: a new refresh token where there is one, else the old one."""
        now, data = self._now(), answer.data
        access, life = data.get("access_token"), _seconds(data.get("expires_in", USUAL_LIFE))
        if not isinstance(access, str) or not _SENDABLE.fullmatch(access) or life <= 0:
            raise NoAnswer(f"the answer to login {self.name} holds no token that could be used")
        refresh, scope = data.get("refresh_token"), data.get("scope")
        new = isinstance(refresh, str) and refresh and refresh != stored.refresh
        return StoredTokens(
            access=access,
            obtained=now,
            expires=now + life,
            refresh=str(refresh) if new else stored.refresh,
            refresh_since=now if new else stored.refresh_since,
            scope=scope if isinstance(scope, str) else stored.scope,
        )

    def _save(self, tokens: StoredTokens) -> None:
        """Keep it in memory where it cannot be written: the old one may hold no more."""
        self._stored = self._unsaved = tokens
        try:
            self.file.write(tokens)
        except TokensUnusable as problem:
            _log.error("token=unsaved login=%s problem=%r", self.name, str(problem))
            return
        self._unsaved = None

    # --- trouble ----------------------------------------------------------------------------------

    def _went_well(self) -> None:
        self._trouble, self._rests_until = None, 0.0

    def _failed(self, problem: MaildeskError) -> None:
        before, now = self._trouble, self._now()
        failures = before.failures + 1 if before else 1
        self._trouble = TokenTrouble(failures, before.since if before else now, problem)
        pause = self._rest_after(problem, failures)
        self._rests_until, self._failed_with = self._steady() + pause, _values(self._stored)
        level = logging.ERROR if isinstance(problem, TokenRefused) else logging.WARNING
        word, self._word = self._word or _named(problem), ""
        line = "token=failed login=%s error=%s hint=%r retry_in=%.0fs"
        _log.log(level, line, self.name, word, str(problem), pause)

    def _rest_after(self, problem: MaildeskError, failures: int) -> float:
        """Seconds for which the endpoint is left alone; trouble of our own machine is looked at each time."""
        if isinstance(problem, TokensUnusable):
            return 0
        timing, asked = self._timing, problem.wait if isinstance(problem, NoAnswer) else 0
        grown: float = min(timing.longest_rest, timing.rest * 2 ** min(failures - 1, 20))
        return max(asked, grown)

    def _compare_clocks(self, answer: FormAnswer, endpoints: Endpoints) -> None:
        skew = self._now() - answer.date if answer.date is not None else 0
        self._skew = skew if abs(skew) > CLOCKS_DIFFER else 0
        if self._skew:
            _log.warning("token=clock login=%s skew=%+.0fs", self.name, self._skew)

    def _clock(self, endpoints: Endpoints) -> str:
        if not self._skew:
            return ""
        side = "ahead of" if self._skew > 0 else "behind"
        return f"our clock is {abs(self._skew):.0f} s {side} {host_of(endpoints.token)}"


def _named(problem: MaildeskError) -> str:
    """Name trouble for which the provider has no word: no_answer, grant_lost."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(problem).__name__).lower()


def _values(stored: StoredTokens) -> tuple[str, str]:
    """Tell one set of tokens from another: who signs in anew need not wait for our rest to end."""
    return stored.access, stored.refresh


def _seconds(said: object) -> float:
    if isinstance(said, str) and said.isascii() and said.isdigit():
        return float(said)
    return said if isinstance(said, int | float) and not isinstance(said, bool) else 0


def _shown(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC" if at else ""
