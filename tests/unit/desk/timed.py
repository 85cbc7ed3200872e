"""A desk on whose cases time passes: events at local times, and what becomes due between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.case.folding import begun
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.moments_told import with_moments
from maildesk.desk.decisions.timing import happened, opens_at
from maildesk.desk.policy.case_types import Priority
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.policy import FirstLetter, Policy
from maildesk.desk.policy.questions import Outcome
from maildesk.desk.policy.statuses import DEFAULT_STATUSES, STAYS, By, Status, Statuses
from maildesk.desk.policy.then import Then
from maildesk.desk.promises.calendar import BusinessCalendar, Window
from maildesk.desk.promises.deadlines import deadlines_of
from maildesk.desk.promises.promised import Promised, PromiseRow
from maildesk.desk.promises.spans import Span
from tests.unit.desk.matters import AGENT, BO, DESK

HOURS = ((Window(9 * 60, 18 * 60),),) * 5 + ((), ())


def calendar(zone: str, *days_off: date, releases: tuple[date, ...] = ()) -> BusinessCalendar:
    """Open from nine to six on weekdays."""
    return BusinessCalendar(ZoneInfo(zone), HOURS, frozenset(days_off), releases)


LISBON = calendar("Europe/Lisbon", date(2025, 12, 1), date(2025, 12, 8))
SAO_PAULO = calendar("America/Sao_Paulo", date(2025, 11, 20))


def row(priority: str = "", **spans: str) -> PromiseRow:
    """One row of a policy's promises."""
    said = {Promised(name): Span.parse(span) for name, span in spans.items() if name != "tells"}
    return PromiseRow(said, priority=(priority,) if priority else ())


def timed_desk(
    hours: BusinessCalendar, *rows: PromiseRow, statuses: Statuses = DEFAULT_STATUSES, quiet: str = ""
) -> Desk:
    """A desk that promises this; nobody hears of quiet cases unless it says so."""
    names = dict.fromkeys(name for each in rows for name in each.priority)
    policy = Policy(
        name="Acme",
        calendar=hours,
        priorities=tuple(Priority(name, rank) for rank, name in enumerate(names, 1)),
        default_priority=None,
        promises=rows,
        statuses=statuses,
        quiet=Span.parse(quiet) if quiet else None,
        first_letter=FirstLetter(tells=("priority", "first_response", "resolution")),
    )
    return replace(DESK, policy=policy)


PRODUCTIV = timed_desk(
    LISBON,
    row("Urgent", first_response="12h"),
    row("High", first_response="18h"),
    row("Normal", first_response="24h"),
    row("Low", first_response="48h"),
    statuses=Statuses(
        (
            Status("New", Phase.NEW),
            Status("Open", Phase.OPEN),
            Status(
                "Waiting for you",
                Phase.WAITING,
                runs=False,
                remind=(Span.parse("4bd"), Span.parse("7bd")),
                after=Span.parse("2w"),
                then=Then("Closed", "no answer"),
            ),
            Status(
                "Solved",
                Phase.RESOLVED,
                runs=False,
                remind=(Span.parse("4bd"), Span.parse("7bd")),
                after=Span.parse("2w"),
                then=Then("Closed"),
            ),
            Status("Closed", Phase.CLOSED, runs=False, by=(By.CUSTOMER,)),
        )
    ),
)
PRODUCTIV = replace(
    PRODUCTIV, policy=replace(PRODUCTIV.policy, outcomes={"no answer": Outcome("no answer", survey=False)})
)
DROZ = timed_desk(
    SAO_PAULO,
    replace(row(first_response="12h day and night"), tells=("priority", "resolution")),
    row("Crítica", resolution="1bd"),
    row("Alta", resolution="3bd"),
    row("Média", resolution="5bd"),
    row("Baixa", resolution="10bd"),
    statuses=Statuses(
        (
            Status("Novo", Phase.NEW),
            Status("Em atendimento", Phase.OPEN),
            Status("Aguardando você", Phase.WAITING, runs=False, remind=(Span.parse("3bd"),)),
            Status("Aguardando terceiro", Phase.WAITING, runs=False, reply=STAYS),
            Status("Resolvido", Phase.RESOLVED, runs=False),
            Status("Encerrado", Phase.CLOSED, runs=False),
        )
    ),
)


@dataclass
class Told:
    """A case, and all that happened to it and was written about it: at which local time, and what."""

    desk: Desk
    case: Case | None = None
    events: list[Event] = field(default_factory=list)
    letters: list[tuple[str, LetterKind]] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        return self.desk.policy.calendar.zone

    def at(self, text: str) -> datetime:
        """`24 Nov 16:30` in the time of the desk, in 2025 unless it says so."""
        said = text if text.split()[2].isdigit() and len(text.split()[2]) == 4 else f"2025 {text}"
        form = "%Y %d %b %H:%M" if said.startswith("2025 ") else "%d %b %Y %H:%M"
        return datetime.strptime(said, form).replace(tzinfo=self.zone).astimezone(UTC)

    def local(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).strftime("%a %-d %b %H:%M") if at else ""

    def opened(self, at: str, priority: str = "", since: str = "", **data: Plain) -> Told:
        """Bo's mail opens a case and is acknowledged."""
        began = self.at(since or at).isoformat()
        told = (LetterOrder(LetterKind.ACKNOWLEDGEMENT),)
        said: Mapping[str, Plain] = {"requester": BO, "priority": priority, "since": began, **data}
        event = Event(self.at(at), EventKind.OPENED, BO, said)
        self._live(Change(begun("7K2Q-9F3M", event), (event,), told))
        return self

    def happens(self, at: str, *kinds: EventKind, actor: str = AGENT, **data: Plain) -> Told:
        """These events, one after the other, after whatever time made happen until then."""
        self.passes(at)
        assert self.case is not None
        case, events = self.case, []
        for kind in kinds:
            events.append(Event(self.at(at), kind, actor, data))
            case = apply(case, events[-1])
        letters = (LetterOrder(LetterKind.ANSWER, text="x"),) if EventKind.ANSWERED in kinds else ()
        self._live(Change(case, tuple(events), letters))
        return self

    def passes(self, until: str, asleep: str = "") -> Told:
        """Time until then; the daemon looks when something is due, but not before `asleep` is over."""
        end, awake = self.at(until), self.at(asleep) if asleep else datetime.min.replace(tzinfo=UTC)
        tried: dict[object, datetime] = {}
        while self.case:
            due = [(tried.get(each, max(each.due_at, awake)), each) for each in deadlines_of(self.case)]
            due = sorted((pair for pair in due if pair[0] <= end), key=lambda pair: (pair[0], pair[1].due_at))
            if not due:
                break
            now, deadline = due[0]
            opens = opens_at(deadline, self.desk, now)
            change = happened(self.case, deadline, self.desk, now) if opens <= now else None
            if change is None:
                tried[deadline] = opens if opens > now else datetime.max.replace(tzinfo=UTC)
                continue
            self._live(change)
        return self

    def _live(self, change: Change) -> None:
        change = with_moments(self.case, change, self.desk)
        self.case = change.case
        self.events += change.events
        self.letters += [(self.local(change.events[-1].at), each.kind) for each in change.letters]

    def said(self, *kinds: LetterKind) -> list[str]:
        """The local times at which letters of these kinds were written."""
        return [at for at, kind in self.letters if kind in kinds]
