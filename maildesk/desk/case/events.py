"""Events that can happen to a case: its history is these events, in order, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Plain = str | int | float | bool | None
"""The values that an event's data may hold: plain values that read the same in every database."""


class EventKind(StrEnum):
    """The kinds of event; the value is what `case show --json` prints."""

    OPENED = "opened"
    FIRST_MAIL = "first-mail"
    REPLIED = "replied"
    REOPENED = "reopened"
    ANSWERED = "answered"
    NOTED = "noted"
    ASKED = "asked"
    WAITING = "waiting"
    WAIT_OVER = "wait-over"
    RESOLVED = "resolved"
    CLOSED = "closed"
    SPAM = "spam"
    MERGED = "merged"
    MERGED_INTO = "merged-into"
    SPLIT = "split"
    ASSIGNED = "assigned"
    CHANGED = "changed"
    ESCALATED = "escalated"
    ESCALATION_REPEATED = "escalation-repeated"
    ESCALATION_APPROVED = "escalation-approved"
    ESCALATION_DECLINED = "escalation-declined"
    ESCALATION_RAISED = "escalation-raised"
    ESCALATION_UNACKNOWLEDGED = "escalation-unacknowledged"
    ESCALATION_OVER = "escalation-over"
    PLANNED = "planned"
    PLAN_SHARED = "plan-shared"
    RESPONSE_NEAR = "response-near"
    RESPONSE_OVERDUE = "response-overdue"
    RESOLUTION_NEAR = "resolution-near"
    RESOLUTION_OVERDUE = "resolution-overdue"
    UPDATE_OVERDUE = "update-overdue"
    STATUS_CHANGED = "status-changed"
    FIELD_SET = "field-set"
    QUESTION_ASKED = "question-asked"
    QUESTION_ANSWERED = "question-answered"
    REQUIREMENT_LINKED = "requirement-linked"
    SHIPPED = "shipped"
    THANKED = "thanked"
    FORM_ASKED = "form-asked"
    FORM_FILLED = "form-filled"
    REMINDED = "reminded"
    LONG_QUIET = "long-quiet"
    STATE_RECORDED = "state-recorded"
    PARTY_JOINED = "party-joined"
    PARTY_REMOVED = "party-removed"
    NOT_JOINED = "not-joined"
    THIRD_PARTY_WROTE = "third-party-wrote"
    UNVERIFIED_MAIL = "unverified-mail"
    AUTOMATIC_MAIL = "automatic-mail"
    BOUNCED = "bounced"
    DUPLICATE_ARRIVED = "duplicate-arrived"
    MESSAGE_ID_REUSED = "message-id-reused"
    MENTIONED = "mentioned"
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    ANSWER_HELD = "answer-held"
    ANSWER_WITHDRAWN = "answer-withdrawn"
    ANSWER_LAPSED = "answer-lapsed"
    OWN_LETTER = "own-letter"
    LETTER_WITHHELD = "letter-withheld"
    LETTER_HELD = "letter-held"
    LETTER_DELAYED = "letter-delayed"
    LETTER_ARRIVED = "letter-arrived"
    LETTER_FAILED = "letter-failed"
    LETTER_UNCERTAIN = "letter-uncertain"
    LETTER_DROPPED = "letter-dropped"
    LETTER_RETRIED = "letter-retried"
    ERASED = "erased"


INSIDE = "inside"
"""The mark of a question to people of the desk, and of their answer: customers hear nothing of it."""

GOOGLE = "google"
"""The mark of an event for a mail of the requester's that shows that they use Google Workspace."""

IMPORTED = "imported"
"""The mark of an event that happened at another desk, whose mail was brought along."""

DESK = "desk"
"""The actor of what the desk does of itself."""


UNCONFIRMED = "unconfirmed"
"""The mark of an event for words in a desk person's name that the person has not answered for."""


CAME_BACK = "letter"
"""The key of a report's event that says which answer it undid: its Message-ID."""

UNPROVEN = "unproven"
"""The mark of an event for a report about a letter of ours that anybody may have written."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: when (UTC), what, who did it, and the few values that go with it.

    `actor` is an address, or `desk` for what the desk does of itself, or `cli:<login>` for an operator.
    """

    at: datetime
    kind: EventKind
    actor: str
    data: Mapping[str, Plain] = field(default_factory=dict)

    @property
    def answers(self) -> bool:
        """Tell whether a person writes to the customer by it: words, a question, or an outcome."""
        if self.kind is not EventKind.WAITING:
            return self.kind is EventKind.ANSWERED
        return any(self.data.get(each) for each in ("needs", "asks", "result"))

    @property
    def asks_customer(self) -> bool:
        """Tell whether a customer is asked a question of the policy by it."""
        return self.kind is EventKind.QUESTION_ASKED and not self.data.get(INSIDE)
