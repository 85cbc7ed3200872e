"""A reply that says nothing: some programs put the letter it answers below, without a mark that it is one."""

from __future__ import annotations

from dataclasses import replace

from maildesk.mail.message import IncomingMail
from maildesk.mail.reply.history import Doubt


def may_echo(mail: IncomingMail) -> bool:
    """Tell whether the words of a mail may be those of the letter that it answers."""
    return mail.body.doubt == Doubt.BELOW_INTRODUCTION


def without_echo(mail: IncomingMail, letter: str) -> IncomingMail:
    """The mail with no words, where they are the letter's; it is looked for however it was wrapped."""
    body, ours = mail.body, _bare(letter)
    if _bare(body.new_text) not in ours:
        return mail
    signature = "" if _bare(body.signature) in ours else body.signature
    body = replace(body, new_text="", signature=signature, doubt=str(Doubt.ONLY_HISTORY))
    return replace(mail, body=body)


def _bare(text: str) -> str:
    return "".join(text.split())
