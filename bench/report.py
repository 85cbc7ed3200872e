"""The figures in words: what was measured, against what, and what was set aside."""

from __future__ import annotations

import os
import platform
import statistics
from dataclasses import dataclass, field

from bench.desk import LIFTED
from bench.measuring import Cost
from bench.phases import Phase

MAILS_A_SECOND, CPU_MS, LATENCY_MS = 500, 2.0, 100


@dataclass(slots=True)
class Report:
    """Everything one run of the benchmark found out."""

    mails: int
    agents: int
    database: str
    start_up: Cost = field(default=Cost(0, 0, 0))
    phases: list[Phase] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        return [f"{phase.name}: {line}" for phase in self.phases for line in phase.wrong]

    @property
    def right(self) -> bool:
        """Nothing went astray. Missing the aim is told, but is no failure: machines differ."""
        return not self.wrong

    def text(self) -> str:
        blocks = [self._heading(), self._table()]
        if self.latencies:
            blocks.append(self._idle())
        blocks += [self._set_aside(), self._verdict()]
        return "\n\n".join(blocks)

    def _heading(self) -> str:
        return (
            f"maildesk on {_machine()}\n"
            f"{self.mails} requests of 4 KB (5 % with 100 KB attached), {self.database}, "
            f"Dovecot, {self.agents} agent(s) who hear of each mail"
        )

    def _table(self) -> str:
        lines = [
            f"{'':10}{'mails':>7}{'letters':>9}{'mails/s':>9}{'CPU ms':>8}{'floor/s':>9}{'CPU ms':>8}"
            f"{'x floor':>9}{'peak MiB':>10}"
        ]
        for phase in self.phases:
            ours, floor = _per_mail(phase.ours, phase), _per_mail(phase.floor, phase)
            lines.append(
                f"{phase.name:10}{phase.mails:7}{phase.letters:9}{ours[0]:9.0f}{ours[1]:8.2f}"
                f"{floor[0]:9.0f}{floor[1]:8.2f}{ours[1] / floor[1]:9.1f}{phase.ours.peak_kib / 1024:10.0f}"
            )
        lines.append(
            f"Per mail, start and end of the process included: {self.start_up.wall:.2f} s and "
            f"{self.start_up.cpu:.2f} s of CPU of each phase. Without them:"
        )
        for phase in self.phases:
            rate, cpu = _per_mail(phase.ours.without(self.start_up), phase)
            lines.append(f"{phase.name:10}{'':16}{rate:9.0f}{cpu:8.2f}")
        return "\n".join(lines)

    def _idle(self) -> str:
        found = sorted(self.latencies)
        return (
            "A single mail in an idle daemon, from EXISTS on the wire to its acknowledgement's final dot: "
            f"median {statistics.median(found) * 1000:.0f} ms, "
            f"worst of {len(found)}: {found[-1] * 1000:.0f} ms"
        )

    def _set_aside(self) -> str:
        return "Limits set aside: " + ", ".join(f"{name} {value}" for name, value in LIFTED.items())

    def _verdict(self) -> str:
        if self.wrong:
            return "\n".join(["WRONG", *self.wrong])
        missed = [line for line, met in self._aims() if not met]
        right = "One case and one acknowledgement for each request, each reply on its case."
        return "\n".join([right, *(f"Aim missed: {line}" for line in missed)])

    def _aims(self) -> list[tuple[str, bool]]:
        """Start-up apart: a daemon starts once."""
        aims = []
        for phase in self.phases:
            rate, cpu = _per_mail(phase.ours.without(self.start_up), phase)
            aims.append((f"{MAILS_A_SECOND} mails a second ({phase.name})", rate >= MAILS_A_SECOND))
            aims.append((f"{CPU_MS:.0f} ms of CPU a mail ({phase.name})", cpu <= CPU_MS))
        if self.latencies:
            middle = statistics.median(self.latencies) * 1000
            aims.append((f"{LATENCY_MS} ms for a single mail", middle <= LATENCY_MS))
        return aims


def _per_mail(cost: Cost, phase: Phase) -> tuple[float, float]:
    """Mails a second, and milliseconds of CPU a mail."""
    return phase.mails / cost.wall, cost.cpu / phase.mails * 1000


def _machine() -> str:
    return (
        f"{os.cpu_count()} CPUs, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )
