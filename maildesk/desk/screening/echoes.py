"""A reply that says nothing: some programs put the letter it answers below, without a mark that it is one."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import Final

from maildesk.mail.message import IncomingMail
from maildesk.mail.reply.closings import greets
from maildesk.mail.reply.history import Doubt

_LEAST: Final = 20
"""So many characters at least are a letter: people answer in words that we wrote, `yes`, `the red one`."""
_MOST_LINES: Final = 20


def may_echo(mail: IncomingMail) -> bool:
    """Tell whether the words of a mail may be those of the letter that it answers."""
    return mail.body.doubt == Doubt.BELOW_INTRODUCTION


def without_echo(mail: IncomingMail, letter: str) -> IncomingMail:
    """The mail with no words, where they are the letter's; it is looked for however it was wrapped."""
    body, ours = mail.body, _bare(letter)
    first, _, rest = body.new_text.partition("\n")
    greeting, said = (first, rest) if rest and greets(first) else ("", body.new_text)
    if not (_repeats(body.new_text, letter) or (greeting and _repeats(said, letter))):
        return mail
    signature = "" if _bare(body.signature) in ours else body.signature
    new = "" if _repeats(body.new_text, letter) else greeting
    body = replace(body, new_text=new, signature=signature, doubt=str(Doubt.ONLY_HISTORY))
    return replace(mail, body=body)


def _repeats(text: str, letter: str) -> bool:
    """Tell whether a text is a third of the letter from its beginning on, or half of it from a line on."""
    said, ours = _bare(text), _bare(letter)
    if len(said) < _LEAST:
        return False
    size = 0
    for line in letter.split("\n")[:_MOST_LINES]:
        share = 2 if size else 3
        if share * len(said) >= len(ours) and ours.startswith(said, size):
            return size + len(said) in set(accumulate(map(len, letter.split())))
        size += len(_bare(line))
    return False


def _bare(text: str) -> str:
    return "".join(text.split())
