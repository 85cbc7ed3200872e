"""Names of attachments made safe to show and to save; on disk a file is called by its sha256 alone."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_PATH: Final = re.compile(r"[/\\]")
_FORBIDDEN: Final = re.compile(r'[<>:"|?*%\s]+')
# Windows opens devices by these names, whatever extension follows.
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MOST_BYTES: Final = 150
_MOST_EXTENSION: Final = 16
_MOST_READ: Final = 2000

_EXTENSIONS: Final = {
    "application/json": "json",
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/pgp-keys": "asc",
    "application/rtf": "rtf",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/webp": "webp",
    "message/rfc822": "eml",
    "text/csv": "csv",
    "text/html": "html",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "video/mp4": "mp4",
}
# What is an invitation, a signature or a sealed letter says so, under the name that other programs give it.
_WHOLE_NAMES: Final = {
    "application/ics": "invite.ics",
    "application/ms-tnef": "winmail.dat",
    "application/pgp-encrypted": "pgp-version.asc",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-signature": "smime.p7s",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "read-report.txt",
    "text/calendar": "invite.ics",
    "text/rfc822-headers": "header.txt",
}
_STEMS: Final = {"message": "message", "image": "image", "text": "text", "audio": "audio", "video": "video"}


def safe_name(name: str, content_type: str, number: int) -> str:
    """The name a mail gave a file, cleaned; an invented one with the part's number when nothing is left.

    Cleaning runs until it changes nothing more, so that no step can bring back what an earlier one removed.
    """
    name = name[:_MOST_READ]
    for _ in range(8):
        cleaned = _cleaned(name)
        if cleaned == name:
            break
        name = cleaned
    return name if name.strip("._- ") else _invented(content_type, number)


def _cleaned(name: str) -> str:
    name = unicodedata.normalize("NFC", "".join(c for c in name if unicodedata.category(c) not in _INVISIBLE))
    parts = [part for part in _PATH.split(name) if part.strip(". ")]
    name = _FORBIDDEN.sub(lambda run: " " if run[0].isspace() else "_", parts[-1] if parts else "")
    name = name.strip(" ").lstrip(".-").rstrip(". ").strip()
    return _shortened(f"_{name}" if _DEVICE.match(name) else name)


def _shortened(name: str) -> str:
    """At most 150 bytes of UTF-8, cut before the last extension."""
    data = name.encode()
    if len(data) <= _MOST_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    tail = (dot + extension).encode() if dot and len(extension.encode()) <= _MOST_EXTENSION else b""
    head = (stem if tail else name).encode()[: _MOST_BYTES - len(tail)]
    return (head + tail).decode("utf-8", "ignore")


def _invented(content_type: str, number: int) -> str:
    if content_type in _WHOLE_NAMES:
        return _WHOLE_NAMES[content_type]
    stem = _STEMS.get(content_type.partition("/")[0], "attachment")
    default = "txt" if content_type.startswith("text/") else "bin"
    return f"{stem}-{number}.{_EXTENSIONS.get(content_type, default)}"
