"""The actions of commands on a case: one function a row of `commands.COMMANDS`, by way of the desk's acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.case_name import in_full
from maildesk.desk.case.change import Change
from maildesk.desk.case.commands import AWAY, CANCEL, MORNING, NEW, Command, May, WordsBelow
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.decisions import (
    acts,
    command_cancelling,
    command_escalation,
    command_questions,
    command_requirements,
    command_saying,
    command_showing,
    merging,
    parties,
    requests_apart,
    status_acts,
)
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.choosing import choice
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.decisions.command_run import Action, CommandRun, customer_told, sentence
from maildesk.desk.decisions.setting_fields import came_of
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.case_fields import split_off
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.names import named_several
from maildesk.desk.policy.people import People
from maildesk.desk.policy.rights import may_act
from maildesk.desk.policy.suggestions import suggested_agent, suggestion
from maildesk.desk.policy.typed_people import ME, NOBODY, addresses_first, agent_called, team_called
from maildesk.desk.promises import typed_times
from maildesk.desk.screening.command_lines import AgentMessage
from maildesk.errors import BadInput, MaildeskError, NotAllowed, NotFound
from maildesk.mail.addr_spec import Addresses


def may_give(people: People, address: str, command: Command) -> bool:
    """Tell whether somebody of the desk may give this command on a case that they may act on."""
    return command.may is not May.AGENTS or people.agent(address) is not None


def not_one_of_theirs(run: CommandRun, address: str) -> bool:
    """Tell whether an address is neither the desk's nor known on the case."""
    people = run.desk.people
    own = people.is_own(address) or people.is_desk_person(address)
    return not own and run.case.party(address) is None


# --- where the case stands --------------------------------------------------------------------------


def _close(run: CommandRun, value: str) -> str:
    before = run.case
    run.carry(status_acts.close(before, run.desk, run.hand, sentence(value)))
    if run.case.phase is Phase.CLOSED:
        return Joined("", (Phrase("closed"), customer_told(run)))
    return Phrase(
        "it is {status} now and not closed: only the customer may close it; {who} is asked if it is over",
        status=_standing(run),
        who=_requester(run),
    )


def _resolve(run: CommandRun, value: str) -> str:
    run.carry(status_acts.resolve(run.case, run.desk, run.hand, sentence(value)))
    named = f" ({run.case.outcome})" if run.case.outcome else ""
    return Joined("", (Phrase("it is {status} now", status=_standing(run)), named, customer_told(run)))


def _wait(run: CommandRun, value: str) -> str:
    at = typed_times.until(value, run.hand.now, run.desk.zone) if value else None
    run.carry(status_acts.wait(run.case, run.desk, run.hand, at))
    if at is None:
        return Phrase("it waits for the customer")
    return Phrase("it waits until {at}", at=moment(at, run.desk.zone))


def _need(run: CommandRun, value: str) -> str:
    pieces = named_several(run.desk.policy.information, sentence(value), Phrase("information"))
    run.carry(status_acts.need(run.case, run.desk, run.hand, pieces))
    asked = ", ".join(pieces)
    return Phrase("{pieces}: asked of {who}; it waits for the customer", pieces=asked, who=_requester(run))


def _reopen(run: CommandRun, value: str) -> str:
    run.carry(status_acts.reopen(run.case, run.desk, run.hand))
    return Joined("", (Phrase("open again"), customer_told(run)))


def _standing(run: CommandRun) -> str:
    """Say how the case stands now, as the policy calls it."""
    return run.desk.policy.statuses.of_case(run.case).name


def _requester(run: CommandRun) -> str:
    return run.case.requester or Phrase("nobody")


def _spam(run: CommandRun, value: str) -> str:
    run.carry(status_acts.spam(run.case, run.hand))
    return Phrase("closed, and nobody is written to")


# --- whose it is, and what stands on its card -------------------------------------------------------


def _assign(run: CommandRun, value: str) -> str:
    people, case = run.desk.people, run.case
    wanted = value.removeprefix("to ").strip(" @.")
    if wanted.casefold() in NOBODY:
        run.carry(acts.assign(case, run.desk, run.hand, None, case.team))
        return Phrase("it is nobody's now")
    if wanted.casefold() in ME:
        return _take(run, "")
    person, team = agent_called(people, wanted), team_called(people, wanted)
    if person:
        run.carry(acts.assign(case, run.desk, run.hand, person.address, case.team))
        return Phrase("it is {who}'s now", who=person.name)
    if team is None:
        raise _nobody(people, wanted)
    run.carry(acts.assign(case, run.desk, run.hand, None, team))
    return Phrase("it is with the team {team} now", team=team)


def _nobody(people: People, typed: str) -> NotFound:
    """The refusal of a name that neither an agent nor a team has."""
    teams = [each.name for each in people.teams]
    known = ", ".join([*(each.name for each in people.agents), *teams])
    listed = Phrase("one of {known}; me; none", known=known)
    return NotFound(
        Phrase("{typed} is no agent and no team", typed=repr(typed[:60])),
        remedy=suggested_agent(people, typed, suggestion(teams, typed, listed)),
    )


def _take(run: CommandRun, value: str) -> str:
    run.carry(acts.assign(run.case, run.desk, run.hand, run.hand.address, run.case.team))
    return Phrase("it is yours now")


def _priority(run: CommandRun, value: str) -> str:
    return _change(run, "priority", value)


def _type(run: CommandRun, value: str) -> str:
    return _change(run, "type", value)


def _set(run: CommandRun, value: str) -> str:
    name, _, new = value.partition("=")
    if "=" not in value:
        name, new = split_off(run.desk.policy.fields, value) or value.partition(" ")[::2]
    if not new.strip():
        raise BadInput(
            Phrase("{typed} gives no value", typed=repr(value[:60])), remedy=Phrase("write #set field=value")
        )
    return _change(run, name.strip(), new)


def _change(run: CommandRun, field_: str, value: str) -> str:
    noted = _brings_note(run.s.heard.said)
    changed = acts.change(run.case, run.desk, run.hand, field_, sentence(value), noted=noted)
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
            raise _no_address(value, Phrase("for example #ask dev@acme.example"))
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
    return _each_address(run, value, parties.add_party, Phrase("takes part now"))


def _remove(run: CommandRun, value: str) -> str:
    known = run.case
    said = _each_address(run, value, parties.remove_party, Phrase("takes part no longer"))
    named = Addresses(addresses_first(value)[0])
    gone = (each for each in known.customers if run.case.party(each.address) is None)
    also = [each.address for each in gone if each.address not in named]
    return Joined("", (said, Phrase(", nor does {who}", who=", ".join(also)))) if also else said


def _no_address(value: str, remedy: str) -> BadInput:
    return BadInput(Phrase("{typed} is no address", typed=repr(value[:60])), remedy=remedy)


def _each_address(
    run: CommandRun, value: str, act: Callable[[Case, Desk, Actor, str], Change], what: str
) -> str:
    found, rest = addresses_first(value)
    if not found or rest:
        raise _no_address(value, Phrase("give addresses alone"))
    changes, case = [], run.case
    for address in found:
        if act is parties.remove_party and run.case.party(address) and case.removed(address):
            continue  # gone with another address of theirs
        changes.append(act(case, run.desk, run.hand, address))
        case = changes[-1].case
    for change in changes:  # all of them or, with an error, none
        run.carry(change)
    return Joined("", (f"{', '.join(found)} ", what))


# --- other cases ------------------------------------------------------------------------------------


def _split(run: CommandRun, value: str) -> str:
    number = value.casefold().removeprefix("mail ").removeprefix("#").strip(" .")
    if number and not (number.isascii() and number.isdigit()):
        return _split_off(run, acts.subject_of(value))
    if run.apart:
        raise NotAllowed(
            Phrase("one mail splits off one case"), remedy=Phrase("answer the other mail's notice")
        )
    hand_of = run.s.at_hand
    wanted = hand_of.mail(int(number[:9]) if number else None)
    mail = merging.mail_to_split(hand_of.mails, wanted, run.case.ref)
    change, run.apart = merging.split(run.case, mail, run.desk, run.hand)
    run.carry(change)
    case = in_full(run.apart.case)
    return Phrase("mail {number} is case {case} now", number=mail.number, case=case)


def _split_off(run: CommandRun, subject: str) -> str:
    """One thing that the mail at hand asks for becomes a case; the customer reads of all of them at once."""
    made = [each.case for each in run.requests]
    requests_apart.require_another(subject, made)
    requests_apart.require_room(len(made), run.desk)
    hand_of = run.s.at_hand
    mail = requests_apart.mail_asked_in(hand_of.mails, hand_of.mail(), run.case.ref)
    ref = hand_of.refs_apart[len(made)]
    change, new = requests_apart.request_apart(run.case, mail, subject, ref, run.desk, run.hand)
    run.requests.append(new)
    told = requests_apart.told_apart((*made, new.case), run.desk)
    run.carry(replace(change, letters=(told,)))
    name = in_full(new.case)
    said = Phrase("it is case {case} now, with the words of mail {number}", case=name, number=mail.number)
    return Joined("", (said, customer_told(run)))


def _merge(run: CommandRun, value: str) -> str:
    other = run.s.at_hand.others.get(value)
    if isinstance(other, MaildeskError):
        raise other
    if other is None:
        raise NotFound(
            Phrase("there is no case {typed}", typed=repr(value[:40])),
            remedy=Phrase("write its reference as 7K2Q-9F3M"),
        )
    if not may_act(run.desk.people, run.hand.address, other):
        raise NotAllowed(Phrase("{other} is another team's", other=other.ref))
    if any(each.case.ref == other.ref for each in run.more):
        raise NotAllowed(Phrase("{other} is part of {case} already", other=other.ref, case=run.case.ref))
    change, ended = merging.merge(run.case, other, run.desk, run.hand)
    before = {party.address for party in run.case.customers}
    run.carry(change)
    run.more.append(ended)
    new = [party.address for party in run.case.customers if party.address not in before]
    also = Phrase("; answers go to {who} too from now on", who=", ".join(new)) if new else ""
    return Joined(
        "", (Phrase("the mails of {case} are here now, and it has ended", case=in_full(other)), also)
    )


def _new(run: CommandRun, value: str) -> str:
    remedy = Phrase("write to the desk's address in a mail of its own, with #new at the top")
    raise NotAllowed(Phrase("this mail is about {case} already", case=run.case.ref), remedy=remedy)


def _anyway(run: CommandRun, value: str) -> str:
    other = run.s.at_hand.meanwhile
    if other is None:
        return ""
    who = name_of(other.author, run.desk.people)
    return Phrase("your words are not held, although {who} answered meanwhile", who=who)


# --- telling ----------------------------------------------------------------------------------------


def _status(run: CommandRun, value: str) -> str:
    return _to_status(run, sentence(value)) if value else command_showing.show(run)


def _to_status(run: CommandRun, name: str) -> str:
    run.carry(status_acts.status(run.case, run.desk, run.hand, name))
    return Phrase("it is {status} now", status=_standing(run))


def _help(run: CommandRun, value: str) -> str:
    run.transcript.help = True
    return ""


ACTIONS: Final[dict[str, Action]] = {
    "close": _close,
    "resolve": _resolve,
    "wait": _wait,
    "need": _need,
    "question": command_questions.question,
    "answer": command_questions.answer,
    "reopen": _reopen,
    "assign": _assign,
    "take": _take,
    "priority": _priority,
    "type": _type,
    "set": _set,
    "requirement": command_requirements.requirement,
    "escalate": command_escalation.escalate,
    "approve": command_escalation.approve,
    "decline": command_escalation.decline,
    "plan": command_escalation.plan,
    "note": _note,
    "ask": _ask,
    "add": _add,
    "remove": _remove,
    "split": _split,
    "merge": _merge,
    NEW: _new,
    "spam": _spam,
    CANCEL: command_cancelling.cancel,
    "say": command_saying.say,
    "anyway": _anyway,
    "status": _status,
    "files": command_showing.files,
    "find": command_showing.find,
    "customer": command_showing.customer,
    "mine": command_showing.mine,
    "queue": command_showing.queue,
    AWAY: choice(AWAY),
    MORNING: choice(MORNING),
    "help": _help,
}
