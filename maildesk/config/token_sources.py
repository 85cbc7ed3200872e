"""Sources of tokens, built from the configuration: one for each login and user name in a process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from maildesk.config.files import existing_file
from maildesk.config.logins import LoginFlow, LoginProvider, LoginSection
from maildesk.config.secrets import Secret
from maildesk.config.settings import Settings
from maildesk.errors import BadInput
from maildesk.transport.sign_in import SignIns
from maildesk.transport.token_endpoints import Endpoints, PublishedEndpoints
from maildesk.transport.token_file import TokenFile
from maildesk.transport.token_forms import Caller
from maildesk.transport.token_grants import AsApplication, ForPerson, Grant, Proof, ReadSecret, WithKey
from maildesk.transport.token_renewal import RenewedTokens
from maildesk.transport.token_signing import certificate_end, require_signing

_SQLITE = "sqlite:///"
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
_GOOGLE = Endpoints(
    token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
)
_SCOPES = {
    (LoginProvider.MICROSOFT, LoginFlow.APP): "https://outlook.office365.com/.default",
    (LoginProvider.MICROSOFT, LoginFlow.PERSON): (
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
    ),
    (LoginProvider.GOOGLE, LoginFlow.PERSON): "https://mail.google.com/",
    (LoginProvider.GOOGLE, LoginFlow.KEY): "https://mail.google.com/",
    (LoginProvider.OTHER, LoginFlow.PERSON): "openid offline_access",
}

_BESIDE = {
    LoginProvider.MICROSOFT: {"response_mode": "query"},
    LoginProvider.GOOGLE: {"access_type": "offline", "prompt": "consent"},
    LoginProvider.OTHER: {"prompt": "consent"},
}
"""Parameters that each takes beside, where a person signs in, so that it lasts (OpenID Connect Core §11)."""


class TokenSources:
    """Hands out the source of a login, always the same one: connections that share it renew it once.

    `now` is the time in seconds since 1970, `steady` seconds that really pass. `before`: the sources of the
    configuration that this one takes the place of. They hold what no disk may have yet.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str] = os.environ,
        now: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        before: TokenSources | None = None,
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._now = now
        self._steady = steady
        self._sources: dict[str, RenewedTokens] = {}
        self._logins_before = before._settings.logins if before else {}
        self._sources_before = before._sources if before else {}

    def of(self, login: str, username: str) -> RenewedTokens:
        """The source of this login for this user; its secrets are looked up once, so that none is missing."""
        section = self._settings.logins.get(login)
        if section is None:
            raise BadInput(f"there is no login {login}", remedy="add it to logins in the configuration")
        # The tokens of an application or a person are the same for every mailbox; those of a key are not.
        of_user = section.flow is LoginFlow.KEY
        name = f"{login}~{quote(username, safe='@+')}" if of_user else login
        if name not in self._sources:
            made = self._source(login, section, username, f"{name}.json")
            self._sources[name] = self._gone_on(name, login, made)
        return self._sources[name]

    def _gone_on(self, name: str, login: str, made: RenewedTokens) -> RenewedTokens:
        """The source from before where its login is the same; else the new one, with what that one owes."""
        old = self._sources_before.get(name)
        if old is None or old.file.path != made.file.path:
            return made
        if self._logins_before.get(login) == self._settings.logins[login]:
            old.try_again()  # somebody may have mended what it waits for
            return old
        made.take_over(old)
        return made

    def sign_in(self, login: str, username: str) -> SignIns:
        """The ways in which a person signs in for this login."""
        section = self._settings.logins[login]
        tokens = self.of(login, username)
        return SignIns(
            tokens,
            self._proof(login, section),
            tokens.grant.scope,
            _BESIDE[section.provider],
            any_port=section.provider is not LoginProvider.OTHER,
            now=self._now,
        )

    def certificate_end(self, login: str) -> datetime | None:
        """The moment at which the certificate of a login runs out, if it has one."""
        read = self._secrets(login, self._settings.logins[login]).get("certificate")
        return certificate_end(read()) if read else None

    def _source(self, login: str, section: LoginSection, username: str, file: str) -> RenewedTokens:
        for secret in self._secrets(login, section).values():
            secret()
        if section.certificate or section.key:
            require_signing()
        ca_file = existing_file(self._settings, section.ca_file, f"logins.{login}.ca_file")
        return RenewedTokens(
            login,
            self._grant(login, section, username),
            _endpoints(section),
            TokenFile(token_folder(self._settings, self._environ) / file),
            caller=Caller(ca_file=ca_file),
            now=self._now,
            steady=self._steady,
        )

    def _grant(self, login: str, section: LoginSection, username: str) -> Grant:
        secrets = self._secrets(login, section)
        scope = section.scope or _SCOPES.get((section.provider, section.flow), "")
        if section.flow is LoginFlow.KEY:
            return WithKey(username, secrets["key"], scope)
        proof = self._proof(login, section)
        if section.flow is LoginFlow.APP:
            return AsApplication(proof, scope)
        return ForPerson(login, proof, scope)

    def _proof(self, login: str, section: LoginSection) -> Proof:
        secrets = self._secrets(login, section)
        return Proof(section.client_id or "", secrets.get("client_secret"), secrets.get("certificate"))

    def _secrets(self, login: str, section: LoginSection) -> dict[str, ReadSecret]:
        """Functions that read each secret anew where it stands: it may be replaced while we run."""
        named = {name: getattr(section, name) for name in ("client_secret", "certificate", "key")}
        return {
            name: partial(secret.resolve, self._settings.folder, self._environ, f"logins.{login}.{name}")
            for name, secret in named.items()
            if isinstance(secret, Secret)
        }


def token_folder(settings: Settings, environ: Mapping[str, str] = os.environ) -> Path:
    """Find the folder of tokens: beside an SQLite database, else beside the configuration."""
    url = settings.store.url.resolve(settings.folder, environ, "store.url")
    named = settings.tokens.expanduser()
    if url.startswith(_SQLITE):
        return settings.at(Path(url.removeprefix(_SQLITE))).parent / named
    return settings.folder / named


def _endpoints(section: LoginSection) -> PublishedEndpoints:
    if section.issuer:
        return PublishedEndpoints(issuer=section.issuer)
    if section.provider is LoginProvider.GOOGLE:
        return PublishedEndpoints(_GOOGLE)
    base = _MICROSOFT.format(tenant=section.tenant)
    return PublishedEndpoints(Endpoints(f"{base}/token", f"{base}/authorize", f"{base}/devicecode"))
