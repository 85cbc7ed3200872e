"""The desk itself: its name, its promises, its people; the values every decision is made against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from maildesk.desk.case.case import Case
from maildesk.desk.case.told import Speech
from maildesk.desk.policy.case_fields import EMAIL
from maildesk.desk.policy.people import People
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.rights import is_of
from maildesk.desk.policy.saved_replies import SavedReplies
from maildesk.desk.promises.spans import Span
from maildesk.desk.promises.time_terms import EscalationTerms, TimeTerms
from maildesk.mail.addr_spec import ByAddress, folded, same_address, without_detail
from maildesk.mail.identity.references import Separator

Subaddressing = Separator | Literal[""]
"""The sign before a detail in an address that reaches its mailbox; empty where none does."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox we watch, as far as letters care: who speaks, and whether subaddresses reach us.

    `aliases` are other addresses whose mail comes here and that letters speak as; `groups` only pass it on.
    `channel` is what customers use it for.
    """

    name: str
    address: str
    subaddress: Subaddressing = ""
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    channel: str = EMAIL

    @property
    def addresses(self) -> tuple[str, ...]:
        """All the addresses whose mail comes here."""
        return (*self.speaking, *self.groups)

    @property
    def speaking(self) -> tuple[str, ...]:
        """The addresses that letters may come from."""
        return (self.address, *self.aliases)

    @property
    def domain(self) -> str:
        """The domain of its address, in which its Message-IDs are."""
        return self.address.rpartition("@")[2]

    def spoken_to(self, named: Iterable[str]) -> str:
        """The first of these addresses that is one of ours, as the configuration writes it; else our own.

        A detail behind the name does not make it another (RFC 5233).
        """
        own = {folded(each): each for each in reversed(self.speaking)}
        found = (own.get(folded(each)) or own.get(without_detail(each)) for each in named)
        return next(filter(None, found), self.address)


@dataclass(frozen=True, slots=True)
class Desk:
    """One help desk. `zone` is the IANA time zone in which customers read times.

    `mailboxes` are by name. A case keeps its mailbox's address: names are the configuration's to change.
    `ack_max_age`: a mail older than this is never acknowledged. `answer_files` and `notice_files` are the
    most bytes of files that go along with an answer and with a notice, `stranger_files` with a notice about
    somebody who is neither vouched for nor proven. `parties_per_mail`: so many of those whom one mail names
    join its case at most. `splits_per_mail`: so many cases are split off by one mail at most. `language` is
    that of the desk's own people, None for English. `replies` are those that are saved, None where no letters
    are written. `morning_sheet`: each agent is sent theirs as the desk opens. An answer waits
    for `answer_delay`, so that its author may take it back. `time` is what all this says of time.
    """

    name: str
    address: str
    tag: str
    zone: str
    policy: Policy
    people: People
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    ack_max_age: timedelta = timedelta(days=3)
    answer_files: int = 20 * 2**20
    notice_files: int = 5 * 2**20
    parties_per_mail: int = 20
    splits_per_mail: int = 20
    stranger_files: int = 2**20
    language: Speech | None = None
    replies: SavedReplies | None = None
    morning_sheet: bool = False
    answer_delay: timedelta = timedelta(0)
    time: TimeTerms = field(init=False, repr=False, compare=False)
    _homes: ByAddress[Mailbox] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "time", _time_terms(self.policy, self.people))
        homes = ByAddress[Mailbox]()
        for box in self.mailboxes.values():
            for each in box.speaking:
                homes.setdefault(each, box)
        object.__setattr__(self, "_homes", homes)  # the look-up table of a frozen value, made once

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox of that address or alias; one no longer configured speaks as the desk itself."""
        return self._homes.get(address) or Mailbox("", self.address)

    def relayed_by(self, address: str) -> str:
        """The folded address of the mailbox through whose relay a case of that address is answered."""
        box = self._homes.get(address)
        return folded(box.address if box else address)

    @property
    def addressed(self) -> tuple[Mailbox, ...]:
        """Every mailbox, and the desk's own address, to which a token may come back."""
        boxes = tuple(self.mailboxes.values())
        own = any(same_address(box.address, self.address) for box in boxes)
        return boxes if own else (*boxes, Mailbox("", folded(self.address)))

    def channel_of(self, name: str) -> str:
        """The channel that the mailbox of that name is for."""
        box = self.mailboxes.get(name)
        return box.channel if box else EMAIL

    def address_of(self, name: str) -> str:
        """The address, folded, of the mailbox that the configuration calls so, else the desk's own."""
        box = self.mailboxes.get(name)
        return folded(box.address if box else self.address)


def _time_terms(policy: Policy, people: People) -> TimeTerms:
    return TimeTerms(
        calendar=policy.calendar,
        rows=policy.promises,
        quiet=policy.quiet,
        tells=policy.first_letter.tells,
        stay=policy.statuses.of_case,
        plan=lambda case: policy.known_plan(people.plan_of(case.requester, case.account)),
        escalation=_escalation_terms(policy, people),
    )


def _escalation_terms(policy: Policy, people: People) -> EscalationTerms:
    path = policy.escalation_path

    def within(case: Case) -> Span | None:
        number = case.escalation.level if case.escalation else 0
        return path.levels[number - 1].within if 0 < number <= len(path.levels) else None

    def of_level(address: str, case: Case) -> bool:
        active = case.escalation
        return active is not None and not active.asked and is_of(active.to, address, case, people)

    def of_team(address: str, case: Case) -> bool:
        return case.escalation is not None and is_of(path.reviewers, address, case, people)

    return EscalationTerms(
        within=within,
        acknowledge=path.acknowledge,
        updates=path.updates,
        of_level=of_level,
        of_team=of_team,
    )
