"""Saved replies: words that the desk says again and again, each under a name (`#say NAME`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from maildesk.desk.case.case import Case
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.suggestions import suggestion
from maildesk.errors import Ambiguous, NotFound


class SavedReplies(Protocol):
    """The saved replies of a desk."""

    @property
    def names(self) -> Sequence[str]:
        """The names of all, in any language."""

    def said(self, name: str, case: Case, author: str, now: datetime) -> str:
        """Say the reply of that name to the customer of this case, in their language where it is there.

        `author` is the address of who says it. Raises a MaildeskError where its template fails.
        """


def reply_called(replies: SavedReplies | None, typed: str) -> str:
    """The name of the saved reply that is meant: the whole name, or a beginning of one alone."""
    names = replies.names if replies else ()
    wanted = comparable(typed)
    same = [each for each in names if comparable(each) == wanted]
    begun = [each for each in names if wanted and comparable(each)[: len(wanted)] == wanted]
    found = same or begun
    if len(found) == 1:
        return found[0]
    if found:
        either = Joined(Phrase(" or "), found[:5])
        raise Ambiguous(
            Phrase("{typed} may be {names}", typed=repr(typed[:60]), names=either),
            remedy=Phrase("write more of the name"),
        )
    listed = (
        Phrase("#say alone lists them") if names else Phrase("an operator puts them into templates/en/say")
    )
    raise NotFound(
        Phrase("there is no saved reply {typed}", typed=repr(typed[:60])),
        remedy=suggestion(names, typed, listed),
    )
