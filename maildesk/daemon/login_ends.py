"""Ends of a login that are known before: its secret's, its certificate's, a sign-in's that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from maildesk.config.logins import LoginFlow, LoginProvider, LoginSection
from maildesk.desk.case.told import Phrase
from maildesk.transport.tokens import TokenState

UNUSED = {LoginProvider.MICROSOFT: timedelta(days=90), LoginProvider.GOOGLE: timedelta(days=180)}
"""The time after which a sign-in ends that nothing has used."""
WARNED = tuple(timedelta(days=each) for each in (1, 3, 7, 14, 30))
"""The times before an end at which operators hear of it, the last one first."""


@dataclass(frozen=True, slots=True)
class LoginEnd:
    """A `part` of a login that ends. `what` says so to people, with the day in it.

    `unused`: it ends only if nobody uses it.
    """

    login: str
    part: str
    at: datetime
    what: Phrase
    unused: bool = False

    def warned_since(self, now: datetime) -> datetime | None:
        """The newest moment at which a word about it was due; None while it is far."""
        left = self.at - now
        step = next((each for each in WARNED if left <= each), None)
        return self.at - step if step is not None else None

    def days(self, now: datetime) -> int:
        """Whole days that are left; less than none once it is over."""
        return (self.at - now) // timedelta(days=1)


def ends_of(
    login: str, section: LoginSection, certificate: datetime | None, state: TokenState | None
) -> Iterator[LoginEnd]:
    """List what of a login ends, as far as anybody can know."""
    said = datetime.combine(section.expires, time(), UTC) if section.expires else None
    if known := [each for each in (said, certificate) if each is not None]:
        yield _end_of_secret(login, section, min(known), signed=certificate is not None)
    used = max(state.obtained, state.refresh_since) if state else 0
    span = UNUSED.get(section.provider)
    if section.flow is LoginFlow.PERSON and span and used:
        at = datetime.fromtimestamp(used, UTC) + span
        what = Phrase("unused, the sign-in ends on {day}", day=f"{at:%Y-%m-%d}")
        yield LoginEnd(login, "sign-in", at, what, unused=True)


def _end_of_secret(login: str, section: LoginSection, at: datetime, *, signed: bool) -> LoginEnd:
    """The end of what proves who we are. `signed`: by a certificate, which says itself when it ends."""
    day = f"{at:%Y-%m-%d}"
    if signed or section.certificate:
        return LoginEnd(login, "certificate", at, Phrase("the certificate expires on {day}", day=day))
    if section.key:
        return LoginEnd(login, "key", at, Phrase("the key expires on {day}", day=day))
    return LoginEnd(login, "secret", at, Phrase("the client secret expires on {day}", day=day))
