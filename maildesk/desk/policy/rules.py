"""The policy's ordered rules: what a new mail, and those above, say about the case that it opens."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from maildesk.desk.policy.case_fields import SOURCE
from maildesk.desk.policy.whole_words import Folded, WordList, fold
from maildesk.mail.addr_spec import domain_of, folded


class RequesterFrom(StrEnum):
    """The place of the customer's address when From names a machine, such as a web form."""

    REPLY_TO = "reply-to"


@dataclass(frozen=True, slots=True)
class MailFacts:
    """The facts of a mail that the rules may look at.

    `named` are the policy's words (`Policy.vocabulary`) that stand in the author's own new words, without
    quotes and signature: the text itself may be long, and was looked through once. `language` is a tag such
    as `pt-BR`, `source` the channel that it came by. What no rule has decided counts as its default.
    """

    sender: str
    mailbox: str
    subject: str
    named: Collection[Folded]
    account: str | None = None
    plan: str | None = None
    spam: bool = False
    google: bool = False
    language: str | None = None
    account_fields: Mapping[str, str] = field(default_factory=dict)
    default_fields: Mapping[str, str] = field(default_factory=dict)
    default_type: str | None = None
    default_priority: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of a rule: every list that is given must match, each by any of its entries.

    `spam` asks for the mark of a server on the mail's way, `google` for signs of Google Workspace; None does
    not ask. `type` and `priority` are
    names in full, `fields` of the case or the account, each with what its value may be: a choice, a text, or
    `10+` for a number.
    """

    sender: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    mailbox: tuple[str, ...] = ()
    subject: WordList = field(default_factory=WordList)
    words: WordList = field(default_factory=WordList)
    spam: bool | None = None
    google: bool | None = None
    type: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assignment:
    """The result of the rules; None is "nobody said". `because` names the rules that decided something.

    `note` is kept inside for the desk's people; `tell` are audiences that hear beside the usual. `escalate`:
    the case is escalated as it opens. `outcome`: it ends with that one. `ask` is the question that stands in
    the receipt, `letter` one of the operator's own that goes beside it.
    """

    priority: str | None = None
    team: str | None = None
    type: str | None = None
    requester: RequesterFrom | None = None
    owner: str | None = None
    status: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    tell: tuple[str, ...] = ()
    escalate: bool = False
    outcome: str | None = None
    ask: str | None = None
    letter: str | None = None
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy: when this, then that."""

    name: str
    when: Condition
    then: Assignment


DECIDED = ("priority", "team", "type", "requester", "owner", "status", "note", "outcome", "ask", "letter")
"""The decisions of which the first rule that makes one has made it."""


def classify(rules: Iterable[Rule], facts: MailFacts) -> Assignment:
    """Go through the rules in order; the first that sets a thing has set it for good.

    Each sees what those above it decided. Whom they tell comes together.
    """
    subject = fold(facts.subject)
    decided: dict[str, str] = {}
    fields: dict[str, str] = {}
    told: dict[str, None] = {}
    escalates = False
    because: list[str] = []
    for rule in rules:
        then = rule.then
        news = {name: value for name, value in _says(then) if name not in decided}
        new_fields = {name: value for name, value in then.fields.items() if name not in fields}
        tells = [each for each in then.tell if each not in told]
        says = news or new_fields or tells or (then.escalate and not escalates)
        if says and _holds(rule.when, facts, subject, _Known(decided, fields)):
            decided |= news
            fields |= new_fields
            told |= dict.fromkeys(tells)
            escalates = escalates or then.escalate
            because.append(rule.name)
    requester = RequesterFrom(decided["requester"]) if "requester" in decided else None
    return Assignment(
        priority=decided.get("priority"),
        team=decided.get("team"),
        type=decided.get("type"),
        requester=requester,
        owner=decided.get("owner"),
        status=decided.get("status"),
        fields=fields,
        note=decided.get("note"),
        tell=tuple(told),
        escalate=escalates,
        outcome=decided.get("outcome"),
        ask=decided.get("ask"),
        letter=decided.get("letter"),
        because=tuple(because),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """The decisions of the rules above."""

    decided: Mapping[str, str]
    fields: Mapping[str, str]

    def field(self, name: str, facts: MailFacts) -> str | None:
        """The value of a field: as decided, else the account's own, else the policy's default."""
        own = self.fields.get(name, facts.source if name == SOURCE else None)
        return own or facts.account_fields.get(name, facts.default_fields.get(name))


def holds(when: Condition, facts: MailFacts, fields: Mapping[str, str]) -> bool:
    """Tell whether a condition holds of a case that has these fields; of its mail nothing is asked."""
    return _holds(when, facts, fold(facts.subject), _Known({}, fields))


def _says(then: Assignment) -> list[tuple[str, str]]:
    said = ((name, getattr(then, name)) for name in DECIDED)
    return [(name, value) for name, value in said if value is not None]


def _holds(when: Condition, facts: MailFacts, subject: Folded, known: _Known) -> bool:
    lists: tuple[tuple[Sequence[str], str | None], ...] = (
        (when.sender, facts.sender),
        (when.domain, domain_of(facts.sender)),
        (when.account, facts.account),
        (when.plan, facts.plan or ""),
        (when.mailbox, facts.mailbox),
        (when.type, known.decided.get("type", facts.default_type)),
        (when.priority, known.decided.get("priority", facts.default_priority)),
    )
    if not all(_any_of(wanted, value) for wanted, value in lists):
        return False
    if when.language and not any(_speaks(each, facts.language) for each in when.language):
        return False
    if not all(_field_is(wanted, known.field(name, facts)) for name, wanted in when.fields.items()):
        return False
    signs = ((when.spam, facts.spam), (when.google, facts.google))
    if any(wanted is not None and wanted is not there for wanted, there in signs):
        return False
    if when.subject and not when.subject.found_in(subject):
        return False
    return not when.words or when.words.found_in(subject, named=facts.named) is not None


def _any_of(wanted: Sequence[str], value: str | None) -> bool:
    if not wanted:
        return True
    return value is not None and folded(value) in map(folded, wanted)


def _speaks(wanted: str, language: str | None) -> bool:
    """Tell whether a language is the wanted one or a kind of it, as `pt-BR` is of `pt` (RFC 4647 §3.3.1)."""
    own, tag = (language or "").casefold(), wanted.casefold()
    return own == tag or own.startswith(f"{tag}-")


def _field_is(wanted: Sequence[str], value: str | None) -> bool:
    return value is not None and any(_matches(each, value) for each in wanted)


def _matches(wanted: str, value: str) -> bool:
    """Tell whether the value is the wanted one, or a number of at least `10+`."""
    if match := _AT_LEAST.fullmatch(wanted.strip()):
        return bool(_NUMBER.fullmatch(value.strip())) and Decimal(value) >= Decimal(match[1])
    return _said(wanted) == _said(value)


def _said(value: str) -> str:
    """The value without letter case; yes and true are the same, and so are no and false."""
    plain = fold(value)
    return _SAME.get(plain, plain)


_AT_LEAST: Final = re.compile(r"(-?[0-9]{1,15}(?:\.[0-9]{1,6})?)\+", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)
_SAME: Final = {"true": "yes", "false": "no"}
