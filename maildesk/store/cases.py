"""Cases as a unit of work: load what a batch of mails touches, change it in memory, write it in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, literal, select, union_all

from maildesk.desk.case.case import Case, Party
from maildesk.desk.case.change import CitedMail, TakenMails
from maildesk.desk.case.events import GOOGLE, Event, EventKind
from maildesk.desk.case.requirement import Requirement
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.decisions.routing import Load
from maildesk.desk.letters.case_mail import CaseMail, cited_on
from maildesk.desk.letters.letter_limits import LetterCounts
from maildesk.desk.screening.earlier_mail import EarlierMail
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses, ByAddress
from maildesk.store import schema
from maildesk.store.case_history import incoming_mail, newest_events, newest_mail
from maildesk.store.case_rows import Filing, case_of_row, filed_of_row, mail_of_row, party_of_row
from maildesk.store.case_writing import write_cases, write_events, write_filings, write_mails, write_proven
from maildesk.store.chunks import chunks
from maildesk.store.moving import Origin, move_mails, origin_of
from maildesk.store.own_letters import had_letter, shows_google
from maildesk.store.requirements import add_requirements, all_requirements
from maildesk.store.round_robin import Turns
from maildesk.store.thread_ids import ThreadIds


class CaseBook:
    """The cases of one transaction.

    Ask for everything a batch needs with `load…`, then read and `record` changes; `flush` writes them
    with one statement per table. Later mails of a batch see what earlier ones did.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._stored: dict[str, Case] = {}
        self._cases: dict[str, Case] = {}
        self._ids = ThreadIds(conn)
        self._turns = Turns(conn)
        self._by_raw: dict[str, list[EarlierMail]] = {}
        self._by_id: dict[str, list[EarlierMail]] = {}
        self._proven = NO_ADDRESSES
        self._newly_proven = ByAddress[datetime]()
        self._absent: set[str] = set()
        self._erased: set[str] = set()
        self._last_read: tuple[str, list[CaseMail]] | None = None
        self._mails: list[CaseMail] = []
        self._events: list[tuple[str, Event]] = []
        self._filings: list[Filing] = []
        self._new_requirements: list[Requirement] = []
        self.counts = LetterCounts()
        """The counts of letters that went out already, for the limits; they go on with the batch."""

    # --- loading ----------------------------------------------------------------------------------

    def load_earlier(self, message_ids: Collection[str], raw_sha256: Collection[str]) -> None:
        """Mails on cases that a new one may repeat."""
        for ids, hashes in zip_longest(chunks(message_ids), chunks(raw_sha256), fillvalue=()):
            for row in self._conn.execute(_EARLIER, {"ids": ids, "hashes": hashes}):
                self._remember(filed_of_row(row))

    def load_threads(self, named: Collection[str], own: Collection[str], refs: Collection[str] = ()) -> None:
        """Load the ties of the ids that mails name and bear, the cases they lead to, and these."""
        self.load_cases({*self._ids.load(named, own), *refs})

    def load_cases(self, refs: Collection[str]) -> None:
        """The cases with these references, with their parties; unknown ones are simply not there.

        Nor are those that were erased: nothing leads to them any more, and what is written to them opens a
        case of its own. Their references stay taken.
        """
        for chunk in chunks(set(refs) - self._cases.keys() - self._erased):
            rows = self._conn.execute(_CASES, {"refs": chunk}).all()
            self._erased.update(row.ref for row in rows if row.erased_at is not None)
            there = [row for row in rows if row.erased_at is None]
            parties = self._parties([row.ref for row in there])
            for row in there:
                case = case_of_row(row, tuple(parties.get(row.ref, ())))
                self._stored[case.ref] = self._cases[case.ref] = case
            self._absent.update(ref for ref in chunk if ref not in self._cases.keys() | self._erased)
        linked = {ref for case in self._cases.values() for ref in (case.merged_into, case.followed_by) if ref}
        if linked - self._cases.keys() - self._absent - self._erased:
            self.load_cases(linked)

    def _parties(self, refs: list[str]) -> dict[str, list[Party]]:
        parties: dict[str, list[Party]] = {}
        for row in self._conn.execute(_PARTIES, {"refs": refs}) if refs else ():
            parties.setdefault(row.case_ref, []).append(party_of_row(row))
        return parties

    def load_proven(self, addresses: Collection[str]) -> None:
        """Load which of these addresses ever returned a token of ours."""
        for chunk in chunks(Addresses(addresses)):
            self._proven |= self._conn.execute(_PROVEN, {"these": chunk}).scalars()

    # --- reading ----------------------------------------------------------------------------------

    def case(self, ref: str) -> Case | None:
        """The case as this batch has made it so far."""
        return self._cases.get(ref)

    def living(self, ref: str) -> Case | None:
        """The case, or the one that it became a part of."""
        case = self.case(ref)
        while case and case.merged_into:
            case = self.case(case.merged_into)
        return case

    def is_new(self, ref: str) -> bool:
        """Tell whether this transaction made the case: nothing of it is written yet."""
        return ref in self._cases and ref not in self._stored

    def is_erased(self, ref: str) -> bool:
        """Tell whether the case was there, and was erased."""
        return ref in self._erased

    @property
    def cases(self) -> Mapping[str, Case]:
        """Every case at hand, by its reference."""
        return self._cases

    def earlier_refs(self) -> set[str]:
        """The cases of all earlier mails that were loaded."""
        return {
            one.case_ref
            for filed in (*self._by_raw.values(), *self._by_id.values())
            for one in filed
            if one.case_ref
        }

    @property
    def sent_to(self) -> Mapping[str, Addresses]:
        """The recipients of each letter of ours, by its Message-ID."""
        return self._ids.sent_to

    @property
    def claims(self) -> Mapping[str, Sequence[Claim]]:
        """The cases that each Message-ID is tied to, the oldest of each kind first."""
        return self._ids.claims

    def earlier(self, message_id: str | None, raw_sha256: str) -> list[EarlierMail]:
        """Filed mails with this Message-ID or these bytes, oldest first, those of this batch included."""
        found = {one.ledger_id: one for one in self._by_raw.get(raw_sha256, ())}
        if message_id is not None:
            found |= {one.ledger_id: one for one in self._by_id.get(message_id, ())}
        return [found[key] for key in sorted(found)]

    def origins(self, ledger_ids: Collection[int | None]) -> dict[int, Origin]:
        """Tell where mails came from that this batch filed, whose rows do not say so yet."""
        return {
            one.ledger_id: origin_of(one)
            for filed in self._by_raw.values()
            for one in filed
            if one.ledger_id in ledger_ids
        }

    @property
    def proven(self) -> Addresses:
        """The addresses that ever returned a token of ours, of those that were asked for."""
        return self._proven

    def taken(self, ref: str) -> bool:
        """Tell whether a case has this reference already. Those asked for with `load_cases` cost nothing."""
        if ref in self._cases or ref in self._absent:
            return ref in self._cases
        return self._conn.execute(_TAKEN, {"ref": ref}).first() is not None

    def thread(self, ref: str, words: int = 0) -> list[CaseMail]:
        """All mails of a case, newest first, those of this batch included.

        Their `text` is left out, and so is what the words have beyond so many characters: who asks where an
        answer belongs needs none of it, and a case may hold more than fits into memory.
        """
        waiting = [mail for mail in self._mails if mail.case_ref == ref]
        return [*reversed(waiting), *(self._read_thread(ref, words) if words else self._wordless(ref))]

    def _wordless(self, ref: str) -> list[CaseMail]:
        """The thread that was read last, which a mail of an agent's asks for some four times, or another."""
        if self._last_read is None or self._last_read[0] != ref:
            self._last_read = ref, self._read_thread(ref, 0)
        return self._last_read[1]

    def _read_thread(self, ref: str, words: int) -> list[CaseMail]:
        return [mail_of_row(row) for row in self._conn.execute(_thread(words), {"ref": ref})]

    def refs_of_mail(self, ledger_id: int) -> set[str]:
        """The cases that show the mail of this ledger row, and those they became a part of."""
        c = schema.mails.c
        refs = set(self._conn.execute(select(c.case_ref).where(c.ledger_id == ledger_id)).scalars())
        self.load_cases(refs)
        return refs | {case.ref for ref in refs if (case := self.living(ref))}

    def requirements(self) -> tuple[Requirement, ...]:
        """All requirements, those of this batch included."""
        return (*all_requirements(self._conn), *self._new_requirements)

    def load_of(self, team: str, agents: Collection[str]) -> Load:
        """Tell how busy the agents of a team are, as this batch has made it so far."""
        new = self._turns.count(agents)
        for ref, case in self._cases.items() if new else ():
            self._turns.moved(self._stored.get(ref), case, among=new)
        return Load(self._turns.last(team), self._turns.open_cases())

    def had_letter(self, name: str, address: str) -> bool:
        """Tell whether this address (folded) was sent a letter of that name, by this batch too."""
        new = (each.data for _, each in self._events if each.kind is EventKind.OWN_LETTER)
        lately = any((data.get("letter"), data.get("to")) == (name, address) for data in new)
        return lately or had_letter(self._conn, name, address)

    def shows_google(self, ref: str) -> bool:
        """Tell whether a mail of the case's requester showed that they use Google Workspace."""
        lately = any(at == ref and each.data.get(GOOGLE) for at, each in self._events)
        return lately or (ref in self._stored and shows_google(self._conn, [ref]))

    def newest_events(
        self, refs: Collection[str], kinds: Collection[EventKind], most: int
    ) -> dict[str, list[Event]]:
        """The newest events of these kinds of each case, the oldest first, those of this batch included."""
        found = newest_events(self._conn, set(refs) & self._stored.keys(), kinds, most)
        for ref, event in self._events:
            if ref in refs and event.kind in kinds:
                found.setdefault(ref, []).append(event)
        return {ref: events[-most:] for ref, events in found.items()}

    def newest_mail(self, ref: str, verdicts: Collection[str]) -> CaseMail | None:
        """The newest mail that came in with one of these verdicts, those of this batch included."""
        same = (mail for mail in reversed(self._mails) if mail.case_ref == ref and mail.direction == "in")
        waiting = next((mail for mail in same if mail.verdict in verdicts), None)
        if waiting or ref not in self._stored:
            return waiting
        return newest_mail(self._conn, ref, verdicts)

    # --- changing ---------------------------------------------------------------------------------

    def take_turn(self, team: str, agent: str) -> None:
        """This agent was given a case of the team."""
        self._turns.take(team, agent)

    def record(self, case: Case, events: Iterable[Event] = ()) -> None:
        """The case as it now is, and what happened to it."""
        self._turns.moved(self._cases.get(case.ref), case)
        self._cases[case.ref] = case
        self._events.extend((case.ref, event) for event in events)

    def add_mail(self, mail: CaseMail) -> None:
        """One more mail of a case."""
        self._mails.append(mail)
        if mail.message_id:
            sent_to = Addresses(mail.recipients) if mail.direction == "out" else NO_ADDRESSES
            self._ids.bear(mail.message_id, mail.case_ref, sent_to)

    def take(self, taken: TakenMails, case: Case) -> None:
        """This case shows mails of another from now on; a mail filed later stays where it is filed."""
        self.record(case)
        write_cases(self._conn, self._stored, self._cases)
        self._stored = dict(self._cases)

        def moves(ref: str | None, ledger_id: int | None) -> bool:
            return ref == taken.ref and (taken.ledger_ids is None or ledger_id in taken.ledger_ids)

        move_mails(self._conn, taken, case.ref)
        self._last_read = None
        self._mails = [
            replace(mail, case_ref=case.ref) if moves(mail.case_ref, mail.ledger_id) else mail
            for mail in self._mails
        ]
        self._filings = [
            replace(one, case_ref=case.ref) if moves(one.case_ref, one.ledger_id) else one
            for one in self._filings
        ]
        for known in (*self._by_raw.values(), *self._by_id.values()):
            known[:] = [
                replace(one, case_ref=case.ref) if moves(one.case_ref, one.ledger_id) else one
                for one in known
            ]

    def cite(self, cited: CitedMail, case: Case) -> None:
        """This case repeats the words of a mail that another shows, and goes on showing."""
        waiting = (mail for mail in reversed(self._mails) if (mail.case_ref, mail.ledger_id) == _key(cited))
        mail = next((each for each in waiting if each.direction == "in"), None)
        mail = mail or incoming_mail(self._conn, *_key(cited))
        if mail:
            self._mails.append(cited_on(case, mail))

    def create(self, requirements: Iterable[Requirement]) -> None:
        """Requirements that are new."""
        self._new_requirements.extend(requirements)

    def learn(self, ref: str, message_ids: Iterable[str], hold: Hold, at: datetime) -> None:
        """A mail of the case names these ids; they may lead others to it."""
        self._ids.learn(ref, message_ids, hold, at)

    def forget_mails(self, message_ids: Collection[str]) -> None:
        """Letters of this batch that were sent already, by an earlier one: they are shown once."""
        self._mails = [mail for mail in self._mails if mail.message_id not in message_ids or mail.ledger_id]

    def file(self, filing: Filing, filed: EarlierMail) -> None:
        """The verdict on one ledger row, and what later mails of the batch are compared with."""
        self._filings.append(filing)
        self._remember(filed)

    def prove(self, address: str, at: datetime) -> None:
        """This address returned a token of ours."""
        if address not in self._proven:
            self._proven |= {address}
            self._newly_proven[address] = at

    def flush(self) -> None:
        """Write everything, one statement per table."""
        conn = self._conn
        write_cases(conn, self._stored, self._cases)
        write_mails(conn, self._mails)
        self._ids.flush()
        self._turns.flush()
        write_events(conn, self._events)
        write_filings(conn, self._filings)
        write_proven(conn, self._newly_proven)
        add_requirements(conn, self._new_requirements)
        self._stored = dict(self._cases)
        for batch in (self._mails, self._events, self._filings, self._new_requirements):
            batch.clear()
        self._newly_proven.clear()
        self._last_read = None

    def _remember(self, filed: EarlierMail) -> None:
        if filed.raw_sha256:
            _add_once(self._by_raw.setdefault(filed.raw_sha256, []), filed)
        if filed.message_id:
            _add_once(self._by_id.setdefault(filed.message_id, []), filed)


def _key(cited: CitedMail) -> tuple[str, int | None]:
    return cited.ref, cited.ledger_id


def _add_once(rows: list[EarlierMail], filed: EarlierMail) -> None:
    if all(one.ledger_id != filed.ledger_id for one in rows):
        rows.append(filed)


_REFS: BindParameter[str] = bindparam("refs", expanding=True)
_CASES = select(schema.cases).where(schema.cases.c.ref.in_(_REFS))
_PARTIES = (
    select(schema.parties).where(schema.parties.c.case_ref.in_(_REFS)).order_by(schema.parties.c.number)
)
_TAKEN = select(schema.cases.c.ref).where(schema.cases.c.ref == bindparam("ref"))
_ON_CASES = select(schema.ledger).where(schema.ledger.c.case_ref.is_not(None))
_EARLIER = union_all(  # of two conditions joined by OR a planner may take neither index
    _ON_CASES.where(schema.ledger.c.message_id.in_(bindparam("ids", expanding=True))),
    _ON_CASES.where(schema.ledger.c.raw_sha256.in_(bindparam("hashes", expanding=True))),
)
_PROVEN = select(schema.addresses.c.address).where(
    schema.addresses.c.address.in_(bindparam("these", expanding=True)),
    schema.addresses.c.proven_at.is_not(None),
)


@cache
def _thread(words: int) -> Select[Any]:
    c = schema.mails.c
    others = (each for each in c if each.name not in ("text", "new_text", "in_context"))
    said = (
        (func.substr(each, 1, words) if words else literal("")).label(each.name)
        for each in (c.new_text, c.in_context)
    )
    thread = select(*others, literal("").label("text"), *said).where(c.case_ref == bindparam("ref"))
    return thread.order_by(c.at.desc(), c.id.desc())
