"""The fold of one case: its events, once through, cut at the end of each week."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.escalation import Escalation, escalation_after
from maildesk.desk.case.events import DESK, IMPORTED, UNCONFIRMED, Event, EventKind
from maildesk.desk.case.folding import begun, opened_fields
from maildesk.desk.case.transitions import phase_after
from maildesk.desk.figures.case_week import CaseWeek, EscalationSeen, LateCase, Lesson, Uncounted
from maildesk.desk.figures.promise_verdicts import PromiseBook
from maildesk.desk.policy.usual_questions import AFTERWARDS, SURVEY
from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.mail.addr_spec import same_address

BACK_WITHIN: Final = timedelta(days=7)
"""An end that is followed by a reopening within this time was none."""

EMAIL: Final = "email"

_NONE: Final = timedelta(0)
_BEGINNINGS: Final = (EventKind.OPENED, EventKind.STATE_RECORDED)


@dataclass(frozen=True, slots=True)
class FoldTerms:
    """The terms of the fold: business time, and which answers to the survey are good ones."""

    calendar: BusinessCalendar
    satisfied: Callable[[str], bool]


def weeks_of_case(
    ref: str, events: Sequence[Event], edges: Sequence[datetime], terms: FoldTerms
) -> Iterator[tuple[int, CaseWeek]]:
    """Tell what a case adds to each week, by its place: the first is from the first edge to the second.

    Events after the last edge are not heard: each week is as it was known at its end.
    """
    fold, at = _CaseFold(ref, terms), 0
    for event in events:
        while at < len(edges) and event.at >= edges[at]:
            if found := fold.cut(edges, at):
                yield at - 1, found
            at += 1
        if at == len(edges):
            return
        fold.hear(event)
    for each in range(at, len(edges)):
        if found := fold.cut(edges, each):
            yield each - 1, found


@dataclass(slots=True)
class _End:
    at: datetime
    back_at: datetime | None = None

    @property
    def undone(self) -> bool:
        return self.back_at is not None and self.back_at - self.at <= BACK_WITHIN


@dataclass(slots=True)
class _News:
    """The news since the last cut."""

    came_back: int = 0
    ended: int = 0
    later_answers: list[timedelta] = field(default_factory=list)
    surveys_sent: int = 0
    satisfied: list[bool] = field(default_factory=list)
    escalated: int = 0
    begun: Escalation | None = None
    lessons: list[Lesson] = field(default_factory=list)
    fields: list[tuple[str, datetime, str]] = field(default_factory=list)
    mails: list[datetime] = field(default_factory=list)
    events: int = 0


class _CaseFold:
    """The case after the events that were heard so far."""

    def __init__(self, ref: str, terms: FoldTerms) -> None:
        self._ref, self._terms = ref, terms
        self._opened: Event | None = None
        self._phase = Phase.NEW
        self._arrived = datetime.min.replace(tzinfo=UTC)
        self._subject = self._team = self._priority = self._requester = ""
        self._source = EMAIL
        self._imported = self._promised = False
        self._uncounted: tuple[Uncounted, datetime] | None = None
        self._first_at: datetime | None = None
        self._wrote_first = False
        self._ours_since: datetime | None = None
        self._mail_since: datetime | None = None
        self._our_time = _NONE
        self._answers = self._reopened = 0
        self._ends: list[_End] = []
        self._promises = PromiseBook()
        self._escalation: Escalation | None = None
        self._surveys_answered: set[object] = set()
        self._values: dict[str, str] = {}
        self._had: set[str] = set()
        self._changes: dict[str, str | None] = {}
        self._was_open = False
        self._news = _News()

    # --- one event ----------------------------------------------------------------------------------

    def hear(self, event: Event) -> None:
        self._news.events += 1
        if event.kind in _BEGINNINGS:
            self._begin(event)
        if self._opened is None:
            return
        if event.answers:
            self._answered(event)
        if event.kind not in _BEGINNINGS:
            self._moves(phase_after(self._phase, event), event)
        effect = _EFFECTS.get(event.kind)
        if effect:
            effect(self, event)
        self._promises.hear(event, ended=self._phase.ended)
        self._promised = self._promised or "promised_from" in event.data
        self._escalated(event)

    def _begin(self, event: Event) -> None:
        data = event.data
        said = {name: str(data.get(name) or "") for name in ("team", "priority", "requester", "subject")}
        self._team, self._priority, self._requester = said["team"], said["priority"], said["requester"]
        self._subject = said["subject"]
        arrived = _moment(data, "arrived_at") or _moment(data, "since") or _moment(data, "opened_at")
        if self._opened is None:
            self._opened = event
            self._arrived = min(arrived or event.at, event.at)
            self._source = str(data.get("source") or EMAIL)
            self._imported = bool(data.get("existing") or data.get(IMPORTED))
            self._ours_since = self._mail_since = self._arrived
        self._first_at = _moment(data, "first_response_at") or self._first_at
        for name, value in opened_fields(data):
            self._given(name, value, event.at)
        if arrived and not self._imported and not data.get("split_from"):
            self._news.mails.append(self._arrived)
        self._moves(Phase(str(data.get("phase") or Phase.NEW)), event)

    def _moves(self, after: Phase, event: Event) -> None:
        """The phase may become another one: an end, a beginning anew, or whose turn it is."""
        before, self._phase = self._phase, after
        if after is before:
            return
        if after.ended and not before.ended:
            self._ends.append(_End(event.at))
            self._news.ended += 1
        elif before.ended and not after.ended:
            self._news.came_back += 1
            self._reopened += 1
            self._uncounted = None
            if self._ends:
                self._ends[-1].back_at = event.at
        if after.ended or after is Phase.WAITING:
            self._turn_over(event.at)
        elif self._ours_since is None and (before.ended or before is Phase.WAITING):
            self._ours_since = event.at

    def _turn_over(self, at: datetime) -> None:
        """The next word is the customer's."""
        if self._ours_since:
            self._our_time += self._business(self._ours_since, at)
        self._ours_since = self._mail_since = None

    def _answered(self, event: Event) -> None:
        assert self._opened is not None  # `hear` says so
        if self._first_at is None and event.data.get("too_little"):
            return
        self._answers += 1
        if self._first_at is None:
            self._first_at = event.at
            self._wrote_first = event.at == self._opened.at and event.actor == self._opened.actor
            if self._wrote_first:
                self._news.mails.clear()
        elif self._mail_since and not self._imported:
            self._news.later_answers.append(self._business(self._mail_since, event.at))
        self._turn_over(event.at)

    def _wrote(self, event: Event) -> None:
        """The customer wrote; of several mails without an answer the oldest counts."""
        since = event.data.get("since")
        if event.kind is EventKind.REOPENED and since is None and "unpromised" not in event.data:
            return  # somebody of the desk did it
        at = min(datetime.fromisoformat(str(since)), event.at) if since else event.at
        self._news.mails += [at] if since else []
        self._mail_since = self._mail_since or at
        self._ours_since = min(self._ours_since, at) if self._ours_since else at

    def _first_mail(self, event: Event) -> None:
        data = event.data
        if since := data.get("since"):
            self._arrived = min(datetime.fromisoformat(str(since)), self._arrived)
        self._requester = str(data.get("requester") or self._requester)
        self._team = str(data.get("team") or self._team)
        self._priority = str(data.get("priority") or self._priority)

    def _assigned(self, event: Event) -> None:
        self._team = str(event.data.get("team") or "")

    def _changed(self, event: Event) -> None:
        name, new = str(event.data.get("field")), event.data.get("new")
        self._changes[name] = None if new is None else str(new)
        if name == "priority":
            self._priority = str(new or "")

    def _set_aside(self, event: Event) -> None:
        kind = Uncounted.SPAM if event.kind is EventKind.SPAM else Uncounted.MERGED
        self._uncounted = (kind, event.at)

    def _field_set(self, event: Event) -> None:
        self._given(str(event.data["field"]), str(event.data.get("new") or ""), event.at)

    def _given(self, name: str, value: str, at: datetime) -> None:
        self._values[name] = value
        if value and name not in self._had:
            self._news.fields.append((name, at, value))

    def _fared(self, event: Event) -> None:
        """An answer did not arrive, or did after all: the first one may be another, or none."""
        if "first_answer" not in event.data:
            return
        self._first_at = _moment(event.data, "first_answer")
        if self._first_at is None and not self._phase.ended and self._ours_since is None:
            self._ours_since = event.at

    def _asked(self, event: Event) -> None:
        self._news.surveys_sent += event.data.get("question") == SURVEY

    def _answer_given(self, event: Event) -> None:
        data = event.data
        words = str(data.get("words") or "")
        if data.get("question") == AFTERWARDS and words and not data.get(UNCONFIRMED):
            self._news.lessons.append(Lesson(event.at, self._ref, words))
        answer, number = data.get("answer"), data.get("number")
        if data.get("question") == SURVEY and answer and number not in self._surveys_answered:
            self._surveys_answered.add(number)
            self._news.satisfied.append(self._terms.satisfied(str(answer)))

    def _escalated(self, event: Event) -> None:
        before = self._escalation
        after = escalation_after(before, event)
        if event.kind in (EventKind.CLOSED, EventKind.SPAM, EventKind.MERGED_INTO):
            after = None
        if after and not after.asked and (before is None or before.asked):
            self._news.escalated += 1
            self._news.begun = after
        self._escalation = after

    def _business(self, begin: datetime, end: datetime) -> timedelta:
        return self._terms.calendar.between(begin, end)

    # --- one week -----------------------------------------------------------------------------------

    def cut(self, edges: Sequence[datetime], at: int) -> CaseWeek | None:
        """The week that ends at this edge; None where there is nothing to say of it. The next one begins."""
        end = edges[at]
        if self._opened is None:
            return None
        self._promises.passes(end)
        begin = edges[at - 1] if at else datetime.min.replace(tzinfo=UTC)
        ends_before = self._ends_before(edges[at - 2], begin) if at > 1 else ()
        open_now = not self._phase.ended
        silent = not self._news.events and not ends_before and not self._was_open and not open_now
        found = None
        if at and not silent:
            found = self._week(begin, end, ends_before)
        elif not at:
            list(self._promises.decided(begin, end))
        self._had |= {name for name, _, _ in self._news.fields}
        self._was_open, self._news = open_now, _News()
        return found

    def _ends_before(self, begin: datetime, end: datetime) -> tuple[bool, ...]:
        return tuple(each.undone for each in self._ends if begin <= each.at < end)

    def _week(self, begin: datetime, end: datetime, ends_before: tuple[bool, ...]) -> CaseWeek:
        assert self._opened is not None  # `cut` says so
        news, open_now = self._news, not self._phase.ended
        uncounted = self._left_out()
        last = self._ends[-1].at if self._ends and not open_now else None
        ended_here = last is not None and last >= begin and not self._imported
        verdicts = tuple(self._promises.decided(begin, end))
        first = self._first_at if self._first_at and self._first_at >= begin else None
        counts = first and not self._imported and not self._wrote_first
        late = self._promises.late() if open_now else None
        return CaseWeek(
            ref=self._ref,
            team=self._team,
            priority=self._priority,
            source=self._source,
            opened_at=self._arrived,
            came_in=self._arrived if self._arrived >= begin else self._opened.at,
            uncounted=uncounted[0] if uncounted else None,
            became_uncounted=uncounted is not None and uncounted[1] >= begin,
            opened=self._opened.at >= begin,
            imported=self._imported,
            came_back=news.came_back,
            ended=news.ended,
            was_open=self._was_open,
            is_open=open_now,
            ours=open_now and self._ours_since is not None,
            unanswered=open_now and self._first_at is None,
            first_answer=self._business(self._arrived, first) if first and counts else None,
            pace=self._pace(first) if first and counts else None,
            mails=tuple(news.mails),
            later_answers=tuple(news.later_answers),
            verdicts=() if self._wrote_first and self._reopened == 0 and first else verdicts,
            to_end=last - self._arrived if last and ended_here else None,
            our_share=self._our_time if ended_here else None,
            one_touch=self._one_touch() if ended_here and self._answers else None,
            ends_before=ends_before,
            surveys_sent=news.surveys_sent,
            satisfied=tuple(news.satisfied),
            escalated=news.escalated,
            escalation=self._escalation_seen(),
            lessons=tuple(news.lessons),
            late=LateCase(self._ref, self._subject, self._team, late) if late else None,
            fields=tuple(news.fields),
            known=self._known() if news.fields else None,
        )

    def _pace(self, first: datetime) -> float | None:
        """The part of the promised time that a first answer took; None where nothing was promised."""
        promise = self._promises.of_first_answer
        if promise is None or promise[1] is None:
            return None
        began, due = promise[0], promise[1]
        whole = self._business(began, due)
        if whole:
            return self._business(began, first) / whole
        return (first - began) / (due - began) if due > began else None

    def _known(self) -> Case:
        """The case, as far as what is asked of it for the counts of a field."""
        assert self._opened is not None  # `cut` says so
        case, given = begun(self._ref, self._opened), self._changes
        return replace(
            case,
            priority=self._priority,
            team=self._team,
            type=given.get("type", case.type),
            account=given.get("account", case.account),
            fields=dict(self._values),
        )

    def _one_touch(self) -> bool:
        return self._answers == 1 and self._reopened == 0

    def _left_out(self) -> tuple[Uncounted, datetime] | None:
        """Find what keeps a case out of all figures, and since when: a newsletter ended at once, unheard."""
        assert self._opened is not None  # `cut` says so
        at = self._opened.at
        at_once = self._phase.ended and not self._reopened and self._ends[0].at == at
        if self._uncounted is None and at_once and not self._promised and not self._answers:
            return Uncounted.SET_ASIDE, at
        return self._uncounted

    def _escalation_seen(self) -> EscalationSeen | None:
        lasting = self._escalation if self._escalation and not self._escalation.asked else None
        seen = lasting or self._news.begun
        if seen is None:
            return None
        by_customer = seen.by != DESK and same_address(seen.by, self._requester)
        return EscalationSeen(self._ref, self._team, seen.since, by_customer, lasting is not None)


def _moment(data: Mapping[str, object], key: str) -> datetime | None:
    value = data.get(key)
    return datetime.fromisoformat(str(value)) if value else None


_EFFECTS: Final[Mapping[EventKind, Callable[[_CaseFold, Event], None]]] = {
    EventKind.REPLIED: _CaseFold._wrote,
    EventKind.REOPENED: _CaseFold._wrote,
    EventKind.FIRST_MAIL: _CaseFold._first_mail,
    EventKind.ASSIGNED: _CaseFold._assigned,
    EventKind.CHANGED: _CaseFold._changed,
    EventKind.SPAM: _CaseFold._set_aside,
    EventKind.MERGED_INTO: _CaseFold._set_aside,
    EventKind.FIELD_SET: _CaseFold._field_set,
    EventKind.QUESTION_ASKED: _CaseFold._asked,
    EventKind.QUESTION_ANSWERED: _CaseFold._answer_given,
    EventKind.LETTER_FAILED: _CaseFold._fared,
    EventKind.BOUNCED: _CaseFold._fared,
    EventKind.LETTER_DROPPED: _CaseFold._fared,
    EventKind.LETTER_RETRIED: _CaseFold._fared,
}
