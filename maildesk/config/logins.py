"""Logins with tokens (OAuth 2.0): who the provider is, and what proves to it who we are."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import Field

from maildesk.config.providers import Provider
from maildesk.config.secrets import Secret, SecretValue
from maildesk.config.section import Section
from maildesk.config.values import Day, Line

PRIVATE_TENANT = "consumers"
"""The tenant that Microsoft has for the accounts of people without an organisation."""


class LoginProvider(StrEnum):
    """A giver of tokens: `other` is any that publishes an issuer (OpenID Connect)."""

    MICROSOFT = Provider.MICROSOFT
    GOOGLE = Provider.GOOGLE
    OTHER = "other"


class LoginFlow(StrEnum):
    """The right that a login stands on: an application's own, one that a person gave, or a key's."""

    APP = "app"
    PERSON = "person"
    KEY = "key"


class LoginSection(Section):
    """One login. The keys that it needs depend on provider and flow (docs/configuration.md)."""

    provider: LoginProvider = Field(description="microsoft | google | other")
    flow: LoginFlow = Field(
        description="app (as an application) | person (`maildesk login NAME`) | key (a service account's)"
    )
    tenant: Line | None = Field(default=None, description="microsoft: the organisation's ID or domain")
    client_id: Line | None = Field(default=None, description="the application's ID at the provider")
    client_secret: SecretValue | None = Field(default=None, description="the application's secret")
    certificate: SecretValue | None = Field(
        default=None, description="in place of a secret: a PEM file with certificate and key"
    )
    key: SecretValue | None = Field(default=None, description="the JSON file of a service account's key")
    issuer: Line | None = Field(default=None, description="the address that the provider calls its issuer")
    scope: Line | None = Field(default=None, description="what is asked for, where it is not the usual")
    ca_file: Path | None = Field(default=None, description="trust only the authorities in this file")
    expires: Day | None = Field(
        default=None, description="the day on which the secret runs out: you are warned before it"
    )

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The secrets of it, which nobody may read."""
        held: tuple[Secret | None, ...] = (self.client_secret, self.certificate, self.key)
        return tuple(each for each in held if each)
