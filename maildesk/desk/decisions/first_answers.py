"""The first answer to a case: what the policy wants it to tell, so that it counts as one."""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.case.told import Phrase, in_words
from maildesk.desk.policy.desk import Desk
from maildesk.desk.promises.promised import Promised


def too_little(case: Case, desk: Desk) -> str:
    """Say why an answer to the case is no first response yet; empty where it is one, or came before.

    `promises.keeping` leaves the clock running then.
    """
    terms = desk.time
    row = terms.row(Promised.FIRST_RESPONSE, case)
    if row is None or case.first_response_at:
        return ""
    known = {"priority": bool(case.priority), "resolution": terms.row(Promised.RESOLUTION, case) is not None}
    lacks = [
        Phrase("no {thing}", thing=desk.policy.labels.get(name) or Phrase(name))
        for name in row.tells
        if not known.get(name, True)
    ]
    if not lacks:
        return ""
    names = ", ".join(each.name for each in desk.policy.priorities)
    return Phrase(
        "your answer is no first response yet, since the customer is told {lacking} by it"
        " (write #priority with one of {names}, and answer)",
        lacking=in_words(lacks),
        names=names,
    )
