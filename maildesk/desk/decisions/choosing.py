"""The choices of one of the desk's people for themselves by mail: to be away, to get no morning sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.desk.case.commands import AWAY, MORNING
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase, problem_told
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.command_run import CommandRun
from maildesk.desk.decisions.decision import INTERNAL, ConfirmationStep, Decision
from maildesk.desk.policy.absences import AwayChosen, Chosen, SheetChosen
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People, Person
from maildesk.desk.policy.suggestions import suggested_agent
from maildesk.desk.policy.typed_people import agent_called
from maildesk.desk.promises import typed_times
from maildesk.desk.screening.command_lines import CommandLine
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation
from maildesk.errors import BadInput, MaildeskError, NotAllowed, NotFound
from maildesk.mail.addr_spec import folded, same_address

Choice = tuple[Chosen, str]
"""A choice, and how it is told."""

_BACK: Final = frozenset({"off", "back", "no", "over", "end"})
_DEPUTY: Final = re.compile(r"\bdeputy\b[\s:=]*", re.IGNORECASE)


def away(desk: Desk, hand: Actor, value: str) -> Choice:
    """Read `until friday deputy NAME`, each part of it or none; `off` where somebody is back."""
    address = folded(hand.address)
    if value.strip(" .!").casefold() in _BACK:
        told = Phrase(
            "you are back: cases are given to you again, unless the configuration says that you are away"
        )
        return AwayChosen(address, away=False), told
    days, _, named = value.partition(found[0]) if (found := _DEPUTY.search(value)) else (value, "", "")
    deputy = _deputy(desk.people, named.strip(" .!"), address) if found else None
    days = days.strip(" \t,;")
    until = typed_times.day(days, hand.now, desk.zone) if days else None
    if until and until < hand.now.astimezone(ZoneInfo(desk.zone)).date():
        raise BadInput(Phrase("{day} is over", day=until.isoformat()))
    chosen = AwayChosen(address, True, until, folded(deputy.address) if deputy else "")
    return chosen, _told(chosen, deputy)


def _told(chosen: AwayChosen, deputy: Person | None) -> str:
    until = Phrase("until {day}, that day too", day=chosen.until.isoformat()) if chosen.until else ""
    lasts = until or Phrase("until you write #away off")
    told = Phrase("you are away {until}: no case is given to you by turns", until=lasts)
    if deputy is None:
        return told
    stands_in = "; {who} hears of your cases too, gets your morning sheet and may answer for you"
    return Joined("", (told, Phrase(stands_in, who=deputy.name)))


def _deputy(people: People, typed: str, address: str) -> Person:
    found = agent_called(people, typed) or people.person(typed.strip("<>"))
    if found is None:
        remedy = suggested_agent(people, typed, Phrase("name an agent or a leader, by name or address"))
        raise NotFound(Phrase("{typed} is no agent and no leader", typed=repr(typed[:60])), remedy=remedy)
    if same_address(found.address, address):
        raise BadInput(Phrase("nobody is their own deputy"), remedy=Phrase("name somebody else"))
    return found


def morning(desk: Desk, hand: Actor, value: str) -> Choice:
    """Read `on` or `off`."""
    word = value.strip(" .!").casefold()
    if word not in ("on", "off"):
        raise BadInput(
            Phrase("it is on or off"), remedy=Phrase("for example {example}", example="#morning off")
        )
    wanted = word == "on"
    told = Phrase("you get the morning sheet") if wanted else Phrase("you get no morning sheet any more")
    return SheetChosen(folded(hand.address), wanted), told


CHOICES: Final[dict[str, Callable[[Desk, Actor, str], Choice]]] = {AWAY: away, MORNING: morning}
"""The choices of people for themselves, by the words of their commands."""


def choice(word: str) -> Callable[[CommandRun, str], str]:
    """The action of such a command in a mail about a case."""

    def act(run: CommandRun, value: str) -> str:
        chosen, told = CHOICES[word](run.desk, run.hand, value)
        run.chosen.append(chosen)
        return told

    return act


def choose_apart(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """The same in a mail about no case: kept, and its author hears what came of each line."""
    hand = Actor(s.author, s.now, s.author)
    chosen: list[Chosen] = []
    done: list[str] = []
    undone: list[str] = []
    for line in s.heard.said.lines:
        try:
            kept, told = _chosen(line, desk, hand)
        except MaildeskError as problem:
            undone.append(Joined("", (line.written[:_SHOWN], _CAME_OF_IT, problem_told(problem))))
        else:
            chosen.append(kept)
            done.append(Joined("", (line.written[:_SHOWN], _CAME_OF_IT, told)))
    extra = {"done": Joined("\n", done), "undone": Joined("\n", undone), "subject": s.mail.subject}
    order = LetterOrder(LetterKind.CHOSEN, author=s.author, extra=extra)
    note = f"of {folded(s.author)}, about no case: {len(done)} done, {len(undone)} not done"
    return Decision(
        Verdict.COMMAND,
        screened.reason,
        note,
        apart=(order,),
        entry=INTERNAL,
        confirmation=ConfirmationStep.DONE,
        chooses=tuple(chosen),
    )


def _chosen(line: CommandLine, desk: Desk, hand: Actor) -> Choice:
    assert line.command is not None  # the row that leads here asks for it
    if desk.people.agent(hand.address) is None:
        raise NotAllowed(Phrase("only {who} may do this", who=Phrase(line.command.may.value)))
    return CHOICES[line.command.word](desk, hand, line.value)


_SHOWN: Final = 80
_CAME_OF_IT: Final = " \u2192 "
