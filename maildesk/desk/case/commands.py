"""Commands that a person of the desk can give in a mail: the one table of them.

`#help`, the foot line of every notice and docs/commands.md are made from `COMMANDS`; a new command is a row
here, what it does in `command_actions`, and an event.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maildesk.desk.case.events import EventKind


class May(StrEnum):
    """The people who may give a command, among those who may act on the case at all."""

    EVERYBODY = "agents and leaders"
    AGENTS = "agents"
    REVIEWERS = "who reviews escalations, and leaders"


class WordsBelow(StrEnum):
    """The use that a command makes of the words below it."""

    UNTOUCHED = "go to the customer"
    INTERNAL = "stay inside"


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table. `argument` is how help writes what follows the word, empty where nothing does.

    `event` is what the case's history then says; None for a command that only tells something. `at_foot`
    puts it into the one line at the end of a notice.
    """

    word: str
    argument: str
    may: May
    event: EventKind | None
    help: str
    example: str
    synonyms: tuple[str, ...] = ()
    words: WordsBelow = WordsBelow.UNTOUCHED
    at_foot: bool = False

    @property
    def looks(self) -> bool:
        """Tell whether it only shows something, so that a mail about no case may hold it."""
        return self.word in _LOOKING

    @property
    def usage(self) -> str:
        return f"#{self.word} {self.argument}".rstrip()

    @property
    def needs_argument(self) -> bool:
        return bool(self.argument) and not self.argument.startswith("[")


_LOOKING: Final = frozenset({"mine", "queue", "find", "customer", "status", "files", "help"})

FIND: Final = "find"
SEARCHING: Final = frozenset({FIND, "customer"})
"""Commands that show other cases than the one that a mail is about, looked up before it is filed."""

NEW: Final = "new"
"""The command that opens a case, and so stands in a mail about none."""

CANCEL: Final = "cancel"
"""The command that takes back an answer which waits, and so needs to know what was written before it."""

AWAY: Final = "away"
MORNING: Final = "morning"
CHOOSING: Final = frozenset({AWAY, MORNING})
"""The commands by which somebody chooses for themselves, and which so are about no case."""

_A, _O = May.EVERYBODY, May.AGENTS

COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "close", "[outcome]", _A, EventKind.CLOSED,
        "The matter is over; the customer is told, and opens it again by a reply.",
        "#close a new cable was sent",
        ("closed", "done", "finish", "finished"), at_foot=True,
    ),
    Command(
        "resolve", "[outcome]", _A, EventKind.RESOLVED,
        "The work is done, with an outcome of the policy; the customer is told, and asked where it says so.",
        "#resolve", ("resolved", "solve", "solved", "fixed"),
    ),
    Command(
        "wait", "[3d]", _A, EventKind.WAITING,
        "The next word is the customer's. After that time the case opens again and its owner is told.",
        "#wait 3d",
        ("waiting", "pending", "hold", "onhold", "snooze"), at_foot=True,
    ),
    Command(
        "need", "name …", _A, EventKind.WAITING,
        "Ask the customer for pieces of information that the policy names; the case waits for them.",
        "#need screenshot", ("needs", "require"),
    ),
    Command(
        "question", "name", _A, EventKind.QUESTION_ASKED,
        "Ask a question of the policy, of one in steps the first; the case waits for the customer's answer.",
        "#question cannot reproduce",
    ),
    Command(
        "answer", "answer", _A, EventKind.QUESTION_ANSWERED,
        "Answer what the policy asks the desk's own people; it stays inside, and so do the words below.",
        "#answer no", (), WordsBelow.INTERNAL,
    ),
    Command(
        "reopen", "", _A, EventKind.REOPENED,
        "A case that was closed goes on; the customer is told.", "#reopen", ("open", "reopened"),
    ),
    Command(
        "assign", "name|team|me|none", _A, EventKind.ASSIGNED,
        "Give the case to an agent, by name or address, or to a team; take it, or leave it to nobody.",
        "#assign ana", ("owner", "give"), at_foot=True,
    ),
    Command(
        "take", "", _O, EventKind.ASSIGNED, "The case is yours from now on: #assign me.", "#take", ("grab",),
    ),
    Command(
        "priority", "name", _A, EventKind.CHANGED, "Another priority, as the policy names them.",
        "#priority high",
        ("prio",), at_foot=True,
    ),
    Command(
        "type", "name", _A, EventKind.CHANGED, "Another type of case, as the policy names them.",
        "#type question",
        ("kind", "category"),
    ),
    Command(
        "set", "field=value", _A, EventKind.CHANGED,
        "Change priority, type, subject, account, or a field of the policy.",
        "#set subject=Printer on the second floor", ("change",),
    ),
    Command(
        "requirement", "name", _A, EventKind.REQUIREMENT_LINKED,
        "Link the case to what would fulfil it; a name that is not known shows those that are near. "
        "`new NAME: SUMMARY` makes one, `none` takes the link away.",
        "#requirement dark mode", ("requirements", "feature", "wish"),
    ),
    Command(
        "escalate", "[why]", _A, EventKind.ESCALATED,
        "Leadership gets the whole story, and the customer hears that they know; where the policy has a path,"
        " its first level, and the next one each time.",
        "#escalate promised for Monday",
        ("escalation",),
    ),
    Command(
        "approve", "", May.REVIEWERS, EventKind.ESCALATION_APPROVED,
        "An escalation that waits for approval begins; the customer is told.", "#approve", ("approved",),
    ),
    Command(
        "decline", "[why]", May.REVIEWERS, EventKind.ESCALATION_DECLINED,
        "An escalation that waits for approval is none. The customer reads the words behind it.",
        "#decline the correction comes this week", ("declined", "reject"),
    ),
    Command(
        "plan", "[text|share]", _A, EventKind.PLANNED,
        "What is to be done about an escalation, kept inside with the words below;"
        " a line that is exactly `#plan share` lets the customer read it.",
        "#plan a new printer by Friday", ("plans",), WordsBelow.INTERNAL,
    ),
    Command(
        "note", "", _A, EventKind.NOTED, "The words below are for colleagues only.", "#note",
        ("internal", "private", "comment"), WordsBelow.INTERNAL, at_foot=True,
    ),
    Command(
        "ask", "address, …", _A, EventKind.ASKED,
        "Send the words below and the whole story to colleagues; what they answer stays inside.",
        "#ask dev@acme.example", ("consult", "involve"), WordsBelow.INTERNAL, at_foot=True,
    ),
    Command(
        "add", "address", _A, EventKind.PARTY_JOINED,
        "Somebody takes part for the customer from now on; they see nothing earlier.",
        "#add cy@client.example",
        ("cc", "invite"),
    ),
    Command(
        "remove", "address", _A, EventKind.PARTY_REMOVED, "Somebody takes part no longer.",
        "#remove cy@client.example", ("uncc",),
    ),
    Command(
        "split", "[number|subject]", _A, EventKind.SPLIT,
        "The mail you answer, or the one with that number, becomes a case of its own; your words go there. "
        "With a subject: one thing that it asks for becomes a linked case, one a line; the customer is told.",
        "#split 3",
    ),
    Command(
        "merge", "reference", _A, EventKind.MERGED,
        "The mails and customers of the other case are shown here, and it ends.", "#merge 7K2Q-9F3M",
        ("mergewith", "duplicate"),
    ),
    Command(
        NEW, "[channel] address", _O, EventKind.OPENED,
        "In a mail of its own: a case for that customer, who said the words below by telephone or chat.",
        "#new chat cy@client.example",
    ),
    Command(
        "spam", "", _A, EventKind.SPAM, "The case is closed, and nobody is written to.", "#spam", ("junk",),
        WordsBelow.INTERNAL,
    ),
    Command(
        CANCEL, "", _A, EventKind.LETTER_DROPPED,
        "Your last answer on the case is not sent, while it still waits; you get its words back.",
        "#cancel", ("undo", "recall"),
    ),
    Command(
        "say", "[name|name?]", _A, None,
        "A saved reply goes to the customer, above your words if there are any; `#say NAME?` only shows it to"
        " you, and `#say` alone lists them.",
        "#say password reset", ("snippet", "macro", "canned"),
    ),
    Command(
        "anyway", "", _A, None,
        "Your words go to the customer even if a colleague answered since the notice you answer.", "#anyway",
        ("regardless",),
    ),
    Command(
        "status", "[name]", _A, EventKind.STATUS_CHANGED,
        "Another status, as the policy names them; alone: how the case stands, with its mails and history. "
        "In a new mail: a reference.",
        "#status waiting", ("show", "info"),
    ),
    Command(
        "files", "[reference]", _A, None,
        "The files of the mail you answer are sent to you, where the notice only names them; in a new mail "
        "those of that case's last mail of a customer with any.", "#files",
        ("file", "attachments", "attached"),
    ),
    Command(
        FIND, "words", _A, None,
        'Your cases and your teams\' with a mail that has all these words: `"side by side"`, `begins*`, '
        "`-without`; `customer:`, `team:`, `is:` and `since:` narrow it.",
        "#find label printer", ("search", "grep"),
    ),
    Command(
        "customer", "address|domain", _A, None,
        "Who that is, and their cases, those that have not ended first.", "#customer cy@client.example",
        ("client", "who"),
    ),
    Command("mine", "", _O, None, "The open cases that are yours.", "#mine", ("my", "list")),
    Command(
        "queue", "[team]", _A, None,
        "The open cases that nobody has taken, the next one first: yours to take, by an answer too.",
        "#queue", ("next", "unassigned"),
    ),
    Command(
        AWAY, "[until friday] [deputy name]", _O, None,
        "You are given no case by turns until then, that day too; a deputy hears of your cases and may answer"
        " them. `#away off` ends it. In a mail of its own too.",
        "#away until friday deputy ben", ("absent", "vacation", "ooo"),
    ),
    Command(
        MORNING, "on|off", _O, None,
        "Whether you get the morning sheet: what is yours to do today. In a mail of its own too.",
        "#morning off", ("sheet",),
    ),
    Command("help", "", _A, None, "This table.", "#help", ("commands", "?"), at_foot=True),
)  # fmt: skip


def _by_word() -> dict[str, Command]:
    words: dict[str, Command] = {}
    for command in COMMANDS:
        for word in (command.word, *command.synonyms):
            words[word] = command
    return words


BY_WORD: Final = _by_word()
"""Every command by its own word and by each of its synonyms."""


# --- telling --------------------------------------------------------------------------------------


@functools.cache
def foot_line(more: tuple[str, ...] = ()) -> str:
    """The commands in one line, for the end of a notice; `more` are those that its case wants beside."""
    return " · ".join(each.usage for each in COMMANDS if each.at_foot or each.word in more)


def table() -> str:
    """The commands as the table of docs/commands.md."""
    head = ["| Write | What it does | Also | Who |", "|---|---|---|---|"]
    return "\n".join([*head, *map(_row, COMMANDS)])


def _row(command: Command) -> str:
    also = " ".join(f"`#{word}`" for word in command.synonyms)
    usage = command.usage.replace("|", "\\|")
    return f"| `{usage}` | {command.help} | {also} | {command.may} |"
