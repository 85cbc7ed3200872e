"""Signatures of a login (RS256, RFC 7515): the assertion of a certificate or of a service account's key."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from maildesk.errors import ClientRefused, PermanentError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"  # RFC 7523 §2.1
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 §2.2
_CLOCKS_DIFFER = 30  # seconds for which an assertion is valid already before it was made
_HOLDS = 570  # seconds for which it stays so: less than ten minutes, which is the most that some take


def require_signing() -> None:
    """Raise PermanentError where the extra that signs is not installed."""
    try:
        import cryptography  # noqa: F401  # asked whether it is there
    except ImportError as missing:
        raise PermanentError(
            "this login signs, and what signs is not installed",
            remedy='install it beside maildesk: pip install "maildesk-helpdesk[oauth2]"',
        ) from missing


def client_assertion(pem: str, client_id: str, audience: str, now: float) -> str:
    """Prove with a certificate and its key, both in `pem`, that we are the application."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    certificate = _certificate(pem)
    header = {
        "x5t": _encoded(certificate.fingerprint(hashes.SHA1())),  # noqa: S303 - a name of the certificate, no proof
        "x5t#S256": _encoded(certificate.fingerprint(hashes.SHA256())),
        "x5c": [base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()],
    }
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": secrets.token_hex(16)}
    return _signed(_key(pem, "the certificate's file"), header, claims, now)


def key_assertion(key: Mapping[str, str], subject: str, scope: str, audience: str, now: float) -> str:
    """Ask with a service account's key for a token that reads the mailbox of `subject`."""
    claims = {"iss": key["client_email"], "sub": subject, "aud": audience, "scope": scope}
    header = {"kid": key["private_key_id"]} if key.get("private_key_id") else {}
    return _signed(_key(key["private_key"], "the service account's file"), header, claims, now)


def certificate_end(pem: str) -> datetime:
    """The moment at which the certificate runs out."""
    require_signing()
    end: datetime = _certificate(pem).not_valid_after_utc
    return end


def service_account(text: str) -> Mapping[str, str]:
    """Read the JSON file of a service account's key; raises ClientRefused."""
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    wanted = ("client_email", "private_key")
    if not isinstance(data, dict) or not all(isinstance(data.get(each), str) for each in wanted):
        raise ClientRefused(
            "the file of the key is not that of a service account (client_email, private_key)",
            remedy="download a key of type JSON for the service account again",
        )
    return {name: value for name, value in data.items() if isinstance(value, str)}


def _signed(key: RSAPrivateKey, header: Mapping[str, Any], claims: Mapping[str, Any], now: float) -> str:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    times = {"iat": int(now) - _CLOCKS_DIFFER, "nbf": int(now) - _CLOCKS_DIFFER, "exp": int(now) + _HOLDS}
    parts = ({"alg": "RS256", "typ": "JWT", **header}, {**claims, **times})
    text = ".".join(_encoded(json.dumps(each, separators=(",", ":")).encode()) for each in parts)
    return f"{text}.{_encoded(key.sign(text.encode(), PKCS1v15(), SHA256()))}"


def _key(pem: str, where: str) -> RSAPrivateKey:
    require_signing()
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as problem:  # TypeError: it is encrypted
        raise ClientRefused(
            f"{where} holds no private key that can be read without a password",
            remedy="put the key (BEGIN PRIVATE KEY) into it, without a password of its own",
        ) from problem
    if not isinstance(key, RSAPrivateKey):
        raise ClientRefused(f"the key in {where} is not an RSA key", remedy="make one with rsa:3072")
    return key


def _certificate(pem: str) -> Certificate:
    require_signing()
    from cryptography.x509 import load_pem_x509_certificate

    try:
        return load_pem_x509_certificate(pem.encode())
    except ValueError as problem:
        raise ClientRefused(
            "the certificate's file holds no certificate",
            remedy="put both into it: cat k.pem c.pem > m365.pem; chmod 600 m365.pem",
        ) from problem


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
