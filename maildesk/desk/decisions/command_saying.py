"""The action of `#say`: a saved reply goes to the customer, is shown, or all of them are listed."""

from __future__ import annotations

from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.decisions.command_run import CommandRun
from maildesk.desk.letters.letter_context import quoted
from maildesk.desk.policy.saved_replies import reply_called

_SHOWN = 8000
"""Bytes of a saved reply that its author is shown."""


def say(run: CommandRun, value: str) -> str:
    """Take the saved reply along to the customer; with a question mark show it, and say nothing to them."""
    replies = run.desk.replies
    if not value.strip(" ?"):
        names = list(replies.names) if replies else []
        listed: list[str] = names or [Phrase("none: an operator puts them into templates/en/say")]
        run.transcript.shown.append(Joined("\n", [Phrase("The saved replies:"), *listed]))
        return ""
    before, run.words.unsaid = run.words.unsaid, True  # should it fail: nobody means half of an answer to go
    name = reply_called(replies, value.strip(" ?"))
    assert replies is not None  # it has a name
    case = run.apart.case if run.apart else run.case
    words = replies.said(name, case, run.hand.address, run.hand.now)
    run.words.unsaid = before
    if value.rstrip().endswith("?"):
        head = Phrase("{name} would say, and nothing of it was sent:", name=name)
        run.transcript.shown.append(Joined("\n\n", (head, quoted(words, _SHOWN))))
        return ""
    run.words.saved.append(words)
    return ""


def with_saved(run: CommandRun, words: str) -> str:
    """The words for the customers, the saved replies above them."""
    return "\n\n".join(filter(None, (*run.words.saved, words)))


def tell_unsaid(run: CommandRun) -> None:
    """Tell the author of a saved reply that it was not sent, since the words of the mail stay inside."""
    if run.words.saved:
        run.transcript.undone.append(
            Phrase("the saved reply was not sent, since the words of this mail stay inside")
        )
