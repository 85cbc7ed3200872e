"""The addresses at which a provider gives tokens: fixed ones, or those that an issuer publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maildesk.errors import ClientRefused
from maildesk.transport.token_forms import Caller, NoAnswer

WELL_KNOWN = "/.well-known/openid-configuration"  # OpenID Connect Discovery 1.0 §4


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Addresses of a provider; empty where it has none. `in_header`: it takes secrets there only."""

    token: str
    authorize: str = ""
    device: str = ""
    in_header: bool = False


class PublishedEndpoints:
    """Endpoints that are known, or are asked of an issuer once and then remembered."""

    def __init__(self, known: Endpoints | None = None, issuer: str = "") -> None:
        self._known = known
        self._issuer = issuer.rstrip("/")

    def found(self, caller: Caller) -> Endpoints:
        """The endpoints; it may block as `caller` does. Raises NoAnswer or ClientRefused."""
        if self._known is None:
            self._known = self._asked(caller)
        return self._known

    def _asked(self, caller: Caller) -> Endpoints:
        answer = caller.get(f"{self._issuer}{WELL_KNOWN}")
        if answer.status == 404:
            raise ClientRefused(
                f"{self._issuer} publishes nothing about itself ({WELL_KNOWN})",
                remedy="correct the login's issuer: it is the address that the provider calls its issuer",
            )
        if not (answer.ok and _text(answer.data, "token_endpoint")):
            raise NoAnswer(f"{self._issuer} does not say where it gives tokens just now")
        methods = answer.data.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Endpoints(
            token=_text(answer.data, "token_endpoint"),
            authorize=_text(answer.data, "authorization_endpoint"),
            device=_text(answer.data, "device_authorization_endpoint"),
            in_header=isinstance(methods, list) and "client_secret_post" not in methods,
        )


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
