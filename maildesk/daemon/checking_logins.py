"""The part of the check that is about logins with tokens: what they get, and how long that lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from maildesk.config.logins import LoginFlow, LoginSection
from maildesk.config.settings import Settings
from maildesk.config.token_sources import TokenSources
from maildesk.daemon.clock import Clock
from maildesk.daemon.findings import Check, Finding, fail, ok, warn
from maildesk.daemon.login_ends import UNUSED, WARNED, LoginEnd
from maildesk.daemon.login_uses import uses
from maildesk.daemon.login_watched import watched_logins
from maildesk.errors import TokenRefused, TokenUnavailable
from maildesk.transport.tokens import TokenSource, TokenState

_ENDPOINT = "see whether this machine reaches the provider's token endpoint"
_JUST_NOW = 60.0
_RENEW = 'docs/microsoft365.md, "Renewing"'


def login_checks(settings: Settings, tokens: TokenSources, clock: Clock) -> Iterator[Check]:
    """One for each login; each proves that its tokens can be kept."""
    for name, section in settings.logins.items():
        look = partial(_login, settings, tokens, name, section, clock)
        yield Check(f"login {name}", look, _ENDPOINT, at_once=True)


def login_secrets(
    settings: Settings, tokens: TokenSources
) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """List where the secrets of logins belong, as other secrets are listed."""
    for use in {use.section.login: use for use in uses(settings)}.values():
        name = use.section.login or ""
        if name in settings.logins and settings.logins[name].secrets:
            yield f"login {name}", "", partial(tokens.of, name, use.section.username or "")


def told_once(check: Check, login: str | None) -> Check:
    """The same check of a server; what ails its login was told of the login itself."""
    if login is None:
        return check

    async def look() -> AsyncIterator[Finding]:
        try:
            async for finding in check.look():
                yield finding
        except (TokenRefused, TokenUnavailable):
            yield fail(check.name, f"not tried: login {login} gives no token", "mend it first, as told above")

    return replace(check, look=look)


async def _login(
    settings: Settings, tokens: TokenSources, name: str, section: LoginSection, clock: Clock
) -> AsyncIterator[Finding]:
    shown = f"login {name}"
    found = next((each for each in watched_logins(settings, tokens, name)), None)
    if found is None:
        yield warn(shown, "nothing uses it", f"write login: {name} at imap or smtp, or take it out")
        return
    for source in found.sources:
        await source.prove_writable()
        await _renewed(source, section, clock)
        now = clock.now()
        yield _clock(shown, source.state) or ok(shown, _how_it_stands(source.state, section, now))
    if found.sends and settings.people.operators and not settings.operators_relay:
        message = "alarms go by it too, and one about it could not leave"
        yield warn(shown, message, "name another relay for them: operators_relay")
    now = clock.now()
    for end in found.ends():
        if end.at - now <= WARNED[-1]:
            yield _ending(shown, end, now)


async def _renewed(source: TokenSource, section: LoginSection, clock: Clock) -> None:
    """Get a token. Where nothing is used up by it a new one, which proves the secret of today."""
    given = await source.token()
    if section.flow is not LoginFlow.PERSON and clock.now().timestamp() - source.state.obtained > _JUST_NOW:
        await source.token(given.value)


def _clock(shown: str, state: TokenState) -> Finding | None:
    if not state.skew:
        return None
    side = "ahead of" if state.skew > 0 else "behind"
    message = f"our clock is {abs(state.skew):.0f} s {side} the provider's"
    return fail(shown, message, "run an NTP client")


def _how_it_stands(state: TokenState, section: LoginSection, now: datetime) -> str:
    at = now.timestamp()
    said = f"renewed {_minutes(at - state.obtained)} ago, valid {_minutes(state.expires - at)}"
    if section.flow is not LoginFlow.PERSON or not state.refresh_since:
        return said
    old = int((at - state.refresh_since) // 86_400)
    span = UNUSED.get(section.provider)
    return f"{said}; refresh token {_days(old)} old" + (f" of {span.days}" if span else "")


def _ending(shown: str, end: LoginEnd, now: datetime) -> Finding:
    remedy = f"start the desk, or sign in again: maildesk login {end.login}" if end.unused else _RENEW
    if end.at <= now:
        return fail(shown, f"{end.what}, and that is over", remedy)
    return warn(shown, f"{end.what}: {_days(end.days(now))} left", remedy)


def _minutes(seconds: float) -> str:
    return f"{max(0, seconds) // 60:.0f} min"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
