"""Looking things up for somebody of the desk: only reads, outside the transaction that files their mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from maildesk.casework.office import Office
from maildesk.desk.case.case import Case
from maildesk.desk.case.search_words import Search, excerpt, read_search
from maildesk.desk.case.told import Phrase
from maildesk.desk.letters.case_mail import counts
from maildesk.desk.policy.absences import stood_in_for
from maildesk.desk.policy.queue import in_order, others_teams
from maildesk.desk.policy.rights import may_act
from maildesk.desk.policy.typed_people import known_team
from maildesk.desk.screening.command_lines import CommandLine
from maildesk.desk.screening.looked_up import LookedUp, SeenCase, SeenMail
from maildesk.errors import BadInput, MaildeskError, NotFound
from maildesk.mail.addr_spec import folded
from maildesk.mail.identity.references import normal_reference
from maildesk.store import search
from maildesk.store.case_filters import Conditions, may_fit, queued_refs, refs_of_customer
from maildesk.store.case_views import find_case
from maildesk.store.cases import CaseBook
from maildesk.store.chunks import chunks
from maildesk.store.database import Connection
from maildesk.store.found_mails import MOST_FOUND, newest_found, said_in
from maildesk.store.moving import open_refs_of

MOST_CASES: Final = 20
"""So many cases are shown to one line; the command line has them all."""
MOST_MAILS: Final = 20
MOST_LINES: Final = 10
"""So many lines of one mail are looked up."""
_LISTED: Final = 500
"""So many cases of a queue or of a customer are looked at."""
PAGES: Final = (100, 900, MOST_FOUND - 1000)
"""So many mails with words are looked through, some after others."""
_LOADED: Final = 50


class Looking:
    """Looks up what lines of one person's mail ask for."""

    def __init__(self, conn: Connection, office: Office, author: str) -> None:
        self._conn = conn
        self._office = office
        self._author = author
        self._book = CaseBook(conn)

    def look_up(self, lines: Iterable[CommandLine]) -> tuple[LookedUp, ...]:
        """Look up what each line asks for, in their order; a line that shows no cases has nothing here."""
        asked = [line for line in lines if line.command and line.command.word in self._LOOKS]
        return tuple(map(self._look, asked[:MOST_LINES]))

    def _look(self, line: CommandLine) -> LookedUp:
        assert line.command is not None  # only such are asked for above
        try:
            return self._LOOKS[line.command.word](self, line)
        except MaildeskError as problem:
            return LookedUp(line, problem=problem)

    # --- each command -----------------------------------------------------------------------------

    def _mine(self, line: CommandLine) -> LookedUp:
        if line.value:
            raise BadInput(Phrase("#mine shows the cases that are yours, and takes no name"))
        cases = self._loaded(open_refs_of(self._conn, self._author))
        own = [each for each in cases if each.is_owner(self._author) and not each.phase.ended]
        return self._shown(line, sorted(own, key=lambda each: (each.opened_at, each.ref)))

    def _queue(self, line: CommandLine) -> LookedUp:
        desk = self._office.desk
        others = others_teams(desk.people, self._author)
        team = known_team(desk.people, line.value).name if line.value else None
        if team is not None:
            others = tuple(each.name for each in desk.people.teams if each.name != team or team in others)
        cases = self._loaded(queued_refs(self._conn, desk.policy, others, _LISTED))
        queued = in_order(cases, desk.policy)
        return self._shown(line, [each for each in queued if team is None or each.team == team])

    def _find(self, line: CommandLine) -> LookedUp:
        wanted = read_search(line.value)
        fitting = self._fitting(wanted)
        found: dict[str, SeenCase] = {}
        below = None
        for page in PAGES:
            hits = newest_found(self._conn, wanted, below, page, fitting)
            self._take(hits.mails, wanted, found)
            below = hits.below
            if below is None or len(found) > MOST_CASES:
                break
        waiting = search.still_waiting(self._conn, MOST_FOUND)
        shown = tuple(found.values())
        return LookedUp(line, shown[:MOST_CASES], len(shown) > MOST_CASES, wanted, waiting)

    def _take(self, page: Sequence[tuple[int, str]], wanted: Search, found: dict[str, SeenCase]) -> None:
        """Take the cases of a page of mails that fit, each with the mail by which it was found."""
        newest: dict[str, int] = {}
        for number, ref in page:
            newest.setdefault(ref, number)
        fitting: dict[str, Case] = {}
        for few in chunks([ref for ref in newest if ref not in found], _LOADED):
            self._book.load_cases(few)
            seen = ((ref, self._may_see(ref)) for ref in few)
            fitting |= {ref: case for ref, case in seen if case and wanted.fits(case)}
            if len(found) + len(fitting) > MOST_CASES:
                break
        some = dict(list(fitting.items())[: MOST_CASES + 1 - len(found)])
        said = said_in(self._conn, [newest[ref] for ref in some])
        for ref, case in some.items():
            at, sender, words = said[newest[ref]]
            found[ref] = SeenCase(case, self._address(case), (SeenMail(at, sender, excerpt(words, wanted)),))

    def _customer(self, line: CommandLine) -> LookedUp:
        typed = folded(line.value.strip().strip("<>")).removeprefix("@")
        if "@" not in typed and "." not in typed:
            raise BadInput(Phrase("{typed} is no address", typed=ascii(line.value[:40])))
        cases = self._loaded(refs_of_customer(self._conn, typed, self._fitting(Search(())), _LISTED))
        ordered = sorted(cases, key=lambda each: each.opened_at, reverse=True)
        return self._shown(line, sorted(ordered, key=lambda each: each.phase.ended))

    def _status(self, line: CommandLine) -> LookedUp:
        case = self._named(line)
        thread = [each for each in self._book.thread(case.ref) if counts(each)][:MOST_MAILS]
        mails = tuple(SeenMail(each.at, each.sender, each.subject) for each in thread)
        return LookedUp(line, (SeenCase(case, self._address(case), mails),))

    def _files(self, line: CommandLine) -> LookedUp:
        case = self._named(line)
        return LookedUp(line, (SeenCase(case, self._address(case)),))

    _LOOKS: Final[dict[str, Callable[[Looking, CommandLine], LookedUp]]] = {
        "mine": _mine,
        "queue": _queue,
        "find": _find,
        "customer": _customer,
        "status": _status,
        "files": _files,
    }

    # --- cases ------------------------------------------------------------------------------------

    def _named(self, line: CommandLine) -> Case:
        """The case that a line names. One that is not theirs to see is as if there were none."""
        normal = normal_reference(line.value.strip().strip("[]").removeprefix("#"))
        if normal is None:
            raise BadInput(Phrase("name the case by its reference"), remedy=Phrase("write it as 7K2Q-9F3M"))
        none = NotFound(Phrase("there is no case {typed} of yours or your teams'", typed=normal))
        try:
            ref = find_case(self._conn, normal)
        except MaildeskError:
            raise none from None
        self._book.load_cases([ref])
        case = self._may_see(ref)
        if case is None:
            raise none
        return case

    def _loaded(self, refs: Iterable[str]) -> list[Case]:
        """These cases, of which their author may act on each."""
        ordered = list(dict.fromkeys(refs))
        self._book.load_cases(ordered)
        seen = (case for ref in ordered if (case := self._may_see(ref)))
        return list({case.ref: case for case in seen}.values())

    def _fitting(self, wanted: Search) -> Conditions:
        """The conditions of cases that are asked for, and may be theirs to see."""
        people = self._office.desk.people
        owned = [self._author, *(each.address for each in stood_in_for(people, self._author))]
        return may_fit(wanted, others_teams(people, self._author), owned)

    def _may_see(self, ref: str) -> Case | None:
        case = self._book.living(ref)
        return case if case and may_act(self._office.desk.people, self._author, case) else None

    def _shown(self, line: CommandLine, cases: Sequence[Case]) -> LookedUp:
        some = tuple(SeenCase(each, self._address(each)) for each in cases[:MOST_CASES])
        return LookedUp(line, some, len(cases) > MOST_CASES)

    def _address(self, case: Case) -> str:
        return self._office.writer.address_of(case, self._author)
