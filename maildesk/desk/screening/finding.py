"""The case a mail points at: tokens, threads and tags, the strongest first.

A token is signed and cannot be had by guessing. A Message-ID is not: anybody can send a mail that bears or
names any id, before the mail it belongs to arrives or after. So an id keeps all its claims, and what a
claim is worth depends on who asks:

1. A token (reply address, Message-ID of ours) names its case, whoever returns it. One that a mail of the
   desk's people showed to others is worth a thread and no more: its From alone says whose mail it is.
2. A party of a case joins it by an id that a mail of the case *bears*, or by an *alias*: an id that a
   party's mail named when it joined, or that a relay gave to our letter. Of many claims on an id, those of
   the author's own cases win, so using somebody's id first takes nothing from them.
3. A party's tag.
4. A mail may arrive after the one that answers it. It joins the case which its answer opened, and so do
   other answers to a mail that we never saw (both by an id that is only *named*), when its author is a
   party and everybody who takes part for the customer is the author, of the author's company, or addressed
   by this mail. So a stranger who names an id, and copies its owner to make them a party, hears nothing of
   the owner's mail.
5. A stranger follows a thread when mails of one case alone bear the nearest known id, and the mail either
   is addressed to somebody on that case, or to us alone and answers that very mail. A root far up in
   References is no sign of that: it is what outsiders know best.
6. A stranger's tag; then what is left of an id: no more than a *hint*. The mail gets a case of its own that
   mentions the other.

Who is copied hears answers, and may have been copied by a stranger who wants their later mails. So until
they have written, what others may know (ids, tags, Message-IDs of letters to others) is theirs only in a mail
addressed to all who take part for the customer: a reply to all. Theirs at once is what they have from us:
their reply address, and the Message-ID of a letter to them that their mail answers; and the reply address of
another where all who take part are of the author's company. All else of that case is a hint.

Two cases whose threads prove to be one are not merged: their parent joins the older and mentions the other.
Machines are believed the first two kinds of claim only: a monitor that names one made-up root in all its
alarms must not have them pile up on one case unread.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from maildesk.desk.case.case import Case
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.policy.people import People
from maildesk.desk.screening.shown_tokens import ShownToken, id_token, proves_itself, reply_token
from maildesk.desk.screening.signals import Signals
from maildesk.desk.screening.situation import CaseMatch, Link
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.identity.references import as_given_by_relay
from maildesk.mail.message import IncomingMail, Standing


def find(
    mail: IncomingMail,
    signals: Signals,
    people: People,
    cases: Mapping[str, Case],
    claims: Mapping[str, Sequence[Claim]],
    shown: Set[ShownToken] = frozenset(),
) -> CaseMatch | None:
    """The case a mail belongs to by its strongest signal. A signal that names no case is no signal.

    `cases` are those at hand, by reference, and `claims` those on each Message-ID, the oldest first. `shown`
    are the tokens that mails of the desk's people showed to others.
    """
    awaited = mail.ids.message_id in claims
    if not (awaited or signals.thread_ids or signals.tokens or signals.tags):
        return None
    search = _Search(mail, signals, people, cases, claims, _tied(signals.thread_ids, cases, claims), shown)
    found = next(filter(None, (step() for step in search.steps())), None)
    named = search.by_form()
    found = named if named and (found is None or found.case.ref != named.case.ref) else found
    later = _living(cases, found.case.followed_by) if found and found.case.followed_by else None
    return replace(found, later=later) if found and later else found


def _living(cases: Mapping[str, Case], ref: str) -> Case | None:
    """The case of that reference, or the one that it became a part of."""
    known = cases.get(ref)
    while known and known.merged_into:
        known = cases.get(known.merged_into)
    return known


def _tied(
    ids: Iterable[str], cases: Mapping[str, Case], claims: Mapping[str, Sequence[Claim]]
) -> dict[Hold, dict[str, Case]]:
    """The cases that ids are tied to, by what ties them; those of the nearest id first."""
    tied: dict[Hold, dict[str, Case]] = {hold: {} for hold in Hold}
    seen = set[Claim]()
    for claim in (claim for each in ids for claim in claims.get(each, ())):
        if claim not in seen:
            seen.add(claim)
            if known := _living(cases, claim.ref):
                tied[claim.hold][known.ref] = known
    return tied


_NOBODY = 0
"""The number of no party: they are counted from 1."""


@dataclass(frozen=True, slots=True)
class _Search:
    """One mail looking for its case; `tied` are the cases that the ids it names are tied to."""

    mail: IncomingMail
    signals: Signals
    people: People
    cases: Mapping[str, Case]
    claims: Mapping[str, Sequence[Claim]]
    tied: Mapping[Hold, Mapping[str, Case]]
    shown: Set[ShownToken]

    def case(self, ref: str) -> Case | None:
        """The case of that reference, or the one that it became a part of."""
        return _living(self.cases, ref)

    def steps(self) -> Sequence[Callable[[], CaseMatch | None]]:
        """The rules above, in their order."""
        return (
            self.by_token,
            self.by_own_thread,
            self.by_own_tag,
            self.by_late_thread,
            self.by_others_thread,
            self.by_tag,
            self.by_hint,
        )

    def by_token(self) -> CaseMatch | None:
        """The first that nobody else knows; one shown to others leads to its case as a thread does."""
        shown = None
        for ref, party in self.signals.tokens:
            known = self.case(ref)
            if known is None:
                continue
            number = self._number_in(known, ref, party)
            if not (self._speaks(known) or self._was_given(known, number)):
                continue
            if not self._shown(ref, party):
                return CaseMatch(known, Link.TOKEN, number)
            shown = shown or CaseMatch(known, Link.THREAD, shown=True)
        return shown

    def _shown(self, ref: str, party: int | None) -> bool:
        """Tell whether others could have returned it, of an id every one; never if its author is proven."""
        if proves_itself(self.mail, self.people):
            return False
        if party is not None:
            return reply_token(ref, party) in self.shown
        ids = [id_token(each) for each, issued in self.signals.own_ids if issued == ref]
        return bool(ids) and all(each in self.shown for each in ids)

    def _number_in(self, known: Case, ref: str, party: int | None) -> int | None:
        """The party's number; in a case that took over the one of the token, whoever holds it has another."""
        issued = self.cases.get(ref)
        if party is None or issued is None or issued.ref == known.ref:
            return party
        holder = issued.numbered(party)
        here = known.party(holder.address) if holder else None
        return here.number if here else _NOBODY

    def by_own_thread(self) -> CaseMatch | None:
        return next((CaseMatch(each, Link.THREAD) for each in self._sure() if self._follows(each)), None)

    def by_late_thread(self) -> CaseMatch | None:
        own = [each for each in self._waiting() if self._takes_part(each) and self._speaks(each)]
        shared = [each for each in self._named() if self._takes_part(each) and self._speaks(each)]
        joined = next((each for each in (*own, *shared) if self._confides_in(each)), None)
        if joined is None or self.mail.author.standing is Standing.FAILED:
            return None
        also = {each.ref: each for each in own if each.ref != joined.ref}
        return CaseMatch(joined, Link.THREAD, also=tuple(also.values()))

    def by_own_tag(self) -> CaseMatch | None:
        own = (each for each in self._tagged() if self._takes_part(each) and self._speaks(each))
        return next((CaseMatch(each, Link.TAG) for each in own), None)

    def by_form(self) -> CaseMatch | None:
        """The case of its author's that a form names outright, whatever mail it was written in answer to."""
        own = (known for ref in self.signals.formed if (known := self.case(ref)))
        theirs = (each for each in own if self._takes_part(each) and self._speaks(each))
        return next((CaseMatch(each, Link.TAG) for each in theirs), None)

    def by_others_thread(self) -> CaseMatch | None:
        """Find a stranger's case by thread; an id of several cases names none. A bounce brings its own id.

        This is for strangers: who takes part, and may not speak by that id, is given no more for it.
        """
        holds = (Hold.BEARS, Hold.ALIAS) if self.mail.automation.bounce else (Hold.BEARS,)
        if not any(self.tied[hold] for hold in holds):
            return None
        for place, message_id in enumerate(self.signals.thread_ids):
            bearing = self._cases_of(message_id, *holds)
            if bearing:
                addressed = [each for each in bearing if self._addressed() & _addresses_of(each)]
                answers = place == 0 or self.mail.automation.bounce is not None
                alone = len(bearing) == 1 and answers and not self._addressed()
                (one,) = addressed if len(addressed) == 1 else bearing[:1]
                sure = (len(addressed) == 1 or alone) and not self._takes_part(one)
                return CaseMatch(one, Link.THREAD) if sure else None
        return None

    def by_tag(self) -> CaseMatch | None:
        others = (each for each in self._tagged() if not self._takes_part(each))
        return next((CaseMatch(each, Link.TAG) for each in others), None)

    def by_hint(self) -> CaseMatch | None:
        issued = (known for ref, _ in self.signals.tokens if (known := self.case(ref)))
        shared = (each for each in self._named() if self._takes_part(each))
        hints = (*issued, *self._sure(), *self._waiting(), *self._tagged(), *shared)
        return next((CaseMatch(each, Link.HINT) for each in hints), None)

    # --- what ids are tied to ---------------------------------------------------------------------

    def _cases_of(self, message_id: str, *holds: Hold) -> list[Case]:
        refs = dict.fromkeys(claim.ref for claim in self.claims.get(message_id, ()) if claim.hold in holds)
        return list({known.ref: known for ref in refs if (known := self.case(ref))}.values())

    def _sure(self) -> Iterator[Case]:
        return itertools.chain(self.tied[Hold.BEARS].values(), self.tied[Hold.ALIAS].values())

    def _waiting(self) -> list[Case]:
        """The cases that named this very mail before it came."""
        if self.mail.by_machine or self.mail.ids.message_id is None:
            return []
        return self._cases_of(self.mail.ids.message_id, Hold.ALIAS, Hold.NAMED)

    def _named(self) -> Iterable[Case]:
        """The cases opened by other answers to what this mail answers."""
        return () if self.mail.by_machine else self.tied[Hold.NAMED].values()

    def _tagged(self) -> Iterator[Case]:
        return (known for ref in self.signals.tags if (known := self.case(ref)))

    # --- who asks ---------------------------------------------------------------------------------

    @property
    def _author(self) -> str:
        return self.mail.author.addr_spec

    def _takes_part(self, case: Case) -> bool:
        return case.party(self._author) is not None

    def _speaks(self, case: Case) -> bool:
        """Tell whether what others may know is the author's own here; always where they take no part."""
        return case.speaks(self._author, self._addressed())

    def _was_given(self, case: Case, number: int | None) -> bool:
        """Tell whether the author, who only hears, has this token from us, or from people of their firm."""
        party = case.party(self._author)
        if number is None:
            return self._answers_letter(case)
        return (party is not None and party.number == number) or self._confides_in(case)

    def _follows(self, case: Case) -> bool:
        return self._takes_part(case) and (self._speaks(case) or self._answers_letter(case))

    def _answers_letter(self, case: Case) -> bool:
        """Tell whether the very mail that this one answers is a letter of the case, sent to its author."""
        nearest = self.mail.ids.thread[:1]
        ids = (*nearest, *filter(None, map(as_given_by_relay, nearest)))
        sent = (claim for each in ids for claim in self.claims.get(each, ()) if self._author in claim.sent_to)
        return any((known := self.case(claim.ref)) and known.ref == case.ref for claim in sent)

    def _addressed(self) -> Addresses:
        """Return whom the mail is addressed to beside us."""
        directed = (each.address for each in self.mail.addressing.to_and_cc)
        return Addresses([each for each in directed if not self.people.is_own(each)])

    def _confides_in(self, case: Case) -> bool:
        """Tell whether the author knows everybody who takes part for the customer."""
        customers = (each.address for each in case.customers)
        known = Addresses((self._author, *self._addressed()))
        return all(each in known or self.people.same_account(each, self._author) for each in customers)


def _addresses_of(case: Case) -> Addresses:
    return Addresses([each.address for each in case.parties if each.role.takes_part])
