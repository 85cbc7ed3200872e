"""Containers that mail programs put words into, written byte by byte: a signed mail, a winmail.dat."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable

SIGNED = bytes.fromhex("2a864886f70d010702")
ENVELOPED = bytes.fromhex("2a864886f70d010703")
COMPRESSED = bytes.fromhex("2a864886f70d0109100109")
_DATA = bytes.fromhex("2a864886f70d010701")


def signed_data(inner: bytes) -> bytes:
    """A CMS SignedData around a mail, with nobody's signature (RFC 5652 §5.1), as DER."""
    content = der(0x30, der(6, _DATA) + der(0xA0, der(4, inner)))
    return cms(SIGNED, der(0x30, der(2, b"\1") + der(0x31, b"") + content + der(0x31, b"")))


def streamed_signed_data(string: bytes) -> bytes:
    """The same as BER, each length told by an end mark, around an octet string that is given whole."""
    content = marked(0x30, der(6, _DATA) + marked(0xA0, string))
    signed = marked(0x30, der(2, b"\1") + marked(0x31, b"") + content + marked(0x31, b""))
    return marked(0x30, der(6, SIGNED) + marked(0xA0, signed))


def in_pieces(pieces: Iterable[bytes]) -> bytes:
    """A constructed octet string (X.690 §8.7.3)."""
    return marked(0x24, b"".join(der(4, each) for each in pieces))


def cms(kind: bytes, content: bytes) -> bytes:
    """A CMS message of a kind."""
    return der(0x30, der(6, kind) + der(0xA0, content))


def der(tag: int, content: bytes) -> bytes:
    """An element with its length."""
    length = len(content)
    if length < 128:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def marked(tag: int, content: bytes) -> bytes:
    """An element whose end is marked."""
    return bytes((tag, 0x80)) + content + b"\0\0"


def sealed_mail(data: bytes, content_type: str = "application/pkcs7-mime", **fields: str) -> bytes:
    """A mail that is one container named smime.p7m."""
    head = {
        "From": "Carla Nunes <carla@client.example>",
        "To": "support@acme.example",
        "Subject": "The door",
        "Message-ID": "<door@client.example>",
        "MIME-Version": "1.0",
        "Content-Type": f'{content_type}; name="smime.p7m"',
        "Content-Transfer-Encoding": "base64",
    } | fields
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return lines.encode() + b"\r\n" + base64.encodebytes(data)


def winmail(*attributes: bytes) -> bytes:
    """A TNEF stream with a code page of Western Europe and these attributes (MS-OXTNEF §2.1.3)."""
    version = attribute(0x00089006, b"\0\0\1\0")
    codepage = attribute(0x00069007, struct.pack("<II", 1252, 0))
    return struct.pack("<IH", 0x223E9F78, 1) + version + codepage + b"".join(attributes)


def body_attribute(text: str) -> bytes:
    """attBody: the words of a message."""
    return attribute(0x0002800C, text.encode("cp1252") + b"\0")


def properties(*values: tuple[int, bytes]) -> bytes:
    """attMsgProps: properties by tag and type, each of one value (MS-OXTNEF §2.1.3.4)."""
    block = struct.pack("<I", len(values))
    for tag, value in values:
        block += struct.pack("<HH", tag & 0xFFFF, tag >> 16)
        if tag & 0xFFFF != 3:
            block += struct.pack("<II", 1, len(value))
        block += value + bytes(-len(value) % 4)
    return attribute(0x00069003, block)


def attribute(number: int, data: bytes) -> bytes:
    """One attribute of the message, with its checksum."""
    return struct.pack("<BII", 1, number, len(data)) + data + struct.pack("<H", sum(data) % 65536)
