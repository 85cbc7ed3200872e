"""Places of pictures in plain text, where programs write a Content-ID that tells people nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from maildesk.mail.message import Attachment

# `[cid:image001.png@01DA]` as Outlook writes it, `<cid:…>`, `![a name](cid:…)`, `[image: cid:…]`, or bare.
_PLACE: Final = re.compile(
    r"(?:!\[[^\[\]\n]{0,200}+\]\(|[\[(<](?:image:\s?)?)cid:([^\s\[\]<>()\"']{1,250}+)[\])>]"
    r"|(?<![\w\"'=:/\[(<.-])cid:([^\s\[\]<>()\"'@]{1,250}+@[\w.-]{1,250}+)",
    re.IGNORECASE,
)
_NO_NAME: Final = "picture"


def with_picture_names(text: str, files: Iterable[Attachment]) -> str:
    """The same text with the name of each picture where only its Content-ID stood: `[cable.png]`."""
    if "cid:" not in text.lower():
        return text
    names = {each.content_id: each.name for each in files if each.content_id}
    return _PLACE.sub(lambda found: f"[{_name(found[1] or found[2], names)}]", text)


def _name(content_id: str, names: dict[str, str]) -> str:
    """The file's name; where the picture is not in the mail, the one that many programs begin its id with."""
    found = names.get(content_id) or names.get(unquote(content_id))
    if found:
        return found
    stem, dot, extension = content_id.partition("@")[0].rpartition(".")
    named = bool(stem and dot) and extension.isalnum() and 2 <= len(extension) <= 5
    return f"{stem}.{extension}" if named else _NO_NAME
