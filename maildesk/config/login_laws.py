"""Laws about logins with tokens: which keys each kind of login needs, and who names which login."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from maildesk.config.logins import PRIVATE_TENANT, LoginFlow, LoginProvider, LoginSection
from maildesk.config.settings import Settings
from maildesk.config.validating import BrokenLaw
from maildesk.desk.policy.suggestions import suggestion
from maildesk.transport.security import is_loopback


@dataclass(frozen=True, slots=True)
class _Kind:
    """The keys that a login must have, that it may have, and of which it must have exactly one."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()


_KINDS: dict[tuple[LoginProvider, LoginFlow], _Kind] = {
    (LoginProvider.MICROSOFT, LoginFlow.APP): _Kind(
        ("tenant", "client_id"), ("issuer",), ("client_secret", "certificate")
    ),
    (LoginProvider.MICROSOFT, LoginFlow.PERSON): _Kind(
        ("tenant", "client_id"), ("issuer", "client_secret", "certificate")
    ),
    (LoginProvider.GOOGLE, LoginFlow.KEY): _Kind(("key",), ("issuer",)),
    (LoginProvider.GOOGLE, LoginFlow.PERSON): _Kind(("client_id", "client_secret"), ("issuer",)),
    (LoginProvider.OTHER, LoginFlow.APP): _Kind(
        ("issuer", "client_id"), one_of=("client_secret", "certificate")
    ),
    (LoginProvider.OTHER, LoginFlow.PERSON): _Kind(("issuer", "client_id"), ("client_secret",)),
}
_DEPENDING = ("tenant", "client_id", "client_secret", "certificate", "key", "issuer")
_NOBODYS = frozenset({"common", "organizations"})
_MEANT = {
    "tenant": "the organisation's Directory (tenant) ID, as the application's overview shows it",
    "client_id": "the Application (client) ID, as the application's overview shows it",
    "client_secret": "the secret's value, not its ID: {file: NAME.secret}",
    "key": "the service account's key: {file: KEY.json}",
    "issuer": "the provider's address, as https://sso.acme.example/realms/desk",
}


def broken_logins(settings: Settings) -> Iterator[BrokenLaw]:
    """Tell what is wrong with each login by itself."""
    for name, login in settings.logins.items():
        yield from _broken(("logins", name), login)


def _broken(at: tuple[str, ...], login: LoginSection) -> Iterator[BrokenLaw]:
    kind = _KINDS.get((login.provider, login.flow))
    if kind is None:
        flows = " or ".join(flow for provider, flow in _KINDS if provider is login.provider)
        message = f"{login.provider} knows no flow {login.flow} for mail"
        yield BrokenLaw((*at, "flow"), message, f"write {flows}")
        return
    given = {key for key in _DEPENDING if getattr(login, key) is not None}
    for key in kind.needs:
        if key not in given:
            yield BrokenLaw((*at, key), "is missing", f"write {_MEANT[key]}")
    if kind.one_of and len(given.intersection(kind.one_of)) != 1:
        either = " or ".join(kind.one_of)
        both = given.issuperset(kind.one_of)
        message = f"there is both {' and '.join(kind.one_of)}" if both else f"{either} is missing"
        yield BrokenLaw(at, message, f"write {either}, one of them")
    for key in given - {*kind.needs, *kind.may, *kind.one_of}:
        message = f"means nothing where provider is {login.provider} and flow is {login.flow}"
        yield BrokenLaw((*at, key), message, "leave it out")
    yield from _broken_values(at, login)


def _broken_values(at: tuple[str, ...], login: LoginSection) -> Iterator[BrokenLaw]:
    if login.tenant and login.tenant.lower() in _NOBODYS:
        message = f"{login.tenant} is no organisation: anybody's account would do"
        remedy = f"write {_MEANT['tenant']}; for a person's own account, {PRIVATE_TENANT}"
        yield BrokenLaw((*at, "tenant"), message, remedy)
    elif login.tenant and not all(each.isalnum() or each in ".-" for each in login.tenant):
        yield BrokenLaw((*at, "tenant"), f"{login.tenant!r} is no tenant", f"write {_MEANT['tenant']}")
    if login.issuer:
        parts = urlsplit(login.issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            yield BrokenLaw((*at, "issuer"), "is no https address", f"write {_MEANT['issuer']}")


def broken_uses(settings: Settings) -> Iterator[BrokenLaw]:
    """Tell where a server has no way to log in, or two, or one that is not there."""
    for server in settings.servers:
        location, wire = server.location, server.section
        if wire.login is None:
            continue
        if wire.login not in settings.logins:
            remedy = suggestion(settings.logins, wire.login, "add it to logins")
            yield BrokenLaw((*location, "login"), f"there is no login {wire.login}", remedy)
        if wire.password is not None:
            message = "there is a login too, and one server takes one way in"
            yield BrokenLaw((*location, "password"), message, "leave password or login out")
        if wire.username is None:
            message = "is missing"
            yield BrokenLaw((*location, "username"), message, "write the mailbox's address")
