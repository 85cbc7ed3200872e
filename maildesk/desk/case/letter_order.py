"""Letters that a change of a case owes, before they are written: which kind, and what it is to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from maildesk.mail.message import FileKey, RichWords


class LetterKind(StrEnum):
    """Every letter the desk writes; the value is also the name of its template."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ACKNOWLEDGEMENT_FIXED = "acknowledgement-fixed"
    ANSWER = "answer"
    ESCALATED = "escalated"
    ESCALATION_ASKED = "escalation-asked"
    ESCALATION_DECLINED = "escalation-declined"
    PLAN = "plan"
    REOPENED = "reopened"
    CLOSED = "closed"
    OUTCOME = "outcome"
    NEED = "need"
    SPLIT_OFF = "split-off"
    SHIPPED = "shipped"
    STATUS = "status"
    OWN = "own"
    REASSIGNED = "reassigned"
    NEW_MOMENT = "new-moment"
    REMINDER = "reminder"
    QUESTION = "question"
    FORM_ASKED = "form-asked"
    FORM_RETURNED = "form-returned"
    FORM_FIXED = "form-fixed"
    QUESTION_TEAM = "question-team"
    AFTERWARDS = "afterwards"
    CONSULTED_WROTE = "colleague-wrote"
    MACHINE_WROTE = "machine-wrote"
    LET_IN = "let-in"
    OPENED_TEAM = "opened-team"
    REPLIED_TEAM = "replied-team"
    REOPENED_TEAM = "reopened-team"
    ANSWERED_TEAM = "answered-team"
    ASSIGNED_TEAM = "assigned-team"
    REVIEW = "review"
    UNACKNOWLEDGED = "unacknowledged"
    ESCALATED_LEADERSHIP = "escalated-leadership"
    ESCALATED_TEAM = "escalated-team"
    RESPONSE_NEAR = "response-near"
    RESOLUTION_NEAR = "resolution-near"
    WAIT_OVER = "wait-over"
    OVERDUE = "overdue"
    RESOLUTION_OVERDUE = "resolution-overdue"
    UPDATE_OVERDUE = "update-overdue"
    LONG_QUIET = "long-quiet"
    SUSPICIOUS = "suspicious"
    UNDELIVERED = "undelivered"
    STILL_TRIED = "still-tried"
    ESCALATION_OVER = "escalation-over"
    STATUS_TEAM = "status-team"
    ARRIVED = "arrived"
    NOT_SENT = "not-sent"
    COLLEAGUE_ACTED = "colleague-acted"
    NOTE_KEPT = "note-kept"
    CONFIRM = "confirm"
    CONFIRM_MORE = "confirm-more"
    ANSWERED_MEANWHILE = "answered-meanwhile"
    REFUSED = "refused"
    TRANSCRIPT = "transcript"
    FILES = "files"
    LOOKED = "looked"
    ASK = "ask"
    DIGEST = "digest"
    SUMMARY = "summary"
    WEEKLY = "weekly"
    CHOSEN = "chosen"
    SHEET = "morning-sheet"
    AWAY_SUGGESTED = "away-suggested"
    ALARM = "alarm"


ANSWERING: Final = (LetterKind.ANSWER, LetterKind.NEED, LetterKind.OUTCOME)
"""Letters by which a person answers a customer: their words, what is needed, what came of it."""


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """A letter somebody is owed, before it is written.

    `extra` holds the few plain values its template needs beside the case and the mail that caused it;
    `author` is the desk person an answer or a kept note belongs to. `enclosed` are files of the mail that
    caused it which go along; `to` are those whom somebody asks for by name; `part` numbers
    letters of one kind that one change owes. `sure`: the mail that it answers is its author's; a letter about
    one that may be anybody's takes no room from these. `fixed`: this one holds our words alone, whatever its
    kind may hold. `rich` is its `text` as HTML, where the author wrote that. `also` are other letters to the
    same customers, which this one takes along. `own` is the name of which an operator may have a template of
    its own (`en/KIND-NAME.txt`). `decided`: a person of the desk decided what it tells, so that it answers no
    machine and no limit on automatic letters holds it.
    """

    kind: LetterKind
    author: str = ""
    text: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    enclosed: tuple[FileKey, ...] = ()
    to: tuple[str, ...] = ()
    part: int = 0
    sure: bool = True
    fixed: bool = False
    also: tuple[LetterOrder, ...] = ()
    rich: RichWords = ()
    own: str = ""
    decided: bool = False
