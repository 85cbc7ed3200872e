"""The fold of one case: its events, once through, cut at the end of each week."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from maildesk.desk.case.case import Phase
from maildesk.desk.case.events import IMPORTED, UNCONFIRMED, Event, EventKind
from maildesk.desk.case.folding import opened_fields
from maildesk.desk.case.transitions import phase_after
from maildesk.desk.case.turns import asked_after, asked_at_first
from maildesk.desk.figures.case_escalation import CaseEscalations
from maildesk.desk.figures.case_news import CaseEnd, CaseNews
from maildesk.desk.figures.case_values import CaseValues
from maildesk.desk.figures.case_week import CaseWeek, LateCase, Lesson, Uncounted
from maildesk.desk.figures.our_turn import OurTurn
from maildesk.desk.figures.promise_verdicts import PromiseBook, PromiseVerdict
from maildesk.desk.policy.usual_questions import AFTERWARDS, SURVEY
from maildesk.mail.addr_spec import same_address

EMAIL: Final = "email"

_BEGINNINGS: Final = (EventKind.OPENED, EventKind.STATE_RECORDED)


@dataclass(frozen=True, slots=True)
class FoldTerms:
    """The terms of the fold: how business time is measured, and which answers to the survey are good ones."""

    business: Callable[[datetime, datetime], timedelta]
    satisfied: Callable[[str], bool]


def weeks_of_case(
    ref: str, events: Sequence[Event], edges: Sequence[datetime], terms: FoldTerms
) -> Iterator[tuple[int, CaseWeek]]:
    """Tell what a case adds to each week, by its place: the first is from the first edge to the second.

    Events after the last edge are not heard: each week is as it was known at its end.
    """
    fold = CaseFold(ref, terms)
    at = bisect_right(edges, events[0].at) if events else len(edges)  # before it there is nothing to say
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


class CaseFold:
    """The case after the events that were heard so far."""

    def __init__(self, ref: str, terms: FoldTerms) -> None:
        self._ref, self._terms = ref, terms
        self._opened: Event | None = None
        self.phase = Phase.NEW
        self._arrived = datetime.min.replace(tzinfo=UTC)
        self._subject = self._team = self._priority = self._requester = ""
        self._source = EMAIL
        self._imported = self._promised = False
        self._uncounted: tuple[Uncounted, datetime] | None = None
        self._first_at: datetime | None = None
        self._wrote_first = False
        self._turn = OurTurn(terms.business)
        self._answers = self._reopened = 0
        self._ends: list[CaseEnd] = []
        self._promises = PromiseBook()
        self._escalations = CaseEscalations()
        self._surveys_answered: set[object] = set()
        self._values = CaseValues()
        self._was_open = False
        self._news = CaseNews()

    # --- one event ----------------------------------------------------------------------------------

    def hear(self, event: Event) -> None:
        self._news.events += 1
        if event.kind in _BEGINNINGS:
            self._begin(event)
        elif self._opened is not None:
            self._goes_on(event)
        if self._opened is not None:
            self._promises.hear(event, ended=self.phase.ended)
            self._promised = self._promised or "promised_from" in event.data
            self._escalations.hear(event)

    def _goes_on(self, event: Event) -> None:
        after = phase_after(self.phase, event)
        asked = asked_after(self, after, event)
        if event.answers:
            self._answered(event)
        self._moves(after, event)
        effect = _EFFECTS.get(event.kind)
        if effect:
            effect(self, event)
        self._turn.moves(asked, event.at)

    @property
    def asked_at(self) -> datetime | None:
        return self._turn.asked_at

    @property
    def last_asked_at(self) -> datetime | None:
        return self._turn.last_asked_at

    def is_requester(self, address: str) -> bool:
        return same_address(address, self._requester)

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
        self._first_at = _moment(data, "first_response_at") or self._first_at
        for name, value in opened_fields(data):
            self._values.given(name, value, event.at)
        if arrived and not self._imported and not data.get("split_from"):
            self._news.mails.append(self._arrived)
        self._moves(Phase(str(data.get("phase") or Phase.NEW)), event)
        recorded = _moment(data, "promised_from") or _moment(data, "opened_at") or event.at
        answered = self._first_at is not None
        self._turn.moves(asked_at_first(self.phase, event, recorded, answered=answered), event.at)
        if self._opened is event and self.asked_at:
            self._turn.wrote(self._arrived)

    def _moves(self, after: Phase, event: Event) -> None:
        """The phase may become another one: an end, or a beginning anew."""
        before, self.phase = self.phase, after
        if after is before:
            return
        if after.ended and not before.ended:
            self._ends.append(CaseEnd(event.at))
            self._news.ended += 1
        elif before.ended and not after.ended:
            self._news.came_back += 1
            self._reopened += 1
            self._uncounted = None
            if self._ends:
                self._ends[-1].back_at = event.at

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
        elif not self._imported and not event.data.get("too_little"):
            took = self._turn.answered_after(event.at)
            self._news.later_answers += [] if took is None else [took]

    def _wrote(self, event: Event) -> None:
        since = event.data.get("since")
        if event.kind is EventKind.REOPENED and since is None and "unpromised" not in event.data:
            return  # somebody of the desk did it
        at = min(datetime.fromisoformat(str(since)), event.at) if since else event.at
        self._news.mails += [at] if since else []
        self._turn.wrote(at)

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
        self._values.changed(name, None if new is None else str(new))
        if name == "priority":
            self._priority = str(new or "")

    def _set_aside(self, event: Event) -> None:
        kind = Uncounted.SPAM if event.kind is EventKind.SPAM else Uncounted.MERGED
        self._uncounted = (kind, event.at)

    def _field_set(self, event: Event) -> None:
        self._values.given(str(event.data["field"]), str(event.data.get("new") or ""), event.at)

    def _fared(self, event: Event) -> None:
        """An answer did not arrive, or did after all: the first one may be another, or none."""
        if "first_answer" not in event.data:
            return
        self._first_at = _moment(event.data, "first_answer")

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

    def _business(self, begin: datetime, end: datetime) -> timedelta:
        return self._terms.business(begin, end)

    # --- one week -----------------------------------------------------------------------------------

    def cut(self, edges: Sequence[datetime], at: int) -> CaseWeek | None:
        """The week that ends at this edge; None where there is nothing to say of it. The next one begins."""
        end = edges[at]
        if self._opened is None:
            return None
        self._promises.passes(end)
        begin = edges[at - 1] if at else datetime.min.replace(tzinfo=UTC)
        ends_before = self._ends_before(edges[at - 2], begin) if at > 1 else ()
        open_now = not self.phase.ended
        silent = not self._news.events and not ends_before and not self._was_open and not open_now
        found = None
        if at and not silent:
            found = self._week(begin, end, ends_before)
        elif not at:
            list(self._promises.decided(begin, end))
        self._values.cut()
        self._escalations.cut()
        self._was_open, self._news = open_now, CaseNews()
        return found

    def _ends_before(self, begin: datetime, end: datetime) -> tuple[bool, ...]:
        return tuple(each.undone for each in self._ends if begin <= each.at < end)

    def _week(self, begin: datetime, end: datetime, ends_before: tuple[bool, ...]) -> CaseWeek:
        assert self._opened is not None  # `cut` says so
        news, open_now = self._news, not self.phase.ended
        uncounted = self._left_out()
        last = self._ends[-1].at if self._ends and not open_now else None
        ended_here = last is not None and last >= begin and not self._imported
        verdicts = tuple(filter(self._counts, self._promises.decided(begin, end)))
        first = self._first_at if self._first_at and self._first_at >= begin else None
        counts = first and not self._imported and not self._wrote_first
        late = self._promises.late(end) if open_now else None
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
            ours=open_now and self.asked_at is not None,
            unanswered=open_now and self._first_at is None,
            first_answer=self._business(self._arrived, first) if first and counts else None,
            pace=self._pace(first) if first and counts else None,
            mails=tuple(news.mails),
            later_answers=tuple(news.later_answers),
            verdicts=verdicts,
            to_end=last - self._arrived if last and ended_here else None,
            our_share=self._turn.time if ended_here else None,
            one_touch=self._one_touch() if ended_here and self._answers else None,
            ends_before=ends_before,
            surveys_sent=news.surveys_sent,
            satisfied=tuple(news.satisfied),
            escalated=self._escalations.count,
            escalation=self._escalations.seen(self._ref, self._team, self._requester),
            lessons=tuple(news.lessons),
            late=LateCase(self._ref, self._subject, self._team, late) if late else None,
            fields=tuple(self._values.news),
            known=self._values.known(self._ref, self._opened, self._priority, self._team),
        )

    def first_decided(self, until: datetime) -> Iterator[tuple[str, PromiseVerdict]]:
        """The promises decided since this was asked last, each once and with the priority that the case has.

        Of a case that no figure counts there are none.
        """
        self._promises.passes(until)
        verdicts = list(self._promises.first_decided())
        if verdicts and self._left_out() is None:
            yield from ((self._priority, each) for each in verdicts if self._counts(each))

    def _counts(self, verdict: PromiseVerdict) -> bool:
        """Tell whether somebody waited: what the desk did as it wrote first was promised to nobody."""
        assert self._opened is not None  # before it nothing is promised
        return not (self._wrote_first and verdict.at == self._opened.at)

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

    def _one_touch(self) -> bool:
        return self._answers == 1 and self._reopened == 0

    def _left_out(self) -> tuple[Uncounted, datetime] | None:
        """Find what keeps a case out of all figures, and since when: a newsletter ended at once, unheard."""
        assert self._opened is not None  # `cut` says so
        at = self._opened.at
        at_once = self.phase.ended and not self._reopened and self._ends[0].at == at
        if self._uncounted is None and at_once and not self._promised and not self._answers:
            return Uncounted.SET_ASIDE, at
        return self._uncounted


def _moment(data: Mapping[str, object], key: str) -> datetime | None:
    value = data.get(key)
    return datetime.fromisoformat(str(value)) if value else None


_EFFECTS: Final[Mapping[EventKind, Callable[[CaseFold, Event], None]]] = {
    EventKind.REPLIED: CaseFold._wrote,
    EventKind.REOPENED: CaseFold._wrote,
    EventKind.FIRST_MAIL: CaseFold._first_mail,
    EventKind.ASSIGNED: CaseFold._assigned,
    EventKind.CHANGED: CaseFold._changed,
    EventKind.SPAM: CaseFold._set_aside,
    EventKind.MERGED_INTO: CaseFold._set_aside,
    EventKind.FIELD_SET: CaseFold._field_set,
    EventKind.QUESTION_ASKED: CaseFold._asked,
    EventKind.QUESTION_ANSWERED: CaseFold._answer_given,
    EventKind.LETTER_FAILED: CaseFold._fared,
    EventKind.BOUNCED: CaseFold._fared,
    EventKind.LETTER_DROPPED: CaseFold._fared,
    EventKind.LETTER_RETRIED: CaseFold._fared,
}
