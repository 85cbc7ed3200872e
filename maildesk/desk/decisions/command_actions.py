"""What each command does to a case: one function a row of `commands.COMMANDS`, by way of the desk's acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change, Taken
from maildesk.desk.case.commands import Command, May
from maildesk.desk.case.events import Event
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.decisions import acts, merging, parties
from maildesk.desk.decisions.acts import Hand
from maildesk.desk.decisions.enclosing import in_mails
from maildesk.desk.letters.templates import moment_in
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.desk.policy.rights import may_act
from maildesk.desk.policy.typed_people import ME, NOBODY, addresses_first, agent_called, team_called
from maildesk.desk.promises import typed_times
from maildesk.desk.screening.situation import Situation
from maildesk.errors import BadInput, MaildeskError, NotAllowed, NotFound
from maildesk.mail.addr_spec import folded


@dataclass(slots=True)
class Doing:
    """One mail being done: the case as its commands have made it so far, and what there is to tell.

    `apart` is the case that #split made: the words go there. `internal`: the words stay inside.
    """

    s: Situation
    desk: Desk
    hand: Hand
    case: Case
    events: list[Event] = field(default_factory=list)
    letters: list[LetterOrder] = field(default_factory=list)
    takes: list[Taken] = field(default_factory=list)
    apart: Change | None = None
    more: list[Change] = field(default_factory=list)
    internal: bool = False
    asked: list[str] = field(default_factory=list)
    first_words: str = ""
    note: str = ""
    back: str = ""
    answered: bool = False
    help: bool = False
    done: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def carry(self, change: Change) -> None:
        self.case = change.case
        self.events += change.events
        self.letters += change.letters
        self.takes += change.takes


Do = Callable[[Doing, str], str]
"""Does a command with its value and says what was done; raises what is to be reported."""


def may_give(people: People, address: str, command: Command) -> bool:
    """Whether somebody of the desk may give this command on a case that they may act on."""
    return command.may is May.EVERYBODY or people.agent(address) is not None


def not_one_of_theirs(doing: Doing, address: str) -> bool:
    """Whether an address is neither the desk's nor known on the case."""
    people = doing.desk.people
    own = people.is_own(address) or people.is_desk_person(address)
    return not own and doing.case.party(address) is None


# --- where the case stands --------------------------------------------------------------------------


def _close(doing: Doing, value: str) -> str:
    doing.carry(acts.close(doing.case, doing.hand, _sentence(value)))
    return f"closed{_customer_told(doing)}"


def _wait(doing: Doing, value: str) -> str:
    at = typed_times.until(value, doing.hand.now, doing.desk.zone) if value else None
    doing.carry(acts.wait(doing.case, doing.hand, at))
    return f"it waits until {moment_in(ZoneInfo(doing.desk.zone))(at)}" if at else "it waits for the customer"


def _reopen(doing: Doing, value: str) -> str:
    doing.carry(acts.reopen(doing.case, doing.hand))
    return f"open again{_customer_told(doing)}"


def _customer_told(doing: Doing) -> str:
    return f"; {doing.case.requester} is told" if doing.case.requester else ""


def _escalate(doing: Doing, value: str) -> str:
    again = doing.case.escalation is not None
    doing.carry(acts.escalate(doing.case, doing.hand, _sentence(value)))
    return "it was escalated before; noted again" if again else "leadership and the customer are told"


def _spam(doing: Doing, value: str) -> str:
    doing.carry(acts.spam(doing.case, doing.hand))
    return "closed, and nobody is written to"


# --- whose it is, and what stands on its card -------------------------------------------------------


def _assign(doing: Doing, value: str) -> str:
    people, case = doing.desk.people, doing.case
    wanted = value.removeprefix("to ").strip(" @.")
    if wanted.casefold() in NOBODY:
        doing.carry(acts.assign(case, doing.desk, doing.hand, None, case.team))
        return "it is nobody's now"
    if wanted.casefold() in ME:
        return _take(doing, "")
    person, team = agent_called(people, wanted), team_called(people, wanted)
    if person:
        doing.carry(acts.assign(case, doing.desk, doing.hand, person.address, case.team))
        return f"it is {person.name}'s now"
    if team is None:
        known = ", ".join([*(each.name for each in people.agents), *(each.name for each in people.teams)])
        raise NotFound(f"{wanted[:60]!r} is no agent and no team", remedy=f"one of {known}; me; none")
    doing.carry(acts.assign(case, doing.desk, doing.hand, None, team))
    return f"it is with the team {team} now"


def _take(doing: Doing, value: str) -> str:
    doing.carry(acts.assign(doing.case, doing.desk, doing.hand, doing.hand.address, doing.case.team))
    return "it is yours now"


def _priority(doing: Doing, value: str) -> str:
    return _change(doing, "priority", value)


def _type(doing: Doing, value: str) -> str:
    return _change(doing, "type", value)


def _set(doing: Doing, value: str) -> str:
    name, sign, new = value.partition("=") if "=" in value else value.partition(" ")
    if not sign or not new.strip():
        raise BadInput(f"{value[:60]!r} gives no value", remedy="write #set field=value")
    return _change(doing, name.strip().casefold(), new)


def _change(doing: Doing, field_: str, value: str) -> str:
    doing.carry(acts.change(doing.case, doing.desk, doing.hand, field_, _sentence(value)))
    return f"its {field_} is {getattr(doing.case, field_)} now"


# --- words that stay inside, and people -------------------------------------------------------------


def _note(doing: Doing, value: str) -> str:
    doing.first_words = "\n".join(filter(None, (doing.first_words, value)))
    return ""


def _ask(doing: Doing, value: str) -> str:
    found, rest = addresses_first(value)
    if not found:
        person = agent_called(doing.desk.people, value)
        if person is None:
            raise BadInput(f"{value[:60]!r} is no address", remedy="for example #ask dev@acme.example")
        found, rest = [person.address], ""
    asked = doing.case
    changes = []
    for address in found:
        changes.append(parties.consult(asked, doing.desk, doing.hand, address))
        asked = changes[-1].case
    for change in changes:
        doing.carry(change)
    doing.asked += found
    return _note(doing, rest)


def _add(doing: Doing, value: str) -> str:
    return _each_address(doing, value, parties.add_party, "takes part now")


def _remove(doing: Doing, value: str) -> str:
    known = doing.case
    said = _each_address(doing, value, parties.remove_party, "takes part no longer")
    named = {folded(each) for each in addresses_first(value)[0]}
    gone = (each for each in known.customers if doing.case.party(each.address) is None)
    also = [each.address for each in gone if folded(each.address) not in named]
    return f"{said}, nor does {', '.join(also)}" if also else said


def _each_address(doing: Doing, value: str, act: Callable[[Case, Desk, Hand, str], Change], what: str) -> str:
    found, rest = addresses_first(value)
    if not found or rest:
        raise BadInput(f"{value[:60]!r} is no address", remedy="give addresses alone")
    changes, case = [], doing.case
    for address in found:
        if act is parties.remove_party and doing.case.party(address) and case.removed(address):
            continue  # gone with another address of theirs
        changes.append(act(case, doing.desk, doing.hand, address))
        case = changes[-1].case
    for change in changes:  # all of them or, with an error, none
        doing.carry(change)
    return f"{', '.join(found)} {what}"


# --- other cases ------------------------------------------------------------------------------------


def _split(doing: Doing, value: str) -> str:
    if doing.apart:
        raise NotAllowed("one mail splits off one case", remedy="answer the other mail's notice")
    hand_of = doing.s.at_hand
    number = value.removeprefix("#").strip(" .")
    if number and not (number.isascii() and number.isdigit()):
        raise BadInput(f"{value[:40]!r} is no number of a mail", remedy="#status lists the mails")
    wanted = hand_of.mail(int(number[:9]) if number else None)
    mail = merging.mail_to_split(hand_of.mails, wanted, doing.case.ref)
    change, doing.apart = merging.split(doing.case, mail, doing.desk, doing.hand)
    doing.carry(change)
    return f"mail {mail.number} is case {doing.apart.case.ref} now"


def _merge(doing: Doing, value: str) -> str:
    other = doing.s.at_hand.others.get(value)
    if isinstance(other, MaildeskError):
        raise other
    if other is None:
        raise NotFound(f"there is no case {value[:40]!r}", remedy="write its reference as 7K2Q-9F3M")
    if not may_act(doing.desk.people, doing.hand.address, other):
        raise NotAllowed(f"{other.ref} is another team's")
    if any(each.case.ref == other.ref for each in doing.more):
        raise NotAllowed(f"{other.ref} is part of {doing.case.ref} already")
    change, ended = merging.merge(doing.case, other, doing.hand)
    before = {party.address for party in doing.case.customers}
    doing.carry(change)
    doing.more.append(ended)
    new = [party.address for party in doing.case.customers if party.address not in before]
    also = f"; answers go to {', '.join(new)} too from now on" if new else ""
    return f"the mails of {other.ref} are here now, and it has ended{also}"


# --- telling ----------------------------------------------------------------------------------------


def _status(doing: Doing, value: str) -> str:
    moment = moment_in(ZoneInfo(doing.desk.zone))
    mails = [
        f"{one.number}. {moment(one.at)}, {one.sender}{f' ({one.doubt})' if one.doubt else ''}:"
        f" {_one_line(one.subject)[:80]}"
        for one in doing.s.at_hand.mails
    ]
    taking_part = [
        f"{party.name or party.address} <{party.address}>, {party.role}" for party in doing.case.parties
    ]
    doing.told.append("\n".join(["Its mails:", *mails, "", "Its people:", *taking_part]))
    return ""


def _files(doing: Doing, value: str) -> str:
    found = doing.s.at_hand.files
    if not found:
        raise NotFound("no customer's mail with files is answered here", remedy="answer the notice about it")
    mails, left_out = in_mails(found, doing.desk.answer_files)
    for number, files in enumerate(mails, start=1):
        names = "\n".join(each.name for each in files)
        extra = {"number": str(number), "of": str(len(mails)), "names": names}
        enclosed = tuple(each.sha256 for each in files)
        doing.letters.append(
            LetterOrder(
                LetterKind.FILES, author=doing.hand.address, extra=extra, enclosed=enclosed, part=number
            )
        )
    doing.undone += left_out
    sent = sum(map(len, mails))
    return f"{sent} file{'' if sent == 1 else 's'} sent to you" if sent else ""


def _mine(doing: Doing, value: str) -> str:
    cases = [
        f"{one.ref}  {doing.desk.policy.status(one.phase)}, {one.priority}: {_one_line(one.subject)[:80]}"
        for one in doing.s.at_hand.mine
    ]
    doing.told.append("\n".join(["Your open cases:", *(cases or ["none"])]))
    return ""


def _help(doing: Doing, value: str) -> str:
    doing.help = True
    return ""


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _sentence(value: str) -> str:
    """What stands behind a command, on one line."""
    if len(value) > _MOST_BEHIND:
        remedy = "write them on the lines below"
        raise BadInput(f"a command takes {_MOST_BEHIND} characters behind it at most", remedy=remedy)
    return _one_line(value)


_MOST_BEHIND: Final = 4000
"""An outcome or a reason is a sentence or a few; the words of an answer stand below the commands."""


DOINGS: Final[dict[str, Do]] = {
    "close": _close,
    "wait": _wait,
    "reopen": _reopen,
    "assign": _assign,
    "take": _take,
    "priority": _priority,
    "type": _type,
    "set": _set,
    "escalate": _escalate,
    "note": _note,
    "ask": _ask,
    "add": _add,
    "remove": _remove,
    "split": _split,
    "merge": _merge,
    "spam": _spam,
    "status": _status,
    "files": _files,
    "mine": _mine,
    "help": _help,
}
