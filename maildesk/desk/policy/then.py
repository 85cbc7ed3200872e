"""The acts that a policy lets follow: from an answer to a question, or from silence in a status."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Then:
    """The things that follow; None leaves one as is. `status` and `outcome` are the policy's names in full.

    `letter` is the name of a template of the operator's own, sent to the requester, `ask` of a question.
    `escalate`: the case is escalated.
    """

    status: str | None = None
    outcome: str | None = None
    letter: str | None = None
    ask: str | None = None
    escalate: bool = False


NOTHING = Then()
"""Nothing follows."""
