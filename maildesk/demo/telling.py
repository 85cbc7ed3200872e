"""The telling of the story: colours on a terminal, plain lines in a pipe, letters never as markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from maildesk.cli.case_show import facts
from maildesk.cli.output import print_table, short_time
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import wrapped
from maildesk.demo.story import Step, StoryPerson

_WIDTH = 100
_WHERE = 24


class Narrator:
    """Tells on standard output."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)

    def say(self, text: str, style: str = "") -> None:
        self._print(Text(text, style))

    def _print(self, text: Text) -> None:
        """Print it in lines of the terminal that end between words; in a pipe on one line."""
        self._console.print(text, soft_wrap=not self._console.is_terminal, overflow="ignore")

    def scene(self, number: int, step: Step) -> None:
        self.say("")
        self.say(f"{number}. {step.title}", "bold")

    def does(self, who: StoryPerson, what: str, words: str) -> None:
        self._line("   ", f"{who.name}{one_line(what)}", "cyan")
        for line in wrapped(one_line(words), _WIDTH - 6, 0):
            self._line("     ", line, "italic cyan")

    def seen(self, where: str, what: str, more: str = "") -> None:
        line = Text.assemble(("   ✓ ", "green"), (f"{where}: ".ljust(_WHERE), "dim"), one_line(what))
        self._print(line)
        for part in wrapped(one_line(more), _WIDTH - _WHERE - 5, 0) if more else ():
            self._line(" " * (_WHERE + 5), part, "dim")

    def history(self, ref: str, events: Sequence[Mapping[str, Any]], zone: str) -> None:
        self.say("")
        self.say(f"What case {ref} remembers", "bold")
        rows = [
            {**event, "at": _moment(event["at"], zone), "told": ", ".join(facts(event["data"], zone))}
            for event in events
        ]
        columns = (("at", "When"), ("kind", "What"), ("actor", "Who"), ("told", "More"))
        print_table(rows, columns, "nothing")

    def pages(self, files: Sequence[Path]) -> None:
        self.say("")
        self.say("What the desk shows who only looks, as pages for a browser:", "bold")
        for each in files:
            self.say(f"  {each}")

    def _line(self, indent: str, text: str, style: str) -> None:
        self._print(Text(indent + text, style))


def _moment(at: str, zone: str) -> str:
    """To the second, as the whole story takes a minute."""
    return f"{short_time(at, zone)}:{at[17:19]}"
