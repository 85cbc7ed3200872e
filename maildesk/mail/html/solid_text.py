"""A text without its blanks, to be compared with HTML that may say the same, and the signs of form in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from maildesk.mail.html.text import bare_address

EMPHASIS: Final = "*_/~"
BULLETS: Final = "-*+•·o▪◦‣§–"
NUMBER: Final = re.compile(r"(\d{1,4})[.)]")
# Text as programs write it behind the words of a link: `<https://…>`, `(https://…)`, `[https://…]`.
MARKED_ADDRESS: Final = re.compile(
    r"<((?:https?|mailto|tel):[^<>]{1,4000}+)>|\(((?:https?|mailto|tel):[^()]{1,4000}+)\)"
    r"|\[((?:https?|mailto|tel):[^\[\]]{1,4000}+)\]"
)
# Signs before the first words: a bullet, emphasis, names of pictures, addresses of links, a number.
_LEAD: Final = re.compile(
    r"[-*+•·o▪◦‣§–]?(?:[*_/~]|\[[^\[\]]{1,4000}\]|<[^<>]{1,4000}>|\([a-z]+:[^()]{1,4000}\))*(?:\d{1,4}[.)])?"
)
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\"',;]+")
_AROUND_ADDRESS: Final = ".:!?*_"


def solid_of(text: str) -> str:
    """The characters of a text that show."""
    return "".join(_UNSEEN.sub("", text).split())


def plain_address(written: str) -> str:
    """An address as it is compared: what stands around it in a sentence is not of it."""
    return bare_address(written.strip(_AROUND_ADDRESS))


@dataclass(frozen=True, slots=True)
class SolidText:
    """Words without blanks: so many signs lead them, there their lines begin, these addresses they say."""

    solid: str
    lead: int
    line_starts: frozenset[int]
    addresses: frozenset[str]

    @classmethod
    def of(cls, words: str) -> SolidText:
        starts, solid, size = set(), list[str](), 0
        for line in words.splitlines():
            starts.add(size)
            solid.append(solid_of(line))
            size += len(solid[-1])
        addresses = frozenset(plain_address(each) for each in _ADDRESS.findall(words) if "." in each)
        whole = "".join(solid)
        lead = _LEAD.match(whole)
        return cls(whole, lead.end() if lead else 0, frozenset(starts), addresses)

    def begins_with(self, solid: str) -> bool:
        """Tell whether the words begin like this, signs that stand before them aside."""
        bullets = len(solid) == 1 and solid in BULLETS and self.solid[:1] in tuple(BULLETS)
        return bullets or self.solid.startswith(solid) or self.solid.startswith(solid, self.lead)
