"""Ways to a token: as an application, for a person who allowed it, with a service account's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from maildesk.errors import GrantLost
from maildesk.transport.token_file import StoredTokens
from maildesk.transport.token_forms import Form
from maildesk.transport.token_signing import (
    CLIENT_ASSERTION,
    JWT_BEARER,
    client_assertion,
    key_assertion,
    service_account,
)

ReadSecret = Callable[[], str]
"""Looks a secret up where it stands, each time anew: it may have been replaced."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof that we are the application: a secret, a certificate with its key, or nothing.

    `in_header`: the endpoint takes the secret in the HTTP header and not among the form's fields.
    """

    client_id: str
    secret: ReadSecret | None = field(default=None, repr=False)
    certificate: ReadSecret | None = field(default=None, repr=False)

    @property
    def signs(self) -> bool:
        return self.certificate is not None

    def form(
        self, fields: Mapping[str, str], hidden: tuple[str, ...], ask: Asking, *, in_header: bool = False
    ) -> Form:
        """These fields and the proof, as one form. `hidden`: the values among them that are secret."""
        who = {"client_id": self.client_id}
        if self.certificate:
            assertion = client_assertion(self.certificate(), self.client_id, ask.audience, ask.now)
            signed = {"client_assertion_type": CLIENT_ASSERTION, "client_assertion": assertion}
            return Form({**who, **fields, **signed}, (*hidden, assertion))
        secret = self.secret() if self.secret else ""
        if secret and in_header:
            return Form(fields, (*hidden, secret), (self.client_id, secret))
        return Form({**who, **fields, **({"client_secret": secret} if secret else {})}, (*hidden, secret))


@dataclass(frozen=True, slots=True)
class Asking:
    """A moment at which a token is asked for, in seconds since 1970, and whom an assertion is made for."""

    audience: str
    now: float
    in_header: bool = False


class Grant(Protocol):
    """A way to a token. `flow` is its name in the configuration; `signs`: our clock must be right."""

    @property
    def flow(self) -> str: ...
    @property
    def signs(self) -> bool: ...
    @property
    def scope(self) -> str: ...
    def form(self, stored: StoredTokens, ask: Asking) -> Form:
        """Make the form to be posted; raises GrantLost where only a person can go on."""


@dataclass(frozen=True, slots=True)
class AsApplication:
    """The application's own right to the mailbox (RFC 6749 §4.4). There is no refresh token."""

    proof: Proof
    scope: str
    flow: str = "app"

    @property
    def signs(self) -> bool:
        return self.proof.signs

    def form(self, stored: StoredTokens, ask: Asking) -> Form:
        fields = {"grant_type": "client_credentials", **({"scope": self.scope} if self.scope else {})}
        return self.proof.form(fields, (), ask, in_header=ask.in_header)


@dataclass(frozen=True, slots=True)
class ForPerson:
    """The right that a person gave by `maildesk login` (RFC 6749 §6)."""

    name: str
    proof: Proof
    scope: str
    flow: str = "person"

    @property
    def signs(self) -> bool:
        return self.proof.signs

    def form(self, stored: StoredTokens, ask: Asking) -> Form:
        if not stored.refresh:
            raise GrantLost(
                f"nobody has signed in for login {self.name} yet", remedy=f"maildesk login {self.name}"
            )
        fields = {"grant_type": "refresh_token", "refresh_token": stored.refresh}
        return self.proof.form(fields, (stored.refresh,), ask, in_header=ask.in_header)


@dataclass(frozen=True, slots=True)
class WithKey:
    """A service account that may read the mailbox of `subject` (RFC 7523 §2.1)."""

    subject: str
    key: ReadSecret = field(repr=False)
    scope: str
    flow: str = "key"
    signs: bool = True

    def form(self, stored: StoredTokens, ask: Asking) -> Form:
        assertion = key_assertion(
            service_account(self.key()), self.subject, self.scope, ask.audience, ask.now
        )
        return Form({"grant_type": JWT_BEARER, "assertion": assertion}, (assertion,))
