"""The number of automatic letters that the desk lets out, and the fate of those past the limit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.shared_domains import SHARED_DOMAINS
from maildesk.mail.addr_spec import domain_of, folded


@dataclass(frozen=True, slots=True)
class LetterLimits:
    """The most acknowledgements and other automatic answers in a stretch of time; 0 lets none out.

    Of what somebody of the desk asks to see, about no case, `looks_per_agent_hour` are answered.
    Notices to one person of the desk past `notices_at_once` within minutes, or past
    `notices_per_agent_hour`, come as a digest. `notice_files_hour` are the bytes of files that all notices
    together hold, each reader's counted; beyond it they name them.
    """

    per_address_day: int = 10
    per_case_hour: int = 3
    per_hour: int = 2000
    per_domain_hour: int = 100
    notices_per_agent_hour: int = 60
    notices_at_once: int = 20
    looks_per_agent_hour: int = 30
    notice_files_hour: int = 200 * 2**20


LIFTED = 1_000_000
"""A limit of so many or more is none: no desk writes as much, and nothing is counted for it."""


def lifted(limit: int) -> bool:
    """Tell whether this limit is none."""
    return limit >= LIFTED


class _GoingOn(Counter[str]):
    """Counts on from what another counter has, and leaves that as it is."""

    def __init__(self, begun: Counter[str]) -> None:
        super().__init__()
        self._begun = begun

    def __missing__(self, key: str) -> int:
        return self._begun[key]


@dataclass(slots=True)
class LetterCounts:
    """Letters that went out: by address in 24 hours; by case, unproven domain and in all in one hour.

    `unsure` are, by address in 24 hours, letters to the desk's people about mails that may be anybody's.
    """

    address: Counter[str] = field(default_factory=Counter)
    case: Counter[str] = field(default_factory=Counter)
    domain: Counter[str] = field(default_factory=Counter)
    overall: int = 0
    unsure: Counter[str] = field(default_factory=Counter)

    def add(self, recipient: str, ref: str, *, sure: bool = True) -> None:
        """Count one letter that goes out."""
        if not sure:
            self.unsure[folded(recipient)] += 1
            return
        self.address[folded(recipient)] += 1
        self.case[ref] += 1
        self.domain[domain_of(recipient)] += 1
        self.overall += 1

    def going_on(self) -> LetterCounts:
        """The same to count on with, while these stay as they are."""
        address, case, domain, unsure = map(_GoingOn, (self.address, self.case, self.domain, self.unsure))
        return LetterCounts(address, case, domain, self.overall, unsure)

    def take(self, after: LetterCounts) -> None:
        """Become what those that went on from these have come to."""
        for name in ("address", "case", "domain", "unsure"):
            dict.update(getattr(self, name), getattr(after, name))
        self.overall = after.overall


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer if a letter may go now. Not now: `held` keeps it for a person, else it is not written.

    Of one letter to several that goes only the first copy is `counted`: it stands for all.
    """

    allowed: bool
    held: bool = False
    why: str = ""
    counted: bool = True


FREE = Admission(allowed=True)


def admit(
    kind: LetterKind,
    recipient: str,
    ref: str,
    *,
    proven: bool,
    counts: LetterCounts,
    limits: LetterLimits,
    sure: bool = True,
    asked_for: bool = False,
) -> Admission:
    """Tell whether one more limited letter may go to `recipient` about the case `ref`.

    An unproven address hears our fixed words once a day and no more: a forger who names many
    subjects must not make us write many letters to a victim. Nor must one who writes in an agent's name (not
    `sure`) use up what that agent may hear about mails that are surely theirs. Of what was `asked_for` the
    limit of the case holds nothing back; those of its reader and of the desk do, or a loop had no end.
    """
    address, form = folded(recipient), FORMS[kind]
    if form.fixed_words and counts.address[address]:
        return Admission(allowed=False, why="our fixed words go to an address once a day")
    if form.to_author:
        written = counts.address[address] if sure else counts.unsure[address]
        if written < limits.notices_per_agent_hour:
            return FREE
        return Admission(allowed=False, held=True, why="limits.notices_per_agent_hour is reached for a day")
    domain, spared = domain_of(recipient), asked_for and limits.per_case_hour
    checks = (
        (counts.address[address] >= limits.per_address_day, "acks_per_address_day"),
        (counts.case[ref] >= limits.per_case_hour and not spared, "acks_per_case_hour"),
        (
            not proven and domain not in SHARED_DOMAINS and counts.domain[domain] >= limits.per_domain_hour,
            "acks_per_domain_hour",
        ),
        (counts.overall >= limits.per_hour, "acks_per_hour"),
    )
    reached = next((name for over, name in checks if over), None)
    return Admission(allowed=False, held=True, why=f"limits.{reached} is reached") if reached else FREE
