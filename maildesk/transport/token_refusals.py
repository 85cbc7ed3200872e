"""The meaning of a token endpoint's refusal. The word of OAuth decides; a provider's number only explains."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from maildesk.errors import ClientRefused, GrantLost, MaildeskError, TokenUnavailable
from maildesk.transport.token_forms import FormAnswer

LONGEST = 200
_NUMBER = re.compile(r"AADSTS(\d{5,8})")

# What Microsoft's numbers mean for a person. They may change, so nothing is decided by them.
_HINTS = {
    "7000222": "the client secret has expired: make a new one and put its Value in its place",
    "7000215": "the client secret is wrong: it may be the Secret ID where its Value is wanted",
    "700082": "the login was not used for 90 days",
    "50173": "the login was revoked, or the person's password was changed",
    "70043": "the organisation's sign-in frequency has ended the login",
    "7000218": "the application wants a secret: give client_secret, or allow public client flows for it",
    "700025": "the application is a public client: take client_secret out",
    "700016": "the organisation does not know this application: are tenant and client_id right?",
    "90002": "there is no such tenant",
    "65001": "nobody has consented to these permissions: grant admin consent",
    "53003": "a Conditional Access policy of the organisation forbids this login",
    "700027": "the certificate's signature is not accepted: is this certificate uploaded at the application?",
    "700024": "the assertion is not valid at this time: is our clock right?",
}
_MEANINGS = {
    "invalid_client": "the provider does not take client_id and its secret, certificate or key",
    "unauthorized_client": "the application may not ask for tokens in this way",
    "invalid_scope": "the application may not ask for this scope",
    "unsupported_grant_type": "the provider does not know this flow",
    "invalid_request": "the provider does not understand the request: tenant, client_id and flow must fit",
    "access_denied": "the provider does not allow it",
    "interaction_required": "the provider wants a person to sign in again",
    "consent_required": "nobody has consented to these permissions yet",
    "login_required": "the provider wants a person to sign in again",
    "invalid_grant": "the provider does not accept the login any more",
}
_OF_PERSONS = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
_PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down", "request_timeout"})
_REFUSING = frozenset({400, 401, 403})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal in words. `error` is OAuth's word, `hint` its meaning, `said` the provider's words.

    `meant`: the provider has understood, and refuses; a word that we do not know is a refusal as well.
    """

    error: str
    hint: str
    said: str
    meant: bool = True


def refusal(answer: FormAnswer, hide: Iterable[str]) -> Refusal:
    """Read a refusal; the provider's words on one line, without what we sent in secret."""
    error = _word(answer.data.get("error"))
    said = _line(answer.data.get("error_description"), hide)
    number = _NUMBER.search(said)
    hint = _HINTS.get(number[1] if number else "", _MEANINGS.get(error, ""))
    meant = error in _MEANINGS or (bool(error) and answer.status in _REFUSING)
    return Refusal(error or f"status {answer.status}", hint, said, meant)


def problem_of(told: Refusal, login: str, *, person: bool, clock: str = "", began: str = "") -> MaildeskError:
    """The error that a refusal is. `clock` says how wrong ours is, where that explains it; `began`: since
    when a renewal has had no end, which explains a login that is lost.
    """
    words = "; ".join(each for each in (told.hint, told.said) if each)
    message = f"no token for login {login}: {told.error}" + (f": {words}" if words else "")
    if clock:
        return TokenUnavailable(f"{message}; {clock}", remedy="set the clock: run an NTP client")
    if told.error in _PASSING:
        return TokenUnavailable(message)
    if told.error in _OF_PERSONS and person:
        if began:
            message += f"; a renewal that began {began} was interrupted, which some providers punish"
        return GrantLost(message, remedy=f"sign in again: maildesk login {login}")
    if told.meant:
        return ClientRefused(message, remedy=f"correct logins.{login}, or the application at the provider")
    return TokenUnavailable(message)


def _word(value: object) -> str:
    return re.sub(r"[^a-zA-Z0-9_.:-]", "", value)[:60] if isinstance(value, str) else ""


def _line(value: object, hide: Iterable[str]) -> str:
    if not isinstance(value, str):
        return ""
    for secret in sorted(filter(None, hide), key=len, reverse=True):
        value = value.replace(secret, "…")
    line = " ".join("".join(each if each.isprintable() else " " for each in value).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
