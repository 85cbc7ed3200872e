"""`python -m bench.walks`: the house in figures, and how far four pieces of work walk through it.

The program's own parts do the work on a desk with one agent and the packaged policy, with a real Dovecot and
a real SMTP server: once unseen, as what is imported or remembered at its first use is no walk, once traced.

* A customer's mail: from the mailbox where it was laid to the relay's answer to all letters about it.
* An agent's answer to a notice, with `#close` above it, to the same end.
* A first response that was not given and comes due, to the same end.
* `maildesk case close`: from the words of the command line to the line that it prints.

*Filing one mail* is `Filer.drain` from its call to its return, while one vouched customer's mail of a new
matter waits in the ledger: having it read (the child that reads is no part of it), finding what it points at,
and the transaction with all that is settled and written in it. Rows below a walk are parts of it: what was
entered within a function of that name, itself included. `transaction` is the one that files.

Counted are the files entered; the *hops*, which are calls from one file of ours into another; the hops that
change the room (a folder below maildesk/), or the room at the top; and the *climbs*: hops into a room that
stands higher in mail < desk < store < casework < daemon < cli, as a function does that was handed a function.
All this once more *as read*, where the way back counts: a step leads from the file entered last to the next.
What counts as entered is told in bench/tracing.py.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Container
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from click.testing import CliRunner

import maildesk
from bench.tracing import Step, Trace, Tracer, climbs, room, room_changes
from maildesk.cli.main import cli
from tests.house import Module
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, border_lines, headline

PACKAGE = Path(maildesk.__file__).parent
_PLUS = {"subaddress": "+"}
_VOUCHED = "dmarc=pass"
_CUSTOMERS = ("ana", "bo", "cy", "dy")

PARTS = {
    "transaction": ("*:BatchFiling.file", "*:*Filing.file"),
    "_file_one": ("*:BatchFiling._file_one", "*:*._file_one"),
    "decide": ("desk/*:decide",),
    "settle": ("desk/*:settle",),
    "carry_out": ("*:Carrier.carry_out", "*:*.carry_out"),
}
"""What is looked at by itself: patterns of `file:function`, of which the first that any fits counts."""


@dataclass(slots=True)
class Walks:
    """One desk with a tracer, and every walk that was traced on it, by name."""

    world: DeskWorld
    tracer: Tracer
    traces: dict[str, Trace] = field(default_factory=dict)

    async def take(self) -> None:
        """Each walk twice, on Monday and Tuesday of two weeks; what was traced last is kept."""
        for number in range(2):
            ana, bo, cy, dy = (self.world.person(f"{name}{number}@client.example") for name in _CUSTOMERS)
            await self._deadline(ana)
            notice = await self._mail(bo)
            await self._answer(bo, notice)
            await self._filing(cy)
            await self._command(dy)
            await self.world.passes(days=6)
            self._all_read(ana, bo, cy, dy)

    async def _deadline(self, ana: Person) -> None:
        """An answer is due after eight business hours; that it soon is was told before."""
        await ana.writes("No toner", "Please help.", border=_VOUCHED)
        await self.world.passes(hours=23)
        self._all_read(ana)
        self.world.clock.passes(timedelta(hours=1))
        await self._traced("a deadline comes due", self.world.works())
        # What nobody touched since last week may be told in the same hour.
        if not any("Overdue" in headline(each) for each in self.world.agent.hears_all()):
            raise RuntimeError("the deadline came, and nobody was told")

    async def _mail(self, bo: Person) -> EmailMessage:
        await self._traced("a customer's mail", bo.writes("Printer on fire", "Please help.", border=_VOUCHED))
        bo.hears("Re: ")
        return self.world.agent.hears("New")

    async def _answer(self, bo: Person, notice: EmailMessage) -> None:
        answering = self.world.agent.answers_notice(notice, "#close\nIt is mended.")
        await self._traced("an agent's answer with #close", answering)
        bo.hears_of("Re: ")  # the answer, which says that the case is closed

    async def _filing(self, cy: Person) -> None:
        raw = cy.composes("Scanner is dead", "Please help.").as_bytes(policy=SMTP)
        await self.world.lies(border_lines(_VOUCHED, cy.address) + raw)
        (receiver,) = self.world.service.receivers
        await receiver.look(asyncio.Event())
        await self._traced("filing one mail", self.world.service.filer.drain(asyncio.Event()))
        await self.world.works()
        cy.hears("Re: ")

    async def _command(self, dy: Person) -> None:
        await dy.writes("Paper jam", "Please help.", border=_VOUCHED)
        dy.hears("Re: ")
        ref = (await self.world.inbox())[-1]["case"]
        await self._traced("maildesk case close", asyncio.to_thread(self._close, ref))
        await self.world.passes(minutes=1)  # the command's clock does not stand still
        dy.hears("Re: ")

    def _close(self, ref: str) -> None:
        words = ["-c", str(self.world.config_file), "case", "close", ref, "--as", self.world.agent.address]
        now = {"MAILDESK_NOW": self.world.clock.now().isoformat()}
        result = CliRunner(env=now).invoke(cli, words, catch_exceptions=False)
        if result.exit_code:
            raise RuntimeError(result.output)

    async def _traced(self, name: str, work: Awaitable[object]) -> None:
        with self.tracer.tracing() as entries:
            await work
        self.traces[name] = Trace(entries)

    def _all_read(self, *customers: Person) -> None:
        for each in (self.world.agent, *customers):
            each.hears_all()


async def walked() -> dict[str, Trace]:
    """The walks of this checkout, by name."""
    with closing(Tracer(PACKAGE)) as tracer:  # before the world, whose threads it is to see
        async with await DeskWorld.start(trust=TRUSTING, mailbox=_PLUS, testing=True) as world:
            walks = Walks(world, tracer)
            await walks.take()
    return walks.traces


# --- the house ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class House:
    """Every source file with its lines, and which of them imports which."""

    lines: dict[str, int]
    arrows: set[Step]

    @classmethod
    def read(cls, package: Path) -> House:
        """Read the house from its source."""
        sources = {path.relative_to(package).as_posix(): path.read_text() for path in package.rglob("*.py")}
        arrows = {
            (file, target)
            for file, source in sources.items()
            for _, name in Module(f"{package.name}/{file}", source).imports()
            if (target := _file_of(name, sources)) and target != file
        }
        return cls({file: len(source.splitlines()) for file, source in sources.items()}, arrows)

    def text(self) -> str:
        rooms = Counter(room(file) for file in self.lines if not file.endswith("__init__.py"))
        arrows = sorted(set(room_changes(sorted(self.arrows))))
        top = set(room_changes(sorted(self.arrows), top=True))
        heading = (
            f"{len(self.lines)} files, {sum(self.lines.values()):,} lines; {len(rooms)} rooms, "
            f"{len(arrows)} arrows between them ({len(top)} at the top, {len(self.arrows)} between files)"
        )
        goals = {name: [goal for source, goal in arrows if source == name] for name in sorted(rooms)}
        return "\n".join([heading, "", *(f"{n} ({rooms[n]}) -> {' '.join(to)}" for n, to in goals.items())])


def _file_of(name: str, files: Container[str]) -> str | None:
    """The file that an imported name stands in: a module of ours, or one that names it."""
    package, *parts = name.split(".")
    stems = ["/".join(parts[:end]) for end in range(len(parts), 0, -1)] if package == PACKAGE.name else []
    found = (file for stem in stems for file in (f"{stem}.py", f"{stem}/__init__.py") if file in files)
    return next(found, None)


# --- the report -----------------------------------------------------------------------------------

_HEADING = """\
                                          called                         as read
                                   files  hops rooms  top climbs    steps rooms  top climbs"""


def row(name: str, trace: Trace) -> str:
    """One walk in figures."""
    figures = [
        figure
        for steps in (trace.hops, trace.steps)
        for figure in (
            len(steps),
            len(room_changes(steps)),
            len(room_changes(steps, top=True)),
            len(climbs(steps)),
        )
    ]
    called, read = figures[:4], figures[4:]
    columns = "{:>6}{:>6}{:>5}{:>7}"
    return f"{name:<34}{len(trace.files):>6}{columns.format(*called)}   {columns.format(*read)}"


def ways(trace: Trace) -> list[str]:
    """Where a walk went: its files, its changes of room, and each call that climbs."""
    changes = Counter(room_changes(trace.hops)).most_common()
    climbing = Counter(step for step in trace.hops if climbs([step])).most_common()
    counted = [f"{count:>10} {before} -> {after}" for (before, after), count in (*changes, *climbing)]
    return [*(f"{'':>10} {file}" for file in trace.files), *counted]


def text(traces: dict[str, Trace], *, at_length: bool) -> str:
    """All walks, each with its parts; at length with the ways that they took."""
    lines = [_HEADING]
    for name, trace in traces.items():
        parts = {f"  {part}": trace.within(names) for part, names in PARTS.items()}
        lines.append("")
        for each, taken in {name: trace, **parts}.items():
            if taken.entries:
                lines += [row(each, taken), *(ways(taken) if at_length else ())]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.walks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--ways", action="store_true", help="list the files, room changes and climbs of each too"
    )
    given = parser.parse_args()
    print(House.read(PACKAGE).text(), "", text(asyncio.run(walked()), at_length=given.ways), sep="\n")


if __name__ == "__main__":
    main()
