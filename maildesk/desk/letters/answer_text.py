"""The frame of an agent's words when a customer reads them: a signature, and no private address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import Person

_DASHES = ("--", "—", "–", "__")


def signature_of(author: Person, text: str, cut: str) -> str:
    """Write what ends an answer: the configured signature, else what the mail ended with, else a name.

    No name is added to words that their author signed already.
    """
    if author.signature:
        return author.signature if author.signature.startswith(_DASHES) else f"-- \n{author.signature}"
    return cut or ("" if _is_signed(text, author.name) else author.name)


def _is_signed(text: str, name: str) -> bool:
    """Tell whether the last line holds the first name, or the name stands above a post or a firm."""
    plain = name.casefold()
    *above, last = [line.strip(" ,.").casefold() for line in text.splitlines() if line.strip()] or [""]
    first = plain.split()[:1]
    if not first:
        return False
    return (len(last.split()) <= 4 and first[0] in last) or plain in above[-_LINES_BELOW_A_NAME:]


_LINES_BELOW_A_NAME = 3
"""`Ana Souza`, her post, the firm, a telephone number."""


class PrivateAddresses:
    """The addresses that customers never read: those of our people, and those that hold somebody's token."""

    def __init__(self, desk: Desk) -> None:
        private = f"(?:{'|'.join(_patterns(desk)) or '(?!)'})"
        self._pattern = re.compile(rf"(?<![\w.+-]){private}(?![\w-])", re.IGNORECASE)
        self._in_names = re.compile(rf"(?<![^\W_])(?<![.+]){private}(?![^\W_])", re.IGNORECASE)

    def hide(self, text: str, public: str) -> str:
        """The same words with the desk's own address wherever a private one stood."""
        return self._pattern.sub(lambda _: public, text) if "@" in text else text

    def hide_in_name(self, name: str, public: str) -> str:
        """The same name of a file, its extension too; in names `_` and `-` stand between words."""
        return self._in_names.sub(lambda _: public, name) if "@" in name else name


def _patterns(desk: Desk) -> Iterator[str]:
    people = desk.people
    named = {person.address for person in (*people.agents, *people.leadership)}
    named |= {team.lead for team in people.teams if team.lead} | set(people.operators)
    for address in sorted(each for each in named if not people.is_own(each)):
        yield re.escape(address)
    for box in desk.mailboxes.values():
        if box.subaddress:
            local, _, domain = box.address.rpartition("@")
            before, after = re.escape(local + box.subaddress), re.escape(domain)
            yield rf"{before}[\w.+-]{{1,64}}@{after}"
