"""The actions of commands on a case: one function a row of `commands.COMMANDS`, by way of the desk's acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.case_name import in_full
from maildesk.desk.case.change import Change
from maildesk.desk.case.commands import Command, May, WordsBelow
from maildesk.desk.decisions import acts, command_showing, merging, parties, status_acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.decisions.command_run import Action, CommandRun
from maildesk.desk.decisions.setting_fields import came_of
from maildesk.desk.letters.answer_readers import answer_readers, named_readers
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.case_fields import split_off
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.names import named_several
from maildesk.desk.policy.people import People
from maildesk.desk.policy.rights import may_act
from maildesk.desk.policy.typed_people import ME, NOBODY, addresses_first, agent_called, team_called
from maildesk.desk.promises import typed_times
from maildesk.desk.screening.command_lines import AgentMessage
from maildesk.errors import BadInput, MaildeskError, NotAllowed, NotFound
from maildesk.mail.addr_spec import Addresses


def may_give(people: People, address: str, command: Command) -> bool:
    """Tell whether somebody of the desk may give this command on a case that they may act on."""
    return command.may is May.EVERYBODY or people.agent(address) is not None


def not_one_of_theirs(run: CommandRun, address: str) -> bool:
    """Tell whether an address is neither the desk's nor known on the case."""
    people = run.desk.people
    own = people.is_own(address) or people.is_desk_person(address)
    return not own and run.case.party(address) is None


# --- where the case stands --------------------------------------------------------------------------


def _close(run: CommandRun, value: str) -> str:
    before = run.case
    run.carry(status_acts.close(before, run.desk, run.hand, _sentence(value)))
    if run.case.phase is Phase.CLOSED:
        return f"closed{_customer_told(run)}"
    asked = f"only the customer may close it; {run.case.requester or 'nobody'} is asked whether it is over"
    return f"it is {_standing(run)} now and not closed: {asked}"


def _resolve(run: CommandRun, value: str) -> str:
    run.carry(status_acts.resolve(run.case, run.desk, run.hand, _sentence(value)))
    named = f" ({run.case.outcome})" if run.case.outcome else ""
    return f"it is {_standing(run)} now{named}{_customer_told(run)}"


def _wait(run: CommandRun, value: str) -> str:
    at = typed_times.until(value, run.hand.now, run.desk.zone) if value else None
    run.carry(status_acts.wait(run.case, run.desk, run.hand, at))
    return f"it waits until {moment(at, run.desk.zone)}" if at else "it waits for the customer"


def _need(run: CommandRun, value: str) -> str:
    pieces = named_several(run.desk.policy.information, _sentence(value), "information")
    run.carry(status_acts.need(run.case, run.desk, run.hand, pieces))
    return f"{', '.join(pieces)}: asked of {run.case.requester or 'nobody'}; it waits for the customer"


def _reopen(run: CommandRun, value: str) -> str:
    run.carry(status_acts.reopen(run.case, run.desk, run.hand))
    return f"open again{_customer_told(run)}"


def _standing(run: CommandRun) -> str:
    """Say how the case stands now, as the policy calls it."""
    return run.desk.policy.statuses.of_case(run.case).name


def _customer_told(run: CommandRun) -> str:
    readers = answer_readers(run.case, run.desk.people)
    return f"; {named_readers(readers)} {'are' if readers[1:] else 'is'} told" if readers else ""


def _escalate(run: CommandRun, value: str) -> str:
    again = run.case.escalation is not None
    run.carry(acts.escalate(run.case, run.hand, _sentence(value)))
    return "it was escalated before; noted again" if again else "leadership and the customer are told"


def _spam(run: CommandRun, value: str) -> str:
    run.carry(status_acts.spam(run.case, run.hand))
    return "closed, and nobody is written to"


# --- whose it is, and what stands on its card -------------------------------------------------------


def _assign(run: CommandRun, value: str) -> str:
    people, case = run.desk.people, run.case
    wanted = value.removeprefix("to ").strip(" @.")
    if wanted.casefold() in NOBODY:
        run.carry(acts.assign(case, run.desk, run.hand, None, case.team))
        return "it is nobody's now"
    if wanted.casefold() in ME:
        return _take(run, "")
    person, team = agent_called(people, wanted), team_called(people, wanted)
    if person:
        run.carry(acts.assign(case, run.desk, run.hand, person.address, case.team))
        return f"it is {person.name}'s now"
    if team is None:
        known = ", ".join([*(each.name for each in people.agents), *(each.name for each in people.teams)])
        raise NotFound(f"{wanted[:60]!r} is no agent and no team", remedy=f"one of {known}; me; none")
    run.carry(acts.assign(case, run.desk, run.hand, None, team))
    return f"it is with the team {team} now"


def _take(run: CommandRun, value: str) -> str:
    run.carry(acts.assign(run.case, run.desk, run.hand, run.hand.address, run.case.team))
    return "it is yours now"


def _priority(run: CommandRun, value: str) -> str:
    return _change(run, "priority", value)


def _type(run: CommandRun, value: str) -> str:
    return _change(run, "type", value)


def _set(run: CommandRun, value: str) -> str:
    name, _, new = value.partition("=")
    if "=" not in value:
        name, new = split_off(run.desk.policy.fields, value) or value.partition(" ")[::2]
    if not new.strip():
        raise BadInput(f"{value[:60]!r} gives no value", remedy="write #set field=value")
    return _change(run, name.strip(), new)


def _change(run: CommandRun, field_: str, value: str) -> str:
    noted = _brings_note(run.s.heard.said)
    changed = acts.change(run.case, run.desk, run.hand, field_, _sentence(value), noted=noted)
    run.carry(changed)
    return came_of(changed, field_)


def _brings_note(said: AgentMessage) -> bool:
    """Tell whether a note is kept of the words of this mail, behind its command or below it."""
    inside = (line for line in said.lines if line.command and line.command.words is WordsBelow.INTERNAL)
    return any(said.words or line.value for line in inside)


# --- words that stay inside, and people -------------------------------------------------------------


def _note(run: CommandRun, value: str) -> str:
    run.words.first = "\n".join(filter(None, (run.words.first, value)))
    return ""


def _ask(run: CommandRun, value: str) -> str:
    found, rest = addresses_first(value)
    if not found:
        person = agent_called(run.desk.people, value)
        if person is None:
            raise BadInput(f"{value[:60]!r} is no address", remedy="for example #ask dev@acme.example")
        found, rest = [person.address], ""
    asked = run.case
    changes = []
    for address in found:
        changes.append(parties.consult(asked, run.desk, run.hand, address))
        asked = changes[-1].case
    for change in changes:
        run.carry(change)
    run.words.asked += found
    return _note(run, rest)


def _add(run: CommandRun, value: str) -> str:
    return _each_address(run, value, parties.add_party, "takes part now")


def _remove(run: CommandRun, value: str) -> str:
    known = run.case
    said = _each_address(run, value, parties.remove_party, "takes part no longer")
    named = Addresses(addresses_first(value)[0])
    gone = (each for each in known.customers if run.case.party(each.address) is None)
    also = [each.address for each in gone if each.address not in named]
    return f"{said}, nor does {', '.join(also)}" if also else said


def _each_address(
    run: CommandRun, value: str, act: Callable[[Case, Desk, Actor, str], Change], what: str
) -> str:
    found, rest = addresses_first(value)
    if not found or rest:
        raise BadInput(f"{value[:60]!r} is no address", remedy="give addresses alone")
    changes, case = [], run.case
    for address in found:
        if act is parties.remove_party and run.case.party(address) and case.removed(address):
            continue  # gone with another address of theirs
        changes.append(act(case, run.desk, run.hand, address))
        case = changes[-1].case
    for change in changes:  # all of them or, with an error, none
        run.carry(change)
    return f"{', '.join(found)} {what}"


# --- other cases ------------------------------------------------------------------------------------


def _split(run: CommandRun, value: str) -> str:
    if run.apart:
        raise NotAllowed("one mail splits off one case", remedy="answer the other mail's notice")
    hand_of = run.s.at_hand
    number = value.removeprefix("#").strip(" .")
    if number and not (number.isascii() and number.isdigit()):
        raise BadInput(f"{value[:40]!r} is no number of a mail", remedy="#status lists the mails")
    wanted = hand_of.mail(int(number[:9]) if number else None)
    mail = merging.mail_to_split(hand_of.mails, wanted, run.case.ref)
    change, run.apart = merging.split(run.case, mail, run.desk, run.hand)
    run.carry(change)
    return f"mail {mail.number} is case {in_full(run.apart.case)} now"


def _merge(run: CommandRun, value: str) -> str:
    other = run.s.at_hand.others.get(value)
    if isinstance(other, MaildeskError):
        raise other
    if other is None:
        raise NotFound(f"there is no case {value[:40]!r}", remedy="write its reference as 7K2Q-9F3M")
    if not may_act(run.desk.people, run.hand.address, other):
        raise NotAllowed(f"{other.ref} is another team's")
    if any(each.case.ref == other.ref for each in run.more):
        raise NotAllowed(f"{other.ref} is part of {run.case.ref} already")
    change, ended = merging.merge(run.case, other, run.hand)
    before = {party.address for party in run.case.customers}
    run.carry(change)
    run.more.append(ended)
    new = [party.address for party in run.case.customers if party.address not in before]
    also = f"; answers go to {', '.join(new)} too from now on" if new else ""
    return f"the mails of {in_full(other)} are here now, and it has ended{also}"


def _anyway(run: CommandRun, value: str) -> str:
    other = run.s.at_hand.meanwhile
    if other is None:
        return ""
    return f"your words are not held, although {name_of(other.author, run.desk.people)} answered meanwhile"


# --- telling ----------------------------------------------------------------------------------------


def _status(run: CommandRun, value: str) -> str:
    return _to_status(run, _sentence(value)) if value else command_showing.show(run)


def _to_status(run: CommandRun, name: str) -> str:
    run.carry(status_acts.status(run.case, run.desk, run.hand, name))
    return f"it is {_standing(run)} now"


def _help(run: CommandRun, value: str) -> str:
    run.transcript.help = True
    return ""


def _sentence(value: str) -> str:
    """Return what stands behind a command, on one line."""
    if len(value) > _MOST_BEHIND:
        remedy = "write them on the lines below"
        raise BadInput(f"a command takes {_MOST_BEHIND} characters behind it at most", remedy=remedy)
    return " ".join(value.split())


_MOST_BEHIND: Final = 4000
"""An outcome or a reason is a sentence or a few; the words of an answer stand below the commands."""


ACTIONS: Final[dict[str, Action]] = {
    "close": _close,
    "resolve": _resolve,
    "wait": _wait,
    "need": _need,
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
    "anyway": _anyway,
    "status": _status,
    "files": command_showing.files,
    "mine": command_showing.mine,
    "queue": command_showing.queue,
    "help": _help,
}
