"""The book of a replay: the cases of one history as they have become, and what is known around them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import GOOGLE, Event, EventKind
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.decisions.routing import Load
from maildesk.desk.decisions.settling import Settled
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_limits import LetterCounts
from maildesk.desk.policy.people import People
from maildesk.mail.addr_spec import Addresses, ByAddress, same_address
from maildesk.simulating.history import History

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


class SimulatedBook:
    """Knows what the desk would know at `now`: the clock goes on, and what lies ahead is not known yet."""

    def __init__(self, history: History, people: People) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)
        self._history = history
        self._people = people
        self._cases: dict[str, Case] = {}
        self._events: dict[str, list[Event]] = {}
        self._claims: dict[str, list[Claim]] = {}
        self._sent_to: dict[str, Addresses] = {}
        self._proven = ByAddress[datetime](history.proven)
        self._written: list[tuple[datetime, str, str]] = []
        self._own_letters: list[Event] = []
        self._google: set[str] = set()
        self._ahead = sorted(_ties(history), key=lambda each: each[0])

    def goes_on(self, now: datetime) -> None:
        """The time becomes this one: letters that went out until then are known."""
        self.now = now
        while self._ahead and self._ahead[0][0] < now:
            _, message_id, claim = self._ahead.pop(0)
            self._claim(message_id, claim)
            if claim.hold is Hold.BEARS:
                self._sent_to.setdefault(message_id, claim.sent_to)

    # --- reading ----------------------------------------------------------------------------------

    def case(self, ref: str) -> Case | None:
        """The case as it has become so far."""
        return self._cases.get(ref)

    @property
    def cases(self) -> Mapping[str, Case]:
        """Every case that was opened so far by its reference, the oldest first."""
        return self._cases

    def standing_for(self, ref: str) -> Case | None:
        """The case of that reference; where this policy opened none, the one that took its mails."""
        return self._cases.get(ref) or next(reversed(self._cases.values()), None)

    @property
    def claims(self) -> Mapping[str, Sequence[Claim]]:
        """The cases that each Message-ID is tied to."""
        return self._claims

    @property
    def sent_to(self) -> Mapping[str, Addresses]:
        """The recipients of each letter of ours, by its Message-ID."""
        return self._sent_to

    @property
    def proven(self) -> Addresses:
        """The addresses that had returned a token of ours."""
        return Addresses(address for address, since in self._proven.items() if since < self.now)

    @property
    def counts(self) -> LetterCounts:
        """The counts of what this replay wrote lately; what other cases had is not counted."""
        counts = LetterCounts()
        recent = [each for each in self._written if each[0] > self.now - _DAY]
        for at, recipient, ref in recent:
            counts.add(recipient, ref)
            if at <= self.now - _HOUR:
                counts.case[ref] -= 1
                counts.overall -= 1
        self._written = recent
        return counts

    def load_of(self, team: str, agents: Collection[str]) -> Load:
        """Make it the turn of who had the case, so that who may act on it is the same."""
        wanted = next(iter(self._history.owners.values()), "")
        members = self._people.members(team)
        at = next((at for at, each in enumerate(members) if same_address(each.address, wanted)), None)
        if at is None:
            return Load()
        busy = ByAddress[int]({each.address: int(each is not members[at]) for each in members})
        return Load(members[at - 1].address, busy)

    def newest_events(
        self, refs: Collection[str], kinds: Collection[EventKind], most: int
    ) -> dict[str, list[Event]]:
        """The newest events of these kinds of each case, the oldest first."""
        found = {ref: [each for each in self._events.get(ref, ()) if each.kind in kinds] for ref in refs}
        return {ref: events[-most:] for ref, events in found.items() if events}

    def had_letter(self, name: str, address: str) -> bool:
        """Tell whether this replay sent a letter of that name to whoever has this folded address."""
        sent = (each.data for each in self._own_letters if each.kind is EventKind.OWN_LETTER)
        return any((data.get("letter"), data.get("to")) == (name, address) for data in sent)

    def shows_google(self, ref: str) -> bool:
        """Tell whether a mail of this replay showed that the case's requester uses Google Workspace."""
        return ref in self._google

    # --- changing ---------------------------------------------------------------------------------

    def record(self, settled: Settled) -> None:
        """The case as a change made it, and the letters that went out with it."""
        self._cases[settled.case.ref] = settled.case
        self._events.setdefault(settled.case.ref, []).extend(settled.events)
        self._own_letters += (each for each in settled.events if each.kind is EventKind.OWN_LETTER)
        if any(each.data.get(GOOGLE) for each in settled.events):
            self._google.add(settled.case.ref)
        for letter in settled.letters:
            form = FORMS[letter.order.kind]
            first = next(zip(letter.to, letter.admissions, strict=True), None)
            if form.limited and first and first[1].allowed:
                self._written.append((self.now, first[0].address, settled.case.ref))

    def bear(self, message_id: str, ref: str) -> None:
        """A mail of the case bears this id."""
        self._claim(message_id, Claim(ref, Hold.BEARS))

    def learn(self, ref: str, message_ids: Iterable[str], hold: Hold) -> None:
        """A mail of the case names these ids, which may lead others to it."""
        for message_id in message_ids:
            if not any(each.hold is Hold.BEARS for each in self._claims.get(message_id, ())):
                self._claim(message_id, Claim(ref, hold))

    def prove(self, address: str) -> None:
        """This address returned a token of ours."""
        self._proven.setdefault(address, self.now)

    def _claim(self, message_id: str, claim: Claim) -> None:
        claims = self._claims.setdefault(message_id, [])
        if claim not in claims:
            claims.append(claim)


def _ties(history: History) -> Iterable[tuple[datetime, str, Claim]]:
    yield from history.claims
    for each in history.sent:
        if each.message_id:
            yield each.at, each.message_id, Claim(each.ref, Hold.BEARS, Addresses(each.recipients))
