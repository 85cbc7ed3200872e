"""The policy's ordered rules: what a new mail says about priority, team, type, requester and owner."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum

from maildesk.desk.policy.whole_words import Folded, WordList, fold
from maildesk.mail.addr_spec import domain_of, folded


class RequesterFrom(StrEnum):
    """The place of the customer's address when From names a machine, such as a web form."""

    REPLY_TO = "reply-to"


@dataclass(frozen=True, slots=True)
class MailFacts:
    """The facts of a mail that the rules may look at.

    `named` are the policy's words (`Policy.vocabulary`) that stand in the author's own new words, without
    quotes and signature: the text itself may be long, and was looked through once.
    """

    sender: str
    mailbox: str
    subject: str
    named: Collection[Folded]
    account: str | None = None
    plan: str | None = None
    spam: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of a rule: every list that is given must match, each by any of its entries.

    `spam` asks for the mark of a server on the mail's way; None does not ask.
    """

    sender: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    mailbox: tuple[str, ...] = ()
    subject: WordList = field(default_factory=WordList)
    words: WordList = field(default_factory=WordList)
    spam: bool | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """The result of the rules; None is "nobody said". `because` names the rules that decided something."""

    priority: str | None = None
    team: str | None = None
    type: str | None = None
    requester: RequesterFrom | None = None
    owner: str | None = None
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy: when this, then that."""

    name: str
    when: Condition
    then: Assignment


DECIDED = tuple(each.name for each in fields(Assignment) if each.name != "because")
"""The fields that a rule can set."""


def classify(rules: Iterable[Rule], facts: MailFacts) -> Assignment:
    """Go through the rules in order; the first that sets a field has set it for good."""
    subject = fold(facts.subject)
    decided: dict[str, str] = {}
    because: list[str] = []
    for rule in rules:
        news = {name: value for name, value in _says(rule.then) if name not in decided}
        if news and _holds(rule.when, facts, subject):
            decided |= news
            because.append(rule.name)
    requester = RequesterFrom(decided["requester"]) if "requester" in decided else None
    return Assignment(
        priority=decided.get("priority"),
        team=decided.get("team"),
        type=decided.get("type"),
        requester=requester,
        owner=decided.get("owner"),
        because=tuple(because),
    )


def _says(then: Assignment) -> list[tuple[str, str]]:
    said = ((name, getattr(then, name)) for name in DECIDED)
    return [(name, value) for name, value in said if value is not None]


def _holds(when: Condition, facts: MailFacts, subject: Folded) -> bool:
    lists: tuple[tuple[Sequence[str], str | None], ...] = (
        (when.sender, facts.sender),
        (when.domain, domain_of(facts.sender)),
        (when.account, facts.account),
        (when.plan, facts.plan),
        (when.mailbox, facts.mailbox),
    )
    if not all(_any_of(wanted, value) for wanted, value in lists):
        return False
    if when.spam is not None and when.spam is not facts.spam:
        return False
    if when.subject and not when.subject.found_in(subject):
        return False
    return not when.words or when.words.found_in(subject, named=facts.named) is not None


def _any_of(wanted: Sequence[str], value: str | None) -> bool:
    if not wanted:
        return True
    return value is not None and folded(value) in map(folded, wanted)
